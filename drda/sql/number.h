/* What an executor stored, as a number or as the text of one: exact or not at all. */
#pragma once

#include "drda/sql/value.h"

enum number_outcome { NUMBER_FINE, NUMBER_NOT_NUMERIC, NUMBER_OUT_OF_RANGE, NUMBER_HAS_FRACTION };

enum { NUMBER_TEXT_MAX = 32 };

/* A whole number; text such as " 12 ", "12.0" and "1.2e1" is understood. */
enum number_outcome number_to_integer(const struct sql_value *value, int64_t *integer);
enum number_outcome number_to_real(const struct sql_value *value, double *real);

/* The text of an INTEGER or REAL value: the shortest that reads back as the same number. Returns its size. */
size_t number_text(const struct sql_value *value, char text[static NUMBER_TEXT_MAX]);
