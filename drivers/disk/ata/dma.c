/*
 * Bus-master DMA: dma.h. The bridge reads a table of pieces of memory, each within 64 KiB, and
 * moves what the drive sends or wants by itself. Without it, or with memory that it cannot reach,
 * data go through the data register. Locks: its channel's, see channel.h.
 */
#include "drivers/disk/ata/dma.h"

#include "drivers/ddi.h"

#define PCI_CLASS       0x08
#define MASTER_BAR      4u
#define CLASS_DISK      0x01
#define SUBCLASS_IDE    0x01
#define INTERFACE_MASTER 0x80u /* it has bus-master registers */
#define INTERFACE_NATIVE 0x05u /* a channel that is not at the legacy ports */

/* Registers, from the channel's eight on. */
#define COMMAND   0u
#define STATUS    2u
#define TABLE     4u
#define COMMAND_START   0x01u
#define COMMAND_TO_MEMORY 0x08u
#define STATUS_ACTIVE   0x01u
#define STATUS_ERROR    0x02u
#define STATUS_INTERRUPT 0x04u

#define LAST_PIECE 0x80000000u
#define PAGE       4096u

bool ata_dma_find(uint16_t *base)
{
    struct ddi_pci bridge = DDI_PCI_FIRST;

    if (!ddi_pci_find(CLASS_DISK, SUBCLASS_IDE, &bridge))
        return false;
    uint32_t interface = ddi_pci_read(bridge, PCI_CLASS) >> 8 & 0xff;

    return (interface & INTERFACE_MASTER) && !(interface & INTERFACE_NATIVE)
           && ddi_pci_ports(bridge, MASTER_BAR, base) == 0 && ddi_pci_master(bridge, true) == 0;
}

/* A piece a page: none crosses 64 KiB, which the bridge could not. */
bool ata_dma_prepare(struct ata_dma *dma, const void *memory, size_t bytes, bool write)
{
    struct ddi_pieces pieces;

    if (dma->port == 0 || (uintptr_t)memory % 2 || bytes % 2 || bytes == 0)
        return false;
    int count = ddi_dma_pieces(memory, bytes, &pieces);

    if (count <= 0)
        return false;
    for (unsigned i = 0; i < (unsigned)count; i++) {
        if (pieces.at[i].address > UINT32_MAX - PAGE)
            return false;
        dma->pieces[i].address = (uint32_t)pieces.at[i].address;
        dma->pieces[i].count = (uint32_t)pieces.at[i].bytes;
    }
    dma->pieces[count - 1].count |= LAST_PIECE;
    dma->write = write;
    return true;
}

void ata_dma_start(struct ata_dma *dma)
{
    uint8_t direction = dma->write ? 0 : COMMAND_TO_MEMORY;
    struct ddi_pieces table; /* one: it is aligned to its size */

    if (ddi_dma_pieces(dma->pieces, sizeof(dma->pieces), &table) != 1)
        return;
    ddi_out32((uint16_t)(dma->port + TABLE), (uint32_t)table.at[0].address);
    ddi_out8((uint16_t)(dma->port + COMMAND), direction);
    ddi_out8((uint16_t)(dma->port + STATUS),
             (uint8_t)(ddi_in8((uint16_t)(dma->port + STATUS)) | STATUS_ERROR | STATUS_INTERRUPT));
    ddi_out8((uint16_t)(dma->port + COMMAND), direction | COMMAND_START);
}

int ata_dma_stop(struct ata_dma *dma)
{
    uint8_t status = ddi_in8((uint16_t)(dma->port + STATUS));

    ddi_out8((uint16_t)(dma->port + COMMAND), 0);
    ddi_out8((uint16_t)(dma->port + STATUS), status | STATUS_ERROR | STATUS_INTERRUPT);
    return status & (STATUS_ACTIVE | STATUS_ERROR) ? -EIO : 0;
}
