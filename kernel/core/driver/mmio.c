/*
 * Registers of PCI devices that lie in memory: PCI Local Bus Specification 2.2 §6.2.5. What a base
 * address register says is believed only when it is not memory of ours. Locks: none; a device is
 * mapped by its driver's start, its registers are that driver's.
 */
#include "drivers/ddi.h"
#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/log/log.h"

#define PCI_COMMAND  0x04
#define PCI_BAR0     0x10
#define BARS         6u
#define COMMAND_SPACES 3u /* it answers at its ports and in its memory */
#define COMMAND_BITS 0xffffu /* above are status bits, which a 1 would clear */
#define BAR_IO       1u
#define BAR_TYPE     6u
#define BAR_64       4u
#define BAR_FLAGS    15u
#define BYTES_MAX    0x10000u

struct registers {
    uint32_t at[BYTES_MAX / 4];
};

static bool is_memory(uint64_t phys, uint64_t bytes)
{
    const struct boot_info *boot = boot_info();

    for (uint32_t i = 0; i < boot->memory_count; i++) {
        const struct boot_memory_range *range = &boot->memory[i];

        if (range->type != BOOT_MEMORY_RESERVED && phys + bytes > range->base
            && phys < range->base + range->length)
            return true;
    }
    return false;
}

/* How much it decodes: the bits that stay 0 when all are written. It must not answer meanwhile. */
static uint32_t size_of_bar(struct ddi_pci device, uint8_t offset)
{
    uint32_t command = ddi_pci_read(device, PCI_COMMAND) & COMMAND_BITS;
    uint32_t before = ddi_pci_read(device, offset);

    ddi_pci_write(device, PCI_COMMAND, command & ~COMMAND_SPACES);
    ddi_pci_write(device, offset, UINT32_MAX);
    uint32_t size = ~(ddi_pci_read(device, offset) & ~BAR_FLAGS) + 1;
    ddi_pci_write(device, offset, before);
    ddi_pci_write(device, PCI_COMMAND, command);
    return size < BYTES_MAX ? size : BYTES_MAX;
}

int ddi_pci_map(struct ddi_pci device, unsigned bar, struct ddi_mmio *registers)
{
    uint8_t offset = (uint8_t)(PCI_BAR0 + 4 * bar);
    uint32_t low = bar < BARS ? ddi_pci_read(device, offset) : 0;
    uint64_t phys = low & ~BAR_FLAGS;

    if ((low & BAR_IO) != 0 || bar >= BARS)
        return -ENODEV;
    if ((low & BAR_TYPE) == BAR_64 && bar + 1 < BARS)
        phys |= (uint64_t)ddi_pci_read(device, (uint8_t)(offset + 4)) << 32;
    uint32_t bytes = phys ? size_of_bar(device, offset) : 0;
    if (bytes == 0 || is_memory(phys, bytes))
        return -ENODEV;
    registers->at = device_map(phys, bytes, PAGE_WRITE | PAGE_UNCACHED);
    registers->bytes = bytes;
    return registers->at ? 0 : -ENOMEM;
}

static bool is_within(const struct ddi_mmio *registers, uint32_t offset)
{
    return registers->bytes >= 4 && offset <= registers->bytes - 4 && offset % 4 == 0;
}

uint32_t ddi_mmio_read32(const struct ddi_mmio *registers, uint32_t offset)
{
    const volatile struct registers *all = registers->at;

    return is_within(registers, offset) ? all->at[offset / 4] : UINT32_MAX;
}

void ddi_mmio_write32(const struct ddi_mmio *registers, uint32_t offset, uint32_t value)
{
    volatile struct registers *all = registers->at;

    if (is_within(registers, offset))
        all->at[offset / 4] = value;
    else
        log_error("ddi", "no register at %xh, the last is at %xh", offset, registers->bytes - 4);
}
