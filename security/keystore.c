#include "security/keystore.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/hex.h"
#include "common/secret.h"

enum {
    MASTER_KEY_BYTES = 32,
    MASTER_KEY_DIGITS = 2 * MASTER_KEY_BYTES,
    MASTER_FILE_MAX = MASTER_KEY_DIGITS + 1, /* hex digits and a newline */
    SEALED_VERSION = 1,
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
};

struct keystore {
    uint8_t *master; /* MASTER_KEY_BYTES of secret memory */
    EVP_CIPHER *cipher;
    char path[PATH_MAX];
};

/* A systemd credential belongs to root and is opened to the unit's user by an access control list, whose mask shows up as the
 * group's read bit; the group being root's, that lets nobody else in. */
static bool
is_private(const struct stat *file)
{
    if (file->st_uid != geteuid() && file->st_uid != 0)
        return false;
    mode_t others = file->st_mode & (S_IRWXG | S_IRWXO);
    return others == 0 || (others == S_IRGRP && file->st_uid == 0 && file->st_gid == 0);
}

static bool
check_file(const char *path, int descriptor, struct problem *problem)
{
    struct stat file;
    if (fstat(descriptor, &file) != 0)
        problem_set_errno(problem, "%s: cannot examine the master key file", path);
    else if (!S_ISREG(file.st_mode))
        problem_set(problem, "%s: the master key must be a file, and this is none", path);
    else if (!is_private(&file))
        problem_set(problem,
                    "%s: the master key file can be reached by others (owner %u, mode %04o): chown it to the user of safd, chmod 600", path,
                    (unsigned)file.st_uid, (unsigned)(file.st_mode & 07777));
    else
        return true;
    return false;
}

static bool
read_whole(int descriptor, uint8_t *bytes, size_t room, size_t *size)
{
    *size = 0;
    while (*size < room) {
        ssize_t got = read(descriptor, bytes + *size, room - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        *size += (size_t)got;
    }
    return true;
}

/* 32 bytes are the key itself, 64 characters (and a newline) its hex digits. */
static bool
parse_master_key(const uint8_t *bytes, size_t size, uint8_t master[MASTER_KEY_BYTES])
{
    if (size == MASTER_KEY_BYTES) {
        memcpy(master, bytes, MASTER_KEY_BYTES);
        return true;
    }
    if (size == MASTER_KEY_DIGITS + 1 && bytes[MASTER_KEY_DIGITS] == '\n')
        size--;
    return size == MASTER_KEY_DIGITS && hex_decode((const char *)bytes, MASTER_KEY_DIGITS, master);
}

static bool
read_master_key(const char *path, int descriptor, uint8_t master[MASTER_KEY_BYTES], struct problem *problem)
{
    uint8_t bytes[MASTER_FILE_MAX + 1];
    size_t size;
    if (!check_file(path, descriptor, problem))
        return false;
    bool read = read_whole(descriptor, bytes, sizeof bytes, &size);
    bool parsed = read && parse_master_key(bytes, size, master);
    if (!read)
        problem_set_errno(problem, "%s: cannot read the master key", path);
    else if (!parsed)
        problem_set(problem, "%s: the master key must be 64 hex digits or 32 raw bytes; this file holds something else", path);
    secret_wipe(bytes, sizeof bytes);
    return parsed;
}

static bool
write_and_sync(int descriptor, const char *bytes, size_t size)
{
    for (size_t written = 0; written < size;) {
        ssize_t count = write(descriptor, bytes + written, size - written);
        if (count < 0 && errno != EINTR)
            return false;
        written += count > 0 ? (size_t)count : 0;
    }
    return fsync(descriptor) == 0;
}

static bool
sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (length >= sizeof folder)
        return false;
    memcpy(folder, path, length);
    folder[length] = '\0';
    int descriptor = open(length > 0 ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool synced = fsync(descriptor) == 0;
    close(descriptor);
    return synced;
}

/* Writes a new random key beside the final name and links it there: the file appears whole or not at all, and one that appeared
 * in the meantime is kept. */
static bool
create_master_key(const char *path, struct problem *problem)
{
    char beside[PATH_MAX];
    uint8_t key[MASTER_KEY_BYTES];
    char text[MASTER_KEY_DIGITS + 2];
    int length = snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    if (length < 0 || (size_t)length >= sizeof beside || RAND_priv_bytes(key, sizeof key) != 1) {
        problem_set(problem, "%s: cannot make a master key: the name is too long or there is no random source", path);
        return false;
    }
    int descriptor = mkostemp(beside, O_CLOEXEC); /* mode 0600 */
    if (descriptor < 0) {
        problem_set_errno(problem, "%s: cannot make the master key file; does its folder exist and may safd write there?", path);
        secret_wipe(key, sizeof key);
        return false;
    }
    hex_encode(key, sizeof key, text);
    memcpy(text + MASTER_KEY_DIGITS, "\n", 2);
    bool linked = write_and_sync(descriptor, text, MASTER_KEY_DIGITS + 1) && (link(beside, path) == 0 || errno == EEXIST);
    bool stored = linked && sync_folder_of(path);
    if (!stored)
        problem_set_errno(problem, "%s: cannot store the master key", path);
    close(descriptor);
    unlink(beside);
    secret_wipe(key, sizeof key);
    secret_wipe(text, sizeof text);
    return stored;
}

static int
open_master_file(const char *path, bool create, struct problem *problem)
{
    enum { FLAGS = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };
    int descriptor = open(path, FLAGS);
    if (descriptor < 0 && errno == ENOENT && create) {
        if (!create_master_key(path, problem))
            return -1;
        descriptor = open(path, FLAGS);
    }
    if (descriptor < 0)
        problem_set_errno(problem, "%s: cannot open the master key file", path);
    return descriptor;
}

struct keystore *
keystore_open(const char *path, bool create, struct problem *problem)
{
    int descriptor = open_master_file(path, create, problem);
    if (descriptor < 0)
        return NULL;
    struct keystore *keystore = calloc(1, sizeof *keystore);
    if (keystore != NULL) {
        keystore->master = secret_new(MASTER_KEY_BYTES);
        keystore->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    }
    bool opened = false;
    if (keystore == NULL || keystore->master == NULL || keystore->cipher == NULL)
        problem_set(problem, "%s: no memory for the master key, or OpenSSL has no AES-256-GCM", path);
    else
        opened = read_master_key(path, descriptor, keystore->master, problem);
    close(descriptor);
    if (opened) {
        snprintf(keystore->path, sizeof keystore->path, "%s", path);
        return keystore;
    }
    keystore_free(keystore);
    return NULL;
}

void
keystore_free(struct keystore *keystore)
{
    if (keystore == NULL)
        return;
    secret_free(keystore->master, MASTER_KEY_BYTES);
    EVP_CIPHER_free(keystore->cipher);
    free(keystore);
}

/* Sealed form: version (1 byte), nonce (12), ciphertext (as long as the key), tag (16). */
static bool
seal_with(EVP_CIPHER_CTX *context, const struct keystore *keystore, const char *name, const uint8_t *plain, size_t size, uint8_t *sealed)
{
    uint8_t *nonce = sealed + 1;
    uint8_t *body = nonce + NONCE_BYTES;
    int length;
    sealed[0] = SEALED_VERSION;
    return RAND_bytes(nonce, NONCE_BYTES) == 1 && EVP_EncryptInit_ex2(context, keystore->cipher, keystore->master, nonce, NULL) == 1 &&
           EVP_EncryptUpdate(context, NULL, &length, (const uint8_t *)name, (int)strlen(name)) == 1 &&
           EVP_EncryptUpdate(context, body, &length, plain, (int)size) == 1 && EVP_EncryptFinal_ex(context, body + size, &length) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, body + size) == 1;
}

size_t
keystore_seal(const struct keystore *keystore, const char *name, const uint8_t *plain, size_t size, uint8_t *sealed)
{
    if (size == 0 || size > KEYSTORE_KEY_MAX)
        return 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done = context != NULL && seal_with(context, keystore, name, plain, size, sealed);
    EVP_CIPHER_CTX_free(context);
    return done ? size + KEYSTORE_OVERHEAD : 0;
}

static bool
unseal_with(EVP_CIPHER_CTX *context, const struct keystore *keystore, const char *name, const uint8_t *sealed, size_t plain_size,
            uint8_t *plain)
{
    const uint8_t *nonce = sealed + 1;
    const uint8_t *body = nonce + NONCE_BYTES;
    uint8_t tag[TAG_BYTES]; /* the library takes it as writable */
    int length;
    memcpy(tag, body + plain_size, TAG_BYTES);
    return EVP_DecryptInit_ex2(context, keystore->cipher, keystore->master, nonce, NULL) == 1 &&
           EVP_DecryptUpdate(context, NULL, &length, (const uint8_t *)name, (int)strlen(name)) == 1 &&
           EVP_DecryptUpdate(context, plain, &length, body, (int)plain_size) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1 &&
           EVP_DecryptFinal_ex(context, plain + plain_size, &length) == 1;
}

size_t
keystore_unseal(const struct keystore *keystore, const char *name, const uint8_t *sealed, size_t size, uint8_t *plain, size_t room)
{
    if (size <= KEYSTORE_OVERHEAD || size > KEYSTORE_SEALED_MAX || size - KEYSTORE_OVERHEAD > room || sealed[0] != SEALED_VERSION)
        return 0;
    size_t plain_size = size - KEYSTORE_OVERHEAD;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done = context != NULL && unseal_with(context, keystore, name, sealed, plain_size, plain);
    EVP_CIPHER_CTX_free(context);
    if (!done)
        secret_wipe(plain, plain_size);
    return done ? plain_size : 0;
}

bool
keystore_random_key(uint8_t *key, size_t size)
{
    return RAND_priv_bytes(key, (int)size) == 1;
}

/* False when there is no such name. */
static bool
prepared_path(const struct keystore *keystore, char path[PATH_MAX])
{
    int length = snprintf(path, PATH_MAX, "%s.new", keystore->path);
    return length > 0 && length < PATH_MAX;
}

struct keystore *
keystore_prepare(const struct keystore *keystore, struct problem *problem)
{
    char path[PATH_MAX];
    if (!prepared_path(keystore, path)) {
        problem_set(problem, "%s: the name is too long for a file beside it", keystore->path);
        return NULL;
    }
    keystore_discard_prepared(keystore);
    return keystore_open(path, true, problem);
}

/* Files under their first, random name, which a process that was killed left there. */
static void
remove_unfinished(const char *path)
{
    char pattern[PATH_MAX];
    glob_t found = { 0 };
    int length = snprintf(pattern, sizeof pattern, "%s.??????", path);
    if (length > 0 && (size_t)length < sizeof pattern && glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
    globfree(&found);
}

struct keystore *
keystore_prepared(const struct keystore *keystore, struct problem *problem)
{
    char path[PATH_MAX];
    *problem = (struct problem) { "" };
    if (!prepared_path(keystore, path))
        return NULL;
    remove_unfinished(path);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return NULL;
    return keystore_open(path, false, problem);
}

bool
keystore_adopt(struct keystore *keystore, struct keystore *prepared, struct problem *problem)
{
    uint8_t *old = keystore->master;
    keystore->master = prepared->master;
    prepared->master = old;
    if (rename(prepared->path, keystore->path) == 0 && sync_folder_of(keystore->path))
        return true;
    problem_set_errno(problem,
                      "%s: cannot be renamed to %s: keep the file, see to the folder's permissions and restart safd, which tries again",
                      prepared->path, keystore->path);
    return false;
}

void
keystore_discard_prepared(const struct keystore *keystore)
{
    char path[PATH_MAX];
    if (prepared_path(keystore, path))
        unlink(path);
}
