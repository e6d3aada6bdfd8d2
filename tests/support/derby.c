#include "tests/support/derby.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/free_port.h"

#define SERVER_CLASSES \
    DERBY_JARS "derby.jar:" DERBY_JARS "derbynet.jar:" DERBY_JARS "derbyclient.jar:" DERBY_JARS "derbytools.jar:" DERBY_JARS "bcprov.jar"

static void
give_up(const char *what)
{
    printf("Bail out! Derby's Network Server: %s\n", what);
    exit(1);
}

static bool
accepts_connections(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool accepted = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return accepted;
}

static void
become_derby(const char *directory, uint16_t port)
{
    char home[128];
    char classes[512];
    char number[8];
    snprintf(classes, sizeof classes, SERVER_CLASSES ":%s/classes", directory);
    snprintf(home, sizeof home, "-Dderby.system.home=%s/derby", directory);
    snprintf(number, sizeof number, "%u", port);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    unsetenv("ASAN_OPTIONS");
    /* For Bouncy Castle, should it be asked: Java's own Diffie-Hellman refuses the group of EUSRIDPWD. */
    execlp("java", "java", home, "-Dorg.bouncycastle.dh.allow_unsafe_p_value=true", "-cp", classes,
           "org.apache.derby.drda.NetworkServerControl", "start", "-h", "127.0.0.1", "-p", number, "-noSecurityManager", (char *)NULL);
    _exit(127);
}

void
derby_start(struct derby *derby, const char *directory)
{
    const struct timespec pause = { .tv_nsec = 50000000 };
    derby->port = free_port();
    if (derby->port == 0)
        give_up("no free port");
    fflush(stdout);
    derby->pid = fork();
    if (derby->pid < 0)
        give_up("fork failed");
    if (derby->pid == 0)
        become_derby(directory, derby->port);
    while (!accepts_connections(derby->port)) {
        if (waitpid(derby->pid, NULL, WNOHANG) != 0)
            give_up("it ended while starting; are java and Derby installed?");
        nanosleep(&pause, NULL);
    }
}

void
derby_stop(struct derby *derby)
{
    kill(derby->pid, SIGTERM);
    waitpid(derby->pid, NULL, 0);
}
