#!/usr/bin/env bash
# quickstart.sh
# From a clone to a verdict: installs what is missing, builds, and shows what
# the plugin says of the two captures of Cisco's article.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later

set -eu
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=${SSE_BUILD_DIR:-$top/build}
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

case ${1:-} in
    '') ;;
    *) sse_say "usage: packaging/quickstart.sh"
       sse_say "Environment: SSE_BUILD_DIR, the build folder (default: build/ in the checkout)"
       [ "$1" = --help ] || exit 2
       exit 0 ;;
esac

sse_say "1. What is needed"
sse_install "${SSE_BUILD_PACKAGES[@]}"

sse_say "2. Build"
sse_build "$top" "$build"

stage=$(mktemp -d "${TMPDIR:-/tmp}/sseroaming.XXXXXX")
trap 'rm -rf "$stage"' EXIT
sse_stage "$build" "$stage"
cp "$top"/tests/captures/article-*.pcapng "$stage/"
chmod -R a+rX "$stage"
sse_check_loaded "$stage" "$(sse_version "$build")"

step=2
for capture in article-dns article-swg; do
    step=$((step + 1))
    sse_say
    sse_say "$step. tshark -q -r tests/captures/$capture.pcapng -z sseroaming"
    # Root runs tshark as another user here; what tshark says about that is of no use.
    sse_run "$stage" tshark -q -r "$stage/$capture.pcapng" -z sseroaming
done

sse_say
sse_say "To install the plugin for good:"
sse_say "  for all users      sudo cmake --install '$build'"
[ "$(id -u)" -eq 0 ] || sse_say "  for you alone      cmake --install '$build' --component personal"
sse_say "(Wireshark that runs as root reads only the folder for all users.)"
sse_say
sse_say "Then: tshark -q -r CAPTURE -z sseroaming"
sse_say "or open a capture in Wireshark: Tools, SSE Roaming, Report; filter \"sseroaming\"."
