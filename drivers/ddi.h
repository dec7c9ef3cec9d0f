/*
 * The driver interface. A driver includes this, lib/ and the register header of its own folder, and
 * nothing else: the same source compiles for the kernel and, against fake devices, for host tests.
 *
 * A driver's callbacks (irq, request) are called by one thread of control at a time; those of
 * several disks, too, when the disks have the same `bus`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    bool dma;
    uint32_t heartbeat_ms; /* how long a callback may take; 0: a second */
    uint32_t memory_kb; /* pages for DMA, and in ring 3 the program with its stack; 0: DDI_MEMORY_KB */
    bool once; /* it is not restarted: its first failure retires it */
    enum ddi_placement placement; /* without drv.NAME */
};

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
uint8_t ddi_in8(uint16_t port);
uint16_t ddi_in16(uint16_t port);
uint32_t ddi_in32(uint16_t port);
void ddi_out8(uint16_t port, uint8_t value);
void ddi_out16(uint16_t port, uint16_t value);
void ddi_out32(uint16_t port, uint32_t value);
void ddi_in16_block(uint16_t port, void *to, size_t words);
void ddi_in32_block(uint16_t port, void *to, size_t dwords);
void ddi_out16_block(uint16_t port, const void *from, size_t words);
void ddi_out32_block(uint16_t port, const void *from, size_t dwords);

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

/* ---- PCI and DMA ----------------------------------------------------------------------------- */
struct ddi_pci {
    uint8_t bus, device, function;
};
/* The ports of a base address register (0 to 5) are the driver's from now on, if the device is of the
   manifest's class. -EPERM, -ENODEV: no ports. */
int ddi_pci_ports(struct ddi_pci device, unsigned bar, uint16_t *base) must_check;
/* The next device of that class behind *at, which it becomes; false: there is none, or no PCI. */
#define DDI_PCI_FIRST {0xff, 0xff, 0xff} /* before all */
bool ddi_pci_find(uint8_t class, uint8_t subclass, struct ddi_pci *at) must_check;
uint32_t ddi_pci_read(struct ddi_pci device, uint8_t offset); /* offset: a multiple of 4 */
/* It answers at its ports and in its memory, and moves data by itself; or it does no longer. The kernel
   stops it when the driver ends. -EPERM: not of the manifest's class, or no DMA in it. */
int ddi_pci_master(struct ddi_pci device, bool on) must_check;
/* Where memory of the driver's, or of a disk's request, lies for a device, in pieces within pages of 4 KiB.
   How many; -EFAULT; -E2BIG: more than there is room for. */
#define DDI_PIECES_MAX 64u
struct ddi_pieces {
    struct {
        uint64_t address, bytes;
    } at[DDI_PIECES_MAX];
};
int ddi_dma_pieces(const void *memory, size_t bytes, struct ddi_pieces *pieces) must_check;
/* 4 KiB of zeros below 4 GiB, which devices may read and write; the driver's until it ends. NULL: no
   memory, or it has had 28 already. */
void *ddi_dma_page(uint64_t *address) must_check;

/* ---- memory-mapped registers ----------------------------------------------------------------- */
struct ddi_mmio {
    volatile void *at;
    uint32_t bytes;
};
/* The memory that base address register `bar` (0–5) names, uncached, up to 64 KiB of it. -EPERM: not of the
   manifest's class; -ENODEV: it names none, or what cannot be a device's; -ENOMEM, -ENOSPC. */
int ddi_pci_map(struct ddi_pci device, unsigned bar, struct ddi_mmio *registers) must_check;
/* offset: a multiple of 4. Beyond the last register reads are all ones, and nothing is written. */
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

struct text_screen;

struct text_screen_operations {
    /* Draw count cells from (column, row) on, all of them on the screen. */
    void (*draw)(struct text_screen *screen, unsigned column, unsigned row,
                 const struct text_cell *cells, unsigned count);
    /* Put the hardware's cursor there; row `rows`: nowhere. NULL: it has none, the caller draws
       one as a cell. */
    void (*move_cursor)(struct text_screen *screen, unsigned column, unsigned row);
};

/* After its driver's init all of it shows blanks in background 0. */
struct text_screen {
    const struct text_screen_operations *operations;
    unsigned columns, rows; /* both ≥ 1 */
};
