#!/usr/bin/env python3
"""Captures that hold very many of one thing: time and memory grow with the
packets, never faster, and the verdict comes.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_floods.py [--build FOLDER] [--half 0|1] [Floods.test_NAME...]
  --half  every second kind alone: two processors do both halves at once

Each kind is made twice, with so many packets and four times as many; what the
plugin costs over a tshark and a sharkd without it is compared. The processor's time
of one run says little on a busy machine: one of three tries has to hold.

Environment: SSE_FLOOD_PACKETS, packets of the larger file (default 60000).
"""

import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

import page
import schema
from wireshark import Wireshark, add_captures_to_path, build_folder, take_option

add_captures_to_path()

import packets as p

from flood import CLIENT, GATEWAY, LOCAL, RESOLVER, RESOLVER2, START, SWG, Flood, at

PACKETS = int(os.environ.get("SSE_FLOOD_PACKETS", "60000"))
# What a packet may cost at most on top of Wireshark's own, in bytes. A client
# with one packet is the dearest: its record, its row of the report, its JSON.
MEMORY = 6000
# A busy machine may take twice the time for one of the two files, but not each time.
TRIES = 3
# A process of its own: peak memory is inherited, and ours is large.
MEASURE = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print("\\n%f %d" % (usage.ru_utime + usage.ru_stime, usage.ru_maxrss), file=sys.stderr)
sys.exit(status & 255)
"""


def clients(flood, number):
    """A client with one packet."""
    flood.query(at(10, number), number)


def clients_of_replies(flood, number):
    """A client that only got an answer."""
    flood.reply(at(10, number), number)


def clients_of_one_device(flood, number):
    """Addresses that one device id makes one client."""
    flood.query(at(10, number), number, edns=p.device_id("0123456789abcdef"))


def clients_of_one_adapter(flood, number):
    """Addresses at once behind one link-layer address."""
    flood.query(at(10, number), number, mac=b"\2\0\0\0\0\7")


def networks(flood, number):
    """A laptop that changes its address every minute."""
    flood.time += 60_000_000
    flood.query(at(10, number), number, mac=b"\2\0\0\0\0\7")


def one_port(flood, number):
    """Queries of one port, at one time."""
    flood.query(CLIENT, number, sport=40000)


def one_question(flood, number):
    """The same query again and again."""
    flood.query(CLIENT, 7, sport=40000)


def early_errors(flood, number):
    """One ICMP error, and then all the queries that it might be about."""
    quoted = struct.pack("!BBHHHBBH", 0x45, 0, 63, 0, 0, 64, p.UDP, 0) + p.address(CLIENT) + p.address(RESOLVER) \
        + struct.pack("!HHHH", 40000, 443, 43, 0)
    if number % 10000 == 0:
        flood.frame(LOCAL, CLIENT, p.ICMP, p.icmp_error(LOCAL, CLIENT, 3, 13, quoted), ttl=64)
    flood.query(CLIENT, number, sport=40000)


def early_resets(flood, number):
    """Resets before their SYNs, two sequence numbers in turn."""
    if number == 0:
        flood.learn(GATEWAY)
        for seq in (1000, 2000):
            flood.tcp(GATEWAY, CLIENT, 443, 50000, p.RST | p.ACK, 0, seq + 1, ttl=50)
    flood.tcp(CLIENT, GATEWAY, 50000, 443, p.SYN, 1000 + number % 2 * 1000)


def gateways(flood, number):
    """Answers that teach ten addresses each."""
    flood.learn(*(at(18, number * 10 + i) for i in range(10)), number=number)


def connections_to_gateways(flood, number):
    """A connection, reset, to each of as many gateways as are learnt."""
    if number < 500:
        flood.learn(*(at(18, number * 10 + i) for i in range(10)), number=number)
    flood.time += 20_000
    to = at(18, number % 5000)
    flood.tcp(CLIENT, to, 10000 + number % 50000, 443, p.SYN, number)
    if number != 600:
        flood.tcp(to, CLIENT, 443, 10000 + number % 50000, p.RST | p.ACK, 0, number + 1, ttl=128)
        return
    # One that serves: each of the others is a finding.
    flood.tcp(to, CLIENT, 443, 10600, p.SYN | p.ACK, 7, number + 1, ttl=50)
    flood.tcp(CLIENT, to, 10600, 443, p.ACK, number + 1, 8, b"x" * 100)
    flood.tcp(to, CLIENT, 443, 10600, p.ACK, 8, number + 101, b"y" * 100, ttl=50)


def names(flood, number):
    """Lookups of ever new names."""
    flood.learn(GATEWAY, number=number, name="n%d.sigproxy.qq.opendns.com" % number)


def names_that_flap(flood, number):
    """A name that fails and is answered, over and over, behind one that was lost."""
    if number == 0:
        flood.learn(GATEWAY)
        flood.udp(CLIENT, LOCAL, 29999, 53, p.query(1, "lost.sigproxy.qq.opendns.com", p.A))
    flood.time += 40_000_000
    flood.udp(CLIENT, LOCAL, 30000 + number % 30000, 53, p.query(number & 0xFFFF, SWG, p.A))
    flood.udp(LOCAL, CLIENT, 53, 30000 + number % 30000, p.response(number & 0xFFFF, SWG, p.A, [], rcode=3), ttl=64)
    flood.time += 40_000_000
    flood.learn(GATEWAY, number=number + 7)


def one_hash(number):
    """Texts of 32 letters that are all the same to GLib's g_str_hash(), which has no seed: 33 * "c" + "0" is 33 * "a" + "r"."""
    return "".join("ar" if number >> place & 1 else "c0" for place in range(16))


def keys_of_one_hash(flood, number):
    """Names, hosts and servers that an unseeded table would put into one place."""
    text = one_hash(number)
    flood.learn(GATEWAY, number=number, name=text + ".sigproxy.qq.opendns.com")
    flood.query(CLIENT, number, edns=p.device_id("%016x" % number))
    flood.reply(CLIENT, number, text="server " + text)
    sport, seq = 10000 + number % 50000, number * 1000
    flood.time += 20_000
    flood.tcp(CLIENT, GATEWAY, sport, 443, p.SYN, seq)
    flood.tcp(GATEWAY, CLIENT, 443, sport, p.SYN | p.ACK, 500, seq + 1, ttl=50)
    flood.tcp(CLIENT, GATEWAY, sport, 443, p.ACK | p.PSH, seq + 1, 501, b"CONNECT %s.example:443 HTTP/1.1\r\n\r\n" % text.encode())


def suspicious(flood, number):
    """Answers that point at what no gateway has."""
    flood.learn("10.0.0.7", RESOLVER, number=number)


def changes(flood, number):
    """Protection that comes and goes as fast as it can."""
    flood.time += 2_000_000
    server = RESOLVER if number % 2 else RESOLVER2
    flood.query(CLIENT, number, server, 443 if number % 4 < 2 else 53)
    if number % 16 < 4:
        flood.reply(CLIENT, number, server, 443 if number % 4 < 2 else 53)


def connects(flood, number):
    """CONNECT to ever new hosts, with every status."""
    if number == 0:
        flood.learn(GATEWAY)
    sport, seq = 10000 + number % 50000, number * 1000
    flood.time += 20_000
    flood.tcp(CLIENT, GATEWAY, sport, 443, p.SYN, seq)
    flood.tcp(GATEWAY, CLIENT, 443, sport, p.SYN | p.ACK, 500, seq + 1, ttl=50)
    flood.tcp(CLIENT, GATEWAY, sport, 443, p.ACK | p.PSH, seq + 1, 501,
              b"CONNECT h%d.example:443 HTTP/1.1\r\nHost: h%d.example\r\n\r\n" % (number, number))
    flood.tcp(GATEWAY, CLIENT, 443, sport, p.ACK | p.PSH, 501, seq + 99, b"HTTP/1.1 %d x\r\n\r\n" % (200 + number % 400), ttl=50)


def direct(flood, number):
    """Direct connections to ever new sites while the gateway is down."""
    if number == 0:
        flood.learn(GATEWAY)
    flood.time += 1000
    if number % 1000 == 0:
        flood.tcp(CLIENT, GATEWAY, 10000 + number // 1000, 443, p.SYN, number)
    site = at(93, number)
    flood.tcp(CLIENT, site, 10000 + number % 50000, 443, p.SYN, number)
    flood.tcp(site, CLIENT, 443, 10000 + number % 50000, p.SYN | p.ACK, 5, number + 1, ttl=50)


def clock(flood, number):
    """A clock that jumps with every packet."""
    flood.time = START + (number % 2) * 900_000_000 + number
    flood.query(CLIENT, number)


def forged(flood, number):
    """Answers with the wrong question."""
    flood.query(CLIENT, number)
    flood.udp(RESOLVER, CLIENT, 443, 20000 + number % 40000, p.response(number & 0xFFFF, "www.example.com", answers=[p.txt("x")]), ttl=50)


def identities(flood, number):
    """Answers that say another device, organisation and server each time."""
    flood.query(CLIENT, number, edns=p.device_id("%016x" % number))
    flood.reply(CLIENT, number, text="server m%d.lon" % number)


def local_servers(flood, number):
    """Probes to ever new servers that are no resolvers."""
    flood.query(CLIENT, number, at(11, number), 53)


def certificates(flood, number):
    """Ever new certificates, and queries with their magics."""
    magic, nonce = b"q" + b"%07d" % number, struct.pack("!III", number, 1, 2)
    flood.udp(RESOLVER, CLIENT, 443, 20000, p.response(number & 0xFFFF, "2.dnscrypt-cert.opendns.com",
              answers=[p.txt(p.dnscrypt_certificate(magic, 0, 0xFFFFFFFF, number))]), ttl=50)
    flood.udp(CLIENT, RESOLVER, 20000 + number % 40000, 443, p.dnscrypt_query(magic, nonce))
    flood.udp(RESOLVER, CLIENT, 443, 20000 + number % 40000, p.dnscrypt_reply(nonce), ttl=50)


def both_sides_of_a_nat(flood, number):
    """Each packet before and behind a NAT."""
    flood.time += 10_000
    for source, ttl in ((CLIENT, 128), (at(11, number % 65000), 127)):
        flood.query(source, number, sport=20000 + number % 40000, ttl=ttl)


KINDS = (clients, clients_of_replies, clients_of_one_device, clients_of_one_adapter, networks, one_port, one_question,
         early_errors, early_resets, gateways, connections_to_gateways, names, names_that_flap, keys_of_one_hash, suspicious, changes,
         connects, direct, clock, forged, identities, local_servers, certificates, both_sides_of_a_nat)


TABLES = ("probes", "handshakes", "outages", "clients", "tree")
FILTERED = "probes,sseroaming.probe.id && udp.port == 443"
# What a window of Wireshark asks for, asked of sharkd: a list of packets, filtered, and one
# packet's details; then every table and the counts at once.
STOCK_REQUESTS = (("frames", {"filter": "udp || tcp", "limit": 50}),)
REQUESTS = (("frames", {"filter": "sseroaming.probe.outcome || sseroaming.swg.outcome || sseroaming.finding", "limit": 50}),
            ("frame", {"frame": PACKETS // 4, "proto": True}),
            ("tap", dict({"tap%d" % number: "nstat:sseroaming," + table for number, table in enumerate(TABLES[:4])}, tap4="stat:sseroaming")))


class Floods(unittest.TestCase):
    wireshark = None

    def cost(self, path, *arguments, plugin=True):
        """Of a tshark. @return output, seconds of the processor, peak memory in bytes."""
        return self.cost_of("tshark", "-n", "-q", "-r", path, *arguments, plugin=plugin)

    def sharkd_cost(self, path, requests, plugin=True):
        """Of a sharkd. @return seconds of the processor."""
        requests = [("load", {"file": path}), *requests]
        lines = "".join(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}) + "\n"
                        for number, (method, parameters) in enumerate(requests, 1))
        out, seconds, _ = self.cost_of("sharkd", "-", data=lines.encode(), plugin=plugin)
        answers = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        self.assertEqual([answer["id"] for answer in answers if "result" in answer], list(range(1, len(requests) + 1)), out[:2000])
        return seconds

    def cost_of(self, *command, data=b"", plugin=True):
        with tempfile.TemporaryFile() as out:
            done = subprocess.run([sys.executable, "-c", MEASURE, *self.wireshark.command(*command)],
                                  input=data, stdout=out, stderr=subprocess.PIPE, timeout=600,
                                  env=self.wireshark.environment(plugin=plugin), cwd=self.wireshark.stage, check=False)
            self.assertEqual(done.returncode, 0, done.stderr[-800:])
            seconds, kilobytes = done.stderr.decode().splitlines()[-1].split()
            out.seek(0)
            return out.read().decode(), float(seconds), int(kilobytes) * 1024

    def measure(self, make, packets):
        """@return packets, seconds and bytes on top of stock tshark's, the report."""
        flood = Flood()
        number = 0
        while flood.count < packets:
            flood.time += 100
            make(flood, number)
            number += 1
        path = self.wireshark.file(flood.bytes(), "flood-%s.pcap" % make.__name__)
        try:
            _, time, memory = self.cost(path, "-z", "io,stat,0", plugin=False)
            out, our_time, our_memory = self.cost(path, "-z", "sseroaming,json")
            report = json.loads(out)
            self.assertEqual(schema.check(report), [], make.__name__)
            self.assertEqual(report["frames"], flood.count)
            if packets == PACKETS:
                text = self.cost(path, "-z", "sseroaming", "-z", "sseroaming,ticket")[0]
                self.assertLess(text.count("\n"), 5000, make.__name__)
                html = self.cost(path, "-z", "sseroaming,html")[0]
                self.assertLess(len(html), 2_000_000, make.__name__)
                self.assertEqual(list(page.check(html)), [], make.__name__)
            # All tables and the tree at once, one behind a filter: their texts are as many as the rows.
            _, tables_time, _ = self.cost(path, *(part for table in (*TABLES, FILTERED) for part in ("-z", "sseroaming," + table)))
            asked_time = self.sharkd_cost(path, REQUESTS) - self.sharkd_cost(path, STOCK_REQUESTS, plugin=False)
            return flood.count, {"read": max(our_time, tables_time) - time, "asked": asked_time}, our_memory - memory, report
        finally:
            os.remove(path)

    def check(self, make):
        for _ in range(TRIES):
            few, few_times, few_memory, _ = self.measure(make, PACKETS // 4)
            many, many_times, many_memory, report = self.measure(make, PACKETS)
            # Four times the packets take four times as long, or a bit more; what grows with their square takes sixteen times.
            slow = {what: (few_times[what], seconds) for what, seconds in many_times.items()
                    if seconds >= 7 * max(few_times[what], 0) + PACKETS * 25e-6}
            if not slow:
                break
        codes = {finding["code"] for owner in (report, *report["clients"]) for finding in owner["findings"]}
        print("%-24s %8d packets: %6.2f s, sharkd %6.2f s, %7.1f MB more than stock; of a quarter %6.2f s, %6.2f s, %7.1f MB. "
              "%d clients, %s, %s: %s" % (make.__name__, many, *many_times.values(), many_memory / 1e6, *few_times.values(),
                                          few_memory / 1e6, len(report["clients"]), report["dns"], report["web"], " ".join(sorted(codes))),
              file=sys.stderr)
        self.assertEqual(slow, {}, make.__name__)
        self.assertLess(many_memory - few_memory, MEMORY * (many - few) + (8 << 20), make.__name__)
        return report


def add(make):
    def test(self):
        self.check(make)
    test.__doc__ = make.__doc__
    setattr(Floods, "test_" + make.__name__, test)


if __name__ == "__main__":
    half = take_option(sys.argv, "--half")
    for kind in KINDS if half is None else KINDS[int(half)::2]:
        add(kind)
    Floods.wireshark = Wireshark(build_folder(sys.argv))
    unittest.main()
