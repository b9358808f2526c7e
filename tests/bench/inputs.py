"""Writes the captures that the bench measures.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

The same packets at every call: random numbers have a fixed seed. Checksums are
left at zero, which Wireshark does not look at unless told to. Packets are made
one by one, so that ten million of them need no memory.

    inputs.py NAME PACKETS FILE      NAME: one of INPUTS, below
"""

import random
import struct
import sys

START = 1724745600 * 10**9                    # ns
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
_ICMP, _TCP, _UDP, _ICMPV6 = 1, 6, 17, 58
_GATEWAY = bytes((146, 112, 255, 50))         # known to the plugin without a lookup
_RESOLVERS = (bytes((208, 67, 222, 222)), bytes((208, 67, 220, 220)))
_LOCAL_DNS = bytes((10, 0, 0, 1))
_NOISE = random.Random(1).randbytes(4096)     # what encrypted data looks like


def name(text):
    return b"".join(bytes((len(label),)) + label.encode() for label in text.split(".")) + b"\0"


_DEBUG = name("debug.opendns.com")
_SWG = name("swg-url-proxy-https-sse.sigproxy.qq.opendns.com")
_SITES = [name("www%d.example.net" % number) for number in range(200)]


class Path:
    """One direction between two hosts: all that stands before the transport header."""

    def __init__(self, src, dst, ttl=64, vlan=None):
        self.src, self.dst, self.ttl, self.ident = src, dst, ttl, 0
        kind = b"\x86\xdd" if len(src) == 16 else b"\x08\x00"
        tag = b"" if vlan is None else struct.pack(">HH", 0x8100, vlan)
        self.ether = b"\2\0" + dst[-4:] + b"\2\0" + src[-4:] + tag + kind

    def packet(self, protocol, payload):
        if len(self.src) == 16:
            return b"%b%b%b%b%b" % (self.ether, struct.pack(">IHBB", 0x60000000, len(payload), protocol, self.ttl),
                                    self.src, self.dst, payload)
        self.ident = self.ident % 65535 + 1
        return self.ether + struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), self.ident, 0x4000, self.ttl,
                                        protocol, 0, self.src, self.dst) + payload

    def udp(self, sport, dport, payload):
        return self.packet(_UDP, struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload)

    def tcp(self, sport, dport, seq, ack, flags, payload=b""):
        return self.packet(_TCP, struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50,
                                             flags, 64240, 0, 0) + payload)


def query(ident, qname, qtype):
    return struct.pack(">HHHHHH", ident & 0xFFFF, 0x0100, 1, 0, 0, 0) + qname + struct.pack(">HH", qtype, 1)


def answer_a(ident, qname, address):
    return struct.pack(">HHHHHH", ident & 0xFFFF, 0x8180, 1, 1, 0, 0) + qname + struct.pack(">HH", 1, 1) \
        + b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + address


def answer_txt(ident, qname, *strings):
    out = struct.pack(">HHHHHH", ident & 0xFFFF, 0x8180, 1, len(strings), 0, 0) + qname + struct.pack(">HH", 16, 1)
    for text in strings:
        out += b"\xc0\x0c" + struct.pack(">HHIHB", 16, 1, 0, len(text) + 1, len(text)) + text.encode()
    return out


def host(number, network=10):
    return bytes((network, number >> 16 & 255, number >> 8 & 255, number & 255))


# ---- conversations: each yields the frames of one, in their order ------------

def tcp_conversation(rng, out, back, port, first, reply, segments):
    """first: what the client says; reply: the start of each segment of the server."""
    sport, seq, ack = rng.randrange(1024, 65536), rng.randrange(1 << 31), rng.randrange(1 << 31)
    yield out.tcp(sport, port, seq, 0, SYN)
    yield back.tcp(port, sport, ack, seq + 1, SYN | ACK)
    seq, ack = seq + 1, ack + 1
    yield out.tcp(sport, port, seq, ack, ACK)
    yield out.tcp(sport, port, seq, ack, PSH | ACK, first)
    seq += len(first)
    for number in range(segments):
        data = reply(rng, number)
        yield back.tcp(port, sport, ack, seq, PSH | ACK, data)
        ack += len(data)
        if number % 2:
            yield out.tcp(sport, port, seq, ack, ACK)
    yield out.tcp(sport, port, seq, ack, FIN | ACK)
    yield back.tcp(port, sport, ack, seq + 1, FIN | ACK)
    yield out.tcp(sport, port, seq + 1, ack + 1, ACK)


def client_hello(rng):
    site = ("www%d.example.net" % rng.randrange(200)).encode()
    sni = struct.pack(">HHHBH", 0, len(site) + 5, len(site) + 3, 0, len(site)) + site
    body = b"\x03\x03" + rng.randbytes(32) + b"\0" + b"\0\x04\x13\x01\x13\x02" + b"\1\0" + struct.pack(">H", len(sni)) + sni
    hello = b"\1" + struct.pack(">I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack(">H", len(hello)) + hello


def tls_data(rng, number):
    size = rng.choice((80, 400, 1300, 1300, 1300))
    at = rng.randrange(len(_NOISE) - 1300)
    return b"\x17\x03\x03" + struct.pack(">H", size) + _NOISE[at:at + size]


def tls(rng, out, back):
    return tcp_conversation(rng, out, back, 443, client_hello(rng), tls_data, rng.randrange(4, 60))


def _http_data(rng, number):
    if number == 0:
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 200\r\n\r\n" + b"x" * 200
    return b"some text of a page " * rng.choice((5, 60))


def http(rng, out, back):
    return tcp_conversation(rng, out, back, 80, b"GET /page%d HTTP/1.1\r\nHost: www.example.net\r\n\r\n"
                            % rng.randrange(1000), _http_data, rng.randrange(2, 30))


def _plain_data(rng, number):
    return _NOISE[:rng.choice((60, 200, 1000))]


def other_tcp(rng, out, back):
    return tcp_conversation(rng, out, back, 3390, _NOISE[:40], _plain_data, rng.randrange(4, 60))


def dns(rng, out, back):
    sport, ident, site = rng.randrange(1024, 65536), rng.randrange(65536), rng.choice(_SITES)
    yield out.udp(sport, 53, query(ident, site, 1))
    yield back.udp(53, sport, answer_a(ident, site, bytes((93, 184, rng.randrange(256), rng.randrange(1, 255)))))


def quic(rng, out, back):
    sport, connection = rng.randrange(1024, 65536), rng.randbytes(8)
    first = b"\xc3\0\0\0\1\x08" + connection + b"\0\0" + struct.pack(">H", 0x4000 | 1180)
    yield out.udp(sport, 443, first + _NOISE[:1180])
    yield back.udp(443, sport, b"\xc1\0\0\0\1\0\x08" + connection + b"\0" + struct.pack(">H", 0x4000 | 1000) + _NOISE[:1000])
    for number in range(rng.randrange(5, 40)):
        if number % 4 == 0:
            yield out.udp(sport, 443, b"\x43" + connection + _NOISE[:30])
        else:
            yield back.udp(443, sport, b"\x41" + _NOISE[:1200])


def ping(rng, out, back):
    ident = rng.randrange(65536)
    v6 = len(out.src) == 16
    for number in range(rng.randrange(1, 5)):
        for path, kind in ((out, 128 if v6 else 8), (back, 129 if v6 else 0)):
            yield path.packet(_ICMPV6 if v6 else _ICMP, struct.pack(">BBHHH", kind, 0, 0, ident, number) + _NOISE[:48])


def other_udp(rng, out, back):
    sport = rng.randrange(1024, 65536)
    for number in range(rng.randrange(2, 30)):
        yield (out.udp(sport, 3391, _NOISE[:100]) if number % 3 == 0 else back.udp(3391, sport, _NOISE[:500]))


_KINDS = (tls, http, dns, quic, ping, other_tcp, other_udp)
_WEIGHTS = (30, 10, 35, 15, 5, 6, 6)


def module(rng, number, answered=True):
    """What a module does: a probe, and a connection through the gateway."""
    client, resolver = host(number), _RESOLVERS[rng.randrange(2)]
    out, back = Path(client, resolver), Path(resolver, client, 57)
    sport, ident, port = rng.randrange(1024, 65536), rng.randrange(65536), rng.choice((443, 53))
    yield out.udp(sport, port, query(ident, _DEBUG, 16))
    if answered:
        yield back.udp(port, sport, answer_txt(ident, _DEBUG, "server r5.lon", "originid 0"))
    out, back = Path(client, _GATEWAY), Path(_GATEWAY, client, 57)
    yield from tcp_conversation(rng, out, back, 443, client_hello(rng), tls_data, 2)


def conversation(rng, hosts):
    number, vlan = rng.randrange(hosts), 100 if rng.random() < 0.1 else None
    kind = rng.choices(_KINDS, _WEIGHTS)[0]
    if rng.random() < 0.3:
        client = b"\x26\0\x19\1" + bytes(8) + host(number + 256)
        server = b"\x2a\0\x14\x50" + bytes(8) + struct.pack(">I", rng.randrange(1, 2000))
    else:
        client = host(number + 256)
        server = _LOCAL_DNS if kind is dns else bytes((93, 184)) + struct.pack(">H", rng.randrange(256, 2256))
    return kind(rng, Path(client, server, 64, vlan), Path(server, client, 56, vlan))


# ---- the inputs: each yields (time in ns, frame) ------------------------------

def mixed(packets, share=0.0, hosts=200):
    """What a company's hosts do all day. share: of packets of the module, which
    then runs on every host, so that all packets are some client's."""
    rng = random.Random(20240827)
    open_now, time, due, running = [], START, 0.0, None
    for _ in range(packets):
        time += rng.randrange(20_000, 400_000)
        due += share
        if due >= 1:
            due -= 1
            while True:
                frame = next(running, None) if running is not None else None
                if frame is not None:
                    break
                running = module(rng, rng.randrange(hosts) + 256)
            yield time, frame
            continue
        while True:
            if len(open_now) < 300:
                open_now.append(conversation(rng, hosts))
            at = rng.randrange(len(open_now))
            frame = next(open_now[at], None)
            if frame is not None:
                break
            open_now[at] = open_now[-1]
            open_now.pop()
        yield time, frame


def mixed_module(packets):
    return mixed(packets, 0.01)


def probes(packets):
    """Queries and replies of a hundred clients."""
    paths = [(Path(host(n + 256), r), Path(r, host(n + 256), 57)) for n in range(100) for r in _RESOLVERS]
    for number in range(packets // 2):
        out, back = paths[number % len(paths)]
        sport, time = 1024 + number % 64000, START + number * 2_000_000
        yield time, out.udp(sport, 443, query(number, _DEBUG, 16))
        yield time + 900_000, back.udp(443, sport, answer_txt(number, _DEBUG, "server r5.lon", "originid 0"))


def clients(packets):
    """A hundred packets for each client in five minutes: thirty probes, ten
    connections to the gateway. Nothing of one client in ten is answered."""
    count, events = max(packets // 100, 1), []
    for number in range(count):
        offset = number * 7919 % 10_000 * 1_000_000
        events += [(offset + k * 10_000_000_000, number, k, False) for k in range(30)]
        events += [(offset + k * 30_000_000_000 + 3_000_000_000, number, k, True) for k in range(10)]
    events.sort()
    for time, number, k, web in events:
        client, bad, time = host(number + 256), number % 10 == 0, START + time
        if web:
            out, back = Path(client, _GATEWAY), Path(_GATEWAY, client, 57)
            sport, seq = 2000 + k, number * 16 + k
            yield time, out.tcp(sport, 443, seq, 0, SYN)
            if not bad:
                yield time + 100_000, back.tcp(443, sport, 7, seq + 1, SYN | ACK)
                yield time + 200_000, out.tcp(sport, 443, seq + 1, 8, PSH | ACK, b"x" * 100)
                yield time + 300_000, back.tcp(443, sport, 8, seq + 101, PSH | ACK, b"y" * 100)
        else:
            out, back = Path(client, _RESOLVERS[0]), Path(_RESOLVERS[0], client, 57)
            port = 53 if bad and k % 2 else 443
            yield time, out.udp(3000 + k, port, query(number + k, _DEBUG, 16))
            if not bad:
                yield time + 20_000_000, back.udp(port, 3000 + k, answer_txt(number + k, _DEBUG, "server r5.lon"))


def flood(packets, sources=1000):
    """SYNs to the gateway that nobody answers."""
    for number in range(packets):
        path = Path(host(256 + number % sources), _GATEWAY)
        yield START + number * 300_000, path.tcp(2000 + number // sources % 60000, 443, number, 0, SYN)


def flood_spoofed(packets):
    """The same, each from an address of its own."""
    return flood(packets, 1 << 23)


def answers(packets):
    """DNS answers for the gateway's name, each with an address that is new."""
    back = Path(_LOCAL_DNS, host(256), 64)
    for number in range(packets):
        address = struct.pack(">I", 0x12000000 + number)
        yield START + number * 1_000_000, back.udp(53, 1024 + number % 60000, answer_a(number, _SWG, address))


INPUTS = {
    "mixed": mixed,
    "mixed-module": mixed_module,
    "probes": probes,
    "clients": clients,
    "flood": flood,
    "flood-spoofed": flood_spoofed,
    "answers": answers,
}


def write(kind, packets, path):
    """Writes a pcap file with times in nanoseconds. @return how many packets it has."""
    written = 0
    with open(path, "wb", 1 << 20) as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
        for time, frame in INPUTS[kind](packets):
            out.write(struct.pack("<IIII", time // 10**9, time % 10**9, len(frame), len(frame)) + frame)
            written += 1
    return written


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in INPUTS or not sys.argv[2].isdigit():
        sys.exit("usage: inputs.py %s PACKETS FILE" % "|".join(INPUTS))
    write(sys.argv[1], int(sys.argv[2]), sys.argv[3])
