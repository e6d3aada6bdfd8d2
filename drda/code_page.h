/* Single-byte code pages by their CCSIDs, as requesters write text in them: those of EBCDIC with the characters of Latin-1, with or
 * without the euro sign, and those of ASCII. Sources: IBM CCSID tables; compared with the tables of the C library in the tests. */
#pragma once

#include "common/wire.h"

enum { CODE_PAGE_UTF8_MAX = 3 /* bytes of UTF-8 that a character takes at most */ };

struct code_page {
    uint16_t characters[256]; /* in Unicode; 0xFFFF: none */
};

/* False for CCSIDs that are not known. */
bool code_page_is_known(uint16_t ccsid);
MUST_CHECK bool code_page_load(uint16_t ccsid, struct code_page *page);

/* Appends the text. False when a byte is no character, or the writer is full. */
MUST_CHECK bool code_page_put_utf8(struct wire_writer *writer, const struct code_page *page, struct wire_reader text);

/* The same for what is only shown: as many characters as there is room for, '?' in the place of what is none and of NUL. */
void code_page_put_shown(struct wire_writer *writer, const struct code_page *page, struct wire_reader text);
