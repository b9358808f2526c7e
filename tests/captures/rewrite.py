"""Changes IP packets that are there already: headers, names, fragments.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Packets are bytes from the IP header on. What an ICMP error quotes is changed
like the packet that it quotes. Lengths and checksums are right afterwards,
where the packet is whole.
"""

import struct
import zlib

from packets import ICMP, ICMPV6, TCP, UDP

_EXTENSIONS = (0, 43, 60)
_FRAGMENT = 44


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    total = sum(struct.unpack("!%dH" % ((len(data) + 1) // 2), data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def version(packet):
    return packet[0] >> 4


def header_length(packet):
    return (packet[0] & 15) * 4 if version(packet) == 4 else 40


def on_wire(packet):
    """How long the packet says that it is."""
    total = struct.unpack_from("!H", packet, 2 if version(packet) == 4 else 4)[0]
    return total if version(packet) == 4 else 40 + total


def transport(packet):
    """@return protocol and offset of the transport header; protocol None for a
    fragment."""
    if version(packet) == 4:
        part = struct.unpack_from("!H", packet, 6)[0] & 0x3FFF
        return (None if part else packet[9]), header_length(packet)
    kind, at = packet[6], 40
    while kind in _EXTENSIONS and at + 8 <= len(packet):
        kind, at = packet[at], at + 8 * (packet[at + 1] + 1)
    return (None if kind == _FRAGMENT else kind), at


def ports(packet):
    """@return source and destination port, (0, 0) where there are none."""
    protocol, at = transport(packet)
    return struct.unpack_from("!HH", packet, at) if protocol in (TCP, UDP) and at + 4 <= len(packet) else (0, 0)


def ends(packet):
    """@return source and destination address as bytes."""
    return (packet[12:16], packet[16:20]) if version(packet) == 4 else (packet[8:24], packet[24:40])


def quote_offset(packet):
    """Where an ICMP error's quote starts, or None."""
    protocol, at = transport(packet)
    if at + 8 >= len(packet):
        return None
    if (protocol == ICMP and packet[at] in (3, 4, 5, 11, 12)) or (protocol == ICMPV6 and packet[at] < 128):
        return at + 8
    return None


def put(packet, at, new):
    return packet[:at] + new + packet[at + len(new):]


def set_length(packet, length):
    """Writes the length on the wire into the header."""
    if version(packet) == 4:
        return put(packet, 2, struct.pack("!H", length))
    return put(packet, 4, struct.pack("!H", length - 40))


def head_checksum(packet):
    """IPv4's own checksum."""
    if version(packet) != 4:
        return packet
    size = header_length(packet)
    head = put(packet[:size], 10, b"\0\0")
    return put(packet, 10, struct.pack("!H", checksum(head)))


def checksums(packet):
    """All checksums, those of the transport where the packet is whole."""
    packet = head_checksum(packet)
    protocol, at = transport(packet)
    where = {TCP: 16, UDP: 6, ICMP: 2, ICMPV6: 2}.get(protocol)
    if where is None or len(packet) < on_wire(packet) or at + where + 2 > len(packet):
        return packet
    body = put(packet[at:], where, b"\0\0")
    src, dst = ends(packet)
    pseudo = b"" if protocol == ICMP else src + dst + struct.pack("!II", len(body), protocol)
    value = checksum(pseudo + body)
    if protocol == UDP:
        value = value or 0xFFFF
    return put(packet, at + where, struct.pack("!H", value))


def change(packet, how):
    """Applies how(packet) -> packet to a packet and to what it quotes."""
    at = quote_offset(packet)
    if at is not None:
        quoted = change(packet[at:], how)
        packet = set_length(packet[:at] + quoted, on_wire(packet) + len(quoted) - len(packet) + at)
    return checksums(how(packet))


# Ways to change a packet: each returns the packet, or a new one

def with_options(packet):
    """IPv4: router alert (RFC 2113), three times no operation, end."""
    if version(packet) != 4:
        return packet
    size = header_length(packet)
    packet = set_length(packet, on_wire(packet) + 8)
    return bytes([packet[0] + 2]) + packet[1:size] + bytes.fromhex("94040000" "01010100") + packet[size:]


def with_extensions(packet):
    """IPv6: hop-by-hop options with router alert (RFC 2711), destination
    options with padding."""
    if version(packet) != 6 or packet[6] == 0:
        return packet
    packet = set_length(packet, on_wire(packet) + 24)
    hop = bytes([60, 0]) + bytes.fromhex("05020000" "0100")
    destination = bytes([packet[6], 1]) + bytes.fromhex("010c") + bytes(12)
    return packet[:6] + b"\0" + packet[7:40] + hop + destination + packet[40:]


def one_hop_on(packet):
    """TTL or hop limit less by one. Not for quotes."""
    at = 8 if version(packet) == 4 else 7
    return head_checksum(put(packet, at, bytes([packet[at] - 1])))


def without_checksums(packet):
    """All checksums zero, as offload leaves them. Not for quotes."""
    if version(packet) == 4:
        packet = put(packet, 10, b"\0\0")
    protocol, at = transport(packet)
    where = {TCP: 16, UDP: 6, ICMP: 2, ICMPV6: 2}.get(protocol)
    return packet if where is None or at + where + 2 > len(packet) else put(packet, at + where, b"\0\0")


def without_length(packet):
    """IPv4 and TCP: a total length of 0. Not for quotes."""
    if version(packet) != 4 or transport(packet)[0] != TCP:
        return packet
    return head_checksum(put(packet, 2, b"\0\0"))


def dns_offset(packet):
    """Where a DNS message starts, or None: on ports 53 and UDP 443, with one
    question and nothing odd in the header."""
    protocol, at = transport(packet)
    if protocol == UDP:
        if not {53, 443} & set(ports(packet)):
            return None
        at += 8
    elif protocol == TCP and 53 in ports(packet) and at + 20 <= len(packet):
        at += (packet[at + 12] >> 4) * 4 + 2
    else:
        return None
    if at + 12 > len(packet) or packet[at + 2] & 0x78 or packet[at + 4:at + 6] != b"\0\1":
        return None
    return at


def mixed_case(packet):
    """The question's name in mixed case (0x20), query and reply alike: which
    letters are capital is a function of the transaction id."""
    at = dns_offset(packet)
    if at is None:
        return packet
    bits = struct.unpack_from("!H", packet, at)[0] * 0x9E3779B1 | 1
    out, at = bytearray(packet), at + 12
    while at < len(out) and 0 < out[at] < 64:
        for i in range(at + 1, min(at + 1 + out[at], len(out))):
            bits = (bits >> 1 | bits << 31) & 0xFFFFFFFF
            if bits & 1 and 97 <= out[i] <= 122:
                out[i] -= 32
        at += 1 + out[at]
    return bytes(out)


def fragments(packet):
    """The packet in two parts, the first with 24 bytes or the whole TCP header.
    @return a list: of the packet alone where it is too short."""
    protocol, at = transport(packet)
    extended = version(packet) == 6 and at != 40
    if protocol not in (TCP, UDP, ICMP, ICMPV6) or on_wire(packet) != len(packet) or extended:
        return [packet]
    first = 24
    if protocol == TCP:
        first = (packet[at + 12] >> 4) * 4 + 7 & ~7
    if len(packet) - at <= first:
        return [packet]
    ident = zlib.crc32(packet)
    if version(packet) == 4:
        # Linux sends an id of 0 with what must not be fragmented.
        if packet[4:6] == b"\0\0":
            packet = put(packet, 4, struct.pack("!H", ident & 0x7FFF | 1))
        head = packet[:at]
        parts = [put(head, 6, struct.pack("!H", 0x2000)) + packet[at:at + first],
                 put(head, 6, struct.pack("!H", first // 8)) + packet[at + first:]]
    else:
        def extension(offset, more):
            return struct.pack("!BBHI", packet[6], 0, offset | more, ident)
        head = packet[:6] + bytes([_FRAGMENT]) + packet[7:40]
        parts = [head + extension(0, 1) + packet[40:40 + first], head + extension(first, 0) + packet[40 + first:]]
    return [head_checksum(set_length(part, len(part))) for part in parts]
