/*
 * EDD does not settle where the disk hangs: many BIOSes name nothing for AHCI and USB alike. So sector 0
 * is read from each disk by a command of our own, between two of the BIOS's: the port is stopped, given
 * memory of ours, asked, stopped again and given back. The first 4 GiB are identity-mapped, and an
 * AHCI controller's registers lie below. Which buses: as kernel/core/driver/pci.c.
 *
 * Manual: Serial ATA AHCI 1.3.1 §3 (registers), §4.2 (memory), §5.5 (commands), §10.3 (start, stop).
 */
#include "stage2/ahci.h"

#include <stdbool.h>

#include "lib/compiler.h"
#include "lib/string.h"
#include "stage2/cpu.h"
#include "stage2/disk.h"
#include "stage2/pci.h"

#define PCI_HEADER     0x0c
#define PCI_MULTIPLE   0x00800000u
#define PCI_BRIDGE     1u
#define PCI_BUSES      0x18
#define PCI_ABAR       0x24
#define CLASS_AHCI     0x010601u
#define BUSES          256u
#define DEVICES        32u
#define FUNCTIONS      8u

/* Dwords of the controller's registers. */
#define HBA_CONTROL 1
#define HBA_PORTS   3
#define HBA_AHCI    (1u << 31)
#define PORTS       32u
#define PORT(n)     (0x40 + 0x20 * (n))

/* And of a port's. */
#define LIST     0
#define RECEIVED 2
#define EVENTS   4
#define ENABLED  5
#define COMMAND  6
#define TASKFILE 8
#define SIGNATURE 9
#define LINK     10
#define ACTIVE   13
#define ISSUED   14

#define COMMAND_START   (1u << 0)
#define COMMAND_RECEIVE (1u << 4)
#define COMMAND_RECEIVES (1u << 14)
#define COMMAND_RUNS    (1u << 15)
#define EVENTS_FATAL    0x78000000u
#define TASKFILE_BUSY   0x88u
#define TASKFILE_ERROR  0x21u
#define LINK_UP         3u
#define SIGNATURE_DISK  0x101u

#define FIS_COMMAND     0x8027u
#define FIS_DWORDS      5u
#define READ_DMA        0xc8u
#define DEVICE_LBA      0x40u

static struct {
    uint32_t list[8]; /* its first entry is the only one */
    uint8_t to_1024[1024 - 32];
    uint8_t received[256];
    struct {
        uint32_t fis[16], packet[16], piece[4];
    } table;
    uint8_t to_2048[2048 - 1024 - 256 - 144];
    uint8_t sector[SECTOR_BYTES];
} memory __attribute__((aligned(1024)));

static uint32_t address_of(const void *what)
{
    return (uint32_t)(uintptr_t)what;
}

/* ---- a port ---------------------------------------------------------------------------------- */

static bool await_clear(volatile const uint32_t *reg, uint32_t bits)
{
    uint64_t start = rdtsc();

    while (*reg & bits)
        if (patience_over(start))
            return false;
    return true;
}

static bool stop(volatile uint32_t *port)
{
    port[COMMAND] &= ~COMMAND_START;
    if (!await_clear(&port[COMMAND], COMMAND_RUNS))
        return false;
    port[COMMAND] &= ~COMMAND_RECEIVE;
    return await_clear(&port[COMMAND], COMMAND_RECEIVES);
}

static void prepare(void)
{
    memset(&memory, 0, sizeof(memory));
    memory.list[0] = FIS_DWORDS | 1u << 16;
    memory.list[2] = address_of(&memory.table);
    memory.table.fis[0] = FIS_COMMAND | READ_DMA << 16;
    memory.table.fis[1] = DEVICE_LBA << 24; /* LBA 0 */
    memory.table.fis[3] = 1;                /* sector */
    memory.table.piece[0] = address_of(memory.sector);
    memory.table.piece[3] = SECTOR_BYTES - 1;
}

/* The port is stopped, and is stopped again afterwards if it can be. */
static bool read_first(volatile uint32_t *port)
{
    prepare();
    port[LIST] = address_of(memory.list);
    port[LIST + 1] = 0;
    port[RECEIVED] = address_of(memory.received);
    port[RECEIVED + 1] = 0;
    port[EVENTS] = port[EVENTS];
    port[COMMAND] |= COMMAND_RECEIVE;
    port[COMMAND] |= COMMAND_START;
    port[ISSUED] = 1;
    uint64_t start = rdtsc();
    while ((port[ISSUED] & 1) && !(port[EVENTS] & EVENTS_FATAL) && !patience_over(start))
        ;
    bool good = !(port[ISSUED] & 1) && !(port[EVENTS] & EVENTS_FATAL) && !(port[TASKFILE] & TASKFILE_ERROR);
    return stop(port) && good;
}

static bool is_idle_disk(volatile const uint32_t *port)
{
    return (port[LINK] & 15) == LINK_UP && port[SIGNATURE] == SIGNATURE_DISK &&
           !(port[TASKFILE] & TASKFILE_BUSY) && !port[ISSUED] && !port[ACTIVE];
}

static bool same_sector(volatile uint32_t *port, const uint8_t *first_sector)
{
    uint32_t command = port[COMMAND], enabled = port[ENABLED], saved[4];

    if (!is_idle_disk(port))
        return false;
    for (uint32_t i = 0; i < 4; i++)
        saved[i] = port[LIST + i];
    port[ENABLED] = 0;
    bool good = stop(port) && read_first(port);
    for (uint32_t i = 0; i < 4; i++)
        port[LIST + i] = saved[i];
    port[EVENTS] = port[EVENTS];
    port[ENABLED] = enabled;
    port[COMMAND] |= command & COMMAND_RECEIVE;
    port[COMMAND] |= command & COMMAND_START;
    return good && !memcmp(memory.sector, first_sector, SECTOR_BYTES);
}

/* ---- controllers ----------------------------------------------------------------------------- */

static uint32_t look_at_ports(volatile uint32_t *registers, const uint8_t *first_sector)
{
    uint32_t found = 0;

    if (!(registers[HBA_CONTROL] & HBA_AHCI) || registers[HBA_CONTROL] == PCI_NOBODY)
        return 0; /* the BIOS drives it another way */
    for (uint32_t i = 0; i < PORTS; i++)
        if (registers[HBA_PORTS] >> i & 1)
            found += same_sector(&registers[PORT(i)], first_sector);
    return found;
}

static uint32_t look_at_controller(struct pci_place place, const uint8_t *first_sector)
{
    uint32_t base = pci_read(place, PCI_ABAR);
    uint32_t command = pci_read(place, PCI_COMMAND) & 0xffff; /* the status's bits: 1 would clear them */

    if ((base & 1) || !(base & ~15u) || !(command & PCI_MEMORY))
        return 0;
    pci_write(command | PCI_BUS_MASTER);
    uint32_t found = look_at_ports((volatile uint32_t *)(uintptr_t)(base & ~15u), first_sector);
    (void)pci_read(place, PCI_COMMAND);
    pci_write(command);
    return found;
}

static void note_bridge(struct pci_place place, bool *there)
{
    uint32_t secondary = pci_read(place, PCI_BUSES) >> 8 & 0xff;

    if ((pci_read(place, PCI_HEADER) >> 16 & 0x7f) == PCI_BRIDGE && secondary > place.bus)
        there[secondary] = true;
}

static uint32_t look_at_bus(uint8_t bus, bool *there, const uint8_t *first_sector)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < DEVICES * FUNCTIONS; i++) {
        struct pci_place place = {bus, (uint8_t)(i / FUNCTIONS), (uint8_t)(i % FUNCTIONS)};

        if (pci_read(place, PCI_ID) == PCI_NOBODY)
            continue;
        if (pci_read(place, PCI_CLASS) >> 8 == CLASS_AHCI)
            found += look_at_controller(place, first_sector);
        note_bridge(place, there);
        if (place.function == 0 && !(pci_read(place, PCI_HEADER) & PCI_MULTIPLE))
            i += FUNCTIONS - 1;
    }
    return found;
}

uint32_t ahci_find(const uint8_t *first_sector)
{
    bool there[BUSES] = {true};
    uint32_t found = 0;

    for (uint32_t bus = 0; bus < BUSES; bus++)
        if (there[bus])
            found += look_at_bus((uint8_t)bus, there, first_sector);
    return found;
}
