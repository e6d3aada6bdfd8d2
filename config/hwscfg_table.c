#include "config/hwscfg_table.h"

#include <string.h>

#include "config/suggestion.h"

const struct hwscfg_group_rule hwscfg_groups[HWSCFG_GROUP_COUNT] = {
    [HWSCFG_MEMBER] = { .name = "", .title = "" },
    [HWSCFG_HWS] = { "HWS", "HWS", HWSCFG_MEMBER, HWSCFG_ACTS, .most = 1, .required = true, .help = "the gateway itself" },
    [HWSCFG_TCPIP] = { "TCPIP", "TCPIP", HWSCFG_MEMBER, HWSCFG_ACTS, .most = 1, .help = "sockets" },
    [HWSCFG_TCPIP_PORT] = { "PORT", "TCPIP PORT", HWSCFG_TCPIP, HWSCFG_NO_EFFECT, .help = "a port for IMS TM clients" },
    [HWSCFG_TCPIP_CICSPORT] = { "CICSPORT", "TCPIP CICSPORT", HWSCFG_TCPIP, HWSCFG_NO_EFFECT, .help = "a port for CICS" },
    [HWSCFG_DATASTORE] = { "DATASTORE", "DATASTORE", HWSCFG_MEMBER, HWSCFG_NO_EFFECT, .open = true, .help = "an IMS TM data store" },
    [HWSCFG_ODACCESS] = { "ODACCESS", "ODACCESS", HWSCFG_MEMBER, HWSCFG_ACTS, .most = 1, .required = true, .help = "DRDA clients" },
    [HWSCFG_ODACCESS_DRDAPORT] = { "DRDAPORT", "ODACCESS DRDAPORT", HWSCFG_ODACCESS, HWSCFG_ACTS, .required = true,
                                   .help = "a port to listen on; may be repeated" },
    [HWSCFG_ODACCESS_IMSPLEX] = { "IMSPLEX", "ODACCESS IMSPLEX", HWSCFG_ODACCESS, HWSCFG_SHOWN, .most = 1, .help = "the plex of ODBM" },
    [HWSCFG_IMSPLEX] = { "IMSPLEX", "IMSPLEX", HWSCFG_MEMBER, HWSCFG_ACTS, .help = "the plex of operator commands; the first counts" },
    [HWSCFG_ADAPTER] = { "ADAPTER", "ADAPTER", HWSCFG_MEMBER, HWSCFG_SHOWN, .most = 1, .help = "XML converters" },
    [HWSCFG_RMTIMSCON] = { "RMTIMSCON", "RMTIMSCON", HWSCFG_MEMBER, HWSCFG_NO_EFFECT, .most = 50, .help = "another IMS Connect" },
    [HWSCFG_MSC] = { "MSC", "MSC", HWSCFG_MEMBER, HWSCFG_NO_EFFECT, .open = true, .help = "a multiple systems coupling link" },
    [HWSCFG_MSC_IMSPLEX] = { "IMSPLEX", "MSC IMSPLEX", HWSCFG_MSC, HWSCFG_NO_EFFECT, .most = 1, .help = "the plex of the link" },
    [HWSCFG_ISC] = { "ISC", "ISC", HWSCFG_MEMBER, HWSCFG_NO_EFFECT, .open = true, .help = "an intersystem communication link" },
    [HWSCFG_ISC_IMSPLEX] = { "IMSPLEX", "ISC IMSPLEX", HWSCFG_ISC, HWSCFG_NO_EFFECT, .most = 1, .help = "the plex of the link" },
    [HWSCFG_RMTCICS] = { "RMTCICS", "RMTCICS", HWSCFG_MEMBER, HWSCFG_NO_EFFECT, .open = true, .help = "a CICS region" },
};

#define KEPT(member) .field = offsetof(struct hwscfg, member), .size = sizeof(((struct hwscfg *)NULL)->member)
#define PORT_KEPT(member) .field = offsetof(struct hws_drda_port, member), .size = sizeof(((struct hws_drda_port *)NULL)->member)
#define IGNORED .effect = HWSCFG_NO_EFFECT, .field = HWSCFG_NOT_KEPT
#define ACTS .effect = HWSCFG_ACTS
#define SHOWN .effect = HWSCFG_SHOWN

enum { HUNDREDTHS_MAX = 2147483647, KEEPAV_MAX = 2147460 };

/* IBM's defaults and ranges. Where IBM publishes no range, the widest sensible one stands here. */
const struct hwscfg_parameter hwscfg_parameters[] = {
    { HWSCFG_HWS, "ID", HWSCFG_IDENTIFIER, 1, 8, NULL, "", .required = true, ACTS, KEPT(id),
      "name of the gateway; the application name of PassTickets when ODACCESS APPL= is not given" },
    { HWSCFG_HWS, "RACF", HWSCFG_YES_NO, 0, 0, NULL, "N", ACTS, KEPT(racf),
      "Y: check user ID and password or PassTicket; N: check nothing" },
    { HWSCFG_HWS, "PSWDMC", HWSCFG_CHOICE, 0, 0, "R|N|Y", "R", ACTS, KEPT(pswdmc),
      "mixed-case passwords: R as SETROPTS PASSWORD says, N fold to upper case, Y never fold" },
    { HWSCFG_HWS, "UIDCACHE", HWSCFG_YES_NO, 0, 0, NULL, "N", SHOWN, KEPT(uidcache),
      "cache of user IDs; DRDA logins are never answered from one" },
    { HWSCFG_HWS, "UIDAGE", HWSCFG_NUMBER, 300, 2147483647, NULL, "2147483647", .or_zero = true, SHOWN, KEPT(uidage_s),
      "age limit of that cache in seconds; 2147483647 is no limit" },
    { HWSCFG_HWS, "XIBAREA", HWSCFG_NUMBER, 1, 500, NULL, "20", IGNORED, .help = "fullwords for user exits" },
    { HWSCFG_HWS, "RRS", HWSCFG_YES_NO, 0, 0, NULL, "N", SHOWN, KEPT(rrs), "resource recovery services" },
    { HWSCFG_HWS, "SMEMBER", HWSCFG_NAME, 1, 4, NULL, "", SHOWN, KEPT(smember), "OTMA super member" },
    { HWSCFG_HWS, "CM0ATOQ", HWSCFG_NAME, 1, 8, NULL, "", SHOWN, KEPT(cm0atoq), "OTMA time-out queue" },
    { HWSCFG_HWS, "CASCADE", HWSCFG_YES_NO, 0, 0, NULL, "N", SHOWN, KEPT(cascade), "cascaded transactions" },
    { HWSCFG_HWS, "RACFGENRC", HWSCFG_YES_NO, 0, 0, NULL, "N", ACTS, KEPT(racfgenrc),
      "Y: one generic return code for a bad user ID and a bad password" },
    { HWSCFG_HWS, "SENDALTP", HWSCFG_CHOICE, 0, 0, "N|Y", "", SHOWN, KEPT(sendaltp), "send-only output to the alternate tpipe" },
    { HWSCFG_HWS, "MULTIRTP", HWSCFG_CHOICE, 0, 0, "N|Y", "", SHOWN, KEPT(multirtp), "several resume tpipes at a time" },
    { HWSCFG_HWS, "TMRACFST", HWSCFG_YES_NO, 0, 0, NULL, "N", SHOWN, KEPT(tmracfst), "RACF statistics for IMS TM clients" },
    { HWSCFG_HWS, "WTORCMD", HWSCFG_YES_NO, 0, 0, NULL, "Y", .effect = HWSCFG_NO_EFFECT, KEPT(wtorcmd),
      "outstanding reply on the console; there is none here" },
    { HWSCFG_HWS, "OTELTRACE", HWSCFG_CHOICE, 0, 0, "N|P|T|Y", "N", IGNORED, .help = "OpenTelemetry tracing" },
    { HWSCFG_HWS, "TRANORCH", HWSCFG_CHOICE, 0, 0, "N|Y", "", IGNORED, .help = "transaction orchestration" },

    { HWSCFG_TCPIP, "HOSTNAME", HWSCFG_NAME, 1, 8, NULL, "", IGNORED, .help = "job name of the TCP/IP stack" },
    { HWSCFG_TCPIP, "PORTID", HWSCFG_PORTS, 0, 0, NULL, "", IGNORED, .help = "ports for IMS TM clients, or LOCAL" },
    { HWSCFG_TCPIP, "SSLPORT", HWSCFG_PORTS, 0, 0, NULL, "", IGNORED, .help = "SSL ports for IMS TM clients" },
    { HWSCFG_TCPIP, "SSLENVAR", HWSCFG_NAME, 1, 8, NULL, "", IGNORED, .help = "member with the SSL settings" },
    { HWSCFG_TCPIP, "MAXSOC", HWSCFG_NUMBER, 50, 65535, NULL, "50", ACTS, KEPT(maxsoc), "most sockets, listening ones included" },
    { HWSCFG_TCPIP, "WARNSOC", HWSCFG_NUMBER, 50, 99, NULL, "80", ACTS, KEPT(warnsoc_percent),
      "per cent of MAXSOC at which warnings begin" },
    { HWSCFG_TCPIP, "WARNINC", HWSCFG_NUMBER, 1, 50, NULL, "5", ACTS, KEPT(warninc_percent), "per cent of MAXSOC between warnings" },
    { HWSCFG_TCPIP, "TIMEOUT", HWSCFG_NUMBER, 0, HUNDREDTHS_MAX, NULL, "0", SHOWN, KEPT(timeout_hundredths),
      "hundredths of a second that IMS TM clients wait" },
    { HWSCFG_TCPIP, "IDLETO", HWSCFG_NUMBER, 0, HUNDREDTHS_MAX, NULL, "0", SHOWN, KEPT(idleto_hundredths),
      "idle time-out of IMS TM ports; never of DRDA ports" },
    { HWSCFG_TCPIP, "TCPIPQ", HWSCFG_NUMBER, 50, 2147483647, NULL, "50", ACTS, KEPT(backlog), "listen backlog; the kernel may lower it" },
    { HWSCFG_TCPIP, "NODELAY", HWSCFG_YES_NO, 0, 0, NULL, "N", SHOWN, KEPT(nodelay),
      "TCP_NODELAY; every reply is sent at once here either way" },
    { HWSCFG_TCPIP, "IPV6", HWSCFG_YES_NO, 0, 0, NULL, "N", ACTS, KEPT(ipv6),
      "Y: listen on :: (IPv6 and IPv4) when passgate.ini names no address" },
    { HWSCFG_TCPIP, "ECB", HWSCFG_YES_NO, 0, 0, NULL, "N", IGNORED, .help = "ECB-driven TCP/IP exit" },
    { HWSCFG_TCPIP, "PORTAFF", HWSCFG_YES_NO, 0, 0, NULL, "N", IGNORED, .help = "affinity of shared ports" },
    { HWSCFG_TCPIP, "RACFID", HWSCFG_NAME, 1, 8, NULL, "", IGNORED, .help = "user ID of IMS TM messages that carry none" },
    { HWSCFG_TCPIP, "MAXSIZE", HWSCFG_NUMBER, 1, 2147483647, NULL, "", IGNORED, .help = "largest IMS TM message" },
    { HWSCFG_TCPIP, "EXIT", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "user message exits" },

    { HWSCFG_TCPIP_PORT, "ID", HWSCFG_PORT, 0, 0, NULL, "", .required = true, IGNORED, .help = "port number" },
    { HWSCFG_TCPIP_PORT, "KEEPAV", HWSCFG_NUMBER, 0, KEEPAV_MAX, NULL, "0", IGNORED, .help = "keep-alive in seconds" },
    { HWSCFG_TCPIP_PORT, "EDIT", HWSCFG_NAME, 1, 8, NULL, "", IGNORED, .help = "port message edit exit" },
    { HWSCFG_TCPIP_PORT, "IDLETO", HWSCFG_NUMBER, 0, HUNDREDTHS_MAX, NULL, "0", IGNORED, .help = "idle time-out" },
    { HWSCFG_TCPIP_CICSPORT, "ID", HWSCFG_PORT, 0, 0, NULL, "", .required = true, IGNORED, .help = "port number" },
    { HWSCFG_TCPIP_CICSPORT, "KEEPAV", HWSCFG_NUMBER, 0, KEEPAV_MAX, NULL, "0", IGNORED, .help = "keep-alive in seconds" },

    { HWSCFG_DATASTORE, "ID", HWSCFG_NAME, 1, 8, NULL, "", IGNORED, .help = "name of the data store" },
    { HWSCFG_DATASTORE, "GROUP", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "XCF group" },
    { HWSCFG_DATASTORE, "MEMBER", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "XCF member of IMS Connect" },
    { HWSCFG_DATASTORE, "TMEMBER", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "XCF member of IMS" },
    { HWSCFG_DATASTORE, "DRU", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "destination resolution exit" },
    { HWSCFG_DATASTORE, "APPL", HWSCFG_NAME, 1, 8, NULL, "", IGNORED, .help = "application name of IMS TM logins to it" },
    { HWSCFG_DATASTORE, "ACKTO", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "OTMA ACK time-out" },
    { HWSCFG_DATASTORE, "CM0ATOQ", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "OTMA time-out queue" },
    { HWSCFG_DATASTORE, "CASCADE", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "cascaded transactions" },
    { HWSCFG_DATASTORE, "MULTIRTP", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "several resume tpipes" },
    { HWSCFG_DATASTORE, "SENDALTP", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "alternate tpipe" },
    { HWSCFG_DATASTORE, "SMEMBER", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "OTMA super member" },
    { HWSCFG_DATASTORE, "MAXI", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "OTMA message limit" },
    { HWSCFG_DATASTORE, "OAAV", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "OTMA ACEE ageing" },
    { HWSCFG_DATASTORE, "RRNAME", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "reroute name" },

    { HWSCFG_ODACCESS, "APPL", HWSCFG_NAME, 1, 8, NULL, "", ACTS, KEPT(appl), "application name of PassTickets; blank: HWS ID= is used" },
    { HWSCFG_ODACCESS, "ODBMTMOT", HWSCFG_NUMBER, 0, HUNDREDTHS_MAX, NULL, "18000", SHOWN, KEPT(odbmtmot_hundredths),
      "hundredths of a second to wait for ODBM" },
    { HWSCFG_ODACCESS, "ODBMAUTOCONN", HWSCFG_YES_NO, 0, 0, NULL, "N", SHOWN, KEPT(odbmautoconn), "connect to every ODBM of the plex" },
    { HWSCFG_ODACCESS, "ODRACFST", HWSCFG_YES_NO, 0, 0, NULL, "N", SHOWN, KEPT(odracfst), "RACF logon statistics for DRDA clients" },
    { HWSCFG_ODACCESS_DRDAPORT, "ID", HWSCFG_PORT, 0, 0, NULL, "", .required = true, ACTS, PORT_KEPT(id), "port number" },
    { HWSCFG_ODACCESS_DRDAPORT, "KEEPAV", HWSCFG_NUMBER, 0, KEEPAV_MAX, NULL, "0", ACTS, PORT_KEPT(keepalive_s),
      "TCP keep-alive in seconds; 0: the kernel's" },
    { HWSCFG_ODACCESS_DRDAPORT, "PORTTMOT", HWSCFG_NUMBER, 0, HUNDREDTHS_MAX, NULL, "6000", ACTS, PORT_KEPT(porttmot_hundredths),
      "hundredths of a second to wait for the client's next message; 0: for ever" },
    { HWSCFG_ODACCESS_IMSPLEX, "MEMBER", HWSCFG_NAME, 1, 16, NULL, "", SHOWN, KEPT(odaccess_member), "name of this gateway in the plex" },
    { HWSCFG_ODACCESS_IMSPLEX, "TMEMBER", HWSCFG_NAME, 1, 5, NULL, "", SHOWN, KEPT(odaccess_tmember), "name of the plex" },

    { HWSCFG_IMSPLEX, "MEMBER", HWSCFG_NAME, 1, 16, NULL, "", .required = true, SHOWN, KEPT(imsplex_member),
      "name of this gateway in the plex" },
    { HWSCFG_IMSPLEX, "TMEMBER", HWSCFG_NAME, 1, 5, NULL, "", .required = true, ACTS, KEPT(imsplex_tmember),
      "name of the plex; OPERCMDS profiles begin with IMS.CSL and this name" },

    { HWSCFG_ADAPTER, "XML", HWSCFG_YES_NO, 0, 0, NULL, "N", SHOWN, KEPT(adapter_xml), "XML adapter" },
    { HWSCFG_ADAPTER, "MAXCVRT", HWSCFG_NUMBER, 100, 2000, NULL, "100", SHOWN, KEPT(adapter_maxcvrt), "most XML converters" },
    { HWSCFG_ADAPTER, "MAXLSSSZ", HWSCFG_NUMBER, 1, 2147483647, NULL, "32767", SHOWN, KEPT(adapter_maxlsssz), "language structure size" },
    { HWSCFG_ADAPTER, "RUNOPTS", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "Language Environment options" },

    { HWSCFG_RMTIMSCON, "ID", HWSCFG_NAME, 1, 8, NULL, "", .required = true, IGNORED, .help = "name of the connection" },
    { HWSCFG_RMTIMSCON, "IPADDR", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "address" },
    { HWSCFG_RMTIMSCON, "HOSTNAME", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "host name" },
    { HWSCFG_RMTIMSCON, "PORT", HWSCFG_NUMBER, 1, 65535, NULL, "", IGNORED, .help = "port of the other side" },
    { HWSCFG_RMTIMSCON, "APPL", HWSCFG_NAME, 1, 8, NULL, "", IGNORED, .help = "application name of generated PassTickets" },
    { HWSCFG_RMTIMSCON, "USERID", HWSCFG_NAME, 1, 8, NULL, "", IGNORED, .help = "user ID of generated PassTickets" },
    { HWSCFG_RMTIMSCON, "AUTOCONN", HWSCFG_YES_NO, 0, 0, NULL, "N", IGNORED, .help = "connect at start" },
    { HWSCFG_RMTIMSCON, "PERSISTENT", HWSCFG_YES_NO, 0, 0, NULL, "N", IGNORED, .help = "keep sockets" },
    { HWSCFG_RMTIMSCON, "IDLETO", HWSCFG_NUMBER, 0, HUNDREDTHS_MAX, NULL, "0", IGNORED, .help = "idle time-out" },
    { HWSCFG_RMTIMSCON, "RESVSOC", HWSCFG_NUMBER, 0, 65535, NULL, "0", IGNORED, .help = "reserved sockets" },

    { HWSCFG_MSC, "RMTIMSCON", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "the connection used" },
    { HWSCFG_MSC_IMSPLEX, "MEMBER", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "name in the plex" },
    { HWSCFG_MSC_IMSPLEX, "TMEMBER", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "name of the plex" },
    { HWSCFG_ISC, "RMTCICS", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "the CICS region used" },
    { HWSCFG_ISC_IMSPLEX, "MEMBER", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "name in the plex" },
    { HWSCFG_ISC_IMSPLEX, "TMEMBER", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "name of the plex" },
    { HWSCFG_RMTCICS, "ID", HWSCFG_ANYTHING, 0, 0, NULL, "", IGNORED, .help = "name of the region" },
};

const size_t hwscfg_parameter_count = sizeof hwscfg_parameters / sizeof hwscfg_parameters[0];
_Static_assert(sizeof hwscfg_parameters / sizeof hwscfg_parameters[0] <= HWSCFG_PARAMETERS_MAX,
               "the parser has no room for all parameters");
_Static_assert(sizeof(struct hwscfg) < HWSCFG_NOT_KEPT, "offsets must fit");

enum hwscfg_group
hwscfg_find_group(enum hwscfg_group parent, const char *name)
{
    for (enum hwscfg_group group = HWSCFG_HWS; group < HWSCFG_GROUP_COUNT; group++) {
        if (hwscfg_groups[group].parent == parent && strcmp(hwscfg_groups[group].name, name) == 0)
            return group;
    }
    return HWSCFG_MEMBER;
}

const struct hwscfg_parameter *
hwscfg_find_parameter(enum hwscfg_group group, const char *name)
{
    for (size_t i = 0; i < hwscfg_parameter_count; i++) {
        if (hwscfg_parameters[i].group == group && strcmp(hwscfg_parameters[i].name, name) == 0)
            return &hwscfg_parameters[i];
    }
    return NULL;
}

/* Names in the order of the table, cut where the room ends. */
static void
list_names(enum hwscfg_group parent, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "; known are");
    const char *separator = " ";
    for (size_t i = 0; i < hwscfg_parameter_count && used < size; i++) {
        if (hwscfg_parameters[i].group == parent) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", separator, hwscfg_parameters[i].name);
            separator = ", ";
        }
    }
    for (enum hwscfg_group group = HWSCFG_HWS; group < HWSCFG_GROUP_COUNT && used < size; group++) {
        if (hwscfg_groups[group].parent == parent) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", separator, hwscfg_groups[group].name);
            separator = ", ";
        }
    }
}

void
hwscfg_suggest(enum hwscfg_group group, const char *word, char *text, size_t size)
{
    struct suggestion suggestion = suggestion_for(word);
    for (size_t i = 0; i < hwscfg_parameter_count; i++) {
        if (hwscfg_parameters[i].group == group)
            suggestion_offer(&suggestion, hwscfg_parameters[i].name);
    }
    for (enum hwscfg_group inner = HWSCFG_HWS; inner < HWSCFG_GROUP_COUNT; inner++) {
        if (hwscfg_groups[inner].parent == group)
            suggestion_offer(&suggestion, hwscfg_groups[inner].name);
    }
    if (suggestion.best != NULL)
        snprintf(text, size, "; did you mean %s?", suggestion.best);
    else
        list_names(group, text, size);
}
