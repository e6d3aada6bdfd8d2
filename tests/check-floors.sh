#!/bin/sh
# House rules that a compiler does not check, as TAP: which folder includes which, and who touches wire bytes.
cd "${PASSGATE_SOURCE:-$(dirname "$0")/..}" || exit 1
number=0
failed=0

verdict() { # name, offending lines
    number=$((number + 1))
    if [ -z "$2" ]; then
        echo "ok $number - house: $1"
    else
        echo "not ok $number - house: $1"
        echo "$2" | sed 's/^/# /'
        failed=1
    fi
}

# files of a folder that include something outside the allowed folders
includes() { # folder, allowed (extended regular expression)
    grep -rnE '^#include "' "$1" --include='*.[ch]' | grep -vE "#include \"($2)/"
}

echo 1..10
verdict "common/ includes only itself" "$(includes common common)"
verdict "drda/ uses only wire cursors and attributes of common/" \
    "$(includes drda drda | grep -vE '#include "common/(wire|attributes)\.h"')"
verdict "security/ knows no floor above, and of config/ only what safd's start reads" \
    "$(includes security 'common|security' | grep -v '^security/saf/safd')"
verdict "safd's own files add only config/" "$(includes security 'common|security|config')"
verdict "config/ opens no door upwards" "$(includes config 'common|drda|security|config')"
verdict "clients/ include nothing of gateway/" "$(includes clients 'common|drda|security|config|clients')"
verdict "gateway/ includes no key and no RACF database" \
    "$(grep -rnE '#include "security/(racf|passticket|keystore|replay|racroute|audit)' gateway --include='*.[ch]')"
verdict "byte order is the business of common/wire.h alone" \
    "$(grep -rnE '\b(ntohs|ntohl|htons|htonl|be16toh|be32toh|htobe16|htobe32)\b' common drda security config gateway clients --include='*.[ch]' |
        grep -vE 'sin6?_port')"
verdict "no call has a safer form" \
    "$(grep -rnE '\b(strcpy|strcat|sprintf|gets|strncpy|alloca|atoi)\(' common drda security config gateway clients --include='*.[ch]')"
# RACF's own messages, and those that a command is answered with, say themselves what to do.
verdict "docs/ say what to do about each message in a log" \
    "$(grep -rohE '"(HWS[A-Z]|SAFD)[0-9]{4}[A-Z]"' security config gateway clients --include='*.c' | tr -d '"' | sort -u |
        while read -r id; do grep -qrF "$id" docs || echo "$id"; done)"
exit $failed
