/* PKGNAMCSN: which section of which package a command means. Names of up to 18 characters travel in fields of 18, longer ones with
 * their lengths. Source: DDM terms PKGNAMCSN, RDBCOLID, PKGID, PKGCNSTKN, PKGSN, SCLDTALEN. */
#pragma once

#include "drda/ccsid.h"
#include "drda/sql/target.h"

enum { PKGNAMCSN_FIXED_SIZE = 64, PKGNAMCSN_SIZE_MAX = 3 * (2 + 255) + 8 + 2 };

/* Reads the data of a PKGNAMCSN. False when lengths do not add up, or PKGID is no name of 1 to 18 characters. */
MUST_CHECK bool package_section_read(struct wire_reader pkgnamcsn, enum ccsid agreed, struct sql_section_name *section);

/* The RDBNAM in one that was read, as it stands there. */
struct wire_reader package_rdbnam(struct wire_reader pkgnamcsn);

/* Writes a whole PKGNAMCSN object for a section of a package in the collection NULLID. */
void package_section_put(struct wire_writer *writer, enum ccsid ccsid, const char *rdbnam, const struct sql_section_name *section);
