/* The state of reading one member; shared by the grammar (hwscfg.c) and the rules about what was read (hwscfg_rules.c). */
#pragma once

#include "config/hwscfg_lexer.h"
#include "config/hwscfg_table.h"

/* A port that the member listens on, to find those named twice. */
struct hwscfg_used_port {
    uint16_t number;
    unsigned line;
    const char *title; /* of its group */
};

struct hwscfg_parser {
    struct hwscfg_lexer lexer;
    struct hwscfg_token token; /* the one to look at */
    unsigned last_line;        /* of the token before it */
    struct problem_sink *sink;
    struct hwscfg *hwscfg;
    unsigned given[HWSCFG_PARAMETERS_MAX]; /* line of each parameter in the group being read; 0: not given */
    unsigned count[HWSCFG_GROUP_COUNT];    /* how often each group was given in its parent */
    unsigned first[HWSCFG_GROUP_COUNT];    /* line of the first */
    bool noted[HWSCFG_PARAMETERS_MAX];     /* "no effect" has been said */
    bool group_noted[HWSCFG_GROUP_COUNT];
    struct hwscfg_used_port ports[HWS_DRDA_PORTS_MAX];
    size_t port_count;
};

/* Before the parameters of a group: forgets what an earlier one gave. */
void hwscfg_rules_begin(struct hwscfg_parser *parser, enum hwscfg_group group, unsigned line);

/* After a group was closed: what is required in it, and what its parameters demand of each other. `line` is where it began. */
void hwscfg_rules_end(struct hwscfg_parser *parser, enum hwscfg_group group, unsigned line);

/* A group was met, or a parameter: too many of them, given twice, without effect. */
void hwscfg_rules_group(struct hwscfg_parser *parser, enum hwscfg_group group, unsigned line);
void hwscfg_rules_parameter(struct hwscfg_parser *parser, const struct hwscfg_parameter *parameter, unsigned line);

/* A port of the member: each may be named once, and there may be 200. */
void hwscfg_rules_port(struct hwscfg_parser *parser, const struct hwscfg_parameter *parameter, uint16_t number, unsigned line);
