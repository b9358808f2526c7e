#!/usr/bin/env bash
# untouched.sh
# check_untouched.py over the test captures of Wireshark's source package.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: tests/untouched.sh PYTHON BUILD
# Ends with 77 where there is no source to be had (wireshark_source.sh).

set -eu -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
source=$("$here/wireshark_source.sh")
exec "$1" -B "$here/check_untouched.py" --build "$2" "$source/test/captures"
