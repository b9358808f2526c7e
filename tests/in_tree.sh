#!/usr/bin/env bash
# in_tree.sh
# Builds the plugin inside Wireshark's source tree (packaging/in-tree/), in the
# version that is installed, as far as configuring and compiling our own files.
# Linking it needs all of libwireshark: an hour of compiling, by hand.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ends with 77 where Wireshark's source package is not to be had.

set -eu -o pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=${SSE_BUILD_DIR:-$top/build}
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

source=$("$top/tests/wireshark_source.sh") || exit $?
tree=$build/in-tree
rm -rf "$tree"
mkdir -p "$tree/plugins/epan/sseroaming"
# Wireshark's tree, by links; what is added is added beside them.
find "$source" -mindepth 1 -maxdepth 1 ! -name plugins -exec ln -s {} "$tree/" \;
find "$source/plugins" -mindepth 1 -maxdepth 1 ! -name epan -exec ln -s {} "$tree/plugins/" \;
find "$source/plugins/epan" -mindepth 1 -maxdepth 1 -exec ln -s {} "$tree/plugins/epan/" \;
sse_source_files "$top" | tar -C "$top" --no-recursion --null --files-from=- -cf - | tar -C "$tree/plugins/epan/sseroaming" -xf -
cp "$top/packaging/in-tree/CMakeListsCustom.txt" "$tree/"

# No program and no optional library is wanted: only what libwireshark's headers need.
programs=()
for program in wireshark tshark rawshark dumpcap text2pcap mergecap reordercap editcap capinfos captype randpkt dftest \
    corbaidl2wrs dcerpcidl2wrs xxx2deb androiddump sshdump ciscodump dpauxmon randpktdump wifidump sdjournal sharkd mmdbresolve \
    udpdump fuzzshark logray tfshark stratoshark strato falcodump etwdump; do
    programs+=("-DBUILD_$program=OFF")
done
# Wireshark's version script writes its header into the current folder.
(cd "$tree" && cmake -S . -B build -Wno-dev "${programs[@]}" -DENABLE_WERROR=ON -DENABLE_PCAP=OFF >configure.log 2>&1) \
    || { tail -n 30 "$tree/configure.log" >&2; sse_fail "Wireshark's tree with the plugin could not be configured"; exit 1; }
# The rules that make only our objects are in the plugins' own makefiles.
count=0
for plugin in sseroaming sseroaming-log; do
    rules=plugins/epan/sseroaming/packaging/in-tree/CMakeFiles/$plugin.dir/build.make
    [ -e "$tree/build/$rules" ] || { sse_fail "Wireshark's build does not know the plugin $plugin"; exit 1; }
    mapfile -t wanted < <(cd "$tree/build" && sed -n 's/^\(plugins[^:]*\.c\.o\): .*/\1/p' "$rules" | sort -u)
    [ ${#wanted[@]} -gt 0 ] || { sse_fail "no objects of the plugin $plugin in Wireshark's build"; exit 1; }
    make -C "$tree/build" -f "$rules" --jobs "$(nproc)" "${wanted[@]}" >"$tree/compile.log" 2>&1 \
        || { tail -n 40 "$tree/compile.log" >&2; sse_fail "the plugin $plugin does not compile in Wireshark's tree"; exit 1; }
    count=$((count + ${#wanted[@]}))
done
echo "$count objects compiled in the tree of $(basename "$source")"
