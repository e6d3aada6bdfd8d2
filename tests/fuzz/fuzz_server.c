/* A whole conversation as a hostile client leads it. The first byte says in pieces of which size the rest arrives, and what the owner
 * answers: bits 0-3 the size (0: all at once), bit 4 whether credentials are refused, bit 5 whether the RDB cannot be opened, bit 6 whether
 * ACCRDBRM brings a token, bit 7 whether a token that INTRDBRQS brings is known. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "drda/accsec.h"
#include "drda/server.h"
#include "security/encryption.h"
#include "tests/support/growing_writer.h"
#include "tests/support/memory_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same key in every run, so that a stored conversation stays the conversation that it was. */
static bool
no_random(uint8_t *bytes, size_t size)
{
    memset(bytes, 0x5A, size);
    return true;
}

static const struct drda_cryptography cryptography = {
    .random = no_random,
    .power = encryption_power,
    .des_cbc = encryption_des_cbc,
};

static const struct drda_server_settings settings = {
    .external_name = "fuzz",
    .server_name = "FUZZ",
    .class_name = "Passgate",
    .release_level = "0",
    .product_id = "PGT00010",
    .mechanisms = { SECMEC_USRIDPWD, SECMEC_EUSRIDPWD },
    .cryptography = &cryptography,
    .unauthenticated_bytes_max = 4096,
    .command_bytes_max = 1 << 20,
};

/* A target with one section: a text that begins with S is a query of two columns, three rows and a parameter. */
struct fuzz_target {
    struct sql_target target;
    struct sql_section section;
    unsigned rows_left;
};

static struct fuzz_target *
of(struct sql_target *target)
{
    return (struct fuzz_target *)target;
}

static struct sql_section *
section(struct sql_target *target, const struct sql_section_name *name, bool create)
{
    struct fuzz_target *fuzz = of(target);
    if (create && fuzz->section.state == SQL_SECTION_EMPTY)
        fuzz->section.name = *name;
    bool same = strcmp(fuzz->section.name.package, name->package) == 0 && fuzz->section.name.number == name->number;
    return same ? &fuzz->section : NULL;
}

static void
prepare(struct sql_target *target, struct sql_section *prepared, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    (void)target;
    if (size == 0) {
        sql_diagnosis_set(diagnosis, -104, "42601", "");
        return;
    }
    prepared->is_query = text[0] == 'S' || text[0] == 's';
    prepared->column_count = prepared->is_query ? 2 : 0;
    prepared->parameter_count = memchr(text, '?', size) != NULL;
    prepared->state = SQL_SECTION_PREPARED;
}

static void
describe(struct sql_target *target, struct sql_section *described, size_t index, struct sql_column *column)
{
    (void)target;
    (void)described;
    *column = (struct sql_column) {
        .name = "C",
        .table = "T",
        .schema = "S",
        .type = index == 0 ? SQL_TYPE_INTEGER : SQL_TYPE_VARCHAR,
        .length = 100,
        .nullable = true,
    };
}

static void
execute(struct sql_target *target, struct sql_section *executed, const struct sql_value *parameters, size_t count,
        struct sql_diagnosis *diagnosis)
{
    (void)target;
    (void)executed;
    uint8_t sum = 0;
    for (size_t i = 0; i < count; i++)
        if (parameters[i].kind == SQL_VALUE_TEXT || parameters[i].kind == SQL_VALUE_BYTES)
            for (size_t n = 0; n < parameters[i].data.size; n++)
                sum = (uint8_t)(sum + parameters[i].data.bytes[n]);
    diagnosis->rows = sum;
}

static void
execute_immediate(struct sql_target *target, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    (void)target;
    if (size > 0 && text[size - 1] == '!')
        sql_diagnosis_set(diagnosis, -104, "42601", "!");
}

static void
open_cursor(struct sql_target *target, struct sql_section *opened, const struct sql_value *parameters, size_t count,
            struct sql_diagnosis *diagnosis)
{
    execute(target, opened, parameters, count, diagnosis);
    of(target)->rows_left = 3;
}

static enum sql_step
fetch(struct sql_target *target, struct sql_section *fetched, struct sql_diagnosis *diagnosis)
{
    (void)fetched;
    (void)diagnosis;
    if (of(target)->rows_left == 0)
        return SQL_STEP_END;
    of(target)->rows_left--;
    return SQL_STEP_ROW;
}

/* Rows as fetch() gives them, whichever way. */
static enum sql_step
move_cursor(struct sql_target *target, struct sql_section *moved, enum sql_move move, int64_t rows, struct sql_diagnosis *diagnosis)
{
    bool outside = move == SQL_MOVE_BEFORE_FIRST || move == SQL_MOVE_BEHIND_LAST || rows == 0;
    return outside ? SQL_STEP_END : fetch(target, moved, diagnosis);
}

static void
get_values(struct sql_target *target, struct sql_section *fetched, size_t first, size_t count, struct sql_value *columns)
{
    (void)fetched;
    static const char text[] = "text";
    for (size_t i = 0; i < count; i++) {
        if (first + i == 0)
            columns[i] = (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = of(target)->rows_left };
        else
            columns[i] = (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)text, sizeof text - 1 } };
    }
}

static void
close_cursor(struct sql_target *target, struct sql_section *closed)
{
    (void)target;
    (void)closed;
}

static void
end_unit_of_work(struct sql_target *target, struct sql_diagnosis *diagnosis)
{
    (void)target;
    (void)diagnosis;
}

static const struct sql_target_operations operations = {
    .section = section,
    .prepare = prepare,
    .describe_column = describe,
    .describe_parameter = describe,
    .execute = execute,
    .execute_immediate = execute_immediate,
    .open = open_cursor,
    .fetch = fetch,
    .values = get_values,
    .move = move_cursor,
    .close = close_cursor,
    .commit = end_unit_of_work,
    .rollback = end_unit_of_work,
    .set_register = execute_immediate,
};

static void
answer(struct drda_server *server, enum drda_event event, uint8_t control, struct drda_input *input, struct sql_target *target,
       struct wire_writer *output)
{
    struct drda_credentials credentials;
    switch (event) {
    case DRDA_WANTS_VERIFY:
        drda_server_credentials(server, input, &credentials);
        assert(credentials.userid[0] != '\0' && credentials.password[0] != '\0');
        drda_credentials_clear(&credentials);
        drda_server_verified(server, (control & 0x10) != 0 ? DRDA_SECCHKCD_PASSWORD_INVALID : DRDA_SECCHKCD_OK, output);
        break;
    case DRDA_WANTS_RDB:
        assert(drda_server_is_authenticated(server) && drda_server_rdbnam(server)[0] != '\0');
        drda_server_rdb_opened(server, (control & 0x20) != 0 ? DRDA_RDB_FAILED : DRDA_RDB_OPENED,
                               (struct drda_token) { &control, (control & 0x40) != 0 && drda_server_takes_interrupt_token(server) },
                               output);
        break;
    case DRDA_WANTS_INTERRUPT:
        assert(drda_server_is_authenticated(server) && drda_server_interrupt_token(server, input).left > 0);
        drda_server_interrupted(server, (control & 0x80) != 0, output);
        break;
    case DRDA_WANTS_SQL:
        assert(drda_server_is_authenticated(server));
        drda_server_run_sql(server, input, target, output);
        break;
    case DRDA_WANTS_STREAM:
        drda_server_set_stream(server, input, memory_stream_new(), output);
        break;
    case DRDA_NEEDS_INPUT:
    case DRDA_MUST_CLOSE:
        break;
    }
}

/* Whatever came in, what goes out is whole DSSs. */
static void
check_output(const struct wire_writer *output)
{
    size_t taken = 0;
    enum dss_fault fault;
    for (size_t offset = 0; offset < output->used; offset += taken) {
        enum dss_scan scan = dss_scan(output->start + offset, output->used - offset, &taken, &fault);
        assert(scan == DSS_SCAN_COMPLETE);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint8_t control = data[0];
    size_t piece = (control & 0x0F) != 0 ? control & 0x0F : size;
    uint8_t *bytes = malloc(size);
    if (bytes == NULL)
        return 0;
    memcpy(bytes, data + 1, size - 1);
    struct fuzz_target target = { .target = { &operations } };
    struct wire_writer output = growing_writer();
    struct drda_server server;
    struct drda_input input = { .bytes = bytes };
    enum drda_event event = DRDA_NEEDS_INPUT;
    drda_server_init(&server, &settings);
    while (event != DRDA_MUST_CLOSE && input.size < size - 1) {
        input.size += size - 1 - input.size < piece ? size - 1 - input.size : piece;
        while ((event = drda_server_step(&server, &input, &output)) != DRDA_NEEDS_INPUT && event != DRDA_MUST_CLOSE)
            answer(&server, event, control, &input, &target.target, &output);
        assert(input.taken <= input.size && !output.failed);
        assert(event == DRDA_MUST_CLOSE || input.taken == input.size || input.needed > input.size - input.taken);
    }
    if (event != DRDA_MUST_CLOSE)
        check_output(&output);
    free(target.section.pending);
    free(output.start);
    free(bytes);
    return 0;
}
