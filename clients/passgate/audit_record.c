#include "clients/passgate/audit_record.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "security/saf_result.h"

enum { RETURN_CODE_ERROR = 8, US_DIGITS = 6 };

static const char *
text_of(const json_t *fields, const char *name)
{
    const char *text = json_string_value(json_object_get(fields, name));
    return text != NULL ? text : "";
}

/* Exactly `count` digits; moves *text behind them. */
static bool
take_digits(const char **text, int count, int *number)
{
    *number = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (!isdigit((unsigned char)**text))
            return false;
        *number = *number * 10 + (**text - '0');
    }
    return true;
}

static bool
take_character(const char **text, char wanted)
{
    if (**text != wanted)
        return false;
    (*text)++;
    return true;
}

/* "2026-11-25". */
static bool
take_date(const char **text, struct tm *utc)
{
    bool taken = take_digits(text, 4, &utc->tm_year) && take_character(text, '-') && take_digits(text, 2, &utc->tm_mon) &&
                 take_character(text, '-') && take_digits(text, 2, &utc->tm_mday);
    utc->tm_year -= 1900;
    utc->tm_mon -= 1;
    return taken && utc->tm_year >= 70;
}

/* "10:00", "10:00:00" or "10:00:00.123456". */
static bool
take_time(const char **text, struct tm *utc, int *fraction_us)
{
    if (!take_digits(text, 2, &utc->tm_hour) || !take_character(text, ':') || !take_digits(text, 2, &utc->tm_min))
        return false;
    if (take_character(text, ':') && !take_digits(text, 2, &utc->tm_sec))
        return false;
    return !take_character(text, '.') || take_digits(text, US_DIGITS, fraction_us);
}

/* timegm takes the 31st of February for the 3rd of March. */
static bool
is_real(const struct tm *given, int64_t seconds)
{
    struct tm utc;
    time_t time = (time_t)seconds;
    return gmtime_r(&time, &utc) != NULL && utc.tm_mon == given->tm_mon && utc.tm_mday == given->tm_mday && utc.tm_hour == given->tm_hour &&
           utc.tm_min == given->tm_min && utc.tm_sec == given->tm_sec;
}

bool
audit_time_parse(const char *text, int64_t *utc_us)
{
    struct tm given = { 0 };
    int fraction_us = 0;
    *utc_us = 0;
    if (!take_date(&text, &given))
        return false;
    if (take_character(&text, 'T') && !take_time(&text, &given, &fraction_us))
        return false;
    (void)take_character(&text, 'Z');
    struct tm normalized = given;
    int64_t seconds = timegm(&normalized);
    if (*text != '\0' || !is_real(&given, seconds))
        return false;
    *utc_us = seconds * 1000000 + fraction_us;
    return true;
}

/* Of a decision the SAF return code says it, of everything else the return code of the command: 4 is a warning. */
static enum audit_outcome
outcome_of(const json_t *fields)
{
    const json_t *saf = json_object_get(fields, "saf");
    if (json_integer_value(json_object_get(fields, "explanation")) == SAF_EXPLAIN_TICKET_REPLAYED)
        return AUDIT_REPLAY;
    if (saf != NULL)
        return json_is_integer(saf) && json_integer_value(saf) == SAF_OK ? AUDIT_SUCCESS : AUDIT_FAILURE;
    const json_t *code = json_object_get(fields, "return_code");
    return json_is_integer(code) && json_integer_value(code) < RETURN_CODE_ERROR ? AUDIT_SUCCESS : AUDIT_FAILURE;
}

bool
audit_record_parse(const char *line, size_t size, struct audit_record *record, struct problem *problem)
{
    json_error_t error;
    *record = (struct audit_record) { .fields = json_loadb(line, size, JSON_REJECT_DUPLICATES, &error) };
    if (record->fields == NULL) {
        problem_set(problem, "no audit record: column %d: %s", error.column, error.text);
        return false;
    }
    record->kind = text_of(record->fields, "record");
    record->user = text_of(record->fields, "user");
    record->subject = text_of(record->fields, "subject");
    record->application = text_of(record->fields, "application");
    record->outcome = outcome_of(record->fields);
    if (*record->kind != '\0' && audit_time_parse(text_of(record->fields, "time"), &record->utc_us))
        return true;
    problem_set(problem, "no audit record: %s", *record->kind == '\0' ? "it has no field \"record\"" : "its field \"time\" is no time");
    audit_record_clear(record);
    return false;
}

void
audit_record_clear(struct audit_record *record)
{
    json_decref(record->fields);
    *record = (struct audit_record) { 0 };
}
