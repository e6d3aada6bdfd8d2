/* Large objects read and changed in pieces, the ways they leave, by procedures on locators and as EXTDTA, and locators as parameters. */
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

static const struct sql_column wide_columns[] = {
    { .name = "V", .table = "T", .schema = "MAIN", .type = SQL_TYPE_VARCHAR, .length = 2000 },
    { .name = "B", .table = "T", .schema = "MAIN", .type = SQL_TYPE_BLOB, .length = LONG, .nullable = true },
};

static void
wide_cell(size_t row, size_t column, struct sql_value *value)
{
    static uint8_t letters[1000];
    memset(letters, 'v', sizeof letters);
    if (column == 0)
        *value = (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { letters, sizeof letters } };
    else
        *value = (struct sql_value) { .kind = SQL_VALUE_BYTES, .data = { long_bytes, LONG - row } };
}

/* Opened with a block that no row fits into. */
static struct client *
wide_client(void)
{
    struct client *client = client_new(2);
    client->fake->columns = wide_columns;
    client->fake->row_count = 2;
    client->fake->cell = wide_cell;
    prepare(client, 1, "select wide rows");
    open_query(client, 1, 512);
    EXPECT(client, CP_OPNQRYRM, CP_QRYDSC);
    continue_query(client, 1, 512);
    EXPECT(client, CP_QRYDTA);
    CU_ASSERT_PTR_NULL(client->fake->target.externals);
    return client;
}

static void
lobs_follow_the_end_of_a_row_that_its_block_has_cut(void)
{
    struct client *client = wide_client();
    for (size_t row = 0; row < 2; row++) {
        continue_query(client, 1, 512);
        EXPECT(client, CP_QRYDTA);
        CU_ASSERT_PTR_NULL(client->fake->target.externals);
        continue_query(client, 1, 512);
        EXPECT(client, CP_QRYDTA);
        CU_ASSERT_PTR_NOT_NULL_FATAL(client->fake->target.externals);
        client->reply_size = 0;
        take_externals(client, 1000);
        take_reply(client);
        EXPECT(client, CP_EXTDTA);
        CU_ASSERT_EQUAL(client->objects[0].body.left, LONG - row + 1);
        CU_ASSERT_EQUAL(client->fake->released, row + 1);
        continue_query(client, 1, 512);
        EXPECT(client, CP_QRYDTA); /* the beginning of the second row, then the end */
    }
    client_free(client);
}

static void
lobs_of_a_row_that_is_not_fetched_to_its_end_are_released(void)
{
    struct client *client = wide_client();
    end(client, begin(client, CP_CLSQRY, 1, 1));
    run(client);
    EXPECT(client, CP_SQLCARD);
    CU_ASSERT_EQUAL(client->fake->released, 1);
    CU_ASSERT_PTR_NULL(client->fake->target.externals);
    client_free(client);
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

/* Calls a procedure that answers nothing; its SQLCODE. */
static int32_t
change(struct client *client, const char *statement, const struct sql_value *values, size_t count)
{
    prepare(client, 2, statement);
    EXPECT(client, CP_SQLCARD);
    end(client, begin(client, CP_EXCSQLSTT, 1, 2));
    dss_begin(&client->chain, DSS_OBJECT, 1);
    CU_ASSERT_TRUE_FATAL(parameters_put(&client->request, values, count));
    dss_end(&client->chain);
    run(client);
    return sqlcode_of(client, 0);
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
    CU_ASSERT_EQUAL(wire_u64(&answer), UINT64_MAX); /* -1: it is not there */
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

/* ---- changes --------------------------------------------------------------------------------------------------------- */

static struct sql_lob *
new_lob(struct fake_target *fake, const void *bytes, size_t size, bool is_text)
{
    uint32_t locator;
    struct sql_diagnosis diagnosis;
    CU_ASSERT_TRUE_FATAL(fake_create_lob(&fake->target, is_text, &locator, &diagnosis));
    struct sql_lob *lob = fake_find_lob(&fake->target, locator);
    CU_ASSERT_EQUAL_FATAL(lob->write(lob, 0, bytes, size), SQL_LOB_FINE);
    return lob;
}

static void
expect_bytes(struct sql_lob *lob, const void *bytes, size_t size)
{
    CU_ASSERT_EQUAL_FATAL(lob->size, size);
    CU_ASSERT_EQUAL(memcmp(((struct fake_lob *)lob)->bytes, bytes, size), 0);
}

static enum sql_lob_outcome
overwrite(struct sql_lob *lob, uint64_t position, const char *with, uint64_t length)
{
    struct sql_lob_memory memory = sql_lob_of_memory(with, strlen(with), lob->is_text);
    return sql_lob_overwrite(lob, position, &memory.lob, length);
}

static void
bytes_are_overwritten(void)
{
    struct fake_target *fake = fake_target_new(NULL, 0, 0, NULL);
    struct sql_lob *lob = new_lob(fake, "abcdef", 6, false);
    CU_ASSERT_EQUAL(overwrite(lob, 2, "XYZ", 2), SQL_LOB_FINE);
    expect_bytes(lob, "aXYdef", 6);
    CU_ASSERT_EQUAL(overwrite(lob, 6, "12", 2), SQL_LOB_FINE);
    expect_bytes(lob, "aXYde12", 7);
    CU_ASSERT_EQUAL(overwrite(lob, 8, "3", 1), SQL_LOB_FINE);
    CU_ASSERT_EQUAL(overwrite(lob, 1, "", 0), SQL_LOB_FINE);
    expect_bytes(lob, "aXYde123", 8);
    CU_ASSERT_EQUAL(sql_lob_overwrite(lob, 3, lob, 4), SQL_LOB_ITSELF);
    expect_bytes(lob, "aXYde123", 8);
    CU_ASSERT_EQUAL(overwrite(lob, 10, "3", 1), SQL_LOB_OUT_OF_RANGE);
    CU_ASSERT_EQUAL(overwrite(lob, 0, "3", 1), SQL_LOB_OUT_OF_RANGE);
    CU_ASSERT_EQUAL(overwrite(lob, 1, "3", 2), SQL_LOB_OUT_OF_RANGE);
    CU_ASSERT_EQUAL(overwrite(lob, UINT64_MAX, "3", 1), SQL_LOB_OUT_OF_RANGE);
    CU_ASSERT_EQUAL(sql_lob_truncate(lob, 9), SQL_LOB_OUT_OF_RANGE);
    CU_ASSERT_EQUAL(sql_lob_truncate(lob, UINT64_MAX), SQL_LOB_OUT_OF_RANGE);
    expect_bytes(lob, "aXYde123", 8);
    CU_ASSERT_EQUAL(sql_lob_truncate(lob, 3), SQL_LOB_FINE);
    expect_bytes(lob, "aXY", 3);
    struct sql_lob_memory fixed = sql_lob_of_memory("abc", 3, false);
    CU_ASSERT_EQUAL(overwrite(&fixed.lob, 1, "x", 1), SQL_LOB_GONE);
    CU_ASSERT_EQUAL(sql_lob_truncate(&fixed.lob, 1), SQL_LOB_GONE);
    fake_target_free(fake);
}

static void
characters_are_never_halved(void)
{
    struct fake_target *fake = fake_target_new(NULL, 0, 0, NULL);
    struct sql_lob *lob = new_lob(fake, text, strlen(text), true);
    CU_ASSERT_EQUAL(overwrite(lob, 5, "x", 1), SQL_LOB_SPLIT);
    CU_ASSERT_EQUAL(overwrite(lob, 4, "x", 1), SQL_LOB_SPLIT);
    CU_ASSERT_EQUAL(overwrite(lob, 1, "\xF0\x9F\x98\x80", 1), SQL_LOB_SPLIT);
    CU_ASSERT_EQUAL(sql_lob_truncate(lob, 4), SQL_LOB_SPLIT);
    expect_bytes(lob, text, strlen(text));
    CU_ASSERT_EQUAL(overwrite(lob, 4, "xy", 2), SQL_LOB_FINE);
    expect_bytes(lob, "a\xC3\xA4\xE2\x82\xACxyz", 9);
    fake_target_free(fake);
}

/* What a change makes of a text of characters of all widths, against the same done to an array of them. */
static void
text_changes_as_an_array_of_characters_does(void)
{
    static const char *const letters[] = { "a", "\xC3\xA4", "\xE2\x82\xAC", "z" };
    enum { START = 9000, CHANGES = 300, LONGEST = 12000, WITH_MAX = 7000 };
    static uint8_t model[2 * LONGEST + WITH_MAX];
    static char with[3 * WITH_MAX + 1];
    static char expected[3 * sizeof model];
    struct fake_target *fake = fake_target_new(NULL, 0, 0, NULL);
    struct sql_lob *lob = new_lob(fake, "", 0, true);
    uint32_t random = 1;
    size_t length = 0;
    for (int change = 0; change < CHANGES; change++) {
        size_t count = (random = random * 1103515245 + 12345) / 65536 % (change % 8 == 0 ? WITH_MAX : 40);
        size_t at = (random = random * 1103515245 + 12345) / 65536 % (length + 1);
        char *end = with;
        for (size_t i = 0; i < count; i++) {
            random = random * 1103515245 + 12345;
            model[at + i] = random / 65536 % 4;
            end = stpcpy(end, letters[model[at + i]]);
        }
        *end = '\0';
        length = at + count > length ? at + count : length;
        CU_ASSERT_EQUAL_FATAL(overwrite(lob, at + 1, with, count), SQL_LOB_FINE);
        if (length > LONGEST) {
            length = START;
            CU_ASSERT_EQUAL_FATAL(sql_lob_truncate(lob, length), SQL_LOB_FINE);
        }
        end = expected;
        for (size_t i = 0; i < length; i++)
            end = stpcpy(end, letters[model[i]]);
        expect_bytes(lob, expected, (size_t)(end - expected));
        uint64_t units;
        CU_ASSERT_TRUE(sql_lob_length(lob, &units));
        CU_ASSERT_EQUAL(units, length);
    }
    fake_target_free(fake);
}

static void
temporary_lobs_are_made_and_changed_by_procedures(void)
{
    struct client *client = client_new(2);
    struct wire_reader answer = call(client, "? = CALL SYSIBM.BLOBCREATELOCATOR()", NULL, 0);
    CU_ASSERT_EQUAL(wire_u32(&answer), 1);
    answer = call(client, "? = CALL SYSIBM.CLOBCREATELOCATOR()", NULL, 0);
    CU_ASSERT_EQUAL(wire_u32(&answer), 2);
    struct sql_value bytes[] = {
        { .kind = SQL_VALUE_INTEGER, .integer = 1 },
        { .kind = SQL_VALUE_INTEGER, .integer = 1 },
        { .kind = SQL_VALUE_INTEGER, .integer = 3 },
        { .kind = SQL_VALUE_BYTES, .data = { (const uint8_t *)"abcd", 4 } },
    };
    struct sql_value string[] = {
        { .kind = SQL_VALUE_INTEGER, .integer = 2 },
        { .kind = SQL_VALUE_INTEGER, .integer = 1 },
        { .kind = SQL_VALUE_INTEGER, .integer = 6 },
        { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)text, strlen(text) } },
    };
    CU_ASSERT_EQUAL(change(client, "CALL SYSIBM.BLOBSETBYTES(?, ?, ?, ?)", bytes, 4), 0);
    CU_ASSERT_EQUAL(change(client, "CALL SYSIBM.CLOBSETSTRING(?, ?, ?, ?)", string, 4), 0);
    CU_ASSERT_EQUAL(change(client, "CALL SYSIBM.CLOBSETSTRING(?, ?, ?, ?)", bytes, 4), -171);
    CU_ASSERT_EQUAL(change(client, "CALL SYSIBM.BLOBSETBYTES(?, ?, ?, ?)", string, 4), -171);
    bytes[1].integer = 5;
    CU_ASSERT_EQUAL(change(client, "CALL SYSIBM.BLOBSETBYTES(?, ?, ?, ?)", bytes, 4), -171);
    CU_ASSERT_EQUAL(change(client, "CALL SYSIBM.BLOBTRUNCATE(?, ?)", (struct sql_value[]) { bytes[0], bytes[2] }, 2), 0);
    CU_ASSERT_EQUAL(change(client, "CALL SYSIBM.CLOBTRUNCATE(?, ?)", (struct sql_value[]) { string[0], bytes[2] }, 2), 0);
    expect_bytes(fake_find_lob(&client->fake->target, 1), "abc", 3);
    expect_bytes(fake_find_lob(&client->fake->target, 2), text, 6);
    CU_ASSERT_EQUAL(change(client, "CALL SYSIBM.BLOBRELEASELOCATOR(?)", bytes, 1), 0);
    CU_ASSERT_EQUAL(change(client, "CALL SYSIBM.BLOBTRUNCATE(?, ?)", (struct sql_value[]) { bytes[0], bytes[2] }, 2), -423);
    client_free(client);
}

/* A value that cannot get longer is no value any more. */
static void
a_change_for_which_there_is_no_room_takes_the_value_away(void)
{
    struct client *client = client_new(2);
    (void)call(client, "? = CALL SYSIBM.BLOBCREATELOCATOR()", NULL, 0);
    struct sql_lob *lob = fake_find_lob(&client->fake->target, 1);
    static uint8_t half[FAKE_TEMPORARY_MAX];
    CU_ASSERT_EQUAL(lob->write(lob, 0, half, sizeof half), SQL_LOB_FINE);
    const struct sql_value values[] = {
        { .kind = SQL_VALUE_INTEGER, .integer = 1 },
        { .kind = SQL_VALUE_INTEGER, .integer = FAKE_TEMPORARY_MAX + 1 },
        { .kind = SQL_VALUE_INTEGER, .integer = 1 },
        { .kind = SQL_VALUE_BYTES, .data = { (const uint8_t *)"x", 1 } },
    };
    CU_ASSERT_EQUAL(change(client, "CALL SYSIBM.BLOBSETBYTES(?, ?, ?, ?)", values, 4), -904);
    CU_ASSERT_PTR_NULL(fake_find_lob(&client->fake->target, 1));
    client_free(client);
}

/* SQLDTA of one field, a locator, for the statement of section 3. */
static int32_t
execute_with_locator(struct client *client, uint8_t type, uint32_t locator)
{
    const uint8_t descriptor[] = { 6, 0x76, 0xD0, type, 0, 4, 6, 0x71, 0xE4, 0xD0, 0, 1 };
    prepare(client, 3, "insert into t values (?)");
    end(client, begin(client, CP_EXCSQLSTT, 1, 3));
    dss_begin(&client->chain, DSS_OBJECT, 1);
    size_t sqldta = ddm_open(&client->request, CP_SQLDTA);
    ddm_put_bytes(&client->request, CP_FDODSC, descriptor, sizeof descriptor);
    size_t mark = ddm_open(&client->request, CP_FDODTA);
    wire_put_u16(&client->request, 0);
    wire_put_u32(&client->request, locator);
    ddm_close(&client->request, mark);
    ddm_close(&client->request, sqldta);
    dss_end(&client->chain);
    run(client);
    return sqlcode_of(client, 0);
}

static void
what_is_behind_a_locator_is_a_parameter(void)
{
    struct client *client = lob_client();
    ask_for_locators(client);
    CU_ASSERT_EQUAL(execute_with_locator(client, 0x19, 1), 0);
    CU_ASSERT_EQUAL_FATAL(client->fake->parameters[0].kind, SQL_VALUE_LOB);
    CU_ASSERT_EQUAL(client->fake->parameters[0].lob->size, LONG);
    CU_ASSERT_EQUAL(execute_with_locator(client, 0x1B, 2), 0);
    CU_ASSERT_TRUE(client->fake->parameters[0].lob->is_text);
    CU_ASSERT_EQUAL(execute_with_locator(client, 0x19, 3), -423);
    CU_ASSERT_EQUAL(execute_with_locator(client, 0x19, 0), -423);
    CU_ASSERT_EQUAL(execute_with_locator(client, 0x19, UINT32_MAX), -423);
    CU_ASSERT_EQUAL(execute_with_locator(client, 0x1D, 1), -804); /* of a DBCLOB, which there are not */
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
        { "LOBs follow the end of a row that its block has cut", lobs_follow_the_end_of_a_row_that_its_block_has_cut },
        { "LOBs of a row that is not fetched to its end are released", lobs_of_a_row_that_is_not_fetched_to_its_end_are_released },
        { "locators are read by procedures", locators_are_read_by_procedures },
        { "what is wrong with a locator is told", what_is_wrong_with_a_locator_is_told },
        { "bytes are overwritten", bytes_are_overwritten },
        { "characters are never halved", characters_are_never_halved },
        { "text changes as an array of characters does", text_changes_as_an_array_of_characters_does },
        { "temporary LOBs are made and changed by procedures", temporary_lobs_are_made_and_changed_by_procedures },
        { "a change for which there is no room takes the value away", a_change_for_which_there_is_no_room_takes_the_value_away },
        { "what is behind a locator is a parameter", what_is_behind_a_locator_is_a_parameter },
    };
    return SUITE_RUN("sql lob", cases);
}
