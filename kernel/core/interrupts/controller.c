/* Which interrupt controller: the APIC when ACPI describes one and nobody says apic=off, else the
   PIC. */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/acpi/acpi.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/log/log.h"
#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/string.h"

/* Intel SDM vol. 3, 10.5.3: the bits of the error status register. */
static void on_error(void *context)
{
    static const char *const names[8] = {
        "send checksum", "receive checksum", "send accept", "receive accept", "redirectable IPI",
        "illegal vector sent", "illegal vector received", "illegal register",
    };
    static unsigned said;
    uint32_t errors = apic_take_errors();

    (void)context;
    for (unsigned bit = 0; bit < 8; bit++)
        if (errors >> bit & 1 && said++ < 16)
            log_warn("apic", "local APIC error: %s", names[bit]);
}

static void on_spurious(void *context)
{
    (void)context; /* it is counted */
}

static bool off_by_option(void)
{
    char value[8];

    if (boot_option("apic", value, sizeof(value)))
        return false;
    if (strcmp(value, "off") == 0)
        return true;
    if (strcmp(value, "on") != 0)
        log_warn("apic", "apic=%s: not one of on, off; on taken", value);
    return false;
}

/* What is said when the PIC stays, or NULL: it was the APIC that came. */
static const char *take_over(void)
{
    const struct acpi_madt *madt;
    const char *why;
    int error;

    if (off_by_option())
        return "off by the command line";
    error = acpi_init();
    if (error)
        return error == -ENOENT ? "no ACPI tables" : "the ACPI tables are damaged";
    madt = acpi_madt();
    if (!madt)
        return "no MADT among the ACPI tables";
    return apic_take_over(madt, &why) ? why : NULL;
}

void interrupts_choose_controller(void)
{
    const char *why = take_over();

    if (why) {
        log_info("apic", "the PIC stays: %s", why);
        return;
    }
    if (vector_bind(VECTOR_ERROR, "APIC error", on_error, NULL)
        || vector_bind(VECTOR_SPURIOUS, "APIC spurious", on_spurious, NULL))
        panic("the local APIC's vectors are taken");
}
