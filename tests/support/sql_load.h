/* A load through Passgate's own requester on any DRDA server: several connections, one thread, statements one after the other on
 * each. Costs the client little, so that the server's cost shows. Ends the program when the server refuses anything. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct load;

/* Connections that are logged on to SAMPLE; passwords[i] for the i-th. */
struct load *load_new(uint16_t port, const char *user, char (*passwords)[9], size_t count);
void load_free(struct load *load);

/* Both return the units done until the monotonic time, in nanoseconds: single-row SELECTs by key of a table of `rows` rows, on all
 * connections at a time; rows of a whole table, on the first connection. */
uint64_t load_select(struct load *load, uint32_t rows, int64_t end_ns);
uint64_t load_read(struct load *load, int64_t end_ns);

/* The SELECTs of load_select, LOAD_CHAIN of them in each chain of commands, so that neither side waits for the other's messages:
 * what is left is what the server does for a statement. A chain is under way on every connection. */
enum { LOAD_CHAIN = 100 };
uint64_t load_select_chains(struct load *load, uint32_t rows, int64_t end_ns);

int64_t load_now_ns(void);
