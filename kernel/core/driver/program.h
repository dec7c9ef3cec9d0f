/*
 * Drivers in ring 3. The driver's thread in the kernel stands in for it: a callback is a message to the
 * program, which answers with what it returned and asks for the next. What ends the program (a fault, its
 * watchdog, an order) ends the call.
 */
#pragma once

#include "kernel/core/driver/driver.h"
#include "lib/abi/driver.h"

/* kernel/process knows how. */
struct driver_programs {
    int (*start)(struct driver *driver, uint64_t *pid); /* says itself what is wrong */
    int (*keep)(struct driver *driver); /* its program in memory, whatever becomes of the disk */
    void (*end)(uint64_t pid);
    void (*bury)(uint64_t pid); /* waits for its end */
};

/* Step 14: there are programs from now on, and the drivers that are placed there begin. */
void driver_programs_begin(const struct driver_programs *operations);
bool driver_programs_there(void);

/* Before an order, which may be one to begin in ring 3: a driver of disks has its program in memory, as it is
   now. The errors of open and read. */
int driver_program_keep(struct driver *driver, enum driver_order order) must_check;

/* For the driver's thread. start: -ENOMEM and the errors of exec. call: 0, and what the callback returned;
   -EPIPE: the program ended; -ETIMEDOUT. end: it is gone afterwards, if it was there. */
int driver_program_start(struct driver *driver) must_check;
int driver_program_call(struct driver *driver, struct abi_driver_call *call, uint64_t deadline_ns) must_check;
void driver_program_end(struct driver *driver);
void driver_program_kill(uint64_t pid); /* from outside: its end will be noticed */

/* For the program, by its handle. next: the result of the last call in, the next call out; -EINTR, -EPIPE:
   nobody will ask any more. */
int driver_program_next(struct driver *driver, struct abi_driver_call *call) must_check;
void driver_program_gone(struct driver *driver); /* its handle is closed */
/* The memory at `at` in DRIVER_MEMORY, of the request under way, which is to be written (a disk read) or not.
   NULL: no such bytes. */
void *driver_program_memory(struct driver *driver, uint64_t at, uint64_t bytes, bool write);

/* The ports from there on, of a PCI device, which it was given: the program reaches them itself from now on.
   Returns the last. */
uint16_t driver_program_reaches(struct driver *driver, uint16_t first);

/* Of host.c: rests until a line has come, at most until then. */
uint32_t driver_wait_lines(struct driver *driver, uint64_t until_ns);
