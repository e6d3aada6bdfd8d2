/* What strangers send: damaged, disordered, endless or slow input gets the right reply or a closed connection, and the gateway
 * neither falls over nor grows. The throttle is in force as installed: the failures of a stranger do not keep IMSUSR1, who comes from
 * the same address, from logging on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "drda/accsec.h"
#include "drda/codepoint.h"
#include "drda/reply.h"
#include "drda/server.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/suite.h"

static struct gateway gateway;
static struct peer peer;

static bool
still_serves(void)
{
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    return peer_try(gateway.port, "IMSUSR1", ticket) == DRDA_SECCHKCD_OK;
}

/* Sends bytes, closes the sending side and reads until the gateway closes too. Returns the last reply's code point. */
static uint16_t
send_and_drain(const void *bytes, size_t size)
{
    uint16_t last = 0;
    peer_connect(&peer, gateway.port);
    peer_send(&peer, bytes, size);
    shutdown(peer.fd, SHUT_WR);
    for (struct peer_reply reply; (reply = peer_receive(&peer)).codepoint != 0;)
        last = reply.codepoint;
    peer_close(&peer);
    return last;
}

static size_t
whole_conversation(uint8_t *memory, size_t size)
{
    struct wire_writer writer = wire_writer(memory, size);
    peer_put_excsat_accsec(&writer, SECMEC_USRIDPWD);
    peer_put_secchk(&writer, "STRANGER", "WRONGONE", true);
    peer_put_accrdb(&writer, 2, "SAMPLE");
    peer_put_immediate(&writer, 3, "SAMPLE", "select 1");
    return writer.used;
}

static void
every_truncation_ends_well(void)
{
    uint8_t memory[1024];
    size_t size = whole_conversation(memory, sizeof memory);
    for (size_t n = 0; n < size; n++)
        send_and_drain(memory, n);
    CU_ASSERT_TRUE(still_serves());
}

static void
every_changed_byte_ends_well(void)
{
    uint8_t memory[1024];
    size_t size = whole_conversation(memory, sizeof memory);
    static const uint8_t changes[] = { 0x01, 0x80, 0xff };
    for (size_t i = 0; i < size; i++)
        for (size_t c = 0; c < sizeof changes; c++) {
            memory[i] ^= changes[c];
            send_and_drain(memory, size);
            memory[i] ^= changes[c];
        }
    CU_ASSERT_TRUE(still_serves());
}

static void
garbage_is_answered_and_cut_off(void)
{
    static uint8_t garbage[10 << 20];
    for (size_t i = 0; i < sizeof garbage; i += 256)
        CU_ASSERT_EQUAL(getrandom(garbage + i, 256, 0), 256);
    garbage[2] = 0; /* no X'D0' */
    CU_ASSERT_EQUAL(send_and_drain(garbage, 100), CP_SYNTAXRM);
    send_and_drain(garbage, sizeof garbage);
    for (size_t i = 0; i < 300; i++)
        send_and_drain(garbage + i * 4099, 1 + i * 37 % 4000);
    CU_ASSERT_TRUE(still_serves());
}

static void
a_web_browser_gets_syntaxrm(void)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    CU_ASSERT_EQUAL(send_and_drain(request, sizeof request - 1), CP_SYNTAXRM);
    static const uint8_t client_hello[] = { 0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x03 };
    CU_ASSERT_EQUAL(send_and_drain(client_hello, sizeof client_hello), CP_SYNTAXRM);
}

static void
the_wrong_order_is_a_conversational_error(void)
{
    uint8_t memory[1024];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    peer_put_secchk(&writer, "IMSUSR1", "WRONGONE", false);
    CU_ASSERT_EQUAL(send_and_drain(memory, writer.used), CP_PRCCNVRM);
    writer.used = 0;
    peer_put_excsat_accsec(&writer, SECMEC_USRIDPWD);
    peer_put_accrdb(&writer, 3, "SAMPLE");
    CU_ASSERT_EQUAL(send_and_drain(memory, writer.used), CP_PRCCNVRM);
    writer.used = 0;
    peer_put_excsat_accsec(&writer, SECMEC_USRIDPWD);
    peer_put_immediate(&writer, 3, "SAMPLE", "select 1");
    uint16_t reply = send_and_drain(memory, writer.used);
    CU_ASSERT(reply == CP_PRCCNVRM || reply == CP_RDBNACRM);
}

static void
an_unknown_command_is_not_supported(void)
{
    static const uint8_t unknown[] = { 0x00, 0x0a, 0xd0, 0x01, 0x00, 0x03, 0x00, 0x04, 0x77, 0x77 };
    uint8_t memory[1024];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    peer_put_excsat_accsec(&writer, SECMEC_USRIDPWD);
    wire_put_bytes(&writer, unknown, sizeof unknown);
    uint16_t reply = send_and_drain(memory, writer.used);
    CU_ASSERT(reply == CP_CMDNSPRM || reply == CP_PRCCNVRM);
}

static void
another_mechanism_is_refused_by_naming_one(void)
{
    uint8_t memory[512];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    peer_connect(&peer, gateway.port);
    peer_put_excsat_accsec(&writer, SECMEC_EUSRIDPWD + 1);
    peer_send_writer(&peer, &writer);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, CP_EXCSATRD);
    struct peer_reply reply = peer_receive(&peer);
    struct drda_accsecrd accsecrd;
    struct drda_fault fault;
    CU_ASSERT_EQUAL(reply.codepoint, CP_ACCSECRD);
    CU_ASSERT_TRUE(drda_accsecrd_decode(reply.parameters, &accsecrd, &fault));
    CU_ASSERT_EQUAL(accsecrd.secmec_count, 1);
    CU_ASSERT_EQUAL(accsecrd.secmec[0], SECMEC_USRIDPWD);
    CU_ASSERT_EQUAL(accsecrd.secchkcd, DRDA_SECCHKCD_SECMEC_NOT_SUPPORTED);
    peer_close(&peer);
}

static void
an_unknown_database_is_not_found(void)
{
    char ticket[9];
    uint8_t memory[512];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_log_on(&peer, gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_OK);
    peer_put_accrdb(&writer, 1, "NOSUCH");
    peer_send_writer(&peer, &writer);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, CP_RDBNFNRM);
    peer_close(&peer);
}

static void
single_bytes_are_as_good_as_whole_messages(void)
{
    char ticket[9];
    uint8_t memory[1024];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    peer_put_excsat_accsec(&writer, SECMEC_USRIDPWD);
    peer_put_secchk(&writer, "IMSUSR1", ticket, true);
    peer_put_accrdb(&writer, 2, "SAMPLE");
    peer_connect(&peer, gateway.port);
    for (size_t i = 0; i < writer.used; i++) {
        peer_send(&peer, writer.start + i, 1);
        nanosleep(&(struct timespec) { .tv_nsec = 200000 }, NULL);
    }
    static const uint16_t expected[] = { CP_EXCSATRD, CP_ACCSECRD, CP_SECCHKRM, CP_ACCRDBRM };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, expected[i]);
    peer_close(&peer);
}

static void
who_does_not_log_on_is_disconnected(void)
{
    char byte;
    peer_connect(&peer, gateway.port);
    CU_ASSERT_EQUAL(recv(peer.fd, &byte, 1, 0), 0); /* [limits] login_ms of this gateway */
    peer_close(&peer);
}

static void
an_oversize_command_before_log_on_is_refused(void)
{
    static uint8_t memory[32000];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    peer_put_excsat_accsec(&writer, SECMEC_USRIDPWD);
    wire_put_bytes(&writer, "\x75\x30\xd0\x01\x00\x03\x75\x2a\x10\x6e", 10);
    writer.used = sizeof memory;
    uint16_t reply = send_and_drain(memory, writer.used);
    CU_ASSERT_NOT_EQUAL(reply, CP_SECCHKRM);
    CU_ASSERT_TRUE(still_serves());
}

static void
memory_stays_flat(void)
{
    uint8_t memory[1024];
    size_t size = whole_conversation(memory, sizeof memory);
    for (size_t i = 0; i < 500; i++)
        send_and_drain(memory, size - i % size);
    long before = process_resident_kib(gateway.passgated);
    for (size_t i = 0; i < 3000; i++)
        send_and_drain(memory, size - i % size);
    long grown = process_resident_kib(gateway.passgated) - before;
    CU_ASSERT(grown < 4096);
    if (grown >= 4096)
        printf("# grew by %ld KiB\n", grown);
}

static void
the_gateway_stops_on_request(void)
{
    gateway_stop(&gateway);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "every truncation ends well", every_truncation_ends_well },
        { "every changed byte ends well", every_changed_byte_ends_well },
        { "garbage is answered and cut off", garbage_is_answered_and_cut_off },
        { "HTTP and TLS get SYNTAXRM", a_web_browser_gets_syntaxrm },
        { "the wrong order is a conversational error", the_wrong_order_is_a_conversational_error },
        { "an unknown command is not supported", an_unknown_command_is_not_supported },
        { "another security mechanism is refused by naming one", another_mechanism_is_refused_by_naming_one },
        { "an unknown RDB gets RDBNFNRM", an_unknown_database_is_not_found },
        { "single bytes are as good as whole messages", single_bytes_are_as_good_as_whole_messages },
        { "who does not log on is disconnected", who_does_not_log_on_is_disconnected },
        { "an oversize command before log-on is refused", an_oversize_command_before_log_on_is_refused },
        { "memory stays flat", memory_stays_flat },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { .unrecorded = "strangers, who break every rule on purpose",
                                                        .limits = "login_ms = 3000",
                                                        .throttle = "enabled = yes" });
    return SUITE_RUN("hostile", cases);
}
