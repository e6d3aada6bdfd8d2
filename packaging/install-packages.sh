#!/bin/sh
# Installs the Debian packages that Passgate is built with (`build`), tested with as well (`test`), or checked with on top of
# that (`check`). Asks apt only for what is missing, so that a second call costs nothing and needs no rights.
set -eu

build="gcc libc6-dev meson ninja-build pkg-config libevent-dev libssl-dev libinih-dev libsqlite3-dev uthash-dev libjansson-dev nettle-dev
       libexpat1-dev libedit-dev libhiredis-dev libgmp-dev"
test="libcunit1-dev default-jdk-headless libderby-java libderbyclient-java derby-tools libbcprov-java tshark nmap gdb procps
      redis-server openssl"
check="clang libclang-rt-14-dev clang-format cppcheck"

case "${1-}" in
build) wanted=$build ;;
test) wanted="$build $test" ;;
check) wanted="$build $test $check" ;;
*)
    echo "usage: $0 build|test|check" >&2
    exit 2
    ;;
esac

missing=
for package in $wanted; do
    status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
else
    echo "install-packages: these packages are missing and only root can install them:$missing" >&2
    exit 1
fi

echo "Installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # the list is meant to be split
if ! { $as_root env DEBIAN_FRONTEND=noninteractive apt-get update &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "install-packages: apt-get failed (its words are above); install by hand:$missing" >&2
    exit 1
fi
