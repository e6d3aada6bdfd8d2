/* What a comparison of servers on this machine must not depend on. */
#pragma once
#include <stdbool.h>

/* Moves this process, and those it will start, into a network of its own that has loopback alone and the kernel's usual congestion control
 * (cubic): others' settings and the memory of earlier connections stay outside. False where that is not allowed. */
bool machine_own_network(void);

/* Puts this process, and those it will start, on one CPU. Where client and server have a CPU each, both sleep while the other works, and
 * waking a CPU takes longer than either server takes to answer, above all a virtual one. On one CPU nothing is waited for, and a rate says
 * what client and server cost together. */
void machine_one_cpu(void);
