#!/usr/bin/env bash
# Tries what must hold for every text on texts of chance: bash Tests/fuzz/run.sh [--minutes N | --seconds N] [--seed S]
#
# First 100,000 requests that the model pages allow: they have no error. Then whatever may come, for so long.
#
# A worker for each processor; a table at the end, which a run of 5 minutes or more without a failure writes to RESULTS.md. What
# fails is made as small as can be and stays in .build/fuzz/failures: *.input as it was found, *.least as little as fails.
# Built with optimisation and with every assertion.
set -u
cd "$(dirname "$0")/../.." || exit 2
seconds=60 results= more=()
while [ $# -gt 0 ]; do
    case $1 in
    --minutes) seconds=$(awk "BEGIN { print $2 * 60 }") ;;
    --seconds) seconds=$2 ;;
    --seed) more+=(--seed "$2") ;;
    *) echo "usage: run.sh [--minutes N | --seconds N] [--seed S]" >&2 && exit 2 ;;
    esac
    shift 2
done
awk "BEGIN { exit !($seconds >= 300) }" && results=Tests/fuzz/RESULTS.md
set -- -c release --product fuzz --scratch-path .build/fuzz -Xswiftc -assert-config -Xswiftc Debug
mkdir -p .build
swift build "$@" >.build/fuzz-build.log 2>&1 || { cat .build/fuzz-build.log; exit 1; }
exec python3 Tests/fuzz/drive.py "$(swift build "$@" --show-bin-path)/fuzz" Tests/labelled "$PWD/.build/fuzz/failures" \
    --seconds "$seconds" ${results:+--results "$results"} ${more[@]+"${more[@]}"}
