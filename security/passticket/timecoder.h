/* The time-coder of the legacy PassTicket: a Feistel cipher of six rounds over two halves of 16 bits, whose round function is
 * DES under the application key. Source: z/OS Security Server RACF Macros and Interfaces, "How the time-coder algorithm works". */
#pragma once
#include <nettle/des.h>
#include <stdint.h>

#include "security/passticket/name.h"

/* Builds the permutation tables. Call before the other two; calls after the first do nothing. Thread-safe. */
void timecoder_prepare(void);

uint32_t timecoder_encode(const struct des_ctx *key, const struct passticket_name *userid, uint32_t value);
uint32_t timecoder_decode(const struct des_ctx *key, const struct passticket_name *userid, uint32_t coded);
