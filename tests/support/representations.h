/* How sides of conversations represent their data: as this product does, as Db2 on Linux, and as Db2 for z/OS. */
#pragma once

#include "drda/typdef.h"

static const struct drda_representation own = DRDA_OWN_REPRESENTATION;
static const struct drda_representation little = { .little_endian = true, .ccsids = DRDA_OWN_TYPDEFOVR };

/* EBCDIC, with the euro sign in mixed data. */
static const struct drda_representation mainframe = { .hexadecimal_float = true, .ccsids = { .sbc = 37, .dbc = 1200, .mbc = 1140 } };
