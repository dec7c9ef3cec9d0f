/*
 * The driver interface. A driver includes this, lib/ and the register header of its own folder, and
 * nothing else: the same source compiles for the kernel and, against fake devices, for host tests.
 *
 * A driver's callbacks are made one at a time, by its own thread; in ring 3 by its program's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"
#include "lib/errno.h"

/* ---- who the driver is -------------------------------------------------------------------------
   The manifest: read before any code of the driver runs, printed by `lsdev -m`. What it does not name
   is refused, in the log by the driver's name and the value; two drivers cannot name the same. */
#define DDI_VERSION     1u
#define DDI_RANGES_MAX  6u
#define DDI_MEMORY_KB   512u
#define DDI_ANY_VALUE   ""

enum ddi_class {
    DDI_OTHER, DDI_DISK, DDI_INPUT, DDI_DISPLAY, DDI_SERIAL, DDI_TIMER, DDI_CLOCK, DDI_SOUND,
};

enum ddi_placement { DDI_PLACED_OFF, DDI_PLACED_KERNEL, DDI_PLACED_USER, DDI_PLACEMENTS };

/* By what kind of table its devices are told what to move by themselves. */
enum ddi_dma { DDI_DMA_NONE, DDI_DMA_IDE, DDI_DMA_AHCI, DDI_DMA_KINDS };

/* Ports first to last; first 0: none. `values`: what may be written to them, byte by byte (NULL: nothing;
   DDI_ANY_VALUE: anything); `values_size` of them. */
struct ddi_ports {
    uint16_t first, last;
    const char *values;
    uint8_t values_size;
};

/* The interrupt program: what the kernel does in the moment in which one of `irqs` comes, wherever the driver
   is. One step after the other, to the first DDI_STEP_END; checked like the driver's own accesses, once,
   with the manifest. Nothing is done while somebody has the shared device (ddi_claim). */
#define DDI_STEPS_MAX 8u
enum ddi_step_does {
    DDI_STEP_END,
    DDI_STEP_READ,  /* a byte of the port */
    DDI_STEP_KEEP,  /* the same, for ddi_irq_values */
    DDI_STEP_WRITE, /* the value to the port */
    DDI_STEP_NEEDS, /* goes on when the byte that was read last has all bits of the value, */
    DDI_STEP_LACKS, /* … when it has none of them */
};
struct ddi_step {
    uint8_t does, value;
    uint16_t port;
};

struct ddi_manifest {
    uint32_t version; /* DDI_VERSION */
    const char *name, *what;
    enum ddi_class class;
    /* A part of the kernel, which it needs itself: no thread of its own, never restarted; may name what the
       kernel keeps. */
    bool built_in;
    /* A file of its own, /lib/drivers/NAME.fko, which is loaded when it is wanted (docs/drivers.md). */
    bool module;
    struct ddi_ports ports[DDI_RANGES_MAX];
    const char *shares; /* a device of several drivers, which all name it so: they may have the same ports */
    uint16_t irqs;      /* bit n: line n */
    struct ddi_step steps[DDI_STEPS_MAX];
    uint8_t steps_only; /* bit n: ports[n] are the interrupt program's, not the driver's */
    uint8_t pci_class, pci_subclass; /* whose registers it may have, by their BARs; 0: nobody's */
    enum ddi_dma dma;
    uint32_t heartbeat_ms; /* how long a callback may take; 0: a second */
    uint32_t memory_kb; /* pages for DMA, and in ring 3 the program with its stack; 0: DDI_MEMORY_KB */
    bool once; /* it is not restarted: its first failure retires it */
    enum ddi_placement placement; /* without drv.NAME */
};

struct text_cell;

/* Callbacks, one at a time, on the driver's own thread; all but init may be NULL. One that faults, takes too
   long or reaches for what is not in the manifest ends the driver, which then begins anew. */
struct ddi_driver {
    struct ddi_manifest manifest;
    /* All that it keeps: zeros before each init. */
    void *state;
    size_t state_size;
    /* Begins with a reset of the device: it may be the hundredth time. -ENODEV: there is none, and that is
       no failure; other errors are. */
    int (*init)(void);
    void (*irq)(unsigned irq); /* a line of ddi_irq_listen has come, once or more often; DDI_LEFT_ALONE */
    void (*timer)(void);       /* the time of ddi_timer has come */
    void (*quiesce)(void);     /* the device is to be silent: the driver stops */
    /* Something for this class of drivers to do; what it returns goes to who asked. */
    int64_t (*request)(unsigned what, uint64_t value);
    /* Of a screen (DDI_DISPLAY, below). */
    void (*clear)(void);
    void (*draw)(unsigned column, unsigned row, const struct text_cell *cells, unsigned count);
    void (*move_cursor)(unsigned column, unsigned row);
};

/* DDI_DRIVER = {.manifest = {…}, .init = …}; once in each driver. Whoever builds it for a placement may
   give it another name. */
#ifndef DDI_DRIVER
extern const struct ddi_driver ddi_driver;
#define DDI_DRIVER const struct ddi_driver ddi_driver
#endif

/* ---- log ---------------------------------------------------------------------------------------
   One line, without its newline; `area` is the driver's name. */
enum ddi_level { DDI_ERROR, DDI_WARN, DDI_INFO, DDI_DEBUG };
void ddi_log(enum ddi_level level, const char *area, const char *format, ...) format_like(3, 4);

/* ---- time ------------------------------------------------------------------------------------ */
uint64_t ddi_now_us(void);       /* since the kernel's start, never back */
void ddi_delay_us(uint32_t us);  /* busy; for the short waits that a manual asks for */
/* Rest until an interrupt may have changed something, or a moment has passed: the body of a wait
   loop. The thread sleeps, or the CPU halts, when interrupts are on; else it pauses. */
void ddi_relax(void);

/* The loudspeaker sounds so many times a second, 20 to 20000, until told otherwise; 0: it is silent. For
   drivers of the class DDI_SOUND. -EBUSY: the kernel needs the counter that makes it; -EINVAL, -EPERM. */
int ddi_tone(uint32_t hz) must_check;

/* ---- ports -------------------------------------------------------------------------------------
   Those of the manifest, or that ddi_pci_ports gave; another reads as ones, and is not written. */
uint32_t ddi_in(uint16_t port, unsigned bytes); /* 1, 2 or 4 */
void ddi_out(uint16_t port, unsigned bytes, uint32_t value);
/* The same port again and again: `count` values of 2 or 4 bytes. */
void ddi_in_block(uint16_t port, unsigned bytes, void *to, size_t count);
void ddi_out_block(uint16_t port, unsigned bytes, const void *from, size_t count);

#define ddi_in8(port)         ((uint8_t)ddi_in(port, 1))
#define ddi_in16(port)        ((uint16_t)ddi_in(port, 2))
#define ddi_in32(port)        ddi_in(port, 4)
#define ddi_out8(port, value)  ddi_out(port, 1, value)
#define ddi_out16(port, value) ddi_out(port, 2, value)
#define ddi_out32(port, value) ddi_out(port, 4, value)
#define ddi_in16_block(port, to, count)    ddi_in_block(port, 2, to, count)
#define ddi_in32_block(port, to, count)    ddi_in_block(port, 4, to, count)
#define ddi_out16_block(port, from, count) ddi_out_block(port, 2, from, count)
#define ddi_out32_block(port, from, count) ddi_out_block(port, 4, from, count)

/* The backdoor of VMware and QEMU, port 5658h: `command` is among the manifest's values for it. False:
   there is no hypervisor. The registers are those of the CPU. */
struct ddi_vmware {
    uint32_t a, b, c, d; /* b: the command's argument */
};
bool ddi_vmware(uint8_t command, struct ddi_vmware *registers) must_check;

/* ---- a shared device ---------------------------------------------------------------------------
   It is this driver's for a sequence of accesses, for which it waits while another has it; or is so no
   more, at the latest when the callback returns. True: another driver that shares it lives. */
bool ddi_claim(bool mine);
/* To `irq`: another that shared it ended, and left its part as it was. */
#define DDI_LEFT_ALONE 31u

/* ---- PCI ------------------------------------------------------------------------------------- */
struct ddi_pci {
    uint8_t bus, device, function;
};
/* The ports of a base address register (0 to 5) are the driver's from now on, if the device is of the
   manifest's class; it answers at them. -EPERM, -ENODEV: no ports. */
int ddi_pci_ports(struct ddi_pci device, unsigned bar, uint16_t *base) must_check;
/* The next device of that class behind *at, which it becomes; false: there is none, or no PCI. */
#define DDI_PCI_FIRST {0xff, 0xff, 0xff} /* before all */
bool ddi_pci_find(uint8_t class, uint8_t subclass, struct ddi_pci *at) must_check;
uint32_t ddi_pci_read(struct ddi_pci device, uint8_t offset); /* offset: a multiple of 4 */
/* It moves data by itself; or it does not any more. The kernel stops it when the driver ends. -EPERM: not of
   the manifest's class, or no DMA in it; -EBUSY: one of its channels or ports is not at rest. */
int ddi_pci_master(struct ddi_pci device, bool on) must_check;

/* ---- DMA ---------------------------------------------------------------------------------------
   No driver tells a device an address. What a controller reads to know what it is to move, and
   where, lies in a table of the kernel's, which the driver sees and does not write: an order in it names
   memory of a disk's request under way, or of ddi_dma_page. The registers that say where a table lies are
   the kernel's, too (bus-master IDE: a channel's ports 4 to 7; AHCI: PxCLB to PxFBU, PxFBS), and refused like
   what is not in the manifest. A request is not ended while the controller is at an order of its memory. */

/* 4 KiB of zeros below 4 GiB, for orders; the driver's until it ends. NULL: no memory, or more than 32 of
   pages, tables and devices' registers. */
void *ddi_dma_page(void) must_check;

struct ddi_table {
    unsigned number;
    const volatile void *at; /* NULL: it is none yet */
};
/* The table for a part of a device, which is at rest: a channel of an IDE controller (0, 1), a port of an
   AHCI one. Without orders, and the device has been told of it. A *table that is one already serves this part
   from now on. -EPERM: not of the manifest's class; -EINVAL: no such part; -EBUSY: it, or the one before, is
   not at rest; -ENODEV: no registers; -ENOMEM, -ENOSPC. */
int ddi_dma_table(struct ddi_pci device, unsigned part, struct ddi_table *table) must_check;

#define DDI_IDE_PIECES 64u /* of a page each: the one order that there is, in slot 0 */
/* Slots of an AHCI table from 0 on, with so many pieces of memory: neighbours are one. */
#define DDI_AHCI_SLOTS        4u
#define DDI_AHCI_PIECES       56u
#define DDI_AHCI_SMALL_SLOTS  16u /* behind those */
#define DDI_AHCI_SMALL_PIECES 8u
/* How such a table begins (AHCI 1.3.1 §4.2.1, §4.2.2). */
struct ddi_ahci_table {
    struct {
        uint32_t flags, moved, table, table_high, unused[4];
    } headers[32];
    uint8_t received[256];
};

struct ddi_order {
    const void *memory; /* at an even address */
    uint32_t bytes;     /* even */
    bool to_device;
    uint8_t command[20]; /* AHCI: the FIS of five dwords; what it does with data is what to_device says */
};
/* Into a slot of the table, to be carried out when the driver tells the device. -EINVAL: no such slot, or not
   such a command (orders.c knows those with data); -EPERM: a request wants its data the other way; -EFAULT:
   memory that the device cannot reach; -E2BIG: more pieces than there are; -EBUSY: the device is at the order
   before it, or at one for the same request by another table. */
int ddi_dma_order(const struct ddi_table *table, unsigned slot, const struct ddi_order *order) must_check;

/* ---- memory-mapped registers ----------------------------------------------------------------- */
struct ddi_mmio {
    volatile void *at;
    uint32_t bytes;
};
/* The memory that base address register `bar` (0–5) names, uncached, up to 64 KiB of it. -EPERM: not of the
   manifest's class; -ENODEV: it names none, or what cannot be a device's; -ENOMEM, -ENOSPC. */
int ddi_pci_map(struct ddi_pci device, unsigned bar, struct ddi_mmio *registers) must_check;
/* offset: a multiple of 4. Beyond the last register reads are all ones, and nothing is written. In ring 3 a
   write is a system call. */
uint32_t ddi_mmio_read32(const struct ddi_mmio *registers, uint32_t offset);
void ddi_mmio_write32(const struct ddi_mmio *registers, uint32_t offset, uint32_t value);

/* ---- interrupts ------------------------------------------------------------------------------ */
/* Called with interrupts off; returns true when the interrupt was this device's. The line is
   unmasked by the call. -EBUSY: taken; -EINVAL: irq > 15. */
typedef bool ddi_irq_handler(void *context);
int ddi_irq_bind(unsigned irq, const char *name, ddi_irq_handler *handler,
                 void *context) must_check;

/* For drivers with a thread: callback `irq` from now on. -EPERM: not in the manifest; -EBUSY. */
int ddi_irq_listen(unsigned irq) must_check;
/* The same for a PCI device of the manifest's class: by a message (MSI) when it has them and there is an
   APIC, else by the line that the BIOS gave it, which others may share: then the device's interrupt is off
   from one on until the callback has returned, or waits for the next. Returns the number that stands for
   it in `irq` and ddi_irq_wait. -EPERM; -ENODEV: it has neither; -ENOSPC. */
int ddi_pci_irq_listen(struct ddi_pci device) must_check;
/* The bytes that the interrupt program kept, the oldest first: how many there were. In the order of the
   device's own when the shared device is claimed: no program runs then. */
size_t ddi_irq_values(uint8_t *values, size_t size) must_check;
/* Rests within a callback until a line has come, at most so long: bit n says that line n came since it was
   last told of, and is no callback then. 0: the time is over. Who waits so is alive: the heartbeat begins
   anew. */
uint32_t ddi_irq_wait(uint32_t us);
/* Callback `timer` once, so long from now; 0: not any more. */
void ddi_timer(uint32_t us);

/* ---- what outlives a failure: a word, 0 at first ----------------------------------------------- */
void ddi_keep(uint64_t word);
uint64_t ddi_kept(void);

/* ---- what drivers offer upward --------------------------------------------------------------- */
struct disk;

struct disk_operations {
    /* count sectors of 512 bytes, 1 ≤ count; may wait. 0, -EIO (after the driver's own retries),
       -ETIMEDOUT, -ENODEV. */
    int (*read)(struct disk *disk, uint64_t lba, uint32_t count, void *to);
    int (*write)(struct disk *disk, uint64_t lba, uint32_t count, const void *from);
    int (*flush)(struct disk *disk); /* until what was written is on the medium */
};

struct disk {
    const struct disk_operations *operations;
    void *driver; /* the driver's own */
    const void *bus; /* what it shares with other disks; NULL: nothing */
    char name[8];   /* given by ddi_disk_register: "ata0", "ram0" */
    char model[41]; /* terminated, trailing spaces cut */
    char serial[21];
    char where[32]; /* "primary master, 0x1f0 irq 14" */
    uint64_t sectors; /* of 512 bytes */
    bool read_only;
    bool below_4g; /* is faster with memory below 4 GiB */
    bool queues;   /* the kernel's: it takes requests while others are under way */
};

/* From init. The structure is the driver's, and its operations are callbacks; in ring 3 the memory of a
   request can be given to the calls for blocks and DMA, and not looked at. A disk that a driver registers
   again when it begins anew is the same, by `where`, serial, model and size: it keeps its name, and what it
   was asked for meanwhile. -ENOSPC; -EBUSY: another one is where it was. `prefix` is "ata", "ram", … */
int ddi_disk_register(struct disk *disk, const char *prefix) must_check;

/* A disk's request, beside the one whose callback runs, which has number 0. */
struct ddi_request {
    unsigned number;
    bool write;
    uint32_t count;
    uint64_t lba;
    void *memory;
};
/* Within read and write: another request for the disk, to be done together with the callback's own, or behind
   it. False: none waits, or the callback has had its turn. It is ended by ddi_disk_done, the callback's own
   by that or by the return; what is not ended by then is asked for again. */
bool ddi_disk_next(const struct disk *disk, struct ddi_request *request) must_check;
void ddi_disk_done(unsigned number, int result);

/* The lights of a keyboard's locks, as PS/2 numbers them. */
#define DDI_LIGHT_SCROLL 1u
#define DDI_LIGHT_NUM    2u
#define DDI_LIGHT_CAPS   4u

/* A key: code is the set-1 scan code, +0x80 for those after E0. Returns the lights that should be
   on now; code 0 is no key and only asks. */
uint8_t ddi_input_key(uint8_t code, bool pressed);
/* The same for whoever reads events (/dev/input), and what a mouse does: INPUT_… of lib/abi/input.h,
   KEY_… and BUTTON_… of lib/abi/keys.h. A key that is pressed while it is held repeats. From
   interrupt handlers. */
void ddi_input_event(unsigned type, unsigned code, int value);
/* ---- serial ports: 0 for COM1 -----------------------------------------------------------------
   What is to leave by them, and how their lines are used, is the kernel's, and outlives the driver. */
#define DDI_SERIAL_PORTS       4u
#define DDI_SERIAL_SPEED_LEAST 300u
#define DDI_SERIAL_SPEED_MOST  115200u
#define DDI_SERIAL_LOOK        0u /* a request: lines have changed, or there is something to send */

struct ddi_serial {
    uint32_t speed; /* least to most, a divisor of the most; 0: hang up */
    uint8_t bits;   /* 5 to 8 */
    bool two_stops, parity, odd;
    bool flow;      /* RTS and CTS: neither side sends more than the other takes */
    bool ready;     /* RTS: the other side may send */
    bool listen;    /* what comes is wanted */
};

/* The port is there, and these bytes came, if any. *line is how it is to be used from now on. */
void ddi_serial_give(unsigned port, const uint8_t *bytes, size_t size, struct ddi_serial *line);
/* At most so many bytes (64) of what waits for the port go to `to`, its transmitter. They have left the queue
   and are with the device, or neither. How many: fewer when there are no more, or when the line has changed
   since it was asked for. */
size_t ddi_serial_send(unsigned port, uint16_t to, size_t most);

/* A screen of text cells. Colours are xterm's 256: 0–15 the theme's, 16–231 a cube, then greys. */
struct text_cell {
    uint16_t character; /* a code point of the basic plane; the screen draws what it has for it */
    uint8_t foreground, background;
};

/* What is to be drawn on: where the boot, or who asked for another mode, put it. Its columns and rows lie in
   the middle of it. The driver draws nothing by itself, a program may have the screen:

       clear       all of it, its margins too, shows blanks in background 0
       draw        count cells from (column, row) on, all of them on the screen
       move_cursor the hardware's, there; row `rows`: nowhere. NULL: there is none, and cells show one

   Called for anything only after an init, or a DDI_NEW_MODE, that was well. */
struct ddi_screen {
    struct boot_framebuffer mode; /* virt: where it is mapped; phys 0: VGA's text mode, from A0000h on */
    uint32_t columns, rows;       /* both ≥ 1 */
    uint32_t palette[256];        /* 0xRRGGBB */
};
/* For drivers of the class DDI_DISPLAY. -ENODEV: there is none, or another driver has it; -ENOMEM; -EPERM. */
int ddi_screen(struct ddi_screen *screen) must_check;

/* Requests to one, for another mode. */
#define DDI_VIDEO_MEMORY 1u /* bytes; -ENODEV: it has one mode only */
#define DDI_NEW_MODE     2u /* as ddi_screen says it now. -EIO, …: the card has the one before */
