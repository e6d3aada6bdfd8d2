/* The owner of a server machine for tests: holds its bytes in blocks of exactly their size and answers its requests. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "drda/accsec.h"
#include "drda/server_steps.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/memory_stream.h"
#include "tests/support/suite.h"

static const struct drda_server_settings settings = {
    .external_name = "passgated",
    .server_name = "HWS1",
    .class_name = "Passgate",
    .release_level = "0.1.0",
    .product_id = "PGT00010",
    .mechanisms = { SECMEC_USRIDPWD },
    .unauthenticated_bytes_max = 4096,
    .command_bytes_max = 100000,
};

struct conversation {
    struct drda_server server;
    uint8_t *received; /* untaken input, in a block of exactly its size */
    size_t received_size;
    size_t needed;
    uint8_t output[32768];
    size_t output_size;
    enum drda_event event; /* of the last step */
    struct drda_credentials credentials;
    enum drda_secchkcd verdict;
    enum drda_rdb_outcome outcome;
    unsigned verifications;
    unsigned openings;
    unsigned executions;
    struct drda_token rdbinttkn; /* that ACCRDBRM is to bring */
    unsigned interruptions;
    size_t interrupt_token; /* bytes of the last one */
    bool token_unknown;
    bool secret_was_left; /* bytes of SECCHK were not wiped after they had been read */
};

static inline void
commit(struct sql_target *target, struct sql_diagnosis *diagnosis)
{
    (void)target;
    (void)diagnosis;
}

static inline struct sql_section *
no_section(struct sql_target *target, const struct sql_section_name *name, bool create)
{
    (void)target;
    (void)name;
    (void)create;
    return NULL;
}

static inline void
take_text(struct sql_target *target, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    (void)target;
    (void)text;
    (void)size;
    (void)diagnosis;
}

/* Without sections nothing else of a target is ever asked for. */
static const struct sql_target_operations operations = {
    .section = no_section,
    .execute_immediate = take_text,
    .set_register = take_text,
    .commit = commit,
    .rollback = commit,
};

static inline struct conversation *
conversation_new(void)
{
    struct conversation *conversation = calloc(1, sizeof *conversation);
    assert(conversation != NULL);
    drda_server_init(&conversation->server, &settings);
    conversation->received = exact_copy(NULL, 0);
    return conversation;
}

static inline void
conversation_free(struct conversation *conversation)
{
    free(conversation->received);
    free(conversation);
}

static inline void
answer_request(struct conversation *conversation, struct drda_input *input, struct wire_writer *output)
{
    struct drda_server *server = &conversation->server;
    struct sql_target target = { .operations = &operations };
    switch (conversation->event) {
    case DRDA_WANTS_VERIFY:
        conversation->verifications++;
        drda_server_credentials(server, input, &conversation->credentials);
        for (size_t i = 0; i < server->pending_size; i++)
            conversation->secret_was_left |= input->bytes[server->pending_offset + i] != 0;
        drda_server_verified(server, conversation->verdict, output);
        break;
    case DRDA_WANTS_RDB:
        conversation->openings++;
        drda_server_rdb_opened(server, conversation->outcome, conversation->rdbinttkn, output);
        break;
    case DRDA_WANTS_INTERRUPT:
        conversation->interruptions++;
        conversation->interrupt_token = drda_server_interrupt_token(server, input).left;
        drda_server_interrupted(server, !conversation->token_unknown, output);
        break;
    case DRDA_WANTS_SQL:
        conversation->executions++;
        drda_server_run_sql(server, input, &target, output);
        break;
    case DRDA_WANTS_STREAM:
        drda_server_set_stream(server, input, memory_stream_new(), output);
        break;
    case DRDA_NEEDS_INPUT:
    case DRDA_MUST_CLOSE:
        break;
    }
}

/* Steps until more input is needed or the conversation is over. */
static inline void
run(struct conversation *conversation)
{
    struct drda_input input = { conversation->received, conversation->received_size, 0, conversation->needed };
    struct wire_writer output = wire_writer(conversation->output, sizeof conversation->output);
    output.used = conversation->output_size;
    for (;;) {
        conversation->event = drda_server_step(&conversation->server, &input, &output);
        if (conversation->event == DRDA_NEEDS_INPUT || conversation->event == DRDA_MUST_CLOSE)
            break;
        answer_request(conversation, &input, &output);
    }
    CU_ASSERT_FALSE(output.failed);
    conversation->output_size = output.used;
    uint8_t *rest = exact_copy(input.bytes + input.taken, input.size - input.taken);
    free(conversation->received);
    conversation->received = rest;
    conversation->received_size = input.size - input.taken;
    conversation->needed = input.needed;
    if (conversation->event == DRDA_NEEDS_INPUT && conversation->received_size > 0)
        CU_ASSERT_TRUE(conversation->needed > conversation->received_size);
}

static inline void
feed(struct conversation *conversation, const uint8_t *bytes, size_t size)
{
    struct wire_writer joined = wire_writer(malloc(conversation->received_size + size + 1), conversation->received_size + size);
    wire_put_bytes(&joined, conversation->received, conversation->received_size);
    wire_put_bytes(&joined, bytes, size);
    free(conversation->received);
    conversation->received = exact_copy(joined.start, joined.used);
    conversation->received_size = joined.used;
    free(joined.start);
    run(conversation);
}

static inline void
feed_hex(struct conversation *conversation, const char *hex)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    feed(conversation, bytes, size);
    free(bytes);
}

/* Compares what has been sent since the last call, and forgets it. */
static inline void
expect_output(struct conversation *conversation, const char *hex)
{
    size_t size;
    uint8_t *expected = recorded_bytes(hex, &size);
    bool same = size == conversation->output_size && memcmp(expected, conversation->output, size) == 0;
    CU_ASSERT_TRUE(same);
    if (!same) {
        char text[2 * sizeof conversation->output + 1];
        hex_encode(conversation->output, conversation->output_size, text);
        printf("# sent %s\n# not  %s\n", text, hex);
    }
    conversation->output_size = 0;
    free(expected);
}

static inline struct conversation *
logged_on(void)
{
    struct conversation *conversation = conversation_new();
    feed_hex(conversation, RECORDED_DERBY_EXCSAT_ACCSEC);
    feed_hex(conversation, RECORDED_DERBY_SECCHK_ACCRDB);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_ACCESSED);
    conversation->output_size = 0;
    return conversation;
}

/* What is sent must be whole DSSs, whatever was received. */
static inline void
check_output(struct conversation *conversation)
{
    uint8_t *rest = conversation->output;
    size_t left = conversation->output_size, size;
    while (left > 0) {
        enum dss_fault fault;
        struct dss_command reply;
        CU_ASSERT_EQUAL_FATAL(dss_scan(rest, left, &size, &fault), DSS_SCAN_COMPLETE);
        CU_ASSERT_TRUE(dss_read(rest, size, &reply));
        rest += size;
        left -= size;
    }
}
