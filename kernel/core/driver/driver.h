/*
 * Drivers in the kernel: who they are, what they may, and how they live. Those with an init have a thread of
 * their own, on which their callbacks run one at a time; one that faults, hangs or reaches for what is not in
 * its manifest is ended, and begins anew:
 *
 *     lines masked → timers stopped → ports taken back → recovering → (at once, then after 1, 2, 4 … 30 s)
 *     → a new generation: state zeroed, init
 *
 * Five failures within 30 minutes retire it. The others are parts of the kernel, which calls them itself.
 *
 *     manifest.c  what may be asked for        access.c  ports
 *     driver.c    the list, and its words      host.c    threads, ends and beginnings
 *     program.c   drivers in ring 3
 */
#pragma once

#include <stddef.h>

#include "drivers/ddi.h"
#include "kernel/arch/port_rights.h"
#include "kernel/core/driver/manifest.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/time/timer.h"
#include "lib/abi/driver.h"

#define DRIVERS_MAX     24u
#define DRIVER_GRANTS   4u
#define DRIVER_FAILURES 5u                  /* within … */
#define DRIVER_WINDOW_NS (1800 * 1000000000ull) /* … retire it */

enum driver_state {
    DRIVER_REFUSED, /* by the arbiter */
    DRIVER_OFF,
    DRIVER_BUILT_IN,
    DRIVER_ABSENT, /* there is no such device */
    DRIVER_RUNNING,
    DRIVER_RECOVERING,
    DRIVER_RETIRED,
};

enum driver_order { DRIVER_NO_ORDER, DRIVER_START, DRIVER_STOP, DRIVER_RESTART };

struct thread;

/* A line that a driver listens to. */
struct driver_line {
    struct driver *driver;
    unsigned irq;
};

struct driver {
    const struct ddi_driver *code;
    enum ddi_placement placement;
    enum driver_state state; /* changed by its own thread, once it has one */
    char reason[MANIFEST_WHY];
    struct {
        uint16_t first, last;
    } grants[DRIVER_GRANTS]; /* of PCI devices; last 0: none */
    struct port_rights ports; /* that its program reaches itself */
    uint64_t refusals;       /* accesses that were none of its business; atomic */

    /* of those with a thread */
    struct thread *thread;
    uint64_t generation, failures;
    uint64_t failed_ns[DRIVER_FAILURES]; /* the last ones, in turn */
    struct driver_line lines[16];
    uint16_t listening; /* to which lines */
    struct timer timer, watchdog;
    bool violated; /* its manifest */
    uint64_t worst_ns; /* from an interrupt to the end of its callback */

    /* under the queue's lock */
    struct {
        enum { PROGRAM_NONE, PROGRAM_STARTS, PROGRAM_WAITS, PROGRAM_RUNS, PROGRAM_GONE } state;
        bool asked; /* the call is to be made, or under way */
        uint64_t pid;
        struct abi_driver_call call;
    } program; /* in ring 3 */
    struct wait_queue queue; /* its thread, and who asks it something */
    uint16_t lines_came;
    uint64_t interrupts, storm_from_ns, storm_count;
    uint64_t line_since_ns; /* when the first of lines_came did */
    bool timer_came;
    enum driver_order order;
    enum {
        REQUEST_NONE, REQUEST_ASKED, REQUEST_SERVED, REQUEST_ANSWERED, REQUEST_ABANDONED,
    } asking; /* one at a time */
    unsigned what;
    uint64_t value;
    int64_t answer;
    struct {
        bool came;
        unsigned what;
        uint64_t value;
    } notice; /* a request whose answer nobody wants */
};

/* Before any code of a driver runs, the log's own included: manifests read, placements of the command line
   (drv.NAME=kernel|user|off). */
void drivers_init(void);
/* NULL: no such driver; behind the last. */
struct driver *driver_find(const char *name);
struct driver *driver_at(unsigned index);
struct driver *driver_of(const struct ddi_driver *code);
/* Neither off nor refused; says so in the log when it is off. */
bool driver_wanted(const char *name);

/* A driver that is not built in: its first init, on the caller's thread. */
void driver_start(const char *name);
/* Step 13 is over: threads for those that were started, and for the rest. Panics without memory. */
void drivers_run(void);

/* What it does next; returns at once. -EINVAL: it is built in, or refused. */
int driver_order(struct driver *driver, enum driver_order order) must_check;
/* Its request callback. -EAGAIN: it does not run, or ended meanwhile; -ETIMEDOUT; else what it returned. */
int64_t driver_request(struct driver *driver, unsigned what, uint64_t value, uint64_t deadline_ns);

/* The same without waiting, and without an answer; it takes the place of one that was not served yet. */
void driver_notify(struct driver *driver, unsigned what, uint64_t value);
/* Ports that firmware's tables name are the driver's too. -ENOSPC: it has DRIVER_GRANTS; -ENOENT: no such
   driver, or it is not wanted. */
int driver_grant(const char *name, uint16_t first, uint16_t last) must_check;

/* What the files of this folder say to each other. */
void driver_prepare(struct driver *driver);
void driver_violates(const struct ddi_driver *code, const char *does, unsigned port, uint64_t value);

const char *driver_state_name(enum driver_state state);
const char *driver_class_name(enum ddi_class class);
