#!/usr/bin/env python3
"""The folders of plugin/ stand in an order, and nothing points backwards.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_directions.py [--build FOLDER]

Three things, of the sources and of the objects in the build folder:
  folders   each file includes files of its own folder and of those that the
            sse_folder() lines of CMakeLists.txt give to it; a header called
            *_private.h stays in its folder; the core knows GLib and C alone
  circles   no file needs another that needs it, by symbols (nm) or includes; a
            .c and the .h of its name are one file
  in-tree   packaging/in-tree/CMakeLists.txt knows every folder, in this order
First a small made-up tree shows that each kind of fault is found.
"""

import collections
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from wireshark import TOP, build_folder

# These are written for Wireshark. All others are the core.
OUTER = {"", "report", "compat", "epan", "wiretap"}
# What the reader of logs may use: mergecap and its like load it without libwireshark.
READER = {"wiretap", "base", "service", "model", "decode", "compat"}
CORE_SYSTEM = {"glib.h"} | {name + ".h" for name in (
    "assert ctype errno float inttypes limits math stdalign stdarg stdbool stddef stdint stdio stdlib string time").split()}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def closure(start, edges):
    """All that is reached from a node; the node itself where it is in a circle."""
    found, todo = set(), list(edges.get(start, ()))
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += edges.get(one, ())
    return found


def given_folders(top):
    """Folder -> the folders that CMakeLists.txt gives to it, in the order of the file; "" are the files beside them."""
    text = re.sub(r"#.*", "", read(top, "CMakeLists.txt"))
    direct = {"": {"epan"}}
    for name, libraries in re.findall(r"^sse_folder\((\w+)([^)]*)\)", text, re.M):
        direct[name] = set(re.findall(r"\bsse_(\w+)", libraries))
    for libraries in re.findall(r"^ *target_link_libraries\(sseroaming_log([^)]*)\)", text, re.M):
        direct["wiretap"] = set(re.findall(r"\bsse_(\w+)", libraries)) - {"options"}
    return {name: closure(name, direct) for name in direct}


def source_files(top):
    """Path below plugin/ -> text."""
    plugin = os.path.join(top, "plugin")
    return {os.path.relpath(path, plugin): read(path)
            for path in sorted(glob.glob(os.path.join(plugin, "**", "*.[ch]"), recursive=True))}


def resolve(path, name, files, order):
    """Which of our files an include means: that of the same folder first, as the compiler looks; None for another's."""
    for folder in [os.path.dirname(path), *order]:
        if os.path.normpath(os.path.join(folder, name)) in files:
            return os.path.normpath(os.path.join(folder, name))
    return None


def check_folders(files, given):
    """Includes that the order of the folders does not allow."""
    for name, lower in given.items():
        if name in lower:
            yield "CMakeLists.txt: the folder %s is given to itself, by way of another" % name
    if not given.get("wiretap", set()) <= READER:
        yield "CMakeLists.txt: wiretap is given %s" % ", ".join(sorted(given["wiretap"] - READER))
    for folder in sorted({os.path.dirname(path) for path in files} - set(given)):
        yield "CMakeLists.txt has no sse_folder(%s)" % folder
    for path, text in files.items():
        folder = os.path.dirname(path)
        for quote, name in INCLUDE.findall(text):
            target = resolve(path, name, files, given)
            where = os.path.dirname(target) if target else None
            if target is None and quote == '"':
                yield "%s includes %s, which is in no folder of plugin/" % (path, name)
            elif target is None:
                if folder not in OUTER and name not in CORE_SYSTEM:
                    yield "%s is of the core and includes <%s>" % (path, name)
            elif where != folder and where not in given.get(folder, ()):
                yield "%s includes %s, which is not below it" % (path, target)
            elif where != folder and target.endswith("_private.h"):
                yield "%s includes %s, which is private to its folder" % (path, target)


def symbols(nm, build, files):
    """Each .c file -> (the symbols that it defines, those that it needs), and what is wrong."""
    found, faults = {}, []
    for path in (path for path in files if path.endswith(".c")):
        objects = glob.glob(os.path.join(glob.escape(build), "CMakeFiles", "*.dir", "plugin", path + ".o"))
        if not objects:
            faults.append("%s is in no library of the build folder %s" % (path, build))
            continue
        listed = subprocess.run([nm, "-g", "-P", *objects], capture_output=True, text=True, check=True).stdout
        rows = [line.split()[:2] for line in listed.splitlines() if len(line.split()) > 1]
        needs = {name for name, kind in rows if kind == "U"}
        found[path] = {name for name, kind in rows if kind.isupper() and kind != "U"}, needs
        if not any(found[path]):
            faults.append("%s: nm finds no symbol in %s" % (path, objects[0]))
    return found, faults


def check_circles(files, given, known):
    """Circles of files and symbols from above. known: symbols() of the files."""
    unit = {path: os.path.splitext(path)[0] for path in files}
    compiled = {unit[path] for path in files if path.endswith(".c")}
    headers, edges = {}, collections.defaultdict(lambda: collections.defaultdict(set))
    for path, text in files.items():
        headers[path] = {found for _, name in INCLUDE.findall(text) for found in [resolve(path, name, files, given)] if found}
    # A header without a .c says what the files that it includes say: whoever includes it is looked through to those.
    bare = {path: {one for one in headers[path] if unit[one] not in compiled} for path in files if unit[path] not in compiled}
    for path in files:
        for target in headers[path]:
            if unit[path] in compiled and unit[target] in compiled:
                edges[unit[path]][unit[target]].add("includes " + os.path.basename(target))
            elif unit[path] in compiled:
                for behind in {target} | closure(target, bare):
                    for one in headers[behind]:
                        if unit[one] in compiled:
                            edges[unit[path]][unit[one]].add("includes %s by %s" % (os.path.basename(one), os.path.basename(target)))
            elif unit[target] not in compiled:
                edges[unit[path]][unit[target]].add("includes " + os.path.basename(target))
    owner = collections.defaultdict(set)
    for path, (defined, _) in known.items():
        for name in defined:
            owner[name].add(path)
    for path, (defined, needed) in known.items():
        for name in sorted(needed - defined):
            for other in owner.get(name, ()):
                edges[unit[path]][unit[other]].add(name)
                above, folder = os.path.dirname(other), os.path.dirname(path)
                if above != folder and above not in given.get(folder, ()):
                    yield "%s needs %s of %s, which is not below it" % (path, name, other)
    reached = {one: closure(one, edges) for one in set(unit.values())}
    left = {one for one in reached if edges[one].keys() - {one} and one in reached[one]}
    while left:
        circle = {one for one in left if min(left) in reached[one] and one in reached[min(left)]} | {min(left)}
        left -= circle
        if len(circle) > 1:
            lines = ["    %s -> %s: %s" % (one, other, ", ".join(sorted(edges[one][other])))
                     for one in sorted(circle) for other in sorted(edges[one]) if other in circle and other != one]
            yield "a circle of %d files: %s\n%s" % (len(circle), ", ".join(sorted(circle)), "\n".join(lines))


def check_in_tree(top, given, folders):
    """The lists of packaging/in-tree/CMakeLists.txt."""
    text = re.sub(r"#.*", "", read(top, "packaging", "in-tree", "CMakeLists.txt"))
    listed = re.search(r"^set\(sse_folders([^)]*)\)", text, re.M)
    order = listed[1].split() if listed else []
    reader = {name for names in re.findall(r"^foreach\(folder ([a-z ]+)\)", text, re.M) for name in names.split()}
    for folder in sorted(folders - {"", "wiretap"}):
        if folder not in order:
            yield "packaging/in-tree/CMakeLists.txt: sse_folders lacks %s" % folder
            continue
        for lower in sorted((given.get(folder, set()) & folders) - {folder} - set(order[:order.index(folder)])):
            yield "packaging/in-tree/CMakeLists.txt: %s does not stand before %s" % (lower, folder)
    for folder in sorted((({"wiretap"} | given.get("wiretap", set())) & folders) - reader):
        yield "packaging/in-tree/CMakeLists.txt: the reader of logs is not given %s" % folder
    for folder in sorted((reader - READER) | (set(order) - folders - set(given))):
        yield "packaging/in-tree/CMakeLists.txt: what is %s?" % folder


def check(top, build, nm):
    """@return all faults of a tree, as texts."""
    files, given = source_files(top), given_folders(top)
    known, faults = symbols(nm, build, files)
    faults += check_folders(files, given)
    faults += check_circles(files, given, known)
    faults += check_in_tree(top, given, {os.path.dirname(path) for path in files})
    return faults


# The made-up tree, which is right.
TREE = {
    "CMakeLists.txt": "sse_folder(base)\nsse_folder(model sse_base)\nsse_folder(epan sse_model)\n"
                      "    target_link_libraries(sseroaming_log PRIVATE sse_options sse_base)\n",
    "packaging/in-tree/CMakeLists.txt": "set(sse_folders base model epan)\nforeach(folder base wiretap)\n",
    "plugin/base/a.h": "int a(void);\n", "plugin/base/a.c": '#include "a.h"\nint a(void) { return 1; }\n',
    "plugin/base/b.h": "int b(void);\n", "plugin/base/b.c": '#include "b.h"\n#include "a.h"\nint b(void) { return a(); }\n',
    "plugin/base/all.h": '#include "a.h"\n#include "b.h"\n', "plugin/base/a_private.h": "int secret(void);\n",
    "plugin/model/m.h": "int m(void);\n", "plugin/model/m.c": '#include <glib.h>\n#include "m.h"\n#include "b.h"\nint m(void) { return b(); }\n',
    "plugin/epan/e.c": '#include <epan/packet.h>\n#include "m.h"\nint e(void) { return m(); }\n',
    "plugin/wiretap/w.c": '#include "a.h"\nint w(void) { return a(); }\n',
    "plugin/plugin.c": "int e(void);\nint start(void) { return e(); }\n",
}
# (what is changed, the faults that follow: each a regular expression for a whole text)
FAULTS = [
    ({}, []),
    ({"plugin/base/a.c": "int b(void);\nint a(void) { return b(); }\n"},
     [r"a circle of 2 files: base/a, base/b\n    base/a -> base/b: b\n    base/b -> base/a: a, includes a\.h"]),
    ({"plugin/base/b.c": "int b(void) { return 1; }\n", "plugin/base/b.h": '#include "a.h"\n',
      "plugin/base/a.c": '#include "all.h"\nint a(void) { return 1; }\n'},
     [r"a circle of 2 files: base/a, base/b\n    base/a -> base/b: includes b\.h by all\.h\n    base/b -> base/a: includes a\.h"]),
    ({"plugin/base/all.h": '#include "more.h"\n', "plugin/base/more.h": '#include "all.h"\n'},
     [r"a circle of 2 files: base/all, base/more\n.*\n.*"]),
    ({"plugin/base/b.c": '#include "m.h"\nint b(void) { return 1; }\n'},
     [r"base/b\.c includes model/m\.h, which is not below it", r"a circle of 2 files: base/b, model/m\n.*\n.*"]),
    ({"plugin/base/a.c": "int other(void);\nint a(void) { return other(); }\n", "plugin/model/other.c": "int other(void) { return 1; }\n"},
     [r"base/a\.c needs other of model/other\.c, which is not below it"]),
    ({"plugin/model/m.c": '#include "a_private.h"\nint m(void) { return 1; }\n'},
     [r"model/m\.c includes base/a_private\.h, which is private to its folder"]),
    ({"plugin/base/a.h": "#include <epan/packet.h>\n"}, [r"base/a\.h is of the core and includes <epan/packet\.h>"]),
    ({"plugin/base/a.h": '#  include "nowhere.h"\n'}, [r"base/a\.h includes nowhere\.h, which is in no folder of plugin/"]),
    ({"plugin/wiretap/w.c": '#include "m.h"\nint w(void) { return 1; }\n'}, [r"wiretap/w\.c includes model/m\.h, which is not below it"]),
    ({"CMakeLists.txt": TREE["CMakeLists.txt"].replace("(base)", "(base sse_model)")},
     [r"CMakeLists.txt: the folder base is .*", r"CMakeLists.txt: the folder model is .*", r".*: model does not stand before base",
      r".*: the reader of logs is not given model"]),
    ({"CMakeLists.txt": TREE["CMakeLists.txt"].replace("sse_options sse_base", "sse_epan")},
     [r"CMakeLists.txt: wiretap is given epan", r".*: the reader of logs is not given epan", r".*: the reader of logs is not given model"]),
    ({"plugin/new/n.h": ""}, [r"CMakeLists.txt has no sse_folder\(new\)", r"packaging/in-tree/CMakeLists.txt: sse_folders lacks new"]),
    ({"packaging/in-tree/CMakeLists.txt": "set(sse_folders model base epan)\nforeach(folder wiretap)\n"},
     [r".*: base does not stand before model", r".*: the reader of logs is not given base"]),
]


def check_itself(cc, nm):
    """@return what the checks do not find in the made-up tree, or find there and should not."""
    wrong = []
    for changed, wanted in FAULTS:
        with tempfile.TemporaryDirectory() as top:
            tree = dict(TREE, **changed)
            for path, text in tree.items():
                os.makedirs(os.path.dirname(os.path.join(top, path)), exist_ok=True)
                with open(os.path.join(top, path), "w", encoding="utf-8") as out:
                    out.write(text)
            for path in (path for path in tree if path.endswith(".c")):
                out = os.path.join(top, "b", "CMakeFiles", "x.dir", path + ".o")
                os.makedirs(os.path.dirname(out), exist_ok=True)
                # Headers are none of the compiler's business here: declarations stand in for them.
                code = "int a(void), b(void), m(void);\n" + re.sub(r"#.*", "", tree[path])
                subprocess.run([cc, "-x", "c", "-c", "-o", out, "-"], input=code, text=True, check=True)
            found = check(top, os.path.join(top, "b"), nm)
        if len(found) != len(wanted) or not all(any(re.fullmatch(one, text) for text in found) for one in wanted):
            wrong.append("of %s it finds:\n  %s" % (changed, "\n  ".join(found) or "nothing"))
    return wrong


def main():
    arguments = sys.argv[1:]
    build = os.path.abspath(build_folder(arguments))
    cache = dict(re.findall(r"^(CMAKE_C_COMPILER|CMAKE_NM):\w+=(.+)$", read(build, "CMakeCache.txt"), re.M))
    wrong = check_itself(cache["CMAKE_C_COMPILER"], cache["CMAKE_NM"])
    for text in wrong:
        print("the test itself: " + text)
    faults = check(TOP, build, cache["CMAKE_NM"])
    for text in faults:
        print(text)
    print("directions: %d made-up trees, %d wrong; %d files, %d faults" % (len(FAULTS), len(wrong), len(source_files(TOP)), len(faults)))
    return 1 if wrong or faults else 0


if __name__ == "__main__":
    sys.exit(main())
