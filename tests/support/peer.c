#include "tests/support/peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drda/accrdb.h"
#include "drda/accsec.h"
#include "drda/codepoint.h"
#include "drda/dss.h"
#include "drda/excsat.h"
#include "drda/secchk.h"
#include "drda/sql/package.h"

bool
peer_reach(struct peer *peer, const char *address, uint16_t port)
{
    struct sockaddr_in here = { .sin_family = AF_INET };
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    peer->used = 0;
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer->fd >= 0 && inet_pton(AF_INET, address, &here.sin_addr) == 1 && bind(peer->fd, (struct sockaddr *)&here, sizeof here) == 0 &&
        connect(peer->fd, (struct sockaddr *)&there, sizeof there) == 0)
        return true;
    peer_close(peer);
    return false;
}

void
peer_connect_from(struct peer *peer, const char *address, uint16_t port)
{
    if (peer_reach(peer, address, port))
        return;
    printf("Bail out! cannot connect from %s to port %u\n", address, port);
    exit(1);
}

void
peer_connect(struct peer *peer, uint16_t port)
{
    peer_connect_from(peer, "127.0.0.1", port);
}

void
peer_close(struct peer *peer)
{
    close(peer->fd);
    peer->fd = -1;
}

void
peer_send(struct peer *peer, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    while (size > 0) {
        ssize_t n = send(peer->fd, at, size, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the gateway may have closed already; the reply tells */
        at += n;
        size -= (size_t)n;
    }
}

void
peer_send_writer(struct peer *peer, const struct wire_writer *writer)
{
    if (writer->failed)
        abort(); /* the test's own buffer is too small */
    peer_send(peer, writer->start, writer->used);
}

bool
peer_has_input(const struct peer *peer)
{
    struct pollfd wait = { .fd = peer->fd, .events = POLLIN };
    return peer->used > 0 || poll(&wait, 1, 0) > 0;
}

struct peer_reply
peer_receive(struct peer *peer)
{
    size_t needed = DSS_HEADER_SIZE;
    for (;;) {
        if (peer->used >= DSS_HEADER_SIZE)
            needed = (size_t)(peer->bytes[0] & 0x7f) << 8 | peer->bytes[1];
        if (peer->used >= DSS_HEADER_SIZE && peer->used >= needed)
            break;
        ssize_t n = recv(peer->fd, peer->bytes + peer->used, sizeof peer->bytes - peer->used, 0);
        if (n <= 0)
            return (struct peer_reply) { 0 };
        peer->used += (size_t)n;
    }
    memcpy(peer->taken, peer->bytes, needed);
    peer->used -= needed;
    memmove(peer->bytes, peer->bytes + needed, peer->used);
    struct wire_reader dss = wire_reader(peer->taken, needed);
    wire_take(&dss, 3);
    struct peer_reply reply = { .codepoint = 0 };
    reply.chained = (wire_u8(&dss) & DSS_CHAINED) != 0;
    reply.correlation_id = wire_u16(&dss);
    wire_u16(&dss);
    reply.codepoint = wire_u16(&dss);
    reply.parameters = dss;
    return reply;
}

void
peer_put_excsat_accsec(struct wire_writer *writer, uint16_t secmec)
{
    static const struct drda_identity identity = { "passgate-test", "test", "PASSGATE/C", "1.0" };
    static const struct drda_managers managers = {
        5, { { CP_AGENT, 7 }, { CP_SQLAM, 7 }, { CP_RDB, 7 }, { CP_SECMGR, 7 }, { CP_UNICODEMGR, 1208 } }
    };
    struct dss_writer chain = dss_writer(writer);
    dss_begin(&chain, DSS_REQUEST, 1);
    drda_excsat_encode(writer, CP_EXCSAT, &identity, &managers, CCSID_EBCDIC_500);
    dss_end(&chain);
    dss_begin(&chain, DSS_REQUEST, 2);
    drda_accsec_encode(writer, secmec, NULL, (struct drda_token) { 0 }, CCSID_EBCDIC_500);
    dss_end(&chain);
}

void
peer_put_secchk(struct wire_writer *writer, const char *user, const char *password, bool chained)
{
    struct dss_writer chain = dss_writer(writer);
    dss_begin(&chain, DSS_REQUEST, 1);
    size_t mark = ddm_open(writer, CP_SECCHK);
    ddm_put_u16(writer, CP_SECMEC, SECMEC_USRIDPWD);
    if (user != NULL)
        ddm_put_bytes(writer, CP_USRID, user, strlen(user));
    if (password != NULL)
        ddm_put_bytes(writer, CP_PASSWORD, password, strlen(password));
    ddm_close(writer, mark);
    dss_end(&chain);
    if (chained)
        dss_leave_chained(&chain);
}

void
peer_put_accrdb(struct wire_writer *writer, uint16_t correlation_id, const char *rdbnam)
{
    const struct drda_accrdb_values values = {
        .rdbnam = rdbnam,
        .prdid = "DNC10140",
        .typdefnam = "QTDSQLASC",
        .typdefovr = { 1208, 1200, 1208 },
        .crrtkn = (const uint8_t *)"\xd5\xc6\xf0\xf0\xf0\xf0\xf0\xf1.\xd6\xc3\xf5\xf6\x01\xa1\xfb\x3a\x5e\x19",
        .crrtkn_size = 19,
    };
    struct dss_writer chain = dss_writer(writer);
    dss_begin(&chain, DSS_REQUEST, correlation_id);
    drda_accrdb_encode(writer, &values, CCSID_UTF8);
    dss_end(&chain);
}

static void
put_pkgnamcsn(struct wire_writer *writer, const char *rdbnam, uint16_t number)
{
    const struct sql_section_name section = { .package = "SYSLH000", .number = number };
    package_section_put(writer, CCSID_UTF8, rdbnam, &section);
}

void
peer_put_immediate(struct wire_writer *writer, uint16_t correlation_id, const char *rdbnam, const char *sql)
{
    struct dss_writer chain = dss_writer(writer);
    dss_begin(&chain, DSS_REQUEST, correlation_id);
    size_t mark = ddm_open(writer, CP_EXCSQLIMM);
    put_pkgnamcsn(writer, rdbnam, 1);
    ddm_put_u8(writer, CP_RDBCMTOK, 0xf1);
    ddm_close(writer, mark);
    dss_end(&chain);
    dss_begin(&chain, DSS_OBJECT, correlation_id);
    mark = ddm_open(writer, CP_SQLSTT);
    wire_put_u8(writer, 0);
    wire_put_u32(writer, (uint32_t)strlen(sql));
    wire_put_bytes(writer, sql, strlen(sql));
    wire_put_u8(writer, 0xff);
    ddm_close(writer, mark);
    dss_end(&chain);
}

static int
receive_secchkcd(struct peer *peer)
{
    struct peer_reply reply;
    do
        reply = peer_receive(peer);
    while (reply.codepoint == CP_EXCSATRD || reply.codepoint == CP_ACCSECRD);
    struct drda_reply decoded;
    if (reply.codepoint != CP_SECCHKRM || !drda_reply_decode(reply.codepoint, reply.parameters, &decoded))
        return -1;
    return decoded.secchkcd;
}

int
peer_log_on_again(struct peer *peer, const char *user, const char *password)
{
    uint8_t memory[1024];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    peer_put_excsat_accsec(&writer, SECMEC_USRIDPWD);
    peer_put_secchk(&writer, user, password, false);
    peer_send_writer(peer, &writer);
    return receive_secchkcd(peer);
}

int
peer_log_on(struct peer *peer, uint16_t port, const char *user, const char *password)
{
    peer_connect(peer, port);
    return peer_log_on_again(peer, user, password);
}

int
peer_try_from(const char *address, uint16_t port, const char *user, const char *password)
{
    static struct peer peer;
    peer_connect_from(&peer, address, port);
    int secchkcd = peer_log_on_again(&peer, user, password);
    peer_close(&peer);
    return secchkcd;
}

int
peer_try(uint16_t port, const char *user, const char *password)
{
    return peer_try_from("127.0.0.1", port, user, password);
}

bool
peer_open_rdb(struct peer *peer, const char *rdbnam)
{
    uint8_t memory[512];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    peer_put_accrdb(&writer, 1, rdbnam);
    peer_send_writer(peer, &writer);
    struct peer_reply reply = peer_receive(peer);
    bool opened = reply.codepoint == CP_ACCRDBRM;
    while (reply.chained)
        reply = peer_receive(peer);
    return opened;
}

int32_t
peer_run(struct peer *peer, const char *sql)
{
    uint8_t memory[4096];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    peer_put_immediate(&writer, 1, "SAMPLE", sql);
    peer_send_writer(peer, &writer);
    int32_t sqlcode = INT32_MIN;
    struct peer_reply reply;
    do {
        reply = peer_receive(peer);
        if (reply.codepoint == CP_SQLCARD)
            sqlcode = wire_u8(&reply.parameters) == 0 ? (int32_t)wire_u32(&reply.parameters) : 0;
    } while (reply.chained);
    return sqlcode;
}
