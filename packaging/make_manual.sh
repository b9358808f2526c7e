#!/usr/bin/env bash
# make_manual.sh
# Makes the manual page sseroaming(7) and the same pages as HTML from
# packaging/manual/, with pandoc.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: make_manual.sh VERSION FOLDER
# FOLDER gets sseroaming.7, and html/ with the pages and their pictures. The date
# is that of the version in CHANGELOG.md, whose newest it must be.

set -eu
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
version=$1
output=$2
manual=$top/packaging/manual
# The order of the manual page, and what index.md links to.
pages=(read-the-report take-a-capture wireshark tshark many-captures logs reference limits nothing-shows-up windows)

read -r newest date <<<"$(sed -n 's/^## \[\([0-9.]*\)\] - \(.*\)/\1 \2/p' "$top/CHANGELOG.md" | head -n 1)"
[ "$newest" = "$version" ] || { echo "the newest version in CHANGELOG.md is ${newest:-missing}, not $version" >&2; exit 1; }

rm -rf "$output/html"
mkdir -p "$output/html"
for page in "$manual"/*.md; do
    name=$(basename "$page" .md)
    pandoc -f gfm -t html5 --template="$manual/page.html" --lua-filter="$manual/pages.lua" --wrap=preserve \
        -M version="$version" -M pagetitle="$(sed -n 's/^# //p;T;q' "$page")" -o "$output/html/$name.html" "$page"
done
# The pictures that the pages show.
grep -ohE '\]\(\.\./\.\./screenshots/[^)]+' "$manual"/*.md | sed 's|.*/||' | sort -u | while read -r picture; do
    cp "$top/screenshots/$picture" "$output/html/"
done

{
    sed 's/^    //' <<'    END'
    # NAME

    sseroaming - why a Cisco Secure Client roaming module is unprotected, from a capture

    # SYNOPSIS

    `tshark -q -r FILE -z sseroaming[,text|json|ticket|html][,FILTER]`

    `tshark -q -r FILE -z sseroaming,outages|clients|probes|handshakes|tree[,FILTER]`

    `tshark [-2] -r FILE -Y 'sseroaming...'`

    `wireshark -z sseroaming FILE`

    `mergecap -w FILE cscumbrellaplugin.txt Umbrella.txt CAPTURE`

    `tshark -o sseroaming.log_shift:SECONDS -q -r FILE -z sseroaming`

    # DESCRIPTION

    END
    # What README.md says first.
    awk '/^#/ { if (seen++) exit; next } /^\*\*/ { exit } { print }' "$top/README.md"
    for page in "${pages[@]}"; do
        [ -f "$manual/$page.md" ] || continue
        printf '\n'
        sed -E '1s/^# (.*)/# \U\1/' "$manual/$page.md"
    done
    printf '\n# SEE ALSO\n\n**tshark**(1), **wireshark**(1), **mergecap**(1), **editcap**(1), **wireshark-filter**(4), **jq**(1)\n'
} | pandoc -f gfm -t man -s --lua-filter="$manual/pages.lua" -M title=SSEROAMING -M section=7 -M date="$date" \
    -M footer="SSE Roaming $version" -M header=Wireshark -o "$output/sseroaming.7"
