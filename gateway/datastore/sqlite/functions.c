#include "gateway/datastore/sqlite/functions.h"

#include <math.h>
#include <string.h>

#include "drda/sql/decimal.h"
#include "drda/sql/number.h"
#include "drda/sql/row.h"
#include "gateway/datastore/sqlite/conversion.h"
#include "gateway/datastore/sqlite/types.h"

/* Bits of a misfit code. */
enum { CODE_LENGTH = 8, CODE_PRECISION = 40, CODE_SCALE = 48, CODE_TEXT = 56, SQLITE_DIGITS = 15 };

int64_t
function_misfit_code(const struct sql_column *column)
{
    return (int64_t)column->type | (int64_t)column->length << CODE_LENGTH | (int64_t)column->precision << CODE_PRECISION |
           (int64_t)column->scale << CODE_SCALE;
}

/* False for what is none: clients may call the function too, with whatever they like. */
static bool
column_of_code(int64_t code, const char *name, struct sql_column *column)
{
    *column = (struct sql_column) {
        .name = name != NULL ? name : "",
        .table = "",
        .schema = "",
        .type = (enum sql_type)(code & 0xFF),
        .length = (uint32_t)(code >> CODE_LENGTH),
        .precision = (uint8_t)(code >> CODE_PRECISION),
        .scale = (uint8_t)(code >> CODE_SCALE),
        .nullable = true,
    };
    return (code & 0xFF) < SQL_TYPE_COUNT;
}

struct sql_value
function_value(sqlite3_value *value)
{
    struct sql_value result = { .kind = SQL_VALUE_NULL };
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        result.kind = SQL_VALUE_INTEGER;
        result.integer = sqlite3_value_int64(value);
        break;
    case SQLITE_FLOAT:
        result.kind = SQL_VALUE_REAL;
        result.real = sqlite3_value_double(value);
        break;
    case SQLITE_TEXT:
        result.kind = SQL_VALUE_TEXT;
        result.data.bytes = sqlite3_value_text(value);
        result.data.size = (size_t)sqlite3_value_bytes(value);
        break;
    case SQLITE_BLOB:
        result.kind = SQL_VALUE_BYTES;
        result.data.bytes = sqlite3_value_blob(value);
        result.data.size = (size_t)sqlite3_value_bytes(value);
        break;
    default:
        break;
    }
    return result;
}

/* A number that SQLite has turned into floating point on its way to a DECIMAL of more digits than that holds. */
static bool
has_lost_digits(const struct sql_column *column, const struct sql_value *value)
{
    char number[NUMBER_TEXT_MAX];
    if (!conversion_is_text(column))
        return false;
    if (value->kind == SQL_VALUE_TEXT) /* digits that a column of text got from floating point, which alone writes an exponent */
        return memchr(value->data.bytes, 'e', value->data.size) != NULL &&
               decimal_significant_digits(value->data.bytes, value->data.size) >= SQLITE_DIGITS;
    if (value->kind != SQL_VALUE_REAL)
        return false;
    size_t size = number_text(value, number);
    return decimal_significant_digits((const uint8_t *)number, size) > SQLITE_DIGITS &&
           fabs(value->real) >= pow(10, SQLITE_DIGITS - column->scale);
}

/* LOBs are judged by their length alone, which is what comes as their value then: looking at it would read it. */
static bool
large_object_is_misfit(const struct sql_column *column, const struct sql_value *value, struct sql_diagnosis *diagnosis)
{
    char tokens[SQL_NAME_MAX + 128];
    if (value->kind != SQL_VALUE_INTEGER || column->length == 0 || value->integer <= (int64_t)column->length)
        return false;
    snprintf(tokens, sizeof tokens, "value of column %.*s is longer than the %u of %s", SQL_NAME_MAX, column->name,
             (unsigned)column->length, column->type == SQL_TYPE_CLOB ? "CLOB" : "BLOB");
    sql_diagnosis_set(diagnosis, -433, "22001", tokens);
    return true;
}

static void
say_lost_digits(const struct sql_column *column, struct sql_diagnosis *diagnosis)
{
    char tokens[SQL_NAME_MAX + 128];
    snprintf(tokens, sizeof tokens, "a number of column %.*s has more digits than it was calculated with or its table keeps:", SQL_NAME_MAX,
             column->name);
    sql_diagnosis_set(diagnosis, -413, "22003", tokens);
}

static bool
is_misfit(const struct sql_column *column, const struct sql_value *value, struct sql_diagnosis *diagnosis)
{
    if (column->type == SQL_TYPE_CLOB || column->type == SQL_TYPE_BLOB)
        return large_object_is_misfit(column, value, diagnosis);
    if (!row_value_fits(column, value, diagnosis))
        return true;
    bool lost = has_lost_digits(column, value);
    if (lost)
        say_lost_digits(column, diagnosis);
    return lost;
}

static void
misfit(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqlite_session *session = sqlite3_user_data(context);
    for (int i = 0; i + MISFIT_ARGUMENTS <= count; i += MISFIT_ARGUMENTS) {
        struct sql_value value = function_value(arguments[i + 2]);
        struct sql_column column;
        if (value.kind == SQL_VALUE_NULL)
            continue;
        if (!column_of_code(sqlite3_value_int64(arguments[i]), (const char *)sqlite3_value_text(arguments[i + 1]), &column)) {
            sqlite3_result_error(context, "an argument of SQL_MISFIT is no code of a type", -1);
            return;
        }
        session->misfit = is_misfit(&column, &value, &session->misfit_diagnosis);
        if (!session->misfit)
            continue;
        sqlite3_result_int(context, 1);
        return;
    }
    sqlite3_result_int(context, 0);
}

static void
set_result(sqlite3_context *context, const struct sql_value *value)
{
    switch (value->kind) {
    case SQL_VALUE_NULL:
        sqlite3_result_null(context);
        break;
    case SQL_VALUE_INTEGER:
        sqlite3_result_int64(context, value->integer);
        break;
    case SQL_VALUE_REAL:
        sqlite3_result_double(context, value->real);
        break;
    case SQL_VALUE_TEXT:
        sqlite3_result_text64(context, value->data.size > 0 ? (const char *)value->data.bytes : "", value->data.size, SQLITE_TRANSIENT,
                              SQLITE_UTF8);
        break;
    case SQL_VALUE_BYTES:
        sqlite3_result_blob64(context, value->data.size > 0 ? (const char *)value->data.bytes : "", value->data.size, SQLITE_TRANSIENT);
        break;
    case SQL_VALUE_LOB: /* of parameters only */
        break;
    }
}

static void
cast(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqlite_session *session = sqlite3_user_data(context);
    struct sql_column column = { .name = "", .table = "", .schema = "", .nullable = true };
    struct sql_value value = function_value(arguments[0]);
    struct sql_value result;
    struct conversion_room room;
    const char *type = (const char *)sqlite3_value_text(arguments[1]);
    sqlite_type_declared(type != NULL ? type : "", &column);
    if (conversion_cast(&column, &value, &room, &result, &session->misfit_diagnosis)) {
        set_result(context, &result);
        return;
    }
    session->misfit = true;
    sqlite3_result_error(context, "CAST", -1);
}

static int
compare_decimals(void *context, int one_size, const void *one, int other_size, const void *other)
{
    (void)context;
    return decimal_compare(one, (size_t)one_size, other, (size_t)other_size);
}

int
functions_install(struct sqlite_session *session)
{
    const int flags = SQLITE_UTF8 | SQLITE_INNOCUOUS | SQLITE_DETERMINISTIC;
    int code = sqlite3_create_function_v2(session->database, "sql_misfit", -1, flags, session, misfit, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(session->database, "sql_cast", 2, flags, session, cast, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_collation_v2(session->database, "decimal", SQLITE_UTF8, NULL, compare_decimals, NULL);
    return code;
}
