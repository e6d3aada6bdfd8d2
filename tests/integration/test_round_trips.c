/* Random values of every type go into a table as parameters and come back exactly: ROUND_TRIPS of each, NULLs among them; and a smaller
 * number through CAST. The numbers are the same in each run. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/sql/fdoca.h"
#include "tests/support/gateway.h"
#include "tests/support/requester_client.h"
#include "tests/support/suite.h"

enum { ROUND_TRIPS = 10000, CASTS = 500, COMMIT_AFTER = 500, NULL_EVERY = 16, TEXT_MAX = 4096, REPLY_MAX = 1 << 20, SHOWN = 5 };

/* A value as it is sent and as it must come back, with the bytes of both. */
struct trip {
    struct sql_value sent;
    struct sql_value expected;
    uint8_t sent_bytes[TEXT_MAX];
    uint8_t expected_bytes[TEXT_MAX];
};

static struct gateway gateway;
static struct requester_client client;
static uint64_t seed;

/* SplitMix64. */
static uint64_t
bits(void)
{
    uint64_t z = seed += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static unsigned
below(unsigned limit)
{
    return (unsigned)(bits() % limit);
}

static void
both(struct trip *trip, struct sql_value value)
{
    trip->sent = value;
    trip->expected = value;
}

static void
set_sent(struct trip *trip, enum sql_value_kind kind, size_t size)
{
    trip->sent = (struct sql_value) { .kind = kind, .data = { trip->sent_bytes, size } };
}

static void
set_expected(struct trip *trip, enum sql_value_kind kind, size_t size)
{
    trip->expected = (struct sql_value) { .kind = kind, .data = { trip->expected_bytes, size } };
}

/* Numbers of all magnitudes. */
static void
make_integer(struct trip *trip, unsigned width)
{
    int64_t number = (int64_t)bits() >> (64 - width);
    number >>= below(width);
    both(trip, (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = number });
}

static void
make_boolean(struct trip *trip, unsigned width)
{
    (void)width;
    both(trip, (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = (int64_t)below(2) });
}

static void
make_real(struct trip *trip, unsigned width)
{
    union {
        uint32_t bits;
        float real;
    } narrow;
    union {
        uint64_t bits;
        double real;
    } wide;
    do {
        wide.bits = bits();
        narrow.bits = (uint32_t)bits();
        if (width == 32)
            wide.real = (double)narrow.real;
    } while (!isfinite(wide.real));
    both(trip, (struct sql_value) { .kind = SQL_VALUE_REAL, .real = wide.real });
}

/* `shape` is precision and scale; the digits are written without zeros before them, with or without those behind. */
static void
make_decimal(struct trip *trip, unsigned shape)
{
    unsigned precision = shape >> 8;
    unsigned scale = shape & 0xFF;
    unsigned whole = below(precision - scale + 1);
    unsigned fraction = below(scale + 1);
    char *at = (char *)trip->sent_bytes;
    bool zero = true;
    char digits[2 * SQL_DECIMAL_PRECISION_MAX];
    for (unsigned i = 0; i < whole + fraction; i++) {
        digits[i] = (char)('0' + (i == 0 && whole > 0 ? 1 + below(9) : below(10)));
        zero = zero && digits[i] == '0';
    }
    bool negative = !zero && below(2) == 0;
    int size = snprintf(at, TEXT_MAX, "%s%.*s%s%.*s", negative ? "-" : "", (int)whole, whole > 0 ? digits : "",
                        fraction > 0 ? "."
                        : whole > 0  ? ""
                                     : "0",
                        (int)fraction, digits + whole);
    set_sent(trip, SQL_VALUE_TEXT, (size_t)size);
    size = snprintf((char *)trip->expected_bytes, TEXT_MAX, "%s%.*s%s%.*s%.*s", negative ? "-" : "", whole > 0 ? (int)whole : 1,
                    whole > 0 ? digits : "0", scale > 0 ? "." : "", (int)fraction, digits + whole, (int)(scale - fraction),
                    "0000000000000000000000000000000");
    set_expected(trip, SQL_VALUE_TEXT, (size_t)size);
}

/* One character of UTF-8 of any length, but no control character and no surrogate; one unit of UTF-16 or, with `wide`, two. */
static size_t
put_character(uint8_t *at, bool wide)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = { { ' ', '~' }, { 0x80, 0x7FF }, { 0x800, 0xD7FF }, { 0x10000, 0x10FFFF } };
    unsigned range = below(wide ? 4 : 3);
    uint32_t c = ranges[range].first + below(ranges[range].last - ranges[range].first + 1);
    static const uint8_t leads[] = { 0x00, 0xC0, 0xE0, 0xF0 };
    for (unsigned i = range; i > 0; i--, c >>= 6)
        at[i] = (uint8_t)(0x80 | (c & 0x3F));
    at[0] = (uint8_t)(leads[range] | c);
    return range + 1;
}

/* As many characters as columns count: units of UTF-16. */
static size_t
put_text(uint8_t *at, unsigned units)
{
    size_t size = 0;
    for (unsigned i = 0; i < units; i++) {
        size_t width = put_character(at + size, i + 1 < units);
        i += width == 4;
        size += width;
    }
    return size;
}

static void
make_text(struct trip *trip, unsigned length)
{
    set_sent(trip, SQL_VALUE_TEXT, put_text(trip->sent_bytes, below(length + 1)));
    trip->expected = trip->sent;
}

/* Padded with blanks to its length in characters. */
static void
make_char(struct trip *trip, unsigned length)
{
    unsigned characters = below(length + 1);
    size_t size = put_text(trip->sent_bytes, characters);
    set_sent(trip, SQL_VALUE_TEXT, size);
    memcpy(trip->expected_bytes, trip->sent_bytes, size);
    memset(trip->expected_bytes + size, ' ', length - characters);
    set_expected(trip, SQL_VALUE_TEXT, size + length - characters);
}

static void
make_bytes(struct trip *trip, unsigned length)
{
    size_t size = below(length + 1);
    for (size_t i = 0; i < size; i++)
        trip->sent_bytes[i] = (uint8_t)bits();
    set_sent(trip, SQL_VALUE_BYTES, size);
    trip->expected = trip->sent;
}

static void
make_fixed_bytes(struct trip *trip, unsigned length)
{
    make_bytes(trip, length);
    size_t size = trip->sent.data.size;
    memcpy(trip->expected_bytes, trip->sent_bytes, size);
    memset(trip->expected_bytes + size, ' ', length - size);
    set_expected(trip, SQL_VALUE_BYTES, length);
}

static unsigned
days_of(unsigned year, unsigned month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

/* `what`: 1 a date, 2 a time, 3 both with a fraction of 9 digits. */
static void
make_moment(struct trip *trip, unsigned what)
{
    char date[16];
    char time[16];
    char fraction[16];
    unsigned year = 1 + below(9999);
    unsigned month = 1 + below(12);
    snprintf(date, sizeof date, "%04u-%02u-%02u", year % 10000, month % 100, (1 + below(days_of(year, month))) % 100);
    snprintf(time, sizeof time, "%02u:%02u:%02u", below(24), below(60), below(60));
    snprintf(fraction, sizeof fraction, ".%09u", below(2) == 0 ? below(1000000) * 1000 : below(1000000000));
    int size = snprintf((char *)trip->sent_bytes, TEXT_MAX, "%s%s%s%s", (what & 1) != 0 ? date : "", what == 3 ? " " : "",
                        (what & 2) != 0 ? time : "", what == 3 ? fraction : "");
    set_sent(trip, SQL_VALUE_TEXT, (size_t)size);
    memcpy(trip->expected_bytes, trip->sent_bytes, (size_t)size);
    bool short_fraction = what == 3 && strcmp(fraction + 7, "000") == 0;
    set_expected(trip, SQL_VALUE_TEXT, (size_t)size - (short_fraction ? 3 : 0));
}

#define SHAPE(precision, scale) ((precision) << 8 | (scale))

static const struct type {
    const char *name;
    void (*make)(struct trip *trip, unsigned argument);
    unsigned argument;
} types[] = {
    { "SMALLINT", make_integer, 16 },
    { "INTEGER", make_integer, 32 },
    { "BIGINT", make_integer, 64 },
    { "REAL", make_real, 32 },
    { "DOUBLE", make_real, 64 },
    { "DECIMAL(5)", make_decimal, SHAPE(5, 0) },
    { "DECIMAL(9,2)", make_decimal, SHAPE(9, 2) },
    { "DECIMAL(15,7)", make_decimal, SHAPE(15, 7) },
    { "DECIMAL(15,15)", make_decimal, SHAPE(15, 15) },
    { "DECIMAL(16,1)", make_decimal, SHAPE(16, 1) },
    { "DECIMAL(31)", make_decimal, SHAPE(31, 0) },
    { "DECIMAL(31,15)", make_decimal, SHAPE(31, 15) },
    { "DECIMAL(31,31)", make_decimal, SHAPE(31, 31) },
    { "CHAR(20)", make_char, 20 },
    { "VARCHAR(100)", make_text, 100 },
    { "LONG VARCHAR", make_text, 1000 },
    { "CHAR(16) FOR BIT DATA", make_fixed_bytes, 16 },
    { "VARCHAR(64) FOR BIT DATA", make_bytes, 64 },
    { "LONG VARCHAR FOR BIT DATA", make_bytes, 1000 },
    { "DATE", make_moment, 1 },
    { "TIME", make_moment, 2 },
    { "TIMESTAMP", make_moment, 3 },
    { "BOOLEAN", make_boolean, 0 },
    { "CLOB(1M)", make_text, 900 },
    { "BLOB(1M)", make_bytes, 3000 },
};

enum { TYPES = sizeof types / sizeof types[0] };

/* The trips of a type are made again from its seed, instead of being kept. */
static void
begin_type(const struct type *type)
{
    seed = 20240102 + (uint64_t)(type - types);
}

static void
make_trip(const struct type *type, struct trip *trip)
{
    type->make(trip, type->argument);
    if (below(NULL_EVERY) == 0)
        both(trip, (struct sql_value) { .kind = SQL_VALUE_NULL });
}

static bool
is_same(const struct sql_value *got, const struct sql_value *expected)
{
    if (got->kind != expected->kind)
        return false;
    switch (got->kind) {
    case SQL_VALUE_INTEGER:
        return got->integer == expected->integer;
    case SQL_VALUE_REAL:
        return got->real == expected->real;
    case SQL_VALUE_TEXT:
    case SQL_VALUE_BYTES:
        return got->data.size == expected->data.size && memcmp(got->data.bytes, expected->data.bytes, got->data.size) == 0;
    case SQL_VALUE_LOB: /* of parameters of servers only */
    case SQL_VALUE_NULL:
        break;
    }
    return true;
}

static void
show(const char *what, const struct sql_value *value)
{
    if (value->kind == SQL_VALUE_INTEGER)
        printf("#   %s %lld\n", what, (long long)value->integer);
    else if (value->kind == SQL_VALUE_REAL)
        printf("#   %s %.17g\n", what, value->real);
    else if (value->kind == SQL_VALUE_NULL)
        printf("#   %s NULL\n", what);
    else
        printf("#   %s %zu bytes %.*s\n", what, value->data.size, value->kind == SQL_VALUE_TEXT ? (int)value->data.size : 0,
               (const char *)value->data.bytes);
}

/* Compares a value that came back, and counts what differs. */
static void
check(const struct type *type, const struct trip *trip, const struct sql_value *got, unsigned *wrong)
{
    if (is_same(got, &trip->expected) || ++*wrong > SHOWN)
        return;
    printf("# %s:\n", type->name);
    show("sent", &trip->sent);
    show("expected", &trip->expected);
    show("got", got);
}

static void
store_all(const struct type *type)
{
    char text[128];
    struct trip trip;
    snprintf(text, sizeof text, "CREATE TABLE TRIPS (ID INTEGER NOT NULL PRIMARY KEY, V %s)", type->name);
    CU_ASSERT_EQUAL_FATAL(requester_client_run(&client, text), 0);
    CU_ASSERT_EQUAL_FATAL(requester_client_prepare(&client, "INSERT INTO TRIPS VALUES (?, ?)"), 0);
    begin_type(type);
    for (int i = 0; i < ROUND_TRIPS; i++) {
        make_trip(type, &trip);
        struct sql_value values[] = { { .kind = SQL_VALUE_INTEGER, .integer = i }, trip.sent };
        requester_execute(client.requester, values, 2);
        int32_t sqlcode = requester_client_finish(&client);
        if (sqlcode != 0) {
            printf("# %s: %s\n", type->name, requester_diagnosis(client.requester)->tokens);
            show("sent", &trip.sent);
        }
        CU_ASSERT_EQUAL_FATAL(sqlcode, 0);
        if (i % COMMIT_AFTER == COMMIT_AFTER - 1)
            CU_ASSERT_EQUAL_FATAL(requester_client_commit(&client), 0);
    }
}

static void
read_all(const struct type *type)
{
    static const char query[] = "SELECT ID, V FROM TRIPS ORDER BY ID";
    struct trip trip;
    unsigned wrong = 0;
    int rows = 0;
    begin_type(type);
    requester_query(client.requester, query, sizeof query - 1);
    for (enum requester_event event; (event = requester_client_next(&client)) != REQUESTER_COMPLETED;) {
        if (event == REQUESTER_BLOCK_ENDED)
            requester_continue(client.requester);
        if (event != REQUESTER_ROW)
            continue;
        make_trip(type, &trip);
        CU_ASSERT_EQUAL_FATAL(requester_row(client.requester)[0].integer, rows++);
        check(type, &trip, &requester_row(client.requester)[1], &wrong);
    }
    CU_ASSERT_EQUAL(requester_diagnosis(client.requester)->sqlcode, 100);
    CU_ASSERT_EQUAL(rows, ROUND_TRIPS);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(requester_client_run(&client, "DROP TABLE TRIPS"), 0);
    CU_ASSERT_EQUAL(requester_client_commit(&client), 0);
}

static void
parameters_come_back_from_a_table(void)
{
    for (size_t i = 0; i < TYPES; i++) {
        store_all(&types[i]);
        read_all(&types[i]);
    }
}

static void
cast_one(const struct type *type, const struct trip *trip, unsigned *wrong)
{
    int rows = 0;
    requester_open(client.requester, &trip->sent, 1);
    for (enum requester_event event; (event = requester_client_next(&client)) != REQUESTER_COMPLETED;) {
        if (event == REQUESTER_BLOCK_ENDED)
            requester_continue(client.requester);
        if (event != REQUESTER_ROW)
            continue;
        check(type, trip, &requester_row(client.requester)[0], wrong);
        rows++;
    }
    CU_ASSERT_EQUAL(rows, 1);
}

static void
parameters_come_back_from_cast(void)
{
    char text[128];
    struct trip trip;
    for (size_t i = 0; i < TYPES; i++) {
        unsigned wrong = 0;
        snprintf(text, sizeof text, "VALUES (CAST(? AS %s))", types[i].name);
        CU_ASSERT_EQUAL_FATAL(requester_client_prepare(&client, text), 0);
        begin_type(&types[i]);
        for (int n = 0; n < CASTS; n++) {
            make_trip(&types[i], &trip);
            cast_one(&types[i], &trip, &wrong);
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(requester_client_commit(&client), 0);
    }
}

static void
a_requester_logs_on(void)
{
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    requester_client_open(&client, gateway.port, "IMSUSR1", ticket, REPLY_MAX);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a requester logs on", a_requester_logs_on },
        { "10000 parameters of every type come back from a table exactly", parameters_come_back_from_a_table },
        { "parameters of every type come back from CAST exactly", parameters_come_back_from_cast },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    int status = SUITE_RUN("round trips", cases);
    requester_client_close(&client);
    gateway_stop(&gateway);
    return status;
}
