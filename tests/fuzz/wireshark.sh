#!/usr/bin/env bash
# wireshark.sh
# Wireshark's own fuzz-test.sh, of the version that is installed, with the
# plugin loaded: bytes of captures are changed at random, tshark shows every
# packet in full, in one pass and in two. Over our captures and, where its source
# package is to be had, Wireshark's test captures.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: tests/fuzz/wireshark.sh [-p PASSES] [-e RATE] [BUILD] [CAPTURE...]
#   PASSES  over each capture (default 1); RATE of changed bytes (0.02)
#
# What fails with the plugin and not without it is ours: it is kept in
# BUILD/fuzz-test/ours, and the script fails. Environment: SSE_WIRESHARK_SOURCE,
# where the source package is kept (tests/wireshark_source.sh).

set -eu -o pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

passes=1 rate=0.02
while getopts p:e: option; do
    case $option in
        p) passes=$OPTARG ;;
        e) rate=$OPTARG ;;
        *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
build=${1:-$top/build}
[ $# -eq 0 ] || shift
source=$("$top/tests/wireshark_source.sh")
captures=("$@")
if [ ${#captures[@]} -eq 0 ]; then
    mapfile -d '' captures < <(find "$top/tests/captures" "$top/tests/lab" "$source/test/captures" -type f \
        \( -name '*.pcap' -o -name '*.pcapng' -o -name '*.cap' -o -name '*.ntar' -o -name '*.gz' -o -name '*.dtls*' \) -print0 | sort -z)
fi

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
sse_stage "$build" "$stage"
mkdir -p "$stage/work" "$stage/tools" "$build/fuzz-test/ours"
cp "$source/tools/fuzz-test.sh" "$source/tools/test-common.sh" "$stage/tools/"
chmod -R a+rX "$stage"
chmod 777 "$stage/work"
bin=$(dirname "$(command -v tshark)")
runs=0 theirs=0 ours=0
for at in "${!captures[@]}"; do
    capture=${captures[at]}
    [ $((at % 50)) -ne 0 ] || sse_say "capture $((at + 1)) of ${#captures[@]}"
    copy=$stage/${capture##*/}
    cp "$capture" "$copy"
    chmod a+r "$copy"
    for how in "" -2; do
        for ((pass = 0; pass < passes; pass++)); do
            # -P 1: the plugin is there. No aborts on bugs of others' dissectors.
            if sse_run "$stage" bash "$stage/tools/fuzz-test.sh" ${how:+"$how"} -b "$bin" -d "$stage/work" -e "$rate" -P 1 -p 1 \
                    "$copy" >"$stage/log" 2>&1; then
                grep -qE "(-nVxr).* OK|OK$" "$stage/log" && runs=$((runs + 1))
                continue
            fi
            # A capture that editcap or capinfos cannot read is no run.
            grep -q "Processing failed" "$stage/log" || continue
            runs=$((runs + 1))
            damaged=$(find "$stage/work" -name 'fuzz-*.pcap' | head -1)
            mkdir -p "$stage/none"
            if WIRESHARK_DEBUG_WMEM_OVERRIDE=strict sse_run "$stage" env WIRESHARK_PLUGIN_DIR="$stage/none" \
                    "$bin/tshark" ${how:+"$how"} -nVxr "$damaged" >"$stage/out" 2>&1; then
                ours=$((ours + 1))
                cp "$damaged" "$build/fuzz-test/ours/$ours-${capture##*/}"
                cp "$stage/log" "$build/fuzz-test/ours/$ours.log"
                sse_say "OURS: ${capture##*/} ${how:-one pass}: see $build/fuzz-test/ours/$ours.log"
            else
                theirs=$((theirs + 1))
                sse_say "also without the plugin: ${capture##*/} ${how:-one pass}"
            fi
            rm -f "$stage/work"/*
        done
    done
    rm -f "$copy"
done
sse_say "fuzz-test.sh: ${#captures[@]} captures, $runs damaged files, $theirs failed without the plugin too, $ours with it only"
[ "$ours" -eq 0 ] && [ "$runs" -gt 0 ]
