#!/usr/bin/env python3
"""Runs programs of Wireshark for Windows under Wine, one after the other: the
part of compare.py that is inside the folder.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: runner.py WORK
  WORK  has jobs.json ([[program, arguments...], input], ...]), files/ in which they run,
        and plugin.zip; gets N.out, N.err and N.status of each
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile

PREFIX = "/wine-prefix"
ENVIRONMENT = dict(os.environ, WINEPREFIX=PREFIX, WINEARCH="win64", WINEDEBUG="-all", TZ="UTC",
                   WINEDLLOVERRIDES="mscoree=;mshtml=;winedbg.exe=", WIRESHARK_ABORT_ON_DISSECTOR_BUG="1",
                   XDG_RUNTIME_DIR=PREFIX)
PATIENCE = 300


def wine(*command, **how):
    how = {"input": b"", **how}
    return subprocess.run(["wine", *command], env=ENVIRONMENT, check=False, timeout=PATIENCE, **how)


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    work = sys.argv[1]
    os.makedirs(PREFIX, exist_ok=True)
    # One server for all: started anew for each program it sometimes is not there in time.
    subprocess.run(["wineserver", "-p"], env=ENVIRONMENT, check=False)
    wine("cmd", "/c", "exit", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    users = os.path.join(PREFIX, "drive_c", "users")
    personal = [os.path.join(users, name, "AppData", "Roaming") for name in os.listdir(users) if name != "Public"]
    for folder in personal:
        shutil.rmtree(os.path.join(folder, "Wireshark"), ignore_errors=True)
        # As the README in it says.
        with zipfile.ZipFile(os.path.join(work, "plugin.zip")) as archive:
            archive.extractall(os.path.join(folder, "Wireshark"))
    with open(os.path.join(work, "jobs.json"), encoding="utf-8") as file:
        jobs = json.load(file)
    for number, ((program, *arguments), said) in enumerate(jobs):
        path = os.path.join(work, str(number))
        # Now and then Wine loses its server before a program has begun.
        for _ in range(3):
            with open(path + ".out", "wb") as out, open(path + ".err", "w+b") as err:
                try:
                    status = wine("/program/%s.exe" % program, *arguments, input=said.encode(), cwd=os.path.join(work, "files"),
                                  stdout=out, stderr=err).returncode
                except subprocess.TimeoutExpired:
                    status = -1
                err.seek(0)
                if b"wine client error" not in err.read():
                    break
        with open(path + ".status", "w", encoding="ascii") as out:
            out.write(str(status))
    subprocess.run(["wineserver", "-k"], env=ENVIRONMENT, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
