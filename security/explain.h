/* Why a PassTicket was refused, beyond what its evaluation tells by itself: a search through all keys that the database holds, for
 * the one that made it. For operators and administrators only; a client is never told. The search is bounded, and for failed logins
 * rationed, so that wrong tickets cannot keep a server busy explaining. */
#pragma once
#include <stddef.h>

#include "common/wire.h"
#include "security/evaluation.h"
#include "security/racf/racf.h"
#include "security/replay.h"
#include "security/saf/message.h"
#include "security/saf_result.h"

struct racroute;
struct racroute_facts;

/* What a claim of the ticket would come to, when more than the store of this host was asked. */
struct explain_use {
    enum replay_outcome outcome;
    struct replay_use first_use;
};

enum {
    EXPLAIN_TRIALS_MAX = 2000,       /* decodings of one search: some 2 ms with legacy keys, 10 ms with enhanced ones */
    EXPLAIN_TRIALS_A_SECOND = 10000, /* for failed logins: at worst some hundredths of a core */
    EXPLAIN_READ_TRIALS = 500,       /* what reading profiles that wait for a REFRESH counts as */
    EXPLAIN_DETAIL_SIZE = 400,
};

struct explain_budget {
    int64_t second;  /* of the monotonic clock */
    unsigned trials; /* done in it */
};

/* How many trials a search may take now: 0 when those of this second are used up. */
unsigned explain_budget_left(struct explain_budget *budget, int64_t monotonic_ms);
void explain_budget_spend(struct explain_budget *budget, unsigned trials);

struct explain_question {
    const struct evaluation_names *names;
    const char *other_application; /* that a client might have mistaken for the right one: the HWS ID beside APPL=; may be empty */
    const char *credential;
    int64_t now_s;
    enum saf_explanation explanation; /* what the evaluation said */
    unsigned trials;                  /* allowed */
};

struct explain_finding {
    enum saf_explanation explanation; /* that of the question when nothing better was found */
    char profile[RACF_KEY_PROFILE_MAX + 1];
    char application[RACF_NAME_MAX + 1]; /* that the ticket was made for */
    char kind;                           /* 0: nothing found */
    int32_t offset_s;
    unsigned trials; /* done */
};

/* Looks for a key and application under which the ticket is valid now: the profiles not yet refreshed, the key of the right profile
 * with another TYPE or another application, then all other profiles. */
void explain_search(struct racf *racf, const struct explain_question *question, struct explain_finding *finding);

/* "a legacy ticket" and so on, of 'L', 'U' and 'M'. */
const char *explain_kind_name(char kind);

/* What is known beyond saf_explanation_text, to be appended to it: the offset of the ticket and what it hints at, the profile and
 * application that it is valid for, its first use. Empty when there is nothing. */
void explain_detail(const struct saf_result *result, const struct racroute_facts *facts, char detail[EXPLAIN_DETAIL_SIZE]);

/* Answers `passgate ticket explain` (`use` NULL: as far as this host's store knows): appends lines that say what a login with this ticket
 * would come to now, and why. Nothing is counted, claimed or changed, and no password is compared. Returns 0 when it would be accepted,
 * else 4. The caller has checked who asks: the answer tells who may log on with what. */
uint8_t explain_ticket(struct racroute *racroute, const struct saf_explain *request, const struct explain_use *use,
                       struct wire_writer *output);

/* Whether the answer depends on whether the ticket was used: *claim then says which one. */
MUST_CHECK bool explain_ticket_wants_claim(struct racroute *racroute, const struct saf_explain *request, struct replay_claim *claim);
