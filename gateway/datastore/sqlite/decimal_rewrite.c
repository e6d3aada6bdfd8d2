#include "gateway/datastore/sqlite/decimal_rewrite.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/decimal_program.h"
#include "gateway/datastore/sqlite/dialect_types.h"
#include "gateway/datastore/sqlite/expression_columns.h"
#include "gateway/datastore/sqlite/result_types.h"

struct rewrite {
    struct expression_types *types;
    sqlite3_str *output;
    const char *at; /* the text before it is written */
    bool needed;    /* something is written that is not the same as before */
    bool failed;
};

static void put_value(struct rewrite *rewrite, struct syntax_node *node);
static void put_plain(struct rewrite *rewrite, struct syntax_node *node);
static void put_comparison(struct rewrite *rewrite, struct syntax_node *node);
static void put_raw(struct rewrite *rewrite, struct syntax_node *node);

static void
copy_up_to(struct rewrite *rewrite, const char *end)
{
    if (end > rewrite->at)
        sqlite3_str_append(rewrite->output, rewrite->at, (int)(end - rewrite->at));
    if (end > rewrite->at)
        rewrite->at = end;
}

static bool
is_word_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Words of our own, which must not run into a word before them: SELECT(A + B). */
static void
put_word(struct rewrite *rewrite, const char *word)
{
    int size = sqlite3_str_length(rewrite->output);
    if (size > 0 && is_word_character(sqlite3_str_value(rewrite->output)[size - 1]))
        sqlite3_str_appendchar(rewrite->output, 1, ' ');
    sqlite3_str_appendall(rewrite->output, word);
}

/* The collation's name must not run into a word behind it. */
static void
put_collation(struct rewrite *rewrite, const struct syntax_node *node)
{
    const char *behind = node->span.at + node->span.size;
    sqlite3_str_appendall(rewrite->output, is_word_character(*behind) ? " AS TEXT) COLLATE decimal " : " AS TEXT) COLLATE decimal");
}

static const char *
end_of(const struct syntax_span *span)
{
    return span->at + span->size;
}

static struct syntax_type
type_of(struct rewrite *rewrite, struct syntax_node *node)
{
    return expression_type(rewrite->types, node);
}

static bool
is_decimal(struct rewrite *rewrite, struct syntax_node *node)
{
    return type_of(rewrite, node).type == SQL_TYPE_DECIMAL;
}

/* A DECIMAL that is no column's: SQLite gives it no affinity. */
static bool
is_calculated(struct rewrite *rewrite, struct syntax_node *node)
{
    switch (node->kind) {
    case SYNTAX_SIGN:
    case SYNTAX_PARENTHESES:
        return !decimal_is_literal(node) && is_calculated(rewrite, node->first) && is_decimal(rewrite, node);
    case SYNTAX_ARITHMETIC:
    case SYNTAX_CALL:
    case SYNTAX_CASE:
    case SYNTAX_QUERY:
        return is_decimal(rewrite, node);
    case SYNTAX_OTHER:
    case SYNTAX_COLUMN:
    case SYNTAX_NUMBER:
    case SYNTAX_STRING:
    case SYNTAX_MARKER:
    case SYNTAX_NULL:
    case SYNTAX_COMPARISON:
    case SYNTAX_COLLATE:
    case SYNTAX_ASSIGNMENT:
    case SYNTAX_SCHEMA:
        break;
    }
    return false;
}

/* SQL_DECIMAL(...) of a whole tree of operators, with `last` as its last step. */
static void
put_program(struct rewrite *rewrite, struct syntax_node *node, const char *last)
{
    struct decimal_program *program = calloc(1, sizeof *program);
    rewrite->needed = true;
    if (program == NULL || !decimal_program_make(rewrite->types, node, program)) {
        rewrite->failed = true;
    } else {
        put_word(rewrite, "SQL_DECIMAL('");
        sqlite3_str_appendf(rewrite->output, "%s%s'", program->text, last);
        for (size_t i = 0; i < program->count; i++) {
            sqlite3_str_appendall(rewrite->output, ", ");
            rewrite->at = program->operands[i]->span.at;
            put_raw(rewrite, program->operands[i]);
        }
        sqlite3_str_appendchar(rewrite->output, 1, ')');
    }
    rewrite->at = end_of(&node->span);
    if (program != NULL)
        sqlite3_free(program->text);
    free(program);
}

/* CASE value WHEN other: compares as = does. */
static bool
has_base(const struct syntax_node *node)
{
    return node->kind == SYNTAX_CASE && node->first != NULL && node->first->next != NULL && node->first->next->role == SYNTAX_WHEN;
}

static void
put_parts(struct rewrite *rewrite, struct syntax_node *node)
{
    if (has_base(node)) {
        put_comparison(rewrite, node);
        return;
    }
    for (struct syntax_node *part = node->first; part != NULL; part = part->next)
        put_value(rewrite, part);
    copy_up_to(rewrite, end_of(&node->span));
}

/* SQL_SUM or SQL_AVERAGE, with all that stood behind the name. */
static void
put_aggregate(struct rewrite *rewrite, struct syntax_node *call)
{
    struct syntax_type type = type_of(rewrite, call);
    rewrite->needed = true;
    put_word(rewrite, "SQL_DECIMAL('");
    sqlite3_str_appendf(rewrite->output, "nk%d.%d', %s", type.precision, type.scale,
                        sql_token_is(&call->name, "SUM") ? "SQL_SUM" : "SQL_AVERAGE");
    rewrite->at = end_of(&(struct syntax_span) { call->name.at, call->name.size });
    put_parts(rewrite, call);
    sqlite3_str_appendchar(rewrite->output, 1, ')');
}

/* A number as the text that columns of more digits keep. */
static void
put_as_text(struct rewrite *rewrite, struct syntax_node *node)
{
    copy_up_to(rewrite, node->span.at);
    put_word(rewrite, "CAST(");
    put_raw(rewrite, node);
    put_collation(rewrite, node);
}

/* Functions that compare their arguments do it without affinities. */
static bool
compares_arguments(const struct syntax_node *call)
{
    const struct syntax_node *second = call->first->next;
    bool several = second != NULL && second->role == SYNTAX_PART;
    return several && (decimal_is_call(call, "MIN") || decimal_is_call(call, "MAX") || decimal_is_call(call, "NULLIF"));
}

static bool
has_text(struct rewrite *rewrite, struct syntax_node *node)
{
    for (struct syntax_node *part = node->first; part != NULL; part = part->next)
        if (part->role == SYNTAX_PART && type_of(rewrite, part).as_text)
            return true;
    return false;
}

static void
put_arguments_as_text(struct rewrite *rewrite, struct syntax_node *call)
{
    rewrite->needed = true;
    for (struct syntax_node *part = call->first; part != NULL; part = part->next)
        put_as_text(rewrite, part);
    copy_up_to(rewrite, end_of(&call->span));
}

/* SQLite's CAST to DECIMAL keeps floating point. */
static void
put_cast(struct rewrite *rewrite, struct syntax_node *call)
{
    const struct syntax_node *type = call->first->next;
    rewrite->needed = true;
    put_word(rewrite, "SQL_CAST(");
    rewrite->at = call->first->span.at;
    put_value(rewrite, call->first);
    sqlite3_str_appendf(rewrite->output, ", '%.*q')", (int)type->span.size, type->span.at);
}

/* Without affinity. */
static void
put_raw(struct rewrite *rewrite, struct syntax_node *node)
{
    copy_up_to(rewrite, node->span.at);
    bool aggregates = decimal_is_call(node, "SUM") || decimal_is_call(node, "AVG");
    if (node->kind == SYNTAX_PARENTHESES && is_calculated(rewrite, node)) {
        rewrite->at = node->first->span.at; /* what it becomes needs none */
        put_raw(rewrite, node->first);
    } else if (!is_calculated(rewrite, node) && !decimal_is_operator(rewrite->types, node))
        put_plain(rewrite, node);
    else if (decimal_is_operator(rewrite->types, node))
        put_program(rewrite, node, "");
    else if (aggregates)
        put_aggregate(rewrite, node);
    else if (decimal_is_call(node, "CAST"))
        put_cast(rewrite, node);
    else if (compares_arguments(node) && has_text(rewrite, node))
        put_arguments_as_text(rewrite, node);
    else
        put_parts(rewrite, node);
    rewrite->at = end_of(&node->span);
}

/* With the affinity that a column of its type has. */
static void
put_calculated(struct rewrite *rewrite, struct syntax_node *node)
{
    bool as_text = type_of(rewrite, node).as_text;
    rewrite->needed = rewrite->needed || !node->result;
    put_word(rewrite, "CAST(");
    put_raw(rewrite, node);
    if (as_text)
        put_collation(rewrite, node);
    else
        sqlite3_str_appendall(rewrite->output, " AS NUMERIC)");
}

/* The type of a part of a comparison, which may be the rows of IN. */
static struct syntax_type
type_compared(struct rewrite *rewrite, struct syntax_node *part)
{
    if (part->kind == SYNTAX_OTHER && part->scope != NULL)
        return expression_query_type(rewrite->types, part->scope, 0);
    return type_of(rewrite, part);
}

/* Literals, parameters and lists take the form of what they are compared with; results of CASE are not compared. */
static bool
has_own_form(const struct syntax_node *part)
{
    return part->role != SYNTAX_RESULT && !decimal_is_literal(part) && (part->kind != SYNTAX_OTHER || part->scope != NULL);
}

static bool
compares_text(struct rewrite *rewrite, struct syntax_node *comparison)
{
    size_t forms = 0;
    for (const struct syntax_node *part = comparison->first; part != NULL; part = part->next)
        forms += has_own_form(part);
    if (forms < 2)
        return false;
    for (struct syntax_node *part = comparison->first; part != NULL; part = part->next)
        if (part->role != SYNTAX_RESULT && type_compared(rewrite, part).as_text)
            return true;
    return false;
}

/* Of what is compared with text, numbers become text too; what has no affinity does so by itself. */
static void
put_comparison(struct rewrite *rewrite, struct syntax_node *node)
{
    bool text = compares_text(rewrite, node);
    for (struct syntax_node *part = node->first; part != NULL; part = part->next) {
        struct syntax_type type = text && has_own_form(part) ? type_of(rewrite, part) : result_type_unknown();
        if (result_type_is_exact(&type) && !type.as_text) {
            rewrite->needed = true;
            put_as_text(rewrite, part);
        } else {
            put_value(rewrite, part);
        }
    }
    copy_up_to(rewrite, end_of(&node->span));
}

/* Cut to what the column of type `target` has places for, where it would not be by itself. */
static bool
put_for_column(struct rewrite *rewrite, struct syntax_node *node, const struct syntax_type *target)
{
    char last[16];
    struct syntax_type type = type_of(rewrite, node);
    if (type.type != SQL_TYPE_DECIMAL || target->type != SQL_TYPE_DECIMAL || type.scale <= target->scale)
        return false;
    copy_up_to(rewrite, node->span.at);
    snprintf(last, sizeof last, "=%d.%d", target->precision, target->scale);
    put_program(rewrite, node, last);
    return true;
}

static void
put_assignment(struct rewrite *rewrite, struct syntax_node *node)
{
    struct syntax_type target = is_decimal(rewrite, node->first) ? expression_assigned_type(rewrite->types, node) : result_type_unknown();
    if (!put_for_column(rewrite, node->first, &target))
        put_value(rewrite, node->first);
    copy_up_to(rewrite, end_of(&node->span));
}

/* A column keeps the name that its expression had. */
static void
put_label(struct rewrite *rewrite, const struct syntax_node *node, int written_from)
{
    int size = sqlite3_str_length(rewrite->output) - written_from;
    const char *written = sqlite3_str_value(rewrite->output);
    bool same = written != NULL && size == (int)node->span.size && memcmp(written + written_from, node->span.at, node->span.size) == 0;
    if (same || node->item->labelled || node->item->in_values)
        return;
    if (node->kind == SYNTAX_COLUMN) {
        sqlite3_str_appendf(rewrite->output, " AS %.*s", (int)node->name.size, node->name.at);
        return;
    }
    char *label = sqlite3_mprintf("%.*s", (int)node->span.size, node->span.at);
    sqlite3_str_appendf(rewrite->output, " AS \"%w\"", label);
    sqlite3_free(label);
}

/* One of the values of a column of UNION, of which others are kept as text. */
static bool
is_text_elsewhere(struct rewrite *rewrite, struct syntax_node *node)
{
    struct syntax_scope *query = node->item != NULL ? node->item->arm->first_arm : NULL;
    if (query == NULL || query->next_arm == NULL)
        return false;
    struct syntax_type own = type_of(rewrite, node);
    struct syntax_type common = expression_query_type(rewrite->types, query, node->item->index);
    return common.as_text && result_type_is_exact(&own) && !own.as_text;
}

static void
drop(struct rewrite *rewrite, const struct syntax_node *node)
{
    rewrite->needed = true;
    rewrite->at = end_of(&node->span);
}

/* A number of more digits than SQLite keeps, with its sign, as the string that the dialect makes of such numbers elsewhere. */
static bool
put_long_number(struct rewrite *rewrite, const struct syntax_node *node)
{
    static const struct sql_token before = { SQL_TOKEN_OTHER, "(", 1 };
    char string[DIALECT_TYPE_MAX];
    struct sql_text text = sql_text(node->span.at, node->span.size);
    bool is_number = node->kind == SYNTAX_NUMBER || (node->kind == SYNTAX_SIGN && node->first->kind == SYNTAX_NUMBER);
    if (!is_number || !dialect_exact_number(&text, &before, string) || text.left > 0)
        return false;
    rewrite->needed = true;
    put_word(rewrite, string);
    rewrite->at = end_of(&node->span);
    return true;
}

/* What is no DECIMAL itself, but may have some in it. */
static void
put_plain(struct rewrite *rewrite, struct syntax_node *node)
{
    if (put_long_number(rewrite, node))
        return;
    if (node->kind == SYNTAX_COMPARISON)
        put_comparison(rewrite, node);
    else if (node->kind == SYNTAX_ASSIGNMENT)
        put_assignment(rewrite, node);
    else if (node->kind == SYNTAX_SCHEMA && node->dropped)
        drop(rewrite, node);
    else
        put_parts(rewrite, node);
}

static void
put_value(struct rewrite *rewrite, struct syntax_node *node)
{
    copy_up_to(rewrite, node->span.at);
    int written_from = sqlite3_str_length(rewrite->output);
    if (node->target != NULL && put_for_column(rewrite, node, node->target)) {
        rewrite->needed = true;
    } else if (is_text_elsewhere(rewrite, node)) {
        rewrite->needed = true;
        put_as_text(rewrite, node);
    } else if (is_calculated(rewrite, node) || decimal_is_operator(rewrite->types, node))
        put_calculated(rewrite, node);
    else
        put_plain(rewrite, node);
    if (node->item != NULL)
        put_label(rewrite, node, written_from);
}

static void
set_target(struct syntax_node *value, const struct syntax_type *target)
{
    value->target = target;
    value->wanted = true;
}

/* Tells the values of INSERT which columns they go to. */
static struct syntax_type *
set_targets(struct expression_types *types)
{
    struct syntax_type *inserted = NULL;
    if (types->tree->statement != SYNTAX_IS_INSERT || types->tree->query == NULL)
        return NULL;
    size_t count = expression_inserted_types(types, &inserted);
    for (struct syntax_scope *arm = types->tree->query; arm != NULL; arm = arm->next_arm) {
        size_t index = 0;
        for (struct syntax_item *item = arm->items; item != NULL && item->value != NULL && index < count; item = item->next)
            set_target(item->value, &inserted[index++]);
    }
    return inserted;
}

char *
decimal_rewrite(struct expression_types *types)
{
    struct syntax_node *root = types->tree->root;
    struct rewrite rewrite = { .types = types, .output = sqlite3_str_new(NULL), .at = root->span.at };
    struct syntax_type *inserted = set_targets(types);
    put_parts(&rewrite, root);
    char *text = sqlite3_str_finish(rewrite.output);
    free(inserted);
    if (rewrite.needed && !rewrite.failed)
        return text;
    sqlite3_free(text);
    return NULL;
}
