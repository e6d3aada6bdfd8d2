/* The TSO command syntax: words, quoted strings and parenthesised lists, separated by blanks and commas. Words are folded to upper
 * case; '' inside quotes is one quote; comments count as a blank; a line that ends in - or + goes on in the next one (+ drops the
 * next line's leading blanks). The text is hostile: it may be anything. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "common/attributes.h"

enum syntax_kind { SYNTAX_WORD, SYNTAX_STRING, SYNTAX_LIST };

struct syntax_node {
    enum syntax_kind kind;
    const char *text;          /* word: folded; string: what the quotes hold; list: NULL */
    const char *typed;         /* word: as typed; otherwise as text */
    struct syntax_node *first; /* of a list; NULL when it is empty */
    struct syntax_node *next;
};

struct syntax {
    struct syntax_node *first; /* NULL: nothing but blanks and comments */
    const char *fault;         /* the message when the text is no command; NULL otherwise */
    struct syntax_node *nodes;
    char *memory; /* text of the nodes; may hold secrets */
    size_t memory_size;
};

/* False: syntax->fault says why. Always followed by syntax_clear, which wipes what may have been secrets. */
MUST_CHECK bool syntax_parse(struct syntax *syntax, const char *text, size_t size);
void syntax_clear(struct syntax *syntax);
