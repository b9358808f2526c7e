#!/usr/bin/env python3
"""A folder of captures: the commands of packaging/manual/many-captures.md do what is
said there. They are taken from the document and run as they stand.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_many.py [--build FOLDER] [--captures N]

--captures N: instead, N captures in forty sites, by hand: prints seconds.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

import tables
from wireshark import PATIENCE, TOP, Wireshark, build_folder

PAGE = os.path.join(TOP, "packaging", "manual", "many-captures.md")
WEEK = 7 * 24 * 3600

# site, file, capture, seconds later
SITES = [
    ("Berlin", "monday.pcapng", "dns-no-reply", 0),
    ("Berlin", "tuesday.pcapng", "dns-no-reply", 24 * 3600),
    ("Berlin", "later.pcapng", "both-protected", WEEK),
    ("New York", "a b.pcapng", "both-failing", 0),
    ("L'Aquila; echo $HOME \"x\"", "{1} `id` %.pcapng", "web-no-reply", WEEK),
    ("Oslo", "several.pcapng", "capture-several-clients", WEEK),
    ("Oslo", "nothing.cap", "capture-unrelated", 0),
    ("Oslo", "healed.pcapng", "dns-recovered", 0),
    ("Rome", "logs.pcapng", "article-logs", 0),
]
CUT, NONE = ("Oslo", "cut short.pcapng"), ("Berlin", "no capture.pcap")


def recipes():
    """The blocks of the page, in their order: run, again, sites, outages, table, logs, trend, minutes, sharkd, rows."""
    with open(PAGE, encoding="utf-8") as file:
        blocks = re.findall(r"^```sh\n(.*?)^```$", file.read(), re.M | re.S)
    if len(blocks) != 10:
        raise SystemExit("many-captures.md: %d blocks of commands, not 10" % len(blocks))
    return blocks


class Folder:
    """Where the commands run: a folder that their user may write to."""

    def __init__(self, build):
        for program in ("parallel", "jq", "editcap"):
            if shutil.which(program) is None:
                raise SystemExit("%s is not installed: tests/run.sh does that" % program)
        self.tools = Wireshark(build)
        self.top = os.path.join(self.tools.stage, "many")
        os.mkdir(self.top)
        os.chmod(self.top, 0o777)
        # parallel keeps things in the home folder.
        self.home = self.tools.config({})
        os.chmod(self.home, 0o777)

    def put(self, site, name, data):
        folder = os.path.join(self.top, "captures", site)
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o755)
        with open(os.path.join(folder, name), "wb") as out:
            out.write(data)
        os.chmod(os.path.join(folder, name), 0o644)

    def shifted(self, capture, seconds):
        path = os.path.join(self.tools.stage, "shifted.pcapng")
        subprocess.run(["editcap", "-t", str(seconds), self.tools.capture(capture), path], check=True)
        with open(path, "rb") as file:
            return file.read()

    def run(self, block, timeout=60, before=""):
        done = subprocess.run(self.tools.command("bash", "-c", before + block), cwd=self.top, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=timeout * PATIENCE, check=False,
                              env=self.tools.environment(config=self.home))
        return done.stdout.decode(), done.stderr.decode()

    def verdicts(self):
        with open(os.path.join(self.top, "verdicts.jsonl"), encoding="utf-8") as file:
            return [json.loads(line) for line in file]


class Checks:
    def __init__(self):
        self.done = self.failed = 0

    def equal(self, what, got, wanted):
        self.done += 1
        if got != wanted:
            self.failed += 1
            print("FAILED %s\n  wanted: %.2000r\n  got:    %.2000r" % (what, wanted, got))


def tenths(ms):
    """Minutes as jq prints them."""
    return "%g" % (int(ms / 6000 + 0.5) / 10)


def in_one_process(folder, checks, sharkd, rows_of, got):
    """The tables of every capture by one sharkd: the rows that tshark prints, and what could not be loaded."""
    checks.equal("sharkd", folder.run(sharkd), ("", ""))
    with open(os.path.join(folder.top, "sharkd.log"), encoding="utf-8") as file:
        checks.equal("sharkd, cut short", re.findall(r'The file "(.*)" appears to have been cut short', file.read()),
                     ["captures/%s/%s" % CUT])
    for table, asked in (("outages", rows_of), ("clients", rows_of.replace("--arg table outages", "--arg table clients"))):
        lines = [line.split("\t") for line in folder.run(asked)[0].splitlines()]
        failed = sorted(line[0] for line in lines if line[1:] == ["failed"])
        checks.equal("sharkd, failed", failed, ["captures/%s/%s" % NONE])
        wanted = []
        for path, verdict in got.items():
            if path not in failed:
                wanted += [[path, *(cell or "" for cell in row)] for row in getattr(tables, table)(verdict)]
        rows = [line[:-1] for line in lines if line[1:] != ["failed"]]
        # The file stands first. The report does not tell how many outages a client had.
        if table == "clients":
            number = 1 + tables.CLIENTS.index("Outages")
            rows = [row[:number] + row[number + 1:] for row in rows]
        else:
            number = 1 + tables.OUTAGES.index("Seconds")
            rows = [row[:number] + ["%.3f" % float(row[number])] + row[number + 1:] for row in rows]
        checks.equal("sharkd, " + table, sorted(rows), sorted(wanted))


def check(folder, checks):
    run, again, sites, outages, table, logs, trend, minutes, sharkd, rows_of = recipes()
    for site, name, capture, seconds in SITES:
        folder.put(site, name, folder.shifted(capture, seconds))
    whole = folder.shifted("dns-no-reply", WEEK)
    folder.put(*CUT, whole[:-7])
    folder.put(*NONE, b"this is no capture\n")

    out, err = folder.run(run)
    files = sorted(["captures/%s/%s" % (site, name) for site, name, _, _ in SITES] + ["captures/%s/%s" % CUT])
    got = {verdict.pop("file"): verdict for verdict in folder.verdicts()}
    checks.equal("one line per capture, in order", list(got), files)
    for site, name, _, _ in SITES:
        path = "captures/%s/%s" % (site, name)
        alone = folder.tools.tshark(os.path.join(folder.top, path), "-q", "-z", "sseroaming,json")
        checks.equal("as alone: " + path, got[path], json.loads(alone.out))
    checks.equal("what can be read of a capture cut short", got["captures/%s/%s" % CUT]["dns"], "unprotected")
    checks.equal("progress", "100%" in err, True)
    lines = out.splitlines()
    checks.equal("how many failed", lines[-1], "2 of %d failed" % (len(SITES) + 2))
    # Each line is a command that does the same again.
    for line, path in zip(sorted(lines[:-1]), ("captures/%s/%s" % NONE, "captures/%s/%s" % CUT)):
        checks.equal("runs again: " + path, [json.loads(text)["file"] for text in folder.run(line)[0].splitlines()],
                     [path] if path.endswith("ng") else [])
    checks.equal("failures listed", len(lines), 3)

    # The capture that was cut short is there whole now: its line alone changes.
    folder.put(*CUT, whole)
    before = folder.verdicts()
    _, err = folder.run(again, before="export PARALLEL_SHELL=/bin/bash\n")
    checks.equal("again", "parallel:" in err, False)
    path = "captures/%s/%s" % CUT
    alone = json.loads(folder.tools.tshark(os.path.join(folder.top, path), "-q", "-z", "sseroaming,json").out)
    checks.equal("again, verdicts", folder.verdicts(),
                 [dict(alone, file=path) if verdict["file"] == path else verdict for verdict in before])
    checks.equal("again, failures", folder.run(run[run.index("awk "):])[0].splitlines()[1:],
                 ["1 of %d failed" % (len(SITES) + 2)])
    folder.put(*CUT, whole[:-7])

    # The same line, over two hosts that share the folder.
    with open(os.path.join(folder.top, "as-ssh"), "w", encoding="utf-8") as out_file:
        out_file.write('#!/bin/bash\nwhile [ "${1#-}" != "$1" ]; do shift; done\necho "$1" >> hosts\nshift\n'
                       '[ "$1" != -- ] || shift\nexec bash -c "$*"\n')
    os.chmod(os.path.join(folder.top, "as-ssh"), 0o755)
    over = run.replace("parallel -0", 'parallel -0 --ssh ./as-ssh -j 2 --sshlogin one,two --workdir "$PWD"')
    out, _ = folder.run(over)
    checks.equal("over hosts", folder.verdicts(), before)
    checks.equal("over hosts, failures", out.splitlines()[-1], lines[-1])
    with open(os.path.join(folder.top, "hosts"), encoding="utf-8") as file:
        checks.equal("hosts", set(file.read().split()), {"one", "two"})

    rows = [line.split(None, 1) for line in folder.run(sites)[0].splitlines()]
    checks.equal("sites", rows, [
        # Two clients of Oslo; in Berlin one client, on two days.
        ["2", "Oslo\tDNS\tno-reply"],
        ["1", "Berlin\tDNS\tno-reply"],
        ["1", "L'Aquila; echo $HOME \"x\"\tWeb\tno-reply"],
        ["1", "New York\tDNS\tno-reply"],
        ["1", "New York\tWeb\tno-reply"],
        ["1", "Oslo\tWeb\tno-reply"],
        ["1", "Rome\tDNS\tno-reply"],
        ["1", "Rome\tWeb\treset"],
    ])
    # Those of each site, service and cause: how many, their minutes; and by week.
    found, weeks = {}, {}
    for path, verdict in got.items():
        for one in (one for client in verdict["clients"] for one in client["outages"] if one["counted"] and not one["repeats"]):
            key = (path.split("/")[-2], one["service"], one["cause"])
            found[key] = [found.get(key, [0, 0])[0] + 1, found.get(key, [0, 0])[1] + one["duration_ms"]]
            week = time.strftime("%G-W%V", time.strptime(one["since"]["time"][:10], "%Y-%m-%d"))
            weeks.setdefault(week, [0, 0])[one["service"] == "web"] += one["duration_ms"]
    lines = [line.split("\t") for line in folder.run(outages)[0].splitlines()]
    checks.equal("outages", sorted(lines), sorted([*key, str(count), tenths(ms)] for key, (count, ms) in found.items()))
    checks.equal("outages, the longest first", [float(line[-1]) for line in lines], sorted((float(line[-1]) for line in lines), reverse=True))
    checks.equal("outages, healed", [line[:4] for line in lines if line[:3] == ["Oslo", "dns", "no-reply"]], [["Oslo", "dns", "no-reply", "3"]])
    checks.equal("minutes", [line.split("\t") for line in folder.run(minutes)[0].splitlines()],
                 [[week, *map(tenths, ms)] for week, ms in sorted(weeks.items())])
    in_one_process(folder, checks, sharkd, rows_of, got)
    folder.run(table)
    with open(os.path.join(folder.top, "verdicts.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    wanted = [["file", "client", "dns", "dns cause", "dns since", "web", "web cause", "web since", "orgid"]]
    for path in files:
        if not got[path]["clients"]:
            wanted.append([path] + [""] * 8)
        for client in got[path]["clients"]:
            cells = [path, client["client"]]
            for service in (client["dns"], client["web"]):
                cells += [service["verdict"], service["cause"] or "", (service["since"] or {}).get("time", "")]
            wanted.append(cells + [client["dns"]["identity"]["orgid"] or ""])
    checks.equal("table", rows, wanted)
    # Week 36: one client of Berlin and one of L'Aquila, four of Oslo.
    checks.equal("trend", folder.run(trend)[0], "2024-W35\t5\t4\t2\n2024-W36\t6\t2\t2\n")

    # A log whose packets answer it, one of nobody, and the article's.
    with open(os.path.join(folder.top, "verdicts.jsonl"), "a", encoding="utf-8") as file:
        verdict = dict(got["captures/Rome/logs.pcapng"], file="denied.pcapng")
        log = verdict["clients"][0]["log"]
        denied = dict(log, counts=dict(log["counts"], differs=1, agrees=3))
        file.write(json.dumps(dict(verdict, clients=[dict(verdict["clients"][0], log=denied)])) + "\n")
        nobody = dict(log, counts={"not-compared": 5, "agrees": 0, "differs": 0, "not-seen": 0})
        file.write(json.dumps(dict(verdict, file="nobody.pcapng", clients=[], log=nobody)) + "\n")
    checks.equal("logs", folder.run(logs)[0].splitlines(), [
        "denied.pcapng\t192.168.0.204\t3\t1\t1\t0",
        "captures/Rome/logs.pcapng\t192.168.0.204\t4\t0\t1\t0",
        "nobody.pcapng\t\t0\t0\t0\t5",
    ])


def try_many(folder, count):
    names = [capture for _, _, capture, _ in SITES]
    data = {capture: folder.shifted(capture, 0) for capture in set(names)}
    for number in range(count):
        folder.put("site %d" % (number % 40), "%d.pcapng" % number, data[names[number % len(names)]])
    folder.put("site 1", "none.pcap", b"this is no capture\n")
    began = time.monotonic()
    out, _ = folder.run(recipes()[0], timeout=3600)
    print("%d captures: %.0f s, %d lines; %s" % (count + 1, time.monotonic() - began, len(folder.verdicts()),
                                               out.splitlines()[-1]))
    for recipe in recipes()[1:]:
        folder.run(recipe)


def main():
    arguments = sys.argv[1:]
    folder = Folder(build_folder(arguments))
    if arguments[:1] == ["--captures"]:
        try_many(folder, int(arguments[1]))
        return 0
    checks = Checks()
    check(folder, checks)
    print("many captures: %d checked, %d failed" % (checks.done, checks.failed))
    return 1 if checks.failed or not checks.done else 0


if __name__ == "__main__":
    sys.exit(main())
