"""Runs Wireshark's programs with the built plugin, or without it.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

As root, Wireshark ignores WIRESHARK_PLUGIN_DIR without a word: root then
becomes another user (setpriv), and the plugin and the captures are copied to
a folder which that user can read. The configuration folder is empty, so no
preference of whoever runs the tests counts. Before anything else runs,
packaging/lib.sh checks that the plugin is really loaded.
"""

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(TESTS)
CAPTURES = os.path.join(TESTS, "captures")
LIBRARY = os.path.join(TOP, "packaging", "lib.sh")

# How many times longer a program may take: with a sanitizer all is slow.
PATIENCE = int(os.environ.get("SSE_TEST_PATIENCE", "1"))

# What Wireshark's programs say on stderr whatever they do.
_NOISE = re.compile(r"^Running as user .*\n", re.M)


# What stands between two outputs of one run of tshark: a line that is in none of them.
SEPARATOR = "sseroaming,json"
_SEPARATOR_LINE = re.compile(r'^(\{"schema":"sseroaming/1",.*"filter_applied":null,.*\}\n)', re.M)


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8", "surrogateescape")
        self.err = _NOISE.sub("", done.stderr.decode("utf-8", "replace"))


def shell(script, *arguments):
    """Runs a line of bash that has the functions of packaging/lib.sh."""
    return Result(subprocess.run(["bash", "-c", 'set -eu; . "$1"; shift; ' + script, "bash", LIBRARY, *arguments],
                                 stdin=subprocess.DEVNULL, capture_output=True, check=False))


class Wireshark:
    """The programs of Wireshark, and a stage: a folder that all users can read,
    with the plugin (plugins/), none (none/), and copies of the captures."""

    def __init__(self, build=None, expected=60):
        """build: the build folder; None to run without the plugin only. expected: how many seconds the whole test takes
        at most on a machine that does little else; one that takes longer says at its end what took them."""
        self._begun, self._took = time.monotonic(), []
        atexit.register(self._say_slowest, expected * PATIENCE)
        self.stage = tempfile.mkdtemp(prefix="sseroaming.")
        atexit.register(shutil.rmtree, self.stage, True)
        os.chmod(self.stage, 0o755)
        os.mkdir(os.path.join(self.stage, "none"))
        self._copies, self._backwards = {}, None
        if build is None:
            os.mkdir(os.path.join(self.stage, "config"))
            return
        done = shell('sse_stage "$1" "$2" && sse_version "$1"', os.path.abspath(build), self.stage)
        self.version = done.out.strip()
        if done.status == 0:
            done = self.check_loaded()
        if done.status:
            raise SystemExit(done.err)

    def check_loaded(self, stage=None):
        return shell('sse_check_loaded "$1" "$2"', stage or self.stage, self.version)

    def file(self, data, name):
        """Writes a file into the stage. @return its path."""
        path = os.path.join(self.stage, name)
        with open(path, "wb") as out:
            out.write(data)
        os.chmod(path, 0o644)
        return path

    def capture(self, name, data=None):
        """A capture by its name below tests/captures, without the suffix; data: its bytes, where it is kept nowhere."""
        if data is not None:
            self._copies[name] = self.file(data, name + ".pcapng")
        if name not in self._copies:
            path = os.path.join(CAPTURES, name + ".pcapng")
            for folder in ("synthetic", "dnscrypt", "lab"):
                if not os.path.exists(path):
                    path = os.path.join(CAPTURES, folder, name + ".pcapng")
            with open(path, "rb") as file:
                self._copies[name] = self.file(file.read(), name + ".pcapng")
        return self._copies[name]

    def config(self, files):
        """A configuration folder with these files (name -> text)."""
        folder = tempfile.mkdtemp(prefix="config.", dir=self.stage)
        os.chmod(folder, 0o755)
        for name, text in files.items():
            self.file(text.encode(), os.path.join(os.path.basename(folder), name))
        return folder

    def environment(self, plugin=True, config=None, plugins=None, bugs_abort=True):
        """bugs_abort: a dissector's bug ends the program instead of a line in the details and on standard error."""
        keep = {key: value for key, value in os.environ.items()
                if not key.startswith(("WIRESHARK_", "XDG_", "SSLKEYLOGFILE", "LC_", "LANG"))}
        config = config or os.path.join(self.stage, "config")
        keep.update(HOME=config, XDG_CONFIG_HOME=config, WIRESHARK_CONFIG_DIR=config, LC_ALL="C.UTF-8", TZ="UTC",
                    WIRESHARK_PLUGIN_DIR=plugins or os.path.join(self.stage, "plugins" if plugin else "none"))
        if bugs_abort:
            keep["WIRESHARK_ABORT_ON_DISSECTOR_BUG"] = "1"
        # tests/sanitize.sh: a sanitizer's runtime, a guarded allocator.
        if plugin and "SSE_TEST_PRELOAD" in os.environ:
            keep["LD_PRELOAD"] = os.environ["SSE_TEST_PRELOAD"]
            # Its helpers would get the runtime too, and hang in it.
            keep["WIRESHARK_EXTCAP_DIR"] = os.path.join(self.stage, "none")
        if "SSE_TEST_WMEM" in os.environ:
            keep["WIRESHARK_DEBUG_WMEM_OVERRIDE"] = os.environ["SSE_TEST_WMEM"]
        return keep

    @staticmethod
    def command(*arguments):
        if os.geteuid() == 0:
            return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *arguments]
        return list(arguments)

    def _say_slowest(self, expected):
        took = time.monotonic() - self._begun
        if took > expected and self._took:
            print("slow: %s: %d s, expected at most %d s; %d programs ran %d s, the slowest: %s"
                  % (" ".join(map(os.path.basename, sys.argv)), took, expected, len(self._took), sum(seconds for seconds, _ in self._took),
                     ", ".join("%.1f s %s" % one for one in sorted(self._took, reverse=True)[:3])), flush=True)

    def run(self, *arguments, data=b"", timeout=60, **how):
        begun = time.monotonic()
        try:
            return Result(subprocess.run(self.command(*arguments), input=data, capture_output=True, timeout=timeout * PATIENCE,
                                         env=self.environment(**how), cwd=self.stage, check=False))
        finally:
            self._took.append((time.monotonic() - begun, " ".join(os.path.basename(one) for one in arguments)[:80]))

    def tshark(self, capture, *arguments, **how):
        """tshark over a capture (a name, or a path)."""
        path = capture if os.path.isabs(capture) else self.capture(capture)
        return self.run("tshark", "-r", path, *arguments, **how)

    @staticmethod
    def several(taps):
        """Arguments of tshark for several -z at once; see apart()."""
        return [part for tap in [SEPARATOR] * bool(taps) + [tap for tap in taps if tap != SEPARATOR]
                for part in (("-z", tap) if tap == SEPARATOR else ("-z", tap, "-z", SEPARATOR))]

    def apart(self, out, taps):
        """What tshark printed for several(taps), in one run: to start it costs more than most captures.
        @return ({argument of -z, or None for what came before: text}, what is wrong or None)."""
        taps, pieces = [tap for tap in taps if tap != SEPARATOR], _SEPARATOR_LINE.split(out)
        texts, lines = pieces[::2], pieces[1::2]
        if len(texts) != len(taps) + 2 or texts[-1]:
            return {}, "JSON is not one line, or something stands beside it: %d pieces of %d: %r" % (
                len(texts), len(taps) + 2, [text[:80] for text in texts])
        if self._backwards is None:
            # tshark prints what several -z ask for from the first to the last, or the other way round.
            self._backwards = self.tshark("capture-empty", "-q", "-z", "sseroaming", "-z", SEPARATOR).out.startswith("{")
        found = dict(zip(reversed(taps) if self._backwards else taps, texts[1:-1]))
        found.update({None: texts[0], SEPARATOR: lines[0]})
        return found, "JSON is not the same each time" if len(set(lines)) > 1 else None

    def sharkd(self, *requests, **how):
        """Requests to one sharkd, as (method, parameters). @return its results."""
        lines = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
                 for number, (method, parameters) in enumerate(requests, 1)]
        done = self.run("sharkd", "-", data=("\n".join(lines) + "\n").encode(), **how)
        answers = [json.loads(line) for line in done.out.splitlines() if line.startswith("{")]
        if len(answers) != len(requests):
            raise AssertionError("sharkd gave %d answers to %d requests (status %d): %s"
                                 % (len(answers), len(requests), done.status, done.err or done.out))
        return answers


def take_option(argv, name, default=None):
    """Takes `NAME VALUE` out of a command line. @return the value, a text."""
    if name not in argv:
        return default
    at = argv.index(name)
    value = argv[at + 1]
    del argv[at:at + 2]
    return value


def take_number(argv, name, default):
    return int(take_option(argv, name, default))


def build_folder(argv):
    """Takes `--build FOLDER` out of a command line. @return the folder."""
    return take_option(argv, "--build") or os.environ.get("SSE_BUILD_DIR") or os.path.join(TOP, "build")


def add_captures_to_path():
    """Makes the scripts that write the captures importable."""
    if CAPTURES not in sys.path:
        sys.path.insert(0, CAPTURES)
