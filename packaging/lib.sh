# shellcheck shell=bash
# lib.sh
# What the project's shell scripts share: installing what is missing, and
# running Wireshark's programs with the plugin of a build folder.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Source it from bash with `set -eu`.

# What is needed to build, as Debian and Ubuntu call it. wireshark-dev has the
# CMake package in Debian 12, libwireshark-dev the headers.
# shellcheck disable=SC2034
SSE_BUILD_PACKAGES=(cmake make gcc libc6-dev pkg-config libglib2.0-dev libwireshark-dev wireshark-dev tshark)
# What the tests need more.
# shellcheck disable=SC2034
SSE_TEST_PACKAGES=(clang libcmocka-dev libsodium-dev python3 wireshark-common binutils shellcheck parallel jq pandoc unzip)

# What the lab needs that records captures (tests/lab/).
# shellcheck disable=SC2034
SSE_LAB_PACKAGES=(nftables iproute2 procps util-linux tcpdump dnsdist dnsmasq-base tinyproxy nginx-light openssl tayga libsodium23
                  traceroute tcptraceroute squid)

# What the pictures of the real Wireshark need (screenshots/), and what presses its buttons
# (tests/test_window.py).
# shellcheck disable=SC2034
SSE_SCREEN_PACKAGES=(wireshark xvfb openbox xdotool imagemagick fonts-dejavu-core xclip dbus-daemon at-spi2-core python3-gi
                     gir1.2-atspi-2.0)

# What shows the evidence page (tests/test_page.py).
# shellcheck disable=SC2034
SSE_BROWSER_PACKAGES=(chromium fonts-dejavu-core)

# What packages are made with (packaging/package.sh).
# shellcheck disable=SC2034
SSE_DEB_PACKAGES=(dpkg-dev debhelper fakeroot pandoc)
# shellcheck disable=SC2034
SSE_RPM_PACKAGES=(rpm pandoc)

# What the checks of the source need (tests/check_source.py, tests/in_tree.sh):
# tools, and what Wireshark's own build asks for. C++ is for that alone.
# shellcheck disable=SC2034
SSE_CHECK_PACKAGES=(clang-tidy cppcheck perl dpkg-dev g++ flex libc-ares-dev libgcrypt20-dev libpcre2-dev libspeexdsp-dev)

sse_say()
{
    printf '%s\n' "$*" >&2
}

sse_fail()
{
    printf 'error: %s\n' "$*" >&2
    return 1
}

# How long to wait for another program that uses apt, in seconds: a fresh machine
# updates itself at its first start, and that takes minutes.
SSE_APT_WAIT=${SSE_APT_WAIT:-900}

# sse_apt COMMAND...: runs a command that is, or starts, an apt-get with LC_ALL=C,
# and again while another process holds one of apt's locks. Of apt's own
# DPkg::Lock::Timeout its locks of lists and of archives know nothing (apt 2.6).
# What the command says on standard output goes to standard error.
sse_apt()
{
    local said status told='' until=$((SECONDS + SSE_APT_WAIT))
    while :; do
        status=0
        said=$("$@" 3>&1 1>&2 2>&3 3>&-) || status=$?
        if [ "$status" -eq 0 ] || [ "$SECONDS" -ge "$until" ] || ! grep -Eq '^E(rror)?: Could not get lock ' <<<"$said"; then
            [ -z "$said" ] || printf '%s\n' "$said" >&2
            return "$status"
        fi
        [ -n "$told" ] || sse_say "Waiting for another program that installs:" \
            "$(sed -nE 's/^E(rror)?: Could not get lock //p' <<<"$said" | head -n 1)"
        told=yes
        sleep 2
    done
}

# sse_install PACKAGE...: installs those that are missing, as root or with sudo.
sse_install()
{
    local missing=() package as_root=()
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        sse_say "Not a Debian system: make sure that you have what these packages hold: $*"
        return 0
    fi
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        sse_say "All packages are here, nothing to install."
        return 0
    fi
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { sse_fail "missing: ${missing[*]}. Install them as root, or install sudo."; return 1; }
        as_root=(sudo)
    fi
    sse_say "Installing: ${missing[*]}"
    # wireshark-common asks who may capture packets: take its default.
    as_root+=(env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qq)
    if ! sse_apt "${as_root[@]}" update \
        || ! sse_apt "${as_root[@]}" -y --no-install-recommends -o Dpkg::Use-Pty=0 install "${missing[@]}"; then
        sse_fail "could not install: ${missing[*]}"
        return 1
    fi
}

# sse_build SOURCE BUILD [CMAKE OPTION...]: configures and builds.
sse_build()
{
    local source=$1 build=$2
    shift 2
    # A build folder that another checkout left behind cannot be used again.
    if [ -f "$build/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$source" "$build/CMakeCache.txt"; then
        sse_say "$build was made for another source folder: starting it anew."
        rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles"
    fi
    sse_say "Building in $build"
    cmake -S "$source" -B "$build" "$@" >&2 && cmake --build "$build" --parallel "$(nproc)" >&2
}

# sse_source_files TOP: the files of the checkout as it is now, or of an unpacked
# archive, one path after the other with a zero byte behind each.
sse_source_files()
{
    local top=$1 file
    if [ -e "$top/.git" ] && command -v git >/dev/null; then
        # Another user's checkout is no danger to git here: it lists, no more.
        git -c safe.directory='*' -C "$top" ls-files -z --cached --others --exclude-standard
    else
        (cd "$top" && find . -path './build*' -type d -prune -o -name __pycache__ -prune -o ! -type d -printf '%P\0')
    fi | while IFS= read -r -d '' file; do
        [ ! -e "$top/$file" ] || printf '%s\0' "$file"
    done
}

# sse_version BUILD: the plugin's version, as configured.
sse_version()
{
    sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$1/CMakeCache.txt"
}

# sse_run STAGE PROGRAM ARGUMENT...: runs a program of Wireshark with the
# plugins in STAGE/plugins and no preferences. As root Wireshark ignores
# WIRESHARK_PLUGIN_DIR without a word, so root becomes another user; what the
# program reads must be readable for all.
sse_run()
{
    local stage=$1 as_other=()
    shift
    [ "$(id -u)" -ne 0 ] || as_other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    # A plugin with a sanitizer needs its runtime (tests/sanitize.sh).
    [ -z "${SSE_TEST_PRELOAD:-}" ] || set -- env LD_PRELOAD="$SSE_TEST_PRELOAD" WIRESHARK_EXTCAP_DIR="$stage/config" "$@"
    "${as_other[@]}" env HOME="$stage/config" XDG_CONFIG_HOME="$stage/config" WIRESHARK_CONFIG_DIR="$stage/config" \
        WIRESHARK_PLUGIN_DIR="$stage/plugins" "$@"
}

# sse_stage BUILD STAGE: copies the built plugin to a folder that every user
# can read, whoever owns the checkout.
sse_stage()
{
    local build=$1 stage=$2
    [ -n "$(find "$build/plugins" -name sseroaming.so 2>/dev/null)" ] \
        || { sse_fail "no sseroaming.so under $build/plugins: build it first"; return 1; }
    mkdir -p "$stage/config"
    cp -R "$build/plugins" "$stage/"
    chmod -R a+rX "$stage"
}

# sse_check_loaded STAGE VERSION: fails unless tshark lists the plugin in this
# version. tshark itself skips a plugin that does not fit and ends with success.
sse_check_loaded()
{
    local stage=$1 wanted=$2 listed said found
    command -v tshark >/dev/null || { sse_fail "tshark is not installed"; return 1; }
    said=$(sse_run "$stage" tshark -G plugins 2>&1) || true
    listed=$(printf '%s\n' "$said" | awk '$1 == "sseroaming.so" { print $2 }')
    if [ -z "$listed" ]; then
        found=$(cd "$stage/plugins" 2>/dev/null && find . -name sseroaming.so | sed 's|^\./||')
        printf '%s\n' "$said" | grep -i sseroaming >&2 || true
        sse_say "A plugin's folder is named after the version of Wireshark that it was built for; tshark skips any other." \
            "Build it again on this machine."
        sse_fail "$(tshark -v 2>/dev/null | sed -n '1s/ (Git.*//p') did not load the SSE Roaming plugin. It is at: ${found:-nowhere}"
        return 1
    fi
    [ "$listed" = "$wanted" ] || { sse_fail "tshark loaded SSE Roaming $listed, expected $wanted"; return 1; }
}
