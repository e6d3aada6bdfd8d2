/* Checks the value of one HWSCFGxx parameter by its row of the table and stores it. */
#pragma once

#include "config/hwscfg_table.h"

enum { HWSCFG_COMPLAINT_SIZE = 256 };

/* Stores `text` (may be empty: blank) at the parameter's field in `base`, or only checks it when `base` is NULL. False, and
 * what is allowed in `complaint`, when the value is not; the field is then left as it was. Lists are not for this function. */
MUST_CHECK bool hwscfg_value_store(const struct hwscfg_parameter *parameter, const char *text, void *base,
                                   char complaint[HWSCFG_COMPLAINT_SIZE]);

/* Fills the fields of `group` in `base` with the defaults. */
void hwscfg_value_defaults(enum hwscfg_group group, void *base);

/* What may stand after NAME=, for messages and the reference. */
void hwscfg_value_describe(const struct hwscfg_parameter *parameter, char *text, size_t size);
