#include <string.h>

#include "security/racf/database.h"

/* Defaults: three failures revoke, as an administrator would set it; the rest as RACF comes. */
static const struct {
    const char *name;
    uint32_t value;
} options[RACF_OPTION_COUNT] = {
    [RACF_OPTION_REVOKE] = { "REVOKE", 3 },   [RACF_OPTION_INTERVAL] = { "INTERVAL", 30 },  [RACF_OPTION_MINCHANGE] = { "MINCHANGE", 0 },
    [RACF_OPTION_HISTORY] = { "HISTORY", 0 }, [RACF_OPTION_MIXEDCASE] = { "MIXEDCASE", 0 }, [RACF_OPTION_INACTIVE] = { "INACTIVE", 0 },
};

static void
load_options(struct racf *racf)
{
    for (int i = 0; i < RACF_OPTION_COUNT; i++)
        racf->options[i] = options[i].value;
    sqlite3_stmt *row = racf_sql(racf, "SELECT name, value FROM option", "");
    while (racf_sql_row(racf, &row)) {
        char name[16];
        racf_column_text(racf, row, 0, name, sizeof name);
        for (int i = 0; i < RACF_OPTION_COUNT; i++)
            if (strcmp(options[i].name, name) == 0)
                racf->options[i] = (uint32_t)sqlite3_column_int(row, 1);
    }
}

void
racf_options_load(struct racf *racf)
{
    load_options(racf);
    sqlite3_stmt *row = racf_sql(racf, "SELECT name, active, raclisted, generic FROM class", "");
    while (racf_sql_row(racf, &row)) {
        char name[RACF_NAME_MAX + 1];
        racf_column_text(racf, row, 0, name, sizeof name);
        int class = racf_class_find(name);
        if (class < 0)
            continue;
        racf->classes[class].active = sqlite3_column_int(row, 1) != 0;
        racf->classes[class].raclisted = sqlite3_column_int(row, 2) != 0;
        racf->classes[class].generic = sqlite3_column_int(row, 3) != 0;
    }
}

void
racf_option_store(struct racf *racf, enum racf_option option, uint32_t value)
{
    racf_sql_run(racf, "INSERT INTO option VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2", "ti", options[option].name, (int)value);
}

void
racf_class_store(struct racf *racf, enum racf_class_number class, const struct racf_class_state *state)
{
    racf_sql_run(racf, "UPDATE class SET active = ?2, raclisted = ?3, generic = ?4 WHERE name = ?1", "tiii", racf_classes[class].name,
                 state->active, state->raclisted, state->generic);
}

bool
racf_class_is_active(const struct racf *racf, const char *class_name)
{
    int class = racf_class_find(class_name);
    return class >= 0 && racf->classes[class].active;
}
