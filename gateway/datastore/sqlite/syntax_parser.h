/* The parser of syntax.h, as its files share it: syntax.c has tokens, memory and nodes, syntax_expression.c expressions,
 * syntax_tables.c FROM and WITH, syntax_query.c queries, syntax_change.c what changes rows. A failure is kept; after it no token is left,
 * so that every loop ends. */
#pragma once

#include "gateway/datastore/sqlite/syntax.h"

enum { SYNTAX_DEPTH_MAX = 200, SYNTAX_CHAIN_MAX = 1000 /* as SQLite has it */ };

struct syntax_parser {
    struct sql_token *tokens; /* owned */
    size_t count;
    size_t next;
    unsigned depth; /* of nested expressions and queries */
    bool failed;
    struct syntax_memory **memory;
    struct syntax_table *named; /* for the tree */
    struct syntax_scope spare;  /* for what is left to parse after a failure */
};

/* The token that comes `ahead` after the next one; an empty one behind the end. */
const struct sql_token *syntax_peek(const struct syntax_parser *parser, size_t ahead);
bool syntax_next_is(const struct syntax_parser *parser, const char *word);

/* The next token is one of the words, which end with NULL. */
bool syntax_next_is_one_of(const struct syntax_parser *parser, const char *const *words);
struct sql_token syntax_take(struct syntax_parser *parser);

/* Takes the next token if it is that word. */
bool syntax_skip(struct syntax_parser *parser, const char *word);

/* Fails where the next token is another one. */
void syntax_expect(struct syntax_parser *parser, const char *word);

/* Takes a name, quoted or not; fails where there is none. */
struct sql_token syntax_take_name(struct syntax_parser *parser);
bool syntax_at_end(const struct syntax_parser *parser);
void syntax_fail(struct syntax_parser *parser);

/* Zeroed, of the tree; NULL, and failed, when memory is short. */
void *syntax_allocate(struct syntax_parser *parser, size_t size);

/* A node that begins at the next token, or at `at`. NULL only after a failure. */
struct syntax_node *syntax_node_new(struct syntax_parser *parser, enum syntax_kind kind, const char *at);

/* Makes `part` the last part; either may be NULL after a failure. */
void syntax_add(struct syntax_node *node, struct syntax_node *part, enum syntax_role role);

/* Lets the node, or the span, end with the last token taken. */
void syntax_end(const struct syntax_parser *parser, struct syntax_node *node);
struct syntax_span syntax_span_from(const struct syntax_parser *parser, size_t first_token);

/* syntax_expression.c: an expression; the names in it are looked up in `scope`. */
struct syntax_node *syntax_expression(struct syntax_parser *parser, struct syntax_scope *scope);

/* Expressions with commas between them, as parts of `node`. */
void syntax_expressions(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node, enum syntax_role role);

/* ORDER BY's: each with its direction behind it. */
void syntax_ordering(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node, enum syntax_role role);

/* Up to the parenthesis that closes a window's definition. */
void syntax_window(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node);

/* syntax_tables.c: a scope inside of another one, or of NULL. */
struct syntax_scope *syntax_scope_new(struct syntax_parser *parser, struct syntax_scope *outer);

/* "(a, b)"; NULL, and 0 names, where no parenthesis comes. */
struct sql_token *syntax_names(struct syntax_parser *parser, size_t *count);

/* WITH, if it comes, gives a scope of its own for these queries and for all that follows; else `outer` is returned. */
struct syntax_scope *syntax_with(struct syntax_parser *parser, struct syntax_scope *outer, struct syntax_node *node);

/* Another name of a table, with AS or without; an empty token where none comes. */
struct sql_token syntax_alias(struct syntax_parser *parser);

/* INDEXED BY, NOT INDEXED. */
void syntax_skip_index(struct syntax_parser *parser);

/* What stands behind FROM, for scope->tables[place]. */
void syntax_from(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node, size_t place);

/* syntax_query.c: SELECT, VALUES or WITH, without parentheses around it. Its parts become those of `node`; returns its first arm. */
bool syntax_query_begins(const struct syntax_parser *parser, size_t ahead);
struct syntax_scope *syntax_query(struct syntax_parser *parser, struct syntax_scope *outer, struct syntax_node *node);

/* The same without WITH. */
struct syntax_scope *syntax_arms(struct syntax_parser *parser, struct syntax_scope *outer, struct syntax_node *node);

/* Columns of a result; WHERE to WINDOW; ORDER BY and LIMIT. */
void syntax_items(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node);
void syntax_conditions(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node);
void syntax_tail(struct syntax_parser *parser, struct syntax_scope *scope, struct syntax_node *node);

/* syntax_change.c: any of the statements; false for others. */
bool syntax_statement(struct syntax_parser *parser, struct syntax_tree *tree);
