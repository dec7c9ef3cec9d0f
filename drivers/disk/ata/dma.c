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
#define CHANNEL_PORTS 8u
#define COMMAND   0u
#define STATUS    2u
#define COMMAND_START   0x01u
#define COMMAND_TO_MEMORY 0x08u
#define STATUS_ACTIVE   0x01u
#define STATUS_ERROR    0x02u
#define STATUS_INTERRUPT 0x04u

static bool find_master(struct ddi_pci *bridge, uint16_t *base)
{
    if (!ddi_pci_find(CLASS_DISK, SUBCLASS_IDE, bridge))
        return false;
    uint32_t interface = ddi_pci_read(*bridge, PCI_CLASS) >> 8 & 0xff;

    return (interface & INTERFACE_MASTER) && !(interface & INTERFACE_NATIVE)
           && ddi_pci_ports(*bridge, MASTER_BAR, base) == 0;
}

static void begin(struct ata_dma *dma, struct ddi_pci bridge, unsigned channel, uint16_t port)
{
    dma->port = port;
    (void)!ata_dma_stop(dma);
    if (ddi_dma_table(bridge, channel, &dma->table))
        dma->port = 0;
}

void ata_dma_find(struct ata_dma *primary, struct ata_dma *secondary)
{
    struct ddi_pci bridge = DDI_PCI_FIRST;
    uint16_t base;

    if (!find_master(&bridge, &base))
        return;
    begin(primary, bridge, 0, base);
    begin(secondary, bridge, 1, (uint16_t)(base + CHANNEL_PORTS));
    if (ddi_pci_master(bridge, true))
        primary->port = secondary->port = 0;
}

bool ata_dma_prepare(struct ata_dma *dma, const void *memory, size_t bytes, bool write)
{
    const struct ddi_order order = {.memory = memory, .bytes = (uint32_t)bytes, .to_device = write};

    dma->write = write;
    return dma->port != 0 && ddi_dma_order(&dma->table, 0, &order) == 0;
}

void ata_dma_start(struct ata_dma *dma)
{
    uint8_t direction = dma->write ? 0 : COMMAND_TO_MEMORY;

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
