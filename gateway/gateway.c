#include "gateway/gateway.h"

#include "drda/accsec.h"
#include "security/encryption.h"

/* What EXCSATRD and ACCRDBRM say. The PRDID decides what Derby's client expects of a server: that of Derby 10.14 is the dialect
 * that drda/sql speaks. */
static const char product_id[] = "CSS10140";

static const struct drda_cryptography cryptography = {
    .random = encryption_random,
    .power = encryption_power,
    .des_cbc = encryption_des_cbc,
};

/* In the order in which a refusal offers them: it names the first. */
static void
set_mechanisms(struct drda_server_settings *drda, const struct passgate_settings *settings, bool trusted)
{
    size_t count = 0;
    if ((settings->security_mechanisms & SECURITY_MECHANISM_USRIDPWD) != 0)
        drda->mechanisms[count++] = SECMEC_USRIDPWD;
    if ((settings->security_mechanisms & SECURITY_MECHANISM_EUSRIDPWD) != 0)
        drda->mechanisms[count++] = SECMEC_EUSRIDPWD;
    if (trusted)
        drda->mechanisms[count++] = SECMEC_USRIDONL;
}

bool
gateway_init(struct gateway *gateway, const struct configuration *configuration, const char *settings_path, struct problem *problem)
{
    const struct passgate_settings *settings = &configuration->settings;
    *gateway = (struct gateway) {
        .configuration = configuration,
        .settings_path = settings_path,
        .clock = &clock_system,
        .drda = {
            .external_name = "passgated",
            .server_name = configuration->hws.id,
            .class_name = "Passgate",
            .release_level = PASSGATE_VERSION,
            .product_id = product_id,
            .cryptography = &cryptography,
            .unauthenticated_bytes_max = settings->unauthenticated_bytes,
            .command_bytes_max = settings->command_bytes,
        },
    };
    gateway->drda_trusted = gateway->drda;
    set_mechanisms(&gateway->drda, settings, false);
    set_mechanisms(&gateway->drda_trusted, settings, true);
    atomic_init(&gateway->connections, 0);
    if (!reauthentication_key_init(&gateway->reauthentication_key)) {
        problem_set_errno(problem, "no random numbers");
        return false;
    }
    interrupts_init(&gateway->interrupts);
    socket_count_init(&gateway->sockets, &configuration->hws);
    if (!runtime_publisher_init(&gateway->runtime, &configuration->hws)) {
        problem_set(problem, "no memory for the runtime configuration");
        return false;
    }
    gateway->executor = executor_new(settings->executor_threads, problem);
    return gateway->executor != NULL;
}

const struct drda_server_settings *
gateway_drda_settings(const struct gateway *gateway, uint16_t port)
{
    for (const uint16_t *trusted = gateway->configuration->settings.trusted_ports; *trusted != 0; trusted++)
        if (*trusted == port)
            return &gateway->drda_trusted;
    return &gateway->drda;
}

void
gateway_clear(struct gateway *gateway)
{
    if (gateway->executor != NULL)
        executor_free(gateway->executor);
    gateway->executor = NULL;
    runtime_publisher_clear(&gateway->runtime);
    socket_count_clear(&gateway->sockets);
    interrupts_clear(&gateway->interrupts);
    reauthentication_key_clear(&gateway->reauthentication_key);
}
