#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/sqlbatch/credential.h"
#include "common/secret.h"
#include "security/passticket/seconds.h"
#include "tests/support/suite.h"

static const int64_t now = 1700000000;
static const uint8_t key_bytes[] = { 0xE0, 0x01, 0x93, 0x55, 0x19, 0xFA, 0x20, 0x3D };

/* A file of its own with that content and mode; the caller unlinks it. */
static void
make_file(char *path, const void *content, size_t size, mode_t mode)
{
    memcpy(path, "/tmp/sqlbatch-test-XXXXXX", 26);
    int file = mkstemp(path);
    if (file < 0 || write(file, content, size) != (ssize_t)size || fchmod(file, mode) != 0 || close(file) != 0)
        abort();
}

static bool
read_key_from(const char *content, mode_t mode, struct credential_source *source, struct problem *problem)
{
    char path[32];
    make_file(path, content, strlen(content), mode);
    *source = (struct credential_source) { 0 };
    bool read = credential_read_key(source, path, problem);
    unlink(path);
    return read;
}

static void
key_files_are_checked(void)
{
    static const struct {
        const char *content;
        mode_t mode;
        const char *says; /* NULL: good */
    } files[] = {
        { "E001935519FA203D", 0600, NULL },
        { "  e001935519fa203d\r\n\n", 0400, NULL },
        { "E001935519FA203D\n", 0640, "chmod 600" },
        { "E001935519FA203D\n", 0604, "mode 0604" },
        { "E001935519FA203", 0600, "16 hexadecimal digits" },
        { "E001935519FA203DD", 0600, "16 hexadecimal digits" },
        { "E001935519FA20 3", 0600, "16 hexadecimal digits" },
        { "", 0600, "16 hexadecimal digits" },
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct credential_source source;
        struct problem problem = { 0 };
        bool read = read_key_from(files[i].content, files[i].mode, &source, &problem);
        CU_ASSERT_EQUAL(read, files[i].says == NULL);
        CU_ASSERT_EQUAL(source.key != NULL, files[i].says == NULL);
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, files[i].says != NULL ? files[i].says : ""));
        CU_ASSERT_PTR_NULL(strstr(problem.text, "E0019355"));
        credential_source_clear(&source);
    }
    struct credential_source source = { 0 };
    struct problem problem = { 0 };
    CU_ASSERT_FALSE(credential_read_key(&source, "/nonexistent/key", &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/nonexistent/key: No such file"));
}

static void
password_files_are_checked(void)
{
    static const struct {
        const char *content;
        size_t size;
        mode_t mode;
        const char *password; /* NULL: refused */
    } files[] = {
        { "secret", 6, 0600, "secret" }, { "two words \n", 11, 0600, "two words " },
        { "x\r\n", 3, 0400, "x" },       { "secret\n", 7, 0644, NULL },
        { "", 0, 0600, NULL },           { "\n", 1, 0600, NULL },
        { "one\ntwo\n", 8, 0600, NULL }, { "a\0b", 3, 0600, NULL },
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[32];
        struct credential_source source = { 0 };
        struct problem problem = { 0 };
        make_file(path, files[i].content, files[i].size, files[i].mode);
        CU_ASSERT_EQUAL(credential_read_password(&source, path, &problem), files[i].password != NULL);
        CU_ASSERT_EQUAL(problem.text[0] == '\0', files[i].password != NULL);
        if (files[i].password != NULL)
            CU_ASSERT_STRING_EQUAL(source.password, files[i].password);
        credential_source_clear(&source);
        unlink(path);
    }
    char long_password[300];
    memset(long_password, 'p', sizeof long_password);
    for (size_t size = 254; size <= 300; size++) {
        char path[32];
        struct credential_source source = { 0 };
        struct problem problem = { 0 };
        make_file(path, long_password, size, 0600);
        CU_ASSERT_EQUAL(credential_read_password(&source, path, &problem), size <= CONNECTION_URL_TEXT_MAX);
        credential_source_clear(&source);
        unlink(path);
    }
}

/* Tickets of one source: each decodes to a second of its own. */
static void
each_ticket_takes_a_second_of_its_own(void)
{
    struct clock_fake fake;
    clock_fake_init(&fake, now);
    struct credential_source source = { .clock = &fake.clock };
    source.key = passticket_legacy_key_new(key_bytes);
    struct connection_url url = { .application = "IMSAPP1", .user = "ibmuser" };
    struct connection_url other = { .application = "IMSAPP2", .user = "ibmuser" };
    static const int32_t seconds[] = { 0, -1, 1, -2, 10, 9 };
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        struct problem problem;
        uint32_t time = 0;
        if (i == 4)
            clock_fake_advance_ms(&fake, 10000);
        struct credential *credential = credential_make(&source, &url, &problem);
        CU_ASSERT_PTR_NOT_NULL_FATAL(credential);
        CU_ASSERT_TRUE(credential->is_ticket);
        CU_ASSERT_STRING_EQUAL(credential->user, "ibmuser");
        CU_ASSERT_EQUAL(passticket_legacy_decode(source.key, "IBMUSER", "IMSAPP1", credential->password, &time), PASSTICKET_DECODED);
        CU_ASSERT_EQUAL(time, now + seconds[i]);
        credential_free(credential);
        /* Another batch goes on where this one was. */
        if (i == 1) {
            passticket_seconds_close(source.seconds);
            source.seconds = NULL;
        }
    }
    struct problem problem;
    uint32_t time = 0;
    struct credential *credential = credential_make(&source, &other, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(credential);
    CU_ASSERT_EQUAL(passticket_legacy_decode(source.key, "IBMUSER", "IMSAPP2", credential->password, &time), PASSTICKET_DECODED);
    CU_ASSERT_EQUAL(time, now + 10);
    credential_free(credential);
    credential_source_clear(&source);
}

static void
tickets_do_not_run_far_from_the_clock(void)
{
    struct clock_fake fake;
    clock_fake_init(&fake, now);
    struct credential_source source = { .clock = &fake.clock };
    source.key = passticket_legacy_key_new(key_bytes);
    struct connection_url url = { .application = "A", .user = "U" };
    struct problem problem = { 0 };
    for (int i = 0; i < 2 * 540 + 1; i++) {
        struct credential *credential = credential_make(&source, &url, &problem);
        CU_ASSERT_PTR_NOT_NULL(credential);
        credential_free(credential);
    }
    CU_ASSERT_PTR_NULL(credential_make(&source, &url, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "for all seconds near the present one"));
    credential_source_clear(&source);
}

/* With no folder for the file the seconds are remembered for as long as the program runs. */
static void
without_a_state_folder_memory_must_do(void)
{
    struct clock_fake fake;
    clock_fake_init(&fake, now);
    struct credential_source source = { .clock = &fake.clock };
    source.key = passticket_legacy_key_new(key_bytes);
    struct connection_url url = { .application = "A", .user = "MEMORY" };
    struct problem problem = { 0 };
    char *state = strdup(getenv("XDG_STATE_HOME"));
    setenv("XDG_STATE_HOME", "/dev/null/nowhere", 1);
    struct credential *first = credential_make(&source, &url, &problem);
    struct credential *second = credential_make(&source, &url, &problem);
    CU_ASSERT_FATAL(first != NULL && second != NULL);
    CU_ASSERT_STRING_NOT_EQUAL(first->password, second->password);
    credential_free(first);
    credential_free(second);
    credential_source_clear(&source);
    setenv("XDG_STATE_HOME", state, 1);
    free(state);
}

static void
what_to_log_on_with_is_chosen(void)
{
    static const struct {
        struct connection_url url;
        bool key;
        const char *file_password;
        const char *password; /* NULL: refused */
        const char *says;
    } choices[] = {
        { { .user = "U", .password = "P" }, false, NULL, "P", "" },
        { { .user = "U", .password = "P" }, true, "F", "P", "" },
        { { .user = "U" }, false, "F", "F", "" },
        { { .user = "U", .application = "A" }, false, "F", "F", "" },
        { { .user = "U", .application = "A" },
          false,
          NULL,
          NULL,
          "Passticket generation failed, RCVTPTGN RC=0004: socket /nonexistent/saf" },
        { { .user = "U" }, true, NULL, NULL, "applName=" },
        { { .user = "U" }, false, NULL, NULL, "nothing to log on with" },
        { { .user = "U", .application = "A", .password = "P" }, true, NULL, NULL, "leave one of them out" },
        { { .user = "TOOLONGUSER", .application = "A" }, true, NULL, NULL, "1 to 8" },
        { { .user = "U-U", .application = "A" }, true, NULL, NULL, "1 to 8" },
    };
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        struct credential_source source = { .clock = &clock_system, .saf_socket = "/nonexistent/saf" };
        struct problem problem = { 0 };
        source.key = choices[i].key ? passticket_legacy_key_new(key_bytes) : NULL;
        if (choices[i].file_password != NULL) {
            source.password = secret_new(CREDENTIAL_PASSWORD_SIZE);
            snprintf(source.password, CREDENTIAL_PASSWORD_SIZE, "%s", choices[i].file_password);
        }
        struct credential *credential = credential_make(&source, &choices[i].url, &problem);
        CU_ASSERT_EQUAL(credential != NULL, choices[i].password != NULL);
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, choices[i].says));
        if (credential != NULL && choices[i].password != NULL)
            CU_ASSERT_STRING_EQUAL(credential->password, choices[i].password);
        credential_free(credential);
        credential_source_clear(&source);
    }
}

static void
the_user_comes_from_url_option_or_system(void)
{
    struct connection_url url = { .user = "inurl", .password = "P" };
    struct credential_source source = { .user = "option", .clock = &clock_system };
    struct problem problem;
    struct credential *credential = credential_make(&source, &url, &problem);
    CU_ASSERT_STRING_EQUAL(credential->user, "inurl");
    credential_free(credential);
    url.user[0] = '\0';
    credential = credential_make(&source, &url, &problem);
    CU_ASSERT_STRING_EQUAL(credential->user, "option");
    credential_free(credential);
    source.user = NULL;
    credential = credential_make(&source, &url, &problem);
    for (const char *c = credential->user; *c != '\0'; c++)
        CU_ASSERT_FALSE(*c >= 'a' && *c <= 'z');
    CU_ASSERT_TRUE(credential->user[0] != '\0');
    credential_free(credential);
    credential_source_clear(&source);
}

int
main(void)
{
    char folder[] = "/tmp/sqlbatch-state-XXXXXX";
    if (!secret_memory_init(1 << 16) || mkdtemp(folder) == NULL || setenv("XDG_STATE_HOME", folder, 1) != 0)
        return 1;
    static const struct test_case cases[] = {
        { "key files are checked", key_files_are_checked },
        { "password files are checked", password_files_are_checked },
        { "each ticket takes a second of its own", each_ticket_takes_a_second_of_its_own },
        { "tickets do not run far from the clock", tickets_do_not_run_far_from_the_clock },
        { "without a state folder memory must do", without_a_state_folder_memory_must_do },
        { "what to log on with is chosen", what_to_log_on_with_is_chosen },
        { "the user comes from URL, option or system", the_user_comes_from_url_option_or_system },
    };
    int status = SUITE_RUN("sqlbatch credential", cases);
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) != 0 ? 1 : status;
}
