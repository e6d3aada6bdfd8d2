/* Reads single replies of a Redis, none of which is trusted. */
#pragma once
#include <hiredis/hiredis.h>

#include "security/replay.h"

enum { REDIS_REPLY_ELEMENTS_MAX = 16 };

/* hiredis' reader, except that an array of more than REDIS_REPLY_ELEMENTS_MAX elements is an error: hiredis would set memory aside for
 * as many as it is told of. NULL: no memory. Release with redisReaderFree. */
redisReader *redis_reply_reader_new(void);

/* A string that is a decimal number and nothing else; false for other replies, and for NULL. */
MUST_CHECK bool redis_reply_number(const redisReply *reply, int64_t *number);

/* What TIME answers: seconds and microseconds. */
MUST_CHECK bool redis_reply_time(const redisReply *reply, int64_t *seconds);

/* The string "microseconds address" of a claim; anything else is no first use that could be told, and zeroes `use`. */
void redis_reply_first_use(const redisReply *reply, struct replay_use *use);

bool redis_reply_is_ok(const redisReply *reply);

/* What stands behind `name` in the answer to INFO, where `name` is "\nfield:"; "" when it does not occur. */
const char *redis_reply_info(const char *info, const char *name);

/* Sets the problem to what was asked and Redis' own words, fit for a line of the log. Returns false. */
bool redis_reply_fail(struct problem *problem, const char *what, const redisReply *reply);
