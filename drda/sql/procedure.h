/* Procedures of the schema SYSIBM that clients call behind the user's back and the conversation answers itself:
 * SQLCAMESSAGE, by which Derby's client asks for the text of an error, and those by which it makes, reads and changes large objects behind
 * locators. */
#pragma once

#include "drda/sql/parameters.h"
#include "drda/sql/sqldard.h"
#include "drda/sql/target.h"

enum procedure {
    PROCEDURE_NONE,
    PROCEDURE_SQLCAMESSAGE,
    PROCEDURE_BLOBCREATELOCATOR,
    PROCEDURE_BLOBGETLENGTH,
    PROCEDURE_BLOBGETBYTES,
    PROCEDURE_BLOBGETPOSITIONFROMBYTES,
    PROCEDURE_BLOBGETPOSITIONFROMLOCATOR,
    PROCEDURE_BLOBSETBYTES,
    PROCEDURE_BLOBTRUNCATE,
    PROCEDURE_BLOBRELEASELOCATOR,
    PROCEDURE_CLOBCREATELOCATOR,
    PROCEDURE_CLOBGETLENGTH,
    PROCEDURE_CLOBGETSUBSTRING,
    PROCEDURE_CLOBGETPOSITIONFROMSTRING,
    PROCEDURE_CLOBGETPOSITIONFROMLOCATOR,
    PROCEDURE_CLOBSETSTRING,
    PROCEDURE_CLOBTRUNCATE,
    PROCEDURE_CLOBRELEASELOCATOR,
    PROCEDURE_COUNT
};

/* Whether the text calls one of them with the right number of parameter markers; blanks and case do not matter. */
enum procedure procedure_recognise(struct wire_reader text);

size_t procedure_parameter_count(enum procedure procedure);
void procedure_describe(enum procedure procedure, size_t index, struct sql_column *column, enum sqldard_mode *mode);

/* The OUT parameter that a procedure is called for: a number, or text or bytes. */
struct procedure_answer {
    bool is_number;
    int64_t number;
    size_t size; /* of what stands in `bytes` */
    uint8_t bytes[SQL_VARCHAR_MAX];
};

/* Runs it with as many parameters as it has. True when it has an answer; else the outcome is in the diagnosis:
 *   -423 0F001 no such locator (any more)      -171 42815 a position or length that is not within the value
 *   -904 57011 no room for a longer value: the locator is gone then */
MUST_CHECK bool procedure_execute(enum procedure procedure, const struct parameters *parameters, struct sql_target *target,
                                  struct procedure_answer *answer, struct sql_diagnosis *diagnosis);

/* Writes an SQLDTARD. */
void procedure_put_answer(struct wire_writer *writer, enum procedure procedure, const struct procedure_answer *answer);
