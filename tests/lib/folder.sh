# shellcheck shell=bash
# folder.sh
# Folders that hold a small Debian of another version, made by debootstrap, and
# commands run in them. What is made is kept and used again.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Source it from bash with `set -eu`: it brings packaging/lib.sh along. Sets top, the
# checkout; build, the build folder, which is SSE_BUILD_DIR where that is set; and
# SSE_FOLDERS, where the folders are (several hundred MB each), below the build
# folder where it is not set.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
build=${SSE_BUILD_DIR:-$top/build}
SSE_FOLDERS=${SSE_FOLDERS:-$build/folders}
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

# The Debians that have the Wiresharks which the plugin is written for: 12 has
# 4.0, 13 has 4.4, testing has 4.6.
# shellcheck disable=SC2034
SSE_DEBIANS=(bookworm trixie forky)

# What is needed to make them.
# shellcheck disable=SC2034
SSE_FOLDER_PACKAGES=(debootstrap debian-archive-keyring util-linux)

# What a folder to build in holds: all that the tests and the packages need.
# shellcheck disable=SC2034
SSE_FOLDER_CONTENTS=("${SSE_BUILD_PACKAGES[@]}" "${SSE_TEST_PACKAGES[@]}" "${SSE_DEB_PACKAGES[@]}" "${SSE_RPM_PACKAGES[@]}" lintian)

# A kept folder of a Debian that changes every day is made anew after so many days.
SSE_FOLDER_DAYS=7

# sse_folder_mirror: where this computer itself gets Debian's packages from.
# Nothing, where apt does not say: then debootstrap's own default holds.
sse_folder_mirror()
{
    if [ -n "${SSE_DEBIAN_MIRROR:-}" ]; then
        printf '%s\n' "$SSE_DEBIAN_MIRROR"
        return
    fi
    # Of the archive itself, not of its security updates.
    # shellcheck disable=SC2016 # apt's own variables
    apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' 2>/dev/null \
        | awk '$2 == "Debian" { print $1; exit }'
}

# sse_folder_possible: fails, and says why, where folders cannot be made.
sse_folder_possible()
{
    if [ "$(id -u)" -ne 0 ]; then
        sse_say "skipped: folders of another Debian need root (debootstrap, chroot)"
        return 1
    fi
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        sse_say "skipped: this is no Debian system: there is no mirror to take another Debian from"
        return 1
    fi
    if ! sse_install "${SSE_FOLDER_PACKAGES[@]}" || ! command -v debootstrap >/dev/null; then
        sse_say "skipped: debootstrap is missing"
        return 1
    fi
    if ! unshare --mount --pid --fork true 2>/dev/null; then
        sse_say "skipped: no mount and process namespaces to be had here (unshare), which a folder of another Debian needs"
        return 1
    fi
}

# sse_folder_run FOLDER COMMAND...: runs a command in it as root, with proc, and
# a clean environment. The mounts are in a namespace and end with the command.
sse_folder_run()
{
    local folder=$1
    shift
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
        unshare --mount --pid --fork --kill-child --mount-proc="$folder/proc" chroot "$folder" "$@" </dev/null
}

# sse_folder_base CODENAME: makes the small Debian, if it is not there yet.
# Prints its path. @return 77 where this computer does not let it be made.
sse_folder_base()
{
    local codename=$1 base=$SSE_FOLDERS/$1.base script=() mirror
    mkdir -p "$SSE_FOLDERS"
    if [ -f "$base.made" ] && [ -n "$(find "$base.made" -mtime "-$SSE_FOLDER_DAYS")" ]; then
        printf '%s\n' "$base"
        return 0
    fi
    rm -rf "$base" "$base.made"
    mirror=$(sse_folder_mirror)
    # A debootstrap that is older than the Debian has no script for it; all of
    # the last years are the same.
    [ -e "/usr/share/debootstrap/scripts/$codename" ] || script=(sid)
    if [ ${#script[@]} -gt 0 ] && [ -z "$mirror" ]; then
        sse_say "skipped: apt does not say where this computer gets Debian from; set SSE_DEBIAN_MIRROR"
        return 77
    fi
    sse_say "Making a folder with Debian $codename: $base"
    if ! unshare --mount debootstrap --variant=minbase --include=ca-certificates \
        "$codename" "$base" ${mirror:+"$mirror"} "${script[@]}" >"$base.log" 2>&1; then
        tail -n 5 "$base.log" >&2
        sse_say "skipped: debootstrap could not make Debian $codename here (all it said: $base.log)"
        return 77
    fi
    # How this computer's apt asks its mirror, apt in there does: proxies, and
    # what it makes of a mirror that is not the newest.
    apt-config dump 2>/dev/null | grep -E '^Acquire::(https?::(Proxy|Verify)|Check-(Valid-Until|Date))' \
        >"$base/etc/apt/apt.conf.d/90host" || true
    # Nothing starts servers in there.
    printf '#!/bin/sh\nexit 101\n' >"$base/usr/sbin/policy-rc.d"
    chmod 755 "$base/usr/sbin/policy-rc.d"
    touch "$base.made"
    printf '%s\n' "$base"
}

# sse_folder_copy FOLDER COPY: a copy to change.
sse_folder_copy()
{
    rm -rf "$2"
    cp -a --reflink=auto "$1" "$2"
}

# sse_folder_install FOLDER PACKAGE...
sse_folder_install()
{
    local folder=$1
    shift
    sse_apt sse_folder_run "$folder" apt-get -qq update \
        && sse_apt sse_folder_run "$folder" apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 \
            -o Dpkg::Options::=--force-unsafe-io install "$@"
}

# sse_folder_with CODENAME NAME PACKAGE...: a copy of the small Debian with these
# packages, if it is not there yet. Prints its path.
sse_folder_with()
{
    local codename=$1 name=$2 base folder status=0
    shift 2
    folder=$SSE_FOLDERS/$codename.$name
    base=$(sse_folder_base "$codename") || return $?
    if [ -f "$folder.made" ] && [ ! "$base.made" -nt "$folder.made" ] && [ "$(cat "$folder.made")" = "$*" ]; then
        printf '%s\n' "$folder"
        return 0
    fi
    rm -f "$folder.made"
    sse_folder_copy "$base" "$folder"
    sse_say "Installing in $folder: $*"
    sse_folder_install "$folder" "$@" >"$folder.log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 20 "$folder.log" >&2
        sse_fail "could not install in $folder (all it said: $folder.log)"
        return 1
    fi
    printf '%s' "$*" >"$folder.made"
    printf '%s\n' "$folder"
}

# sse_folder_source TOP FOLDER NAME: copies the checkout, as it is now and
# without what git ignores, to /NAME in the folder, readable for all.
sse_folder_source()
{
    local top=$1 folder=$2/$3
    rm -rf "$folder"
    mkdir -p "$folder"
    sse_source_files "$top" | tar -C "$top" --no-recursion --null --files-from=- -cf - | tar -C "$folder" --no-same-owner -xf -
    chmod -R a+rX "$folder"
}
