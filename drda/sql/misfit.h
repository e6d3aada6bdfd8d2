/* Why a value cannot be had as the type of its column, and the SQL error that says so. */
#pragma once

#include "drda/sql/value.h"

enum misfit {
    MISFIT_NONE,
    MISFIT_RANGE,
    MISFIT_FORM,
    MISFIT_DATETIME,
    MISFIT_LENGTH,
    MISFIT_ENCODING,
    MISFIT_NULL,
};

/* The codes are those of row_put_value; the token shows the value and names the column. */
void misfit_report(const struct sql_column *column, const struct sql_value *value, enum misfit misfit, struct sql_diagnosis *diagnosis);
