#!/bin/sh
# localize.sh COMPILER... -- ARCHIVE OUTPUT: joins the objects of an archive into one whose hidden names nobody else can meet.
set -eu
compiler=
while [ "$1" != -- ]; do
    compiler="$compiler $1"
    shift
done
object="$3.o"
rm -f "$3"
# shellcheck disable=SC2086 # the compiler may have arguments
$compiler -nostdlib -r -Wl,--whole-archive "$2" -Wl,--no-whole-archive -o "$object"
objcopy --localize-hidden "$object"
ar rcs "$3" "$object"
rm -f "$object"
