#include "gateway/datastore/sqlite/expression_types.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/datastore/sqlite/expression_columns.h"
#include "gateway/datastore/sqlite/result_types.h"

enum { DECLARED_MAX = 128, SQLITE_DIGITS = 15 };

bool
expression_is_untyped(const struct syntax_node *node)
{
    while (node != NULL && (node->kind == SYNTAX_PARENTHESES || node->kind == SYNTAX_SIGN))
        node = node->first;
    return node == NULL || node->kind == SYNTAX_MARKER || node->kind == SYNTAX_NULL;
}

static struct syntax_type
type_of_string(const struct syntax_node *node)
{
    struct syntax_type type = result_type_of(SQL_TYPE_VARCHAR);
    const char *text = node->span.at + 1;
    size_t size = node->span.size >= 2 ? node->span.size - 2 : 0;
    size_t digits = strspn(text, "0123456789.-");
    if (digits == size && size > SQLITE_DIGITS) /* which the dialect has made of a number with more digits than SQLite keeps */
        return result_type_number(text, size);
    type.length = size > 0 ? (uint32_t)size : 1;
    return type;
}

/* Markers and NULL take the type of what they stand beside. */
static struct syntax_type
type_of_operands(struct expression_types *types, char operation, struct syntax_node *left, struct syntax_node *right)
{
    struct syntax_type one = expression_is_untyped(left) ? expression_type(types, right) : expression_type(types, left);
    struct syntax_type other = expression_is_untyped(right) ? one : expression_type(types, right);
    return result_type_arithmetic(operation, &one, &other);
}

/* One type for all parts in that role, from the part `from` on. */
static struct syntax_type
common_type(struct expression_types *types, struct syntax_node *node, enum syntax_role role, size_t from)
{
    struct syntax_type common = result_type_unknown();
    bool any = false;
    for (struct syntax_node *part = node->first; part != NULL; part = part->next) {
        if (part->role != role || (from > 0 && from--) || expression_is_untyped(part))
            continue;
        struct syntax_type type = expression_type(types, part);
        common = any ? result_type_common(&common, &type) : type;
        any = true;
    }
    return common;
}

/* The string behind the value of SQL_CAST, or the type of CAST. */
static struct syntax_type
type_of_cast(const struct syntax_node *call)
{
    char declared[DECLARED_MAX];
    const struct syntax_node *type = call->first->next;
    bool quoted = sql_token_is(&call->name, "SQL_CAST");
    if (type == NULL || (quoted && type->kind != SYNTAX_STRING) || type->span.size >= sizeof declared)
        return result_type_unknown();
    size_t quotes = quoted ? 1 : 0;
    snprintf(declared, sizeof declared, "%.*s", (int)(type->span.size - 2 * quotes), type->span.at + quotes);
    struct syntax_type result = expression_declared_type(declared);
    return result.type == SQL_TYPE_DECIMAL ? result_type_decimal(result.precision, result.scale) : result;
}

static const struct {
    const char *name;
    enum sql_type type;
} fixed_functions[] = {
    { "COUNT", SQL_TYPE_BIGINT }, { "LENGTH", SQL_TYPE_BIGINT },       { "ROW_NUMBER", SQL_TYPE_BIGINT }, { "RANK", SQL_TYPE_BIGINT },
    { "NTILE", SQL_TYPE_BIGINT }, { "DENSE_RANK", SQL_TYPE_BIGINT },   { "INSTR", SQL_TYPE_BIGINT },      { "TOTAL", SQL_TYPE_DOUBLE },
    { "SQRT", SQL_TYPE_DOUBLE },  { "PERCENT_RANK", SQL_TYPE_DOUBLE }, { "CUME_DIST", SQL_TYPE_DOUBLE },
};

bool
expression_round_places(const struct syntax_node *call, int64_t *places)
{
    const struct syntax_node *number = call->first->next;
    *places = 0;
    if (number == NULL || number->role != SYNTAX_PART)
        return true;
    bool negative = number->kind == SYNTAX_SIGN && number->operator== '-';
    if (number->kind == SYNTAX_SIGN)
        number = number->first;
    if (number->kind != SYNTAX_NUMBER || number->span.size > 2 || strspn(number->span.at, "0123456789") < number->span.size)
        return false;
    for (size_t i = 0; i < number->span.size; i++)
        *places = *places * 10 + (number->span.at[i] - '0');
    *places = negative ? -*places : *places;
    return true;
}

/* SQLite gives that of whole numbers as floating point, exactly as long as they are no BIGINT. */
static struct syntax_type
type_of_remainder(struct expression_types *types, struct syntax_node *call)
{
    struct syntax_node *other = call->first->next;
    if (other == NULL || other->role != SYNTAX_PART || other->next != NULL)
        return result_type_unknown();
    struct syntax_type decimal = type_of_operands(types, '%', call->first, other);
    if (decimal.type == SQL_TYPE_DECIMAL)
        return decimal;
    struct syntax_type type = common_type(types, call, SYNTAX_PART, 0);
    bool whole = type.type == SQL_TYPE_SMALLINT || type.type == SQL_TYPE_INTEGER;
    return whole ? type : result_type_unknown();
}

/* Of a function that has another type than its argument. */
static struct syntax_type
type_of_own(const struct syntax_node *call, const struct syntax_type *argument)
{
    int64_t places;
    if (sql_token_is(&call->name, "SUM"))
        return result_type_sum(argument);
    if (sql_token_is(&call->name, "AVG"))
        return result_type_average(argument);
    if (sql_token_is(&call->name, "ROUND"))
        return expression_round_places(call, &places) ? result_type_round(argument) : result_type_unknown();
    return argument->type == SQL_TYPE_DECIMAL ? result_type_decimal(argument->precision, 0) : *argument;
}

static struct syntax_type
type_of_call(struct expression_types *types, struct syntax_node *call)
{
    static const char *const common[] = { "COALESCE", "IFNULL", "MIN", "MAX", NULL };
    static const char *const own[] = { "SUM", "AVG", "ROUND", "FLOOR", "CEIL", "CEILING", NULL };
    static const char *const same[] = { "NULLIF", "ABS", "TRUNC", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "LAG", "LEAD", NULL };
    for (size_t i = 0; i < sizeof fixed_functions / sizeof fixed_functions[0]; i++)
        if (sql_token_is(&call->name, fixed_functions[i].name))
            return result_type_of(fixed_functions[i].type);
    struct syntax_node *argument = call->first;
    if (argument == NULL || argument->role != SYNTAX_PART)
        return result_type_unknown();
    if (sql_token_is(&call->name, "SQL_CAST") || sql_token_is(&call->name, "CAST"))
        return type_of_cast(call);
    if (sql_token_is(&call->name, "IIF"))
        return common_type(types, call, SYNTAX_PART, 1);
    if (sql_token_is(&call->name, "MOD"))
        return type_of_remainder(types, call);
    if (sql_token_is_one_of(&call->name, common))
        return common_type(types, call, SYNTAX_PART, 0);
    if (!sql_token_is_one_of(&call->name, same) && !sql_token_is_one_of(&call->name, own))
        return result_type_unknown();
    struct syntax_type type = expression_type(types, argument);
    return sql_token_is_one_of(&call->name, same) ? type : type_of_own(call, &type);
}

/* Of one column: others stand for rows. */
static struct syntax_type
type_of_subquery(struct expression_types *types, const struct syntax_node *node)
{
    bool is_row = node->scope->items == NULL || node->scope->items->next != NULL;
    return is_row ? result_type_unknown() : expression_query_type(types, node->scope, 0);
}

static struct syntax_type
find_type(struct expression_types *types, struct syntax_node *node)
{
    switch (node->kind) {
    case SYNTAX_COLUMN:
        return expression_column_type(types, node);
    case SYNTAX_NUMBER:
        return result_type_number(node->span.at, node->span.size);
    case SYNTAX_STRING:
        return type_of_string(node);
    case SYNTAX_SIGN:
    case SYNTAX_PARENTHESES:
    case SYNTAX_COLLATE:
        return expression_type(types, node->first);
    case SYNTAX_ARITHMETIC:
        return type_of_operands(types, node->operator, node->first, node->first->next);
    case SYNTAX_CALL:
        return type_of_call(types, node);
    case SYNTAX_CASE:
        return common_type(types, node, SYNTAX_RESULT, 0);
    case SYNTAX_QUERY:
        return type_of_subquery(types, node);
    case SYNTAX_OTHER:
    case SYNTAX_MARKER:
    case SYNTAX_NULL:
    case SYNTAX_COMPARISON:
    case SYNTAX_ASSIGNMENT:
    case SYNTAX_SCHEMA:
        break;
    }
    return result_type_unknown();
}

struct syntax_type
expression_type(struct expression_types *types, struct syntax_node *node)
{
    if (node->typed == SYNTAX_BEING_TYPED) /* WITH RECURSIVE */
        return result_type_unknown();
    if (node->typed == SYNTAX_UNTYPED && node->kind == SYNTAX_COLUMN)
        (void)find_type(types, node);
    if (node->typed == SYNTAX_UNTYPED) {
        node->typed = SYNTAX_BEING_TYPED;
        node->type = find_type(types, node);
        if (node->type.type == SQL_TYPE_DECIMAL && node->kind != SYNTAX_COLUMN)
            node->type = result_type_decimal(node->type.precision, node->type.scale);
        node->typed = SYNTAX_TYPED;
    }
    return node->type;
}

static struct syntax_item *
item_at(const struct syntax_scope *arm, size_t index)
{
    struct syntax_item *item = arm->items;
    for (; item != NULL && item->value != NULL && index > 0; index--)
        item = item->next;
    return item != NULL && item->value != NULL ? item : NULL;
}

struct syntax_type
expression_query_type(struct expression_types *types, struct syntax_scope *query, size_t index)
{
    struct syntax_type common = result_type_unknown();
    struct syntax_item *first = item_at(query, index);
    bool any = false;
    bool all = true;
    if (first != NULL && first->common_known)
        return first->common;
    for (struct syntax_scope *arm = query; arm != NULL; arm = arm->next_arm) {
        struct syntax_item *item = item_at(arm, index);
        if (item == NULL)
            return result_type_unknown();
        all = all && item->value->typed != SYNTAX_BEING_TYPED; /* WITH RECURSIVE */
        if (expression_is_untyped(item->value) || item->value->typed == SYNTAX_BEING_TYPED)
            continue;
        struct syntax_type type = expression_type(types, item->value);
        common = any ? result_type_common(&common, &type) : type;
        any = true;
    }
    if (first != NULL && all) {
        first->common = common;
        first->common_known = true;
    }
    return common;
}

static void
mark_wanted(struct syntax_node *node, bool wanted)
{
    bool gives = node->kind == SYNTAX_PARENTHESES || node->kind == SYNTAX_COLLATE;
    bool asks = node->kind == SYNTAX_ARITHMETIC || node->kind == SYNTAX_SIGN || node->kind == SYNTAX_CALL || node->kind == SYNTAX_CASE ||
                node->kind == SYNTAX_COMPARISON || node->kind == SYNTAX_ASSIGNMENT;
    node->wanted = wanted;
    for (struct syntax_node *part = node->first; part != NULL; part = part->next)
        mark_wanted(part, asks || (gives && wanted));
}

void
expression_mark_wanted(struct syntax_node *root)
{
    mark_wanted(root, false);
}
