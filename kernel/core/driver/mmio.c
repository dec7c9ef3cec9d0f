/*
 * Registers of PCI devices that lie in memory: PCI Local Bus Specification 2.2 §6.2.5. What a base
 * address register says is believed only when it is not memory of ours. Locks: none; a device is
 * mapped by its driver's start, its registers are that driver's.
 */
#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/log/log.h"

#define BAR_TYPE     6u
#define BAR_64       4u
#define BAR_FLAGS    15u
#define BYTES_MAX    0x10000u

struct registers {
    uint32_t at[BYTES_MAX / 4];
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

int pci_bar_memory(struct ddi_pci device, unsigned bar, uint64_t *phys_out, uint32_t *bytes_out)
{
    uint8_t offset = (uint8_t)(PCI_BAR0 + 4 * bar);
    uint32_t low = bar < PCI_BARS ? ddi_pci_read(device, offset) : 0;
    uint64_t phys = low & ~BAR_FLAGS;

    if ((low & PCI_BAR_PORTS) != 0 || bar >= PCI_BARS)
        return -ENODEV;
    if ((low & BAR_TYPE) == BAR_64 && bar + 1 < PCI_BARS)
        phys |= (uint64_t)ddi_pci_read(device, (uint8_t)(offset + 4)) << 32;
    uint32_t bytes = phys ? pci_bar_size(device, offset, ~BAR_FLAGS) : 0;
    if (bytes > BYTES_MAX)
        bytes = BYTES_MAX;
    if (bytes == 0 || pci_is_memory(phys, bytes))
        return -ENODEV;
    *phys_out = phys;
    *bytes_out = bytes;
    return 0;
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
