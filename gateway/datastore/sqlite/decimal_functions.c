#include "gateway/datastore/sqlite/decimal_functions.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "drda/sql/number.h"
#include "gateway/datastore/sqlite/decimal_number.h"
#include "gateway/datastore/sqlite/functions.h"

enum { SQLITE_DIGITS = 15, SCALE_MAX = 31, PRECISION_MAX = 31 };

/* Calculates one SQL_DECIMAL. */
struct calculation {
    const char *step; /* of the program, the next one */
    sqlite3_value **operands;
    int operands_left;
    struct decimal_number stack[DECIMAL_STACK_MAX];
    size_t depth;
    struct decimal_form form; /* of the last result */
    bool assigned;
    bool malformed; /* the program */
};

static void
fail(sqlite3_context *context, enum decimal_result result, bool assigned)
{
    static const struct {
        int32_t sqlcode;
        const char *sqlstate;
        const char *tokens;
    } failures[] = {
        [DECIMAL_RESULT_NOT_NUMERIC] = { -420, "22018", "a value that DECIMAL is calculated with is no number" },
        [DECIMAL_RESULT_OVERFLOW] = { -802, "22003", "a result has more digits than its DECIMAL type has places" },
        [DECIMAL_RESULT_DIVIDED_BY_ZERO] = { -801, "22012", "division by zero" },
    };
    struct sqlite_session *session = sqlite3_user_data(context);
    bool out_of_range = assigned && result == DECIMAL_RESULT_OVERFLOW;
    session->misfit = true;
    if (out_of_range)
        sql_diagnosis_set(&session->misfit_diagnosis, -413, "22003", "a number is out of the range of the column that it is assigned to");
    else
        sql_diagnosis_set(&session->misfit_diagnosis, failures[result].sqlcode, failures[result].sqlstate, failures[result].tokens);
    sqlite3_result_error(context, "DECIMAL", -1);
}

/* Of a floating point number that a decimal of at most 15 digits was made into: that decimal, which no other is nearer to. */
static bool
read_short_real(double real, struct decimal_number *number)
{
    double magnitude = fabs(real);
    double power = 1;
    for (uint8_t scale = 0; scale <= SQLITE_DIGITS; scale++, power *= 10) {
        double digits = nearbyint(magnitude * power);
        if (!(digits < 1e15))
            return false;
        if (digits / power != magnitude)
            continue;
        *number = (struct decimal_number) { .digits = (decimal_digits)digits, .scale = scale, .negative = real < 0 };
        return true;
    }
    return false;
}

static enum decimal_result
read_value(sqlite3_value *argument, unsigned scale, struct decimal_number *number)
{
    char text[NUMBER_TEXT_MAX];
    struct sql_value value = function_value(argument);
    switch (value.kind) {
    case SQL_VALUE_INTEGER:
        decimal_number_of_integer(value.integer, number);
        return DECIMAL_RESULT_FINE;
    case SQL_VALUE_REAL:
        if (read_short_real(value.real, number) && number->scale <= scale)
            return DECIMAL_RESULT_FINE;
        return decimal_number_read((const uint8_t *)text, number_text(&value, text), scale, number);
    case SQL_VALUE_TEXT:
        return decimal_number_read(value.data.bytes, value.data.size, scale, number);
    case SQL_VALUE_NULL:
    case SQL_VALUE_BYTES:
    case SQL_VALUE_LOB:
        break;
    }
    return DECIMAL_RESULT_NOT_NUMERIC;
}

/* An unsigned number of the program, `otherwise` where there is none. */
static unsigned
take_number(struct calculation *calculation, unsigned otherwise)
{
    unsigned number = 0;
    if (!isdigit((unsigned char)*calculation->step))
        return otherwise;
    for (; isdigit((unsigned char)*calculation->step); calculation->step++)
        if (number < UINT8_MAX)
            number = number * 10 + (unsigned)(*calculation->step - '0');
    return number;
}

static bool
take_form(struct calculation *calculation)
{
    unsigned precision = take_number(calculation, 0);
    bool has_point = *calculation->step == '.';
    calculation->step += has_point;
    unsigned scale = has_point ? take_number(calculation, 0) : 0;
    calculation->form = (struct decimal_form) { .precision = (uint8_t)precision, .scale = (uint8_t)scale };
    return precision >= 1 && precision <= PRECISION_MAX && scale <= SCALE_MAX;
}

static struct decimal_number *
top(struct calculation *calculation)
{
    calculation->malformed = calculation->malformed || calculation->depth == 0;
    return &calculation->stack[calculation->depth > 0 ? calculation->depth - 1 : 0];
}

static enum decimal_result
push(struct calculation *calculation)
{
    unsigned scale = take_number(calculation, DECIMAL_SCALE_NATURAL);
    calculation->malformed = calculation->operands_left == 0 || calculation->depth == DECIMAL_STACK_MAX;
    if (calculation->malformed)
        return DECIMAL_RESULT_FINE;
    calculation->operands_left--;
    return read_value(*calculation->operands++, scale, &calculation->stack[calculation->depth++]);
}

static enum decimal_result
operate(struct calculation *calculation, char operation)
{
    calculation->malformed = !take_form(calculation) || calculation->depth < 2;
    if (calculation->malformed)
        return DECIMAL_RESULT_FINE;
    struct decimal_number other = *top(calculation);
    calculation->depth--;
    struct decimal_number *one = top(calculation);
    return decimal_number_calculate(operation, one, &other, calculation->form, one);
}

static enum decimal_result
convert(struct calculation *calculation)
{
    calculation->malformed = !take_form(calculation) || calculation->depth == 0;
    return calculation->malformed ? DECIMAL_RESULT_FINE : decimal_number_convert(top(calculation), calculation->form);
}

static enum decimal_result
round_top(struct calculation *calculation)
{
    bool negative = *calculation->step == '-';
    calculation->step += negative;
    int64_t places = take_number(calculation, 0);
    return decimal_number_round(top(calculation), negative ? -places : places);
}

static enum decimal_result
take_step(struct calculation *calculation)
{
    char step = *calculation->step++;
    switch (step) {
    case 'n':
        return push(calculation);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
        return operate(calculation, step);
    case '~':
        decimal_number_negate(top(calculation));
        break;
    case 'a':
        top(calculation)->negative = false;
        break;
    case 'r':
        return round_top(calculation);
    case 'f':
        return decimal_number_make_whole(top(calculation), DECIMAL_FLOOR);
    case 'c':
        return decimal_number_make_whole(top(calculation), DECIMAL_CEILING);
    case 't':
        return decimal_number_make_whole(top(calculation), DECIMAL_TOWARDS_ZERO);
    case '=':
        calculation->assigned = true;
        return convert(calculation);
    case 'k':
        return convert(calculation);
    default:
        calculation->malformed = true;
    }
    return DECIMAL_RESULT_FINE;
}

/* What a column of its type would keep: a number of SQLite, or text where that has not digits enough. */
static void
give_typed(sqlite3_context *context, const struct decimal_number *number, struct decimal_form form)
{
    char text[DECIMAL_NUMBER_TEXT_MAX];
    if (form.precision > SQLITE_DIGITS) {
        sqlite3_result_text(context, text, (int)decimal_number_write(number, text), SQLITE_TRANSIENT);
        return;
    }
    int64_t digits = number->negative ? -(int64_t)number->digits : (int64_t)number->digits;
    /* Digits and power are both exact in floating point, so that the quotient is the nearest one to the decimal. */
    double power = 1;
    for (unsigned i = 0; i < form.scale; i++)
        power *= 10;
    if (form.scale == 0)
        sqlite3_result_int64(context, digits);
    else
        sqlite3_result_double(context, (double)digits / power);
}

static void
calculate(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    const char *program = count > 0 ? (const char *)sqlite3_value_text(arguments[0]) : NULL;
    struct calculation calculation = { .step = program, .operands = arguments + 1, .operands_left = count - 1 };
    enum decimal_result result = DECIMAL_RESULT_FINE;
    for (int i = 1; i < count; i++)
        if (sqlite3_value_type(arguments[i]) == SQLITE_NULL)
            return;
    while (program != NULL && *calculation.step != '\0' && !calculation.malformed && result == DECIMAL_RESULT_FINE)
        result = take_step(&calculation);
    if (program == NULL || calculation.malformed ||
        (result == DECIMAL_RESULT_FINE && (calculation.depth != 1 || calculation.form.precision == 0)))
        sqlite3_result_error(context, "the first argument of SQL_DECIMAL is no program for the others", -1);
    else if (result != DECIMAL_RESULT_FINE)
        fail(context, result, calculation.assigned);
    else
        give_typed(context, &calculation.stack[0], calculation.form);
}

/* What an aggregate knows of the rows so far. */
struct total {
    struct decimal_number sum;
    int64_t count;
    bool failed;
};

static void
change_total(sqlite3_context *context, sqlite3_value *value, bool remove)
{
    struct total *total = sqlite3_aggregate_context(context, sizeof *total);
    struct decimal_number number = { .scale = 0 };
    if (total == NULL || total->failed || sqlite3_value_type(value) == SQLITE_NULL)
        return;
    enum decimal_result result = read_value(value, DECIMAL_SCALE_NATURAL, &number);
    uint8_t scale = number.scale > total->sum.scale ? number.scale : total->sum.scale;
    struct decimal_form form = { .precision = PRECISION_MAX, .scale = scale };
    if (result == DECIMAL_RESULT_FINE)
        result = decimal_number_calculate(remove ? '-' : '+', &total->sum, &number, form, &total->sum);
    total->count += remove ? -1 : 1;
    total->failed = result != DECIMAL_RESULT_FINE;
    if (total->failed)
        fail(context, result, false);
}

static void
add_row(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    change_total(context, arguments[0], false);
}

static void
remove_row(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    change_total(context, arguments[0], true);
}

static void
give_text(sqlite3_context *context, const struct decimal_number *number)
{
    char text[DECIMAL_NUMBER_TEXT_MAX];
    sqlite3_result_text(context, text, (int)decimal_number_write(number, text), SQLITE_TRANSIENT);
}

static void
give_sum(sqlite3_context *context)
{
    const struct total *total = sqlite3_aggregate_context(context, 0);
    if (total != NULL && !total->failed && total->count > 0)
        give_text(context, &total->sum);
}

/* As many digits behind the point as 31 digits have places for. */
static void
give_average(sqlite3_context *context)
{
    const struct total *total = sqlite3_aggregate_context(context, 0);
    struct decimal_number count;
    struct decimal_number average;
    struct decimal_form form = { .precision = PRECISION_MAX, .scale = 0 };
    if (total == NULL || total->failed || total->count == 0)
        return;
    decimal_number_of_integer(total->count, &count);
    enum decimal_result result = decimal_number_calculate('/', &total->sum, &count, form, &average);
    form.scale = SCALE_MAX;
    for (decimal_digits whole = average.digits; result == DECIMAL_RESULT_FINE && whole != 0; whole /= 10)
        form.scale--;
    if (result == DECIMAL_RESULT_FINE)
        result = decimal_number_calculate('/', &total->sum, &count, form, &average);
    if (result == DECIMAL_RESULT_FINE)
        give_text(context, &average);
    else
        fail(context, result, false);
}

int
decimal_functions_install(struct sqlite_session *session)
{
    const int flags = SQLITE_UTF8 | SQLITE_INNOCUOUS | SQLITE_DETERMINISTIC;
    sqlite3 *database = session->database;
    int code = sqlite3_create_function_v2(database, "sql_decimal", -1, flags, session, calculate, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_window_function(database, "sql_sum", 1, flags, session, add_row, give_sum, give_sum, remove_row, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_window_function(database, "sql_average", 1, flags, session, add_row, give_average, give_average, remove_row,
                                              NULL);
    return code;
}
