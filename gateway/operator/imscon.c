#include "gateway/operator/imscon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "security/saf/warning.h"

/* What is neither in the member nor changed by commands. */
struct imscon_status {
    char version[16];
    char address[OM_VALUE_SIZE];
    char job[9];
    uint32_t sockets;
    uint32_t converters; /* XML converters loaded: there are none here */
    bool recorder;
};

#define RUNTIME(field) IMSCON_RUNTIME, offsetof(struct runtime_values, field)
#define MEMBER(field) IMSCON_MEMBER, offsetof(struct hwscfg, field)
#define STATUS(field) IMSCON_STATUS, offsetof(struct imscon_status, field)

const struct imscon_keyword imscon_keywords[] = {
    { "ADAPTER", "Adapter", 7, IMSCON_SWITCH, MEMBER(adapter_xml), IMSCON_FIXED, NULL },
    { "MAXCVRT", "MaxConverters", 7, IMSCON_NUMBER, MEMBER(adapter_maxcvrt), IMSCON_FIXED, "ADAPTER" },
    { "NUMCVRT", "NumConverters", 7, IMSCON_NUMBER, STATUS(converters), IMSCON_FIXED, "ADAPTER" },
    { "CASCADE", "Cascade", 7, IMSCON_SWITCH, RUNTIME(cascade), IMSCON_NO_EFFECT, NULL },
    { "CM0ATOQ", "CM0AckTOQ", 8, IMSCON_NAME, MEMBER(cm0atoq), IMSCON_FIXED, NULL },
    { "ICONID", "IconId", 8, IMSCON_NAME, MEMBER(id), IMSCON_FIXED, NULL },
    { "IDLETO", "IdleTimeout", 10, IMSCON_NUMBER, RUNTIME(idleto_hundredths), IMSCON_NO_EFFECT, NULL },
    { "IPADDR", "IpAddress", 45, IMSCON_TEXT, STATUS(address), IMSCON_FIXED, NULL },
    { "MAXLSSSZ", "MaxLSSSZ", 8, IMSCON_NUMBER, MEMBER(adapter_maxlsssz), IMSCON_FIXED, NULL },
    { "MAXSOC", "MaxSoc", 6, IMSCON_NUMBER, MEMBER(maxsoc), IMSCON_FIXED, NULL },
    { "MULTIRTP", "MultiRTP", 8, IMSCON_LETTER, RUNTIME(multirtp), IMSCON_NO_EFFECT, NULL },
    { "NUMSOC", "NumSoc", 6, IMSCON_NUMBER, STATUS(sockets), IMSCON_FIXED, NULL },
    { "ODBMAC", "OdbmAutoConn", 6, IMSCON_SWITCH, RUNTIME(oauto), IMSCON_FIXED, NULL },
    { "ODBMAPPL", "OdbmAppl", 8, IMSCON_NAME, RUNTIME(odbmappl), IMSCON_ACTS, NULL },
    { "ODBMIPMEM", "OdbmIPMember", 16, IMSCON_NAME, MEMBER(odaccess_member), IMSCON_FIXED, NULL },
    { "ODBMTMEM", "OdbmTMember", 8, IMSCON_NAME, MEMBER(odaccess_tmember), IMSCON_FIXED, NULL },
    { "ODBMTO", "OdbmTimeout", 10, IMSCON_NUMBER, MEMBER(odbmtmot_hundredths), IMSCON_FIXED, NULL },
    { "ODRACFST", "OdbmRacfStat", 8, IMSCON_SWITCH, RUNTIME(odracfst), IMSCON_NO_EFFECT, NULL },
    { "PSWDMC", "PswdMC", 6, IMSCON_PSWDMC, RUNTIME(pswdmc), IMSCON_ACTS, NULL },
    { "RACF", "Racf", 4, IMSCON_SWITCH, RUNTIME(racf), IMSCON_ACTS, NULL },
    { "RACFGENRC", "RacfGenRC", 9, IMSCON_SWITCH, RUNTIME(racfgenrc), IMSCON_ACTS, NULL },
    { "RECORDER", "Recorder", 8, IMSCON_SWITCH, STATUS(recorder), IMSCON_FIXED, NULL },
    { "RRS", "Rrs", 3, IMSCON_SWITCH, RUNTIME(rrs), IMSCON_NO_EFFECT, NULL },
    { "SENDALTP", "SendALTP", 8, IMSCON_LETTER, RUNTIME(sendaltp), IMSCON_NO_EFFECT, NULL },
    { "SMEM", "SuperMember", 4, IMSCON_NAME, MEMBER(smember), IMSCON_FIXED, NULL },
    { "TCPIPQ", "TcpipQ", 10, IMSCON_NUMBER, MEMBER(backlog), IMSCON_FIXED, NULL },
    { "TIMEOUT", "Timeout", 10, IMSCON_NUMBER, MEMBER(timeout_hundredths), IMSCON_FIXED, NULL },
    { "TMRACFST", "TMRacfStat", 8, IMSCON_SWITCH, RUNTIME(tmracfst), IMSCON_NO_EFFECT, NULL },
    { "UIDAGE", "UidAge", 10, IMSCON_NUMBER, MEMBER(uidage_s), IMSCON_FIXED, NULL },
    { "UIDCACHE", "UidCache", 8, IMSCON_SWITCH, RUNTIME(uidcache), IMSCON_NO_EFFECT, NULL },
    { "VERSION", "Version", 8, IMSCON_TEXT, STATUS(version), IMSCON_FIXED, NULL },
    { "WARNINC", "WarnInc", 7, IMSCON_NUMBER, MEMBER(warninc_percent), IMSCON_FIXED, NULL },
    { "WARNSOC", "WarnSoc", 7, IMSCON_NUMBER, MEMBER(warnsoc_percent), IMSCON_FIXED, NULL },
};
const size_t imscon_keyword_count = sizeof imscon_keywords / sizeof imscon_keywords[0];

/* Other spellings in SET: OAUTO changes what SHOW calls ODBMAC; APPL is the member's name for ODBMAPPL. */
static const struct {
    const char *spelling;
    const char *name;
    enum imscon_set set;
} set_synonyms[] = {
    { "APPL", "ODBMAPPL", IMSCON_ACTS },
    { "OAUTO", "ODBMAC", IMSCON_NO_EFFECT },
};

static const char *const allowed_values[] = {
    [IMSCON_NAME] = "1 to 8 of A-Z 0-9 $ # @, or 0 to reset it",
    [IMSCON_SWITCH] = "ON or OFF",
    [IMSCON_LETTER] = "ON, OFF or 0",
    [IMSCON_PSWDMC] = "ON, OFF or RCF",
    [IMSCON_NUMBER] = "0 to 2147483647",
    [IMSCON_TEXT] = "",
};

static struct imscon_status
status_of(struct gateway *gateway)
{
    const struct configuration *configuration = gateway->configuration;
    const char *address = configuration->settings.address;
    struct imscon_status status = { .sockets = socket_count_open(&gateway->sockets) };
    snprintf(status.version, sizeof status.version, "%s", PASSGATE_VERSION);
    snprintf(status.address, sizeof status.address, "%s", address[0] != '\0' ? address : configuration->hws.ipv6 ? "::" : "0.0.0.0");
    return status;
}

static void
show(const struct imscon_keyword *keyword, const char *base, char value[OM_VALUE_SIZE])
{
    const void *field = base + keyword->offset;
    uint32_t number;
    enum hws_pswdmc pswdmc;
    switch (keyword->kind) {
    case IMSCON_NAME:
    case IMSCON_TEXT:
        snprintf(value, OM_VALUE_SIZE, "%s", (const char *)field);
        break;
    case IMSCON_SWITCH:
        snprintf(value, OM_VALUE_SIZE, "%c", *(const bool *)field ? 'Y' : 'N');
        break;
    case IMSCON_LETTER:
        snprintf(value, OM_VALUE_SIZE, "%s", *(const char *)field == 'Y' ? "Y" : *(const char *)field == 'N' ? "N" : "");
        break;
    case IMSCON_PSWDMC:
        memcpy(&pswdmc, field, sizeof pswdmc);
        snprintf(value, OM_VALUE_SIZE, "%c", pswdmc == HWS_PSWDMC_YES ? 'Y' : pswdmc == HWS_PSWDMC_NO ? 'N' : 'R');
        break;
    case IMSCON_NUMBER:
        memcpy(&number, field, sizeof number);
        snprintf(value, OM_VALUE_SIZE, "%u", number);
        break;
    }
}

static bool
is_shown(const struct imscon_keyword *keyword, const struct command_word *fields)
{
    for (const struct command_word *field = fields; field != NULL; field = field->next)
        if (strcmp(field->text, "ALL") == 0 || strcmp(field->text, keyword->name) == 0 ||
            (keyword->group != NULL && strcmp(field->text, keyword->group) == 0))
            return true;
    return false;
}

static const struct imscon_keyword *
find_keyword(const char *name)
{
    for (size_t i = 0; i < imscon_keyword_count; i++)
        if (strcmp(imscon_keywords[i].name, name) == 0)
            return &imscon_keywords[i];
    return NULL;
}

static enum command_effect
refuse(struct om_response *response, const struct gateway *gateway, enum om_completion completion, const char *text)
{
    om_response_fail(response, OM_NONE_WORKED, OM_REASON_MEMBER_FAILED, "%s", text);
    om_response_complete(response, gateway->configuration->hws.id, completion, text);
    return COMMAND_DONE;
}

/* False, with the response filled, when a command has a keyword after the resource that it does not know. */
static bool
check_keywords(const struct command *command, const char *const known[], size_t count, const struct gateway *gateway,
               struct om_response *response)
{
    for (const struct command_word *word = command->first->next->next; word != NULL; word = word->next) {
        size_t i = 0;
        while (i < count && strcmp(word->text, known[i]) != 0)
            i++;
        if (i < count && word->has_list && command_keyword(command, known[i]) == word)
            continue;
        char text[OM_VALUE_SIZE + COMMAND_WORD_MAX];
        snprintf(text, sizeof text, "%s is not expected here, is given twice or lacks its value", word->text);
        refuse(response, gateway, OM_CC_KEYWORD, text);
        return false;
    }
    return true;
}

enum command_effect
imscon_query_config(struct gateway *gateway, const struct command *command, const struct command_issuer *issuer,
                    struct om_response *response)
{
    (void)issuer;
    static const char *const known[] = { "TYPE", "SHOW" };
    if (!check_keywords(command, known, sizeof known / sizeof known[0], gateway, response))
        return COMMAND_DONE;
    const struct command_word *shown = command_keyword(command, "SHOW");
    const struct command_word *fields = shown != NULL ? shown->first : NULL;
    for (const struct command_word *field = fields; field != NULL; field = field->next) {
        if (!field->has_list && (strcmp(field->text, "ALL") == 0 || find_keyword(field->text) != NULL))
            continue;
        char text[OM_VALUE_SIZE + COMMAND_WORD_MAX];
        snprintf(text, sizeof text, "SHOW: %s is not known; SHOW ALL lists the fields", field->text);
        return refuse(response, gateway, OM_CC_KEYWORD, text);
    }
    struct runtime *runtime = runtime_acquire(&gateway->runtime);
    struct imscon_status status = status_of(gateway);
    const char *const bases[] = {
        [IMSCON_RUNTIME] = (const char *)&runtime->values,
        [IMSCON_MEMBER] = (const char *)&gateway->configuration->hws,
        [IMSCON_STATUS] = (const char *)&status,
    };
    om_response_complete(response, gateway->configuration->hws.id, OM_CC_DONE, "");
    for (size_t i = 0; i < imscon_keyword_count; i++) {
        const struct imscon_keyword *keyword = &imscon_keywords[i];
        char value[OM_VALUE_SIZE];
        if (!is_shown(keyword, fields))
            continue;
        show(keyword, bases[keyword->source], value);
        om_response_add(response, keyword->name, keyword->long_label, keyword->length, keyword->kind == IMSCON_NUMBER, value);
    }
    runtime_release(runtime);
    return COMMAND_DONE;
}

static bool
is_application_name(const char *name)
{
    size_t length = strlen(name);
    return length >= 1 && length <= HWS_NAME_MAX && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$#@") == length;
}

static bool
set_name(char *field, const char *value)
{
    bool reset = strcmp(value, "0") == 0;
    if (!reset && !is_application_name(value))
        return false;
    snprintf(field, HWS_NAME_MAX + 1, "%s", reset ? "" : value);
    return true;
}

static bool
set_number(void *field, const char *value)
{
    char *end;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    uint32_t stored = (uint32_t)number;
    if (end == value || *end != '\0' || errno != 0 || number < 0 || number > INT32_MAX || value[0] == '+' || value[0] == '-')
        return false;
    memcpy(field, &stored, sizeof stored);
    return true;
}

static bool
set_value(const struct imscon_keyword *keyword, struct runtime_values *values, const char *value)
{
    char *field = (char *)values + keyword->offset;
    bool on = strcmp(value, "ON") == 0;
    bool off = strcmp(value, "OFF") == 0;
    enum hws_pswdmc pswdmc = on ? HWS_PSWDMC_YES : off ? HWS_PSWDMC_NO : HWS_PSWDMC_RACF;
    switch (keyword->kind) {
    case IMSCON_NAME:
        return set_name(field, value);
    case IMSCON_SWITCH:
        memcpy(field, &on, sizeof on);
        return on || off;
    case IMSCON_LETTER:
        *field = on ? 'Y' : off ? 'N' : ' ';
        return on || off || strcmp(value, "0") == 0;
    case IMSCON_PSWDMC:
        memcpy(field, &pswdmc, sizeof pswdmc);
        return on || off || strcmp(value, "RCF") == 0;
    case IMSCON_NUMBER:
        return set_number(field, value);
    case IMSCON_TEXT:
        break;
    }
    return false;
}

/* The keyword that SET changes by a word, and whether that does anything; NULL when there is none. */
static const struct imscon_keyword *
settable(const char *word, enum imscon_set *set)
{
    const char *name = word;
    *set = IMSCON_FIXED;
    for (size_t i = 0; i < sizeof set_synonyms / sizeof set_synonyms[0]; i++) {
        if (strcmp(word, set_synonyms[i].spelling) == 0) {
            name = set_synonyms[i].name;
            *set = set_synonyms[i].set;
        }
    }
    const struct imscon_keyword *keyword = find_keyword(name);
    if (keyword != NULL && name == word)
        *set = keyword->set;
    return *set != IMSCON_FIXED ? keyword : NULL;
}

struct change {
    struct runtime_values values;
    char without_effect[256]; /* names of keywords that were accepted, no effect */
    enum om_completion completion;
    char text[OM_TEXT_SIZE];
};

/* All or nothing: the first wrong word leaves everything as it was. */
static bool
apply(const struct command_word *words, struct change *change)
{
    for (const struct command_word *word = words; word != NULL; word = word->next) {
        enum imscon_set set;
        const char *value;
        const struct imscon_keyword *keyword = settable(word->text, &set);
        if (keyword == NULL) {
            change->completion = OM_CC_KEYWORD;
            snprintf(change->text, sizeof change->text, "SET: %s is not known", word->text);
            return false;
        }
        if (!command_single_value(word, &value) || !set_value(keyword, &change->values, value)) {
            change->completion = OM_CC_VALUE;
            snprintf(change->text, sizeof change->text, "SET: %s: %s%sallowed: %s", word->text, value,
                     value[0] != '\0' ? " is wrong; " : "", allowed_values[keyword->kind]);
            return false;
        }
        if (set == IMSCON_NO_EFFECT) {
            size_t used = strlen(change->without_effect);
            snprintf(change->without_effect + used, sizeof change->without_effect - used, " %s", word->text);
        }
    }
    return true;
}

static void
log_warning(enum warning warning, const char *subject)
{
    char text[WARNING_TEXT_SIZE];
    warning_text(warning, subject, "", text);
    log_message(warning_id(warning), "%s", text);
}

static void
log_change(const struct command_issuer *issuer, const struct om_response *response, const struct runtime_values *values)
{
    log_message("HWSG0040I", "%.*s: DONE FOR %s, UID=%u", (int)response->input_size, response->input, issuer->name, issuer->uid);
    enum warning warning;
    if (!values->racf)
        log_warning(WARNING_RACF_OFF, "");
    else if (!values->racfgenrc)
        log_warning(WARNING_RACFGENRC_OFF, "");
    if (warning_of_application(values->odbmappl, &warning))
        log_warning(warning, values->odbmappl);
}

static enum command_effect
set_config(struct gateway *gateway, const struct command_word *words, const struct command_issuer *issuer, struct om_response *response)
{
    struct runtime *runtime = runtime_acquire(&gateway->runtime);
    struct change change = { .values = runtime->values };
    runtime_release(runtime);
    if (!apply(words, &change))
        return refuse(response, gateway, change.completion, change.text);
    if (!runtime_publish(&gateway->runtime, &change.values))
        return refuse(response, gateway, OM_CC_NO_MEMORY, "no memory for the change");
    log_change(issuer, response, &change.values);
    if (change.without_effect[0] == '\0') {
        om_response_complete(response, gateway->configuration->hws.id, OM_CC_DONE, "");
        return COMMAND_DONE;
    }
    snprintf(change.text, sizeof change.text, "accepted, no effect:%s", change.without_effect);
    om_response_fail(response, OM_WARNING, OM_REASON_COMPLETED_WITH_WARNINGS, "%s", change.text);
    om_response_complete(response, gateway->configuration->hws.id, OM_CC_NO_EFFECT, change.text);
    return COMMAND_DONE;
}

static enum command_effect
shut_down(struct gateway *gateway, const struct command *command, const struct command_issuer *issuer, struct om_response *response)
{
    const char *what = "";
    const char *option = "QUIESCE";
    const struct command_word *given = command_keyword(command, "OPTION");
    if (!command_single_value(command_keyword(command, "SHUTDOWN"), &what) || strcmp(what, "COMM") != 0)
        return refuse(response, gateway, OM_CC_VALUE, "SHUTDOWN: allowed: COMM");
    if (given != NULL && !command_single_value(given, &option))
        option = "";
    bool force = strcmp(option, "FORCE") == 0;
    if (!force && strcmp(option, "QUIESCE") != 0)
        return refuse(response, gateway, OM_CC_VALUE, "OPTION: allowed: QUIESCE or FORCE");
    log_message("HWSG0040I", "%.*s: DONE FOR %s, UID=%u", (int)response->input_size, response->input, issuer->name, issuer->uid);
    om_response_complete(response, gateway->configuration->hws.id, OM_CC_DONE, "");
    return force ? COMMAND_STOP_GATEWAY_NOW : COMMAND_STOP_GATEWAY;
}

enum command_effect
imscon_update_config(struct gateway *gateway, const struct command *command, const struct command_issuer *issuer,
                     struct om_response *response)
{
    static const char *const known[] = { "TYPE", "SET", "SHUTDOWN", "OPTION" };
    if (!check_keywords(command, known, sizeof known / sizeof known[0], gateway, response))
        return COMMAND_DONE;
    const struct command_word *set = command_keyword(command, "SET");
    const struct command_word *shutdown = command_keyword(command, "SHUTDOWN");
    const struct command_word *option = command_keyword(command, "OPTION");
    if ((set == NULL) == (shutdown == NULL) || (set != NULL && option != NULL))
        return refuse(response, gateway, OM_CC_KEYWORD, "expected is SET with keywords, or SHUTDOWN with COMM and maybe OPTION");
    if (shutdown != NULL)
        return shut_down(gateway, command, issuer, response);
    if (set->first == NULL)
        return refuse(response, gateway, OM_CC_KEYWORD, "SET has no keyword");
    return set_config(gateway, set->first, issuer, response);
}
