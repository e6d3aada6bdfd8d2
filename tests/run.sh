#!/bin/sh
# Builds Passgate with AddressSanitizer and UndefinedBehaviorSanitizer, runs every test and ends in `N passed, N failed`.
# Usage: sh tests/run.sh [meson test arguments, such as a test's name or --suite drda]
set -eu
cd "$(dirname "$0")/.."
build=${PASSGATE_TEST_BUILD:-build-test}

sh packaging/install-packages.sh test

if [ ! -f "$build/build.ninja" ]; then
    rm -rf "$build"
    meson setup "$build" -Db_sanitize=address,undefined -Dtests=true
fi
ninja -C "$build"

rm -rf "$build/meson-logs/testlog.json" "$build/tests/integration/recordings"
status=0
meson test -C "$build" --no-rebuild --print-errorlogs "$@" || status=$?
python3 tests/support/summarize.py "$build/meson-logs/testlog.json" || status=1
exit "$status"
