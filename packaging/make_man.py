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
import textwrap

# Section of the manual page: headings of README.md that fill it, in this order.
SECTIONS = [
    ("OPTIONS OF TSHARK", ["`-z sseroaming`", "If the capture has no DNS answer for the gateway"]),
    ("READING THE REPORT", ["How to read it", "Verdicts"]),
    ("LOGS", ["The module's own logs"]),
    ("FIELDS", ["Fields", "DNSCrypt"]),
    ("MANY CAPTURES", ["Many captures"]),
    ("EXPERT INFORMATION", ["Expert information", "Findings"]),
    ("PREFERENCES", ["Preferences"]),
    ("JSON", ["JSON"]),
    ("WORDS", ["Words"]),
    ("LIMITS", ["Limits, plainly"]),
]
NAME = "sseroaming \\- why a Cisco Secure Client roaming module is unprotected, from a capture"
SYNOPSIS = [
    "tshark \\-q \\-r FILE \\-z sseroaming[,text|json|ticket|html][,FILTER]",
    "tshark \\-q \\-r FILE \\-z sseroaming,outages|clients|probes|handshakes|tree[,FILTER]",
    "tshark [\\-2] \\-r FILE \\-Y 'sseroaming...'",
    "wireshark \\-z sseroaming FILE",
    "mergecap \\-w FILE cscumbrellaplugin.txt Umbrella.txt CAPTURE",
    "tshark \\-o sseroaming.log_shift:SECONDS \\-q \\-r FILE \\-z sseroaming",
]
# Columns that an example has in a terminal of 80.
EXAMPLE = 69
SEE_ALSO = [("tshark", 1), ("wireshark", 1), ("mergecap", 1), ("editcap", 1), ("wireshark-filter", 4), ("jq", 1)]


def escape(text):
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")


def inline(text):
    """Markdown within a line, as roff within a line."""
    # Who reads this may have the package alone.
    text = re.sub(r" \(`tests/[^`]*`\)", "", text)
    text = re.sub(r"\[([^]]+)\]\((?!#|https?:)[^)]+\)", r"\1 in the source", text)
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


def cells(row):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip())[1:-1]]


def table(rows, headed):
    """@param headed  whether its head stands above it: there are others in the section"""
    head = cells(rows[0])
    if headed:
        yield from [".PP", "\\fI%s:\\fP" % inline(head[0][:1].upper() + head[0][1:])]
    for row in rows[2:]:
        first, *rest = cells(row)
        yield ".TP"
        yield line(inline(first))
        text = []
        for kind, cell in zip(head[1:], rest):
            if kind in ("type", "severity"):
                text.append("(%s)" % inline(cell))
            elif kind == "default":
                default = "Default: %s." % inline(cell)
            elif cell:
                text.append(inline(cell))
        if "default" in head:
            text[-1] = text[-1].rstrip(".") + "."
            text.append(default)
        yield line(" ".join(text) or "\\&")


def folded_command(one, quote):
    """
    A line of a command, in parts no wider than EXAMPLE where it may be broken.
    @param quote  the quote that is open where it begins, or ""
    @return the parts, the quote that is open where it ends
    """
    space, end = 0, len(one)
    for at, char in enumerate(one):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif one[at:at + 3] == " # ":
            end = at
            break
        elif char == " " and 0 < len(one[:at].strip()) and at <= EXAMPLE - 2:
            space = at
    if len(one) <= EXAMPLE:
        return [one], quote
    note, one = one[end:].strip(), one[:end].rstrip()
    parts = [note] if note else []
    if len(one) <= EXAMPLE or not space:
        return parts + [one], quote
    rest = "    " + one[space:].strip()
    return parts + [one[:space].rstrip() + " \\", rest], quote


def example(lines):
    """Lines of an example for a terminal: of commands, which begin with a small letter, or of a report."""
    if re.match("[a-z]", lines[0]):
        quote = ""
        for one in lines:
            parts, quote = folded_command(one, quote)
            yield from parts
        return
    indent = [len(one) - len(one.lstrip()) for one in lines]
    at = 0
    while at < len(lines):
        text, first = lines[at], at
        # What the report broke at its own width goes together first.
        while len(lines[at]) > EXAMPLE and at + 1 < len(lines) and (
                indent[at + 1] > indent[first]
                or indent[at + 1] == indent[first] and lines[at + 1].strip()[:1].islower()):
            at += 1
            text += " " + lines[at].strip()
        at += 1
        yield from textwrap.wrap(text, EXAMPLE, subsequent_indent=" " * (indent[first] + 6),
                                 break_long_words=False, break_on_hyphens=False) or [""]


def body(lines):
    """Blocks of Markdown as roff."""
    tables = sum(one.startswith("|-") for one in lines)
    at = 0
    while at < len(lines):
        one = lines[at]
        start = at
        if one.startswith("```"):
            at += 1
            while not lines[at].startswith("```"):
                at += 1
            yield from [".PP", ".RS 4", ".nf"] + [line(escape(code)) for code in example(lines[start + 1:at])] + [".fi", ".RE"]
            at += 1
        elif one.startswith("|"):
            while at < len(lines) and lines[at].startswith("|"):
                at += 1
            yield from table(lines[start:at], tables > 1)
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
