#!/usr/bin/env python3
"""Checks plugin/compat/compat_wtap.h against the source package of the Wireshark that is
installed: the members of struct wtap that the reader of logs uses have the same
types, places and sizes in both, and the functions the same types.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: check_wtap.py --build FOLDER

Wireshark 4.6 installs a header for it, which the plugin includes: there only the
types are checked. Ends with 77 where there is no source package to be had.
"""

import os
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from wireshark import TESTS, TOP, build_folder

SOURCE = os.path.join(TESTS, "wtap_layout.c")


def flags():
    done = subprocess.run(["pkg-config", "--cflags", "wireshark", "glib-2.0"], capture_output=True, text=True, check=True)
    return shlex.split(done.stdout)


def layout(folder, name, *options):
    program = os.path.join(folder, name)
    done = subprocess.run(["cc", "-std=gnu11", "-Wall", "-Werror", "-Wno-unused-function", *options, *flags(), SOURCE, "-o", program],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit("%s does not compile:\n%s" % (name, done.stderr))
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout


def main():
    build_folder(sys.argv)
    installed = [flag[2:] for flag in flags() if flag.startswith("-I")]
    has_header = any(os.path.exists(os.path.join(folder, "wiretap", "wtap_module.h")) for folder in installed)
    with tempfile.TemporaryDirectory() as folder:
        ours = layout(folder, "ours", "-I", os.path.join(TOP, "plugin", "compat"))
        if has_header:
            print("Wireshark installs wiretap/wtap_module.h, which is used; the types fit:\n" + ours, end="")
            return 0
        done = subprocess.run([os.path.join(TESTS, "wireshark_source.sh")], stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            return done.returncode
        source = done.stdout.strip()
        theirs = layout(folder, "theirs", "-DWTAP_THEIRS", "-I", os.path.join(source, "wiretap"), "-I", source,
                        "-I", os.path.join(source, "include"))
    if ours != theirs:
        print("struct wtap is declared as\n%sand is, in %s,\n%s" % (ours, os.path.basename(source), theirs))
        return 1
    print("struct wtap is that of %s:\n%s" % (os.path.basename(source), ours), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
