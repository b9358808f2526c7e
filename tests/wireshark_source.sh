#!/usr/bin/env bash
# wireshark_source.sh
# Fetches the source package of the Wireshark that is installed, from where apt
# gets its packages, and prints the path of the unpacked source. What was fetched
# is kept. Wireshark's own checks of dissectors are in there, of the same version
# as the headers.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ends with 77 where there is no source to be had: no Debian, or a mirror
# without it.

set -eu -o pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

folder=${1:-${SSE_WIRESHARK_SOURCE:-${SSE_BUILD_DIR:-$top/build}/wireshark-source}}
if ! command -v apt-get >/dev/null || ! command -v dpkg-source >/dev/null; then
    sse_say "skipped: no apt-get and dpkg-source (package dpkg-dev) to fetch Wireshark's source package with"
    exit 77
fi
# shellcheck disable=SC2016 # dpkg's own variables
version=$(dpkg-query -W -f '${source:Version}' libwireshark-dev 2>/dev/null) || true
[ -n "$version" ] || { sse_say "skipped: libwireshark-dev is not installed from a Debian package"; exit 77; }
unpacked=$folder/wireshark-$version
if [ ! -e "$unpacked.made" ]; then
    rm -rf "$unpacked"
    mkdir -p "$folder/lists/partial"
    # Lists of its own: the computer's sources stay as they are.
    # shellcheck disable=SC2016 # apt's own variables
    apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' \
        2>/dev/null | awk '!seen[$0]++' >"$folder/sources.list"
    apt=(env LC_ALL=C apt-get -qq -o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$folder/lists" -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0)
    if ! sse_apt "${apt[@]}" update || ! (cd "$folder" && sse_apt "${apt[@]}" --download-only source "wireshark=$version"); then
        sse_say "skipped: apt has no source package of wireshark $version to fetch"
        exit 77
    fi
    dpkg-source --no-check --no-copy -x "$folder/wireshark_$version.dsc" "$unpacked" >/dev/null
    rm -f "$folder"/wireshark_*.tar.* "$folder"/wireshark_*.dsc
    touch "$unpacked.made"
fi
printf '%s\n' "$unpacked"
