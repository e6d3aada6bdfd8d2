/* One line of an audit file, taken apart. Others may have written into the file: nothing in it is believed before it was checked,
 * and text goes to a terminal only through printable_copy. Fields and their meaning: security/audit.h. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/attributes.h"
#include "common/problem.h"

enum audit_outcome {
    AUDIT_SUCCESS,
    AUDIT_FAILURE,
    AUDIT_REPLAY, /* a failure too: the PassTicket was used before */
};

struct audit_record {
    json_t *fields; /* owned */
    int64_t utc_us;
    const char *kind;        /* "verify", "command", "explain", or one that this version does not know; the texts are borrowed */
    const char *user;        /* who acted; may be empty */
    const char *subject;     /* whom it was about, when that is somebody else; may be empty */
    const char *application; /* may be empty */
    enum audit_outcome outcome;
};

/* False: the line is no audit record, *problem says why, and *record is zeroed. */
MUST_CHECK bool audit_record_parse(const char *line, size_t size, struct audit_record *record, struct problem *problem);
void audit_record_clear(struct audit_record *record);

/* Date and time as records have them, "2026-11-25T10:00:00.000000Z"; the fraction and the Z may be missing, the time may be without
 * seconds or missing altogether (midnight). False when `text` is something else. */
MUST_CHECK bool audit_time_parse(const char *text, int64_t *utc_us);

/* One line for people. */
void audit_record_print(const struct audit_record *record, FILE *stream);
/* The headings above such lines. */
void audit_record_print_headings(FILE *stream);
/* One line of pure ASCII for programs. */
void audit_record_print_json(const struct audit_record *record, FILE *stream);
