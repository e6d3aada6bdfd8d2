/* The statements and parameters of an HWSCFGxx member, as data: the parser, its messages, the defaults and the reference in
 * docs/configuration.md all come from these two tables. */
#pragma once

#include "config/configuration.h"

/* A statement, or a parameter that has parameters of its own. */
enum hwscfg_group {
    HWSCFG_MEMBER, /* stands for the member itself: parent of the statements */
    HWSCFG_HWS,
    HWSCFG_TCPIP,
    HWSCFG_TCPIP_PORT,
    HWSCFG_TCPIP_CICSPORT,
    HWSCFG_DATASTORE,
    HWSCFG_ODACCESS,
    HWSCFG_ODACCESS_DRDAPORT,
    HWSCFG_ODACCESS_IMSPLEX,
    HWSCFG_IMSPLEX,
    HWSCFG_ADAPTER,
    HWSCFG_RMTIMSCON,
    HWSCFG_MSC,
    HWSCFG_MSC_IMSPLEX,
    HWSCFG_ISC,
    HWSCFG_ISC_IMSPLEX,
    HWSCFG_RMTCICS,
    HWSCFG_GROUP_COUNT
};

enum hwscfg_effect {
    HWSCFG_ACTS,      /* the gateway behaves by it */
    HWSCFG_SHOWN,     /* kept for QUERY IMSCON, nothing else */
    HWSCFG_NO_EFFECT, /* accepted, because members of IMS Connect carry it */
};

struct hwscfg_group_rule {
    const char *name;
    const char *title; /* as messages name it: "ODACCESS DRDAPORT" */
    enum hwscfg_group parent;
    enum hwscfg_effect effect;
    unsigned most; /* how often it may be given in its parent; 0 = any number */
    bool required;
    bool open; /* IBM knows more parameters than are listed here: an unknown one is a warning */
    const char *help;
};

enum hwscfg_kind {
    HWSCFG_YES_NO,     /* N or Y; a bool */
    HWSCFG_CHOICE,     /* one of `allowed`; an enum (the position in `allowed`) or a char (the letter itself, ' ' when blank) */
    HWSCFG_NUMBER,     /* `least` to `most`; uint32_t */
    HWSCFG_PORT,       /* 1 to 65535, a listening port of this member; uint16_t */
    HWSCFG_PORTS,      /* one or a list of such ports, or LOCAL; not kept */
    HWSCFG_NAME,       /* `least` to `most` of A-Z 0-9 $ # @; a char array */
    HWSCFG_IDENTIFIER, /* a name that begins with a letter */
    HWSCFG_ANYTHING,   /* a word or a list; not kept */
};

enum { HWSCFG_NOT_KEPT = 0xFFFF };

struct hwscfg_parameter {
    enum hwscfg_group group;
    const char *name;
    enum hwscfg_kind kind;
    uint32_t least;
    uint32_t most;
    const char *allowed;  /* CHOICE: "R|N|Y" */
    const char *fallback; /* the default as it would be written; "" none or blank */
    bool required;
    bool or_zero; /* NUMBER: 0 is allowed besides the range */
    enum hwscfg_effect effect;
    uint16_t field; /* offset in struct hwscfg, or in struct hws_drda_port; HWSCFG_NOT_KEPT */
    uint16_t size;  /* of the field */
    const char *help;
};

extern const struct hwscfg_group_rule hwscfg_groups[HWSCFG_GROUP_COUNT];
extern const struct hwscfg_parameter hwscfg_parameters[];
extern const size_t hwscfg_parameter_count;

enum { HWSCFG_PARAMETERS_MAX = 160 }; /* room for one entry per parameter in the parser */

/* The group called `name` inside `parent`, or HWSCFG_MEMBER when there is none. */
enum hwscfg_group hwscfg_find_group(enum hwscfg_group parent, const char *name);

/* NULL when the group has no such parameter. */
const struct hwscfg_parameter *hwscfg_find_parameter(enum hwscfg_group group, const char *name);

/* Writes "; did you mean X?" when a name known in `group` is near `word`, else "; known are A, B ...". */
void hwscfg_suggest(enum hwscfg_group group, const char *word, char *text, size_t size);
