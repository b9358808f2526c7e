#!/usr/bin/env bash
# wine.sh
# Runs the plugin for Windows: tshark, sharkd, mergecap and capinfos of the
# Wireshark that is installed here, built for Windows from Debian's source package
# (wine/build.sh), under Wine, with the DLLs of packaging/windows.sh, over every
# capture of the tests. What they print must be what the plugin prints here.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ends with 77 where this computer cannot make a folder with Debian 13, or has no
# source package of its Wireshark; with 1 where something differs.

set -eu -o pipefail
# shellcheck source=tests/lib/folder.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/folder.sh"

usage()
{
    sse_say "usage: tests/wine.sh [--part NUMBER] [ZIP]"
    sse_say "  --part    only so many captures, and only where Wireshark for Windows has been built before"
    sse_say "  ZIP       what packaging/windows.sh made (default: make it)"
    sse_say "Environment: SSE_BUILD_DIR, the build folder, whose plugin is what Windows' is compared with"
    sse_say "             SSE_FOLDERS: Wireshark for Windows is kept there, too; to build it takes about ten minutes of a processor"
}

part=
case ${1:-} in
    --help|-h) usage; exit 0 ;;
    --part) part=$2; shift 2 ;;
    -*) usage; exit 2 ;;
esac
# What is not built for the part is not fetched for it, either.
packages=(gcc-mingw-w64-ucrt64 g++-mingw-w64-ucrt64 mingw-w64-tools binutils cmake ninja-build pkg-config libglib2.0-dev python3
    wine wine64 meson gcc g++ libc6-dev flex bison perl patch dpkg-dev libz-mingw-w64-dev libgcrypt-mingw-w64-dev
    libgpg-error-mingw-w64-dev gettext xz-utils)
# Not by sse_folder_with(): what took so long to build is not thrown away every week.
folder=$SSE_FOLDERS/trixie.wine
wireshark=$(tshark --version 2>/dev/null | sed -n '1s/[^0-9]*\([0-9.]*[0-9]\).*/\1/p') || true
if [ -n "$part" ] && [ "$(cat "$folder.program" 2>/dev/null)" != "$wireshark" ]; then
    sse_say "skipped: Wireshark ${wireshark:-(none)} for Windows has not been built here; tests/wine.sh does it"
    exit 77
fi
case $wireshark in
    4.0.*) ;;
    *) sse_say "skipped: Wireshark ${wireshark:-(none)} for Windows: how to build it is only known of 4.0"; exit 77 ;;
esac
sse_folder_possible || exit 77

# Debian's source package without its patches: what is built from it only has to run.
fetch_original()
{
    local package=$1 name=$2 uri file hash
    [ ! -e "$folder/sources/$name.made" ] || return 0
    mkdir -p "$folder/fetch/lists/partial"
    rm -rf "$folder/sources/$name"
    mkdir -p "$folder/sources/$name"
    sed -n 's/^deb \(.*\)/deb-src \1/p' "$folder/etc/apt/sources.list" >"$folder/fetch/sources.list"
    apt=(apt-get -qq -o Dir::Etc::sourcelist=/fetch/sources.list -o Dir::Etc::sourceparts=/dev/null
        -o Dir::State::lists=/fetch/lists -o APT::Sandbox::User=root)
    sse_apt sse_folder_run "$folder" "${apt[@]}" update || return 1
    read -r uri file _ hash < <(sse_folder_run "$folder" "${apt[@]}" --print-uris source "$package" | tr -d "'" \
        | grep -E '\.orig\.tar\.[a-z0-9]+ ') || return 1
    sse_folder_run "$folder" /usr/lib/apt/apt-helper download-file "$uri" "/fetch/$file" "$hash" >&2 \
        && tar -C "$folder/sources/$name" --strip-components=1 -xf "$folder/fetch/$file" || return 1
    touch "$folder/sources/$name.made"
}

if [ "$(cat "$folder.program" 2>/dev/null)" != "$wireshark" ]; then
    source=$("$top/tests/wireshark_source.sh") || exit $?
    made=0
    sse_folder_with trixie wine "${packages[@]}" >/dev/null || made=$?
    [ "$made" -eq 0 ] || exit "$made"
    for one in glib2.0=glib pcre2=pcre2; do
        fetch_original "${one%=*}" "${one#*=}" || { sse_say "skipped: the source package of ${one%=*} is not to be had"; exit 77; }
    done
    rm -rf "$folder/sources/wireshark"
    cp -R "$source" "$folder/sources/wireshark"
    mkdir -p "$folder/script"
    cp "$top/tests/wine/build.sh" "$folder/script/"
    sse_say "Building Wireshark $wireshark for Windows"
    sse_folder_run "$folder" /script/build.sh /sources /wine-build /program >&2 || exit 1
    printf '%s' "$wireshark" >"$folder.program"
fi

zip=${1:-}
if [ -z "$zip" ]; then
    made=0
    zip=$("$top/packaging/windows.sh" "$build/packages/windows") || made=$?
    [ "$made" -eq 0 ] || exit "$made"
fi
exec python3 -B "$top/tests/wine/compare.py" --build "$build" ${part:+--part "$part"} "$folder" "$zip"
