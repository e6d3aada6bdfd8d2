#include "gateway/operator/command.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gateway/operator/imscon.h"

enum { ACCESS_READ = 2, ACCESS_UPDATE = 4 };

const struct command_row command_rows[] = {
    { "QUERY", "QRY", "IMSCON", "CONFIG", "QRY.IMSCON", ACCESS_READ, imscon_query_config,
      "QUERY IMSCON TYPE(CONFIG) SHOW(ALL | field ...)" },
    { "UPDATE", "UPD", "IMSCON", "CONFIG", "UPD.IMSCON", ACCESS_UPDATE, imscon_update_config,
      "UPDATE IMSCON TYPE(CONFIG) SET(keyword(value) ...) | SHUTDOWN(COMM) OPTION(QUIESCE | FORCE)" },
};
const size_t command_row_count = sizeof command_rows / sizeof command_rows[0];

struct scanner {
    const char *at;
    const char *end;
    struct command *command;
    struct problem *problem;
};

static bool
is_separator(char c)
{
    return c == ' ' || c == ',' || c == '\t' || c == '\r';
}

static bool
is_word_character(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("$#@*%.-_:/+", c) != NULL);
}

static bool
take_word(struct scanner *scanner, struct command_word **word)
{
    struct command *command = scanner->command;
    size_t length = 0;
    while (scanner->at + length < scanner->end && is_word_character(scanner->at[length]))
        length++;
    if (length == 0) {
        unsigned char c = (unsigned char)*scanner->at;
        problem_set(scanner->problem, isprint(c) ? "the character %c is not expected" : "the byte X'%02X' is not expected", c);
        return false;
    }
    if (length > COMMAND_WORD_MAX || command->count == COMMAND_WORDS_MAX) {
        problem_set(scanner->problem, "the command has a word of more than %d characters or more than %d words", COMMAND_WORD_MAX,
                    COMMAND_WORDS_MAX);
        return false;
    }
    *word = &command->words[command->count++];
    **word = (struct command_word) { .has_list = false };
    for (size_t i = 0; i < length; i++)
        (*word)->text[i] = (char)toupper((unsigned char)scanner->at[i]);
    scanner->at += length;
    return true;
}

static void
skip_separators(struct scanner *scanner)
{
    while (scanner->at < scanner->end && is_separator(*scanner->at))
        scanner->at++;
}

/* Words until the end of the text (depth 0) or the closing parenthesis, which is taken too. */
static bool
take_words(struct scanner *scanner, unsigned depth, struct command_word **first)
{
    struct command_word **link = first;
    for (skip_separators(scanner); scanner->at < scanner->end && *scanner->at != ')'; skip_separators(scanner)) {
        if (!take_word(scanner, link))
            return false;
        struct command_word *word = *link;
        link = &word->next;
        if (scanner->at == scanner->end || *scanner->at != '(')
            continue;
        scanner->at++;
        word->has_list = true;
        if (depth == COMMAND_DEPTH_MAX) {
            problem_set(scanner->problem, "parentheses are nested more than %d deep", COMMAND_DEPTH_MAX);
            return false;
        }
        if (!take_words(scanner, depth + 1, &word->first))
            return false;
    }
    bool closed = scanner->at < scanner->end;
    if (closed == (depth > 0)) {
        scanner->at += closed ? 1 : 0;
        return true;
    }
    problem_set(scanner->problem, closed ? "there is a ) too many" : "a ) is missing");
    return false;
}

bool
command_parse(const char *text, size_t size, struct command *command, struct problem *problem)
{
    command->first = NULL;
    command->count = 0;
    struct scanner scanner = { .at = text, .end = text + size, .command = command, .problem = problem };
    if (!take_words(&scanner, 0, &command->first))
        return false;
    if (command->first != NULL)
        return true;
    problem_set(problem, "the command is empty");
    return false;
}

const struct command_word *
command_keyword(const struct command *command, const char *name)
{
    const struct command_word *resource = command->first->next;
    for (const struct command_word *word = resource != NULL ? resource->next : NULL; word != NULL; word = word->next)
        if (strcmp(word->text, name) == 0)
            return word;
    return NULL;
}

bool
command_single_value(const struct command_word *word, const char **value)
{
    *value = "";
    if (!word->has_list || word->first == NULL || word->first->next != NULL || word->first->has_list)
        return false;
    *value = word->first->text;
    return true;
}

static bool
is_verb(const struct command_row *row, const struct command_word *verb)
{
    return !verb->has_list && (strcmp(verb->text, row->verb) == 0 || strcmp(verb->text, row->short_verb) == 0);
}

const struct command_row *
command_find(const struct command *command, struct problem *problem)
{
    const struct command_word *verb = command->first;
    const struct command_word *resource = verb->next;
    const struct command_word *type = command_keyword(command, "TYPE");
    const char *type_name = "";
    bool verb_known = false;
    bool resource_known = false;
    if (type != NULL && !command_single_value(type, &type_name)) {
        problem_set(problem, "TYPE must have one value, such as TYPE(CONFIG)");
        return NULL;
    }
    for (size_t i = 0; i < command_row_count; i++) {
        const struct command_row *row = &command_rows[i];
        if (!is_verb(row, verb))
            continue;
        verb_known = true;
        if (resource == NULL || resource->has_list || strcmp(resource->text, row->resource) != 0)
            continue;
        resource_known = true;
        if (strcmp(type_name, row->type) == 0)
            return row;
    }
    if (!verb_known)
        problem_set(problem, "the verb %s is not known; known are QUERY (QRY) and UPDATE (UPD)", verb->text);
    else if (!resource_known)
        problem_set(problem, "%s %s is not known; the resource must be IMSCON", verb->text, resource != NULL ? resource->text : "");
    else if (type == NULL)
        problem_set(problem, "TYPE() is required and has no default; give TYPE(CONFIG)");
    else
        problem_set(problem, "TYPE(%s) is not supported; supported is TYPE(CONFIG)", type_name);
    return NULL;
}

void
command_profile(const struct hwscfg *hws, const struct command_row *row, char profile[COMMAND_PROFILE_SIZE])
{
    const char *plex = hws->imsplex_tmember[0] != '\0' ? hws->imsplex_tmember : hws->odaccess_tmember;
    snprintf(profile, COMMAND_PROFILE_SIZE, "IMS.CSL%s.%s", plex, row->authority);
}
