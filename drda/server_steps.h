/* The order of commands as a table: which command is answered in which state, by which handler, and with which DDM error otherwise.
 * Private to the server machine, its tests, and docs/protocol-states.md, which is generated from it. */
#pragma once

#include "drda/reply.h"
#include "drda/server.h"

enum drda_command {
    DRDA_COMMAND_EXCSAT,
    DRDA_COMMAND_ACCSEC,
    DRDA_COMMAND_SECCHK,
    DRDA_COMMAND_ACCRDB,
    DRDA_COMMAND_INTRDBRQS,
    DRDA_COMMAND_SQL,   /* any that sql_execute answers */
    DRDA_COMMAND_OTHER, /* code points that are no command here */
    DRDA_COMMAND_COUNT
};

/* Answers a command, or leaves it pending for the owner. server->state is already the next one; a handler that ends up elsewhere sets it.
 * `input_bytes` is where the owner's input begins. False: *fault is the answer, and the conversation ends. */
typedef bool drda_handler(struct drda_server *server, const struct dss_command *command, const uint8_t *input_bytes,
                          struct dss_writer *reply, struct drda_fault *fault);

struct drda_step {
    drda_handler *handler; /* NULL: refused, or left to drda_server_run_sql when `next` is DRDA_STATE_EXECUTING */
    enum drda_state next;
    const struct drda_fault *refusal; /* of an empty cell; CODPNT of CMDNSPRM is the command's */
};

/* `state` is one in which commands are taken: START, EXCHANGED, REFUSED, SECURITY, VERIFIED or ACCESSED. */
const struct drda_step *drda_step_for(enum drda_state state, enum drda_command command);
enum drda_command drda_command_of(uint16_t codepoint);

drda_handler drda_answer_excsat;
drda_handler drda_answer_accsec;
drda_handler drda_answer_secchk;
drda_handler drda_answer_accrdb;
drda_handler drda_answer_intrdbrqs;

/* What every reply ends with: stays chained when the command has a successor in its chain and the conversation goes on. */
void drda_server_end_reply(const struct drda_server *server, struct dss_writer *reply);
/* Writes a fault as the reply to the pending command. */
void drda_server_refuse(struct drda_server *server, const struct drda_fault *fault, struct dss_writer *reply);
/* The encoding of DDM text in force. */
enum ccsid drda_server_ccsid(const struct drda_server *server);
