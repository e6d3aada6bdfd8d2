/* Programs of SQL_DECIMAL (decimal_functions.h) for trees of operators. */
#pragma once

#include "gateway/datastore/sqlite/decimal_functions.h"
#include "gateway/datastore/sqlite/expression_types.h"

struct decimal_program {
    char *text;                                         /* owned by sqlite3_malloc */
    sqlite3_str *steps;                                 /* while it is made */
    struct syntax_node *operands[DECIMAL_OPERANDS_MAX]; /* in the order of the text */
    size_t count;
    size_t depth;             /* of the stack */
    struct syntax_node *part; /* that is taken as an operand; NULL: none */
    bool too_long;
};

/* A number as it is written, perhaps with a sign; a string, a marker, NULL. */
bool decimal_is_literal(const struct syntax_node *node);
bool decimal_is_call(const struct syntax_node *node, const char *function);

/* Whether it is of type DECIMAL and done by a program. */
bool decimal_is_operator(struct expression_types *types, struct syntax_node *node);

/* For the tree that begins with the node; it may be a single operand. False when it is too large, or memory is short: text may be NULL or
 * not then. */
MUST_CHECK bool decimal_program_make(struct expression_types *types, struct syntax_node *node, struct decimal_program *program);
