/* A client of sql_execute for tests: builds chains of commands, executes them against a target in memory, and takes the replies
 * apart into their objects. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "drda/reply.h"
#include "drda/sql/execute.h"
#include "drda/sql/package.h"
#include "drda/sql/sqlca.h"
#include "drda/sql/sqlstt.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/representations.h"
#include "tests/support/sql_fake_target.h"
#include "tests/support/suite.h"

enum { REPLY_MAX = 1 << 18, OBJECTS_MAX = 64, REQUEST_MAX = 4096 };

static const struct sql_column columns[] = {
    { .name = "ID", .table = "T1", .schema = "APP", .type = SQL_TYPE_INTEGER },
    { .name = "V", .table = "T1", .schema = "APP", .type = SQL_TYPE_VARCHAR, .length = 40, .nullable = true },
};

static inline void
cell(size_t row, size_t column, struct sql_value *value)
{
    static const uint8_t text[] = "hello";
    if (column == 0)
        *value = (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = (int64_t)row };
    else if (row % 2 == 0)
        *value = (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { text, sizeof text - 1 } };
}

/* A client: what it sends, and the objects that came back with their correlation IDs. */
struct client {
    struct fake_target *fake;
    struct sql_encoding encoding;
    struct wire_writer request;
    struct dss_writer chain;
    uint8_t request_memory[REQUEST_MAX];
    uint8_t *reply;
    size_t reply_size;
    struct ddm_object objects[OBJECTS_MAX];
    uint16_t correlation_ids[OBJECTS_MAX];
    size_t object_count;
    uint16_t svrcod; /* highest of the chain */
};

static inline struct client *
client_new(size_t rows)
{
    struct client *client = calloc(1, sizeof *client);
    CU_ASSERT_PTR_NOT_NULL_FATAL(client);
    client->fake = fake_target_new(columns, 2, rows, cell);
    client->reply = malloc(REPLY_MAX);
    client->encoding = (struct sql_encoding) { .client = DRDA_OWN_REPRESENTATION, .sqlam_level = 7, .rdbnam = "SAMPLE" };
    client->request = wire_writer(client->request_memory, sizeof client->request_memory);
    client->chain = dss_writer(&client->request);
    return client;
}

static inline void
client_free(struct client *client)
{
    fake_target_free(client->fake);
    free(client->reply);
    free(client);
}

/* Takes the reply apart, and checks that it is one chain. */
static inline void
take_reply(struct client *client)
{
    client->object_count = 0;
    for (size_t offset = 0; offset < client->reply_size;) {
        static struct dss_command reply;
        size_t size;
        enum dss_fault fault;
        CU_ASSERT_EQUAL_FATAL(dss_scan(client->reply + offset, client->reply_size - offset, &size, &fault), DSS_SCAN_COMPLETE);
        CU_ASSERT_TRUE_FATAL(dss_read(client->reply + offset, size, &reply));
        offset += size;
        CU_ASSERT_EQUAL(reply.chained, offset < client->reply_size);
        CU_ASSERT_TRUE_FATAL(client->object_count + 1 + reply.object_count <= OBJECTS_MAX);
        for (size_t i = 0; i <= reply.object_count; i++) {
            client->correlation_ids[client->object_count] = reply.correlation_id;
            client->objects[client->object_count++] =
                i == 0 ? (struct ddm_object) { reply.codepoint, reply.parameters } : reply.objects[i - 1];
        }
    }
}

/* Executes a chain of commands; each is read from a block of exactly its size. */
static inline void
execute_bytes(struct client *client, const uint8_t *bytes, size_t bytes_size)
{
    struct wire_writer wire = wire_writer(client->reply, REPLY_MAX);
    struct dss_writer reply = dss_writer(&wire);
    client->svrcod = 0;
    for (size_t offset = 0; offset < bytes_size && client->svrcod < 8;) {
        static struct dss_command command;
        size_t size;
        enum dss_fault fault;
        CU_ASSERT_EQUAL_FATAL(dss_scan(bytes + offset, bytes_size - offset, &size, &fault), DSS_SCAN_COMPLETE);
        uint8_t *exact = exact_copy(bytes + offset, size);
        CU_ASSERT_TRUE_FATAL(dss_read(exact, size, &command));
        CU_ASSERT_TRUE_FATAL(sql_is_command(command.codepoint));
        client->svrcod = sql_execute(&command, &client->encoding, &client->fake->target, &reply);
        free(exact);
        offset += size;
    }
    CU_ASSERT_FALSE_FATAL(wire.failed);
    client->reply_size = wire.used;
    take_reply(client);
}

static inline void
execute_hex(struct client *client, const char *hex)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    execute_bytes(client, bytes, size);
    free(bytes);
}

/* Executes what has been put into the chain. */
static inline void
run(struct client *client)
{
    CU_ASSERT_FALSE_FATAL(client->request.failed);
    execute_bytes(client, client->request_memory, client->request.used);
    client->request.used = 0;
    client->chain = dss_writer(&client->request);
}

/* Begins a command with its section; its other parameters follow, then end. */
static inline size_t
begin(struct client *client, uint16_t codepoint, uint16_t correlation_id, uint16_t section)
{
    struct sql_section_name name = { .package = "SYSLN000", .number = section };
    dss_begin(&client->chain, DSS_REQUEST, correlation_id);
    size_t mark = ddm_open(&client->request, codepoint);
    if (section != 0)
        package_section_put(&client->request, client->encoding.ebcdic ? CCSID_EBCDIC_500 : CCSID_UTF8, "SAMPLE", &name);
    return mark;
}

static inline void
end(struct client *client, size_t mark)
{
    ddm_close(&client->request, mark);
    dss_end(&client->chain);
}

static inline void
add_text(struct client *client, uint16_t correlation_id, uint16_t codepoint, const char *text)
{
    dss_begin(&client->chain, DSS_OBJECT, correlation_id);
    sqlstt_put(&client->request, codepoint, text, strlen(text));
    dss_end(&client->chain);
}

static inline void
prepare(struct client *client, uint16_t section, const char *text)
{
    end(client, begin(client, CP_PRPSQLSTT, 1, section));
    add_text(client, 1, CP_SQLSTT, text);
    run(client);
}

static inline void
open_query(struct client *client, uint16_t section, uint32_t block_size)
{
    size_t mark = begin(client, CP_OPNQRY, 1, section);
    ddm_put_u32(&client->request, CP_QRYBLKSZ, block_size);
    end(client, mark);
    run(client);
}

static inline void
continue_query(struct client *client, uint16_t section, uint32_t block_size)
{
    size_t mark = begin(client, CP_CNTQRY, 1, section);
    ddm_put_u32(&client->request, CP_QRYBLKSZ, block_size);
    end(client, mark);
    run(client);
}

static inline void
simple(struct client *client, uint16_t codepoint, uint16_t section)
{
    end(client, begin(client, codepoint, 1, section));
    run(client);
}

static inline void
expect_objects(const struct client *client, size_t count, const uint16_t *codepoints)
{
    CU_ASSERT_EQUAL_FATAL(client->object_count, count);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_EQUAL(client->objects[i].codepoint, codepoints[i]);
}

#define EXPECT(client, ...) \
    expect_objects(client, sizeof((const uint16_t[]) { __VA_ARGS__ }) / sizeof(uint16_t), (const uint16_t[]) { __VA_ARGS__ })

static inline int32_t
sqlcode_of(const struct client *client, size_t index)
{
    struct wire_reader body = client->objects[index].body;
    struct sql_diagnosis diagnosis;
    bool present;
    CU_ASSERT_EQUAL(client->objects[index].codepoint, CP_SQLCARD);
    CU_ASSERT_TRUE(sqlca_read(&body, &own, &diagnosis, &present) && wire_done(&body));
    return diagnosis.sqlcode;
}

static inline struct drda_reply
reply_of(const struct client *client, size_t index)
{
    struct drda_reply reply;
    CU_ASSERT_TRUE(drda_reply_decode(client->objects[index].codepoint, client->objects[index].body, &reply));
    return reply;
}
