#include "security/racf/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "security/racf/access.h"
#include "security/racf/omvs.h"
#include "security/racf/rewrap.h"
#include "security/racf/schema.h"
#include "security/racf/snapshot.h"
#include "security/racf/ssignon.h"
#include "security/racf/user.h"

/* The file must be there, ours and private before SQLite sees it. */
static bool
prepare_file(const char *path, bool create, bool *empty, struct problem *problem)
{
    int file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT : 0), 0600);
    if (file < 0) {
        problem_set_errno(problem, "%s: the RACF database cannot be opened", path);
        return false;
    }
    struct stat status;
    bool usable = false;
    if (fstat(file, &status) != 0)
        problem_set_errno(problem, "%s: the RACF database cannot be examined", path);
    else if (!S_ISREG(status.st_mode))
        problem_set(problem, "%s: the RACF database must be a plain file", path);
    else if ((status.st_mode & 077) != 0)
        problem_set(problem, "%s: the RACF database may be used by others (mode %03o); chmod 600 it", path, status.st_mode & 0777u);
    else if (status.st_size == 0 && !create)
        problem_set(problem, "%s: the RACF database is empty", path);
    else
        usable = true;
    *empty = usable && status.st_size == 0;
    close(file);
    return usable;
}

static bool
set_problem(const struct racf *racf, const char *path, struct problem *problem)
{
    switch (sqlite3_errcode(racf->db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        problem_set(problem, "%s: the RACF database is in use by another process; one safd serves a database", path);
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        problem_set(problem, "%s: this is not a RACF database, or it is damaged; restore it from a backup", path);
        break;
    default:
        problem_set(problem, "%s: the RACF database cannot be used: %s", path,
                    racf->failure[0] != '\0' ? racf->failure : sqlite3_errmsg(racf->db));
        break;
    }
    return false;
}

static int64_t
pragma_number(struct racf *racf, const char *pragma)
{
    int64_t number = -1;
    sqlite3_stmt *statement = racf_sql(racf, pragma, "");
    if (racf_sql_row(racf, &statement))
        number = sqlite3_column_int64(statement, 0);
    racf_sql_end(&statement);
    return number;
}

static bool
is_intact(struct racf *racf)
{
    char verdict[64] = "";
    sqlite3_stmt *statement = racf_sql(racf, "PRAGMA quick_check(1)", "");
    if (racf_sql_row(racf, &statement))
        racf_column_text(racf, statement, 0, verdict, sizeof verdict);
    racf_sql_end(&statement);
    return strcmp(verdict, "ok") == 0;
}

/* Nothing is written to a file before it is known to be a RACF database of this version. */
static bool
recognize(struct racf *racf, const char *path, bool empty, struct problem *problem)
{
    int64_t application = pragma_number(racf, "PRAGMA application_id");
    int64_t version = pragma_number(racf, "PRAGMA user_version");
    if (racf->failed)
        return set_problem(racf, path, problem);
    if (empty)
        return true;
    if (application != SCHEMA_APPLICATION_ID) {
        problem_set(problem, "%s: this is not a RACF database", path);
        return false;
    }
    if (version != SCHEMA_VERSION) {
        problem_set(problem, "%s: the RACF database has version %lld, this program needs %d", path, (long long)version, SCHEMA_VERSION);
        return false;
    }
    return true;
}

static bool
open_tables(struct racf *racf, const char *path, bool empty, struct problem *problem)
{
    sqlite3_db_config(racf->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(racf->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    racf_sql_run(racf, "PRAGMA locking_mode = EXCLUSIVE", "");
    if (!recognize(racf, path, empty, problem))
        return false;
    racf_sql_run(racf, "PRAGMA journal_mode = WAL", "");
    racf_sql_run(racf, "PRAGMA synchronous = NORMAL", "");
    racf_sql_run(racf, "PRAGMA secure_delete = ON", "");
    racf_sql_run(racf, "PRAGMA foreign_keys = ON", "");
    if (racf->failed)
        return set_problem(racf, path, problem);
    racf_sql_begin(racf);
    if (empty)
        schema_create(racf);
    else if (!racf->failed && !is_intact(racf)) {
        racf_sql_run(racf, "ROLLBACK", "");
        problem_set(problem, "%s: the RACF database is damaged; restore it from a backup", path);
        return false;
    }
    schema_complete(racf);
    return racf_sql_commit(racf) || set_problem(racf, path, problem);
}

static bool
load(struct racf *racf, const char *path, struct problem *problem)
{
    if (!rewrap_recover(racf, problem))
        return false;
    racf_options_load(racf);
    users_load(racf);
    bool loaded = omvs_load(racf) && racf_sql_succeeded(racf);
    for (int i = 0; loaded && i < RACF_CLASS_COUNT; i++)
        loaded = racf_class_publish(racf, (enum racf_class_number)i);
    if (!loaded)
        problem_set(problem, "%s: the RACF database cannot be loaded: %s", path,
                    racf->failure[0] != '\0' ? racf->failure : "no memory for the profiles");
    return loaded;
}

struct racf *
racf_open(const char *path, bool create, struct keystore *keystore, const struct clock *clock, struct problem *problem)
{
    bool empty = false;
    if (!prepare_file(path, create, &empty, problem))
        return NULL;
    struct racf *racf = calloc(1, sizeof *racf);
    struct racf_class_state *classes = calloc(RACF_CLASS_COUNT, sizeof *classes);
    if (racf == NULL || classes == NULL) {
        problem_set(problem, "%s: no memory for the RACF database", path);
        free(racf);
        free(classes);
        return NULL;
    }
    *racf = (struct racf) { .keystore = keystore, .clock = clock, .classes = classes, .future_s = SSIGNON_TIMEOUT_MAX_S };
    bool opened = sqlite3_open_v2(path, &racf->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
    if (!opened)
        set_problem(racf, path, problem);
    if (opened && open_tables(racf, path, empty, problem) && load(racf, path, problem))
        return racf;
    racf_close(racf);
    return NULL;
}

void
racf_close(struct racf *racf)
{
    if (racf == NULL)
        return;
    racf_counts_store(racf);
    for (int i = 0; i < RACF_CLASS_COUNT; i++)
        access_set_free(racf->classes[i].in_force);
    racf_ptktdata_release(racf->ptktdata);
    users_clear(racf);
    omvs_clear(racf);
    sqlite3_close(racf->db);
    free(racf->classes);
    free(racf);
}

bool
racf_limit_future(struct racf *racf, uint16_t seconds)
{
    racf->future_s = seconds;
    return racf_class_publish(racf, RACF_CLASS_PTKTDATA);
}

bool
racf_class_publish(struct racf *racf, enum racf_class_number class)
{
    struct racf_class_state *state = &racf->classes[class];
    struct access_set *set = state->raclisted ? access_set_load(racf, class, NULL) : NULL;
    struct racf_ptktdata_snapshot *snapshot = NULL;
    bool has_keys = class == RACF_CLASS_PTKTDATA;
    if (has_keys && state->raclisted)
        snapshot = snapshot_load(racf);
    if (state->raclisted && (set == NULL || (has_keys && snapshot == NULL))) {
        access_set_free(set);
        racf_ptktdata_release(snapshot);
        return false;
    }
    access_set_free(state->in_force);
    state->in_force = set;
    state->changed = false;
    if (has_keys) {
        racf_ptktdata_release(racf->ptktdata);
        racf->ptktdata = snapshot;
    }
    return true;
}
