#include "security/racf/password_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/secret.h"

enum { TEXT_SIZE = 101 };

struct question {
    TAILQ_ENTRY(question) entry;
    bool compares; /* else a hash is wanted */
    bool phrase;
    char userid[RACF_NAME_MAX + 1]; /* whose hash is wanted */
    char text[TEXT_SIZE];
    struct password_hash hash; /* to compare with, or made */
    enum password_answer answer;
};

struct racf_password_work {
    TAILQ_HEAD(, question) questions;
};

struct racf_password_work *
racf_password_work_new(void)
{
    struct racf_password_work *work = calloc(1, sizeof *work);
    if (work != NULL)
        TAILQ_INIT(&work->questions);
    return work;
}

void
racf_password_work_free(struct racf_password_work *work)
{
    if (work == NULL)
        return;
    for (struct question *question; (question = TAILQ_FIRST(&work->questions)) != NULL;) {
        TAILQ_REMOVE(&work->questions, question, entry);
        secret_wipe(question, sizeof *question);
        free(question);
    }
    free(work);
}

void
racf_password_work_run(struct racf_password_work *work)
{
    struct question *question;
    TAILQ_FOREACH (question, &work->questions, entry) {
        if (question->answer != PASSWORD_NOT_YET)
            continue;
        bool yes = question->compares ? password_hash_matches(&question->hash, question->text)
                                      : password_hash_make(question->text, &question->hash);
        question->answer = yes ? PASSWORD_YES : PASSWORD_NO;
    }
}

static bool
is_same(const struct question *one, const struct question *other)
{
    bool same_hash =
        !one->compares || (one->hash.size == other->hash.size && memcmp(one->hash.bytes, other->hash.bytes, one->hash.size) == 0);
    return one->compares == other->compares && one->phrase == other->phrase && strcmp(one->userid, other->userid) == 0 &&
           strcmp(one->text, other->text) == 0 && same_hash;
}

/* The question as it was asked before, or as it is noted down now; NULL: no memory. */
static struct question *
ask(struct racf_password_work *work, const struct question *asked)
{
    struct question *question;
    TAILQ_FOREACH (question, &work->questions, entry) {
        if (is_same(question, asked))
            return question;
    }
    question = malloc(sizeof *question);
    if (question == NULL)
        return NULL;
    *question = *asked;
    TAILQ_INSERT_TAIL(&work->questions, question, entry);
    return question;
}

enum password_answer
password_work_hash(struct racf_password_work *work, const char *userid, bool phrase, const char *text, struct password_hash *hash)
{
    struct question asked = { .phrase = phrase };
    snprintf(asked.userid, sizeof asked.userid, "%s", userid);
    snprintf(asked.text, sizeof asked.text, "%s", text);
    const struct question *question = ask(work, &asked);
    secret_wipe(asked.text, sizeof asked.text);
    if (question == NULL || question->answer != PASSWORD_YES)
        return question != NULL ? question->answer : PASSWORD_NO;
    *hash = question->hash;
    return PASSWORD_YES;
}

enum password_answer
password_work_compare(struct racf_password_work *work, const struct password_hash *hash, const char *text)
{
    struct question asked = { .compares = true, .hash = *hash };
    snprintf(asked.text, sizeof asked.text, "%s", text);
    const struct question *question = ask(work, &asked);
    secret_wipe(asked.text, sizeof asked.text);
    return question != NULL ? question->answer : PASSWORD_NO;
}

bool
password_work_is_open(const struct racf_password_work *work)
{
    const struct question *question;
    TAILQ_FOREACH (question, &work->questions, entry) {
        if (question->answer == PASSWORD_NOT_YET)
            return true;
    }
    return false;
}
