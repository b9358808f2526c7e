#!/usr/bin/env python3
"""The checks of the DLLs for Windows find what they are there for: small DLLs,
each with one fault.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_check_dll.py SDK
  SDK  what packaging/windows/sdk.py made; `packaging/windows.sh --twice` runs this
       in the folder where that is
"""

import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WINDOWS = os.path.join(TOP, "packaging", "windows")
sys.path.insert(0, WINDOWS)

import check_dll
import sdk

LINK = ["-static-libgcc", "-s", "-Wl,--no-insert-timestamp", "-Wl,--disable-auto-image-base", "-Wl,--dynamicbase", "-Wl,--nxcompat",
        "-Wl,--high-entropy-va"]
GOOD = """
#define OUT __declspec(dllexport)
void g_free(void *); void proto_register_plugin(void *); void wtap_register_plugin(void *); int g_stat(const char *, void *);
OUT const char plugin_version[] = "1.2.3"; OUT const int plugin_want_major = 4; OUT const int plugin_want_minor = 0;
OUT void plugin_register(void) { g_free(0); REGISTER(0); MORE; }
OUT unsigned plugin_describe(void) { return 1; }
"""
RESOURCE = """
1 VERSIONINFO FILEVERSION 1,2,3,0
BEGIN BLOCK "StringFileInfo" BEGIN BLOCK "040904b0" BEGIN VALUE "ProductVersion", "1.2.3" END END END
"""
# What is wrong, plugin's kind, what is done for it, a word of what is found; None: nothing.
CASES = [
    ("nothing", "epan", {}, None),
    ("nothing, reader of logs", "wiretap", {}, None),
    ("a sixth export", "epan", {"source": "OUT int another(void) { return 0; }"}, "exports another, plugin_describe"),
    ("a missing export", "epan", {"source": "#define plugin_describe hidden\n"}, "exports hidden"),
    ("another DLL", "epan", {"head": "int MessageBoxA(void *, void *, void *, int);", "more": "MessageBoxA(0, 0, 0, 0)",
                             "libraries": ["-luser32"]}, "wants USER32.dll"),
    ("a name that this version lacks", "epan", {"head": "void of_the_future(void);", "more": "of_the_future()", "future": True},
     "lacks: of_the_future"),
    ("a function of glib that is too new", "epan", {"head": "void g_of_the_future(void);", "more": "g_of_the_future()", "future": True},
     "lacks: g_of_the_future"),
    ("struct stat", "epan", {"more": "g_stat(\"\", 0)", "future": True}, "another compiler's form goes through: g_stat"),
    ("libwireshark in mergecap", "wiretap", {"head": "void proto_register_plugin(void *);", "more": "proto_register_plugin(0)"},
     "wants libwireshark.dll"),
    ("the time of its making", "epan", {"drop": "-Wl,--no-insert-timestamp"}, "time of its making"),
    ("memory that may be run", "epan", {"drop": "-Wl,--nxcompat", "link": ["-Wl,--disable-nxcompat"]}, "without NX_COMPAT"),
    ("no resource", "epan", {"resource": False}, "no ProductVersion"),
    ("a path", "epan", {"source": "OUT const char *plugin_where(void) { return \"/source/plugin/base\"; }"}, "names a folder"),
]


def run(*command):
    subprocess.run(command, check=True)


def build(folder, where, kind, how):
    os.makedirs(os.path.join(folder, kind), exist_ok=True)
    dll = os.path.join(folder, kind, "plugin.dll")
    head = how.get("head", "") + ("" if how.get("source", "").startswith("OUT") else how.get("source", ""))
    tail = how.get("source", "") if how.get("source", "").startswith("OUT") else ""
    text = GOOD.replace("REGISTER", "proto_register_plugin" if kind == "epan" else "wtap_register_plugin")
    with open(os.path.join(folder, "plugin.c"), "w", encoding="utf-8") as out:
        out.write(head + "\n" + text.replace("MORE", how.get("more", "(void)0")) + tail)
    with open(os.path.join(folder, "plugin.rc"), "w", encoding="utf-8") as out:
        out.write(RESOURCE)
    objects = []
    if how.get("resource", True):
        run(sdk.TRIPLET + "-windres", os.path.join(folder, "plugin.rc"), os.path.join(folder, "plugin.res.o"))
        objects.append(os.path.join(folder, "plugin.res.o"))
    if how.get("future"):
        for name, dll_of in (("wireshark", "libwireshark.dll"), ("glib", "glib-2.0-0.dll")):
            with open(os.path.join(folder, name + ".def"), "w", encoding="ascii") as out:
                out.write('LIBRARY "%s"\nEXPORTS\n%s\n' % (dll_of, "of_the_future" if name == "wireshark" else "g_of_the_future\ng_stat"))
            run(sdk.TRIPLET + "-dlltool", "-d", os.path.join(folder, name + ".def"), "-l", os.path.join(folder, name + ".a"))
            objects.append(os.path.join(folder, name + ".a"))
    libraries = [os.path.join(where, "lib", name) for name in ("libwireshark.dll.a", "libwiretap.dll.a", "libglib-2.0.dll.a")]
    run(sdk.TRIPLET + "-gcc", "-O1", "-w", "-shared", "-o", dll, os.path.join(folder, "plugin.c"), *objects,
        *[one for one in LINK if one != how.get("drop")], *how.get("link", []), *libraries, *how.get("libraries", []))
    return dll


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    where, failed = os.path.abspath(sys.argv[1]), 0
    with tempfile.TemporaryDirectory() as folder:
        for what, kind, how, word in CASES:
            found = list(check_dll.faults(where, "1.2.3", build(folder, where, kind, how)))
            if (word is None and found) or (word is not None and not any(word in fault for fault in found)):
                failed += 1
                print("FAILED: %s: found %s" % (what, found or "nothing"))
        # A list that is too short, and a dlltool that says that all is well and makes nothing.
        os.makedirs(os.path.join(folder, "lib"))
        os.makedirs(os.path.join(folder, "names"))
        real = sdk.run
        for what, names, stand_in in (("no names", {}, real), ("an empty import library", {"name_%d" % n: False for n in range(3000)},
                                                               lambda *command: "" if "-dlltool" in command[0] else real(*command))):
            sdk.run = stand_in
            try:
                sdk.import_library("libwireshark.dll", names, folder)
                failed += 1
                print("FAILED: %s: nothing was said" % what)
            except SystemExit:
                pass
            sdk.run = real
    print("checks of the DLLs: %d passed, %d failed" % (len(CASES) + 2 - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
