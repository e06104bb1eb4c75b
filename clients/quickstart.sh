#!/bin/sh
# From a checkout to a first video: checks what is needed, builds kling-server, runs quickstart.py on the
# simulator. Needs a Swift toolchain and Python 3.9 or later; no key; changes nothing but .build, ./videos, the
# simulator's journal and, on Debian and Ubuntu, two system libraries it asks apt-get for if they are missing.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$here")
system=$(uname -s)

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }

need_swift() {
    say "$1"
    say "Install Swift 6.2 or later (all ways: https://www.swift.org/install), open a new shell, run this again."
    if [ "$system" = Darwin ]; then
        say "Easiest on macOS: Xcode 26 or later from the App Store, then: sudo xcode-select --switch /Applications/Xcode.app"
    else
        say "Easiest on Linux:"
        say "  curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz"
        say "  tar zxf swiftly-$(uname -m).tar.gz && ./swiftly init"
    fi
    exit 1
}

check_swift() {
    command -v swift >/dev/null 2>&1 || need_swift "No Swift toolchain: there is no 'swift' on PATH."
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
    major=${version%%.*}
    minor=${version#*.}
    if [ -n "$version" ] && { [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; }; then
        need_swift "Swift $version is too old."
    fi
}

check_python() {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null ||
        stop "Python 3.9 or later is needed as 'python3' (Debian, Ubuntu: apt-get install python3; macOS: xcode-select --install)."
}

# SQLite's header is needed to build; libcurl only when a real gateway is called, but better known now.
check_libraries() {
    [ "$system" = Linux ] || return 0
    missing=
    [ -f /usr/include/sqlite3.h ] || missing="$missing libsqlite3-dev"
    { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -q 'libcurl\.so\.4' || missing="$missing libcurl4"
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        stop "Missing:$missing. Install your distribution's packages for them (Fedora: dnf install sqlite-devel libcurl), run this again."
    fi
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=sudo
    else
        stop "Missing:$missing. Run this as root, then start again:  apt-get update && apt-get install -y$missing"
    fi
    say "Installing$missing"
    # shellcheck disable=SC2086 # one word per package
    $as_root apt-get install -y $missing >&2 || { $as_root apt-get update >&2 && $as_root apt-get install -y $missing >&2; } ||
        stop "apt-get could not install$missing; its own words are above."
}

build() {
    set -- --package-path "$root" -c release --product kling-server
    # On Linux the binary then runs on machines without Swift; macOS brings the library with the system.
    [ "$system" != Linux ] || set -- "$@" --static-swift-stdlib
    say "Building kling-server (a few minutes the first time)"
    swift build "$@" >&2
    KLING_SERVER=$(swift build "$@" --show-bin-path)/kling-server
    [ -x "$KLING_SERVER" ] || stop "The build ended without a binary at $KLING_SERVER."
    export KLING_SERVER
}

case $system in
Linux | Darwin) ;;
*) stop "kling-server runs on Linux and macOS; this is $system." ;;
esac
check_swift
check_python
check_libraries
build
export PYTHONPATH="$here/python${PYTHONPATH:+:$PYTHONPATH}"
exec python3 "$here/quickstart.py"
