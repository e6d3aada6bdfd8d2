#include <stdlib.h>
#include <string.h>

#include "config/hwscfg.h"
#include "config/hwscfg_table.h"
#include "config/hwscfg_value.h"
#include "tests/support/suite.h"

/* Parses a copy of exactly the text's size, so that one byte too far is seen. */
static bool
parse(const char *text, size_t size, struct hwscfg *hwscfg, struct problem_list *problems)
{
    char *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, text, size);
    *problems = (struct problem_list) { 0 };
    bool good = hwscfg_parse("HWSCFG00", copy, size, hwscfg, problems);
    free(copy);
    return good;
}

/* All texts with their severities, joined by newlines. */
static char *
join(const struct problem_list *problems, bool with_notes)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    problem_list_print(problems, with_notes, stream);
    fclose(stream);
    return text;
}

static void
expect(const char *member, bool with_notes, const char *expected)
{
    static struct hwscfg hwscfg;
    struct problem_list problems;
    bool good = parse(member, strlen(member), &hwscfg, &problems);
    char *text = join(&problems, with_notes);
    if (strcmp(text, expected) != 0)
        fprintf(stderr, "member:\n%s\nsays:\n%s\nexpected:\n%s\n", member, text, expected);
    CU_ASSERT_STRING_EQUAL(text, expected);
    CU_ASSERT_EQUAL(good, strstr(text, ": error: ") == NULL);
    CU_ASSERT_EQUAL(problems.errors == 0, good);
    free(text);
    problem_list_clear(&problems);
}

#define REST "ODACCESS=(DRDAPORT=(ID=5555))\n"
#define GOOD_HWS "HWS=(ID=A,RACF=Y)\n"

static const struct {
    const char *member;
    const char *problems; /* errors and warnings */
} members[] = {
    { GOOD_HWS REST, "" },
    { "HWS( ID=A , RACF = Y )\n" REST, "" },
    { "HWS=(ID=A RACF=Y)\n" REST, "" },
    { "HWS=(ID=A,\n\n* a comment record\n# another\n     RACF=Y /* one */ )/* two\n* lines */\n" REST, "" },
    { "HWS=(ID=A,RACF=Y)                                                       00000100\n" REST, "" },
    { "HWS=(ID=A,RACF=Y)\r\nODACCESS=(DRDAPORT=(ID=5555))\r\n", "" },
    { "HWS=(ID=A,RACF=Y) ODACCESS=(DRDAPORT=(ID=5555))", "" },
    { GOOD_HWS "ODACCESS=(APPL=,DRDAPORT=(ID=5555,PORTTMOT=,KEEPAV=0))\n", "" },
    { GOOD_HWS "TCPIP=(PORTID=LOCAL,EXIT=ONE,MAXSOC=65535,PORT=(ID=1),\nPORT=(ID=2,KEEPAV=2147460))\n" REST, "" },
    { "HWS=(ID=A)\n" REST,
      "HWSCFG00:1: warning: HWS RACF=N: no password and no PassTicket is checked, whoever reaches a port is let in; use RACF=Y\n" },
    { "HWS=(ID=A,\nRACE=Y,RACF=Y)\n" REST, "HWSCFG00:2: error: HWS RACE: unknown parameter; did you mean RACF?\n" },
    { "HWS=(ID=A,RACF=X)\n" REST,
      "HWSCFG00:1: error: HWS RACF=X: allowed: N or Y\n"
      "HWSCFG00:1: warning: HWS RACF=N: no password and no PassTicket is checked, whoever reaches a port is let in; use RACF=Y\n" },
    { "HWS=(ID=1A,RACF=Y)\n" REST, "HWSCFG00:1: error: HWS ID=1A: allowed: 1 to 8 characters of A-Z 0-9 $ # @, the first a letter\n" },
    { "HWS=(ID=ABCDEFGHI,RACF=Y)\n" REST,
      "HWSCFG00:1: error: HWS ID=ABCDEFGHI: allowed: 1 to 8 characters of A-Z 0-9 $ # @, the first a letter\n" },
    { "HWS=(RACF=Y)\n" REST, "HWSCFG00:1: error: HWS: ID= is missing: name of the gateway; the application name of PassTickets when "
                             "ODACCESS APPL= is not given\n" },
    { "HWS=(ID=,RACF=Y)\n" REST, "HWSCFG00:1: error: HWS ID=: allowed: 1 to 8 characters of A-Z 0-9 $ # @, the first a letter\n" },
    { "HWS=(ID=A,RACF=Y,PSWDMC=P)\n" REST, "HWSCFG00:1: error: HWS PSWDMC=P: allowed: one of R|N|Y\n" },
    { "HWS=(ID=A,RACF=Y,UIDAGE=299)\n" REST, "HWSCFG00:1: error: HWS UIDAGE=299: allowed: 0 or 300 to 2147483647\n" },
    { "HWS=(ID=A,RACF=Y,UIDAGE=0)\n" REST, "" },
    { "HWS=(ID=A,RACF=Y,ID=B)\n" REST, "HWSCFG00:1: error: HWS ID= is given twice; the first is in line 1\n" },
    { GOOD_HWS "TCPIP=(MAXSOC=49)\n" REST, "HWSCFG00:2: error: TCPIP MAXSOC=49: allowed: 50 to 65535\n" },
    { GOOD_HWS "TCPIP=(MAXSOC=65536)\n" REST, "HWSCFG00:2: error: TCPIP MAXSOC=65536: allowed: 50 to 65535\n" },
    { GOOD_HWS "TCPIP=(MAXSOC=99999999999999999999)\n" REST,
      "HWSCFG00:2: error: TCPIP MAXSOC=99999999999999999999: allowed: 50 to 65535\n" },
    { GOOD_HWS "TCPIP=(MAXSOC=+60)\n" REST, "HWSCFG00:2: error: TCPIP MAXSOC=+60: allowed: 50 to 65535\n" },
    { GOOD_HWS "TCPIP=(MAXSOC=(60))\n" REST, "HWSCFG00:2: error: TCPIP MAXSOC= takes one value, not a list\n" },
    { GOOD_HWS "TCPIP=(PORTID=(9999,LOCAL,9999))\n" REST,
      "HWSCFG00:2: error: TCPIP PORTID: port 9999 is used already by TCPIP in line 2; ports must be unique\n" },
    { GOOD_HWS "TCPIP=(PORT=(ID=5555))\n" REST,
      "HWSCFG00:3: error: ODACCESS DRDAPORT ID: port 5555 is used already by TCPIP PORT in line 2; ports must be unique\n" },
    { GOOD_HWS "TCPIP=(CICSPORT=(KEEPAV=1))\n" REST, "HWSCFG00:2: error: TCPIP CICSPORT: ID= is missing: port number\n" },
    { GOOD_HWS "ODACCESS=(APPL=A)\n", "HWSCFG00:2: error: ODACCESS: DRDAPORT=( ... ) is missing: a port to listen on; may be repeated\n" },
    { GOOD_HWS "ODACCESS=(DRDAPORT=(ID=0),DRDAPORT=(ID=65536),DRDAPORT=(ID=X))\n",
      "HWSCFG00:2: error: ODACCESS DRDAPORT ID=0: allowed: a port from 1 to 65535\n"
      "HWSCFG00:2: error: ODACCESS DRDAPORT ID=65536: allowed: a port from 1 to 65535\n"
      "HWSCFG00:2: error: ODACCESS DRDAPORT ID=X: allowed: a port from 1 to 65535\n" },
    { GOOD_HWS "ODACCESS=(APPL=TOOLONGNAME,DRDAPORT=(ID=1))\n",
      "HWSCFG00:2: error: ODACCESS APPL=TOOLONGNAME: allowed: 1 to 8 characters of A-Z 0-9 $ # @\n" },
    { GOOD_HWS "ODACCESS=(APPL=A-B,DRDAPORT=(ID=1))\n",
      "HWSCFG00:2: error: ODACCESS APPL=A-B: allowed: 1 to 8 characters of A-Z 0-9 $ # @\n" },
    { GOOD_HWS "ODACCESS=(APPL=ims1,drdaport=(ID=1))\n", "HWSCFG00:2: error: ODACCESS APPL=ims1 must be in upper case: IMS1\n"
                                                         "HWSCFG00:2: error: ODACCESS drdaport must be in upper case: DRDAPORT\n" },
    { GOOD_HWS "ODACESS=(DRDAPORT=(ID=1))\n", "HWSCFG00:2: error: ODACESS: unknown statement; did you mean ODACCESS?\n"
                                              "HWSCFG00:2: error: ODACCESS=( ... ) is missing: DRDA clients\n" },
    { GOOD_HWS "QUUX=(A=B)\n" REST,
      "HWSCFG00:2: error: QUUX: unknown statement; known are HWS, TCPIP, DATASTORE, ODACCESS, IMSPLEX, ADAPTER, RMTIMSCON, MSC, ISC, "
      "RMTCICS\n" },
    { "HWS=(ID=A,RACF=Y\nTCPIP=(MAXSOC=60)\n" REST, "HWSCFG00:2: error: HWS, begun in line 1, is not closed: ) is missing before TCPIP\n" },
    { GOOD_HWS "ODACCESS=(DRDAPORT=(ID=1",
      "HWSCFG00:2: error: ODACCESS DRDAPORT, begun in line 2, is not closed: ) is missing before the end of the member\n"
      "HWSCFG00:2: error: ODACCESS, begun in line 2, is not closed: ) is missing before the end of the member\n" },
    { GOOD_HWS REST "/* never closed", "HWSCFG00:3: error: the comment is not closed; end it with */\n" },
    { "HWS=(ID=A,RACF=Y,)\n" REST, "HWSCFG00:1: error: HWS: expected a parameter after the comma, found )\n" },
    { "HWS=(ID=A,,RACF=Y)\n" REST, "HWSCFG00:1: error: HWS: expected a parameter after the comma, found ,\n" },
    { "HWS=(ID=A\n     RACF=Y)\n" REST,
      "HWSCFG00:1: warning: HWS: a comma is missing at the end of the record; IMS needs it to go on in the next\n" },
    { "HWS=(ID,RACF=Y)\n" REST, "HWSCFG00:1: error: HWS ID: expected = and a value, found ,\n" },
    { "HWS ID=A\n" REST, NULL },
    { ") =" GOOD_HWS REST, "HWSCFG00:1: error: expected a statement such as HWS=( ... ), found )\n"
                           "HWSCFG00:1: error: expected a statement such as HWS=( ... ), found =\n" },
    { GOOD_HWS GOOD_HWS REST, "HWSCFG00:2: error: HWS may be given once only; the first is in line 1\n" },
    { GOOD_HWS "RMTIMSCON=(ID=R,IPADDR=10.0.0.1,PORT=1,APPL=A)\n" REST,
      "HWSCFG00:2: error: RMTIMSCON: APPL and USERID must be given together, or neither of them\n" },
    { GOOD_HWS "RMTIMSCON=(ID=R,IPADDR=10.0.0.1,HOSTNAME=X)\n" REST,
      "HWSCFG00:2: error: RMTIMSCON: exactly one of IPADDR and HOSTNAME must be given\n" },
    { GOOD_HWS "DATASTORE=(ID=IMS1,ACKTOO=3)\n" REST,
      "HWSCFG00:2: warning: DATASTORE ACKTOO: unknown parameter, not checked; did you mean ACKTO?\n" },
    { GOOD_HWS "ADAPTER=(XML=Y,RUNOPTS=('HEAP(4M),STACK(1K)',\"POSIX(ON)\"))\n" REST, "" },
    { GOOD_HWS "ADAPTER=(XML=Y,RUNOPTS='HEAP)\n" REST, NULL },
    { GOOD_HWS "IMSPLEX=(MEMBER=A)\n" REST,
      "HWSCFG00:2: error: IMSPLEX: TMEMBER= is missing: name of the plex; OPERCMDS profiles begin with IMS.CSL and this name\n" },
    { GOOD_HWS "\xC3\xA4\n" REST, "HWSCFG00:2: error: column 1 holds X'C3', which is no printable character\n"
                                  "HWSCFG00:2: error: column 2 holds X'A4', which is no printable character\n" },
    { GOOD_HWS "* \xC3\xA4 in a comment is fine\n" REST, "" },
    { "HWS=(ID=A,RACF=Y,XIBAREA=100,                                                             RRS=N)\n" REST,
      "HWSCFG00:1: error: the record has 96 columns, a member has 80; continue it after a comma in the next record\n" },
    { "", "HWSCFG00:1: error: HWS=( ... ) is missing: the gateway itself\nHWSCFG00:1: error: ODACCESS=( ... ) is missing: DRDA clients\n" },
};

static void
each_member_says_exactly_this(void)
{
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (members[i].problems != NULL) {
            expect(members[i].member, false, members[i].problems);
            continue;
        }
        static struct hwscfg hwscfg;
        struct problem_list problems;
        CU_ASSERT_FALSE(parse(members[i].member, strlen(members[i].member), &hwscfg, &problems));
        problem_list_clear(&problems);
    }
}

static void
all_problems_come_at_once_in_order_of_lines(void)
{
    expect("HWS=(PSWDMC=Q,\n"
           "     RACF=Y)\n"
           "TCPIP=(MAXSOC=1,WARNSOC=100,\n"
           "       NODELAY=MAYBE)\n"
           "ODACCESS=(ODBMTMOT=X,\n"
           "          DRDAPORT=(ID=5555,PORTTMOT=-1))\n",
           false,
           "HWSCFG00:1: error: HWS PSWDMC=Q: allowed: one of R|N|Y\n"
           "HWSCFG00:1: error: HWS: ID= is missing: name of the gateway; the application name of PassTickets when ODACCESS APPL= is not "
           "given\n"
           "HWSCFG00:3: error: TCPIP MAXSOC=1: allowed: 50 to 65535\n"
           "HWSCFG00:3: error: TCPIP WARNSOC=100: allowed: 50 to 99\n"
           "HWSCFG00:4: error: TCPIP NODELAY=MAYBE: allowed: N or Y\n"
           "HWSCFG00:5: error: ODACCESS ODBMTMOT=X: allowed: 0 to 2147483647\n"
           "HWSCFG00:6: error: ODACCESS DRDAPORT PORTTMOT=-1: allowed: 0 to 2147483647\n");
}

static const char full_member[] = "HWS=(ID=IMS1HWS,XIBAREA=100,RACF=N,RRS=Y)\n"
                                  "TCPIP=(HOSTNAME=TCPIP,PORTID=(9999,LOCAL),\n"
                                  "RACFID=SYS1,TIMEOUT=5000,\n"
                                  "IPV6=Y,SSLPORT=(9998),SSLENVAR=HWSDPSSL,MAXSOC=600,\n"
                                  "EXIT=(HWSIMSO0,HWSIMSO1,HWSSMPL0,HWSSMPL1,HWSCSLO0,HWSCSLO1,HWSSOAP1,\n"
                                  "HWSDPWR1))\n"
                                  "DATASTORE=(ID=IMS1,\n"
                                  "GROUP=IMSXCFGN,MEMBER=IMS1HWS,\n"
                                  "TMEMBER=IMS1,DRU=HWSYDRU0,APPL=APPLID1)\n"
                                  "IMSPLEX=(MEMBER=IMS1HWS,TMEMBER=PLEX1)\n"
                                  "ADAPTER=(XML=Y)\n"
                                  "ODACCESS=(ODBMAUTOCONN=N,IMSPLEX=(MEMBER=HWS1,TMEMBER=PLEX1),\n"
                                  "     DRDAPORT=(ID=5555,PORTTMOT=6000),ODBMTMOT=6000)\n";

static void
a_full_member_of_ims_connect_is_read(void)
{
    static struct hwscfg hwscfg;
    struct problem_list problems;
    CU_ASSERT_TRUE(parse(full_member, sizeof full_member - 1, &hwscfg, &problems));
    CU_ASSERT_STRING_EQUAL(hwscfg.id, "IMS1HWS");
    CU_ASSERT_FALSE(hwscfg.racf);
    CU_ASSERT_TRUE(hwscfg.rrs);
    CU_ASSERT_EQUAL(hwscfg.pswdmc, HWS_PSWDMC_RACF);
    CU_ASSERT_EQUAL(hwscfg.uidage_s, 2147483647);
    CU_ASSERT_EQUAL(hwscfg.sendaltp, ' ');
    CU_ASSERT_TRUE(hwscfg.wtorcmd);
    CU_ASSERT_EQUAL(hwscfg.maxsoc, 600);
    CU_ASSERT_EQUAL(hwscfg.warnsoc_percent, 80);
    CU_ASSERT_EQUAL(hwscfg.warninc_percent, 5);
    CU_ASSERT_EQUAL(hwscfg.backlog, 50);
    CU_ASSERT_EQUAL(hwscfg.timeout_hundredths, 5000);
    CU_ASSERT_TRUE(hwscfg.ipv6);
    CU_ASSERT_TRUE(hwscfg.has_odaccess);
    CU_ASSERT_STRING_EQUAL(hwscfg.appl, "");
    CU_ASSERT_STRING_EQUAL(hwscfg_application(&hwscfg), "IMS1HWS");
    CU_ASSERT_EQUAL(hwscfg.drda_port_count, 1);
    CU_ASSERT_EQUAL(hwscfg.drda_ports[0].id, 5555);
    CU_ASSERT_EQUAL(hwscfg.drda_ports[0].keepalive_s, 0);
    CU_ASSERT_EQUAL(hwscfg.drda_ports[0].porttmot_hundredths, 6000);
    CU_ASSERT_EQUAL(hwscfg.odbmtmot_hundredths, 6000);
    CU_ASSERT_STRING_EQUAL(hwscfg.odaccess_member, "HWS1");
    CU_ASSERT_STRING_EQUAL(hwscfg.odaccess_tmember, "PLEX1");
    CU_ASSERT_STRING_EQUAL(hwscfg.imsplex_member, "IMS1HWS");
    CU_ASSERT_STRING_EQUAL(hwscfg.imsplex_tmember, "PLEX1");
    CU_ASSERT_TRUE(hwscfg.adapter_xml);
    CU_ASSERT_EQUAL(hwscfg.adapter_maxcvrt, 100);
    CU_ASSERT_EQUAL(hwscfg.adapter_maxlsssz, 32767);
    problem_list_clear(&problems);
}

static void
two_ports_and_blank_records_are_read(void)
{
    static const char member[] = "HWS=(ID=IMDOHWS,RACF=Y)\n"
                                 "\n"
                                 "        \n"
                                 "ODACCESS=(ODBMAUTOCONN=Y,\n"
                                 "     DRDAPORT=(ID=6695,PORTTMOT=6000),\n"
                                 "     DRDAPORT=(ID=6696,PORTTMOT=120000),ODBMTMOT=60000)\n";
    static struct hwscfg hwscfg;
    struct problem_list problems;
    CU_ASSERT_TRUE(parse(member, sizeof member - 1, &hwscfg, &problems));
    CU_ASSERT_TRUE(hwscfg.odbmautoconn);
    CU_ASSERT_EQUAL(hwscfg.drda_port_count, 2);
    CU_ASSERT_EQUAL(hwscfg.drda_ports[0].id, 6695);
    CU_ASSERT_EQUAL(hwscfg.drda_ports[1].id, 6696);
    CU_ASSERT_EQUAL(hwscfg.drda_ports[1].porttmot_hundredths, 120000);
    CU_ASSERT_EQUAL(hwscfg.odbmtmot_hundredths, 60000);
    problem_list_clear(&problems);
}

static void
what_has_no_effect_is_said_once(void)
{
    expect(GOOD_HWS "TCPIP=(RACFID=SYS1,TIMEOUT=5000,NODELAY=N)\n"
                    "DATASTORE=(ID=IMS1,GROUP=G)\n"
                    "DATASTORE=(ID=IMS2,GROUP=G)\n"
                    "MSC=(LCLIMS=A,IMSPLEX=(MEMBER=A,TMEMBER=B))\n" REST,
           true,
           "HWSCFG00:2: note: TCPIP RACFID=: accepted, no effect\n"
           "HWSCFG00:2: note: TCPIP TIMEOUT=: accepted, no effect except in QUERY IMSCON\n"
           "HWSCFG00:2: note: TCPIP NODELAY=: accepted, no effect except in QUERY IMSCON\n"
           "HWSCFG00:3: note: DATASTORE: accepted, no effect\n"
           "HWSCFG00:5: note: MSC: accepted, no effect\n"
           "HWSCFG00:5: warning: MSC LCLIMS: unknown parameter, not checked; known are RMTIMSCON, IMSPLEX\n");
}

static void
a_word_may_fill_its_record_and_go_on(void)
{
    char member[200];
    snprintf(member, sizeof member, "%-66sRACFGE00000100\nNRC=Y,RACF=Y)\n" REST, "HWS=(ID=A,");
    CU_ASSERT_EQUAL(strcspn(member, "\n"), 80);
    static struct hwscfg hwscfg;
    struct problem_list problems;
    CU_ASSERT_TRUE(parse(member, strlen(member), &hwscfg, &problems));
    CU_ASSERT_TRUE(hwscfg.racfgenrc);
    CU_ASSERT_TRUE(hwscfg.racf);
    problem_list_clear(&problems);
}

static void
two_hundred_ports_and_no_more(void)
{
    for (unsigned count = 200; count <= 201; count++) {
        char *member = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&member, &size);
        fputs(GOOD_HWS "ODACCESS=(\n", stream);
        for (unsigned i = 0; i < count; i++)
            fprintf(stream, "DRDAPORT=(ID=%u)%s\n", 1000 + i, i + 1 < count ? "," : ")");
        fclose(stream);
        static struct hwscfg hwscfg;
        struct problem_list problems;
        CU_ASSERT_EQUAL(parse(member, size, &hwscfg, &problems), count == 200);
        CU_ASSERT_EQUAL(hwscfg.drda_port_count, 200);
        if (count == 201)
            CU_ASSERT_STRING_EQUAL(problems.problems[0].text,
                                   "HWSCFG00:203: error: ODACCESS DRDAPORT ID: port 1200 is one too many; a member "
                                   "has at most 200 ports");
        problem_list_clear(&problems);
        free(member);
    }
}

/* No damage may crash the parser or pass without a word where a statement is lost. */
static void
damaged_members_are_survived(void)
{
    static struct hwscfg hwscfg;
    struct problem_list problems;
    size_t size = sizeof full_member - 1;
    for (size_t n = 0; n < size - 1; n++) {
        CU_ASSERT_FALSE(parse(full_member, n, &hwscfg, &problems));
        problem_list_clear(&problems);
    }
    char damaged[sizeof full_member];
    for (size_t i = 0; i < size; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(damaged, full_member, sizeof damaged);
            damaged[i] = (char)(damaged[i] ^ 1 << bit);
            bool good = parse(damaged, size, &hwscfg, &problems);
            CU_ASSERT_EQUAL(good, problems.errors == 0);
            problem_list_clear(&problems);
        }
    }
}

static void
a_file_of_garbage_is_not_described_to_its_end(void)
{
    enum { SIZE = 200000 };
    char *garbage = malloc(SIZE);
    memset(garbage, '=', SIZE);
    for (size_t i = 0; i < SIZE; i += 60)
        garbage[i] = '\n';
    static struct hwscfg hwscfg;
    struct problem_list problems = { 0 };
    CU_ASSERT_FALSE(hwscfg_parse("HWSCFG00", garbage, SIZE, &hwscfg, &problems));
    CU_ASSERT_EQUAL(problems.count, PROBLEMS_MAX);
    CU_ASSERT_TRUE(problems.errors > PROBLEMS_MAX);
    problem_list_clear(&problems);
    free(garbage);
}

static void
a_member_that_is_not_there_is_a_problem(void)
{
    static struct hwscfg hwscfg;
    struct problem_list problems = { 0 };
    CU_ASSERT_FALSE(hwscfg_read("/nonexistent/HWSCFG00", &hwscfg, &problems));
    CU_ASSERT_STRING_EQUAL(problems.problems[0].text, "/nonexistent/HWSCFG00: error: cannot be opened: No such file or directory");
    problem_list_clear(&problems);
}

/* Each row of the table must take its own default, and no two rows may have the same name. */
static void
the_table_agrees_with_itself(void)
{
    for (size_t i = 0; i < hwscfg_parameter_count; i++) {
        const struct hwscfg_parameter *parameter = &hwscfg_parameters[i];
        char complaint[HWSCFG_COMPLAINT_SIZE];
        if (!parameter->required && parameter->kind != HWSCFG_PORTS)
            CU_ASSERT_TRUE(hwscfg_value_store(parameter, parameter->fallback, NULL, complaint));
        CU_ASSERT_PTR_EQUAL(hwscfg_find_parameter(parameter->group, parameter->name), parameter);
        CU_ASSERT_EQUAL(hwscfg_find_group(parameter->group, parameter->name), HWSCFG_MEMBER);
        CU_ASSERT_PTR_NOT_NULL_FATAL(parameter->help);
        CU_ASSERT_TRUE(parameter->field == HWSCFG_NOT_KEPT || parameter->size > 0);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "each member says exactly this", each_member_says_exactly_this },
        { "all problems come at once, in the order of lines", all_problems_come_at_once_in_order_of_lines },
        { "a full member of IMS Connect is read", a_full_member_of_ims_connect_is_read },
        { "two ports and blank records are read", two_ports_and_blank_records_are_read },
        { "what has no effect is said once", what_has_no_effect_is_said_once },
        { "a word may fill its record and go on in the next", a_word_may_fill_its_record_and_go_on },
        { "two hundred ports and no more", two_hundred_ports_and_no_more },
        { "damaged members are survived", damaged_members_are_survived },
        { "a file of garbage is not described to its end", a_file_of_garbage_is_not_described_to_its_end },
        { "a member that is not there is a problem", a_member_that_is_not_there_is_a_problem },
        { "the table agrees with itself", the_table_agrees_with_itself },
    };
    return SUITE_RUN("hwscfg", cases);
}
