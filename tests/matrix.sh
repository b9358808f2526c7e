#!/usr/bin/env bash
# matrix.sh
# Builds and tests the plugin with every Wireshark that it is written for, each
# in a folder with the Debian that has it, and prints a table.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ends with 77 where this computer cannot make such folders, with 1 where a
# build or a test failed.

set -eu -o pipefail
# shellcheck source=tests/lib/folder.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/folder.sh"

usage()
{
    sse_say "usage: tests/matrix.sh [--fresh] [DEBIAN...]"
    sse_say "  --fresh   make the folders anew instead of using those that were kept"
    sse_say "  DEBIAN    ${SSE_DEBIANS[*]} (default: all of them)"
    sse_say "Runs the tests that a version of Wireshark can make a difference to; tests/run.sh in a folder runs them all."
    sse_say "Environment: SSE_FOLDERS, where the folders are kept (default: folders/ in the build folder)"
    sse_say "             SSE_BUILD_DIR, the build folder (default: build/ in the checkout)"
    sse_say "             SSE_DEBIAN_MIRROR, where to take Debian from (default: where apt here does)"
}

case ${1:-} in
    --help|-h) usage; exit 0 ;;
    --fresh) shift; rm -rf "${SSE_FOLDERS:?}" ;;
    -*) usage; exit 2 ;;
esac
debians=("$@")
[ ${#debians[@]} -gt 0 ] || debians=("${SSE_DEBIANS[@]}")

sse_folder_possible || exit 77

# Builds beside that of the tests, which is gcc with the default flags. No C++
# compiler is at hand in any of them.
compile()
{
    local folder=$1 name=$2
    shift 2
    # shellcheck disable=SC2016 # the shell in there expands it
    sse_folder_run "$folder" env CXX=/bin/false bash -c 'rm -rf "/build-$1" && cmake -S /source -B "/build-$1" -DSSE_WERROR=ON "${@:2}" \
        && cmake --build "/build-$1" --parallel "$(nproc)"' compile "$name" "$@" >"$folder.$name.log" 2>&1
}

list()
{
    local all
    printf -v all '%s, ' "$@"
    printf '%s' "${all%, }"
}

# What a version of Wireshark can change. The rest is the same everywhere, and is
# tested where tests/run.sh is called: documents, labs, recordings, mixtures.
what='^(golden|captures-|article-|unit-|fuzz-|plugin-|hostile-)'

status=0
done_any=
table=()
for debian in "${debians[@]}"; do
    began=$SECONDS
    made=0
    folder=$(sse_folder_with "$debian" build "${SSE_FOLDER_CONTENTS[@]}") || made=$?
    if [ "$made" -eq 77 ]; then
        table+=("$debian|-|-|-|skipped: no folder|-")
        continue
    fi
    done_any=yes
    if [ "$made" -ne 0 ]; then
        table+=("$debian|-|-|-|FAILED: packages|-")
        status=1
        continue
    fi
    sse_folder_source "$top" "$folder" source
    wireshark=$(sse_folder_run "$folder" tshark --version 2>/dev/null | sed -n '1s/[^0-9]*\([0-9.]*[0-9]\).*/\1/p')
    compilers=()
    builds=()
    for one in gcc clang; do
        compilers+=("$one $(sse_folder_run "$folder" "$one" -dumpversion | sed 's/\..*//')")
    done

    sse_say "$debian, Wireshark $wireshark: tests"
    log=$folder.tests.log
    tests=0
    # shellcheck disable=SC2016 # the shell in there expands it
    sse_folder_run "$folder" env CXX=/bin/false SSE_BUILD_DIR=/build-gcc bash -c 'rm -rf /build-gcc && exec /source/tests/run.sh -R "$1"' \
        tests "$what" >"$log" 2>&1 || tests=$?
    counted=$(sed -n 's/^\([0-9]* passed, [0-9]* failed.*\)$/\1/p' "$log" | tail -n 1)
    if [ "$tests" -ne 0 ]; then
        status=1
        sse_say "$debian: failed; the end of $log:"
        tail -n 100 "$log" >&2
        counted="FAILED: ${counted:-no test ran}"
    fi

    for one in "clang -DCMAKE_C_COMPILER=clang" "O0 -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O0" \
        "O3 -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O3"; do
        name=${one%% *}
        read -r -a options <<<"${one#* }"
        sse_say "$debian, Wireshark $wireshark: build $name"
        if compile "$folder" "$name" "${options[@]}"; then
            builds+=("$name")
        else
            status=1
            sse_say "$debian: the build $name failed; the end of $folder.$name.log:"
            tail -n 30 "$folder.$name.log" >&2
            builds+=("$name FAILED")
        fi
    done
    table+=("$debian|$wireshark|$(list "${compilers[@]}")|$(list "${builds[@]}")|$counted|$((SECONDS - began)) s")
done

echo
{
    echo "Debian|Wireshark|compilers|also built with|tests (gcc)|time"
    printf '%s\n' "${table[@]}"
} | awk -F'|' '{ printf "%-9s %-10s %-20s %-16s %-36s %s\n", $1, $2, $3, $4, $5, $6 }'
[ -n "$done_any" ] || exit 77
exit "$status"
