/* Where audit records go: between security/audit.c, which makes them, and the file and journal that take them. */
#pragma once
#include <jansson.h>

#include "security/audit.h"

/* Adds a record to the batch and releases it. NULL stands for one that could not be made: audit_flush then tells so. */
void audit_append(struct audit *audit, json_t *record);
