/* A requester logs on, in clear or encrypted, or interrupts another connection. */
#include <stdlib.h>
#include <string.h>

#include "security/encryption.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/drda_recorded_replies.h"
#include "tests/unit/drda/requester_play.h"

#define CMDCMPRM_2 "0010d0020002000a124b000611490000"
#define INTTKNRM_2 "0010d0020002000a2210000611490008"
#define SECCHKRM_OK "0015d0420001000f1219000611490000000511a400"

/* EXCSAT and ACCSEC, then SECCHK and INTRDBRQS: no RDB is opened. */
static void
another_connection_is_interrupted(void)
{
    static const struct {
        const char *second;
        enum requester_event event;
        const char *log;
    } ends[] = {
        { SECCHKRM_OK CMDCMPRM_2, REQUESTER_COMPLETED, "COMPLETED 0 00000 rows 0 \n" },
        { SECCHKRM_OK INTTKNRM_2, REQUESTER_FAILED,
          "FAILED the server answered SECCHK and INTRDBRQS with INTTKNRM: it cannot go on; see its log\n" },
        { REPLY_DERBY_SECCHKRM_REFUSED, REQUESTER_REFUSED, "REFUSED 1 13 1219\n" },
        { "0015d0020001000f1219000611490000000511a400", REQUESTER_FAILED, "FAILED the reply to SECCHK and INTRDBRQS is not complete\n" },
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const char *replies[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, ends[i].second, NULL };
        struct play *play = play_new(WHOLE);
        play->reply = replies;
        requester_interrupt(play->requester, &login, (struct drda_token) { (const uint8_t *)"tkn", 3 });
        CU_ASSERT_EQUAL(play_on(play), ends[i].event);
        CU_ASSERT_STRING_EQUAL(play->log, ends[i].log);
        static const uint8_t rdbinttkn[] = { 0x00, 0x07, 0x21, 0x03, 't', 'k', 'n' };
        static const uint8_t accrdb[] = { 0x20, 0x01 };
        CU_ASSERT_PTR_NOT_NULL(memmem(play->sent, play->sent_size, rdbinttkn, sizeof rdbinttkn));
        CU_ASSERT_PTR_NULL(memmem(play->sent, play->sent_size, accrdb, sizeof accrdb));
        play_free(play);
    }
}

/* ACCRDBRM as Derby writes it, and with an RDBINTTKN. */
static void
the_servers_token_is_kept(void)
{
    struct play *play = logged_on(WHOLE);
    CU_ASSERT_EQUAL(requester_interrupt_token(play->requester).size, 0);
    play_free(play);
    static const char accrdbrm[] = SECCHKRM_OK "0044d0020002"
                                               "003e2201"
                                               "000611490000"
                                               "000c112e5047543030303130"
                                               "000d002f51544453514c415343"
                                               "00160035"
                                               "0006119c04b8"
                                               "0006119d04b0"
                                               "0006119e04b8"
                                               "00052103aa";
    const char *replies[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, accrdbrm, NULL };
    play = play_new(WHOLE);
    play->reply = replies;
    requester_log_on(play->requester, &login);
    CU_ASSERT_EQUAL(play_on(play), REQUESTER_COMPLETED);
    struct drda_token token = requester_interrupt_token(play->requester);
    CU_ASSERT(token.size == 1 && token.bytes[0] == 0xaa);
    play_free(play);
}

static bool
known_private(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(0x0123456789ABCDEFu >> (56 - 8 * (i % 8)));
    return true;
}

static const struct drda_cryptography known_cryptography = {
    .random = known_private,
    .power = encryption_power,
    .des_cbc = encryption_des_cbc,
};

/* Derby's answers to EXCSAT (no UNICODEMGR: text stays EBCDIC) and ACCSEC; the numbers are those of a recorded exchange. */
#define EXCSATRD_EBCDIC \
    "0012d0420001"      \
    "000c1443"          \
    "00081404"          \
    "1c080000"
#define ACCSECRD_9         \
    "0034d0020002"         \
    "002e14ac000611a20009" \
    "002411dc"
#define SERVER_PUBLIC "226dc7207fd75c1f2715d6fda26af1d35fadfd87afeea3f2291d5cd4fde85d48"
#define ONE "0000000000000000000000000000000000000000000000000000000000000001"

static struct play *
log_on_encrypted(const char *accsecrd, enum requester_event event)
{
    static struct requester_settings encrypting;
    static struct requester_login encrypted;
    const char *const replies[] = { accsecrd, REPLY_DERBY_SECCHKRM_ACCRDBRM, NULL };
    encrypting = settings;
    encrypting.cryptography = &known_cryptography;
    encrypted = login;
    encrypted.encrypted = true;
    struct play *play = play_new(WHOLE);
    requester_free(play->requester);
    play->requester = requester_new(&encrypting);
    play->reply = replies;
    requester_log_on(play->requester, &encrypted);
    CU_ASSERT_EQUAL(play_on(play), event);
    play->reply = NULL;
    return play;
}

static bool
was_sent(const struct play *play, const char *hex)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    bool sent = memmem(play->sent, play->sent_size, bytes, size) != NULL;
    free(bytes);
    return sent;
}

static void
an_encrypted_login_sends_the_recorded_tokens(void)
{
    struct play *play = log_on_encrypted(EXCSATRD_EBCDIC ACCSECRD_9 SERVER_PUBLIC, REQUESTER_COMPLETED);
    CU_ASSERT_TRUE(was_sent(play, "106e"
                                  "000611a20009"));
    CU_ASSERT_TRUE(was_sent(play, "000c11dc24f51760cfc068de"
                                  "000c11dc6749b92e60826611"));
    CU_ASSERT_FALSE(was_sent(play, "c1d7d7d7e6")); /* APPPW */
    play_free(play);
}

/* Nothing makes it send a password in clear that was to be encrypted. */
static void
an_encrypted_login_never_falls_back(void)
{
    static const struct {
        const char *accsecrd;
        enum requester_event event;
        const char *log;
    } rows[] = {
        { EXCSATRD_EBCDIC "0015d0020002"
                          "000f14ac000611a20003000511a401",
          REQUESTER_REFUSED, "REFUSED 0 01 14AC\n" },
        { EXCSATRD_EBCDIC "0010d0020002"
                          "000a14ac000611a20003",
          REQUESTER_REFUSED, "REFUSED 0 00 14AC\n" },
        { EXCSATRD_EBCDIC "0010d0020002"
                          "000a14ac000611a20009",
          REQUESTER_FAILED, "FAILED the server's public number (SECTKN of ACCSECRD) is missing or gives the key away\n" },
        { EXCSATRD_EBCDIC ACCSECRD_9 ONE, REQUESTER_FAILED,
          "FAILED the server's public number (SECTKN of ACCSECRD) is missing or gives the key away\n" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct play *play = log_on_encrypted(rows[i].accsecrd, rows[i].event);
        CU_ASSERT_STRING_EQUAL(play->log, rows[i].log);
        CU_ASSERT_FALSE(was_sent(play, "106e"));
        play_free(play);
    }
}

static void
a_login_is_spoken_in_the_agreed_encoding(void)
{
    static const char *const utf8[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, REPLY_DERBY_SECCHKRM_ACCRDBRM, NULL };
    static const char *const ebcdic[] = { REPLY_DERBY_EBCDIC_EXCSATRD_ACCSECRD, REPLY_DERBY_EBCDIC_SECCHKRM_ACCRDBRM, NULL };
    static const uint8_t ebcdic_password[] = { 0xC1, 0xD7, 0xD7, 0xD7, 0xE6 };
    for (size_t chunk = 1; chunk < 160; chunk++) {
        struct play *play = play_new(chunk);
        play->reply = utf8;
        requester_log_on(play->requester, &login);
        CU_ASSERT_EQUAL(play_on(play), REQUESTER_COMPLETED);
        CU_ASSERT_PTR_NOT_NULL(memmem(play->sent, play->sent_size, "APPPW", 5));
        play_free(play);

        play = play_new(chunk);
        play->reply = ebcdic;
        requester_log_on(play->requester, &login);
        CU_ASSERT_EQUAL(play_on(play), REQUESTER_COMPLETED);
        CU_ASSERT_PTR_NOT_NULL(memmem(play->sent, play->sent_size, ebcdic_password, sizeof ebcdic_password));
        CU_ASSERT_PTR_NULL(memmem(play->sent, play->sent_size, "APPPW", 5));
        play_free(play);
    }
}

static void
a_sent_password_is_wiped(void)
{
    static const char *const replies[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, NULL };
    struct play *play = play_new(WHOLE);
    play->reply = replies;
    requester_log_on(play->requester, &login);
    CU_ASSERT_EQUAL(play_on(play), REQUESTER_NEEDS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(memmem(play->sent, play->sent_size, "APPPW", 5));
    size_t size;
    const uint8_t *memory = requester_output(play->requester, &size);
    CU_ASSERT_EQUAL(size, 0);
    CU_ASSERT_PTR_NULL(memmem(memory, play->sent_size, "APPPW", 5));
    play_free(play);
}

static void
refusals_say_why(void)
{
    static const struct {
        const char *replies[3];
        const char *log;
    } refusals[] = {
        { { REPLY_DERBY_EXCSATRD_ACCSECRD, REPLY_DERBY_SECCHKRM_REFUSED, NULL }, "REFUSED 1 13 1219\n" },
        { { REPLY_DERBY_SECMEC_REFUSED, NULL }, "REFUSED 0 01 14AC\n" },
        { { REPLY_DERBY_EXCSATRD_ACCSECRD, REPLY_DERBY_RDBNFNRM, NULL }, "REFUSED 2 00 2211\n" },
        { { REPLY_DERBY_PRCCNVRM, NULL },
          "FAILED the server answered EXCSAT and ACCSEC with PRCCNVRM, PRCCNVCD X'06': it cannot go on; see its log\n" },
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        for (size_t chunk = 1; chunk < 200; chunk += 11) {
            struct play *play = play_new(chunk);
            play->reply = refusals[i].replies;
            requester_log_on(play->requester, &login);
            (void)play_on(play);
            CU_ASSERT_STRING_EQUAL(play->log, refusals[i].log);
            play_free(play);
        }
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(requester_secchkcd_text(0x0F), "PassTicket"));
    CU_ASSERT_STRING_EQUAL(requester_secchkcd_text(0), "the server does not say why");
    for (unsigned code = 0; code < 256; code++)
        CU_ASSERT_PTR_NOT_NULL(requester_secchkcd_text((uint8_t)code));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "another connection is interrupted", another_connection_is_interrupted },
        { "the server's token is kept", the_servers_token_is_kept },
        { "an encrypted login sends the recorded tokens", an_encrypted_login_sends_the_recorded_tokens },
        { "an encrypted login never falls back", an_encrypted_login_never_falls_back },
        { "a login is spoken in the agreed encoding", a_login_is_spoken_in_the_agreed_encoding },
        { "a sent password is wiped", a_sent_password_is_wiped },
        { "refusals say why", refusals_say_why },
    };
    return SUITE_RUN("requester login", cases);
}
