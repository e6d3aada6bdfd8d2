#include "config/settings_table.h"

const char *const setting_section_names[SETTING_SECTION_COUNT] = {
    [SETTING_PASSGATE] = "passgate", [SETTING_LIMITS] = "limits",       [SETTING_SAF] = "saf",
    [SETTING_RACF] = "racf",         [SETTING_DATASTORE] = "datastore",
};

#define KEPT(member) offsetof(struct passgate_settings, member), sizeof(((struct passgate_settings *)NULL)->member)
#define DATASTORE_KEPT(member) offsetof(struct datastore_settings, member), sizeof(((struct datastore_settings *)NULL)->member)

const struct setting settings_table[] = {
    { SETTING_PASSGATE, "member", SETTING_PATH, 0, 0, NULL, "HWSCFG00", KEPT(member), "the HWSCFGxx member" },
    { SETTING_PASSGATE, "address", SETTING_ADDRESS, 0, 0, NULL, "", KEPT(address),
      "address to listen on; unset: `::` with TCPIP IPV6=Y, else `0.0.0.0`" },
    { SETTING_PASSGATE, "threads", SETTING_NUMBER, 0, 1024, NULL, "0", KEPT(threads), "event loops; 0: one per core" },
    { SETTING_PASSGATE, "executor_threads", SETTING_NUMBER, 1, 1024, NULL, "8", KEPT(executor_threads), "threads that run SQL" },
    { SETTING_PASSGATE, "operator_socket", SETTING_SOCKET, 0, 0, NULL, "run/operator", KEPT(operator_socket),
      "socket for operator commands" },
    { SETTING_PASSGATE, "shutdown_ms", SETTING_NUMBER, 0, 3600000, NULL, "10000", KEPT(shutdown_ms),
      "milliseconds that SIGTERM waits for work in flight" },
    { SETTING_PASSGATE, "security_mechanisms", SETTING_SET, 0, 0, "USRIDPWD|EUSRIDPWD", "USRIDPWD, EUSRIDPWD", KEPT(security_mechanisms),
      "what ACCSEC may ask for: user ID and password in clear (SECMEC 3), or encrypted (SECMEC 9)" },
    { SETTING_PASSGATE, "trusted_ports", SETTING_PORTS, 0, 0, NULL, "", KEPT(trusted_ports),
      "DRDAPORTs whose clients are trusted to have checked their users: there a user ID without password (SECMEC 4) is taken as well" },
    { SETTING_PASSGATE, "reauthentication", SETTING_FLAG, 0, 0, "strict|same-ticket", "same-ticket", KEPT(reauthentication_same_ticket),
      "`same-ticket`: the user ID and PassTicket that opened a connection are accepted again on it; `strict`: never" },
    { SETTING_LIMITS, "login_ms", SETTING_NUMBER, 100, 3600000, NULL, "15000", KEPT(login_ms),
      "milliseconds from the connection to a successful SECCHK" },
    { SETTING_LIMITS, "unauthenticated_bytes", SETTING_NUMBER, 1024, 1048576, NULL, "8192", KEPT(unauthenticated_bytes),
      "bytes of one command before SECCHK succeeded" },
    { SETTING_LIMITS, "command_bytes", SETTING_NUMBER, 65536, 1073741824, NULL, "16777216", KEPT(command_bytes),
      "bytes of one command with its objects" },
    { SETTING_SAF, "start", SETTING_FLAG, 0, 0, "external|child", "child", KEPT(saf_child),
      "`child`: the gateway starts its own safd; `external`: one runs already" },
    { SETTING_SAF, "socket", SETTING_SOCKET, 0, 0, NULL, "run/saf", KEPT(saf_socket), "socket of safd" },
    { SETTING_SAF, "gateway_user", SETTING_USERNAME, 0, 0, NULL, "", KEPT(saf_gateway_user),
      "system user whose processes may ask for VERIFY; unset: safd's own" },
    { SETTING_SAF, "timeout_ms", SETTING_NUMBER, 10, 600000, NULL, "5000", KEPT(saf_timeout_ms),
      "milliseconds to wait for a verdict; then the login is refused with SECCHKCD 0A" },
    { SETTING_RACF, "database", SETTING_PATH, 0, 0, NULL, "racf.db", KEPT(racf_database), "the RACF database" },
    { SETTING_RACF, "master_key", SETTING_PATH, 0, 0, NULL, "master.key", KEPT(master_key),
      "the key under which application keys are stored" },
    { SETTING_RACF, "replay", SETTING_PATH, 0, 0, NULL, "replay.db", KEPT(replay_database), "PassTickets already used" },
    { SETTING_RACF, "replay_durability", SETTING_FLAG, 0, 0, "process|power", "power", KEPT(replay_power),
      "a used ticket stays refused after the end of the `process`, or after a loss of `power` too" },
    { SETTING_RACF, "audit", SETTING_PATH, 0, 0, NULL, "audit.log", KEPT(audit_file), "audit records" },
    { SETTING_RACF, "password_threads", SETTING_NUMBER, 1, 64, NULL, "2", KEPT(password_threads),
      "threads that hash passwords, each some 30 a second; 32 comparisons may wait for each, more are refused with SECCHKCD 09" },
    { SETTING_DATASTORE, "type", SETTING_ENUM, 0, 0, "sqlite", "sqlite", DATASTORE_KEPT(kind), "what serves it" },
    { SETTING_DATASTORE, "path", SETTING_PATH, 0, 0, NULL, NULL, DATASTORE_KEPT(path), "the database file" },
    { SETTING_DATASTORE, "read_only", SETTING_FLAG, 0, 0, "no|yes", "no", DATASTORE_KEPT(read_only), "refuse changes" },
    { SETTING_DATASTORE, "create", SETTING_FLAG, 0, 0, "no|yes", "no", DATASTORE_KEPT(create), "make the file when it is not there" },
};

const size_t settings_table_count = sizeof settings_table / sizeof settings_table[0];
_Static_assert(sizeof settings_table / sizeof settings_table[0] <= SETTINGS_MAX, "the parser has no room for all settings");
