#!/usr/bin/env bash
# Sets up, builds and passes every test: bash Tests/run.sh
#
# Needs a Swift toolchain and Python 3.9 or later; on Debian and Ubuntu it installs the two system libraries that are missing, if
# it may. Writes below .build only. Ends with `N passed, N failed`, and fails when a test failed or a suite
# could not run. KLING_TEST_ONLY="swift e2e client gateway fuzz lint ruff" runs some of the suites.
set -u
cd "$(dirname "$0")/.." || exit 2
root=$PWD
exec </dev/null
export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 LC_ALL=${LC_ALL:-C.UTF-8}
unset KLING_GATEWAY KLING_SIMULATE KLING_API_KEY KLING_API_KEY_FILE KLING_JOURNAL
logs=$root/.build/test-logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0
began=$SECONDS

say() { printf '%s\n' "$*"; }

finish() {
    [ "$skipped" -eq 0 ] || say "$skipped skipped, for the reasons above"
    say "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

# What cannot be done without: said, counted as a failure, the end.
stop() {
    say "$*"
    failed=$((failed + 1))
    finish
}

wanted() { case " ${KLING_TEST_ONLY:-$1} " in *" $1 "*) true ;; *) false ;; esac; }

# Runs a command that is ended, children and all, after so many seconds.
limited() {
    python3 -c '
import os, signal, subprocess, sys
child = subprocess.Popen(sys.argv[2:], start_new_session=True)
try:
    sys.exit(child.wait(int(sys.argv[1])) & 255)
except (subprocess.TimeoutExpired, KeyboardInterrupt):
    os.killpg(child.pid, signal.SIGKILL)
    print(f"ended after {sys.argv[1]} s: it was not done", flush=True)
    sys.exit(124)
' "$@"
}

# Runs a suite with its output in a log: `suite NAME COUNTER COMMAND…`. COUNTER prints "passed failed skipped" for the log.
suite() {
    run_suite "$1" "${@:3}"
    report_suite "$1" "$2"
}

# The two halves of that, so that several may run beside each other.
run_suite() {
    local log=$logs/${1//[^A-Za-z0-9]/-}.log start=$SECONDS
    limited 800 "${@:2}" >"$log" 2>&1
    echo "$? $((SECONDS - start))" >"$log.end"
}

report_suite() {
    local name=$1 counter=$2 status took counts p f s
    local log=$logs/${name//[^A-Za-z0-9]/-}.log
    read -r status took <"$log.end"
    counts=$("$counter" "$log" "$status")
    read -r p f s <<<"${counts:-0 0 0}"
    # A suite that fails without saying what, or that ran nothing, counts as one failure.
    if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then f=1; fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$f" -gt 0 ]; then
        say "FAILED  $name (exit status $status); its output:"
        if [ "$(wc -l <"$log")" -gt 400 ]; then
            say "    [the last 400 lines of $log]"
        fi
        tail -n 400 "$log" | sed 's/^/    /'
    elif [ "$s" -gt 0 ]; then
        grep -hoE "skipped '.*'|skipped \".*\"|skipped: .*" "$log" | sort -u | sed 's/^/    /'
    fi
    say "$name: $p passed, $f failed, $s skipped, $took s"
}

count_python() {
    python3 - "$1" <<'PYTHON'
import re, sys
log = open(sys.argv[1], errors="replace").read()
ran = sum(int(n) for n in re.findall(r"^Ran (\d+) tests? in", log, re.M))
ends = re.findall(r"^(?:OK|FAILED)(?: \((.*)\))?$", log, re.M)
number = lambda word: sum(int(n) for end in ends for n in re.findall(rf"\b{word}=(\d+)", end))
bad = len(set(re.findall(r"^(?:FAIL|ERROR): (.*?)(?: \(|$)", log, re.M)))
bad = bad if number("failures") + number("errors") else 0
print(max(0, ran - bad - number("skipped")), bad, number("skipped"))
PYTHON
}

count_swift() {
    python3 - "$1" <<'PYTHON'
import re, sys
log = open(sys.argv[1], errors="replace").read()
runs = [int(n) for n in re.findall(r"Test run with (\d+) tests?.* (?:passed|failed) after", log)]
bad = len(set(re.findall(r"✘ Test (?!run with )(.*?) (?:with \d+ test cases? )?failed after", log)))
skipped = len(re.findall(r"^. Test .* skipped", log, re.M))
print(max(0, sum(runs) - bad - skipped), bad, skipped)
PYTHON
}

# One check that has no tests inside: its status is its result.
count_one() { if [ "$2" -eq 0 ]; then echo 1 0 0; else echo 0 1 0; fi; }

# Set-up

set_up() {
    command -v swift >/dev/null 2>&1 ||
        stop "No Swift toolchain: there is no 'swift' on PATH. Install Swift 6.2 or later: https://www.swift.org/install"
    local missing=
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || missing="$missing python3"
    if [ "$(uname -s)" = Linux ]; then
        [ -f /usr/include/sqlite3.h ] || missing="$missing libsqlite3-dev"
        { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -q 'libcurl\.so\.4' || missing="$missing libcurl4"
    fi
    [ -n "$missing" ] || return 0
    local as_root=
    if [ "$(id -u)" -ne 0 ]; then
        { command -v sudo && sudo -n true; } >/dev/null 2>&1 || stop "Missing:$missing. Install them and start again."
        as_root=sudo
    fi
    command -v apt-get >/dev/null 2>&1 || stop "Missing:$missing, and no apt-get to install them with."
    say "Installing$missing"
    # shellcheck disable=SC2086 # one word per package
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q $missing >"$logs/apt.log" 2>&1 ||
        { $as_root apt-get update -q && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q $missing; } \
            >>"$logs/apt.log" 2>&1 || { cat "$logs/apt.log"; stop "apt-get could not install$missing."; }
}

build() {
    local start=$SECONDS
    set -- -c release --product kling-server
    # On Linux the binary then runs on machines without Swift; macOS brings the library with the system.
    [ "$(uname -s)" != Linux ] || set -- "$@" --static-swift-stdlib
    if ! swift build "$@" >"$logs/build-release.log" 2>&1; then
        grep -E "error|warning" "$logs/build-release.log" || tail -n 100 "$logs/build-release.log"
        stop "The release build failed."
    fi
    KLING_SERVER=$(swift build "$@" --show-bin-path)/kling-server
    export KLING_SERVER
    say "release build: $((SECONDS - start)) s"
}

set_up
if [ -z "${KLING_SERVER:-}" ]; then build; fi

# Suites

if wanted swift; then
    start=$SECONDS
    if swift build --build-tests >"$logs/build-tests.log" 2>&1; then
        say "build of the Swift tests: $((SECONDS - start)) s"
        # One process for each target, so that the tests of one that computes do not starve those of another that wait.
        for target in $(sed -n 's/.*testTarget( *name: "\([^"]*\)".*/\1/p; /testTarget($/{n;s/.*name: "\([^"]*\)".*/\1/p;}' Package.swift); do
            suite "$target" count_swift swift test --skip-build --filter "^$target\\."
        done
    else
        grep -E "error|warning" "$logs/build-tests.log" || tail -n 100 "$logs/build-tests.log"
        say "The Swift tests could not be built."
        failed=$((failed + 1))
    fi
fi
python_tests=(python3 -W error::SyntaxWarning -m unittest discover -v)
python_suite() { suite "$1" count_python "${python_tests[@]}" -s "$2" -t "$2"; }
if wanted gateway; then python_suite "test gateway" Tests/gateway; fi
if wanted client; then python_suite "Python client" Tests/clients/python; fi
# For the tests of the published schemas; without it they are skipped and say so.
if wanted e2e && ! ls .build/jsonschema/lib/python3*/site-packages/jsonschema_rs >/dev/null 2>&1; then
    python3 -m venv .build/jsonschema &&
        .build/jsonschema/bin/pip install -q --disable-pip-version-check jsonschema-rs==0.60.3
fi >"$logs/jsonschema-install.log" 2>&1
# They mostly wait, so that two halves beside each other take little longer than one.
if wanted e2e; then
    end_to_end=("${python_tests[@]}" -s Tests/EndToEnd -t Tests/EndToEnd)
    run_suite "end to end, a to l" "${end_to_end[@]}" -p "test_[a-l]*.py" &
    run_suite "end to end, m to z" "${end_to_end[@]}" -p "test_[m-z]*.py" &
    wait
    report_suite "end to end, a to l" count_python
    report_suite "end to end, m to z" count_python
fi
# Ten seconds for each processor, the same inputs each time; `bash Tests/fuzz/run.sh --minutes N` is for new ones.
if wanted fuzz; then suite "fuzz" count_one bash Tests/fuzz/run.sh --seconds 10 --seed 1; fi
# Folders that come later need no line here.
for folder in Tests/*/ Tests/clients/*/; do
    folder=${folder%/}
    case $folder in Tests/gateway | Tests/clients/python | Tests/EndToEnd | Tests/bench | Tests/fuzz) continue ;; esac
    ls "$folder"/test_*.py >/dev/null 2>&1 || continue
    if wanted "${folder##*/}"; then python_suite "${folder#Tests/}" "$folder"; fi
done

if wanted lint; then
    suite "swift format" count_one \
        swift format lint --strict --parallel --configuration .swift-format -r Sources Tests Package.swift
fi
if wanted ruff; then
    ruff=$root/.build/ruff/bin/ruff
    [ -x "$ruff" ] || { python3 -m venv .build/ruff && .build/ruff/bin/pip install -q --disable-pip-version-check ruff==0.17.5; } \
        >"$logs/ruff-install.log" 2>&1
    if [ -x "$ruff" ]; then
        suite "ruff" count_one sh -c '
            "$1" check --no-cache clients/python Tests/clients/python Tests/EndToEnd Tests/faults &&
            "$1" check --no-cache --config clients/python/pyproject.toml Tests/SwiftLibrary &&
            "$1" check --no-cache --config clients/python/pyproject.toml Tests/gateway Tests/fuzz clients/quickstart.py' sh "$ruff"
    else
        say "ruff: skipped: it cannot be installed here: $(tail -n 1 "$logs/ruff-install.log")"
        skipped=$((skipped + 1))
    fi
fi

say "all in $((SECONDS - began)) s"
finish
