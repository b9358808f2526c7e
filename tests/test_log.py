#!/usr/bin/env python3
"""The module's own logs: opened by Wireshark's programs, merged with captures,
dissected, and compared with the packets.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_log.py [--build FOLDER] [--renew] [TEST...]

The golden outputs in golden-logs/ are those of the article's two logs alone;
merged with its captures they are among golden.py's. --renew writes them; read the
difference.
"""

import base64
import concurrent.futures
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

import golden
import golden_file
import schema
from wireshark import CAPTURES, TESTS, Wireshark, build_folder

GOLDEN = os.path.join(TESTS, "golden-logs")
# The head of each frame: the tag that names the dissector, and the end of tags.
HEAD = b"\0\x0c\0\x10sseroaming.log\0\0\0\0\0\0"
EVENT = ("Date : 08/27/2024\nTime : 06:41:%02d\nType : Information\nSource : csc_swgagent\n\n"
         "Description : %s | Thread 27cc | %s\n\n")
RESOLVED = "Connection : Resolved IP from '%s' is %s, using index = 0"
ORGANISATION_NAME = "swg-url-proxy-https-7654321.sseproxy.qq.opendns.com"
FIELDS = [part for field in (
    "frame.number", "frame.time_epoch", "sseroaming.log.file", "sseroaming.log.time", "sseroaming.log.clock",
    "sseroaming.log.pid", "sseroaming.log.level", "sseroaming.log.thread", "sseroaming.log.component",
    "sseroaming.log.type", "sseroaming.log.source", "sseroaming.log.event", "sseroaming.log.ip", "sseroaming.log.port",
    "sseroaming.log.candidate", "sseroaming.log.candidate_ipv6", "sseroaming.log.name", "sseroaming.log.address",
    "sseroaming.log.address_ipv6", "sseroaming.log.fail_open",
    "sseroaming.log.cmode", "sseroaming.log.tmode", "sseroaming.log.lookup_time", "sseroaming.log.lookup_error",
    "sseroaming.log.state", "sseroaming.log.message", "sseroaming.log.line") for part in ("-e", field)]
SHOW = ["-Y", "sseroaming.log", "-T", "fields", "-E", "header=y", "-E", "occurrence=a", "-E", "aggregator=|"]


def read(name):
    with open(os.path.join(CAPTURES, "article", name), "rb") as file:
        return file.read()


MODULE, AGENT = read("cscumbrellaplugin.txt"), read("Umbrella.txt")


class Case(unittest.TestCase):
    wireshark = None
    build = None
    renew = False
    maxDiff = None

    @classmethod
    def file(cls, data, name):
        return cls.wireshark.file(data, name)

    def good(self, program, *arguments, **how):
        done = self.wireshark.run(program, *arguments, **how)
        self.assertEqual((done.status, done.err), (0, ""), (program, arguments))
        return done.out

    def tshark(self, path, *arguments, **how):
        return self.good("tshark", "-r", path, *arguments, **how)

    def merge(self, name, *paths):
        """mergecap, with the plugin. @return the path of the merged file"""
        out = self.good("mergecap", "-w", "-", *paths)
        return self.file(out.encode("utf-8", "surrogateescape"), name)

    def report(self, path, *arguments):
        report = json.loads(self.tshark(path, "-q", "-z", "sseroaming,json", *arguments))
        self.assertEqual(schema.check(report), [])
        return report

    def golden(self, name, text):
        faults = golden_file.compare(os.path.join(GOLDEN, name), text, self.wireshark.version, self.renew)
        self.assertEqual(faults, [], "\n".join(faults))


class Open(Case):
    def test_programs_know_it(self):
        listed = self.good("tshark", "-G", "plugins")
        self.assertRegex(listed, r"sseroaming-log\.so\s+%s\s+file type\s" % self.wireshark.version)
        found = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(self.wireshark.stage, "plugins"))
                 for name in names if name == "sseroaming-log.so"]
        self.assertEqual([os.path.basename(os.path.dirname(path)) for path in found], ["wiretap"])
        symbols = subprocess.run(["nm", "-D", "--defined-only", found[0]], capture_output=True, text=True, check=True).stdout
        self.assertEqual({line.split()[-1] for line in symbols.splitlines() if "__odr_asan." not in line} - {"plugin_describe"},
                         {"plugin_version", "plugin_want_major", "plugin_want_minor", "plugin_register"})
        for name, data, entries in (("module.txt", MODULE, 6), ("agent.txt", AGENT, 1)):
            said = self.good("capinfos", "-tEcI", self.file(data, name))
            for words in ("Cisco Secure Client Umbrella log (DART)", "Wireshark Upper PDU export", "Number of packets:   %d" % entries,
                          "Number of interfaces in file: 1"):
                self.assertIn(words, said)

    def test_installed(self):
        """Beside the dissector, for all users and for one."""
        for arguments, place, variable in (([], "wireshark/plugins", "DESTDIR"),
                                           (["--component", "personal"], ".local/lib/wireshark/plugins", "HOME")):
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run(["cmake", "--install", self.build, *arguments], env=dict(os.environ, **{variable: folder}, XDG_CONFIG_HOME=folder),
                                      capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                found = sorted(os.path.join(where, name) for where, _, names in os.walk(folder) for name in names if name.endswith(".so"))
                self.assertEqual([path.split("/")[-2:] for path in found],
                                 [["epan", "sseroaming.so"], ["wiretap", "sseroaming-log.so"]])
                self.assertEqual({place in path for path in found}, {True})

    def test_encodings_and_line_ends(self):
        """The same entries whatever the file was written with."""
        wanted = {}
        text = {"module": MODULE.decode(), "agent": AGENT.decode() + AGENT.decode()}
        jobs = []
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            for name, plain in text.items():
                wanted[name] = self.tshark(self.file(plain.encode(), name + ".log"), *SHOW, *FIELDS)
                self.assertEqual(wanted[name].count("\n"), {"module": 7, "agent": 3}[name])
                for number, data in enumerate((
                        plain.replace("\n", "\r\n").encode("utf-8-sig"), plain.replace("\n", "\r\n").encode("utf-16"),
                        plain.encode("utf-16-be"), b"\xfe\xff" + plain.rstrip().encode("utf-16-be"),
                        plain.replace("\n", "\r\n").encode("utf-16-le")[:-1], gzip.compress(plain.encode()))):
                    jobs.append((name, number, pool.submit(self.tshark, self.file(data, "%s-%d.txt" % (name, number)), "-2", *SHOW, *FIELDS)))
        for name, number, job in jobs:
            self.assertEqual(job.result(), wanted[name], (name, number))

    def test_a_pipe(self):
        self.assertEqual(self.good("tshark", "-r", "-", *SHOW, *FIELDS, data=MODULE),
                         self.tshark(self.file(MODULE, "module.txt"), *SHOW, *FIELDS))

    def test_frames(self):
        """What a frame holds, read in order and at random (as the window does): unknown lines, entries of many lines,
        entries that are too long for one frame, a cut end."""
        first, second, *rest = MODULE.decode().splitlines()
        entries = ["the rest of an entry\nthat was rotated away", first + "\n  more\n\n\tstill \x1b[31mmore", second]
        long_line = rest[0] + "x" * 100000
        cut = rest[1][:70]
        texts = entries + [long_line, cut]
        path = self.file("\n".join(texts).encode(), "frames.txt")
        times = self.tshark(path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len").splitlines()
        count = len(times)
        self.assertGreater(count, len(texts))
        answers = self.wireshark.sharkd(("load", {"file": path}), *(
            ("frame", {"frame": number, "bytes": True}) for number in range(count, 0, -1)))
        self.assertEqual(answers[0]["result"]["status"], "OK")
        got = {count - at: base64.b64decode(answer["result"]["bytes"]) for at, answer in enumerate(answers[1:])}
        sizes = [int(line.split("\t")[1]) for line in times]
        self.assertLess(max(sizes), 65536 + len(HEAD) + 1)
        self.assertEqual(b"".join(got[n][len(HEAD):] for n in sorted(got)).replace(b"\n", b""),
                         "".join(texts).replace("\n", "").encode())
        for number, text in ((1, entries[0]), (2, entries[1]), (3, entries[2]), (count, cut)):
            self.assertEqual(got[number], HEAD + text.encode())
        self.assertEqual([len(got[n]) for n in sorted(got)], sizes)
        # Lines without a time have that of their neighbour.
        self.assertEqual(len({line.split("\t")[0] for line in times[:3]}), 1)
        # From 4.4 on -T fields escapes backslashes once more.
        lines = self.tshark(path, *SHOW, "-e", "sseroaming.log.file", "-e", "sseroaming.log.line").replace("\\\\", "\\").splitlines()
        self.assertEqual(lines[1].split("\t"), ["0", "that was rotated away"])
        self.assertEqual(lines[2].split("\t"), ["1", "  more|\\x09still \\x1b[31mmore"])

    def test_what_is_neither_is_left(self):
        agent = AGENT.decode()
        files = {
            "vpn.txt": agent.replace("csc_swgagent", "csc_vpnagent"), "no-source.txt": agent.replace("Source : csc_swgagent\n", ""),
            "late.txt": "x\n" * 17 + MODULE.decode(), "binary.txt": "\x01\x02\n" + MODULE.decode(),
            "logcat.txt": "08-27 03:07:43.123  8880  8880 D tag: text\n", "text.txt": "2024-08-27 03:07:43 text\n",
            "data.json": '{"Date": "08/27/2024"}\n',
            "quote.eml": "From: a@example\nSubject: log\n\nHi, see:\n2024-08-27 03:07:43 [1] [INFO] <1> other program: text\n",
        }
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            jobs = [(name, plugin, pool.submit(self.wireshark.run, "capinfos", "-tEc", self.file(text.encode(), name), plugin=plugin))
                    for name, text in files.items() for plugin in (True, False)]
        done = {(name, plugin): job.result() for name, plugin, job in jobs}
        for name in files:
            with_it, without = done[name, True], done[name, False]
            # What a reader says on standard error may carry the time.
            self.assertEqual((with_it.status, with_it.out), (without.status, without.out), name)
            self.assertNotIn("Umbrella log", with_it.out, name)

    def test_saved_and_shifted(self):
        """As pcapng the entries are the same, and open without the plugin, too."""
        path = self.file(MODULE, "module.txt")
        saved = self.file(self.good("editcap", path, "-").encode("utf-8", "surrogateescape"), "saved.pcapng")
        self.assertEqual(self.tshark(saved, *SHOW, *FIELDS), self.tshark(path, *SHOW, *FIELDS))
        without = self.tshark(saved, "-T", "fields", "-e", "exported_pdu.dis_table_name", "-e", "frame.len", plugin=False)
        self.assertEqual(without.count("\n"), 6)
        shifted = self.file(self.good("editcap", "-t", "-0.25", path, "-").encode("utf-8", "surrogateescape"), "shifted.pcapng")
        self.assertEqual(self.tshark(shifted, "-c", "1", "-t", "ud").split()[2][:11], "03:07:42.75")


class Report(Case):
    @classmethod
    def setUpClass(cls):
        cls.logs = [cls.file(MODULE, "cscumbrellaplugin.txt"), cls.file(AGENT, "Umbrella.txt")]
        cls.captures = [cls.wireshark.capture("article-dns"), cls.wireshark.capture("article-swg")]

    def test_alone(self):
        path = self.merge("logs.pcapng", *self.logs)
        self.golden("logs.txt", self.tshark(path, "-q", "-z", "sseroaming"))
        self.golden("logs.fields.tsv", golden.fields(self.tshark(path, *SHOW, *FIELDS[:2], *FIELDS[4:])))
        report = self.report(path)
        self.assertEqual((report["frames"], report["clients"], report["log"]["entries"]), (0, [], 7))

    def test_merged(self):
        path = self.merge("merged.pcapng", *self.logs, *self.captures)
        # The capture that golden.py looks at is what mergecap makes of the real files.
        wanted, got = (self.tshark(one, "-t", "ud", "-x") for one in (self.wireshark.capture("article-logs"), path))
        self.assertEqual(got, wanted)
        report = self.report(path)
        log = report["clients"][0]["log"]
        self.assertNotIn("log", report)
        self.assertEqual([(s["says"], s["result"], s["frames"]) for s in log["statements"]], [
            ("probing", "agrees", [6, 7, 8, 9]), ("rejected", "not-seen", []), ("probing", "agrees", [12, 13, 14, 15]),
            ("rejected", "agrees", [12, 13, 14, 15]), ("handshake-failed", "agrees", [24, 26, 27])])
        self.assertEqual(log["fail_open"], {"entries": 1, "first_frame": 38, "last_frame": 38, "web_down": True, "connections": 0})

    def test_packets_are_judged_alike(self):
        """A log decides nothing: but for the log itself and the frames' numbers the verdict is that of the capture alone."""
        alone = self.report(self.captures[1])
        behind = self.report(self.merge("behind.pcapng", self.captures[1], self.logs[1]))
        self.assertEqual(behind["clients"][0].pop("log")["entries"], 1)
        self.assertEqual(behind, alone)

    def test_other_clock(self):
        log = self.file(self.good("editcap", "-t", "7200", self.logs[0], "-").encode("utf-8", "surrogateescape"), "late.pcapng")
        path = self.merge("late-merged.pcapng", log, self.captures[0])
        said = self.report(path)["clients"][0]["log"]
        self.assertEqual((said["suggested_shift_ms"], said["counts"]["not-compared"]), (-7200000.0, 4))
        text = self.tshark(path, "-q", "-z", "sseroaming")
        self.assertIn("-o sseroaming.log_shift:-7200\n  or shift each log itself before they are merged:\n"
                      "    editcap -t -7200 LOG.txt LOG.pcapng\n", text)
        # What is to be given does not depend on what is given.
        text = self.tshark(path, "-q", "-z", "sseroaming", "-o", "sseroaming.log_shift:-3600")
        self.assertIn("-o sseroaming.log_shift:-7200\n  or shift each log itself before they are merged, and leave log_shift out:\n"
                      "    editcap -t -7200 LOG.txt LOG.pcapng\n", text)
        said = self.report(path, "-o", "sseroaming.log_shift:-7200")["clients"][0]["log"]
        self.assertEqual((said["shift_ms"], said["suggested_shift_ms"], said["counts"]["agrees"]), (-7200000.0, None, 3))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            done = {value: pool.submit(self.wireshark.run, "tshark", "-r", path, "-o", "sseroaming.log_shift:" + value, "-q", "-z",
                                       "sseroaming,json")
                    for value in ("two", "", "999999999", "1.2.3", "-0.5", " +12.345 ")}
        done = {value: job.result() for value, job in done.items()}
        shifts = {value: json.loads(one.out)["clients"][0]["log"]["shift_ms"] for value, one in done.items()}
        self.assertEqual(shifts, {"two": 0, "": 0, "999999999": 0, "1.2.3": 0, "-0.5": -500, " +12.345 ": 12345})
        for value, one in done.items():
            self.assertEqual("sseroaming.log_shift" in one.err, shifts[value] == 0, value)

    def test_denied(self):
        """The client says that nobody answered; the packets show answers."""
        rejected = MODULE.decode().splitlines()[5]
        first = float(self.tshark(self.wireshark.capture("dns-both-ports"), "-Y", "udp.dstport == 53 && sseroaming.probe.id",
                                  "-T", "fields", "-e", "frame.time_epoch", "-c", "20").splitlines()[0])
        when = subprocess.run(["date", "-u", "-d", "@%d" % (first + 5), "+%F %T"], capture_output=True, text=True, check=True).stdout.strip()
        log = self.file((when + rejected[19:] + "\n").encode(), "denied.txt")
        path = self.merge("denied.pcapng", log, self.wireshark.capture("dns-both-ports"))
        said = self.report(path)["clients"][0]["log"]
        self.assertEqual(said["counts"]["differs"], 1)
        self.assertIn("filter driver", said["advice"][0])
        text = self.tshark(path, "-q", "-z", "sseroaming")
        self.assertIn("DENY", text)
        self.assertIn("To do: nothing on the network; look at the host (see the client's log below).\n", text)
        ticket = self.tshark(path, "-q", "-z", "sseroaming,ticket")
        self.assertEqual(" ".join(ticket.split()), "Nothing to ask a firewall team for. DNS: Protected. Web: Not observed. "
                         "Log: the packets deny 1 statement of the client's own log: look at the host, too (-z sseroaming has them).")
        self.assertEqual(self.tshark(path, "-2", "-Y", 'sseroaming.log.packets == "differs" && sseroaming.expert.log.denied',
                                     "-T", "fields", "-e", "sseroaming.log.event").strip(), "3")

    def test_denied_in_an_outage(self):
        """The ticket is about the outage first, and says the rest in one line."""
        capture = self.wireshark.capture("dns-broken-later")
        first = float(self.tshark(capture, "-Y", "udp.dstport == 443 && sseroaming.probe.id", "-T", "fields", "-e",
                                  "frame.time_epoch").splitlines()[0])
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(int(first) + 3))
        line = when + MODULE.decode().splitlines()[5][19:].replace("port 53", "port 443") + "\n"
        path = self.merge("denied-later.pcapng", self.file(line.encode(), "denied-later.txt"), capture)
        ticket = self.tshark(path, "-q", "-z", "sseroaming,ticket")
        self.assertIn("Log: the packets deny 1 statement of the client's own log: look at the host, too (-z sseroaming has them).",
                      " ".join(ticket.split()), ticket)
        self.assertTrue(ticket.startswith("DNS protection of the Cisco Secure Client at "), ticket[:80])

    def test_fail_open_without_the_web(self):
        """Of a web that the capture does not show nothing is said."""
        for capture, wanted in (("article-dns", "the capture shows nothing of the gateway, so it cannot be told."),
                                ("fine", "whether web protection was down cannot be told from the packets.")):
            path = self.merge("fail-open-%s.pcapng" % capture, self.logs[1], self.wireshark.capture(capture))
            text = " ".join(self.tshark(path, "-q", "-z", "sseroaming").split())
            said = self.report(path)["clients"][0]["log"]["fail_open"]
            self.assertEqual((said["web_down"], said["connections"]), (None, None))
            self.assertRegex(text, r"Fail open: the log says so in 1 entry \(frame \d+\); " + wanted)

    def test_filters(self):
        """A filter makes a log neither another client's nor alone."""
        rows = (("sseroaming.log", "No client passes the filter, so there is none to compare it with."),
                ("ip.addr == 192.0.2.1", "No client passes the filter, so there is none to compare it with."),
                ("ip.addr == 192.168.0.204", 'Clock: 2 of 2 "probing" lines stand beside probes.'))
        for wanted, said in rows:
            text = self.tshark(self.wireshark.capture("article-logs"), "-q", "-z", "sseroaming," + wanted)
            self.assertIn(said, text, wanted)
            self.assertEqual("Not compared: 5 statements: no client is known to be the log's.\n" in text, said is not rows[2][1])
        # The log of one of three.
        capture = self.wireshark.capture("mirror-three-clients")
        entries = []
        for line in MODULE.decode().splitlines()[1], MODULE.decode().splitlines()[4]:
            port = line.rsplit(" ", 1)[1]
            when = self.tshark(capture, "-Y", "ip.src == 192.168.0.205 && sseroaming.probe.id && udp.dstport == " + port, "-T", "fields",
                               "-e", "frame.time_epoch").splitlines()[0]
            entries.append(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(int(float(when)))) + line[19:])
        path = self.merge("of-three.pcapng", self.file("\n".join(entries).encode(), "one.txt"), capture)
        self.assertIn("It is the log of another client: its lines fit the probes of 192.168.0.205, which the filter leaves out.",
                      " ".join(self.tshark(path, "-q", "-z", "sseroaming,ip.addr == 192.168.0.206").split()))
        self.assertEqual([one.get("log", {}).get("lined_up") for one in self.report(path)["clients"] if "log" in one], [2])

    def test_teaches_the_gateway(self):
        """Without the lookup in the capture: the log's own is as good. With redact no number of the organisation is told."""
        log = self.file((EVENT % (10, "BRIDGE", RESOLVED % (ORGANISATION_NAME, "18.135.112.200"))).encode(), "resolved.txt")
        capture = self.file(self.good("editcap", "-r", self.captures[1], "-", "3-16").encode("utf-8", "surrogateescape"), "no-lookup.pcapng")
        path = self.merge("taught.pcapng", log, capture)
        gateway = self.report(path)["clients"][0]["web"]["gateways"][0]
        self.assertEqual((gateway["known_from"], gateway["known_since_frame"], gateway["name"]), ("log", 1, ORGANISATION_NAME))
        everything = ("-2", "-P", "-O", "sseroaming.log,sseroaming", "-z", "sseroaming", "-z", "sseroaming,json")
        self.assertGreater(self.tshark(path, *everything).count("7654321"), 4)
        self.assertNotIn("7654321", self.tshark(path, "-o", "sseroaming.redact:TRUE", *everything))
        # In the middle of a file it is as good: packets before it do not matter.
        path = self.merge("taught-later.pcapng", self.captures[0], log, capture)
        gateway = self.report(path)["clients"][0]["web"]["gateways"][0]
        self.assertEqual((gateway["known_from"], gateway["known_since_frame"], gateway["handshakes"]), ("log", 16, 3))

    def test_redacted_column(self):
        """Of the words only what is known stays: IP version, event, port."""
        path = self.merge("logs-redacted.pcapng", *self.logs)
        self.assertEqual(self.tshark(path, "-o", "sseroaming.redact:TRUE", "-T", "fields", "-e", "_ws.col.Info").splitlines(), [
            "IPv4: checking, port 443", "IPv4: probing, port 443", "IPv6: rejected, port 443", "IPv4: checking, port 53",
            "IPv4: probing, port 53", "IPv4: rejected, port 53", "handshake-failed"])

    def test_redacted_words(self):
        """With redact nothing is shown that could be anything: not even where a level or a source is usual."""
        log = self.file(b"Date : 08/27/2024\nTime : 06:41:22\nType : bobs-laptop\nSource : csc_swgagent\n"
                        b"Description : bob@corp | Thread bobby | bobs-words\n", "words.txt")
        every = ("-2", "-P", "-V")
        self.assertGreater(self.tshark(log, *every).count("bob"), 3)
        self.assertNotIn("bob", self.tshark(log, "-o", "sseroaming.redact:TRUE", *every))

    def test_switched_off(self):
        """Without the protocol a log is data; without the plugin's verdict it is dissected and not compared."""
        path = self.merge("off.pcapng", self.logs[0], self.captures[0])
        self.assertEqual(self.tshark(path, "--disable-protocol", "sseroaming.log", "-Y", "sseroaming.log"), "")
        shown = self.tshark(path, "-2", "--disable-protocol", "sseroaming", "-Y", "sseroaming.log", "-T", "fields", "-e",
                            "sseroaming.log.event", "-e", "sseroaming.log.packets").splitlines()
        self.assertEqual([line.split("\t") for line in shown], [[event, ""] for event in "123123"[:2] + "3" + "123"])


def main():
    Case.renew = "--renew" in sys.argv
    if Case.renew:
        sys.argv.remove("--renew")
        os.makedirs(GOLDEN, exist_ok=True)
    Case.build = build_folder(sys.argv)
    Case.wireshark = Wireshark(Case.build)
    unittest.main()


if __name__ == "__main__":
    main()
