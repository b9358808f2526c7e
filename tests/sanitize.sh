#!/usr/bin/env bash
# sanitize.sh
# The default tests with AddressSanitizer and UndefinedBehaviorSanitizer in the
# plugin and the tests (a stock tshark gets their runtime preloaded), or with
# Wireshark's own guarded allocator.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later

set -eu -o pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=${SSE_SANITIZE_DIR:-$top/build/sanitize}
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

usage()
{
    sse_say "usage: tests/sanitize.sh [strict] [CTEST OPTION...]"
    sse_say "  strict   no sanitizer: WIRESHARK_DEBUG_WMEM_OVERRIDE=strict finds writes past the end of wmem memory"
    sse_say "The default tests, each program with five times the time. WIRESHARK_ABORT_ON_DISSECTOR_BUG is always on."
    sse_say "Environment: SSE_SANITIZE_DIR, the build folder (default: build/sanitize in the checkout)"
}

case ${1:-} in
    --help|-h) usage; exit 0 ;;
esac

sse_install "${SSE_BUILD_PACKAGES[@]}" "${SSE_TEST_PACKAGES[@]}"
if [ "${1:-}" = strict ]; then
    shift
    sse_build "$top" "$build.strict" -DSSE_BUILD_TESTS=ON -DSSE_TEST_PATIENCE=5
    cd "$build.strict"
    SSE_TEST_WMEM=strict ctest -LE "long|source" --output-on-failure --no-tests=error "$@"
    exit
fi
sse_build "$top" "$build" -DSSE_BUILD_TESTS=ON -DSSE_TEST_PATIENCE=5 -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_C_FLAGS="-O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
# With the runtime Wireshark's smaller programs wait for ever for a lock of the C
# library, with a plugin or without: they run without it, and with a plugin that
# has none. dumpcap is started by tshark, so the test with a live capture is left out.
sse_build "$top" "$build.plain"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cp -r "$build.plain/plugins" "$folder/plugins"
mkdir "$folder/bin"
# shellcheck disable=SC2016 # the wrapper's shell expands it
for program in capinfos editcap mergecap; do
    printf '#!/bin/sh\nunset LD_PRELOAD\n[ "${WIRESHARK_PLUGIN_DIR##*/}" = none ] || export WIRESHARK_PLUGIN_DIR=%s\nexec %s "$@"\n' \
        "$folder/plugins" "$(command -v "$program")" >"$folder/bin/$program"
    chmod 755 "$folder/bin/$program"
done
chmod -R a+rX "$folder"
runtime=$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)
# Wireshark keeps what it registers once; leaks of ours are the unit tests' and
# the fuzzers' to find.
cd "$build"
# Without setarch the sanitizer of gcc 12 hangs now and then on kernels that
# spread addresses over 32 bits.
PATH=$folder/bin:$PATH SSE_TEST_PRELOAD=$runtime ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 \
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
    setarch -R ctest -LE "long|source" -E "^hostile-live$" --output-on-failure --no-tests=error "$@"
