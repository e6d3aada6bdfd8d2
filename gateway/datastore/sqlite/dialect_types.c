#include "gateway/datastore/sqlite/dialect_types.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/sql/decimal.h"

enum { DIGITS_KEPT = 15, DIGITS_MAX = 100, NUMBER_ENOUGH = 100000000 /* more than any length or precision can be */ };

/* The text may end with the token. */
static unsigned long
number_of(const struct sql_token *token)
{
    unsigned long number = 0;
    for (size_t i = 0; i < token->size && isdigit((unsigned char)token->at[i]) && number < NUMBER_ENOUGH; i++)
        number = number * 10 + (unsigned long)(token->at[i] - '0');
    return number;
}

/* "(", up to two numbers, ")": a length, or precision and scale. */
static bool
take_numbers(struct sql_text *text, unsigned long numbers[static 2], size_t *count)
{
    struct sql_token token;
    *count = 0;
    if (!sql_token_next(text, &token) || !sql_token_is(&token, "("))
        return false;
    do {
        if (*count == 2 || !sql_token_next(text, &token) || token.kind != SQL_TOKEN_NUMBER)
            return false;
        numbers[(*count)++] = number_of(&token);
        if (!sql_token_next(text, &token))
            return false;
    } while (sql_token_is(&token, ","));
    return sql_token_is(&token, ")");
}

/* FOR BIT DATA makes bytes of text. */
static bool
is_for_bit_data(struct sql_text text)
{
    struct sql_token token;
    return sql_token_next(&text, &token) && sql_token_is(&token, "FOR") && sql_token_next(&text, &token) && sql_token_is(&token, "BIT");
}

bool
dialect_column_type(struct sql_text *text, const struct sql_token *before, char replaced[static DIALECT_TYPE_MAX])
{
    static const char *const decimals[] = { "DECIMAL", "DEC", "NUMERIC", NULL };
    static const char *const characters[] = { "CHAR", "CHARACTER", NULL };
    /* Behind these stands no type but a function, or the type of a CAST. */
    static const char *const others[] = { "AS",   "AND",     "OR",     "NOT", "IN",    "THEN", "ELSE", "WHEN", "CASE", "DEFAULT",
                                          "LIKE", "BETWEEN", "SELECT", "SET", "WHERE", "IS",   "ON",   "BY",   NULL };
    bool named =
        (before->kind == SQL_TOKEN_WORD || before->kind == SQL_TOKEN_QUOTED) && before->at != NULL && !sql_token_is_one_of(before, others);
    struct sql_text ahead = *text;
    struct sql_token token;
    unsigned long numbers[2] = { 0, 0 };
    size_t count;
    if (!named || !sql_token_next(&ahead, &token))
        return false;
    bool is_decimal = sql_token_is_one_of(&token, decimals);
    if ((!is_decimal && !sql_token_is_one_of(&token, characters)) || !take_numbers(&ahead, numbers, &count))
        return false;
    if (is_decimal && numbers[0] > DIGITS_KEPT)
        snprintf(replaced, DIALECT_TYPE_MAX, "\"DECIMAL(%lu,%lu) TEXT\" COLLATE decimal", numbers[0], numbers[1]);
    else if (!is_decimal && count == 1 && !is_for_bit_data(ahead))
        snprintf(replaced, DIALECT_TYPE_MAX, "CHAR(%lu) COLLATE RTRIM", numbers[0]);
    else
        return false;
    *text = ahead;
    return true;
}

/* Digits with at most one point among them. */
static bool
is_plain_number(const struct sql_token *token)
{
    size_t points = 0;
    for (size_t i = 0; i < token->size; i++) {
        points += token->at[i] == '.';
        if (token->at[i] != '.' && !isdigit((unsigned char)token->at[i]))
            return false;
    }
    return token->kind == SQL_TOKEN_NUMBER && points <= 1 && token->size <= DIGITS_MAX;
}

static bool
is_exact_in_sqlite(const struct sql_token *token)
{
    char copy[DIGITS_MAX + 1];
    if (memchr(token->at, '.', token->size) != NULL)
        return decimal_significant_digits((const uint8_t *)token->at, token->size) <= DIGITS_KEPT;
    memcpy(copy, token->at, token->size);
    copy[token->size] = '\0';
    errno = 0;
    (void)strtoll(copy, NULL, 10);
    return errno == 0;
}

/* Whether a sign behind `token` is the sign of a number and no subtraction. */
static bool
may_precede_sign(const struct sql_token *token)
{
    static const char *const words[] = {
        "SELECT", "VALUES", "WHEN", "THEN", "ELSE", "AND", "OR", "BETWEEN", "NOT", "BY", "RETURNING", NULL
    };
    return (token->kind == SQL_TOKEN_OTHER && !sql_token_is(token, ")")) || sql_token_is_one_of(token, words);
}

bool
dialect_exact_number(struct sql_text *text, const struct sql_token *before, char replaced[static DIALECT_TYPE_MAX])
{
    struct sql_text ahead = *text;
    struct sql_token token;
    const char *sign = "";
    if (!sql_token_next(&ahead, &token))
        return false;
    if (sql_token_is(&token, "-") && may_precede_sign(before)) {
        sign = "-";
        if (!sql_token_next(&ahead, &token))
            return false;
    }
    if (!is_plain_number(&token) || is_exact_in_sqlite(&token))
        return false;
    snprintf(replaced, DIALECT_TYPE_MAX, "'%s%.*s'", sign, (int)token.size, token.at);
    *text = ahead;
    return true;
}
