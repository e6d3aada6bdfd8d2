/* The exit codes of safd. */
#pragma once
#include "common/options.h"

enum safd_exit {
    SAFD_EXIT_ENDED = 0,
    SAFD_EXIT_LOOP = 1,
    SAFD_EXIT_USAGE = OPTIONS_EXIT_USAGE,
    SAFD_EXIT_CONFIGURATION = 3,
    SAFD_EXIT_KEYS = 4,
    SAFD_EXIT_DATABASE = 5,
    SAFD_EXIT_REPLAY = 6,
    SAFD_EXIT_AUDIT = 7,
    SAFD_EXIT_SOCKET = 8,
};
