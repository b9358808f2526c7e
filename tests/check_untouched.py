#!/usr/bin/env python3
"""That the plugin takes nothing that is QUIC, DTLS, TLS or DNS, over captures of
somebody else: the folder test/captures of Wireshark's source package.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: check_untouched.py [--build FOLDER] CAPTURES

1. Details of every capture are the same with the plugin and without it.
2. The same with their own servers on ports 443 and 53 declared as resolvers, so
   that the plugin looks at them: what each packet is, and its Info column.
3. What is in them is no business of ours by its addresses alone. So every UDP
   and TCP payload of theirs is sent once more to a resolver's and from a
   resolver's port 443 and 53, and none may become DNSCrypt. With the plugin
   each must be what it is without, save that a DNS message may become one.
4. The verdict on each capture is "not observed", with no client, no finding but
   those about its clock, and not a single mark, in one pass and in two.
"""

import concurrent.futures
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from wireshark import Wireshark, add_captures_to_path, build_folder

add_captures_to_path()

import packets as p
import pcapng

CLIENT, RESOLVER = "192.0.2.1", "208.67.222.222"
# Of one capture and protocol: more would be more of the same.
PAYLOADS = 300
# Others talk on every port; a client's port that no protocol has.
PORT = 49000


def payloads(wireshark, path):
    """@return protocol: its first payloads, each once"""
    done = wireshark.tshark(path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,", "-E", "separator=;",
                            "-e", "udp.payload", "-e", "tcp.payload", plugin=False)
    found = {"udp": {}, "tcp": {}}
    for line in done.out.splitlines():
        for kind, values in zip(found, line.split(";")):
            found[kind].update(dict.fromkeys(value for value in values.split(",") if value))
    return {kind: [bytes.fromhex(value.replace(":", "")) for value in list(values)[:PAYLOADS]] for kind, values in found.items()}


class Sent:
    """A capture of payloads that are sent to and from a resolver."""

    def __init__(self, name):
        self.out = pcapng.Writer(name, (("eth0", pcapng.LINKTYPE_ETHERNET),), 0)
        self.time, self.port, self.frames = 1_724_745_600_000_000, PORT, 0

    def packet(self, src, dst, protocol, payload):
        self.time += 1000
        self.frames += 1
        packet = p.ip(src, dst, protocol, payload, 64, self.frames & 0xFFFF)
        self.out.packet(self.time, p.ethernet("00:00:5e:00:53:01", "00:00:5e:00:53:cc", packet))

    def udp(self, payload, port):
        if len(payload) > 1400:
            return
        self.port = PORT + (self.port + 1 - PORT) % 16000
        self.packet(CLIENT, RESOLVER, p.UDP, p.udp(CLIENT, RESOLVER, self.port, port, payload))
        self.packet(RESOLVER, CLIENT, p.UDP, p.udp(RESOLVER, CLIENT, port, self.port, payload))

    def tcp(self, payload, port):
        if len(payload) > 1400:
            return
        self.port = PORT + (self.port + 1 - PORT) % 16000
        for src, dst, sport, dport, flags, seq, ack, data in (
                (CLIENT, RESOLVER, self.port, port, p.SYN, 100, 0, b""),
                (RESOLVER, CLIENT, port, self.port, p.SYN | p.ACK, 500, 101, b""),
                (CLIENT, RESOLVER, self.port, port, p.ACK | p.PSH, 101, 501, payload),
                (RESOLVER, CLIENT, port, self.port, p.ACK | p.PSH, 501, 101 + len(payload), payload)):
            self.packet(src, dst, p.TCP, p.tcp(src, dst, sport, dport, flags, seq, ack, 64240, b"", data))


def check_same(wireshark, path):
    """Details with the plugin and without. @return what is wrong, or None."""
    one = wireshark.tshark(path, "-V", plugin=False)
    other = wireshark.tshark(path, "-V")
    if (one.status, one.out) == (other.status, other.out):
        return None
    for number, (left, right) in enumerate(zip(one.out.splitlines(), other.out.splitlines()), 1):
        if left != right:
            return "line %d of the details: %r became %r" % (number, left, right)
    return "details differ in length, or tshark ended otherwise: %s" % other.err


def check_verdict(wireshark, path):
    """Nothing of the module is in it. @return what is wrong, or None."""
    for passes in ([], ["-2"]):
        done = wireshark.tshark(path, *passes, "-Y", "sseroaming", "-z", "sseroaming,json")
        # A packet that is marked has a line before the verdict.
        verdict = [line for line in done.out.splitlines() if line]
        if len(verdict) != 1 or not verdict[0].startswith("{"):
            return "marked, or no verdict: %s%s" % (done.out[:400], done.err)
        report = json.loads(verdict[0])
        findings = {finding["code"] for finding in report["findings"]} - {"clock-jump", "timestamps-unusable"}
        if (report["dns"], report["web"], report["clients"], findings) != ("not-observed", "not-observed", [], set()):
            return "a verdict: %s" % verdict[0][:400]
    return None


def check_resolvers(wireshark, path):
    """Their servers as resolvers. @return what is wrong, or None."""
    to = "(tcp.dstport in {53, 443} || udp.dstport in {53, 443})"
    found = wireshark.tshark(path, "-T", "fields", "-E", "separator=,", "-E", "occurrence=l", "-e", "ip.dst", "-e", "ipv6.dst", "-Y", to,
                             plugin=False).out
    servers = sorted({address for line in found.splitlines() for address in line.split(",") if address})
    if not servers:
        return None
    what = ["-T", "fields", "-e", "frame.number", "-e", "frame.protocols", "-e", "_ws.col.Info"]
    one = wireshark.tshark(path, *what, plugin=False)
    other = wireshark.tshark(path, "-o", "sseroaming.resolvers:" + ", ".join(servers[:50]), *what)
    for left, right in zip(one.out.splitlines(), other.out.splitlines()):
        if left != right:
            return "with %s as resolvers: %r became %r" % (servers, left, right)
    return None if one.out == other.out else "with %s as resolvers tshark ended otherwise: %s" % (servers, other.err)


def check_sent(wireshark, path, name):
    sent = Sent(name)
    for kind, found in payloads(wireshark, path).items():
        for port in (443, 53):
            for payload in found:
                getattr(sent, kind)(payload, port)
    if not sent.frames:
        return 0, []
    again = wireshark.file(sent.out.bytes(), "%s.sent.pcapng" % name)
    faults = []
    # A mark of ours is no protocol of the packet, DNSCrypt is one.
    one, other = (wireshark.tshark(again, "-T", "fields", "-e", "frame.number", "-e", "frame.protocols", plugin=plugin)
                  for plugin in (False, True))
    for left, right in zip(one.out.splitlines(), other.out.splitlines()):
        if left != right and not right.endswith(":dns"):
            faults.append("%s to a resolver: %s became %s" % (name, left, right))
        elif "dnscrypt" in right:
            faults.append("%s to a resolver: taken: %s" % (name, right))
    if one.status != other.status or one.out.count("\n") != other.out.count("\n"):
        faults.append("%s to a resolver: tshark ended otherwise: %s" % (name, other.err))
    os.remove(again)
    return sent.frames, faults


def main():
    arguments = sys.argv[1:]
    build = build_folder(arguments)
    if len(arguments) != 1 or not os.path.isdir(arguments[0]):
        raise SystemExit(__doc__)
    wireshark = Wireshark(build)
    work = {}
    for name in sorted(os.listdir(arguments[0])):
        with open(os.path.join(arguments[0], name), "rb") as file:
            path = wireshark.file(file.read(), "of-" + name)
        if wireshark.tshark(path, "-c", "1", plugin=False).status == 0:
            work[name] = path
    failed = frames = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        same = [(name, pool.submit(check, wireshark, path)) for name, path in work.items()
                for check in (check_same, check_resolvers, check_verdict)]
        sent = [pool.submit(check_sent, wireshark, path, name) for name, path in work.items()]
        for name, job in same:
            if job.result():
                failed += 1
                print("FAILED %s: %s" % (name, job.result()))
        for job in sent:
            count, faults = job.result()
            frames += count
            failed += len(faults)
            for fault in faults[:10]:
                print("FAILED " + fault)
    print("untouched: %d captures, %d packets sent to and from a resolver, %d failed" % (len(work), frames, failed))
    return 1 if failed or not work else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.TimeoutExpired as error:
        raise SystemExit("tshark did not end: %s" % error) from error
