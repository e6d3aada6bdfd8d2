/* Large objects through Derby's client, in and out as streams: they come back as they were, and the gateway's memory does not grow with
 * them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/gateway.h"
#include "tests/support/java.h"
#include "tests/support/requester_client.h"
#include "tests/support/shell.h"
#include "tests/support/suite.h"

/* In the suite, under sanitizers. `test_large_objects BYTES CHARACTERS` takes other sizes, such as 999999000. */
static const char *bytes = "100000000";
static const char *characters = "24000000"; /* a quarter of them is more than what is stored as a value */

/* What is behind the few MiB that each way may take: SQLite's cache (cache_kib) and its list of a value's pages, the index of the
 * write-ahead log, and buffers. Sanitizers have memory of their own, for what is freed and for what is in use. */
#if defined __SANITIZE_THREAD__
enum { GROWTH_MAX_KIB = 40 * 1024 };
#elif defined __SANITIZE_ADDRESS__
enum { GROWTH_MAX_KIB = 16 * 1024 };
#else
enum { GROWTH_MAX_KIB = 8 * 1024 };
#endif

enum { REPLY_MAX = 1 << 24, LONG_SIZE = 3000000, SMALL_SIZE = 200000 };

static struct gateway gateway;
static long before_kib;

/* The most memory that the process ever had resident. */
static long
peak_kib(void)
{
    char path[64];
    char line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)gateway.passgated);
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    fclose(file);
    return kib;
}

static void
the_programs_compile(void)
{
    CU_ASSERT_EQUAL_FATAL(
        java_compile(gateway.directory, "tests/integration/java/LargeObjects.java tests/integration/java/LobLimit.java", NULL), 0);
}

static void
tell_step(const char *line)
{
    printf("# %s", line);
    if (before_kib > 0)
        printf("; resident memory of the gateway has grown by %ld KiB at most", peak_kib() - before_kib);
    printf("\n");
    fflush(stdout);
}

static void
run_program(const char *tables, const char *size, const char *length)
{
    char ticket[9];
    char command[1024];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    snprintf(command, sizeof command, "-Xmx256m LargeObjects 'jdbc:derby://127.0.0.1:%u/SAMPLE' IMSUSR1 '%s' %s %s %s 2>&1", gateway.port,
             ticket, tables, size, length);
    CU_ASSERT_EQUAL_FATAL(java_follow(gateway.directory, command, tell_step), 0);
}

static void
streams_come_back(void)
{
    run_program("BIG", bytes, characters);
}

/* Bytes that are not the same anywhere near. */
static bool
read_pattern(struct sql_lob *lob, uint64_t offset, void *bytes_read, size_t size)
{
    (void)lob;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes_read)[i] = (uint8_t)((offset + i) * 7 + (offset + i) / 251);
    return true;
}

static void
send_one(struct requester_client *client, const char *table, int64_t id, uint64_t size)
{
    char text[128];
    struct sql_lob lob = { .size = size, .read = read_pattern };
    const struct sql_value values[] = {
        { .kind = SQL_VALUE_INTEGER, .integer = id },
        { .kind = SQL_VALUE_LOB, .lob = &lob },
    };
    snprintf(text, sizeof text, "INSERT INTO %s VALUES (?, ?)", table);
    CU_ASSERT_EQUAL(requester_client_prepare(client, text), 0);
    requester_execute(client->requester, values, 2);
    CU_ASSERT_EQUAL(requester_client_finish(client), 0);
}

/* The one row of a query of one column; gone with the next step. */
static const struct sql_value *
only_row(struct requester_client *client, const char *query)
{
    requester_query(client->requester, query, strlen(query));
    enum requester_event event;
    while ((event = requester_client_next(client)) != REQUESTER_ROW) {
        CU_ASSERT_NOT_EQUAL_FATAL(event, REQUESTER_COMPLETED);
        if (event == REQUESTER_BLOCK_ENDED)
            requester_continue(client->requester);
    }
    return requester_row(client->requester);
}

static void
end_query(struct requester_client *client)
{
    for (enum requester_event event; (event = requester_client_next(client)) != REQUESTER_COMPLETED;)
        if (event == REQUESTER_BLOCK_ENDED)
            requester_continue(client->requester);
}

static void
check_pattern(const struct sql_value *back, uint64_t size)
{
    uint8_t wanted[4096];
    CU_ASSERT_EQUAL_FATAL(back->data.size, size);
    for (uint64_t offset = 0; offset < size; offset += sizeof wanted) {
        size_t count = size - offset < sizeof wanted ? (size_t)(size - offset) : sizeof wanted;
        (void)read_pattern(NULL, offset, wanted, count);
        CU_ASSERT_EQUAL_FATAL(memcmp(back->data.bytes + offset, wanted, count), 0);
    }
}

/* In as EXTDTA, and out: the client asks for no locators, and has the reply in its memory. */
static void
send_and_receive(const char *table, uint64_t size)
{
    struct requester_client client;
    char ticket[9];
    char text[128];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    requester_client_open(&client, gateway.port, "IMSUSR1", ticket, (size_t)size + REPLY_MAX);
    snprintf(text, sizeof text, "CREATE TABLE %s (ID INTEGER, B BLOB(1G))", table);
    CU_ASSERT_EQUAL(requester_client_run(&client, text), 0);
    send_one(&client, table, 1, size);
    send_one(&client, table, 2, LONG_SIZE);
    CU_ASSERT_EQUAL(requester_client_commit(&client), 0);
    tell_step("in as EXTDTA");
    for (int id = 1; id <= 2; id++) {
        snprintf(text, sizeof text, "SELECT B FROM %s WHERE ID = %d", table, id);
        check_pattern(only_row(&client, text), id == 1 ? size : LONG_SIZE);
        end_query(&client);
    }
    CU_ASSERT_EQUAL(requester_client_commit(&client), 0);
    tell_step("out as EXTDTA");
    requester_client_close(&client);
}

static void
our_own_client_has_them_back(void)
{
    send_and_receive("SENT", strtoull(bytes, NULL, 10));
}

/* What the gateway has in memory once every way was gone, which has nothing to do with how large the objects are. */
static void
small_ones_come_back(void)
{
    run_program("SMALL", "200000", "40000");
    send_and_receive("FEW", SMALL_SIZE);
    before_kib = peak_kib();
    printf("# resident memory of the gateway: %ld KiB\n", before_kib);
}

static void
memory_does_not_grow_with_them(void)
{
    CU_ASSERT(peak_kib() - before_kib < GROWTH_MAX_KIB);
}

/* As EXTDTA, to a requester that does not ask for locators; more than one query block, and in pieces. */
static void
they_follow_rows_as_extdta(void)
{
    struct requester_client client;
    char ticket[9];
    char text[256];
    int rows = 0;
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    requester_client_open(&client, gateway.port, "IMSUSR1", ticket, REPLY_MAX);
    CU_ASSERT_EQUAL(requester_client_run(&client, "CREATE TABLE SEVERAL (ID INTEGER, B BLOB, N VARCHAR(9), C CLOB)"), 0);
    snprintf(text, sizeof text,
             "INSERT INTO SEVERAL VALUES (1, zeroblob(%d), 'one', 'clob'), (2, NULL, 'two', NULL), (3, X'', 'three', ''), "
             "(4, zeroblob(40000), 'four', 'x')",
             LONG_SIZE);
    CU_ASSERT_EQUAL(requester_client_run(&client, text), 0);
    static const char query[] = "SELECT * FROM SEVERAL ORDER BY ID";
    static const size_t sizes[] = { LONG_SIZE, 0, 0, 40000 };
    requester_query(client.requester, query, sizeof query - 1);
    for (enum requester_event event; (event = requester_client_next(&client)) != REQUESTER_COMPLETED;) {
        if (event == REQUESTER_BLOCK_ENDED)
            requester_continue(client.requester);
        if (event != REQUESTER_ROW)
            continue;
        const struct sql_value *row = requester_row(client.requester);
        CU_ASSERT_EQUAL_FATAL(row[0].integer, rows + 1);
        CU_ASSERT_EQUAL(row[1].kind, rows == 1 ? SQL_VALUE_NULL : SQL_VALUE_BYTES);
        CU_ASSERT_EQUAL(row[3].kind, rows == 1 ? SQL_VALUE_NULL : SQL_VALUE_TEXT);
        CU_ASSERT(rows == 1 || row[1].data.size == sizes[rows]);
        for (size_t i = 0; rows != 1 && i < row[1].data.size; i++)
            CU_ASSERT_EQUAL_FATAL(row[1].data.bytes[i], 0);
        rows++;
    }
    CU_ASSERT_EQUAL(rows, 4);
    requester_client_close(&client);
}

static void
temporary_ones_have_a_limit(void)
{
    char ticket[9];
    char command[512];
    gateway_configure(&gateway, &(struct gateway_options) { .limits = "lob_bytes = 1048576" });
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    snprintf(command, sizeof command, "LobLimit 'jdbc:derby://127.0.0.1:%u/SAMPLE' IMSUSR1 '%s' 1048576 > limit.txt 2>&1", gateway.port,
             ticket);
    int status = java_run(gateway.directory, command);
    CU_ASSERT_EQUAL(status, 0);
    char *said = gateway_file(&gateway, "limit.txt");
    shell_show(said);
    free(said);
}

int
main(int argc, char **argv)
{
    static const struct test_case cases[] = {
        { "the programs compile", the_programs_compile },
        { "small ones come back as they were", small_ones_come_back },
        { "a BLOB and a CLOB come back as they were, as streams and through locators", streams_come_back },
        { "a BLOB comes back to Passgate's own client", our_own_client_has_them_back },
        { "the gateway's memory does not grow with them", memory_does_not_grow_with_them },
        { "LOBs follow rows as EXTDTA", they_follow_rows_as_extdta },
        { "temporary ones have a limit", temporary_ones_have_a_limit },
    };
    if (argc == 3) {
        bytes = argv[1];
        characters = argv[2];
    }
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    int status = SUITE_RUN("large objects", cases);
    gateway_stop(&gateway);
    return status;
}
