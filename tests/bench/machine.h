/* What a comparison of servers on this machine must not depend on. */
#pragma once
#include <stdbool.h>

/* Moves this process, and those it will start, into a network of its own that has loopback alone and the kernel's usual congestion control
 * (cubic): others' settings and the memory of earlier connections stay outside. False where that is not allowed. */
bool machine_own_network(void);

/* Keeps every CPU awake until the process ends, by threads that run only when nothing else wants to. A virtual CPU that goes to sleep
 * between two messages takes longer to wake than both servers take to answer; what would be measured then is the hypervisor. */
void machine_keep_awake(void);
