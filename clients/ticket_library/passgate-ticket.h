/* libpassgate-ticket: RACF PassTickets from the security server of this host, safd, which alone has the keys. passgate-ticket(3).
 *
 *     struct passgate_ticket_result result;
 *     char ticket[PASSGATE_TICKET_SIZE];
 *     struct passgate_ticket_service *service = passgate_ticket_open(NULL, NULL, &result);
 *     if (service == NULL || passgate_ticket_generate(service, "TOM", "IMSCON1", ticket, &result) != 0)
 *         fprintf(stderr, "no PassTicket: %s\n", result.text);
 *     passgate_ticket_close(service);
 *
 * safd knows the caller by the user ID of the process. A service may be used by one thread at a time; several services by several
 * threads. Nothing is kept between calls: each connects, asks and disconnects, within ten seconds. No signal is raised. */
#ifndef PASSGATE_TICKET_H
#define PASSGATE_TICKET_H

#ifdef __cplusplus
extern "C" {
#endif

/* Where safd listens when nobody says otherwise. */
#define PASSGATE_TICKET_SOCKET "/run/passgate/passgate-saf"

enum {
    PASSGATE_TICKET_SIZE = 9, /* 8 characters and a NUL */
    PASSGATE_TICKET_TEXT_SIZE = 512,
};

/* The codes of R_ticketserv, in decimal:
 *    0/0/0    done
 *    4/0/0    there is no security server: it does not run, or its socket cannot be reached
 *    8/8/4    no user ID or application name
 *    8/8/8    the security server failed or did not answer in time
 *    8/8/16   the caller is not permitted to IRRPTAUTH.application.userid
 *    8/16/28  no PassTicket could be generated
 *    8/16/32  the PassTicket is not valid, was used before, or could not be evaluated */
struct passgate_ticket_result {
    int saf;                              /* SAF return code: 0, 4 or 8 */
    int racf;                             /* RACF return code */
    int reason;                           /* RACF reason code */
    int detail;                           /* why, as numbered in passgate-ticket(3); 0: nothing more is known */
    int retry;                            /* not 0: the same request may succeed in a second */
    char text[PASSGATE_TICKET_TEXT_SIZE]; /* the same in words, in UTF-8 without a final newline */
};

struct passgate_ticket_service;

/* `socket`: the path of safd's socket, NULL for PASSGATE_TICKET_SOCKET. `token`: the name of one safd of several (safd --token), NULL
 * for the one without. Does not connect. NULL: *result says why. */
struct passgate_ticket_service *passgate_ticket_open(const char *socket, const char *token, struct passgate_ticket_result *result);

/* NULL is allowed. */
void passgate_ticket_close(struct passgate_ticket_service *service);

/* Makes a PassTicket; names are 1 to 8 characters and may be in lower case. Returns result->saf; `ticket` is empty when it is not 0.
 * Each ticket is good for one logon; those of one second are different ones. It is a secret: overwrite it when it was used. */
int passgate_ticket_generate(struct passgate_ticket_service *service, const char *userid, const char *application,
                             char ticket[PASSGATE_TICKET_SIZE], struct passgate_ticket_result *result);

/* Judges a PassTicket, which counts as used from then on unless its profile allows replay. Returns result->saf. */
int passgate_ticket_evaluate(struct passgate_ticket_service *service, const char *userid, const char *application, const char *ticket,
                             struct passgate_ticket_result *result);

/* What RCVTPTGN would have returned in register 15 for that result of passgate_ticket_generate: 0 done, 8 no PassTicket; 4 when there
 * is no security server (ours: RACF knows no such case). */
int passgate_ticket_rcvtptgn(const struct passgate_ticket_result *result);

#ifdef __cplusplus
}
#endif
#endif
