#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clients/sqlbatch/script.h"
#include "tests/support/suite.h"

/* A script in a file of its own; the caller closes it. */
static int
script_file(const void *bytes, size_t size)
{
    int file = memfd_create("script", 0);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size || lseek(file, 0, SEEK_SET) != 0)
        abort();
    return file;
}

/* Statements as `line:kind:text|...`, up to the end or the first that is not one. */
static void
read_all(const void *bytes, size_t size, char *result, size_t room, struct problem *problem)
{
    static const char *const kinds[] = { "SQL", "CONNECT", "COMMIT", "ROLLBACK", "DISCONNECT", "END", "INVALID", "UNREADABLE" };
    int file = script_file(bytes, size);
    struct script *script = malloc(sizeof *script);
    struct script_statement statement;
    script_init(script, file);
    size_t used = 0;
    *problem = (struct problem) { 0 };
    do {
        script_next(script, &statement, problem);
        bool has_text = statement.kind <= SCRIPT_CONNECT;
        used += (size_t)snprintf(result + used, room - used, "%zu:%s%s%s|", statement.line, kinds[statement.kind], has_text ? ":" : "",
                                 has_text ? statement.text : "");
    } while (statement.kind < SCRIPT_END && used < room);
    script_clear(script);
    free(script);
    close(file);
}

static const struct good {
    const char *script;
    const char *statements;
} good[] = {
    { "", "1:END|" },
    { " \n\t-- only a comment\n/* and another */", "3:END|" },
    { "SELECT 1;", "1:SQL:SELECT 1|1:END|" },
    { "\xEF\xBB\xBFSELECT 1;", "1:SQL:SELECT 1|1:END|" },
    { "a;b;;;c;", "1:SQL:a|1:SQL:b|1:SQL:c|1:END|" },
    { "a\r\n  ;\r\nb;", "1:SQL:a|3:SQL:b|3:END|" },
    { "x 'a;b''c;' ;y;", "1:SQL:x 'a;b''c;'|1:SQL:y|1:END|" },
    { "x \"a;b\"\"c;--\" 'it''s /* no */ comment';", "1:SQL:x \"a;b\"\"c;--\" 'it''s /* no */ comment'|1:END|" },
    { "a -- b; 'c\n;d;", "1:SQL:a|2:SQL:d|2:END|" },
    { "a/* ; ' */b;", "1:SQL:a b|1:END|" },
    { "a/* /* ; */ ; */b;", "1:SQL:a b|1:END|" },
    { "a/**/b/*/*/**/*/*/c;", "1:SQL:a b c|1:END|" },
    { "a - - b / * c;", "1:SQL:a - - b / * c|1:END|" },
    { "1-1;", "1:SQL:1-1|1:END|" },
    { "commit;\nRollback;disconnect ;", "1:COMMIT|2:ROLLBACK|2:DISCONNECT|2:END|" },
    { "COMMIT WORK;ROLLBACK WORK;ROLLBACK TO SAVEPOINT x;", "1:COMMIT|1:ROLLBACK|1:SQL:ROLLBACK TO SAVEPOINT x|1:END|" },
    { "/* c */ COMMIT /* d */;", "1:COMMIT|1:END|" },
    { "COMMITTED;", "1:SQL:COMMITTED|1:END|" },
    { "CONNECT jdbc:ims://h/DB;", "1:CONNECT:jdbc:ims://h/DB|1:END|" },
    { "connect\n jdbc:ims://h/DB\n;x;", "1:CONNECT:jdbc:ims://h/DB|3:SQL:x|3:END|" },
    { "CONNECT/* to */jdbc:ims://h/DB -- there\n;", "1:CONNECT:jdbc:ims://h/DB|2:END|" },
    { "CONNECT jdbc:ims://h/DB:user=U;password=it's;;", "1:CONNECT:jdbc:ims://h/DB:user=U;password=it's;|1:END|" },
    { "CONNECT jdbc:ims://h/DB:user=U;password=P;\nSELECT 1;", "1:CONNECT:jdbc:ims://h/DB:user=U;password=P|2:SQL:SELECT 1|2:END|" },
    { "CONNECT jdbc:ims://h/DB;COMMIT;", "1:CONNECT:jdbc:ims://h/DB|1:COMMIT|1:END|" },
    { "CONNECT jdbc:ims://h/DB; -- there\n", "1:CONNECT:jdbc:ims://h/DB|2:END|" },
    { "CONNECT drda://h/db;create=true;", "1:CONNECT:drda://h/db;create=true|1:END|" },
    { "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET x=1; DELETE FROM c; END; y;",
      "1:SQL:CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET x=1; DELETE FROM c; END|1:SQL:y|1:END|" },
    { "create temp trigger t begin select case x when 1 then 2 end; /* ; */ end ;y;",
      "1:SQL:create temp trigger t begin select case x when 1 then 2 end;   end|1:SQL:y|1:END|" },
    { "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW UPDATE b SET x=1;y;",
      "1:SQL:CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW UPDATE b SET x=1|1:SQL:y|1:END|" },
    { "CREATE TABLE begin_end(a);y;", "1:SQL:CREATE TABLE begin_end(a)|1:SQL:y|1:END|" },
    { "'\xC3\xA9';", "1:SQL:'\xC3\xA9'|1:END|" },
};

static const struct bad {
    const char *script;
    size_t size; /* 0: strlen */
    const char *statements;
    const char *says;
} bad[] = {
    { "SELECT 1", 0, "1:INVALID|", "does not end in ';'" },
    { "a;\nSELECT 1 -- ;", 0, "1:SQL:a|2:INVALID|", "does not end in ';'" },
    { "\n\nx 'a\n;", 0, "3:INVALID|", "the ' opened in line 3 is not closed" },
    { "x \"a;", 0, "1:INVALID|", "the \" opened in line 1" },
    { "x;\n/* /* */", 0, "1:SQL:x|2:INVALID|", "the comment opened in line 2 is not closed" },
    { "x /*", 0, "1:INVALID|", "the comment opened in line 1" },
    { "x /*/", 0, "1:INVALID|", "the comment opened in line 1" },
    { "CONNECT;", 0, "1:INVALID|", "CONNECT needs a URL" },
    { "CONNECT  ;", 0, "1:INVALID|", "CONNECT needs a URL" },
    { "CONNECT", 0, "1:INVALID|", "does not end in ';'" },
    { "CONNECT jdbc:ims://h/DB", 0, "1:INVALID|", "does not end in ';'" },
    { "CONNECT jdbc:ims://h/DB user=U;", 0, "1:INVALID|", "one URL or name without blanks" },
    { "CREATE TRIGGER t BEGIN SELECT 1;", 0, "1:INVALID|", "does not end in ';'" },
    { "a\0b;", 4, "1:INVALID|", "X'00'" },
    { "\n'\n\xE9';", 0, "2:INVALID|", "byte X'E9' near line 3 is not UTF-8" },
    { "\xED\xA0\x80;", 0, "1:INVALID|", "not UTF-8" },
    { "\xC0\xAF;", 0, "1:INVALID|", "not UTF-8" },
};

static void
good_scripts_are_split(void)
{
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char result[1024];
        struct problem problem;
        read_all(good[i].script, strlen(good[i].script), result, sizeof result, &problem);
        bool equal = strcmp(result, good[i].statements) == 0;
        CU_ASSERT_TRUE(equal);
        if (!equal)
            printf("# %s\n#   %s\n", good[i].script, result);
    }
}

static void
bad_scripts_say_what_is_wrong(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char result[1024];
        struct problem problem;
        read_all(bad[i].script, bad[i].size > 0 ? bad[i].size : strlen(bad[i].script), result, sizeof result, &problem);
        CU_ASSERT_STRING_EQUAL(result, bad[i].statements);
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, bad[i].says));
        if (strstr(problem.text, bad[i].says) == NULL)
            printf("# %s\n#   %s %s\n", bad[i].script, result, problem.text);
    }
}

static void
every_prefix_ends(void)
{
    static const char script[] = "CONNECT jdbc:ims://h/DB:user=U;;\nx 'a''b' \"c\" /* d /* e */ */ -- f\n;CREATE TRIGGER t BEGIN a; END;";
    for (size_t size = 0; size < sizeof script; size++) {
        char result[1024];
        struct problem problem;
        read_all(script, size, result, sizeof result, &problem);
        CU_ASSERT_EQUAL(strstr(result, "INVALID") != NULL, problem.text[0] != '\0');
    }
}

/* Statements that straddle the read buffer come out whole, wherever the border falls. */
static void
buffer_borders_do_not_show(void)
{
    static const char tail[] = "'a''b;c' /* d;e */ ;CONNECT drda://h/db;x=1;;\nCOMMIT;";
    size_t room = SCRIPT_BUFFER_SIZE + 256;
    char *text = malloc(room);
    char *result = malloc(room);
    for (size_t before = SCRIPT_BUFFER_SIZE - sizeof tail; before <= SCRIPT_BUFFER_SIZE; before++) {
        struct problem problem;
        memset(text, ' ', before);
        memcpy(text + before, tail, sizeof tail - 1);
        read_all(text, before + sizeof tail - 1, result, room, &problem);
        CU_ASSERT_STRING_EQUAL(result, "1:SQL:'a''b;c'|1:CONNECT:drda://h/db;x=1;|2:COMMIT|2:END|");
    }
    free(text);
    free(result);
}

static void
an_endless_statement_is_refused(void)
{
    int text = memfd_create("script", 0);
    CU_ASSERT_FATAL(text >= 0);
    char *block = malloc(1 << 20);
    memset(block, 'x', 1 << 20);
    for (int i = 0; i < 17; i++)
        CU_ASSERT_EQUAL(write(text, block, 1 << 20), 1 << 20);
    CU_ASSERT_EQUAL(lseek(text, 0, SEEK_SET), 0);
    struct script *script = malloc(sizeof *script);
    struct script_statement statement;
    struct problem problem;
    script_init(script, text);
    CU_ASSERT_EQUAL(script_next(script, &statement, &problem), SCRIPT_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "longer than"));
    script_clear(script);
    free(script);
    free(block);
    close(text);
}

static void
an_unreadable_file_is_told(void)
{
    struct script *script = malloc(sizeof *script);
    struct script_statement statement;
    struct problem problem;
    script_init(script, -1);
    CU_ASSERT_EQUAL(script_next(script, &statement, &problem), SCRIPT_UNREADABLE);
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "cannot read the script"));
    script_clear(script);
    free(script);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "good scripts are split", good_scripts_are_split },
        { "bad scripts say what is wrong", bad_scripts_say_what_is_wrong },
        { "every prefix ends", every_prefix_ends },
        { "buffer borders do not show", buffer_borders_do_not_show },
        { "an endless statement is refused", an_endless_statement_is_refused },
        { "an unreadable file is told", an_unreadable_file_is_told },
    };
    return SUITE_RUN("sqlbatch script", cases);
}
