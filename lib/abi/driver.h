/*
 * How a driver in ring 3 and the kernel talk: ioctl on a handle that such a program begins with. The
 * driver says what the last callback returned and waits for the next (DRIVER_NEXT); the rest is what ddi.h's
 * calls ask of the kernel.
 */
#pragma once

#include <stdint.h>

#define DRIVER_HANDLE 0

#define DRIVER_NEXT   0x4401u /* struct abi_driver_call: result in, the next call out */
#define DRIVER_LOG    0x4402u /* struct abi_driver_log */
#define DRIVER_LISTEN 0x4403u /* a line's number */
#define DRIVER_TIMER  0x4404u /* microseconds, 0: none */
#define DRIVER_KEY    0x4405u /* scan code | pressed << 8; returns the lights */
#define DRIVER_EVENT  0x4406u /* struct abi_driver_event */
#define DRIVER_IN     0x4407u /* port | bytes << 16; returns what it reads */
#define DRIVER_OUT    0x4408u /* port | bytes << 16 | value << 32 */
#define DRIVER_PORTS  0x4409u /* struct abi_driver_ports; returns first port | last << 16 */
#define DRIVER_FIND   0x440au /* place behind which << 16 | class << 8 | subclass; returns a place: bus << 16
                                 | device << 8 | function */
#define DRIVER_WAIT   0x440bu /* microseconds; returns the lines that came */
#define DRIVER_DISK   0x440cu /* struct abi_driver_disk; returns its number */
#define DRIVER_BLOCK  0x440du /* struct abi_driver_block */
#define DRIVER_TABLE  0x440eu /* struct abi_driver_table; returns its number << 32 | its window */
#define DRIVER_MASTER 0x440fu /* struct abi_driver_ports; bar: on or off */
#define DRIVER_READ   0x4410u /* bus << 24 | device << 16 | function << 8 | offset; returns what it reads */
#define DRIVER_MAP    0x4411u /* struct abi_driver_ports; returns window << 32 | bytes */
#define DRIVER_PAGE   0x4412u /* returns its window */
#define DRIVER_LISTEN_PCI 0x4413u /* a place; returns the line's number */
#define DRIVER_CLAIM  0x4414u /* 1 or 0; returns whether another lives */
#define DRIVER_VMWARE 0x4415u /* struct abi_driver_vmware; returns whether there is a hypervisor */
#define DRIVER_KEEP   0x4416u /* a word */
#define DRIVER_KEPT   0x4417u /* where to put it */
#define DRIVER_TONE   0x4418u /* times a second, 0: silence */
#define DRIVER_VALUES 0x4419u /* where struct abi_driver_values goes */
#define DRIVER_TAKE   0x441au /* struct abi_driver_request; -EAGAIN: none waits */
#define DRIVER_DONE   0x441bu /* a request's number | result << 32 */
#define DRIVER_SCREEN 0x441cu /* where struct ddi_screen goes; returns its bytes in memory */
#define DRIVER_CELLS  0x441du /* where struct driver_draw goes: that of the call under way */
#define DRIVER_ORDER  0x441eu /* struct abi_driver_order; as ddi_dma_order */
#define DRIVER_WRITE  0x441fu /* offset | window << 16 | value << 32: a register in memory */
#define DRIVER_SERIAL_GIVE 0x4420u /* struct abi_driver_serial */
#define DRIVER_SERIAL_SEND 0x4421u /* port | where to << 16 | most << 32; returns how many */

/* Windows are mapped from the handle, shared, whole pages from there on. */
#define DRIVER_WINDOW_BYTES 0x100000u
/* The screen's memory, with the page that it begins in; the runtime has it at DRIVER_MEMORY_END. */
#define DRIVER_SCREEN_AT 0x100000000

enum {
    DRIVER_CALL_INIT, DRIVER_CALL_IRQ, DRIVER_CALL_TIMER, DRIVER_CALL_QUIESCE, DRIVER_CALL_REQUEST,
    DRIVER_CALL_DISK_READ, DRIVER_CALL_DISK_WRITE, DRIVER_CALL_DISK_FLUSH, DRIVER_CALL_DRAW,
};

struct abi_driver_call {
    int64_t result; /* of the last one; the first time anything */
    uint32_t what;  /* DRIVER_CALL_… */
    uint32_t number; /* line, request, disk */
    uint64_t value;  /* of a request; a disk's first sector */
    uint32_t count;  /* sectors */
    uint32_t sequence; /* of the call; the answer has the same */
    void *memory; /* theirs; a program gets none, and takes DRIVER_MEMORY for it */
};

/* The memory of a disk's request seems to begin there, that of request n so many times 4 GiB behind; nothing
   is mapped. */
#define DRIVER_MEMORY       0x600000000000ull
#define DRIVER_MEMORY_END   0x680000000000ull
#define DRIVER_MEMORY_SHIFT 32u

#define DRIVER_REQUESTS 32u /* under way at a time */
struct abi_driver_request {
    uint32_t number; /* of the disk; the answer: the request's */
    uint32_t write, count, reserved;
    uint64_t lba;
};

#define DRIVER_DISKS 8u

struct abi_driver_disk {
    char prefix[8], name[8]; /* name: the answer */
    char model[41], serial[21], where[32];
    uint8_t below_4g, read_only;
    uint64_t sectors;
};

#define DRIVER_TABLES   16u
#define DRIVER_NO_TABLE 0xffu
struct abi_driver_table {
    uint8_t bus, device, function, part;
    uint32_t number; /* of the one to use, or DRIVER_NO_TABLE */
};

struct abi_driver_order {
    const void *memory; /* in a page for DMA, or in DRIVER_MEMORY */
    uint32_t bytes, table, slot;
    uint8_t to_device, command[20], reserved[7];
};

/* Between a port and the memory of the request under way. */
struct abi_driver_block {
    uint64_t at; /* in DRIVER_MEMORY */
    uint32_t bytes;
    uint16_t port;
    uint8_t wide; /* 32 bits at a time, else 16 */
    uint8_t out;
};

#define DRIVER_LOG_MAX 200u
struct abi_driver_log {
    uint32_t level; /* DDI_ERROR … */
    char area[12];  /* the driver's name, and digits or none behind it */
    char text[DRIVER_LOG_MAX]; /* terminated */
};

struct abi_driver_event {
    uint32_t type, code;
    int32_t value, reserved;
};

#define DRIVER_VALUES_MAX 32u
struct abi_driver_values { /* what the interrupt program kept */
    uint8_t count, at[DRIVER_VALUES_MAX];
};

struct abi_driver_ports {
    uint8_t bus, device, function, bar;
};

#define DRIVER_SERIAL_MAX 64u
struct abi_driver_serial {
    uint32_t port, size; /* at most DRIVER_SERIAL_MAX */
    uint64_t bytes;
    uint64_t line; /* where struct ddi_serial goes */
};

struct abi_driver_vmware {
    uint32_t a, b, c, d; /* the registers; a: the command */
};
