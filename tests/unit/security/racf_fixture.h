/* A RACF database in a folder of its own, and the output of the last command. */
#pragma once
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/secret.h"
#include "security/racf/racf.h"
#include "tests/support/suite.h"

enum { FIXTURE_NOW_S = 1767225600 /* 2026-01-01 00:00 UTC */ };

struct fixture {
    char folder[32];
    char path[64];
    struct keystore *keystore;
    struct clock_fake clock;
    struct racf *racf;
    struct racf_issuer issuer;
    char output[64 * 1024];
};

static inline bool
fixture_open(struct fixture *fixture, struct problem *problem)
{
    fixture->racf = racf_open(fixture->path, true, fixture->keystore, &fixture->clock.clock, problem);
    return fixture->racf != NULL;
}

static inline struct fixture *
fixture_new(void)
{
    static bool initialized;
    struct problem problem = { "" };
    struct fixture *fixture = calloc(1, sizeof *fixture);
    initialized = initialized || secret_memory_init(1 << 20);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/racf-test-XXXXXX");
    if (mkdtemp(fixture->folder) == NULL)
        abort();
    char key[64];
    snprintf(fixture->path, sizeof fixture->path, "%s/racf.db", fixture->folder);
    snprintf(key, sizeof key, "%s/master.key", fixture->folder);
    clock_fake_init(&fixture->clock, FIXTURE_NOW_S);
    fixture->keystore = keystore_open(key, true, &problem);
    fixture->issuer = (struct racf_issuer) { .userid = "IBMUSER", .special = true };
    if (fixture->keystore == NULL || !fixture_open(fixture, &problem)) {
        printf("# %s\n", problem.text);
        abort();
    }
    return fixture;
}

static inline int
fixture_unlink(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static inline void
fixture_free(struct fixture *fixture)
{
    racf_close(fixture->racf);
    keystore_free(fixture->keystore);
    nftw(fixture->folder, fixture_unlink, 8, FTW_DEPTH | FTW_PHYS);
    free(fixture);
}

/* Closes and opens again, as a restart of safd does. */
static inline bool
fixture_restart(struct fixture *fixture)
{
    struct problem problem = { "" };
    racf_close(fixture->racf);
    if (fixture_open(fixture, &problem))
        return true;
    printf("# %s\n", problem.text);
    return false;
}

/* The return code; the output is in fixture->output. The text stands on an exactly sized block. */
static inline int
fixture_command_bytes(struct fixture *fixture, const char *text, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, text, size);
    struct wire_writer output = wire_writer(fixture->output, sizeof fixture->output - 1);
    int status = racf_command(fixture->racf, &fixture->issuer, copy, size, &output);
    fixture->output[output.used] = '\0';
    free(copy);
    return status;
}

/* What was printed, as comments of the test. */
static inline void
fixture_show(const struct fixture *fixture, const char *title, int status)
{
    printf("# %s -> %d\n", title, status);
    for (const char *line = fixture->output; *line != '\0';) {
        int length = (int)strcspn(line, "\n");
        printf("#   %.*s\n", length, line);
        line += length + (line[length] == '\n');
    }
}

static inline int
fixture_command(struct fixture *fixture, const char *text)
{
    int status = fixture_command_bytes(fixture, text, strlen(text));
    if (getenv("RACF_TEST_SHOW") != NULL)
        fixture_show(fixture, text, status);
    return status;
}

static inline bool
fixture_says(const struct fixture *fixture, const char *words)
{
    bool says = strstr(fixture->output, words) != NULL;
    if (!says)
        fixture_show(fixture, words, -1); /* the title says what was expected */
    return says;
}

/* Runs all commands of a text; the highest return code. */
static inline int
fixture_script(struct fixture *fixture, const char *script)
{
    int highest = 0;
    size_t left = strlen(script);
    while (left > 0) {
        size_t extent = racf_command_extent(script, left);
        int status = fixture_command_bytes(fixture, script, extent);
        if (status > 0)
            fixture_show(fixture, "a command", status);
        highest = status > highest ? status : highest;
        script += extent;
        left -= extent;
    }
    return highest;
}
