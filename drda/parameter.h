/* Takes the parameters (instance variables) of a command apart by a table, so that length, presence and repetition are checked in one
 * place for all commands. */
#pragma once

#include "drda/reply.h"

struct ddm_parameter {
    uint16_t codepoint;
    uint16_t size_min; /* bytes of data */
    uint16_t size_max;
    bool required;
};

/* A code point that stands in several rows may come as often; its values are given in the order in which they come.
 * Fills values[i] with the data of table[i]; values[i].at is NULL when it was not there. Parameters outside the table are skipped:
 * requesters of higher levels send ones that a server may ignore. False and *fault: SYNTAXRM with 07, 08, 0C (lengths of objects),
 * 0A, 09 (too small, too big), 12 (repeated) or 0E (required and missing), CODPNT the parameter. */
MUST_CHECK bool ddm_parameters_read(struct wire_reader parameters, const struct ddm_parameter *table, size_t count,
                                    struct wire_reader *values, struct drda_fault *fault);

/* Values of parameters whose size the table has fixed; 0 when absent. */
uint8_t ddm_value_u8(struct wire_reader value);
uint16_t ddm_value_u16(struct wire_reader value);
