#!/usr/bin/env python3
"""The bench runs: it makes its inputs, sees the plugin and the Lua script at
work, and prints its tables. Never how fast.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_bench.py [--build FOLDER]
"""

import hashlib
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "lib"), os.path.join(HERE, "bench")]

import inputs
from wireshark import Wireshark, build_folder

PACKETS = 400
NUMBER, SPREAD = r"-?\d+(?:\.\d+)?", r"-?\d+\.\d{3} \(-?\d+\.\d{3}--?\d+\.\d{3}\)"
# What the seed gives; another version of Python must give the same.
MIXED = "0f93ac45ced12a350aa5e57a46c1b62c2268372e56a783006da3a7c754d3ee4d"


class Checks:
    def __init__(self):
        self.done = self.failed = 0

    def equal(self, what, got, wanted):
        self.done += 1
        if got != wanted:
            self.failed += 1
            print("FAILED %s\n  wanted: %.2000r\n  got:    %.2000r" % (what, wanted, got))


def table(checks, what, build, arguments, head, rows):
    """rows: a pattern for each row, its cells apart."""
    done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "bench", "bench.py"), "--build", build, *arguments],
                          capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    checks.equal(what + ": ends well", (done.returncode, done.stderr), (0, ""))
    checks.equal(what + ": head", lines[:2], ["| " + " | ".join(head) + " |", "| " + " | ".join(["---"] * len(head)) + " |"])
    checks.equal(what + ": rows", len(lines) - 2, len(rows))
    for line, cells in zip(lines[2:], rows):
        pattern = r"\| " + r" \| ".join(cells) + r" \|"
        checks.equal("%s: %s" % (what, pattern), re.fullmatch(pattern, line) is not None or line, True)


def check_inputs(tools, checks):
    """Each input is what its name says, as the plugin sees it."""
    wanted = {
        # packets written, clients, probes, handshakes
        "mixed": (PACKETS, 0, 0, 0),
        "mixed-module": (PACKETS, 1, 1, 1),
        "probes": (PACKETS, 100, PACKETS // 2, 0),
        # Nothing of one client in ten, the first, is answered.
        "clients": (PACKETS - 60, 4, 120, 40),
        "flood": (PACKETS, PACKETS, 0, PACKETS),
        "flood-spoofed": (PACKETS, PACKETS, 0, PACKETS),
        "answers": (PACKETS, 1, 0, 0),
    }
    checks.equal("inputs", sorted(wanted), sorted(inputs.INPUTS))
    for kind, numbers in wanted.items():
        path = os.path.join(tools.stage, kind + ".pcap")
        written = inputs.write(kind, PACKETS, path)
        os.chmod(path, 0o644)
        if kind == "mixed":
            with open(path, "rb") as file:
                checks.equal("mixed: the same packets", hashlib.sha256(file.read()).hexdigest(), MIXED)
        report = json.loads(tools.tshark(path, "-q", "-z", "sseroaming,json").out)
        checks.equal(kind, (report["frames"], len(report["clients"]),
                            sum(row["probes"] for client in report["clients"] for row in client["dns"]["resolvers"]),
                            sum(row["handshakes"] for client in report["clients"] for row in client["web"]["gateways"])),
                     numbers)
        checks.equal(kind + ": written", written, numbers[0])


def check_script(tools, checks):
    """The Lua script sees the probes and handshakes of a capture, as the plugin does."""
    with open(os.path.join(HERE, "bench", "recognise.lua"), "rb") as file:
        script = tools.file(file.read(), "recognise.lua")
    done = tools.tshark("both-protected", "-q", "-X", "lua_script:" + script, plugin=False)
    checks.equal("recognise.lua", done.err, "recognised: probes 9 answered 9 handshakes 4 opened 4 reset 0 icmp 0\n")


def check_judge(build, checks):
    """All outages of all clients are there."""
    done = subprocess.run([os.path.join(build, "tests", "unit", "bench_judge"), "3", "2", "1"],
                          capture_output=True, text=True, check=False)
    pattern = (r"3 clients, 2 outages of each: fed in NUMBER s\n"
               r"judged in NUMBER s, printed in NUMBER s: 6 outages, \d+ characters\n").replace("NUMBER", NUMBER)
    checks.equal("judge", (done.returncode, done.stderr, re.fullmatch(pattern, done.stdout) is not None or done.stdout),
                 (0, "", True))


def main():
    build = build_folder(sys.argv)
    checks = Checks()
    tools = Wireshark(build)
    check_inputs(tools, checks)
    check_script(tools, checks)
    check_judge(build, checks)
    few = ["--packets", "300", "--inputs", "mixed"]
    table(checks, "times", build, few + ["--pairs", "2", "--modes", "report,sharkd", "--with", "plugin,lua,nothing"],
          ["input", "packets", "mode", "with", "stock CPU s", "CPU", "least CPU", "wall", "memory MB", "more bytes/packet"],
          [["mixed", "300", mode, variant, NUMBER, SPREAD, NUMBER, SPREAD, r"\d+", r"-?\d+"]
           for mode, variants in (("report", ("plugin", "lua", "nothing")), ("sharkd", ("plugin", "nothing")))
           for variant in variants])
    table(checks, "scale", build, ["--inputs", "probes", "--scale", "100,1000"],
          ["input", "with", "100", "1000", "exponent"],
          [["probes", variant, NUMBER, NUMBER, NUMBER] for variant in ("stock", "plugin")])
    print("bench: %d checked, %d failed" % (checks.done, checks.failed))
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
