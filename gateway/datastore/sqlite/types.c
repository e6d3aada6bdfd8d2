#include "gateway/datastore/sqlite/types.h"

#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/tokens.h"

enum { CHAR_MAX_BYTES = 254, DECIMAL_PRECISION_DEFAULT = 5, LOB_DEFAULT = INT32_MAX, FLOAT_SINGLE_BITS = 24 };

static const struct type_name {
    const char *words[3];
    enum sql_type type;
} type_names[] = {
    { { "SMALLINT" }, SQL_TYPE_SMALLINT },
    { { "TINYINT" }, SQL_TYPE_SMALLINT },
    { { "INT2" }, SQL_TYPE_SMALLINT },
    { { "INTEGER" }, SQL_TYPE_INTEGER },
    { { "INT" }, SQL_TYPE_INTEGER },
    { { "BIGINT" }, SQL_TYPE_BIGINT },
    { { "INT8" }, SQL_TYPE_BIGINT },
    { { "REAL" }, SQL_TYPE_REAL },
    { { "FLOAT" }, SQL_TYPE_DOUBLE },
    { { "DOUBLE", "PRECISION" }, SQL_TYPE_DOUBLE },
    { { "DOUBLE" }, SQL_TYPE_DOUBLE },
    { { "DECFLOAT" }, SQL_TYPE_DOUBLE },
    { { "DECIMAL" }, SQL_TYPE_DECIMAL },
    { { "DEC" }, SQL_TYPE_DECIMAL },
    { { "NUMERIC" }, SQL_TYPE_DECIMAL },
    { { "CHARACTER", "LARGE", "OBJECT" }, SQL_TYPE_CLOB },
    { { "CHAR", "LARGE", "OBJECT" }, SQL_TYPE_CLOB },
    { { "BINARY", "LARGE", "OBJECT" }, SQL_TYPE_BLOB },
    { { "CHARACTER", "VARYING" }, SQL_TYPE_VARCHAR },
    { { "CHAR", "VARYING" }, SQL_TYPE_VARCHAR },
    { { "CHARACTER" }, SQL_TYPE_CHAR },
    { { "CHAR" }, SQL_TYPE_CHAR },
    { { "NCHAR" }, SQL_TYPE_CHAR },
    { { "VARCHAR" }, SQL_TYPE_VARCHAR },
    { { "NVARCHAR" }, SQL_TYPE_VARCHAR },
    { { "TEXT" }, SQL_TYPE_VARCHAR },
    { { "LONG", "VARCHAR" }, SQL_TYPE_LONG_VARCHAR },
    { { "BINARY" }, SQL_TYPE_CHAR_BIT },
    { { "VARBINARY" }, SQL_TYPE_VARCHAR_BIT },
    { { "DATE" }, SQL_TYPE_DATE },
    { { "TIME" }, SQL_TYPE_TIME },
    { { "TIMESTAMP" }, SQL_TYPE_TIMESTAMP },
    { { "DATETIME" }, SQL_TYPE_TIMESTAMP },
    { { "BOOLEAN" }, SQL_TYPE_BOOLEAN },
    { { "BOOL" }, SQL_TYPE_BOOLEAN },
    { { "CLOB" }, SQL_TYPE_CLOB },
    { { "BLOB" }, SQL_TYPE_BLOB },
};

/* The first number is a length or precision, the second a scale; 0 means not given. */
struct type_suffix {
    uint32_t numbers[2];
    size_t count;
    bool for_bit_data;
};

static bool
take_words(struct sql_text *text, const struct type_name *name)
{
    struct sql_text ahead = *text;
    struct sql_token token;
    for (size_t i = 0; i < 3 && name->words[i] != NULL; i++) {
        if (!sql_token_next(&ahead, &token) || !sql_token_is(&token, name->words[i]))
            return false;
    }
    *text = ahead;
    return true;
}

/* Digits and an optional K, M or G; more than a length can be is the largest length. */
static uint32_t
length_of(const struct sql_token *token)
{
    uint64_t length = 0;
    for (size_t i = 0; i < token->size && length <= INT32_MAX; i++) {
        char c = token->at[i];
        if (c >= '0' && c <= '9')
            length = length * 10 + (unsigned)(c - '0');
        else
            length *= strchr("kK", c) != NULL ? 1u << 10 : strchr("mM", c) != NULL ? 1u << 20 : strchr("gG", c) != NULL ? 1u << 30 : 1;
    }
    return length > INT32_MAX ? INT32_MAX : (uint32_t)length;
}

static struct type_suffix
take_suffix(struct sql_text text)
{
    struct type_suffix suffix = { 0 };
    struct sql_token token;
    bool seen_bit = false;
    while (sql_token_next(&text, &token)) {
        if (token.kind == SQL_TOKEN_NUMBER && suffix.count < 2)
            suffix.numbers[suffix.count++] = length_of(&token);
        suffix.for_bit_data = suffix.for_bit_data || (seen_bit && sql_token_is(&token, "DATA"));
        seen_bit = sql_token_is(&token, "BIT");
    }
    return suffix;
}

/* SQLite's rules for a name it does not know, in its order. */
static enum sql_type
type_by_affinity(struct sql_text text)
{
    static const struct {
        const char *part;
        enum sql_type type;
    } rules[] = {
        { "INT", SQL_TYPE_BIGINT }, { "CHAR", SQL_TYPE_VARCHAR }, { "CLOB", SQL_TYPE_CLOB },   { "TEXT", SQL_TYPE_VARCHAR },
        { "BLOB", SQL_TYPE_BLOB },  { "REAL", SQL_TYPE_DOUBLE },  { "FLOA", SQL_TYPE_DOUBLE }, { "DOUB", SQL_TYPE_DOUBLE },
    };
    char name[64];
    size_t size = text.left < sizeof name ? text.left : sizeof name - 1;
    memcpy(name, text.at, size);
    name[size] = '\0';
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (strcasestr(name, rules[i].part) != NULL)
            return rules[i].type;
    }
    return SQL_TYPE_VARCHAR; /* SQLite takes numbers and text here, and text can tell of both */
}

static enum sql_type
bit_form(enum sql_type type)
{
    if (type == SQL_TYPE_CHAR)
        return SQL_TYPE_CHAR_BIT;
    if (type == SQL_TYPE_VARCHAR)
        return SQL_TYPE_VARCHAR_BIT;
    return type == SQL_TYPE_LONG_VARCHAR ? SQL_TYPE_LONG_VARCHAR_BIT : type;
}

/* Fixed text longer than Db2 allows is told as varying, varying text longer than that as a large object. */
static void
set_character_length(struct sql_column *column, bool bit, uint32_t length)
{
    column->length = length;
    if (length > SQL_VARCHAR_MAX)
        column->type = bit ? SQL_TYPE_BLOB : SQL_TYPE_CLOB;
    else if (length > CHAR_MAX_BYTES)
        column->type = bit ? SQL_TYPE_VARCHAR_BIT : SQL_TYPE_VARCHAR;
}

static void
set_decimal(struct sql_column *column, const struct type_suffix *suffix)
{
    uint32_t precision = suffix->count > 0 ? suffix->numbers[0] : DECIMAL_PRECISION_DEFAULT;
    if (precision == 0 || precision > SQL_DECIMAL_PRECISION_MAX)
        precision = SQL_DECIMAL_PRECISION_MAX;
    uint32_t scale = suffix->count > 1 ? suffix->numbers[1] : 0;
    column->precision = (uint8_t)precision;
    column->scale = (uint8_t)(scale > precision ? precision : scale);
}

static void
apply_suffix(struct sql_column *column, const struct type_suffix *suffix)
{
    uint32_t length = suffix->numbers[0];
    if (suffix->for_bit_data)
        column->type = bit_form(column->type);
    switch (column->type) {
    case SQL_TYPE_CHAR:
    case SQL_TYPE_CHAR_BIT:
        set_character_length(column, column->type == SQL_TYPE_CHAR_BIT, length > 0 ? length : 1);
        break;
    case SQL_TYPE_VARCHAR:
    case SQL_TYPE_VARCHAR_BIT:
        set_character_length(column, column->type == SQL_TYPE_VARCHAR_BIT, length > 0 ? length : SQL_VARCHAR_MAX);
        break;
    case SQL_TYPE_LONG_VARCHAR:
    case SQL_TYPE_LONG_VARCHAR_BIT:
        column->length = SQL_LONG_VARCHAR_MAX;
        break;
    case SQL_TYPE_CLOB:
    case SQL_TYPE_BLOB:
        column->length = length > 0 ? length : LOB_DEFAULT;
        break;
    case SQL_TYPE_DECIMAL:
        set_decimal(column, suffix);
        break;
    case SQL_TYPE_DOUBLE:
    case SQL_TYPE_SMALLINT:
    case SQL_TYPE_INTEGER:
    case SQL_TYPE_BIGINT:
    case SQL_TYPE_REAL:
    case SQL_TYPE_DATE:
    case SQL_TYPE_TIME:
    case SQL_TYPE_TIMESTAMP:
    case SQL_TYPE_BOOLEAN:
    case SQL_TYPE_COUNT:
        break;
    }
}

void
sqlite_type_declared(const char *declared, struct sql_column *column)
{
    struct sql_text text = sql_text(declared, strlen(declared));
    column->type = SQL_TYPE_COUNT;
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0] && column->type == SQL_TYPE_COUNT; i++) {
        if (take_words(&text, &type_names[i]))
            column->type = type_names[i].type;
    }
    if (column->type == SQL_TYPE_COUNT)
        column->type = type_by_affinity(text);
    struct type_suffix suffix = take_suffix(text);
    bool is_float = strncasecmp(declared, "FLOAT", strlen("FLOAT")) == 0;
    if (is_float && suffix.count > 0 && suffix.numbers[0] <= FLOAT_SINGLE_BITS)
        column->type = SQL_TYPE_REAL;
    apply_suffix(column, &suffix);
}

void
sqlite_type_of_expression(enum sql_type type, struct sql_column *column)
{
    struct type_suffix none = { 0 };
    column->type = type;
    apply_suffix(column, &none);
}
