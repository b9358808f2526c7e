#!/usr/bin/env bash
# run.sh
# Installs what is missing, builds with warnings as errors, runs every test.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later

set -eu -o pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=${SSE_BUILD_DIR:-$top/build}
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

usage()
{
    sse_say "usage: tests/run.sh [--long | --source | --all | --renew] [CTEST OPTION...]"
    sse_say "  --long    only the tests that take long, or need root and network namespaces"
    sse_say "  --source  only those of the source by others' tools, and inside Wireshark's tree"
    sse_say "  --all     all tests"
    sse_say "  --renew   make the captures and the golden outputs anew instead of testing"
    sse_say "Environment: SSE_BUILD_DIR, the build folder (default: build/ in the checkout)"
}

renew=
which=(-LE "long|source")
case ${1:-} in
    --help|-h) usage; exit 0 ;;
    --renew) renew=yes; shift ;;
    --long) which=(-L long); shift ;;
    --source) which=(-L source); shift ;;
    --all) which=(); shift ;;
esac

sse_install "${SSE_BUILD_PACKAGES[@]}" "${SSE_TEST_PACKAGES[@]}"
case ${which[*]:-} in
    '') sse_install "${SSE_LAB_PACKAGES[@]}" "${SSE_SCREEN_PACKAGES[@]}" "${SSE_BROWSER_PACKAGES[@]}" "${SSE_CHECK_PACKAGES[@]}" ;;
    '-L source') sse_install "${SSE_CHECK_PACKAGES[@]}" ;;
    '-L long') sse_install "${SSE_LAB_PACKAGES[@]}" "${SSE_SCREEN_PACKAGES[@]}" "${SSE_BROWSER_PACKAGES[@]}" ;;
esac
sse_build "$top" "$build" -DSSE_WERROR=ON -DSSE_BUILD_TESTS=ON

python=/usr/bin/python3
[ -x "$python" ] || python=python3
if [ -n "$renew" ]; then
    "$python" "$top/tests/captures/make_article.py"
    "$python" "$top/tests/captures/make_synthetic.py"
    "$python" "$top/tests/golden.py" --build "$build" --renew
    "$python" "$top/tests/test_lab.py" --build "$build" --renew
    sse_say "Renewed. Read the difference: git diff tests"
    exit 0
fi

log=$build/ctest.log
status=0
(cd "$build" && ctest --output-on-failure --no-tests=error --parallel "$(nproc)" "${which[@]}" "$@") 2>&1 | tee "$log" || status=$?
# "97% tests passed, 1 tests failed out of 34"
failed=$(sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests failed out of .*/\1/p' "$log")
total=$(sed -n 's/^[0-9]*% tests passed, [0-9]* tests failed out of \([0-9]*\)$/\1/p' "$log")
if [ -z "$total" ] || [ "$total" -eq 0 ]; then
    sse_fail "ctest ran no test" || exit 1
fi
echo "Slowest, in seconds:"
sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) .* ([0-9.]+) sec *$/\2 \1/p' "$log" | sort -rn | head -n 10 \
    | awk '{ printf "%9.1f  %s\n", $1, $2 }'
# A Python test that took longer than it should says itself what took it.
grep -h '^slow: ' "$build/Testing/Temporary/LastTest.log" 2>/dev/null || true
# What this computer cannot run is no pass.
skipped=$(grep -c '\*\*\*Skipped' "$log") || true
echo "$((total - failed - skipped)) passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ] && [ "$status" -eq 0 ]
