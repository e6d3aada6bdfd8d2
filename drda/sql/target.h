/* What a DRDA conversation needs of whoever executes its SQL: one table of operations over numbered sections.
 * `drda/sql/execute` reads commands and writes replies; the target knows SQL and nothing of DDM. All calls on one target come
 * one after the other, on a thread that may block. Failures are told in the sql_diagnosis, never by a return value alone. */
#pragma once

#include <stdlib.h>

#include "drda/sql/extdta_object.h"
#include "drda/sql/lob.h"
#include "drda/sql/value.h"

/* A package section (PKGNAMCSN without RDBNAM and collection): the place of one prepared statement and its cursor. */
struct sql_section_name {
    char package[19]; /* PKGID, trailing blanks removed, UTF-8 */
    uint16_t number;
};

enum sql_section_state { SQL_SECTION_EMPTY, SQL_SECTION_PREPARED, SQL_SECTION_OPEN, SQL_SECTION_ENDED };

enum sql_step { SQL_STEP_ROW, SQL_STEP_END, SQL_STEP_FAILED };

/* How a scrollable cursor is moved. */
enum sql_move { SQL_MOVE_RELATIVE, SQL_MOVE_ABSOLUTE, SQL_MOVE_BEHIND_LAST, SQL_MOVE_BEFORE_FIRST };

/* The part of a section that the conversation keeps; the target embeds it first in its own statement object, sets it to zero
 * when it makes one, and calls sql_section_drop_rest() when it drops one. */
struct sql_section {
    struct sql_section_name name;
    enum sql_section_state state;
    bool is_query;          /* set by prepare: the statement returns rows */
    bool is_call;           /* set by prepare: CALL of a procedure that returns rows; executing it opens the cursor */
    bool with_hold;         /* cursor stays open over COMMIT */
    bool for_update;        /* set before prepare: the requester means to change rows of the cursor */
    bool updatable;         /* set by prepare: it can, by UPDATE and DELETE WHERE CURRENT OF */
    bool has_lobs;          /* set when the cursor is opened: some columns are CLOB or BLOB */
    bool by_locator;        /* the requester wants locators of them, and reads them when it likes */
    bool scrollable;        /* set before prepare: the cursor, when it is opened, goes both ways */
    uint8_t procedure;      /* a SYSIBM procedure answered by the conversation itself; 0 when none */
    size_t column_count;    /* set by prepare, of a CALL by open; 0 when there are none */
    size_t parameter_count; /* set by prepare */
    uint8_t *pending;       /* written and not yet sent: the rest of a row that a query block has cut, or rows read ahead; owned */
    size_t pending_size;
    size_t pending_block; /* of these bytes, what the next block takes if it has room: whole rows, or what is left of a cut one */
    struct sql_externals *externals; /* LOBs of a row that a query block has cut: they follow when all of it is sent; owned */
    uint32_t rowset; /* of an open cursor that is scrollable or fixed_row: rows that the requester wants at a time; 0: it does not say */
    bool fixed_row;  /* of an open cursor: rows come only when they are asked for (FIXROWPRC) */
};

/* Forgets what is written and not sent. */
static inline void
sql_section_drop_rest(struct sql_section *section)
{
    free(section->pending);
    section->pending = NULL;
    section->pending_size = 0;
    section->pending_block = 0;
    free(section->externals);
    section->externals = NULL;
}

struct sql_target;

struct sql_target_operations {
    /* The section of that name, made empty when `create` and there is none; else NULL (also when no more can be had). */
    struct sql_section *(*section)(struct sql_target *target, const struct sql_section_name *name, bool create);

    /* Prepares UTF-8 text of `size` bytes, dropping what the section held before. Fills is_query, column_count,
     * parameter_count and state. */
    void (*prepare)(struct sql_target *target, struct sql_section *section, const char *text, size_t size, struct sql_diagnosis *diagnosis);
    void (*describe_column)(struct sql_target *target, struct sql_section *section, size_t index, struct sql_column *column);
    void (*describe_parameter)(struct sql_target *target, struct sql_section *section, size_t index, struct sql_column *column);

    /* Runs a prepared statement that returns no rows; sets diagnosis->rows. */
    void (*execute)(struct sql_target *target, struct sql_section *section, const struct sql_value *parameters, size_t count,
                    struct sql_diagnosis *diagnosis);
    /* Prepares, runs and forgets. */
    void (*execute_immediate)(struct sql_target *target, const char *text, size_t size, struct sql_diagnosis *diagnosis);

    /* Opens the cursor of a prepared query, or of a CALL, whose columns may be other ones each time. After SQL_STEP_ROW, values()
     * gives the columns of the row; END and FAILED leave the cursor open until close(), which is harmless on a closed one. */
    void (*open)(struct sql_target *target, struct sql_section *section, const struct sql_value *parameters, size_t count,
                 struct sql_diagnosis *diagnosis);
    enum sql_step (*fetch)(struct sql_target *target, struct sql_section *section, struct sql_diagnosis *diagnosis);
    void (*values)(struct sql_target *target, struct sql_section *section, size_t first, size_t count, struct sql_value *values);

    /* Keeps the CLOB or BLOB of a column of the row for as long as the unit of work lasts, or until it is released, however the row
     * and the cursor move: *locator is its number, 0 when it is NULL. False with a diagnosis when no more can be kept. What was kept
     * says the same as long as it can be read; a row that is changed later takes it away. */
    bool (*keep_lob)(struct sql_target *target, struct sql_section *section, size_t index, uint32_t *locator,
                     struct sql_diagnosis *diagnosis);
    /* Makes an empty one that belongs to no row, for the same time; is_text: a CLOB. */
    bool (*create_lob)(struct sql_target *target, bool is_text, uint32_t *locator, struct sql_diagnosis *diagnosis);
    /* NULL when there is none (any more). The target's; valid until it is released or the unit of work ends. */
    struct sql_lob *(*find_lob)(struct sql_target *target, uint32_t locator);
    void (*release_lob)(struct sql_target *target, uint32_t locator);
    /* Moves the cursor of a section that was opened as scrollable: ABSOLUTE counts from the end when `rows` is negative, and 0 is
     * before the first row. END when there is no row; the cursor is before the first or behind the last then. Once all rows are
     * known diagnosis->result_rows is their number. */
    enum sql_step (*move)(struct sql_target *target, struct sql_section *section, enum sql_move move, int64_t rows,
                          struct sql_diagnosis *diagnosis);
    void (*close)(struct sql_target *target, struct sql_section *section);

    /* End the unit of work. Both close the cursors that are not held. */
    void (*commit)(struct sql_target *target, struct sql_diagnosis *diagnosis);
    void (*rollback)(struct sql_target *target, struct sql_diagnosis *diagnosis);

    /* A statement of EXCSQLSET (SET special register). Unknown registers are answered with SQLCODE +10000, SQLSTATE 01000. */
    void (*set_register)(struct sql_target *target, const char *text, size_t size, struct sql_diagnosis *diagnosis);
};

enum { SQL_EXTERNALS_MAX = 1024 };

/* LOBs of a row that was written, on their way as EXTDTA: a chain of objects that may be longer than memory. */
struct sql_externals {
    uint32_t locators[SQL_EXTERNALS_MAX];
    bool nullable[SQL_EXTERNALS_MAX]; /* an indicator stands before the data */
    size_t count;
    size_t next; /* which one is being sent */
    bool begun;  /* its headers are written */
    struct extdta_object object;
    uint16_t correlation_id; /* of the command that is being answered */
    bool chained;            /* its reply is not the last of the chain */
};

struct sql_target {
    const struct sql_target_operations *operations;
    struct sql_section *continued;   /* the cursor whose block was the last reply, when it has more rows; else NULL */
    size_t block_size;               /* of that block */
    struct sql_externals *externals; /* NULL: nothing is on its way; freed with free() */
};
