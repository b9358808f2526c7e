#!/usr/bin/env bash
# windows.sh
# Builds the plugin for Windows: one zip with the DLLs for every Wireshark that it
# is written for, and the profile, to unpack into %APPDATA%\Wireshark. Neither
# Windows nor Wireshark's source is needed: mingw-w64 is Debian's, the names that
# Wireshark's DLLs export and its headers come from Debian's packages for Linux.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ends with 77 where this computer cannot make a folder with Debian 13, with 1
# where something is wrong.

set -eu -o pipefail
# shellcheck source=tests/lib/folder.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tests/lib/folder.sh"
# shellcheck source=packaging/windows/folder.sh
. "$top/packaging/windows/folder.sh"

usage()
{
    sse_say "usage: packaging/windows.sh [--twice] [FOLDER]"
    sse_say "  --twice   builds in a second place, too, and fails unless that gives the same bytes; tests the checks of the DLLs"
    sse_say "  FOLDER    where the zip goes (default: packages/windows/ in the build folder)"
    sse_say "Environment: SSE_BUILD_DIR, SSE_FOLDERS, SSE_DEBIAN_MIRROR: as tests/matrix.sh --help says"
}

twice=
case ${1:-} in
    --help|-h) usage; exit 0 ;;
    --twice) twice=yes; shift ;;
    -*) usage; exit 2 ;;
esac
output=${1:-$build/packages/windows}
mkdir -p "$output"
sse_folder_possible || exit 77
folder=$(sse_windows_folder) || exit $?

sse_folder_source "$top" "$folder" source
rm -rf "$folder/zip" "$folder/zip-2"
sse_folder_run "$folder" /source/packaging/windows/build.sh /sdk /build /zip >&2
if [ -n "$twice" ]; then
    sse_folder_source "$top" "$folder" source-2/elsewhere
    sse_folder_run "$folder" /source-2/elsewhere/packaging/windows/build.sh /sdk /build-2/other /zip-2 >/dev/null
    cmp "$folder"/zip/*.zip "$folder"/zip-2/*.zip || { sse_fail "the same source gives another zip in another folder"; exit 1; }
    sse_say "The same bytes from two folders."
    sse_folder_run "$folder" python3 -B /source/tests/test_check_dll.py "/sdk/${SSE_WINDOWS_WIRESHARKS[0]%=*}" >&2
fi
rm -rf "$output"/sseroaming-*-windows-x64.zip
cp "$folder"/zip/*.zip "$output/"
find "$output" -name 'sseroaming-*-windows-x64.zip'
