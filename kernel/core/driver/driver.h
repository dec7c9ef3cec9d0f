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
 *     program.c   drivers in ring 3            disk.c    disks
 *     share.c     devices that several have    module.c  drivers that come as files, and go
 *     steps.c     interrupt programs           values.c  what they keep
 *     transfer.c  disks' requests              display.c the screen
 */
#pragma once

#include <stddef.h>

#include "drivers/call.h"
#include "drivers/ddi.h"
#include "kernel/arch/port_rights.h"
#include "kernel/core/driver/manifest.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/time/timer.h"
#include "lib/abi/driver.h"
#include "lib/ring.h"
#include "lib/span.h"

#define DRIVERS_MAX     24u
#define DRIVER_GRANTS   4u
#define DRIVER_MASTERS  4u
#define DRIVER_FAILURES 5u                  /* within … */
#define DRIVER_VALUE_BYTES 64u
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

enum driver_order {
    DRIVER_NO_ORDER, DRIVER_START, DRIVER_STOP, DRIVER_RESTART,
    DRIVER_KILL, /* as if it had failed at this moment, but that it is not counted */
    DRIVER_PLACE_OFF, DRIVER_PLACE_KERNEL, DRIVER_PLACE_USER, /* stop, and begin there */
    DRIVER_END, /* its thread; no order comes behind it */
};

struct file;
struct thread;

#define DRIVER_PCI_LINES 4u
#define DRIVER_LINES (16u + DRIVER_PCI_LINES)

/* A line that a driver listens to: 0 to 15 those of the PC, behind them those of its PCI devices. */
struct driver_line {
    struct driver *driver;
    unsigned number;
    struct ddi_pci device;
    bool by_message;
    bool quiet; /* until the driver has looked after the device */
};

/* Memory that the driver reaches: registers of a device, kept for its next generation; a table for DMA; a
   page for DMA, which alone it may write to from ring 3. */
#define DRIVER_WINDOWS 32u
struct driver_window {
    uint64_t phys;
    uint32_t bytes; /* 0: free */
    enum { WINDOW_REGISTERS, WINDOW_PAGE, WINDOW_TABLE } kind;
    volatile void *at; /* registers in the kernel; NULL: not yet */
};

/* Whose orders a table holds: a part of a device (ddi_dma_table). */
struct driver_table {
    bool used, far; /* far: the controller reaches memory beyond 4 GiB */
    uint8_t part;
    struct ddi_pci device;
    unsigned window;
    uint16_t port;              /* IDE: the part's first register; */
    struct ddi_mmio registers;  /* AHCI: the controller's */
};

/* What a disk is asked for; on the asker's stack. */
struct driver_transfer {
    struct driver_transfer *next;
    struct abi_driver_call call;
    unsigned failures; /* of the driver, while it was at it alone */
    bool suspect;      /* … or with others: it is done alone from then on */
    bool taken;        /* by the callback of the moment */
    struct {
        uint64_t generation;
        unsigned table;
        uint32_t slots;
    } orders; /* those that move its memory: of that generation's table */
    struct wait_queue end; /* its lock: for */
    bool done;
};

struct driver {
    const struct ddi_driver *code; /* NULL: the place is free */
    /* Under the list's lock: those who have it by driver_get. */
    unsigned users;
    bool leaves; /* nobody gets it any more */
    struct module *module; /* it came as a file; NULL: a part of the kernel's image */

    enum ddi_placement placement; /* of this generation */
    enum ddi_placement wanted;    /* of the next */
    enum driver_state state; /* changed by its own thread, once it has one */
    char reason[MANIFEST_WHY];
    struct {
        uint16_t first, last;
        uint8_t bar; /* of which of them some ports are the kernel's (dma_keeps_port) */
    } grants[DRIVER_GRANTS]; /* of PCI devices; last 0: none */
    struct port_rights ports; /* that its program reaches itself */
    struct {
        struct ddi_pci at[DRIVER_MASTERS];
        unsigned count;
    } masters; /* PCI devices of its that move data by themselves */
    struct driver_window windows[DRIVER_WINDOWS];
    struct driver_table tables[DRIVER_TABLES];
    uint64_t refusals;       /* accesses that were none of its business; atomic */

    /* of those with a thread */
    struct thread *thread;
    uint64_t generation, failures;
    uint64_t failed_ns[DRIVER_FAILURES]; /* the last ones, in turn */
    struct driver_line lines[DRIVER_LINES];
    uint32_t listening; /* to which lines */
    struct timer timer, watchdog;
    bool violated; /* its manifest */
    struct driver_disks disks; /* of this generation, when it is in the kernel */
    uint64_t call_until_ns; /* a callback that waits again and again has an end as well */
    uint64_t ordered_ns;    /* when the order came that waits for that end */
    uint64_t worst_ns; /* from an interrupt to the end of its callback */
    uint64_t kept;     /* a word of its own, for its next generation */

    /* under the lock of what is shared */
    bool lives, claims, waits;
    uint64_t waited_ns; /* in this callback, for another to give it back */

    /* under the queue's lock */
    struct {
        enum { PROGRAM_NONE, PROGRAM_STARTS, PROGRAM_WAITS, PROGRAM_RUNS, PROGRAM_GONE } state;
        bool asked; /* the call is to be made, or under way */
        struct file *image; /* in memory; NULL: it comes from the disk */
        uint64_t pid, deadline_ns;
        struct abi_driver_call call; /* its sequence goes on */
    } program; /* in ring 3 */
    struct wait_queue queue; /* its thread, and who asks it something */
    uint32_t lines_came; /* with DDI_LEFT_ALONE */
    struct ring values;  /* that interrupt programs kept */
    uint8_t value_bytes[DRIVER_VALUE_BYTES];
    uint64_t interrupts, storm_from_ns, storm_count;
    uint64_t line_since_ns; /* when the first of lines_came did */
    bool timer_came;
    struct {
        struct driver_transfer *first, *last; /* those under way, too */
        struct driver_transfer *taken[DRIVER_REQUESTS]; /* those: the callback's own first */
        uint64_t until_ns; /* then no more are taken in this callback */
    } transfers;
    bool draws; /* its screen is not as it shall be … */
    uint64_t draw_at_ns; /* … and is so for it then; its thread's own */
    enum driver_order order;
    bool calling; /* its thread is in a callback, in the kernel */
    uint64_t begun; /* how often it has begun, well or badly */
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
/* It stays until driver_put. NULL: no such driver; nothing at that place, of DRIVERS_MAX. */
struct driver *driver_get(const char *name);
struct driver *driver_get_at(unsigned index);
void driver_keep(struct driver *driver); /* once more, for who knows that it is there */
void driver_put(struct driver *driver);
/* For the driver itself, in any context: it does not go while it runs. */
struct driver *driver_of(const struct ddi_driver *code);
/* Neither off nor refused; says so in the log when it is off. */
bool driver_wanted(const char *name);

/* A driver that is not built in: its first init, on the caller's thread, or when it has its own, waited
   for. */
void driver_start(const char *name);
/* Until it has begun, well or badly, when it is wanted; not for long. After drivers_run. */
void driver_await(const char *name);
/* Step 13 is over: threads for those that were started, and for the rest. Panics without memory. */
void drivers_run(void);
/* The same for one: it begins when it is placed in the kernel, or by an order. -ENOMEM, -EAGAIN. */
int driver_run(struct driver *driver) must_check;
/* Its thread stops it, and is gone. It must not be anybody else's concern. */
void driver_end(struct driver *driver);

/* What it does next; returns at once. -EINVAL: it is built in, or refused. */
int driver_order(struct driver *driver, enum driver_order order) must_check;
/* A disk's request: 0 and what the driver returned in transfer->call.result, whichever generation of it.
   -ENODEV: it is off or retired; -EIO: it has failed over it too often. */
int driver_transfer(struct driver *driver, struct driver_transfer *transfer) must_check;
/* What the driver's thread does with them: the first of all for the next callback; NULL: none. Not ended by
   the callback's end: asked for again, and how many failures of the driver one has seen is counted. */
struct driver_transfer *driver_transfers_begin(struct driver *driver);
void driver_transfers_end(struct driver *driver, bool failed);
void driver_transfers_drop(struct driver *driver);   /* those over which it has failed too often */
void driver_transfers_refuse(struct driver *driver); /* all, when there will be nobody */
/* As ddi_disk_next, for the disk of that number; -EAGAIN. And as ddi_disk_done; -EINVAL: none; -EBUSY: a
   device may be at its memory. */
int driver_transfer_next(struct driver *driver, unsigned disk, struct ddi_request *request) must_check;
int driver_transfer_done(struct driver *driver, unsigned number, int64_t result);
/* The disk is the driver's from now on; `disk` gets its name. Its number, or as ddi_disk_register. */
int driver_disk_register(struct driver *driver, struct disk *disk, const char *prefix) must_check;
/* The driver's own structure, while it is in the kernel; NULL. For who holds the disk (block_hold). */
struct disk *driver_disk_inner(struct disk *disk);
/* Its request callback. -EAGAIN: it does not run, or ended meanwhile; -ETIMEDOUT; else what it returned. */
int64_t driver_request(struct driver *driver, unsigned what, uint64_t value, uint64_t deadline_ns);

/* The same without waiting, and without an answer; it takes the place of one that was not served yet. */
void driver_notify(struct driver *driver, unsigned what, uint64_t value);
/* A screen's: it shall draw, soon. */
void driver_draws(struct driver *driver);
/* Ports that firmware's tables name are the driver's too. -ENOSPC: it has DRIVER_GRANTS; -ENOENT: no such
   driver, or it is not wanted. */
int driver_grant(const char *name, uint16_t first, uint16_t last) must_check;

/* What the files of this folder say to each other. */
/* The interrupt program, from the handler. False: it is not the driver's interrupt. */
void driver_steps_run(struct driver *driver);
/* As ddi_irq_values. */
size_t driver_values_take(struct driver *driver, struct room to);
void driver_prepare(struct driver *driver);
/* It is of the manifest's class, and has such a base address register; if not, that is a violation. */
bool driver_has_device(const struct ddi_driver *self, struct ddi_pci device, unsigned bar) must_check;
bool driver_may_use_dma(const struct ddi_driver *self) must_check; /* if not, that is a violation */
/* A window for it: its number. As ddi_pci_map, ddi_dma_page, ddi_dma_table. */
int driver_window_of_bar(struct driver *driver, struct ddi_pci device, unsigned bar) must_check;
int driver_window_of_page(struct driver *driver) must_check;
int driver_window_of_table(struct driver *driver) must_check;
/* A register in the window; an order's address is refused (dma_keeps_register). -EINVAL: no such register. */
int driver_register_write(const struct driver *driver, unsigned window, uint32_t offset, uint32_t value)
    must_check;
/* As ddi_dma_table; its number. `number`: the one to use, DRIVER_NO_TABLE: any. */
int driver_dma_table(struct driver *driver, struct ddi_pci device, unsigned part, unsigned number) must_check;
/* The device is to answer; and moves no data, as it did for the firmware, before ddi_pci_master says so. */
void driver_dma_claim(const struct driver *driver, struct ddi_pci device);
/* Before it may move data: what it has no table for reads one without orders. -EBUSY: some of it is not at
   rest; else as ddi_dma_table. */
int driver_dma_prepare(struct driver *driver, struct ddi_pci device) must_check;
/* At the driver's end: its masters are at nothing any more, also where "no master" holds for what is new
   alone. At most a second for each. */
void driver_dma_halt(struct driver *driver);
/* As ddi_dma_order. `own`: the memory is of the driver's program, in the address space of the moment, and
   lies in its pages for DMA; -EFAULT: it does not. */
int driver_dma_order(struct driver *driver, unsigned number, unsigned slot, const struct ddi_order *order,
                     bool own) must_check;
/* Nothing of the request's memory is in a table any more. -EBUSY: a device is at it. */
int driver_dma_settle(const struct driver *driver, struct driver_transfer *transfer) must_check;
/* The pages are nobody's any more: no device of the driver's moves data. */
void driver_windows_close(struct driver *driver);
void driver_windows_free(struct driver *driver); /* nor are the registers: there is no next generation */
int driver_listen_pci(struct driver *driver, struct ddi_pci device) must_check;
struct driver *driver_peek(unsigned index); /* a place, free or not; NULL behind the last */
/* By it or by another that shares it. From any context. */
bool driver_is_claimed(struct driver *driver);
void driver_joins(struct driver *driver); /* those that share its device */
void driver_leaves(struct driver *driver);
/* Its time is over: until when it has instead, for another had what they share. 0: it has no more. */
uint64_t driver_more_time(struct driver *driver);
/* A place for what a module brings, or takes away: not both at once. -EEXIST: there is one of that name;
   -EINVAL, -EBUSY: refused by the arbiter, *why says it; -ENOSPC. *driver is nobody's yet but the caller's
   (driver_put), and off. */
int driver_add(const struct ddi_driver *code, struct module *module, struct driver **driver,
               char why[MANIFEST_WHY]) must_check;
/* Its place is free. -EBUSY: others but the caller have it, for longer than a moment. */
int driver_remove(struct driver *driver) must_check;
void driver_violates(const struct ddi_driver *code, const char *does, unsigned port, uint64_t value);

const char *driver_state_name(enum driver_state state);
const char *driver_class_name(enum ddi_class class);
