/* Db2's rules for the types of results: what an operator makes of the types of its operands.
 * Source: Db2 SQL reference, "Expressions" (arithmetic with decimal operands) and "Rules for result data types". */
#pragma once

#include "gateway/datastore/sqlite/syntax.h"

struct syntax_type result_type_unknown(void);
struct syntax_type result_type_of(enum sql_type type);
struct syntax_type result_type_decimal(unsigned precision, unsigned scale);

/* Of a number, or of a string of digits that stands for a longer one; */
struct syntax_type result_type_number(const char *text, size_t size);

/* `operation` is one of + - * / and %, the remainder. Unknown where one of both is no number. */
struct syntax_type result_type_arithmetic(char operation, const struct syntax_type *one, const struct syntax_type *other);

/* Of CASE, COALESCE, UNION and whatever else gives one value or another. */
struct syntax_type result_type_common(const struct syntax_type *one, const struct syntax_type *other);

/* SUM, AVG, ROUND and the other functions whose result is another type than their argument. */
struct syntax_type result_type_sum(const struct syntax_type *argument);
struct syntax_type result_type_average(const struct syntax_type *argument);
struct syntax_type result_type_round(const struct syntax_type *argument);

/* SMALLINT, INTEGER, BIGINT, DECIMAL. */
bool result_type_is_exact(const struct syntax_type *type);
bool result_type_is_number(const struct syntax_type *type);
