#!/bin/sh
# Builds Passgate and shows its main job on real input: a batch client logs on through DRDA with a RACF PassTicket and runs SQL.
# Needs Debian 12 and, when packages are missing, root or sudo. Exit status 0 only if everything below really happened.
set -eu

usage() {
    cat <<'EOT'
Usage: sh samples/quickstart.sh [--keep] [--dir DIRECTORY]

  --keep           leave the gateway running and print how to connect; DIRECTORY/quickstart.env says the same to scripts
  --dir DIRECTORY  work there and leave everything there (default: a new directory under /tmp, removed at the end)

Stop a gateway that was kept with: kill PID (the PID of DIRECTORY/quickstart.env)
EOT
}

keep=no
directory=
while [ $# -gt 0 ]; do
    case "$1" in
    --keep) keep=yes ;;
    --dir)
        [ $# -gt 1 ] || { usage >&2; exit 2; }
        directory=$2
        shift
        ;;
    --help | -h) usage; exit 0 ;;
    *) echo "quickstart: $1: unknown option" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build
temporary=no
gateway=
step=0

say() { step=$((step + 1)); printf '\n== %d. %s\n' "$step" "$*"; }
fail() { printf '\nquickstart: FAILED: %s\n' "$*" >&2; exit 1; }

finish() {
    status=$?
    trap - EXIT INT TERM
    if [ "$status" != 0 ] && [ -n "$gateway" ] && [ -s "$directory/passgated.log" ]; then
        printf '\nThe last lines of %s:\n' "$directory/passgated.log" >&2
        tail -n 15 "$directory/passgated.log" >&2
    fi
    if [ -n "$gateway" ] && { [ "$keep" = no ] || [ "$status" != 0 ]; }; then
        kill "$gateway" 2>/dev/null && wait "$gateway" 2>/dev/null || true
    fi
    [ "$temporary" = no ] || [ "$status" != 0 ] || [ "$keep" = yes ] || rm -rf "$directory"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- build -----------------------------------------------------------------------------------------------------------
say "Build"
sh "$root/packaging/install-packages.sh" build
if [ ! -f "$build/build.ninja" ]; then
    rm -rf "$build"
    meson setup "$build" "$root" --buildtype=release -Dtests=false >"$root/build-setup.log" 2>&1 ||
        { cat "$root/build-setup.log" >&2; fail "meson setup (see above)"; }
    rm -f "$root/build-setup.log"
fi
ninja -C "$build" passgated safd passgate sqlbatch

# --- a private directory -----------------------------------------------------------------------------------------------
umask 077
if [ -z "$directory" ]; then
    directory=$(mktemp -d /tmp/passgate.XXXXXX)
    temporary=yes
else
    mkdir -p "$directory"
    directory=$(cd "$directory" && pwd)
fi
environment=$directory/quickstart.env
if [ -f "$environment" ]; then
    old=$(sed -n 's/^PID=//p' "$environment")
    case $(readlink "/proc/$old/exe" || true) in
    */passgated*) fail "the gateway of an earlier run (process $old) still serves $directory; stop it with: kill $old" ;;
    esac
    rm -f "$environment"
fi

free_port() {
    while :; do
        candidate=$(($(od -An -N2 -tu2 /dev/urandom) % 20000 + 20000))
        hex=$(printf '%04X' "$candidate")
        grep -qs ":$hex 0*:0000 0A" /proc/net/tcp /proc/net/tcp6 || break
    done
    echo "$candidate"
}

new_key() { od -An -N8 -tx1 /dev/urandom | tr -d ' \n' | tr a-f A-F; }

say "Prepare $directory: member, ini, keys, RACF set-up"
user=IMSUSR1
rdbnam=SAMPLE
port=$(free_port)
mkdir -p "$directory/keys" "$directory/run"
for application in IMSCON1 IMSCON2 PASSGATE; do
    [ -s "$directory/keys/$application" ] || new_key >"$directory/keys/$application"
done
sed "s/@PORT@/$port/" "$root/samples/HWSCFG00.in" >"$directory/HWSCFG00"
cp "$root/samples/quickstart.ini" "$directory/passgate.ini"
sed -e "s/@KEY1@/$(cat "$directory/keys/IMSCON1")/" -e "s/@KEY2@/$(cat "$directory/keys/IMSCON2")/" \
    -e "s/@KEY3@/$(cat "$directory/keys/PASSGATE")/" "$root/samples/racf-setup.txt" >"$directory/racf-setup.txt"
cat "$directory/HWSCFG00"
"$build/passgated" --config "$directory/passgate.ini" --check || fail "passgated --check"

# --- start -------------------------------------------------------------------------------------------------------------
say "Start the gateway on 127.0.0.1:$port"
: >"$directory/passgated.log"
if [ "$keep" = yes ]; then
    setsid "$build/passgated" --config "$directory/passgate.ini" >>"$directory/passgated.log" 2>&1 </dev/null &
else
    "$build/passgated" --config "$directory/passgate.ini" >>"$directory/passgated.log" 2>&1 </dev/null &
fi
gateway=$!
tries=0
until grep -q 'HWSC0010I' "$directory/passgated.log"; do
    kill -0 "$gateway" 2>/dev/null || fail "passgated ended while starting"
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || fail "passgated did not become ready in 30 seconds"
    sleep 0.1
done
cat "$directory/passgated.log"

say "Set up RACF as IBM's PassTicket instructions do (keys are not shown)"
status=0
"$build/passgate" racf --config "$directory/passgate.ini" --echo <"$directory/racf-setup.txt" || status=$?
[ "$status" -le 4 ] || fail "passgate racf ended with $status" # 4: already defined, in a second run
rm -f "$directory/racf-setup.txt"

# --- the main job ------------------------------------------------------------------------------------------------------
url="jdbc:ims://127.0.0.1:$port/$rdbnam"
# The same user and application in the same second make the same ticket, so each waits for a second of its own.
ticket_for() { sleep 1; "$build/passgate" ticket generate --user "$user" --appl "$1" --key-file "$directory/keys/$1"; }
log_on_with() { # a ticket: exit status of sqlbatch
    printf '%s' "$1" >"$directory/ticket"
    status=0
    echo "VALUES ('logged on');" | "$build/sqlbatch" --url "$url:user=$user;" --password-file "$directory/ticket" || status=$?
    rm -f "$directory/ticket"
    return "$status"
}
accepted() { log_on_with "$2" || fail "$1 was refused"; echo "-> accepted: $1"; }
refused() {
    status=0
    log_on_with "$2" || status=$?
    [ "$status" = 11 ] || fail "$1 was not refused (sqlbatch ended with $status)"
    echo "-> refused: $1"
}
operator() { echo "$1"; "$build/passgate" command --config "$directory/passgate.ini" "$1" || fail "$1"; }

say "Run samples/batch.sql with a PassTicket that sqlbatch makes itself"
"$build/sqlbatch" --url "$url:user=$user;applName=IMSCON1;" --key-file "$directory/keys/IMSCON1" "$root/samples/batch.sql" ||
    fail "sqlbatch ended with $?"

say "A PassTicket works once"
ticket=$(ticket_for IMSCON1)
accepted "a fresh ticket" "$ticket"
refused "the same ticket again" "$ticket"

say "Change the application name at run time"
operator 'UPDATE IMSCON TYPE(CONFIG) SET(ODBMAPPL(IMSCON2))'
operator 'QUERY IMSCON TYPE(CONFIG) SHOW(ODBMAPPL RACF)'
refused "a ticket for the old application IMSCON1" "$(ticket_for IMSCON1)"
accepted "a ticket for the new application IMSCON2" "$(ticket_for IMSCON2)"
operator 'UPDATE IMSCON TYPE(CONFIG) SET(ODBMAPPL(IMSCON1))'

say "What the gateway and the security server logged"
cat "$directory/passgated.log"

# --- the end -----------------------------------------------------------------------------------------------------------
if [ "$keep" = yes ]; then
    cat >"$environment" <<EOT
HOST=127.0.0.1
PORT=$port
RDBNAM=$rdbnam
USERID=$user
APPL=IMSCON1
KEYFILE=$directory/keys/IMSCON1
OPERATOR_SOCKET=$directory/run/operator
SAF_SOCKET=$directory/run/saf
PID=$gateway
EOT
    say "The gateway keeps running (process $gateway)"
    cat <<EOT
sqlbatch   $build/sqlbatch --url '$url:user=$user;applName=IMSCON1;' --key-file $directory/keys/IMSCON1 $root/samples/batch.sql
JDBC       jdbc:derby://127.0.0.1:$port/$rdbnam   user $user, password: a ticket from
           $build/passgate ticket generate --user $user --appl IMSCON1 --key-file $directory/keys/IMSCON1
operator   $build/passgate command --socket $directory/run/operator 'QUERY IMSCON TYPE(CONFIG) SHOW(ALL)'
RACF       $build/passgate racf --socket $directory/run/saf 'RLIST PTKTDATA IMSCON1 ALL'
scripts    . $environment
stop       kill $gateway
EOT
    gateway=
    exit 0
fi

say "Stop the gateway"
kill -TERM "$gateway"
status=0
wait "$gateway" || status=$?
gateway=
[ "$status" = 0 ] || fail "passgated ended with $status"
tail -n 3 "$directory/passgated.log"
printf '\nAll of it happened.\n'
