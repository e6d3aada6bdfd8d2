#include "clients/passgate/audit_filter.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static bool
name_matches(const char *pattern, const char *name)
{
    return fnmatch(pattern, name, FNM_CASEFOLD | FNM_NOESCAPE) == 0;
}

bool
audit_filter_matches(const struct audit_filter *filter, const struct audit_record *record)
{
    bool same_outcome = filter->outcome == record->outcome || (filter->outcome == AUDIT_FAILURE && record->outcome == AUDIT_REPLAY);
    if (record->utc_us < filter->since_us || (filter->by_outcome && !same_outcome))
        return false;
    if (filter->user != NULL && !name_matches(filter->user, record->user) && !name_matches(filter->user, record->subject))
        return false;
    return filter->application == NULL || name_matches(filter->application, record->application);
}

bool
audit_filter_outcome(struct audit_filter *filter, const char *text)
{
    static const char *const names[] = { [AUDIT_SUCCESS] = "success", [AUDIT_FAILURE] = "failure", [AUDIT_REPLAY] = "replay" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i]) == 0) {
            filter->outcome = (enum audit_outcome)i;
            filter->by_outcome = true;
        }
    return filter->by_outcome;
}

static bool
take_age(const char *text, int64_t *age_s)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = { { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (isdigit((unsigned char)*text) && errno == 0 && strcmp(end, units[i].unit) == 0 &&
            !__builtin_mul_overflow(number, units[i].seconds, age_s))
            return true;
    return false;
}

bool
audit_filter_since(struct audit_filter *filter, const char *text, int64_t now_us)
{
    int64_t age_s;
    if (!take_age(text, &age_s))
        return audit_time_parse(text, &filter->since_us);
    filter->since_us = age_s < now_us / 1000000 ? now_us - age_s * 1000000 : 0;
    return true;
}
