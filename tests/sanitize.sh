#!/usr/bin/env bash
# sanitize.sh
# The default tests with AddressSanitizer and UndefinedBehaviorSanitizer in the
# plugin and the tests (a stock tshark gets their runtime preloaded), or with
# Wireshark's own guarded allocator.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: tests/sanitize.sh [strict] [CTEST OPTION...]
#   strict   no sanitizer: WIRESHARK_DEBUG_WMEM_OVERRIDE=strict finds writes past
#            the end of wmem memory. WIRESHARK_ABORT_ON_DISSECTOR_BUG is always on.

set -eu -o pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=${SSE_SANITIZE_DIR:-$top/build/sanitize}
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

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
# At the end of editcap and dumpcap p11-kit's freelocale() waits for ever for a
# lock that the runtime took.
printf '#include <locale.h>\nvoid freelocale(locale_t locale) { (void)locale; }\n' |
    gcc -D_GNU_SOURCE -shared -fPIC -x c - -o "$build/freelocale.so"
# Where every user can read it.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cp "$build/freelocale.so" "$folder"
runtime=$folder/freelocale.so:$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)
# Wireshark keeps what it registers once; leaks of ours are the unit tests' and
# the fuzzers' to find.
cd "$build"
# Without setarch the sanitizer of gcc 12 hangs now and then on kernels that
# spread addresses over 32 bits.
SSE_TEST_PRELOAD=$runtime ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:verify_asan_link_order=0 \
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
    setarch -R ctest -LE "long|source" --output-on-failure --no-tests=error "$@"
