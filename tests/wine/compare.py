#!/usr/bin/env python3
"""Compares what the plugin prints under Wine with what it prints here.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: compare.py [--build FOLDER] [--part NUMBER] FOLDER ZIP
  FOLDER  the folder with Wine and /program (tests/wine.sh makes it)
  ZIP     the plugin for Windows

Every capture of the tests, all formats of -z; and once each: wrong arguments, a
filter, two passes, details, fields, captures that were cut or changed, the
module's logs, read and merged, names of files that Wine's code page (Windows
1252) does not have, sharkd. Output, messages and exit status must be equal, save for the CR at
the end of a line of text; JSON alone must have none.
"""

import glob
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "lib"))

from wireshark import CAPTURES, TOP, Result, Wireshark, build_folder

# The rows of the table of formats: name -> whether it is bytes for programs, not text.
with open(os.path.join(TOP, "plugin", "epan", "tap-report.c"), encoding="utf-8") as _file:
    FORMATS = {name: kind == "true" for name, kind in re.findall(r'^    \{ "(\w+)", \w+, [^}]*, (true|false) \},$', _file.read(), re.M)}
REPORTS = ["-q"] + [part for name, is_bytes in FORMATS.items() if not is_bytes or name == "json" for part in ("-z", "sseroaming," + name)]
JSON_LINE = re.compile(rb'\{"schema":"sseroaming/1".*\n')
# What stands for a capture with a bit of everything.
RICH = ("article-dns", "article-swg", "web-proxy-502", "dnscrypt-udp", "capture-hostile-strings")
LOGS = ("article/cscumbrellaplugin.txt", "article/Umbrella.txt")
FOLDER = """set -eu
. "$1/tests/lib/folder.sh"
sse_folder_run "$2" python3 -B /compare/runner.py /compare
"""


class Jobs:
    """Programs with their arguments, run in a folder of files; the same here and under Wine."""

    def __init__(self, wireshark, folder):
        self.wireshark, self.files = wireshark, os.path.join(folder, "compare", "files")
        self.commands, self.said, self.names = [], [], set()

    def file(self, name, data, when=None):
        """A file of the jobs, in both places. @return its name."""
        if name not in self.names:
            self.names.add(name)
            for path in (os.path.join(self.files, name), self.wireshark.file(data, name)):
                with open(path, "wb") as out:
                    out.write(data)
                if when:
                    os.utime(path, (when, when))
        return name

    def add(self, program, *arguments, said=""):
        """said: what the program reads on its standard input."""
        self.commands.append((program, *arguments))
        self.said.append(said)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def captures(part):
    """@return paths of all captures, or of so many that lie evenly between them"""
    found = sorted(glob.glob(os.path.join(CAPTURES, "**", "*.pcap*"), recursive=True))
    return found if part is None or part >= len(found) else [found[at * len(found) // part] for at in range(part)]


def path_of(name):
    return glob.glob(os.path.join(CAPTURES, "**", name + ".pcapng"), recursive=True)[0]


def changed(data, seed, kind):
    """A capture that ends too early, or with 3 % of its bytes changed behind its head."""
    chance = random.Random(seed)
    if kind == "cut":
        return data[:chance.randrange(200, len(data))]
    data = bytearray(data)
    for _ in range(len(data) * 3 // 100):
        data[chance.randrange(150, len(data))] = chance.randrange(256)
    return bytes(data)


def fill(jobs, part):
    for path in captures(part):
        relative = os.path.relpath(path, CAPTURES).replace(os.sep, "-")
        jobs.add("tshark", "-r", jobs.file(relative, read(path)), *REPORTS)
        for name, is_bytes in FORMATS.items():
            if is_bytes and name != "json":
                jobs.add("tshark", "-r", relative, "-q", "-z", "sseroaming," + name)
    rich = [jobs.file("rich-%s.pcapng" % name, read(path_of(name))) for name in RICH]
    for name in rich:
        jobs.add("tshark", "-r", name, "-2", "-q", "-z", "sseroaming,json")
        jobs.add("tshark", "-r", name, "-2", "-O", "sseroaming,dnscrypt", "-Y", "sseroaming || dnscrypt")
        jobs.add("tshark", "-r", name, "-T", "json", "-J", "sseroaming dnscrypt")
    one = rich[0]
    for wrong in ("sseroaming,wrong", "sseroaming,text,json", "sseroaming,ip.addr==", "sseroamin", "sseroaming,json,ip.addr==192.168.0.204",
                  "sseroaming,ticket,dns"):
        jobs.add("tshark", "-r", one, "-q", "-z", wrong)
    jobs.add("tshark", "-r", one, "-T", "fields", "-e", "sseroaming.probe.reply_in")
    jobs.add("tshark", "-r", one, "-C", "SSE Roaming", "-q", "-z", "sseroaming")
    jobs.add("tshark", "-r", "missing.pcapng", "-q", "-z", "sseroaming")
    for count in range(6 if part else 40):
        name, kind = RICH[count % len(RICH)], ("cut", "mutated")[count // len(RICH) % 2]
        file = jobs.file("%s-%02d.pcapng" % (kind, count), changed(read(path_of(name)), count, kind))
        jobs.add("tshark", "-r", file, "-2", "-q", "-z", "sseroaming", "-z", "sseroaming,json")
    # The log of an entry without a year takes it from the time of the file.
    when = 1724728063
    logs = [jobs.file(os.path.basename(name), read(os.path.join(CAPTURES, name)), when) for name in LOGS]
    for name in logs:
        jobs.add("tshark", "-r", name, "-q", "-z", "sseroaming,json", "-z", "sseroaming")
        jobs.add("tshark", "-r", name, "-T", "fields", "-e", "frame.time_epoch", "-e", "_ws.col.Info")
        jobs.add("capinfos", "-c", "-a", "-e", "-M", name)
    # Under Windows a name is UTF-16, in Wireshark UTF-8.
    jobs.add("tshark", "-r", jobs.file("Aufn\u00e4hme \u03a9.pcapng", read(path_of(RICH[0]))), "-q", "-z", "sseroaming")
    name = jobs.file("Protok\u00f6ll \u0416.txt", read(os.path.join(CAPTURES, LOGS[1])), when)
    jobs.add("tshark", "-r", name, "-T", "fields", "-e", "frame.time_epoch", "-e", "_ws.col.Info")
    requests = [("load", {"file": one}), ("tap", {"tap0": "stat:sseroaming"}), ("frames", {"filter": "sseroaming", "limit": 5})]
    jobs.add("sharkd", "-", said="".join(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}) + "\n"
                                         for number, (method, parameters) in enumerate(requests, 1)))
    jobs.add("mergecap", "-F", "pcapng", "-w", "merged.pcapng", *logs, one)
    jobs.add("tshark", "-r", "merged.pcapng", *REPORTS)
    jobs.add("capinfos", "-c", "-E", "-M", "merged.pcapng")


def here(jobs):
    """@return what each job says on this computer"""
    results = []
    for (program, *arguments), said in zip(jobs.commands, jobs.said):
        results.append(jobs.wireshark.run(program, *arguments, data=said.encode()))
    return results


def lines(data):
    return data.replace(b"\r\n", b"\n")


# What Wine or Windows say in words of their own.
def messages(text):
    text = re.sub(r"^(?:Running as user|wine: |[0-9a-f]{4}:(?:err|fixme|warn)).*\n", "", text.replace("\r\n", "\n"), flags=re.M)
    return text


def faults_of_ends(data, asked):
    """Text has a CR at each end of a line; JSON and what else other programs read, none."""
    name = asked.split(",")[1] if "," in asked else ""
    if FORMATS.get(name) and name != "json":
        if b"\r" in data:
            yield "%s has CR in it" % name
        return
    for line in data.splitlines(keepends=True):
        if JSON_LINE.match(line):
            if b"\r" in line:
                yield "a line of JSON ends with CR"
        elif line.endswith(b"\n") and not line.endswith(b"\r\n"):
            yield "a line of text has no CR: %r" % line[:60]
            return


def compare(jobs, expected, work):
    equal = failed = 0
    for number, (command, wanted) in enumerate(zip(jobs.commands, expected)):
        path = os.path.join(work, str(number))
        out, faults = read(path + ".out"), []
        got = Result(subprocess.CompletedProcess(command, int(read(path + ".status")), lines(out), read(path + ".err")))
        if got.out != wanted.out:
            at = len(os.path.commonprefix([got.out, wanted.out]))
            faults.append("from character %d on prints %r instead of %r" % (at, got.out[at:at + 200], wanted.out[at:at + 200]))
        if messages(got.err) != messages(wanted.err):
            faults.append("says %r instead of %r" % (messages(got.err)[:300], messages(wanted.err)[:300]))
        if got.status & 0xff != wanted.status & 0xff:
            faults.append("ends with %d instead of %d" % (got.status, wanted.status))
        if command[0] == "tshark" and command[-1].startswith("sseroaming"):
            faults.extend(faults_of_ends(out, command[-1]))
        if faults:
            failed += 1
            print("FAILED %s\n  %s" % (" ".join(command)[:150], "\n  ".join(faults)))
        else:
            equal += 1
    return equal, failed


def main():
    arguments = sys.argv[1:]
    build, part = build_folder(arguments), None
    if arguments[:1] == ["--part"]:
        part, arguments = int(arguments[1]), arguments[2:]
    if len(arguments) != 2:
        raise SystemExit(__doc__)
    folder, archive = arguments
    work = os.path.join(folder, "compare")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(os.path.join(work, "files"))
    shutil.copy(archive, os.path.join(work, "plugin.zip"))
    shutil.copy(os.path.join(TESTS, "wine", "runner.py"), work)
    wireshark = Wireshark(build, expected=3600)
    # mergecap writes beside what it reads. The profile is where the zip has it under Wine.
    os.chmod(wireshark.stage, 0o777)
    shutil.copytree(os.path.join(TOP, "packaging", "profile"), os.path.join(wireshark.stage, "config", "profiles"))
    for path, _, files in os.walk(os.path.join(wireshark.stage, "config")):
        for name in [path] + [os.path.join(path, one) for one in files]:
            os.chmod(name, 0o755)
    jobs = Jobs(wireshark, folder)
    jobs.add("tshark", "-G", "plugins")
    fill(jobs, part)
    with open(os.path.join(work, "jobs.json"), "w", encoding="utf-8") as out:
        json.dump(list(zip(jobs.commands, jobs.said)), out)
    done = subprocess.run(["bash", "-c", FOLDER, "bash", TOP, folder], check=False)
    if done.returncode:
        raise SystemExit("Wine's part ended with %d" % done.returncode)
    # Which plugins there are, each program says with paths of its own.
    loaded = read(os.path.join(work, "0.out")).decode("utf-8", "replace")
    for name in ("sseroaming.dll", "sseroaming-log.dll"):
        if not re.search(r"^%s\s+%s\s" % (re.escape(name), re.escape(wireshark.version)), loaded, re.M):
            raise SystemExit("Wireshark for Windows has not loaded %s %s:\n%s%s" % (
                name, wireshark.version, loaded, read(os.path.join(work, "0.err")).decode("utf-8", "replace")))
    expected = here(jobs)
    shutil.copy(os.path.join(work, "0.out"), os.path.join(work, "plugins.txt"))
    merged = [read(os.path.join(where, "merged.pcapng")) for where in (wireshark.stage, jobs.files)]
    jobs.commands, expected = jobs.commands[1:], expected[1:]
    for number in range(len(jobs.commands)):
        for kind in ("out", "err", "status"):
            os.replace(os.path.join(work, "%d.%s" % (number + 1, kind)), os.path.join(work, "%d.%s" % (number, kind)))
    equal, failed = compare(jobs, expected, work)
    # The first block says on which system the file was written.
    merged = [data[struct.unpack_from("<I", data, 4)[0]:] for data in merged]
    if merged[0] != merged[1]:
        failed += 1
        print("FAILED: mergecap wrote %d other bytes than here, of %d" % (
            sum(a != b for a, b in zip(*merged)) + abs(len(merged[0]) - len(merged[1])), len(merged[0])))
    print("wine: %d captures and %d runs" % (len(captures(part)), len(jobs.commands)))
    print("%d passed, %d failed" % (equal, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
