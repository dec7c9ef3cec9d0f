/*
 * Leaving. Power-off on a real PC needs ACPI's S5, which comes with the ACPI tables; until then
 * only the emulators' ports switch off, and a PC says that it may be switched off by hand.
 */
#include <stdbool.h>

#include "drivers/serial/serial.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/console/console.h"
#include "kernel/core/time/time.h"
#include "kernel/power.h"

#define DEBUG_EXIT_PORT 0xf4
#define EXIT_MOST       0x7f /* QEMU shifts it left into eight bits: 0x80 would look like success, */
#define EXIT_BEYOND     0x7e /* so this stands for all above */
#define QEMU_FW_CFG_SELECT 0x510
#define QEMU_FW_CFG_DATA   0x511
#define QEMU_PM1A_CONTROL  0x604 /* of both the pc and q35 machines */
#define PM1_SLEEP_S5       0x2000
#define BOCHS_SHUTDOWN_PORT 0x8900
#define BOCHS_DEBUG_PORT    0xe9
#define KEYBOARD_COMMAND    0x64
#define KEYBOARD_RESET      0xfe
#define RESET_CONTROL       0xcf9 /* Intel PIIX3 and later: 2 prepares, 6 resets */

/* The last of the output leaves, and nothing else happens any more. */
static void fall_silent(void)
{
    (void)cpu_save_interrupts();
    serial_drain();
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
    if (in_qemu())
        out16(QEMU_PM1A_CONTROL, PM1_SLEEP_S5);
    else if (in8(BOCHS_DEBUG_PORT) == BOCHS_DEBUG_PORT)
        off_bochs();
    terminal_print("It is now safe to switch this computer off.\n");
    power_halt();
}

noreturn void power_reboot(void)
{
    fall_silent();
    out8(KEYBOARD_COMMAND, KEYBOARD_RESET);
    time_delay_us(50000);
    out8(RESET_CONTROL, 2);
    out8(RESET_CONTROL, 6);
    time_delay_us(50000);
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
