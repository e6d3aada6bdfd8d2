/* A real gateway for integration tests: passgated with its safd on a free loopback port, in a directory of its own under /tmp,
 * set up through `passgate racf`. The programs come from the folder that the environment variable PASSGATE_BUILD names.
 * A fixture that cannot be made ends the test program with a message: there is nothing left to test then. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/support/recorder.h"

struct gateway_options {
    /* Why Wireshark is not to see what is said to this gateway, else NULL: then clients reach it through a recorder, provided that the
     * environment variable PASSGATE_RECORDINGS names a folder, and tests/integration/test_wireshark judges the recording. */
    const char *unrecorded;
    bool without_racf;    /* RACF=N */
    bool without_appl;    /* no ODACCESS APPL=: the HWS ID counts */
    bool generic_codes;   /* RACFGENRC=Y */
    bool external_safd;   /* safd as a process of its own, which tests may stop */
    unsigned threads;     /* event loops; 0: two */
    const char *passgate; /* further lines for the [passgate] section, or NULL */
    bool debug;           /* passgated --debug */
    const char *replay;   /* [racf] replay, and further lines for that section; NULL: a file */
    const char *limits;   /* further lines for the [limits] section, or NULL */
    const char *throttle; /* lines for the [throttle] section; NULL: switched off, so that tests may fail as often as they like */
};

struct gateway {
    char directory[64];
    char key[17];       /* of applications IMSCON1 and PASSGATE, 16 hex digits */
    char other_key[17]; /* of application IMSCON2 */
    uint16_t port;      /* where clients connect to */
    uint16_t drda_port; /* the DRDAPORT; the same unless a recorder stands in between */
    struct recorder recorder;
    pid_t passgated;
    pid_t safd; /* 0 unless external */
    bool external_safd;
    bool debug;
};

/* Users IMSUSR1, A, TOM, ABCDEF7 and X#Y@Z$12 may use the applications; REVOKED1 is revoked; PROTECT1 is protected; NOAPPL is
 * defined but not permitted to them. The HWS ID is PASSGATE, ODACCESS APPL= is IMSCON1, the datastore is SAMPLE. */
void gateway_start(struct gateway *gateway, const struct gateway_options *options);

/* Ends the processes by SIGTERM, checks that they end well (sanitizers included) and removes the directory. */
void gateway_stop(struct gateway *gateway);

/* kill -9 of every process, then a new start on the same directory and port. */
void gateway_kill(struct gateway *gateway);
void gateway_restart(struct gateway *gateway);

/* Stops the processes as gateway_stop does and starts them with other options, on the same directory and port. */
void gateway_configure(struct gateway *gateway, const struct gateway_options *options);

/* For tests that kill one daemon or both without end: a start that nobody waits for, and the wait until clients are served. */
void gateway_launch_safd(struct gateway *gateway);
void gateway_launch_passgated(struct gateway *gateway);
void gateway_wait_until_ready(const struct gateway *gateway);
void gateway_kill_passgated(struct gateway *gateway);

/* gateway_stop in two steps: its files can be looked at in between. */
void gateway_end(struct gateway *gateway);
void gateway_remove(struct gateway *gateway);

void gateway_start_safd(struct gateway *gateway);
void gateway_kill_safd(struct gateway *gateway);

/* Runs `passgate <arguments>` with optional standard input; returns its exit status, its output in `output`. */
int gateway_passgate(const struct gateway *gateway, char *output, size_t size, const char *input, const char *const arguments[]);

/* Sends an operator command and returns the exit status of `passgate command`. */
int gateway_operate(const struct gateway *gateway, const char *command, char *output, size_t size);

/* The text of a file in the gateway's directory, NUL-terminated and allocated; "" when there is none. */
char *gateway_file(const struct gateway *gateway, const char *name);

/* A PassTicket for UTC now + offset. Consecutive calls for one user and application step back a second when they must, so
 * that each ticket is a new one. */
void gateway_ticket(const struct gateway *gateway, const char *user, const char *application, int offset_s, char ticket[9]);

/* Resident memory of a process in KiB. */
long process_resident_kib(pid_t pid);

/* User and system time of all threads of a process, in seconds. */
double process_cpu_seconds(pid_t pid);
