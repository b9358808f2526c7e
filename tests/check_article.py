#!/usr/bin/env python3
"""Compares the article's captures, as stock tshark reads them, with its tables.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Frame by frame: the article's number (in the packet's comment), time to the
microsecond, addresses, frame length, ports, ids, names, flags, windows.
"""

import csv
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from wireshark import CAPTURES, Wireshark

ARTICLE = os.path.join(CAPTURES, "article")
FLAGS = {"SYN": 0x02, "RST": 0x04, "ACK": 0x10}


def table(file):
    with open(os.path.join(ARTICLE, file), newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


class Article(unittest.TestCase):
    wireshark = None

    def rows(self, capture, *fields):
        arguments = ["-t", "ud", "-T", "fields", "-E", "occurrence=f", "-e", "frame.comment", "-e", "_ws.col.Time"]
        for field in ("ip.src", "ip.dst", "frame.len") + fields:
            arguments += ["-e", field]
        done = self.wireshark.tshark(capture, *arguments, plugin=False)
        self.assertEqual((done.status, done.err), (0, ""))
        return [line.split("\t") for line in done.out.splitlines()]

    def same(self, got, row, more):
        wanted = ["Frame %s of the article" % row["frame"], row["time_utc"], row["src"], row["dst"], row["length"]] + more
        got[1] = got[1].rstrip("Z")    # from 4.6 on
        if len(got[1]) == 29:    # nanoseconds in newer versions
            self.assertEqual(got[1][-3:], "000")
            got[1] = got[1][:-3]
        self.assertEqual(got, wanted)

    def test_dns(self):
        got = self.rows("article-dns", "udp.dstport", "dns.id", "dns.qry.name", "dns.opt.len")
        want = table("dns-probes.tsv")
        self.assertEqual(len(got), len(want))
        for one, row in zip(got, want):
            self.same(one, row, [row["dst_port"], row["id"], row["qname"], "28" if row["edns"] == "OPT" else ""])

    def test_gateway(self):
        got = self.rows("article-swg", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.window_size_value",
                        "tcp.options.mss_val", "tcp.options.wscale.multiplier", "tcp.options.sack_perm")
        want = table("swg-handshakes.tsv")
        self.assertEqual(len(got), 2 + len(want))
        for one, row in zip(got[2:], want):
            flags = sum(FLAGS[word] for word in row["flags"].split(","))
            options = ["1460", "256", "04:02"] if flags == FLAGS["SYN"] else ["", "", ""]
            if one[-1] not in ("04:02", ""):    # shown as a flag in newer versions
                one[-1] = "04:02"
            self.same(one, row, [row["sport"], row["dport"], "0x%04x" % flags, row["win"]] + options)

    def test_nslookup(self):
        got = self.rows("article-swg", "dns.qry.name")[:2]
        for one in got:
            self.assertEqual(one[-1], "swg-url-proxy-https-sse.sigproxy.qq.opendns.com")
        with open(os.path.join(ARTICLE, "nslookup.txt"), encoding="utf-8") as lines:
            names = [line.split()[-1] for line in lines if line.startswith(("CNAME", "A "))]
        done = self.wireshark.tshark("article-swg", "-Y", "frame.number == 2", "-T", "fields", "-e", "dns.cname", "-e", "dns.a",
                                     plugin=False)
        self.assertEqual(done.out.strip().replace("\t", ",").split(","), names)

    def test_comment_names_the_origin(self):
        for capture in ("article-dns", "article-swg"):
            done = self.wireshark.run("capinfos", "-k", self.wireshark.capture(capture), plugin=False)
            self.assertIn("Cisco document 222351", done.out)


if __name__ == "__main__":
    Article.wireshark = Wireshark()
    unittest.main()
