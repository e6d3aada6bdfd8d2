/* Which audit records are wanted. */
#pragma once
#include "clients/passgate/audit_record.h"

struct audit_filter {
    const char *user;        /* NULL: any; may hold * and ? */
    const char *application; /* likewise */
    bool by_outcome;
    enum audit_outcome outcome; /* AUDIT_FAILURE includes replays */
    int64_t since_us;           /* UTC; 0: from the beginning */
};

bool audit_filter_matches(const struct audit_filter *filter, const struct audit_record *record);

/* "success", "failure" or "replay". */
MUST_CHECK bool audit_filter_outcome(struct audit_filter *filter, const char *text);

/* A time as audit_time_parse takes it, or a number with one of s, m, h and d: so much before now. */
MUST_CHECK bool audit_filter_since(struct audit_filter *filter, const char *text, int64_t now_us);
