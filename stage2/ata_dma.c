/* "Programming Interface for Bus Master IDE Controller", revision 1.0; PCI Local Bus 2.2 §3.2.2.3.2
   (configuration mechanism #1), §6.2.1. */
#include "stage2/ata_dma.h"

#include "lib/compiler.h"
#include "lib/errno.h"
#include "stage2/ata_registers.h"
#include "stage2/cpu.h"
#include "stage2/pci.h"

#define PCI_BAR4         0x20
#define CLASS_IDE        0x0101u
#define INTERFACE_MASTER 0x80u /* it has bus-master registers */
#define INTERFACE_NATIVE 0x05u /* a channel that is not at the legacy ports */

/* Registers, eight for each channel. */
#define MASTER_COMMAND    0
#define MASTER_STATUS     2
#define MASTER_TABLE      4
#define COMMAND_START     0x01
#define COMMAND_TO_MEMORY 0x08
#define MASTER_ACTIVE     0x01
#define MASTER_ERROR      0x02
#define MASTER_INTERRUPT  0x04

#define PIECE_END  0x10000u /* no piece crosses a multiple of it */
#define LAST_PIECE 0x80000000u
#define PIECES     3u       /* 128 KiB that begin anywhere */

static struct {
    uint32_t address, count; /* 0: 64 KiB */
} pieces[PIECES] __attribute__((aligned(32)));

static uint16_t port;

bool ata_dma_find(struct pci_place bridge, uint32_t channel)
{
    uint32_t class = pci_read(bridge, PCI_CLASS);
    uint32_t base = pci_read(bridge, PCI_BAR4);
    uint32_t interface = class >> 8 & 0xff;

    if (class >> 16 != CLASS_IDE || !(interface & INTERFACE_MASTER) || (interface & INTERFACE_NATIVE) ||
        !(base & 1) || !(base & 0xfff0u))
        return false;
    uint32_t command = pci_read(bridge, PCI_COMMAND) & 0xffff; /* the status's bits: 1 would clear them */

    if (!(command & PCI_BUS_MASTER))
        pci_write(command | PCI_BUS_MASTER);
    port = (uint16_t)((base & 0xfff0u) + 8 * channel);
    return true;
}

void ata_dma_prepare(void *to, uint32_t bytes)
{
    uint32_t at = (uint32_t)(uintptr_t)to, used = 0;

    for (; bytes && used < PIECES; used++) {
        uint32_t room = PIECE_END - at % PIECE_END, now = bytes < room ? bytes : room;

        pieces[used].address = at;
        pieces[used].count = now % PIECE_END;
        at += now;
        bytes -= now;
    }
    pieces[used - 1].count |= LAST_PIECE;
    outb(port + MASTER_COMMAND, COMMAND_TO_MEMORY);
    outb(port + MASTER_STATUS, inb(port + MASTER_STATUS) | MASTER_ERROR | MASTER_INTERRUPT);
    outl(port + MASTER_TABLE, (uint32_t)(uintptr_t)pieces);
}

/* Until both are done, or one has an error, or patience is over. */
static int wait_for_both(uint16_t status)
{
    uint64_t start = rdtsc();

    do {
        uint8_t drive = inb(status), master = inb(port + MASTER_STATUS);

        if (drive & STATUS_BSY)
            continue;
        if ((drive & (STATUS_ERR | STATUS_DF)) || (master & MASTER_ERROR))
            return -EIO;
        if (!(drive & STATUS_DRQ) && !(master & MASTER_ACTIVE))
            return 0;
    } while (!patience_over(start));
    return -EIO;
}

int ata_dma_run(uint16_t status)
{
    outb(port + MASTER_COMMAND, COMMAND_TO_MEMORY | COMMAND_START);
    int error = wait_for_both(status);

    outb(port + MASTER_COMMAND, 0);
    outb(port + MASTER_STATUS, inb(port + MASTER_STATUS) | MASTER_ERROR | MASTER_INTERRUPT);
    return error;
}
