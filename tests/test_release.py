#!/usr/bin/env python3
"""packaging/release.sh refuses a checkout that is not what it says that it is.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_release.py
"""

import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILES = ("CMakeLists.txt", "packaging/release.sh", "packaging/lib.sh", "tests/lib/folder.sh")
GOOD = "# Changelog\n\n## [Unreleased]\n\n## [%s] - 2026-01-02\n\n### Added\n\n- All.\n\n## [0.0.1] - 2025-01-01\n\n- Some.\n"
# What is wrong, what is changed for it, a word of what is said; None: may be released.
CASES = [
    ("nothing", lambda log, version: log, None),
    ("another version on top", lambda log, version: log.replace(version, "99.0.0"), "newest in CHANGELOG.md is 99.0.0"),
    ("no version at all", lambda log, version: "# Changelog\n", "is missing"),
    ("changes in no version", lambda log, version: log.replace("[Unreleased]\n", "[Unreleased]\n\n- New.\n"), "1 changes under Unreleased"),
    ("a newer one below", lambda log, version: log.replace("0.0.1", "99.0.0"), "99.0.0 below"),
    ("the same one twice", lambda log, version: log.replace("0.0.1", version), "below"),
    ("a day to come", lambda log, version: log.replace("2026-01-02", "2999-01-01"), "to come"),
]


def git(folder, *arguments):
    subprocess.run(["git", "-C", folder, "-c", "user.name=test", "-c", "user.email=test@localhost", *arguments],
                   stdout=subprocess.DEVNULL, check=True)


def check(folder):
    done = subprocess.run([os.path.join(folder, "packaging/release.sh"), "--check"], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def main():
    if not shutil.which("git"):
        print("skipped: git is missing")
        return 77
    with open(os.path.join(TOP, "CMakeLists.txt"), encoding="utf-8") as file:
        version = file.read().split("project(sseroaming VERSION ", 1)[1].split()[0]
    failed = count = 0

    def expect(what, folder, word):
        nonlocal failed, count
        status, said = check(folder)
        count += 1
        if (status != 0) != (word is not None) or (word and word not in said):
            failed += 1
            print("FAILED: %s: status %d: %s" % (what, status, said))

    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            shutil.copy(os.path.join(TOP, name), os.path.join(folder, name))
        log = os.path.join(folder, "CHANGELOG.md")
        git(folder, "init", "-q")
        for what, change, word in CASES:
            with open(log, "w", encoding="utf-8") as out:
                out.write(change(GOOD % version, version))
            git(folder, "add", ".")
            git(folder, "commit", "-q", "--allow-empty", "-m", what)
            expect(what, folder, word)
        with open(log, "w", encoding="utf-8") as out:
            out.write(GOOD % version)
        expect("a file that is not committed", folder, "not committed")
        git(folder, "commit", "-q", "-a", "-m", "good")
        git(folder, "tag", "v" + version)
        expect("the tag's own commit", folder, None)
        git(folder, "commit", "-q", "--allow-empty", "-m", "more")
        expect("a commit behind the tag", folder, "another commit")
    print("%d passed, %d failed" % (count - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
