/* What the handlers of SQL commands share: the command being executed, and how its parts are read and its replies written.
 * Private to drda/sql. */
#pragma once

#include "drda/parameter.h"
#include "drda/sql/execute.h"
#include "drda/sql/package.h"

enum { SQLCODE_ROLLED_BACK = -911 };

struct sql_request {
    const struct dss_command *command;
    const struct sql_encoding *encoding;
    struct sql_target *target;
    struct dss_writer *reply;
    enum ccsid ccsid;                /* of DDM character parameters */
    struct drda_representation from; /* of the data that came with this command */
    struct wire_writer converted;    /* what of its text was not UTF-8 when it came */
    struct wire_reader sqlstt;       /* text of the statement */
    struct wire_reader sqlattr;      /* attributes of it; empty when there are none */
    struct wire_reader outovr;       /* how the requester wants the columns; empty when it does not say */
    struct sql_diagnosis diagnosis;
    struct drda_fault fault;
};

/* Command data objects that a command takes besides TYPDEFNAM and TYPDEFOVR, which all take. */
enum request_objects {
    REQUEST_SQLSTT = 1 << 0,
    REQUEST_SQLSTTS = 1 << 1, /* any number of SQLSTT; the handler reads them */
    REQUEST_SQLATTR = 1 << 2,
    REQUEST_SQLDTA = 1 << 3, /* with its EXTDTA */
    REQUEST_OUTOVR = 1 << 4,
};

/* Looks through the objects: what is not among `accepted` is OBJNSPRM, what is missing of `required` SYNTAXRM. */
MUST_CHECK bool request_read_objects(struct sql_request *request, unsigned accepted, unsigned required);

/* The text of an SQLSTT or SQLATTR as UTF-8; it belongs to the request. */
MUST_CHECK bool request_read_text(struct sql_request *request, const struct ddm_object *object, struct wire_reader *text);

/* The parameters of the command; request->fault when they are not as the table says. */
MUST_CHECK bool request_read_parameters(struct sql_request *request, const struct ddm_parameter *table, size_t count,
                                        struct wire_reader *values);

/* Single values out of them. A value that may not be is SYNTAXRM with "required value missing". */
MUST_CHECK bool request_section_name(struct sql_request *request, struct wire_reader value, struct sql_section_name *name);
MUST_CHECK bool request_flag(struct sql_request *request, struct wire_reader value, uint16_t codepoint, bool *flag);
MUST_CHECK bool request_block_size(struct sql_request *request, struct wire_reader value, size_t *block_size);
bool request_refuse_value(struct sql_request *request, uint16_t codepoint);

/* The section of that name, or NULL. */
struct sql_section *request_find_section(struct sql_request *request, const struct sql_section_name *name);

/* Replies. The diagnosis is the request's. */
void request_reply_sqlcard(struct sql_request *request);
/* SQLCARD, after ABNUOWRM when the statement has cost the whole unit of work (SQLCODE -911). */
void request_reply_outcome(struct sql_request *request);
/* SQLERRRM (or ABNUOWRM), then SQLCARD: in place of an object that had been asked for. */
void request_reply_sqlerrrm(struct sql_request *request);
/* Writes ABNUOWRM when it is due, and tells whether it was. */
bool request_reply_abnuowrm(struct sql_request *request);
/* A reply message with SVRCOD and, where `rdbnam` says so, RDBNAM; begins the DSS and leaves it and the message open. */
size_t request_open_message(struct sql_request *request, uint16_t codepoint, enum svrcod svrcod, bool rdbnam);
void request_close_message(struct sql_request *request, size_t mark);

/* OPNQRYRM: the cursor is open, and how it will be answered: with rows at once (LMTBLKPRC), or when CNTQRY asks (FIXROWPRC). */
void request_reply_opened(struct sql_request *request, const struct sql_section *section, bool rows_follow);

/* Replies to EXCSQLSTT of a CALL whose cursor has been opened: what says that there is one result set, its description and its
 * first block. `pkgnamcsn` names the section, by which the requester goes on. */
void request_reply_result_set(struct sql_request *request, struct sql_section *section, struct wire_reader pkgnamcsn, size_t block_size);

/* Handlers. False: request->fault says what is wrong with the command itself. */
bool request_prpsqlstt(struct sql_request *request);
bool request_dscsqlstt(struct sql_request *request);
bool request_excsqlimm(struct sql_request *request);
bool request_excsqlstt(struct sql_request *request);
bool request_excsqlset(struct sql_request *request);
bool request_opnqry(struct sql_request *request);
bool request_cntqry(struct sql_request *request);
bool request_clsqry(struct sql_request *request);
bool request_rdbcmm(struct sql_request *request);
bool request_rdbrllbck(struct sql_request *request);
