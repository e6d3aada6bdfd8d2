#!/bin/sh
# Fails when a test or fuzz source is not named in the meson.build beside it.
cd "$(dirname "$0")" || exit 1
status=0
for file in unit/*/test_*.c fuzz/fuzz_*.c; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .c)
    if ! grep -q "'$name" "$(dirname "$file")/meson.build"; then
        echo "tests/$file: not registered in tests/$(dirname "$file")/meson.build" >&2
        status=1
    fi
done
exit $status
