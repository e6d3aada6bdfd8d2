/* The procedures of the schema SYSIBM that work on large objects behind locators, as Derby's client calls them for the methods of
 * java.sql.Blob and Clob. Private to procedure.c. */
#pragma once

#include "drda/sql/procedure.h"

/* As procedure_execute. */
MUST_CHECK bool procedure_lob_execute(enum procedure procedure, const struct parameters *parameters, struct sql_target *target,
                                      struct procedure_answer *answer, struct sql_diagnosis *diagnosis);
