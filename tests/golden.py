#!/usr/bin/env python3
"""Compares the plugin's whole output with the golden files.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: golden.py [--build FOLDER] [--renew] [CAPTURE...]

For every capture: the report as text and as JSON, in one pass and in two (two
change nothing); the JSON against its contract (lib/schema.py); and what the
capture's maker expects of it (captures/make_synthetic.py). For some, MORE
below: ticket, page, fields, expert information, details, other options.
--renew writes the golden files instead; the other checks are made all the same.
"""

import concurrent.futures
import difflib
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

import golden_file
import page
import schema
import tables
from wireshark import SEPARATOR, TESTS, Wireshark, add_captures_to_path, build_folder

add_captures_to_path()

import expected_dnscrypt
import make_article
import make_synthetic

GOLDEN = os.path.join(TESTS, "golden")
GATEWAY = make_synthetic.GATEWAY

FIELDS = ["-T", "fields", "-E", "header=y", "-E", "occurrence=a"] + [
    part for field in (
        "frame.number", "sseroaming.client", "sseroaming.client_ipv6", "sseroaming.probe.id", "sseroaming.probe.outcome",
        "sseroaming.probe.attempt",
        "sseroaming.probe.reply_in", "sseroaming.probe.reply_to", "sseroaming.probe.time", "sseroaming.swg.id",
        "sseroaming.swg.outcome", "sseroaming.swg.attempt", "sseroaming.swg.reply_in", "sseroaming.swg.reply_to",
        "sseroaming.swg.time", "sseroaming.swg.connect_host", "sseroaming.swg.connect_status", "sseroaming.lookup.time",
        "sseroaming.fact", "sseroaming.dns.state", "sseroaming.web.state", "sseroaming.fail_open")
    for part in ("-e", field)]
DETAILS = ["-O", "sseroaming", "-Y", "sseroaming"]
DNSCRYPT = ["-T", "fields", "-E", "header=y", "-E", "occurrence=a"] + [
    part for field in (
        "frame.number", "frame.protocols", "dnscrypt.length", "dnscrypt.client_magic", "dnscrypt.nonce.client",
        "dnscrypt.nonce.resolver", "dnscrypt.encrypted.length", "dnscrypt.certificate_in", "dnscrypt.response_in",
        "dnscrypt.response_to", "dnscrypt.time", "dnscrypt.cert.es_version", "dnscrypt.cert.serial",
        "dnscrypt.cert.client_magic", "dnscrypt.cert.ts_start", "dnscrypt.cert.ts_end", "dnscrypt.cert.valid")
    for part in ("-e", field)]

# What every capture's report and JSON are made with: (name of the golden file's
# second part, arguments of tshark).
REPORTS = [("txt", ["-q", "-z", "sseroaming"]), ("json", ["-q", "-z", "sseroaming,json"]),
           ("ticket.txt", ["-q", "-z", "sseroaming,ticket"]), ("html", ["-q", "-z", "sseroaming,html"])]
# The ticket is the same facts once more: golden for these, checked for all.
TICKETS = {"article-dns", "article-swg", "dns-no-reply", "dns-icmp-filter", "dns-intercepted-nxdomain", "dns-icmpv6-filter",
           "dns-court-order", "dns-both-ports", "web-no-reply", "web-icmp", "web-name-nxdomain", "web-proxy-502",
           "both-failing", "capture-several-clients", "capture-unrelated"}
# So is the page.
PAGES = {"article-dns", "article-swg", "article-logs", "both-failing", "both-protected", "capture-empty", "capture-hostile-strings",
         "capture-network-changed", "capture-several-clients", "capture-unrelated", "dns-flapping", "outages-both-versions",
         "web-gateway-unknown", "web-proxy-502"}
STYLED = "article-dns"
# Golden files of some captures only: the second part -> whose.
OF_SOME = {"ticket.txt": TICKETS, "html": PAGES}
OF_PACKETS = ["article-dns", "article-swg", "dns-no-reply", "dns-both-ports", "dns-intercepted-nxdomain", "dns-icmp-filter",
              "dns-tcp-only", "dns-recovered", "web-completed", "web-no-reply", "web-broken-later", "web-session-silent",
              "web-proxy-502", "web-icmp", "both-failing", "capture-hostile-strings", "capture-several-clients"]
# What one pass says of their packets is compared with what two say.
PASSES = OF_PACKETS + ["web-session-reordered", "web-session-stalled"]
PREFERENCES = "web-gateway-unknown"

# (capture, golden file's second part, arguments, configuration files)
MORE = []
for _name in OF_PACKETS:
    MORE += [(_name, "fields.tsv", FIELDS, {}), (_name, "fields-2.tsv", ["-2"] + FIELDS, {}),
             (_name, "expert.txt", ["-q", "-z", "expert,note,sseroaming"], {}),
             (_name, "expert-2.txt", ["-2", "-q", "-z", "expert,note,sseroaming"], {})]
for _name in ("article-dns", "article-swg", "dns-both-ports", "dns-icmp-filter", "web-no-reply", "web-proxy-502",
              "capture-hostile-strings"):
    MORE.append((_name, "details-2.txt", ["-2"] + DETAILS, {}))
for _name in ("article-dns", "article-swg"):
    MORE += [(_name, "details.txt", DETAILS, {}),
             (_name, "pdml", ["-2", "-T", "pdml", "-j", "sseroaming"], {})]
for _name in ("dnscrypt-udp", "dnscrypt-xchacha", "dnscrypt-tcp", "dnscrypt-port-53", "dnscrypt-truncated", "dnscrypt-expired",
              "dnscrypt-wrong-magic", "dnscrypt-dropped", "dns-dnscrypt-cut"):
    MORE += [(_name, "dnscrypt-2.tsv", ["-2"] + DNSCRYPT, {}), (_name, "expert-2.txt", ["-2", "-q", "-z", "expert,note"], {})]
for _name in ("dnscrypt-udp", "dnscrypt-wrong-magic"):
    MORE += [(_name, "dnscrypt.txt", ["-O", "dnscrypt,sseroaming", "-Y", "dnscrypt"], {}),
             (_name, "dnscrypt-2.txt", ["-2", "-O", "dnscrypt,sseroaming", "-Y", "dnscrypt"], {})]
# Tables and counts: one pass is enough here, too.
for _name in ("article-dns", "article-swg", "both-failing", "dns-both-ports", "dns-tcp-only", "capture-several-clients"):
    MORE += [(_name, "%s.txt" % _table, ["-q", "-z", "sseroaming," + _table], {}) for _table in ("probes", "handshakes", "tree")]
MORE += [
    ("both-failing", "probes-2.txt", ["-2", "-q", "-z", "sseroaming,probes,udp.dstport == 53"], {}),
    ("both-failing", "tree-2.txt", ["-2", "-q", "-z", "sseroaming,tree,tcp"], {}),
    ("dnscrypt-other-resolver", "decode-as-2.tsv", ["-2", "-d", "udp.port==5443,dnscrypt"] + DNSCRYPT, {}),
    ("dns-identity-options", "details-2.txt", ["-2"] + DETAILS, {}),
    ("dns-identity-options", "redacted-2.txt", ["-2", "-o", "sseroaming.redact:TRUE"] + DETAILS, {}),
    ("dns-says-dnscrypt", "details-2.txt", ["-2"] + DETAILS, {}),
    ("article-logs", "details-log-2.txt", ["-2", "-O", "sseroaming.log", "-Y", "sseroaming.log"], {}),
    ("article-logs", "expert-2.txt", ["-2", "-q", "-z", "expert,note,sseroaming or sseroaming.log"], {}),
    ("article-logs", "shifted.json", ["-o", "sseroaming.log_shift:3600", "-q", "-z", "sseroaming,json"], {}),
    ("article-logs", "redacted-details-log.txt", ["-o", "sseroaming.redact:TRUE", "-O", "sseroaming.log", "-Y", "sseroaming.log"], {}),
    (PREFERENCES, "preference.txt", ["-o", "sseroaming.gateways:" + GATEWAY, "-q", "-z", "sseroaming"], {}),
    (PREFERENCES, "range.json", ["-o", "sseroaming.gateways:18.135.0.0/16", "-q", "-z", "sseroaming,json"], {}),
    (PREFERENCES, "hosts.json", ["-q", "-z", "sseroaming,json"],
     {"hosts": "%s %s\n" % (GATEWAY, make_synthetic.GATEWAY_NAME)}),
    ("web-organisation-name", "redacted.txt", ["-o", "sseroaming.redact:TRUE", "-q", "-z", "sseroaming"], {}),
    ("dns-both-ports", "redacted.json", ["-o", "sseroaming.redact:TRUE", "-q", "-z", "sseroaming,json"], {}),
    ("dns-both-ports", "redacted-details.txt", ["-o", "sseroaming.redact:TRUE"] + DETAILS, {}),
    ("dns-late", "timeout.json", ["-o", "sseroaming.probe_timeout:6000", "-q", "-z", "sseroaming,json"], {}),
    ("web-slow-handshake", "syn-wait.json", ["-o", "sseroaming.syn_timeout:5000", "-q", "-z", "sseroaming,json"], {}),
    ("both-failing", "filter.txt", ["-q", "-z", "sseroaming,udp.dstport == 53"], {}),
    ("both-failing", "filter.json", ["-q", "-z", "sseroaming,json,udp.dstport == 53"], {}),
    ("both-failing", "filter.ticket.txt", ["-q", "-z", "sseroaming,ticket,tcp"], {}),
    ("dns-recovered", "filter-outcome-2.json",
     ["-2", "-q", "-z", "sseroaming,json,sseroaming.probe.outcome == 2"], {}),
]

# How long a line of a report may be. Filters, commands to copy, and pairs of
# IPv6 addresses may be longer.
WIDTH = 100
LONG = re.compile(r"\b(sseroaming|udp|tcp|ip|ipv6)\.\w|\bhost [0-9a-f]|Test-NetConnection|nslookup|[0-9a-f]:[0-9a-f:]+\S* .*-> ")


# What Wireshark's own text makes of the same facts, by version. The golden files
# are one for all: only these differences are taken out, from what is printed.
_MAC = re.compile(r"\b(Src|Dst): [^ ,()]+ \(((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\)")
_CUT_LABEL = re.compile(r"^( *[^:\n]*?) \[(?:truncated|\u2026)\]: (.*)$")
_LONG_BYTES = re.compile(r"^( *[^:\n]*): ([0-9a-f]{64})(?:[0-9a-f]+\u2026?|\u2026)$")
# The first bytes of a tunnel: 4.6 takes them for TLS by what they are like.
_TUNNELLED = re.compile(r"^(?:Data \(\d+ bytes\)|Transport Layer Security)$", re.M)
_FRAME = re.compile(r"^(Frame \d+: )Packet, ", re.M)
_TIME = re.compile(r"\b(\d+)(?:\.(\d+))? (milli|micro|nano)seconds\b")
# How many digits each leaves to a billionth of a second.
_DIGITS = {"milli": 6, "micro": 3, "nano": 0}
_PDML_OURS = re.compile(r"<packet>|</packet>|  <proto name=\"(?:sseroaming|dnscrypt)\".*?\n  </proto>", re.S)
_EXPERT_GROUP = re.compile(r"^(\w+) \((\d+)\)$")
_EXPERT_ITEM = re.compile(r"^ *(\d+) +\S+ +(SSE Roaming|SSE Log|DNSCrypt|\S+)  ")
_OURS = ("SSE Roaming", "SSE Log", "DNSCrypt")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"\b(%s) +(\d+), (\d{4}) ([\d:.]+) UTC" % "|".join(_MONTHS))
_BOOLEAN = {"True": "1", "False": "0"}
_BOOLEAN_FIELDS = {"sseroaming.fail_open", "dnscrypt.cert.valid"}


def seconds(text):
    """4.6 prints times under a second in a smaller unit."""
    def one(found):
        whole = found[1] + (found[2] or "").ljust(_DIGITS[found[3]], "0")
        return "0.%s seconds" % whole.rjust(9, "0")
    return _TIME.sub(one, text)


def details(text):
    """Packet details: the list of manufacturers grows; 4.6 calls a frame a
    packet, and a tunnel's first bytes TLS; what is too long for a line is cut at another length and marked by
    another word."""
    lines = []
    for line in seconds(_TUNNELLED.sub("Data", _FRAME.sub(r"\1", _MAC.sub(r"\1: \2", text)))).split("\n"):
        cut = _CUT_LABEL.match(line)
        if cut:
            line = "%s: %s\u2026" % (cut[1], cut[2][:64])
        lines.append(_LONG_BYTES.sub("\\1: \\2\u2026", line))
    return "\n".join(lines)


def fields(text):
    """-T fields: booleans are numbers in 4.0, words later; from 4.6 on times
    have ISO's form."""
    text = _DATE.sub(lambda d: "%s-%02d-%02dT%sZ" % (d[3], _MONTHS.index(d[1]) + 1, int(d[2]), d[4]), text)
    lines = [line.split("\t") for line in text.split("\n")]
    columns = [at for at, name in enumerate(lines[0]) if name in _BOOLEAN_FIELDS]
    for cells in lines[1:]:
        for at in columns:
            if at < len(cells):
                cells[at] = ",".join(_BOOLEAN.get(one, one) for one in cells[at].split(","))
    return "\n".join("\t".join(cells) for cells in lines)


def pdml(text):
    """PDML: its head names the program's version and the file; other protocols'
    first lines are theirs."""
    return seconds("\n".join(_PDML_OURS.findall(text)) + "\n")


def expert(text):
    """-z expert: other protocols' items come and go (DNS's own "response
    missing" is of 4.2), ours count."""
    groups, out = [], []
    for line in text.splitlines():
        head, item = _EXPERT_GROUP.match(line), _EXPERT_ITEM.match(line)
        if head:
            groups.append([head[1], []])
        elif item and groups and item[2] in _OURS:
            groups[-1][1].append((int(item[1]), line))
    for name, items in groups:
        if items:
            out += ["%s (%d)" % (name, sum(count for count, _ in items))] + [line for _, line in items] + [""]
    return "\n".join(out)


NORMALISE = (("details", details), ("dnscrypt.txt", details), ("dnscrypt-2.txt", details), ("redacted-2.txt", details),
             ("redacted-details", details), ("expert", expert), ("fields", fields), ("dnscrypt-2.tsv", fields),
             ("decode-as", fields), ("pdml", pdml))


def pretty(text):
    """JSON as many lines, so that a difference can be read."""
    return json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"


def lookup(report, path):
    at = report
    if path.startswith("resolver "):
        _, address, port, key = path.split()
        found = [one for client in report["clients"][:1] for one in client["dns"]["resolvers"]
                 if (one["address"], one["port"], one["transport"]) == (address, int(port), "udp")]
        return found[0][key] if len(found) == 1 else "(%d such resolvers)" % len(found)
    for part in (("clients.0" + path[1:]) if path.startswith("c.") else path).split("."):
        try:
            at = at[int(part)] if isinstance(at, list) else at[part]
        except (KeyError, IndexError, TypeError):
            return "(no %s)" % part
    return at


def outages(case, report):
    """Those of the first client, and what the whole file says of them. numbers: (dns, web) where some are not said again."""
    wanted = list(case["outages"])
    listed = report["clients"][0]["outages"] if report["clients"] else []
    got = [(o["service"], o["cause"], o["ended_by"], o["counted"]) for o in listed]
    if got != wanted:
        yield "outages are %s, expected %s" % (got, wanted)
    counted = [one[0] for one in wanted if one[3]]
    numbers = case.get("numbers", (counted.count("dns"), counted.count("web")))
    if (report["outages"]["dns"], report["outages"]["web"]) != numbers:
        yield "numbers of outages are %s, expected %s" % (report["outages"], numbers)
    for service, number, worst in zip(("dns", "web"), numbers, ("unprotected", "cloud-service-unavailable")):
        if (report["worst"][service] == worst) != bool(number):
            yield "worst of %s is %s with %d outages" % (service, report["worst"][service], number)


def expectations(case, report):
    """What the maker of a capture expects, against the report."""
    for service in ("dns", "web"):
        if service in case and report[service] != case[service]:
            yield "%s is %s, expected %s" % (service, report[service], case[service])
    codes = {f["code"] for f in report["findings"]} | {f["code"] for c in report["clients"] for f in c["findings"]}
    if "findings" in case and codes != set(case["findings"]):
        yield "findings are %s, expected %s" % (sorted(codes), sorted(case["findings"]))
    for code in case.get("has", ()):
        if code not in codes:
            yield "finding %s is missing; there are %s" % (code, sorted(codes))
    for code in case.get("lacks", ()):
        if code in codes:
            yield "finding %s is wrong here" % code
    if "outages" in case:
        yield from outages(case, report)
    for path, wanted in case.get("expect", {}).items():
        got = lookup(report, path)
        if got != wanted or isinstance(got, bool) != isinstance(wanted, bool):
            yield "%s is %s, expected %s" % (path, json.dumps(got), json.dumps(wanted))


ARTICLE = {
    "article-dns": {"dns": "unprotected", "web": "not-observed", "has": ("one-way-capture",), "expect": {
        "c.client": "192.168.0.204", "c.dns.cause": "no-reply", "c.dns.confidence": "limited",
        "c.dns.since.frame": 3, "c.dns.since.time": "2024-08-27T03:07:43.572681000Z",
        "c.dns.since.at_or_before": True, "c.dns.ipv4.ports.0.state": "down", "c.dns.ipv4.ports.1.state": "down"}},
    "article-swg": {"dns": "not-observed", "web": "cloud-service-unavailable", "has": ("reset-on-path",), "expect": {
        "c.web.cause": "reset", "c.web.since.frame": 3, "c.web.since.at_or_before": True,
        "c.web.gateways.0.address": "18.135.112.200", "c.web.gateways.0.known_from": "dns",
        "c.web.gateways.0.known_since_frame": 2, "c.web.gateways.0.handshakes": 3,
        "c.web.gateways.0.outcomes": {"reset": 3}, "c.web.gateways.0.reset_origin": "on-path-device"}},
    "article-logs": {"dns": "unprotected", "web": "cloud-service-unavailable", "has": ("reset-on-path",), "expect": {
        "c.dns.cause": "no-reply", "c.web.cause": "reset", "c.log.entries": 7, "c.log.suggested_shift_ms": None,
        "c.log.lined_up": 2, "c.log.counts": {"not-compared": 0, "agrees": 4, "differs": 0, "not-seen": 1},
        "c.log.statements.3.says": "rejected", "c.log.statements.3.port": 53, "c.log.statements.3.result": "agrees",
        "c.log.statements.3.frames": [12, 13, 14, 15], "c.log.statements.4.says": "handshake-failed",
        "c.log.statements.4.result": "agrees", "c.log.fail_open.connections": 0}},
}


# What tshark says where a field asks for a second pass.
NEEDS = re.compile(r"^tshark: \S.* needs? -2 .*\n")
# These are made without packets' details, as the reports are.
TABLES = ("sseroaming,outages", "sseroaming,clients", "sseroaming,probes", "sseroaming,handshakes", "sseroaming,tree")
# Asked of every capture: they are what its JSON says, in columns.
OF_REPORT = TABLES[:2]


def apart(arguments):
    """Arguments of tshark -> (options, what it prints of packets, the argument of -z where it prints that alone)."""
    count = 0
    while arguments[count] in ("-2", "-o", "-d"):
        count += 1 if arguments[count] == "-2" else 2
    options, rest = tuple(arguments[:count]), tuple(arguments[count:])
    return (options, (), rest[2]) if rest[:2] == ("-q", "-z") else (options, rest, None)


class Group:
    """One run of tshark: at most one form of the packets, and any number of -z."""

    def __init__(self, options, config, packets=(), taps=()):
        self.options, self.config, self.packets, self.taps, self.out = options, config, packets, list(taps), {}

    def arguments(self):
        return [*self.options, *(self.packets or ("-q",)), *Wireshark.several(self.taps)]

    def run(self, wireshark, capture):
        """Fills out: the argument of -z, or None for the packets -> text. @return what is wrong with it."""
        how = {"config": wireshark.config(self.config)} if self.config else {}
        done = wireshark.tshark(capture, *self.arguments(), **how)
        # One pass over fields of the future says so; what it prints is compared with what two passes print.
        err = done.err if "-2" in self.options else NEEDS.sub("", done.err)
        faults = ["status %d: %s" % (done.status, err.strip())] if done.status or err else []
        self.out, fault = wireshark.apart(done.out, self.taps) if self.taps else ({None: done.out, SEPARATOR: ""}, None)
        if self.out and self.out[None] and not self.packets:
            fault = "prints something beside what -z asks for: %r" % self.out[None][:300]
        return ["tshark %s: %s" % (" ".join(self.arguments()), one) for one in faults + [fault] if one]


class Capture:
    """All that is asked of one capture, in as few runs of tshark as that takes: starting it costs more than a capture."""

    def __init__(self, wireshark, renew, name, expected, stored=True):
        """stored: its outputs are in golden files; else they are only checked."""
        self.wireshark, self.renew, self.name, self.expected, self.stored = wireshark, renew, name, expected, stored
        # The reports alone: nothing asks for packets' details, so Wireshark does not make them.
        self.once, self.twice = (Group(options, {}, taps=[arguments[-1] for _, arguments in REPORTS] + list(OF_REPORT)) for options in ((), ("-2",)))
        self.groups, self.more = [self.once, self.twice], []

    def ask(self, arguments, config):
        """@return (group, key of its out) for one output. First those of packets: what -z prints joins them."""
        options, packets, tap = apart(arguments)
        for group in self.groups:
            plain = group in (self.once, self.twice)
            if (group.options, group.config) == (options, config) and plain == (tap in TABLES) and (tap or packets == group.packets):
                break
        else:
            group = Group(options, config, packets)
            self.groups.append(group)
        if tap and tap not in group.taps:
            group.taps.append(tap)
        return group, tap

    def compare(self, part, text, faults):
        path = os.path.join(GOLDEN, "%s.%s" % (self.name, part))
        faults += golden_file.compare(path, text, self.wireshark.version, self.renew)

    @staticmethod
    def report(part, text, faults):
        """JSON's own checks. @return it as many lines, and read."""
        if text.count("\n") != 1 or not text.endswith("}\n"):
            faults.append("%s: JSON is not one line: %d line ends" % (part, text.count("\n")))
        try:
            report = json.loads(text)
        except ValueError as error:
            faults.append("%s: no JSON: %s: %r" % (part, error, text[:300]))
            return text, None
        faults.extend("%s: contract: %s" % (part, fault) for fault in schema.check(report))
        return pretty(text), report

    @staticmethod
    def words(part, text, faults, table):
        """Checks of what is written for people. A table may be wide."""
        for number, line in enumerate(text.splitlines(), 1):
            if not table and len(line) >= WIDTH and not LONG.search(line):
                faults.append("%s, line %d has %d columns: %s" % (part, number, len(line), line))
        # ASCII alone: a console of Windows may know no more, and a name from a packet may want to hide.
        bad = sorted({c for c in text if not " " <= c <= "~" and c != "\n"})
        if bad:
            faults.append("%s: characters that must be escaped: %s" % (part, bad))

    def output(self, part, tap, text, faults):
        """Checks one output. @return its golden file's text, and the report where it is one."""
        if part.endswith("json"):
            return self.report(part, text, faults)
        if part.endswith("txt") and tap and tap.startswith("sseroaming"):
            self.words(part, text, faults, tap.startswith(TABLES))
        return text, None

    def reports(self):
        """All that is checked of every capture. @return its faults."""
        faults = []
        for part, arguments in REPORTS:
            tap = arguments[-1]
            text, report = self.output(part, tap, self.once.out[tap], faults)
            if report:
                faults.extend("expected of it: " + fault for fault in expectations(self.expected, report))
                rows = [tables.read(self.once.out[table]) for table in OF_REPORT]
                faults.extend("tables: %s are the columns" % found[0] for found, wanted in zip(rows, (tables.OUTAGES, tables.CLIENTS))
                              if found and found[0] != wanted)
                faults.extend("page: " + fault for fault in page.check(self.once.out["sseroaming,html"], report))
                faults.extend("tables: " + fault for fault in tables.faults(report, rows[0][1:], rows[1][1:]))
            # How it looks is the same in all: one has it.
            if part == "html" and self.name != STYLED:
                text = re.sub(r"(<style>\n).*?(</style>)", r"\1\2", text, count=1, flags=re.S)
            if self.stored and self.name in OF_SOME.get(part, {self.name}):
                self.compare(part, text, faults)
            # Two passes change nothing.
            if self.twice.out[tap] != self.once.out[tap]:
                faults.append("%s: two passes say something else:\n%s" % (part, "".join(difflib.unified_diff(
                    self.once.out[tap].splitlines(True), self.twice.out[tap].splitlines(True), "one pass", "two passes", n=0))))
        faults.extend("%s: two passes say something else" % table for table in OF_REPORT if self.twice.out[table] != self.once.out[table])
        for group in self.groups:
            if group.options in ((), ("-2",)) and not group.config and group.out[SEPARATOR] not in ("", self.once.out[SEPARATOR]):
                faults.append("tshark %s: JSON is not that of the reports alone" % " ".join(group.arguments()))
        return faults

    @staticmethod
    def passes(once, twice):
        """What one pass says of a packet, two say as well, and may say more."""
        once, twice = ([line.split("\t") for line in text.splitlines()] for text in (once, twice))
        return ["frame %s: one pass says %s %s, two passes %r" % (first[0], field, one, two)
                for first, second in zip(once, twice) for field, one, two in zip(once[0], first, second) if one and one != two]

    def check(self):
        """@return (name, faults) of each thing that was looked at."""
        asked = sorted((more for more in MORE if more[0] == self.name), key=lambda more: apart(more[2])[2] is not None)
        asked = [(part, *self.ask(arguments, config)) for _, part, arguments, config in asked]
        both = [self.ask(options + FIELDS, {})[0] for options in ([], ["-2"])] if self.name in PASSES else []
        broken = [fault for group in self.groups for fault in group.run(self.wireshark, self.name)]
        if any(not group.out for group in self.groups):
            return [(self.name, broken)]
        results = [(self.name, broken + self.reports())]
        for part, group, tap in asked:
            faults = []
            text, _ = self.output(part, tap, group.out[tap], faults)
            for kind, normalise in NORMALISE:
                if part.startswith(kind):
                    text = normalise(text)
            self.compare(part, text, faults)
            results.append(("%s.%s" % (self.name, part), faults))
        if both:
            results.append((self.name + ", one pass and two", self.passes(*(group.out[None] for group in both))))
        return results


def main():
    arguments = sys.argv[1:]
    build = build_folder(arguments)
    renew = "--renew" in arguments
    chosen = [a for a in arguments if a != "--renew"]
    wireshark = Wireshark(build, expected=90)
    os.makedirs(GOLDEN, exist_ok=True)
    cases = dict(ARTICLE)
    cases.update(expected_dnscrypt.CAPTURES)
    cases.update((case.name, case.expected) for case in make_synthetic.CASES)
    unknown = set(chosen) - set(cases) | {name for name, *_ in MORE} - set(cases) | (TICKETS | PAGES) - set(cases)
    if unknown:
        raise SystemExit("no such capture: " + ", ".join(sorted(unknown)))

    large = {case.name: case for case in make_synthetic.CASES if case.large}
    wanted = {"%s.%s" % (name, part) for name in cases if name not in large for part, _ in REPORTS if name in OF_SOME.get(part, {name})}
    wanted |= {"%s.%s" % (name, part) for name, part, *_ in MORE}
    stray = sorted(set(os.listdir(GOLDEN)) - wanted)
    if renew:
        for file in stray:
            os.remove(os.path.join(GOLDEN, file))

    failed = done = 0
    for name in cases:
        wireshark.capture(name, large[name].bytes() if name in large else None)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for results in pool.map(lambda name: Capture(wireshark, renew, name, cases[name], name not in large).check(),
                                [name for name in cases if not chosen or name in chosen]):
            for name, faults in results:
                done += 1
                if faults:
                    failed += 1
                    print("FAILED %s" % name)
                    for fault in faults:
                        print("  " + fault.rstrip().replace("\n", "\n  "))
    if stray and not renew:
        failed += 1
        print("FAILED: files in tests/golden that no case makes: %s" % ", ".join(stray))
    print("golden: %d checked, %d failed" % (done, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
