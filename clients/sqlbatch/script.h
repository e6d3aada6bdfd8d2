/* Reads a batch script statement by statement from a file or pipe, without holding more than one statement.
 *
 * A statement ends in ';', but not inside '...' or "..." (where a doubled quote stands for itself), nor inside a comment: `--` to the
 * end of the line, or slash-star to star-slash, which may be nested as in Db2. Comments are replaced by a blank. CONNECT url takes
 * everything up to the next blank or ';' as it is; a ';' that is followed by another ';' or directly by PROPERTY= belongs to the
 * URL. CREATE TRIGGER ... BEGIN ...; END; is one statement. Source: IMS documentation, "SQL Batch utility input statements". */
#pragma once

#include "clients/sqlbatch/text.h"
#include "common/problem.h"

enum { SCRIPT_STATEMENT_MAX = 16 << 20 }; /* bytes */

enum script_kind {
    SCRIPT_SQL,
    SCRIPT_CONNECT, /* the text is the URL */
    SCRIPT_COMMIT,
    SCRIPT_ROLLBACK,
    SCRIPT_DISCONNECT,
    SCRIPT_END,        /* no more statements */
    SCRIPT_INVALID,    /* not a statement; the problem says why. Nothing after it can be trusted */
    SCRIPT_UNREADABLE, /* the file cannot be read, or there is no memory */
};

struct script_statement {
    enum script_kind kind;
    const char *text; /* UTF-8, without the ';', NUL-terminated; until the next call */
    size_t size;
    size_t line; /* of its first character */
};

enum { SCRIPT_BUFFER_SIZE = 16384 };

/* Private. */
struct script {
    int file;
    size_t line;
    bool begun; /* the first byte has been looked at */
    bool ended; /* end of file seen */
    int error;  /* errno of a failed read */
    size_t at;  /* next byte in the buffer */
    size_t filled;
    struct text text;
    char buffer[SCRIPT_BUFFER_SIZE];
};

/* `file` is a descriptor, borrowed. */
void script_init(struct script *script, int file);
void script_clear(struct script *script);

/* Reads the next statement. `problem` is set with SCRIPT_INVALID and SCRIPT_UNREADABLE; it does not repeat the line. */
enum script_kind script_next(struct script *script, struct script_statement *statement, struct problem *problem);
