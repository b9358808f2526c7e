#!/usr/bin/env python3
"""Writes the tables of packaging/manual/reference.md from the code: what the page
says of fields, codes, preferences and keys cannot differ from the rows that they
are made of. The prose between the tables is written by hand.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: make_reference.py [--check]

--check writes nothing and fails where the page is not what the code gives
(tests/test_manual.py). A table stands between <!-- table NAME --> and
<!-- end -->; NAME is a key of TABLES below. When a code is there is said once, by
the tables of plugin/docs/verdict.md, and taken from there.
"""

import glob
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(TOP, "packaging", "manual", "reference.md")
sys.path.insert(0, os.path.join(TOP, "tests", "lib"))

import schema

TYPES = {"FT_STRING": "string", "FT_STRINGZ": "string", "FT_BYTES": "bytes", "FT_FRAMENUM": "frame", "FT_BOOLEAN": "boolean",
         "FT_IPv4": "IPv4", "FT_IPv6": "IPv6", "FT_RELATIVE_TIME": "time", "FT_ABSOLUTE_TIME": "date", "FT_NONE": "subtree",
         "FT_FLOAT": "number", "FT_DOUBLE": "number"}
SEVERITIES = {"PI_CHAT": "chat", "PI_NOTE": "note", "PI_WARN": "warning", "PI_ERROR": "error"}
# What is longer than this many values has a table of its own, or is a text to read.
FEW = 12


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as file:
        return re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)


SOURCES = {os.path.relpath(path, TOP): read(path) for path in sorted(glob.glob(os.path.join(TOP, "plugin", "**", "*.[ch]"), recursive=True))}
MACROS = {name: value for text in SOURCES.values()
          for name, value in re.findall(r"^[ \t]*#[ \t]*define[ \t]+([A-Z]\w+)[ \t]+((?:[^\\\n]|\\\n|\\.)+)$", text, re.M)}


def text_of(tokens):
    """Strings and macros of strings that stand beside each other, as one text; None: not only those."""
    said = ""
    for quoted, name in re.findall(r'"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*)', tokens):
        if name:
            inner = text_of(MACROS[name]) if name in MACROS else None
            if inner is None:
                return None
            said += inner
        else:
            said += quoted.replace('\\"', '"').replace("\\\\", "\\")
    return said


def arguments(text, at):
    """The arguments of a bracket that opens at text[at], split at their commas."""
    depth, parts, start, quoted = 0, [], at + 1, False
    close = {"(": ")", "{": "}"}[text[at]]
    while True:
        char = text[at]
        if quoted:
            if char == "\\":
                at += 1
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char in "({":
            depth += 1
        elif char in ")}":
            depth -= 1
            if depth == 0:
                assert char == close
                parts.append(text[start:at].strip())
                return parts
        elif char == "," and depth == 1:
            parts.append(text[start:at].strip())
            start = at + 1
        at += 1


def rows_of(table):
    """The rows of a table of codes: (its macro, arguments)."""
    for text in SOURCES.values():
        body = re.search(r"^#define SSE_%s_ROWS\(([^)]*)\) \\\n((?:.*\\\n)*.*\n)" % table, text, re.M)
        if body:
            code = body[2].replace("\\\n", "\n")
            return [(row[1], arguments(code, row.end(1))) for row in re.finditer(r"\b(%s)\(" % "|".join(re.split(r",\s*", body[1])), code)]
    raise SystemExit("no table SSE_%s_ROWS" % table)


def codes_of(table):
    return [text_of(parts[2]) for _, parts in rows_of(table)]


def cell(text):
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def table(head, rows):
    return ["| %s |" % " | ".join(head), "|%s" % ("---|" * len(head))] + ["| %s |" % " | ".join(cell(part) for part in row) for row in rows]


def when(head):
    """Code -> the second cell of the table of verdict.md with this head, without the places in the code and links."""
    with open(os.path.join(TOP, "plugin", "docs", "verdict.md"), encoding="utf-8") as file:
        text = file.read()
    found = re.search(r"^\| %s \|.*\n\|[-|: ]+\|\n((?:\|.*\n)*)" % re.escape(head), text, re.M)
    said = {}
    for row in found[1].strip().split("\n"):
        cells = [part.strip() for part in re.split(r"(?<!\\)\|", row)[1:-1]]
        place = r"`\w+/[\w.-]+\.[ch]`(?::(?:,?\s*`\w+`(?:\s*,)?(?:\s+and)?)+)?"
        what = re.sub(r"\s*\((?:[^()]*?)?%s(?:;\s*%s)*\)" % (place, place), "", cells[1].replace("\\|", "|"))
        what = re.sub(r"\s*\(?%s\)?" % place, "", what)
        # Sections of that document; names that the code has, and a reader of the page does not.
        what = re.sub(r"\s*\((?:Terms|Outcomes|confidence|rules? [^()]*)\)", "", what)
        what = re.sub(r"\b(PROBE|SYN)_TIMEOUT\b", lambda name: "`%s`" % name[0].lower(), what)
        what = re.sub(r"`(SSE_\w+)`", lambda name: "`%s`" % (text_of(MACROS[name[1]]) if name[1] in MACROS else name[1]), what)
        for code in re.findall(r"`([\w-]+)`", cells[0]):
            said[code] = what
    return said


# ---- fields ----

def values_of(source, name):
    """What an enum field's values are printed and filtered as; None: another table of this page has them."""
    found = re.search(r"value_string %s\[\] = (\{)" % re.escape(name), source)
    if not found:
        return None
    inner = arguments(source, found.start(1))
    said = []
    for part in inner:
        for table_name in re.findall(r"SSE_(\w+)_ROWS\(", part):
            said += codes_of(table_name)
        value = re.match(r'\{[^,]*,\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}$', part)
        if value:
            said.append(text_of(value[1]))
    return said if len(said) <= FEW else None


def fields(prefix):
    for path, source in SOURCES.items():
        for found in re.finditer(r"\{ &hf_\w+(?:\[\w+\])?, (\{)", source):
            name, filtered, kind, _, strings, _, blurb = arguments(source, found.start(1))[:7]
            filtered = text_of(filtered)
            if not re.match(prefix, filtered):
                continue
            is_enum = strings.startswith("VALS(")
            said = text_of(blurb) if blurb != "NULL" else text_of(name)
            values = values_of(source, strings[5:-1]) if is_enum else None
            if values:
                said += ": " + ", ".join("`%s`" % value for value in values)
            kind = "enum" if is_enum else TYPES.get(kind, "number")
            yield "`%s`" % filtered, kind, said


def expert_items():
    for which, area, what in (("PROBE_OUTCOME", "probe", 3), ("SWG_OUTCOME", "swg", 3)):
        for kind, parts in rows_of(which):
            if kind == "FAILED":
                yield "`sseroaming.expert.%s.%s`" % (area, parts[1]), SEVERITIES["PI_" + parts[5]], text_of(parts[6])
    for _, parts in rows_of("CHANGE"):
        yield "`sseroaming.expert.%s`" % text_of(parts[2]), SEVERITIES["PI_" + parts[4]], text_of(parts[5])
    for source in SOURCES.values():
        for found in re.finditer(r"\{ &ei_\w+, (\{)", source):
            name, _, severity, said = arguments(source, found.start(1))[:4]
            yield "`%s`" % text_of(name), SEVERITIES[severity], text_of(said)


# ---- codes ----

def outcomes(which, head):
    meaning = when(head)
    for kind, parts in rows_of(which):
        code = text_of(parts[2])
        yield "`%s`" % code, "yes" if kind == "FAILED" else "", meaning[code]


def states(head, without):
    meaning = when(head)
    return [("`%s`" % code, text_of(parts[4]), meaning[code]) for _, parts in rows_of("STATE")
            for code in (text_of(parts[2]),) if code != without]


def causes():
    for _, parts in sorted(rows_of("CAUSE"), key=lambda row: (row[1][3] == "0", row[1][3] == "0" or int(row[1][3]), int(row[1][4]))):
        services = [name for name, rank in (("DNS", parts[3]), ("web", parts[4])) if rank != "0"]
        yield "`%s`" % text_of(parts[2]), ", ".join(services), text_of(parts[5])


def findings(which, head):
    meaning, advice = when(head), {parts[0]: text_of(parts[1]) for _, parts in rows_of("ADVICE")}
    for kind, parts in rows_of("FINDING"):
        if kind == which:
            code = text_of(parts[2])
            yield "`%s`" % code, meaning[code], advice.get(parts[6], "")


def small(which, head):
    meaning = when(head)
    return [("`%s`" % code, meaning[code]) for code in codes_of(which) if code in meaning]


def sentences(which):
    return [(text_of(parts[1]),) for _, parts in rows_of(which)]


# ---- preferences ----

def preferences():
    source = SOURCES[os.path.join("plugin", "epan", "preferences.c")]
    meaning = when("preference")
    for name in meaning:
        found = re.search(r'"%s",\s*"[A-Z]' % name, source)
        start = max(source.rfind("(", 0, found.start()), source.rfind("{", 0, found.start()))
        parts = arguments(source, start)
        at = next(number for number, part in enumerate(parts) if text_of(part) == name and part.startswith('"'))
        yield "`%s`" % name, default_of(source, name, parts[at + 3:]), text_of(parts[at + 2]) or meaning[name]


def default_of(source, name, rest):
    for part in rest:
        if part in MACROS:
            said = text_of(MACROS[part])
            return "`%s`" % said if said else "empty"
        variable = re.match(r"&(?:\w+\.)?(\w+)$", part)
        value = variable and re.search(r"\b%s = ([^,;]+)[,;]" % variable[1], source)
        if value:
            said = MACROS.get(value[1], value[1]).strip().strip('"')
            return "`%s`" % {"true": "TRUE", "false": "FALSE"}.get(said, said)
    if re.search(r'prefs_register_uat_preference\(\w+, "%s"' % name, source):
        return "no rows"
    raise SystemExit("the preference %s has no default" % name)


# ---- JSON ----

def kind_of(pattern):
    """In a word what a value is, and the members to go into."""
    if isinstance(pattern, schema.Or):
        said, inner = kind_of([one for one in pattern.patterns if one is not None][0])
        return said + (" or null" if None in pattern.patterns else ""), inner
    if isinstance(pattern, schema.Counts):
        return "numbers by code", None
    if isinstance(pattern, schema.Texts):
        return "texts by name", None
    if isinstance(pattern, list):
        said, inner = kind_of(pattern[0])
        return "list of %s" % {"object": "objects", "number": "numbers", "text": "texts"}.get(said, said), inner
    if isinstance(pattern, dict):
        return "object", pattern
    if isinstance(pattern, tuple):
        said = [one for one in pattern if one is not None]
        return (", ".join("`%s`" % one for one in said) if len(said) <= 5 else "a code"), None
    return {bool: "true or false", int: "number", float: "number", str: "text", schema.TIME: "time"}[pattern], None


def keys(pattern, path=""):
    """Key, what it is; objects that come again are told once."""
    seen = []
    def step(members, path):
        for name, inner in members.items():
            said, below = kind_of(inner)
            here = path + name + ("[]" if said.startswith("list of objects") else "")
            again = [where for shape, where in seen if shape is below and below is not None]
            yield "`%s`" % here, said + (", as `%s`" % again[0] if again else "")
            if below is not None and not again:
                seen.append((below, here))
                yield from step(below, here + ".")
    rows = list(step(pattern, path))
    rows += list(step({"clients[].log": schema.LOG}, ""))[0:]
    return rows


TABLES = {
    "dns": lambda: table(("DNS", "in words", "when, per IP version"), states("verdict on DNS", "cloud-service-unavailable")),
    "web": lambda: table(("Web", "in words", "when"), states("verdict on the web", "unprotected")),
    "causes": lambda: table(("cause", "of", "what was seen"), causes()),
    "probes": lambda: table(("probe's outcome", "failed", "when"), outcomes("PROBE_OUTCOME", "outcome of a probe")),
    "handshakes": lambda: table(("handshake's outcome", "failed", "when"), outcomes("SWG_OUTCOME", "outcome of a handshake")),
    "origins": lambda: table(("origin", "when"), small("ORIGIN", "origin")),
    "known": lambda: table(("known from", "what teaches it"), small("KNOWN", "`known from`")),
    "ports": lambda: table(("port", "when"), small("PORT_STATE", "port")),
    "fields": lambda: table(("field", "type", "what"), fields(r"sseroaming\.(?!log\.)")),
    "log": lambda: table(("field", "type", "what"), fields(r"sseroaming\.log\.")),
    "dnscrypt": lambda: table(("field", "type", "what"), fields(r"dnscrypt\.")),
    "expert": lambda: table(("item", "severity", "text"), expert_items()),
    "findings": lambda: table(("finding", "when", "advice, where it asks for something"), findings("CLIENT", "finding")),
    "capture": lambda: table(("finding of the capture", "when", "advice"), findings("CAPTURE", "finding of the capture")),
    "confidence": lambda: table(("confidence is limited by",), sentences("CONFIDENCE_REASON")),
    "reasons": lambda: table(("reason of an origin",), sentences("ORIGIN_REASON")),
    "preferences": lambda: table(("name", "default", "what"), preferences()),
    "json": lambda: table(("key", "value"), keys(schema.REPORT)),
}


def made(text):
    """The page with its tables as the code has them."""
    names = re.findall(r"^<!-- table (\w+) -->$", text, re.M)
    if sorted(names) != sorted(TABLES):
        raise SystemExit("reference.md has the tables %s, not %s" % (sorted(names), sorted(TABLES)))
    return re.sub(r"^<!-- table (\w+) -->\n.*?^<!-- end -->$",
                  lambda found: "<!-- table %s -->\n\n%s\n\n<!-- end -->" % (found[1], "\n".join(TABLES[found[1]]())), text, flags=re.M | re.S)


def main():
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    now = made(text)
    if "--check" in sys.argv[1:]:
        if now != text:
            raise SystemExit("packaging/manual/reference.md is not what the code gives: run packaging/make_reference.py")
        return
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(now)


if __name__ == "__main__":
    main()
