#!/usr/bin/env python3
"""What labs/handout.sh gives out tells no answer, and what it keeps for the
instructor has all of them.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_handout.py [--build FOLDER]
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

TESTS = os.path.dirname(os.path.abspath(__file__))
LABS = os.path.join(TESTS, "labs")
sys.path.insert(0, os.path.join(TESTS, "captures"))

import capturefile

NAMES = sorted(name for name in os.listdir(LABS) if re.match(r"\d\d-", name))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Handout(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.top = os.path.join(cls.folder.name, "handout")
        done = subprocess.run([os.path.join(LABS, "handout.sh"), cls.top], capture_output=True, text=True, check=True)
        cls.said = done.stdout.split()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_both(self):
        self.assertEqual(self.said, [os.path.join(self.top, "student"), os.path.join(self.top, "trainer")])
        self.assertEqual(sorted(os.listdir(self.said[0])), ["lab-" + name[:2] for name in NAMES])
        self.assertEqual(sorted(os.listdir(self.said[1])), sorted(["score.md"] + [name + end for name in NAMES for end in (".md", ".json")]))

    def test_tickets_tell_nothing(self):
        """No answer, no hint, no name of a capture, a lab or a scenario, no link."""
        told = {name[3:] for name in NAMES if "-" in name[3:]}
        for name in NAMES:
            told |= {os.path.basename(path)[:-len(".pcapng")] for path in re.findall(r"^\$ PCAP=(.*)$", read(os.path.join(LABS, name, "README.md")), re.M)
                     if "article-" not in path}
        for name in NAMES:
            text = read(os.path.join(self.said[0], "lab-" + name[:2], "ticket.md"))
            for heading in ("## Ticket", "## Capture", "## Questions"):
                self.assertIn(heading, text, name)
            for word in sorted(told) + ["## Hints", "Worked answer", "<!--", "](", "make_haystack", read(os.path.join(LABS, name, "README.md")).split("\n")[0]]:
                self.assertFalse(re.search(r"(?<![\w.-])%s(?![\w-])" % re.escape(word), text), "%s tells %s" % (name, word))

    def test_captures(self):
        """The client's logs too. Those that the ticket names, the same packets as the lab's, and no comment that names the scenario."""
        self.assertLessEqual({"cscumbrellaplugin.txt", "Umbrella.txt"}, set(os.listdir(os.path.join(self.said[0], "lab-11"))))
        for name in NAMES:
            folder = os.path.join(self.said[0], "lab-" + name[:2])
            ticket, lab = read(os.path.join(folder, "ticket.md")), read(os.path.join(LABS, name, "README.md"))
            files = sorted(file for file in os.listdir(folder) if file.endswith(".pcapng"))
            self.assertEqual(files, sorted(set(re.findall(r"\blab-\d\d[a-z]\.pcapng", ticket))), name)
            originals = list(dict.fromkeys(re.findall(r"^\$ PCAP=(.*)$", lab, re.M)))
            self.assertEqual(len(files), len(originals), name)
            for file, original in zip(files, originals):
                with open(os.path.join(folder, file), "rb") as given:
                    data = given.read()
                self.assertNotIn(b"make_synthetic", data)
                self.assertNotIn(os.path.basename(original)[:-len(".pcapng")].encode(), data)
                if original != "haystack.pcapng":
                    with open(os.path.join(LABS, name, original), "rb") as had:
                        wanted = capturefile.read(had.read())
                    self.assertEqual([(one.time, one.data) for one in capturefile.read(data)], [(one.time, one.data) for one in wanted], name)

    def test_score_sheet(self):
        """A row for each question, and every marked frame of the worked answers."""
        text = read(os.path.join(self.said[1], "score.md"))
        for word in ("frame", "filter", "likely"):
            self.assertIn("**%s** 1" % word, text)
        parts = re.split(r"^## ", text, flags=re.M)[1:]
        self.assertEqual(len(parts), len(NAMES))
        for name, part in zip(NAMES, parts):
            lab = read(os.path.join(LABS, name, "README.md"))
            questions = re.findall(r"^(\d+)\. ", lab.split("## Questions")[1].split("## Hints")[0], re.M)
            self.assertEqual(re.findall(r"^\| (\d+) \|", part, re.M), questions)
            self.assertIn("sum, of %d " % (3 * len(questions)), part)
            self.assertEqual(re.findall(r": \*\*(\d+)\*\*$", part, re.M), re.findall(r"(\d+)<!-- (?:first|last|count)", lab), name)

    def test_some(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([os.path.join(LABS, "handout.sh"), folder, "03", "13-nothing-wrong"], capture_output=True, check=True)
            self.assertEqual(sorted(os.listdir(os.path.join(folder, "student"))), ["lab-03", "lab-13"])
            # Never over what is there.
            done = subprocess.run([os.path.join(LABS, "handout.sh"), folder], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("is not empty", done.stderr)


if __name__ == "__main__":
    if "--build" in sys.argv:
        at = sys.argv.index("--build")
        del sys.argv[at:at + 2]
    unittest.main()
