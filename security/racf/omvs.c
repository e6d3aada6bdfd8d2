#include "security/racf/omvs.h"

#include <stdlib.h>

bool
omvs_read(struct racf *racf, const char *userid, uint32_t *uid)
{
    *uid = 0;
    sqlite3_stmt *row = racf_sql(racf, "SELECT uid FROM omvs WHERE userid = ?", "t", userid);
    if (!racf_sql_row(racf, &row))
        return false;
    *uid = (uint32_t)sqlite3_column_int64(row, 0);
    racf_sql_end(&row);
    return true;
}

void
omvs_write(struct racf *racf, const char *userid, uint32_t uid)
{
    racf_sql_run(racf, "INSERT OR REPLACE INTO omvs VALUES (?, ?)", "tl", userid, (int64_t)uid);
}

void
omvs_delete(struct racf *racf, const char *userid)
{
    racf_sql_run(racf, "DELETE FROM omvs WHERE userid = ?", "t", userid);
}

bool
omvs_other_user(struct racf *racf, uint32_t uid, const char *userid, char other[RACF_NAME_MAX + 1])
{
    other[0] = '\0';
    sqlite3_stmt *row = racf_sql(racf, "SELECT userid FROM omvs WHERE uid = ? AND userid <> ? ORDER BY userid", "lt", (int64_t)uid, userid);
    if (!racf_sql_row(racf, &row))
        return false;
    racf_column_text(racf, row, 0, other, RACF_NAME_MAX + 1);
    racf_sql_end(&row);
    return true;
}

void
omvs_clear(struct racf *racf)
{
    free(racf->uids);
    racf->uids = NULL;
    racf->uid_count = 0;
}

static struct racf_uid *
add_uid(struct racf *racf, size_t *room)
{
    if (racf->uid_count == *room) {
        size_t larger = *room == 0 ? 64 : 2 * *room;
        struct racf_uid *uids = realloc(racf->uids, larger * sizeof *uids);
        if (uids == NULL)
            return NULL;
        racf->uids = uids;
        *room = larger;
    }
    return &racf->uids[racf->uid_count++];
}

bool
omvs_load(struct racf *racf)
{
    omvs_clear(racf);
    size_t room = 0;
    sqlite3_stmt *row = racf_sql(racf, "SELECT uid, min(userid) FROM omvs GROUP BY uid ORDER BY uid", "");
    while (racf_sql_row(racf, &row)) {
        struct racf_uid *uid = add_uid(racf, &room);
        racf->failed = racf->failed || uid == NULL;
        if (uid == NULL)
            break;
        uid->uid = (uint32_t)sqlite3_column_int64(row, 0);
        racf_column_text(racf, row, 1, uid->userid, sizeof uid->userid);
    }
    racf_sql_end(&row);
    if (racf_sql_succeeded(racf))
        return true;
    omvs_clear(racf);
    return false;
}

static int
compare_uids(const void *one, const void *other)
{
    uint32_t a = ((const struct racf_uid *)one)->uid;
    uint32_t b = ((const struct racf_uid *)other)->uid;
    return a < b ? -1 : a > b;
}

const struct racf_user *
racf_user_of_uid(struct racf *racf, uint32_t uid)
{
    const struct racf_uid sought = { .uid = uid };
    const struct racf_uid *found =
        racf->uid_count > 0 ? bsearch(&sought, racf->uids, racf->uid_count, sizeof *racf->uids, compare_uids) : NULL;
    return found != NULL ? racf_user_find(racf, found->userid) : NULL;
}
