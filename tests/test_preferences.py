#!/usr/bin/env python3
"""What is printed is about the preferences in force, not about their defaults.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_preferences.py [--build FOLDER] [CAPTURE...]

Captures as if Cisco's service had other addresses and names (byte by byte, of
the same length), read with preferences that say so. The verdicts stay, and in
all that is printed (report, JSON, ticket, tables, tree, expert items, details)
no default is named: not one is in the packets. The captures are those whose
golden reports hold every piece of advice, cause and finding at least once.
"""

import concurrent.futures
import glob
import ipaddress
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from wireshark import TESTS, Wireshark, build_folder

# Addresses of RFC 5737 and RFC 3849, names of RFC 2606; each as long as what it stands for.
ADDRESSES = {"208.67.222.222": "198.51.100.222", "208.67.220.220": "198.51.100.220", "208.67.222.220": "198.51.100.122",
             "208.67.220.222": "198.51.100.120", "2620:119:35::35": "2001:db8:35::35", "2620:119:53::53": "2001:db8:53::53"}
NAMES = {"debug.opendns.com": "check.example.org", "sigproxy.qq.opendns.com": "gateways.qq.example.org",
         "sseproxy.qq.opendns.com": "services.qq.example.org", "2.dnscrypt-cert.opendns.com": "2.dnscrypt-cert.example.org",
         "opendns.com": "example.org"}
PREFERENCES = ["-o", "sseroaming.resolvers:" + ",".join(ADDRESSES.values()),
               "-o", "sseroaming.gateway_names:.gateways.qq.example.org,.services.qq.example.org",
               "-o", "sseroaming.probe_names:check.example.org,2.dnscrypt-cert.example.org"]
DEFAULTS = re.compile(r"208\.67\.2\d\d\.2\d\d|2620:119:(?:35|53):\S*|\S*opendns\.com|\S*(?:sig|sse)proxy\S*", re.I)
OUTPUTS = ["-2", "-O", "sseroaming,dnscrypt,sseroaming.log", "-Y", "sseroaming or dnscrypt or sseroaming.log"] + [
    part for tap in ("sseroaming", "sseroaming,json", "sseroaming,ticket", "sseroaming,outages", "sseroaming,clients", "sseroaming,probes", "sseroaming,handshakes", "sseroaming,tree",
                     "expert") for part in ("-z", tap)]
# What the ticket of an outage of both services says to try, of what is in force.
TRY = ("both-failing", r"nslookup -type=txt check\.example\.org 198\.51\.100\.\d+", r"\*\.gateways\.qq\.example\.org")


def replaced():
    """Old -> new, as bytes: as text, as a name in DNS, as an address in a packet."""
    for old, new in ADDRESSES.items():
        yield ipaddress.ip_address(old).packed, ipaddress.ip_address(new).packed
    for old, new in {**ADDRESSES, **NAMES}.items():
        yield old.encode(), new.encode()
    for old, new in NAMES.items():
        yield tuple(b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) for name in (old, new))


def as_other_service(data):
    for old, new in replaced():
        assert len(old) == len(new), (old, new)
        data = re.sub(re.escape(old), lambda _, new=new: new, data, flags=re.I)
    return data


def facts(report):
    """What a report is to hold at least once: advice without its numbers and names, causes, findings."""
    found = {"finding " + one["code"] for holder in [report, *report["clients"]] for one in holder["findings"]}
    for client in report["clients"]:
        for service in ("dns", "web"):
            found.add("%s %s" % (service, client[service]["cause"]))
            found |= {re.sub(r"\S*\d\S*", "#", line) for line in client[service]["advice"] + client[service]["reasons"]}
        found |= set(client.get("log", {}).get("advice", ()))
    return found


def chosen_captures():
    """Capture -> its golden report, few that hold all facts."""
    reports = {}
    for path in sorted(glob.glob(os.path.join(TESTS, "golden", "*.json"))):
        name, *more = os.path.basename(path).split(".")
        if more == ["json"]:
            with open(path, encoding="utf-8") as file:
                reports[name] = json.load(file)
    left, chosen = set().union(*map(facts, reports.values())), {TRY[0]: reports[TRY[0]]}
    while left:
        best = max(reports, key=lambda name: len(facts(reports[name]) & left))
        chosen[best] = reports[best]
        left -= facts(reports[best])
    return chosen


def check(wireshark, name, golden):
    with open(wireshark.capture(name), "rb") as file:
        path = wireshark.file(as_other_service(file.read()), "other-%s.pcapng" % name)
    done = wireshark.tshark(path, *PREFERENCES, *OUTPUTS)
    if done.status or done.err:
        return ["tshark: status %d: %s" % (done.status, done.err.strip())]
    report = json.loads(re.search(r'^\{"schema":.*$', done.out, re.M)[0])
    faults = ["%s is %s, with the defaults it is %s" % (key, report[key], golden[key]) for key in ("dns", "web", "counts")
              if report[key] != golden[key]]
    if name == TRY[0]:
        faults += ["nothing says %s" % wanted for wanted in TRY[1:] if not re.search(wanted, done.out)]
    # The first lines that name it, of what may be many.
    said = [line.strip() for line in done.out.splitlines() if DEFAULTS.search(line)]
    faults += ["names %s: %s" % (", ".join(sorted(set(DEFAULTS.findall(line)))), line[:120]) for line in said[:6]]
    return faults + (["... %d lines in all" % len(said)] if len(said) > 6 else [])


def main():
    arguments = sys.argv[1:]
    wireshark = Wireshark(build_folder(arguments))
    captures = {name: golden for name, golden in chosen_captures().items() if not arguments or name in arguments}
    failed = 0
    for name in captures:
        wireshark.capture(name)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for name, faults in zip(captures, pool.map(lambda one: check(wireshark, *one), captures.items())):
            failed += bool(faults)
            for fault in faults:
                print("%s: %s" % (name, fault))
    print("preferences: %d captures, %d name what is not in force" % (len(captures), failed))
    return 1 if failed or not captures else 0


if __name__ == "__main__":
    sys.exit(main())
