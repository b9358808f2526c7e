# shellcheck shell=bash
# folder.sh
# The folder with Debian 13 in which the DLLs for Windows are built, and Debian's
# packages of every Wireshark that they are built for.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Source it after tests/lib/folder.sh, from bash with `set -eu`.

# Minor version of Wireshark=Debian that has it.
SSE_WINDOWS_WIRESHARKS=(4.0=bookworm 4.4=trixie 4.6=forky)
SSE_WINDOWS_PACKAGES=(gcc-mingw-w64-ucrt64 binutils cmake make pkg-config libglib2.0-dev python3 clang)

# Unpacks Debian's packages of one Wireshark into FOLDER/sdk/packages/WIRESHARK.
sse_windows_wireshark()
{
    local folder=$1 wireshark=$2 debian=$3 packages=$1/sdk/packages/$2
    [ ! -e "$packages.made" ] || return 0
    sse_say "Fetching the packages of Wireshark $wireshark (Debian $debian)"
    rm -rf "$packages" "$packages.made" "$folder/fetch"
    mkdir -p "$packages" "$folder/fetch/lists/partial"
    # Lists of its own: what is installed in there stays Debian 13's.
    sed -n "s/^\(deb .*\) trixie \(.*\)/\1 $debian \2/p" "$folder/etc/apt/sources.list" >"$folder/fetch/sources.list"
    # shellcheck disable=SC2016 # the shell in there expands it
    sse_folder_run "$folder" bash -c 'set -eu
        cd /fetch
        apt=(apt-get -qq -o Dir::Etc::sourcelist=/fetch/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=/fetch/lists
            -o Dir::State::status=/dev/null -o APT::Sandbox::User=root)
        "${apt[@]}" update
        "${apt[@]}" download libwireshark-dev libwiretap-dev libwsutil-dev
        for one in *-dev_*.deb; do
            dpkg-deb -f "$one" Depends | tr , "\n" | sed -nE "s/^ *(lib(wireshark|wiretap|wsutil)[0-9]+(t64)?) .*/\1/p"
        done | sort -u | xargs -r "${apt[@]}" download
        for one in *.deb; do dpkg-deb -x "$one" "$1"; done' unpack "/sdk/packages/$wireshark" >&2 \
        || { sse_fail "could not get the packages of Wireshark $wireshark of Debian $debian"; return 1; }
    rm -rf "$folder/fetch"
    grep -q "^Version: *$wireshark\." "$packages"/usr/lib/*/pkgconfig/wireshark.pc \
        || { sse_fail "Debian $debian has no Wireshark $wireshark any more"; return 1; }
    touch "$packages.made"
}

# sse_windows_folder: prints the folder's path. @return 77 where it cannot be made.
sse_windows_folder()
{
    local folder one
    folder=$(sse_folder_with trixie mingw "${SSE_WINDOWS_PACKAGES[@]}") || return $?
    for one in "${SSE_WINDOWS_WIRESHARKS[@]}"; do
        sse_windows_wireshark "$folder" "${one%=*}" "${one#*=}" || return 1
    done
    printf '%s\n' "$folder"
}
