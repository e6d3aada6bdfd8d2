#include "config/hwscfg.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config/file.h"
#include "config/hwscfg_parser.h"
#include "config/hwscfg_value.h"

enum { SUGGESTION_SIZE = 400 };

static void
advance(struct hwscfg_parser *parser)
{
    parser->last_line = parser->token.line;
    hwscfg_lexer_next(&parser->lexer, &parser->token);
}

static bool
accept(struct hwscfg_parser *parser, enum hwscfg_token_kind kind)
{
    if (parser->token.kind != kind)
        return false;
    advance(parser);
    return true;
}

static const char *
spelled(const struct hwscfg_token *token)
{
    return token->kind == HWSCFG_TOKEN_END ? "the end of the member" : token->text;
}

/* A statement's name in column 1 where no parameter of that name is known: the group before it was not closed. */
static bool
begins_statement(const struct hwscfg_parser *parser, enum hwscfg_group inside)
{
    const struct hwscfg_token *token = &parser->token;
    return token->kind == HWSCFG_TOKEN_WORD && token->column == 1 && hwscfg_find_group(HWSCFG_MEMBER, token->text) != HWSCFG_MEMBER &&
           hwscfg_find_group(inside, token->text) == HWSCFG_MEMBER && hwscfg_find_parameter(inside, token->text) == NULL;
}

/* Passes over a list that is not understood, up to its end or the next statement. */
static void
skip_list(struct hwscfg_parser *parser)
{
    unsigned depth = 0;
    while (parser->token.kind != HWSCFG_TOKEN_END) {
        if (depth > 0 && begins_statement(parser, HWSCFG_GROUP_COUNT))
            return;
        if (parser->token.kind == HWSCFG_TOKEN_OPEN)
            depth++;
        else if (parser->token.kind == HWSCFG_TOKEN_CLOSE && depth > 0)
            depth--;
        advance(parser);
        if (depth == 0)
            return;
    }
}

static void
skip_value(struct hwscfg_parser *parser)
{
    accept(parser, HWSCFG_TOKEN_EQUALS);
    if (parser->token.kind == HWSCFG_TOKEN_OPEN)
        skip_list(parser);
    else
        accept(parser, HWSCFG_TOKEN_WORD);
}

/* Keywords and values are upper case, as in IMS: a member that passes here must pass there. The word is folded all the same, so
 * that the rest of it can be checked. */
static bool
fold_to_upper(char *word)
{
    bool folded = false;
    for (; *word != '\0'; word++) {
        folded = folded || islower((unsigned char)*word);
        *word = (char)toupper((unsigned char)*word);
    }
    return folded;
}

/* `before` and `name` say what the word at hand belongs to: "ODACCESS", "APPL=". */
static void
require_upper_case(struct hwscfg_parser *parser, const char *before, const char *name)
{
    char written[HWSCFG_WORD_MAX + 1];
    memcpy(written, parser->token.text, sizeof written);
    if (fold_to_upper(parser->token.text))
        problem_error(parser->sink, parser->token.line, "%s%s%s%s%s must be in upper case: %s", before, *before != '\0' ? " " : "", name,
                      *name != '\0' ? "=" : "", written, parser->token.text);
}

static bool
is_lone_port(const struct hwscfg_parameter *parameter, const char *value)
{
    return (parameter->kind == HWSCFG_PORT || parameter->kind == HWSCFG_PORTS) && strcmp(value, "LOCAL") != 0;
}

static void
take_word(struct hwscfg_parser *parser, const struct hwscfg_parameter *parameter, void *base, unsigned line)
{
    char value[HWSCFG_WORD_MAX + 1] = "";
    if (parser->token.kind == HWSCFG_TOKEN_WORD) {
        if (parameter->kind != HWSCFG_ANYTHING)
            require_upper_case(parser, hwscfg_groups[parameter->group].title, parameter->name);
        memcpy(value, parser->token.text, sizeof value);
        line = parser->token.line;
        advance(parser);
    }
    if (parameter->kind == HWSCFG_PORTS && strcmp(value, "LOCAL") == 0)
        return;
    char complaint[HWSCFG_COMPLAINT_SIZE];
    if (!hwscfg_value_store(parameter, value, base, complaint))
        problem_error(parser->sink, line, "%s %s=%s: allowed: %s", hwscfg_groups[parameter->group].title, parameter->name, value,
                      complaint);
    else if (is_lone_port(parameter, value))
        hwscfg_rules_port(parser, parameter, (uint16_t)strtoul(value, NULL, 10), line);
}

static void
take_ports(struct hwscfg_parser *parser, const struct hwscfg_parameter *parameter)
{
    unsigned line = parser->token.line;
    if (!accept(parser, HWSCFG_TOKEN_OPEN)) {
        take_word(parser, parameter, NULL, line);
        return;
    }
    do
        take_word(parser, parameter, NULL, line);
    while (accept(parser, HWSCFG_TOKEN_COMMA) || parser->token.kind == HWSCFG_TOKEN_WORD);
    if (!accept(parser, HWSCFG_TOKEN_CLOSE))
        problem_error(parser->sink, parser->token.line, "%s %s=: expected ) after the list of ports, found %s",
                      hwscfg_groups[parameter->group].title, parameter->name, spelled(&parser->token));
}

static void
take_value(struct hwscfg_parser *parser, const struct hwscfg_parameter *parameter, void *base)
{
    const char *title = hwscfg_groups[parameter->group].title;
    unsigned line = parser->token.line;
    bool takes_list = parameter->kind == HWSCFG_PORTS || parameter->kind == HWSCFG_ANYTHING;
    bool has_equals = accept(parser, HWSCFG_TOKEN_EQUALS);
    bool has_list = parser->token.kind == HWSCFG_TOKEN_OPEN;
    if (!has_equals && !(has_list && takes_list)) {
        problem_error(parser->sink, line, "%s %s: expected = and a value, found %s", title, parameter->name, spelled(&parser->token));
        skip_value(parser);
    } else if (parameter->kind == HWSCFG_PORTS) {
        take_ports(parser, parameter);
    } else if (!has_list) {
        take_word(parser, parameter, base, line);
    } else {
        if (!takes_list)
            problem_error(parser->sink, line, "%s %s= takes one value, not a list", title, parameter->name);
        skip_list(parser);
    }
}

/* Where the parameters of a group are kept; NULL when they are only checked. */
static void *
place_of(struct hwscfg_parser *parser, enum hwscfg_group group)
{
    struct hwscfg *hwscfg = parser->hwscfg;
    if (group == HWSCFG_IMSPLEX)
        return parser->count[group] == 1 ? hwscfg : NULL;
    if (group != HWSCFG_ODACCESS_DRDAPORT)
        return hwscfg;
    if (hwscfg->drda_port_count == HWS_DRDA_PORTS_MAX)
        return NULL;
    struct hws_drda_port *port = &hwscfg->drda_ports[hwscfg->drda_port_count++];
    hwscfg_value_defaults(group, port);
    return port;
}

static void parse_group(struct hwscfg_parser *parser, enum hwscfg_group group, unsigned line);

static void
parse_unknown(struct hwscfg_parser *parser, enum hwscfg_group inside)
{
    const struct hwscfg_group_rule *rule = &hwscfg_groups[inside];
    char suggestion[SUGGESTION_SIZE];
    hwscfg_suggest(inside, parser->token.text, suggestion, sizeof suggestion);
    if (rule->open)
        problem_warning(parser->sink, parser->token.line, "%s %s: unknown parameter, not checked%s", rule->title, parser->token.text,
                        suggestion);
    else if (inside == HWSCFG_MEMBER)
        problem_error(parser->sink, parser->token.line, "%s: unknown statement%s", parser->token.text, suggestion);
    else
        problem_error(parser->sink, parser->token.line, "%s %s: unknown parameter%s", rule->title, parser->token.text, suggestion);
    advance(parser);
    skip_value(parser);
}

/* A statement or parameter: NAME=value, NAME=( ... ) or NAME( ... ). */
static void
parse_item(struct hwscfg_parser *parser, enum hwscfg_group inside, void *base)
{
    require_upper_case(parser, hwscfg_groups[inside].title, "");
    unsigned line = parser->token.line;
    const struct hwscfg_parameter *parameter = hwscfg_find_parameter(inside, parser->token.text);
    if (parameter != NULL) {
        advance(parser);
        hwscfg_rules_parameter(parser, parameter, line);
        take_value(parser, parameter, base);
        return;
    }
    enum hwscfg_group group = hwscfg_find_group(inside, parser->token.text);
    if (group == HWSCFG_MEMBER) {
        parse_unknown(parser, inside);
        return;
    }
    advance(parser);
    hwscfg_rules_group(parser, group, line);
    accept(parser, HWSCFG_TOKEN_EQUALS);
    if (accept(parser, HWSCFG_TOKEN_OPEN)) {
        parse_group(parser, group, line);
        return;
    }
    problem_error(parser->sink, parser->token.line, "%s: expected ( and its parameters, found %s", hwscfg_groups[group].title,
                  spelled(&parser->token));
    accept(parser, HWSCFG_TOKEN_WORD);
}

/* Between two parameters stands a comma, or a blank within one record. */
static void
parse_separator(struct hwscfg_parser *parser, enum hwscfg_group group)
{
    const char *title = hwscfg_groups[group].title;
    unsigned line = parser->last_line;
    if (accept(parser, HWSCFG_TOKEN_COMMA)) {
        if (parser->token.kind != HWSCFG_TOKEN_WORD)
            problem_error(parser->sink, parser->token.line, "%s: expected a parameter after the comma, found %s", title,
                          spelled(&parser->token));
        while (accept(parser, HWSCFG_TOKEN_COMMA))
            continue;
    } else if (parser->token.kind == HWSCFG_TOKEN_WORD) {
        if (parser->token.line != line && !begins_statement(parser, group))
            problem_warning(parser->sink, line, "%s: a comma is missing at the end of the record; IMS needs it to go on in the next",
                            title);
    } else if (parser->token.kind == HWSCFG_TOKEN_OPEN || parser->token.kind == HWSCFG_TOKEN_EQUALS) {
        problem_error(parser->sink, parser->token.line, "%s: expected a comma or ), found %s", title, spelled(&parser->token));
        skip_value(parser);
    }
}

/* After the opening parenthesis, up to and with the closing one. */
static void
parse_group(struct hwscfg_parser *parser, enum hwscfg_group group, unsigned line)
{
    const char *title = hwscfg_groups[group].title;
    void *base = place_of(parser, group);
    hwscfg_rules_begin(parser, group, line);
    while (!accept(parser, HWSCFG_TOKEN_CLOSE)) {
        if (parser->token.kind == HWSCFG_TOKEN_END || begins_statement(parser, group)) {
            problem_error(parser->sink, parser->token.line, "%s, begun in line %u, is not closed: ) is missing before %s", title, line,
                          spelled(&parser->token));
            break;
        }
        if (parser->token.kind != HWSCFG_TOKEN_WORD) {
            problem_error(parser->sink, parser->token.line, "%s: expected a parameter, found %s", title, spelled(&parser->token));
            skip_list(parser);
            continue;
        }
        parse_item(parser, group, base);
        parse_separator(parser, group);
    }
    hwscfg_rules_end(parser, group, line);
}

static void
parse_member(struct hwscfg_parser *parser)
{
    while (parser->token.kind != HWSCFG_TOKEN_END) {
        if (parser->token.kind == HWSCFG_TOKEN_WORD) {
            parse_item(parser, HWSCFG_MEMBER, NULL);
            continue;
        }
        problem_error(parser->sink, parser->token.line, "expected a statement such as HWS=( ... ), found %s", parser->token.text);
        if (parser->token.kind == HWSCFG_TOKEN_OPEN)
            skip_list(parser);
        else
            advance(parser);
    }
    hwscfg_rules_end(parser, HWSCFG_MEMBER, parser->token.line);
}

static void
parse(struct problem_sink *sink, const char *text, size_t size, struct hwscfg *hwscfg)
{
    *hwscfg = (struct hwscfg) { 0 };
    for (enum hwscfg_group group = HWSCFG_HWS; group < HWSCFG_GROUP_COUNT; group++) {
        if (group != HWSCFG_ODACCESS_DRDAPORT)
            hwscfg_value_defaults(group, hwscfg);
    }
    struct hwscfg_parser parser = { .sink = sink, .hwscfg = hwscfg };
    hwscfg_lexer_init(&parser.lexer, text, size, sink);
    advance(&parser);
    parse_member(&parser);
    hwscfg->has_odaccess = parser.count[HWSCFG_ODACCESS] > 0;
}

bool
hwscfg_parse(const char *name, const char *text, size_t size, struct hwscfg *hwscfg, struct problem_list *problems)
{
    size_t errors = problems->errors;
    struct problem_sink sink = problem_sink(problems, name);
    parse(&sink, text, size, hwscfg);
    return problems->errors == errors;
}

bool
hwscfg_read(const char *path, struct hwscfg *hwscfg, struct problem_list *problems)
{
    struct problem_sink sink = problem_sink(problems, path);
    char *text;
    size_t size;
    if (!configuration_file_read(path, &sink, &text, &size)) {
        *hwscfg = (struct hwscfg) { 0 };
        return false;
    }
    bool good = hwscfg_parse(path, text, size, hwscfg, problems);
    free(text);
    return good;
}
