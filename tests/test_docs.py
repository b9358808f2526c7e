#!/usr/bin/env python3
"""plugin/docs/ says what the code is: what it names exists, all codes are there, links lead somewhere.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_docs.py [--build FOLDER]

  places    (`judge/dns.c`: `judge_outage`, `is_down`) in plugin/docs/*.md: the file
            is there, and defines that function, table, macro, type or member
  codes     each table of verdict.md whose head names a kind of code has exactly the
            codes of that kind (service/codes.h), and every other table a known head;
            keys are in report/'s JSON, preferences are registered
  folders   the table of architecture.md says of each folder what CMakeLists.txt gives it
  links     relative links, and what they name in a file, of plugin/docs/, README.md,
            the manual and the other documents
  comments  docs/verdict.md, "Heading" in a comment of plugin/ and tests/unit/: that
            heading, or a rule or term of that name, is there
First a small made-up tree shows that each kind of fault is found.
"""

import glob
import os
import re
import sys
import tempfile

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(TESTS, "lib"))

from test_directions import given_folders
from wireshark import TOP, build_folder

DOCUMENTS = ("README.md", "CHANGELOG.md", "packaging/manual/*.md", "plugin/docs/*.md", "tests/*.md", "tests/*/*.md", "tests/*/*/README.md")
PLACE = re.compile(r"`((?:\w+/)?[\w-]+\.[ch])`(?::((?:\s*`\w+`,?|\s*and(?=\s*`))+))?")
# A table of verdict.md: the head of its first column -> the kind of its codes, None: not of codes.
KINDS = {
    "outcome of a probe": "probe", "outcome of a handshake": "swg", "origin": "origin", "`known from`": "known", "port": "port",
    "verdict on DNS": "state_dns", "verdict on the web": "state_web", "encryption": "encryption", "cause": "cause",
    "confidence": "confidence", "finding": "client", "finding of the capture": "capture", "service": "service",
    "one client are": None, "of an outage": None, "ended by": "ended", "key": "key", "preference": "preference",
}


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def without_comments(text):
    return re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.S)


def names_of(text):
    """What a source file defines: functions, tables, macros, types, members and constants of an enum; no call of a function."""
    text = without_comments(text)
    found = set(re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", text, re.M))
    # Macros span lines; what they hold is code of whoever uses them.
    code = re.sub(r"^[ \t]*#(?:.*\\\n)*.*", "", text, flags=re.M)
    # A function: its name at the line's level, its brackets, and a body.
    found |= {name for name, _ in re.findall(r"^\w[\w \t*]*?\b(\w+)\(((?:[^;{}()]|\([^()]*\))*)\)\s*\{", code, re.M)}
    # A table or variable of the file.
    found |= set(re.findall(r"^(?:static |extern |const )[^;={()]*?\b(\w+)(?:\[[^]]*\])*\s*(?:=|;)", code, re.M))
    for body, name in re.findall(r"^typedef (?:struct|enum)[^{;]*\{(.*?)^\}\s*(\w+);", code, re.M | re.S):
        found |= {name} | set(re.findall(r"\b(\w+)(?:\[[^]]*\])*(?: : \d+)?\s*[;,]", body))
    return found | set(re.findall(r"^(?:typedef )?(?:struct|enum) (\w+)", code, re.M))


def places(text):
    """File and names of each place of a document."""
    for place in PLACE.finditer(text):
        yield place[1], re.findall(r"`(\w+)`", place[2] or "")


def check_places(top):
    plugin, known = os.path.join(top, "plugin"), {}
    # With the keys of the JSON and the preferences, which are texts.
    everywhere = {name for path in glob.glob(os.path.join(plugin, "**", "*.[ch]"), recursive=True)
                  for name in names_of(read(path)) | set(re.findall(r'"(\w+)"', read(path)))}
    for path in sorted(glob.glob(os.path.join(plugin, "docs", "*.md"))):
        document = os.path.relpath(path, top)
        count = 0
        for file, names in places(read(path)):
            count += 1
            if not os.path.isfile(os.path.join(plugin, file)):
                yield "%s names %s, which is not in plugin/" % (document, file)
                continue
            if file not in known:
                known[file] = names_of(read(plugin, file))
            for name in names:
                if name not in known[file]:
                    yield "%s names %s of %s, which does not define it" % (document, name, file)
        # Beside the places: what looks like a name of the code is one, of whatever file.
        for name in sorted(set(re.findall(r"`([a-zA-Z]+_\w+)`", PLACE.sub("", read(path))))):
            if name not in everywhere:
                yield "%s names %s, which no file of plugin/ defines" % (document, name)
        for name in re.findall(r"`((?:tests|packaging)/[\w./-]+)`", read(path)):
            if not os.path.exists(os.path.join(top, name)):
                yield "%s names %s, which is not there" % (document, name)
        if not count:
            yield "%s names no file of plugin/" % document


def tables(text):
    """(head of the first column, first cells) of each table."""
    for table in re.finditer(r"^ *\|(.*)\|[ \t]*\n *\|(?:[ :-]+\|)+[ \t]*\n((?: *\|.*\n?)*)", text, re.M):
        yield table[1].split("|")[0].strip(), [re.split(r"(?<!\\)\|", row)[1] for row in table[2].strip("\n").split("\n") if row]


def codes_of(top):
    """Kind -> codes. The rows, with the code in the third place, of each table of service/codes.h."""
    header, found = read(top, "plugin", "service", "codes.h"), {}
    for name, body in re.findall(r"^#define SSE_(\w+)_ROWS\([^)]*\) \\\n((?:.*\\\n)*.*\n)", header, re.M):
        for row, code in re.findall(r'\b([A-Z]+)\(\w+, \w+, "([^"]*)"', body):
            found.setdefault(name, []).append((row, code))
    kinds = {"probe": "PROBE_OUTCOME", "swg": "SWG_OUTCOME", "origin": "ORIGIN", "known": "KNOWN", "port": "PORT_STATE",
             "encryption": "ENCRYPTION", "cause": "CAUSE", "confidence": "CONFIDENCE", "service": "SERVICE",
             "ended": "ENDED"}
    codes = {kind: [code for _, code in found.get(name, ())] for kind, name in kinds.items()}
    codes["client"] = [code for row, code in found.get("FINDING", ()) if row == "CLIENT"]
    codes["capture"] = [code for row, code in found.get("FINDING", ()) if row == "CAPTURE"]
    states = [code for _, code in found.get("STATE", ())]
    codes["state_dns"] = [code for code in states if code != "cloud-service-unavailable"]
    codes["state_web"] = [code for code in states if code != "unprotected"]
    return codes


def check_codes(top):
    codes, seen = codes_of(top), set()
    report = "".join(read(path) for path in sorted(glob.glob(os.path.join(top, "plugin", "report", "*.c"))))
    keys = set(re.findall(r'"(\w+)"', report))
    registered = set(re.findall(r'"([a-z_]+)",\s+"', without_comments(read(top, "plugin", "epan", "preferences.c"))))
    for head, cells in tables(read(top, "plugin", "docs", "verdict.md")):
        if head not in KINDS:
            yield "verdict.md has a table with the head %s: what is in it?" % head
            continue
        kind, got = KINDS[head], [name for cell in cells for name in re.findall(r"`([\w-]+)`", cell)]
        seen.add(head)
        if kind == "key":
            wanted = got_only = [name for name in got if name in keys]
        elif kind == "preference":
            wanted, got_only = sorted(registered), got
        elif kind is None:
            continue
        else:
            wanted, got_only = codes[kind], got
        for name in sorted(set(got) - set(wanted)):
            yield "verdict.md, the table %s: %s is none" % (head, name)
        for name in sorted(set(wanted) - set(got_only)):
            yield "verdict.md, the table %s lacks %s" % (head, name)
        for name in sorted({name for name in got if got.count(name) > 1}):
            yield "verdict.md, the table %s: %s is there twice" % (head, name)
    for head in sorted(set(KINDS) - seen):
        yield "verdict.md has no table with the head %s" % head


def check_folders(top):
    given, text = given_folders(top), read(top, "plugin", "docs", "architecture.md")
    said = {}
    for row in re.findall(r"^\| `(\w+)` \|.*\|(.*)\|$", text, re.M):
        said[row[0]] = set(re.findall(r"`(\w+)`", row[1]))
    for folder in sorted((set(given) | set(said)) - {""}):
        if said.get(folder) != given.get(folder):
            yield "architecture.md: %s sees %s, by CMakeLists.txt %s" % tuple(
                [folder] + [", ".join(sorted(of[folder])) if folder in of else "nothing: it is none" for of in (said, given)])


def prose(text):
    """Without blocks and spans of code, in which a bracket is no link."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S))


def headings(text):
    return re.findall(r"^#+ +(.+?) *$", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S), re.M)


def rules(text):
    """Terms and rules, which are emphasised."""
    return [name.rstrip(".") for name in re.findall(r"(?<!\*)\*\*?([A-Z][^*\n]*?)\*\*?(?!\*)", prose(text))]


def anchors(text):
    """As GitHub names the headings of a document."""
    return {re.sub(r"[^\w -]", "", re.sub(r"`", "", heading).lower()).replace(" ", "-") for heading in headings(text)}


def check_links(top):
    for path in sorted(path for pattern in DOCUMENTS for path in glob.glob(os.path.join(top, pattern))):
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(read(path))):
            file, _, anchor = target.partition("#")
            if re.match(r"\w+:", target):
                continue
            there = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
            if not os.path.exists(there):
                yield "%s links to %s, which is not there" % (os.path.relpath(path, top), target)
            elif anchor and anchor not in anchors(read(there)):
                yield "%s links to %s, which has no such heading" % (os.path.relpath(path, top), target)


def check_comments(top):
    """Headings of plugin/docs/ that comments name: docs/domain.md, "Keys" and "Log formats"; the section "Origin" of docs/verdict.md."""
    known = {os.path.basename(path): headings(read(path)) + rules(read(path)) for path in glob.glob(os.path.join(top, "plugin", "docs", "*.md"))}
    sources = (os.path.join("plugin", "**", "*.[ch]"), os.path.join("tests", "unit", "*.[ch]"))
    for path in sorted(path for pattern in sources for path in glob.glob(os.path.join(top, pattern), recursive=True)):
        for comment in re.findall(r"/\*.*?\*/", read(path), re.S):
            said = re.sub(r"\s*\n\s*\*\s?", " ", comment)
            where = os.path.relpath(path, top)
            for document in re.findall(r"docs/([\w.-]+\.md)", said):
                if document not in known:
                    yield "%s: a comment names docs/%s, which is not there" % (where, document)
            found = [(document, quoted) for document, quoted in re.findall(r'docs/(\w+\.md), ((?:"[^"]+"(?: and |, )?)+)', said)]
            found += [(document, quoted) for quoted, document in re.findall(r'((?:"[^"]+"(?: and |, )?)+) of docs/(\w+\.md)', said)]
            for document, quoted in found:
                for heading in re.findall(r'"([^"]+)"', quoted):
                    if heading not in known.get(document, ()):
                        yield '%s: docs/%s has no heading "%s"' % (where, document, heading)


def check(top):
    return [fault for part in (check_places, check_codes, check_folders, check_links, check_comments) for fault in part(top)]


# The made-up tree, which is right.
HEADS = [head for head in KINDS if head not in ("origin", "key", "preference")]
TREE = {
    "plugin/judge/a.c": "/* a.c\n * Judges: the section \"Rules\" of docs/verdict.md, docs/domain.md, \"Facts\" and \"A rule\". */\n"
                        "static const int table[2] = { 1, 2 };\nstatic int judge(int a,\n                 int (*b)(int))\n{\n    return called(a);\n}\n",
    "plugin/service/codes.h": '#define SSE_ORIGIN_ROWS(ROW) \\\n    ROW(UNKNOWN, unknown, "unknown", "words") \\\n    ROW(NEAR, near, "near", "words")\n'
                              "typedef struct row {\n    int member;\n} row;\n",
    "plugin/report/json.c": 'void key(void)\n{\n    put("since");\n}\n', "plugin/epan/preferences.c": '    x("redact", "Words");\n',
    "plugin/docs/verdict.md": "# V\n\n## Rules\n\n(`judge/a.c`: `judge`,\n`table`; `service/codes.h`: `SSE_ORIGIN_ROWS`, `row`, `member`) See [facts](domain.md#facts-of-it).\n\n"
                              "| origin | when |\n|---|---|\n| `unknown` | `else` |\n| `near` | |\n\n| key | what |\n|---|---|\n| `since` | |\n\n"
                              "| preference | |\n|---|---|\n| `redact` | |\n\n" + "".join("| %s | |\n|---|---|\n\n" % head for head in HEADS),
    "plugin/docs/domain.md": "# D\n\n## Facts\n\n## `Facts` of it\n\n(`judge/a.c`) `tests/there.py` *A rule.*\n", "tests/there.py": "\n",
    "plugin/docs/architecture.md": "# A\n\n(`judge/a.c`)\n\n| folder | what | sees |\n|---|---|---|\n| `service` | facts | |\n| `judge` | rules | `service` |\n",
    "CMakeLists.txt": "sse_folder(service)\nsse_folder(judge sse_service)\n",
    "README.md": "[the rules](plugin/docs/verdict.md#rules) `[no](link)`\n",
}
# (file, what is replaced in it, by what, the fault that follows: a regular expression)
FAULTS = [
    ("plugin/docs/verdict.md", "`judge/a.c`", "`judge/b.c`", r"plugin/docs/verdict\.md names judge/b\.c, which is not in plugin/"),
    ("plugin/docs/verdict.md", "`judge`,", "`called`,", r"plugin/docs/verdict\.md names called of judge/a\.c, which does not define it"),
    ("plugin/docs/verdict.md", "`table`", "`tables`", r".* names tables of judge/a\.c, which does not define it"),
    ("plugin/docs/verdict.md", "See [facts]", "`no_name` [facts]", r"plugin/docs/verdict\.md names no_name, which no file of plugin/ defines"),
    ("plugin/docs/verdict.md", "`member`", "`members`", r".* names members of service/codes\.h, which does not define it"),
    ("plugin/judge/a.c", "judge(int a", "judged(int a", r".* names judge of judge/a\.c, which does not define it"),
    ("plugin/docs/domain.md", "`tests/there.py`", "`tests/gone.py`", r"plugin/docs/domain\.md names tests/gone\.py, which is not there"),
    ("plugin/docs/domain.md", "(`judge/a.c`)", "", r"plugin/docs/domain\.md names no file of plugin/"),
    ("plugin/docs/verdict.md", "| `near` | |\n", "", r"verdict\.md, the table origin lacks near"),
    ("plugin/docs/verdict.md", "| `near` |", "| `near` `far` |", r"verdict\.md, the table origin: far is none"),
    ("plugin/docs/verdict.md", "| `near` | |\n", "| `near` | |\n| `near` | |\n", r"verdict\.md, the table origin: near is there twice"),
    ("plugin/service/codes.h", '"near"', '"nearer"', r"verdict\.md, the table origin: near is none\n.* lacks nearer"),
    ("plugin/docs/verdict.md", "| `since` |", "| `until` |", r"verdict\.md, the table key: until is none"),
    ("plugin/docs/verdict.md", "| `redact` |", "| `retract` |", r".*: retract is none\n.* lacks redact"),
    ("plugin/docs/verdict.md", "| key |", "| keys |", r"verdict\.md has a table with the head keys: what is in it\?\n.* no table with the head key"),
    ("plugin/docs/architecture.md", "| `service` |\n", "| |\n", r"architecture\.md: judge sees , by CMakeLists\.txt service"),
    ("CMakeLists.txt", "sse_folder(service)", "", r"architecture\.md: service sees , by CMakeLists\.txt nothing: it is none"),
    ("README.md", "verdict.md#rules", "verdicts.md", r"README\.md links to plugin/docs/verdicts\.md, which is not there"),
    ("README.md", "#rules", "#rule", r"README\.md links to plugin/docs/verdict\.md#rule, which has no such heading"),
    ("plugin/docs/domain.md", "## Facts\n", "## Fact\n", r'plugin/judge/a\.c: docs/domain\.md has no heading "Facts"'),
    ("plugin/docs/verdict.md", "## Rules\n", "## Rules of it\n", r'README\.md links to .*#rules, .*\nplugin/judge/a\.c: docs/verdict\.md has no heading "Rules"'),
    ("plugin/docs/domain.md", "*A rule.*", "*Another.*", r'plugin/judge/a\.c: docs/domain\.md has no heading "A rule"'),
    ("plugin/judge/a.c", 'docs/domain.md, "Facts" and "A rule"', "docs/facts.md", r"plugin/judge/a\.c: a comment names docs/facts\.md, which is not there"),
]


def check_made_up():
    """The faults that the tests above do not find, or find where there are none."""
    wrong = []
    for file, old, new, expected in [("README.md", "", "", "")] + FAULTS:
        with tempfile.TemporaryDirectory() as top:
            for path, text in TREE.items():
                os.makedirs(os.path.dirname(os.path.join(top, path)), exist_ok=True)
                if path == file and old not in text:
                    wrong.append("the made-up %s has no %s" % (path, old))
                with open(os.path.join(top, path), "w", encoding="utf-8") as out:
                    out.write(text.replace(old, new) if path == file else text)
            got = "\n".join(check(top))
        if not re.fullmatch(expected, got):
            wrong.append("made up: %s, %r for %r:\n    expected %s\n    got      %s" % (file, new, old, expected, got))
    return wrong


def main():
    build_folder(sys.argv[1:])
    faults = check_made_up() + check(TOP)
    for fault in faults:
        print(fault)
    counted = [(file, names) for path in glob.glob(os.path.join(TOP, "plugin", "docs", "*.md")) for file, names in places(read(path))]
    print("docs: %d made-up trees; %d places with %d names; %d faults"
          % (1 + len(FAULTS), len(counted), sum(len(names) for _, names in counted), len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
