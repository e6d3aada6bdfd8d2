/* QUERY and UPDATE IMSCON TYPE(CONFIG): what an operator may see and change of this gateway. One table of keywords drives SET,
 * SHOW, the columns and their texts. Changes are not kept over a restart. */
#pragma once

#include "gateway/operator/command.h"

enum command_effect imscon_query_config(struct gateway *gateway, const struct command *command, const struct command_issuer *issuer,
                                        struct om_response *response);
enum command_effect imscon_update_config(struct gateway *gateway, const struct command *command, const struct command_issuer *issuer,
                                         struct om_response *response);

enum imscon_kind {
    IMSCON_NAME,   /* char array: 1 to 8 characters, 0 or nothing when unset */
    IMSCON_SWITCH, /* bool: ON, OFF; shown as Y, N */
    IMSCON_LETTER, /* char: ON, OFF, 0; shown as Y, N or blank */
    IMSCON_PSWDMC, /* enum hws_pswdmc: ON, OFF, RCF; shown as Y, N, R */
    IMSCON_NUMBER, /* uint32_t */
    IMSCON_TEXT,   /* char array */
};

enum imscon_source { IMSCON_RUNTIME, IMSCON_MEMBER, IMSCON_STATUS };

enum imscon_set { IMSCON_FIXED, IMSCON_ACTS, IMSCON_NO_EFFECT };

struct imscon_keyword {
    const char *name; /* of SHOW and SET; the column's label */
    const char *long_label;
    unsigned length; /* of the column */
    enum imscon_kind kind;
    enum imscon_source source;
    size_t offset; /* in struct runtime_values, struct hwscfg or the status */
    enum imscon_set set;
    const char *group; /* SHOW(group) shows this column too; NULL: its own name alone */
};

extern const struct imscon_keyword imscon_keywords[];
extern const size_t imscon_keyword_count;
