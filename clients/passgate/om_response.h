/* The XML document with which Operations Manager, and a Passgate gateway in its place, answers a type-2 command.
 * Source: IMS documentation, "XML tags returned as CSL OM responses". */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "common/attributes.h"
#include "common/problem.h"

enum { OM_RESPONSE_MAX = 16 * 1024 * 1024, OM_CODE_SIZE = 9 };

/* One column of the answer, from <hdr>. */
struct om_column {
    char *short_label; /* slbl: names the values in the rows */
    char *long_label;  /* llbl: the heading */
    bool right_aligned;
};

/* One member that could not carry the command out, from <cmderr><mbr>. */
struct om_member_error {
    char *name;
    char *return_code;
    char *reason_code;
    char *text; /* may be NULL, as all here */
};

struct om_response {
    char return_code[OM_CODE_SIZE]; /* 8 hexadecimal digits; empty when the document has none */
    char reason_code[OM_CODE_SIZE];
    char *reason_text; /* NULL when there is none */
    struct om_column *columns;
    size_t column_count;
    char **rows; /* SLBL(value) SLBL(value) ... */
    size_t row_count;
    char **messages; /* output lines of members, from <msgdata> */
    size_t message_count;
    struct om_member_error *errors;
    size_t error_count;
    char *security_codes; /* <cmdsecerr>: "SAF 8 RACF 8 RSN 0"; NULL when there was no such error */
};

/* Parses a whole document. False: *problem; the response is empty then. Otherwise cleared by the caller. */
MUST_CHECK bool om_response_parse(const char *xml, size_t size, struct om_response *response, struct problem *problem);
void om_response_clear(struct om_response *response);

/* The value of a column in a row; *size is its length without padding. NULL when the row has no such value. */
const char *om_row_value(const struct om_response *response, const char *row, const char *short_label, size_t *size);
