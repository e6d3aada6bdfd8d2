/* From the credentials of a SECCHK to the SECCHKCD of its reply: decides which application name and rules are in force, asks
 * safd, and translates its verdict. Says in the operator log why a login failed; the client learns the code alone. */
#pragma once

#include "drda/server.h"
#include "gateway/address.h"
#include "gateway/loop.h"
#include "security/saf/message.h"

struct login;

/* Who logs on, for safd's audit record and the operator log. */
struct login_client {
    uint64_t connection; /* number of the connection */
    union address address;
    enum saf_evidence evidence; /* what the user is known by; with others than SAF_EVIDENCE_CREDENTIAL the password is not looked at */
};

struct login_verdict {
    enum drda_secchkcd secchkcd;
    const char *userid; /* valid during the call that tells it; "" unless the login succeeded */
    bool by_ticket;     /* it succeeded by a PassTicket, which is used up now */
};

/* Told on the loop's thread, never from within login_begin. The login is over and gone. */
typedef void (*login_decided)(void *context, const struct login_verdict *verdict);

/* Begins a login. Returns it when safd was asked; `decided` will be called. NULL when *verdict is known at once. The caller wipes
 * `credentials` right after. */
MUST_CHECK struct login *login_begin(struct loop *loop, const struct login_client *client, const struct drda_credentials *credentials,
                                     login_decided decided, void *context, struct login_verdict *verdict);

/* The client has gone: nobody will be told. */
void login_cancel(struct login *login);

/* The SECCHKCD for a decision of safd; RACFGENRC=Y (`generic`) lets an unknown user look like a wrong
 * password, and hides what is told of defined users only. */
enum drda_secchkcd login_secchkcd(const struct saf_result *result, bool generic);
