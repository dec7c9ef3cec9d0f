/* The ways to leave. All drain COM1 first. */
#pragma once

#include <stdnoreturn.h>

noreturn void power_off(void); /* emulators' ports, APM through nothing; else halts and says so */
noreturn void power_reboot(void); /* keyboard controller, port CF9h, triple fault */
/* Through QEMU's isa-debug-exit at port F4h when it is there, else power_off. What the port cannot tell,
   above 0x7f, is 0x7e. */
noreturn void power_exit(int status);
noreturn void power_halt(void);
