/* What the parts of the requester share: its state, and the table of what may come back for which command. Private. */
#pragma once

#include "drda/dss.h"
#include "drda/intrdbrqs.h"
#include "drda/reply.h"
#include "drda/requester.h"
#include "drda/sql/extdta_object.h"
#include "drda/sql/row.h"

enum requester_command {
    REQUESTER_IDLE,
    REQUESTER_EXCHANGE,  /* EXCSAT, ACCSEC */
    REQUESTER_CHECK,     /* SECCHK, ACCRDB */
    REQUESTER_INTERRUPT, /* SECCHK, INTRDBRQS */
    REQUESTER_PREPARE,
    REQUESTER_IMMEDIATE,
    REQUESTER_QUERY,
    REQUESTER_EXECUTE,
    REQUESTER_OPEN,
    REQUESTER_CONTINUE,
    REQUESTER_CLOSE,
    REQUESTER_COMMIT,
    REQUESTER_ROLLBACK,
    REQUESTER_COMMAND_COUNT
};

/* What has come back for the command. */
enum requester_seen {
    SEEN_ACCSECRD = 1 << 0,
    SEEN_ACCRDBRM = 1 << 1,
    SEEN_REFUSAL = 1 << 2,
    SEEN_SQLCARD = 1 << 3,
    SEEN_SQLDARD = 1 << 4,
    SEEN_OPNQRYRM = 1 << 5,
    SEEN_QRYDTA = 1 << 6,
    SEEN_ENDQRYRM = 1 << 7,
    SEEN_CMDCMPRM = 1 << 8,
};

/* A large object as it is sent: with one byte behind it where the server wants to know whether it is whole, as Derby's does. */
struct requester_lob {
    struct sql_lob lob; /* first */
    struct sql_lob *data;
};

/* Parallel arrays, one element for each column. */
struct requester_columns {
    size_t count;
    struct sql_column *list; /* names point into `names` */
    struct fdoca_field *fields;
    char (*names)[SQL_NAME_MAX + 1];
    struct sql_value *values; /* of the present row */
};

struct requester {
    const struct requester_settings *settings;
    enum requester_command command;
    bool failed;
    char failure[256];

    struct wire_writer output;
    size_t output_sent;
    struct wire_writer input;
    size_t input_taken;
    size_t input_needed;          /* bytes of the next reply that must be there before it is worth looking again */
    struct dss_progress progress; /* with the reply that is coming */

    /* EXTDTA of the command that is being sent; written into the output when all before them has been sent. */
    struct requester_lob *lobs; /* owned, what they are made of is not */
    size_t lob_count;
    size_t lobs_begun;
    struct extdta_object lob; /* the one begun last */

    struct dss_command reply; /* being taken apart while `reply_open` */
    bool reply_open;
    size_t reply_next; /* 0: its first object, n: objects[n - 1] */
    bool chain_over;   /* the last reply of the chain has been read */
    unsigned seen;     /* enum requester_seen */

    const struct requester_login *login; /* while logging on */
    struct eusridpwd_pair pair;          /* of an encrypted login, until its SECCHK */
    struct eusridpwd_key key;
    struct drda_token interrupting;              /* borrowed while logging on to interrupt another connection; else empty */
    uint8_t interrupt_token[RDBINTTKN_SIZE_MAX]; /* of this one */
    size_t interrupt_token_size;
    struct requester_refusal refusal;
    char rdbnam[RDBNAM_SIZE_MAX + 1];
    bool is_derby;                   /* the server is Apache Derby's, by its SRVCLSNM */
    enum ccsid ccsid;                /* of DDM character parameters */
    struct drda_representation from; /* of the server's data */

    struct sql_diagnosis diagnosis;
    struct sql_diagnosis row_diagnosis; /* what was read with the last row; in here because it is big to be made for each */
    struct requester_columns columns;   /* of the statement prepared or opened last */
    struct wire_writer descriptor;      /* the data of QRYDSC */
    struct wire_writer scratch;         /* what rows are converted to */
    struct wire_reader block;           /* what has come of rows and is not read: in the input, or in `rows` */
    struct wire_writer rows;            /* the beginning of a row whose end is still to come */
    struct wire_writer externals;       /* LOBs that follow rows, each behind its size in 4 bytes */
    size_t externals_taken;
    bool rows_to_read;       /* there may be a whole row in `block` */
    bool query_ended;        /* no more rows come: the cursor is closed */
    uint64_t query_instance; /* QRYINSID */
};

/* Fails for good; `failure` is a fragment of a sentence. Returns REQUESTER_FAILED. */
enum requester_event requester_fail(struct requester *requester, const char *format, ...) PRINTF_LIKE(2, 3);

/* Memory of a writer that grows by itself, and is wiped when it is let go. */
MUST_CHECK bool requester_make_buffer(struct wire_writer *writer, size_t size);
void requester_drop_buffer(struct wire_writer *writer);

/* Wipes what an encrypted login has agreed on. */
void requester_forget_keys(struct requester *requester);

/* Notes the large objects among the parameters of a command, to be sent behind it. False without memory. */
MUST_CHECK bool requester_keep_lobs(struct requester *requester, const struct sql_value *values, size_t count);
void requester_forget_lobs(struct requester *requester);

/* Writes more of them into the output, when all that was there has been sent. */
void requester_put_lobs(struct requester *requester);

/* Begins a command: nothing has come back for it. */
void requester_begin(struct requester *requester, enum requester_command command);

/* Handlers of what comes back. REQUESTER_NEEDS_INPUT stands for "no event, go on". */
enum requester_event requester_take_excsatrd(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_accsecrd(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_secchkrm(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_accrdbrm(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_cmdcmprm(struct requester *requester, struct wire_reader body);
/* The same for a reply message that refuses the RDB. */
enum requester_event requester_take_rdb_refusal(struct requester *requester, uint16_t codepoint);

enum requester_event requester_take_typdefnam(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_sqlcard(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_sqldard(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_opnqryrm(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_qrydsc(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_qrydta(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_extdta(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_endqryrm(struct requester *requester, struct wire_reader body);
enum requester_event requester_take_enduowrm(struct requester *requester, struct wire_reader body);

/* The next whole row of the query blocks. */
enum requester_event requester_take_row(struct requester *requester);

void requester_drop_columns(struct requester *requester);

/* Ends of chains. */
enum requester_event requester_end_exchange(struct requester *requester);
enum requester_event requester_end_check(struct requester *requester);
enum requester_event requester_end_command(struct requester *requester);
enum requester_event requester_end_block(struct requester *requester);
