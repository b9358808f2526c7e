#!/usr/bin/env bash
# build.sh
# Builds the plugin's DLLs for Windows and packs them: the part of
# packaging/windows.sh that runs in the folder with Debian 13.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: build.sh SDKS BUILD OUTPUT
#   SDKS    has the SDK of each version of Wireshark, or gets it from packages/
#           beside it, Debian's unpacked ones
#   BUILD   where it builds; emptied first
#   OUTPUT  where the zip goes

set -eu -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
top=$(cd "$here/../.." && pwd -P)
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"
sdks=$1 build=$2 output=$3
rm -rf "$build"
mkdir -p "$build/zip" "$output"

version=$(sed -n 's/^project(sseroaming VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
date=$(sed -n 's/^## \[[0-9.]*\] - \(.*\)/\1/p' "$top/CHANGELOG.md" | head -n 1)
wiresharks=()
for packages in "$sdks"/packages/*/; do
    packages=${packages%/}
    wireshark=${packages##*/}
    wiresharks+=("$wireshark")
    sdk=$sdks/$wireshark
    if [ ! -e "$sdk.made" ] || [ "$here/sdk.py" -nt "$sdk.made" ] || [ "$packages.made" -nt "$sdk.made" ]; then
        rm -f "$sdk.made"
        python3 "$here/sdk.py" "$packages" "$sdk"
        touch "$sdk.made"
    fi
    log=$build/$wireshark.log
    if ! PKG_CONFIG_LIBDIR=$sdk/lib/pkgconfig cmake -S "$top" -B "$build/$wireshark" -DCMAKE_TOOLCHAIN_FILE="$here/toolchain.cmake" \
        -DWireshark_DIR="$sdk" -DSSE_WERROR=ON >"$log" 2>&1 \
        || ! cmake --build "$build/$wireshark" --parallel "$(nproc)" --target sseroaming sseroaming_log >>"$log" 2>&1; then
        tail -n 40 "$log" >&2
        sse_fail "the DLLs for Wireshark $wireshark could not be built"
        exit 1
    fi
    mkdir -p "$build/zip/plugins"
    cp -R "$build/$wireshark/plugins/$wireshark" "$build/zip/plugins/"
    find "$build/zip/plugins/$wireshark" -name '*.a' -delete
    (cd "$build/zip" && python3 "$here/check_dll.py" "$sdk" "$version" \
        "plugins/$wireshark/epan/sseroaming.dll" "plugins/$wireshark/wiretap/sseroaming-log.dll")
done

# Text files as Windows has them.
crlf()
{
    sed 's/\r*$/\r/' "$1"
}
printf -v listed '%s, ' "${wiresharks[@]}"
crlf "$here/README.txt" | sed -e "s/@VERSION@/$version/" -e "s/@WIRESHARKS@/${listed%, }/" >"$build/zip/README.txt"
crlf "$top/LICENSE" >"$build/zip/LICENSE.txt"
mkdir -p "$build/zip/profiles"
cp -R "$top/packaging/profile/SSE Roaming" "$build/zip/profiles/"
zip=sseroaming-$version-windows-x64.zip
python3 "$here/zip.py" "$build/zip" "$output/$zip" "$(date -u -d "$date" +%s)"
printf '%s\n' "$output/$zip"
