/* Checks the value of one key of passgate.ini by its row of the table and stores it. */
#pragma once

#include "config/settings_table.h"

enum { SETTING_COMPLAINT_SIZE = 256 };

/* `folder` begins relative paths ("" or ending in a slash). `base` is the struct that the row's field is in. False, and what is
 * wrong in `complaint`, when the value is not allowed; the field is then left as it was. */
MUST_CHECK bool settings_value_store(const struct setting *setting, const char *value, const char *folder, void *base,
                                     char complaint[SETTING_COMPLAINT_SIZE]);

/* What may stand after `key =`, for messages and the reference. */
void settings_value_describe(const struct setting *setting, char *text, size_t size);
