#include "security/racf/password_operands.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/secret.h"
#include "security/racf/password_work.h"

bool
password_fold(const struct racf *racf, const char *typed, bool phrase, char folded[PHRASE_MAX + 1])
{
    size_t size = strlen(typed);
    folded[0] = '\0';
    if (size > (phrase ? (size_t)PHRASE_MAX : (size_t)PASSWORD_MAX))
        return false;
    bool folds = !phrase && racf->options[RACF_OPTION_MIXEDCASE] == 0;
    for (size_t i = 0; i <= size; i++)
        folded[i] = folds && typed[i] >= 'a' && typed[i] <= 'z' ? (char)(typed[i] - 'a' + 'A') : typed[i];
    return true;
}

static bool
is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Two letters, two others, no three equal characters in a row, not the user ID: RACF's own rules for phrases. */
static const char *
phrase_fault(const char *userid, const char *phrase)
{
    size_t size = strlen(phrase);
    size_t letters = 0;
    if (size < PHRASE_MIN || size > PHRASE_MAX)
        return "IT HAS 14 TO 100 CHARACTERS";
    for (size_t i = 0; i < size; i++) {
        letters += is_letter(phrase[i]);
        if (i >= 2 && phrase[i] == phrase[i - 1] && phrase[i] == phrase[i - 2])
            return "NO THREE EQUAL CHARACTERS IN A ROW";
    }
    if (letters < 2 || size - letters < 2)
        return "TWO LETTERS AND TWO OTHER CHARACTERS AT LEAST";
    return strcasestr(phrase, userid) != NULL ? "THE USER ID IS NO PART OF IT" : NULL;
}

static const char *
password_fault(const char *userid, const char *password)
{
    size_t size = strlen(password);
    if (size < 1 || size > PASSWORD_MAX)
        return "IT HAS 1 TO 8 CHARACTERS";
    for (size_t i = 0; i < size; i++)
        if (!isgraph((unsigned char)password[i]))
            return "LETTERS, DIGITS AND SPECIAL CHARACTERS ONLY";
    return strcasecmp(password, userid) == 0 ? "NOT THE USER ID" : NULL;
}

bool
password_is_acceptable(struct run *run, const char *userid, const char *password, bool phrase)
{
    const char *fault = phrase ? phrase_fault(userid, password) : password_fault(userid, password);
    if (fault != NULL)
        run_say(run, RC_ERROR, "PGR080I THE NEW %s OF %s IS REFUSED: %s", phrase ? "PHRASE" : "PASSWORD", userid, fault);
    return fault == NULL;
}

/* Keeps the newest HISTORY(n) hashes. */
static void
remember(struct racf *racf, const struct user_row *user, const struct password_hash *hash, bool phrase)
{
    int kept = (int)racf->options[RACF_OPTION_HISTORY];
    if (kept > 0 && hash->size > 0)
        racf_sql_run(racf,
                     "INSERT INTO password_history SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3 FROM password_history"
                     " WHERE userid = ?1 AND phrase = ?2",
                     "tib", user->userid, (int)phrase, hash->bytes, hash->size);
    racf_sql_run(racf,
                 "DELETE FROM password_history WHERE userid = ?1 AND phrase = ?2 AND number <="
                 " (SELECT max(number) FROM password_history WHERE userid = ?1 AND phrase = ?2) - ?3",
                 "tii", user->userid, (int)phrase, kept);
}

bool
password_replace(struct run *run, struct user_row *user, const char *folded, bool phrase, bool expired)
{
    struct password_hash *hash = phrase ? &user->phrase : &user->password;
    int64_t *changed_s = phrase ? &user->phrase_changed_s : &user->password_changed_s;
    struct password_hash new_hash;
    enum password_answer answer = password_work_hash(run->password_work, user->userid, phrase, folded, &new_hash);
    if (answer == PASSWORD_NO)
        run_say(run, RC_REFUSED, "PGR081I THE PASSWORD OF %s CANNOT BE HASHED", user->userid);
    if (answer != PASSWORD_YES)
        return false;
    remember(run->racf, user, hash, phrase);
    *hash = new_hash;
    *changed_s = expired ? 0 : clock_utc_seconds(run->racf->clock);
    user->attributes &= ~(unsigned)RACF_ATTRIBUTE_EXPIRED;
    if (expired)
        user->attributes |= RACF_ATTRIBUTE_EXPIRED;
    return true;
}

static bool
apply_new(struct run *run, struct user_row *user, enum operand_id id, bool phrase)
{
    const struct syntax_node *value = run->operands->value[id];
    const char *name = phrase ? "PHRASE" : "PASSWORD";
    char folded[PHRASE_MAX + 1];
    if (value->next != NULL) {
        run_say(run, RC_ERROR, "PGR082I %s TAKES ONE VALUE; QUOTE IT WHEN IT HAS BLANKS", name);
        return false;
    }
    if (value->kind == SYNTAX_WORD && strcmp(value->text, "*") == 0) {
        run_say(run, RC_ERROR, "PGR083I %s(*) IS FILLED IN WHERE IT CAN BE ASKED FOR: ENTER IT AT passgate racf ON A TERMINAL", name);
        return false;
    }
    bool fits = password_fold(run->racf, value->typed, phrase, folded);
    if (!fits)
        run_say(run, RC_ERROR, "PGR084I A %s HAS AT MOST %d CHARACTERS", name, phrase ? PHRASE_MAX : PASSWORD_MAX);
    bool applied = fits && password_is_acceptable(run, user->userid, folded, phrase) &&
                   password_replace(run, user, folded, phrase, !run_has(run, OPERAND_NOEXPIRED));
    secret_wipe(folded, sizeof folded);
    return applied;
}

bool
password_apply(struct run *run, struct user_row *user)
{
    if (run_has(run, OPERAND_PASSWORD) && !apply_new(run, user, OPERAND_PASSWORD, false))
        return false;
    if (run_has(run, OPERAND_PHRASE) && !apply_new(run, user, OPERAND_PHRASE, true))
        return false;
    if (run_has(run, OPERAND_NOPASSWORD))
        user->password.size = 0;
    if (run_has(run, OPERAND_NOPHRASE))
        user->phrase.size = 0;
    if (run_has(run, OPERAND_EXPIRED))
        user->attributes |= RACF_ATTRIBUTE_EXPIRED;
    if (user->password.size == 0 && user->phrase.size == 0)
        user->attributes &= ~(unsigned)RACF_ATTRIBUTE_EXPIRED;
    return true;
}
