#include "gateway/operator/om_response.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void
om_response_fail(struct om_response *response, uint32_t return_code, uint32_t reason, const char *format, ...)
{
    va_list arguments;
    response->return_code = return_code;
    response->reason = reason;
    va_start(arguments, format);
    vsnprintf(response->reason_text, sizeof response->reason_text, format, arguments);
    va_end(arguments);
}

void
om_response_add(struct om_response *response, const char *short_label, const char *long_label, unsigned length, bool number,
                const char *value)
{
    assert(response->column_count < OM_COLUMNS_MAX);
    struct om_column *column = &response->columns[response->column_count++];
    *column = (struct om_column) { .short_label = short_label, .long_label = long_label, .length = length, .number = number };
    snprintf(column->value, sizeof column->value, "%s", value);
}

void
om_response_complete(struct om_response *response, const char *member, enum om_completion completion, const char *text)
{
    char code[8];
    snprintf(code, sizeof code, "%X", (unsigned)completion);
    om_response_add(response, "MBR", "MbrName", 8, false, member);
    om_response_add(response, "CC", "CC", 4, true, code);
    snprintf(response->completion_text, sizeof response->completion_text, "%s", text);
}
