"""A small network in words: who sends what when, and what the path does to it.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

A Scene collects frames and writes them in order of time. A Laptop has the
roaming module: it probes in the module's rhythm, asks for the gateway's name
and opens connections to the gateway. What becomes of a packet is said by an
answer function such as opendns() or silence(). Times are seconds from the
scene's start. Everything is a function of the scene's name: the same bytes on
every run.
"""

import datetime
import zlib

import packets as p
import pcapng

START = int(datetime.datetime(2024, 8, 27, 8, 0, 0, tzinfo=datetime.timezone.utc).timestamp()) * 1_000_000

# The office: a firewall that is also the router, a local resolver, a file server.
FIREWALL, LOCAL_RESOLVER, FILE_SERVER = "192.168.0.1", "192.168.0.65", "192.168.0.70"
RESOLVER_1, RESOLVER_2 = "208.67.222.222", "208.67.220.220"
RESOLVERS_4 = (RESOLVER_1, RESOLVER_2)
RESOLVERS_6 = ("2620:119:35::35", "2620:119:53::53")
GATEWAY, GATEWAY_2 = "18.135.112.200", "18.135.113.9"
GATEWAY_NAME = "swg-url-proxy-https-sse.sigproxy.qq.opendns.com"
GATEWAY_CHAIN = ("swg-proxy_eu-west-2_1_1n.sigproxy.aws.umbrella.com",
                 "k8s-sigproxy-sigproxy-c8f482b42a-ddf1929ae349b3e5.elb.eu-west-2.amazonaws.com")
# Public sites that are no part of the service.
SITE_1, SITE_2 = "93.184.216.34", "151.101.1.69"
SITE_V6 = "2606:2800:220:1:248:1893:25c8:1946"

DEBUG, CERTIFICATE = "debug.opendns.com", "2.dnscrypt-cert.opendns.com"
ORGANISATION, DEVICE = 1234567, "0123456789abcdef"
LEGAL_NOTICE = ("Due to a court order in France issued under Article L.333-10 of the French Sport code the OpenDNS "
                "service is not currently available to users in France and certain French territories.")

_MACS = {FIREWALL: "00:00:5e:00:53:01", LOCAL_RESOLVER: "00:00:5e:00:53:41", FILE_SERVER: "00:00:5e:00:53:46"}
_TTLS = {FIREWALL: 64, LOCAL_RESOLVER: 128, FILE_SERVER: 128, GATEWAY: 234, GATEWAY_2: 234}


class Scene:
    """Frames of one capture file."""

    def __init__(self, name, shows, interfaces=(("eth0", pcapng.LINKTYPE_ETHERNET),)):
        self.name, self.shows, self.interfaces = name, shows, interfaces
        self.frames = []       # (time in us, frame, interface)
        self.macs, self.ttls = dict(_MACS), dict(_TTLS)
        self.vlan = ()
        self.captured = None   # snap length
        self.in_time_order = True
        self.interface = 0     # where packets are seen, unless said otherwise
        self.names = []        # name resolution block
        self.through = None    # changes the list of frames at the end
        self._idents, self._counter = {}, 0

    def number(self, low, high):
        """The next of a row of numbers that look random."""
        self._counter += 1
        return low + zlib.crc32(("%s %d" % (self.name, self._counter)).encode()) % (high - low)

    def mac(self, address):
        return self.macs.get(address, _MACS[FIREWALL])

    def frame(self, time, data, interface=0):
        self.frames.append((START + round(time * 1_000_000), data, interface))

    def send(self, time, src, dst, protocol, payload, ttl=None, ident=None, interface=None):
        """Sends an IP packet. @return the packet, for an ICMP error to quote."""
        if ident is None:
            ident = self._idents[src] = self._idents.get(src, zlib.crc32(src.encode()) & 0x7FFF) + 1
        if ttl is None:
            ttl = self.ttls.get(src, 57)
        packet = p.ip(src, dst, protocol, payload, ttl, ident & 0xFFFF)
        if interface is None:
            interface = self.interface
        kind = self.interfaces[interface][1]
        if kind == pcapng.LINKTYPE_NULL:
            data = (24 if packet[0] >> 4 == 6 else 2).to_bytes(4, "little") + packet
        elif kind == pcapng.LINKTYPE_RAW:
            data = packet
        elif kind == pcapng.LINKTYPE_LINUX_SLL:
            sender = bytes.fromhex(self.mac(src).replace(":", ""))
            data = b"\0\4\0\1\0\6" + sender + b"\0\0" + (b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\0") + packet
        else:
            data = p.ethernet(self.mac(dst), self.mac(src), packet, self.vlan)
        self.frame(time, data, interface)
        return packet

    def udp(self, time, src, sport, dst, dport, payload, **how):
        return self.send(time, src, dst, p.UDP, p.udp(src, dst, sport, dport, payload), **how)

    def icmp(self, time, sender, to, kind, code, quoted, mtu=0, **how):
        protocol = p.ICMPV6 if ":" in sender else p.ICMP
        return self.send(time, sender, to, protocol, p.icmp_error(sender, to, kind, code, quoted, mtu), **how)

    def bytes(self):
        out = pcapng.Writer("%s: %s Made by make_synthetic.py." % (self.name, self.shows), self.interfaces,
                            self.captured or 0)
        if self.names:
            out.names(self.names)
        frames = list(self.frames)
        if self.in_time_order:
            frames.sort(key=lambda f: f[0])
        if self.through:
            frames = self.through(frames)
        for time, data, interface in frames:
            out.packet(time, data, interface=interface, captured=self.captured)
        return out.bytes()


class Query:
    """A probe on its way: what an answer function needs to know of it."""

    def __init__(self, scene, time, src, sport, dst, dport, ident, qname, identified, packet):
        self.scene, self.time, self.src, self.sport, self.dst, self.dport = scene, time, src, sport, dst, dport
        self.ident, self.qname, self.identified, self.packet = ident, qname, identified, packet

    def answer(self, after, message, ttl=None, sport=None):
        self.scene.udp(self.time + after, self.dst, self.dport if sport is None else sport, self.src, self.sport,
                       message, ttl=ttl)


# What becomes of a probe. Each returns a function of a Query.

def silence():
    return lambda q: None


def debug_strings(q, site="lon", dnscrypt=False):
    """What debug.opendns.com says (DOMAIN: one string per record, TTL 0)."""
    strings = ["server r5." + site]
    if q.identified:
        strings += ["device " + DEVICE, "remoteip 192.168.0.204", "flags 40034 0 186040 1E10000074060000060039F0400FE2080081681",
                    "originid 472625284", "orgid %d" % ORGANISATION, "orgflags 100A6", "actype 0", "bundle 6892016"]
    else:
        strings += ["flags 20 0 70 7950800000000000000", "originid 0", "actype 0"]
    strings.append("source 198.51.100.7:%d" % q.sport)
    if dnscrypt:
        strings.append("dnscrypt enabled (717764506345635A)")
    return strings


def certificate_answer(q, days=(-1, 364)):
    now = (START + round(q.time * 1_000_000)) // 1_000_000
    cert = p.dnscrypt_certificate(b"qDoc0001", now + days[0] * 86400, now + days[1] * 86400)
    return [p.txt(cert)]


def opendns(after=0.018, ttl=57, dnscrypt=False, strings=None, cert_days=(-1, 364), also=()):
    """OpenDNS itself answers."""
    def act(q):
        if q.qname.lower() == CERTIFICATE:
            answers = certificate_answer(q, cert_days)
        else:
            answers = [p.txt(s) for s in (strings or debug_strings(q, dnscrypt=dnscrypt))]
        q.answer(after, p.response(q.ident, q.qname, answers=answers), ttl)
        for more in also:
            more(q)
    return act


def dns_error(rcode, after=0.002, ttl=63, authority=()):
    return lambda q: q.answer(after, p.response(q.ident, q.qname, rcode=rcode, authority=authority), ttl)


def nxdomain(after=0.002, ttl=63):
    """Another resolver's answer: no such name, with a SOA record."""
    soa = p.record(p.SOA, p.name("auth1.opendns.com") + p.name("noc.opendns.com") + bytes(20), p.name("opendns.com"), 300)
    return dns_error(p.NXDOMAIN, after, ttl, (soa,))


def empty(after=0.002, ttl=63):
    return dns_error(p.NOERROR, after, ttl)


def other_text(after=0.002, ttl=63):
    return lambda q: q.answer(after, p.response(q.ident, q.qname, answers=[p.txt("v=spf1 -all", ttl=300)]), ttl)


def court_order(after=0.019, ttl=57, rcode=p.REFUSED):
    notice = p.txt(LEGAL_NOTICE, owner=b"\0")
    return lambda q: q.answer(after, p.response(q.ident, q.qname, additional=[notice], rcode=rcode), ttl)


def unreachable(kind, code, sender=FIREWALL, after=0.0006, quote=None):
    """An ICMP error that quotes the query, or only its first bytes."""
    return lambda q: q.scene.icmp(q.time + after, sender, q.src, kind, code, q.packet[:quote])


class Connection:
    """One TCP connection between a client and a server, segment by segment."""

    def __init__(self, scene, client, server, port=443, sport=None, rtt=0.014, ttl=None):
        self.scene, self.client, self.server, self.port = scene, client.address(server), server, port
        self.sport, self.rtt, self.ttl = sport or client.port(), rtt, ttl
        self.ours, self.theirs = scene.number(1 << 24, 1 << 31), scene.number(1 << 24, 1 << 31)
        self.seq = self.ack = 0    # payload bytes sent by the client, by the server

    def _send(self, time, from_client, flags, seq, ack, window, payload=b"", options=b"", **how):
        ends = (self.client, self.server, self.sport, self.port)
        src, dst, sport, dport = ends if from_client else (ends[1], ends[0], ends[3], ends[2])
        if not from_client and how.get("ttl") is None:
            how["ttl"] = self.ttl
        segment = p.tcp(src, dst, sport, dport, flags, seq, ack, window, options, payload)
        return self.scene.send(time, src, dst, p.TCP, segment, **how)

    def syn(self, time):
        return self._send(time, True, p.SYN, self.ours, 0, 64240, options=p.SYN_OPTIONS)

    def syn_ack(self, time, **how):
        self._send(time, False, p.SYN | p.ACK, self.theirs, self.ours + 1, 62727, options=p.SYN_ACK_OPTIONS, **how)

    def from_client(self, time, payload=b"", flags=p.ACK, seq=None):
        at = self.seq if seq is None else seq
        packet = self._send(time, True, flags | (p.PSH if payload else 0), self.ours + 1 + at, self.theirs + 1 + self.ack,
                            1026, payload)
        if seq is None:
            self.seq += len(payload)
        return packet

    def from_server(self, time, payload=b"", flags=p.ACK, acked=None, **how):
        at = self.seq if acked is None else acked
        self._send(time, False, flags | (p.PSH if payload else 0), self.theirs + 1 + self.ack, self.ours + 1 + at, 501,
                   payload, **how)
        self.ack += len(payload)

    def reset_syn(self, time, window=0, ttl=None):
        self._send(time, False, p.RST | p.ACK, 0, self.ours + 1, window, ttl=ttl)

    def reset(self, time, ttl=None):
        self._send(time, False, p.RST | p.ACK, self.theirs + 1 + self.ack, self.ours + 1 + self.seq, 0, ttl=ttl)

    def open(self, time):
        """The three packets of the handshake. @return the time after them."""
        self.syn(time)
        self.syn_ack(time + self.rtt)
        self.from_client(time + self.rtt + 0.0001)
        return time + self.rtt + 0.0002

    def talk(self, time, request, reply):
        """A request and its reply. @return the time after them."""
        self.from_client(time, request)
        self.from_server(time + self.rtt, reply)
        self.from_client(time + self.rtt + 0.0001)
        return time + self.rtt + 0.0002

    def close(self, time):
        self.from_client(time, flags=p.FIN | p.ACK)
        self.from_server(time + self.rtt, flags=p.FIN | p.ACK)


def connect(host):
    return b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n" % (host.encode(), host.encode())


ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
# TLS records of application data: enough to be payload.
HELLO = b"\x17\x03\x03\x00\x18" + bytes(range(24))
SERVER_HELLO = b"\x17\x03\x03\x00\x20" + bytes(range(32))


class Laptop:
    """A computer with the roaming module."""

    def __init__(self, scene, ip="192.168.0.204", ip6="2001:db8:0:1::cc", mac="00:00:5e:00:53:cc", ttl=128):
        self.scene, self.ip, self.ip6 = scene, ip, ip6
        for address in (ip, ip6):
            scene.macs[address], scene.ttls[address] = mac, ttl
        self._port, self._query_ports = 56200, set()

    def address(self, peer):
        return self.ip6 if ":" in peer else self.ip

    def port(self):
        self._port += 1
        return self._port

    def _query_port(self):
        while True:
            port = self.scene.number(50000, 56000)
            if port not in self._query_ports:
                self._query_ports.add(port)
                return port

    def ask(self, time, server, port, qname, answer, identified=False, sport=None, ident=None, qtype=p.TXT,
            edns=None):
        """One DNS query and what becomes of it; edns: its options."""
        src = self.address(server)
        sport = sport or self._query_port()
        ident = self.scene.number(1, 65535) if ident is None else ident
        if identified:
            edns = p.umbrella_identity(ORGANISATION, "192.168.0.204", DEVICE)
        packet = self.scene.udp(time, src, sport, server, port, p.query(ident, qname, qtype, edns))
        answer(Query(self.scene, time, src, sport, server, port, ident, qname, identified, packet))

    def burst(self, time, port, answer, resolvers=RESOLVERS_4):
        """Both resolvers, and both again 0.17 s later with new ids."""
        for offset in (0, 0.17):
            for index, resolver in enumerate(resolvers):
                act = answer.get(resolver, silence()) if isinstance(answer, dict) else answer
                self.ask(time + offset + index * 0.0002, resolver, port, DEBUG, act)

    def cycle(self, time, on_443, on_53, resolvers=RESOLVERS_4):
        """One cycle of the module while 443 does not answer: 443, after 5 s 53,
        after 10.5 s the certificate on 443. The next begins after 14.97 s."""
        self.burst(time, 443, on_443, resolvers)
        self.burst(time + 5, 53, on_53, resolvers)
        act = on_443.get(resolvers[0], silence()) if isinstance(on_443, dict) else on_443
        self.ask(time + 10.5, resolvers[0], 443, CERTIFICATE, act)

    def cycles(self, time, count, on_443, on_53, resolvers=RESOLVERS_4):
        for number in range(count):
            self.cycle(time + number * 14.97, on_443, on_53, resolvers)
        return time + count * 14.97

    def encrypted_probes(self, time, count, answer=None, resolvers=RESOLVERS_4, every=10):
        """Every 10 s one probe to each resolver on 443."""
        for number in range(count):
            for index, resolver in enumerate(resolvers):
                self.ask(time + number * every + index * 0.0002, resolver, 443, DEBUG, answer or opendns())
        return time + count * every

    def transparent_probes(self, time, count, answer=None, resolver=RESOLVER_1, every=10, identified=True):
        """Probes on 53 that carry the identity option."""
        for number in range(count):
            self.ask(time + number * every, resolver, 53, DEBUG, answer or opendns(), identified)
        return time + count * every

    def nonce(self):
        """The client's half of a nonce, another each time."""
        return b"".join(self.scene.number(0, 1 << 32).to_bytes(4, "big") for _ in range(3))

    def encrypted(self, time, count, answered=True, resolver=RESOLVER_1, port=443, every=3, magic=b"qDoc0001", blocks=4):
        """DNSCrypt queries, each from a port of its own."""
        for number in range(count):
            nonce, sport, at = self.nonce(), self._query_port(), time + number * every
            self.scene.udp(at, self.address(resolver), sport, resolver, port, p.dnscrypt_query(magic, nonce, blocks))
            if answered:
                self.scene.udp(at + 0.017, resolver, port, self.address(resolver), sport, p.dnscrypt_reply(nonce, blocks - 1))
        return time + count * every

    def local_lookup(self, time, answered=True, server=LOCAL_RESOLVER):
        """An internal name at the local resolver."""
        def act(q):
            q.answer(0.0005, p.response(q.ident, q.qname, p.A, [p.record(p.A, p.address(FILE_SERVER), ttl=3600)]))
        self.ask(time, server, 53, "files.lab.local", act if answered else silence(), qtype=p.A)

    def lookups(self, start, end, every=5.0):
        time = start
        while time < end:
            self.local_lookup(time)
            time += every

    def visit(self, time, site=SITE_1, port=443, opened=True):
        """The start of a connection to a site, past the gateway."""
        c = Connection(self.scene, self, site, port, rtt=0.0115)
        if not opened:
            for offset in (0, 1, 3, 7):
                c.syn(time + offset)
            return
        c.talk(c.open(time), HELLO, SERVER_HELLO)

    def background(self, start, end, site=SITE_1, every=8.0):
        """What goes on beside: local names and a site."""
        time = start
        while time < end:
            self.local_lookup(time)
            self.visit(time + 0.01, site)
            time += every

    # The web

    def gateway_lookup(self, time, addresses=(GATEWAY,), qname=GATEWAY_NAME, chain=GATEWAY_CHAIN, rcode=p.NOERROR,
                       answered=True, server=LOCAL_RESOLVER, qtype=p.A):
        def act(q):
            if not answered:
                return
            owner, records = qname, []
            if addresses:
                for alias in chain:
                    records.append(p.record(p.CNAME, p.name(alias), p.name(owner), 60))
                    owner = alias
            for text in addresses:
                records.append(p.record(p.AAAA if ":" in text else p.A, p.address(text), p.name(owner), 60))
            q.answer(0.021, p.response(q.ident, qname, qtype, records, rcode=rcode))
        self.ask(time, server, 53, qname, act, qtype=qtype)

    def gateway(self, gateway=GATEWAY, port=443, **how):
        return Connection(self.scene, self, gateway, port, **how)

    def tunnel(self, time, host="www.example.com", gateway=GATEWAY, status=ESTABLISHED, port=443, **how):
        """A connection to the gateway that works: CONNECT, its answer, data."""
        c = self.gateway(gateway, port, **how)
        after = c.open(time)
        after = c.talk(after, connect(host), status)
        if status == ESTABLISHED:
            after = c.talk(after, HELLO, SERVER_HELLO)
        c.close(after + 0.3)
        return c

    def tunnels(self, time, count, every=5.0, **how):
        for number in range(count):
            self.tunnel(time + number * every, **how)
        return time + count * every

    def silent_handshake(self, time, gateway=GATEWAY, offsets=(0, 1, 3, 7), port=443):
        c = self.gateway(gateway, port)
        for offset in offsets:
            c.syn(time + offset)
        return c
