/* Host variables of a script: `:NAME` stands for a value given when the script is run. It is sent beside the statement, as a parameter,
 * and never becomes a part of it: no value can change what a statement does. Values are character strings or NULL, which the server
 * converts to what the statement needs, or what stands in a file, as a CLOB or a BLOB of any length. Names are 1 to HOST_VARIABLE_NAME_MAX
 * letters, digits and _, beginning with a letter, compared without regard to case. */
#pragma once

#include "clients/sqlbatch/text.h"
#include "common/problem.h"
#include "drda/sql/value.h"

enum { HOST_VARIABLE_NAME_MAX = 64, HOST_VARIABLE_VALUE_MAX = 32767, HOST_VARIABLES_MAX = 1000 };

struct host_variable {
    char name[HOST_VARIABLE_NAME_MAX + 1];
    char *value; /* NULL is NULL */
    size_t size;
    struct host_variable_file *file; /* owned; not NULL: what stands there is the value */
};

/* All zero at first. */
struct host_variables {
    struct host_variable *list;
    size_t count;
};

void host_variables_clear(struct host_variables *variables);

/* True for NAME=VALUE, NAME:clob=FILE and NAME:blob=FILE, which no statement and hardly a file name looks like. */
bool host_variables_is_assignment(const char *text);

/* Takes NAME=VALUE, NAME:clob=FILE or NAME:blob=FILE. A variable that has a value gets the new one. A file is opened here, and read
 * whenever a statement is executed with it. */
MUST_CHECK bool host_variables_set(struct host_variables *variables, const char *assignment, struct problem *problem);

/* Takes a file of such lines, or of NAME alone for NULL; empty lines and lines beginning with # are passed over. Values are taken as
 * they are, with their blanks. */
MUST_CHECK bool host_variables_read(struct host_variables *variables, const char *path, struct problem *problem);

/* A statement with its variables replaced by parameter markers. */
struct bound_statement {
    struct text text;
    struct sql_value *values; /* of the markers, in their order; bytes belong to the variables */
    size_t count;
};

/* False: a variable has no value, or there is no memory. bound_statement_clear is due in either case. */
MUST_CHECK bool host_variables_bind(const struct host_variables *variables, const char *statement, size_t size,
                                    struct bound_statement *bound, struct problem *problem);
void bound_statement_clear(struct bound_statement *bound);
