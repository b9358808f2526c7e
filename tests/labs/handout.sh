#!/usr/bin/env bash
# handout.sh
# Makes what an instructor gives out and what stays with him, from the labs as
# they are here: student/ with tickets, questions and captures under neutral names
# and without comments, trainer/ with the worked answers and a score sheet.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later

set -eu -o pipefail
labs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

case ${1:-} in
    ''|-*)
        printf '%s\n' "usage: tests/labs/handout.sh FOLDER [LAB...]" \
            "  FOLDER    gets student/ and trainer/; it must be new or empty" \
            "  LAB       names or numbers of labs (default: all): 03, 12-haystack" >&2
        [ "${1:-}" = --help ] || exit 2
        exit 0 ;;
esac
output=$1
shift
command -v editcap >/dev/null || { echo "error: editcap is not installed" >&2; exit 1; }
mkdir -p "$output"
[ -z "$(ls -A "$output")" ] || { echo "error: $output is not empty" >&2; exit 1; }
output=$(cd "$output" && pwd -P)
mkdir "$output/student" "$output/trainer"

chosen=()
for folder in "$labs"/[0-9]*/; do
    name=$(basename "$folder")
    if [ $# -eq 0 ]; then
        chosen+=("$name")
    fi
    for wanted in "$@"; do
        [ "$wanted" != "$name" ] && [ "$wanted" != "${name%%-*}" ] || chosen+=("$name")
    done
done
[ ${#chosen[@]} -gt 0 ] || { echo "error: no such lab: $*" >&2; exit 1; }

score=$output/trainer/score.md
{
    echo "# Score sheet"
    echo
    echo "Points for each answer: **frame** 1, the right frame number; **filter** 1, a filter that finds it;"
    echo "**likely** 1, a likelihood that is called one and a proof that is called one. A sentence of *What not to advise*"
    echo "in the answer takes 2 away."
} >"$score"

for name in "${chosen[@]}"; do
    number=${name%%-*}
    lab=$labs/$name/README.md
    student=$output/student/lab-$number
    mkdir "$student"
    cp "$lab" "$output/trainer/$name.md"
    cp "$labs/$name/expected.json" "$output/trainer/$name.json"
    # Up to the hints, without links and comments; the title and what one learns would tell the answer. Captures get the
    # lab's number and a letter.
    {
        printf '# Lab %s\n\n' "$((10#$number))"
        sed -n '3s/^\([A-Z][a-z ]*\. [0-9]* minutes\.\).*/\1/p' "$lab"
        echo
        sed -e '1,/^## Ticket$/{/^## Ticket$/!d}' -e '/^## Hints$/,$d' -e 's/<!--[^>]*-->//g' "$lab"
    } >"$student/ticket.md"
    letter=a
    : >"$student/.names"
    while read -r path; do
        # One file may stand there several times.
        ! grep -qF "$path " "$student/.names" || continue
        neutral=lab-$number$letter
        letter=$(tr 'a-y' 'b-z' <<<"$letter")
        if [ "$path" = haystack.pcapng ]; then
            "$labs/make_haystack.py" "$student/$neutral.pcapng"
        else
            cp "$labs/$name/$path" "$student/$neutral.pcapng"
        fi
        # The comment of the file names the scenario. Comments of packets are there in the article's captures alone, and say
        # which frame of the article each is.
        editcap --discard-capture-comment "$student/$neutral.pcapng" "$student/$neutral.tmp"
        mv "$student/$neutral.tmp" "$student/$neutral.pcapng"
        printf '%s %s\n' "$path" "$neutral.pcapng" >>"$student/.names"
    done < <(sed -n 's/^\$ PCAP=//p' "$lab")
    while read -r path neutral; do
        base=$(basename "$path")
        sed -i -e "s|\[[^]]*\]([^)]*/${base//./\\.})|$neutral|g" -e "s|[./a-z]*\b${base//./\\.}|$neutral|g" "$student/ticket.md"
        sed -i "s|\b${base%.pcapng}\b|${neutral%.pcapng}|g" "$student/ticket.md"
    done <"$student/.names"
    # The client's own logs are part of the ticket.
    { sed '/^## Hints$/,$d' "$lab" | grep -oE '\]\([^)]*\.txt\)' || true; } | sed 's/^..//; s/)$//' | while read -r path; do
        cp "$labs/$name/$path" "$student/"
    done
    # What is left of links leads nowhere from here; how the capture came to be tells the answer.
    sed -i -e 's/\[\([^]]*\)\]([^)]*)/\1/g' -e '/make_haystack\.py/d' "$student/ticket.md"
    rm "$student/.names"
    {
        echo
        echo "## $(sed -n '1s/^# //p' "$lab")"
        echo
        echo "| question | frame | filter | likely | lost |"
        echo "|---|---|---|---|---|"
        sed -n '/^## Questions$/,/^## Hints$/s/^\([0-9]*\)\. .*/| \1 |   |   |   |   |/p' "$lab"
        echo "| sum, of $((3 * $(sed -n '/^## Questions$/,/^## Hints$/s/^[0-9]*\. /&/p' "$lab" | wc -l))) |   |   |   |   |"
        echo
        echo "Frames and counts of the worked answer, in its order:"
        echo
        # shellcheck disable=SC2016 # backquotes of Markdown
        { grep -oP '[0-9]+<!-- (first|last|count).*?-->' "$lab" || true; } \
            | LC_ALL=C sed -E 's/^([0-9]+)<!-- (first|last|count)( in [^:]*:)? (.*) -->$/- \2\3 `\4`: **\1**/'
    } >>"$score"
done
printf '%s\n' "$output/student" "$output/trainer"
