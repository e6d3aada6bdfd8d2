/* SQLCODE and SQLSTATE in words: what failed and what to do about it. */
#pragma once

#include "common/problem.h"
#include "drda/sql/value.h"

/* "SQLCODE=-204, SQLSTATE=42704, tokens 'NOSUCH': the statement is wrong or names what is not there: correct it". The tokens come from
 * the server and are shown as printable_copy makes them. */
void diagnosis_describe(const struct sql_diagnosis *diagnosis, struct problem *description);
