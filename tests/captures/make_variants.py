#!/usr/bin/env python3
"""Writes the packets of a capture again in another form.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: make_variants.py FOLDER [CAPTURE...]     (default: BASES below)

Forms that keep the truth: other link types, tunnels, headers, file formats,
copies, order. The plugin must say the same of them as of the capture that they
are made from. Forms that take some of the truth away: one direction, a part of
the time, of the bytes, or of the clock. What may be said of those stands in
../test_variants.py, which makes all of them in a temporary folder; none is kept
in the repository.
"""

import os
import struct
import sys

import pcapng
import rewrite
from capturefile import Record, pcap, read
from capturefile import pcapng as write_pcapng
from packets import TCP, UDP, ipv4, tcp, udp

HERE = os.path.dirname(os.path.abspath(__file__))

NULL, ETHERNET = pcapng.LINKTYPE_NULL, pcapng.LINKTYPE_ETHERNET
RAW, SLL = pcapng.LINKTYPE_RAW, pcapng.LINKTYPE_LINUX_SLL
RADIOTAP, SLL2 = 127, 276
SECOND = 1_000_000_000

IPV4, IPV6 = 0x0800, 0x86DD
# Documentation addresses (RFC 7042) for whoever carries the packets on.
OUTER = [bytes.fromhex("00005e0053" + last) for last in ("e1", "e2")]
BSSID = bytes.fromhex("00005e0053a0")


class Packet:
    """A packet without what is around it; number: of its frame in the base."""

    def __init__(self, number, time, dst, src, kind, data, length=None):
        self.number, self.time, self.dst, self.src, self.kind, self.data = number, time, dst, src, kind, data
        self.length = len(data) if length is None else length

    @property
    def is_ip(self):
        return self.kind in (IPV4, IPV6)

    def but(self, **other):
        """The same with something else."""
        new = Packet(self.number, self.time, self.dst, self.src, self.kind, self.data, self.length)
        for key, value in other.items():
            setattr(new, key, value)
        if "data" in other and "length" not in other:
            new.length = len(new.data)
        return new


def packets(data):
    """The packets of a base capture: Ethernet without tags, cooked or raw IP."""
    out, none = [], bytes(6)
    for number, r in enumerate(read(data), 1):
        if r.linktype == ETHERNET:
            dst, src, kind, at = r.data[:6], r.data[6:12], struct.unpack_from("!H", r.data, 12)[0], 14
        elif r.linktype == SLL:
            dst, src, kind, at = none, r.data[6:12], struct.unpack_from("!H", r.data, 14)[0], 16
        elif r.linktype == RAW:
            dst, src, kind, at = none, none, IPV6 if r.data[0] >> 4 == 6 else IPV4, 0
        else:
            raise ValueError("frame %d: link type %d" % (number, r.linktype))
        inner, length = r.data[at:], r.length - at
        if kind in (IPV4, IPV6) and rewrite.on_wire(inner) <= length:
            # Without Ethernet's padding.
            length = rewrite.on_wire(inner)
        out.append(Packet(number, r.time, dst, src, kind, inner[:length], length))
    return out


class Variant:
    """A file's bytes, and for each of its frames the number of the base's (None
    for one that the base has not); shift: what its times are later, in ns."""

    def __init__(self, data, origins, shift=0):
        self.data, self.origins, self.shift = data, origins, shift


def ethernet(p):
    return p.dst + p.src + struct.pack("!H", p.kind) + p.data


def save(chosen, link=ethernet, linktype=ETHERNET, snaplen=None):
    """A pcapng file with one interface."""
    records = []
    for p in chosen:
        frame = link(p)
        length = len(frame) + p.length - len(p.data)
        records.append(Record(p.time, linktype, frame[:snaplen], length))
    return Variant(write_pcapng([(linktype, snaplen or 0, 6)], records), [p.number for p in chosen])


class Form:
    def __init__(self, make, name, shows, proof, every):
        self.make, self.name, self.shows, self.proof, self.every = make, name, shows, proof, every


FORMS = {}


def form(name, shows, proof, every=False):
    """proof: a display filter that shows that a file has this form, for one of
    its frames or for every one."""
    def register(make):
        FORMS[name] = Form(make, name, shows, proof, every)
        return make
    return register


# Around the packet

@form("plain", "Ethernet, as the base: what the others are made by does no harm.", "eth", every=True)
def _(all_packets):
    return save(all_packets)


@form("vlan", "One 802.1Q tag.", "vlan.id == 42", every=True)
def _(all_packets):
    return save(all_packets, lambda p: p.dst + p.src + struct.pack("!HHH", 0x8100, 42, p.kind) + p.data)


@form("qinq", "A service tag (802.1ad) and a customer's.", "ieee8021ad.id == 100 && vlan.id == 42", every=True)
def _(all_packets):
    return save(all_packets, lambda p: p.dst + p.src + struct.pack("!HHHHH", 0x88A8, 100, 0x8100, 42, p.kind) + p.data)


def outer(number, protocol, payload):
    packet = ipv4("10.255.1.1", "10.255.1.2", protocol, payload, 64, number & 0xFFFF)
    return OUTER[0] + OUTER[1] + struct.pack("!H", IPV4) + packet


@form("vxlan", "In VXLAN (RFC 7348), between two switches.", "vxlan.vni == 5001", every=True)
def _(all_packets):
    def link(p):
        inner = struct.pack("!II", 0x08000000, 5001 << 8) + ethernet(p)
        return outer(p.number, UDP, udp("10.255.1.1", "10.255.1.2", 49152 + p.number % 8192, 4789, inner))
    return save(all_packets, link)


@form("gre", "In GRE (RFC 2784), between two routers.", "gre", every=True)
def _(all_packets):
    return save(all_packets, lambda p: outer(p.number, 47, struct.pack("!HH", 0, p.kind) + p.data))


@form("erspan", "In ERSPAN type II, as a switch sends a mirror port's frames far away.", "erspan", every=True)
def _(all_packets):
    def link(p):
        head = struct.pack("!HHIHHI", 0x1000, 0x88BE, p.number, 0x1000, 7, 0)
        return outer(p.number, 47, head + ethernet(p))
    return save(all_packets, link)


@form("raw", "Raw IP, as a VPN adapter gives it.", "raw", every=True)
def _(all_packets):
    return save([p for p in all_packets if p.is_ip], lambda p: p.data, RAW)


def host_of(all_packets):
    """The link-layer address that asks most: of the computer that the capture
    was made on."""
    count = {}
    for p in all_packets:
        if p.is_ip and rewrite.ports(p.data)[1] in (53, 443):
            count[p.src] = count.get(p.src, 0) + 1
    return max(sorted(count), key=count.get)


@form("sll", "Linux cooked, of all interfaces.", "sll.etype", every=True)
def _(all_packets):
    host = host_of(all_packets)

    def link(p):
        return struct.pack("!HHH6s2xH", 4 if p.src == host else 0, 1, 6, p.src, p.kind) + p.data
    return save(all_packets, link, SLL)


@form("sll2", "Linux cooked, version 2.", "sll.ifindex == 2", every=True)
def _(all_packets):
    host = host_of(all_packets)

    def link(p):
        return struct.pack("!H2xIHBB6s2x", p.kind, 2, 1, 4 if p.src == host else 0, 6, p.src) + p.data
    return save(all_packets, link, SLL2)


@form("pppoe", "In a PPPoE session.", "pppoes && ppp", every=True)
def _(all_packets):
    return save([p for p in all_packets if p.is_ip],
                lambda p: p.dst + p.src + struct.pack("!HBBHHH", 0x8864, 0x11, 0, 17, p.length + 2,
                                                      0x0021 if p.kind == IPV4 else 0x0057) + p.data)


@form("wifi", "802.11 data frames from the air, not encrypted: radiotap, LLC and SNAP.",
      "radiotap && wlan.fc.type == 2 && llc", every=True)
def _(all_packets):
    host = host_of(all_packets)

    def link(p):
        radiotap = struct.pack("<BBHI", 0, 0, 8, 0)
        sequence = struct.pack("<H", (p.number & 0xFFF) << 4)
        snap = bytes.fromhex("aaaa03000000") + struct.pack("!H", p.kind)
        if p.src == host:
            return radiotap + bytes.fromhex("88010000") + BSSID + p.src + p.dst + sequence + b"\0\0" + snap + p.data
        return radiotap + bytes.fromhex("08020000") + p.dst + BSSID + p.src + sequence + snap + p.data
    return save(all_packets, link, RADIOTAP)


# The file

@form("nanoseconds", "A big-endian pcap file with nanoseconds.", "eth", every=True)
def _(all_packets):
    records = [Record(p.time + 567, ETHERNET, ethernet(p)) for p in all_packets]
    return Variant(pcap(ETHERNET, records, ">", True), [p.number for p in all_packets], 567)


@form("interfaces", "pcapng with three interfaces and three resolutions of time; received frames on others than sent ones.",
      "frame.interface_id == 2")
def _(all_packets):
    host = host_of(all_packets)
    records = [Record(p.time, ETHERNET, ethernet(p), interface=0 if p.src == host else 1 + p.number % 2)
               for p in all_packets]
    return Variant(write_pcapng([(ETHERNET, 0, 6), (ETHERNET, 262144, 9), (ETHERNET, 65535, 7)], records),
                   [p.number for p in all_packets])


def copied(all_packets, after, how):
    """Every IP packet a second time, changed."""
    out = []
    for p in all_packets:
        out.append(p)
        if p.is_ip:
            out.append(how(p).but(time=p.time + after))
    out.sort(key=lambda p: p.time)
    return save(out)


@form("mirror", "A mirror port that shows each packet twice, with other link-layer addresses.",
      "eth.src == 00:00:5e:00:53:e2")
def _(all_packets):
    return copied(all_packets, 40_000, lambda p: p.but(dst=OUTER[0], src=OUTER[1]))


@form("pktmon", "pktmon: each packet twice, with other link-layer addresses and TTL, the same IP id, 1.5 ms later.",
      "eth.src == 00:00:5e:00:53:e2")
def _(all_packets):
    return copied(all_packets, 1_500_000, lambda p: p.but(dst=OUTER[0], src=OUTER[1], data=rewrite.one_hop_on(p.data)))


@form("swapped", "Neighbouring packets out of order in the file, times right.", "frame.time_delta < 0")
def _(all_packets):
    """Save where the later one of a pair is not to be understood without the
    earlier one: an address's first query, or a DNS answer."""
    out, i, known = [], 0, set()
    while i < len(all_packets):
        pair = all_packets[i:i + 2]
        first = pair[0]
        src = rewrite.ends(first.data)[0] if first.is_ip else None
        answer = first.is_ip and rewrite.transport(first.data)[0] == UDP and rewrite.ports(first.data)[0] == 53
        if len(pair) == 2 and src in known and not answer and pair[1].time - first.time < SECOND:
            pair.reverse()
        else:
            pair = pair[:1]
        known.update(rewrite.ends(p.data)[0] for p in pair if p.is_ip and rewrite.ports(p.data)[1] in (53, 443))
        out += pair
        i += len(pair)
    return save(out)


@form("loopback", "Loopback and Wi-Fi in one file: what the local resolver is asked was asked at 127.0.0.1 before, and "
      "browsers connect to the module's port 5002.", "null && ip.dst == 127.0.0.1")
def _(all_packets):
    records, home = [], "127.0.0.1"

    def add(p, time, packet=None):
        if packet is None:
            records.append((time, Record(time, ETHERNET, ethernet(p), interface=1), p.number))
        else:
            data = struct.pack("<I", 2) + packet
            records.append((time, Record(time, NULL, data, interface=0), None))

    def twin(p):
        """A lookup at a private server, as the program on this computer sees it."""
        if p.kind != IPV4 or rewrite.transport(p.data)[0] != UDP or 53 not in rewrite.ports(p.data):
            return None
        if any(end[:1] not in (b"\x0a",) and end[:2] != b"\xc0\xa8" for end in rewrite.ends(p.data)):
            return None
        payload = p.data[rewrite.transport(p.data)[1] + 8:]
        return ipv4(home, home, UDP, udp(home, home, *rewrite.ports(p.data), payload), 128, p.number)
    for p in all_packets:
        packet = twin(p)
        asked = packet is not None and rewrite.ports(p.data)[1] == 53
        if asked:
            add(None, p.time - 50_000, packet)
        add(p, p.time)
        if packet is not None and not asked:
            add(None, p.time + 50_000, packet)
        if p.kind == IPV4 and rewrite.transport(p.data)[0] == TCP and p.data[rewrite.header_length(p.data) + 13] == 2:
            port = 30000 + p.number
            for step, (there, flags, payload) in enumerate(((True, 0x02, b""), (False, 0x12, b""), (True, 0x10, b""),
                                                            (True, 0x18, b"\x16\x03\x01\0\x05hello"))):
                ends = (port, 5002) if there else (5002, port)
                segment = tcp(home, home, *ends, flags, 1000 + (step > 0), 1001 * (step > 0), 65535, b"", payload)
                add(None, p.time + 30_000 + step * 20_000, ipv4(home, home, TCP, segment, 128, p.number + step))
    if all(number is not None for _, _, number in records):
        return None
    records.sort(key=lambda r: r[0])
    return Variant(write_pcapng([(NULL, 0, 6), (ETHERNET, 0, 6)], [r for _, r, _ in records]), [n for _, _, n in records])


# The packet

def changed(all_packets, how, quotes=True):
    """Every IP packet changed, and what it quotes. @return None where none is."""
    touched = False

    def noted(packet):
        nonlocal touched
        new = how(packet)
        touched = touched or new != packet
        return new
    out = [p if not p.is_ip or p.length > len(p.data) else
           p.but(data=rewrite.change(p.data, noted) if quotes else noted(p.data)) for p in all_packets]
    return save(out) if touched else None


@form("mixed-case", "Names of queries in mixed case (0x20), and of their replies.", 'dns.qry.name matches "(?-i)[A-Z]"')
def _(all_packets):
    return changed(all_packets, rewrite.mixed_case)


@form("ipv4-options", "IPv4 options: router alert, no operation.", "ip.opt.ra")
def _(all_packets):
    return changed(all_packets, rewrite.with_options)


@form("ipv6-extensions", "IPv6 extension headers: hop-by-hop and destination options.", "ipv6.hopopts && ipv6.dstopts")
def _(all_packets):
    return changed(all_packets, rewrite.with_extensions)


@form("no-checksums", "All checksums zero, as offload leaves them.", "udp.checksum == 0 || tcp.checksum == 0")
def _(all_packets):
    return changed(all_packets, rewrite.without_checksums, False)


@form("no-length", "An IP total length of 0 in all TCP over IPv4, as segmentation offload leaves it.",
      "frame[16:2] == 00:00")
def _(all_packets):
    return changed(all_packets, rewrite.without_length, False)


def in_fragments(all_packets, reverse=False):
    out, parted = [], False
    for p in all_packets:
        parts = rewrite.fragments(p.data) if p.is_ip and p.length == len(p.data) else [p.data]
        parted = parted or len(parts) > 1
        out += [p.but(data=part, length=max(len(part), p.length if len(parts) == 1 else 0))
                for part in (reversed(parts) if reverse else parts)]
    return save(out) if parted else None


FRAGMENTED = "ip.fragments || ipv6.fragments"


@form("fragments", "IP fragments: all packets with payload in two.", FRAGMENTED)
def _(all_packets):
    return in_fragments(all_packets)


@form("fragments-reversed", "IP fragments, the second one first.", FRAGMENTED)
def _(all_packets):
    return in_fragments(all_packets, True)


@form("snap-128", "Snap length 128.", "frame.cap_len < frame.len")
def _(all_packets):
    return save(all_packets, snaplen=128) if any(p.length > 114 for p in all_packets) else None


# Less than the truth: each takes a base's packets and says what to leave.

def one_way(all_packets, towards_host):
    """Only what the host sent, or only what reached it."""
    host = host_of(all_packets)
    return save([p for p in all_packets if (p.src != host) == towards_host])


def appended(all_packets, received_first):
    """What the host sent and what reached it, one behind the other, as mergecap -a puts two files together."""
    host = host_of(all_packets)
    return save(sorted(all_packets, key=lambda p: (p.src != host) != received_first))


def part(all_packets, start=0.0, end=None):
    """From some seconds after the first packet on, or until then."""
    first = all_packets[0].time
    return save([p for p in all_packets
                 if p.time >= first + round(start * SECOND) and (end is None or p.time < first + round(end * SECOND))])


def snapped(all_packets, size):
    return save(all_packets, snaplen=size)


def clock_back(all_packets, after, by):
    """Some seconds after the first packet the clock goes back."""
    at = all_packets[0].time + round(after * SECOND)
    return save([p if p.time < at else p.but(time=p.time - round(by * SECOND)) for p in all_packets])


def all_zero(all_packets):
    return save([p.but(time=0) for p in all_packets])


def nothing(_):
    """A file with an interface and no packet."""
    return save([])


# The captures that tests make variants of: recorded in the lab where it has one, working and broken, DNS and web,
# IPv4 and IPv6.
BASES = ["lab/fine", "lab/both-icmp-and-reset", "lab/dns-icmpv6", "lab/web-session-silent", "lab/web-fail-open",
         "both-failing", "article-swg", "dns-ipv6", "web-ipv6"]


def load(name):
    """A capture's bytes, by its name below this folder, without the suffix."""
    for path in (name, os.path.join("synthetic", name)):
        path = os.path.join(HERE, path + ".pcapng")
        if os.path.exists(path):
            with open(path, "rb") as file:
                return file.read()
    raise FileNotFoundError(name)


def main():
    if len(sys.argv) < 2:
        raise SystemExit("usage: make_variants.py FOLDER [CAPTURE...]")
    folder, chosen = sys.argv[1], sys.argv[2:] or BASES
    os.makedirs(folder, exist_ok=True)
    for base in chosen:
        for one in FORMS.values():
            variant = one.make(packets(load(base)))
            if variant is not None:
                suffix = "pcap" if one.name == "nanoseconds" else "pcapng"
                with open(os.path.join(folder, "%s.%s.%s" % (base.replace("/", "-"), one.name, suffix)), "wb") as out:
                    out.write(variant.data)


if __name__ == "__main__":
    main()
