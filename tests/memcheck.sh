#!/usr/bin/env bash
# memcheck.sh
# Under valgrind's memcheck: the unit tests (no error, no leak), and tshark over
# a capture of each kind (no error that the plugin has a part in).
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later

set -eu -o pipefail
case ${1:-} in
    ''|-*) echo "usage: tests/memcheck.sh BUILD (the build folder)" >&2; exit 2 ;;
esac
build=$1
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"
sse_install valgrind
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
    [ "$name" = "$program" ] || arguments=("$top/tests/fuzz/regressions/$name")
    if ! G_SLICE=always-malloc valgrind --quiet --error-exitcode=9 --leak-check=full \
            --errors-for-leak-kinds=definite "$program" "${arguments[@]}" >"$log" 2>&1; then
        failed=$((failed + 1))
        echo "FAILED ${program##*/}"
        grep -E '^==|FAILED' "$log" | head -40
    fi
done

stage=$(mktemp -d)
trap 'rm -rf "$log" "$stage"' EXIT
sse_stage "$build" "$stage"
captures=0
for name in article-dns article-swg dnscrypt/dnscrypt-udp dnscrypt/dnscrypt-tcp synthetic/both-failing synthetic/dns-tcp-only \
        synthetic/web-proxy-502 synthetic/capture-hostile-strings synthetic/capture-broken-messages; do
    captures=$((captures + 1))
    cp "$top/tests/captures/$name.pcapng" "$stage/capture.pcapng"
    chmod -R a+rX "$stage"
    if ! sse_run "$stage" env G_SLICE=always-malloc valgrind --quiet --leak-check=no --num-callers=40 --fullpath-after= \
            tshark -2 -n -V -r "$stage/capture.pcapng" -z sseroaming,json -z sseroaming,probes >"$stage/out" 2>"$log" \
            || ! grep -q '^{"schema":"sseroaming/1"' "$stage/out"; then
        failed=$((failed + 1))
        echo "FAILED $name: tshark under valgrind"
        tail -20 "$log"
    elif grep -qE 'sseroaming(-log)?\.so|/plugin/([a-z]+/)?[A-Za-z_-]+\.[ch]:' "$log"; then
        failed=$((failed + 1))
        echo "FAILED $name"
        head -60 "$log"
    fi
done
echo "memcheck: $count programs and $captures captures, $failed failed"
[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]
