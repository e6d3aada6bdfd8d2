/* The columns of a SELECT or VALUES as its text tells them, for what SQLite does not say of expressions. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "gateway/datastore/sqlite/tokens.h"

/* Steps through a list of columns; items after `*` cannot be told by their number, and end it. */
struct select_list {
    struct sql_text rest;
    bool values; /* of VALUES (...), else of SELECT ... FROM */
    bool ended;
};

/* False when the text is neither. */
bool select_list_begin(struct select_list *list, const char *text, size_t size);

/* The text of the next column, with its label. */
bool select_list_next(struct select_list *list, struct sql_text *item);

/* If the item is a whole SQL_CAST(value, 'TYPE'), perhaps with a label, the type. */
bool select_list_cast(struct sql_text item, char *type, size_t size);
