/* What init does to the whole machine: for real on FastOS (machine.c), only said in a test on this
   one (machine_host.c). */
#pragma once

const char *machine_console(void);
void machine_begin(void);
void machine_signal_all(int number);                    /* but init itself */
void machine_unmount(void);                             /* all file systems that can be */
void machine_end(int number) __attribute__((noreturn)); /* the signal that asked for it */
