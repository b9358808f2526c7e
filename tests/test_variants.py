#!/usr/bin/env python3
"""The same packets in another form get the same verdict; where a form takes
the truth away, no wrong one.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_variants.py [--build FOLDER] [BASE or FORM...]

captures/make_variants.py makes the files, here they are judged. The whole JSON
of a variant is compared with its base's; frame numbers are translated to the
base's. What may differ is listed per form in DIFFERS, with the reason.
"""

import concurrent.futures
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

import schema
from wireshark import Wireshark, add_captures_to_path, build_folder

add_captures_to_path()

import make_variants as make
from golden import expectations
from make_synthetic import GATEWAY

# The addresses of the gateway in all bases.
GATEWAYS = "18.135.112.200,2a02:26f0:dead::200"

FRAME_KEYS = {"frame", "first_frame", "last_frame", "known_since_frame"}
TIME_KEYS = {"time", "first_time", "last_time"}

# What a form may change: path -> why.
COPIES = {r".*frames(_total)?": "the copies take part too", "last_time": "the last copy's time"}
DIFFERS = {
    "mirror": COPIES,
    "pktmon": COPIES,
    "raw": {"(first|last)_time": "ARP is not in it"},
    "pppoe": {"(first|last)_time": "ARP is not in it"},
    "loopback": {"(first|last)_time": "packets on loopback are before and behind the others"},
    "swapped": {r".*origin(_reasons)?|.*reset_reasons": "an answer that stands before its question has no delay"},
    "snap-128": {
        r"findings.*": "cut-packets",
        r".*\.(confidence|reasons)": "limited by cut-packets",
        r".*\.identity\..*": "the strings are cut",
        r".*\.gateways\.\d+\.(name|known_from|known_since_frame)": "the answer that tells the address is cut, the "
                                                                      "preference gives no name",
        r".*\.(web|outages\.\d+)\.(allow|advice)": "the same: no name to allow",
        r"preferences\.gateways": "the preference is named",
    },
}
# Where the gateway's address must be given, as what taught it is cut.
PREFERENCE = ("-o", "sseroaming.gateways:" + GATEWAYS)
OPTIONS = {"snap-128": PREFERENCE}
# Without link-layer addresses nothing ties IPv4 and IPv6 of one computer: see LESS.
NOT_MADE = {("raw", "lab/dns-icmpv6"), ("raw", "web-ipv6")}


def translate(report, origins, shift=0):
    """A report in the base's frame numbers and times. Lists that hold only the
    first frames of many are left out."""
    def walk(item):
        if isinstance(item, dict):
            out = {}
            for key, value in item.items():
                if key in FRAME_KEYS and value is not None:
                    value = origins[value - 1]
                elif key in TIME_KEYS and value is not None:
                    head, part = value[:-1].split(".")
                    value = "%s.%09dZ" % (head, int(part) - shift)
                elif key == "frames" and isinstance(value, list):
                    value = sorted({origins[n - 1] or 0 for n in value}) if len(value) < 16 else None
                else:
                    value = walk(value)
                out[key] = value
            return out
        return [walk(one) for one in item] if isinstance(item, list) else item
    out = walk(report)
    # Copies and fragments are frames too.
    out["frames"] = None
    return out


def flat(item, path=""):
    """Path -> value of everything in a report."""
    if isinstance(item, dict):
        pairs = item.items()
    elif isinstance(item, list) and any(isinstance(one, (dict, list)) for one in item):
        pairs = enumerate(item)
    else:
        return {path[1:]: item}
    out = {}
    for key, value in pairs:
        out.update(flat(value, "%s.%s" % (path, key)))
    return out


def differences(wanted, got, allowed):
    """What differs of two reports, save what may, as lines."""
    wanted, got, nothing = flat(wanted), flat(got), object()
    for path in sorted(set(wanted) | set(got)):
        a, b = wanted.get(path, nothing), got.get(path, nothing)
        if a != b and not any(re.fullmatch(pattern, path) for pattern in allowed):
            yield "%s: %s, the base has %s" % (path, "(nothing)" if b is nothing else json.dumps(b),
                                               "(nothing)" if a is nothing else json.dumps(a))


# Less than the truth, and what may be said then, by the rules of plugin/docs/verdict.md, not by what the plugin prints.

def sent(packets):
    return make.one_way(packets, False)


def received(packets):
    return make.one_way(packets, True)


def since(seconds):
    return lambda packets: make.part(packets, seconds)


def until(seconds):
    return lambda packets: make.part(packets, end=seconds)


def snap(size):
    return lambda packets: make.snapped(packets, size)


def clock_back(after, by):
    return lambda packets: make.clock_back(packets, after, by)


def sent_first(packets):
    return make.appended(packets, False)


def received_first(packets):
    return make.appended(packets, True)


def limited(*services):
    return {"c.%s.confidence" % service: "limited" for service in services}


def cause(service, name):
    return {"c.%s.cause" % service: name}


GOOD_443, GOOD_WEB = "resolver 208.67.222.222 443 outcomes", "c.web.gateways.0.outcomes"
UP, DOWN = {"dns": "protected", "web": "protected"}, {"dns": "unprotected", "web": "cloud-service-unavailable"}
UNKNOWN = {"dns": "not-observed", "web": "not-observed"}
OPEN = {"dns": "inconclusive", "web": "inconclusive"}
ONE_WAY, CUT, CLOCK, TIMES = ("one-way-capture",), ("cut-packets",), ("clock-jump",), ("timestamps-unusable",)

# (base, what is left, how to make it, with the gateway's address given, what golden.py checks)
LESS = [
    # Without link-layer addresses the two addresses of one computer are two clients.
    ("dns-icmpv6-filter", "raw IP", make.FORMS["raw"].make, False,
     {"dns": "unprotected",
      "expect": {"counts.clients": 2, "c.client": "2001:db8:0:1::cc", **cause("dns", "icmp-unreachable")}}),

    # The client's packets only: it shows by its fallback that it got no answer, by its acknowledgements that it did.
    ("both-protected", "sent", sent, False, {"dns": "inconclusive", "web": "inconclusive", "has": ONE_WAY}),
    ("both-protected", "sent", sent, True,
     {"dns": "inconclusive", "web": "protected", "has": ONE_WAY, "expect": limited("web")}),
    ("both-failing", "sent", sent, True,
     {**DOWN, "has": ONE_WAY, "expect": {**limited("dns", "web"), **cause("web", "no-reply")}}),
    # Lookups that nobody is seen to answer say nothing: it does not repeat them.
    ("web-name-no-ipv6", "sent", sent, False, {"web": "inconclusive", "has": ONE_WAY}),
    ("lab/web-healed", "sent", sent, True, {"web": "protected", "has": ONE_WAY, "expect": limited("web")}),

    # What reached the client only: answers prove, what got none is not to be seen.
    ("both-protected", "received", received, False, {**UP, "has": ONE_WAY, "expect": limited("dns", "web")}),
    ("both-failing", "received", received, False, UNKNOWN),
    ("dns-intercepted-nxdomain", "received", received, False,
     {"dns": "unprotected", "has": ONE_WAY, "expect": cause("dns", "intercepted")}),
    ("dns-icmp-filter", "received", received, False, {"dns": "not-observed"}),
    # The gateway's half of an opening, and no data: nobody knows what the client sent.
    ("web-session-silent", "received", received, False, {"web": "inconclusive"}),

    # Without the beginning: no answer that tells the gateway's address; replies without their queries still count.
    ("both-protected", "from 12 s on", since(12), False, {"dns": "protected", "web": "not-observed"}),
    ("both-protected", "from 12 s on", since(12), True, UP),
    ("both-protected", "from a reply on", since(10.01), False, {"dns": "protected", "has": ("late-start",)}),
    ("both-failing", "from 16 s on", since(16), False,
     {"dns": "unprotected", "web": "not-observed", "expect": {"c.web.gateway_candidates.0.address": GATEWAY}}),
    ("both-failing", "from 16 s on", since(16), True, {**DOWN, "expect": {"c.dns.since.at_or_before": True}}),

    # Without the end: what still waits is pending, and no failure.
    ("both-failing", "until 2.4 s", until(2.4), False, OPEN),
    ("both-failing", "until 6 s", until(6), False, {"dns": "inconclusive", "web": "cloud-service-unavailable"}),
    ("both-failing", "until 20.3 s", until(20.3), False, {**DOWN, "expect": {GOOD_443: {"no-reply": 3, "pending": 2}}}),
    ("both-protected", "until a query", until(20.01), False,
     {**UP, "findings": (), "expect": {GOOD_443: {"answered": 2, "pending": 1}}}),
    ("both-protected", "until a SYN", until(16.005), False,
     {**UP, "findings": (), "expect": {GOOD_WEB: {"completed": 3, "pending": 1}}}),

    # Cut to headers: no names, so no probes and no gateway; with its address TCP's headers tell enough.
    ("both-protected", "snap length 64", snap(64), False, {**UNKNOWN, "has": CUT}),
    ("both-protected", "snap length 64", snap(64), True,
     {"dns": "not-observed", "web": "protected", "has": CUT, "expect": limited("web")}),
    ("both-failing", "snap length 64", snap(64), True,
     {"dns": "not-observed", "web": "cloud-service-unavailable", "has": CUT,
      "expect": {**limited("web"), **cause("web", "no-reply")}}),
    ("article-swg", "snap length 64", snap(64), True,
     {"web": "cloud-service-unavailable", "expect": {**limited("web"), **cause("web", "reset")}}),
    ("dns-ipv6", "snap length 64", snap(64), False, {"dns": "not-observed", "has": CUT}),
    ("dns-icmp-filter", "snap length 64", snap(64), False, {"dns": "not-observed", "has": CUT}),
    # The answer for the gateway's name is cut before its address: that is no name that did not resolve.
    ("both-protected", "snap length 128", snap(128), False,
     {"dns": "protected", "web": "not-observed", "findings": CUT, "expect": limited("dns")}),
    ("both-failing", "snap length 128", snap(128), False,
     {"dns": "unprotected", "web": "not-observed", "has": CUT, "expect": limited("dns")}),

    # A clock that jumps back: what is proved stands, with less confidence. Which of two states is the newer cannot be
    # known where times and order disagree.
    ("both-protected", "clock back by 60 s", clock_back(14, 60), False,
     {**UP, "has": CLOCK, "expect": limited("dns", "web")}),
    ("both-protected", "clock back within a tunnel", clock_back(1.02, 60), False,
     {**UP, "has": CLOCK, "expect": limited("dns", "web")}),
    ("both-failing", "clock back by 60 s", clock_back(14, 60), False,
     {**DOWN, "has": CLOCK, "expect": limited("dns", "web")}),
    ("dns-recovered", "clock back by an hour", clock_back(29.9, 3600), False,
     {"has": CLOCK, "expect": limited("dns")}),
    ("dns-broken-later", "clock back by an hour", clock_back(29.9, 3600), False,
     {"has": CLOCK, "expect": limited("dns")}),

    # The directions one behind the other: what fits together still does. That what was received comes first hides much of
    # what else reached the client, and makes no dead line of a block; nor a block of a dead line.
    *((base, what, how, False, {**expected, "has": CLOCK, "expect": {**expect, **limited("dns")}})
      for what, how in (("sent, then received", sent_first), ("received, then sent", received_first))
      for base, expected, expect in (
          ("both-protected", UP, limited("web")),
          ("both-failing", DOWN, {**limited("web"), **cause("dns", "no-reply"), **cause("web", "no-reply")}),
          ("lab/web-healed", UP, {**limited("web"), "c.outages.0.service": "web", "c.outages.0.counted": True}),
          ("dns-no-connectivity", {"dns": "inconclusive"}, cause("dns", "no-connectivity")))),

    # No times: what is said in a packet counts, silence does not.
    ("both-protected", "times zero", make.all_zero, False, {**UP, "has": TIMES, "expect": limited("dns", "web")}),
    ("both-failing", "times zero", make.all_zero, False, {**OPEN, "has": TIMES}),
    ("dns-intercepted-nxdomain", "times zero", make.all_zero, False,
     {"dns": "unprotected", "has": TIMES, "expect": {**limited("dns"), **cause("dns", "intercepted")}}),
    ("dns-icmp-filter", "times zero", make.all_zero, False,
     {"dns": "unprotected", "has": TIMES, "expect": {**limited("dns"), **cause("dns", "icmp-unreachable")}}),
    ("article-swg", "times zero", make.all_zero, False,
     {"web": "cloud-service-unavailable", "has": TIMES, "expect": {**limited("web"), **cause("web", "reset")}}),

    ("both-failing", "no packets", make.nothing, False, {**UNKNOWN, "findings": (), "expect": {"frames": 0}}),
]


class Run:
    def __init__(self, wireshark):
        self.wireshark = wireshark

    def report(self, data, name, options=()):
        path = self.wireshark.file(data, name)
        done = self.wireshark.tshark(path, "-q", *options, "-z", "sseroaming,json")
        os.remove(path)
        if done.status or done.err:
            raise AssertionError("tshark: status %d: %s" % (done.status, done.err.strip()))
        report = json.loads(done.out)
        faults = schema.check(report)
        if faults:
            raise AssertionError("contract: " + "; ".join(faults))
        return report

    def proof(self, one, variant, name):
        """Has the file the form that it is said to have?"""
        path = self.wireshark.file(variant.data, name)
        done = self.wireshark.tshark(path, "-Y", one.proof, "-T", "fields", "-e", "frame.time_epoch", plugin=False)
        os.remove(path)
        times = done.out.split()
        if done.status or not times or (one.every and len(times) != len(variant.origins)):
            yield "only %d of %d frames are %s %s" % (len(times), len(variant.origins), one.proof, done.err)
        for time in times:
            if int(time[-3:]) != variant.shift % 1000:
                yield "the time %s should end with %03d ns" % (time, variant.shift)
                return


def same(run, name, base, one, variant, prove):
    """A variant against its base's report. @return faults."""
    file = "%s.%s.cap" % (name.replace("/", "-"), one.name)
    faults = list(run.proof(one, variant, file)) if prove else []
    report = run.report(variant.data, file, OPTIONS.get(one.name, ()))
    if report["frames"] != len(variant.origins):
        faults.append("%d frames reported of %d" % (report["frames"], len(variant.origins)))
    wanted = translate(base, range(1, base["frames"] + 1))
    faults += differences(wanted, translate(report, variant.origins, variant.shift), DIFFERS.get(one.name, {}))
    return faults


def less(run, number, base, how, with_gateway, expected):
    variant = how(make.packets(make.load(base)))
    report = run.report(variant.data, "less%d.cap" % number, PREFERENCE if with_gateway else ())
    return list(expectations(expected, report))


def main():
    arguments = sys.argv[1:]
    wireshark = Wireshark(build_folder(arguments))
    run = Run(wireshark)
    jobs, proved = [], set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        bases = {}
        for name in make.BASES:
            data = make.load(name)
            bases[name] = make.packets(data), pool.submit(run.report, data, name.replace("/", "-") + ".cap")
        for name, (packets, base) in bases.items():
            if base.exception():
                jobs.append((name, base))
                continue
            for one in make.FORMS.values():
                if (one.name, name) in NOT_MADE or (arguments and not {name, one.name} & set(arguments)):
                    continue
                variant = one.make(packets)
                if variant is not None:
                    jobs.append(("%s as %s" % (name, one.name),
                                 pool.submit(same, run, name, base.result(), one, variant, one.name not in proved)))
                    proved.add(one.name)
        for number, (name, what, how, with_gateway, expected) in enumerate(LESS):
            if not arguments or {name, what} & set(arguments):
                jobs.append(("%s, %s%s" % (name, what, ", gateway given" if with_gateway else ""),
                             pool.submit(less, run, number, name, how, with_gateway, expected)))
        failed = 0
        for name in set() if arguments else set(make.FORMS) - proved:
            failed += 1
            print("FAILED: no base can have the form %s" % name)
        for name, job in jobs:
            try:
                faults = job.result()
            except AssertionError as error:
                faults = [str(error)]
            if faults:
                failed += 1
                print("FAILED %s" % name)
                for fault in faults:
                    print("  " + fault)
    print("variants: %d checked, %d failed" % (len(jobs), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
