"""Counts the TAP lines of a meson test log and prints `N passed, N failed[, N skipped]` as the last line.

A test program that ends badly without a `not ok` line of its own (a crash, a sanitizer's report, a time-out) counts as one
failure. Exit status 1 when anything failed or nothing ran.
"""

import json
import re
import sys

RESULT = re.compile(r"^(ok|not ok)\b(.*)$", re.MULTILINE)


def count(entry):
    passed = failed = skipped = 0
    for verdict, rest in RESULT.findall(entry.get("stdout") or ""):
        if verdict == "not ok":
            failed += 1
            print(f"FAILED {entry['name']}:{rest}")
        elif re.search(r"# SKIP", rest, re.IGNORECASE):
            skipped += 1
            print(f"skipped {entry['name']}:{rest}")
        else:
            passed += 1
    bad = entry["result"] in ("FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS")
    if bad and failed == 0:
        failed = 1
        print(f"FAILED {entry['name']}: the program ended with {entry['result']}")
    if not bad and passed == failed == skipped == 0:
        failed = 1
        print(f"FAILED {entry['name']}: reported no test")
    return passed, failed, skipped


def main():
    try:
        with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
            counts = [count(json.loads(line)) for line in log]
    except FileNotFoundError:
        counts = []
    passed, failed, skipped = (sum(column) for column in zip(*counts)) if counts else (0, 0, 0)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


sys.exit(main())
