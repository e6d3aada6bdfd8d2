/* Procedures of the schema SYSIBM that clients call behind the user's back and the conversation answers itself:
 * SQLCAMESSAGE, by which Derby's client asks for the text of an error. */
#pragma once

#include "drda/sql/parameters.h"
#include "drda/sql/sqldard.h"

enum procedure { PROCEDURE_NONE, PROCEDURE_SQLCAMESSAGE };

/* Whether the text calls one of them with the right number of parameter markers; blanks and case do not matter. */
enum procedure procedure_recognise(struct wire_reader text);

size_t procedure_parameter_count(enum procedure procedure);
void procedure_describe(enum procedure procedure, size_t index, struct sql_column *column, enum sqldard_mode *mode);

/* Runs it with as many parameters as it has, and writes an SQLDTARD. */
void procedure_execute(struct wire_writer *writer, enum procedure procedure, const struct parameters *parameters);
