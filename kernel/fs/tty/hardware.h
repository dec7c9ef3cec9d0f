/*
 * The terminals of this machine:
 *
 *     /dev/tty1      the screen and the keyboard
 *     /dev/ttyS0     COM1
 *     /dev/ttyS1 …3  COM2 to COM4, where there is a UART
 *     /dev/console   both together, as the monitor has them: the last resort, and what a program
 *                    of the monitor's prints to. What is typed comes here unless one of those is
 *                    open. Opening it does not make it a session's.
 *     /dev/tty       that of the session which opens it
 *
 * While none of them is open what is typed goes to the monitor.
 */
#pragma once

#include <stdbool.h>

#include "lib/compiler.h"

/* Step 14, once there are devices. What the machine has not is left out, and COM1 if nobody may type there.
   -ENOMEM, -EEXIST. */
int terminals_register(bool type_on_com1) must_check;
/* The screen has another size. */
void terminals_resized(void);
/* Until what was printed is out; what has not moved for a second is sent by force, as long as the line takes
   any. Before the machine stops: no driver has COM1 any more then. */
void terminals_drain(void);
