#!/bin/sh
# Everything that can be checked here: format, gcc and clang builds, all tests with ASan+UBSan and with ThreadSanitizer, static
# analysis, a short run of the fuzzers. Usage: sh tests/check.sh [--bench | --fuzz SECONDS]
set -eu
cd "$(dirname "$0")/.."

fuzz_seconds=20
case "${1-}" in
--bench)
    sh packaging/install-packages.sh test
    [ -f build-bench/build.ninja ] || meson setup build-bench --buildtype=release
    ninja -C build-bench
    exec meson test -C build-bench --benchmark --no-rebuild --verbose
    ;;
--fuzz) fuzz_seconds=$2 ;;
"") ;;
*)
    echo "usage: $0 [--bench | --fuzz SECONDS]" >&2
    exit 2
    ;;
esac

step() { printf '\n== %s\n' "$*"; }

sh packaging/install-packages.sh check

step "format"
git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror

step "clang"
[ -f build-clang/build.ninja ] || CC=clang meson setup build-clang
ninja -C build-clang

step "static analysis"
git ls-files '*.c' | grep -v '^tests/' |
    xargs cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,portability --suppress=missingIncludeSystem \
        --suppress=ctuuninitvar --suppress=autoVariables --suppress='*:/usr/include/*' -I. -D_GNU_SOURCE \
        --include=/usr/include/uthash.h --include="/usr/include/$(gcc -print-multiarch)/sys/queue.h"

step "tests with ThreadSanitizer"
[ -f build-tsan/build.ninja ] || meson setup build-tsan -Db_sanitize=thread
ninja -C build-tsan
meson test -C build-tsan --no-rebuild --print-errorlogs --suite gateway --suite integration

step "fuzzers, $fuzz_seconds seconds each"
[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Dfuzzing=libfuzzer -Db_sanitize=address,undefined -Db_lundef=false
ninja -C build-fuzz
for target in build-fuzz/tests/fuzz/fuzz_*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    name=$(basename "$target")
    mkdir -p "build-fuzz/corpus/$name"
    log=build-fuzz/$name.log
    if ! "$target" -max_total_time="$fuzz_seconds" -rss_limit_mb=2048 -artifact_prefix="build-fuzz/$name-" \
        "build-fuzz/corpus/$name" "tests/fuzz/inputs/$name" >"$log" 2>&1; then
        tail -n 40 "$log"
        echo "$name found something: the whole of it is in $log" >&2
        exit 1
    fi
    printf '%s: ' "$name"
    tail -n 1 "$log"
done

step "tests with ASan and UBSan"
sh tests/run.sh
