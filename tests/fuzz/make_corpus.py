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


def icmp_record(head, rest, cast):
    """An ICMP error: what it quotes stands in place of its own ports."""
    quoted = rest[8:]
    if len(quoted) < 28 or quoted[0] >> 4 not in (4, 6):
        return b""
    protocol, src, dst, inner = transport(quoted, 0)
    if len(inner) < 8 or protocol not in (6, 17):
        return b""
    sport, dport = struct.unpack_from("!HH", inner)
    kind = {(3, 4): 5, (11, 4): 2, (1, 6): 3, (2, 6): 4}.get((rest[0], quoted[0] >> 4), 0)
    about = inner[7] & 15 if protocol == 6 else inner[9] if len(inner) > 9 else 0
    return bytes([kind << 3 | (0x40 if protocol == 6 else 0x80) | 4]) + head[:3] \
        + bytes([PORTS.get(dport, 7) << 4 | sport & 15, cast.place(dst, dport), about, rest[1] & 15])


def observations(records):
    """@return the records of fuzz_verdict.c, eight bytes each."""
    out, cast, last = [], Cast(), records[0].time if records else 0
    for record in records[:400]:
        at = packet(record)
        if at is None:
            continue
        protocol, src, dst, rest = transport(record.data, at)
        if len(rest) < 8:
            continue
        sport, dport = struct.unpack_from("!HH", rest) if protocol in (6, 17) else (0, 0)
        answer = sport in SERVERS and dport not in SERVERS
        server, own = (sport, dport) if answer else (dport, sport)
        source, destination = cast.place(src, sport), cast.place(dst, dport)
        head = bytes([step(record.time - last), source, 0x80 | destination,
                      PORTS.get(server, 7) << 4 | own & 15])
        last = record.time
        if protocol in (1, 58):
            out.append(icmp_record(head, rest, cast))
        elif protocol == 17:
            body = rest[8:]
            name = 1 if NAME_DEBUG in body.lower() else 2 if NAME_CERT in body.lower() else 3 if NAME_GATEWAY in body.lower() else 0
            if name == 0 and len(body) > 100 and 4 <= (destination if not answer else source) <= 7:
                nonce = body[8:20] if answer else body[40:52]
                out.append(bytes([9 if answer else 1]) + head + bytes([sum(nonce) & 15, 0, 0]))
                continue
            rcode, found = (body[3] & 15, body.find(b"server ") >= 0) if len(body) > 8 else (0, False)
            about = (rcode & 7) | (8 if answer and rcode == 0 else 0) | (0x20 if found else 0)
            out.append(bytes([name << 4 | (8 if answer else 0)]) + head
                       + bytes([body[1] if len(body) > 1 else 0, about, 8 if name == 3 else 1 if found else 0]))
        elif protocol == 6 and len(rest) >= 20:
            flags, (seq, ack), body = rest[13] & 31, struct.unpack_from("!II", rest, 4), rest[(rest[12] >> 4) * 4:]
            http = 1 if body[:8] == b"CONNECT " else 4 if body[:5] == b"HTTP/" else 0
            status = int(body[9:10] or b"1") - 1 if http == 4 else 0
            out.append(bytes([flags << 3 | (6 if answer else 2)]) + head
                       + bytes([(seq & 15) | (ack - 1 & 15) << 4,
                                (1 if flags & 2 else 0) | (4 if body else 0) | (8 if len(body) > 1200 else 0) | http << 4, status]))
    return [record for record in out if len(record) == 8]


def forms(rows):
    """The same packets as they might come: as they did, each one twice, in
    swapped order, without either direction, with other TTLs and clocks."""
    swapped = [row for pair in zip(rows[1::2], rows[0::2]) for row in pair]
    yield b"\0\0" + b"".join(rows)
    yield b"\3\1" + b"".join(row + bytes([row[0], 0]) + row[2:] for row in rows)
    yield b"\0\2" + b"".join(swapped)
    yield b"\0\2" + b"".join(reversed(rows))
    for answers in (False, True):
        yield b"\1\0" + b"".join(row for row in rows if (row[3] & 31 < 4) == answers)
    # A second capture point: another source and TTL, the same payload.
    yield b"\0\0" + b"".join(row + bytes([row[0], 2 | 3 << 5, 3 if row[2] & 31 < 4 else row[2], row[3]]) + row[4:] for row in rows)
    yield b"\4\5" + b"".join(bytes([row[0], row[1] if at % 7 else 24 + at % 6]) + row[2:] for at, row in enumerate(rows))
    # A broken bit in each, and somebody looking meanwhile.
    yield b"\2\0" + b"".join(bytes(byte ^ (1 << at % 8 if place == at % 8 else 0) for place, byte in enumerate(row))
                             + b"\xff" + bytes(7) for at, row in enumerate(rows))


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
            for form in forms(observations(records)):
                write("verdict", form)
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
                for more, missing in ((0, 0), (0x50, 0), (0x70, 20), (2, 0), (0x40, 100), (0x4c, 0)):
                    write("wire", struct.pack("!HBB", at, how ^ more, missing) + record.data[:600])
                # What an error quotes may be what Wireshark names.
                if protocol in (1, 58) and len(rest) > 36:
                    write("wire", struct.pack("!HBB", len(record.data) - len(rest) + 8, how | 8, 0) + record.data[:600])
                # A fragment, and the whole of it in a source of its own.
                if not v6 and len(rest) > 40:
                    part = bytearray(record.data[:600])
                    part[at + 6:at + 8] = b"\x20\0"
                    write("wire", struct.pack("!HBB", at, how | 0x10, 0) + bytes(part) + rest[:len(part)].ljust(len(part), b"\0"))
                    part[at + 6:at + 8] = b"\0\x08"
                    write("wire", struct.pack("!HBB", at, how | 0x30, 0) + bytes(part) + rest[:len(part)].ljust(len(part), b"\0"))
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
