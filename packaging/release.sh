#!/usr/bin/env bash
# release.sh
# Makes everything of a version into one folder: the .deb and .rpm for each Debian,
# the archive of the source, the zip for Windows, the manual as HTML, and the
# checksums. All of it is tested on the way (tests/packages.sh, windows.sh --twice).
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Refuses, before anything is made, where the checkout is not what it says that it
# is: versions that differ, a changelog that does not have this version on top, a
# file that is not committed. Ends with 77 where this computer cannot make folders
# with other Debians.

set -eu -o pipefail
# shellcheck source=tests/lib/folder.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tests/lib/folder.sh"
export SSE_FOLDERS

usage()
{
    sse_say "usage: packaging/release.sh [--check] [FOLDER]"
    sse_say "  --check   only looks whether this checkout may be released"
    sse_say "  FOLDER    where the release goes (default: release/ in the build folder); emptied first"
    sse_say "Environment: SSE_BUILD_DIR, SSE_FOLDERS, SSE_DEBIAN_MIRROR: as tests/matrix.sh --help says"
}

check_only=
case ${1:-} in
    --help|-h) usage; exit 0 ;;
    --check) check_only=yes; shift ;;
    -*) usage; exit 2 ;;
esac
output=${1:-$build/release}

version=$(sed -n 's/^project(sseroaming VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
faults=0
fault()
{
    faults=$((faults + 1))
    sse_fail "$*" || true
}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fault "CMakeLists.txt has the version ${version:-(none)}, not three numbers"
read -r newest date < <(sed -n 's/^## \[\([0-9.]*\)\] - \([0-9-]*\)$/\1 \2/p' "$top/CHANGELOG.md" | head -n 1) || true
[ "${newest:-}" = "$version" ] || fault "CMakeLists.txt has version $version, the newest in CHANGELOG.md is ${newest:-missing}"
# What is in the checkout and in no version would be released unnamed.
unreleased=$(awk '/^## /{ here = /\[Unreleased\]/ } here && /^[-*] /' "$top/CHANGELOG.md" | wc -l)
[ "$unreleased" -eq 0 ] || fault "CHANGELOG.md has $unreleased changes under Unreleased: they belong to a version"
before=$(sed -n 's/^## \[\([0-9.]*\)\] - .*/\1/p' "$top/CHANGELOG.md" | sed -n 2p)
if [ -n "$before" ] && [ "$(printf '%s\n' "$before" "$version" | sort -V -u | tail -n 1)" != "$version" ] || [ "$before" = "$version" ]; then
    fault "CHANGELOG.md has version $before below $version"
fi
today=$(date -u +%F)
[[ ! ${date:-$today} > $today ]] || fault "CHANGELOG.md has $version on $date, which is to come"
if [ -e "$top/.git" ]; then
    git=(git -c safe.directory='*' -C "$top")
    changed=$("${git[@]}" status --porcelain | head -n 3)
    [ -z "$changed" ] || fault "there are files that are not committed: $changed"
    # Once there is a tag, its commit is the version.
    if tagged=$("${git[@]}" rev-parse -q --verify "v$version^{commit}"); then
        [ "$tagged" = "$("${git[@]}" rev-parse HEAD)" ] || fault "the tag v$version is another commit than this one"
    fi
fi
[ "$faults" -eq 0 ] || exit 1
if [ -n "$check_only" ]; then
    sse_say "Version $version of $date may be released."
    exit 0
fi

made=0
"$top/tests/packages.sh" >&2 || made=$?
[ "$made" -eq 0 ] || exit "$made"
"$top/packaging/windows.sh" --twice "$build/packages/windows" >/dev/null || made=$?
[ "$made" -eq 0 ] || exit "$made"
sse_install pandoc
"$top/packaging/make_manual.sh" "$version" "$build/packages/manual" >&2

rm -rf "${output:?}"
mkdir -p "$output"
for debian in "${SSE_DEBIANS[@]}"; do
    cp "$build/packages/$debian"/*.deb "$build/packages/$debian"/*.rpm "$output/"
    cp "$build/packages/$debian/sseroaming-$version.tar.gz" "$output/"
done
cp "$build/packages/windows/sseroaming-$version-windows-x64.zip" "$output/"
# The same pages give the same archive.
tar -C "$build/packages/manual" --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="$date 00:00Z" \
    --transform "s|^html|sseroaming-$version-manual|" -cf - html | gzip -n9 >"$output/sseroaming-$version-manual.tar.gz"

# Nothing less than all of it.
count()
{
    [ "$(find "$output" -name "$2" | wc -l)" -eq "$1" ] || { sse_fail "the release lacks something: $1 of $2"; exit 1; }
}
count "${#SSE_DEBIANS[@]}" '*.deb'
count "${#SSE_DEBIANS[@]}" '*.rpm'
count 1 '*-windows-x64.zip'
count 2 '*.tar.gz'
sums=$(cd "$output" && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs sha256sum)
printf '%s\n' "$sums" >"$output/SHA256SUMS"
sse_say "Version $version of $date:"
cat "$output/SHA256SUMS"
