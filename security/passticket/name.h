/* User IDs and application names as the PassTicket algorithms take them: upper case, EBCDIC, blank-padded to 8 bytes.
 * The code points are those shared by CCSIDs 37, 500, 1047 and 1140; national code pages move # @ $ and would yield other
 * tickets, so this table is fixed and none other is ever used. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/attributes.h"

enum { PASSTICKET_NAME_SIZE = 8 };

struct passticket_name {
    uint8_t ebcdic[PASSTICKET_NAME_SIZE]; /* padded with blanks, X'40' */
    uint8_t length;                       /* bytes before the padding */
};

/* 1 to 8 of A-Z a-z 0-9 # @ $; false for anything else. */
MUST_CHECK bool passticket_name_encode(const char *text, struct passticket_name *name);

/* The same name in upper case; false, and an empty name, for anything else. */
bool passticket_name_fold(const char *text, char folded[PASSTICKET_NAME_SIZE + 1]);
