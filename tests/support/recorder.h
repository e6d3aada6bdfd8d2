/* Stands between clients and a gateway, in a process of its own: passes bytes on as they come and records each conversation as
 * packets that Wireshark reads (pcap, raw IPv4), so that a dissector which nobody here wrote can judge them all in the end. EXTDTA are left
 * out of the recording (tests/support/extdta_filter.h). */
#pragma once
#include <stdint.h>
#include <sys/types.h>

struct recorder {
    pid_t pid;
    uint16_t port; /* where clients connect to */
};

/* In the recordings the gateway has this port, which dissectors know. */
enum { RECORDER_DRDA_PORT = 446 };

/* Listens on a free loopback port and connects each client, from the client's own address, to `target`. Of one conversation at most a
 * MiB is recorded. Ends the test program when that cannot be had. */
void recorder_start(struct recorder *recorder, uint16_t target, const char *file);

/* Completes the file and ends the process. */
void recorder_stop(struct recorder *recorder);
