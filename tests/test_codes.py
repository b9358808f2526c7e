#!/usr/bin/env python3
"""Every code has its whole row in plugin/service/, and is the same wherever else it
stands.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_codes.py [--build FOLDER]

  holes      a row of each table with a part removed or emptied, compiled as the
             project compiles it: it must fail, and say why. The untouched tables
             first, so that nothing else is why
  rows       what the preprocessor makes of the tables: codes are the ids with
             hyphens, none is there twice
  elsewhere  lib/schema.py, and what is expected of captures (the manual: test_manual.py)
             (golden.py, captures/, lab/, labs/, test_variants.py): a code without
             a row, and a row that is missing there, are named
"""

import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(TESTS, "lib"), os.path.join(TESTS, "lab")]

import schema
from wireshark import TOP, add_captures_to_path, build_folder

add_captures_to_path()

import golden
import scenarios
import test_variants
import expected_dnscrypt
import make_synthetic

SERVICE = os.path.join(TOP, "plugin", "service")
TABLE = re.compile(r"^#define (SSE_(\w+)_ROWS)\(([\w, ]+)\) \\\n((?:.*\\\n)*.*\n)", re.M)
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[(),]|[^\s"(),]+')
# What compilers say of a row with a part too few, of an empty text, of a name that is none.
SAID = re.compile(r"requires \d+ arguments, but only \d+ given|too few arguments provided to function-like macro"
                  r"|[sS]tatic assertion failed|static_assert(ion)? failed|undeclared|expected expression")


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


class Compiler:
    """The project's compiler, with what plugin/service/ is compiled with."""

    def __init__(self, build):
        self.command = [part for part in read(build, "tests", "codes.flags").split("\n") if part]

    def __call__(self, folder, *arguments):
        return subprocess.run([*self.command, *arguments], cwd=folder, capture_output=True, text=True, check=False)

    def with_header(self, name, header):
        """Compiles a source with another header of its name. @return what the compiler says, or None where it takes it."""
        with tempfile.TemporaryDirectory() as folder:
            for suffix, text in ((".h", header), (".c", read(SERVICE, name + ".c"))):
                with open(os.path.join(folder, name + suffix), "w", encoding="utf-8") as out:
                    out.write(text)
            done = self(folder, "-fsyntax-only", name + ".c")
            return done.stderr if done.returncode else None


def arguments_of(text, start):
    """The arguments of a macro from its opening bracket on: [(begin, end)], and where it ends."""
    found, depth, begin = [], 0, None
    for token in TOKEN.finditer(text, start):
        if token[0] == "(":
            depth += 1
            begin = token.end() if depth == 1 else begin
        elif token[0] == ")" and depth > 1:
            depth -= 1
        elif token[0] == ")" or (token[0] == "," and depth == 1):
            found.append((begin, token.start()))
            begin = token.end()
            if token[0] == ")":
                return found, token.end()
    raise AssertionError("no end: %s" % text[start:start + 80])


def holes(header):
    """Each part of the first row of each kind in each table: (what is done to it, the header with the hole)."""
    for table in TABLE.finditer(header):
        for kind in table[3].split(", "):
            row = re.compile(r"\b%s(?=\()" % kind).search(header, table.start(4), table.end(4))
            if not row:
                yield "%s has no %s row" % (table[1], kind), header
                continue
            parts, _ = arguments_of(header, row.end())
            for number, (begin, end) in enumerate(parts):
                part = header[begin:end].replace("\\\n", " ").strip()
                where = "%s: %s(...), part %d, %s" % (table[1], kind, number + 1, part)
                # With its comma: the one before it, or of the first the one behind.
                yield where + ", removed", header[:begin - (number > 0)] + header[end + (number == 0):]
                yield where + ", emptied", header[:begin] + (' ""' if '"' in part else " ") + header[end:]


def check_holes(compiler):
    faults, made = [], []
    for path in sorted(glob.glob(os.path.join(SERVICE, "*.h"))):
        name, header = os.path.basename(path)[:-len(".h")], read(path)
        if TABLE.search(header):
            said = compiler.with_header(name, header)
            if said is not None:
                faults.append("%s.c does not compile as it is:\n%s" % (name, said))
            made += [("%s.h, %s" % (name, what), name, hole) for what, hole in holes(header)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for (what, *_), said in zip(made, pool.map(lambda one: compiler.with_header(*one[1:]), made)):
            if said is None:
                faults.append("%s: it compiles" % what)
            elif not SAID.search(said):
                faults.append("%s: the compiler says something else:\n%s" % (what, said))
    return faults, len(made)


def rows(compiler):
    """Table -> kind of row -> rows, each a list of its parts; texts in quotes are joined and without them."""
    tables = {name: kinds for name, _, kinds, _ in TABLE.findall(read(SERVICE, "codes.h"))}
    with tempfile.TemporaryDirectory() as folder:
        # Macros that are nowhere defined stay as they are.
        source = '#include "codes.h"\n' + "".join('"%s" %s(%s)\n' % (name, name, kinds) for name, kinds in tables.items())
        with open(os.path.join(folder, "rows.c"), "w", encoding="utf-8") as out:
            out.write(source)
        done = compiler(folder, "-I" + SERVICE, "-E", "-P", "rows.c")
    if done.returncode:
        raise SystemExit(done.stderr)
    made = {}
    for name, kinds in tables.items():
        start = done.stdout.index('"%s"' % name)
        made[name] = {}
        for kind in kinds.split(", "):
            made[name][kind] = []
        end = min([done.stdout.index('"%s"' % other) for other in tables if done.stdout.index('"%s"' % other) > start],
                  default=len(done.stdout))
        for row in re.finditer(r"\b(%s)(?=\()" % kinds.replace(", ", "|"), done.stdout[start:end]):
            parts, _ = arguments_of(done.stdout, start + row.end())
            texts = [done.stdout[a:b].strip() for a, b in parts]
            made[name][row[1]].append(["".join(json.loads(t) for t in re.findall(r'"(?:[^"\\]|\\.)*"', text)) if '"' in text else text
                                       for text in texts])
    return made


def check_rows(tables):
    faults = []
    for name, kinds in tables.items():
        seen = {}
        for parts in (parts for of_kind in kinds.values() for parts in of_kind):
            if name != "SSE_CHANGE_ROWS" and parts[2] != parts[1].replace("_", "-"):
                # Two ids are not the code: of one nobody looks for, of one that is longer.
                if (parts[1], parts[2]) not in (("on_path", "on-path-device"),):
                    faults.append("%s: the code of %s is %s" % (name, parts[1], parts[2]))
            for column in (0, 1, 2):
                if parts[column] in seen.setdefault(column, set()):
                    faults.append("%s: %s is there twice" % (name, parts[column]))
                seen[column].add(parts[column])
    return faults


def compare(where, wanted, got):
    """Both ways round."""
    return (["%s: %s has no row in codes.h" % (where, code) for code in sorted(set(got) - set(wanted))]
            + ["%s lacks %s, which has a row in codes.h" % (where, code) for code in sorted(set(wanted) - set(got))])


class Codes:
    """The codes of each kind."""

    def __init__(self, tables):
        def of(name, *kinds):
            return [parts[2] for kind in kinds or tables[name] for parts in tables[name][kind]]
        self.probe, self.swg, self.state = of("SSE_PROBE_OUTCOME_ROWS"), of("SSE_SWG_OUTCOME_ROWS"), of("SSE_STATE_ROWS")
        causes = tables["SSE_CAUSE_ROWS"]["ROW"]
        self.cause = [parts[2] for parts in causes]
        self.cause_dns, self.cause_web = ([parts[2] for parts in causes if parts[column] != "0"] for column in (3, 4))
        self.client, self.capture = of("SSE_FINDING_ROWS", "CLIENT"), of("SSE_FINDING_ROWS", "CAPTURE")
        self.finding = self.client + self.capture
        self.severity = {parts[5].lower().replace("warn", "warning") for kind in tables["SSE_FINDING_ROWS"].values() for parts in kind}
        self.origin, self.known = of("SSE_ORIGIN_ROWS"), of("SSE_KNOWN_ROWS")
        self.port, self.encryption, self.confidence = (of("SSE_%s_ROWS" % name) for name in ("PORT_STATE", "ENCRYPTION", "CONFIDENCE"))


def check_schema(codes):
    faults = []
    for name, wanted in (
            ("PROBE_OUTCOMES", codes.probe), ("SWG_OUTCOMES", codes.swg), ("DNS_CAUSES", codes.cause_dns), ("WEB_CAUSES", codes.cause_web),
            ("CAPTURE_FINDINGS", codes.capture), ("CLIENT_FINDINGS", codes.client), ("SEVERITIES", codes.severity),
            ("PORT_STATES", codes.port), ("ENCRYPTIONS", codes.encryption), ("CONFIDENCES", codes.confidence), ("ORIGINS", codes.origin),
            # What is not known is not printed.
            ("KNOWN_FROM", set(codes.known) - {"unknown"})):
        faults += compare("lib/schema.py, " + name, wanted, getattr(schema, name))
    return faults + compare("lib/schema.py, the verdicts", codes.state, schema.DNS_VERDICTS + schema.WEB_VERDICTS)


# Key -> the kind of code that is its value, or its members' keys.
KINDS = {"verdict": "state", "dns": "state", "web": "state", "cause": "cause", "code": "finding", "findings": "finding", "has": "finding",
         "lacks": "finding", "reset_origin": "origin", "origin": "origin", "known_from": "known", "state": "port", "encryption": "encryption",
         "confidence": "confidence"}


def said(item, path=()):
    """Kind and code of all that stands in a report, or in what is expected of one."""
    key = path[-1] if path else ""
    if isinstance(item, dict):
        kind = "probe" if "resolvers" in path or "resolver" in path else "swg" if "gateways" in path else None
        if key == "outcomes":
            yield from ((kind, code) for code in item)
            return
        for name, value in item.items():
            yield from said(value, path + tuple(re.split(r"[. ]", name)))
    elif isinstance(item, (list, tuple)):
        for one in item:
            yield from said(one, path)
    elif isinstance(item, str) and key in KINDS and item != "...":
        yield KINDS[key], item
    elif isinstance(item, str) and key in ("from", "to") and "network" not in path and re.fullmatch("[a-z-]+", item):
        yield "state", item


def check_expectations(codes):
    """What is expected of captures: a code that is none would never be found there, and one that must be absent always is."""
    expected = [("golden.py, " + name, case) for name, case in golden.ARTICLE.items()]
    expected += [("captures/expected_dnscrypt.py, " + name, case) for name, case in expected_dnscrypt.CAPTURES.items()]
    expected += [("captures/make_synthetic.py, " + case.name, case.expected) for case in make_synthetic.CASES]
    expected += [("lab/scenarios.py, " + name, one.expected) for name, one in scenarios.SCENARIOS.items()]
    expected += [("test_variants.py, %s, %s" % one[:2], one[-1]) for one in test_variants.LESS]
    expected += [(os.path.relpath(path, TESTS), json.loads(read(path))) for path in sorted(glob.glob(os.path.join(TESTS, "labs", "*", "*.json")))]
    faults, shown = [], {}
    for where, case in expected:
        for kind, code in said(case):
            shown.setdefault(kind, set()).add(code)
            if code not in getattr(codes, kind):
                faults.append("%s: %s is no %s of codes.h" % (where, code, kind))
    for path in glob.glob(os.path.join(TESTS, "golden", "*.json")):
        for kind, code in said(json.loads(read(path))):
            shown.setdefault(kind, set()).add(code)
    # Limits take more than a capture of this repository (unit/test_limits.c, test_floods.py). What a log teaches is
    # test_log.py's; why an address is known is always known: that row is for a number that is none.
    for kind, exempt in (("probe", ()), ("swg", ()), ("state", ()), ("cause", ()), ("finding", ("limit-reached",)), ("origin", ()),
                         ("port", ()), ("known", ("log", "unknown")), ("encryption", ()), ("confidence", ())):
        faults += ["no capture shows the %s %s" % (kind, code) for code in getattr(codes, kind)
                   if code not in shown.get(kind, ()) and code not in exempt]
    return faults, len(expected)


def main():
    compiler = Compiler(os.path.abspath(build_folder(sys.argv[1:])))
    faults, count = check_holes(compiler)
    tables = rows(compiler)
    codes = Codes(tables)
    faults += check_rows(tables) + check_schema(codes)
    more, expected = check_expectations(codes)
    for fault in faults + more:
        print(fault)
    print("codes: %d tables, %d rows, %d holes, %d expectations of captures; %d faults"
          % (len(tables), sum(len(one) for kinds in tables.values() for one in kinds.values()), count, expected, len(faults + more)))
    return 1 if faults or more else 0


if __name__ == "__main__":
    sys.exit(main())
