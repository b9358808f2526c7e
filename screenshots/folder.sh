#!/usr/bin/env bash
# folder.sh
# Presses the buttons and takes the pictures with the Wireshark of another Debian,
# in a folder with that Debian. The pictures of the manual are forky's.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ends with 77 where this computer cannot make such folders, with 1 where a button
# or a picture failed.

set -eu -o pipefail
# shellcheck source=tests/lib/folder.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tests/lib/folder.sh"

usage()
{
    sse_say "usage: screenshots/folder.sh DEBIAN [FOLDER [PART...]]"
    sse_say "  DEBIAN  ${SSE_DEBIANS[*]}"
    sse_say "  FOLDER  where the pictures go (default: screenshots-DEBIAN/ in the build folder)"
    sse_say "  PART    of the pictures: see screenshots/take.py (default: all)"
    sse_say "Environment: SSE_BUILD_DIR, SSE_FOLDERS, SSE_DEBIAN_MIRROR: as tests/matrix.sh --help says"
}

case ${1:-} in
    --help|-h) usage; exit 0 ;;
    -*|"") usage; exit 2 ;;
esac
debian=$1
case " ${SSE_DEBIANS[*]} " in
    *" $debian "*) ;;
    *) sse_say "no such Debian: $debian"; usage; exit 2 ;;
esac
output=${2:-$build/screenshots-$debian}
shift $(($# < 2 ? $# : 2))

sse_folder_possible || exit 77
folder=$(sse_folder_with "$debian" screen "${SSE_BUILD_PACKAGES[@]}" "${SSE_TEST_PACKAGES[@]}" "${SSE_SCREEN_PACKAGES[@]}" chromium)
sse_folder_source "$top" "$folder" source
rm -rf "$folder/pictures"
# shellcheck disable=SC2016 # the shell in the folder expands it
sse_folder_run "$folder" bash -c '
    set -eu
    cd /source
    . packaging/lib.sh
    sse_build /source /build-screen >&2
    python3 -B tests/test_window.py --build /build-screen
    python3 -B screenshots/take.py --build /build-screen /pictures "$@"' bash "$@"
mkdir -p "$output"
cp "$folder"/pictures/*.png "$output/"
sse_say "Pictures in $output"
