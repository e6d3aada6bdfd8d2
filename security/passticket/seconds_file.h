/* The file of passticket_seconds: where it is, and whose. */
#pragma once
#include "common/problem.h"

/* Opens it for reading and writing, or makes it; -1 and *problem when that fails or others may use it. */
MUST_CHECK int seconds_file_open(const char *path, struct problem *problem);
