#!/usr/bin/env python3
"""The DLLs for Windows are made by gcc, the official Wireshark by MSVC: both lay
out alike whatever the plugin touches of Wireshark's and GLib's structures.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: check_abi.py

abi_layout.c is compiled for each version of Wireshark by mingw-w64's gcc, and,
from the same preprocessed text, by `clang --target=x86_64-pc-windows-msvc`,
which lays structures out as MSVC does: sizes, places and bits must be equal.
In the folder with Debian 13 in which the DLLs are built (packaging/windows.sh).
Ends with 77 where that cannot be made.
"""

import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(TESTS)
SOURCE = os.path.join(TESTS, "abi_layout.c")
TRIPLET = "x86_64-w64-mingw32ucrt"
MSVC = ["clang", "--target=x86_64-pc-windows-msvc", "-std=gnu11", "-w", "-x", "cpp-output", "-c"]
GCC = [TRIPLET + "-gcc", "-std=gnu11", "-Wall", "-Wno-unused-function", "-DWS_BUILD_DLL"]
INSIDE = """set -eu -o pipefail
. "$1/tests/lib/folder.sh"
. "$top/packaging/windows/folder.sh"
sse_folder_possible || exit 77
folder=$(sse_windows_folder) || exit $?
sse_folder_source "$top" "$folder" source-abi
sse_folder_run "$folder" python3 -B /source-abi/tests/check_abi.py --inside /sdk
"""


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def section(folder, program, name):
    path = os.path.join(folder, "section")
    run(TRIPLET + "-objcopy", "-O", "binary", "--only-section=" + name, program, path)
    with open(path, "rb") as file:
        return file.read()


def layout(folder, program):
    """@return [(name, value)] of all sizes, places and bits in a compiled abi_layout.c"""
    numbers, bits = section(folder, program, ".abinum"), section(folder, program, ".abibit")
    names = section(folder, program, ".abiname").split(b"\0")[0].decode().split("\n")[:-1]
    # The linker's alignment may follow.
    found = [(name, int.from_bytes(numbers[8 * at:8 * at + 8], "little")) for at, name in enumerate(names)]
    bit_names = section(folder, program, ".abibnam").split(b"\0")[0].decode().split("\n")[:-1]
    each = dict(found)["sizeof frame_data"]
    return found + [("bit frame_data." + name, bits[at * each:(at + 1) * each].hex()) for at, name in enumerate(bit_names)]


def one_version(sdk):
    """@return (numbers compared, differences)"""
    flags = ["-I" + os.path.join(sdk, "include", one) for one in ("wireshark", "glib-2.0")]
    flags += ["-I" + os.path.join(TOP, "plugin", "compat")]
    with tempfile.TemporaryDirectory() as folder:
        text, gcc, msvc = (os.path.join(folder, name) for name in ("layout.i", "gcc.obj", "msvc.obj"))
        run(*GCC, *flags, "-E", SOURCE, "-o", text)
        run(*GCC, *flags, "-c", SOURCE, "-o", gcc)
        # Two functions of mingw-w64's headers are built into a compiler that plays MSVC.
        with open(text, encoding="utf-8") as file:
            renamed = re.sub(r"\b(__debugbreak|__fastfail)\b", r"\1_of_mingw", file.read())
        with open(text, "w", encoding="utf-8") as file:
            file.write(renamed)
        run(*MSVC, text, "-o", msvc)
        ours, theirs = layout(folder, gcc), layout(folder, msvc)
    if [name for name, _ in ours] != [name for name, _ in theirs]:
        return 0, ["the compilers made different lists"]
    values = dict(ours)
    if values["sizeof long"] != 4 or values["sizeof void *"] != 8 or values["sizeof time_t"] != 8:
        return 0, ["this is no 64-bit Windows: %s" % shlex.join(GCC)]
    bits = [value for name, value in ours if name.startswith("bit ")]
    if not bits or len(set(bits)) != len(bits) or any(bin(int(bit, 16)).count("1") != 1 for bit in bits):
        return 0, ["the bits were not understood: %s" % bits]
    return len(ours), ["%s: %s with gcc, %s with MSVC" % (name, a, b) for (name, a), (_, b) in zip(ours, theirs) if a != b]


def inside(sdks):
    failed = 0
    packages = sorted(path for path in glob.glob(os.path.join(sdks, "packages", "*")) if os.path.isdir(path))
    for path in packages:
        version = os.path.basename(path)
        sdk = os.path.join(sdks, version)
        if not os.path.exists(sdk + ".made"):
            run("python3", "-B", os.path.join(TOP, "packaging/windows/sdk.py"), path, sdk)
        count, different = one_version(sdk)
        failed += bool(different)
        print("Wireshark %s: %d sizes, places and bits, %d of them different" % (version, count, len(different)))
        for one in different:
            print("  " + one)
    if not packages:
        print("no version of Wireshark to compare")
    return 1 if failed or not packages else 0


def main():
    if sys.argv[1:2] == ["--inside"]:
        return inside(sys.argv[2])
    return subprocess.run(["bash", "-c", INSIDE, "check_abi", TOP], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
