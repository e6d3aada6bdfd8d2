/* The expressions of a statement of SQLite, as trees: as much of its grammar as telling the types of expressions wants.
 * Every node knows its text, and its parts in the order of their text, so that a statement can be written again with some of its nodes put
 * otherwise. What the parser does not know makes it give up: then the statement is left as it is. */
#pragma once

#include "common/attributes.h"
#include "drda/sql/value.h"
#include "gateway/datastore/sqlite/tokens.h"

enum syntax_kind {
    SYNTAX_OTHER, /* anything that has no type worth knowing; its parts may have */
    SYNTAX_COLUMN,
    SYNTAX_NUMBER,
    SYNTAX_STRING,
    SYNTAX_MARKER,
    SYNTAX_NULL,
    SYNTAX_SIGN,        /* operator and one part */
    SYNTAX_ARITHMETIC,  /* + - * /: two parts */
    SYNTAX_COMPARISON,  /* = < IS BETWEEN IN ...: what is compared, and with what */
    SYNTAX_PARENTHESES, /* one part */
    SYNTAX_COLLATE,     /* likewise */
    SYNTAX_CALL,        /* of a function: its arguments, then what FILTER and OVER hold; CAST: the value, and the type as OTHER */
    SYNTAX_CASE,
    SYNTAX_QUERY,      /* in parentheses, where a value may stand */
    SYNTAX_ASSIGNMENT, /* of SET: one part */
    SYNTAX_SCHEMA,     /* MAIN and the dot, before the name of a table in FROM */
};

/* What a part is to the node it belongs to. */
enum syntax_role { SYNTAX_PART, SYNTAX_WINDOW /* FILTER and OVER of a call */, SYNTAX_WHEN, SYNTAX_RESULT };

struct syntax_type {
    enum sql_type type; /* SQL_TYPE_COUNT: not known */
    uint32_t length;
    uint8_t precision;
    uint8_t scale;
    bool as_text; /* DECIMAL: kept as text */
};

struct syntax_span {
    const char *at;
    size_t size;
};

enum syntax_typed { SYNTAX_UNTYPED, SYNTAX_BEING_TYPED, SYNTAX_TYPED };

struct syntax_node {
    enum syntax_kind kind;
    enum syntax_role role;
    char operator;           /* of SIGN and ARITHMETIC */
    bool wanted;             /* COLUMN: somebody asks for its type */
    bool dropped;            /* SCHEMA: to be left out */
    bool declared;           /* COLUMN: of a table, which has told its type */
    enum syntax_typed typed; /* how far `type` is known */
    struct syntax_type type;
    struct syntax_span span;
    struct sql_token name;      /* CALL: the function; COLUMN: the last of its names; ASSIGNMENT: the column */
    struct sql_token qualifier; /* COLUMN: the name before that; size 0: none */
    struct syntax_scope
        *scope; /* COLUMN, ASSIGNMENT: where its names are looked up; QUERY, and OTHER of a query in parentheses: its first arm */
    struct syntax_node *first; /* of its parts */
    struct syntax_node *last;
    struct syntax_node *next;          /* part of the same node */
    bool result;                       /* a column of what the statement gives */
    const struct syntax_type *target;  /* the column that it is stored in; NULL: none, or not known */
    struct syntax_item *item;          /* that it is the value of; NULL: none */
    struct syntax_node *next_in_scope; /* COLUMN */
};

/* A column of a SELECT or VALUES. */
struct syntax_item {
    struct syntax_node *value; /* NULL: `*` */
    struct sql_token label;    /* its name; size 0: none but its text */
    bool labelled;             /* by AS, or by a word behind it */
    bool in_values;            /* of VALUES */
    struct syntax_type common; /* of the first arm: of this column of all arms, once it is known */
    bool common_known;
    struct syntax_scope *arm;
    size_t index; /* among the items of the arm */
    struct syntax_item *next;
};

/* Something in FROM whose columns are expressions of this text. */
struct syntax_table {
    struct sql_token name;     /* size 0: it has none */
    struct sql_token *columns; /* of WITH name (columns); NULL: as its query calls them */
    size_t column_count;
    struct syntax_scope *query;      /* its first arm */
    struct syntax_table *definition; /* by WITH, which has the columns and the query then; NULL: none */
    struct syntax_scope *scope;      /* of a table of the database: where it is named */
    struct syntax_node *schema;      /* before it; NULL: none */
    struct sql_token origin;         /* and what it is called itself */
    bool searched;                   /* just now, for a column */
    struct syntax_table *next;
};

/* What names mean at a place: an arm of a query, a DML statement, or a WITH and what it is before. */
struct syntax_scope {
    struct syntax_scope *outer;   /* NULL: none */
    struct syntax_span with;      /* "WITH ..."; size 0: none */
    struct syntax_span tables[2]; /* what FROM names, without that word, and of DML the table that is changed; size 0: none */
    struct syntax_item *items;    /* of an arm */
    struct syntax_item *last_item;
    struct syntax_table *derived;   /* among the tables */
    struct syntax_table *common;    /* defined by the WITH */
    struct syntax_scope *first_arm; /* of the query; itself where it is the first */
    struct syntax_scope *next_arm;  /* of UNION, EXCEPT, INTERSECT */
    struct syntax_node *columns;    /* COLUMN nodes to be looked up here */
    bool values;                    /* a row of VALUES */
    bool looked_up;
};

enum syntax_statement { SYNTAX_IS_QUERY, SYNTAX_IS_INSERT, SYNTAX_IS_UPDATE, SYNTAX_IS_DELETE };

struct syntax_tree {
    enum syntax_statement statement;
    struct syntax_node *root;   /* OTHER: the parts of the whole text */
    struct syntax_scope *query; /* the first arm of the outermost query, also of INSERT; NULL: none */
    struct sql_token *inserted; /* columns that INSERT lists; NULL: those of the table */
    size_t inserted_count;
    struct syntax_table *named;   /* tables of the database in FROM */
    struct syntax_span table;     /* that is changed, without its alias */
    struct syntax_scope *changed; /* of INSERT, UPDATE, DELETE; its items are those of RETURNING */
    struct syntax_memory *memory; /* owned: all of it */
};

/* Parses one statement of `size` bytes, which the tree goes on pointing into. False when it is none of those above, is not understood, or
 * memory is short; the tree is empty then. */
MUST_CHECK bool syntax_parse(const char *text, size_t size, struct syntax_tree *tree);
void syntax_clear(struct syntax_tree *tree);
