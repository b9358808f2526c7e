#!/usr/bin/env bash
# build.sh
# Builds tshark, sharkd, mergecap, editcap and capinfos of Wireshark 4.0 for
# Windows, whole, with Debian's mingw-w64 (UCRT). Runs inside the folder that
# tests/wine.sh makes; what Debian has no mingw package of is built from Debian's
# sources (pcre2, glib) or stands here as a stub (c-ares, libintl: names are not
# looked up and messages not translated in tests).
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: build.sh SOURCES WORK PROGRAM [JOBS]
#   SOURCES   has the folders wireshark, glib, pcre2
#   WORK      where it builds; what is done there is not done again
#   PROGRAM   gets tshark.exe and all that it needs

set -eu -o pipefail
sources=$1 work=$2 program=$3 jobs=${4:-$(nproc)}
prefix=$work/prefix
triplet=x86_64-w64-mingw32ucrt
debian=/usr/x86_64-w64-mingw32
mkdir -p "$work" "$prefix/include" "$prefix/lib/pkgconfig"

# once NAME COMMAND...: a step that was done is not done again.
once()
{
    local name=$1
    shift
    [ ! -e "$work/$name.done" ] || return 0
    echo "$name"
    # Not as a condition: a step ends at the first command that fails.
    set +e
    (set -e; "$@") >"$work/$name.log" 2>&1
    status=$?
    set -e
    [ "$status" -eq 0 ] || { tail -n 30 "$work/$name.log" >&2; echo "$name failed" >&2; exit 1; }
    touch "$work/$name.done"
}

toolchain()
{
    cat >"$work/toolchain.cmake" <<EOF
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR AMD64)
set(CMAKE_C_COMPILER $triplet-gcc)
set(CMAKE_CXX_COMPILER $triplet-g++)
set(CMAKE_RC_COMPILER $triplet-windres)
set(CMAKE_FIND_ROOT_PATH $prefix $debian)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
EOF
}

stubs()
{
    # Headers that Windows' own kit spells otherwise.
    echo '#include <windows.h>' >"$prefix/include/Windows.h"
    echo '#include <ws2tcpip.h>' >"$prefix/include/Ws2tcpip.h"
    echo '#include <versionhelpers.h>' >"$prefix/include/VersionHelpers.h"

    cat >"$prefix/include/libintl.h" <<'EOF'
#ifndef STUB_LIBINTL_H
#define STUB_LIBINTL_H
#include <locale.h>
#ifndef LC_MESSAGES
#define LC_MESSAGES 1729
#endif
char *gettext(const char *text);
char *dgettext(const char *domain, const char *text);
char *dcgettext(const char *domain, const char *text, int category);
char *ngettext(const char *one, const char *many, unsigned long n);
char *dngettext(const char *domain, const char *one, const char *many, unsigned long n);
char *textdomain(const char *domain);
char *bindtextdomain(const char *domain, const char *folder);
char *bind_textdomain_codeset(const char *domain, const char *codeset);
#endif
EOF
    cat >"$work/intl.c" <<'EOF'
#include <libintl.h>
char *gettext(const char *text) { return (char *)text; }
char *dgettext(const char *domain, const char *text) { (void)domain; return (char *)text; }
char *dcgettext(const char *domain, const char *text, int category) { (void)domain; (void)category; return (char *)text; }
char *ngettext(const char *one, const char *many, unsigned long n) { return (char *)(n == 1 ? one : many); }
char *dngettext(const char *domain, const char *one, const char *many, unsigned long n) { (void)domain; return ngettext(one, many, n); }
char *textdomain(const char *domain) { return (char *)domain; }
char *bindtextdomain(const char *domain, const char *folder) { (void)domain; return (char *)folder; }
char *bind_textdomain_codeset(const char *domain, const char *codeset) { (void)domain; return (char *)codeset; }
EOF
    # What Wireshark calls of c-ares: nobody is asked for a name.
    cat >"$prefix/include/ares_version.h" <<'EOF'
#define ARES_VERSION_STR "1.34.0"
EOF
    cat >"$prefix/include/ares.h" <<'EOF'
#ifndef STUB_ARES_H
#define STUB_ARES_H
#include <winsock2.h>
#include <ws2tcpip.h>
#define ARES_SUCCESS 0
#define ARES_LIB_INIT_ALL 1
typedef struct ares_channeldata *ares_channel;
typedef void (*ares_host_callback)(void *arg, int status, int timeouts, struct hostent *host);
struct ares_addr_port_node {
    struct ares_addr_port_node *next;
    int family;
    union { struct in_addr addr4; struct in6_addr addr6; } addr;
    int udp_port, tcp_port;
};
const char *ares_version(int *version);
int ares_library_init(int flags);
void ares_library_cleanup(void);
int ares_init(ares_channel *channel);
void ares_destroy(ares_channel channel);
void ares_cancel(ares_channel channel);
int ares_fds(ares_channel channel, fd_set *to_read, fd_set *to_write);
struct timeval *ares_timeout(ares_channel channel, struct timeval *most, struct timeval *out);
void ares_process(ares_channel channel, fd_set *to_read, fd_set *to_write);
int ares_set_servers_ports(ares_channel channel, struct ares_addr_port_node *servers);
void ares_gethostbyname(ares_channel channel, const char *name, int family, ares_host_callback called, void *arg);
void ares_gethostbyaddr(ares_channel channel, const void *addr, int length, int family, ares_host_callback called, void *arg);
#endif
EOF
    cat >"$work/cares.c" <<'EOF'
#include <ares.h>
#include <stddef.h>
const char *ares_version(int *version) { if (version) *version = 0; return "none"; }
int ares_library_init(int flags) { (void)flags; return 1; }
void ares_library_cleanup(void) { }
int ares_init(ares_channel *channel) { *channel = NULL; return 1; }
void ares_destroy(ares_channel channel) { (void)channel; }
void ares_cancel(ares_channel channel) { (void)channel; }
int ares_fds(ares_channel channel, fd_set *r, fd_set *w) { (void)channel; (void)r; (void)w; return 0; }
struct timeval *ares_timeout(ares_channel channel, struct timeval *most, struct timeval *out) { (void)channel; (void)out; return most; }
void ares_process(ares_channel channel, fd_set *r, fd_set *w) { (void)channel; (void)r; (void)w; }
int ares_set_servers_ports(ares_channel channel, struct ares_addr_port_node *servers) { (void)channel; (void)servers; return 1; }
void ares_gethostbyname(ares_channel channel, const char *name, int family, ares_host_callback called, void *arg)
{ (void)channel; (void)name; (void)family; called(arg, 1, 0, NULL); }
void ares_gethostbyaddr(ares_channel channel, const void *addr, int length, int family, ares_host_callback called, void *arg)
{ (void)channel; (void)addr; (void)length; (void)family; called(arg, 1, 0, NULL); }
EOF
    local one
    for one in intl cares; do
        "$triplet-gcc" -O1 -I"$prefix/include" -c "$work/$one.c" -o "$work/$one.o"
        rm -f "$prefix/lib/lib$one.a"
        "$triplet-ar" rcs "$prefix/lib/lib$one.a" "$work/$one.o"
    done
    # GObject is not built: nothing calls it.
    printf 'Name: libffi\nDescription: none\nVersion: 3.4.0\nLibs:\nCflags:\n' >"$prefix/lib/pkgconfig/libffi.pc"
}

pcre2()
{
    cmake -S "$sources/pcre2" -B "$work/pcre2" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$work/toolchain.cmake" \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" -DBUILD_SHARED_LIBS=OFF -DPCRE2_BUILD_PCRE2GREP=OFF \
        -DPCRE2_BUILD_TESTS=OFF
    ninja -C "$work/pcre2" -j "$jobs" install
}

glib_configure()
{
    local tree=$1 build=$2 part
    rm -rf "$tree" "$build"
    cp -R "$sources/glib" "$tree"
    # The DLLs are called as those beside the official Wireshark.
    for part in glib gmodule gthread; do
        sed -i "/^lib$part = library(/,/)/s/^  version : library_version,/  name_prefix : '', version : library_version,/" "$tree/$part/meson.build"
        grep -q "name_prefix : ''" "$tree/$part/meson.build"
    done
    cat >"$work/cross.ini" <<EOF
[binaries]
c = '$triplet-gcc'
ar = '$triplet-ar'
strip = '$triplet-strip'
windres = '$triplet-windres'
pkg-config = 'pkg-config'
[properties]
pkg_config_libdir = '$prefix/lib/pkgconfig'
needs_exe_wrapper = true
[built-in options]
c_args = ['-DPCRE2_STATIC', '-I$prefix/include']
c_link_args = ['-L$prefix/lib']
[host_machine]
system = 'windows'
cpu_family = 'x86_64'
cpu = 'x86_64'
endian = 'little'
EOF
    meson setup "$build" "$tree" --cross-file "$work/cross.ini" --prefix "$prefix" --buildtype release --wrap-mode nodownload \
        -Dtests=false -Dnls=disabled -Dintrospection=disabled -Dman-pages=disabled -Ddocumentation=false -Dlibelf=disabled
}

glib()
{
    local tree=$work/glib-source build=$work/glib part
    # What was interrupted while it compiled goes on there.
    [ -e "$build/build.ninja" ] || glib_configure "$tree" "$build"
    ninja -C "$build" -j "$jobs" glib/glib-2.0-0.dll gmodule/gmodule-2.0-0.dll gthread/gthread-2.0-0.dll
    mkdir -p "$prefix/include/glib-2.0/glib/deprecated" "$prefix/include/glib-2.0/gmodule" "$prefix/bin"
    cp "$tree"/glib/*.h "$build"/glib/*.h "$prefix/include/glib-2.0/glib/"
    cp "$tree"/glib/deprecated/*.h "$prefix/include/glib-2.0/glib/deprecated/"
    cp "$tree"/glib/glib.h "$tree"/glib/glib-object.h "$tree"/glib/glib-unix.h "$tree"/gmodule/gmodule.h "$build"/glib/glibconfig.h \
        "$prefix/include/glib-2.0/" || true
    cp "$build"/gmodule/gmodule-visibility.h "$prefix/include/glib-2.0/gmodule/"
    cp "$build"/g{lib,module,thread}/g*-2.0-0.dll "$prefix/bin/"
    for part in glib gmodule gthread; do
        cp "$build/$part/$part-2.0.dll.a" "$prefix/lib/lib$part-2.0.dll.a" 2>/dev/null || cp "$build/$part/lib$part-2.0.dll.a" "$prefix/lib/"
        printf 'Name: %s\nDescription: none\nVersion: %s\nLibs: -L%s -l%s-2.0\nCflags: -I%s\n' "$part" \
            "$(sed -n "s/^ *version: '\([0-9.]*\)',.*/\1/p" "$tree/meson.build" | head -n 1)" "$prefix/lib" "$part" \
            "$prefix/include/glib-2.0" >"$prefix/lib/pkgconfig/$part-2.0.pc"
    done
}

configure()
{
    local tree=$work/wireshark-source options=() one
    rm -rf "$tree" "$work/wireshark"
    cp -R "$sources/wireshark" "$tree"
    # lemon makes sources: it runs here, not on Windows.
    gcc -O1 -w -o "$work/lemon" "$tree/tools/lemon/lemon.c"
    # shellcheck disable=SC2016 # CMake expands it
    sed -i 's|\$<TARGET_FILE:lemon>|${SSE_LEMON}|' "$tree/cmake/modules/UseLemon.cmake"
    # What the file uses and gets through pcap's headers alone.
    sed -i '0,/^#include/s//#include <wsutil\/feature_list.h>\n#include/' "$tree/capture/capture-wpcap.c"
    for one in wireshark logray dumpcap rawshark text2pcap reordercap captype randpkt dftest androiddump sshdump ciscodump dpauxmon \
        randpktdump wifidump sdjournal mmdbresolve udpdump tfshark fuzzshark etwdump corbaidl2wrs dcerpcidl2wrs xxx2deb; do
        options+=("-DBUILD_$one=OFF")
    done
    for one in PCAP LUA GNUTLS LIBXML2 NGHTTP2 KERBEROS SBC SPANDSP BCG729 ILBC OPUS AMRNB LZ4 ZSTD BROTLI SNAPPY SMI MAXMINDDB \
        WINSPARKLE MINIZIP PLUGINS_IFDEMO AIRPCAP WERROR LTO SINSP NETLINK CAP; do
        options+=("-DENABLE_$one=OFF")
    done
    # Its build takes any mingw for MSYS2. Windows' printf() cannot be tried here.
    MSYSTEM=MINGW64 PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig" cmake -S "$tree" -B "$work/wireshark" -G Ninja -Wno-dev \
        -DCMAKE_TOOLCHAIN_FILE="$work/toolchain.cmake" -DCMAKE_BUILD_TYPE=None \
        -DCMAKE_C_FLAGS="-O0 -w -fpermissive -DPCRE2_STATIC -I$prefix/include -I$debian/include" \
        -DCMAKE_CXX_FLAGS="-O0 -w -DPCRE2_STATIC -I$prefix/include" -DCMAKE_SHARED_LINKER_FLAGS=-L"$prefix/lib" \
        -DCMAKE_EXE_LINKER_FLAGS=-L"$prefix/lib" -DHAVE_C99_VSNPRINTF_EXITCODE=0 -DSSE_LEMON="$work/lemon" -DGLIB2_INTERNAL_INCLUDE_DIR="$prefix/include/glib-2.0" \
        "${options[@]}"
}

compile()
{
    ninja -C "$work/wireshark" -j "$jobs" tshark sharkd mergecap editcap capinfos
}

# Programs, and of the DLLs those that they ask for, and so on.
collect()
{
    local one name
    rm -rf "$program"
    mkdir -p "$program"
    for one in tshark sharkd mergecap editcap capinfos; do
        cp "$work/wireshark/run/$one.exe" "$program/"
    done
    mapfile -t waiting < <(find "$program" -name '*.exe')
    while [ ${#waiting[@]} -gt 0 ]; do
        one=${waiting[0]}
        waiting=("${waiting[@]:1}")
        while read -r name; do
            [ ! -e "$program/$name" ] || continue
            found=$(find "$work/wireshark/run" "$prefix/bin" "$debian" "/usr/$triplet" "/usr/lib/gcc/$triplet" -name "$name" 2>/dev/null | head -n 1)
            [ -n "$found" ] || continue
            cp "$found" "$program/"
            waiting+=("$program/$name")
        done < <("$triplet-objdump" -p "$one" | sed -n 's/.*DLL Name: //p')
    done
    find "$program" -name '*.exe' -o -name '*.dll' | while read -r one; do "$triplet-strip" "$one"; done
    # Names of manufacturers, enterprises and services; colour rules.
    cp "$sources"/wireshark/{manuf,services,enterprises.tsv} "$sources"/wireshark/resources/share/wireshark/colorfilters "$program/"
}

once toolchain toolchain
once stubs stubs
once pcre2 pcre2
once glib glib
once configure configure
once compile compile
once collect collect
