#include <stdlib.h>

#include "drda/accrdb.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/suite.h"

enum { SECCHK_DSS_SIZE = 54, DSS_AND_DDM_HEADER = 10 };

/* The parameters of the recorded ACCRDB. Release *block. */
static struct wire_reader
recorded_accrdb(uint8_t **block)
{
    size_t size;
    *block = recorded_bytes(RECORDED_DERBY_SECCHK_ACCRDB, &size);
    size_t offset = SECCHK_DSS_SIZE + DSS_AND_DDM_HEADER;
    return wire_reader(*block + offset, size - offset);
}

static void
the_message_of_a_real_client_is_understood(void)
{
    uint8_t *block;
    struct drda_accrdb accrdb;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_accrdb_decode(recorded_accrdb(&block), &accrdb, &fault));
    char text[32];
    CU_ASSERT_TRUE(ccsid_rdbnam(&accrdb.rdbnam, CCSID_UTF8, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "demodb");
    CU_ASSERT_TRUE(ccsid_string(CCSID_UTF8, &accrdb.prdid, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "DNC10140");
    CU_ASSERT_EQUAL(accrdb.crrtkn.left, 19);
    CU_ASSERT_EQUAL(accrdb.typdefovr.sbc, 1208);
    CU_ASSERT_EQUAL(accrdb.typdefovr.dbc, 1200);
    CU_ASSERT_EQUAL(accrdb.typdefovr.mbc, 1208);
    free(block);
}

/* Leaves out one parameter of the recorded message at a time. */
static void
each_required_parameter_is_required(void)
{
    static const uint16_t required[] = { CP_RDBNAM, CP_RDBACCCL, CP_PRDID, CP_TYPDEFNAM, CP_TYPDEFOVR, CP_CRRTKN };
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        uint8_t *block, bytes[256];
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        struct ddm_object object;
        enum ddm_fault damage;
        for (struct wire_reader reader = recorded_accrdb(&block); ddm_next(&reader, &object, &damage);)
            if (object.codepoint != required[i])
                ddm_put_bytes(&writer, object.codepoint, object.body.at, object.body.left);
        struct drda_accrdb accrdb;
        struct drda_fault fault;
        CU_ASSERT_FALSE(drda_accrdb_decode(wire_reader(bytes, writer.used), &accrdb, &fault));
        CU_ASSERT_EQUAL(fault.reply, CP_SYNTAXRM);
        CU_ASSERT_EQUAL(fault.code, SYNERRCD_REQUIRED_OBJECT_MISSING);
        CU_ASSERT_EQUAL(fault.codpnt, required[i]);
        free(block);
    }
}

static void
another_access_manager_is_not_supported(void)
{
    uint8_t *block;
    struct wire_reader reader = recorded_accrdb(&block);
    uint8_t *copy = exact_copy(reader.at, reader.left);
    copy[0x16 + 5] = 0x08; /* RDBACCCL 2408 */
    struct drda_accrdb accrdb;
    struct drda_fault fault;
    CU_ASSERT_FALSE(drda_accrdb_decode(wire_reader(copy, reader.left), &accrdb, &fault));
    CU_ASSERT_EQUAL(fault.reply, CP_VALNSPRM);
    CU_ASSERT_EQUAL(fault.codpnt, CP_RDBACCCL);
    free(copy);
    free(block);
}

static void
truncations_and_bit_flips_stay_inside(void)
{
    uint8_t *block;
    struct wire_reader reader = recorded_accrdb(&block);
    struct drda_accrdb accrdb;
    struct drda_fault fault;
    for (size_t n = 0; n < reader.left; n++) {
        uint8_t *copy = exact_copy(reader.at, n);
        CU_ASSERT_FALSE(drda_accrdb_decode(wire_reader(copy, n), &accrdb, &fault));
        CU_ASSERT_NOT_EQUAL(fault.reply, 0);
        free(copy);
    }
    for (size_t bit = 0; bit < reader.left * 8; bit++) {
        uint8_t *copy = exact_copy(reader.at, reader.left);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CU_ASSERT_EQUAL(drda_accrdb_decode(wire_reader(copy, reader.left), &accrdb, &fault), fault.reply == 0);
        free(copy);
    }
    free(block);
}

static void
both_messages_come_back(void)
{
    static const struct drda_typdefovr typdefovr = { 1208, 1200, 1208 };
    struct drda_accrdb_values asked = { "SAMPLE", "PGT00010", "QTDSQLASC", typdefovr, (const uint8_t *)"token", 5, .no_updates = true };
    uint8_t bytes[256];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    drda_accrdb_encode(&writer, &asked, CCSID_UTF8);
    struct drda_accrdb accrdb;
    struct drda_fault fault;
    CU_ASSERT_TRUE(drda_accrdb_decode(wire_reader(bytes + 4, writer.used - 4), &accrdb, &fault));
    CU_ASSERT_TRUE(accrdb.crrtkn.left == 5 && accrdb.typdefovr.dbc == 1200 && accrdb.rdbnam.left == RDBNAM_PADDED_SIZE &&
                   accrdb.no_updates);

    struct drda_accrdbrm_values answered = { SVRCOD_WARNING, "PGT00010", "QTDSQLASC", typdefovr };
    writer.used = 0;
    drda_accrdbrm_encode(&writer, &answered, CCSID_EBCDIC_500);
    struct drda_accrdbrm accrdbrm;
    CU_ASSERT_TRUE(drda_accrdbrm_decode(wire_reader(bytes + 4, writer.used - 4), &accrdbrm, &fault));
    CU_ASSERT_EQUAL(accrdbrm.svrcod, SVRCOD_WARNING);
    CU_ASSERT_TRUE(accrdbrm.prdid.left == 8 && accrdbrm.prdid.at[0] == 0xD7);
    CU_ASSERT_PTR_NULL(accrdbrm.crrtkn.at);
    CU_ASSERT_PTR_NULL(accrdbrm.rdbinttkn.at);

    answered.rdbinttkn = (struct drda_token) { (const uint8_t *)"interrupt", 9 };
    writer.used = 0;
    drda_accrdbrm_encode(&writer, &answered, CCSID_UTF8);
    CU_ASSERT_TRUE(drda_accrdbrm_decode(wire_reader(bytes + 4, writer.used - 4), &accrdbrm, &fault));
    CU_ASSERT_TRUE(accrdbrm.rdbinttkn.left == 9 && memcmp(accrdbrm.rdbinttkn.at, "interrupt", 9) == 0);
}

/* RDBALWUPD behind the recorded message: left out it is true. */
static void
updates_are_allowed_unless_the_requester_says_not(void)
{
    static const struct {
        int rdbalwupd; /* -1: left out */
        bool good;
        bool no_updates;
    } values[] = { { -1, true, false }, { 0xF1, true, false }, { 0xF0, true, true }, { 0x00, false, false }, { 0xFF, false, false } };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        uint8_t *block, bytes[256];
        struct wire_reader recorded = recorded_accrdb(&block);
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        wire_put_bytes(&writer, recorded.at, recorded.left);
        if (values[i].rdbalwupd >= 0)
            ddm_put_u8(&writer, CP_RDBALWUPD, (uint8_t)values[i].rdbalwupd);
        struct drda_accrdb accrdb;
        struct drda_fault fault;
        CU_ASSERT_EQUAL(drda_accrdb_decode(wire_reader(bytes, writer.used), &accrdb, &fault), values[i].good);
        CU_ASSERT_EQUAL(accrdb.no_updates, values[i].no_updates);
        CU_ASSERT_TRUE(values[i].good || (fault.reply == CP_SYNTAXRM && fault.codpnt == CP_RDBALWUPD));
        free(block);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the message of a real client is understood", the_message_of_a_real_client_is_understood },
        { "each required parameter is required", each_required_parameter_is_required },
        { "another access manager is not supported", another_access_manager_is_not_supported },
        { "updates are allowed unless the requester says not", updates_are_allowed_unless_the_requester_says_not },
        { "truncations and bit flips stay inside", truncations_and_bit_flips_stay_inside },
        { "both messages come back", both_messages_come_back },
    };
    return SUITE_RUN("accrdb", cases);
}
