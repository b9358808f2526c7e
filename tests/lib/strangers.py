"""Packets of strangers, to be woven into captures: nobody asked for them.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Three kinds of senders. Anybody on the Internet who can send to the client, with
an address of his own. A host of the client's own network, with its own address
and adapter. One who forges addresses, but does not see the client's packets: he
has to guess ports, ids and sequence numbers. What whoever sees them can do is
another matter: ../HOSTILE.md.

A kind is a function of a Scene that yields (who, packet): who sends it on the
client's wire ("router", "lan" or "client", whose link-layer address it has), and
the bytes from the IP header on.
"""

import collections
import ipaddress

from wireshark import add_captures_to_path

add_captures_to_path()

import packets as p
import rewrite
from scene import CERTIFICATE, DEBUG, DEVICE, GATEWAY, GATEWAY_2, GATEWAY_NAME, RESOLVERS_4, RESOLVERS_6, SITE_1, SITE_2, SITE_V6

RESOLVERS = frozenset(p.address(one) for one in RESOLVERS_4 + RESOLVERS_6)
GATEWAYS = frozenset(p.address(one) for one in (GATEWAY, GATEWAY_2))
STRINGS = ("server m1.lon", "orgid 7654321", "originid 55", "device " + DEVICE, "flags 20 0 70 5950800000000000000")
DNSCRYPT_REPLY = b"r6fnvWj8"
# Public, and nobody's in any capture of ours.
STRANGER, STRANGER_6 = "45.83.220.9", "2a03:b0c0:1:d0::9"
DEAD, LIVE = "45.83.220.10", SITE_1
LAN_MAC = bytes.fromhex("00005e005399")

KINDS = {}
# Whoever sends so, with the client's own link-layer address, cannot be told from it: numbers of attempts may grow.
AS_THE_CLIENT = {"a_probe_with_the_clients_adapter"}


def kind(sender):
    def register(make):
        KINDS[make.__name__] = (sender, make)
        return make
    return register


def askers(packets):
    """Who asks resolvers and gateways in a capture (make_variants.Packet), as (address, link-layer address, router's):
    whoever asks most first."""
    asked = collections.Counter()
    for one in packets:
        if not one.is_ip:
            continue
        source, target = rewrite.ends(one.data)
        port = rewrite.ports(one.data)[1]
        # Behind NAT64 a resolver's address ends with its IPv4 address, as does a gateway's.
        if port in (53, 443) and (target in RESOLVERS or (port == 443 and target in GATEWAYS) or target[12:] in RESOLVERS | GATEWAYS):
            asked[source, one.src, one.dst] += 1
    return sorted(asked, key=lambda key: (-asked[key], key))


class Scene:
    """What a stranger may know of the client in a capture, and what he must guess."""

    def __init__(self, some, random):
        """some: askers(), of whom he means one; random: of the random module."""
        self.random = random
        self.client, self.mac, self.router = some[random.randrange(min(3, len(some)))]
        self.six = len(self.client) == 16
        self.client = str(ipaddress.ip_address(self.client))
        self.stranger = STRANGER_6 if self.six else STRANGER
        self.resolvers = RESOLVERS_6 if self.six else RESOLVERS_4
        if self.six:
            self.neighbour = str(ipaddress.ip_address(int(ipaddress.ip_address(self.client)) & ~0xFFFF | 0x9999))
        else:
            self.neighbour = str(ipaddress.ip_address(int(ipaddress.ip_address(self.client)) & ~0xFF | 0xF9))
        self.ident = random.randrange(1, 60000)

    # what he has to guess
    def port(self):
        return self.random.randrange(1024, 65536)

    def number(self):
        return self.random.randrange(65536)

    def sequence(self):
        return self.random.randrange(1 << 32)

    def one_of(self, *what):
        return what[self.random.randrange(len(what))]

    def times(self, most):
        return range(1 + self.random.randrange(most))

    # packets
    def ip(self, source, target, protocol, payload, ttl=None):
        self.ident = self.ident % 65000 + 1
        return p.ip(source, target, protocol, payload, ttl or self.one_of(48, 51, 57, 117), self.ident)

    def udp(self, source, target, sport, dport, payload, ttl=None):
        return self.ip(source, target, p.UDP, p.udp(source, target, sport, dport, payload), ttl)

    def tcp(self, source, target, sport, dport, flags, payload=b"", ttl=None):
        return self.ip(source, target, p.TCP, p.tcp(source, target, sport, dport, flags, self.sequence(), self.sequence(), 64240,
                                                    payload=payload), ttl)

    def error(self, source, code, quoted, ttl=None):
        protocol = p.ICMPV6 if self.six else p.ICMP
        return self.ip(source, self.client, protocol, p.icmp_error(source, self.client, *code, quoted[:48 if not self.six else 88]), ttl)

    def answers(self, ident, name=DEBUG):
        """What answers to a probe there are, true and false."""
        return self.one_of(
            p.response(ident, name, answers=[p.txt(one) for one in STRINGS]),
            p.response(ident, name, answers=[p.txt(one) for one in STRINGS[:1]]),
            p.response(ident, name, rcode=p.NXDOMAIN), p.response(ident, name, rcode=p.REFUSED), p.response(ident, name, rcode=p.SERVFAIL),
            p.response(ident, name, answers=[p.txt("blocked")]),
            p.response(ident, name, rcode=p.REFUSED, additional=[p.txt("Due to a court order the OpenDNS service is not available")]),
            p.response(ident, name, answers=[p.txt("court order: OpenDNS service")]))

    def gateway_answer(self, *addresses, name=GATEWAY_NAME):
        kinds = [(p.AAAA if ":" in one else p.A, one) for one in addresses]
        return p.response(self.number(), name, kinds[0][0] if kinds else p.A, [p.record(k, p.address(one), ttl=60) for k, one in kinds])

    def target(self):
        return GATEWAY if not self.six else "2a02:26f0:dead::200"

    def site(self):
        return SITE_V6 if self.six else SITE_2

    def quoted(self):
        """A packet of the client's as a stranger imagines it."""
        if self.random.random() < 0.5:
            return self.udp(self.client, self.one_of(*self.resolvers), self.port(), self.one_of(53, 443), p.query(self.number(), DEBUG), 60)
        return self.tcp(self.client, self.target(), self.port(), 443, p.SYN, ttl=60)

    def errors(self):
        if self.six:
            return self.one_of((1, 0), (1, 1), (1, 3), (1, 4), (3, 0), (4, 1))
        return self.one_of((3, 0), (3, 1), (3, 3), (3, 9), (3, 10), (3, 13), (11, 0), (5, 1), (12, 0))


# ---- anybody, with an address of his own ----

def _replies(s, source, ports=(53, 443), ttl=None):
    for _ in s.times(4):
        yield "router" if ttl is None else "lan", s.udp(source, s.client, s.one_of(*ports), s.port(), s.answers(s.number()), ttl)


@kind("anybody")
def replies_to_no_probe(s):
    """Answers to probes from an address that nobody asked."""
    yield from _replies(s, s.stranger)


@kind("anybody")
def answers_that_teach_gateways(s):
    """A gateway's name, and for it the client's own address, a site, a dead address, his own, a resolver."""
    for _ in s.times(3):
        yield "router", s.udp(s.stranger, s.client, 53, s.port(), s.gateway_answer(s.one_of(s.client, s.stranger, DEAD, LIVE, s.site(),
                                                                                         s.resolvers[0])))


@kind("anybody")
def answers_that_fill_the_table_of_gateways(s):
    first = s.random.randrange(1 << 16)
    for number in range(70):
        yield "router", s.udp(s.stranger, s.client, 53, s.port(), s.gateway_answer("45.%d.%d.7" % (84 + number % 100, (first + number) & 255)))


@kind("anybody")
def questions_to_the_client(s):
    """As if it were a resolver; its system says that nobody listens there, or nothing."""
    for _ in s.times(4):
        packet = s.udp(s.stranger, s.client, s.port(), s.one_of(53, 443), p.query(s.number(), s.one_of(DEBUG, CERTIFICATE, GATEWAY_NAME)))
        yield "router", packet
        if s.random.random() < 0.5 and not s.six:
            yield "client", s.ip(s.client, s.stranger, p.ICMP, p.icmp_error(s.client, s.stranger, 3, 3, packet[:60]), 128)


@kind("anybody")
def connections_to_the_client(s):
    for _ in s.times(4):
        yield "router", s.tcp(s.stranger, s.client, s.port(), s.one_of(53, 80, 443), p.SYN)


@kind("anybody")
def segments_of_no_connection(s):
    for _ in s.times(6):
        flags, data = s.one_of((p.SYN | p.ACK, b""), (p.RST, b""), (p.RST | p.ACK, b""), (p.FIN | p.ACK, b""), (p.PSH | p.ACK, b"x" * 300),
                               (p.PSH | p.ACK, b"HTTP/1.1 200 OK\r\n\r\n"), (p.ACK, b""))
        yield "router", s.tcp(s.stranger, s.client, s.one_of(53, 80, 443), s.port(), flags, data)


@kind("anybody")
def http_of_no_request(s):
    """Answers of proxies and portals, requests to a proxy."""
    for _ in s.times(4):
        to_client = s.one_of(b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n", b"HTTP/1.1 407 No\r\nVia: 1.1 squid\r\n\r\n",
                             b"HTTP/1.1 511 Sign in\r\n\r\n<html>", b"HTTP/1.1 503 No\r\nServer: FortiGate\r\n\r\n",
                             b"CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com\r\n\r\n",
                             b"GET http://www.example.com/ HTTP/1.1\r\nHost: www.example.com\r\n\r\n")
        yield "router", s.tcp(s.stranger, s.client, s.one_of(80, 443), s.port(), p.PSH | p.ACK, to_client)


@kind("anybody")
def errors_about_nothing(s):
    """ICMP errors that quote packets which the client did not send."""
    for _ in s.times(5):
        yield "router", s.error(s.stranger, s.errors(), s.quoted())


@kind("anybody")
def quic_to_the_client(s):
    for _ in s.times(4):
        yield "router", s.udp(s.stranger, s.client, s.one_of(443, s.port()), s.one_of(443, s.port()), b"\xc3\0\0\0\1\x08" + bytes(8) + bytes(1186))


@kind("anybody")
def broken_datagrams(s):
    """Wrong lengths, messages that end early, pointers, noise."""
    for _ in s.times(5):
        packet = s.udp(s.stranger, s.client, s.one_of(53, 443), s.port(), s.one_of(
            p.response(s.number(), DEBUG, answers=[p.txt("server m1.lon")])[:s.random.randrange(12, 50)], b"\xff" * 40, b"",
            p.query(s.number(), DEBUG)[:14], bytes(12), b"\0\1\x81\x80\0\1\xff\xff\0\0\0\0\xc0\x0c\0\x10\0\1"))
        at = rewrite.transport(packet)[1]
        if s.random.random() < 0.7:
            packet = rewrite.put(packet, at + 4, s.number().to_bytes(2, "big"))
        yield "router", packet


@kind("anybody")
def encrypted_replies_to_nothing(s):
    for _ in s.times(4):
        noise = bytes(s.random.randrange(256) for _ in range(240))
        yield "router", s.udp(s.stranger, s.client, s.one_of(53, 443, 5353), s.port(), DNSCRYPT_REPLY + noise)


@kind("anybody")
def prefixes_of_no_translator(s):
    """Answers for ipv4only.arpa that nobody asked for: RFC 7050."""
    for _ in s.times(2):
        record = p.record(p.AAAA, p.address("2001:db8:64:%x::c000:aa" % s.number()), ttl=60)
        yield "router", s.udp(s.stranger, s.client, 53, s.port(), p.response(s.number(), "ipv4only.arpa", p.AAAA, [record]))


@kind("anybody")
def certificates_to_nobody(s):
    for start in (0, 1 << 31):
        record = p.txt(p.dnscrypt_certificate(b"q6fnvWj8", start, start + 1))
        yield "router", s.udp(s.stranger, s.client, s.one_of(53, 443), s.port(), p.response(s.number(), CERTIFICATE, answers=[record]))


# ---- a host of the same network ----

@kind("lan")
def local_answers_to_no_question(s):
    """A neighbour plays the Virtual Appliance."""
    yield from _replies(s, s.neighbour, (53,), 64)


@kind("lan")
def a_neighbours_own_probes(s):
    """Unanswered: they are the neighbour's."""
    for at in range(4):
        yield "lan", s.udp(s.neighbour, s.resolvers[at % 2], 40000 + at, 443 if at < 2 else 53,
                           p.query(s.number(), DEBUG, edns=p.device_id("fedcba9876543210")), 128)


@kind("lan")
def a_neighbours_own_gateway(s):
    for _ in s.times(3):
        yield "lan", s.tcp(s.neighbour, s.target(), s.port(), 443, p.SYN, ttl=128)


@kind("lan")
def a_neighbours_traceroute(s):
    for ttl in range(1, 13):
        yield "lan", s.udp(s.neighbour, s.resolvers[0], 50000, 53, p.query(ttl, DEBUG), ttl)


@kind("lan")
def a_neighbours_lessons(s):
    for _ in s.times(3):
        yield "lan", s.udp(s.neighbour, s.client, 53, s.port(), s.gateway_answer(s.one_of(s.neighbour, s.client, DEAD, s.site())), 64)


@kind("lan")
def a_neighbours_errors(s):
    for _ in s.times(5):
        yield "lan", s.error(s.neighbour, s.errors(), s.quoted(), 64)


@kind("lan")
def to_everybody(s):
    """Multicast and broadcast name resolution."""
    group = "ff02::fb" if s.six else s.one_of("224.0.0.251", "255.255.255.255")
    for _ in s.times(4):
        yield "lan", s.udp(s.neighbour, group, s.one_of(5353, 5355, s.port()), s.one_of(5353, 53, 443),
                           s.one_of(p.query(0, s.one_of(DEBUG, GATEWAY_NAME)), s.answers(0)), 255)


# ---- one who forges addresses, and has to guess the rest ----

@kind("forger")
def replies_of_the_resolvers(s):
    for _ in s.times(5):
        yield "router", s.udp(s.one_of(*s.resolvers), s.client, s.one_of(53, 443, 5353), s.port(), s.answers(s.number()), 50)


@kind("forger")
def encrypted_replies_of_the_resolvers(s):
    for _ in s.times(4):
        noise = bytes(s.random.randrange(256) for _ in range(240))
        yield "router", s.udp(s.one_of(*s.resolvers), s.client, s.one_of(53, 443), s.port(), DNSCRYPT_REPLY + noise, 50)


@kind("forger")
def segments_of_the_gateway(s):
    for _ in s.times(6):
        flags, data = s.one_of((p.SYN | p.ACK, b""), (p.RST, b""), (p.RST | p.ACK, b""), (p.FIN | p.ACK, b""), (p.PSH | p.ACK, b"x" * 300),
                               (p.PSH | p.ACK, b"HTTP/1.1 200 Connection established\r\n\r\n"), (p.PSH | p.ACK, b"HTTP/1.1 503 No\r\n\r\n"))
        yield "router", s.tcp(s.target(), s.client, s.one_of(80, 443), s.port(), flags, data, 50)


@kind("forger")
def errors_of_whoever_he_likes(s):
    router = "2001:db8:0:1::1" if s.six else "192.168.0.1"
    for _ in s.times(6):
        yield "router", s.error(s.one_of(router, s.target(), s.resolvers[0], s.site()), s.errors(), s.quoted(), 64)


@kind("forger")
def answers_of_the_local_server(s):
    server = "2001:db8:0:1::1" if s.six else "192.168.0.1"
    for _ in s.times(5):
        message = s.one_of(s.gateway_answer(s.one_of(DEAD, s.client, s.site())), s.answers(s.number()),
                           p.response(s.number(), GATEWAY_NAME, p.A, rcode=p.NXDOMAIN),
                           p.response(s.number(), "www.example.com", p.A, [p.record(p.A, p.address(GATEWAY))]))
        yield "router", s.udp(server, s.client, 53, s.port(), message, 64)


@kind("forger")
def answers_of_the_client_itself(s):
    """Somebody asks the client, and a forged answer comes in its name: twice, as a forwarder would."""
    for _ in range(2):
        port, ident = s.port(), s.number()
        yield "router", s.udp(s.stranger, s.client, port, 53, p.query(ident, DEBUG))
        yield "lan", s.udp(s.client, s.stranger, 53, port, p.response(ident, DEBUG, answers=[p.txt(one) for one in STRINGS]), 64)


@kind("forger")
def a_probe_with_the_clients_adapter(s):
    """From another private address, with the client's link-layer address: ../HOSTILE.md."""
    other = "2001:db8:77::5" if s.six else "10.77.0.5"
    yield "client", s.udp(other, s.resolvers[0], s.port(), 443, p.query(s.number(), DEBUG), 128)
