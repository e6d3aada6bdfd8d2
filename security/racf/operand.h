/* Operands of the commands as tables: parsing, abbreviation, completeness and redaction are driven by them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/attributes.h"
#include "security/racf/syntax.h"

enum operand_value {
    OPERAND_FLAG,     /* no value */
    OPERAND_ONE,      /* one word or string */
    OPERAND_OPTIONAL, /* one word or string, or no value */
    OPERAND_LIST,     /* one or more words */
    OPERAND_INNER,    /* operands of its own */
    OPERAND_SECRET,   /* as OPERAND_LIST; never repeated in output or audit */
};

/* Every keyword of every command has one number, so that a handler asks for it by name. */
enum operand_id {
    OPERAND_NONE,
    OPERAND_ACCESS,
    OPERAND_ADSP,
    OPERAND_ALL,
    OPERAND_APPLDATA,
    OPERAND_AUDIT,
    OPERAND_AUDITOR,
    OPERAND_AUTHORITY,
    OPERAND_AUTHUSER,
    OPERAND_BYTES,
    OPERAND_CLASS,
    OPERAND_CLASSACT,
    OPERAND_DATA,
    OPERAND_DELETE,
    OPERAND_DFLTGRP,
    OPERAND_ENCRYPTKEY,
    OPERAND_EPTKEYLABEL,
    OPERAND_EXPIRED,
    OPERAND_FAILURES,
    OPERAND_FILTER,
    OPERAND_FORCE,
    OPERAND_GENERIC,
    OPERAND_GROUP,
    OPERAND_GRPACC,
    OPERAND_HISTORY,
    OPERAND_HOME,
    OPERAND_ID,
    OPERAND_INACTIVE,
    OPERAND_INTERVAL,
    OPERAND_KEYENCRYPTED,
    OPERAND_KEYLABEL,
    OPERAND_KEYMASKED,
    OPERAND_LIST_OPTIONS,
    OPERAND_MASK,
    OPERAND_MINCHANGE,
    OPERAND_MIXEDCASE,
    OPERAND_NAME,
    OPERAND_NOADSP,
    OPERAND_NOAPPLDATA,
    OPERAND_NO_AUDIT,
    OPERAND_NOAUDITOR,
    OPERAND_NOCLASSACT,
    OPERAND_NODATA,
    OPERAND_NOEPTKEYLABEL,
    OPERAND_NOEXPIRED,
    OPERAND_NOGENERIC,
    OPERAND_NOGRPACC,
    OPERAND_NOHISTORY,
    OPERAND_NOINACTIVE,
    OPERAND_NOINTERVAL,
    OPERAND_NOLEGACYKEY,
    OPERAND_NOMIXEDCASE,
    OPERAND_NOOMVS,
    OPERAND_NOOPERATIONS,
    OPERAND_NOPASSWORD,
    OPERAND_NOPHRASE,
    OPERAND_NORACF,
    OPERAND_NORACLIST,
    OPERAND_NORESTRICTED,
    OPERAND_NOREVOKE,
    OPERAND_NOSPECIAL,
    OPERAND_NOSSIGNON,
    OPERAND_NOUID,
    OPERAND_NOWARNING,
    OPERAND_OMVS,
    OPERAND_OPERATIONS,
    OPERAND_OWNER,
    OPERAND_PASSWORD,
    OPERAND_PHRASE,
    OPERAND_PROGRAM,
    OPERAND_RACLIST,
    OPERAND_REFRESH,
    OPERAND_REPLACE,
    OPERAND_REPLAY,
    OPERAND_RESET,
    OPERAND_RESTRICTED,
    OPERAND_RESUME,
    OPERAND_REVOKE,
    OPERAND_SHARED,
    OPERAND_SPECIAL,
    OPERAND_SSIGNON,
    OPERAND_SUCCESS,
    OPERAND_SUPGROUP,
    OPERAND_TIMEOUT,
    OPERAND_TYPE,
    OPERAND_UACC,
    OPERAND_UID,
    OPERAND_USER,
    OPERAND_VALUE,
    OPERAND_WARNING,
    OPERAND_ID_COUNT,
};

/* A table ends with an entry whose name is NULL. */
struct operand {
    const char *name;
    enum operand_id id;
    enum operand_value value;
    enum operand_id contradicts; /* OPERAND_NONE, or the keyword that must not stand beside it */
    const struct operand *inner; /* of OPERAND_INNER */
};

/* What stands in front of the keywords. */
struct positional {
    const char *name; /* for IKJ56701I MISSING ... */
    bool required;
};

enum { POSITIONAL_MAX = 2, OPERAND_MESSAGE_SIZE = 160 };

struct operands {
    const struct syntax_node *positional[POSITIONAL_MAX]; /* a word, string or list; NULL when absent */
    const struct syntax_node *value[OPERAND_ID_COUNT];    /* first value of the keyword */
    bool present[OPERAND_ID_COUNT];
};

/* Binds the nodes behind the verb. False: `message` says why, and repeats no value. */
MUST_CHECK bool operands_bind(struct operands *operands, const struct positional positional[POSITIONAL_MAX], const struct operand *table,
                              const struct syntax_node *nodes, char message[OPERAND_MESSAGE_SIZE]);

/* The only entry whose name begins with `word`, or is it; NULL, and *ambiguous, when there is none or are several. */
const struct operand *operand_find(const struct operand *table, const char *word, bool *ambiguous);

/* A list's elements, or the single node itself: what a positional operand names. */
const struct syntax_node *operand_elements(const struct syntax_node *node);

/* The number that a keyword gives; false when it is absent, no number or outside the range. */
MUST_CHECK bool operand_number(const char *text, uint32_t least, uint32_t most, uint32_t *number);
