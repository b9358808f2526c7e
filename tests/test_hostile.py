#!/usr/bin/env python3
"""Broken captures and broken use: nothing may crash, hang, grow or print what
deceives.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_hostile.py [--build FOLDER] [CLASS[.TEST]...]

Environment: SSE_HOSTILE_ROUNDS, so many times the usual number of damaged files.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import unicodedata
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

import schema
from flood import CLIENT, DEBUG, GATEWAY, RESOLVER, START, SWG, Flood, at, p
from pcapng import Writer
from wireshark import PATIENCE, Wireshark, build_folder

ROUNDS = int(os.environ.get("SSE_HOSTILE_ROUNDS", "1"))
# The richest of the captures: both services, every protocol, odd messages.
SEEDS = ("article-dns", "article-swg", "both-failing", "dns-tcp-only", "dns-dnscrypt", "dns-ipv6", "web-proxy-502",
         "web-session-reset", "capture-hostile-strings", "capture-broken-messages")
RATES = (0.0005, 0.005, 0.02, 0.1)


ONE_WAY = ("No packet towards any of the 100 clients is in the file: only one direction was captured, or nothing ever reached "
           "them.")


class Case(unittest.TestCase):
    wireshark = None
    maxDiff = 4000

    def safe(self, text, what):
        """No control characters, no formats such as marks of direction."""
        bad = {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
        self.assertEqual(bad, set(), what)

    def json(self, done, what):
        self.safe(done.out, what)
        lines = [line for line in done.out.splitlines() if line.startswith("{")]
        self.assertEqual(len(lines), 1, (what, done.status, done.err))
        report = json.loads(lines[0])
        self.assertEqual(schema.check(report), [], what)
        return report

    def ended(self, done, what):
        """Not by a signal (a crash, an abort on a dissector bug), and not by a sanitizer: by a status that Wireshark's
        programs end with, which are more than 0, 1 and 2 from 4.2 on."""
        self.assertIn(done.status, range(10), (what, done.err[-800:]))
        self.assertNotIn("DISSECTOR BUG", done.err, what)
        self.assertNotIn("Sanitizer", done.err, what)


class Damaged(Case):
    """editcap -E over our captures; randpkt."""

    def damaged(self, name, rate, seed):
        path = os.path.join(self.wireshark.stage, "damaged-%s-%s-%d.pcapng" % (name, rate, seed))
        subprocess.run(["editcap", "-E", str(rate), "--seed", str(seed), self.wireshark.capture(name), path],
                       check=True, capture_output=True)
        os.chmod(path, 0o644)
        return path

    def test_damaged_bytes(self):
        for name in SEEDS:
            for rate in RATES:
                for seed in range(1, ROUNDS + 1):
                    what = (name, rate, seed)
                    path = self.damaged(name, rate, seed)
                    passes = [] if (len(name) + seed) % 2 else ["-2"]
                    done = self.wireshark.tshark(path, *passes, "-q", "-z", "sseroaming,json")
                    self.ended(done, what)
                    self.json(done, what)
                    done = self.wireshark.tshark(path, *passes, "-V", "-z", "sseroaming", "-z", "expert,sseroaming")
                    self.ended(done, what)
                    os.remove(path)

    @unittest.skipUnless(shutil.which("randpkt"), "no randpkt")
    def test_random_packets(self):
        for kind in ("dns", "tcp", "udp", "icmp", "ip", "ipv6"):
            path = os.path.join(self.wireshark.stage, "random-%s.pcap" % kind)
            done = subprocess.run(["randpkt", "-b", "500", "-c", str(300 * ROUNDS), "-t", kind, path], capture_output=True,
                                  check=False)
            if done.returncode:
                continue
            os.chmod(path, 0o644)
            for passes in ([], ["-2"]):
                done = self.wireshark.tshark(path, *passes, "-q", "-z", "sseroaming,json")
                self.ended(done, kind)
                self.json(done, kind)

    def test_cut_files(self):
        """A file that ends anywhere: what was read is told, tshark says the rest."""
        with open(self.wireshark.capture("both-failing"), "rb") as file:
            data = file.read()
        for part in range(1, 20):
            path = self.wireshark.file(data[:len(data) * part // 20 + 3], "cut.pcapng")
            one = self.wireshark.tshark(path, "-q", "-z", "sseroaming,json")
            other = self.wireshark.tshark(path, "-q", "-z", "io,stat,0", plugin=False)
            self.assertEqual(one.status, other.status, part)
            self.ended(one, part)
            if "{" in one.out:
                self.json(one, part)


class Strings(Case):
    """What a sender writes into names and strings comes out escaped."""

    def test_outputs(self):
        name = "capture-hostile-strings"
        for form in ("text", "ticket", "html", "probes", "handshakes", "tree"):
            out = self.wireshark.tshark(name, "-q", "-z", "sseroaming," + form).out
            self.assertGreater(out.count("\n"), 0, form)
            self.safe(out, form)
        self.json(self.wireshark.tshark(name, "-q", "-z", "sseroaming,json"), "json")

    def test_fields(self):
        fields = [line.split("\t")[2] for line in self.wireshark.run("tshark", "-G", "fields").out.splitlines()
                  if line.startswith("F\t") and line.split("\t")[2].startswith(("sseroaming.", "dnscrypt."))]
        self.assertGreater(len(fields), 40)
        arguments = [part for field in fields for part in ("-e", field)]
        for capture in ("capture-hostile-strings", "capture-broken-messages"):
            out = self.wireshark.tshark(capture, "-2", "-T", "fields", *arguments).out
            self.safe(out.replace("\t", " "), capture)

    def test_block_of_names(self):
        """A name resolution block is part of the file."""
        for name, handshakes in (("swg-1.sigproxy.qq.opendns.com", 1), ("\x1b[31m\u202e.sigproxy.qq.opendns.com", 0)):
            flood = Flood()
            flood.tcp(CLIENT, GATEWAY, 50000, 443, p.SYN, 7)
            file = Writer("", snaplen=0)
            file.names([(p.address(GATEWAY), name)])
            file.packet(START, flood.bytes()[40:])
            path = self.wireshark.file(file.bytes(), "names.pcapng")
            out = self.wireshark.tshark(path, "-T", "fields", "-e", "sseroaming.name", "-e", "sseroaming.swg.id").out
            self.assertEqual(out, "%s\t1\n" % name if handshakes else "\t\n")
            report = self.json(self.wireshark.tshark(path, "-q", "-z", "sseroaming,json"), name)
            self.assertEqual(len(report["clients"]), handshakes)

    def test_details(self):
        """Our subtree and our column; what other dissectors print is theirs."""
        out = self.wireshark.tshark("capture-hostile-strings", "-2", "-O", "sseroaming,dnscrypt").out
        ours = re.findall(r"^\[?(?:SSE Roaming|DNSCrypt).*\n(?: .*\n)+", out, re.M)
        self.assertGreater(len(ours), 20)
        self.safe("".join(ours), "details")


class Deceit(Case):
    """Answers that try to make other traffic the gateway's."""

    def test_gateway_learnt(self):
        site, block_page = "93.184.216.34", "146.112.61.106"
        flood = Flood()
        flood.learn(site, RESOLVER, "10.0.0.7", "127.0.0.1", block_page)
        for number, server in enumerate((site, RESOLVER, "10.0.0.7", block_page)):
            for attempt in range(2):
                flood.time += 4_000_000
                flood.tcp(CLIENT, server, 50000 + 10 * attempt + number, 443, p.SYN, 7)
                flood.tcp(server, CLIENT, 443, 50000 + 10 * attempt + number, p.RST | p.ACK, 0, 8, ttl=50)
        path = self.wireshark.file(flood.bytes(), "deceit.pcap")
        report = self.json(self.wireshark.tshark(path, "-q", "-z", "sseroaming,json"), "deceit")
        # A public site cannot be told from a gateway: the report says who said so.
        self.assertEqual([(row["address"], row["name"], row["known_from"], row["known_since_frame"], row["handshakes"])
                          for row in report["clients"][0]["web"]["gateways"]], [(site, SWG, "dns", 2, 2)])
        self.assertEqual([(finding["code"], finding["frames"]) for finding in report["findings"]], [("gateway-suspicious", [2])])
        text = self.wireshark.tshark(path, "-q", "-z", "sseroaming").out
        self.assertIn("    %s, learnt from DNS in frame 2\n" % SWG, text)
        marked = self.wireshark.tshark(path, "-Y", "sseroaming.swg.id", "-T", "fields", "-e", "ip.dst", "-e", "ip.src").out
        self.assertEqual({address for line in marked.splitlines() for address in line.split("\t")}, {site, CLIENT})

    def test_forged_answers(self):
        """Right address, wrong port, id or question: no reply, and a finding. To a port on which
        the client never sends anybody may send: the file is then one of one direction, as it is
        without these packets."""
        for what, change, verdict in (("port", dict(port=53), "unprotected"), ("client's port", dict(sport=31000), "inconclusive"),
                                      ("id", dict(number=8), "unprotected"),
                                      ("question", dict(name="www.example.com"), "unprotected")):
            flood = Flood()
            # Early in a file an answer may be to what was asked before it.
            for port in (443, 53):
                flood.query(CLIENT, 1, port=port)
            flood.time += 20_000_000
            for number in range(4):
                flood.query(CLIENT, 7, port=443 if number % 2 else 53, sport=30000 + number)
                fields = dict(number=7, port=443 if number % 2 else 53, sport=30000 + number, name=DEBUG)
                if what == "port":
                    change = dict(port=53 if number % 2 else 443)
                fields.update(change)
                flood.time += 20_000
                flood.udp(RESOLVER, CLIENT, fields["port"], fields["sport"],
                          p.response(fields["number"], fields["name"], answers=[p.txt("server m1.lon")]), ttl=50)
                flood.time += 10_000_000
            path = self.wireshark.file(flood.bytes(), "forged.pcap")
            report = self.json(self.wireshark.tshark(path, "-q", "-z", "sseroaming,json"), what)
            client = report["clients"][0]
            self.assertEqual(client["dns"]["verdict"], verdict, what)
            self.assertEqual([row["outcomes"] for row in client["dns"]["resolvers"] if "answered" in row["outcomes"]], [], what)
            found = [finding for finding in client["findings"] if finding["code"] == "forged-reply"]
            self.assertEqual([finding["frames"] for finding in found], [[4, 6, 8, 10]], what)


    def test_one_way_behind_much_else(self):
        """However many destinations were seen before, none is taken for a client's."""
        flood = Flood()
        for number in range(60_000):
            flood.time += 100
            flood.udp(at(11, number), at(100, number * 7), 5000, 5001, b"x")
        for burst in range(6):
            flood.time += 11_000_000
            for number in range(100):
                flood.query(at(10, 1000 + number), number, port=53 if burst % 2 else 443, sport=30000 + burst)
        flood.time += 20_000_000
        flood.udp(at(11, 1), at(100, 1), 5000, 5001, b"x")
        path = self.wireshark.file(flood.bytes(), "one-way.pcap")
        report = self.json(self.wireshark.tshark(path, "-q", "-z", "sseroaming,json"), "one way")
        self.assertEqual(len(report["clients"]), 100)
        found = [finding["text"] for finding in report["findings"] if finding["code"] == "one-way-capture"]
        self.assertEqual(found, [ONE_WAY])


class Files(Case):
    """Files that are no captures, or that nobody may read."""

    def check(self, path):
        arguments = ("-q", "-z", "sseroaming,json")
        one, other = (self.wireshark.tshark(path, *(arguments if plugin else ()), plugin=plugin) for plugin in (True, False))
        self.assertEqual(one.status, other.status, path)
        self.ended(one, path)

    def test_wrong_files(self):
        for name, data in (("nothing", b""), ("text", b"Subject: a capture\n\nhello\n" * 50), ("zeros", bytes(4096)),
                           ("head", b"\x0a\x0d\x0d\x0a"), ("magic", b"\xd4\xc3\xb2\xa1"),
                           ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\0garbage")):
            self.check(self.wireshark.file(data, name))
        self.check(os.path.join(self.wireshark.stage, "does-not-exist"))
        self.check(self.wireshark.stage)

    def test_unreadable(self):
        path = self.wireshark.file(b"secret", "unreadable")
        os.chmod(path, 0)
        self.check(path)

    def test_no_packets(self):
        with open(self.wireshark.capture("article-dns"), "rb") as file:
            data = file.read()
        # Section and interface, no packet.
        at = 0
        for _ in range(2):
            at += int.from_bytes(data[at + 4:at + 8], "little")
        path = self.wireshark.file(data[:at], "no-packets.pcapng")
        report = self.json(self.wireshark.tshark(path, "-q", "-z", "sseroaming,json"), "no packets")
        self.assertEqual((report["frames"], report["dns"], report["web"]), (0, "not-observed", "not-observed"))


class Outputs(Case):
    """A full disk, a reader that went away."""

    def end(self, out, form):
        command = self.wireshark.command("tshark", "-q", "-r", self.wireshark.capture("both-failing"), "-z", form)
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE,
                              timeout=60 * PATIENCE,
                              env=self.wireshark.environment(), check=False)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        for form in ("sseroaming", "sseroaming,json", "sseroaming,ticket", "sseroaming,html"):
            with open("/dev/full", "wb") as full:
                done = self.end(full, form)
            self.assertGreaterEqual(done.returncode, 0, (form, done.stderr))

    def test_closed_pipe(self):
        for form in ("sseroaming", "sseroaming,json", "sseroaming,ticket", "sseroaming,html"):
            reading, writing = os.pipe()
            os.close(reading)
            try:
                done = self.end(writing, form)
            finally:
                os.close(writing)
            # As any program ends whose reader is gone.
            self.assertIn(done.returncode, (0, 1, 2, -signal.SIGPIPE), (form, done.stderr))


class PreferencesFile(Case):
    BAD = {"resolvers": "not an address", "gateways": "10.0.0.0/99", "gateway_names": "...", "probe_names": "a b\x01",
           "probe_timeout": "0", "syn_timeout": "99999999999", "redact": "perhaps"}

    def test_bad_values(self):
        good = self.wireshark.tshark("article-dns", "-q", "-z", "sseroaming").out
        for name, value in self.BAD.items():
            config = self.wireshark.config({"preferences": "sseroaming.%s: %s\n" % (name, value)})
            done = self.wireshark.tshark("article-dns", "-q", "-z", "sseroaming", config=config)
            self.ended(done, name)
            self.assertEqual(done.status, 0, name)
            self.assertEqual(done.out, good, (name, done.err))

    def test_no_preferences_at_all(self):
        config = self.wireshark.config({"preferences": "\x00\xff garbage\nsseroaming.resolvers\nsseroaming.nothing: 1\n"})
        self.ended(self.wireshark.tshark("article-dns", "-q", "-z", "sseroaming", config=config), "garbage")


class Live(Case):
    @unittest.skipUnless(shutil.which("dumpcap"), "no dumpcap")
    def test_interrupted(self):
        """SIGINT while packets come: the report of what was seen."""
        with open(self.wireshark.capture("article-dns"), "rb") as file:
            data = file.read()
        # -l: each packet's line as it comes.
        process = subprocess.Popen(self.wireshark.command("tshark", "-i", "-", "-l", "-z", "sseroaming,json"),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.wireshark.environment(), cwd=self.wireshark.stage)
        watch = threading.Timer(120 * PATIENCE, process.kill)
        watch.start()
        try:
            process.stdin.write(data)
            process.stdin.flush()
            first = process.stdout.readline()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=100 * PATIENCE)
        finally:
            watch.cancel()
            process.kill()
        if b"dumpcap" in err and b"ermission" in err:
            self.skipTest("this user may not run dumpcap")
        self.assertIn(b"DNS", first, err)
        report = json.loads([line for line in out.decode().splitlines() if line.startswith("{")][0])
        self.assertGreaterEqual(process.returncode, 0, err)
        self.assertGreater(report["frames"], 0, err)


class Memory(Case):
    LOADS = 100

    def sizes(self, plugin):
        """Memory after each load, in kilobytes."""
        path = self.wireshark.capture("both-failing")
        process = subprocess.Popen(self.wireshark.command("sharkd", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, env=self.wireshark.environment(plugin=plugin),
                                   cwd=self.wireshark.stage, text=True, bufsize=1)

        def ask(number, method, parameters):
            process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}) + "\n")
            process.stdin.flush()
            while True:
                line = process.stdout.readline()
                self.assertNotEqual(line, "", "sharkd ended")
                if line.startswith("{"):
                    return json.loads(line)

        def memory():
            with open("/proc/%d/status" % process.pid, encoding="ascii") as status:
                return int(re.search(r"^VmRSS:\s+(\d+)", status.read(), re.M).group(1))

        sizes = []
        try:
            for number in range(1, self.LOADS + 1):
                answer = ask(number, "load", {"file": path})
                self.assertEqual(answer.get("result", {}).get("status"), "OK", answer)
                ask(number, "tap", {"tap0": "expert"})
                sizes.append(memory())
        finally:
            process.kill()
            process.communicate()
        return sizes

    def test_same_file_again_and_again(self):
        """One sharkd loads a file a hundred times. It never frees the former
        file's session, plugin or not: what matters is that ours adds nothing."""
        ours, stock = self.sizes(True), self.sizes(False)
        # The first ten fill pools.
        self.assertLess((ours[-1] - ours[9]) - (stock[-1] - stock[9]), 4 * 1024, (ours, stock))


if __name__ == "__main__":
    Case.wireshark = Wireshark(build_folder(sys.argv))
    done = unittest.main(exit=False).result
    # What this computer cannot run is no pass.
    sys.exit(1 if not done.wasSuccessful() else 77 if done.skipped else 0)
