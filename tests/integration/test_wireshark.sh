#!/bin/sh
# What Wireshark's dissector, which nobody here wrote, says of every conversation that the tests of this suite have held with a gateway:
# each file of the folder named is decoded without an error mark. Conversations that are hostile on purpose are not recorded; their
# tests say so with `.unrecorded`, and are listed here. EXTDTA, whose code point Wireshark 4.0 does not know, are left out of the recordings
# (tests/support/extdta_filter.h); the commands and rows that they belong to are not.
folder=$(realpath "$1")
cd "$(dirname "$0")/../.." || exit 1
grep -rnoE '\.unrecorded = "[^"]*"' tests/integration --include='*.c' | sed 's/^/# not recorded: /'

set -- "$folder"/*.pcap
if [ ! -f "$1" ]; then
    echo "1..0 # SKIP nothing has been recorded: run the other tests of the suite first"
    exit 0
fi

count=0
failed=0
echo "1..$(($# + 1))"
frames=0
for file in "$@"; do
    count=$((count + 1))
    name=$(basename "$file" .pcap)
    marks=$(tshark -r "$file" -V -O drda -Y '_ws.malformed || _ws.expert.severity == "Error"' 2>&1 | grep -v 'Running as user')
    # Nothing may escape the dissector by not looking like DRDA.
    strange=$(tshark -r "$file" -Y 'tcp.len > 0 && !drda' 2>/dev/null | grep -v 'TCP segment of a reassembled PDU')
    decoded=$(tshark -r "$file" -Y drda 2>/dev/null | wc -l)
    frames=$((frames + decoded))
    if [ -z "$marks$strange" ]; then
        echo "ok $count - wireshark: $name, $decoded frames"
    else
        echo "not ok $count - wireshark: $name, $decoded frames"
        printf '%s\n' "$marks" "$strange" | head -200 | sed 's/^/# /'
        failed=1
    fi
done
count=$((count + 1))
if [ "$frames" -gt 100 ]; then
    echo "ok $count - wireshark: there was something to decode, $frames frames"
else
    echo "not ok $count - wireshark: there was something to decode, $frames frames"
    failed=1
fi
exit $failed
