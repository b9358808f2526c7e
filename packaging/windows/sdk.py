#!/usr/bin/env python3
"""Makes what the plugin is built with for Windows out of Debian's packages for
Linux: import libraries from the symbols of Debian's libraries, the headers, a
CMake package and a pkg-config file.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: sdk.py WIRESHARK OUTPUT
  WIRESHARK  folder with Debian's unpacked packages of one version of Wireshark
  OUTPUT     gets include/, lib/, WiresharkConfig.cmake, names/ (what each DLL has)

glib's headers and symbols are those of the Debian that this runs in.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

TRIPLET = "x86_64-w64-mingw32ucrt"
LIBRARIES = "usr/lib/x86_64-linux-gnu"
# Library -> the DLL's name in the official Wireshark for Windows.
WIRESHARK = {"wireshark": "libwireshark.dll", "wiretap": "libwiretap.dll", "wsutil": "libwsutil.dll"}
GLIB = "glib-2.0-0.dll"
# Fewer names than this, and a library was not read.
LEAST = {"libwireshark.dll": 2000, "libwiretap.dll": 150, "libwsutil.dll": 300, GLIB: 1500}

# glibconfig.h of Linux -> of Windows with 64 bits, where long has 32: (what, by what).
GLIBCONFIG = [
    (r"^typedef signed long (gint64|gssize|gintptr);", r"typedef signed long long \1;"),
    (r"^typedef unsigned long (guint64|gsize|guintptr);", r"typedef unsigned long long \1;"),
    (r"\(val##L\)", "(val##LL)"), (r"\(val##UL\)", "(val##ULL)"),
    (r'^(#define G_(?:GINT64|GSIZE|GSSIZE|GINTPTR)_MODIFIER\s+)"l"', r'\1"ll"'),
    (r'^(#define G_(?:GINT64|GSSIZE|GINTPTR)_FORMAT\s+)"li"', r'\1"lli"'),
    (r'^(#define G_(?:GUINT64|GSIZE|GUINTPTR)_FORMAT\s+)"lu"', r'\1"llu"'),
    (r"^#define GLIB_SIZEOF_LONG +8", "#define GLIB_SIZEOF_LONG 4"),
    (r"^(#define G_MAXSIZE\s+)G_MAXULONG", r"\1G_MAXUINT64"), (r"^(#define G_MINSSIZE\s+)G_MINLONG", r"\1G_MININT64"),
    (r"^(#define G_MAXSSIZE\s+)G_MAXLONG", r"\1G_MAXINT64"),
    (r"\(glong\) \((p|i)\)\)", r"(gint64) (\1))"), (r"\(gulong\) \((p|u)\)\)", r"(guint64) (\1))"),
    (r"^(#define GU?LONG_TO_[LB]E\(val\)\s+\(\(gu?long\) GU?INT)64", r"\g<1>32"),
    (r"^#define G_OS_UNIX$", "#define G_OS_WIN32\n#define G_PLATFORM_WIN32"),
    (r"^#define G_THREADS_IMPL_POSIX$", "#define G_THREADS_IMPL_WIN32"),
    (r'^#define G_POLLFD_FORMAT "%d"', '#define G_POLLFD_FORMAT "%#llx"'),
    (r'(#define G_MODULE_SUFFIX )"so"', r'\1"dll"'),
    (r"^typedef int GPid;", "typedef void * GPid;"), (r'^#define G_PID_FORMAT "i"', '#define G_PID_FORMAT "p"'),
    (r"^(#define GLIB_SYSDEF_AF_INET6) 10", r"\1 23"),
    (r"(#define G_DIR_SEPARATOR) '/'", r"\1 '\\\\'"), (r'(#define G_DIR_SEPARATOR_S) "/"', r'\1 "\\\\"'),
    (r"(#define G_SEARCHPATH_SEPARATOR) ':'", r"\1 ';'"), (r'(#define G_SEARCHPATH_SEPARATOR_S) ":"', r'\1 ";"'),
]

CONFIG = """\
set(Wireshark_VERSION "%(version)s")
set(Wireshark_MAJOR_VERSION %(major)s)
set(Wireshark_MINOR_VERSION %(minor)s)
set(Wireshark_INSTALL_PREFIX "/")
set(Wireshark_PLUGIN_INSTALL_DIR "/plugins/%(major)s.%(minor)s")
foreach(library epan=wireshark wiretap=wiretap wsutil=wsutil)
    string(REPLACE "=" ";" library ${library})
    list(GET library 0 target)
    list(GET library 1 name)
    add_library(${target} SHARED IMPORTED)
    set_target_properties(${target} PROPERTIES
        IMPORTED_IMPLIB "${CMAKE_CURRENT_LIST_DIR}/lib/lib${name}.dll.a"
        INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_LIST_DIR}/include/wireshark")
endforeach()
target_link_libraries(epan INTERFACE wiretap wsutil)
"""
PKG_CONFIG = """\
prefix=%(output)s
Name: GLib
Description: GLib for Windows
Version: %(version)s
Libs: -L${prefix}/lib -lglib-2.0
Cflags: -I${prefix}/include/glib-2.0
"""


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def symbols(library):
    """@return name -> whether it is data, of all that a library of Linux exports"""
    found = {}
    for line in run("nm", "-D", "--defined-only", library).splitlines():
        kind, name = line.split()[-2:]
        if kind in "TWiDBRV":
            found[name.split("@")[0]] = kind in "DBRV"
    return found


def import_library(dll, names, output):
    """Makes lib/NAME.dll.a, and names/DLL for those who check."""
    if len(names) < LEAST[dll]:
        raise SystemExit("%s: only %d names were read" % (dll, len(names)))
    base = re.sub(r"^(lib)?", "lib", re.sub(r"(-0)?\.dll$", "", dll))
    definition, library = os.path.join(output, "lib", base + ".def"), os.path.join(output, "lib", base + ".dll.a")
    with open(definition, "w", encoding="ascii") as out:
        # Without the quotes dlltool takes the dash for a mistake, says so, and ends with 0.
        out.write('LIBRARY "%s"\nEXPORTS\n' % dll)
        out.writelines("  %s%s\n" % (name, " DATA" if names[name] else "") for name in sorted(names))
    run(TRIPLET + "-dlltool", "-d", definition, "-l", library)
    made = set(re.findall(r"\b__imp_(\w+)$", run(TRIPLET + "-nm", library), re.M)) if os.path.exists(library) else set()
    if made != set(names):
        raise SystemExit("%s: of %d names %d are in the import library" % (dll, len(names), len(made)))
    with open(os.path.join(output, "names", dll), "w", encoding="ascii") as out:
        out.writelines(name + "\n" for name in sorted(names))


def glibconfig(text):
    for what, by in GLIBCONFIG:
        text, count = re.subn(what, by, text, flags=re.M)
        if not count:
            raise SystemExit("glibconfig.h has changed: nothing in it is %s" % what)
    return text


def since(version, newest=(2, 68)):
    return tuple(map(int, re.findall(r"\d+", version)[:2])) <= newest


def glib_names():
    """@return (all names -> whether data, those that the oldest glib beside an official Wireshark has)"""
    names, path = symbols(os.path.join("/", LIBRARIES, "libglib-2.0.so.0")), glob.glob("/var/lib/dpkg/info/libglib2.0-0*.symbols")[0]
    with open(path, encoding="utf-8") as lines:
        old = {line.split("@")[0].strip() for line in lines if line.startswith(" ") and since(line.split()[1])}
    return {name: data for name, data in names.items() if name in old}


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    packages, output = sys.argv[1], os.path.abspath(sys.argv[2])
    shutil.rmtree(output, ignore_errors=True)
    for folder in ("lib/pkgconfig", "names"):
        os.makedirs(os.path.join(output, folder))
    for name, dll in WIRESHARK.items():
        import_library(dll, symbols(os.path.join(packages, LIBRARIES, "lib%s.so" % name)), output)
    import_library(GLIB, glib_names(), output)

    include = os.path.join(output, "include")
    shutil.copytree(os.path.join(packages, "usr/include/wireshark"), os.path.join(include, "wireshark"))
    shutil.copytree("/usr/include/glib-2.0", os.path.join(include, "glib-2.0"))
    with open(os.path.join("/", LIBRARIES, "glib-2.0/include/glibconfig.h"), encoding="utf-8") as file:
        text = glibconfig(file.read())
    with open(os.path.join(include, "glib-2.0/glibconfig.h"), "w", encoding="utf-8") as out:
        out.write(text)
    # It belongs to Windows alone, and none of it is used.
    with open(os.path.join(include, "glib-2.0/glib/gwin32.h"), "w", encoding="utf-8") as out:
        out.write("/* Nothing of it is used. */\n")

    with open(os.path.join(packages, LIBRARIES, "pkgconfig/wireshark.pc"), encoding="utf-8") as file:
        version = re.search(r"^Version: *(\S+)", file.read(), re.M)[1]
    major, minor = version.split(".")[:2]
    with open(os.path.join(output, "WiresharkConfig.cmake"), "w", encoding="utf-8") as out:
        out.write(CONFIG % {"version": version, "major": major, "minor": minor})
    with open(os.path.join(output, "lib/pkgconfig/glib-2.0.pc"), "w", encoding="utf-8") as out:
        out.write(PKG_CONFIG % {"output": output, "version": run("pkg-config", "--modversion", "glib-2.0").strip()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
