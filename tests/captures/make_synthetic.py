#!/usr/bin/env python3
"""Makes one small capture per situation, and MANIFEST.md that lists them.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: make_synthetic.py [FOLDER]     (default: synthetic/ beside this script)

Each function below is one capture. Its decorator says what the capture shows
and what the plugin must say of it; these expectations are written from the
rules, not from the plugin's output, and tests/golden.py checks them:
  dns, web        the verdicts of the whole capture
  findings        all codes of findings, of the capture and of its clients
  has, lacks      some that must be there, some that must not
  outages         of the first client, by since: (service, cause, what ended it, does
                  it count); and with it worst and the numbers of the whole file
  expect          JSON path -> value; "c." stands for the first client, and
                  "resolver ADDRESS PORT KEY" for one of its resolvers, over UDP
large: the capture is made when it is tested and kept nowhere, nor is its output.
Times are seconds from the scene's start, 2024-08-27 08:00:00 UTC.
"""

import os
import struct
import sys

import packets as p
import pcapng
from scene import (CERTIFICATE, DEBUG, ESTABLISHED, FILE_SERVER, FIREWALL, GATEWAY, GATEWAY_2, GATEWAY_CHAIN,
                   GATEWAY_NAME, HELLO, LOCAL_RESOLVER, RESOLVER_1, RESOLVER_2, RESOLVERS_4, RESOLVERS_6, SERVER_HELLO,
                   SITE_1, SITE_2, SITE_V6, Connection, Laptop, Scene, connect, court_order, debug_strings, dns_error,
                   empty, nxdomain, opendns, other_text, silence, unreachable)

HERE = os.path.dirname(os.path.abspath(__file__))
ETHERNET = (("eth0", pcapng.LINKTYPE_ETHERNET),)


class Case:
    def __init__(self, build, name, shows, interfaces, large, expected):
        self.build, self.name, self.shows, self.interfaces, self.expected = build, name, shows, interfaces, expected
        self.large = large

    @property
    def file(self):
        return self.name + ".pcapng"

    def bytes(self):
        scene = Scene(self.name, self.shows, self.interfaces)
        self.build(scene, Laptop(scene))
        return scene.bytes()


CASES = []


def case(name, shows, interfaces=ETHERNET, large=False, **expected):
    def register(build):
        CASES.append(Case(build, name, shows, interfaces, large, expected))
        return build
    return register


def well(c, time):
    """Probes on both ports, answered: a proof for each."""
    c.burst(time, 443, opendns())
    c.ask(time + 0.2, RESOLVER_1, 53, DEBUG, opendns(), True)


def failing_dns(c, answer, count=3, start=0.0, resolvers=RESOLVERS_4):
    """Cycles that fail alike on both ports, other traffic beside them."""
    end = c.cycles(start, count, answer, answer, resolvers)
    c.background(start + 0.5, end + 8)
    return end


def web_office(c, end, start=0.0):
    """The gateway's name is asked for; local names and the file server are used
    until the end."""
    c.gateway_lookup(start)
    c.lookups(start + 0.9, end)
    Connection(c.scene, c, FILE_SERVER, 445, rtt=0.0006).open(start + 1.3)
    Connection(c.scene, c, FILE_SERVER, 445, rtt=0.0006).open(end - 3)


# DNS: working

@case("dns-both-ports", "Probes are answered on 443 and 53, with the identity that the query carried.",
      dns="protected", web="not-observed", findings=(),
      expect={"c.dns.encryption": "available", "c.dns.confidence": "high", "c.dns.cause": None,
              "c.dns.ipv4.ports.0.state": "up", "c.dns.ipv4.ports.1.state": "up", "c.capture_point": "client",
              "c.dns.identity.device": "0123456789abcdef", "c.dns.identity.orgid": "1234567",
              "c.dns.identity.server": "r5.lon", "c.dns.control": None,
              "c.dns.since.frame": 1, "c.dns.since.at_or_before": True})
def _(s, c):
    c.encrypted_probes(0, 4)
    c.transparent_probes(5, 4)
    c.background(0.5, 38)


@case("dns-443-only-seen", "Probes and a certificate on 443; nothing is asked on 53.",
      dns="protected", findings=(),
      expect={"c.dns.encryption": "available", "c.dns.ipv4.ports.1.state": "untested"})
def _(s, c):
    c.ask(0, RESOLVER_1, 443, CERTIFICATE, opendns())
    c.encrypted_probes(1, 3)
    c.background(0.5, 30)


@case("dns-dnscrypt", "A certificate in the clear, then DNSCrypt queries and replies on 443.", dns="protected", findings=())
def _(s, c):
    c.ask(0, RESOLVER_1, 443, CERTIFICATE, opendns())
    c.encrypted_probes(0.1, 1)
    for number in range(8):
        nonce = bytes([number]) * 12
        port, time = c.port(), 1 + number * 3
        body = b"qDoc0001" + bytes(range(32)) + nonce + bytes(range(16)) + bytes(256)
        s.udp(time, c.ip, port, RESOLVER_1, 443, body)
        s.udp(time + 0.017, RESOLVER_1, 443, c.ip, port, b"r6fnvWj8" + nonce + bytes(12) + bytes(16 + 192))
    c.background(0.5, 24)


@case("dns-says-dnscrypt", "A reply says that it came over DNSCrypt.", dns="protected", findings=(),
      expect={"c.dns.encryption": "available"})
def _(s, c):
    c.encrypted_probes(0, 3, opendns(dnscrypt=True))
    c.background(0.5, 24)


@case("dns-dnscrypt-only", "DNSCrypt on 443 and nothing else of the module: no probe, no certificate.", dns="protected", findings=(),
      expect={"c.dns.encryption": "encrypted", "c.dns.confidence": "high", "c.dns.resolvers": [], "c.dns.since.frame": 1,
              "c.dns.ipv4.ports.0.state": "up", "c.dns.ipv4.ports.1.state": "untested"})
def _(s, c):
    c.encrypted(0, 8)
    c.background(0.5, 24)


@case("dns-dnscrypt-53", "DNSCrypt on 53 and nothing else: nobody's nslookup.", dns="protected", findings=(),
      expect={"c.dns.encryption": "encrypted", "c.dns.confidence": "high", "c.dns.ipv4.ports.1.state": "up"})
def _(s, c):
    c.encrypted(0, 8, port=53)
    c.background(0.5, 24)


@case("dns-dnscrypt-ipv6", "DNSCrypt over IPv6.", dns="protected", findings=(),
      expect={"c.dns.encryption": "encrypted", "c.dns.ipv6.verdict": "protected"})
def _(s, c):
    c.encrypted(0, 6, resolver=RESOLVERS_6[0])
    c.background(0.5, 18, SITE_V6)


@case("dns-dnscrypt-lost", "Probes on 443 are answered, DNSCrypt never: inspection that drops what it cannot read.",
      dns="protected", findings=("dnscrypt-unanswered",),
      expect={"c.dns.encryption": "unavailable", "c.dns.ipv4.ports.0.state": "up"})
def _(s, c):
    c.encrypted_probes(0, 4)
    c.encrypted(1, 10, answered=False)
    c.background(0.5, 38)


@case("dns-dnscrypt-one-lost", "One DNSCrypt query of many is lost.", dns="protected", findings=("dnscrypt-unanswered",),
      expect={"c.dns.encryption": "encrypted"})
def _(s, c):
    c.encrypted(0, 6)
    c.encrypted(19.5, 1, answered=False)
    c.encrypted(21, 6)
    c.background(0.5, 38)


@case("dns-dnscrypt-443-blocked", "DNSCrypt worked, then 443 falls silent; probes on 53 are answered.", dns="protected",
      findings=("encrypted-port-blocked",),
      # It was encrypted since the state's `since`, which is the first query.
      expect={"c.dns.encryption": "encrypted", "c.dns.ipv4.ports.0.state": "down", "c.dns.ipv4.ports.0.cause": "no-reply",
              "c.dns.ipv4.ports.1.state": "up"})
def _(s, c):
    c.encrypted(0, 4)
    c.encrypted(20, 6, answered=False)
    c.transparent_probes(25, 3)
    c.background(0.5, 55)


@case("dns-dnscrypt-then-down", "DNSCrypt worked, then both ports are dropped.", dns="unprotected", findings=(),
      expect={"c.dns.cause": "no-reply", "c.dns.encryption": "unknown", "c.dns.ipv4.ports.0.state": "down",
              "c.dns.since.at_or_before": False})
def _(s, c):
    c.encrypted(0, 6)
    c.encrypted(20, 3, answered=False)
    end = c.cycles(30, 3, silence(), silence())
    c.background(0.5, end + 8)


@case("dns-dnscrypt-healed", "Both ports are dropped, then DNSCrypt is answered.", dns="protected", has=(),
      expect={"c.dns.encryption": "encrypted", "c.dns.since.at_or_before": False, "c.timeline.0.to": "unprotected",
              "c.timeline.1.to": "protected"})
def _(s, c):
    end = c.cycles(0, 3, silence(), silence())
    c.encrypted(end, 5)
    c.background(0.5, end + 15)


@case("dns-dnscrypt-tcp", "Certificate and DNSCrypt over TCP: two messages in a segment, one in two segments.", dns="protected",
      findings=(), expect={"c.dns.encryption": "available"})
def _(s, c):
    c.encrypted_probes(0, 1)
    tcp = Connection(s, c, RESOLVER_1, 443)
    at = tcp.open(1)
    ask = p.query(77, CERTIFICATE)
    cert = p.response(77, CERTIFICATE, answers=[p.txt(p.dnscrypt_certificate(b"qDoc0001", 1724600000, 1756000000))])
    at = tcp.talk(at, len(ask).to_bytes(2, "big") + ask, len(cert).to_bytes(2, "big") + cert)
    nonces = [c.nonce() for _ in range(3)]
    queries = [p.dnscrypt_query(b"qDoc0001", nonce, 1) for nonce in nonces]
    replies = [p.dnscrypt_reply(nonce, 2) for nonce in nonces]
    framed = lambda m: len(m).to_bytes(2, "big") + m
    at = tcp.talk(at, framed(queries[0]) + framed(queries[1]), framed(replies[1]) + framed(replies[0]))
    tcp.from_client(at, framed(queries[2])[:70])
    tcp.from_client(at + 0.001, framed(queries[2])[70:])
    tcp.from_server(at + 0.020, framed(replies[2])[:100])
    tcp.from_server(at + 0.021, framed(replies[2])[100:])
    tcp.close(at + 0.1)
    c.background(0.5, 10)


@case("dns-dnscrypt-cut", "DNSCrypt with a snap length of 128: the nonces are there, nothing is missed.", dns="protected", findings=(),
      expect={"c.dns.encryption": "encrypted", "c.dns.confidence": "high"})
def _(s, c):
    s.captured = 128
    c.encrypted(0, 6)
    c.background(0.5, 18)


@case("dns-dnscrypt-cut-short", "DNSCrypt with a snap length of 60: the nonces are not there.", dns="not-observed",
      findings=("cut-packets",))
def _(s, c):
    s.captured = 60
    c.encrypted(0, 6)


@case("dns-says-other-magic", "A reply says that it came over DNSCrypt, with a magic that the certificate has not.", dns="protected",
      findings=(), expect={"c.dns.encryption": "available"})
def _(s, c):
    c.ask(0, RESOLVER_1, 443, CERTIFICATE, opendns())
    c.encrypted_probes(1, 3, opendns(dnscrypt=True))
    c.background(0.5, 24)


@case("dns-identity-options", "Identity options in all their forms, in probes and in other queries; every debug string.", dns="protected",
      has=(), expect={"c.dns.identity.orgid": "7654321", "c.dns.identity.device": "FEDCBA9876543210",
                      "c.dns.identity.source": "198.51.100.77:50000"})
def _(s, c):
    odns = lambda data: struct.pack("!HH", 20292, 6 + len(data)) + b"ODNS\1\0" + data
    org, asset = struct.pack("!HI", 8, 7654321), struct.pack("!HI", 4, 99887766)
    v4, v6 = struct.pack("!H", 0x10) + p.address("10.77.66.55"), struct.pack("!H", 0x20) + p.address("2001:db8:77::66")
    device, unknown = struct.pack("!H", 0x40) + bytes.fromhex("fedcba9876543210"), b"\0\x80\x5e\xc2\xe7\x5e\xc2\xe7"
    options = [odns(org + asset + v4 + device), odns(v6 + org + unknown), p.device_id("fedcba9876543210"),
               p.device_id("fedcba9876543210", 4), struct.pack("!HH", 20292, 5) + b"\x5e\xc2\xe7\x5e\xc2",
               struct.pack("!HH", 26946, 4) + b"\x5e\xc2\xe7\x5e", struct.pack("!HH", 10, 8) + bytes(8)]
    strings = ["server m53.nrt", "device FEDCBA9876543210", "remoteip 10.77.66.55", "flags 20 0 70 7950800000000000000",
               "originid 646121968", "orgid 7654321", "orgflags 100A6", "actype 0", "bundle 31415926",
               "source 198.51.100.77:50000", "user id 5ec2e75ec2e7", "appliance 27182818", "host secret-host",
               "key secret-value", "dnscrypt disabled"]
    for number, option in enumerate(options):
        c.ask(number * 2, RESOLVER_1, 53, "www.example.com", silence(), qtype=p.A, edns=option)
        c.ask(number * 2 + 1, RESOLVER_1, 53, DEBUG, opendns(strings=strings), edns=option)
    c.background(0.5, 20)


@case("dns-53-only", "443 is dropped, 53 answers: protected, but not encrypted.",
      dns="protected", has=("encrypted-port-blocked",), lacks=("port-53-blocked", "probe-loss"),
      expect={"c.dns.encryption": "unavailable", "c.dns.ipv4.ports.0.state": "down",
              "c.dns.ipv4.ports.0.cause": "no-reply", "c.dns.ipv4.ports.1.state": "up", "c.dns.confidence": "high"})
def _(s, c):
    end = c.cycles(0, 3, silence(), opendns())
    c.background(0.5, end + 8)


@case("dns-443-only", "53 is dropped, 443 answers.", dns="protected", findings=("port-53-blocked",),
      expect={"c.dns.encryption": "available", "c.dns.ipv4.ports.1.state": "down"})
def _(s, c):
    c.encrypted_probes(0, 5)
    c.transparent_probes(5, 4, silence())
    c.background(0.5, 48)


@case("dns-53-intercepted", "Another resolver answers on 53 (NXDOMAIN), OpenDNS on 443.",
      dns="protected", findings=("port-53-intercepted",),
      expect={"c.dns.ipv4.ports.1.state": "down", "c.dns.ipv4.ports.1.cause": "intercepted"})
def _(s, c):
    c.encrypted_probes(0, 5)
    c.transparent_probes(5, 4, nxdomain())
    c.background(0.5, 48)


@case("dns-53-without-identity", "Answers on 53 alone, no identity: it may be someone's nslookup.",
      dns="protected", expect={"c.dns.confidence": "limited", "c.dns.encryption": "unknown"})
def _(s, c):
    c.transparent_probes(0, 2, identified=False)
    c.background(0.5, 18)


@case("dns-ipv6", "IPv6 alone: probes are answered on both ports.", dns="protected", findings=(),
      expect={"c.dns.ipv4.verdict": "not-observed", "c.dns.ipv6.verdict": "protected", "c.client": "2001:db8:0:1::cc"})
def _(s, c):
    c.encrypted_probes(0, 3, resolvers=RESOLVERS_6)
    c.transparent_probes(5, 3, resolver=RESOLVERS_6[0])
    c.background(0.5, 28, SITE_V6)


@case("dns-both-versions", "IPv4 and IPv6 of one computer, both answered.", dns="protected", findings=(),
      expect={"counts.clients": 1, "c.addresses": ["192.168.0.204", "2001:db8:0:1::cc"],
              "c.dns.ipv4.verdict": "protected", "c.dns.ipv6.verdict": "protected"})
def _(s, c):
    c.encrypted_probes(0, 3)
    c.encrypted_probes(1, 3, resolvers=RESOLVERS_6)
    c.background(0.5, 28)
    c.background(2.5, 28, SITE_V6)


@case("dns-nat64", "IPv6 alone, the resolvers inside 64:ff9b::/96.", dns="protected", findings=(),
      expect={"c.dns.ipv6.verdict": "protected"})
def _(s, c):
    resolvers = ("64:ff9b::d043:dede", "64:ff9b::d043:dcdc")
    c.encrypted_probes(0, 3, resolvers=resolvers)
    c.background(0.5, 28, SITE_V6)


@case("dns-mixed-case-name", "Probe names in mixed case (0x20), answered.", dns="protected", findings=(),
      expect={"c.dns.resolvers.0.probes": 3})
def _(s, c):
    for number in range(3):
        c.ask(number * 10, RESOLVER_1, 443, "dEBug.OpenDNS.cOm", opendns())
    c.background(0.5, 28)


@case("dns-retransmission", "The same query again within the timeout is one probe with two attempts.",
      dns="protected", findings=(), expect={"c.dns.resolvers.0.probes": 2, "c.dns.resolvers.0.outcomes": {"answered": 2}})
def _(s, c):
    for number in range(2):
        c.ask(number * 10, RESOLVER_1, 443, DEBUG, silence(), sport=53001 + number, ident=7001 + number)
        c.ask(number * 10 + 1, RESOLVER_1, 443, DEBUG, opendns(), sport=53001 + number, ident=7001 + number)
    c.background(0.5, 18)


# DNS: failing

@case("dns-no-reply", "Both ports are dropped, other traffic works.",
      dns="unprotected", web="not-observed", findings=(),
      expect={"c.dns.cause": "no-reply", "c.dns.confidence": "high", "c.dns.since.frame": 2,
              "c.dns.since.at_or_before": True, "c.dns.ipv4.ports.0.state": "down", "c.dns.ipv4.ports.1.state": "down"})
def _(s, c):
    c.transparent_probes(0, 1, silence())
    failing_dns(c, silence(), start=1)


@case("dns-late", "Answers come 5.3 s after the query: too late for the module.",
      dns="unprotected", expect={"c.dns.cause": "late", "resolver 208.67.220.220 443 outcomes": {"late": 6},
                                 "resolver 208.67.222.222 443 outcomes": {"late": 9}})
def _(s, c):
    end = c.cycles(0, 3, opendns(5.3), opendns(5.3))
    c.background(0.5, end + 8)


@case("dns-exactly-in-time", "Answers come exactly 5.000000 s after the query: in time; one microsecond later is late.",
      dns="protected", expect={"c.dns.resolvers.0.outcomes": {"answered": 2, "late": 1}})
def _(s, c):
    c.ask(0, RESOLVER_1, 443, DEBUG, opendns(5.0))
    c.ask(10, RESOLVER_1, 443, DEBUG, opendns(5.000001))
    c.ask(20, RESOLVER_1, 443, DEBUG, opendns(5.0))
    c.background(0.5, 34)


@case("dns-intercepted-nxdomain", "Another resolver answers for OpenDNS on both ports: NXDOMAIN.",
      dns="unprotected", expect={"c.dns.cause": "intercepted", "c.dns.resolvers.0.fake_reply.rcode": 3,
                                 "c.dns.resolvers.0.fake_reply.ttl": 63})
def _(s, c):
    failing_dns(c, nxdomain())


@case("dns-intercepted-empty", "Another resolver answers: NOERROR without records.",
      dns="unprotected", expect={"c.dns.cause": "intercepted"})
def _(s, c):
    failing_dns(c, empty())


@case("dns-intercepted-other-text", "Another resolver answers: a TXT record that is not OpenDNS's.",
      dns="unprotected", expect={"c.dns.cause": "intercepted"})
def _(s, c):
    failing_dns(c, other_text())


@case("dns-refused", "REFUSED on both ports.", dns="unprotected", expect={"c.dns.cause": "refused"})
def _(s, c):
    failing_dns(c, dns_error(p.REFUSED, 0.018, 57))


@case("dns-refused-after-answers", "Answered, then REFUSED from as far away as the answers came: the resolver's own.",
      dns="unprotected", expect={"c.dns.cause": "refused", "c.outages.0.origin": "resolver"})
def _(s, c):
    for start in (0, 10):
        well(c, start)
    failing_dns(c, dns_error(p.REFUSED, 0.018, 57), start=20)


@case("dns-court-order", "OpenDNS's legal notice in REFUSED replies: no firewall is the cause.",
      dns="unprotected", expect={"c.dns.cause": "court-order", "c.dns.allow": []})
def _(s, c):
    failing_dns(c, court_order())


def rejected(after=0.018, sender=None, ttl=None, closed=False):
    """OpenDNS answers, and the client itself says "port unreachable" to that; sender: somebody else does."""
    def act(q):
        reply = q.scene.udp(q.time + after, q.dst, q.dport, q.src, q.sport,
                            p.response(q.ident, q.qname, answers=[p.txt(t) for t in debug_strings(q)]
                                       if q.qname == DEBUG else [p.txt(p.dnscrypt_certificate(b"qDoc0001", 1724000000, 1756000000))]),
                            ttl=57)
        q.scene.icmp(q.time + after + 0.0001, q.src, q.dst, *((1, 4) if ":" in q.src else (3, 3)), reply[:548],
                     ttl=ttl)
    return act


@case("dns-client-rejects", "OpenDNS answers all probes, and the client's own firewall rejects the answers (ICMP 3/3).",
      dns="unprotected", has=("rejected-by-client",), lacks=("probe-loss", "no-control-traffic"),
      expect={"c.dns.cause": "rejected-by-client", "c.dns.allow": [], "c.dns.ipv4.ports.0.cause": "rejected-by-client"},
      outages=(("dns", "rejected-by-client", None, True),))
def _(s, c):
    c.background(0, 60)
    c.cycles(1, 4, rejected(), rejected())


@case("dns-client-rejects-443", "The client's own firewall rejects the answers from port 443; those from 53 pass.",
      dns="protected", has=("rejected-by-client", "encrypted-port-blocked"), lacks=("probe-loss",),
      expect={"c.dns.allow": [], "c.dns.ipv4.ports.0.state": "down", "c.dns.ipv4.ports.0.cause": "rejected-by-client"})
def _(s, c):
    c.background(0, 60)
    c.cycles(1, 4, rejected(), opendns())


@case("dns-client-closed-socket", "Both resolvers are asked from one socket, closed after the first answer: the second "
      "one's is rejected, which is no fault. A stranger's such errors in the client's name change nothing.",
      dns="protected", lacks=("rejected-by-client",), expect={"c.outages": []})
def _(s, c):
    c.background(0, 50)
    for n in range(4):
        port = 51000 + n
        c.ask(1 + n * 10, RESOLVER_1, 443, DEBUG, opendns(0.014), sport=port)
        c.ask(1.0002 + n * 10, RESOLVER_2, 443, DEBUG, rejected(0.017), sport=port)
        c.burst(6 + n * 10, 53, rejected(ttl=61))


@case("dns-path-tool", "mtr to a resolver's UDP 53 and traceroute with real questions to its 443, while all is well: they count nowhere.",
      dns="protected", has=("path-tool",), lacks=("probe-loss", "resolver-unreachable", "forged-reply"),
      expect={"c.outages": [], "c.capture_point": "client", "resolver 208.67.222.222 443 probes": 5})
def _(s, c):
    c.background(0, 45)
    c.encrypted_probes(1, 5)
    c.transparent_probes(3, 5)
    for ttl in range(1, 13):
        # mtr sends no DNS; the last hop is the resolver, which does not answer that.
        garbage = s.udp(5 + ttl * 0.1, c.ip, 33000 + ttl, RESOLVER_1, 53, bytes(36), ttl=ttl)
        asked = s.udp(15 + ttl * 0.5, c.ip, 41000 + ttl, RESOLVER_1, 443, p.query(900 + ttl, DEBUG, p.TXT), ttl=ttl)
        for time, packet in ((5 + ttl * 0.1, garbage), (15 + ttl * 0.5, asked)):
            if ttl < 12:
                s.icmp(time + 0.003 + ttl * 0.001, "198.51.100.%d" % ttl, c.ip, 11, 0, packet[:56])


@case("dns-dead-line-strangers", "The line is dead, and strangers' packets for ports that the client does not use still arrive "
      "(from a neighbour, say): they are no answers.", dns="inconclusive",
      expect={"c.dns.cause": "no-connectivity", "c.outages.0.counted": False})
def _(s, c):
    well(c, 0)
    c.background(0, 18)
    c.cycles(22, 4, silence(), silence())
    for number in range(9):
        time = 25 + number * 6
        Connection(s, c, SITE_1).syn(time)
        Connection(s, c, SITE_2).syn(time + 1)
        s.send(time + 2, SITE_2, c.ip, p.TCP, p.tcp(SITE_2, c.ip, 4444, 3389, p.SYN, 77 + time, 0, 1024, b"", b""))
        s.udp(time + 2.5, "151.101.9.9", 4000 + number, c.ip, 5000, b"hello")


@case("capture-one-way-stranger", "Only the client's side, and one stranger's packet towards it: still one direction.",
      dns="unprotected", has=("one-way-capture",))
def _(s, c):
    c.cycles(1, 4, silence(), silence())
    s.udp(20, SITE_2, 4000, c.ip, 5000, b"hello")


@case("dns-other-resolver-far", "Probes to UDP 443 of addresses that nobody configured, far from OpenDNS's: named, with the option.",
      dns="not-observed", has=("other-resolver",), lacks=("local-probe",))
def _(s, c):
    c.background(0, 30)
    for start in range(1, 30, 5):
        c.ask(start, "203.0.113.53", 443, DEBUG, silence())
        c.ask(start + 2, "2001:db8:1::53", 443, CERTIFICATE, silence())


@case("dns-icmp-filter", "The firewall says ICMP 3/13 (administratively prohibited), and quotes only eight bytes of UDP.",
      dns="unprotected", expect={"c.dns.cause": "icmp-unreachable",
                                 "resolver 208.67.220.220 443 icmp": {"sender": FIREWALL, "type": 3, "code": 13, "count": 6}})
def _(s, c):
    failing_dns(c, unreachable(3, 13, quote=28))


@case("dns-icmp-rate-limited", "Two of the failed probes get ICMP 3/10, the others silence: its echo.",
      dns="unprotected", expect={"c.dns.cause": "icmp-unreachable"})
def _(s, c):
    answers = {RESOLVER_1: unreachable(3, 10), RESOLVER_2: silence()}
    c.cycle(0, answers, answers)
    end = c.cycles(14.97, 2, silence(), silence())
    c.background(0.5, end + 8)


@case("dns-icmp-ttl", "ICMP 11/0 (time exceeded): a routing loop, while other traffic works.",
      dns="unprotected", expect={"c.dns.cause": "icmp-unreachable"})
def _(s, c):
    failing_dns(c, unreachable(11, 0, sender="10.255.0.9", after=0.004))


@case("dns-icmpv6-filter", "IPv6: the firewall says ICMPv6 1/1; IPv4 is answered, other IPv6 traffic works.",
      dns="unprotected", expect={"c.dns.ipv4.verdict": "protected", "c.dns.ipv6.verdict": "unprotected",
                                 "c.dns.cause": "icmp-unreachable", "c.dns.ipv6.cause": "icmp-unreachable"})
def _(s, c):
    c.encrypted_probes(1, 4)
    end = c.cycles(0, 3, *[unreachable(1, 1, sender="2001:db8:0:1::1")] * 2, resolvers=RESOLVERS_6)
    c.background(0.5, end + 8, SITE_V6)


@case("dns-icmp-then-reply", "An ICMP error and then the real answer: answered.", dns="protected",
      expect={"c.dns.resolvers.0.outcomes": {"answered": 3}})
def _(s, c):
    def act(q):
        unreachable(3, 1)(q)
        opendns()(q)
    c.encrypted_probes(0, 3, act, resolvers=(RESOLVER_1,))
    c.background(0.5, 24)


def dns_over_tcp(c, time, resolver, after_open):
    conn = Connection(c.scene, c, resolver, 53, rtt=0.018, ttl=57)
    after = conn.open(time)
    message = p.query(0x7001, DEBUG)
    conn.from_client(after, len(message).to_bytes(2, "big") + message)
    after_open(conn, after + conn.rtt)


@case("dns-tcp-only", "UDP is dropped on both ports, the same question over TCP is answered: TCP alone does not protect.",
      dns="unprotected", has=("tcp-only",), expect={"c.dns.cause": "no-reply"})
def _(s, c):
    def answered(conn, time):
        message = p.response(0x7001, DEBUG, answers=[p.txt("server r5.lon"), p.txt("originid 0")])
        conn.from_server(time, len(message).to_bytes(2, "big") + message)
        conn.close(time + 0.1)
    failing_dns(c, silence())
    dns_over_tcp(c, 11, RESOLVER_1, answered)
    dns_over_tcp(c, 26, RESOLVER_1, answered)


@case("dns-tcp-reset", "UDP is dropped, and a connection to 53 is reset before the reply.", dns="unprotected",
      lacks=("tcp-only",), expect={"c.dns.cause": "no-reply"})
def _(s, c):
    failing_dns(c, silence())
    dns_over_tcp(c, 11, RESOLVER_1, lambda conn, time: conn.reset(time))


@case("dns-tcp-no-reply", "UDP is dropped, and connections to 53 and 443 never open.", dns="unprotected", lacks=("tcp-only",))
def _(s, c):
    failing_dns(c, silence())
    for port in (53, 443):
        conn = Connection(s, c, RESOLVER_1, port)
        for offset in (0, 1, 3):
            conn.syn(11 + offset)


@case("dns-truncated", "Replies with TC=1 and no records, and nothing more: pending, no fault.",
      dns="inconclusive", expect={"c.dns.resolvers.0.outcomes": {"pending": 2}})
def _(s, c):
    act = lambda q: q.answer(0.018, p.response(q.ident, q.qname, flags=0x8380))
    c.encrypted_probes(0, 2, act, resolvers=(RESOLVER_1,))
    c.background(0.5, 30)


@case("dns-pending", "The capture ends two seconds after the first burst: too early to tell.",
      dns="inconclusive", expect={"c.dns.cause": None, "c.dns.since": None, "c.dns.ipv4.ports.0.state": "untested",
                                  "c.dns.resolvers.0.outcomes": {"pending": 2}})
def _(s, c):
    c.background(0, 12)
    c.burst(10, 443, silence())


@case("dns-one-port-tested", "Only 443 was tried and failed; 53 is untested.", dns="inconclusive",
      expect={"c.dns.ipv4.ports.0.state": "down", "c.dns.ipv4.ports.1.state": "untested"})
def _(s, c):
    c.burst(0, 443, silence())
    c.burst(15, 443, silence())
    c.background(0.5, 28)


@case("dns-recovered", "Dropped at first, answered later.", dns="protected",
      expect={"c.dns.since.at_or_before": False, "c.timeline.0.to": "unprotected", "c.timeline.1.to": "protected"})
def _(s, c):
    end = c.cycles(0, 2, silence(), silence())
    c.encrypted_probes(end, 3)
    c.transparent_probes(end + 5, 3)
    c.background(0.5, end + 30)


@case("dns-broken-later", "Answered at first, dropped later.", dns="unprotected",
      expect={"c.dns.since.at_or_before": False, "c.dns.cause": "no-reply", "c.timeline.0.to": "protected",
              "c.timeline.1.to": "unprotected"})
def _(s, c):
    c.encrypted_probes(0, 3)
    c.transparent_probes(5, 3)
    c.background(0.5, 30)
    failing_dns(c, silence(), start=30)


@case("dns-flapping", "Four changes between protected and unprotected.", dns="protected", has=("state-flapped",),
      expect={"c.timeline.4.to": "protected"})
def _(s, c):
    time = 0.0
    for _ in range(2):
        c.encrypted_probes(time, 2)
        c.transparent_probes(time + 5, 2)
        time = c.cycles(time + 20, 2, silence(), silence())
    c.encrypted_probes(time, 2)
    c.transparent_probes(time + 5, 2)
    c.background(0.5, time + 18)


@case("dns-53-always-blocked", "53 never answered, and one burst on 443 is lost at the end: no outage yet.",
      dns="inconclusive")
def _(s, c):
    c.transparent_probes(0, 2, silence())
    c.encrypted_probes(1, 4)
    c.burst(45, 443, silence())
    c.background(0.5, 60)


@case("dns-probe-loss", "One of many probes is lost.", dns="protected", findings=("probe-loss",))
def _(s, c):
    c.encrypted_probes(0, 2)
    c.encrypted_probes(20, 1, silence(), resolvers=(RESOLVER_1,))
    c.encrypted_probes(20.0002, 1, resolvers=(RESOLVER_2,))
    c.encrypted_probes(30, 2)
    c.background(0.5, 48)


@case("dns-one-resolver-dead", "208.67.222.222 answers, 208.67.220.220 never does.", dns="protected",
      has=("resolver-unreachable",))
def _(s, c):
    for time in (0, 10, 20, 30):
        c.encrypted_probes(time, 1, resolvers=(RESOLVER_1,))
        c.encrypted_probes(time + 0.0002, 1, silence(), resolvers=(RESOLVER_2,))
    c.background(0.5, 42)


# DNS: exceptions

@case("dns-protected-network", "A local resolver that names the organisation answers the local probes; direct ones are dropped.",
      dns="inconclusive", has=("local-probe",), expect={"c.dns.cause": "protected-network", "c.dns.since": None})
def _(s, c):
    failing_dns(c, silence())
    for time in (0.2, 10.2, 20.2, 30.2):
        c.ask(time, LOCAL_RESOLVER, 53, DEBUG, opendns(0.021, 128), identified=True)


@case("dns-local-probes", "Probes to the local resolver only: marked, never counted.", dns="not-observed", has=("local-probe",))
def _(s, c):
    for time in (0, 10, 20):
        c.ask(time, LOCAL_RESOLVER, 53, DEBUG, nxdomain(0.015, 128))
    c.background(0.5, 28)


@case("dns-no-connectivity", "All goes well, then the line is dead: no reply to anything.",
      dns="inconclusive", expect={"c.dns.cause": "no-connectivity", "c.dns.allow": [], "c.dns.since": None})
def _(s, c):
    c.encrypted_probes(0, 3)
    c.transparent_probes(5, 2)
    c.background(0.5, 27)
    end = c.cycles(30, 3, silence(), silence())
    time = 30.5
    while time < end:
        c.local_lookup(time, answered=False)
        c.visit(time + 1, opened=False)
        time += 9
    c.local_lookup(end + 12, answered=False)


@case("dns-no-control", "Silence, and the client tried nothing else.", dns="unprotected", has=("no-control-traffic",),
      expect={"c.dns.confidence": "limited", "c.dns.control": {"dns_answers": 0, "tcp_opened": 0}})
def _(s, c):
    c.ask(0, RESOLVER_1, 443, DEBUG, opendns())
    c.transparent_probes(0.5, 1)
    c.cycles(10, 3, silence(), silence())
    Connection(s, c, FILE_SERVER, 445).syn(80)


@case("dns-one-way", "Nothing towards the client is in the file, yet it goes from 443 to 53: it got no answers.",
      dns="unprotected", has=("one-way-capture",), expect={"c.dns.confidence": "limited"})
def _(s, c):
    c.cycles(0, 3, silence(), silence())
    for time in range(1, 50, 5):
        c.local_lookup(time, answered=False)


@case("dns-one-way-open", "Nothing towards the client is in the file, and bursts on 443 are not followed by 53: nobody knows.",
      dns="inconclusive", has=("one-way-capture",))
def _(s, c):
    for time in (0, 10, 20, 30):
        c.burst(time, 443, silence())
    c.transparent_probes(2, 3, silence(), every=15)
    for time in range(1, 50, 5):
        c.local_lookup(time, answered=False)


@case("dns-ipv6-no-connectivity", "IPv6 probes get no reply, and there is no other IPv6 traffic: IPv6 does not count.",
      dns="protected", has=("ipv6-no-connectivity",), expect={"c.dns.ipv4.verdict": "protected"})
def _(s, c):
    c.encrypted_probes(0, 5)
    c.transparent_probes(5, 4)
    c.cycles(1, 3, silence(), silence(), RESOLVERS_6)
    c.background(0.5, 54)


@case("dns-not-identified", "The query carries organisation and device, the reply has neither.", dns="protected",
      has=("not-identified",))
def _(s, c):
    def act(q):
        q.identified = False
        opendns()(q)
    c.encrypted_probes(0, 3)
    c.transparent_probes(5, 3, act)
    c.background(0.5, 28)


@case("dns-via-forwarder", "Answers on 53 come at another TTL and eight times as fast as those on 443.", dns="protected",
      has=("answered-via-forwarder",))
def _(s, c):
    c.encrypted_probes(0, 4)
    c.transparent_probes(5, 4, opendns(0.002, 63))
    c.background(0.5, 38)


@case("dns-conflicting-replies", "Two replies to one query: first a near NXDOMAIN, then the real one. The first decides.",
      dns="unprotected", has=("conflicting-replies",), expect={"c.dns.cause": "intercepted"})
def _(s, c):
    def act(q):
        nxdomain()(q)
        opendns()(q)
    failing_dns(c, act)


@case("dns-forged-replies", "Replies with a wrong id, port or question beside the right ones.", dns="protected",
      findings=("forged-reply",))
def _(s, c):
    def act(q):
        wrong = p.response((q.ident + 1) & 0xFFFF, q.qname, rcode=p.NXDOMAIN)
        q.answer(0.001, wrong)
        s.udp(q.time + 0.0012, q.dst, q.dport, q.src, q.sport ^ 1, p.response(q.ident, q.qname, rcode=p.NXDOMAIN))
        q.answer(0.0014, p.response(q.ident, "www.example.com", rcode=p.NXDOMAIN))
        opendns()(q)
    c.encrypted_probes(0, 1)
    c.encrypted_probes(10, 3, act)
    c.background(0.5, 38)


@case("dns-certificate-expired", "The certificate on 443 ended a month before.", dns="protected")
def _(s, c):
    c.ask(0, RESOLVER_1, 443, CERTIFICATE, opendns(cert_days=(-400, -30)))
    c.encrypted_probes(1, 3)
    c.background(0.5, 28)


@case("dns-certificate-not-yet-valid", "The certificate on 443 begins a month later: the clock of the client is behind.",
      dns="protected", findings=("certificate-not-yet-valid",))
def _(s, c):
    c.ask(0, RESOLVER_1, 443, CERTIFICATE, opendns(cert_days=(30, 395)))
    c.encrypted_probes(1, 3)
    c.background(0.5, 28)


@case("dns-other-resolver", "Probes go to an address of OpenDNS that is not among the resolvers.", dns="not-observed",
      findings=("other-resolver",))
def _(s, c):
    c.encrypted_probes(0, 3, resolvers=("208.67.217.1",))
    c.background(0.5, 28)


@case("dns-53-intercepted-once", "A diagnostic tool: 53 is answered by another, 5353 by OpenDNS.", dns="inconclusive",
      has=("port-53-intercepted",))
def _(s, c):
    c.ask(1, RESOLVER_1, 53, DEBUG, nxdomain())
    c.ask(5, RESOLVER_1, 5353, DEBUG, opendns())
    c.background(0.5, 18)


@case("dns-redirected-to-nothing", "A router redirects DNS to a port on which nothing listens: ICMP 3/3 in the resolver's own name.",
      dns="unprotected", expect={"c.dns.cause": "icmp-unreachable", "c.dns.allow": [], "c.outages.0.origin": "on-path-device"})
def _(s, c):
    failing_dns(c, lambda q: q.scene.icmp(q.time + 0.0004, q.dst, q.src, 3, 3, q.packet, ttl=64))


@case("dns-other-organisation", "The reply names another organisation than the query carried: a guest in someone else's network.",
      dns="protected", findings=("other-organisation",))
def _(s, c):
    c.encrypted_probes(0, 3)
    c.transparent_probes(5, 3, opendns(strings=["server r5.lon", "originid 555", "orgid 7777777", "actype 0"]))
    c.background(0.5, 28)


@case("dns-edns-dropped", "A firewall drops the queries on 53 that carry the identity option; plain ones are answered.",
      dns="protected", has=("edns-dropped",))
def _(s, c):
    c.encrypted_probes(0, 5)
    for number in range(4):
        c.ask(3 + number * 10, RESOLVER_2, 53, DEBUG, opendns())
    c.transparent_probes(5, 4, silence())
    c.background(0.5, 48)


@case("dns-court-order-answer", "OpenDNS's legal notice in its newer words, as an answer without an error.",
      dns="unprotected", expect={"c.dns.cause": "court-order", "c.dns.allow": []})
def _(s, c):
    notice = p.txt("The OpenDNS service is currently unavailable in France and certain French territories due to a court order "
                   "under Article L.333-10 of the French Sport Code. See https://support.opendns.com/hc/en-us")
    failing_dns(c, lambda q: q.answer(0.019, p.response(q.ident, q.qname, answers=[notice]), 57))


@case("dns-stopped", "Answered at first, then no probes for over two minutes while other traffic goes on.", dns="protected",
      expect={"c.dns.confidence": "limited"})
def _(s, c):
    c.encrypted_probes(0, 2)
    c.transparent_probes(5, 2)
    c.background(0.5, 160, every=8)


# Web: working

@case("web-completed", "Tunnels through the gateway work.", web="protected", dns="not-observed", findings=(),
      expect={"c.web.confidence": "high", "c.web.cause": None, "c.web.gateways.0.known_from": "dns",
              "c.web.gateways.0.name": GATEWAY_NAME, "c.web.gateways.0.outcomes": {"completed": 4},
              "c.web.gateways.0.reset_origin": None, "c.web.fail_open": None})
def _(s, c):
    web_office(c, 25)
    c.tunnels(1, 4)


@case("web-opened", "A connection to the gateway opened, nothing was sent yet.", web="inconclusive",
      expect={"c.web.gateways.0.outcomes": {"opened": 1}})
def _(s, c):
    web_office(c, 12)
    c.gateway().open(1)


@case("web-port-80", "Only port 80 of the gateway is used.", web="protected",
      expect={"c.web.gateways.0.port": 80})
def _(s, c):
    web_office(c, 20)
    for time in (1, 6, 11):
        conn = c.gateway(port=80)
        after = conn.open(time)
        after = conn.talk(after, b"GET http://www.example.com/ HTTP/1.1\r\nHost: www.example.com\r\n\r\n",
                          b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        conn.close(after)


@case("web-anycast", "The gateway is the built-in anycast address.", web="protected",
      expect={"c.web.gateways.0.known_from": "builtin"})
def _(s, c):
    c.lookups(0.5, 18)
    c.tunnels(1, 3, gateway="146.112.255.50")


@case("web-name-block", "The gateway's name is in the file's name resolution block, no DNS answer.", web="protected",
      expect={"c.web.gateways.0.known_from": "hosts"})
def _(s, c):
    s.names = [(p.address(GATEWAY), GATEWAY_NAME)]
    c.lookups(0.5, 18)
    c.tunnels(1, 3)


@case("web-organisation-name", "The gateway's name carries the organisation's number; asked for on loopback.",
      (("Loopback", pcapng.LINKTYPE_NULL), ("Ethernet", pcapng.LINKTYPE_ETHERNET)), web="protected",
      expect={"counts.clients": 1, "c.client": "192.168.0.204",
              "c.web.gateways.0.name": "swg-url-proxy-https-1234567.sseproxy.qq.opendns.com"})
def _(s, c):
    name = "swg-url-proxy-https-1234567.sseproxy.qq.opendns.com"
    s.interface = 1
    s.udp(0, "127.0.0.1", 55001, "127.0.0.1", 53, p.query(0x4242, name, p.A), interface=0, ttl=128)
    records = [p.record(p.CNAME, p.name(GATEWAY_CHAIN[0]), ttl=60),
               p.record(p.A, p.address(GATEWAY), p.name(GATEWAY_CHAIN[0]), 60)]
    s.udp(0.02, "127.0.0.1", 53, "127.0.0.1", 55001, p.response(0x4242, name, p.A, records), interface=0, ttl=128)
    c.lookups(0.5, 18)
    c.tunnels(1, 3)


@case("web-mid-session", "The file begins within a connection to the gateway: late start.", web="protected", has=("late-start",))
def _(s, c):
    c.gateway_lookup(0)
    conn = c.gateway()
    for time in (1, 4, 7):
        conn.talk(time, bytes(120), bytes(300))
    c.lookups(0.5, 18)


@case("web-syn-ack-first", "The gateway's SYN-ACK is in the file, its SYN is not.", web="protected")
def _(s, c):
    c.gateway_lookup(0)
    conn = c.gateway()
    conn.syn_ack(0.5)
    conn.from_client(0.5001)
    conn.talk(0.51, connect("www.example.com"), ESTABLISHED)
    c.lookups(0.6, 18)


@case("web-slow-handshake", "The third SYN is answered after 3.4 s: silence is revised.", web="protected",
      has=("slow-handshake",), expect={"c.web.gateways.0.outcomes": {"completed": 1}})
def _(s, c):
    web_office(c, 20)
    conn = c.gateway()
    for offset in (0, 1, 3):
        conn.syn(1 + offset)
    conn.syn_ack(4.4)
    conn.from_client(4.4001)
    conn.talk(4.5, connect("www.example.com"), ESTABLISHED)


# Web: failing

@case("web-no-reply", "SYNs to the gateway get no answer; other traffic works; direct connections follow.",
      web="cloud-service-unavailable",
      expect={"c.web.cause": "no-reply", "c.web.confidence": "high", "c.web.fail_open.connections": 3,
              "c.web.gateways.0.outcomes": {"no-reply": 3}, "c.web.gateways.0.reset_origin": None})
def _(s, c):
    web_office(c, 24)
    for offset in (1, 1.3, 6):
        c.silent_handshake(offset)
    for time, site in ((4.5, SITE_1), (9, SITE_2), (13, SITE_1)):
        c.visit(time, site)


@case("web-one-long-handshake", "One handshake with four unanswered SYNs is failure enough.", web="cloud-service-unavailable",
      expect={"c.web.cause": "no-reply"})
def _(s, c):
    web_office(c, 24)
    c.silent_handshake(1)


@case("web-one-short-handshake", "One handshake with two unanswered SYNs is not enough to tell.", web="inconclusive")
def _(s, c):
    web_office(c, 14)
    c.silent_handshake(1, offsets=(0, 1))


@case("web-ipv6", "A gateway with an IPv6 address: completed.", web="protected",
      expect={"c.web.gateways.0.address": "2a02:26f0:dead::200"})
def _(s, c):
    gateway = "2a02:26f0:dead::200"
    c.gateway_lookup(0, (gateway,), qtype=p.AAAA)
    c.lookups(0.5, 18)
    c.tunnels(1, 3, gateway=gateway, ttl=234)


@case("web-reset-near", "SYNs are reset 0.4 ms later, with the SYN's window and a TTL of 64: a device on the path.",
      web="cloud-service-unavailable", has=("reset-on-path",),
      expect={"c.web.cause": "reset", "c.web.gateways.0.reset_origin": "on-path-device"})
def _(s, c):
    web_office(c, 20)
    for time in (1, 1.3, 8):
        conn = c.gateway()
        for offset in (0, 0.5, 1.01):
            conn.syn(time + offset)
            conn.reset_syn(time + offset + 0.0004, window=64240, ttl=64)


@case("web-reset-far", "After completed tunnels, resets come from as far as the gateway is: the gateway itself.",
      web="cloud-service-unavailable", lacks=("reset-on-path",),
      expect={"c.web.cause": "reset", "c.web.gateways.0.reset_origin": "gateway", "c.web.since.at_or_before": False})
def _(s, c):
    web_office(c, 40)
    c.tunnels(1, 3)
    for time in (20, 20.3, 28):
        conn = c.gateway()
        conn.syn(time)
        conn.reset_syn(time + 0.0142)


@case("web-reset-and-syn-ack", "Each SYN gets a SYN-ACK and a reset: proof of a device on the path.",
      web="cloud-service-unavailable", has=("reset-on-path",),
      expect={"c.web.gateways.0.reset_origin": "on-path-device"})
def _(s, c):
    web_office(c, 20)
    for time in (1, 1.3, 8):
        conn = c.gateway()
        conn.syn(time)
        conn.reset_syn(time + 0.006)
        conn.syn_ack(time + 0.0141)


@case("web-icmp", "The firewall answers SYNs with ICMP 3/10.", web="cloud-service-unavailable",
      expect={"c.web.cause": "icmp-unreachable",
              "c.web.gateways.0.icmp": {"sender": FIREWALL, "type": 3, "code": 10, "count": 3}})
def _(s, c):
    web_office(c, 20)
    for time in (1, 1.3, 8):
        conn = c.gateway()
        packet = conn.syn(time)
        s.icmp(time + 0.0006, FIREWALL, c.ip, 3, 10, packet[:28])


def opened_then(c, times, after):
    for time in times:
        conn = c.gateway()
        after(conn, conn.open(time))


@case("web-session-reset", "Connections open, and are reset 3 ms after CONNECT, at another TTL.",
      web="cloud-service-unavailable", expect={"c.web.cause": "session-reset",
                                               "c.web.gateways.0.reset_origin": "on-path-device"})
def _(s, c):
    web_office(c, 20)

    def then(conn, time):
        conn.from_client(time, connect("www.example.com"))
        conn.reset(time + 0.003, ttl=64)
    opened_then(c, (1, 1.3, 8), then)


@case("web-session-closed", "Connections open, and are closed after CONNECT without an answer.",
      web="cloud-service-unavailable", expect={"c.web.cause": "session-closed"})
def _(s, c):
    web_office(c, 20)

    def then(conn, time):
        conn.from_client(time, connect("www.example.com"))
        conn.from_server(time + 0.015, flags=p.FIN | p.ACK)
    opened_then(c, (1, 1.3, 8), then)


@case("web-session-stalled", "Connections open, CONNECT is sent five times and never acknowledged.",
      web="cloud-service-unavailable", expect={"c.web.cause": "session-stalled"})
def _(s, c):
    web_office(c, 30)

    def then(conn, time):
        for offset in (0, 0.3, 0.9, 2.1, 4.5):
            conn.from_client(time + offset, connect("www.example.com"), seq=0)
    opened_then(c, (1, 1.3, 8), then)


@case("web-session-silent", "Connections open, CONNECT is acknowledged, and no answer comes.",
      web="cloud-service-unavailable", expect={"c.web.cause": "session-silent"})
def _(s, c):
    web_office(c, 30)

    def then(conn, time):
        conn.from_client(time, connect("www.example.com"))
        conn.from_server(time + 0.0142)
    opened_then(c, (1, 1.3, 8), then)


@case("web-client-closed", "The client itself closes before an answer: no outcome against the gateway.", web="inconclusive",
      expect={"c.web.gateways.0.outcomes": {"opened": 2}})
def _(s, c):
    web_office(c, 20)

    def then(conn, time):
        conn.from_client(time, connect("www.example.com"))
        conn.from_server(time + 0.0142)
        conn.from_client(time + 1, flags=p.FIN | p.ACK)
        conn.from_server(time + 1.02, flags=p.FIN | p.ACK)
    opened_then(c, (1, 8), then)


@case("web-pending", "The capture ends one second after the SYNs.", web="inconclusive",
      expect={"c.web.gateways.0.outcomes": {"pending": 2}, "c.web.since": None})
def _(s, c):
    web_office(c, 11)
    c.silent_handshake(10.5, offsets=(0,))
    c.silent_handshake(10.6, offsets=(0,))
    c.local_lookup(11.4)


@case("web-recovered", "No reply at first, completed tunnels later.", web="protected",
      expect={"c.timeline.0.to": "cloud-service-unavailable", "c.timeline.1.to": "protected"})
def _(s, c):
    web_office(c, 60)
    c.silent_handshake(1)
    c.silent_handshake(1.3)
    c.tunnels(30, 4)


@case("web-broken-later", "Completed tunnels and a bypassed site; then no reply, and direct connections to other sites too.",
      web="cloud-service-unavailable",
      expect={"c.timeline.0.to": "protected", "c.timeline.1.to": "cloud-service-unavailable",
              "c.web.fail_open.connections": 2, "c.web.since.at_or_before": False})
def _(s, c):
    web_office(c, 80)
    c.tunnels(1, 4)
    c.visit(8, SITE_2)
    for offset in (40, 40.3, 50):
        c.silent_handshake(offset)
    c.visit(45, SITE_1)
    c.visit(55, SITE_2)
    c.visit(58, SITE_1, 80)


@case("web-two-gateways", "One gateway address never opens, another one works.", web="protected",
      has=("gateway-unreachable",))
def _(s, c):
    c.gateway_lookup(0, (GATEWAY, GATEWAY_2))
    c.lookups(0.9, 30)
    c.silent_handshake(1, GATEWAY_2, (0, 1, 3))
    c.silent_handshake(1.3, GATEWAY_2, (0, 1, 3))
    c.tunnels(5, 5)


@case("web-partly-failing", "One of many handshakes gets no reply.", web="protected", has=("gateway-partly-failing",))
def _(s, c):
    web_office(c, 40)
    c.tunnels(1, 6)
    c.silent_handshake(14, offsets=(0, 1))


@case("web-proxy-denied", "The gateway answers one CONNECT with 403: policy, no fault.", web="protected", has=("proxy-denied",),
      lacks=("proxy-error",))
def _(s, c):
    web_office(c, 30)
    c.tunnels(1, 3)
    c.tunnel(18, "blocked.example.com", status=b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")


@case("web-proxy-authentication", "The newest three CONNECTs are answered with 407.", web="cloud-service-unavailable",
      expect={"c.web.cause": "proxy-error"})
def _(s, c):
    web_office(c, 30)
    for number, time in enumerate((1, 6, 11)):
        c.tunnel(time, "site%d.example.com" % number,
                 status=b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


@case("web-proxy-502", "The newest three CONNECTs, to different hosts, are answered with 502.", web="cloud-service-unavailable",
      expect={"c.web.cause": "proxy-error", "c.web.since.at_or_before": False})
def _(s, c):
    web_office(c, 60)
    c.tunnels(1, 2)
    for number, time in enumerate((30, 36, 42)):
        c.tunnel(time, "site%d.example.com" % number, status=b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")


@case("web-proxy-502-once", "One CONNECT is answered with 502, the next with 200.", web="protected", has=("proxy-error",))
def _(s, c):
    web_office(c, 30)
    c.tunnel(1)
    c.tunnel(6, "site1.example.com", status=b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    c.tunnel(12)


@case("web-name-nxdomain", "The gateway's name does not exist here.", web="cloud-service-unavailable",
      expect={"c.web.cause": "name-not-resolved", "c.web.since.frame": 1})
def _(s, c):
    for time in (0, 10, 20):
        c.gateway_lookup(time, (), rcode=p.NXDOMAIN)
    c.lookups(0.9, 30)


@case("web-name-timeout", "Lookups of the gateway's name get no answer, others do.", web="cloud-service-unavailable",
      expect={"c.web.cause": "name-not-resolved"})
def _(s, c):
    for time in (0, 1, 3):
        c.ask(time, LOCAL_RESOLVER, 53, GATEWAY_NAME, silence(), sport=55111, ident=0x3131, qtype=p.A)
    c.lookups(0.9, 30)


@case("web-name-private", "The gateway's name resolves to a private address.", web="cloud-service-unavailable",
      has=("gateway-suspicious",), expect={"c.web.cause": "name-misdirected", "c.web.gateways": []})
def _(s, c):
    for time in (0, 10):
        c.gateway_lookup(time, ("10.66.0.1",), chain=())
    c.lookups(0.9, 30)


@case("web-name-block-page", "The gateway's name resolves to a block page of Umbrella.", web="cloud-service-unavailable",
      has=("gateway-suspicious",), expect={"c.web.cause": "name-misdirected"})
def _(s, c):
    for time in (0, 10):
        c.gateway_lookup(time, ("146.112.61.106",), chain=())
    c.lookups(0.9, 30)


@case("web-name-leftover", "A name from an old setting no longer exists; the gateway is reached by another name all the while.",
      web="protected", has=("name-failed",))
def _(s, c):
    web_office(c, 60)
    c.tunnels(1, 11)
    for time in (20, 35, 50):
        c.gateway_lookup(time, (), qname="swg-url-proxy-https-1234567.sseproxy.qq.opendns.com", chain=(), rcode=p.NXDOMAIN)


@case("web-name-no-ipv6", "The name has no IPv6 address, and an IPv4 one: no failure.", web="protected")
def _(s, c):
    web_office(c, 20)
    c.gateway_lookup(0.1, (), qtype=p.AAAA)
    c.tunnels(1, 3)
    c.gateway_lookup(17, (), qtype=p.AAAA)


@case("web-name-other-type", "Beside the address a client asks for the name's service bindings (RFC 9460): no such record, no failure.",
      web="protected", lacks=("gateway-suspicious",))
def _(s, c):
    web_office(c, 60)
    c.gateway_lookup(0.1, (), qtype=65)
    c.tunnels(1, 3)
    c.gateway_lookup(40, (), qtype=65)
    c.gateway_lookup(41, (), qtype=p.TXT)


@case("web-name-truncated", "The answer to the lookup did not fit (TC); what came over TCP does not show: nothing is known.",
      web="not-observed")
def _(s, c):
    def truncated(q):
        q.answer(0.021, p.response(q.ident, GATEWAY_NAME, p.A, flags=0x8380))
    c.lookups(0.9, 30)
    for time in (0, 20):
        c.ask(time, LOCAL_RESOLVER, 53, GATEWAY_NAME, truncated, qtype=p.A)


@case("web-name-taught-by-others", "An answer about another site carries a record that makes a dead site a gateway's: not believed.",
      dns="protected", web="not-observed")
def _(s, c):
    def poisoned(q):
        q.answer(0.021, p.response(q.ident, "www.example.com", p.A, [p.record(p.A, p.address(SITE_1))],
                                   additional=[p.record(p.A, p.address(SITE_2), p.name("x.sigproxy.qq.opendns.com"), 60)]))
    c.encrypted_probes(0, 3)
    c.ask(0.5, LOCAL_RESOLVER, 53, "www.example.com", poisoned, qtype=p.A)
    for time in (1, 10):
        c.silent_handshake(time, SITE_2)


@case("web-session-reordered", "The gateway's FIN lies before its data in the file, not in time.", web="protected")
def _(s, c):
    s.in_time_order = False
    web_office(c, 20)
    for time in (1, 6, 11):
        k = c.gateway()
        end = k.open(time)
        k.from_client(end, connect("www.example.com"))
        k.ack += len(ESTABLISHED)
        k.from_server(end + 0.0202, flags=p.FIN | p.ACK)
        k.ack -= len(ESTABLISHED)
        k.from_server(end + 0.02, ESTABLISHED)


@case("capture-cut-answers", "Packets are cut after 160 bytes: the answer to the lookup of a gateway ends before its address.",
      dns="protected", web="not-observed", has=("cut-packets",))
def _(s, c):
    s.captured = 160
    c.encrypted_probes(0, 3)
    web_office(c, 28)
    c.tunnels(1, 3)


@case("web-gateway-unknown", "No DNS answer names the gateway: probes, and SYNs without answer to an address that may be it.",
      web="not-observed", dns="protected",
      expect={"c.web.gateway_candidates.0.address": GATEWAY, "c.web.gateways": []})
def _(s, c):
    c.encrypted_probes(0, 3)
    c.background(0.5, 28)
    for time in (2, 2.3, 8):
        c.silent_handshake(time)


@case("web-no-connectivity", "All goes well, then the line is dead: gateway, resolver and sites are silent.",
      web="inconclusive", expect={"c.web.cause": "no-connectivity"})
def _(s, c):
    c.gateway_lookup(0)
    c.lookups(0.9, 20)
    c.tunnels(1, 3)
    for time in (30, 30.3, 40):
        c.silent_handshake(time)
    for time in (31, 35, 39):
        c.local_lookup(time, answered=False)
        c.visit(time + 0.5, opened=False)
    c.local_lookup(60, answered=False)


@case("web-path-mtu", "Large segments are never acknowledged, small ones are: a path MTU black hole.", web="protected",
      has=("path-mtu",))
def _(s, c):
    web_office(c, 30)
    conn = c.gateway()
    after = conn.open(1)
    after = conn.talk(after, connect("www.example.com"), ESTABLISHED)
    after = conn.talk(after, HELLO, SERVER_HELLO)
    at = conn.seq
    for offset in (0, 0.3, 0.9, 2.1, 4.5):
        conn.from_client(after + offset, bytes(1460), seq=at)
    c.tunnels(10, 2)


@case("web-path-mtu-icmp", "A router says that a large segment needs fragmentation (ICMP 3/4).", web="protected", has=("path-mtu",))
def _(s, c):
    web_office(c, 30)
    conn = c.gateway()
    after = conn.open(1)
    after = conn.talk(after, connect("www.example.com"), ESTABLISHED)
    packet = conn.from_client(after, bytes(1460))
    s.icmp(after + 0.003, "10.255.0.9", c.ip, 3, 4, packet[:28], mtu=1400)
    c.tunnels(10, 2)


@case("web-quic-direct", "QUIC goes past the gateway, which works.", web="protected", findings=("quic-direct",))
def _(s, c):
    web_office(c, 24)
    c.tunnels(1, 3)
    initial = b"\xc3\0\0\0\x01\x08" + bytes(range(8)) + b"\0\0\x44\x9e" + bytes(1170)
    for time in (10, 12):
        s.udp(time, c.ip, 57001, SITE_2, 443, initial)
        s.udp(time + 0.012, SITE_2, 443, c.ip, 57001, initial)


@case("web-captive-portal", "A hotel's portal redirects the connectivity test and resets the gateway.",
      web="cloud-service-unavailable", has=("captive-portal",), expect={"c.web.cause": "reset"})
def _(s, c):
    web_office(c, 24)
    for time in (1, 1.3, 8):
        conn = c.gateway()
        conn.syn(time)
        conn.reset_syn(time + 0.003, ttl=64)
    for time in (2, 12):
        conn = Connection(s, c, "23.55.163.48", 80, rtt=0.003, ttl=64)
        after = conn.open(time)
        conn.talk(after, b"GET /connecttest.txt HTTP/1.1\r\nHost: www.msftconnecttest.com\r\n\r\n",
                  b"HTTP/1.1 302 Found\r\nLocation: http://portal.example.net/\r\nContent-Length: 0\r\n\r\n")


@case("web-connectivity-test", "The connectivity test gets its known body: no portal.", web="protected", lacks=("captive-portal",))
def _(s, c):
    web_office(c, 24)
    c.tunnels(1, 3)
    conn = Connection(s, c, "23.55.163.48", 80, rtt=0.013)
    after = conn.open(12)
    conn.talk(after, b"GET /connecttest.txt HTTP/1.1\r\nHost: www.msftconnecttest.com\r\n\r\n",
              b"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\nMicrosoft Connect Test")


# Both services

@case("both-protected", "DNS and web both work.", dns="protected", web="protected", findings=(),
      expect={"counts.clients": 1})
def _(s, c):
    c.encrypted_probes(0, 3)
    c.transparent_probes(5, 3)
    web_office(c, 28)
    c.tunnels(1, 4)


@case("both-failing", "DNS is dropped on both ports, the gateway's SYNs are dropped; sites are reached directly.",
      dns="unprotected", web="cloud-service-unavailable", expect={"c.dns.cause": "no-reply", "c.web.cause": "no-reply"})
def _(s, c):
    web_office(c, 54)
    c.cycles(0.5, 3, silence(), silence())
    for time in (2, 2.3, 20):
        c.silent_handshake(time)
    for time in (7, 14, 28):
        c.visit(time, SITE_1)


# The capture itself

@case("capture-empty", "No packets.", dns="not-observed", web="not-observed", findings=(),
      expect={"frames": 0, "first_time": None, "last_time": None, "counts.clients": 0})
def _(s, c):
    pass


@case("capture-unrelated", "Traffic, and none of the module's.", dns="not-observed", web="not-observed", findings=(),
      expect={"clients": []})
def _(s, c):
    c.background(0, 30)


@case("capture-cut-names", "Packets are cut after 64 bytes, within the names: no probes can be told.", dns="not-observed",
      has=("cut-packets",))
def _(s, c):
    s.captured = 64
    c.encrypted_probes(0, 3)
    c.background(0.5, 28)


@case("capture-cut-replies", "Packets are cut after 96 bytes: replies count by their headers.", dns="protected",
      has=("cut-packets",), expect={"c.dns.confidence": "limited"})
def _(s, c):
    s.captured = 96
    c.encrypted_probes(0, 3)
    c.background(0.5, 28)


@case("capture-clock-jump", "The clock goes back by a minute between two bursts.", has=("clock-jump",))
def _(s, c):
    s.in_time_order = False
    c.burst(100, 443, silence())
    c.local_lookup(102)
    c.burst(45, 53, silence())
    c.local_lookup(52)


@case("capture-gap", "Eleven minutes without a packet after the queries: what waited stays open.", dns="inconclusive",
      expect={"c.dns.resolvers.0.outcomes": {"pending": 2}})
def _(s, c):
    c.background(0, 8)
    c.burst(11, 443, silence())
    c.background(11 + 662, 11 + 680)


@case("capture-equal-times", "All time stamps are equal.", has=("timestamps-unusable",))
def _(s, c):
    failing_dns(c, silence(), count=2)
    s.through = lambda frames: [(frames[0][0], data, interface) for _, data, interface in frames]


@case("capture-unordered", "The two frames of each reply are swapped in the file: times decide, not file order.", dns="protected",
      expect={"c.dns.resolvers.0.outcomes": {"answered": 4}})
def _(s, c):
    c.encrypted_probes(0, 4, opendns(0.4), resolvers=(RESOLVER_1,))
    s.frames.sort(key=lambda f: f[0])
    s.in_time_order = False
    s.through = lambda frames: [f for pair in zip(frames[1::2], frames[::2]) for f in pair]


@case("capture-mirror-copies", "A mirror port shows each packet twice, the second time routed: each counts once.",
      dns="protected", web="protected", findings=(),
      expect={"counts.clients": 1, "c.dns.resolvers.0.probes": 3, "c.web.gateways.0.handshakes": 3})
def _(s, c):
    c.encrypted_probes(0, 3)
    web_office(c, 28)
    c.tunnels(1, 3)

    def twice(frames):
        out = []
        for time, data, interface in frames:
            out.append((time, data, interface))
            macs = bytes.fromhex("00005e005302" "00005e005303")
            # One hop further on: TTL less by one, the header checksum more by 0x100.
            head = bytearray(data[14:])
            head[8] -= 1
            total = int.from_bytes(head[10:12], "big") + 0x100
            head[10:12] = ((total & 0xFFFF) + (total >> 16)).to_bytes(2, "big")
            out.append((time + 40, macs + data[12:14] + bytes(head), interface))
        return sorted(out, key=lambda f: f[0])
    s.through = twice


@case("capture-several-clients", "Three computers: one well, one without DNS protection, one without web protection.",
      dns="unprotected", web="cloud-service-unavailable",
      expect={"counts.clients": 3, "counts.dns.unprotected": 1, "counts.dns.protected": 1, "counts.dns.not-observed": 1,
              "counts.web.cloud-service-unavailable": 1, "counts.web.not-observed": 1, "counts.web.protected": 1})
def _(s, c):
    c.encrypted_probes(0, 5)
    c.transparent_probes(5, 4)
    web_office(c, 54)
    c.tunnels(1, 4)
    second = Laptop(s, "192.168.0.205", "2001:db8:0:1::cd", "00:00:5e:00:53:cd")
    failing_dns(second, silence(), start=0.7)
    third = Laptop(s, "192.168.0.206", "2001:db8:0:1::ce", "00:00:5e:00:53:ce")
    web_office(third, 54, 0.4)
    for time in (2, 2.3, 20):
        third.silent_handshake(time)


@case("capture-behind-router", "Recorded behind two hops: the client's packets have no initial TTL.", dns="protected",
      expect={"c.capture_point": "remote", "c.dns.confidence": "limited"})
def _(s, c):
    c = Laptop(s, ttl=126)
    c.encrypted_probes(0, 3)
    c.transparent_probes(5, 3)
    c.background(0.5, 28)


def nat(s, c, inside):
    """Every packet to a resolver once more outside the NAT, and its reply
    there; whether it comes back inside is up to the caller."""
    outer = Laptop(s, "203.0.113.5", "2001:db8:0:2::5", "00:00:5e:00:53:05", ttl=127)
    for number in range(4):
        time, ident = number * 10.0, 6001 + number
        c.ask(time, RESOLVER_1, 443, DEBUG, inside, sport=53100 + number, ident=ident)
        outer.ask(time + 0.0004, RESOLVER_1, 443, DEBUG, opendns(0.017), sport=61100 + number, ident=ident)
        c.ask(time + 5, RESOLVER_1, 53, DEBUG, inside, sport=53200 + number, ident=ident + 100)
        outer.ask(time + 5.0004, RESOLVER_1, 53, DEBUG, opendns(0.017), sport=61200 + number, ident=ident + 100)
    c.background(0.5, 45)


@case("capture-nat-both-sides", "Both sides of a NAT in one file, answered: one client.", dns="protected", has=("nat-seen",),
      expect={"counts.clients": 1, "c.client": "192.168.0.204"})
def _(s, c):
    nat(s, c, opendns(0.018, 56))


@case("capture-nat-reply-lost", "Both sides of a NAT in one file; the replies do not come through it.", has=("nat-seen",),
      dns="unprotected", expect={"counts.clients": 1, "c.client": "192.168.0.204"})
def _(s, c):
    nat(s, c, silence())


@case("capture-network-changed", "One computer moves to another network: dropped in the first, answered in the second.",
      dns="protected", has=("network-changed",), expect={"counts.clients": 1})
def _(s, c):
    failing_dns(c, silence())
    second = Laptop(s, "10.20.30.40", "2001:db8:0:3::cc")
    second.encrypted_probes(120, 3)
    second.transparent_probes(125, 3)
    second.background(120.5, 148)


@case("capture-vlan", "Two VLAN tags around everything.", dns="protected", web="protected", findings=())
def _(s, c):
    s.vlan = (100, 42)
    c.encrypted_probes(0, 3)
    web_office(c, 28)
    c.tunnels(1, 3)


@case("capture-raw-ip", "Raw IP, as a VPN adapter gives it: no link-layer addresses.", (("tun0", pcapng.LINKTYPE_RAW),),
      dns="protected", web="protected", findings=())
def _(s, c):
    c.encrypted_probes(0, 3)
    web_office(c, 28)
    c.tunnels(1, 3)


@case("capture-linux-cooked", "A Linux cooked capture of all interfaces.", (("any", pcapng.LINKTYPE_LINUX_SLL),),
      dns="unprotected")
def _(s, c):
    failing_dns(c, silence())


@case("capture-gateway-suspicious", "A forged answer teaches private, loopback and resolver addresses: none is believed.",
      web="protected", has=("gateway-suspicious",),
      expect={"c.web.gateways.0.address": GATEWAY, "c.web.gateways.0.handshakes": 2})
def _(s, c):
    c.gateway_lookup(0, ("127.0.0.1", "10.0.0.1", RESOLVER_1, "169.254.1.1", "224.0.0.1", GATEWAY))
    c.lookups(0.9, 18)
    c.tunnels(1, 2)


@case("capture-hostile-strings", "Escape sequences, line ends, bidirectional marks and broken UTF-8 wherever a string is shown.",
      dns="protected", web="protected")
def _(s, c):
    evil = b"\x1b[31mred\x1b[0m\r\nVerdict: fine \xe2\x80\xaegnp.exe \xff\xfe\"<&'\\"
    strings = [b"server r5.lon" + evil, b"orgid 1234567" + evil, b"device " + evil, b"originid " + evil,
               b"source " + evil, b"server second", b"x" * 255, b""]
    c.encrypted_probes(0, 3, opendns(strings=strings))
    c.transparent_probes(5, 2, opendns(strings=strings))
    name = "swg" + ".sigproxy.qq.opendns.com"
    labels = [b"swg\x1b[31m\n\xe2\x80\xae", b"sigproxy", b"qq", b"opendns", b"com"]

    def act(q):
        q.answer(0.02, p.response(q.ident, labels, p.A, [p.record(p.A, p.address(GATEWAY), ttl=60)]))
    c.ask(0.3, LOCAL_RESOLVER, 53, labels, act, qtype=p.A)
    c.lookups(0.9, 28)
    c.tunnel(2)
    conn = c.gateway()
    after = conn.open(8)
    conn.talk(after, b"CONNECT " + evil.replace(b"\r\n", b"") + b":443 HTTP/1.1\r\n\r\n",
              b"HTTP/1.1 403 " + evil + b"\r\n\r\n")


@case("capture-broken-messages", "Messages to and from resolvers that end too early, point in circles or lie about lengths.",
      dns="protected")
def _(s, c):
    c.encrypted_probes(0, 2)
    good = p.response(0x5150, DEBUG, answers=[p.txt("server r5.lon"), p.txt("orgid 1234567")])
    asked = p.query(0x5150, DEBUG, edns=p.umbrella_identity(1234567, "192.168.0.204", "0123456789abcdef"))
    loop = p.response(0x5151, DEBUG)[:12] + b"\xc0\x0c" + bytes.fromhex("00100001")
    long_string = p.response(0x5152, DEBUG, answers=[p.record(p.TXT, b"\xffserver r5.lon")])
    many = good[:6] + b"\xff\xff" + good[8:]
    bad_option = p.query(0x5153, DEBUG, edns=b"\x4f\x44\xff\xffODNS\x01")
    time = 12.0
    for message in [good[:cut] for cut in range(0, len(good), 7)] + [loop, long_string, many]:
        s.udp(time, RESOLVER_1, 443, c.ip, 50123, message)
        time += 0.01
    for message in [asked[:cut] for cut in range(0, len(asked), 7)] + [bad_option]:
        s.udp(time, c.ip, 50124, RESOLVER_1, 443, message)
        time += 0.01
    # ICMP errors whose quote ends within each of its headers.
    quoted = p.ipv4(c.ip, RESOLVER_1, p.UDP, p.udp(c.ip, RESOLVER_1, 50125, 443, p.query(0x5154, DEBUG)), 128, 9)
    for cut in (0, 1, 19, 20, 24, 28, 30):
        s.icmp(time, FIREWALL, c.ip, 3, 13, quoted[:cut])
        time += 0.01
    # TCP and IP headers that lie.
    segment = bytearray(p.tcp(GATEWAY, c.ip, 443, 50126, p.ACK, 1, 1, 501, payload=b"abc"))
    for offset in (0x00, 0x40, 0xF0):
        segment[12] = offset
        s.send(time, GATEWAY, c.ip, p.TCP, bytes(segment))
        time += 0.01
    s.send(time, RESOLVER_1, c.ip, p.UDP, b"\x01\xbb\xc3\xcb\0\x04\0\0")
    c.encrypted_probes(20, 2)
    c.background(0.5, 38)


@case("capture-offload", "The client's own packets have an IP total length of 0, as segmentation offload leaves it.",
      dns="protected", web="protected", expect={"c.web.gateways.0.outcomes": {"completed": 3}})
def _(s, c):
    c.encrypted_probes(0, 3)
    web_office(c, 28)
    c.tunnels(1, 3)

    def without_length(frames):
        ours = p.address(c.ip)
        return [(t, d[:16] + b"\0\0" + d[18:] if d[26:30] == ours and d[23] == p.TCP and d[47] & p.PSH else d, i)
                for t, d, i in frames]
    s.through = without_length


# Outages: several in one file, borders, exceptions

DROPPED, PROXY_ERROR = ("dns", "no-reply", "proof", True), b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"


@case("outages-three-causes", "DNS is dropped, redirected, rejected; each time it heals, and the file ends well.", dns="protected",
      web="not-observed", findings=("state-flapped",),
      outages=(DROPPED, ("dns", "intercepted", "proof", True), ("dns", "icmp-unreachable", "proof", True)),
      expect={"c.dns.cause": None, "c.dns.confidence": "high", "c.dns.worst": "unprotected", "outages.clients": 1,
              "c.outages.0.ip": 4, "c.outages.0.confidence": "high", "c.outages.0.since.at_or_before": False,
              "c.outages.0.icmp": None, "c.outages.0.fake_reply": None, "c.outages.1.fake_reply.rcode": 3,
              "c.outages.2.icmp.sender": FIREWALL, "c.outages.2.icmp.code": 13, "c.outages.2.captive_portal": False,
              "c.outages.0.duration_ms": 25000.0, "c.outages.0.verdict": "unprotected", "c.outages.0.fail_open": None})
def _(s, c):
    for number, answer in enumerate((silence(), nxdomain(), unreachable(3, 13))):
        start = 100 * number
        well(c, start)
        c.cycles(start + 30, 2, answer, answer)
        c.burst(start + 60, 443, opendns())
        c.ask(start + 60.2, RESOLVER_1, 53, DEBUG, opendns(), True)
    c.background(0.5, 290)


@case("outages-answer-at-the-border", "Two bursts on 443 are answered exactly 5 s late: in time, no outage. Once it is a microsecond "
      "more: that is one.", dns="protected", outages=(("dns", "late", "proof", True),),
      expect={"c.outages.0.since.time": "2024-08-27T08:02:05.500000000Z"})
def _(s, c):
    for start, late in ((0, 5), (50, 5), (100, 5.000001)):
        well(c, start)
        for resolver in RESOLVERS_4:
            c.ask(start + 20, resolver, 443, DEBUG, opendns(late))
        c.burst(start + 25.5, 53, silence())
        well(c, start + 40)
    c.background(0.5, 145)


@case("outages-pair-repeated", "443 is blocked; twice a pair of probes on 53 is lost, and the same pair, 0.17 s later, answered: "
      "no outage.", dns="protected", has=("encrypted-port-blocked",), lacks=("state-flapped",), outages=(),
      expect={"c.timeline.0.to": "protected", "c.dns.worst": "protected"})
def _(s, c):
    lost_first = [silence(), opendns()]
    for number in range(4):
        start = 15 * number
        c.burst(start, 443, silence())
        for index, offset in enumerate((0, 0.17)):
            for resolver in RESOLVERS_4:
                c.ask(start + 5 + offset, resolver, 53, DEBUG, lost_first[index] if number in (1, 2) else opendns(), True)
    c.background(0.5, 62)


@case("outages-rule-changes", "The gateway answers every CONNECT with 502, then its SYNs are dropped, then it serves: one outage, "
      "from the first 502 on.", dns="not-observed", web="protected", outages=(("web", "no-reply", "proof", True),),
      expect={"c.outages.0.since.time": "2024-08-27T08:00:10.028200000Z", "c.web.worst": "cloud-service-unavailable"})
def _(s, c):
    web_office(c, 100)
    c.tunnel(1, "www.example.com")
    for number, host in enumerate(("www.example.net", "www.example.org", "www.example.edu", "www.example.info", "www.example.biz",
                                   "www.example.net", "www.example.org")):
        c.tunnel(10 + 6 * number, host, status=PROXY_ERROR)
    for offset in (60, 65, 70, 75):
        c.silent_handshake(offset)
    c.visit(62, SITE_2)
    c.tunnel(95, "www.example.com")


@case("outages-network-change", "DNS is dropped in one network until the computer moves to another, where it works: the outage has no "
      "known end.", dns="protected", has=("network-changed",), outages=(("dns", "no-reply", "network-changed", True),),
      expect={"counts.clients": 1, "c.outages.0.until": None, "c.dns.worst": "unprotected"})
def _(s, c):
    well(c, 0)
    failing_dns(c, silence(), start=20)
    second = Laptop(s, "10.20.30.40", "2001:db8:0:3::cc")
    for start in (140, 150, 160):
        well(second, start)
    second.background(140.5, 170)


@case("outages-ipv6-that-does-not-count", "IPv4 is answered; IPv6 probes never are, and there is no other IPv6 traffic: listed, and in "
      "no number.", dns="protected", has=("ipv6-no-connectivity",), lacks=("probe-loss",), outages=(("dns", "no-reply", None, False),),
      expect={"c.outages.0.ip": 6, "c.outages.0.verdict": "unprotected", "c.dns.worst": "protected", "c.dns.advice": [],
              "c.dns.ipv6.verdict": "unprotected", "c.dns.ipv6.cause": "no-reply"})
def _(s, c):
    for start in range(0, 60, 10):
        well(c, start)
    c.cycles(1, 4, silence(), silence(), RESOLVERS_6)
    c.background(0.5, 68)


@case("outages-both-versions", "IPv4 and IPv6 are dropped at once and heal; IPv6 is once more dropped alone: two outages in all numbers.",
      dns="protected", outages=(DROPPED, DROPPED, DROPPED), numbers=(2, 0),
      expect={"c.outages.0.ip": 4, "c.outages.1.ip": 6, "c.outages.2.ip": 6})
def _(s, c):
    def both(time):
        well(c, time)
        for port in (443, 53):
            c.burst(time + 0.3, port, opendns(), RESOLVERS_6)

    both(0)
    c.cycles(20, 2, silence(), silence())
    c.cycles(20.1, 2, silence(), silence(), RESOLVERS_6)
    both(60)
    for start in (80, 90, 100, 110):
        well(c, start)
    c.cycles(80.1, 2, silence(), silence(), RESOLVERS_6)
    both(125)
    c.background(0.5, 128)
    for time in range(2, 128, 9):
        c.visit(time, SITE_V6)


@case("outages-exceptions", "DNS is dropped; the line is dead for 30 s; a local resolver answers for the organisation while probes are "
      "dropped: three outages, of which one counts.", dns="protected", has=("local-probe",), lacks=("state-flapped", "probe-loss"),
      outages=(DROPPED, ("dns", "no-connectivity", "proof", False), ("dns", "protected-network", "proof", False)),
      expect={"c.outages.1.verdict": "inconclusive", "c.outages.2.verdict": "inconclusive", "c.outages.1.allow": [],
              "c.outages.2.allow": [], "c.timeline.2.to": "protected"})
def _(s, c):
    well(c, 0)
    c.cycles(20, 2, silence(), silence())
    well(c, 60)
    c.background(0.5, 70)
    c.cycles(90, 2, silence(), silence())
    for offset in (90, 95, 100, 105):
        c.visit(offset + 0.5, SITE_1, opened=False)
        c.local_lookup(offset + 0.7, answered=False)
    well(c, 125)
    c.background(125.5, 200)
    c.ask(148, LOCAL_RESOLVER, 53, DEBUG, lambda q: q.answer(0.002, p.response(q.ident, q.qname, answers=[
        p.txt(text) for text in debug_strings(q)])), True)
    c.cycles(150, 2, silence(), silence())
    well(c, 190)


@case("outages-one-in-the-other", "DNS is dropped for 50 s; in the midst of it the gateway is reset for 10 s.", dns="protected",
      web="protected", has=("reset-on-path",), outages=(DROPPED, ("web", "reset", "proof", True)),
      expect={"c.outages.1.origin": "on-path-device", "c.outages.0.origin": None, "c.outages.1.ip": None, "c.outages.1.ports": None,
              "outages.clients": 1})
def _(s, c):
    well(c, 0)
    web_office(c, 95)
    c.tunnels(1, 4, 5)
    c.cycles(20, 3, silence(), silence())
    c.background(20.5, 95)
    for number in range(4):
        connection = c.gateway()
        for attempt in range(3):
            connection.syn(40 + 2.5 * number + attempt * 0.5)
            connection.reset_syn(40.0004 + 2.5 * number + attempt * 0.5, ttl=64)
    c.tunnels(52, 4, 8)
    well(c, 75)
    well(c, 85)


@case("outages-300", "The gateway is reset 300 times for a few seconds and serves in between.", large=True, dns="not-observed",
      web="protected", has=("state-flapped",), outages=(("web", "reset", "proof", True),) * 300,
      expect={"c.outages.299.attempts": 4, "c.outages.299.failed": 4, "c.web.worst": "cloud-service-unavailable"})
def _(s, c):
    c.gateway_lookup(0)
    c.tunnel(0.5)
    for number in range(300):
        start = 10 + 20 * number
        for offset in range(4):
            connection = c.gateway()
            connection.syn(start + offset * 1.5)
            connection.reset_syn(start + offset * 1.5 + 0.014)
        c.local_lookup(start + 1)
        c.tunnel(start + 10)


def granted(c, time, host):
    """CONNECT and its 2xx. @return the connection, and the time after them."""
    conn = c.gateway()
    return conn, conn.talk(conn.open(time), connect(host), ESTABLISHED)


def dead_tunnels(c, then, start=3, every=3, sites=("a.example", "b.example", "c.example")):
    """The gateway grants tunnels; of each the client's first data meets `then`."""
    for number, site in enumerate(sites):
        conn, time = granted(c, start + number * every, "www." + site)
        conn.from_client(time, HELLO)
        then(conn, time)


def stays_unacknowledged(conn, time):
    for after in (0.3, 0.9, 2.1, 4.5):
        conn.from_client(time + after, HELLO, seq=conn.seq - len(HELLO))


@case("web-tunnel-reset", "The gateway grants tunnels, an IPS resets them on the ClientHello.", web="cloud-service-unavailable",
      has=("reset-on-path",),
      expect={"c.web.cause": "tunnel-reset", "c.web.gateways.0.outcomes": {"tunnel-reset": 3}, "c.outages.0.origin": "on-path-device"})
def _(s, c):
    web_office(c, 30)
    dead_tunnels(c, lambda conn, time: conn.reset(time + 0.0006, ttl=64))


@case("web-tunnel-closed", "The gateway grants tunnels and closes them on the first data.", web="cloud-service-unavailable",
      expect={"c.web.cause": "tunnel-closed", "c.web.gateways.0.outcomes": {"tunnel-closed": 3}, "c.outages.0.origin": "gateway"})
def _(s, c):
    web_office(c, 30)
    dead_tunnels(c, lambda conn, time: conn.from_server(time + 0.015, flags=p.FIN | p.ACK))


@case("web-tunnel-stalled", "The first data in granted tunnels is never acknowledged.", web="cloud-service-unavailable",
      expect={"c.web.cause": "tunnel-stalled", "c.web.gateways.0.outcomes": {"tunnel-stalled": 3}})
def _(s, c):
    web_office(c, 30)
    dead_tunnels(c, stays_unacknowledged)


@case("web-tunnel-silent", "The first data in granted tunnels is acknowledged and never answered.", web="cloud-service-unavailable",
      expect={"c.web.cause": "tunnel-silent", "c.web.gateways.0.outcomes": {"tunnel-silent": 3}})
def _(s, c):
    web_office(c, 30)
    dead_tunnels(c, lambda conn, time: conn.from_server(time + 0.015))


@case("web-tunnel-broken", "One of many tunnels dies on its first data: a site's fault, not the gateway's.", web="protected",
      has=("tunnel-broken",), expect={"c.web.gateways.0.outcomes": {"completed": 9}})
def _(s, c):
    web_office(c, 40)
    c.tunnels(1, 4)
    dead_tunnels(c, lambda conn, time: conn.from_server(time + 0.015), start=21, sites=("a.example",))
    c.tunnels(22, 4, every=3)


@case("web-session-foreign", "What answers CONNECT is a page without a status line.", web="cloud-service-unavailable",
      expect={"c.web.cause": "session-foreign", "c.web.gateways.0.outcomes": {"session-foreign": 3}})
def _(s, c):
    web_office(c, 20)
    for number in range(3):
        conn = c.gateway()
        conn.talk(conn.open(3 + 3 * number), connect("www.example.com"), b"<html><body>Access denied</body></html>")


@case("web-answered-nearby", "A proxy next door opens the connections to the gateway and answers CONNECT itself.",
      web="cloud-service-unavailable", has=("answered-nearby",),
      expect={"c.web.cause": "session-intercepted", "c.web.gateways.0.outcomes": {"session-intercepted": 3},
              "c.outages.0.origin": "on-path-device", "c.web.connect_answers.0.origin": "on-path-device",
              "c.web.connect_answers.0.server": "squid/5.7"})
def _(s, c):
    web_office(c, 20)
    for number in range(3):
        conn = c.gateway(rtt=0.0003, ttl=64)
        conn.talk(conn.open(3 + 3 * number), connect("www.example.com"),
                  b"HTTP/1.1 503 Service Unavailable\r\nServer: squid/5.7\r\nContent-Length: 0\r\n\r\n")


@case("web-slow-answer", "The gateway takes more than 5 s to answer three CONNECTs.", web="protected", has=("slow-answer",))
def _(s, c):
    web_office(c, 40)
    for number in range(3):
        conn = c.gateway()
        time = conn.open(3 + 8 * number)
        conn.from_client(time, connect("www.example.com"))
        conn.from_server(time + 0.015)
        conn.from_server(time + 6, ESTABLISHED)
        conn.talk(time + 6.001, HELLO, SERVER_HELLO)


@case("web-path-mtu-down", "Large segments of the gateway are lost on two connections, small ones come.", web="protected",
      has=("path-mtu",))
def _(s, c):
    web_office(c, 20)
    for number in range(2):
        conn, time = granted(c, 3 + 4 * number, "www.example.com")
        conn.from_client(time, HELLO)
        conn.from_server(time + 0.015, SERVER_HELLO)
        conn.from_client(time + 0.016)
        seen = conn.ack
        conn.ack += 2 * 1380
        conn.from_server(time + 0.017, SERVER_HELLO)
        after, conn.ack = conn.ack, seen
        conn.from_client(time + 0.018)
        conn.ack = after


@case("web-path-tool", "Somebody runs tcptraceroute to a gateway that works: it counts nowhere.", web="protected",
      has=("path-tool",), lacks=("gateway-partly-failing",), expect={"c.web.gateways.0.handshakes": 4, "c.outages": []})
def _(s, c):
    web_office(c, 40)
    c.tunnels(1, 4)
    for number in range(24):
        conn, time, hop = c.gateway(), 22 + 0.05 * number, number // 3 + 1
        segment = p.tcp(conn.client, conn.server, conn.sport, conn.port, p.SYN, conn.ours, 0, 5840, b"", b"")
        packet = s.send(time, conn.client, conn.server, p.TCP, segment, ttl=hop)
        s.icmp(time + 0.002 * hop, "198.51.100.%d" % hop if hop > 1 else FIREWALL, conn.client, 11, 0, packet)


def two_clocks(c, later, appended=False):
    """What comes to the client is stamped so many ms later: another card, or host, recorded it."""
    def through(frames):
        ours = p.address(c.ip)
        out = [f for f in frames if f[1][26:30] == ours]
        back = [(time + later * 1000, data, interface) for time, data, interface in frames if data[26:30] != ours]
        return out + back if appended else sorted(out + back, key=lambda f: f[0])
    return through


@case("capture-two-clocks", "Replies are stamped 40 ms too early, before their queries: two capture clocks.", dns="protected",
      web="protected", findings=("clocks-differ",),
      expect={"c.dns.confidence": "high", "c.web.confidence": "high", "c.dns.resolvers.0.outcomes": {"answered": 3},
              "c.dns.resolvers.0.rtt_ms.avg": None, "c.web.gateways.0.outcomes": {"completed": 4},
              "c.web.gateways.0.rtt_ms.avg": None, "c.web.connect_answers.0.frames_total": 4})
def _(s, c):
    c.encrypted_probes(0, 3)
    web_office(c, 28)
    c.tunnels(1, 4)
    s.through = two_clocks(c, -40)


@case("capture-two-clocks-reset", "As web-reset-far, but what comes is stamped 40 ms too early: no time says who reset.",
      web="cloud-service-unavailable", has=("clocks-differ",), lacks=("reset-on-path",),
      expect={"c.web.cause": "reset", "c.web.gateways.0.reset_origin": "unknown"})
def _(s, c):
    web_office(c, 40)
    c.tunnels(1, 3)
    for time in (20, 20.3, 28):
        conn = c.gateway()
        conn.syn(time)
        conn.reset_syn(time + 0.014)
    s.through = two_clocks(c, -40)


@case("capture-appended", "The file of what the client got follows that of what it sent (mergecap -a).", dns="protected",
      has=("clock-jump",), lacks=("forged-reply", "probe-loss"),
      expect={"c.dns.confidence": "limited", "c.dns.resolvers.0.outcomes": {"answered": 6}})
def _(s, c):
    c.encrypted_probes(0, 6)
    c.background(0.5, 58)
    s.through = two_clocks(c, 0, appended=True)


@case("capture-straggler", "One packet of the background stands 4 s late in the file: no jump of the clock.",
      dns="unprotected", lacks=("clock-jump",), expect={"c.dns.cause": "no-reply"})
def _(s, c):
    failing_dns(c, silence(), count=2)

    def late(frames):
        last = max(i for i, f in enumerate(frames) if f[0] < frames[-1][0] - 4000000)
        return frames[:last] + frames[last + 1:-1] + [frames[last], frames[-1]]
    s.through = late


# Which machine

def probes_of(c, start, count, answer_443, answer_53, edns=None, every=10):
    """Like the module's, and on 53 with an identity, everything alike answered or not."""
    for number in range(count):
        time = start + number * every
        c.burst(time, 443, answer_443)
        c.ask(time + 5, RESOLVER_1, 53, DEBUG, answer_53, edns is None, edns=edns)
        c.ask(time + 5.001, RESOLVER_2, 53, DEBUG, answer_53, edns is None, edns=edns)


@case("machine-clones-one-blocked", "Two computers from one image, with one device id: one is well, the other gets no answers.",
      dns="unprotected", findings=("device-id-shared",),
      expect={"counts.clients": 2, "counts.dns.protected": 1, "c.client": "192.168.0.205"})
def _(s, c):
    other = Laptop(s, "192.168.0.205", "2001:db8:0:1::cd", "00:00:5e:00:53:cd")
    probes_of(c, 0, 4, opendns(), opendns())
    probes_of(other, 1, 4, silence(), silence())
    for laptop in (c, other):
        laptop.background(0.5, 45)


@case("machine-clones-well", "Three computers from one image, behind a router that is in the file's way: all are well.",
      dns="protected", findings=("device-id-shared",), expect={"counts.clients": 3, "counts.dns.protected": 3})
def _(s, c):
    for number in range(3):
        one = Laptop(s, "10.%d.0.5" % (20 + number), "2001:db8:0:%d::cc" % number, "00:00:5e:00:53:01", 126)
        probes_of(one, number, 4, opendns(), opendns())


@case("machine-two-adapters", "One computer on the cable and on Wi-Fi at once: one client, though clones cannot be excluded.",
      dns="protected", findings=("device-id-shared",),
      expect={"counts.clients": 1, "c.addresses": ["192.168.0.204", "172.20.10.5"]})
def _(s, c):
    wifi = Laptop(s, "172.20.10.5", "2001:db8:0:2::cc", "00:00:5e:00:53:d0")
    probes_of(c, 0, 4, opendns(), opendns())
    probes_of(wifi, 1, 4, opendns(), opendns())


@case("machine-trunk-same-address", "A trunk with two VLANs that use the same addresses: in VLAN 20 DNS is blocked.",
      dns="unprotected", findings=("address-shared",),
      expect={"counts.clients": 2, "counts.dns.protected": 1, "c.client": "192.168.0.204", "c.dns.confidence": "high"})
def _(s, c):
    for number in range(4):
        for vlan, mac, answer in ((10, "00:00:5e:00:53:cc", opendns()), (20, "00:00:5e:00:53:cd", silence())):
            s.vlan, s.macs[c.ip] = (vlan,), mac
            start = number * 12 + vlan / 10
            probes_of(c, start, 1, answer, answer)
            c.visit(start + 1)


@case("machine-address-twice", "One address was given out twice: DNS of one of the two computers is blocked.", dns="unprotected",
      findings=("address-shared",), expect={"counts.clients": 2, "counts.dns.protected": 1})
def _(s, c):
    for number in range(4):
        for mac, answer in (("00:00:5e:00:53:cc", opendns()), ("00:00:5e:00:53:cd", silence())):
            s.macs[c.ip] = mac
            start = number * 14 + (6 if mac.endswith("cd") else 0)
            probes_of(c, start, 1, answer, answer)
            c.visit(start + 1)


@case("machine-nat-outside", "Outside of a NAT: probes with two device ids in turn come from one address.", dns="protected",
      has=("address-shared",), expect={"counts.clients": 1, "c.dns.confidence": "limited"})
def _(s, c):
    for number in range(4):
        for offset, device in ((0, "0123456789abcdef"), (3, "0123456789abcd05")):
            probes_of(c, number * 12 + offset, 1, opendns(), opendns(), p.umbrella_identity(1234567, c.ip, device))


@case("machine-bridged-guest", "A virtual machine bridged to Wi-Fi has its host's link-layer address: two clients, the guest's "
      "DNS is blocked.", dns="unprotected", findings=(),
      expect={"counts.clients": 2, "counts.dns.protected": 1, "c.client": "192.168.0.209"})
def _(s, c):
    guest = Laptop(s, "192.168.0.209", "2001:db8:0:1::d1")
    c.encrypted_probes(0, 5)
    c.background(0.5, 45)
    guest.cycles(2, 3, silence(), silence())
    guest.background(2.5, 45)


@case("network-there-and-back-soon", "Wi-Fi, ten seconds of another network that drops DNS, and the first again: one client, "
      "protected.", dns="protected", findings=("network-changed",),
      expect={"counts.clients": 1, "c.addresses": ["192.168.0.204", "172.20.10.5"], "c.findings.0.frames_total": 2})
def _(s, c):
    other = Laptop(s, "172.20.10.5")
    c.encrypted_probes(0, 3)
    c.background(0.5, 18)
    other.cycle(30, silence(), silence())
    other.background(30.5, 40, every=3)
    c.encrypted_probes(56, 3)
    c.background(56.5, 78)


@case("network-new-and-unknown", "In the office all is well; in the next network the first probe still waits.", dns="inconclusive",
      findings=("network-changed",), expect={"counts.clients": 1, "c.dns.ipv4.verdict": "inconclusive"})
def _(s, c):
    other = Laptop(s, "172.20.10.5")
    c.encrypted_probes(0, 3)
    c.background(0.5, 22)
    other.local_lookup(40)
    other.burst(42, 443, silence())


@case("network-ipv6-to-ipv6", "From an office with IPv6 alone, where DNS is dropped, to a phone with IPv6 alone, where it works.",
      dns="protected", findings=("network-changed",),
      expect={"counts.clients": 1, "c.client": "2001:db8:0:1::cc", "c.dns.ipv6.verdict": "protected", "outages.dns": 1,
              "c.outages.0.ended_by": "network-changed"})
def _(s, c):
    phone = Laptop(s, "172.20.10.5", "2a01:598:9::c3d4")
    c.cycles(0, 2, silence(), silence(), RESOLVERS_6)
    phone.encrypted_probes(40, 3, resolvers=RESOLVERS_6)
    for laptop, start in ((c, 0.5), (c, 8), (c, 16), (c, 24), (phone, 40.5), (phone, 50), (phone, 64)):
        laptop.visit(start, SITE_V6)


@case("network-ipv4-to-ipv6", "From an IPv4 network that drops DNS to one of IPv6 alone, where it works.", dns="protected",
      findings=("network-changed",), expect={"counts.clients": 1, "c.dns.ipv6.verdict": "protected", "outages.dns": 1})
def _(s, c):
    c.cycles(0, 2, silence(), silence())
    c.background(0.5, 26)
    c.encrypted_probes(45, 6, resolvers=RESOLVERS_6)
    for number in range(7):
        c.visit(45.5 + 9 * number, SITE_V6)


@case("module-stopped", "After a minute the module stops; the user goes on, past the gateway.", dns="protected", web="protected",
      findings=("module-silent",), expect={"c.dns.confidence": "limited", "c.web.confidence": "limited"})
def _(s, c):
    c.encrypted_probes(0, 6)
    web_office(c, 140)
    c.tunnels(1, 10)
    for number in range(12):
        c.visit(70 + 6 * number, SITE_2 if number % 2 else SITE_1)


@case("module-stopped-ipv6", "The same where all that is left is IPv6.", dns="protected", findings=("module-silent",),
      expect={"c.dns.confidence": "limited"})
def _(s, c):
    c.encrypted_probes(0, 4, resolvers=RESOLVERS_6)
    c.background(0.5, 110, SITE_V6)


@case("client-left", "A mirror port: one of two computers leaves after a minute. Its module has not stopped.", dns="protected",
      findings=(), expect={"counts.clients": 2, "c.dns.confidence": "high"})
def _(s, c):
    other = Laptop(s, "192.168.0.205", "2001:db8:0:1::cd", "00:00:5e:00:53:cd")
    c.encrypted_probes(0, 6)
    c.background(0.5, 55)
    other.encrypted_probes(1, 20)
    other.background(1.5, 195)


@case("client-slept", "A computer sleeps with two bursts on their way, and is well when it wakes: nobody dropped them.",
      dns="protected", findings=(), expect={"outages.dns": 0})
def _(s, c):
    other = Laptop(s, "192.168.0.205", "2001:db8:0:1::cd", "00:00:5e:00:53:cd")
    other.encrypted_probes(1, 15)
    c.encrypted_probes(0, 2)
    c.background(0.5, 12)
    c.burst(15, 443, silence())
    c.burst(19, 53, silence())
    c.encrypted_probes(100, 4)
    c.background(100.5, 138)


def captures():
    """File name -> contents."""
    names = [c.name for c in CASES]
    assert len(set(names)) == len(names), "two captures of one name"
    return {c.file: c.bytes() for c in CASES if not c.large}


def manifest():
    lines = ["# Made captures", "", "Made by `make_synthetic.py`, as is this list. No packet of a real network is in them; addresses and names of",
             "the service are public, those of the client and the office are private or for documentation.", "",
             "| capture | shows | dns | web |", "|---|---|---|---|"]
    for c in (one for one in CASES if not one.large):
        lines.append("| %s | %s | %s | %s |" % (c.name, c.shows, c.expected.get("dns", ""), c.expected.get("web", "")))
    return "\n".join(lines) + "\n"


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "synthetic")
    os.makedirs(folder, exist_ok=True)
    made = captures()
    for file, data in made.items():
        with open(os.path.join(folder, file), "wb") as out:
            out.write(data)
    with open(os.path.join(folder, "MANIFEST.md"), "w", encoding="utf-8") as out:
        out.write(manifest())


if __name__ == "__main__":
    main()
