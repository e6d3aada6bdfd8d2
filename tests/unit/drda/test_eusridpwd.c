/* EUSRIDPWD: the numbers that Apache Derby's server has accepted and refused, and whole logins with it. */
#include "drda/eusridpwd.h"

#include "common/hex.h"
#include "drda/excsat.h"
#include "drda/secchk.h"
#include "security/encryption.h"
#include "tests/unit/drda/conversation.h"

static const struct drda_cryptography cryptography = {
    .random = encryption_random,
    .power = encryption_power,
    .des_cbc = encryption_des_cbc,
};

static const struct drda_server_settings both = {
    .external_name = "passgated",
    .server_name = "HWS1",
    .class_name = "Passgate",
    .release_level = "0.1.0",
    .product_id = "PGT00010",
    .mechanisms = { SECMEC_USRIDPWD, SECMEC_EUSRIDPWD },
    .cryptography = &cryptography,
    .unauthenticated_bytes_max = 4096,
    .command_bytes_max = 100000,
};

static const char client_public[] = "11cede02d18ecdfbc2395ac68b49bcb199880b67247ffeb7d2e7b76fba6da32a";
static const char server_public[] = "226dc7207fd75c1f2715d6fda26af1d35fadfd87afeea3f2291d5cd4fde85d48";

static bool
known_private(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(0x0123456789ABCDEFu >> (56 - 8 * (i % 8)));
    return true;
}

static bool
no_random(uint8_t *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    return false;
}

static bool
equals(const uint8_t *bytes, size_t size, const char *hex)
{
    char digits[256];
    hex_encode(bytes, size, digits);
    bool same = strcasecmp(digits, hex) == 0;
    if (!same)
        printf("# %s is not %s\n", digits, hex);
    return same;
}

/* The client's side of the recorded exchange. */
static void
agree_as_recorded(struct eusridpwd_key *key)
{
    struct drda_cryptography known = cryptography;
    struct eusridpwd_pair pair;
    size_t size;
    known.random = known_private;
    CU_ASSERT_TRUE(eusridpwd_pair_make(&known, &pair));
    CU_ASSERT_TRUE(equals(pair.public_number, sizeof pair.public_number, client_public));
    uint8_t *theirs = recorded_bytes(server_public, &size);
    CU_ASSERT_TRUE(eusridpwd_agree(&cryptography, &pair, wire_reader(theirs, size), false, key));
    free(theirs);
}

static void
the_recorded_exchange_yields_the_recorded_tokens(void)
{
    static const struct {
        const char *text;
        const char *token;
    } rows[] = {
        { "APP", "24f51760cfc068de" },   { "APPPW", "6749b92e60826611" },  { "WRONG", "e856f59a9cef7e39" },
        { "alice", "261f8697374971ab" }, { "s3cret", "9e3441cc6be56057" },
    };
    struct eusridpwd_key key;
    agree_as_recorded(&key);
    CU_ASSERT_TRUE(equals(key.key, sizeof key.key, "6c737053a87a7b64"));
    CU_ASSERT_TRUE(equals(key.iv, sizeof key.iv, "a26af1d35fadfd87"));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t token[16];
        uint8_t text[16];
        size_t size;
        struct wire_writer writer = wire_writer(token, sizeof token);
        ccsid_put(&writer, CCSID_EBCDIC_500, rows[i].text);
        size_t text_size = writer.used;
        eusridpwd_encrypt(&cryptography, &key, &writer, 0);
        CU_ASSERT_TRUE(equals(token, writer.used, rows[i].token));
        CU_ASSERT_TRUE(eusridpwd_decrypt(&cryptography, &key, wire_reader(token, writer.used), text, sizeof text, &size));
        CU_ASSERT_EQUAL(size, text_size);
    }
}

static void
texts_of_every_length_come_back(void)
{
    struct eusridpwd_key key;
    agree_as_recorded(&key);
    for (size_t length = 0; length <= DRDA_SECCHK_TEXT_MAX; length++) {
        uint8_t plain[DRDA_SECCHK_TEXT_MAX];
        uint8_t token[DRDA_SECCHK_TOKEN_MAX + 4];
        uint8_t text[DRDA_SECCHK_TOKEN_MAX];
        size_t size;
        memset(plain, 'A' + (int)(length % 26), sizeof plain);
        struct wire_writer writer = wire_writer(token, sizeof token);
        wire_put_u32(&writer, 0xFFFFFFFF); /* what stands before is not touched */
        wire_put_bytes(&writer, plain, length);
        eusridpwd_encrypt(&cryptography, &key, &writer, 4);
        CU_ASSERT_FALSE(writer.failed);
        CU_ASSERT_EQUAL(memcmp(token, "\xFF\xFF\xFF\xFF", 4), 0);
        CU_ASSERT_TRUE(eusridpwd_decrypt(&cryptography, &key, wire_reader(token + 4, writer.used - 4), text, sizeof text, &size));
        CU_ASSERT_TRUE(size == length && memcmp(text, plain, length) == 0);
    }
}

static bool
decrypts(const struct eusridpwd_key *key, const uint8_t *token, size_t size)
{
    uint8_t text[16];
    size_t text_size;
    uint8_t *copy = exact_copy(token, size);
    bool decrypted = eusridpwd_decrypt(&cryptography, key, wire_reader(copy, size), text, sizeof text, &text_size);
    free(copy);
    return decrypted;
}

static void
what_is_no_token_is_refused(void)
{
    struct eusridpwd_key key;
    agree_as_recorded(&key);
    uint8_t token[24] = { 0 };
    struct wire_writer writer = wire_writer(token, sizeof token);
    wire_put_bytes(&writer, "ABC", 3);
    eusridpwd_encrypt(&cryptography, &key, &writer, 0);
    CU_ASSERT_TRUE(decrypts(&key, token, 8));
    for (size_t size = 0; size <= sizeof token; size++)
        if (size != 8 && size != 16)
            CU_ASSERT_FALSE(decrypts(&key, token, size));
    /* Padding of 0, of 9, and of differing bytes. */
    static const char *const paddings[] = { "ABCDEFG\x00", "ABCDEFG\x09", "ABCDE\x04\x03\x03" };
    for (size_t i = 0; i < sizeof paddings / sizeof paddings[0]; i++) {
        memcpy(token, paddings[i], 8);
        cryptography.des_cbc(key.key, key.iv, true, token, 8);
        CU_ASSERT_FALSE(decrypts(&key, token, 8));
    }
}

static void
numbers_that_give_the_key_away_are_refused(void)
{
    static const char *const numbers[] = {
        "",
        "00",
        "01",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000001",
        "C62112D73EE613F0947AB31F0F6846A1BFF5B3A4CA0D60BC1E4C7A0D8C16B3E2", /* p - 1 */
        "C62112D73EE613F0947AB31F0F6846A1BFF5B3A4CA0D60BC1E4C7A0D8C16B3E3", /* p */
        "C62112D73EE613F0947AB31F0F6846A1BFF5B3A4CA0D60BC1E4C7A0D8C16B3E4",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "01C62112D73EE613F0947AB31F0F6846A1BFF5B3A4CA0D60BC1E4C7A0D8C16B3E1",
    };
    struct eusridpwd_pair pair;
    struct eusridpwd_key key;
    size_t size;
    CU_ASSERT_TRUE(eusridpwd_pair_make(&cryptography, &pair));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        uint8_t *number = recorded_bytes(numbers[i], &size);
        CU_ASSERT_FALSE(eusridpwd_agree(&cryptography, &pair, wire_reader(number, size), true, &key));
        free(number);
    }
    /* p - 2, with a sign byte as a client may write it; and a short one. */
    uint8_t *number = recorded_bytes("00C62112D73EE613F0947AB31F0F6846A1BFF5B3A4CA0D60BC1E4C7A0D8C16B3E1", &size);
    CU_ASSERT_TRUE(eusridpwd_agree(&cryptography, &pair, wire_reader(number, size), true, &key));
    free(number);
    CU_ASSERT_TRUE(eusridpwd_agree(&cryptography, &pair, wire_reader("\x02", 1), true, &key));
}

static void
no_two_exchanges_have_the_same_numbers(void)
{
    struct eusridpwd_pair pairs[64];
    for (size_t i = 0; i < 64; i++) {
        CU_ASSERT_TRUE(eusridpwd_pair_make(&cryptography, &pairs[i]));
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_NOT_EQUAL(memcmp(pairs[i].public_number, pairs[j].public_number, EUSRIDPWD_NUMBER_SIZE), 0);
    }
}

static struct conversation *
conversation_with(const struct drda_server_settings *with)
{
    struct conversation *conversation = conversation_new();
    drda_server_init(&conversation->server, with);
    return conversation;
}

static void
feed_writer(struct conversation *conversation, const struct wire_writer *writer)
{
    CU_ASSERT_FALSE_FATAL(writer->failed);
    feed(conversation, writer->start, writer->used);
}

/* EXCSAT with UNICODEMGR 1208, and ACCSEC with a SECTKN. */
static void
exchange(struct conversation *conversation, struct drda_token sectkn)
{
    static const struct drda_managers managers = { 1, { { CP_UNICODEMGR, CCSID_UTF8 } } };
    uint8_t bytes[512];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    struct dss_writer chain = dss_writer(&writer);
    dss_begin(&chain, DSS_REQUEST, 1);
    drda_excsat_encode(&writer, CP_EXCSAT, NULL, &managers, CCSID_EBCDIC_500);
    dss_end(&chain);
    dss_begin(&chain, DSS_REQUEST, 2);
    drda_accsec_encode(&writer, SECMEC_EUSRIDPWD, "demodb", sectkn, CCSID_EBCDIC_500);
    dss_end(&chain);
    feed_writer(conversation, &writer);
}

/* The ACCSECRD behind an EXCSATRD. */
static void
take_accsecrd(struct conversation *conversation, struct drda_accsecrd *accsecrd)
{
    static struct dss_command reply;
    struct drda_fault fault;
    enum dss_fault damage;
    size_t first;
    size_t second;
    CU_ASSERT_EQUAL_FATAL(dss_scan(conversation->output, conversation->output_size, &first, &damage), DSS_SCAN_COMPLETE);
    CU_ASSERT_EQUAL_FATAL(dss_scan(conversation->output + first, conversation->output_size - first, &second, &damage), DSS_SCAN_COMPLETE);
    CU_ASSERT_TRUE_FATAL(dss_read(conversation->output + first, second, &reply));
    CU_ASSERT_EQUAL(reply.codepoint, CP_ACCSECRD);
    CU_ASSERT_TRUE_FATAL(drda_accsecrd_decode(reply.parameters, accsecrd, &fault));
    conversation->output_size = 0;
}

/* Both sides agree. */
static struct conversation *
agreed(const struct drda_server_settings *with, struct eusridpwd_key *key)
{
    struct conversation *conversation = conversation_with(with);
    struct eusridpwd_pair pair;
    struct drda_accsecrd accsecrd;
    CU_ASSERT_TRUE_FATAL(eusridpwd_pair_make(&cryptography, &pair));
    exchange(conversation, (struct drda_token) { pair.public_number, sizeof pair.public_number });
    take_accsecrd(conversation, &accsecrd);
    CU_ASSERT_EQUAL(accsecrd.secmec_count, 1);
    CU_ASSERT_EQUAL(accsecrd.secmec[0], SECMEC_EUSRIDPWD);
    CU_ASSERT_FALSE(accsecrd.has_secchkcd);
    CU_ASSERT_EQUAL(accsecrd.sectkn.left, EUSRIDPWD_NUMBER_SIZE);
    CU_ASSERT_TRUE_FATAL(eusridpwd_agree(&cryptography, &pair, accsecrd.sectkn, false, key));
    return conversation;
}

static void
feed_secchk(struct conversation *conversation, const struct eusridpwd_key *key, const char *userid, const char *password, enum ccsid ccsid)
{
    uint8_t bytes[1024];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    struct dss_writer chain = dss_writer(&writer);
    dss_begin(&chain, DSS_REQUEST, 7);
    drda_secchk_encode_encrypted(&writer, "demodb", userid, password, ccsid, &cryptography, key);
    dss_end(&chain);
    feed_writer(conversation, &writer);
}

static bool
key_is_wiped(const struct drda_server *server)
{
    static const struct eusridpwd_key none;
    return memcmp(&server->key, &none, sizeof none) == 0;
}

static void
an_encrypted_login_is_verified_in_clear(void)
{
    static const enum ccsid ccsids[] = { CCSID_UTF8, CCSID_EBCDIC_500 };
    for (size_t i = 0; i < 2; i++) {
        struct eusridpwd_key key;
        struct conversation *conversation = agreed(&both, &key);
        CU_ASSERT_FALSE(key_is_wiped(&conversation->server));
        feed_secchk(conversation, &key, "IMSUSR1", "AEPRRZ3S", ccsids[i]);
        CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_VERIFIED);
        CU_ASSERT_EQUAL(conversation->credentials.secmec, SECMEC_EUSRIDPWD);
        CU_ASSERT_STRING_EQUAL(conversation->credentials.userid, "IMSUSR1");
        CU_ASSERT_STRING_EQUAL(conversation->credentials.password, "AEPRRZ3S");
        CU_ASSERT_FALSE(conversation->secret_was_left);
        CU_ASSERT_TRUE(key_is_wiped(&conversation->server));
        expect_output(conversation, "0015d0020007"
                                    "000f1219000611490000000511a400");
        conversation_free(conversation);
    }
}

static void
expect_verdict(const char *userid, const char *password, uint8_t secchkcd)
{
    struct eusridpwd_key key;
    char reply[128];
    struct conversation *conversation = agreed(&both, &key);
    feed_secchk(conversation, &key, userid, password, CCSID_UTF8);
    snprintf(reply, sizeof reply, "0015d0020007000f1219000611490008000511a4%02x", (unsigned)secchkcd);
    expect_output(conversation, reply);
    CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
    CU_ASSERT_EQUAL(conversation->verifications, 0);
    CU_ASSERT_TRUE(key_is_wiped(&conversation->server));
    conversation_free(conversation);
}

static void
what_cannot_be_verified_is_refused_at_once(void)
{
    expect_verdict("", "APPPW", DRDA_SECCHKCD_USERID_MISSING);
    expect_verdict("APP", "", DRDA_SECCHKCD_PASSWORD_MISSING);

    /* Tokens are missing, one is, or what they hold is no text. */
    static const char *const secchks[] = {
        "0010d0010007000a106e000611a20009",
        "001cd00100070016106e000611a20009000c11dc24f51760cfc068de",
        "0020d0010007001a106e000611a20009000711a0415050000911a14150505057",
        "0028d00100070022106e000611a20009000c11dc24f51760cfc068de000c11dc6749b92e60826611",
        "0026d00100070020106e000611a20009000b11dc24f51760cfc068000b11dc6749b92e608266",
    };
    for (size_t i = 0; i < sizeof secchks / sizeof secchks[0]; i++) {
        struct eusridpwd_key key;
        struct conversation *conversation = agreed(&both, &key);
        feed_hex(conversation, secchks[i]);
        expect_output(conversation, "0015d0020007"
                                    "000f1219000611490008000511a40b");
        CU_ASSERT_EQUAL(conversation->event, DRDA_MUST_CLOSE);
        CU_ASSERT_TRUE(key_is_wiped(&conversation->server));
        conversation_free(conversation);
    }
}

static void
expect_refused_accsec(const struct drda_server_settings *with, struct drda_token sectkn, uint16_t secmec, uint8_t secchkcd)
{
    struct conversation *conversation = conversation_with(with);
    struct drda_accsecrd accsecrd;
    exchange(conversation, sectkn);
    take_accsecrd(conversation, &accsecrd);
    CU_ASSERT_EQUAL(accsecrd.secmec_count, 1);
    CU_ASSERT_EQUAL(accsecrd.secmec[0], secmec);
    CU_ASSERT_TRUE(accsecrd.has_secchkcd);
    CU_ASSERT_EQUAL(accsecrd.secchkcd, secchkcd);
    CU_ASSERT_PTR_NULL(accsecrd.sectkn.at);
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_REFUSED);
    CU_ASSERT_EQUAL(conversation->event, DRDA_NEEDS_INPUT);
    CU_ASSERT_TRUE(key_is_wiped(&conversation->server));
    /* In clear it goes on. */
    feed_hex(conversation, "0010d0010001000a106d000611a20003");
    CU_ASSERT_EQUAL(conversation->server.state, secmec == SECMEC_EUSRIDPWD && secchkcd == 1 ? DRDA_STATE_REFUSED : DRDA_STATE_SECURITY);
    conversation_free(conversation);
}

static void
a_refusal_names_one_mechanism(void)
{
    static const uint8_t large[64] = { 0x7F };
    static const uint8_t one[EUSRIDPWD_NUMBER_SIZE] = { [31] = 1 };
    static const uint8_t fine[EUSRIDPWD_NUMBER_SIZE] = { [31] = 5 };
    struct drda_server_settings clear_only = both;
    struct drda_server_settings encrypted_only = both;
    struct drda_server_settings poor = both;
    struct drda_cryptography without_random = cryptography;
    clear_only.mechanisms[1] = 0;
    encrypted_only.mechanisms[0] = SECMEC_EUSRIDPWD;
    encrypted_only.mechanisms[1] = 0;
    without_random.random = no_random;
    poor.cryptography = &without_random;
    expect_refused_accsec(&clear_only, (struct drda_token) { fine, sizeof fine }, SECMEC_USRIDPWD, DRDA_SECCHKCD_SECMEC_NOT_SUPPORTED);
    expect_refused_accsec(&both, (struct drda_token) { large, sizeof large }, SECMEC_USRIDPWD, DRDA_SECCHKCD_SECMEC_NOT_SUPPORTED);
    expect_refused_accsec(&encrypted_only, (struct drda_token) { large, sizeof large }, SECMEC_EUSRIDPWD,
                          DRDA_SECCHKCD_SECMEC_NOT_SUPPORTED);
    expect_refused_accsec(&both, (struct drda_token) { one, sizeof one }, SECMEC_EUSRIDPWD, DRDA_SECCHKCD_SECTKN_INVALID);
    expect_refused_accsec(&both, (struct drda_token) { 0 }, SECMEC_EUSRIDPWD, DRDA_SECCHKCD_SECTKN_INVALID);
    expect_refused_accsec(&poor, (struct drda_token) { fine, sizeof fine }, SECMEC_EUSRIDPWD, DRDA_SECCHKCD_LOCAL_FAILURE);
}

/* A list is tried in its order; a user ID alone is taken where it is served, and nowhere else. */
static void
the_first_mechanism_that_is_served_is_agreed_on(void)
{
    struct drda_server_settings trusted = both;
    trusted.mechanisms[2] = SECMEC_USRIDONL;
    static const struct {
        bool trusted;
        const char *list;
        uint16_t secmec;
        bool refused;
    } rows[] = {
        { false, "0003", 3, false }, { false, "000b0003", 3, false }, { false, "00080004", 3, true }, { true, "00080004", 4, false },
        { false, "0004", 3, true },  { true, "00030004", 3, false },  { true, "0004", 4, false },     { true, "0005", 3, true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct conversation *conversation = conversation_with(rows[i].trusted ? &trusted : &both);
        char accsec[128];
        char expected[128];
        size_t size = strlen(rows[i].list) / 2;
        feed_hex(conversation, "0012d0010001000c10410008140414030007");
        conversation->output_size = 0;
        snprintf(accsec, sizeof accsec, "%04zxd0010003%04zx106d%04zx11a2%s", size + 14, size + 8, size + 4, rows[i].list);
        feed_hex(conversation, accsec);
        snprintf(expected, sizeof expected,
                 rows[i].refused ? "0015d0020003000f14ac000611a2%04x000511a401" : "0010d0020003000a14ac000611a2%04x", rows[i].secmec);
        expect_output(conversation, expected);
        conversation_free(conversation);
    }
}

static void
a_user_id_alone_needs_no_password(void)
{
    struct drda_server_settings trusted = both;
    trusted.mechanisms[2] = SECMEC_USRIDONL;
    struct conversation *conversation = conversation_with(&trusted);
    feed_hex(conversation, "0012d0010001000c10410008140414030007");
    feed_hex(conversation, "0010d0010003000a106d000611a20004");
    feed_hex(conversation, "0020d0010007"
                           "001a106e000611a20004"
                           "000711a0415050"
                           "000911a14150505057");
    CU_ASSERT_EQUAL(conversation->server.state, DRDA_STATE_VERIFIED);
    CU_ASSERT_EQUAL(conversation->credentials.secmec, SECMEC_USRIDONL);
    CU_ASSERT_STRING_EQUAL(conversation->credentials.userid, "APP");
    CU_ASSERT_STRING_EQUAL(conversation->credentials.password, "");
    CU_ASSERT_FALSE(conversation->secret_was_left);
    conversation_free(conversation);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the recorded exchange yields the recorded tokens", the_recorded_exchange_yields_the_recorded_tokens },
        { "texts of every length come back", texts_of_every_length_come_back },
        { "what is no token is refused", what_is_no_token_is_refused },
        { "numbers that give the key away are refused", numbers_that_give_the_key_away_are_refused },
        { "no two exchanges have the same numbers", no_two_exchanges_have_the_same_numbers },
        { "an encrypted login is verified in clear", an_encrypted_login_is_verified_in_clear },
        { "what cannot be verified is refused at once", what_cannot_be_verified_is_refused_at_once },
        { "a refusal names one mechanism", a_refusal_names_one_mechanism },
        { "the first mechanism that is served is agreed on", the_first_mechanism_that_is_served_is_agreed_on },
        { "a user ID alone needs no password", a_user_id_alone_needs_no_password },
    };
    return SUITE_RUN("eusridpwd", cases);
}
