#!/usr/bin/env bash
# coverage.sh
# How much of the core and of the readers the unit tests run, by gcov. Fails
# below 95 % of lines or 90 % of branches.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later

set -eu -o pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=${SSE_COVERAGE_DIR:-$top/build/coverage}
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

usage()
{
    sse_say "usage: tests/coverage.sh [--missing]"
    sse_say "  --missing  list the lines and branches that no unit test runs"
    sse_say "Environment: SSE_COVERAGE_DIR, the build folder (default: build/coverage in the checkout)"
}

case ${1:-} in
    --help|-h) usage; exit 0 ;;
    ''|--missing) ;;
    *) usage; exit 2 ;;
esac

sse_install "${SSE_BUILD_PACKAGES[@]}" "${SSE_TEST_PACKAGES[@]}"
# -O0: an optimised branch is not the source's.
sse_build "$top" "$build" -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug -DSSE_BUILD_TESTS=ON \
    -DCMAKE_C_FLAGS="-O0 --coverage -fprofile-update=atomic"
find "$build" -name '*.gcda' -delete
(cd "$build" && ctest -L unit --output-on-failure --no-tests=error >ctest.log) || { cat "$build/ctest.log"; exit 1; }

# A source that several programs were built of counts once: a line or branch is
# covered where any of them ran it. gcov's JSON says each.
find "$build" -name '*.gcda' | /usr/bin/python3 -B -c '
import collections, gzip, json, os, subprocess, sys, tempfile

wanted = os.path.join(sys.argv[1], "plugin") + os.sep
lines, branches = collections.defaultdict(int), collections.defaultdict(int)
with tempfile.TemporaryDirectory() as folder:
    for number, path in enumerate(sys.stdin.read().split()):
        out = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", path], cwd=folder,
                             capture_output=True, check=True).stdout
        for one in out.splitlines():
            for file in json.loads(one)["files"]:
                name = os.path.normpath(os.path.join(sys.argv[1], file["file"]))
                if not name.startswith(wanted) or not name.endswith(".c"):
                    continue
                for line in file["lines"]:
                    lines[name, line["line_number"]] += line["count"]
                    for at, branch in enumerate(line["branches"]):
                        branches[name, line["line_number"], at] += branch["count"]

def share(counts, name):
    mine = [count for key, count in counts.items() if name in (None, key[0])]
    return len(mine), 100 * sum(count > 0 for count in mine) / max(len(mine), 1)

print("%-32s %7s %7s %9s %7s" % ("file", "lines", "%", "branches", "%"))
for name in sorted({key[0] for key in lines}) + [None]:
    print("%-32s %7d %7.1f %9d %7.1f" % (name[len(wanted):] if name else "all", *share(lines, name), *share(branches, name)))
if "--missing" in sys.argv:
    for key, count in sorted(lines.items()):
        if not count:
            print("%s:%d not run" % (key[0][len(wanted):], key[1]))
    for key, count in sorted(branches.items()):
        if not count:
            print("%s:%d branch %d not taken" % (key[0][len(wanted):], *key[1:]))
sys.exit(share(lines, None)[1] < 95 or share(branches, None)[1] < 90)' "$top" "$@"
