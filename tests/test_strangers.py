#!/usr/bin/env python3
"""What strangers send turns no verdict.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_strangers.py [--build FOLDER] [--count N] [--seed N] [CAPTURE or KIND...]

Packets of lib/strangers.py are woven into the recorded captures, one to three kinds
at random times of each. Of every client that the capture has by itself must stay:
verdicts, since when, causes, confidence, and its outages. Where one of these
changes, a finding that the capture does not have by itself must name what was
tried. Without --count each kind goes into some captures, and with one of them
the whole report must say the same of its clients; with it so many
combinations are made, with names of captures or kinds of these only. The seed is
fixed: the same files on every run.

docs/verdict.md, principle 8: what nobody asked for teaches, clears and accuses
nobody, save where the question may lie before the file's start or in a direction
that is missing. So nothing is woven into a file's first seconds, nor into captures
of one direction.
"""

import concurrent.futures
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

import strangers
import tables
from wireshark import CAPTURES, Wireshark, build_folder, take_number

import make_variants as make
from test_variants import differences, translate

SECOND = 1_000_000_000
# The questions of what comes so early may lie before the file's start.
START = 6 * SECOND
TAPS = {"tap0": "nstat:sseroaming,clients", "tap1": "nstat:sseroaming,outages"}
# What may say what was tried, where something changes.
NAMES = {"forged-reply", "gateway-suspicious", "conflicting-replies", "device-id-shared", "address-shared", "nat-seen", "path-tool",
         "limit-reached", "network-changed", "captive-portal", "reset-on-path", "answered-nearby", "other-resolver", "clocks-differ"}
# Captures of one direction: there an answer may be to a question that is missing. No module's traffic: nobody to turn.
# Tagged frames: these packets would be another network's.
LEFT_OUT = ("capture-one-way", "capture-one-way-fine", "capture-one-uplink", "nothing", "dns-backed-off", "machine-trunk")
# A host of the LAN that sends in the client's name uses its address: where the client leaves that network, it
# moves the time of the change, and with it the end of an outage. HOSTILE.md names it.
IN_ITS_NAME, LEAVES = "answers_of_the_client_itself", "network-"
DEFAULT = 8 * len(strangers.KINDS)
# With this one all that the report says is compared: both services fail and come back.
WHOLE = "outages-dns-in-web"
# Captures, or so many files, for one sharkd: it never frees a file's session.
BATCH = 25


class Base:
    def __init__(self, name):
        with open(os.path.join(CAPTURES, "lab", name + ".pcapng"), "rb") as file:
            self.packets = make.packets(file.read())
        self.name = name
        self.askers = strangers.askers(self.packets)
        if not self.askers:
            raise SystemExit("%s: nobody asks a resolver or a gateway" % name)
        self.first = min(one.time for one in self.packets)
        self.last = max(one.time for one in self.packets)
        self.rows = None

    def woven(self, kinds, seed):
        """The capture's bytes with packets of these kinds."""
        chance = random.Random("%s %s %d" % (self.name, kinds, seed))
        scene = strangers.Scene(self.askers, chance)
        macs = {"router": scene.router, "lan": strangers.LAN_MAC, "client": scene.mac}
        extra = []
        for kind in kinds:
            made = list(strangers.KINDS[kind][1](scene))
            at = self.first + START + chance.randrange(max(1, self.last - self.first - START))
            gap = chance.choice((200_000, 20_000_000, 900_000_000))
            for number, (who, data) in enumerate(made):
                extra.append(make.Packet(None, min(at + number * gap, max(at, self.last)), scene.mac if who != "client" else scene.router,
                                         macs[who], make.IPV6 if data[0] >> 4 == 6 else make.IPV4, data))
        extra.sort(key=lambda one: one.time)
        out = []
        for one in self.packets:
            while extra and extra[0].time < one.time:
                out.append(extra.pop(0))
            out.append(one)
        return make.save(out + extra)


def rows_of(answer):
    """The clients' rows and those of their outages, without numbers of frames and filters."""
    found = {tap["tap"].split(",")[1]: [row[:-1] for row in tap["tables"][0]["i"]] for tap in answer["taps"]}
    return {"clients": found["clients"], "outages": [row[:-1] for row in found["outages"]]}


class Run:
    def __init__(self, wireshark):
        self.wireshark = wireshark

    def ask(self, files):
        """The rows of each of these files, by one sharkd."""
        with tempfile.TemporaryDirectory(dir=self.wireshark.stage) as folder:
            os.chmod(folder, 0o755)
            requests = []
            for number, data in enumerate(files):
                path = self.wireshark.file(data, os.path.join(os.path.basename(folder), "%d.pcapng" % number))
                requests += [("load", {"file": path}), ("tap", TAPS)]
            # A fault of stock's own dissectors (HOSTILE.md) is not what is asked here.
            answers = self.wireshark.sharkd(*requests, timeout=300, bugs_abort=False)
        return [rows_of(answer["result"]) for answer in answers[1::2]]

    def report(self, data, name):
        path = self.wireshark.file(data, name)
        try:
            return json.loads(self.wireshark.tshark(path, "-q", "-z", "sseroaming,json").out)
        finally:
            os.remove(path)


def changes(base, rows, counts):
    """What is no longer said of the clients that the capture has by itself. counts: with the numbers of attempts"""
    out = []
    kept = [at for at, title in enumerate(tables.OUTAGES[:-2]) if counts or title not in ("Failed", "Attempts")]
    for table in ("clients", "outages"):
        before, now = ([row if table == "clients" else [row[at] for at in kept] for row in one[table]] for one in (base, rows))
        now = [row for row in now if row[0] in {row[0] for row in base["clients"]}]
        out += ["%s: %s" % (table, row) for row in before if row not in now]
        out += ["%s, now: %s" % (table, row) for row in now if row not in before]
    return out


def of_client(report, name, codes_of_base):
    """What a report says of one client, its findings of these codes alone."""
    client = next(one for one in report["clients"] if one["client"] == name)
    return dict(client, findings=[one for one in client["findings"] if one["code"] in codes_of_base])


def whole(run, base, kind):
    """Of one kind with one capture all that is said of its clients. @return the differences"""
    seed = 1
    plain, woven = make.save(base.packets), base.woven([kind], seed)
    before = translate(run.report(plain.data, "whole-plain.pcapng"), plain.origins)
    now = translate(run.report(woven.data, "whole-woven.pcapng"), woven.origins)
    for client in before["clients"]:
        known = {one["code"] for one in client["findings"]}
        for line in differences(of_client(before, client["client"], known), of_client(now, client["client"], known), ()):
            yield "%s with %s, seed %d: %s" % (base.name, kind, seed, line)


def codes(report):
    return {finding["code"] for owner in (report, *report["clients"]) for finding in owner["findings"]}


def judge(run, base, kinds, seed, rows):
    """@return what is wrong, or None; whether a finding names what was tried."""
    changed = changes(base.rows, rows, not strangers.AS_THE_CLIENT & set(kinds))
    if not changed:
        return None, False
    plain = run.report(make.save(base.packets).data, "plain-%s-%d.pcapng" % (base.name, seed))
    woven = run.report(base.woven(kinds, seed).data, "woven-%s-%d.pcapng" % (base.name, seed))
    named = (codes(woven) - codes(plain)) & NAMES
    if named:
        return None, True
    return "%s with %s, seed %d:\n    %s" % (base.name, " ".join(kinds), seed, "\n    ".join(changed)), False


def chosen(arguments, count, seed):
    """(base's name, kinds, seed) of each combination."""
    names = sorted(os.path.splitext(one)[0] for one in os.listdir(os.path.join(CAPTURES, "lab")) if one.endswith(".pcapng"))
    names = [one for one in names if one not in LEFT_OUT and (one in arguments or not set(names) & set(arguments))]
    kinds = [one for one in strangers.KINDS if one in arguments or not set(strangers.KINDS) & set(arguments)]
    chance = random.Random(seed)
    for number in range(count):
        # Each kind in turn alone, then with others.
        some = [kinds[number % len(kinds)]] + chance.sample(kinds, min(len(kinds), chance.choice((0, 0, 1, 2))))
        name = names[chance.randrange(len(names))]
        if IN_ITS_NAME not in some or not name.startswith(LEAVES):
            yield name, list(dict.fromkeys(some)), seed + number


def main():
    build = build_folder(sys.argv)
    count, seed = take_number(sys.argv, "--count", DEFAULT), take_number(sys.argv, "--seed", 1)
    run = Run(Wireshark(build, expected=60 + count // 5))
    jobs, bases = [], {}
    for name, kinds, one_seed in chosen(sys.argv[1:], count, seed):
        if name not in bases:
            bases[name] = Base(name)
        jobs.append((bases[name], kinds, one_seed))
    faults, named = [], 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        names = sorted(bases)
        parts = [names[at:at + BATCH] for at in range(0, len(names), BATCH)]
        for part, rows in zip(parts, pool.map(lambda part: run.ask([make.save(bases[name].packets).data for name in part]), parts)):
            for name, one in zip(part, rows):
                bases[name].rows = one
        batches = [jobs[at:at + BATCH] for at in range(0, len(jobs), BATCH)]

        def work(batch):
            found = run.ask([base.woven(kinds, one_seed).data for base, kinds, one_seed in batch])
            return [judge(run, *job, rows) for job, rows in zip(batch, found)]

        for results in pool.map(work, batches):
            faults += [fault for fault, _ in results if fault]
            named += sum(told for _, told in results)
    if count == DEFAULT and len(sys.argv) == 1:
        for kind in strangers.KINDS:
            faults += whole(run, Base(WHOLE), kind)
    print("\n".join(faults))
    print("%d combinations of %d kinds of packets with %d captures: %d changed something and a finding says so, %d turned something"
          % (len(jobs), len(strangers.KINDS), len(bases), named, len(faults)))
    return 1 if faults or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
