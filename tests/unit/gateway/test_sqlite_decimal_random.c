/* Random expressions of DECIMAL columns and literals, beside the same calculated with GMP's integers by Db2's rules. */
#include <gmp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drda/sql/decimal.h"
#include "drda/sql/number.h"
#include "gateway/datastore/sqlite/session.h"
#include "tests/support/suite.h"

enum { EXPRESSIONS = 3000, DEPTH = 4, COLUMNS = 5, TEXT_MAX = 4096, DIGITS_MAX = 31 };

static char folder[] = "/tmp/passgate-test-XXXXXX";
static struct datastore_settings datastore = { .name = "SAMPLE", .kind = DATASTORE_SQLITE, .create = true };
static struct sql_diagnosis said;
static struct sql_target *target;
static struct sql_section *section;
static unsigned seed;

/* An expression and what it comes to: `value` divided by 10 to the power of `scale`. */
struct operand {
    char text[TEXT_MAX];
    mpz_t value;
    int precision;
    int scale;
    int32_t sqlcode; /* instead of a value */
};

static struct {
    const char *name;
    int precision;
    int scale;
    mpz_t value;
} columns[COLUMNS] = {
    { .name = "A", .precision = 9, .scale = 2 },   { .name = "B", .precision = 5, .scale = 5 },
    { .name = "C", .precision = 15, .scale = 4 },  { .name = "D", .precision = 22, .scale = 10 },
    { .name = "E", .precision = 31, .scale = 15 },
};

static int
draw(int limit)
{
    return (int)((unsigned)rand_r(&seed) % (unsigned)limit);
}

static void
draw_digits(mpz_t value, int precision)
{
    char digits[DIGITS_MAX + 1];
    int count = 1 + draw(precision);
    for (int i = 0; i < count; i++)
        digits[i] = (char)('0' + draw(10));
    digits[count] = '\0';
    mpz_set_str(value, digits, 10);
}

static void
write_decimal(const mpz_t value, int scale, char *text, size_t size)
{
    char digits[2 * DIGITS_MAX + 8];
    mpz_t magnitude;
    mpz_init(magnitude);
    mpz_abs(magnitude, value);
    gmp_snprintf(digits, sizeof digits, "%0*Zd", scale + 1, magnitude);
    int whole = (int)strlen(digits) - scale;
    snprintf(text, size, "%s%.*s%s%s", mpz_sgn(value) < 0 ? "-" : "", whole, digits, scale > 0 ? "." : "", digits + whole);
    mpz_clear(magnitude);
}

static void
scale_by(mpz_t value, int places)
{
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)abs(places));
    if (places >= 0)
        mpz_mul(value, value, power);
    else
        mpz_tdiv_q(value, value, power);
    mpz_clear(power);
}

static int
least(int one, int other)
{
    return one < other ? one : other;
}

static int
greatest(int one, int other)
{
    return one > other ? one : other;
}

static void
check_digits(struct operand *operand)
{
    mpz_t limit;
    mpz_init(limit);
    mpz_ui_pow_ui(limit, 10, (unsigned long)operand->precision);
    if (operand->sqlcode == 0 && mpz_cmpabs(operand->value, limit) >= 0)
        operand->sqlcode = -802;
    mpz_clear(limit);
}

/* Makes `one` the result. */
static void
apply(char operation, struct operand *one, const struct operand *other)
{
    int scale = greatest(one->scale, other->scale);
    int precision = greatest(one->precision - one->scale, other->precision - other->scale) + scale + 1;
    mpz_t right;
    mpz_init_set(right, other->value);
    if (operation == '*') {
        mpz_mul(one->value, one->value, right);
        scale = least(DIGITS_MAX, one->scale + other->scale);
        precision = one->precision + other->precision;
        scale_by(one->value, scale - one->scale - other->scale);
    } else if (operation == '/') {
        scale = greatest(0, DIGITS_MAX - one->precision + one->scale - other->scale);
        precision = DIGITS_MAX;
        if (mpz_sgn(right) == 0 && one->sqlcode == 0 && other->sqlcode == 0)
            one->sqlcode = -801;
        scale_by(one->value, scale + other->scale); /* and the rest by the quotient */
        scale_by(right, one->scale);
        if (mpz_sgn(right) != 0)
            mpz_tdiv_q(one->value, one->value, right);
    } else if (operation == '%') {
        precision = greatest(0, least(one->precision - one->scale, other->precision - other->scale)) + scale;
        if (mpz_sgn(right) == 0 && one->sqlcode == 0 && other->sqlcode == 0)
            one->sqlcode = -801;
        scale_by(one->value, scale - one->scale);
        scale_by(right, scale - other->scale);
        if (mpz_sgn(right) != 0)
            mpz_tdiv_r(one->value, one->value, right);
    } else {
        scale_by(one->value, scale - one->scale);
        scale_by(right, scale - other->scale);
        (operation == '+' ? mpz_add : mpz_sub)(one->value, one->value, right);
    }
    one->sqlcode = one->sqlcode != 0 ? one->sqlcode : other->sqlcode;
    one->scale = scale;
    one->precision = least(DIGITS_MAX, precision);
    check_digits(one);
    mpz_clear(right);
}

static void
draw_column(struct operand *operand)
{
    int i = draw(COLUMNS);
    snprintf(operand->text, sizeof operand->text, "%s", columns[i].name);
    mpz_set(operand->value, columns[i].value);
    operand->precision = columns[i].precision;
    operand->scale = columns[i].scale;
}

/* A literal has the digits that are written. */
static void
draw_literal(struct operand *operand)
{
    operand->scale = 1 + draw(4);
    draw_digits(operand->value, 6);
    write_decimal(operand->value, operand->scale, operand->text, sizeof operand->text);
    operand->precision = (int)strlen(operand->text) - 1;
}

static void
draw_expression(struct operand *operand, int depth)
{
    char joined[2 * TEXT_MAX + 16];
    int choice = draw(depth > 0 ? 9 : 2);
    if (choice == 0)
        draw_literal(operand);
    else if (choice == 1)
        draw_column(operand);
    if (choice < 2)
        return;
    draw_expression(operand, depth - 1);
    if (choice == 2) {
        snprintf(joined, sizeof joined, "-(%s)", operand->text);
        mpz_neg(operand->value, operand->value);
    } else if (choice == 3) {
        snprintf(joined, sizeof joined, "ABS(%s)", operand->text);
        mpz_abs(operand->value, operand->value);
    } else {
        struct operand *other = calloc(1, sizeof *other);
        CU_ASSERT_PTR_NOT_NULL_FATAL(other);
        mpz_init(other->value);
        draw_expression(other, depth - 1);
        char operation = "+-*/%"[choice - 4];
        if (operation == '%')
            snprintf(joined, sizeof joined, "MOD(%s, %s)", operand->text, other->text);
        else
            snprintf(joined, sizeof joined, "(%s%s%c%s%s)", operand->text, draw(2) > 0 ? " " : "", operation, draw(2) > 0 ? " " : "\n",
                     other->text);
        apply(operation, operand, other);
        mpz_clear(other->value);
        free(other);
    }
    snprintf(operand->text, sizeof operand->text, "%.*s", (int)sizeof operand->text - 1, joined);
}

static void
must_run(const char *text)
{
    target->operations->execute_immediate(target, text, strlen(text), &said);
    if (said.sqlcode != 0)
        fprintf(stderr, "%s: %d %s\n", text, said.sqlcode, said.tokens);
    CU_ASSERT_EQUAL_FATAL(said.sqlcode, 0);
}

static void
draw_row(void)
{
    char values[COLUMNS][2 * DIGITS_MAX];
    char text[512];
    for (int i = 0; i < COLUMNS; i++) {
        draw_digits(columns[i].value, columns[i].precision);
        if (draw(2) > 0)
            mpz_neg(columns[i].value, columns[i].value);
        write_decimal(columns[i].value, columns[i].scale, values[i], sizeof values[i]);
    }
    snprintf(text, sizeof text, "INSERT OR REPLACE INTO T VALUES (1, %s, %s, %s, %s, %s)", values[0], values[1], values[2], values[3],
             values[4]);
    must_run(text);
}

/* The result as text, with what it is described as. */
static int32_t
run_query(const char *text, struct sql_column *column, char *result, size_t size)
{
    char number[NUMBER_TEXT_MAX];
    struct sql_value value = { .kind = SQL_VALUE_NULL };
    *result = '\0';
    target->operations->prepare(target, section, text, strlen(text), &said);
    if (said.sqlcode != 0)
        return said.sqlcode;
    target->operations->describe_column(target, section, 0, column);
    target->operations->open(target, section, NULL, 0, &said);
    if (target->operations->fetch(target, section, &said) == SQL_STEP_ROW)
        target->operations->values(target, section, 0, 1, &value);
    if (value.kind == SQL_VALUE_TEXT)
        snprintf(result, size, "%.*s", (int)value.data.size, (const char *)value.data.bytes);
    else if (value.kind != SQL_VALUE_NULL)
        snprintf(result, size, "%.*s", (int)number_text(&value, number), number);
    int32_t sqlcode = said.sqlcode;
    target->operations->close(target, section);
    return sqlcode;
}

static void
compare(const struct operand *expected)
{
    char query[TEXT_MAX + 64];
    char value[2 * DIGITS_MAX + 8];
    char result[64];
    struct sql_column column = { .type = SQL_TYPE_COUNT };
    snprintf(query, sizeof query, "SELECT %s FROM T WHERE ID = 1", expected->text);
    write_decimal(expected->value, expected->scale, value, sizeof value);
    int32_t sqlcode = run_query(query, &column, result, sizeof result);
    bool same = sqlcode == expected->sqlcode && column.type == SQL_TYPE_DECIMAL && column.precision == expected->precision &&
                column.scale == expected->scale &&
                (sqlcode != 0 || decimal_compare((const uint8_t *)result, strlen(result), (const uint8_t *)value, strlen(value)) == 0);
    if (!same)
        fprintf(stderr, "%s:\n  is DECIMAL(%d,%d) %s, SQLCODE %d\n  not DECIMAL(%d,%d) %s, SQLCODE %d\n", query, column.precision,
                column.scale, result, sqlcode, expected->precision, expected->scale, value, expected->sqlcode);
    CU_ASSERT_TRUE(same);
}

static void
random_expressions_are_exact(void)
{
    size_t values = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
        struct operand *operand = calloc(1, sizeof *operand);
        CU_ASSERT_PTR_NOT_NULL_FATAL(operand);
        mpz_init(operand->value);
        if (i % 50 == 0)
            draw_row();
        draw_expression(operand, 1 + draw(DEPTH));
        compare(operand);
        values += operand->sqlcode == 0;
        mpz_clear(operand->value);
        free(operand);
    }
    CU_ASSERT_TRUE(values > EXPRESSIONS / 4);
}

int
main(void)
{
    static const struct test_case cases[] = { { "random expressions are exact", random_expressions_are_exact } };
    static const struct sql_section_name name = { .package = "SYSLH000", .number = 1 };
    seed = (unsigned)time(NULL);
    fprintf(stderr, "# seed %u\n", seed);
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(datastore.path, sizeof datastore.path, "%s/test.db", folder);
    for (int i = 0; i < COLUMNS; i++)
        mpz_init(columns[i].value);
    target = sqlite_session_new(&datastore, "USER0001");
    section = target->operations->section(target, &name, true);
    const char *table =
        "CREATE TABLE T (ID INTEGER NOT NULL PRIMARY KEY, A DECIMAL(9,2), B DECIMAL(5,5), C DECIMAL(15,4), D DECIMAL(22,10), "
        "E DECIMAL(31,15))";
    target->operations->execute_immediate(target, table, strlen(table), &said);
    int status = SUITE_RUN("sqlite decimal random", cases);
    sqlite_session_free(target);
    for (int i = 0; i < COLUMNS; i++)
        mpz_clear(columns[i].value);
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char path[CONFIGURATION_PATH_MAX + 16];
        snprintf(path, sizeof path, "%s%s", datastore.path, suffixes[i]);
        unlink(path);
    }
    rmdir(folder);
    return status;
}
