#include "drda/sql/extdta.h"

#include <stdlib.h>

bool
extdta_add(struct sql_target *target, uint32_t locator, bool nullable)
{
    if (target->externals == NULL)
        target->externals = calloc(1, sizeof *target->externals);
    struct sql_externals *externals = target->externals;
    if (externals == NULL || externals->count == SQL_EXTERNALS_MAX)
        return false;
    externals->nullable[externals->count] = nullable;
    externals->locators[externals->count++] = locator;
    return true;
}

void
extdta_begin(struct sql_target *target, uint16_t correlation_id, bool chained)
{
    if (target->externals == NULL)
        return;
    target->externals->correlation_id = correlation_id;
    target->externals->chained = chained;
}

void
extdta_wait(struct sql_target *target, struct sql_section *section)
{
    section->externals = target->externals;
    target->externals = NULL;
}

void
extdta_follow(struct sql_target *target, struct sql_section *section)
{
    target->externals = section->externals;
    section->externals = NULL;
}

static void
drop(struct sql_target *target, struct sql_externals **externals)
{
    for (size_t i = 0; *externals != NULL && i < (*externals)->count; i++)
        target->operations->release_lob(target, (*externals)->locators[i]);
    free(*externals);
    *externals = NULL;
}

void
extdta_drop(struct sql_target *target)
{
    drop(target, &target->externals);
}

void
extdta_drop_waiting(struct sql_target *target, struct sql_section *section)
{
    drop(target, &section->externals);
}

static void
begin_object(struct dss_writer *reply, struct sql_externals *externals, const struct sql_lob *lob)
{
    enum extdta_next next = externals->chained ? EXTDTA_CHAINED : EXTDTA_LAST;
    if (externals->next + 1 < externals->count)
        next = EXTDTA_FOLLOWED;
    extdta_object_begin(&externals->object, reply, externals->correlation_id, next, lob->size, externals->nullable[externals->next]);
    externals->begun = true;
}

/* Goes on with the one that is being sent; true when it is over. */
static bool
put_one(struct dss_writer *reply, struct sql_target *target, size_t end)
{
    struct sql_externals *externals = target->externals;
    struct sql_lob *lob = target->operations->find_lob(target, externals->locators[externals->next]);
    if (lob == NULL) {
        reply->wire->failed = true;
        return false;
    }
    if (!externals->begun)
        begin_object(reply, externals, lob);
    return extdta_object_put(&externals->object, reply->wire, lob, end);
}

void
extdta_put(struct dss_writer *reply, struct sql_target *target, size_t room)
{
    size_t end = reply->wire->used + room;
    while (target->externals != NULL && reply->wire->used < end && !reply->wire->failed) {
        struct sql_externals *externals = target->externals;
        if (!put_one(reply, target, end))
            continue;
        target->operations->release_lob(target, externals->locators[externals->next]);
        externals->locators[externals->next++] = 0;
        externals->begun = false;
        if (externals->next == externals->count)
            extdta_drop(target);
    }
}
