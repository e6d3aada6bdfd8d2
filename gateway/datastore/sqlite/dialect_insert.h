/* INSERT INTO table (columns) VALUES (...) with the word DEFAULT among the values, which SQLite does not know. */
#pragma once
#include <stddef.h>

/* The same without the columns that are to have their defaults, to be freed. NULL when the text is no such INSERT of one row; also when
 * memory is short: SQLite then says what it does not know. */
char *dialect_insert_defaults(const char *text, size_t size);
