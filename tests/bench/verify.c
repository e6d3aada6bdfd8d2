/* What PassTickets cost beside the cryptography that they cannot do without, measured in the same run: the whole decision of
 * RACROUTE VERIFY on a legacy ticket without claim (the profile allows replay) beside 8 bare DES blocks, the evaluation of an enhanced
 * ticket beside 7 bare HMACs, and decisions on several threads, each with a database of its own as one safd has.
 * Rates are per second of CPU time, so that other load on the machine counts little; those of several threads per second of wall
 * time, so that waiting for each other would show. */
#include <ftw.h>
#include <nettle/des.h>
#include <nettle/hmac.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/secret.h"
#include "security/racroute.h"

enum {
    USERS = 16,
    ROUNDS = 9, /* the best of them counts */
    ROUND_MS = 100,
    BATCH = 1000, /* between looks at the clock */
    DES_BLOCKS = 8,
    HMACS = 7,
    MESSAGE_SIZE = 20, /* of the HMACs */
    THREADS_MAX = 8,
    KEY_SIZE = 64,
};

struct station {
    struct keystore *keystore;
    struct racroute racroute;
    struct saf_verify requests[USERS];
    double rate; /* of its thread */
};

struct enhanced {
    struct passticket_enhanced_key *key;
    char ticket[PASSTICKET_SIZE + 1];
    struct hmac_sha512_ctx prepared;
};

static const char *const setup[] = {
    "SETROPTS CLASSACT(PTKTDATA APPL) RACLIST(PTKTDATA APPL)",
    "RDEFINE APPL IMSCON1 UACC(READ)",
    "RDEFINE PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E001193519561977)) APPLDATA('NO REPLAY PROTECTION')",
    "SETROPTS RACLIST(PTKTDATA APPL) REFRESH",
};

static const uint8_t legacy_bytes[] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };

static void
die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static void
command(struct racf *racf, const char *text)
{
    static const struct racf_issuer issuer = { .userid = "IBMUSER", .special = true };
    char output[8192];
    struct wire_writer writer = wire_writer(output, sizeof output);
    if (racf_command(racf, &issuer, text, strlen(text), &writer) > 4)
        die(text);
}

static void
make_requests(struct station *station)
{
    struct passticket_legacy_key *key = passticket_legacy_key_new(legacy_bytes);
    for (int i = 0; i < USERS; i++) {
        char text[64];
        struct saf_verify *request = &station->requests[i];
        *request = (struct saf_verify) { .application = "IMSCON1", .address = "192.0.2.7", .mixed_case = 'R' };
        snprintf(request->userid, sizeof request->userid, "USER%03d", i);
        snprintf(text, sizeof text, "ADDUSER %s PASSWORD(SECRET01)", request->userid);
        if (racf_user_find(station->racroute.racf, request->userid) == NULL)
            command(station->racroute.racf, text);
        if (!passticket_legacy_generate(key, request->userid, "IMSCON1", (uint32_t)clock_utc_seconds(&clock_system), request->credential))
            die("no ticket");
    }
    passticket_legacy_key_free(key);
}

static void
open_station(struct station *station, const char *folder, int number)
{
    char path[64];
    struct problem problem;
    snprintf(path, sizeof path, "%s/master", folder);
    station->keystore = keystore_open(path, true, &problem);
    snprintf(path, sizeof path, "%s/racf%d", folder, number);
    station->racroute.clock = &clock_system;
    station->racroute.racf = racf_open(path, true, station->keystore, &clock_system, &problem);
    if (station->racroute.racf == NULL)
        die(problem.text);
    for (size_t i = 0; i < sizeof setup / sizeof setup[0]; i++)
        command(station->racroute.racf, setup[i]);
    make_requests(station);
}

/* So that no compiler drops the work. */
static void
keep(uint8_t byte)
{
    static _Atomic uint8_t kept;
    atomic_store_explicit(&kept, byte, memory_order_relaxed);
}

static double
seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void
decide_batch(void *context)
{
    struct station *station = context;
    struct racroute_decision decision;
    for (int i = 0; i < BATCH; i++) {
        racroute_verify(&station->racroute, &station->requests[i % USERS], &decision);
        if (decision.answer.result.saf != SAF_OK)
            die(saf_explanation_text(decision.answer.result.explanation));
    }
}

static void
des_batch(void *context)
{
    const struct des_ctx *key = context;
    uint8_t block[DES_BLOCK_SIZE] = { 1 };
    for (int i = 0; i < BATCH * DES_BLOCKS; i++)
        des_encrypt(key, sizeof block, block, block);
    keep(block[0]);
}

static void
evaluate_batch(void *context)
{
    const struct enhanced *enhanced = context;
    uint64_t time;
    for (int i = 0; i < BATCH; i++)
        if (passticket_enhanced_decode(enhanced->key, PASSTICKET_MIXED, "USER000", "IMSCON1", enhanced->ticket, &time) !=
            PASSTICKET_DECODED)
            die("the enhanced ticket does not decode");
}

static void
hmac_batch(void *context)
{
    struct hmac_sha512_ctx *hmac = &((struct enhanced *)context)->prepared;
    uint8_t message[MESSAGE_SIZE] = { 1 };
    for (int i = 0; i < BATCH * HMACS; i++) {
        hmac_sha512_update(hmac, sizeof message, message);
        hmac_sha512_digest(hmac, sizeof message, message);
    }
    keep(message[0]);
}

static double
larger(double one, double other)
{
    return one > other ? one : other;
}

static double
measure_round(clockid_t clock, void (*batch)(void *), void *context)
{
    double begun = seconds(clock);
    double took;
    uint64_t done = 0;
    do {
        batch(context);
        done += BATCH;
        took = seconds(clock) - begun;
    } while (took * 1000 < ROUND_MS);
    return (double)done / took;
}

/* The best rates of some rounds. Those of the two take turns, so that a core that runs faster for a while does not favour one. */
static void
measure(void (*batch)(void *), void *context, double *rate, void (*bare_batch)(void *), void *bare_context, double *bare)
{
    *rate = *bare = 0;
    for (int round = 0; round < ROUNDS; round++) {
        *bare = larger(*bare, measure_round(CLOCK_THREAD_CPUTIME_ID, bare_batch, bare_context));
        *rate = larger(*rate, measure_round(CLOCK_THREAD_CPUTIME_ID, batch, context));
    }
}

static void
print(const char *what, double rate, const char *bare_name, double bare)
{
    printf("%-28s %9.0f /s and core   %-13s %9.0f /s and core   ratio %.2f\n", what, rate, bare_name, bare, rate / bare);
}

static void
bench_legacy(struct station *station)
{
    struct des_ctx key;
    (void)des_set_key(&key, legacy_bytes);
    double rate;
    double bare;
    measure(decide_batch, station, &rate, des_batch, &key, &bare);
    print("legacy, whole decision", rate, "8 DES blocks", bare);
}

static void
bench_enhanced(void)
{
    static const uint8_t bytes[KEY_SIZE] = { 1, 2, 3 };
    struct enhanced enhanced = { .key = passticket_enhanced_key_new(bytes, sizeof bytes) };
    hmac_sha512_set_key(&enhanced.prepared, sizeof bytes, bytes);
    if (!passticket_enhanced_generate(enhanced.key, PASSTICKET_MIXED, "USER000", "IMSCON1", 1767225600, enhanced.ticket))
        die("no enhanced ticket");
    double rate;
    double bare;
    measure(evaluate_batch, &enhanced, &rate, hmac_batch, &enhanced, &bare);
    print("enhanced, evaluation", rate, "7 HMACs", bare);
    passticket_enhanced_key_free(enhanced.key);
}

static void *
decide_on_thread(void *context)
{
    struct station *station = context;
    station->rate = 0;
    for (int round = 0; round < ROUNDS; round++)
        station->rate = larger(station->rate, measure_round(CLOCK_MONOTONIC, decide_batch, station));
    return NULL;
}

static double
rate_of_threads(struct station *stations, int count)
{
    pthread_t threads[THREADS_MAX];
    double sum = 0;
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, decide_on_thread, &stations[i]) != 0)
            die("no thread");
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
        sum += stations[i].rate;
    }
    return sum;
}

static void
bench_threads(struct station *stations, int threads)
{
    double one = rate_of_threads(stations, 1);
    for (int count = 1; count <= threads; count *= 2) {
        double rate = rate_of_threads(stations, count);
        printf("legacy, %d thread%s %*s %9.0f /s   %.2f times one thread\n", count, count == 1 ? " " : "s", 10, "", rate, rate / one);
    }
}

static int
remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

int
main(void)
{
    static struct station stations[THREADS_MAX];
    char folder[] = "/tmp/bench-verify-XXXXXX";
    cpu_set_t cores;
    if (mkdtemp(folder) == NULL || !secret_memory_init(1 << 20) || sched_getaffinity(0, sizeof cores, &cores) != 0)
        die("no folder, secret memory or cores");
    int threads = CPU_COUNT(&cores) < THREADS_MAX ? CPU_COUNT(&cores) : THREADS_MAX;
    for (int i = 0; i < threads; i++)
        open_station(&stations[i], folder, i);
    bench_legacy(&stations[0]);
    bench_enhanced();
    bench_threads(stations, threads);
    for (int i = 0; i < threads; i++) {
        racf_close(stations[i].racroute.racf);
        keystore_free(stations[i].keystore);
    }
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
