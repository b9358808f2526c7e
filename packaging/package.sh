#!/usr/bin/env bash
# package.sh
# Makes packages for the Wireshark that is installed here: .deb, .rpm, or the
# archive of the source that both are built from.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The .deb is made by debian/ with debhelper, as Debian makes libvirt-wireshark,
# and not by CPack: dpkg-shlibdeps takes the dependency on libwireshark from the
# library itself either way, but debhelper also strips, compresses and places as
# the policy has it, and lintian has nothing to say. All install by
# `cmake --install`: what that installs is what they hold.

set -eu -o pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

usage()
{
    sse_say "usage: packaging/package.sh deb|rpm|source [FOLDER]"
    sse_say "  FOLDER    where the package goes (default: packages/ in the build folder)"
    sse_say "Environment: SSE_BUILD_DIR, the build folder (default: build/ in the checkout)"
}

kind=${1:-}
case $kind in
    deb|rpm|source) ;;
    --help|-h) usage; exit 0 ;;
    *) usage; exit 2 ;;
esac
output=${2:-${SSE_BUILD_DIR:-$top/build}/packages}
mkdir -p "$output"
output=$(cd "$output" && pwd -P)

version=$(sed -n 's/^project(sseroaming VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
released=$(sed -n 's/^## \[\([0-9.]*\)\] - .*/\1/p' "$top/CHANGELOG.md" | head -n 1)
[ "$version" = "$released" ] \
    || { sse_fail "CMakeLists.txt has version $version, the newest in CHANGELOG.md is ${released:-missing}"; exit 1; }
date=$(sed -n 's/^## \[[0-9.]*\] - \(.*\)/\1/p' "$top/CHANGELOG.md" | head -n 1)
SOURCE_DATE_EPOCH=$(date -u -d "$date" +%s)
export SOURCE_DATE_EPOCH

work=$(mktemp -d "${TMPDIR:-/tmp}/sseroaming-package.XXXXXX")
trap 'rm -rf "$work"' EXIT
name=sseroaming-$version

# The same source gives the same archive, byte for byte.
sse_source_files "$top" | LC_ALL=C sort -z \
    | tar -C "$top" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="@$SOURCE_DATE_EPOCH" \
        --transform "s|^|$name/|" --no-recursion --null --files-from=- -cf - | gzip -n9 >"$work/$name.tar.gz"

case $kind in
    source)
        cp "$work/$name.tar.gz" "$output/"
        printf '%s\n' "$output/$name.tar.gz"
        exit 0 ;;
    deb) sse_install "${SSE_BUILD_PACKAGES[@]}" "${SSE_DEB_PACKAGES[@]}" ;;
    rpm) sse_install "${SSE_BUILD_PACKAGES[@]}" "${SSE_RPM_PACKAGES[@]}" ;;
esac
wireshark=$(pkg-config --modversion wireshark | cut -d. -f1,2)

if [ "$kind" = deb ]; then
    tar -C "$work" -xzf "$work/$name.tar.gz"
    cp -R "$top/packaging/debian" "$work/$name/debian"
    # Debian's changelog: this release, in the words of CHANGELOG.md. One
    # version per Wireshark, so that a newer Debian replaces the package.
    {
        printf 'sseroaming (%s-1+ws%s) unstable; urgency=medium\n\n' "$version" "$wireshark"
        awk -v version="$version" '/^## /{ here = index($0, "[" version "]") } here && /^(- |  )/' "$top/CHANGELOG.md" \
            | awk '/^- /{ if (text) print text; text = "" } { sub(/^(- |  )/, ""); text = text (text ? " " : "") $0 } END { print text }' \
            | while read -r text; do fold -s -w 74 <<<"$text" | sed -e '1s/^/  * /' -e '2,$s/^/    /' -e 's/ *$//'; done
        printf '\n -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' "$top/packaging/debian/control")" "$(date -u -R -d "$date")"
    } >"$work/$name/debian/changelog"
    # One package, one file: what debuggers want is in a build of one's own. -d:
    # what is needed was installed above; Debian's build-essential would want a
    # C++ compiler too, which this needs nowhere.
    (cd "$work/$name" && DEB_BUILD_OPTIONS="noautodbgsym parallel=$(nproc)" dpkg-buildpackage -b -us -uc -d) >&2
    cp "$work"/*.deb "$output/"
    find "$work" -maxdepth 1 -name '*.deb' -printf "$output/%f\n"
else
    mkdir -p "$work/rpm/SOURCES"
    cp "$work/$name.tar.gz" "$work/rpm/SOURCES/"
    rpmbuild -bb --define "_topdir $work/rpm" --define "sse_version $version" \
        "$top/packaging/sseroaming-wireshark.spec" >&2
    find "$work/rpm/RPMS" -name '*.rpm' -exec cp {} "$output/" \;
    find "$work/rpm/RPMS" -name '*.rpm' -printf "$output/%f\n"
fi
