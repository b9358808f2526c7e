#!/usr/bin/env python3
"""The captures that the lab recorded: the plugin says what each scenario expects.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_lab.py [--build FOLDER] [--captures FOLDER] [--fresh | --table | --renew] [SCENARIO...]

Compares the committed captures (captures/lab/) with what lab/scenarios.py
expects, written from the rules, and the report and tickets with the golden files
in golden-lab/. --renew writes those; read the difference. --fresh records two scenarios anew and
compares them as well as their committed captures; where this computer cannot
record it says why and ends with 77.
--captures FOLDER judges the captures of another folder instead; --table prints
scenario, expected, got, findings and what differs.
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "lib"), os.path.join(HERE, "lab")]

import golden_file
import scenarios
import schema
from wireshark import CAPTURES, SEPARATOR, TESTS, Wireshark, build_folder, take_option

LAB, GOLDEN = os.path.join(CAPTURES, "lab"), os.path.join(TESTS, "golden-lab")
TEXTS = ("sseroaming", "sseroaming,ticket")
FRESH = ("dns-dropped", "web-reset-near")
CANNOT = 77


def at_path(report, path):
    at = report
    for part in (("clients.0" + path[1:]) if path.startswith("c.") else path).split("."):
        try:
            at = at[int(part)] if isinstance(at, list) else at[part]
        except (KeyError, IndexError, TypeError):
            return "(no %s)" % part
    return at


def holds(wanted, got):
    if not callable(wanted):
        return got == wanted and isinstance(got, bool) == isinstance(wanted, bool)
    try:
        return bool(wanted(got))
    except (KeyError, IndexError, TypeError):
        return False


def codes(report):
    return sorted({f["code"] for f in report["findings"]} | {f["code"] for c in report["clients"] for f in c["findings"]})


def differences(expected, report):
    """What the report says other than the scenario expects."""
    for service in ("dns", "web"):
        if report[service] != expected[service]:
            yield "%s is %s, expected %s" % (service, report[service], expected[service])
    found = codes(report)
    if "findings" in expected and found != sorted(expected["findings"]):
        yield "findings are %s, expected %s" % (found, sorted(expected["findings"]))
    for code in expected.get("has", ()):
        if code not in found:
            yield "finding %s is missing; there are %s" % (code, found)
    for code in expected.get("lacks", ()):
        if code in found:
            yield "finding %s is wrong here" % code
    for path, wanted in expected.get("expect", {}).items():
        got = at_path(report, path)
        if not holds(wanted, got):
            yield "%s is %s%s" % (path, json.dumps(got), "" if callable(wanted) else ", expected " + json.dumps(wanted))


def judge(wireshark, name, folder=LAB, renew=False):
    """@return (report or None, faults) of one capture."""
    path = os.path.join(folder, name + ".pcapng")
    if not os.path.exists(path):
        return None, ["there is no %s" % os.path.basename(path)]
    with open(path, "rb") as file:
        copy = wireshark.file(file.read(), "lab-%s.pcapng" % name)
    faults, outputs = [], []
    for passes in ((), ("-2",)):
        done = wireshark.tshark(copy, *passes, "-q", *wireshark.several(TEXTS))
        if done.status or done.err:
            return None, ["tshark: status %d: %s" % (done.status, done.err.strip())]
        outputs.append(done.out)
    if outputs[0] != outputs[1]:
        faults.append("two passes say something else than one")
    parts, fault = wireshark.apart(outputs[0], TEXTS)
    if fault:
        return None, [fault]
    report = json.loads(parts[SEPARATOR])
    if folder == LAB:
        faults += golden_file.compare(os.path.join(GOLDEN, name + ".txt"), "\n".join(parts[text] for text in TEXTS),
                                      wireshark.version, renew)
    faults += schema.check(report)
    faults += differences(scenarios.SCENARIOS[name].expected, report)
    return report, faults


def print_table(wireshark, names, folder):
    """Scenario, expected, got: for the README and for eyes."""
    for name in names:
        report, faults = judge(wireshark, name, folder)
        expected = scenarios.SCENARIOS[name].expected
        print("%s\t%s / %s\t%s\t%s\t%s" % (
            name, expected["dns"], expected["web"],
            "%s / %s" % (report["dns"], report["web"]) if report else "-",
            ", ".join(codes(report)) if report else "-", "; ".join(faults) or "ok"))


def test(wireshark, names, folder=LAB, renew=False):
    """@return the number of captures that are judged wrongly."""
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for name, (_, faults) in zip(names, pool.map(lambda name: judge(wireshark, name, folder, renew), names)):
            wrong += bool(faults)
            for fault in faults:
                print("%s: %s" % (name, fault))
    print("%d of %d captures are judged as expected" % (len(names) - wrong, len(names)))
    return wrong


def strangers():
    """Captures and golden files that no scenario made."""
    return sorted(file for folder in (LAB, GOLDEN) for file in os.listdir(folder)
                  if file != "MANIFEST.md" and os.path.splitext(file)[0] not in scenarios.SCENARIOS)


def manifest():
    """Whether the list beside the captures is the scenarios'."""
    with open(os.path.join(LAB, "MANIFEST.md"), encoding="utf-8") as file:
        return file.read() == scenarios.table()


def fresh(wireshark):
    with tempfile.TemporaryDirectory(prefix="sselab.") as folder:
        done = subprocess.run([sys.executable, "-B", os.path.join(TESTS, "lab", "lab.py"), "record", "--out", folder, *FRESH],
                              check=False)
        if done.returncode == CANNOT:
            print("skipped: this computer cannot record")
            return CANNOT
        if done.returncode:
            return 1
        wrong = test(wireshark, FRESH, folder)
        for name in FRESH:
            old, new = judge(wireshark, name)[0], judge(wireshark, name, folder)[0]
            for path in ("dns", "web", "c.dns.cause", "c.web.cause"):
                if old is None or new is None or at_path(old, path) != at_path(new, path):
                    print("%s: %s is not what it is in the committed capture" % (name, path))
                    wrong += 1
        return 1 if wrong else 0


def main():
    arguments = sys.argv[1:]
    build = build_folder(arguments)
    folder = os.path.abspath(take_option(arguments, "--captures", LAB))
    wireshark = Wireshark(build)
    if "--fresh" in arguments:
        return fresh(wireshark)
    if "--table" in arguments:
        arguments.remove("--table")
        print_table(wireshark, arguments or list(scenarios.SCENARIOS), folder)
        return 0
    renew = "--renew" in arguments
    if renew:
        arguments.remove("--renew")
        os.makedirs(GOLDEN, exist_ok=True)
    wrong = test(wireshark, arguments or list(scenarios.SCENARIOS), folder, renew)
    for file in strangers() if not arguments and folder == LAB else ():
        print("%s belongs to no scenario" % file)
        wrong += 1
    if not arguments and folder == LAB and not manifest():
        print("captures/lab/MANIFEST.md: make it with tests/lab/lab.py table")
        wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
