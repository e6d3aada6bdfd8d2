#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/secret.h"
#include "security/saf/safd_redis.h"

bool
safd_redis_read_password(const char *path, char password[REPLAY_URL_CREDENTIAL_MAX + 1], struct problem *problem)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        problem_set_errno(problem, "%s: [racf] replay_password_file cannot be opened", path);
        if (descriptor >= 0)
            close(descriptor);
        return false;
    }
    bool guarded = S_ISREG(status.st_mode) && (status.st_mode & 077) == 0;
    char line[REPLAY_URL_CREDENTIAL_MAX + 2] = "";
    ssize_t size = guarded ? read(descriptor, line, sizeof line - 1) : 0;
    close(descriptor);
    size_t length = strcspn(line, "\r\n");
    bool fits = size > 0 && length > 0 && length <= REPLAY_URL_CREDENTIAL_MAX;
    if (!guarded)
        problem_set(problem, "%s: [racf] replay_password_file must be a file that only its owner may read: chmod 600", path);
    else if (!fits)
        problem_set(problem, "%s: [racf] replay_password_file must hold a password of 1 to %d bytes in its first line", path,
                    REPLAY_URL_CREDENTIAL_MAX);
    else
        memcpy(password, line, length);
    password[guarded && fits ? length : 0] = '\0';
    secret_wipe(line, sizeof line);
    return guarded && fits;
}
