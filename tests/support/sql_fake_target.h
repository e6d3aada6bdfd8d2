/* A target in memory for tests of SQL commands. A text that begins with "select" is a query of the columns and rows its owner has
 * laid out; "call rows" opens the same; one with "nosuch" in it is an error, one with "deadlock" loses the unit of work; each '?' is a
 * parameter. What was asked of it is counted. */
#pragma once

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "drda/sql/target.h"

enum { FAKE_LOBS = 64, FAKE_SECTIONS = 4, FAKE_PARAMETERS = 32, FAKE_TEXT = 256 };

struct fake_section {
    struct sql_section section;
    size_t next_row;
};

/* A large object; its bytes are the cell's, or those of a temporary one. */
struct fake_lob {
    struct sql_lob lob; /* first */
    const uint8_t *bytes;
    uint8_t *temporary; /* owned */
};

struct fake_target {
    struct sql_target target;
    struct fake_lob lobs[FAKE_LOBS]; /* locator n is lobs[n - 1]; without `read` it is released */
    uint32_t lob_count;
    unsigned released;
    struct fake_section sections[FAKE_SECTIONS];
    size_t section_count;
    const struct sql_column *columns; /* of every query */
    size_t column_count;
    size_t row_count;
    size_t failing_row;                                               /* fetching it fails; SIZE_MAX: none does */
    void (*cell)(size_t row, size_t column, struct sql_value *value); /* what stands where */
    struct sql_value parameters[FAKE_PARAMETERS];                     /* of the last statement; data copied below */
    uint8_t data[FAKE_PARAMETERS][FAKE_TEXT];
    size_t parameter_count;
    char text[FAKE_TEXT]; /* of the last statement or register */
    unsigned executed;
    unsigned opened;
    unsigned closed;
    unsigned commits;
    unsigned rollbacks;
    unsigned registers;
    bool losing; /* executing, opening and committing lose the unit of work */
};

static inline struct fake_target *
fake_of(struct sql_target *target)
{
    return (struct fake_target *)target;
}

static inline struct fake_section *
fake_section_of(struct sql_section *section)
{
    return (struct fake_section *)section;
}

static inline struct sql_section *
fake_section(struct sql_target *target, const struct sql_section_name *name, bool create)
{
    struct fake_target *fake = fake_of(target);
    for (size_t i = 0; i < fake->section_count; i++) {
        struct sql_section *section = &fake->sections[i].section;
        if (section->name.number == name->number && strcmp(section->name.package, name->package) == 0)
            return section;
    }
    if (!create || fake->section_count == FAKE_SECTIONS)
        return NULL;
    struct fake_section *made = &fake->sections[fake->section_count++];
    *made = (struct fake_section) { .section.name = *name };
    return &made->section;
}

static inline void
fake_keep_text(struct fake_target *fake, const char *text, size_t size)
{
    size_t kept = size < FAKE_TEXT - 1 ? size : FAKE_TEXT - 1;
    if (kept > 0)
        memcpy(fake->text, text, kept);
    fake->text[kept] = '\0';
}

static inline bool
fake_contains(const char *text, size_t size, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= size; i++)
        if (strncasecmp(text + i, word, length) == 0)
            return true;
    return false;
}

static inline bool
fake_fails(const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    if (fake_contains(text, size, "nosuch"))
        sql_diagnosis_set(diagnosis, -204, "42704", "NOSUCH");
    else if (fake_contains(text, size, "deadlock"))
        sql_diagnosis_set(diagnosis, -911, "40001", "68");
    return diagnosis->sqlcode < 0;
}

static inline void
fake_prepare(struct sql_target *target, struct sql_section *section, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    struct fake_target *fake = fake_of(target);
    fake_keep_text(fake, text, size);
    sql_section_drop_rest(section);
    *section = (struct sql_section) { .name = section->name, .for_update = section->for_update };
    if (fake_fails(text, size, diagnosis))
        return;
    section->is_query = size >= 6 && strncasecmp(text, "select", 6) == 0;
    section->updatable = section->is_query && section->for_update;
    section->is_call = size >= 9 && strncasecmp(text, "call rows", 9) == 0;
    section->column_count = section->is_query ? fake->column_count : 0;
    for (size_t i = 0; i < size; i++)
        section->parameter_count += text[i] == '?';
    section->state = SQL_SECTION_PREPARED;
}

static inline void
fake_describe_column(struct sql_target *target, struct sql_section *section, size_t index, struct sql_column *column)
{
    (void)section;
    *column = fake_of(target)->columns[index];
}

static inline void
fake_describe_parameter(struct sql_target *target, struct sql_section *section, size_t index, struct sql_column *column)
{
    (void)target;
    (void)section;
    (void)index;
    *column = (struct sql_column) { .name = "", .table = "", .schema = "", .type = SQL_TYPE_VARCHAR, .length = 100, .nullable = true };
}

static inline void
fake_keep_parameters(struct fake_target *fake, const struct sql_value *parameters, size_t count)
{
    fake->parameter_count = count;
    for (size_t i = 0; i < count && i < FAKE_PARAMETERS; i++) {
        struct sql_value *kept = &fake->parameters[i];
        *kept = parameters[i];
        if (kept->kind != SQL_VALUE_TEXT && kept->kind != SQL_VALUE_BYTES)
            continue;
        kept->data.size = kept->data.size < FAKE_TEXT ? kept->data.size : FAKE_TEXT;
        if (kept->data.size > 0)
            memcpy(fake->data[i], parameters[i].data.bytes, kept->data.size);
        kept->data.bytes = fake->data[i];
    }
}

static inline void
fake_lose(struct sql_target *target, struct sql_diagnosis *diagnosis)
{
    if (fake_of(target)->losing)
        sql_diagnosis_set(diagnosis, -911, "40001", "68");
}

static inline void
fake_execute(struct sql_target *target, struct sql_section *section, const struct sql_value *parameters, size_t count,
             struct sql_diagnosis *diagnosis)
{
    (void)section;
    fake_of(target)->executed++;
    fake_keep_parameters(fake_of(target), parameters, count);
    diagnosis->rows = 1;
    fake_lose(target, diagnosis);
}

static inline void
fake_execute_immediate(struct sql_target *target, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    fake_of(target)->executed++;
    fake_keep_text(fake_of(target), text, size);
    if (fake_fails(text, size, diagnosis))
        return;
    if (fake_contains(text, size, "where 1=0"))
        sql_diagnosis_set(diagnosis, 100, "02000", "");
    else
        diagnosis->rows = fake_contains(text, size, "insert") ? 1 : 0;
}

static inline void
fake_open(struct sql_target *target, struct sql_section *section, const struct sql_value *parameters, size_t count,
          struct sql_diagnosis *diagnosis)
{
    fake_of(target)->opened++;
    fake_keep_parameters(fake_of(target), parameters, count);
    fake_section_of(section)->next_row = 0;
    section->column_count = fake_of(target)->column_count;
    fake_lose(target, diagnosis);
    if (diagnosis->sqlcode == 0)
        section->state = SQL_SECTION_OPEN;
}

static inline enum sql_step
fake_fetch(struct sql_target *target, struct sql_section *section, struct sql_diagnosis *diagnosis)
{
    struct fake_target *fake = fake_of(target);
    struct fake_section *of = fake_section_of(section);
    if (of->next_row == fake->row_count) {
        sql_diagnosis_set(diagnosis, 100, "02000", "");
        return SQL_STEP_END;
    }
    if (of->next_row == fake->failing_row) {
        sql_diagnosis_set(diagnosis, -952, "57014", "interrupted");
        return SQL_STEP_FAILED;
    }
    of->next_row++;
    return SQL_STEP_ROW;
}

static inline enum sql_step
fake_move(struct sql_target *target, struct sql_section *section, enum sql_move move, int64_t rows, struct sql_diagnosis *diagnosis)
{
    struct fake_target *fake = fake_of(target);
    struct fake_section *of = fake_section_of(section);
    int64_t last = (int64_t)fake->row_count;
    int64_t position = (int64_t)of->next_row; /* the row that value() tells of, counted from 1 */
    if (move == SQL_MOVE_RELATIVE)
        position += rows;
    else if (move == SQL_MOVE_ABSOLUTE)
        position = rows >= 0 ? rows : last + 1 + rows;
    else
        position = move == SQL_MOVE_BEHIND_LAST ? last + 1 : 0;
    position = position < 0 ? 0 : position > last + 1 ? last + 1 : position;
    of->next_row = (size_t)position;
    diagnosis->result_rows = last;
    if (position > 0 && of->next_row - 1 == fake->failing_row) {
        sql_diagnosis_set(diagnosis, -952, "57014", "interrupted");
        return SQL_STEP_FAILED;
    }
    return position >= 1 && position <= last ? SQL_STEP_ROW : SQL_STEP_END;
}

static inline void
fake_values(struct sql_target *target, struct sql_section *section, size_t first, size_t count, struct sql_value *values)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = (struct sql_value) { .kind = SQL_VALUE_NULL };
        fake_of(target)->cell(fake_section_of(section)->next_row - 1, first + i, &values[i]);
    }
}

static inline bool
fake_read_lob(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size)
{
    if (offset > lob->size || size > lob->size - offset)
        abort();
    if (size > 0)
        memcpy(bytes, ((struct fake_lob *)lob)->bytes + offset, size);
    return true;
}

static inline bool
fake_keep_lob(struct sql_target *target, struct sql_section *section, size_t index, uint32_t *locator, struct sql_diagnosis *diagnosis)
{
    struct fake_target *fake = fake_of(target);
    struct sql_value value = { .kind = SQL_VALUE_NULL };
    fake->cell(fake_section_of(section)->next_row - 1, index, &value);
    *locator = 0;
    if (value.kind == SQL_VALUE_NULL)
        return true;
    if (fake->lob_count == FAKE_LOBS) {
        sql_diagnosis_set(diagnosis, -904, "57011", "locators");
        return false;
    }
    fake->lobs[fake->lob_count].bytes = value.data.bytes;
    fake->lobs[fake->lob_count].lob =
        (struct sql_lob) { .size = value.data.size, .is_text = value.kind == SQL_VALUE_TEXT, .read = fake_read_lob };
    *locator = ++fake->lob_count;
    return true;
}

/* Without more room than this a temporary one is full. */
enum { FAKE_TEMPORARY_MAX = 1 << 20 };

static inline enum sql_lob_outcome
fake_write_lob(struct sql_lob *lob, uint64_t offset, const void *bytes, size_t size)
{
    struct fake_lob *fake = (struct fake_lob *)lob;
    if (offset > lob->size)
        abort();
    if (offset + size > FAKE_TEMPORARY_MAX)
        return SQL_LOB_FULL;
    memcpy(fake->temporary + offset, bytes, size);
    lob->size = offset + size > lob->size ? offset + size : lob->size;
    return SQL_LOB_FINE;
}

static inline enum sql_lob_outcome
fake_cut_lob(struct sql_lob *lob, uint64_t size)
{
    if (size > lob->size)
        abort();
    lob->size = size;
    return SQL_LOB_FINE;
}

static inline bool
fake_create_lob(struct sql_target *target, bool is_text, uint32_t *locator, struct sql_diagnosis *diagnosis)
{
    struct fake_target *fake = fake_of(target);
    struct fake_lob *lob = &fake->lobs[fake->lob_count];
    *locator = 0;
    if (fake->lob_count == FAKE_LOBS) {
        sql_diagnosis_set(diagnosis, -904, "57011", "locators");
        return false;
    }
    lob->temporary = malloc(FAKE_TEMPORARY_MAX);
    if (lob->temporary == NULL)
        abort();
    lob->bytes = lob->temporary;
    lob->lob = (struct sql_lob) { .is_text = is_text, .read = fake_read_lob, .write = fake_write_lob, .cut = fake_cut_lob };
    *locator = ++fake->lob_count;
    return true;
}

static inline struct sql_lob *
fake_find_lob(struct sql_target *target, uint32_t locator)
{
    struct fake_target *fake = fake_of(target);
    bool is_kept = locator > 0 && locator <= fake->lob_count && fake->lobs[locator - 1].lob.read != NULL;
    return is_kept ? &fake->lobs[locator - 1].lob : NULL;
}

static inline void
fake_release_lob(struct sql_target *target, uint32_t locator)
{
    struct sql_lob *lob = fake_find_lob(target, locator);
    if (lob == NULL)
        return;
    lob->read = NULL;
    fake_of(target)->released++;
}

static inline void
fake_close(struct sql_target *target, struct sql_section *section)
{
    if (section->state != SQL_SECTION_OPEN)
        return;
    fake_of(target)->closed++;
    section->state = SQL_SECTION_PREPARED;
    sql_section_drop_rest(section);
}

static inline void
fake_close_cursors(struct sql_target *target, bool held_too)
{
    struct fake_target *fake = fake_of(target);
    for (size_t i = 0; i < fake->section_count; i++)
        if (held_too || !fake->sections[i].section.with_hold)
            fake_close(target, &fake->sections[i].section);
}

static inline void
fake_commit(struct sql_target *target, struct sql_diagnosis *diagnosis)
{
    fake_lose(target, diagnosis);
    fake_of(target)->commits++;
    fake_close_cursors(target, false);
}

static inline void
fake_rollback(struct sql_target *target, struct sql_diagnosis *diagnosis)
{
    (void)diagnosis;
    fake_of(target)->rollbacks++;
    fake_close_cursors(target, true);
}

static inline void
fake_set_register(struct sql_target *target, const char *text, size_t size, struct sql_diagnosis *diagnosis)
{
    fake_of(target)->registers++;
    fake_keep_text(fake_of(target), text, size);
    if (fake_contains(text, size, "unknown"))
        sql_diagnosis_set(diagnosis, 10000, "01000", "UNKNOWN");
}

static const struct sql_target_operations fake_operations = {
    .section = fake_section,
    .prepare = fake_prepare,
    .describe_column = fake_describe_column,
    .describe_parameter = fake_describe_parameter,
    .execute = fake_execute,
    .execute_immediate = fake_execute_immediate,
    .open = fake_open,
    .fetch = fake_fetch,
    .values = fake_values,
    .keep_lob = fake_keep_lob,
    .create_lob = fake_create_lob,
    .find_lob = fake_find_lob,
    .release_lob = fake_release_lob,
    .move = fake_move,
    .close = fake_close,
    .commit = fake_commit,
    .rollback = fake_rollback,
    .set_register = fake_set_register,
};

static inline struct fake_target *
fake_target_new(const struct sql_column *columns, size_t column_count, size_t row_count,
                void (*cell)(size_t row, size_t column, struct sql_value *value))
{
    struct fake_target *fake = calloc(1, sizeof *fake);
    if (fake == NULL)
        abort();
    fake->target.operations = &fake_operations;
    fake->columns = columns;
    fake->column_count = column_count;
    fake->row_count = row_count;
    fake->failing_row = SIZE_MAX;
    fake->cell = cell;
    return fake;
}

static inline void
fake_target_free(struct fake_target *fake)
{
    for (size_t i = 0; i < fake->section_count; i++)
        sql_section_drop_rest(&fake->sections[i].section);
    for (size_t i = 0; i < FAKE_LOBS; i++)
        free(fake->lobs[i].temporary);
    free(fake->target.externals);
    free(fake);
}
