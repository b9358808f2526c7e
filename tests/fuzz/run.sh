#!/usr/bin/env bash
# run.sh
# Builds the fuzz targets with clang, AddressSanitizer and
# UndefinedBehaviorSanitizer, makes their seeds from the captures, and runs
# each for a fixed number of executions.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later

set -eu -o pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
here=$top/tests/fuzz
build=${SSE_FUZZ_DIR:-$top/build/fuzz}
# shellcheck source=packaging/lib.sh
. "$top/packaging/lib.sh"

targets=(dns dnscrypt http log preferences wire verdict)
# A minute or two in all. The verdict prints its reports in one of 64 executions;
# its inputs are shorter.
declare -A runs=([dns]=1000000 [dnscrypt]=200000 [http]=500000 [log]=200000 [preferences]=100000 [wire]=300000 [verdict]=50000)

usage()
{
    sse_say "usage: tests/fuzz/run.sh [--times N | --seconds N] [TARGET...]"
    sse_say "libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer (installs clang), one target on each processor;"
    sse_say "without options a minute or two in all."
    sse_say "  --times N    N times the usual number of executions"
    sse_say "  --seconds N  each target for N seconds instead (a long run: 28800, on an idle computer)"
    sse_say "Targets: ${targets[*]}. Environment: SSE_FUZZ_DIR, the build folder (default: build/fuzz)."
    sse_say "What breaks a target is left in SSE_FUZZ_DIR/crashes; corpora grow in SSE_FUZZ_DIR/corpus."
}

times=1 seconds=
while [ $# -gt 0 ]; do
    case $1 in
        --help|-h) usage; exit 0 ;;
        --times|--seconds)
            case ${2:-} in
                ''|0*|*[!0-9]*) sse_say "$1 takes a number"; exit 2 ;;
            esac
            if [ "$1" = --times ]; then times=$2; else seconds=$2; fi
            shift 2 ;;
        -*) usage; exit 2 ;;
        *) break ;;
    esac
done
[ $# -eq 0 ] || targets=("$@")
for target in "${targets[@]}"; do
    if [ -z "${runs[$target]:-}" ]; then
        sse_say "no such target: $target"
        usage
        exit 2
    fi
done

sse_install "${SSE_BUILD_PACKAGES[@]}" clang libclang-rt-14-dev libcmocka-dev python3
sse_say "Building in $build"
cmake -S "$top" -B "$build" -DCMAKE_C_COMPILER=clang -DSSE_BUILD_TESTS=ON -DSSE_BUILD_FUZZERS=ON -DSSE_WERROR=ON >&2
cmake --build "$build" --parallel "$(nproc)" --target "${targets[@]/#/fuzz_}" >&2

/usr/bin/python3 -B "$here/make_corpus.py" "$build/seeds"
# libwireshark keeps what it allocates once; of ours every leak counts.
# The caller of an allocation is enough to find it: replay_* tells the rest.
export ASAN_OPTIONS=abort_on_error=0:allocator_may_return_null=0:malloc_context_size=1:quarantine_size_mb=4 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
mkdir -p "$build/crashes"

run()
{
    local target=$1 corpus=$build/corpus/$1 log=$build/$1.log length=8192 limit program
    mkdir -p "$corpus" "$here/regressions/$target"
    [ "$target" != verdict ] || length=512
    limit=(-runs=$((${runs[$target]} * times)))
    [ -z "$seconds" ] || limit=(-max_total_time="$seconds")
    program=$(find "$build/tests/fuzz" -name "fuzz_$target" -type f)
    if "$program" "${limit[@]}" -seed=1 -timeout=10 -rss_limit_mb=1024 -max_len="$length" -entropic=0 -reload=0 -print_final_stats=1 \
            -artifact_prefix="$build/crashes/$target-" "$corpus" "$build/seeds/$target" "$here/regressions/$target" \
            >"$log" 2>&1; then
        sse_say "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions, $(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1) edges, nothing broke"
    else
        sse_say "$target: BROKEN, see $log"
        grep -E "ERROR|runtime error|broken promise|Test unit written" "$log" >&2 || tail -5 "$log" >&2
        return 1
    fi
}

failed=0 running=0
for target in "${targets[@]}"; do
    # One for each processor.
    if [ "$running" -ge "$(nproc)" ]; then
        wait -n || failed=1
        running=$((running - 1))
    fi
    run "$target" &
    running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
    wait -n || failed=1
    running=$((running - 1))
done
exit "$failed"
