#!/usr/bin/env python3
"""Checks the plugin's source with tools that others wrote: Wireshark's own rules
for dissectors, clang-tidy, cppcheck.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: check_source.py --build FOLDER wireshark|clang-tidy|cppcheck

Wireshark's checks come from the source package of the version that is installed
(wireshark_source.sh); what of them this version does not have is said. Ends
with 77 where the tool, or the source package, is not to be had.
"""

import concurrent.futures
import glob
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from wireshark import TESTS, TOP, build_folder

SOURCES = sorted(glob.glob(os.path.join(TOP, "plugin", "**", "*.c"), recursive=True))
HEADERS = sorted(glob.glob(os.path.join(TOP, "plugin", "**", "*.h"), recursive=True))
INCLUDES = ["-I" + folder for folder in sorted({os.path.dirname(path) for path in HEADERS})]
# What registers fields is a dissector to Wireshark's tools.
FIELDS = [path for path in SOURCES if "hf_register_info" in open(path, encoding="utf-8").read()]

# -z has no other way to refuse its argument in 4.0 and 4.4: one file, one place.
MAY_EXIT = os.path.join(TOP, "plugin", "epan", "tap-report.c")

CPPCHECK = [
    "cppcheck", "--quiet", "--std=c11", "--library=gtk", "--enable=warning,performance,portability", "--inline-suppr",
    "--error-exitcode=1", *INCLUDES,
    # It does not read the headers of the system.
    "--suppress=missingInclude", "--suppress=missingIncludeSystem",
    # It does not know __has_include.
    "--suppress=preprocessorErrorDirective:*compat.h",
    # It does not know what Wireshark's macros define.
    "--suppress=unknownMacro:*preferences.c",
    # A struct that goes into a GArray takes what it points to along; leaks are
    # what the builds with the address sanitizer find.
    "--suppress=memleak",
]


def run(*command, **how):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, **how)
    return done.returncode, done.stdout + done.stderr


def wireshark(_build):
    done = subprocess.run([os.path.join(TESTS, "wireshark_source.sh")], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return done.returncode
    source = done.stdout.strip()
    tools, failed = os.path.join(source, "tools"), 0

    def report(name, status, said, bad):
        nonlocal failed
        print("%s: %s" % (name, "FAILED, status %d" % status if bad else "nothing found"))
        if bad:
            failed += 1
            print(said)

    # Shadowed functions of libc ("time", "index") are no fault of today's
    # compilers; -Wshadow looks for what is.
    apis = ["perl", os.path.join(tools, "checkAPIs.pl"), "--nocheck-shadow", "-g", "abort", "-g", "termoutput"]
    strict = ["-g", "dissectors-prohibited", "-g", "dissectors-restricted"]
    status, said = run(*apis, *strict, *[path for path in SOURCES if path != MAY_EXIT], *HEADERS)
    report("checkAPIs.pl", status, said, status or said.strip())
    status, said = run(*apis, *strict, MAY_EXIT)
    report("checkAPIs.pl, tap-report.c", status, said,
           said.strip() != "Error: Found dissectors-prohibited APIs in %s: exit" % MAY_EXIT)

    # Each field and expert item is in the array of its own file.
    for path in FIELDS:
        status, said = run("perl", os.path.join(tools, "checkhf.pl"), path)
        report("checkhf.pl, %s" % os.path.basename(path), status, said, status or said.strip())

    # Names and options differ between versions: what there is, is used.
    for script, options in (("check_typed_item_calls.py", ("--all-checks", "--mask", "--label", "--consecutive", "--missing-items",
                                                           "--check-bitmask-fields")),
                            ("check_val_to_str.py", ())):
        path = os.path.join(tools, script)
        if not os.path.exists(path):
            print("%s: not in this version of Wireshark" % script)
            continue
        known = run(sys.executable, path, "--help")[1]
        options = [option for option in options if option in known]
        if "--all-checks" in options:
            options = ["--all-checks"]
        for dissector in FIELDS:
            status, said = run(sys.executable, path, *options, "--file", dissector, cwd=source)
            bad = status or "Traceback" in said or "error:" in said.lower() or "warning:" in said.lower()
            report("%s, %s" % (script, os.path.basename(dissector)), status, said, bad)
    return 1 if failed else 0


def clang_tidy(build):
    if not shutil.which("clang-tidy"):
        print("skipped: no clang-tidy")
        return 77
    # How each file is compiled, from a build folder of its own.
    folder = os.path.join(build, "clang-tidy")
    status, said = run("cmake", "-S", TOP, "-B", folder, "-DCMAKE_C_COMPILER=clang", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
    if status:
        print(said)
        return 1
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for path, (status, said) in zip(SOURCES, pool.map(
                lambda one: run("clang-tidy", "-p", folder, "--quiet", one), SOURCES)):
            if status:
                failed += 1
                print("%s:\n%s" % (os.path.relpath(path, TOP), said))
    print("clang-tidy: %d files, %d with faults" % (len(SOURCES), failed))
    return 1 if failed else 0


def cppcheck(_build):
    if not shutil.which("cppcheck"):
        print("skipped: no cppcheck")
        return 77
    status, said = run(*CPPCHECK, "-j", str(os.cpu_count() or 2), *SOURCES)
    print(said or "cppcheck: nothing found")
    return status


def main():
    arguments = sys.argv[1:]
    build = os.path.abspath(build_folder(arguments))
    checks = {"wireshark": wireshark, "clang-tidy": clang_tidy, "cppcheck": cppcheck}
    if len(arguments) != 1 or arguments[0] not in checks:
        raise SystemExit(__doc__)
    return checks[arguments[0]](build)


if __name__ == "__main__":
    sys.exit(main())
