/* What safd does with requests. Logins are decided one by one but told in batches: all decisions of a loop's turn share one
 * commit of their claims and one write of their audit records, and no answer exists before both are done (group commit). */
#pragma once
#include <sys/types.h>

#include "security/audit.h"
#include "security/racroute.h"
#include "security/saf/safd_link.h"

enum { SAFD_BATCH_MAX = 256 };

/* A login that is decided and not yet told. */
struct safd_decision {
    struct safd_link *link;
    uint32_t id;
    struct saf_verify verify; /* the credential is wiped already */
    struct saf_verify_answer answer;
    struct racroute_facts facts;
};

struct safd_service {
    struct racroute racroute;
    struct audit *audit;
    uid_t owner; /* of the database: acts as IBMUSER */
    bool claims_failing;
    bool audit_failing;
    size_t decision_count;
    struct safd_decision decisions[SAFD_BATCH_MAX];
    char command[SAF_COMMAND_MAX + 1]; /* the one that runs; wiped after it */
    uint8_t output[SAF_OUTPUT_MAX];    /* of that command */
};

/* Serves one request: for struct safd_links.serve, with the service as context. */
bool safd_service_serve(void *service, struct safd_link *link, const struct saf_frame *frame);

/* Makes the batch durable and puts its answers to their links. */
void safd_service_commit(struct safd_service *service);
