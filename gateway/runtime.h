/* What operators may change while the gateway runs (UPDATE IMSCON TYPE(CONFIG) SET(...)): immutable snapshots, counted by
 * reference. A change publishes a new one; a login works with the one it began with. Not kept over a restart, as in IMS. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "common/attributes.h"
#include "config/configuration.h"

struct runtime_values {
    char odbmappl[HWS_NAME_MAX + 1]; /* ODBMAPPL: empty, then the HWS ID is the application name */
    bool racf;
    bool racfgenrc;
    enum hws_pswdmc pswdmc;
    /* Kept and shown, without effect on DRDA. */
    bool odracfst;
    bool oauto;
    bool cascade;
    bool rrs;
    bool tmracfst;
    bool uidcache;
    char multirtp; /* 'Y', 'N' or ' ' */
    char sendaltp;
    uint32_t idleto_hundredths;
};

struct runtime {
    struct runtime_values values;       /* never changed once published */
    char application[HWS_NAME_MAX + 1]; /* in force: ODBMAPPL, else HWS ID */
    atomic_uint references;             /* private */
};

struct runtime_publisher {
    pthread_mutex_t lock;
    struct runtime *current;
    char hws_id[HWS_NAME_MAX + 1];
};

/* Publishes the values of the member. False when memory is short. */
MUST_CHECK bool runtime_publisher_init(struct runtime_publisher *publisher, const struct hwscfg *hws);
void runtime_publisher_clear(struct runtime_publisher *publisher);

/* The snapshot in force now. Any thread; give it back with runtime_release. */
struct runtime *runtime_acquire(struct runtime_publisher *publisher);
void runtime_release(struct runtime *runtime);

/* Puts new values in force for every runtime_acquire from now on. Writers must not overlap: only the operator's thread writes.
 * False when memory is short; nothing has changed then. */
MUST_CHECK bool runtime_publish(struct runtime_publisher *publisher, const struct runtime_values *values);
