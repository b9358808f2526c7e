"""A golden file: what a program must print, whole.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later
"""

import difflib
import os
import re

from wireshark import TESTS

_OWN_VERSION = re.compile(r'(SSE Roaming |"plugin": ")\d+\.\d+\.\d+')


def compare(path, text, version, renew):
    """Compares a text with the file; renew writes the file instead. version: the plugin's.
    @return how it differs, as a list of faults"""
    name = os.path.relpath(path, TESTS)
    if renew:
        with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as out:
            out.write(text)
        return []
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as golden:
            # Whichever version made the file, this one's must be printed.
            wanted = _OWN_VERSION.sub(lambda found: found[1] + version, golden.read())
    except FileNotFoundError:
        return ["no golden file %s: make it with --renew" % name]
    if text == wanted:
        return []
    return ["differs from the golden file:\n" + "".join(difflib.unified_diff(
        wanted.splitlines(True), text.splitlines(True), name, "now", n=2))]
