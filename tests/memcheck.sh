#!/usr/bin/env bash
# memcheck.sh
# The unit tests under valgrind's memcheck: no error, no leak.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later

set -eu -o pipefail
build=${1:?"usage: tests/memcheck.sh BUILD"}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0 count=0
for program in "$build"/tests/unit/test_* "$build"/tests/fuzz/replay_*; do
    if [ ! -f "$program" ] || [ ! -x "$program" ]; then
        continue
    fi
    count=$((count + 1))
    arguments=()
    name=${program##*/replay_}
    [ "$name" = "$program" ] || arguments=("$(dirname "${BASH_SOURCE[0]}")/fuzz/regressions/$name")
    # Slow: the time limit of the test with many clients is not meant for this.
    if ! CMOCKA_TEST_ABORT=0 G_SLICE=always-malloc valgrind --quiet --error-exitcode=9 --leak-check=full \
            --errors-for-leak-kinds=definite "$program" "${arguments[@]}" >"$log" 2>&1; then
        failed=$((failed + 1))
        echo "FAILED ${program##*/}"
        grep -E '^==|FAILED' "$log" | head -40
    fi
done
echo "memcheck: $count programs, $failed failed"
[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]
