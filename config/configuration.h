/* The configuration of a gateway: one HWSCFGxx member (IMS Connect's own statements) and one passgate.ini (what Linux needs
 * besides), read, checked and then immutable. Values changed by operator commands live in gateway/runtime, not here. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/attributes.h"
#include "common/problem.h"
#include "security/throttle.h"

/* Where programs look when --config is not given. */
#define CONFIGURATION_DEFAULT_PATH "/etc/passgate/passgate.ini"

enum { HWS_NAME_MAX = 8, HWS_DRDA_PORTS_MAX = 200, CONFIGURATION_PATH_MAX = 1024, CONFIGURATION_DATASTORES_MAX = 64 };

enum { CONFIGURATION_TRUSTED_PORTS_MAX = 16 };

/* Bits of [passgate] security_mechanisms. */
enum security_mechanism { SECURITY_MECHANISM_USRIDPWD = 1 << 0, SECURITY_MECHANISM_EUSRIDPWD = 1 << 1 };

enum hws_pswdmc { HWS_PSWDMC_RACF, HWS_PSWDMC_NO, HWS_PSWDMC_YES };

struct hws_drda_port {
    uint16_t id;
    uint32_t keepalive_s;         /* KEEPAV: 0 = the stack's value */
    uint32_t porttmot_hundredths; /* PORTTMOT: wait for the client's next message; 0 = for ever */
};

/* What the member says, IBM's defaults filled in. */
struct hwscfg {
    /* HWS */
    char id[HWS_NAME_MAX + 1];
    bool racf;
    enum hws_pswdmc pswdmc;
    bool racfgenrc;
    bool rrs;
    bool uidcache;
    uint32_t uidage_s;
    bool cascade;
    bool tmracfst;
    bool wtorcmd;
    char smember[5];
    char cm0atoq[HWS_NAME_MAX + 1];
    char sendaltp; /* 'Y', 'N' or ' ' */
    char multirtp; /* 'Y', 'N' or ' ' */
    /* TCPIP */
    uint32_t maxsoc;
    uint32_t warnsoc_percent;
    uint32_t warninc_percent;
    uint32_t timeout_hundredths;
    uint32_t idleto_hundredths;
    uint32_t backlog; /* TCPIPQ */
    bool nodelay;
    bool ipv6;
    /* ODACCESS */
    bool has_odaccess;
    char appl[HWS_NAME_MAX + 1]; /* empty: the HWS ID is used */
    struct hws_drda_port drda_ports[HWS_DRDA_PORTS_MAX];
    size_t drda_port_count;
    uint32_t odbmtmot_hundredths;
    bool odbmautoconn;
    bool odracfst;
    char odaccess_member[17];
    char odaccess_tmember[6];
    /* IMSPLEX */
    char imsplex_member[17];
    char imsplex_tmember[6]; /* the plex name in OPERCMDS profiles is CSL + this */
    /* ADAPTER */
    bool adapter_xml;
    uint32_t adapter_maxcvrt;
    uint32_t adapter_maxlsssz;
};

enum datastore_kind { DATASTORE_SQLITE };

/* [datastore NAME]: what is served under RDBNAM NAME (case-insensitive, 1 to 18 characters). */
/* What a session on a datastore may use; 0 is no limit, or the default where there must be one. */
struct datastore_limits {
    uint32_t statement_timeout_ms; /* then SQLCODE -952 */
    uint32_t lock_timeout_ms;      /* waiting for another session's lock; then SQLCODE -911 */
    uint32_t statement_bytes;      /* text of one statement */
    uint32_t result_rows;          /* of one query */
    uint32_t scrollable_bytes;     /* rows kept by one scrollable cursor, in a temporary file */
    uint32_t cache_kib;            /* page cache of a session */
};

struct datastore_settings {
    char name[19];
    enum datastore_kind kind;
    char path[CONFIGURATION_PATH_MAX];
    bool read_only;
    bool create; /* make the file when it is not there */
    struct datastore_limits limits;
};

enum audit_to { AUDIT_TO_FILE, AUDIT_TO_JOURNAL, AUDIT_TO_BOTH };

/* passgate.ini. Relative paths are taken from the folder of the ini file. */
struct passgate_settings {
    char member[CONFIGURATION_PATH_MAX];          /* [passgate] member */
    char address[46];                             /* [passgate] address: listen address; default :: with IPV6=Y, else 0.0.0.0 */
    uint32_t threads;                             /* [passgate] threads: event loops; 0 = one per core */
    uint32_t executor_threads;                    /* [passgate] executor_threads: SQL workers */
    char operator_socket[CONFIGURATION_PATH_MAX]; /* [passgate] operator_socket */
    uint32_t security_mechanisms;                 /* [passgate] security_mechanisms: enum security_mechanism, a bit each */
    uint16_t trusted_ports[CONFIGURATION_TRUSTED_PORTS_MAX + 1]; /* [passgate] trusted_ports: the last is 0 */
    bool reauthentication_same_ticket;                           /* [passgate] reauthentication = strict | same-ticket */
    uint32_t shutdown_ms;                                        /* [passgate] shutdown_ms: how long SIGTERM waits for work in flight */
    uint32_t login_ms;                                           /* [limits] login_ms: from accept to a successful SECCHK */
    uint32_t unauthenticated_bytes;                              /* [limits] unauthenticated_bytes: one command before SECCHK succeeded */
    uint32_t command_bytes;                                      /* [limits] command_bytes: one command with its objects */
    uint32_t lob_bytes;                                          /* [limits] lob_bytes: large objects of one command */
    uint32_t sql_memory_bytes;                                   /* [limits] sql_memory_bytes: of SQLite, all sessions together */
    bool saf_child;                                              /* [saf] start = child | external */
    char saf_socket[CONFIGURATION_PATH_MAX];                     /* [saf] socket */
    char saf_socket_group[33];                  /* [saf] socket_group: system group that may connect to it; default everybody */
    char saf_gateway_user[33];                  /* [saf] gateway_user: system user whose processes may ask for VERIFY; default safd's own */
    uint32_t saf_timeout_ms;                    /* [saf] timeout_ms: then SECCHKCD 0A */
    char racf_database[CONFIGURATION_PATH_MAX]; /* [racf] database */
    char master_key[CONFIGURATION_PATH_MAX];    /* [racf] master_key */
    char replay[CONFIGURATION_PATH_MAX];        /* [racf] replay: a path, or a URL that may hold a password */
    char replay_local[CONFIGURATION_PATH_MAX];  /* [racf] replay_local */
    bool replay_fallback;                       /* [racf] replay_fallback = refuse | local */
    uint32_t replay_timeout_ms;                 /* [racf] replay_timeout_ms */
    char replay_password_file[CONFIGURATION_PATH_MAX]; /* [racf] replay_password_file; this and the next three: "" unset */
    char replay_ca[CONFIGURATION_PATH_MAX];            /* [racf] replay_ca */
    char replay_certificate[CONFIGURATION_PATH_MAX];   /* [racf] replay_certificate */
    char replay_key[CONFIGURATION_PATH_MAX];           /* [racf] replay_key */
    bool replay_power;                                 /* [racf] replay_durability = power | process */
    enum audit_to audit_to;                            /* [racf] audit_to = file | journal | both */
    uint32_t timeout_future_s;                         /* [racf] timeout_future_s: that enhanced tickets may be ahead of the clock */
    char audit_file[CONFIGURATION_PATH_MAX];           /* [racf] audit */
    char audit_journal[CONFIGURATION_PATH_MAX];        /* [racf] audit_journal: the journal's socket */
    bool audit_go_on;                                  /* [racf] audit_failure = refuse | continue */
    uint32_t password_threads;                         /* [racf] password_threads: that hash passwords */
    struct throttle_settings throttle;                 /* [throttle] */
    struct datastore_settings datastores[CONFIGURATION_DATASTORES_MAX];
    size_t datastore_count;
};

struct configuration {
    struct hwscfg hws;
    struct passgate_settings settings;
};

enum configuration_severity { CONFIGURATION_ERROR, CONFIGURATION_WARNING, CONFIGURATION_NOTE };

struct configuration_problem {
    enum configuration_severity severity;
    unsigned line; /* 0: the file as a whole */
    char *text;    /* UTF-8, "file:line: error: what is wrong and what to do", ready to print; owned */
};

/* All problems of the files read, in the order of their lines; not only the first. */
struct problem_list {
    struct configuration_problem *problems; /* owned */
    size_t count;
    size_t errors; /* how many forbid to start; the others are warnings and notes */
};

void problem_list_clear(struct problem_list *list);

/* One problem a line. Notes ("accepted, no effect") only when asked for. */
void problem_list_print(const struct problem_list *list, bool with_notes, FILE *stream);

/* Reads passgate.ini at `path` and the member it names. False when there is at least one error; `configuration` is then filled as
 * far as possible. Problems are added to `problems`, which begins as { 0 } and is cleared by the caller. Whether files and
 * databases that the settings name exist is not asked here. */
MUST_CHECK bool configuration_read(const char *path, struct configuration *configuration, struct problem_list *problems);

/* passgate.ini alone, for safd and command-line tools, which need no member. */
MUST_CHECK bool configuration_read_settings(const char *path, struct passgate_settings *settings, struct problem_list *problems);

/* Wipes what only safd may know: the password in [racf] replay. */
void configuration_forget_secrets(struct passgate_settings *settings);

/* The application name in force: ODACCESS APPL=, else HWS ID=. */
const char *hwscfg_application(const struct hwscfg *hws);

/* Every statement, parameter, section and key with its values, default and meaning, as Markdown tables: the same tables that
 * the parsers follow. */
void configuration_write_reference(FILE *stream);
