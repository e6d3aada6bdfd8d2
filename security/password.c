#include "security/password.h"

#include <string.h>

#include "common/secret.h"

enum password_form
password_form_of(const char *text)
{
    size_t length = strnlen(text, PHRASE_LENGTH_MAX + 1);
    if (length == 0 || length > PHRASE_LENGTH_MAX)
        return PASSWORD_FORM_NONE;
    return length <= PASSWORD_LENGTH_MAX ? PASSWORD_FORM_PASSWORD : PASSWORD_FORM_PHRASE;
}

void
password_check_prepare(struct password_check *check, const struct password_hash *stored, const char *text, bool folds)
{
    check->stored = *stored;
    check->matches = false;
    size_t length = strnlen(text, PHRASE_LENGTH_MAX);
    for (size_t i = 0; i < length; i++)
        check->text[i] = folds && text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
    check->text[length] = '\0';
}

bool
password_verify(const struct password_hash *stored, const char *text)
{
    bool exists = stored->size != 0;
    bool matches = password_hash_matches(exists ? stored : &password_hash_of_nobody, text);
    return exists && matches;
}

void
password_check_run(struct password_check *check)
{
    check->matches = password_verify(&check->stored, check->text);
    secret_wipe(check->text, sizeof check->text);
}
