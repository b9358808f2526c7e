"""Builds network packets and DNS messages as bytes.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Nothing but headers with right lengths and checksums; what is sent when is
told in scene.py and in the scripts that make the captures.
"""

import ipaddress
import struct

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58

A, NS, CNAME, SOA, TXT, AAAA, OPT = 1, 2, 5, 6, 16, 28, 41
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5

# Options of a SYN of Windows: MSS 1460, window scale 8 (factor 256), SACK.
SYN_OPTIONS = bytes.fromhex("020405b40103030801010402")
SYN_ACK_OPTIONS = bytes.fromhex("020405b40101040201030307")


def address(text):
    return ipaddress.ip_address(text).packed


def _sum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _pseudo(src, dst, protocol, length):
    if ":" in src:
        return address(src) + address(dst) + struct.pack("!IHBB", length, 0, 0, protocol)
    return address(src) + address(dst) + struct.pack("!BBH", 0, protocol, length)


def ipv4(src, dst, protocol, payload, ttl, ident):
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), ident, 0x4000, ttl, protocol, 0)
    head += address(src) + address(dst)
    return head[:10] + struct.pack("!H", _sum(head)) + head[12:] + payload


def ipv6(src, dst, protocol, payload, hop_limit):
    head = struct.pack("!IHBB", 0x60000000, len(payload), protocol, hop_limit)
    return head + address(src) + address(dst) + payload


def ip(src, dst, protocol, payload, ttl, ident):
    if ":" in src:
        return ipv6(src, dst, protocol, payload, ttl)
    return ipv4(src, dst, protocol, payload, ttl, ident)


def udp(src, dst, sport, dport, payload):
    length = 8 + len(payload)
    head = struct.pack("!HHHH", sport, dport, length, 0)
    value = _sum(_pseudo(src, dst, UDP, length) + head + payload) or 0xFFFF
    return head[:6] + struct.pack("!H", value) + payload


def tcp(src, dst, sport, dport, flags, seq, ack, window, options=b"", payload=b""):
    offset = (20 + len(options)) // 4
    head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF,
                       offset << 4, flags, window, 0, 0) + options
    value = _sum(_pseudo(src, dst, TCP, len(head) + len(payload)) + head + payload)
    return head[:16] + struct.pack("!H", value) + head[18:] + payload


def icmp_error(src, dst, kind, code, quoted, mtu=0):
    """An ICMP or ICMPv6 error that quotes the start of a packet."""
    body = struct.pack("!BBHI", kind, code, 0, mtu) + quoted
    if ":" in src:
        value = _sum(_pseudo(src, dst, ICMPV6, len(body)) + body)
    else:
        value = _sum(body)
    return body[:2] + struct.pack("!H", value) + body[4:]


def ethernet(dst, src, packet, vlan=()):
    """A frame; vlan: tags from the outside in. Short frames are padded only
    where the caller asks for it, as a capture on the sender sees them."""
    tags = b"".join(struct.pack("!HH", 0x8100, tag) for tag in vlan)
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    return bytes.fromhex(dst.replace(":", "")) + bytes.fromhex(src.replace(":", "")) + tags \
        + struct.pack("!H", kind) + packet


# DNS (RFC 1035, RFC 6891)

def name(text):
    labels = text if isinstance(text, (list, tuple)) else [label.encode() for label in text.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def query(ident, qname, qtype=TXT, edns=None, flags=0x0100):
    """A query; edns: the options of an OPT record, or None for no record."""
    message = struct.pack("!HHHHHH", ident, flags, 1, 0, 0, 0 if edns is None else 1)
    message += name(qname) + struct.pack("!HH", qtype, 1)
    if edns is not None:
        message += opt(edns)
    return message


def opt(options, size=4096):
    return b"\0" + struct.pack("!HHIH", OPT, size, 0, len(options)) + options


def record(kind, data, owner=b"\xc0\x0c", ttl=0):
    return owner + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def txt(*strings, **where):
    data = b"".join(bytes([len(s)]) + s for s in (s if isinstance(s, bytes) else s.encode() for s in strings))
    return record(TXT, data, **where)


def response(ident, qname, qtype=TXT, answers=(), authority=(), additional=(), rcode=NOERROR, flags=0x8180):
    message = struct.pack("!HHHHHH", ident, flags | rcode, 1, len(answers), len(authority), len(additional))
    message += name(qname) + struct.pack("!HH", qtype, 1)
    return message + b"".join(answers) + b"".join(authority) + b"".join(additional)


def umbrella_identity(org, ipv4_address, device):
    """EDNS option 20292, "Umbrella Ident", as the roaming module sends it:
    magic, version, flags, then ORG, IPV4 and DEVICE, each a type and a value
    without a length (dnsmasq src/edns0.c has the same layout)."""
    data = b"ODNS" + bytes([1, 0])
    data += struct.pack("!HI", 0x0008, org)
    data += struct.pack("!H", 0x0010) + address(ipv4_address)
    data += struct.pack("!H", 0x0040) + bytes.fromhex(device)
    return struct.pack("!HH", 20292, len(data)) + data


def dnscrypt_certificate(magic, start, end, serial=1):
    """A DNSCrypt certificate (es-version 1); its signature and key are filler."""
    return b"DNSC" + struct.pack("!HH", 1, 0) + bytes(range(64)) + bytes(range(128, 160)) \
        + magic + struct.pack("!III", serial, start, end)


def device_id(device, code=26946):
    """EDNS option 26946, "DeviceID", or the same under its old code 4."""
    data = b"OpenDNS" + bytes.fromhex(device)
    return struct.pack("!HH", code, len(data)) + data


def dnscrypt_query(magic, nonce, blocks=4):
    """An encrypted query; key, tag and what is encrypted are filler."""
    return magic + bytes(range(32)) + nonce + bytes(range(16)) + bytes(64 * blocks)


def dnscrypt_reply(nonce, blocks=3):
    return b"r6fnvWj8" + nonce + nonce[::-1] + bytes(range(16)) + bytes(64 * blocks)
