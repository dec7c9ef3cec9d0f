/* The ways to leave. All drain COM1 first. */
#pragma once

#include <stdnoreturn.h>

/* Once, before programs run: what ACPI's tables say of how to leave. */
void power_init(void);
noreturn void power_off(void); /* by ACPI's S5; else halts and says so */
noreturn void power_reboot(void); /* ACPI's reset register, keyboard controller, triple fault */
/* Through QEMU's isa-debug-exit at port F4h when it is there, else power_off. What the port cannot tell,
   above 0x7f, is 0x7e. */
noreturn void power_exit(int status);
noreturn void power_halt(void);
