#!/usr/bin/env python3
"""The plugin inside Wireshark's programs: that it is loaded, what it exports,
what it leaves alone, what it says of bad input, and that files do not mix.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_plugin.py [--build FOLDER] [CLASS[.TEST]...]
"""

import fcntl
import concurrent.futures
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

import tables
from wireshark import TOP, Wireshark, build_folder, shell

SOME = ("article-dns", "article-swg", "both-failing", "dns-intercepted-nxdomain", "dns-tcp-only", "dns-dnscrypt",
        "dns-ipv6", "web-completed", "capture-cut-replies", "capture-broken-messages", "capture-hostile-strings",
        "capture-unrelated")


class Case(unittest.TestCase):
    wireshark = build = None
    maxDiff = 4000

    def tshark(self, capture, *arguments, **how):
        return self.wireshark.tshark(capture, *arguments, **how)

    def good(self, capture, *arguments, **how):
        """tshark's output, of a run that ended well and said nothing on stderr."""
        done = self.tshark(capture, *arguments, **how)
        self.assertEqual((done.status, done.err), (0, ""), arguments)
        return done.out


class Loaded(Case):
    def built(self):
        found = [os.path.join(folder, file) for folder, _, files in os.walk(os.path.join(self.wireshark.stage, "plugins"))
                 for file in files if file == "sseroaming.so"]
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_loaded(self):
        done = self.wireshark.check_loaded()
        self.assertEqual((done.status, done.err), (0, ""))

    def test_not_loaded_without(self):
        self.assertNotIn("sseroaming", self.wireshark.run("tshark", "-G", "plugins", plugin=False).out)

    def test_protocol_is_named(self):
        rows = [line.split("\t") for line in self.wireshark.run("tshark", "-G", "protocols").out.splitlines()]
        self.assertIn("sseroaming", [row[2] for row in rows if len(row) > 2])

    def test_exported_symbols(self):
        listed = subprocess.run(["nm", "-D", "--defined-only", self.built()], capture_output=True, text=True, check=True)
        # AddressSanitizer brings its own (sanitize.sh).
        names = {line.split()[-1] for line in listed.stdout.splitlines() if not line.split()[-1].startswith("__odr_asan.")}
        self.assertEqual(names - {"plugin_describe"},
                         {"plugin_version", "plugin_want_major", "plugin_want_minor", "plugin_register"})

    def test_fields_wanted_by_none(self):
        # A post-dissector that wants fields makes every file slower.
        listed = subprocess.run(["nm", "-D", "--undefined-only", self.built()], capture_output=True, text=True, check=True)
        self.assertNotIn("set_postdissector_wanted_hfids", listed.stdout)


class OtherVersion(Case):
    """A plugin that tshark skips is an error of the check, with a clear text."""

    def stage(self):
        folder = tempfile.mkdtemp(prefix="other.", dir=self.wireshark.stage)
        os.chmod(folder, 0o755)
        os.mkdir(os.path.join(folder, "config"))
        shutil.copytree(os.path.join(self.wireshark.stage, "plugins"), os.path.join(folder, "plugins"))
        return folder, os.listdir(os.path.join(folder, "plugins"))[0]

    def refused(self, stage, *words):
        done = self.wireshark.check_loaded(stage)
        self.assertNotEqual(done.status, 0)
        self.assertIn("did not load the SSE Roaming plugin", done.err)
        for word in words:
            self.assertIn(word, done.err)

    def test_other_folder(self):
        stage, version = self.stage()
        os.rename(os.path.join(stage, "plugins", version), os.path.join(stage, "plugins", "9.9"))
        self.refused(stage, "9.9/epan/sseroaming.so", "Build it again")

    def test_other_minor_version(self):
        stage, version = self.stage()
        path = os.path.join(stage, "plugins", version, "epan", "sseroaming.so")
        with open(path, "rb") as file:
            data = bytearray(file.read())
        at = symbol_offset(data, b"plugin_want_minor")
        struct.pack_into("<i", data, at, struct.unpack_from("<i", data, at)[0] + 1)
        with open(path, "wb") as file:
            file.write(data)
        self.refused(stage, "%s/epan/sseroaming.so" % version)
        # tshark itself goes on without it and ends with success.
        done = self.tshark("article-dns", "-Y", "frame.number == 1", plugins=os.path.join(stage, "plugins"))
        self.assertEqual(done.status, 0)

    def test_none(self):
        stage, version = self.stage()
        os.remove(os.path.join(stage, "plugins", version, "epan", "sseroaming.so"))
        self.refused(stage, "nowhere")

    def test_other_version_of_the_plugin(self):
        done = self.wireshark.check_loaded()
        self.assertEqual(done.status, 0)
        mine, self.wireshark.version = self.wireshark.version, "0.0.0"
        try:
            done = self.wireshark.check_loaded()
        finally:
            self.wireshark.version = mine
        self.assertNotEqual(done.status, 0)
        self.assertIn("expected 0.0.0", done.err)


def symbol_offset(data, name):
    """Where a symbol's value is in a 64-bit little-endian ELF file (System V
    ABI, chapters 4 and 5)."""
    assert data[:6] == b"\x7fELF\x02\x01"
    table, size, count = struct.unpack_from("<Q", data, 0x28)[0], *struct.unpack_from("<HH", data, 0x3A)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, table + number * size) for number in range(count)]
    for kind, offset, length, link in ((s[1], s[4], s[5], s[6]) for s in sections):
        if kind != 11:    # SHT_DYNSYM
            continue
        strings = sections[link][4]
        for at in range(offset, offset + length, 24):
            text, _, _, index, value, _ = struct.unpack_from("<IBBHQQ", data, at)
            if data[strings + text:data.index(0, strings + text)] == name:
                return value - sections[index][3] + sections[index][4]
    raise AssertionError("no symbol %s" % name.decode())


class Disabled(Case):
    """--disable-protocol sseroaming leaves what no plugin gives, to the byte."""

    def test_same_as_without(self):
        # All behind each other in one file: to start tshark takes longer than to read a capture.
        merged = self.wireshark.run("mergecap", "-a", "-w", "-", *map(self.wireshark.capture, SOME))
        self.assertEqual(merged.status, 0, merged.err)
        path = self.wireshark.file(merged.out.encode("utf-8", "surrogateescape"), "some.pcapng")
        frames = sum(self.good(capture, "-T", "fields", "-e", "frame.number").count("\n") for capture in SOME)
        for arguments in ([], ["-V"], ["-T", "json"], ["-2", "-V"], ["-q", "-z", "io,phs"], ["-q", "-z", "expert"]):
            with self.subTest(arguments=arguments):
                without = self.good(path, *arguments, plugin=False)
                disabled = self.good(path, *arguments, "--disable-protocol", "sseroaming")
                self.assertTrue(without == disabled, first_difference(without, disabled))
                if not arguments:
                    self.assertEqual(without.count("\n"), frames)

    def test_same_without_the_module(self):
        # Enabled, too, where nothing of the module is in the file.
        for arguments in ([], ["-V"], ["-T", "json"], ["-q", "-z", "io,phs"]):
            with self.subTest(arguments=arguments):
                without = self.good("capture-unrelated", *arguments, plugin=False)
                enabled = self.good("capture-unrelated", *arguments)
                self.assertTrue(without == enabled, first_difference(without, enabled))


def first_difference(one, other):
    for number, (left, right) in enumerate(zip(one.splitlines(), other.splitlines()), 1):
        if left != right:
            return "line %d: %r became %r" % (number, left, right)
    return "%d lines became %d" % (len(one.splitlines()), len(other.splitlines()))


class Decoding(Case):
    """DNS and DNSCrypt with the resolvers are found, and no port is taken from its protocol."""

    ENCRYPTED = ("dnscrypt-port-53", "dnscrypt-udp", "dnscrypt-tcp", "dns-dnscrypt-53", "dns-dnscrypt", "dns-dnscrypt-ipv6")

    def frames(self, capture, *arguments):
        return self.good(capture, *arguments, "-T", "fields", "-e", "frame.number").split()

    def test_protocols(self):
        # No pseudo protocol: each can be switched off, and means something.
        rows = [line.split("\t") for line in self.wireshark.run("tshark", "-G", "protocols").out.splitlines()]
        none = self.wireshark.run("tshark", "-G", "protocols", plugin=False).out
        self.assertEqual({row[2] for row in rows if "\t".join(row) not in none}, {"sseroaming", "sseroaming.log", "dnscrypt"})

    def test_ports_stay_with_dns(self):
        other = ("-o", "dns.udp.port:53,5300", "-o", "dns.tcp.port:53,5300")
        for capture in self.ENCRYPTED:
            with self.subTest(capture=capture):
                wanted = self.frames(capture, "-2", "-Y", "dnscrypt.mac")
                self.assertGreater(len(wanted), 3)
                for more in ((), other):
                    self.assertEqual(self.frames(capture, *more, "-Y", "dnscrypt.mac"), wanted)
                    self.assertEqual(self.good(capture, "-2", *more, "-V"), self.good(capture, "-2", "-V"))
                    self.assertEqual(self.frames(capture, "-2", *more, "-Y", "dnscrypt.mac and dns"), [])
                    self.assertEqual(self.frames(capture, "-2", *more, "-Y", "_ws.malformed"), [])
                # What lets heuristics go first lets the first packet of a first pass be DNSCrypt's.
                self.assertEqual(self.frames(capture, "-o", "udp.try_heuristic_first:TRUE", "-Y",
                                             "_ws.malformed or (dnscrypt.mac and dns)"), [])

    def test_udp_streams(self):
        for capture in self.ENCRYPTED:
            for passes in ((), ("-2",)):
                arguments = (*passes, "-T", "fields", "-e", "frame.number", "-e", "udp.stream", "-e", "tcp.stream")
                self.assertEqual(self.good(capture, *arguments), self.good(capture, *arguments, plugin=False), capture)

    def test_decode_as(self):
        for capture, port in (("dnscrypt-port-53", "53"), ("dns-dnscrypt-53", "53"), ("dnscrypt-udp", "443")):
            wanted = self.frames(capture, "-2", "-Y", "dnscrypt.mac")
            decoded = ("-d", "udp.port==%s,dnscrypt" % port)
            self.assertEqual(self.frames(capture, *decoded, "-Y", "dnscrypt.mac"), wanted)
            self.assertEqual(self.frames(capture, *decoded, "-Y", "_ws.malformed"), [])
            # What the user says counts.
            for passes in ((), ("-2",)):
                self.assertEqual(self.frames(capture, *passes, "-d", "udp.port==%s,syslog" % port, "-Y", "dnscrypt.mac"), [])

    def test_switched_off(self):
        for capture in self.ENCRYPTED:
            off = ("--disable-protocol", "dnscrypt")
            self.assertEqual(self.frames(capture, "-2", *off, "-Y", "dnscrypt"), [])
            self.assertEqual(self.good(capture, *off, "-q", "-z", "sseroaming"), self.good(capture, "-q", "-z", "sseroaming"))

    def test_without_heuristic(self):
        for capture in ("article-dns", "dns-ipv6"):
            wanted = self.good(capture, "-T", "fields", "-e", "frame.number", "-e", "dns.qry.name", plugin=False)
            got = self.good(capture, "-T", "fields", "-e", "frame.number", "-e", "dns.qry.name", "--disable-heuristic", "dns_udp")
            self.assertEqual(got, wanted)

    def test_no_dissector_bugs(self):
        for capture in ("capture-broken-messages", "capture-hostile-strings", "capture-cut-names", "capture-offload"):
            for arguments in (["-V"], ["-2", "-V"], ["-T", "pdml"]):
                out = self.good(capture, *arguments)
                self.assertNotIn("Dissector bug", out)


class Addresses(Case):
    """Addresses can be filtered as addresses, whole and by prefix."""

    def frames(self, capture, filter):
        return self.good(capture, "-T", "fields", "-e", "frame.number", "-Y", filter).split()

    def check(self, capture, field, address, within, without):
        frames = self.frames(capture, field)
        self.assertTrue(frames, (capture, field))
        self.assertEqual(self.frames(capture, "%s == %s" % (field, address)), frames)
        for prefix in within:
            self.assertEqual(self.frames(capture, "%s == %s" % (field, prefix)), frames, prefix)
        for prefix in without:
            self.assertEqual(self.frames(capture, "%s == %s" % (field, prefix)), [], prefix)

    def one(self, capture, field):
        """The only address that a field has."""
        values = set(self.good(capture, "-T", "fields", "-e", field, "-Y", field).split())
        self.assertEqual(len(values), 1, (capture, field, values))
        return values.pop()

    def test_ipv4(self):
        for capture, field in (("article-dns", "sseroaming.client"), ("web-no-reply", "sseroaming.gateway"),
                               ("dns-icmp-filter", "sseroaming.icmp.sender")):
            address = self.one(capture, field)
            net = ".".join(address.split(".")[:3])
            self.check(capture, field, address, (net + ".0/24", net + ".0/16", "0.0.0.0/0"),
                       ("203.0.113.0/24", "10.99.0.0/16"))
            self.assertEqual(self.frames(capture, field + "_ipv6"), [])
        self.check("article-dns", "sseroaming.resolver", "208.67.0.0/16", ("208.66.0.0/15",), ("208.68.0.0/16",))

    def test_ipv6(self):
        for capture, field in (("dns-icmpv6-filter", "sseroaming.client_ipv6"), ("dns-icmpv6-filter", "sseroaming.icmp.sender_ipv6")):
            address = self.one(capture, field)
            start = ":".join(address.split(":")[:2])
            self.check(capture, field, address, (start + "::/32", "::/0"), ("2001:db9::/32", "fd00::/8"))
        self.check("dns-icmpv6-filter", "sseroaming.resolver_ipv6", "2620:119::/32", ("2620::/16",), ("2620:120::/32",))

    def test_log(self):
        self.check("article-logs", "sseroaming.log.candidate", "208.67.222.0/24", ("208.67.0.0/16",), ("10.0.0.0/8",))


class Arguments(Case):
    def refused(self, argument, *words):
        done = self.tshark("article-dns", "-q", "-z", argument)
        self.assertNotEqual(done.status, 0, argument)
        self.assertEqual(done.out, "", argument)
        lines = [line for line in done.err.splitlines() if line.strip()]
        self.assertEqual(len(lines), 1, done.err)
        for word in words:
            self.assertIn(word, lines[0])

    def test_bad(self):
        self.refused("sseroaming,nonsense=", "nonsense=")
        self.refused("sseroaming,json,udp.nosuchfield", "nosuchfield")
        self.refused("sseroaming,ticket,(udp", "(udp")
        self.refused("sseroamingX", "sseroamingX")
        self.refused("sseroaming,jsonX", "jsonX")
        self.refused("sseroaming,probesX", "probesX")
        self.refused("sseroaming,treeX", "treeX")
        self.refused("sseroaming,htmlX", "htmlX")
        self.refused("sseroaming,outagesX", "outagesX")
        self.refused("sseroaming,clientsX", "clientsX")
        self.refused("sseroaming,handshakes,(tcp", "(tcp")

    def test_an_address_is_no_filter(self):
        self.refused("sseroaming,192.168.0.204", '-z "sseroaming,ip.addr == 192.168.0.204"')
        self.refused("sseroaming,192.168.0.0/24", '-z "sseroaming,ip.addr == 192.168.0.0/24"')
        self.refused("sseroaming,Ticket,2001:db8::1", '-z "sseroaming,ticket,ipv6.addr == 2001:db8::1"')

    FORMATS = ("text", "json", "ticket", "html", "outages", "clients", "probes", "handshakes", "tree", "help")

    def test_help(self):
        listed = self.wireshark.run("tshark", "-z", "help")
        names = [line.strip() for line in (listed.out + listed.err).splitlines()]
        self.assertEqual([name for name in names if name.startswith("sseroaming")],
                         sorted(["sseroaming", *["sseroaming," + name for name in self.FORMATS]]))
        said = self.good("article-dns", "-q", "-z", "sseroaming,help")
        for name in self.FORMATS:
            self.assertRegex(said, r"(?m)^  %s +\S" % name)
        self.assertEqual(self.good("article-dns", "-q", "-z", "sseroaming,HELP"), said)

    def test_case(self):
        for name in self.FORMATS:
            self.assertEqual(self.good("article-swg", "-q", "-z", "sseroaming," + name.upper()),
                             self.good("article-swg", "-q", "-z", "sseroaming," + name), name)

    def test_bad_names_both_readings(self):
        done = self.tshark("article-dns", "-q", "-z", "sseroaming,nonsense=")
        for word in ("text", "json", "ticket", "html", "outages", "clients", "probes", "handshakes", "tree", "filter"):
            self.assertIn(word, done.err)

    def test_good(self):
        plain = self.good("article-dns", "-q", "-z", "sseroaming")
        self.assertEqual(self.good("article-dns", "-q", "-z", "sseroaming,text"), plain)
        self.assertNotEqual(self.good("article-dns", "-q", "-z", "sseroaming,ticket"), plain)
        filtered = self.good("article-dns", "-q", "-z", "sseroaming,udp.dstport == 443")
        self.assertEqual(self.good("article-dns", "-q", "-z", "sseroaming,text,udp.dstport == 443"), filtered)
        self.assertNotEqual(filtered, plain)
        # A filter may hold commas, and words that look like a format.
        report = json.loads(self.good("article-dns", "-q", "-z", "sseroaming,json,udp.dstport in {443, 53}"))
        self.assertEqual(report["filter_applied"], "udp.dstport in {443, 53}")
        self.assertIsNone(json.loads(self.good("article-dns", "-q", "-z", "sseroaming,json"))["filter_applied"])

    def test_several_at_once(self):
        alone = [self.good("article-swg", "-q", "-z", z) for z in ("sseroaming", "sseroaming,json")]
        both = self.good("article-swg", "-q", "-z", "sseroaming", "-z", "sseroaming,json")
        self.assertIn(both, ("".join(alone), "".join(reversed(alone))))

    def test_filter_that_nothing_passes(self):
        report = json.loads(self.good("both-failing", "-q", "-z", "sseroaming,json,ip.addr == 9.9.9.9"))
        self.assertEqual((report["dns"], report["web"]), ("not-observed", "not-observed"))


class Settings(Case):
    """Preferences that are not the default stand in the JSON, as they are in force."""

    def preferences(self, *options, status=0):
        done = self.tshark("article-dns", *[part for option in options for part in ("-o", "sseroaming." + option)],
                           "-q", "-z", "sseroaming,json")
        self.assertEqual(done.status, status, done.err)
        return list(json.loads(done.out)["preferences"].items())

    def test_named(self):
        self.assertEqual(self.preferences(), [])
        self.assertEqual(self.preferences("mark_info:FALSE", "log_shift:0.0", "probe_timeout:5000"), [])
        self.assertEqual(self.preferences("redact:TRUE", "log_shift:-7200", "syn_timeout:1000", "probe_timeout:15",
                                          "gateways:192.0.2.1, 198.51.100.0/24", "probe_names:probe.example.org"),
                         [("gateways", "192.0.2.1, 198.51.100.0/24"), ("probe_names", "probe.example.org"), ("probe_timeout", "15"),
                          ("syn_timeout", "1000"), ("log_shift", "-7200"), ("redact", "TRUE")])

    def test_refused(self):
        # What is not in force is not named.
        self.assertEqual(self.preferences("probe_timeout:0", "gateways:nonsense", "log_shift:x"), [])


class Tables(Case):
    """The tables and the tree: tshark's text, sharkd's JSON and the report agree."""

    CAPTURES = ("article-dns", "article-swg", "both-failing", "dns-both-ports", "dns-tcp-only", "dns-icmp-filter",
                "web-completed", "capture-several-clients", "capture-unrelated", "capture-empty")
    TAPS = {"tap0": "nstat:sseroaming,probes", "tap1": "nstat:sseroaming,handshakes", "tap2": "stat:sseroaming",
            "tap3": "nstat:sseroaming,outages", "tap4": "nstat:sseroaming,clients"}

    printed = {}

    def texts(self, capture):
        """What tshark prints of a capture, in one run for all tests: argument of -z -> text."""
        if capture not in self.printed:
            taps = ["sseroaming,probes", "sseroaming,handshakes", "sseroaming,tree", "sseroaming,outages", "sseroaming,clients"]
            self.printed[capture], fault = self.wireshark.apart(self.good(capture, "-q", *self.wireshark.several(taps)), taps)
            self.assertIsNone(fault, capture)
        return self.printed[capture]

    def text_rows(self, capture, table):
        """The rows of a table as tshark prints it, "-" as None."""
        text = self.texts(capture)["sseroaming," + table]
        self.assertEqual(text.splitlines()[0], "SSE Roaming " + table.title())
        return tables.read(text)[1:]

    def sharkd_taps(self, *captures):
        """Every capture loaded, tapped and tapped again, in one sharkd."""
        requests = [request for capture in captures for request in
                    (("load", {"file": self.wireshark.capture(capture)}), ("tap", self.TAPS), ("tap", self.TAPS))]
        answers = [answer["result"] for answer in self.wireshark.sharkd(*requests)]
        found = {}
        for number, capture in enumerate(captures):
            first, again = answers[number * 3 + 1], answers[number * 3 + 2]
            self.assertEqual(first, again, capture)
            found[capture] = {tap["tap"]: tap for tap in first["taps"]}
        return found

    @staticmethod
    def same_form(row):
        return [None if cell is None else "%.3f" % cell if isinstance(cell, float) else str(cell) for cell in row]

    def test_rows(self):
        found = self.sharkd_taps(*self.CAPTURES, *reversed(self.CAPTURES))
        seen = 0
        for capture in self.CAPTURES:
            for table in ("probes", "handshakes"):
                rows = [self.same_form(row) for row in found[capture]["nstat:sseroaming," + table]["tables"][0]["i"]]
                self.assertEqual(rows, self.text_rows(capture, table), (capture, table))
                seen += len(rows)
        self.assertGreater(seen, 50)

    def test_rows_of_the_report(self):
        # sharkd shows clients in the order in which they come, tshark the worst first.
        seen = 0
        for capture, taps in self.sharkd_taps(*self.CAPTURES, *reversed(self.CAPTURES)).items():
            rows = {table: [self.same_form(row) for row in taps["nstat:sseroaming," + table]["tables"][0]["i"]]
                    for table in ("outages", "clients")}
            self.assertEqual([field["c"] for field in taps["nstat:sseroaming,outages"]["fields"]], tables.OUTAGES)
            self.assertEqual([field["c"] for field in taps["nstat:sseroaming,clients"]["fields"]], tables.CLIENTS)
            self.assertEqual(rows["outages"], self.text_rows(capture, "outages"), capture)
            order = [row[0] for row in self.text_rows(capture, "clients")]
            rows["clients"].sort(key=lambda row: order.index(row[0]))
            self.assertEqual(rows["clients"], self.text_rows(capture, "clients"), capture)
            report = json.loads(self.texts(capture)["sseroaming,json"])
            self.assertEqual(tables.faults(report, rows["outages"], rows["clients"]), [], capture)
            seen += len(rows["outages"])
        self.assertGreater(seen, 6)

    def test_counts(self):
        def leaves(nodes, depth=1):
            for node in nodes:
                yield depth, node["name"], node["count"]
                yield from leaves(node.get("sub", ()), depth + 1)

        for capture, taps in self.sharkd_taps(*self.CAPTURES).items():
            report = json.loads(self.texts(capture)["sseroaming,json"])
            wanted = {"DNS probes": {}, "Gateway handshakes": {}}
            for client in report["clients"]:
                for title, rows in (("DNS probes", client["dns"]["resolvers"]), ("Gateway handshakes", client["web"]["gateways"])):
                    for row in rows:
                        for outcome, number in row["outcomes"].items():
                            wanted[title][outcome] = wanted[title].get(outcome, 0) + number
            tree = taps["stats:sseroaming"]["stats"]
            got = {title: {} for title in wanted}
            for top in tree:
                if top["name"].endswith(" by outcome"):
                    got[top["name"][:-len(" by outcome")]] = {node["name"]: node["count"] for node in top["sub"]}
            self.assertEqual(got, wanted, capture)
            text = self.texts(capture)["sseroaming,tree"]
            # Reply times stand beside the counts.
            for _, name, number in leaves(top for top in tree if not top["name"].endswith("reply time in ms")):
                if number:
                    self.assertRegex(text, r"(?m)^ *%s +%d\b" % (re.escape(name), number))

    ANSWERS = ("frame.number", "sseroaming.probe.id", "sseroaming.probe.reply_in", "sseroaming.probe.reply_to",
               "sseroaming.probe.time", "sseroaming.swg.id", "sseroaming.swg.reply_in", "sseroaming.swg.reply_to",
               "sseroaming.swg.time")

    def answers(self, path):
        """How often the rows of a capture name an answer: what its packets' details say must be the same."""
        done = self.wireshark.run("tshark", "-2", "-n", "-r", path, "-Y", "sseroaming.probe.id || sseroaming.swg.id",
                                  "-z", "sseroaming,probes", "-z", "sseroaming,handshakes", "-T", "fields", "-E", "separator=;",
                                  *[part for field in self.ANSWERS for part in ("-e", field)])
        self.assertEqual((done.status, done.err), (0, ""), path)
        said = {"probe": {}, "swg": {}}    # id -> frame -> (reply_in, reply_to, time)
        named = 0
        for line in done.out.splitlines():
            cells = line.split(";")
            if len(cells) == len(self.ANSWERS) and cells[0].isdigit():
                for kind, at in (("probe", 1), ("swg", 5)):
                    # A packet may be of several records: which field is whose, only one of them tells.
                    if cells[at] and "," not in cells[at]:
                        said[kind].setdefault(int(cells[at]), {})[int(cells[0])] = cells[at + 1:at + 4]
                continue
            row = re.search(r"(\S+)  +(\S+)  sseroaming\.(probe|swg)\.id == (\d+)$", line)
            frames = said[row[3]].get(int(row[4]), {}) if row else {}
            if not frames:
                continue
            after, answer, told = row[1], row[2], (path, row[0], frames)
            if answer == "-":
                self.assertEqual([one for one, _, _ in frames.values() if one], [], told)
            elif int(answer) in frames and "," not in frames[int(answer)][1]:
                _, asked, time = frames[int(answer)]
                if asked and int(asked) in frames:
                    self.assertEqual(frames[int(asked)][0], answer, told)
                self.assertEqual("%.3f" % (int(float(time) * 10**6 + 0.5) / 1000) if time else "-", after, told)
                named += 1
        return named

    def test_answers(self):
        folder = os.path.join(TOP, "tests", "captures")
        paths = [os.path.join(top, file) for top, _, files in os.walk(folder) for file in files if file.endswith(".pcapng")]
        copies = [self.wireshark.capture(os.path.basename(path)[:-len(".pcapng")]) for path in sorted(paths)]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            self.assertGreater(sum(pool.map(self.answers, copies)), 3000)

    def test_filter(self):
        # A row leads to its packets, and a filter to its rows.
        for capture, table in (("both-failing", "probes"), ("article-swg", "handshakes")):
            for row in self.text_rows(capture, table)[:3]:
                frames = self.good(capture, "-T", "fields", "-e", "frame.number", "-Y", row[-1]).split()
                self.assertIn(row[0], frames)
                alone = self.good(capture, "-q", "-z", "sseroaming,%s,%s" % (table, row[-1])).splitlines()
                self.assertEqual((alone[1], len(alone)), ("Filter: " + row[-1], 6))
                self.assertEqual(alone[-1].split(), [cell or "-" for part in row for cell in (part or "-").split()])

    def test_filter_of_the_report(self):
        # A row leads to its packets. A filter chooses records: what it leaves is judged, as in the JSON.
        for capture in ("both-failing", "capture-several-clients"):
            for table, wanted in (("outages", tables.OUTAGES), ("clients", tables.CLIENTS)):
                for row in self.text_rows(capture, table):
                    frames = self.good(capture, "-T", "fields", "-e", "frame.number", "-Y", row[-1]).split()
                    self.assertTrue(frames, row)
                    if table == "outages":
                        self.assertEqual(row[wanted.index("No.")], frames[0])
                    several = ["sseroaming,%s,%s" % (form, row[-1]) for form in ("json", "outages", "clients")]
                    out, fault = self.wireshark.apart(self.good(capture, "-q", *self.wireshark.several(several)), several)
                    self.assertIsNone(fault)
                    rows = [tables.read(out[form])[1:] for form in several[1:]]
                    self.assertIn(row[0], [one[0] for one in rows[table == "clients"]])
                    self.assertEqual(tables.faults(json.loads(out[several[0]]), *rows), [])

    def test_nothing(self):
        for table in ("outages", "clients", "probes", "handshakes", "tree"):
            out = self.good("capture-unrelated", "-q", "-z", "sseroaming," + table)
            self.assertIn("see the report (-z sseroaming)", out)
            self.assertEqual(len(out.splitlines()), 2)

    def test_two_filters(self):
        # Every listener has its own selection.
        one, other = ("sseroaming,probes,udp.dstport == 53", "sseroaming,probes,udp.dstport == 443")
        alone = [self.good("both-failing", "-q", "-z", z) for z in (one, other)]
        self.assertNotEqual(*alone)
        self.assertIn(self.good("both-failing", "-q", "-z", one, "-z", other), ("".join(alone), "".join(reversed(alone))))


class SecondPass(Case):
    """Who asks in a single pass for what comes later in the file is told, once, and nothing else changes."""

    def said(self, capture, *arguments, **how):
        """What stands on standard error: one line, or none."""
        done = self.tshark(capture, *arguments, **how)
        self.assertEqual(done.status, 0, done.err)
        self.assertLessEqual(done.err.count("\n"), 1, done.err)
        if done.err:
            self.assertRegex(done.err, r"^tshark: \S.* needs? -2 ")
        return done.err

    def test_said(self):
        for capture, name, arguments in (
                ("article-dns", "sseroaming.dns.state", ("-Y", "sseroaming.dns.state == 3")),
                ("article-dns", "sseroaming.probe.reply_in", ("-Y", "udp && sseroaming.probe.reply_in")),
                ("article-dns", "sseroaming.expert.dns.lost", ("-Y", "sseroaming.expert.dns.lost")),
                ("article-swg", "sseroaming.fail_open", ("-q", "-z", "io,stat,0,sseroaming.fail_open")),
                ("article-swg", "sseroaming.swg.outcome", ("-q", "-z", "sseroaming,json,sseroaming.swg.outcome == 4")),
                ("article-swg", "sseroaming.finding", ("-T", "fields", "-e", "frame.number", "-e", "sseroaming.finding")),
                ("article-swg", "sseroaming.web.state", ("-T", "json", "-esseroaming.web.state")),
                ("article-logs", "sseroaming.log.packets", ("-Y", "sseroaming.log.packets")),
                ("dns-dnscrypt", "dnscrypt.response_in", ("-Y", "dnscrypt.response_in"))):
            self.assertTrue(self.said(capture, *arguments).startswith("tshark: %s needs -2 " % name), (name, arguments))
            self.assertEqual(self.said(capture, "-2", *arguments), "")
        self.assertRegex(self.said("article-dns", "-T", "fields", *[part for name in (
            "dns.state", "web.state", "finding", "fail_open") for part in ("-e", "sseroaming." + name)]),
            r"^tshark: (sseroaming\.\w+(\.state)?,? ){3}and 1 more need -2 ")

    def test_not_said(self):
        for arguments in (("-V",), ("-O", "sseroaming"), ("-T", "json"), ("-T", "pdml"), ("-x",), ("-q", "-z", "expert"),
                          ("-q", "-z", "sseroaming"), ("-Y", "sseroaming.probe.id"), ("-Y", "sseroaming.client == 192.168.0.204"),
                          ("-T", "fields", "-e", "sseroaming.probe.time", "-e", "sseroaming.probe.reply_to", "-e", "sseroaming.kind")):
            self.assertEqual(self.said("both-failing", *arguments), "", arguments)
        # Two passes would not say more.
        self.assertEqual(self.said("capture-unrelated", "-Y", "sseroaming.dns.state"), "")
        self.assertEqual(self.said("article-dns", "--disable-protocol", "sseroaming", "-Y", "sseroaming.dns.state"), "")

    def test_output_stays(self):
        asked = ("-T", "fields", "-e", "frame.number", "-e", "sseroaming.probe.id")
        plain = self.good("article-dns", *asked).splitlines()
        done = self.tshark("article-dns", *asked, "-e", "sseroaming.dns.state")
        self.assertEqual([line + "\t" for line in plain], done.out.splitlines())

    def test_every_field(self):
        """The fields that two passes print otherwise where one pass prints something are those that it is said of."""
        listed = [line.split("\t")[2] for line in self.wireshark.run("tshark", "-G", "fields").out.splitlines() if line.startswith("F")]
        names = [name for name in listed if re.match(r"(sseroaming|dnscrypt)\.", name) and ".expert." not in name]
        events = ("dnscrypt.no_response", "dnscrypt.client_magic.unknown", "dnscrypt.padding", "dnscrypt.cut")
        names = [name for name in names if name not in events]
        self.assertGreater(len(names), 90)
        asked = ("-T", "fields", "-E", "separator=|", *[part for name in names for part in ("-e", name)])
        other, seen = set(), set()
        for capture in (*SOME, "article-logs", "web-no-reply", "dns-recovered", "dns-dnscrypt-53"):
            once, twice = ([line.split("|") for line in self.tshark(capture, *passes, *asked).out.splitlines()] for passes in ((), ("-2",)))
            self.assertEqual(len(once), len(twice), capture)
            for one, two in zip(once, twice):
                if any(one):
                    other |= {name for name, first, second in zip(names, one, two) if first != second}
                    seen |= {name for name, second in zip(names, two) if second}
        self.assertGreater(len(seen), 60)
        fields = lambda names: ("-T", "fields", *[part for name in sorted(names) for part in ("-e", name)])
        self.assertEqual(self.said("both-failing", *fields(seen - other)), "")
        told = re.fullmatch(r"tshark: (.*) and (\d+) more need -2 .*\n", self.said("both-failing", *fields(other)))
        self.assertEqual(len(told[1].split(", ")) + int(told[2]), len(other), other)


class InfoColumn(Case):
    """The short mark stands on what failed and nowhere else."""

    def columns(self, capture, *arguments, **how):
        # The packet list itself: from 4.4 on the field _ws.col.info is taken
        # before post-dissectors have run.
        out = self.good(capture, "-2", "-o", 'gui.column.format:"No.","%m","Info","%i"', *arguments, **how)
        return dict((line.strip().split(" ", 1) + [""])[:2] for line in out.splitlines())

    def test_marks(self):
        lost = {"article-dns": "DNS protection lost", "article-swg": "Web protection lost", "dns-icmp-filter": "DNS protection lost"}
        for capture, mark, number in (("article-dns", "no reply", 10), ("article-swg", "reset", 14),
                                      ("dns-icmp-filter", "icmp unreachable", None), ("web-completed", None, 0),
                                      ("dns-both-ports", None, 0)):
            plain, marked = self.columns(capture, plugin=False), self.columns(capture)
            changed = {frame for frame in plain if plain[frame] != marked[frame]}
            first = "[SSE Roaming: %s] " % lost.get(capture)
            self.assertEqual([info.startswith(first) for info in marked.values()].count(True), capture in lost)
            for frame in changed:
                self.assertEqual(marked[frame].replace(first, ""), "[SSE Roaming: %s] %s" % (mark, plain[frame]), capture)
            self.assertEqual(len(changed), number if number is not None else len(changed), capture)
            self.assertEqual(bool(changed), mark is not None, capture)

    def test_changes(self):
        # On the packets that decide: what was lost, and what works again; the first state is no news.
        for capture in ("dns-flapping", "dns-recovered", "article-dns", "web-completed"):
            rows = [line.split("\t") for line in self.good(capture, "-2", "-T", "fields", "-E", "header=n", *[
                part for name in ("dns.lost", "dns.gained", "web.lost", "web.gained") for part in ("-e", "sseroaming.expert." + name)],
                "-e", "frame.number").splitlines()]
            words = ("DNS protection lost", "DNS protection works again", "Web protection lost", "Web protection works again")
            before, wanted = set(), set()
            for *cells, frame in rows:
                for word, cell in zip(words, cells):
                    if cell and ("lost" in word or word[:3] in before):
                        wanted.add((frame, word))
                before |= {word[:3] for word, cell in zip(words, cells) if cell}
            got = {(frame, word) for frame, info in self.columns(capture).items() for word in words if "[SSE Roaming: %s]" % word in info}
            self.assertEqual(got, wanted, capture)
            self.assertEqual(len(wanted) > 1, capture in ("dns-flapping", "dns-recovered"), capture)

    def test_only_failures(self):
        failed = ("sseroaming.probe.outcome >= 2 || sseroaming.swg.outcome >= 3 || sseroaming.fail_open || "
                  "sseroaming.expert.dns.lost || sseroaming.expert.web.lost || sseroaming.expert.dns.gained || "
                  "sseroaming.expert.web.gained")
        for capture in SOME:
            frames = set(self.columns(capture, "-Y", failed))
            for frame, info in self.columns(capture).items():
                if info.startswith("[SSE Roaming"):
                    self.assertIn(frame, frames, capture)

    def test_one_pass_says_only_what_is_final(self):
        out = self.good("article-dns", "-T", "fields", "-e", "_ws.col.Info")
        self.assertNotIn("SSE Roaming", out)

    def test_off(self):
        off = ("-o", "sseroaming.mark_info:FALSE")
        for capture in ("article-dns", "article-swg", "both-failing"):
            self.assertEqual(self.columns(capture, *off), self.columns(capture, plugin=False))


class Bytes(Case):
    """An item that stands for bytes selects them, and no others."""

    def test_strings(self):
        seen = 0
        for capture in ("dns-both-ports", "dns-identity-options"):
            for line in self.good(capture, "-T", "pdml", "-Y", "sseroaming").splitlines():
                found = re.search(r'name="sseroaming\.debug\.([a-z.]+)".* size="(\d+)" pos="(\d+)" show="([^"]*)" value="([0-9a-f]+)"', line)
                if not found:
                    continue
                key, size, _, show, value = found.groups()
                data = bytes.fromhex(value).decode("utf-8", "replace")
                self.assertEqual(int(size) * 2, len(value), line)
                # "server r5.lon": the whole string, or the part that it is about.
                self.assertTrue(data == show or data.endswith(" " + show) or data.startswith(("dnscrypt ", key)), line)
                seen += 1
        self.assertGreater(seen, 20)

    def test_generated_items_have_none(self):
        # What we conclude is nowhere in the packet.
        for line in self.good("dns-both-ports", "-T", "pdml", "-Y", "sseroaming").splitlines():
            if 'name="sseroaming.probe.' in line or 'name="sseroaming.kind"' in line:
                self.assertIn('size="0"', line)

    def selected(self, capture, frame):
        """What a click on each of a frame's items selects: field, place, bytes."""
        out = self.good(capture, "-2", "-T", "pdml", "-Y", "frame.number == %d" % frame)
        return re.findall(r'name="sseroaming\.([a-z0-9._]+)"[^>]* pos="([1-9]\d*)" show="[^"]*" value="([0-9a-f]+)"', out)

    def test_addresses_ports_and_names(self):
        # Ethernet 14, IPv4 20: addresses at 26 and 30, ports at 34 and 36.
        self.assertEqual(self.selected("article-dns", 11),
                         [("client", "26", "c0a800cc"), ("resolver", "30", "d043dede"), ("port", "36", "01bb")])
        # UDP 8 and DNS 12 before the name.
        out = self.good("article-swg", "-2", "-T", "fields", "-e", "frame.number", "-Y", "sseroaming.lookup.reply_to")
        self.assertEqual(self.selected("article-swg", int(out.split()[0])),
                         [("client", "30", "c0a800cc"),
                          ("name", "54", b"\27swg-url-proxy-https-sse\10sigproxy\2qq\7opendns\3com\0".hex())])

    def test_icmp_and_what_it_quotes(self):
        out = self.good("dns-icmp", "-2", "-T", "fields", "-e", "frame.number", "-Y", "sseroaming.icmp.type")
        # The resolver is named in the quote only, behind ICMP's 8 bytes.
        self.assertEqual(self.selected("dns-icmp", int(out.split()[0])),
                         [("client", "30", "c0a800cc"), ("resolver", "58", "d043dede"), ("icmp.sender", "26", "c0a80001"),
                          ("icmp.type", "34", "03"), ("icmp.code", "35", "0d")])

    def test_ipv6(self):
        out = self.good("fine-ipv6", "-2", "-T", "fields", "-e", "frame.number", "-Y", "sseroaming.probe.reply_in")
        found = self.selected("fine-ipv6", int(out.split()[0]))
        # Ethernet 14, IPv6 40: addresses at 22 and 38, ports behind.
        self.assertEqual([(name, place) for name, place, _ in found[:3]], [("client_ipv6", "22"), ("resolver_ipv6", "38"), ("port", "56")])
        self.assertTrue(found[1][2].startswith("26200119"), found)

    def test_placeholder_selects_nothing(self):
        # The bytes would say the name that redaction hides.
        out = self.good("article-swg", "-2", "-o", "sseroaming.redact:TRUE", "-T", "pdml", "-Y", "sseroaming.lookup.id")
        names = re.findall(r'name="sseroaming\.name"[^>]* size="(\d+)"', out)
        self.assertEqual(set(names), {"0"})


class Profile(Case):
    """The Wireshark profile: loads without a word, its filters are filters, its
    colours are told apart by everybody."""

    FOLDER = os.path.join(TOP, "packaging", "profile", "SSE Roaming")
    # How the three forms of colour blindness see linear RGB (Machado, Oliveira,
    # Fernandes 2009, severity 1.0).
    EYES = {
        "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
        "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
        "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    }

    def text(self, name):
        with open(os.path.join(self.FOLDER, name), encoding="utf-8") as file:
            return file.read()

    def rules(self):
        for line in self.text("colorfilters").splitlines():
            if line.startswith("@"):
                name, test, back, front = re.fullmatch(r"@([^@]*)@(.*)@\[([\d,]+)\]\[([\d,]+)\]", line).groups()
                yield name, test, *[[linear(int(part) / 65535) for part in colour.split(",")] for colour in (back, front)]

    def test_loads(self):
        config = tempfile.mkdtemp(prefix="profile.", dir=self.wireshark.stage)
        shutil.copytree(self.FOLDER, os.path.join(config, "profiles", "SSE Roaming"))
        subprocess.run(["chmod", "-R", "a+rX", config], check=True)
        out = self.good("article-swg", "-2", "-C", "SSE Roaming", config=config)
        # Its columns are in force, its colours too.
        self.assertRegex(out, r"2024-08-\d\d \d\d:\d\d:\d\d\.\d{6}Z? 18\.135\.112\.200 +→ 192\.168\.0\.204 +56287 TCP Web lost reset 0\.528 "
                              r"\[SSE Roaming: reset\]")
        out = self.good("article-swg", "-2", "-C", "SSE Roaming", "--color", "-T", "fields", "-e", "frame.coloring_rule.name", config=config)
        self.assertEqual(out.splitlines()[:4], ["UDP", "UDP", "SSE Roaming: protection lost", "SSE Roaming: failed"])

    def test_filters(self):
        filters = [test for _, test, _, _ in self.rules()]
        for name in ("dfilter_buttons", "io_graphs"):
            rows = [re.findall(r'"([^"]*)"', line) for line in self.text(name).splitlines() if line.startswith('"')]
            self.assertEqual({len(row) for row in rows}, {4 if name == "dfilter_buttons" else 9})
            filters += [row[2] for row in rows]
        filters += re.findall(r"%Cus:([^:]+):", self.text("preferences"))
        own = [text for text in filters if "sseroaming" in text]
        self.assertGreater(len(own), 18)
        self.assertIn("sseroaming.finding", own)
        for text in own:
            self.good("article-swg", "-2", "-Y", text)

    def test_own_rules_leave_wiresharks(self):
        done = self.wireshark.run("tshark", "-G", "folders").out
        data = re.search(r"(?m)^Global configuration:\s+(.*)$", done).group(1)
        with open(os.path.join(data, "colorfilters"), encoding="utf-8") as file:
            names = re.findall(r"(?m)^@([^@]*)@", file.read())
        mine = [name for name, *_ in self.rules()]
        self.assertLessEqual({"Bad TCP", "TCP RST", "Checksum Errors", "ICMP errors"}, set(mine))
        self.assertEqual([name for name in mine if name in names], [name for name in names if name in mine])

    # A cell of the packet list has so many pixels beside its text.
    MARGIN = 8
    # DejaVu Sans Mono, in which Wireshark shows packets on Linux, at its 10 points and 96 dpi; other systems' are narrower.
    CHARACTER = 1233 / 2048 * 10 * 96 / 72

    def columns(self):
        """Format of a column -> title, width in pixels."""
        titles = {form: title for title, form in re.findall(r'"([^"]+)", "(%[^"]+)"', self.text("preferences"))}
        titles = {form.split(":0:R")[0]: title for form, title in titles.items()}
        widths = {form: int(width) for form, width in re.findall(r'(?m)^\t"?(%.*?)"?, (\d+),?$', self.text("recent"))}
        self.assertEqual(list(titles), list(widths))
        return {form: (titles[form], width) for form, width in widths.items()}

    def fits(self, text, width):
        return len(text) * self.CHARACTER + self.MARGIN <= width

    def test_no_cell_of_ours_is_cut(self):
        columns = self.columns()
        for title, width in columns.values():
            self.assertTrue(self.fits(title, width), title)
        self.assertTrue(self.fits("1234567", columns["%m"][1]))
        # From 4.6 on with a Z.
        self.assertTrue(self.fits("2024-08-27 03:07:43.572681Z", columns["%Yut"][1]))
        self.assertTrue(self.fits("203.113.112.204", columns["%s"][1]) and self.fits("203.113.112.204", columns["%d"][1]))
        # Each code that a column can show.
        codes = [row.split("\t") for row in self.wireshark.run("tshark", "-G", "values").out.splitlines()]
        checked = 0
        for form, (title, width) in columns.items():
            fields = re.findall(r"sseroaming\.[a-z_.]+", form)
            for row in codes:
                if row[0] == "V" and row[1] in fields:
                    checked += 1
                    self.assertTrue(self.fits(row[3], width), (title, row[3]))
        self.assertGreater(checked, 25)
        # And what the columns have in real lists.
        config = tempfile.mkdtemp(prefix="profile.", dir=self.wireshark.stage)
        shutil.copytree(self.FOLDER, os.path.join(config, "profiles", "SSE Roaming"))
        subprocess.run(["chmod", "-R", "a+rX", config], check=True)
        seen = {title: set() for title, _ in columns.values()}
        for capture in ("article-swg", "article-logs", "both-failing", "web-fail-open", "bypass-while-well"):
            for line in self.good(capture, "-2", "-C", "SSE Roaming", "-T", "tabs", "-Y", "sseroaming || sseroaming.log", config=config).splitlines():
                cells = [cell for cell in line.split("\t") if cell.strip() != "→"]
                for cell, (title, width) in zip(cells, columns.values()):
                    if title != "Info" and ":" not in cell[:5]:
                        seen[title].add(cell.strip())
                        self.assertTrue(self.fits(cell.strip(), width), (capture, title, cell))
        self.assertLessEqual({"DNS works", "DNS lost", "Web works", "Web lost"}, seen["State"])
        self.assertGreater(len(seen["Reply ms"]), 20)

    def test_colours(self):
        own = [(name, back, front) for name, _, back, front in self.rules() if name.startswith("SSE Roaming")]
        colours = {name: back for name, back, _ in own}
        self.assertEqual(colours.pop("SSE Roaming: closed after use"), colours["SSE Roaming: works"])
        own = [one for one in own if one[0] in colours]
        self.assertEqual(len(own), 7)
        for name, back, front in own:
            low, high = sorted(luminance(colour) for colour in (back, front))
            self.assertGreater((high + 0.05) / (low + 0.05), 4.5, name)   # WCAG 2.1, 1.4.3
        for eyes, matrix in self.EYES.items():
            seen = [(name, lab([min(1, max(0, sum(m * c for m, c in zip(row, back)))) for row in matrix]))
                    for name, back, _ in own]
            for number, (name, one) in enumerate(seen):
                for other_name, other in seen[number + 1:]:
                    self.assertGreater(cie76(one, other), 12, (eyes, name, other_name))
            # What works, and what is found, beside Wireshark's plain packets.
            plain = [(name, lab([min(1, max(0, sum(m * c for m, c in zip(row, back)))) for row in matrix]))
                     for name, _, back, _ in self.rules() if name in ("UDP", "TCP", "HTTP", "TCP SYN/FIN", "ARP", "ICMP")]
            self.assertEqual(len(plain), 6)
            for name, one in seen:
                if name in ("SSE Roaming: works", "SSE Roaming: finding"):
                    for other_name, other in plain:
                        self.assertGreaterEqual(cie76(one, other), 10, (eyes, name, other_name))

    def test_a_reset_after_use_is_not_red(self):
        config = tempfile.mkdtemp(prefix="profile.", dir=self.wireshark.stage)
        shutil.copytree(self.FOLDER, os.path.join(config, "profiles", "SSE Roaming"))
        subprocess.run(["chmod", "-R", "a+rX", config], check=True)
        out = self.good("bypass-while-well", "-2", "-C", "SSE Roaming", "--color", "-T", "fields", "-e", "frame.coloring_rule.name",
                        "-Y", "tcp.flags.reset == 1 && sseroaming.swg.outcome == 1", config=config)
        self.assertEqual(set(out.splitlines()), {"SSE Roaming: closed after use"})

    def test_installed_where_wireshark_looks(self):
        build = self.build
        with tempfile.TemporaryDirectory() as prefix:
            subprocess.run(["cmake", "--install", build, "--prefix", prefix, "--component", "profile"],
                           stdout=subprocess.DEVNULL, check=True)
            found = sorted(os.path.relpath(os.path.join(folder, file), prefix)
                           for folder, _, files in os.walk(prefix) for file in files)
        data = re.search(r"(?m)^Global configuration:\s+(.*)$", self.wireshark.run("tshark", "-G", "folders").out).group(1)
        self.assertEqual(sorted("/usr/%s" % name for name in found) if data.startswith("/usr/share/") else found,
                         sorted("%s/profiles/SSE Roaming/%s" % (data, name) for name in os.listdir(self.FOLDER)))


def linear(value):
    """sRGB (IEC 61966-2-1)."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def cie76(one, other):
    return sum((a - b) ** 2 for a, b in zip(one, other)) ** 0.5


def luminance(colour):
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), colour))


def lab(colour):
    """CIE L*a*b* of linear sRGB, white D65."""
    rows = (((0.4124, 0.3576, 0.1805), 0.95047), ((0.2126, 0.7152, 0.0722), 1.0), ((0.0193, 0.1192, 0.9505), 1.08883))
    x, y, z = (sum(w * c for w, c in zip(row, colour)) / white for row, white in rows)
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


class Preferences(Case):
    NAMES = ("resolvers", "gateways", "gateway_names", "probe_names", "probe_timeout", "syn_timeout", "log_shift",
             "redact", "mark_info")

    def test_all_exist(self):
        listed = self.wireshark.run("tshark", "-G", "currentprefs").out
        for name in self.NAMES:
            self.assertIn("sseroaming.%s:" % name, listed)

    def test_bad_value_is_named_and_the_last_valid_one_stays(self):
        wanted = self.good("both-failing", "-q", "-z", "sseroaming,json")
        for name, value in (("resolvers", "208.67.222.222, 1.2.3"), ("gateways", "18.135.112.0/33"),
                            ("gateways", "not-an-address"), ("gateway_names", "two words.example"), ("probe_names", "..")):
            with self.subTest(name=name, value=value):
                done = self.tshark("both-failing", "-o", "sseroaming.%s:%s" % (name, value), "-q", "-z", "sseroaming,json")
                self.assertIn(value.split(", ")[-1].split()[0], done.err)
                self.assertEqual(done.out, wanted)

    def changed(self, *options):
        report = json.loads(self.good("both-failing", *options, "-q", "-z", "sseroaming,json"))
        return report["preferences"]

    def test_redact_has_no_word_that_silently_means_no(self):
        for word in ("TRUE", "true", "yes", "On", "1"):
            self.assertEqual(self.changed("-o", "sseroaming.redact:" + word), {"redact": "TRUE"}, word)
        for word in ("FALSE", "no", "off", "0"):
            self.assertEqual(self.changed("-o", "sseroaming.redact:" + word), {}, word)
        for word in ("ja", "TRUE.", "2"):
            done = self.tshark("both-failing", "-o", "sseroaming.redact:" + word, "-q", "-z", "sseroaming")
            self.assertIn("sseroaming.redact is not used", done.err, word)

    def test_rows_of_ones_own_are_added_to_the_lists(self):
        own = lambda *cells: ("-o", "uat:sseroaming_own:" + ",".join('"%s"' % cell for cell in cells))
        default = "208.67.222.222"
        for kind, name, value in (("Resolver", "resolvers", "198.51.100.7"), ("Gateway", "gateways", "203.0.113.0/24"),
                                  ("Gateway name", "gateway_names", ".swg.example"), ("Probe name", "probe_names", "probe.example")):
            listed = self.changed(*own(kind, value, "a comment"))
            self.assertEqual(list(listed), [name])
            parts = listed[name].split(", ")
            self.assertEqual(parts[-1], value)
            self.assertEqual(len(parts) > 1, name != "gateways")
            # What the report names is what -o takes.
            self.assertEqual(self.changed("-o", "sseroaming.%s:%s" % (name, listed[name])), listed)
        self.assertIn(default, self.changed(*own("Resolver", "198.51.100.7", ""))["resolvers"])
        self.assertEqual(self.changed(*own("Gateway", "203.0.113.1", ""), *own("Gateway", "203.0.113.2", ""), "-o",
                                      "sseroaming.gateways:192.0.2.1"), {"gateways": "192.0.2.1, 203.0.113.1, 203.0.113.2"})
        for kind, value in (("Gateway", "203.0.113.0/99"), ("Resolver", "203.0.113.0/24"), ("Gateway", "a.example"), ("Gateway", ""),
                            ("Gateway name", "two words"), ("Probe name", "a.example,b.example"), ("Nothing", "192.0.2.1")):
            done = self.tshark("both-failing", *own(kind, value, ""), "-q", "-z", "sseroaming")
            self.assertNotEqual(done.status, 0, (kind, value))

    def test_resolvers(self):
        report = json.loads(self.good("article-dns", "-o", "sseroaming.resolvers:208.67.220.220", "-q", "-z", "sseroaming,json"))
        self.assertEqual({r["address"] for c in report["clients"] for r in c["dns"]["resolvers"]}, {"208.67.220.220"})

    def test_same_placeholder_everywhere(self):
        # The report's newest source is the one of the packets' details.
        report = json.loads(self.good("dns-both-ports", "-o", "sseroaming.redact:TRUE", "-q", "-z", "sseroaming,json"))
        fields = self.good("dns-both-ports", "-o", "sseroaming.redact:TRUE", "-T", "fields", "-e", "sseroaming.debug.source",
                           "-Y", "sseroaming.debug.source")
        self.assertEqual(report["clients"][0]["dns"]["identity"]["source"], fields.split()[-1])


class Redaction(Case):
    """With the preference redact no value that names a customer is in anything
    of ours; without it each is, so that the search is worth something."""

    SECRETS = {
        "dns-both-ports": ("1234567", "0123456789abcdef", "472625284", "198.51.100.7", "6892016"),
        "dns-protected-network": ("1234567", "472625284", "198.51.100.7"),
        "web-organisation-name": ("1234567",),
        "dns-identity-options": ("7654321", "99887766", "fedcba9876543210", "646121968", "198.51.100.77", "10.77.66.55",
                                 "2001:db8:77::66", "31415926", "5ec2e75ec2e7", "27182818", "secret-host", "secret-value"),
    }
    REPORTS = ["-q", "-z", "expert"] + [part for form in ("", ",json", ",ticket", ",html", ",udp", ",json,ip.addr == 208.67.222.222")
                                        for part in ("-z", "sseroaming" + form)]

    def fields(self):
        listed = self.wireshark.run("tshark", "-G", "fields").out
        names = [row[2] for row in (line.split("\t") for line in listed.splitlines())
                 if row[0] == "F" and row[2].startswith(("sseroaming.", "dnscrypt."))]
        self.assertGreater(len(names), 60)
        return [part for name in names for part in ("-e", name)]

    def outputs(self, capture, *options):
        """Everything of ours. Of packets our own part alone: the bytes and what
        Wireshark's DNS makes of them are still there."""
        ours = ["-J", "sseroaming dnscrypt", "-Y", "sseroaming || dnscrypt"]
        for arguments in (self.REPORTS, ["-2"] + self.REPORTS, ["-2", "-T", "fields"] + self.fields()):
            yield arguments[:4], self.good(capture, *options, *arguments)
        for form in ("json", "pdml", "ek"):
            yield form, self.packets(capture, form, *options, *ours)
        yield "details", "\n".join(self.own(self.good(capture, *options, "-2", "-V", "-Y", "sseroaming || dnscrypt")))
        taps = ["expert"] + [entry["tap"] for group in ("nstat", "stats") for entry in self.info.get(group, ())
                             if "sseroaming" in entry["tap"]]
        answers = self.wireshark.sharkd(
            ("load", {"file": self.wireshark.capture(capture)}), *[("setconf", {"name": option.split(":")[0], "value": option.split(":")[1]})
                                                                  for option in options[1::2]],
            ("load", {"file": self.wireshark.capture(capture)}), ("tap", {"tap%d" % n: tap for n, tap in enumerate(taps)}))
        yield "sharkd", json.dumps(answers[-1])

    def packets(self, capture, form, *arguments):
        """Packets in a form for programs, without what is not ours."""
        out = self.good(capture, "-T", form, *arguments)
        if form == "json":
            return json.dumps([{key: value for key, value in one["_source"]["layers"].items() if key in ("sseroaming", "dnscrypt")}
                               for one in json.loads(out)])
        if form == "ek":
            return json.dumps([{key: value for key, value in one["layers"].items() if key in ("sseroaming", "dnscrypt")}
                               for one in map(json.loads, out.splitlines()) if "layers" in one])
        keep, lines = False, []
        for line in out.splitlines():
            if line.startswith("  <proto"):
                keep = '"sseroaming"' in line or '"dnscrypt"' in line
            if keep:
                lines.append(line)
        return "\n".join(lines)

    @staticmethod
    def own(text):
        keep = False
        for line in text.splitlines():
            if line and not line.startswith(" "):
                keep = "SSE Roaming" in line or line.startswith("DNSCrypt")
            if keep:
                yield line

    def setUp(self):
        self.info = self.wireshark.sharkd(("info", {}))[0]["result"]

    def test_values(self):
        for capture, secrets in self.SECRETS.items():
            seen = set()
            for what, out in self.outputs(capture):
                seen |= {secret for secret in secrets if secret in out.lower()}
            self.assertEqual(seen, set(secrets), capture)
            for what, out in self.outputs(capture, "-o", "sseroaming.redact:TRUE"):
                for secret in secrets:
                    self.assertNotIn(secret, out.lower(), (capture, what))
                # Bytes and digits of a value give it away as well.
                for secret in secrets:
                    self.assertNotIn(secret.encode().hex(), out.lower().replace(":", ""), (capture, what))


class TwoFiles(Case):
    """Two files loaded in one sharkd give the same as each alone."""

    COLUMNS = {"column%d" % number: field + ":1" for number, field in enumerate((
        "frame.number", "sseroaming.client", "sseroaming.probe.id", "sseroaming.probe.outcome", "sseroaming.probe.reply_in",
        "sseroaming.swg.id", "sseroaming.swg.outcome", "sseroaming.swg.attempt", "sseroaming.dns.state",
        "sseroaming.web.state"))}

    def questions(self, capture):
        taps = ["expert"] + self.taps
        return [("load", {"file": self.wireshark.capture(capture)}), ("frames", dict(self.COLUMNS)),
                ("tap", {"tap%d" % number: tap for number, tap in enumerate(taps)}), ("frames", dict(self.COLUMNS))]

    def answers(self, *captures):
        requests = [question for capture in captures for question in self.questions(capture)]
        answers = self.wireshark.sharkd(*requests)
        for answer in answers:
            self.assertIn("result", answer)
        results = [answer["result"] for answer in answers]
        size = len(results) // len(captures)
        return [results[at:at + size] for at in range(0, len(results), size)]

    def setUp(self):
        # Tables and trees of ours, as far as there are any.
        info = self.wireshark.sharkd(("info", {}))[0]["result"]
        self.taps = [entry["tap"] for group in ("nstat", "stats") for entry in info.get(group, ())
                     if "sseroaming" in entry["tap"]]

    def test_two_files(self):
        pairs = (("article-dns", "article-swg"), ("article-swg", "article-dns"), ("both-failing", "web-gateway-unknown"),
                 ("web-completed", "web-no-reply"), ("dns-no-reply", "capture-empty"), ("capture-unrelated", "dns-recovered"))
        for pair in pairs:
            with self.subTest(pair=pair):
                alone = [self.answers(capture)[0] for capture in pair]
                self.assertEqual(self.answers(*pair), alone)

    def test_state_is_shown(self):
        # What is compared above holds something of ours.
        frames = self.answers("article-dns")[0][1]
        self.assertTrue(all(frame["c"][2] for frame in frames), frames[:3])


class Scripts(unittest.TestCase):
    FILES = ("packaging/lib.sh", "packaging/quickstart.sh", "tests/run.sh", ".ci/run", "tests/lab/record_dnscrypt.sh",
             "tests/fuzz/run.sh", "tests/fuzz/wireshark.sh", "tests/untouched.sh", "tests/coverage.sh", "tests/memcheck.sh", "tests/sanitize.sh",
             "packaging/package.sh", "packaging/make_manual.sh", "tests/labs/handout.sh", "tests/matrix.sh", "tests/packages.sh", "tests/wireshark_source.sh", "tests/in_tree.sh")

    def test_syntax(self):
        for file in self.FILES:
            subprocess.run(["bash", "-n", os.path.join(TOP, file)], check=True)

    @unittest.skipUnless(shutil.which("shellcheck"), "no shellcheck")
    def test_shellcheck(self):
        done = subprocess.run(["shellcheck", "-x", *self.FILES], cwd=TOP, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_run_bits(self):
        for file in self.FILES[1:]:
            self.assertTrue(os.access(os.path.join(TOP, file), os.X_OK), file)

    def test_named_files(self):
        """What the documents of the tests name is there: files, and limits by their macros."""
        # Of other folders, and of Wireshark.
        names, defined, missing = {"README.md", "fuzz-test.sh"}, set(), []
        for folder, _, files in (step for top in ("plugin", "tests", "packaging", "screenshots") for step in os.walk(os.path.join(TOP, top))):
            names |= set(files)
            for file in files if os.sep + "plugin" in folder else ():
                with open(os.path.join(folder, file), encoding="utf-8") as source:
                    defined |= set(re.findall(r"# *define ([A-Z_]+)\b", source.read()))
        for document in ("README.md", "HOSTILE.md"):
            with open(os.path.join(TOP, "tests", document), encoding="utf-8") as file:
                for word in re.findall(r"`([^` ]+)`", file.read()):
                    if re.search(r"\w\.(c|h|py|sh|md)$", word) and os.path.basename(word) not in names:
                        missing.append("%s: %s" % (document, word))
                    elif re.fullmatch(r"(SSE_)?MAX_[A-Z_]+|SSE_(LISTED|FRAMES_KEPT|DNSCRYPT_MAGICS)", word) and word not in defined:
                        missing.append("%s: %s" % (document, word))
        self.assertEqual(missing, [])

    @unittest.skipUnless(shutil.which("apt-get"), "no apt-get")
    def test_apt_waits(self):
        """Each of apt's locks, in folders of its own, held by this process; the commands are the shortest that take it."""
        with tempfile.TemporaryDirectory() as folder:
            for name in ("lists/partial", "archives/partial", "dpkg"):
                os.makedirs(os.path.join(folder, name))
            with open(os.path.join(folder, "dpkg/status"), "w", encoding="utf-8"):
                pass
            apt = ["env", "LC_ALL=C", "apt-get", "-qq"] + [part for option in (
                "Dir::State::lists=%s/lists", "Dir::Cache::archives=%s/archives", "Dir::State::status=%s/dpkg/status",
                "Dir::Cache::pkgcache=", "Dir::Cache::srcpkgcache=", "Dir::Etc::sourcelist=/dev/null", "Dir::Etc::sourceparts=/dev/null")
                for part in ("-o", option.replace("%s", folder))]
            for lock, command in (("lists/lock", "update"), ("archives/lock", "clean"), ("dpkg/lock-frontend", "install")):
                with self.subTest(lock=lock), open(os.path.join(folder, lock), "w", encoding="utf-8") as file:
                    fcntl.lockf(file, fcntl.LOCK_EX)
                    done = shell('SSE_APT_WAIT=0; sse_apt "$@"', *apt, command)
                    self.assertEqual((done.status, done.out), (100, ""))
                    self.assertIn("Could not get lock", done.err)
                    threading.Timer(1, fcntl.lockf, (file, fcntl.LOCK_UN)).start()
                    done = shell('sse_apt "$@"', *apt, command)
                    self.assertEqual((done.status, done.out), (0, ""), done.err)
                    self.assertRegex(done.err, r"\AWaiting for another program that installs: \S+%s\..*\n\Z" % lock)
            # What is no lock is no reason to wait.
            begun = time.monotonic()
            done = shell('sse_apt "$@"', *apt, "install", "no-such-package-at-all")
            self.assertEqual(done.status, 100)
            self.assertIn("Unable to locate package", done.err)
            self.assertLess(time.monotonic() - begun, 60)


if __name__ == "__main__":
    Case.build = build_folder(sys.argv)
    Case.wireshark = Wireshark(Case.build)
    unittest.main()
