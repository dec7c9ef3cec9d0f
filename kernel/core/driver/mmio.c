/*
 * Registers of PCI devices that lie in memory: PCI Local Bus Specification 2.2 §6.2.5. What a base
 * address register says is believed only when it is not memory of ours. Locks: none; a device is
 * mapped by its driver's start, its registers are that driver's.
 */
#include "drivers/pci/config.h"
#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/log/log.h"

#define BYTES_MAX    0x10000u

/* The most that there are: a bus's configuration (drivers/pci). */
struct registers {
    uint32_t at[PCI_BUS_BYTES / 4];
};

bool pci_is_memory(uint64_t phys, uint64_t bytes)
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

int pci_bar_memory(struct ddi_pci device, unsigned bar, uint64_t *phys, uint32_t *bytes)
{
    struct pci_bar found = pci_bar(device, bar, true);

    if (found.ports || found.base == 0 || found.bytes == 0 || found.bytes > UINT32_MAX)
        return -ENODEV;
    uint32_t size = found.bytes > BYTES_MAX ? BYTES_MAX : (uint32_t)found.bytes;

    if (pci_is_memory(found.base, size))
        return -ENODEV;
    *phys = found.base;
    *bytes = size;
    return 0;
}

static bool is_within(const struct ddi_mmio *registers, uint32_t offset)
{
    return registers->bytes >= 4 && registers->bytes <= PCI_BUS_BYTES && offset <= registers->bytes - 4
           && offset % 4 == 0;
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
