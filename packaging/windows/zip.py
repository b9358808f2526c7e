#!/usr/bin/env python3
"""Packs a folder into a zip: the same files give the same bytes.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: zip.py FOLDER OUTPUT SECONDS
  SECONDS  the time of all files, since 1970, UTC
"""

import os
import sys
import time
import zipfile


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    folder, output, when = sys.argv[1], sys.argv[2], time.gmtime(int(sys.argv[3]))[:6]
    files = sorted(os.path.relpath(os.path.join(path, name), folder) for path, _, names in os.walk(folder) for name in names)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in files:
            entry = zipfile.ZipInfo(name.replace(os.sep, "/"), when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # A file of MS-DOS: no owner, no rights of a Unix.
            entry.create_system = 0
            with open(os.path.join(folder, name), "rb") as file:
                archive.writestr(entry, file.read())
    return 0


if __name__ == "__main__":
    sys.exit(main())
