#!/usr/bin/env python3
"""README.md and packaging/manual/: what they say is so.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_manual.py [--build FOLDER] [CLASS[.TEST]...]

Every block of a page says what it is: `console` (`$ ` and a command, then the exact
lines that it prints, `...` for any lines left out), `sh` (commands that must end
well and say nothing on standard error), `bat` (Windows' own, read and not run). All
run in a folder that has what the pages speak of: captures, both logs, a DART
bundle. Programs that need a screen, a network card or root are stood in for by
scripts that look at their arguments. many-captures.md is test_many.py's.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import unittest
import zipfile

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(TESTS, "lib"), os.path.join(os.path.dirname(TESTS), "packaging")]

import make_reference
import schema
from test_labs import agree
from wireshark import CAPTURES, TOP, Wireshark, build_folder

PAGES = sorted(glob.glob(os.path.join(TOP, "packaging", "manual", "*.md")))
README = os.path.join(TOP, "README.md")
# Bytes of README.md: what one reads before the first command.
README_LIMIT = 12288
KINDS = {"console", "sh", "bat"}
# Windows' own programs: what stands behind them.
PKTMON = {"start": {"--capture", "--comp", "--pkt-size", "--file-name"}, "stop": set(), "etl2pcap": {"--out"}}
# Where a code span begins with one of these it is a command.
PROGRAMS = ("tshark", "mergecap", "editcap", "capinfos", "sharkd", "jq", "unzip", "dumpcap")

# Programs that stand in for others: each looks at what it is given.
STAND_INS = {
    # A file to read, and arguments that tshark takes as well.
    "wireshark": 'for last; do :; done; [ -f "$last" ] || { echo "no file $last" >&2; exit 1; }\n'
                 'exec tshark -q -r "$last" "${@:1:$#-1}" > /dev/null',
    # Options that dumpcap has; what it writes is the capture, or the parts of a ring.
    "dumpcap": r'''[ "$1" != -D ] || { echo "1. eth0"; exit 0; }
had=$("$REAL_DUMPCAP" --help 2>&1); ring=; out=
while [ $# -gt 0 ]; do
    grep -qE "^ +$1 " <<<"$had" || { echo "dumpcap has no $1" >&2; exit 1; }
    case $1 in -b) ring=yes ;; -w) out=$2 ;; -f) ! command -v tcpdump >/dev/null || tcpdump -d -y EN10MB "$2" >/dev/null || exit 1 ;; esac
    shift 2
done
[ -z "$ring" ] || out=${out%.pcapng}_00001_20240827030636.pcapng
cp article-dns.pcapng "$out"''',
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def blocks(text):
    """(what it is, its lines) of each block."""
    return [(kind, body) for kind, body in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)]


class Case(unittest.TestCase):
    wireshark = None
    maxDiff = 4000

    def report(self, capture):
        done = self.wireshark.tshark(capture, "-q", "-z", "sseroaming")
        self.assertEqual((done.status, done.err), (0, ""))
        return done.out


class Reference(Case):
    """The tables of reference.md are the code's, and Wireshark has what they name."""

    def setUp(self):
        self.text = read(make_reference.PAGE)
        self.rows = dict(re.findall(r"^\| `((?:sseroaming|dnscrypt)\.[a-z0-9_.]+)` \| ([^|]*) \|", self.text, re.MULTILINE))

    def test_made_of_the_code(self):
        self.assertEqual(make_reference.made(self.text), self.text, "run packaging/make_reference.py")

    def test_a_stale_page_is_found(self):
        for stale in (re.sub(r"^\| `pending` .*\n", "", self.text, flags=re.M), self.text.replace("`sseroaming.client`", "`sseroaming.klient`")):
            self.assertNotEqual(stale, self.text)
            self.assertEqual(make_reference.made(stale), self.text)

    def fields(self):
        for line in self.wireshark.run("tshark", "-G", "fields").out.splitlines():
            row = line.split("\t")
            if row[0] == "F" and row[4] in ("sseroaming", "sseroaming.log", "dnscrypt"):
                yield row[2], row[1]

    def test_fields_and_expert_items(self):
        wanted = {name for name, _ in self.fields() if not name.startswith("sseroaming.expert.finding.")}
        self.assertEqual(set(self.rows), wanted)

    def test_expert_texts(self):
        for name, text in self.fields():
            if name in self.rows and (".expert." in name or self.rows[name] in ("note", "warning")):
                self.assertRegex(self.text, r"\| `%s` \| \w+ \| %s \|" % (re.escape(name), re.escape(text)))

    def test_findings(self):
        chapter = self.text.split("## Findings\n", 1)[1].split("\n## ", 1)[0]
        codes = {code for row in chapter.splitlines() if row.startswith("| `") for code in re.findall(r"`([a-z0-9-]+)`", row.split("|")[1])}
        prefix = "sseroaming.expert.finding."
        self.assertEqual({code.replace("-", "_") for code in codes},
                         {name[len(prefix):] for name, _ in self.fields() if name.startswith(prefix)})

    def test_preferences(self):
        chapter = self.text.split("## Preferences\n", 1)[1].split("\n## ", 1)[0]
        listed = dict(re.findall(r"^\| `([a-z_]+)` \| (?:`([^`]*)`|empty) \|", chapter, re.MULTILINE))
        known = {}
        for line in self.wireshark.run("tshark", "-G", "currentprefs").out.splitlines():
            if line.lstrip("#").startswith("sseroaming."):
                name, value = line.lstrip("#").split(":", 1)
                known[name.split(".", 1)[1]] = value.strip()
        self.assertEqual(listed, known)

    def test_keys_in_words(self):
        """The table of keys by hand names none that is not in the contract."""
        chapter = self.text.split("## JSON\n", 1)[1].split("Every key", 1)[0]
        known = {part for key, _ in make_reference.keys(schema.REPORT) for part in re.findall(r"\w+", key)}
        for row in re.findall(r"^\| (`.*?) \|", chapter, re.M):
            for name in re.findall(r"`([^`]+)`", row):
                for part in re.findall(r"\w+", name):
                    self.assertIn(part, known, row)


class Readme(Case):
    def test_size(self):
        self.assertLessEqual(os.path.getsize(README), README_LIMIT)

    def test_first_screen(self):
        """Systems and versions before anything scrolls."""
        first = "\n".join(read(README).split("\n")[:25])
        for word in ("4.0", "4.4", "4.6", "Debian", "Windows", "macOS", "packaging/quickstart.sh", "tests/run.sh"):
            self.assertIn(word, first)

    def test_report(self):
        self.assertIn("\n```console\n$ tshark -q -r article-dns.pcapng -z sseroaming\n%s```\n" % self.report("article-dns"), read(README))

    def test_scripts(self):
        """What it tells to run is there, and takes what it is given."""
        for script, arguments in re.findall(r"`?((?:packaging|tests)/\w+\.sh)((?: [a-z]+\b)*)", read(README)):
            path = os.path.join(TOP, script)
            self.assertTrue(os.access(path, os.X_OK), script)
            for word in arguments.split() if "`%s%s`" % (script, arguments) in read(README) else ():
                self.assertRegex(read(path), r"\b%s\b" % word)
        for component in re.findall(r"--component (\w+)", read(README)):
            self.assertIn("COMPONENT " + component, read(os.path.join(TOP, "CMakeLists.txt")))

    def test_pages(self):
        """Every page is in the index and in the manual page."""
        index = read(os.path.join(TOP, "packaging", "manual", "index.md"))
        names = {os.path.basename(page)[:-3] for page in PAGES} - {"index"}
        self.assertLessEqual(names, set(re.findall(r"\]\(([\w-]+)\.md\)", index)))
        order = re.search(r"^pages=\((.*?)\)", read(os.path.join(TOP, "packaging", "make_manual.sh")), re.M)[1].split()
        self.assertLessEqual(names, set(order))


class Commands(Case):
    """Every command of every page."""

    @classmethod
    def setUpClass(cls):
        tools = cls.wireshark
        cls.folder = os.path.join(tools.stage, "manual")
        os.mkdir(cls.folder)
        for name in glob.glob(os.path.join(CAPTURES, "article-*.pcapng")):
            shutil.copy(name, cls.folder)
        logs = [os.path.join(CAPTURES, "article", name) for name in ("cscumbrellaplugin.txt", "Umbrella.txt")]
        shutil.copy(os.path.join(CAPTURES, "article-dns.pcapng"), os.path.join(cls.folder, "capture.pcapng"))
        shutil.copy(os.path.join(CAPTURES, "article-logs.pcapng"), os.path.join(cls.folder, "all.pcapng"))
        # In the form of a DART bundle: the logs deep inside, among others.
        with zipfile.ZipFile(os.path.join(cls.folder, "DARTBundle.zip"), "w") as bundle:
            for name in logs:
                bundle.write(name, "Cisco Secure Client/Umbrella Roaming Security/Logs/" + os.path.basename(name))
            bundle.writestr("Cisco Secure Client/VPN/Logs/AnyConnectVPN.txt", "nothing of ours\n")
            bundle.writestr("General Information/systeminfo.txt", "nothing of ours\n")
        cls.bin = os.path.join(tools.stage, "stand-ins")
        os.mkdir(cls.bin)
        for name, body in STAND_INS.items():
            path = os.path.join(cls.bin, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write("#!/bin/bash\n%s\n" % body)
            os.chmod(path, 0o755)
        for path in [cls.folder] + glob.glob(os.path.join(cls.folder, "*")):
            os.chmod(path, 0o777 if os.path.isdir(path) else 0o666)

    def shell(self, command):
        environment = self.wireshark.environment()
        environment.update(PATH=self.bin + os.pathsep + environment["PATH"], REAL_DUMPCAP=shutil.which("dumpcap") or "false")
        done = subprocess.run(self.wireshark.command("bash", "-o", "pipefail", "-e", "-c", command), cwd=self.folder, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=120, check=False, env=environment, text=True)
        return done.returncode, done.stdout, re.sub(r"^Running as user .*\n", "", done.stderr, flags=re.M)

    def console(self, page, body):
        commands = re.split(r"^\$ ", body, flags=re.M)[1:]
        self.assertTrue(commands, page)
        for one in commands:
            command, _, wanted = one.partition("\n")
            with self.subTest(page=page, command=command):
                status, out, err = self.shell(command)
                self.assertEqual((status, err), (0, ""))
                if not agree(wanted.split("\n")[:-1], out.split("\n")[:-1]):
                    self.assertEqual(out, wanted)

    def windows(self, page, body):
        for line in body.strip().split("\n"):
            with self.subTest(page=page, command=line):
                program, *words = line.split()
                if program == "pktmon":
                    self.assertLessEqual({word for word in words[1:] if word.startswith("-")}, PKTMON[words[0]])

    def test_blocks(self):
        for path in [README] + PAGES:
            page = os.path.basename(path)
            for kind, body in blocks(read(path)):
                self.assertIn(kind, KINDS, "%s: a block that does not say what it is:\n%s" % (page, body[:200]))
                if kind == "console":
                    self.console(page, body)
                elif kind == "bat":
                    self.windows(page, body)
                elif page == "README.md":
                    for line in body.strip().split("\n"):
                        self.assertTrue(os.access(os.path.join(TOP, line.split()[0]), os.X_OK), line)
                # By test_many.py; windows.md's are its own test's.
                elif page not in ("many-captures.md", "windows.md"):
                    with self.subTest(page=page, commands=body):
                        status, _, err = self.shell(body)
                        self.assertEqual((status, err), (0, ""))

    def test_bundle(self):
        """What comes out of the bundle is both logs, and Wireshark opens them."""
        recipe = re.search(r"^unzip .*$", read(os.path.join(TOP, "packaging", "manual", "logs.md")), re.M)[0]
        status, _, err = self.shell("rm -rf out; mkdir out; cd out; cp ../DARTBundle.zip .; %s >/dev/null; rm DARTBundle.zip; ls > ../names" % recipe)
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(read(os.path.join(self.folder, "names")).split(), ["Umbrella.txt", "cscumbrellaplugin.txt"])
        self.assertEqual(self.shell("tshark -r out/Umbrella.txt -T fields -e sseroaming.log.event")[0], 0)

    def test_in_the_text(self):
        """Commands between backquotes that are whole."""
        found = 0
        for path in [README] + PAGES:
            for span in re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", read(path), flags=re.M | re.S)):
                command = span.replace("\\|", "|").replace("FILE", "capture.pcapng")
                if command.split()[0] in PROGRAMS and re.search(r"tshark.* -(r|G)|tshark -v", command) and "..." not in command \
                        and "HEAD" not in command:
                    found += 1
                    with self.subTest(page=os.path.basename(path), command=command):
                        status, _, err = self.shell(command)
                        self.assertEqual((status, err), (0, ""))
        self.assertGreater(found, 4)


@unittest.skipUnless(shutil.which("pandoc"), "no pandoc")
class Made(Case):
    """The manual page and HTML that pandoc makes of the pages."""

    @classmethod
    def setUpClass(cls):
        cls.version = re.search(r"^## \[([\d.]+)\]", read(os.path.join(TOP, "CHANGELOG.md")), re.M)[1]
        cls.folder = os.path.join(cls.wireshark.stage, "made")
        subprocess.run([os.path.join(TOP, "packaging", "make_manual.sh"), cls.version, cls.folder], check=True)
        cls.page = read(os.path.join(cls.folder, "sseroaming.7"))

    def test_manual_page(self):
        self.assertRegex(self.page, r'(?m)^\.TH "?SSEROAMING"? "?7"? "?[\d-]+"? "SSE Roaming %s"' % re.escape(self.version))
        examples = re.findall(r"^\.RS 4\n\.nf\n(.*?)\n\.fi$", self.page, re.MULTILINE | re.DOTALL)
        self.assertGreater(len(examples), 15)
        windows = {line for path in PAGES for kind, body in blocks(read(path)) if kind == "bat" for line in body.splitlines()}
        for line in "\n".join(examples).splitlines():
            shown = re.sub(r"\\\((?:aq|ga|ha|ti)|\\[-e&]", lambda escape: {"\\&": "", "\\-": "-", "\\e": "\\", "\\(aq": "'"}.get(escape[0], "x"), line)
            self.assertTrue(len(shown) <= 69 or shown in windows, line)
        # Tables that stand one after the other.
        for head in ("DNS", "Web", "probe's outcome", "handshake's outcome"):
            self.assertRegex(self.page.replace("\\[cq]", "'").replace("\\(aq", "'").replace("\\[aq]", "'"), r"(?m)^\\f\[?I\]?%s:\\f" % head)
        for heading in ("READ THE REPORT", "REFERENCE", "THE MODULE'S LOGS", "SEE ALSO"):
            self.assertIn('.SH "%s"' % heading if ' "' in self.page else heading, self.page.replace("\\[aq]", "'").replace("\\(aq", "'")
                          .replace(".SH " + heading, '.SH "%s"' % heading))
        self.assertIn("sseroaming.expert.finding.", self.page.replace("\\", ""))

    @unittest.skipUnless(shutil.which("man"), "no man")
    def test_roff_is_right(self):
        done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", os.path.join(self.folder, "sseroaming.7")],
                              capture_output=True, text=True, check=False, env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8"))
        # A long word in a narrow column can only be said.
        self.assertEqual([line for line in done.stderr.splitlines() if "adjust" not in line and "break" not in line], [])

    def test_html(self):
        """Each page is there, its links lead to pages and headings, its pictures are beside it; nothing comes from elsewhere."""
        folder = os.path.join(self.folder, "html")
        self.assertEqual({os.path.basename(page)[:-3] for page in PAGES}, {name[:-5] for name in os.listdir(folder) if name.endswith(".html")})
        for name in os.listdir(folder):
            if not name.endswith(".html"):
                continue
            text = read(os.path.join(folder, name))
            for target in re.findall(r'href="([^"]+)"', text):
                if re.match(r"\w+:", target):
                    continue
                file, _, anchor = target.partition("#")
                there = read(os.path.join(folder, file or name))
                if anchor:
                    self.assertIn('id="%s"' % anchor, there, "%s: %s" % (name, target))
            for picture in re.findall(r'src="([^"]+)"', text):
                self.assertTrue(os.path.exists(os.path.join(folder, picture)), "%s: %s" % (name, picture))
            self.assertNotRegex(text, r'(?i)<script|@import|src="http')


if __name__ == "__main__":
    Case.wireshark = Wireshark(build_folder(sys.argv))
    unittest.main()
