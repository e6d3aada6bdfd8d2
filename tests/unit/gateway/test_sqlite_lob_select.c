/* Queries that give long values by their places, beside the same queries in SQLite: what they say is the same. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/sqlite_session.h"

enum { CHANGED_QUERIES = 6000 };

static struct sql_target *target;

/* Long values are given by their places, but order, and what is compared, are those of the values. */
static void
order_is_that_of_values(void)
{
    static const char *const queries[] = {
        "SELECT b FROM o ORDER BY 1",
        "SELECT b FROM o ORDER BY b",
        "SELECT b AS x FROM o ORDER BY x",
        "SELECT b AS id FROM o ORDER BY id",
        "SELECT o.b AS \"X\", id FROM o ORDER BY x",
        "SELECT id, b FROM o ORDER BY 2, 1",
        "SELECT id, b AS c FROM o WHERE c IS NOT NULL ORDER BY substr(c, 1, 1)",
    };
    must_run(target, "CREATE TABLE o (id INTEGER PRIMARY KEY, b BLOB)");
    must_run(target,
             "INSERT INTO o VALUES (1, CAST(X'03' || zeroblob(40000) AS BLOB)), (2, X'0201'), (3, CAST(X'01' || zeroblob(50000) AS BLOB))");
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        struct sql_section *cursor = prepared(target, 3, queries[i]);
        size_t column = strstr(queries[i], "SELECT id") != NULL ? 1 : 0;
        target->operations->open(target, cursor, NULL, 0, &said);
        for (uint8_t row = 1; row <= 3; row++) {
            uint32_t locator;
            uint8_t first = 0;
            CU_ASSERT_EQUAL_FATAL(target->operations->fetch(target, cursor, &said), SQL_STEP_ROW);
            CU_ASSERT_TRUE_FATAL(target->operations->keep_lob(target, cursor, column, &locator, &said));
            struct sql_lob *lob = target->operations->find_lob(target, locator);
            CU_ASSERT_TRUE(lob->read(lob, 0, &first, 1));
            CU_ASSERT_EQUAL(first, row);
            if (first != row)
                printf("# %s: row %u begins with %u\n", queries[i], row, first);
        }
        target->operations->close(target, cursor);
    }
    target->operations->rollback(target, &said);
}

static const struct {
    const char *text;
    bool gives_places; /* at least for one long value: it is not taken into memory */
} queries[] = {
    { "SELECT b FROM p", true },
    { "SELECT * FROM p ORDER BY id DESC", true },
    { "SELECT p.id, p.b, q.c FROM p JOIN q ON p.id = q.id WHERE length(p.b) > 3", true },
    { "SELECT b FROM p UNION ALL SELECT b FROM q", true },
    { "SELECT id, b FROM p UNION ALL SELECT id, b FROM q ORDER BY 1, id LIMIT 5", true },
    { "SELECT id, b FROM p UNION ALL SELECT id + 100, NULL FROM q UNION ALL SELECT 7, X'0102' FROM q", true },
    { "SELECT b FROM p UNION ALL SELECT 'x' || id FROM q", false },
    { "SELECT id, b FROM p UNION ALL SELECT id, b FROM q ORDER BY 2", false },
    { "SELECT id, b FROM p UNION ALL SELECT id, b FROM q ORDER BY b", false },
    { "SELECT b FROM p UNION SELECT b FROM q", false },
    { "SELECT b FROM p EXCEPT SELECT b FROM q", false },
    { "SELECT b FROM (SELECT id, b FROM p WHERE id > 1) x WHERE id < 9 ORDER BY id", true },
    { "SELECT x.b, y.b FROM (SELECT id, b FROM p) x JOIN q AS y ON x.id = y.id", true },
    { "SELECT * FROM (SELECT * FROM (SELECT id, b FROM p) ORDER BY id LIMIT 2)", false }, /* without a name it cannot be named */
    { "SELECT * FROM (SELECT * FROM (SELECT id, b FROM p) AS i ORDER BY id LIMIT 2) AS o", true },
    { "SELECT b FROM (SELECT b FROM p UNION ALL SELECT b FROM q) AS u", true },
    { "SELECT b AS z FROM (SELECT b FROM p) AS x ORDER BY z", false },
    { "SELECT b FROM (SELECT b FROM p) AS x WHERE length(b) > 10", false },
    { "SELECT b FROM (SELECT b FROM p) AS x ORDER BY b", false },
    { "SELECT b, hex(substr(x.b, 1, 4)) FROM (SELECT b FROM p) AS x", false },
    { "SELECT x.b FROM (SELECT id, b FROM p) AS x NATURAL JOIN q", false },
    { "SELECT x.b FROM (SELECT id, b FROM p) AS x JOIN q USING (id)", false },
    { "SELECT x.b FROM (SELECT id, b FROM p) AS x JOIN q ON x.b = q.b", false },
    { "SELECT b FROM (SELECT DISTINCT b FROM p) AS x", false },
    { "SELECT b FROM (SELECT max(b) AS b FROM p) AS x", false },
    { "SELECT id, b FROM v ORDER BY id", true },
    { "SELECT w.b FROM v AS w WHERE w.id IN (SELECT id FROM q)", true },
    { "SELECT * FROM v", true },
    { "SELECT b FROM v WHERE b IS NOT NULL", false },
    { "SELECT * FROM of_view WHERE id < 3", true },
    { "SELECT b FROM both ORDER BY id", true },
    { "SELECT x FROM renamed", true },
    { "SELECT * FROM renamed_both ORDER BY \"order\" DESC", true },
    { "SELECT \"big one\" FROM renamed_both WHERE \"big one\" IS NOT NULL", false },
    { "SELECT m, n FROM renamed_twins", false },
    { "SELECT big FROM labelled", true },
    { "SELECT b FROM p GROUP BY b", false },
    { "SELECT DISTINCT b FROM p", false },
    { "SELECT b FROM p AS x WHERE EXISTS (SELECT 1 FROM q WHERE q.b = x.b)", true },
    { "SELECT b AS c FROM p WHERE length(c) > 1", false },
    { "SELECT q.b AS c FROM q WHERE length(c) > 1", false },
    { "SELECT p.*, q.b FROM p, q", false },
    { "SELECT (SELECT b FROM q WHERE q.id = p.id) FROM p", false },
    { "SELECT shadowed.b FROM shadowed", false },
    { "SELECT b FROM k", false },
    { "WITH x AS (SELECT b FROM p) SELECT b FROM x", true },
    { "WITH x AS (SELECT id, b FROM p) SELECT x.b, y.b FROM x JOIN x AS y ON x.id = y.id ORDER BY x.id", true },
    { "WITH x AS (SELECT * FROM p), y AS (SELECT id, b FROM x WHERE id > 1) SELECT * FROM y", true },
    { "WITH x (n, big) AS (SELECT id, b FROM p) SELECT big FROM x WHERE n < 9", true },
    { "WITH x AS MATERIALIZED (SELECT id, b FROM p UNION ALL SELECT id, b FROM q) SELECT id, b FROM x ORDER BY id", true },
    { "WITH x AS NOT MATERIALIZED (SELECT id, b FROM v) SELECT u.b FROM (SELECT b FROM x) AS u", true },
    { "WITH x AS (SELECT id, b FROM p) SELECT id, b FROM x UNION ALL SELECT id, b FROM q", true },
    { "WITH x AS (SELECT id, b FROM p), y AS (SELECT count(*) AS n FROM x) SELECT x.b, y.n FROM x JOIN y", true },
    { "WITH v AS (SELECT id, b FROM q) SELECT b FROM v", true },    /* hides the view */
    { "WITH p AS (SELECT id, b FROM q) SELECT v.b FROM v", false }, /* not in it */
    { "WITH p AS (SELECT id, b, 1 AS _rowid_ FROM q) SELECT v.b FROM v", false },
    { "WITH x AS (SELECT id, b FROM v) SELECT x.b, v.b FROM x JOIN v ON x.id = v.id", true },
    { "WITH x AS (SELECT id, b FROM p) SELECT b FROM x WHERE b IS NOT NULL", false },
    { "WITH x AS (SELECT id, b FROM p) SELECT b FROM x AS x", false },
    { "WITH x AS (SELECT id, b FROM p), y AS (SELECT count(b) AS n FROM x) SELECT x.b, y.n FROM x JOIN y", false },
    { "WITH x AS (SELECT id, b FROM p) SELECT b FROM x WHERE EXISTS (SELECT 1 FROM x AS y WHERE y.b = x.b)", false },
    { "WITH x AS (SELECT id, b FROM p) SELECT q.b FROM q WHERE q.b IN (SELECT b FROM x)", false },
    { "WITH x AS (SELECT DISTINCT b FROM p) SELECT b FROM x", false },
    { "WITH x AS (SELECT b FROM y), y AS (SELECT b FROM p) SELECT b FROM x", false }, /* defined behind it */
    { "WITH RECURSIVE x (n, b) AS (SELECT 1, b FROM p UNION ALL SELECT n + 1, b FROM x WHERE n < 3) SELECT b FROM x", false },
    { "WITH x (n, b) AS (SELECT 1, b FROM p UNION ALL SELECT n + 1, b FROM x WHERE n < 3) SELECT n, b FROM x", false },
    { "WITH x AS (VALUES (1)) SELECT b FROM p, x", true },
    { "SELECT b FROM priced WHERE gross > 3", true }, /* which is defined again, for DECIMAL */
    { "SELECT b IS DISTINCT FROM id, b FROM p", false },
    { "SELECT p.b FROM p LEFT JOIN (SELECT id, b FROM q WHERE id = 4) AS x ON x.id = p.id", true },
    { "SELECT x.b FROM p LEFT JOIN (SELECT id, b FROM q WHERE id = 4) AS x ON x.id = p.id ORDER BY p.id", true },
    { "SELECT main.p.b FROM main.p", false },
    { "SELECT vv.b FROM main.v AS vv", true },
    { "SELECT b FROM main.v", true },
    { "SELECT v.b FROM main.v", true },
    { "SELECT \"b\" FROM \"p\" AS \"a \"", true },
    { "SELECT [b] /* FROM q */ FROM -- v\n [v]", true },
    { "SELECT b FROM ((SELECT b FROM p) AS x)", false },
    { "SELECT b, rowid FROM p", true },
    { "SELECT b, x.id FROM (SELECT * FROM p) AS x WHERE x.id BETWEEN 1 AND 4 LIMIT 3 OFFSET 1", true },
    { "SELECT id, (SELECT count(*) FROM q WHERE q.id = x.id), b FROM (SELECT id, b FROM p) AS x", true },
    { "SELECT id, (SELECT count(b) FROM q WHERE q.id = x.id), b FROM (SELECT id, b FROM p) AS x", false },
    { "SELECT b FROM (SELECT id AS n, b FROM p UNION ALL SELECT id, b FROM q ORDER BY n DESC) AS u WHERE n < 5", false },
    { "SELECT p.b AS b, q.b AS b FROM p JOIN q ON p.id = q.id", true },
    { "SELECT * FROM (SELECT p.b, q.b FROM p JOIN q ON p.id = q.id) AS twice", false },
    { "SELECT b FROM p WHERE id IN (SELECT id FROM v WHERE b IS NOT NULL) ORDER BY id DESC", true },
    { "SELECT count(*), b FROM p", true },
};

/* A query with some of its words changed into others: most of these are nonsense, and the rest must be answered right. */
static void
change_words(const char *text, uint32_t *random, char *changed, size_t room)
{
    static const char *const words[] = { "b",         "id",      "p",          "q",           "x",     "v",         "AS",
                                         "FROM",      ",",       "(",          ")",           "WHERE", "ORDER BY",  "1",
                                         "UNION ALL", "SELECT",  "*",          "x.b",         "p.b",   "length(b)", "JOIN",
                                         "NATURAL",   "LIMIT 2", "b AS id",    "id AS b",     "both",  "of_view",   "renamed",
                                         "x",         "NULL",    "USING (id)", "IS NOT NULL", "c" };
    size_t used = 0;
    changed[0] = '\0';
    while (*text != '\0' && used + 32 < room) {
        size_t size = strcspn(text, " ");
        *random = *random * 1103515245 + 12345;
        unsigned dice = *random / 65536 % 12;
        *random = *random * 1103515245 + 12345;
        const char *word = words[*random / 65536 % (sizeof words / sizeof words[0])];
        bool keeps = dice > 1;
        if (keeps && size + 32 < room - used)
            used += (size_t)snprintf(changed + used, room - used, "%.*s ", (int)size, text);
        if (dice == 1 || dice == 2)
            used += (size_t)snprintf(changed + used, room - used, "%s ", word);
        text += size + (text[size] == ' ');
    }
}

/* What a query gives, asked of SQLite itself: a sum over all values, and how many there are; SIZE_MAX when it fails. */
static uint64_t
sum_of_sqlite(sqlite3 *database, const char *text, size_t *values)
{
    sqlite3_stmt *statement = NULL;
    uint64_t sum = 0;
    int code;
    CU_ASSERT_EQUAL_FATAL(sqlite3_prepare_v2(database, text, -1, &statement, NULL), SQLITE_OK);
    for (*values = 0; (code = sqlite3_step(statement)) == SQLITE_ROW;) {
        for (int i = 0; i < sqlite3_column_count(statement); i++, ++*values) {
            const uint8_t *bytes = sqlite3_column_blob(statement, i);
            int size = sqlite3_column_bytes(statement, i);
            sum = sum * 31 + (sqlite3_column_type(statement, i) == SQLITE_NULL);
            for (int at = 0; at < size; at++)
                sum = sum * 31 + bytes[at];
        }
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE)
        *values = SIZE_MAX;
    return sum;
}

static uint64_t
add_lob(uint64_t sum, uint32_t locator)
{
    struct sql_lob *lob = target->operations->find_lob(target, locator);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lob);
    uint8_t *bytes = malloc(lob->size + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    CU_ASSERT_TRUE(lob->read(lob, 0, bytes, lob->size));
    for (uint64_t at = 0; at < lob->size; at++)
        sum = sum * 31 + bytes[at];
    free(bytes);
    target->operations->release_lob(target, locator);
    return sum;
}

/* The same of the session; LOBs are read behind locators. */
static uint64_t
sum_of_session(const char *text, size_t *values, bool *gave_places)
{
    struct sql_section *cursor = prepared(target, 3, text);
    uint64_t sum = 0;
    *values = 0;
    *gave_places = false;
    target->operations->open(target, cursor, NULL, 0, &said);
    while (target->operations->fetch(target, cursor, &said) == SQL_STEP_ROW) {
        for (size_t i = 0; i < cursor->column_count; i++, ++*values) {
            struct sql_column column;
            struct sql_value value;
            uint32_t locator = 0;
            target->operations->describe_column(target, cursor, i, &column);
            target->operations->values(target, cursor, i, 1, &value);
            bool is_lob = column.type == SQL_TYPE_BLOB || column.type == SQL_TYPE_CLOB;
            sum = sum * 31 + (value.kind == SQL_VALUE_NULL);
            *gave_places = *gave_places || (is_lob && value.kind == SQL_VALUE_INTEGER);
            if (is_lob)
                CU_ASSERT_TRUE_FATAL(target->operations->keep_lob(target, cursor, i, &locator, &said));
            if (locator != 0)
                sum = add_lob(sum, locator);
            char number[32];
            if (!is_lob && value.kind == SQL_VALUE_INTEGER) {
                value.data.size = (size_t)snprintf(number, sizeof number, "%lld", (long long)value.integer);
                value.data.bytes = (const uint8_t *)number;
                value.kind = SQL_VALUE_TEXT;
            }
            for (size_t at = 0; !is_lob && value.kind != SQL_VALUE_NULL && at < value.data.size; at++)
                sum = sum * 31 + value.data.bytes[at];
        }
    }
    if (said.sqlcode != 100)
        printf("# %s: SQLCODE %d %s\n", text, said.sqlcode, said.tokens);
    CU_ASSERT_EQUAL(said.sqlcode, 100);
    target->operations->close(target, cursor);
    return sum;
}

static void
make_tables(void)
{
    must_run(target, "CREATE TABLE p (id INTEGER PRIMARY KEY, b BLOB)");
    must_run(target, "CREATE TABLE q (id INTEGER, b BLOB, c CLOB)");
    must_run(target, "CREATE TABLE k (id VARCHAR(9) PRIMARY KEY, b BLOB) WITHOUT ROWID");
    must_run(target, "CREATE TABLE shadowed (id INTEGER PRIMARY KEY, b BLOB)");
    must_run(target, "CREATE VIEW v AS SELECT id, b FROM p WHERE id <> 4");
    must_run(target, "CREATE VIEW of_view AS SELECT v.b, v.id FROM v");
    must_run(target, "CREATE VIEW both AS SELECT id, b FROM p UNION ALL SELECT id + 10, b FROM q");
    must_run(target, "CREATE VIEW renamed (x) AS SELECT b FROM p");
    must_run(target, "CREATE VIEW renamed_both (\"order\", \"big one\") AS SELECT id, b FROM p UNION ALL SELECT id, b FROM q");
    must_run(target, "CREATE VIEW renamed_twins (m, n) AS SELECT p.b, q.b FROM p JOIN q ON p.id = q.id");
    must_run(target, "CREATE VIEW labelled AS SELECT b AS big FROM p");
    must_run(target, "INSERT INTO p VALUES (1, randomblob(50000)), (2, X'0102'), (3, NULL), (4, randomblob(40000)), (5, 'text'), "
                     "(-6, randomblob(33000))");
    must_run(target, "INSERT INTO q SELECT id, b, 'clob ' || id FROM p WHERE id < 5 AND id > 0");
    must_run(
        target,
        "INSERT INTO q (_rowid_, id, b) VALUES (9000000000000000000, 6, randomblob(35000)), (-9000000000000000000, 7, randomblob(36000))");
    must_run(target, "CREATE TABLE r (id INTEGER PRIMARY KEY, price DECIMAL(9,2), b BLOB)");
    must_run(target, "CREATE VIEW priced AS SELECT id, price * 2 AS gross, b FROM r");
    must_run(target, "INSERT INTO r VALUES (1, 1.25, randomblob(40000)), (2, 2.25, randomblob(40000)), (3, 3.25, X'01')");
    must_run(target, "INSERT INTO k SELECT id, b FROM p");
    must_run(target, "INSERT INTO shadowed VALUES (1, randomblob(45000))");
    target->operations->commit(target, &said);
    must_run(target, "CREATE TEMP TABLE shadowed (id INTEGER PRIMARY KEY, b BLOB)");
    must_run(target, "INSERT INTO temp.shadowed VALUES (1, randomblob(60000))");
}

static void
compare_listed(sqlite3 *database)
{
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        size_t values[2];
        bool gave_places;
        uint64_t expected = sum_of_sqlite(database, queries[i].text, &values[0]);
        bool shadowed = strstr(queries[i].text, "shadowed") != NULL; /* of which the session sees another one */
        bool same = (sum_of_session(queries[i].text, &values[1], &gave_places) == expected) != shadowed;
        CU_ASSERT_TRUE(same);
        CU_ASSERT_EQUAL(values[0], values[1]);
        CU_ASSERT_EQUAL(gave_places, queries[i].gives_places);
        if (!same || gave_places != queries[i].gives_places)
            printf("# %s: %s, places %d\n", queries[i].text, same ? "the same" : "other values", gave_places);
    }
}

static void
compare_changed(sqlite3 *database)
{
    uint32_t random = 1;
    size_t compared = 0;
    size_t with_places = 0;
    for (size_t i = 0; i < CHANGED_QUERIES; i++) {
        char text[512];
        size_t values[2];
        bool gave_places;
        sqlite3_stmt *statement = NULL;
        change_words(queries[i % (sizeof queries / sizeof queries[0])].text, &random, text, sizeof text);
        target->operations->prepare(target, prepared(target, 5, "VALUES 1"), text, strlen(text),
                                    &said); /* it takes less than SQLite does */
        bool valid = said.sqlcode == 0 && strstr(text, "shadowed") == NULL &&
                     sqlite3_prepare_v2(database, text, -1, &statement, NULL) == SQLITE_OK && sqlite3_column_count(statement) > 0;
        sqlite3_finalize(statement);
        if (!valid)
            continue;
        uint64_t expected = sum_of_sqlite(database, text, &values[0]);
        if (values[0] == SIZE_MAX)
            continue;
        bool same = sum_of_session(text, &values[1], &gave_places) == expected && values[0] == values[1];
        CU_ASSERT_TRUE(same);
        if (!same)
            printf("# %s: other values, places %d\n", text, gave_places);
        compared++;
        with_places += gave_places;
    }
    printf("# %zu more queries compared, %zu with places\n", compared, with_places);
    CU_ASSERT(compared > CHANGED_QUERIES / 20 && with_places > CHANGED_QUERIES / 100);
}

static void
queries_give_the_same_with_places_and_without(void)
{
    sqlite3 *database;
    make_tables();
    CU_ASSERT_EQUAL_FATAL(sqlite3_open_v2(datastore.path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    compare_listed(database);
    compare_changed(database);
    sqlite3_close(database);
    must_run(target, "DROP TABLE temp.shadowed");
    target->operations->rollback(target, &said);
}

/* WITH is written anew where it stands. */
static void
markers_keep_their_order(void)
{
    struct sql_section *cursor =
        prepared(target, 3, "WITH x AS (SELECT id, b FROM p WHERE id = ?) SELECT CAST(? AS INTEGER), b FROM x WHERE id < ?");
    const struct sql_value parameters[] = {
        { .kind = SQL_VALUE_INTEGER, .integer = 4 },
        { .kind = SQL_VALUE_INTEGER, .integer = 7 },
        { .kind = SQL_VALUE_INTEGER, .integer = 5 },
    };
    struct sql_value values[2];
    target->operations->open(target, cursor, parameters, 3, &said);
    CU_ASSERT_EQUAL_FATAL(target->operations->fetch(target, cursor, &said), SQL_STEP_ROW);
    target->operations->values(target, cursor, 0, 2, values);
    CU_ASSERT_EQUAL(values[0].integer, 7);
    CU_ASSERT_EQUAL(values[1].kind, SQL_VALUE_INTEGER); /* a place */
    CU_ASSERT_EQUAL(target->operations->fetch(target, cursor, &said), SQL_STEP_END);
    target->operations->close(target, cursor);
    target->operations->rollback(target, &said);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "order is that of values", order_is_that_of_values },
        { "queries give the same with places and without", queries_give_the_same_with_places_and_without },
        { "markers keep their order", markers_keep_their_order },
    };
    make_datastore();
    target = sqlite_session_new(&datastore, "USER0001");
    int status = target != NULL ? SUITE_RUN("sqlite lob select", cases) : 1;
    sqlite_session_free(target);
    remove_datastore();
    return status;
}
