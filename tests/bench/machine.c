#include "tests/bench/machine.h"

#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool
bring_loopback_up(void)
{
    struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    if (fd >= 0)
        close(fd);
    return up;
}

static void
set_congestion_control(const char *name)
{
    int fd = open("/proc/sys/net/ipv4/tcp_congestion_control", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, name, strlen(name));
    close(fd);
}

bool
machine_own_network(void)
{
    if (unshare(CLONE_NEWNET) != 0 || !bring_loopback_up())
        return false;
    set_congestion_control("cubic");
    return true;
}

static void *
stay_awake(void *cpu)
{
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(*(size_t *)cpu, &cpus);
    if (sched_setaffinity(0, sizeof cpus, &cpus) == 0 && sched_setscheduler(0, SCHED_IDLE, &(struct sched_param) { 0 }) == 0)
        for (;;)
            __asm__ volatile("");
    return NULL;
}

void
machine_keep_awake(void)
{
    static size_t numbers[CPU_SETSIZE];
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        pthread_t thread;
        numbers[cpu] = cpu;
        if (CPU_ISSET(cpu, &allowed) && pthread_create(&thread, NULL, stay_awake, &numbers[cpu]) == 0)
            pthread_detach(thread);
    }
}
