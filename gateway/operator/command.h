/* Type-2 operator commands: their syntax, VERB RESOURCE KEYWORD(VALUE ...) ..., and the table of those there are. No command can
 * be run without the authority that its row names. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"
#include "common/problem.h"
#include "gateway/gateway.h"
#include "gateway/operator/om_response.h"

enum { COMMAND_TEXT_MAX = 4096, COMMAND_WORD_MAX = 64, COMMAND_WORDS_MAX = 128, COMMAND_DEPTH_MAX = 4 };

/* A word of a command, folded to upper case, with the words in its parentheses: SET(RACF(ON) ODBMAPPL(X)). */
struct command_word {
    char text[COMMAND_WORD_MAX + 1];
    bool has_list;              /* parentheses followed, maybe empty ones */
    struct command_word *first; /* in the parentheses; NULL when empty */
    struct command_word *next;  /* beside it; NULL at the end */
};

struct command {
    struct command_word *first; /* the verb */
    struct command_word words[COMMAND_WORDS_MAX];
    size_t count;
};

/* Who issued a command, as the socket's peer credentials and RACF know it. */
struct command_issuer {
    uint32_t uid;
    char name[33]; /* for the log and the response: RACF user ID, else the system's name */
};

/* Set by a command for whoever runs the gateway. */
enum command_effect { COMMAND_DONE, COMMAND_STOP_GATEWAY, COMMAND_STOP_GATEWAY_NOW };

struct command_row {
    const char *verb;
    const char *short_verb;
    const char *resource;
    const char *type;      /* of TYPE(...) */
    const char *authority; /* the part of the OPERCMDS profile after IMS.plex. */
    uint8_t access;        /* 4 UPDATE, 2 READ */
    enum command_effect (*run)(struct gateway *gateway, const struct command *command, const struct command_issuer *issuer,
                               struct om_response *response);
    const char *help;
};

extern const struct command_row command_rows[];
extern const size_t command_row_count;

/* Reads one line of `size` bytes. False: *problem. */
MUST_CHECK bool command_parse(const char *text, size_t size, struct command *command, struct problem *problem);

/* The row of a command, by verb, resource and TYPE; abbreviated verbs are understood. NULL: *problem. */
const struct command_row *command_find(const struct command *command, struct problem *problem);

/* The keyword of that name after the resource, or NULL. */
const struct command_word *command_keyword(const struct command *command, const char *name);

/* True when a word is KEYWORD(VALUE) with exactly one plain value. */
MUST_CHECK bool command_single_value(const struct command_word *word, const char **value);

/* The OPERCMDS profile that guards a command: IMS.CSLplex.verb.resource. */
enum { COMMAND_PROFILE_SIZE = 64 };
void command_profile(const struct hwscfg *hws, const struct command_row *row, char profile[COMMAND_PROFILE_SIZE]);
