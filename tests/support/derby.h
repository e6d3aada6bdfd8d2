/* Apache Derby's own Network Server for tests and benchmarks: the peer that speaks DRDA as Derby's client expects it.
 * A server that cannot be started ends the program with a message. */
#pragma once
#include <stdint.h>
#include <sys/types.h>

#define DERBY_JARS "/usr/share/java/"
#define DERBY_CLIENT_CLASSES DERBY_JARS "derbyclient.jar"

struct derby {
    pid_t pid;
    uint16_t port;
};

/* Starts it on a free loopback port with its databases in `directory`/derby, and waits until it accepts connections. A
 * derby.properties there counts; classes in `directory`/classes are found, and so is Bouncy Castle. */
void derby_start(struct derby *derby, const char *directory);
void derby_stop(struct derby *derby);
