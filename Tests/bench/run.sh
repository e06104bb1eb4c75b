#!/usr/bin/env bash
# Speed and size of kling-server beside its floors and what a user would run instead.
#   bash Tests/bench/run.sh            full run, under 3 minutes; writes Tests/bench/RESULTS.md
#   bash Tests/bench/run.sh --quick    about 30 s; writes .build/bench/RESULTS.md
# Sets up what it needs in .build/bench. KLING_SERVER=PATH (and CORE_BENCH=PATH) measures that binary, builds none
# of ours and leaves the committed table alone.
set -eu
cd "$(dirname "$0")/../.."
here=Tests/bench
out=.build/bench
mkdir -p "$out"

[ "$(uname -s)" = Linux ] || { echo "bench: skipped: pinning and peak memory are read the Linux way"; exit 0; }

command_line="bash $here/run.sh${*:+ $*}"

# Floors and driver
compile() { [ "$1" -nt "$2" ] || "${@:3}" 2>"$out/compile.log" || { cat "$out/compile.log" >&2; return 1; }; }
compile "$out/drive" $here/drive.c cc -O2 -o "$out/drive" $here/drive.c
compile "$out/floor-c" $here/floor.c cc -O2 -D_GNU_SOURCE -o "$out/floor-c" $here/floor.c
floor() { compile "$out/$1" "$here/$2" swiftc -O "$here/$2" -o "$out/$1" "${@:3}" || echo "bench: $1 skipped"; }
floor floor-swift floor.swift -static-stdlib -Xlinker -s
floor floor-swift-sqlite floor.swift -static-stdlib -Xlinker -s -Xlinker --no-as-needed -lsqlite3
floor floor-swift-static floor.swift -static-executable -Xlinker -s
floor floor-foundation floor_foundation.swift

# Peers; one that cannot be had is reported as skipped
[ -x "$out/venv/bin/python" ] || python3 -m venv "$out/venv"
for package in ruff tombi orjson jsonschema-rs pygls pydantic fastjsonschema jsonschema; do
    "$out/venv/bin/pip" show -q "$package" 2>/dev/null \
        || "$out/venv/bin/pip" install -q --disable-pip-version-check "$package" || echo "bench: no $package" >&2
done
if command -v node >/dev/null && [ ! -d /usr/share/nodejs/ajv ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends node-ajv; } >/dev/null 2>&1 || true
fi

# Ours
if [ -z "${KLING_SERVER:-}" ]; then
    swift build -c release --static-swift-stdlib
    # Measured where the linker has put it, stripped: how a copy lies in the page cache changes what counts as resident.
    KLING_SERVER=.build/release/kling-server
    export BENCH_RESULTS=$here/RESULTS.md
fi
export KLING_SERVER CORE_BENCH="${CORE_BENCH:-.build/release/core-bench}"
export NODE_PATH="${NODE_PATH:+$NODE_PATH:}/usr/share/nodejs"
export KLING_JOURNAL=:memory: XDG_STATE_HOME="$PWD/$out/state" PYTHONDONTWRITEBYTECODE=1

BENCH_COMMAND="$command_line" exec "$out/venv/bin/python" $here/bench.py "$@"
