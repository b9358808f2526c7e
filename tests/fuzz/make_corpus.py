#!/usr/bin/env python3
"""Writes the fuzzers' seed inputs from the captures of the tests.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: make_corpus.py FOLDER

Makes FOLDER/dns, dnscrypt, http, log, preferences, verdict, wire. The forms are
those that the fuzz targets read: see the head of each fuzz_*.c.
"""

import hashlib
import os
import struct
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CAPTURES = os.path.join(TESTS, "captures")
sys.path.insert(0, CAPTURES)

import capturefile

PREFERENCES = (
    "208.67.222.222, 208.67.220.220, 2620:119:35::35", "18.135.112.0/24;3.0.39.255", "64:ff9b::/96",
    "debug.opendns.com, 2.dnscrypt-cert.opendns.com", ".sigproxy.qq.opendns.com, *.sseproxy.qq.opendns.com",
    "", ",,", "1.2.3.4/", "1.2.3.4/33", "::/0", "10.0.0.1/8", "a..b", "*.", ".", "\u202eexample.com", "a" * 300)

# Forms of the agent's log that the article does not show.
AGENT = (
    "Connection : Connecting to 146.112.9.200:443", "DNSLookup : address lookup took 31 [ms], error = 0",
    "Connection : Resolved IP from 'swg-url-proxy-https.sigproxy.qq.opendns.com' is 146.112.9.200, using index = 0",
    "Connection : Selected modes - CMode : 1, TMode : 1", "Connection : Port = 443. CMode : 1, TMode : 1",
    "Connection: orig dst_addr=135.148.137.214 and dst_port=443 from kdf",
    'CSWGAgent: State cjson object is {"version":1,"swg_protection_state":"protected"}')

# fuzz_verdict.c: cast[], steps[], ports[].
RESOLVERS = {b"\xd0\x43\xde\xde": 4, b"\xd0\x43\xdc\xdc": 5}
STEPS = (0, 1, 1000, 1000000, 20000000, 50000000, 100000000, 170000000, 500000000, 1000000000, 1000000001,
         2000000000, 3000000000, 3000000001, 5000000000, 5000000001, 10000000000, 15000000000, 30000000000,
         60000000000, 120000000000, 600000000000)
PORTS = {443: 0, 53: 1, 80: 2, 5353: 5}
SERVERS = {443, 53, 80}
NAME_DEBUG, NAME_CERT, NAME_GATEWAY = b"\5debug\7opendns\3com\0", b"\2\x32\x0ddnscrypt-cert", b"proxy\2qq\7opendns\3com\0"


def packet(record):
    """@return offset of the IP header in an Ethernet frame, or None."""
    data, at = record.data, 14
    if record.linktype != 1 or len(data) < 34:
        return None
    kind, = struct.unpack_from("!H", data, 12)
    while kind == 0x8100 and len(data) >= at + 4:
        kind, = struct.unpack_from("!H", data, at + 2)
        at += 4
    return at if kind in (0x0800, 0x86DD) else None


def transport(data, at):
    """@return protocol, source, destination, the rest."""
    if data[at] >> 4 == 4:
        return data[at + 9], data[at + 12:at + 16], data[at + 16:at + 20], data[at + 4 * (data[at] & 15):]
    return data[at + 6], data[at + 8:at + 24], data[at + 24:at + 40], data[at + 40:]


class Cast:
    """Gives each address of a capture a place among the cast of fuzz_verdict.c."""

    def __init__(self):
        self.places, self.free = {}, {"client": [0, 1, 27, 28], "gateway": [8, 9], "other": [12, 13, 14, 15, 24, 25]}

    def place(self, address, port):
        if address in RESOLVERS:
            return RESOLVERS[address]
        if len(address) == 16:
            return 6 if address[:4] == b"\x26\x20\x01\x19" else 2
        if address not in self.places:
            kind = "client" if port not in SERVERS else "other" if address[0] in (10, 192) or port == 53 else "gateway"
            free = self.free[kind]
            self.places[address] = free[0]
            self.free[kind] = free[1:] + free[:1]
        return self.places[address]


def step(nanoseconds):
    return min(range(len(STEPS)), key=lambda i: abs(STEPS[i] - max(nanoseconds, 0)))


def observations(records):
    out, cast, last = [b"\0\0"], Cast(), records[0].time if records else 0
    for record in records[:400]:
        at = packet(record)
        if at is None:
            continue
        protocol, src, dst, rest = transport(record.data, at)
        if len(rest) < 8 or protocol not in (6, 17):
            continue
        sport, dport = struct.unpack_from("!HH", rest)
        answer = sport in SERVERS and dport not in SERVERS
        server, own = (sport, dport) if answer else (dport, sport)
        source, destination = cast.place(src, sport), cast.place(dst, dport)
        head = bytes([step(record.time - last), source, 0x80 | destination,
                      PORTS.get(server, 7) << 4 | own & 15])
        last = record.time
        if protocol == 17:
            body = rest[8:]
            name = 1 if NAME_DEBUG in body.lower() else 2 if NAME_CERT in body.lower() else 3 if NAME_GATEWAY in body.lower() else 0
            rcode, found = (body[3] & 15, body.find(b"server ") >= 0) if len(body) > 8 else (0, False)
            about = (rcode & 7) | (8 if answer and rcode == 0 else 0) | (0x20 if found else 0)
            out.append(bytes([name << 4 | (8 if answer else 0)]) + head
                       + bytes([body[1] if len(body) > 1 else 0, about, 8 if name == 3 else 1 if found else 0]))
        else:
            flags, (seq, ack) = rest[13] & 31, struct.unpack_from("!II", rest, 4)
            payload = len(rest) > (rest[12] >> 4) * 4
            out.append(bytes([flags << 3 | (6 if answer else 2)]) + head
                       + bytes([(seq & 15) | (ack - 1 & 15) << 4, (1 if flags & 2 else 0) | (4 if payload else 0), 0]))
    return b"".join(out)


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    counts = {}

    def write(target, data):
        folder = os.path.join(sys.argv[1], target)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, hashlib.sha1(data).hexdigest()), "wb") as out:
            out.write(data)
        counts[target] = counts.get(target, 0) + 1

    for text in PREFERENCES:
        write("preferences", text.encode())
    logs = ["".join("Date : 08/27/2024\nTime : 06:41:22\nType : Information\nSource : csc_swgagent\n\n"
                    "Description : TRACE | Thread 27cc | %s\n\n" % one for one in AGENT)]
    for name in ("cscumbrellaplugin.txt", "Umbrella.txt"):
        with open(os.path.join(CAPTURES, "article", name), encoding="ascii") as file:
            logs.append(file.read())
    for text in logs:
        for encoding in ("ascii", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16"):
            write("log", b"\0" + text.encode(encoding))
            write("log", b"\7" + text.replace("\n", "\r\n").encode(encoding)[:-1])
    for folder, _, names in sorted(os.walk(CAPTURES)):
        for name in sorted(names):
            if not name.endswith(".pcapng"):
                continue
            with open(os.path.join(folder, name), "rb") as file:
                records = capturefile.read(file.read())
            seen = {}
            write("verdict", observations(records))
            for record in records:
                at = packet(record)
                if at is None or len(record.data) < at + 44:
                    continue
                protocol, src, dst, rest = transport(record.data, at)
                v6 = len(src) == 16
                # A few frames of each kind and length say what many would.
                key = (protocol, len(record.data) // 16)
                seen[key] = seen.get(key, 0) + 1
                if seen[key] > 2:
                    continue
                how = (1 if v6 else 0) | (2 if protocol in (1, 58) else 0) | (4 if protocol == 6 else 8)
                write("wire", struct.pack("!HBB", at, how, 0) + record.data[:600])
                if protocol == 17:
                    body, port = rest[8:], struct.unpack_from("!H", rest, 2)[0]
                    write("dns", b"\0" + body[:1200])
                    write("dnscrypt", (b"\x80" if port in SERVERS else b"\0") + body[:1200])
                    if b"DNSC" in body:
                        write("dnscrypt", b"\0" + body[body.index(b"DNSC"):])
                elif protocol == 6:
                    body = rest[(rest[12] >> 4) * 4:]
                    if len(body) > 11:
                        write("http", body[:1200])
    print("seeds: " + ", ".join("%s %d" % item for item in sorted(counts.items())))


if __name__ == "__main__":
    main()
