#include "security/keystore.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/suite.h"

static char folder[] = "/tmp/test-keystore-XXXXXX";
static const uint8_t sample[8] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };

static const char *
path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void
write_file(const char *name, const void *bytes, size_t size, mode_t mode)
{
    int descriptor = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, mode);
    CU_ASSERT_TRUE_FATAL(descriptor >= 0);
    CU_ASSERT_EQUAL(write(descriptor, bytes, size), (ssize_t)size);
    CU_ASSERT_EQUAL(fchmod(descriptor, mode), 0);
    close(descriptor);
}

static struct keystore *
open_store(const char *name, bool create)
{
    struct problem problem = { "" };
    struct keystore *keystore = keystore_open(path_of(name), create, &problem);
    CU_ASSERT_EQUAL(keystore == NULL, problem.text[0] != '\0');
    if (keystore == NULL)
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, name));
    return keystore;
}

static void
a_made_master_key_opens_what_it_sealed_after_reopening(void)
{
    uint8_t sealed[KEYSTORE_SEALED_MAX];
    uint8_t plain[KEYSTORE_KEY_MAX];
    struct keystore *keystore = open_store("made", true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(keystore);
    size_t size = keystore_seal(keystore, "TSOR001", sample, sizeof sample, sealed);
    CU_ASSERT_EQUAL(size, sizeof sample + KEYSTORE_OVERHEAD);
    keystore_free(keystore);
    struct stat file;
    CU_ASSERT_EQUAL(stat(path_of("made"), &file), 0);
    CU_ASSERT_EQUAL(file.st_mode & 07777, 0600);
    CU_ASSERT_EQUAL(file.st_size, 65);
    keystore = open_store("made", true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(keystore);
    CU_ASSERT_EQUAL(keystore_unseal(keystore, "TSOR001", sealed, size, plain, sizeof plain), sizeof sample);
    CU_ASSERT_EQUAL(memcmp(plain, sample, sizeof sample), 0);
    keystore_free(keystore);
}

static void
every_key_size_comes_back(void)
{
    struct keystore *keystore = open_store("made", true);
    for (size_t size = 1; size <= KEYSTORE_KEY_MAX; size++) {
        uint8_t *plain = malloc(size); /* exact sizes: AddressSanitizer sees one byte too far */
        uint8_t *sealed = malloc(size + KEYSTORE_OVERHEAD);
        uint8_t *back = malloc(size);
        memset(plain, (int)size, size);
        CU_ASSERT_EQUAL(keystore_seal(keystore, "LABEL.OF.KEY", plain, size, sealed), size + KEYSTORE_OVERHEAD);
        CU_ASSERT_EQUAL(keystore_unseal(keystore, "LABEL.OF.KEY", sealed, size + KEYSTORE_OVERHEAD, back, size), size);
        CU_ASSERT_EQUAL(memcmp(back, plain, size), 0);
        CU_ASSERT_EQUAL(keystore_unseal(keystore, "LABEL.OF.KEY", sealed, size + KEYSTORE_OVERHEAD, back, size - 1), 0);
        free(plain);
        free(sealed);
        free(back);
    }
    uint8_t large[KEYSTORE_SEALED_MAX + 1] = { 0 };
    uint8_t out[2 * KEYSTORE_SEALED_MAX];
    CU_ASSERT_EQUAL(keystore_seal(keystore, "X", large, 0, out), 0);
    CU_ASSERT_EQUAL(keystore_seal(keystore, "X", large, KEYSTORE_KEY_MAX + 1, out), 0);
    keystore_free(keystore);
}

static void
every_change_and_truncation_is_refused(void)
{
    struct keystore *keystore = open_store("made", true);
    uint8_t sealed[sizeof sample + KEYSTORE_OVERHEAD];
    uint8_t plain[sizeof sample + 1];
    CU_ASSERT_EQUAL_FATAL(keystore_seal(keystore, "APPL", sample, sizeof sample, sealed), sizeof sealed);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        memset(plain, 0xAA, sizeof plain);
        CU_ASSERT_EQUAL(keystore_unseal(keystore, "APPL", sealed, sizeof sealed, plain, sizeof plain), 0);
        CU_ASSERT_NOT_EQUAL(memcmp(plain, sample, sizeof sample), 0);
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t size = 0; size < sizeof sealed; size++) {
        uint8_t *exact = malloc(size > 0 ? size : 1);
        memcpy(exact, sealed, size);
        CU_ASSERT_EQUAL(keystore_unseal(keystore, "APPL", exact, size, plain, sizeof plain), 0);
        free(exact);
    }
    CU_ASSERT_EQUAL(keystore_unseal(keystore, "APPL", sealed, sizeof sealed, plain, sizeof plain), sizeof sample);
    keystore_free(keystore);
}

static void
another_name_or_master_key_does_not_open(void)
{
    struct keystore *keystore = open_store("made", true);
    struct keystore *other = open_store("other", true);
    uint8_t sealed[KEYSTORE_SEALED_MAX];
    uint8_t plain[KEYSTORE_KEY_MAX];
    size_t size = keystore_seal(keystore, "APPL", sample, sizeof sample, sealed);
    CU_ASSERT_EQUAL(keystore_unseal(keystore, "APPLX", sealed, size, plain, sizeof plain), 0);
    CU_ASSERT_EQUAL(keystore_unseal(keystore, "", sealed, size, plain, sizeof plain), 0);
    CU_ASSERT_EQUAL(keystore_unseal(other, "APPL", sealed, size, plain, sizeof plain), 0);
    CU_ASSERT_EQUAL(keystore_unseal(keystore, "APPL", sealed, size, plain, sizeof plain), sizeof sample);
    keystore_free(keystore);
    keystore_free(other);
}

static void
sealing_twice_never_gives_the_same_bytes(void)
{
    struct keystore *keystore = open_store("made", true);
    uint8_t one[KEYSTORE_SEALED_MAX];
    uint8_t two[KEYSTORE_SEALED_MAX];
    size_t size = keystore_seal(keystore, "APPL", sample, sizeof sample, one);
    CU_ASSERT_EQUAL(keystore_seal(keystore, "APPL", sample, sizeof sample, two), size);
    CU_ASSERT_NOT_EQUAL(memcmp(one, two, size), 0);
    keystore_free(keystore);
}

static void
files_of_both_forms_open_and_others_do_not(void)
{
    static const char digits[] = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n";
    static const uint8_t raw[32] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                     16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };
    uint8_t sealed[KEYSTORE_SEALED_MAX];
    uint8_t plain[KEYSTORE_KEY_MAX];
    write_file("raw", raw, sizeof raw, 0600);
    write_file("hex", digits, 64, 0400);
    write_file("hexline", digits, 65, 0600);
    struct keystore *one = open_store("raw", false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(one);
    size_t size = keystore_seal(one, "APPL", sample, sizeof sample, sealed);
    static const char *const same[] = { "hex", "hexline" };
    for (size_t i = 0; i < 2; i++) {
        struct keystore *keystore = open_store(same[i], false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(keystore);
        CU_ASSERT_EQUAL(keystore_unseal(keystore, "APPL", sealed, size, plain, sizeof plain), sizeof sample);
        keystore_free(keystore);
    }
    keystore_free(one);
    for (size_t length = 0; length < 70; length++) {
        char text[70];
        memset(text, '0', sizeof text);
        write_file("length", text, length, 0600);
        struct keystore *keystore = open_store("length", true);
        CU_ASSERT_EQUAL(keystore != NULL, length == 32 || length == 64);
        keystore_free(keystore);
    }
    write_file("letters", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", 64, 0600);
    CU_ASSERT_PTR_NULL(open_store("letters", true));
}

static void
files_that_others_may_reach_are_refused(void)
{
    uint8_t raw[32] = { 1 };
    static const mode_t open_to_others[] = { 0604, 0644, 0660, 0602, 0610, 0601 };
    for (size_t i = 0; i < sizeof open_to_others / sizeof open_to_others[0]; i++) {
        unlink(path_of("shared"));
        write_file("shared", raw, sizeof raw, open_to_others[i]);
        CU_ASSERT_PTR_NULL(open_store("shared", true));
    }
}

static void
a_missing_file_is_made_only_when_asked_for(void)
{
    CU_ASSERT_PTR_NULL(open_store("missing", false));
    CU_ASSERT_NOT_EQUAL(access(path_of("missing"), F_OK), 0);
    CU_ASSERT_PTR_NULL(open_store("no/such/folder", true));
    CU_ASSERT_EQUAL(mkdir(path_of("directory"), 0700), 0);
    CU_ASSERT_PTR_NULL(open_store("directory", true));
    CU_ASSERT_EQUAL(mkfifo(path_of("fifo"), 0600), 0);
    CU_ASSERT_PTR_NULL(open_store("fifo", true));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a made master key opens what it sealed after reopening", a_made_master_key_opens_what_it_sealed_after_reopening },
        { "every key size comes back", every_key_size_comes_back },
        { "every change and truncation is refused", every_change_and_truncation_is_refused },
        { "another name or master key does not open", another_name_or_master_key_does_not_open },
        { "sealing twice never gives the same bytes", sealing_twice_never_gives_the_same_bytes },
        { "files of both forms open and others do not", files_of_both_forms_open_and_others_do_not },
        { "files that others may reach are refused", files_that_others_may_reach_are_refused },
        { "a missing file is made only when asked for", a_missing_file_is_made_only_when_asked_for },
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    int status = SUITE_RUN("keystore", cases);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) != 0 || status != 0;
}
