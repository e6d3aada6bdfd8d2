/* Writes single commands to a Redis, in its protocol. A password may be in them, so that nothing of them stays behind in memory that is
 * given up. Without memory the writer has failed. */
#pragma once
#include "common/wire.h"
#include "security/replay.h"

/* An empty writer; release with redis_command_writer_free. */
struct wire_writer redis_command_writer(void);
void redis_command_writer_free(struct wire_writer *output);

/* Empties and wipes it. */
void redis_command_writer_wipe(struct wire_writer *output);

/* Any command: its words, NULL behind the last. */
void redis_command_put(struct wire_writer *output, const char *const words[]);

/* `user` "": Redis' default user. */
void redis_command_log_in(struct wire_writer *output, const char *user, const char *password);
void redis_command_select(struct wire_writer *output, uint32_t database);

/* Claims, for `lifetime_s`, and gets the claim that stands then: SET NX and GET. */
void redis_command_claim(struct wire_writer *output, const struct replay_claim *claim, const struct replay_use *use, int lifetime_s);
/* GET alone. */
void redis_command_get_claim(struct wire_writer *output, const struct replay_claim *claim);

/* `once`: unless there is a value already. */
void redis_command_set_number(struct wire_writer *output, const char *key, int64_t number, bool once);
