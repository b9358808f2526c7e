#!/usr/bin/env bash
# packages.sh
# Makes the packages in a folder of each Debian that has a Wireshark which the
# plugin is written for, looks them over, and installs the .deb in a fresh folder
# as its only change: it must work for users and for root, and go without a
# trace.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ends with 77 where this computer cannot make such folders, with 1 where
# something is wrong.

set -eu -o pipefail
# shellcheck source=tests/lib/folder.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/folder.sh"

usage()
{
    sse_say "usage: tests/packages.sh [DEBIAN...]"
    sse_say "  DEBIAN    ${SSE_DEBIANS[*]} (default: all of them)"
    sse_say "Environment: SSE_BUILD_DIR, the build folder (default: build/ in the checkout);"
    sse_say "             the packages are left in packages/DEBIAN/ there"
    sse_say "             SSE_FOLDERS, SSE_DEBIAN_MIRROR: as tests/matrix.sh --help says"
}

case ${1:-} in
    --help|-h) usage; exit 0 ;;
    -*) usage; exit 2 ;;
esac
debians=("$@")
[ ${#debians[@]} -gt 0 ] || debians=("${SSE_DEBIANS[@]}")

sse_folder_possible || exit 77

# check WHAT COMMAND...: counts, and says what fails.
passed=0
failed=0
check()
{
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        sse_say "FAILED: $debian: $what"
    fi
}

same()
{
    [ "$1" = "$2" ] || { diff <(printf '%s\n' "$1") <(printf '%s\n' "$2") >&2; return 1; }
}

# What is installed in a folder: every file but those of apt's and dpkg's own
# bookkeeping.
snapshot()
{
    (cd "$1" && find . \( -path ./proc -o -path ./tmp -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/apt \
        -o -path ./var/lib/dpkg \) -prune -o -printf '%p %y %l\n' | LC_ALL=C sort)
}

# tshark in a folder, as nobody or as root.
as()
{
    local who=$1 folder=$2
    shift 2
    if [ "$who" = root ]; then
        sse_folder_run "$folder" "$@"
    else
        sse_folder_run "$folder" setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    fi
}

# The .so and the manual page are where they belong, and no less is packed than
# cmake --install installs.
check_contents()
{
    local folder=$1 debfiles rpmfiles installed plugins
    plugins=$(sse_folder_run "$folder" tshark -G folders 2>/dev/null | sed -n 's/^Global Plugins:[[:space:]]*//p')
    [ -n "$plugins" ] || plugins=$(sse_folder_run "$folder" pkg-config --variable=plugindir wireshark)
    # Without what only one of the two kinds has, nor how a page is compressed.
    debfiles=$(sse_folder_run "$folder" bash -c 'dpkg-deb --fsys-tarfile /packages/*.deb | tar -t' | sed 's/^\.//' \
        | grep -v -e '/$' -e ^/usr/share/doc/ -e ^/usr/share/doc-base/ | sed 's/\.gz$//' | LC_ALL=C sort)
    rpmfiles=$(sse_folder_run "$folder" bash -c 'rpm -qpl /packages/*.rpm' \
        | grep -v -e ^/usr/share/doc/ -e ^/usr/share/licenses/ | sed 's/\.gz$//' | LC_ALL=C sort)
    # shellcheck disable=SC2016 # the shell in there expands it
    installed=$(sse_folder_run "$folder" bash -c 'rm -rf /build-install /installed; cmake -S /source -B /build-install >/dev/null \
        && cmake --build /build-install --parallel "$(nproc)" >/dev/null && DESTDIR=/installed cmake --install /build-install >/dev/null \
        && cd /installed && find . ! -type d' | sed 's/^\.//' | grep -v ^/usr/share/doc/ | LC_ALL=C sort)
    check "the .deb has what cmake --install installs" same "$installed" "$debfiles"
    check "the .rpm has what cmake --install installs" same "$installed" "$rpmfiles"
    check "the plugin is in this Wireshark's folder" grep -qxF "$plugins/epan/sseroaming.so" <<<"$debfiles"
    check "the reader of logs is, too" grep -qxF "$plugins/wiretap/sseroaming-log.so" <<<"$debfiles"
    check "the manual page is there" grep -qxF /usr/share/man/man7/sseroaming.7 <<<"$debfiles"
}

# The packages ask for the libwireshark that the plugin was linked with.
check_requirements()
{
    local folder=$1 library package
    library=$(sse_folder_run "$folder" bash -c 'objdump -p /build-install/plugins/*/epan/sseroaming.so' \
        | sed -n 's/^ *NEEDED *\(libwireshark\.so\.[0-9]*\)$/\1/p')
    package=libwireshark${library##*.}
    check "the .deb depends on $package" grep -q "\b$package\b" \
        <<<"$(sse_folder_run "$folder" bash -c 'dpkg-deb -f /packages/*.deb Depends')"
    check "the .rpm requires $library" grep -q "^$library()" \
        <<<"$(sse_folder_run "$folder" bash -c 'rpm -qp --requires /packages/*.rpm')"
}

# Installed as its only change, used, removed.
check_installed()
{
    local folder=$1 deb=$2 version=$3 before after who capture said
    before=$(snapshot "$folder")
    mkdir -p "$folder/tmp/try"
    cp "$deb" "$top"/tests/captures/article-*.pcapng "$folder/tmp/try/"
    chmod -R a+rX "$folder/tmp/try"
    said=$(sse_folder_run "$folder" bash -c 'apt-get -s --no-install-recommends install /tmp/try/*.deb' | grep -c ^Inst) || true
    check "installing it installs nothing else" same 1 "$said"
    check "it installs" sse_folder_run "$folder" bash -c 'apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 \
        install /tmp/try/*.deb >/tmp/try/install.log 2>&1 || { cat /tmp/try/install.log; exit 1; }'
    for who in nobody root; do
        said=$(as "$who" "$folder" tshark -G plugins 2>/dev/null | awk '$1 == "sseroaming.so" { print $2 }')
        check "tshark as $who has the plugin" same "$version" "$said"
        for capture in article-dns article-swg; do
            said=$(as "$who" "$folder" tshark -q -r "/tmp/try/$capture.pcapng" -z sseroaming 2>/dev/null) || true
            check "the report of $capture as $who" same "$(cat "$top/tests/golden/$capture.txt")" "$said"
        done
    done
    said=$(as nobody "$folder" tshark -q -r /tmp/try/article-dns.pcapng -z sseroaming,json 2>/dev/null) || true
    check "the JSON names the version" grep -q "\"plugin\":\"$version\"" <<<"$said"
    check "the manual page names the version" grep -Eq '^\.TH "?SSEROAMING"? "?7"? .*"SSE Roaming '"${version//./\\.}"'"'  \
        <<<"$(gzip -dc "$folder/usr/share/man/man7/sseroaming.7.gz" 2>/dev/null)"
    check "the manual as HTML is there" test -s "$folder/usr/share/doc/sseroaming-wireshark/html/index.html"
    check "it can be removed" sse_folder_run "$folder" dpkg --purge sseroaming-wireshark >/dev/null
    after=$(snapshot "$folder")
    check "it leaves nothing behind" same "$before" "$after"
    said=$(as nobody "$folder" tshark -G plugins 2>/dev/null | grep -c sseroaming) || true
    check "tshark is without it again" same 0 "$said"
}

version=$(sed -n 's/^project(sseroaming VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
done_any=
table=()
archive=
for debian in "${debians[@]}"; do
    began=$SECONDS
    made=0
    folder=$(sse_folder_with "$debian" build "${SSE_FOLDER_CONTENTS[@]}") || made=$?
    [ "$made" -ne 0 ] || fresh=$(sse_folder_with "$debian" tshark tshark) || made=$?
    if [ "$made" -eq 77 ]; then
        table+=("$debian|skipped: no folder|-")
        continue
    fi
    done_any=yes
    if [ "$made" -ne 0 ]; then
        failed=$((failed + 1))
        table+=("$debian|FAILED: packages of Debian|-")
        continue
    fi
    sse_folder_source "$top" "$folder" source
    rm -rf "$folder/packages"
    ok=yes
    for kind in source deb rpm; do
        sse_say "$debian: $kind"
        if sse_folder_run "$folder" /source/packaging/package.sh "$kind" /packages >"$folder.$kind.log" 2>&1; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            ok=
            sse_say "FAILED: $debian: package.sh $kind; the end of $folder.$kind.log:"
            tail -n 30 "$folder.$kind.log" >&2
        fi
    done
    if [ -z "$ok" ]; then
        table+=("$debian|FAILED: a package was not made|$((SECONDS - began)) s")
        continue
    fi
    rm -rf "$build/packages/$debian"
    mkdir -p "$build/packages/$debian"
    cp "$folder"/packages/* "$build/packages/$debian/"
    sum=$(sha256sum <"$build/packages/$debian/sseroaming-$version.tar.gz")
    [ -z "$archive" ] || check "the source archive is the same everywhere" same "$archive" "$sum"
    archive=$sum

    sse_say "$debian: lintian, contents, requirements"
    check "lintian is content" sse_folder_run "$folder" bash -c \
        'lintian --allow-root --pedantic -I --fail-on error,warning,info,pedantic /packages/*.deb >&2'
    check_contents "$folder"
    check_requirements "$folder"
    sse_say "$debian: installed in a fresh folder"
    sse_folder_copy "$fresh" "$SSE_FOLDERS/$debian.try"
    check_installed "$SSE_FOLDERS/$debian.try" "$(find "$build/packages/$debian" -name '*.deb')" "$version"
    rm -rf "$SSE_FOLDERS/$debian.try"
    table+=("$debian|$(cd "$build/packages/$debian" && echo *.deb *.rpm)|$((SECONDS - began)) s")
done

echo
{
    echo "Debian|packages|time"
    printf '%s\n' "${table[@]}"
} | awk -F'|' '{ printf "%-9s %-90s %s\n", $1, $2, $3 }'
[ -n "$done_any" ] || exit 77
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
