#!/usr/bin/env python3
"""The captures in the repository are those that their scripts make.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "captures"))

import make_article
import make_synthetic

HERE = make_article.HERE
# Bytes by folder: captures stay small.
LIMITS = {"article": 100_000, "synthetic": 2_500_000, "dnscrypt": 200_000, "lab": 5_200_000, "cases": 4_000_000}


class Captures(unittest.TestCase):
    def compare(self, folder, made):
        for file, data in made.items():
            with self.subTest(file):
                with open(os.path.join(folder, file), "rb") as stored:
                    # assertEqual would print both.
                    self.assertTrue(stored.read() == data, "%s is not what its script makes" % file)
        stored = {file for file in os.listdir(folder) if file.endswith(".pcapng")}
        self.assertEqual(stored, set(made))

    def test_article(self):
        self.compare(HERE, make_article.captures())

    def test_synthetic(self):
        self.compare(os.path.join(HERE, "synthetic"), make_synthetic.captures())

    def test_manifest(self):
        with open(os.path.join(HERE, "synthetic", "MANIFEST.md"), encoding="utf-8") as stored:
            self.assertEqual(stored.read(), make_synthetic.manifest())

    def test_size(self):
        for sort, limit in LIMITS.items():
            total = sum(os.path.getsize(os.path.join(folder, file))
                        for folder, _, files in os.walk(os.path.join(HERE, sort)) for file in files
                        if file.endswith((".pcapng", ".pcap")))
            self.assertLess(total, limit, sort)


if __name__ == "__main__":
    unittest.main()
