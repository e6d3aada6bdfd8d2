#include "drda/sql/misfit.h"

#include <stdio.h>

#include "drda/sql/fdoca.h"
#include "drda/sql/number.h"

static const struct {
    int32_t sqlcode;
    const char *sqlstate;
    const char *text;
} misfits[] = {
    [MISFIT_RANGE] = { -413, "22003", "is out of the range of" },
    [MISFIT_FORM] = { -420, "22018", "cannot be had as" },
    [MISFIT_DATETIME] = { -180, "22007", "is no" },
    [MISFIT_LENGTH] = { -433, "22001", "is longer than" },
    [MISFIT_ENCODING] = { -330, "22021", "is no UTF-8 and cannot be had as" },
    [MISFIT_NULL] = { -305, "22002", "is NULL but described as never NULL:" },
};

/* What the value is, as far as it can be shown. */
static void
show_value(const struct sql_value *value, enum misfit misfit, char *shown, size_t size)
{
    enum { SHOWN_MAX = 40 };
    char number[NUMBER_TEXT_MAX] = "value";
    bool is_text = value->kind == SQL_VALUE_TEXT && value->data.size <= SHOWN_MAX && misfit != MISFIT_ENCODING;
    if (value->kind == SQL_VALUE_INTEGER || value->kind == SQL_VALUE_REAL)
        number_text(value, number);
    if (is_text)
        snprintf(shown, size, "'%.*s'", (int)value->data.size, (const char *)value->data.bytes);
    else
        snprintf(shown, size, "%s", number);
}

/* The first token is what a reader of the message wants: which column holds what. */
void
misfit_report(const struct sql_column *column, const struct sql_value *value, enum misfit misfit, struct sql_diagnosis *diagnosis)
{
    const struct fdoca_mapping *mapping = fdoca_mapping(column->type);
    char shown[64];
    char limit[48] = "";
    char tokens[SQL_NAME_MAX + 256];
    show_value(value, misfit, shown, sizeof shown);
    if (misfit == MISFIT_LENGTH && fdoca_is_lob(column->type))
        snprintf(limit, sizeof limit, " the %u of", column->length > 0 ? (unsigned)column->length : (unsigned)INT32_MAX);
    else if (misfit == MISFIT_LENGTH)
        snprintf(limit, sizeof limit, " the %u %s of", (unsigned)fdoca_field_of(column).length,
                 mapping->is_text && mapping->fixed_length == 0 ? "characters" : "bytes");
    snprintf(tokens, sizeof tokens, "%s of column %.*s %s%s %s", shown, SQL_NAME_MAX, column->name, misfits[misfit].text, limit,
             mapping->name);
    sql_diagnosis_set(diagnosis, misfits[misfit].sqlcode, misfits[misfit].sqlstate, tokens);
}
