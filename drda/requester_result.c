/* What comes back for commands of SQL: outcomes, descriptions, rows. */
#include <stdlib.h>

#include "drda/accrdb.h"
#include "drda/code_page.h"
#include "drda/parameter.h"
#include "drda/requester_private.h"
#include "drda/sql/sqlca.h"
#include "drda/sql/sqldard.h"

enum {
    SQLCODE_UNIT_OF_WORK_UNDONE = -911,
    SQLCODE_TYPE_NOT_SUPPORTED = -351,
    UOWDSP_ROLLED_BACK = 2,
    COLUMNS_MAX = 32767,
};

void
requester_drop_columns(struct requester *requester)
{
    struct requester_columns *columns = &requester->columns;
    free(columns->list);
    free(columns->fields);
    free(columns->names);
    free(columns->values);
    *columns = (struct requester_columns) { 0 };
}

static bool
make_columns(struct requester *requester, size_t count)
{
    struct requester_columns *columns = &requester->columns;
    requester_drop_columns(requester);
    if (count > COLUMNS_MAX)
        return false;
    columns->list = calloc(count + 1, sizeof *columns->list);
    columns->fields = calloc(count + 1, sizeof *columns->fields);
    columns->names = calloc(count + 1, sizeof *columns->names);
    columns->values = calloc(count + 1, sizeof *columns->values);
    columns->count = count;
    return columns->list != NULL && columns->fields != NULL && columns->names != NULL && columns->values != NULL;
}

bool
requester_is_query(const struct requester *requester)
{
    return requester->columns.count > 0;
}

const struct sql_column *
requester_columns(const struct requester *requester, size_t *count)
{
    *count = requester->columns.count;
    return requester->columns.list;
}

const struct sql_value *
requester_row(const struct requester *requester)
{
    return requester->columns.values;
}

/* Of several outcomes in a chain the first error counts: what comes behind it is its consequence. Else the last that says something. */
static void
note_diagnosis(struct requester *requester, const struct sql_diagnosis *diagnosis)
{
    bool says_something = diagnosis->sqlcode != 0 || diagnosis->rows != 0;
    if (requester->diagnosis.sqlcode >= 0 && says_something)
        requester->diagnosis = *diagnosis;
}

enum requester_event
requester_take_typdefnam(struct requester *requester, struct wire_reader body)
{
    if (!drda_representation_take_typdefnam(&requester->from, &body, requester->ccsid))
        return requester_fail(requester, "the server's data representation (TYPDEFNAM) is not known");
    return REQUESTER_NEEDS_INPUT;
}

enum requester_event
requester_take_sqlcard(struct requester *requester, struct wire_reader body)
{
    struct sql_diagnosis diagnosis;
    bool present;
    if (!sqlca_read(&body, &requester->from, &diagnosis, &present))
        return requester_fail(requester, "SQLCARD is damaged");
    requester->seen |= SEEN_SQLCARD;
    note_diagnosis(requester, &diagnosis);
    return REQUESTER_NEEDS_INPUT;
}

/* A name too long for SQL is cut; it is for display only. */
static void
copy_name(struct wire_reader name, uint16_t ccsid, char copy[SQL_NAME_MAX + 1])
{
    struct code_page page;
    struct wire_writer writer = wire_writer(copy, SQL_NAME_MAX);
    if (code_page_load(ccsid, &page))
        code_page_put_shown(&writer, &page, name);
    else
        wire_put_bytes(&writer, name.at, name.left < SQL_NAME_MAX ? name.left : SQL_NAME_MAX);
    copy[writer.used] = '\0';
}

enum requester_event
requester_take_sqldard(struct requester *requester, struct wire_reader body)
{
    struct sql_diagnosis diagnosis;
    size_t count;
    if (!sqldard_read_head(&body, &requester->from, &diagnosis, &count))
        return requester_fail(requester, "SQLDARD is damaged");
    if (!make_columns(requester, count))
        return requester_fail(requester, "no memory for %zu columns", count);
    for (size_t i = 0; i < count; i++) {
        struct sqldard_column column;
        if (!sqldard_read_column(&body, &requester->from, &column))
            return requester_fail(requester, "SQLDARD is damaged at column %zu", i + 1);
        copy_name(column.name, column.name_ccsid, requester->columns.names[i]);
        requester->columns.list[i] = column.column;
        requester->columns.list[i].name = requester->columns.names[i];
    }
    requester->seen |= SEEN_SQLDARD;
    note_diagnosis(requester, &diagnosis);
    return REQUESTER_NEEDS_INPUT;
}

enum requester_event
requester_take_opnqryrm(struct requester *requester, struct wire_reader body)
{
    static const struct ddm_parameter table[] = { { CP_QRYINSID, sizeof(uint64_t), sizeof(uint64_t), false } };
    struct wire_reader instance;
    struct drda_fault fault;
    if (!ddm_parameters_read(body, table, 1, &instance, &fault))
        return requester_fail(requester, "OPNQRYRM is damaged");
    requester->query_instance = instance.at != NULL ? wire_u64(&instance) : 0;
    requester->query_ended = false;
    requester->block = (struct wire_reader) { 0 };
    requester->externals.used = 0;
    requester->externals_taken = 0;
    requester->seen |= SEEN_OPNQRYRM;
    return REQUESTER_NEEDS_INPUT;
}

/* The query cannot be read: it ends here, with an SQLCODE of our own. The cursor is closed by ROLLBACK or the next statement. */
static enum requester_event
refuse_column(struct requester *requester, size_t index)
{
    struct sql_diagnosis diagnosis;
    sql_diagnosis_clear(&diagnosis);
    sql_diagnosis_set(&diagnosis, SQLCODE_TYPE_NOT_SUPPORTED, "56084", requester->columns.names[index]);
    note_diagnosis(requester, &diagnosis);
    requester->query_ended = true;
    return REQUESTER_NEEDS_INPUT;
}

/* QRYDSC says how the values travel, and so what they are; SQLDARD has only given the names. */
static enum requester_event
take_fields(struct requester *requester, struct wire_reader descriptor)
{
    struct requester_columns *columns = &requester->columns;
    struct fdoca_reader fields = fdoca_reader(descriptor);
    struct fdoca_field field;
    size_t count = 0;
    for (; fdoca_next(&fields, &field) && count < columns->count; count++) {
        struct sql_column *column = &columns->list[count];
        uint16_t ccsid = fdoca_ccsid(field, &requester->from);
        if (!fdoca_column_of(field, column) || (!drda_reads_ccsid(ccsid) && !drda_reads_double_byte_ccsid(ccsid)))
            return refuse_column(requester, count);
        columns->fields[count] = field;
        column->name = columns->names[count];
        column->table = "";
        column->schema = "";
    }
    if (fields.failed || count != columns->count || !fields.layout_seen)
        return requester_fail(requester, "QRYDSC does not describe the %zu columns that SQLDARD announced", columns->count);
    return REQUESTER_COLUMNS;
}

enum requester_event
requester_take_qrydsc(struct requester *requester, struct wire_reader body)
{
    requester->descriptor.used = 0;
    wire_put_bytes(&requester->descriptor, body.at, body.left);
    if (requester->descriptor.failed)
        return requester_fail(requester, "no memory for QRYDSC");
    return take_fields(requester, body);
}

/* Values of a row are converted there; it must not move while they are looked at. */
static bool
make_scratch(struct requester *requester)
{
    struct wire_reader descriptor = wire_reader(requester->descriptor.start, requester->descriptor.used);
    size_t size = fdoca_scratch_size(descriptor, &requester->from, requester->block.left + requester->externals.used);
    if (requester->scratch.size >= size)
        return true;
    requester_drop_buffer(&requester->scratch);
    if (!requester_make_buffer(&requester->scratch, size))
        return false;
    requester->scratch.grow = NULL;
    return true;
}

/* The rest of a block goes where it stays when the input moves on. */
static bool
keep_rest_of_block(struct requester *requester)
{
    struct wire_writer *rows = &requester->rows;
    struct wire_reader *block = &requester->block;
    bool kept = rows->used > 0 && block->at >= rows->start && block->at < rows->start + rows->used;
    if (kept)
        wire_move(rows, 0, (size_t)(block->at - rows->start), block->left);
    rows->used = kept ? block->left : 0;
    if (!kept)
        wire_put_bytes(rows, block->at, block->left);
    *block = wire_reader(rows->start, rows->used);
    return !rows->failed;
}

/* Rows are read where they have come in, unless one began in the block before. */
static bool
add_block(struct requester *requester, struct wire_reader body)
{
    struct wire_writer *rows = &requester->rows;
    if (requester->block.left == 0) {
        requester->block = body;
        return true;
    }
    wire_put_bytes(rows, body.at, body.left);
    requester->block = wire_reader(rows->start, rows->used);
    return !rows->failed;
}

enum requester_event
requester_take_qrydta(struct requester *requester, struct wire_reader body)
{
    requester->seen |= SEEN_QRYDTA;
    if (requester->query_ended)
        return REQUESTER_NEEDS_INPUT;
    if (requester->columns.count == 0 || body.left > requester->settings->reply_bytes_max - requester->block.left)
        return requester_fail(requester, "QRYDTA without a description, or with a row of more than %zu bytes",
                              requester->settings->reply_bytes_max);
    if (!add_block(requester, body) || !make_scratch(requester))
        return requester_fail(requester, "no memory for a query block of %zu bytes", body.left);
    requester->rows_to_read = true;
    return REQUESTER_NEEDS_INPUT;
}

/* The row that it belongs to may be whole now. */
enum requester_event
requester_take_extdta(struct requester *requester, struct wire_reader body)
{
    struct wire_writer *externals = &requester->externals;
    size_t left = externals->used - requester->externals_taken;
    if (requester->query_ended)
        return REQUESTER_NEEDS_INPUT;
    if (body.left > UINT32_MAX || body.left > requester->settings->reply_bytes_max - left)
        return requester_fail(requester, "EXTDTA of a row of more than %zu bytes", requester->settings->reply_bytes_max);
    wire_move(externals, 0, requester->externals_taken, left);
    externals->used = left;
    requester->externals_taken = 0;
    wire_put_u32(externals, (uint32_t)body.left);
    wire_put_bytes(externals, body.at, body.left);
    if (externals->failed || !make_scratch(requester))
        return requester_fail(requester, "no memory for a large object of %zu bytes", body.left);
    requester->rows_to_read = true;
    return REQUESTER_NEEDS_INPUT;
}

enum requester_event
requester_take_row(struct requester *requester)
{
    struct requester_columns *columns = &requester->columns;
    struct wire_reader externals =
        wire_reader(requester->externals.start + requester->externals_taken, requester->externals.used - requester->externals_taken);
    const struct row_reader reader = {
        .fields = columns->fields,
        .count = columns->count,
        .from = &requester->from,
        .scratch = &requester->scratch,
        .externals = &externals,
    };
    requester->scratch.used = 0;
    enum row_read read = row_read(&reader, &requester->block, columns->values, &requester->row_diagnosis);
    requester->rows_to_read = read == ROW_READ_VALUES;
    if (read == ROW_READ_DAMAGED)
        return requester_fail(requester, "a row in QRYDTA is damaged");
    if (read == ROW_READ_INCOMPLETE) {
        if (!keep_rest_of_block(requester))
            return requester_fail(requester, "no memory for a row of more than %zu bytes", requester->block.left);
        return REQUESTER_NEEDS_INPUT;
    }
    requester->externals_taken = requester->externals.used - externals.left;
    requester->query_ended = read != ROW_READ_VALUES;
    note_diagnosis(requester, &requester->row_diagnosis);
    return read == ROW_READ_VALUES ? REQUESTER_ROW : REQUESTER_NEEDS_INPUT;
}

enum requester_event
requester_take_endqryrm(struct requester *requester, struct wire_reader body)
{
    struct drda_reply reply;
    if (!drda_reply_decode(CP_ENDQRYRM, body, &reply))
        return requester_fail(requester, "ENDQRYRM is damaged");
    if (!requester->query_ended && requester->block.left > 0)
        return requester_fail(requester, "the query ended inside a row");
    requester->query_ended = true;
    requester->seen |= SEEN_ENDQRYRM;
    return REQUESTER_NEEDS_INPUT;
}

/* A unit of work that the server undid where COMMIT was asked for has failed, whatever SQLCARD says. */
enum requester_event
requester_take_enduowrm(struct requester *requester, struct wire_reader body)
{
    struct drda_reply reply;
    struct sql_diagnosis diagnosis;
    if (!drda_reply_decode(CP_ENDUOWRM, body, &reply))
        return requester_fail(requester, "ENDUOWRM is damaged");
    if (requester->command == REQUESTER_COMMIT && reply.uowdsp == UOWDSP_ROLLED_BACK) {
        sql_diagnosis_clear(&diagnosis);
        sql_diagnosis_set(&diagnosis, SQLCODE_UNIT_OF_WORK_UNDONE, "40001", "");
        note_diagnosis(requester, &diagnosis);
    }
    return REQUESTER_NEEDS_INPUT;
}

enum requester_event
requester_end_command(struct requester *requester)
{
    (void)requester;
    return REQUESTER_COMPLETED;
}

enum requester_event
requester_end_block(struct requester *requester)
{
    bool opened = requester->command == REQUESTER_CONTINUE || (requester->seen & SEEN_OPNQRYRM) != 0;
    bool over = !opened || requester->query_ended || requester->diagnosis.sqlcode < 0;
    return over ? REQUESTER_COMPLETED : REQUESTER_BLOCK_ENDED;
}
