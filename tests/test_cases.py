#!/usr/bin/env python3
"""The cases: the plugin says of each what an independent analyst says.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_cases.py [--build FOLDER] [--all] [CASE...]

captures/cases/cases.json has for each case `file`, perhaps `log` (merged with it),
`options` for tshark, `why`, and `want`:
  dns, web                 the verdicts at the top of the JSON
  dns_cause, web_cause, confidence, encryption, ipv4, ipv6
                           of the worst client that was observed; shorter, in an
                           analyst's words: dcause, wcause, conf, v6
  clients                  how many
  per                      client -> [dns, web]
  confidences              of DNS, of all clients in any order
  fail_open                connections
  timeline                 states of DNS, IPv4, that were entered
  web_tl                   [state, seconds after the first packet]
  states                   seconds after the first packet -> state of the web
  web_since                seconds after the first packet
  finding; not_finding, finding_not   codes that must be there; must not
  hint                     is a gateway candidate offered?
  log_entries              how many
  text, say; not_text, nosay; top     regular expressions on the text; not in it;
                           on its first screen (white space folded)
A list of verdicts, causes or codes means any of them; of expressions: all.

KNOWN has those that are not right yet. The test fails where another one is wrong,
and where one of KNOWN has become right: so that it only gets shorter.
--all prints what is wrong of every case, KNOWN or not.
"""

import concurrent.futures
import datetime
import json
import os
import re
import sys

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(TESTS, "lib"))

import schema
from wireshark import CAPTURES, Wireshark, build_folder

FOLDER = os.path.join(CAPTURES, "cases")
SCREEN = 24     # lines
# Wireshark's own QUIC has a bug in the second pass over payloads that are none; with
# the plugin and without.
QUIC_BUG = re.compile(r"^.*Dissector bug, protocol QUIC.*\n?", re.M)
NEAR = 0.5      # seconds: a state's frame is that of its first packet, not of the fault

# Not right yet: case -> the rule that it waits for.
KNOWN = {}

# An analyst's words for causes.
CAUSES = {"drop": "no-reply", "intercept": "intercepted", "icmp": "icmp-unreachable", "court": "court-order"}


def listed(value):
    return value if isinstance(value, list) else [value]


def seconds(report, time):
    """From the first packet to a time of the JSON."""
    def number(text):
        whole, fraction = text.rstrip("Z").split(".")
        at = datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.timezone.utc)
        return at.timestamp() + float("0." + fraction)
    return number(time) - number(report["first_time"])


def entered(report, client, service, ip):
    """[(state, seconds)] of a client's timeline."""
    return [(change["to"], seconds(report, change["time"])) for change in client["timeline"]
            if change["service"] == service and change["ip"] == ip]


def worst(report, service):
    """The worst client of which this service was observed; clients stand worst first, but for both services."""
    rank = ("unprotected", "cloud-service-unavailable", "inconclusive", "protected")
    seen = [client for client in report["clients"] if client[service]["verdict"] in rank]
    return min(seen, key=lambda client: rank[1:].index(client[service]["verdict"]) if service == "web"
               else (0, None, 1, 2)[rank.index(client[service]["verdict"])], default=None)


def entries(report):
    logs = [report.get("log")] + [client.get("log") for client in report["clients"]]
    return sum(log["entries"] for log in logs if log)


def codes(report):
    return {f["code"] for f in report["findings"]} | {f["code"] for client in report["clients"] for f in client["findings"]}


def of_reports(report):
    """Key -> what the JSON says, of the keys that name a value."""
    dns, web = worst(report, "dns"), worst(report, "web")
    first = dns and dns["dns"] or web and web["web"] or {}
    both = {one[service]["confidence"] for service, one in (("dns", dns), ("web", web)) if one}
    said = {
        "dns": report["dns"], "web": report["web"], "clients": len(report["clients"]), "log_entries": entries(report),
        "dns_cause": dns and dns["dns"]["cause"], "web_cause": web and web["web"]["cause"],
        "confidence": first.get("confidence"), "encryption": dns and dns["dns"]["encryption"],
        "ipv4": dns and dns["dns"]["ipv4"]["verdict"], "ipv6": dns and dns["dns"]["ipv6"]["verdict"],
        "fail_open": ((web or {}).get("web", {}).get("fail_open") or {}).get("connections", 0),
        "hint": any(client["web"]["gateway_candidates"] for client in report["clients"]),
        # An analyst has one confidence for all that he says.
        "conf": both.pop() if len(both) == 1 else "of DNS and web not the same",
    }
    said.update(dcause=said["dns_cause"], wcause=said["web_cause"], v6=said["ipv6"])
    return said


def faults(want, report, text):
    """What the plugin says other than is wanted."""
    said, found = of_reports(report), codes(report)
    folded, top = (re.sub(r"\s+", " ", part) for part in (text, "\n".join(text.splitlines()[:SCREEN])))
    dns, web = worst(report, "dns"), worst(report, "web")
    for key, wanted in want.items():
        if key in said:
            if said[key] not in [CAUSES.get(one, one) if key in ("dcause", "wcause") else one for one in listed(wanted)]:
                yield "%s is %s, wanted %s" % (key, said[key], wanted)
        elif key == "per":
            for client in report["clients"]:
                verdicts = [client["dns"]["verdict"], client["web"]["verdict"]]
                if wanted.get(client["client"], verdicts) != verdicts:
                    yield "%s: %s, wanted %s" % (client["client"], verdicts, wanted[client["client"]])
            for address in set(wanted) - {client["client"] for client in report["clients"]}:
                yield "%s is no client" % address
        elif key == "confidences":
            got = sorted(client["dns"]["confidence"] or "" for client in report["clients"])
            if got != sorted(wanted):
                yield "confidences are %s, wanted %s" % (got, wanted)
        elif key == "timeline":
            got = [state for state, _ in entered(report, dns, "dns", 4)] if dns else []
            if got != wanted:
                yield "timeline is %s, wanted %s" % (got, wanted)
        elif key in ("web_tl", "states", "web_since"):
            steps = entered(report, web, "web", None) if web else []
            if key == "web_tl" and not (len(steps) == len(wanted) and all(
                    got[0] == one[0] and abs(got[1] - one[1]) <= NEAR for got, one in zip(steps, wanted))):
                yield "timeline of the web is %s, wanted %s" % (steps, wanted)
            for at, state in wanted.items() if key == "states" else ():
                got = ([one for one, since in steps if since <= float(at)] or ["not-observed"])[-1]
                if got != state:
                    yield "the web's state after %s s is %s, wanted %s" % (at, got, state)
            if key == "web_since":
                since = web and web["web"]["since"]
                if not since or abs(seconds(report, since["time"]) - wanted) > NEAR:
                    yield "since of the web is %s, wanted %s s" % (since, wanted)
        elif key == "finding":
            if not found & set(listed(wanted)):
                yield "finding %s is missing; there are %s" % (wanted, sorted(found))
        elif key in ("not_finding", "finding_not"):
            if found & set(listed(wanted)):
                yield "finding %s is wrong here" % wanted
        elif key in ("text", "say", "top"):
            for one in listed(wanted):
                if not re.search(one, top if key == "top" else folded, re.I if key == "say" else 0):
                    yield "%s: /%s/ is not said" % (key, one)
        elif key in ("not_text", "nosay"):
            for one in listed(wanted):
                hit = re.search(one, folded, re.I if key == "nosay" else 0)
                if hit:
                    yield "%s: /%s/ is said: %r" % (key, one, folded[max(0, hit.start() - 60):hit.end() + 20])
        else:
            yield "%s: no such key" % key


def judge(wireshark, name, case):
    """@return what is wrong with a case."""
    paths = []
    for file in [case[key] for key in ("log", "file") if key in case]:
        with open(os.path.join(FOLDER, file), "rb") as stored:
            paths.append(wireshark.file(stored.read(), "case-" + file))
    path = paths[-1]
    if len(paths) > 1:
        done = wireshark.run("mergecap", "-w", "-", *paths)
        if done.status or done.err:
            return ["mergecap: status %d: %s" % (done.status, done.err.strip())]
        path = wireshark.file(done.out.encode("utf-8", "surrogateescape"), "case-%s.pcapng" % name)
    options = case.get("options") or []
    options = options.split() if isinstance(options, str) else options
    found = []
    for passes in ((), ("-2",)):
        taps = ["sseroaming"]
        done = wireshark.tshark(path, *passes, *options, "-q", *wireshark.several(taps), bugs_abort=False)
        said = QUIC_BUG.sub("", done.err).strip()
        if done.status or said:
            return ["tshark: status %d: %s" % (done.status, said)]
        outputs, wrong = wireshark.apart(done.out, taps)
        if wrong:
            return [wrong]
        found.append((outputs["sseroaming"], next(text for text in outputs.values() if text.startswith("{"))))
    report = json.loads(found[0][1])
    wrong = schema.check(report) + list(faults(case["want"], report, found[0][0]))
    return wrong + (["two passes say something else than one"] if found[0] != found[1] else [])


def main():
    arguments = sys.argv[1:]
    build = build_folder(arguments)
    everything = "--all" in arguments
    names = [one for one in arguments if one != "--all"]
    with open(os.path.join(FOLDER, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)
    wireshark = Wireshark(build, 90)
    failed = 0
    names = names or list(cases)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = pool.map(lambda name: judge(wireshark, name, cases[name]), names)
        for name, wrong in zip(names, results):
            known = name in KNOWN
            if wrong and (everything or not known):
                print("\n".join("%s%s: %s" % (name, " (known)" if known else "", one) for one in wrong))
            if known and not wrong:
                print("%s: is right now; take it out of KNOWN" % name)
            failed += known != bool(wrong)
    stored = {file for file in os.listdir(FOLDER) if file.endswith((".pcap", ".log"))}
    for file in stored ^ {case[key] for case in cases.values() for key in ("file", "log") if key in case}:
        print("%s: in the folder or in cases.json, not in both" % file)
        failed += 1
    for name in set(KNOWN) - set(cases):
        print("KNOWN: there is no case %s" % name)
        failed += 1
    print("%d cases, %d known to be wrong, %d not as expected" % (len(names), len(set(KNOWN) & set(names)), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
