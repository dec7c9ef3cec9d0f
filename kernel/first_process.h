/*
 * What the boot ends in: the first process, of which all others are children, or the monitor.
 *
 *     init=PATH        the program of the first process; without a word /bin/init
 *     init=monitor     none: the kernel's monitor takes its place
 *     run='COMMAND'    the first process is `PATH -c COMMAND`, or COMMAND is the monitor's; then the
 *                      machine leaves with its status (power_exit)
 */
#pragma once

/* A thread's body. Never returns: when the first process cannot begin, or ends, the monitor comes. */
int first_process(void *unused);
