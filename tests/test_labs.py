#!/usr/bin/env python3
"""Training labs: every command, frame number and verdict in them is true.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_labs.py [--build FOLDER] [--renew] [LAB...]

A lab is a folder labs/NN-name/ with README.md and expected.json. Captures in MADE are
made when they are asked for; "In Wireshark" has a row for every question.

Commands: a ```console block holds lines that start with `$ `, each followed by
the exact lines it prints; `...` alone stands for any lines left out.
`$ PCAP=FILE` names the capture for what follows, as the learner sets it, and
every other command says `$PCAP`. All are run by bash, with the plugin.

Numbers in prose: `12<!-- first FILTER -->` is the number of the first frame
that passes the display filter, `<!-- last FILTER -->` of the last, and
`<!-- count FILTER -->` how many pass (two passes, so that our own outcome fields
can be asked for). Where a lab has several captures: `<!-- first in NAME: FILTER -->`.
"frame N" without such a mark is an error. Display filters between backquotes
must be filters that Wireshark takes.

expected.json: capture -> what the report as JSON must hold. Of an object only
the named keys are compared; a list has exactly the named elements, in order,
unless its last one is "...": more may follow.

--renew writes the outputs and numbers as they are now into the READMEs, never
into expected.json; then read `git diff tests/labs`.
"""

import concurrent.futures
import difflib
import json
import os
import re
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), folder) for folder in ("lib", "labs")]

import make_haystack
from wireshark import CAPTURES, TESTS, Wireshark, build_folder

LABS = os.path.join(TESTS, "labs")
# Captures that are too large to be kept.
MADE = {"haystack.pcapng": make_haystack.make}
SKIPPED = "..."
MARK = re.compile(r"(\d+)<!-- (first|last|count)(?: in ([\w-]+):)? (.+?) -->")
BARE = re.compile(r"\b[Ff]rames?\s+(?:N(?:,\s+|\s+and\s+|\s+to\s+|,\s+and\s+))*\d+")
FILTER = re.compile(r"`([a-z!(][^`,]* (?:==|<|>|contains) [^`,]*)`")
CODE = re.compile(r"^```.*?^```$", re.M | re.S)
OURS = re.compile(r"\bsseroaming(?:\.[a-z0-9_]+)+(?![a-z0-9_:])")
HEADINGS = ["## Ticket", "## Capture", "## Questions", "## Hints", "## Worked answer", "### In Wireshark",
            "### What to change", "### What not to advise"]
HOW = {"first": "MIN", "last": "MAX", "count": "COUNT"}


class Command:
    """One command of a README and the lines that stand below it."""

    def __init__(self, line, text, pcap):
        self.line, self.text, self.pcap = line, text, pcap
        self.wanted, self.printed = [], []


def like(line):
    """A line without what differs in each recording: numbers and the room they take."""
    return re.sub(r"\s+", " ", re.sub(r"0x[0-9a-f]+|\d+", "#", line)).strip()


def parts(lines):
    """Lines -> runs of lines between those left out."""
    runs = [[]]
    for line in lines:
        if line == SKIPPED:
            runs.append([])
        else:
            runs[-1].append(line)
    return runs


def find(run, lines, start, same):
    """Where the run stands in the lines, or None."""
    for at in range(start, len(lines) - len(run) + 1):
        if all(same(a, b) for a, b in zip(run, lines[at:])):
            return at
    return None


def agree(wanted, printed):
    """Whether the output is the expected one, `...` standing for any lines."""
    runs, at = parts(wanted), 0
    if len(runs) == 1:
        return wanted == printed
    for number, run in enumerate(runs):
        if number == len(runs) - 1:
            return len(printed) - len(run) >= at and printed[len(printed) - len(run):] == run
        found = find(run, printed, at, str.__eq__)
        if found is None or (number == 0 and found != 0):
            return False
        at = found + len(run)
    return True


def renewed(wanted, printed):
    """The expected lines as they are now, with the same ones left out; None where they cannot be found."""
    runs, at, lines = parts(wanted), 0, []
    if len(runs) == 1:
        return printed
    for number, run in enumerate(runs):
        if number == 0:
            found = 0 if len(run) <= len(printed) else None
        elif number == len(runs) - 1:
            found = len(printed) - len(run)
            found = found if found >= at else None
        else:
            found = find(run, printed, at, lambda a, b: like(a) == like(b))
        if found is None:
            return None
        if number:
            lines.append(SKIPPED)
        at = found + len(run)
        # What begins with the output ends with its paragraph, however long that is now.
        while number == 0 and run and run[-1] and at < len(printed) and printed[at]:
            at += 1
        lines += printed[found:at]
    return lines


class Lab:
    def __init__(self, name):
        self.name, self.folder = name, os.path.join(LABS, name)
        self.path = os.path.join(self.folder, "README.md")
        with open(self.path, encoding="utf-8") as file:
            self.lines = file.read().split("\n")
        with open(os.path.join(self.folder, "expected.json"), encoding="utf-8") as file:
            self.expected = json.load(file)
        self.faults, self.captures, self.commands = [], {}, []
        self.read_commands()

    def fault(self, line, text):
        self.faults.append("%s:%d: %s" % (os.path.relpath(self.path, TESTS), line, text))

    def read_commands(self):
        inside, pcap = False, None
        for number, line in enumerate(self.lines, 1):
            if line.startswith("```"):
                inside = line == "```console"
                command = None
            elif inside and line.startswith("$ PCAP="):
                pcap, command = self.add_capture(number, line[len("$ PCAP="):]), None
            elif inside and line.startswith("$ "):
                command = Command(number, line[2:], pcap)
                self.commands.append(command)
                if pcap is None or "$PCAP" not in line:
                    self.fault(number, "the command does not say $PCAP, or nothing says what that is")
            elif inside and command is None:
                self.fault(number, "output without a command: %s" % line)
            elif inside:
                command.wanted.append(line)

    def add_capture(self, number, path):
        name = os.path.relpath(os.path.join(self.folder, path), CAPTURES)[:-len(".pcapng")]
        if path in MADE:
            self.captures[path[:-len(".pcapng")]] = path[:-len(".pcapng")]
            return path[:-len(".pcapng")]
        if not path.endswith(".pcapng") or not os.path.exists(os.path.join(CAPTURES, name + ".pcapng")):
            self.fault(number, "there is no capture %s" % path)
            return None
        self.captures[os.path.basename(name)] = name
        return name

    def marks(self):
        """All marked numbers: (line, match, capture, how, filter)."""
        for number, line in enumerate(self.lines, 1):
            for mark in MARK.finditer(line):
                known = self.captures if mark[3] is None and len(self.captures) == 1 else {mark[3]: self.captures.get(mark[3])}
                capture = next(iter(known.values()))
                if capture is None:
                    self.fault(number, "in which capture? %s" % mark[0])
                else:
                    yield number, mark, capture, mark[2], mark[4]

    def filters(self):
        """Display filters that the text tells the learner to type: (line, filter)."""
        return [(number, text) for number, line in enumerate(self.lines, 1) for text in FILTER.findall(line)]

    def check_form(self, fields):
        text = "\n".join(self.lines)
        at = 0
        for heading in HEADINGS:
            found = re.compile("^%s$" % re.escape(heading), re.M).search(text, at)
            if not found:
                self.fault(1, "there is no %s, or not in this order" % heading)
            else:
                at = found.end()
        questions = set(re.findall(r"^(\d+)\. ", text.split("## Questions", 1)[1].split("## Hints", 1)[0], re.M))
        shown = {number for row in re.findall(r"^\| ([\d, ]+) \|", text.split("### In Wireshark", 1)[-1].split("\n### ", 1)[0], re.M)
                 for number in re.findall(r"\d+", row)}
        if questions != shown:
            self.fault(1, "In Wireshark answers %s, the questions are %s" % (sorted(shown), sorted(questions)))
        if text.count("<details>") < 2 or text.count("<details>") != text.count("</details>"):
            self.fault(1, "hints and worked answer are not each in a <details> block")
        prose = CODE.sub(lambda code: "\n" * code[0].count("\n"), text)
        for bare in BARE.finditer(MARK.sub("N", prose)):
            self.fault(MARK.sub("N", prose).count("\n", 0, bare.start()) + 1, "a frame number that nothing checks: %s" % bare[0])
        for number, line in enumerate(self.lines, 1):
            for field in OURS.findall(line):
                if field not in fields:
                    self.fault(number, "%s is no field of the plugin" % field)
            for target in re.findall(r"\]\(([^)#]+)\)", line):
                if not target.startswith("http") and not os.path.exists(os.path.join(self.folder, target)):
                    self.fault(number, "%s does not exist" % target)
        if sorted(self.expected) != sorted(self.captures.values()):
            self.fault(1, "expected.json is about %s, the commands about %s" % (sorted(self.expected), sorted(self.captures.values())))

    def write(self, numbers):
        """Outputs and numbers as they are now."""
        lines = list(self.lines)
        for number, mark, now in reversed(numbers):
            line = lines[number - 1]
            lines[number - 1] = line[:mark.start()] + now + line[mark.end(1):]
        for command in reversed(self.commands):
            now = renewed(command.wanted, command.printed)
            if now is None:
                self.fault(command.line, "the lines between the `...` are no longer there: renew them by hand")
            else:
                lines[command.line:command.line + len(command.wanted)] = now
        if lines != self.lines:
            with open(self.path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines))


def differences(wanted, got, path="report"):
    """What of the expected JSON is not in the report."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key, value in wanted.items():
            if key not in got:
                yield "%s has no %s" % (path, key)
            else:
                yield from differences(value, got[key], "%s.%s" % (path, key))
    elif isinstance(wanted, list) and isinstance(got, list):
        more = wanted[-1:] == [SKIPPED]
        wanted = wanted[:-1] if more else wanted
        if len(got) < len(wanted) or (len(got) > len(wanted) and not more):
            yield "%s has %d elements, expected %s%d: %s" % (
                path, len(got), "at least " if more else "", len(wanted),
                json.dumps([one.get("code", "...") if isinstance(one, dict) else one for one in got]))
        for number, (one, other) in enumerate(zip(wanted, got)):
            yield from differences(one, other, "%s[%d]" % (path, number))
    elif wanted != got or isinstance(wanted, bool) != isinstance(got, bool):
        yield "%s is %s, expected %s" % (path, json.dumps(got), json.dumps(wanted))


class Run:
    def __init__(self, wireshark):
        self.wireshark, self.copies = wireshark, {}

    def copy(self, capture):
        """A copy that every user can read, by the capture's name below tests/captures."""
        if capture + ".pcapng" in MADE and capture not in self.copies:
            self.copies[capture] = self.wireshark.file(MADE[capture + ".pcapng"](), capture + ".pcapng")
        if capture not in self.copies:
            with open(os.path.join(CAPTURES, capture + ".pcapng"), "rb") as file:
                self.copies[capture] = self.wireshark.file(file.read(), capture.replace("/", "-") + ".pcapng")
        return self.copies[capture]

    def shell(self, command):
        done = self.wireshark.run("bash", "-o", "pipefail", "-c", "PCAP=$1\n" + command.text, "bash", self.copies[command.pcap])
        command.printed = done.out.split("\n")[:-1] if done.out.endswith("\n") else done.out.split("\n")
        if not done.out:
            command.printed = []
        return "status %d: %s" % (done.status, done.err.strip()) if done.status or done.err else None

    def refused(self, filters):
        """Those of the filters that Wireshark does not take."""
        done = self.wireshark.tshark("capture-empty", "-q", "-z", "io,stat,0," + ",".join(filters))
        if done.status == 0 or len(filters) == 1:
            return filters if done.status else []
        half = len(filters) // 2
        return self.refused(filters[:half]) + self.refused(filters[half:])

    def facts(self, capture, asked):
        """The report, and the numbers for (how, filter): io,stat knows MIN, MAX and COUNT of a field. All in one run."""
        arguments = ["-2", "-q", "-z", "sseroaming,json"]
        if any("," in text for _, text in asked):
            raise SystemExit("%s: a comma in a marked filter: io,stat would split it" % capture)
        if asked:
            arguments += ["-z", "io,stat,0," + ",".join("%s(frame.number)frame.number && (%s)" % (HOW[how], text)
                                                        for how, text in asked)]
        done = self.wireshark.tshark(self.copies[capture], *arguments)
        report = re.search(r'^{"schema".*$', done.out, re.M)
        row = re.search(r"^\|\s+[\d.]+ <> +[\d.]+ +\|([^\n]*)\|$", done.out, re.M)
        if done.status or done.err or not report or (asked and not row):
            raise SystemExit("%s: tshark %s: status %d: %s" % (capture, " ".join(arguments), done.status, done.err.strip()))
        return json.loads(report[0]), dict(zip(asked, (number.strip() for number in row[1].split("|")))) if asked else {}


def main():
    arguments = sys.argv[1:]
    build = build_folder(arguments)
    renew = "--renew" in arguments
    chosen = [os.path.basename(os.path.normpath(a)) for a in arguments if a != "--renew"]
    names = sorted(name for name in os.listdir(LABS) if os.path.isdir(os.path.join(LABS, name)))
    unknown = set(chosen) - set(names)
    if unknown:
        raise SystemExit("no such lab: " + ", ".join(sorted(unknown)))
    labs = [Lab(name) for name in names if not chosen or name in chosen]
    run = Run(Wireshark(build))

    marks = {lab: list(lab.marks()) for lab in labs}
    asked = {}
    for lab in labs:
        for capture in list(lab.captures.values()):
            run.copy(capture)
        for _, _, capture, how, text in marks[lab]:
            asked.setdefault(capture, [])
            if (how, text) not in asked[capture]:
                asked[capture].append((how, text))
    captures = sorted(run.copies)
    commands = [(lab, command) for lab in labs for command in lab.commands if command.pcap]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        fields = pool.submit(run.wireshark.run, "tshark", "-G", "fields")
        refused = pool.submit(run.refused, sorted({text for lab in labs for _, text in lab.filters()}))
        facts = {capture: pool.submit(run.facts, capture, asked.get(capture, [])) for capture in captures}
        results = list(pool.map(lambda pair: run.shell(pair[1]), commands))
    fields = {line.split("\t")[2] for line in fields.result().out.splitlines() if "\tsseroaming" in line}

    for (lab, command), wrong in zip(commands, results):
        if wrong:
            lab.fault(command.line, "%s: %s" % (command.text, wrong))
        elif not renew and not agree(command.wanted, command.printed):
            now = renewed(command.wanted, command.printed) or command.printed
            lab.fault(command.line, "prints something else:\n" + "\n".join(difflib.unified_diff(
                command.wanted, now, "README.md", "now", n=1, lineterm="")))
    failed = 0
    for lab in labs:
        lab.check_form(fields)
        for number, text in lab.filters():
            if text in refused.result():
                lab.fault(number, "no display filter: %s" % text)
        now = [(number, mark, facts[capture].result()[1][how, text]) for number, mark, capture, how, text in marks[lab]]
        for number, mark, value in now:
            if value == "0" and mark[2] != "count":
                lab.fault(number, "no frame passes: %s" % mark[4])
            elif value != mark[1] and not renew:
                lab.fault(number, "%s frame is %s, not %s: %s" % (mark[2], value, mark[1], mark[4]) if mark[2] != "count"
                          else "%s frames, not %s: %s" % (value, mark[1], mark[4]))
        for capture, wanted in lab.expected.items():
            if capture in facts:
                lab.faults += ["labs/%s/expected.json: %s: %s" % (lab.name, capture, difference)
                               for difference in differences(wanted, facts[capture].result()[0])]
        if renew:
            lab.write(now)
        failed += bool(lab.faults)
        for fault in lab.faults:
            print(fault.replace("\n", "\n  "))
    print("labs: %d of %d are right; %d commands, %d numbers, %d captures"
          % (len(labs) - failed, len(labs), len(commands), sum(map(len, marks.values())), len(captures)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
