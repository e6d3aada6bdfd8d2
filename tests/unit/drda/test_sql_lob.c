/* Large objects read in pieces, and the ways they leave: by procedures on locators, and as EXTDTA. */
#include "drda/codepoint.h"
#include "drda/sql/extdta.h"
#include "drda/sql/lob.h"
#include "drda/sql/parameters.h"
#include "tests/support/sql_client.h"

static const char text[] = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z"; /* 1, 1, 1, 2 and 1 units of UTF-16 */

static bool
read_memory(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size)
{
    memcpy(bytes, ((struct fake_lob *)lob)->bytes + offset, size);
    return true;
}

static struct fake_lob
lob_of(const void *bytes, size_t size, bool is_text)
{
    return (struct fake_lob) { .lob = { .size = size, .is_text = is_text, .read = read_memory }, .bytes = bytes };
}

static void
expect_substring(struct sql_lob *lob, uint64_t position, uint64_t length, size_t room, const char *expected)
{
    uint8_t *bytes = malloc(room + 1);
    size_t size;
    CU_ASSERT_TRUE(sql_lob_substring(lob, position, length, bytes, room, &size));
    CU_ASSERT_EQUAL(size, strlen(expected));
    CU_ASSERT_EQUAL(memcmp(bytes, expected, size), 0);
    free(bytes);
}

static void
text_is_counted_in_units_of_utf16(void)
{
    struct fake_lob fake = lob_of(text, strlen(text), true);
    uint64_t length;
    CU_ASSERT_TRUE(sql_lob_length(&fake.lob, &length));
    CU_ASSERT_EQUAL(length, 6);
    expect_substring(&fake.lob, 1, 100, 100, text);
    expect_substring(&fake.lob, 2, 2, 100, "\xC3\xA4\xE2\x82\xAC");
    expect_substring(&fake.lob, 4, 3, 100, "\xF0\x9F\x98\x80z");
    expect_substring(&fake.lob, 6, 1, 100, "z");
    expect_substring(&fake.lob, 7, 1, 100, "");
    expect_substring(&fake.lob, 3, 100, 6, "\xE2\x82\xAC"); /* no half characters, for want of room or of length */
    expect_substring(&fake.lob, 4, 1, 100, "");
    uint8_t unwanted[8];
    size_t size;
    CU_ASSERT_FALSE(sql_lob_substring(&fake.lob, 0, 1, unwanted, sizeof unwanted, &size));
}

static void
long_text_is_read_on_from_where_it_ended(void)
{
    enum { UNITS = 100000, SIZE = UNITS * 3, PIECE = 999 };
    char *long_text = malloc(SIZE);
    for (size_t i = 0; i < UNITS; i++)
        memcpy(long_text + 3 * i, "\xE2\x82\xAC", 3);
    struct fake_lob fake = lob_of(long_text, SIZE, true);
    uint8_t bytes[PIECE * 3];
    size_t size;
    uint64_t length;
    CU_ASSERT_TRUE(sql_lob_length(&fake.lob, &length));
    CU_ASSERT_EQUAL(length, UNITS);
    uint64_t position = 1;
    for (; position <= UNITS; position += size / 3) {
        CU_ASSERT_TRUE_FATAL(sql_lob_substring(&fake.lob, position, PIECE, bytes, sizeof bytes, &size));
        CU_ASSERT_TRUE_FATAL(size > 0 && size % 3 == 0);
    }
    CU_ASSERT_EQUAL(position, UNITS + 1);
    free(long_text);
}

static void
what_is_looked_for_is_found(void)
{
    enum { SIZE = 200000 };
    uint8_t *bytes = calloc(1, SIZE);
    struct fake_lob fake = lob_of(bytes, SIZE, false);
    struct fake_lob of_text = lob_of(text, strlen(text), true);
    uint64_t position;
    memcpy(bytes + 65530, "wanted", 6);
    memcpy(bytes + SIZE - 6, "wanted", 6);
    CU_ASSERT_TRUE(sql_lob_find(&fake.lob, (const uint8_t *)"wanted", 6, 1, &position));
    CU_ASSERT_EQUAL(position, 65531);
    CU_ASSERT_TRUE(sql_lob_find(&fake.lob, (const uint8_t *)"wanted", 6, 65532, &position));
    CU_ASSERT_EQUAL(position, SIZE - 5);
    CU_ASSERT_TRUE(sql_lob_find(&fake.lob, (const uint8_t *)"nowhere", 7, 1, &position));
    CU_ASSERT_EQUAL(position, 0);
    CU_ASSERT_TRUE(sql_lob_find(&of_text.lob, (const uint8_t *)"z", 1, 2, &position));
    CU_ASSERT_EQUAL(position, 6);
    free(bytes);
}

/* Two rows: a long BLOB with a short CLOB, then an empty one with NULL. */
enum { LONG = 100000 };
static uint8_t long_bytes[LONG];

static const struct sql_column lob_columns[] = {
    { .name = "B", .table = "T", .schema = "MAIN", .type = SQL_TYPE_BLOB, .length = LONG, .nullable = true },
    { .name = "C", .table = "T", .schema = "MAIN", .type = SQL_TYPE_CLOB, .length = LONG, .nullable = true },
};

static void
lob_cell(size_t row, size_t column, struct sql_value *value)
{
    if (row == 0 && column == 0)
        *value = (struct sql_value) { .kind = SQL_VALUE_BYTES, .data = { long_bytes, LONG } };
    else if (row == 0)
        *value = (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)text, strlen(text) } };
    else if (column == 0)
        *value = (struct sql_value) { .kind = SQL_VALUE_BYTES, .data = { long_bytes, 0 } };
}

static struct client *
lob_client(void)
{
    struct client *client = client_new(2);
    client->fake->columns = lob_columns;
    client->fake->row_count = 2;
    client->fake->cell = lob_cell;
    for (size_t i = 0; i < LONG; i++)
        long_bytes[i] = (uint8_t)(i * 7);
    prepare(client, 1, "select lobs");
    open_query(client, 1, 32767);
    EXPECT(client, CP_OPNQRYRM, CP_QRYDSC);
    return client;
}

/* What is left of a reply, written in pieces into buffers of their own, as a connection does it. */
static void
take_externals(struct client *client, size_t piece)
{
    struct wire_writer whole = wire_writer(client->reply, REPLY_MAX);
    whole.used = client->reply_size;
    while (client->fake->target.externals != NULL) {
        static uint8_t memory[REPLY_MAX];
        struct wire_writer part = wire_writer(memory, sizeof memory);
        struct dss_writer reply = dss_writer(&part);
        extdta_put(&reply, &client->fake->target, piece);
        CU_ASSERT_FALSE_FATAL(part.failed);
        wire_put_bytes(&whole, memory, part.used);
    }
    client->reply_size = whole.used;
}

static void
lobs_follow_their_row(void)
{
    static const size_t pieces[] = { 1, 100, 20000, REPLY_MAX / 2 };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct client *client = lob_client();
        continue_query(client, 1, 32767);
        EXPECT(client, CP_QRYDTA);
        CU_ASSERT_PTR_NOT_NULL_FATAL(client->fake->target.externals);
        client->reply_size = 0;
        take_externals(client, pieces[i]);
        take_reply(client);
        EXPECT(client, CP_EXTDTA, CP_EXTDTA);
        CU_ASSERT_EQUAL(client->objects[0].body.left, LONG + 1);
        CU_ASSERT_EQUAL(memcmp(client->objects[0].body.at + 1, long_bytes, LONG), 0);
        CU_ASSERT_EQUAL(client->objects[1].body.left, strlen(text) + 1);
        CU_ASSERT_EQUAL(client->fake->released, 2);
        continue_query(client, 1, 32767); /* nothing follows what is empty or NULL */
        EXPECT(client, CP_QRYDTA);
        CU_ASSERT_PTR_NULL(client->fake->target.externals);
        client_free(client);
    }
}

static void
ask_for_locators(struct client *client)
{
    static const uint8_t override[] = { 9,    0x76, 0xD0, 0x19, 0, 4, 0x1B, 0,    4,    9,    0x71, 0xE0,
                                        0x54, 0,    1,    0xD0, 0, 1, 6,    0x71, 0xF0, 0xE0, 0,    0 };
    size_t mark = begin(client, CP_CNTQRY, 1, 1);
    ddm_put_u32(&client->request, CP_QRYBLKSZ, 32767);
    end(client, mark);
    dss_begin(&client->chain, DSS_OBJECT, 1);
    ddm_put_bytes(&client->request, CP_OUTOVR, override, sizeof override);
    dss_end(&client->chain);
    run(client);
    EXPECT(client, CP_QRYDTA);
    CU_ASSERT_PTR_NULL(client->fake->target.externals);
}

/* Calls a procedure with integers behind the NULL of its answer; the answer stands at the end of a copy. */
static struct wire_reader
call(struct client *client, const char *statement, const int64_t *numbers, size_t count)
{
    struct sql_value values[4] = { { .kind = SQL_VALUE_NULL } };
    for (size_t i = 0; i < count; i++)
        values[i + 1] = (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = numbers[i] };
    prepare(client, 2, statement);
    EXPECT(client, CP_SQLCARD);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), 0);
    end(client, begin(client, CP_EXCSQLSTT, 1, 2));
    dss_begin(&client->chain, DSS_OBJECT, 1);
    CU_ASSERT_TRUE_FATAL(parameters_put(&client->request, values, count + 1));
    dss_end(&client->chain);
    run(client);
    CU_ASSERT_EQUAL_FATAL(client->object_count, 1);
    if (client->objects[0].codepoint != CP_SQLDTARD)
        return wire_reader(NULL, 0);
    struct wire_reader body = client->objects[0].body;
    struct ddm_object object;
    enum ddm_fault fault;
    while (ddm_next(&body, &object, &fault) && object.codepoint != CP_FDODTA)
        ;
    (void)wire_take(&object.body, 3); /* no SQLCA; a row; not NULL */
    return object.body;
}

static void
locators_are_read_by_procedures(void)
{
    struct client *client = lob_client();
    ask_for_locators(client);
    struct wire_reader answer = call(client, "? = CALL SYSIBM.BLOBGETLENGTH(?)", (const int64_t[]) { 1 }, 1);
    CU_ASSERT_EQUAL(wire_u64(&answer), LONG);
    answer = call(client, "?=call sysibm.blobgetbytes( ?, ?, ? )", (const int64_t[]) { 1, 99001, 40000 }, 3);
    struct wire_reader bytes = wire_counted(&answer);
    CU_ASSERT_EQUAL(bytes.left, 1000);
    CU_ASSERT_EQUAL(memcmp(bytes.at, long_bytes + 99000, 1000), 0);
    answer = call(client, "? = CALL SYSIBM.BLOBGETBYTES(?, ?, ?)", (const int64_t[]) { 1, 1, 40000 }, 3);
    CU_ASSERT_EQUAL(wire_counted(&answer).left, SQL_VARCHAR_MAX); /* the requester asks again */
    answer = call(client, "? = CALL SYSIBM.CLOBGETLENGTH(?)", (const int64_t[]) { 2 }, 1);
    CU_ASSERT_EQUAL(wire_u64(&answer), 6);
    answer = call(client, "? = CALL SYSIBM.CLOBGETSUBSTRING(?, ?, ?)", (const int64_t[]) { 2, 4, 2 }, 3);
    bytes = wire_counted(&answer);
    CU_ASSERT_EQUAL(bytes.left, 4);
    answer = call(client, "? = CALL SYSIBM.BLOBGETPOSITIONFROMLOCATOR(?, ?, ?)", (const int64_t[]) { 1, 2, 1 }, 3);
    CU_ASSERT_EQUAL(wire_u64(&answer), 0);
    client_free(client);
}

static void
what_is_wrong_with_a_locator_is_told(void)
{
    struct client *client = lob_client();
    ask_for_locators(client);
    (void)call(client, "? = CALL SYSIBM.BLOBGETLENGTH(?)", (const int64_t[]) { 99 }, 1);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), -423);
    (void)call(client, "? = CALL SYSIBM.BLOBGETBYTES(?, ?, ?)", (const int64_t[]) { 1, 0, 1 }, 3);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), -171);
    (void)call(client, "? = CALL SYSIBM.CLOBGETSUBSTRING(?, ?, ?)", (const int64_t[]) { 2, 1, -1 }, 3);
    CU_ASSERT_EQUAL(sqlcode_of(client, 0), -171);
    client_free(client);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "text is counted in units of UTF-16", text_is_counted_in_units_of_utf16 },
        { "long text is read on from where it ended", long_text_is_read_on_from_where_it_ended },
        { "what is looked for is found", what_is_looked_for_is_found },
        { "LOBs follow their row", lobs_follow_their_row },
        { "locators are read by procedures", locators_are_read_by_procedures },
        { "what is wrong with a locator is told", what_is_wrong_with_a_locator_is_told },
    };
    return SUITE_RUN("sql lob", cases);
}
