#!/usr/bin/env python3
"""Random requests to sharkd over damaged captures: none ends it that stock's survives.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_walk.py [--build FOLDER] [--rounds N] [--seed N]

A round is one sharkd: captures with some bytes changed are loaded, tapped, listed,
filtered, their frames taken apart, every preference set to good and bad values,
and all that again. What ends sharkd, or what a sanitizer says (tests/sanitize.sh),
is asked again of a sharkd without the plugin: where that one ends at the same
request or before, the fault is stock's, and only counted. The seed is fixed; a night
is --rounds 20000 with another one.
"""

import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from wireshark import CAPTURES, Wireshark, add_captures_to_path, build_folder, take_number

add_captures_to_path()

import capturefile

TAPS = ("nstat:sseroaming,probes", "nstat:sseroaming,handshakes", "nstat:sseroaming,outages", "nstat:sseroaming,clients",
        "stat:sseroaming", "expert", "nstat:dns")
FILTERS = ("", "sseroaming", "dnscrypt", "sseroaming.probe.outcome == 2", "sseroaming.swg.outcome != 1", "sseroaming.dns.state >= 2",
           "sseroaming.fail_open", "ip.addr == 192.168.0.204 && sseroaming.finding", "sseroaming.client == 10.0.0.0/8", "udp.port == 443",
           "sseroaming.nothing", "((", "frame.number > 3 && !sseroaming.probe.id")
PREFERENCES = {
    "resolvers": ("208.67.222.222", "1.1.1.1, 2620:119:35::35", "", "x" * 5000, "0.0.0.0"),
    "gateways": ("", "18.135.112.0/24", "0.0.0.0/0", "::/0, 10.0.0.1", "10.0.0.0/99"),
    "gateway_names": (".sigproxy.qq.opendns.com", "", "a", ".", ".com, .org"),
    "probe_names": ("debug.opendns.com", "www.example.com", "", "\u202e", "."),
    "probe_timeout": ("5000", "1", "0", "4294967295", "-1"), "syn_timeout": ("3000", "1", "4294967296", "x"),
    "redact": ("TRUE", "FALSE", "perhaps"), "log_shift": ("0", "3600", "-99999999999", "1.5", "x"),
}


def names():
    """The captures, the larger ones left out: a round is to be short."""
    found = [os.path.join(folder, one) for folder in ("lab", "synthetic", "dnscrypt") for one in os.listdir(os.path.join(CAPTURES, folder))
             if one.endswith(".pcapng")]
    return sorted(one for one in found if os.path.getsize(os.path.join(CAPTURES, one)) < 60_000)


def damaged(data, chance):
    """The capture with some bytes of its packets changed; sometimes of the file itself, which sharkd may then refuse."""
    if chance.random() < 0.1:
        out = bytearray(data)
        for _ in range(3):
            out[chance.randrange(len(out))] = chance.randrange(256)
        return bytes(out)
    records, rate = capturefile.read(data), chance.choice((0, 0.0005, 0.005, 0.02))
    linktypes = sorted({one.linktype for one in records}) or [1]
    for one in records:
        out = bytearray(one.data)
        for _ in range(sum(chance.random() < rate for _ in out)):
            out[chance.randrange(len(out))] = chance.randrange(256)
        one.data, one.interface = bytes(out), linktypes.index(one.linktype)
    return capturefile.pcapng([(linktype, 0, 9) for linktype in linktypes], records)


def request(chance, files):
    kind = chance.choice(("load", "tap", "tap", "frames", "frame", "frame", "setconf", "setconf", "check", "status"))
    if kind == "load":
        return kind, {"file": chance.choice(files)}
    if kind == "tap":
        taps = chance.sample(TAPS, chance.randrange(1, 6))
        where = chance.choice(FILTERS)
        return kind, {"tap%d" % number: one + ("," + where if where and one.startswith("nstat:sse") and chance.random() < 0.3 else "")
                      for number, one in enumerate(taps)}
    if kind == "frames":
        where = chance.choice(FILTERS)
        return kind, dict({"limit": 50}, **({"filter": where} if where else {}))
    if kind == "frame":
        return kind, {"frame": chance.choice((1, 2, chance.randrange(1, 200))), "proto": True, "bytes": chance.random() < 0.5}
    if kind == "setconf":
        name = chance.choice(sorted(PREFERENCES))
        return kind, {"name": "sseroaming." + name, "value": chance.choice(PREFERENCES[name])}
    if kind == "check":
        return kind, {"filter": chance.choice(FILTERS[1:])}
    return kind, {}


def answered(wireshark, requests, plugin):
    """@return the number of the last request that one sharkd answered (not each is: a damaged file has none), and what was
    wrong with its end."""
    lines = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
             for number, (method, parameters) in enumerate(requests, 1)]
    done = wireshark.run("sharkd", "-", data=("\n".join(lines) + "\n").encode(), timeout=300, plugin=plugin, bugs_abort=False)
    wrong = "Sanitizer" in done.err or "runtime error" in done.err or done.status < 0
    answers = [json.loads(line) for line in done.out.splitlines() if line.startswith("{")]
    return max((one["id"] for one in answers if "id" in one), default=0), done.err[-600:] if wrong else None


def main():
    wireshark = Wireshark(build_folder(sys.argv), expected=120)
    rounds, seed = take_number(sys.argv, "--rounds", 30), take_number(sys.argv, "--seed", 1)
    captures, faults, of_stock, asked = names(), [], 0, 0
    for number in range(rounds):
        chance = random.Random("%d %d" % (seed, number))
        files = []
        for at, name in enumerate(chance.sample(captures, 3)):
            with open(os.path.join(CAPTURES, name), "rb") as file:
                files.append(wireshark.file(damaged(file.read(), chance), "walk-%d.pcapng" % at))
        requests = [("load", {"file": files[0]})] + [request(chance, files) for _ in range(24)] + [("status", {})]
        count, wrong = answered(wireshark, requests, True)
        asked += len(requests)
        if count == len(requests) and wrong is None:
            continue
        stock, _ = answered(wireshark, requests, False)
        if stock <= count and stock < len(requests):
            of_stock += 1
        else:
            faults.append("round %d of seed %d ended at request %d, %s\n%s" % (number, seed, count + 1,
                                                                                json.dumps(requests[min(count, len(requests) - 1)]), wrong))
    print("\n".join(faults))
    print("%d requests in %d rounds: %d rounds ended sharkd, %d of them stock's, too" % (asked, rounds, len(faults) + of_stock, of_stock))
    return 1 if faults or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
