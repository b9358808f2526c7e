#!/usr/bin/env python3
"""Writes the manual page sseroaming(7) from README.md, whose tables are checked
against the plugin by the tests: one text that cannot fall behind another.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: make_man.py VERSION README.md CHANGELOG.md OUTPUT
The date is that of the version in the changelog, whose newest it must be.
"""

import re
import sys

# Section of the manual page: headings of README.md that fill it, in this order.
SECTIONS = [
    ("OPTIONS OF TSHARK", ["`-z sseroaming`", "If the capture has no DNS answer for the gateway"]),
    ("READING THE REPORT", ["How to read it", "Verdicts"]),
    ("LOGS", ["The module's own logs"]),
    ("FIELDS", ["Fields", "DNSCrypt"]),
    ("EXPERT INFORMATION", ["Expert information", "Findings"]),
    ("PREFERENCES", ["Preferences"]),
    ("JSON", ["JSON"]),
    ("WORDS", ["Words"]),
    ("LIMITS", ["Limits, plainly"]),
]
NAME = "sseroaming \\- why a Cisco Secure Client roaming module is unprotected, from a capture"
SYNOPSIS = [
    "tshark \\-q \\-r FILE \\-z sseroaming[,text|json|ticket][,FILTER]",
    "tshark [\\-2] \\-r FILE \\-Y 'sseroaming...'",
    "wireshark \\-z sseroaming FILE",
]
SEE_ALSO = [("tshark", 1), ("wireshark", 1), ("mergecap", 1), ("editcap", 1), ("wireshark-filter", 4), ("jq", 1)]


def escape(text):
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")


def inline(text):
    """Markdown within a line, as roff within a line."""
    text = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", text).replace("\\|", "|")
    out = []
    for number, part in enumerate(re.split(r"`([^`]+)`", text)):
        if number % 2:
            out.append("\\fB%s\\fP" % escape(part))
        else:
            part = escape(part)
            part = re.sub(r"\*\*([^*]+)\*\*", r"\\fB\1\\fP", part)
            out.append(re.sub(r"(?<![\w*])\*([^*\s][^*]*)\*", r"\\fI\1\\fP", part))
    return "".join(out)


def line(text):
    """A line of roff: none that starts like a request."""
    return "\\&" + text if text[:1] in ".'" else text


def sections(markdown):
    """@return heading -> the lines below it, up to the next heading."""
    found, lines, fenced = {}, [], False
    for one in markdown.splitlines():
        fenced ^= one.startswith("```")
        head = None if fenced else re.match(r"#+ (.*)", one)
        if head:
            lines = found.setdefault(head[1], [])
        else:
            lines.append(one)
    return found


def table(rows):
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip())[1:-1]] for row in rows]
    for first, *rest in cells[2:]:
        yield ".TP"
        yield line(inline(first))
        text = [inline(cell) for cell in rest if cell]
        # "number", "string": the type of a field, before what it is.
        if len(text) > 1 and cells[0][1] == "type":
            text[0] = "(%s)" % text[0]
        yield line(" ".join(text) or "\\&")


def body(lines):
    """Blocks of Markdown as roff."""
    at = 0
    while at < len(lines):
        one = lines[at]
        start = at
        if one.startswith("```"):
            at += 1
            while not lines[at].startswith("```"):
                at += 1
            yield from [".PP", ".RS 4", ".nf"] + [line(escape(code)) for code in lines[start + 1:at]] + [".fi", ".RE"]
            at += 1
        elif one.startswith("|"):
            while at < len(lines) and lines[at].startswith("|"):
                at += 1
            yield from table(lines[start:at])
        elif not one.strip():
            at += 1
        else:
            item = re.match(r"(?:[*-]|\d+\.) ", one)
            at += 1
            while at < len(lines) and lines[at].strip() and not re.match(r"[|]|```|(?:[*-]|\d+\.) ", lines[at]):
                at += 1
            text = " ".join(part.strip() for part in lines[start:at])
            if item:
                mark = item[0].strip()
                yield ".IP %s 4" % ("\\(bu" if mark in "*-" else mark)
                text = text[len(item[0]):]
            else:
                yield ".PP"
            yield line(inline(text))


def main():
    version, readme, changelog, output = sys.argv[1:]
    with open(changelog, encoding="utf-8") as file:
        release = re.search(r"^## \[([\d.]+)\] - (\S+)", file.read(), re.M)
    if not release or release[1] != version:
        raise SystemExit("the newest version in CHANGELOG.md is %s, not %s"
                         % (release[1] if release else "missing", version))
    with open(readme, encoding="utf-8") as file:
        found = sections(file.read())
    title = next(iter(found))
    out = ['.\\" Made from README.md by packaging/make_man.py: change it there.',
           '.TH SSEROAMING 7 "%s" "SSE Roaming %s" "Wireshark"' % (release[2], version),
           ".nh", ".ad l", ".SH NAME", NAME, ".SH SYNOPSIS", ".nf"]
    out += ["\\fB%s\\fP" % form for form in SYNOPSIS] + [".fi", ".SH DESCRIPTION", *body(found[title])]
    for name, headings in SECTIONS:
        out.append(".SH " + name)
        for heading in headings:
            if heading not in found:
                raise SystemExit("README.md has no section \"%s\", which the manual page needs" % heading)
            if len(headings) > 1 and heading != headings[0]:
                out.append('.SS "%s"' % inline(heading))
            out += body(found[heading])
    out += [".SH SEE ALSO", ", ".join("\\fB%s\\fP(%d)" % (escape(name), number) for name, number in SEE_ALSO)]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
