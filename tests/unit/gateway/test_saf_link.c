#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "gateway/buffer.h"
#include "gateway/saf_link.h"
#include "tests/support/suite.h"

enum { TIMEOUT_MS = 50, REQUESTS = 300 };

struct asked {
    uint32_t number;
    int answers;
    bool refused; /* answered with nothing */
    char userid[SAF_NAME_MAX + 1];
};

static struct event_base *base;
static struct saf_link *saf;
static struct saf_link_report report;
static int safd; /* our end */

static void
begin(void)
{
    int pair[2];
    base = event_base_new();
    saf = saf_link_new(base, &clock_system, NULL, TIMEOUT_MS, &report);
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    saf_link_attach(saf, pair[0]);
    safd = pair[1];
}

static void
end(void)
{
    saf_link_free(saf);
    if (safd >= 0)
        close(safd);
    event_base_free(base);
}

static void
on_answer(void *context, struct saf_frame *frame)
{
    struct asked *asked = context;
    struct saf_verify_answer answer;
    asked->answers++;
    asked->refused = frame == NULL;
    if (frame != NULL && saf_verify_answer_decode(&frame->body, &answer))
        memcpy(asked->userid, answer.userid, sizeof asked->userid);
}

static void
ask(struct asked *asked, const char *userid)
{
    struct saf_verify verify = { .application = "IMSCON1", .mixed_case = 'R' };
    *asked = (struct asked) { .answers = 0 };
    snprintf(verify.userid, sizeof verify.userid, "%s", userid);
    asked->number = saf_link_verify(saf, &verify, on_answer, asked);
}

static void
turn(void)
{
    event_base_loop(base, EVLOOP_NONBLOCK);
}

/* Reads the requests that came, at most `max`; returns how many, and their IDs and users. */
static int
read_requests(struct saf_frame *frames, char userids[][SAF_NAME_MAX + 1], int max)
{
    static uint8_t bytes[SAF_FRAME_MAX];
    static size_t used;
    ssize_t n;
    used = 0;
    while ((n = recv(safd, bytes + used, sizeof bytes - used, 0)) > 0)
        used += (size_t)n;
    size_t at = 0;
    size_t size;
    int count = 0;
    while (count < max && saf_frame_next(bytes + at, used - at, &frames[count], &size) == 1) {
        static struct saf_verify verify;
        CU_ASSERT_TRUE(saf_verify_decode(&frames[count].body, &verify));
        snprintf(userids[count], SAF_NAME_MAX + 1, "%.8s", verify.userid);
        at += size;
        count++;
    }
    CU_ASSERT_EQUAL(at, used);
    return count;
}

static void
put_answer(struct wire_writer *writer, uint32_t id, const char *userid)
{
    struct saf_verify_answer answer = { .result = { .saf = SAF_OK } };
    snprintf(answer.userid, sizeof answer.userid, "%s", userid);
    saf_verify_answer_encode(writer, id, &answer);
}

static void
answers_find_their_requests(void)
{
    static struct asked asked[REQUESTS];
    static struct saf_frame frames[REQUESTS];
    static char userids[REQUESTS][SAF_NAME_MAX + 1];
    begin();
    for (int i = 0; i < REQUESTS; i++) {
        char userid[SAF_NAME_MAX + 1];
        snprintf(userid, sizeof userid, "USER%d", i);
        ask(&asked[i], userid);
        CU_ASSERT_NOT_EQUAL(asked[i].number, 0);
    }
    turn();
    CU_ASSERT_EQUAL_FATAL(read_requests(frames, userids, REQUESTS), REQUESTS);
    /* The last first, and a byte at a time for the beginning, so that frames are cut everywhere. */
    struct wire_writer writer = buffer_writer();
    for (int i = REQUESTS - 1; i >= 0; i--)
        put_answer(&writer, frames[i].id, userids[i]);
    for (size_t i = 0; i < 200; i++) {
        CU_ASSERT_EQUAL(send(safd, writer.start + i, 1, 0), 1);
        turn();
    }
    CU_ASSERT_EQUAL(send(safd, writer.start + 200, writer.used - 200, 0), (ssize_t)(writer.used - 200));
    turn();
    buffer_clear(&writer);
    for (int i = 0; i < REQUESTS; i++) {
        char userid[SAF_NAME_MAX + 1];
        snprintf(userid, sizeof userid, "USER%d", i);
        CU_ASSERT_EQUAL(asked[i].answers, 1);
        CU_ASSERT_STRING_EQUAL(asked[i].userid, userid);
    }
    end();
}

static void
no_answer_in_time_is_a_refusal_and_a_late_one_is_ignored(void)
{
    struct asked late;
    struct asked next;
    struct saf_frame frames[2];
    char userids[2][SAF_NAME_MAX + 1];
    begin();
    ask(&late, "LATE");
    turn();
    CU_ASSERT_EQUAL_FATAL(read_requests(frames, userids, 2), 1);
    while (late.answers == 0)
        event_base_loop(base, EVLOOP_ONCE);
    CU_ASSERT_TRUE(late.refused);
    ask(&next, "NEXT"); /* takes the same place in the table */
    turn();
    struct wire_writer writer = buffer_writer();
    put_answer(&writer, frames[0].id, "LATE");
    CU_ASSERT_EQUAL(send(safd, writer.start, writer.used, 0), (ssize_t)writer.used);
    turn();
    CU_ASSERT_EQUAL(next.answers, 0);
    CU_ASSERT_EQUAL(late.answers, 1);
    buffer_clear(&writer);
    end();
}

static void
the_end_of_safd_refuses_all(void)
{
    struct asked asked[3];
    begin();
    for (int i = 0; i < 3; i++)
        ask(&asked[i], "USER");
    saf_link_cancel(saf, asked[1].number);
    turn();
    close(safd);
    safd = -1;
    turn();
    CU_ASSERT_TRUE(asked[0].answers == 1 && asked[0].refused);
    CU_ASSERT_EQUAL(asked[1].answers, 0);
    CU_ASSERT_TRUE(asked[2].answers == 1 && asked[2].refused);
    ask(&asked[0], "USER");
    CU_ASSERT_EQUAL(asked[0].number, 0);
    /* A new safd serves again. */
    int pair[2];
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    saf_link_attach(saf, pair[0]);
    safd = pair[1];
    ask(&asked[0], "USER");
    CU_ASSERT_NOT_EQUAL(asked[0].number, 0);
    end();
}

static void
what_is_no_answer_ends_the_line(void)
{
    struct asked asked;
    static const uint8_t nonsense[16] = { 0xFF, 0xFF, 0xFF, 0xFF };
    begin();
    ask(&asked, "USER");
    turn();
    CU_ASSERT_EQUAL(send(safd, nonsense, sizeof nonsense, 0), (ssize_t)sizeof nonsense);
    turn();
    CU_ASSERT_TRUE(asked.answers == 1 && asked.refused);
    end();
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "answers find their requests, in any order and cut anywhere", answers_find_their_requests },
        { "no answer in time is a refusal, a late one is ignored", no_answer_in_time_is_a_refusal_and_a_late_one_is_ignored },
        { "the end of safd refuses all, a new one serves", the_end_of_safd_refuses_all },
        { "what is no answer ends the line", what_is_no_answer_ends_the_line },
    };
    log_set_level(LOG_LEVEL_ERROR);
    return SUITE_RUN("line to safd", cases);
}
