/*
 * Leaving. ACPI's registers are the driver's (drivers/power); what else there is on a PC is here: the
 * keyboard controller's reset line, the CPU's shutdown, the ports of emulators. Each is given a bounded time.
 */
#include <stdbool.h>

#include "drivers/power/power.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/acpi/acpi.h"
#include "kernel/core/console/com.h"
#include "kernel/core/console/console.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/time.h"
#include "kernel/power.h"
#include "lib/errno.h"

#define DEBUG_EXIT_PORT 0xf4
#define EXIT_MOST       0x7f /* QEMU shifts it left into eight bits: 0x80 would look like success, */
#define EXIT_BEYOND     0x7e /* so this stands for all above */
#define QEMU_FW_CFG_SELECT 0x510
#define QEMU_FW_CFG_DATA   0x511
#define BOCHS_SHUTDOWN_PORT 0x8900
#define BOCHS_DEBUG_PORT    0xe9
#define KEYBOARD_COMMAND    0x64 /* IBM PC AT Technical Reference, "Keyboard Controller" */
#define KEYBOARD_FULL       0x02
#define KEYBOARD_RESET      0xfe
#define KEYBOARD_POLLS      1000u
#define POLL_US             100u

static struct acpi_power acpi; /* zeros: no such registers */

/* ---- ACPI ------------------------------------------------------------------------------------ */

static int grant(uint16_t port, unsigned bytes)
{
    return port ? driver_grant("power", port, (uint16_t)(port + bytes - 1)) : 0;
}

void power_init(void)
{
    struct acpi_power found;

    if (acpi_read_power(&found))
        return;
    if (grant(found.pm1a, 2) || grant(found.pm1b, 2) || grant(found.smi_command, 1) || grant(found.reset, 1))
        return;
    acpi = found;
    log_debug("power", "PM1 control at 0x%x and 0x%x, S5 %u and %u%s, reset at 0x%x", acpi.pm1a, acpi.pm1b,
              acpi.s5_a, acpi.s5_b, acpi.has_s5 ? "" : " (not there)", acpi.reset);
}

/* ---- ways ------------------------------------------------------------------------------------ */

/* The last of the output leaves and is on the screen, and nothing else happens any more. */
static void fall_silent(void)
{
    (void)cpu_save_interrupts();
    console_finish();
    com_drain();
}

noreturn void power_halt(void)
{
    fall_silent();
    for (;;)
        cpu_halt();
}

static bool in_qemu(void)
{
    out16(QEMU_FW_CFG_SELECT, 0); /* the signature */
    return in8(QEMU_FW_CFG_DATA) == 'Q' && in8(QEMU_FW_CFG_DATA) == 'E'
           && in8(QEMU_FW_CFG_DATA) == 'M' && in8(QEMU_FW_CFG_DATA) == 'U';
}

static void off_bochs(void)
{
    static const char word[] = "Shutdown";

    for (size_t i = 0; i < sizeof(word) - 1; i++)
        out8(BOCHS_SHUTDOWN_PORT, (uint8_t)word[i]);
}

noreturn void power_off(void)
{
    fall_silent();
    int error = power_acpi_off(&acpi);

    if (in8(BOCHS_DEBUG_PORT) == BOCHS_DEBUG_PORT && !in_qemu())
        off_bochs();
    terminal_print("No power off by ACPI: %s.\n", error_text(error));
    terminal_print("It is now safe to switch this computer off.\n");
    power_halt();
}

/* Its line to the CPU's reset pin. It takes the command once it has taken what was written before. */
static void reset_by_keyboard(void)
{
    for (unsigned polls = 0; polls < KEYBOARD_POLLS && in8(KEYBOARD_COMMAND) & KEYBOARD_FULL; polls++)
        time_delay_us(POLL_US);
    out8(KEYBOARD_COMMAND, KEYBOARD_RESET);
    time_delay_us(KEYBOARD_POLLS * POLL_US);
}

noreturn void power_reboot(void)
{
    fall_silent();
    (void)!power_acpi_reset(&acpi);
    reset_by_keyboard();
    cpu_triple_fault();
    power_halt();
}

noreturn void power_exit(int status)
{
    fall_silent();
    if (in_qemu())
        out8(DEBUG_EXIT_PORT, (uint8_t)(status < 0 || status > EXIT_MOST ? EXIT_BEYOND : status));
    power_off();
}
