#!/usr/bin/env python3
"""Checks DLLs of the plugin: what they export, what they want of whom, how they
are made.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: check_dll.py SDK VERSION DLL...
  SDK      what sdk.py made for the DLL's version of Wireshark: names/ in it
  VERSION  the plugin's, which must be in the DLL's resource
"""

import os
import re
import subprocess
import sys

TRIPLET = "x86_64-w64-mingw32ucrt"
EXPORTS = ["plugin_describe", "plugin_register", "plugin_version", "plugin_want_major", "plugin_want_minor"]
# The C library of Windows 10 and later, and the system's own. Nothing else is there for sure.
WINDOWS = re.compile(r"api-ms-win-crt-[a-z]+-l1-1-0\.dll|KERNEL32\.dll")
# mergecap and its like load the reader of logs, and have no libwireshark.
NOT_OF_READER = "libwireshark.dll"
# What these take or give has another form where MSVC made the DLL: struct stat,
# FILE and descriptors of another C library.
OTHER_FORM = re.compile(r"g_(l?stat|fopen|freopen|open|creat|fsync)|g_mkstemp.*|ws_fopen|ws_open|ws_stdio_\w+|eth_stdio_\w+")
FLAGS = ["HIGH_ENTROPY_VA", "DYNAMIC_BASE", "NX_COMPAT"]


def objdump(*arguments):
    return subprocess.run([TRIPLET + "-objdump", *arguments], stdout=subprocess.PIPE, text=True, errors="replace", check=True).stdout


def imports(text):
    """@return DLL -> names"""
    found, dll = {}, None
    for line in text.splitlines():
        name = re.match(r"\s*DLL Name: (\S+)", line)
        if name:
            dll = found.setdefault(name[1], [])
            continue
        entry = re.match(r"\t[0-9a-f]{8,}\s+(?:<none>|[0-9a-f]{4}|\d+)\s+(?:[0-9a-f]{4}\s+)?([A-Za-z_]\w*)$", line)
        if entry and dll is not None:
            dll.append(entry[1])
        elif not line.strip() and dll:
            dll = None
    return found


def faults(sdk, version, path):
    text, reader = objdump("-p", path), "wiretap" in path.split(os.sep)
    if "pei-x86-64" not in objdump("-f", path):
        yield "is no DLL for 64-bit Windows"
    exported = sorted(re.findall(r"^\s*\[ *\d+\] \+base\[ *\d+\] +[0-9a-f]{4} (\w+)$", text, re.M))
    if exported != EXPORTS:
        yield "exports %s" % (", ".join(exported) or "nothing")
    wanted = imports(text)
    for dll, names in sorted(wanted.items()):
        if not names:
            yield "imports nothing from %s: this check did not understand objdump" % dll
        if WINDOWS.fullmatch(dll):
            continue
        known = os.path.join(sdk, "names", dll)
        if not os.path.exists(known) or (reader and dll == NOT_OF_READER):
            yield "wants %s, which is not sure to be there" % dll
            continue
        with open(known, encoding="ascii") as file:
            missing = sorted(set(names) - set(file.read().split()))
        other = [name for name in names if OTHER_FORM.fullmatch(name)]
        if other:
            yield "wants of %s what another compiler's form goes through: %s" % (dll, ", ".join(other))
        if missing:
            yield "wants of %s what this version lacks: %s" % (dll, ", ".join(missing))
    for dll in ("glib-2.0-0.dll", "libwiretap.dll" if reader else "libwireshark.dll"):
        if dll not in wanted:
            yield "imports nothing from %s" % dll
    for flag in FLAGS:
        if flag not in text:
            yield "is made without %s" % flag
    if not re.search(r"^Entry \w+ [0-9a-f]+ [0-9a-f]*[1-9a-f][0-9a-f]* Exception Directory", text, re.M):
        yield "has no tables to unwind by: an exception of Wireshark that passes through it ends the program"
    with open(path, "rb") as file:
        data = file.read()
    if int.from_bytes(data[int.from_bytes(data[0x3c:0x40], "little") + 8:][:4], "little"):
        yield "has the time of its making in it"
    for needle in ("ProductVersion", version):
        if needle.encode("utf-16-le") not in data:
            yield "has no %s in its resource" % needle
    for path_of_build in re.findall(rb"/(?:source|build|sdk)[\w./-]*", data):
        yield "names a folder of its making: %s" % path_of_build.decode()


def main():
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    sdk, version, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    failed = 0
    for path in paths:
        found = list(faults(sdk, version, path))
        failed += bool(found)
        for fault in found:
            print("%s: %s" % (path, fault))
        if not found:
            print("%s: %d bytes, %s" % (path, os.path.getsize(path), ", ".join(
                "%d of %s" % (len(names), dll) for dll, names in sorted(imports(objdump("-p", path)).items()) if not WINDOWS.fullmatch(dll))))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
