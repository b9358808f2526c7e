#!/usr/bin/env python3
"""Records DNSCrypt afresh and holds the plugin to what the stored recordings
are held to.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_dnscrypt_recording.py [--build FOLDER] CLIENT
Exit code 77: this computer cannot record (lab/record_dnscrypt.sh says why).
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))

from wireshark import Wireshark, add_captures_to_path, build_folder

add_captures_to_path()

import expected_dnscrypt
import golden

SOME = ("udp", "truncated")


def main():
    arguments = sys.argv[1:]
    wireshark = Wireshark(build_folder(arguments))
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([os.path.join(HERE, "lab", "record_dnscrypt.sh"), arguments[0], folder, *SOME], check=False)
        if done.returncode:
            return done.returncode
        for some in SOME:
            name = "dnscrypt-" + some
            with open(os.path.join(folder, name + ".pcapng"), "rb") as file:
                path = wireshark.file(file.read(), "afresh-" + name + ".pcapng")
            report = json.loads(wireshark.tshark(path, "-q", "-z", "sseroaming,json").out)
            faults += ["%s: %s" % (name, fault) for fault in golden.expectations(expected_dnscrypt.CAPTURES[name], report)]
            shown = wireshark.tshark(path, "-2", "-T", "fields", "-e", "dnscrypt.response_to", "-Y", "dnscrypt.resolver_magic").out.split("\n")
            if not shown[0] or not all(shown[:-1]):
                faults.append("%s: replies without their query: %s" % (name, shown))
    for fault in faults:
        print("FAILED " + fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
