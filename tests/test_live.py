#!/usr/bin/env python3
"""A live capture in tshark: the report at its end has the changes in its
timeline.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_live.py [--build FOLDER]

Builds the lab's network (lab/), captures on the client's interface with
tshark -i, drops DNS meanwhile, and lets -a duration end it. Where this computer
has no namespaces it says why and ends with 77.
"""

import json
import os
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(TESTS, "lib"), os.path.join(TESTS, "lab")]

import lab
import network
import scenarios
from wireshark import Wireshark, build_folder

CANNOT = 77
GOOD, DROPPED = 12, 24
# Not root, whose tshark loads no plugin from a folder of ours; it may capture.
AS_CAPTURER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+net_raw,+net_admin",
               "--ambient-caps=+net_raw,+net_admin"]


def inside(folder):
    """In namespaces of its own: the network, and what happens in it."""
    network.run(["mount", "--make-rprivate", "/"])
    here = lab.Lab(folder)
    here.internet()
    with open(os.path.join(folder, "report"), "wb") as report, open(os.path.join(folder, "said"), "wb") as said:
        tshark = subprocess.Popen(here.client.command(*AS_CAPTURER, "tshark", "-i", "eth0", "-a", "duration:%d" % (GOOD + DROPPED),
                                                      "-q", "-z", "sseroaming,json"),
                                  stdin=subprocess.DEVNULL, stdout=report, stderr=said)
        here.wait(2)
        here.module()
        here.others(every=5)
        here.wait(GOOD - 2)
        here.rule(*scenarios.DROP_DNS)
        if tshark.wait(DROPPED + 60):
            raise RuntimeError("tshark ended with status %d" % tshark.returncode)
    here.finish()


def main():
    if sys.argv[1:2] == ["inside"]:
        inside(sys.argv[2])
        return 0
    build = build_folder(sys.argv)
    obstacles = lab.obstacles()
    if obstacles:
        print("skipped: " + "; ".join(obstacles))
        return CANNOT
    wireshark = Wireshark(build)
    with tempfile.TemporaryDirectory(prefix="sselive.") as folder:
        os.chmod(folder, 0o755)
        done = subprocess.run([*lab._UNSHARE, sys.executable, "-B", os.path.abspath(__file__), "inside", folder],
                              env=dict(wireshark.environment(), PATH=os.environ["PATH"]), check=False)
        with open(os.path.join(folder, "said"), encoding="utf-8", errors="replace") as said:
            said = said.read()
        if done.returncode:
            print("status %d; tshark said: %s" % (done.returncode, said))
            return 1
        with open(os.path.join(folder, "report"), encoding="utf-8") as report:
            report = json.load(report)
    got = [(entry["service"], entry["ip"], entry["from"], entry["to"]) for client in report["clients"] for entry in client["timeline"]]
    wanted = [("dns", 4, "not-observed", "protected"), ("dns", 4, "protected", "unprotected")]
    if got != wanted or report["dns"] != "unprotected":
        print("the timeline is %s, expected %s; tshark said: %s" % (got, wanted, said))
        return 1
    print("live: %d packets, the timeline is right" % report["frames"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
