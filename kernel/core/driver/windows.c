/*
 * Memory that drivers reach beside their own: registers of their devices, pages for DMA and the tables of it.
 * A number stands for each in both placements. Locks: none; the windows are changed by the driver's own calls
 * and, when it has ended, by its thread.
 */
#include "kernel/arch/arch.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/host.h"
#include "kernel/core/driver/orders.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/memory/frames.h"

static int free_window(struct driver *driver)
{
    for (unsigned i = 0; i < DRIVER_WINDOWS; i++)
        if (driver->windows[i].bytes == 0)
            return (int)i;
    return -ENOSPC;
}

/* ---- registers ------------------------------------------------------------------------------- */

/* The one that was there when the driver began earlier, for the same registers. */
static int find_window(const struct driver *driver, uint64_t phys, uint32_t bytes)
{
    for (unsigned i = 0; i < DRIVER_WINDOWS; i++)
        if (driver->windows[i].kind == WINDOW_REGISTERS && driver->windows[i].phys == phys
            && driver->windows[i].bytes == bytes)
            return (int)i;
    return -ENOENT;
}

static int add_window(struct driver *driver, uint64_t phys, uint32_t bytes)
{
    int window = free_window(driver);
    volatile void *at = window < 0 ? NULL : device_map(phys, bytes, PAGE_WRITE | PAGE_UNCACHED);

    if (window < 0 || !at)
        return window < 0 ? window : -ENOMEM;
    driver->windows[window] = (struct driver_window){phys, bytes, WINDOW_REGISTERS, at};
    return window;
}

/* What it says to be an AHCI controller's must be that: others have addresses in other registers. */
static bool may_map(const struct ddi_driver *self, struct ddi_pci device, unsigned bar)
{
    uint32_t interface = ddi_pci_read(device, PCI_CLASS) >> 8 & 0xff;
    bool is_one = self->manifest.dma != DDI_DMA_AHCI || interface == PCI_INTERFACE_AHCI;

    if (dma_lets_memory(self->manifest.dma, bar) && is_one)
        return true;
    driver_violates(self, "wants memory of an interface that is not its own, BAR", bar, interface);
    return false;
}

int driver_window_of_bar(struct driver *driver, struct ddi_pci device, unsigned bar)
{
    uint64_t phys;
    uint32_t bytes;
    bool may = driver_has_device(driver->code, device, bar) && may_map(driver->code, device, bar);
    int error = may ? pci_bar_memory(device, bar, &phys, &bytes) : -EPERM;

    if (error)
        return error;
    driver_dma_claim(driver, device);
    int window = find_window(driver, phys, bytes);

    return window < 0 ? add_window(driver, phys, bytes) : window;
}

int ddi_of_pci_map(const struct ddi_driver *self, struct ddi_pci device, unsigned bar,
                   struct ddi_mmio *registers)
{
    struct driver *driver = driver_of(self);
    int number = driver ? driver_window_of_bar(driver, device, bar) : -EPERM;

    if (number < 0)
        return number;
    *registers = (struct ddi_mmio){driver->windows[number].at, driver->windows[number].bytes};
    return 0;
}

static bool may_write(const struct ddi_driver *self, const struct ddi_mmio *registers, uint32_t offset,
                      uint32_t value)
{
    enum ddi_dma dma = self->manifest.dma;
    bool too_early = dma_starts(dma, offset, value) && dma_is_stopping(ddi_mmio_read32(registers, offset));

    if (!dma_keeps_register(dma, offset) && !too_early)
        return true;
    driver_violates(self, "writes register", offset, value);
    return false;
}

void ddi_of_mmio_write32(const struct ddi_driver *self, const struct ddi_mmio *registers, uint32_t offset,
                         uint32_t value)
{
    if (may_write(self, registers, offset, value))
        (ddi_mmio_write32)(registers, offset, value);
}

int driver_register_write(const struct driver *driver, unsigned window, uint32_t offset, uint32_t value)
{
    if (window >= DRIVER_WINDOWS || driver->windows[window].kind != WINDOW_REGISTERS
        || offset >= driver->windows[window].bytes)
        return -EINVAL;
    const struct ddi_mmio registers = {driver->windows[window].at, driver->windows[window].bytes};

    ddi_of_mmio_write32(driver->code, &registers, offset, value);
    return 0;
}

/* ---- memory for DMA -------------------------------------------------------------------------- */

static bool may_have(const struct driver *driver, uint32_t more)
{
    uint64_t bytes = more;

    if (!driver_may_use_dma(driver->code))
        return false;
    for (unsigned i = 0; i < DRIVER_WINDOWS; i++)
        bytes += driver->windows[i].kind == WINDOW_REGISTERS ? 0 : driver->windows[i].bytes;
    if (bytes <= manifest_memory(&driver->code->manifest))
        return true;
    driver_violates(driver->code, "wants memory for DMA, KiB", (unsigned)(bytes / 1024), 0);
    return false;
}

static int add_memory(struct driver *driver, uint32_t bytes, unsigned kind)
{
    int window = may_have(driver, bytes) ? free_window(driver) : -EPERM;
    uint64_t phys;

    if (window == -ENOSPC)
        driver_violates(driver->code, "wants more pieces of memory than", DRIVER_WINDOWS, 0);
    int error = window < 0 ? window : pci_dma_memory(bytes / FRAME_SIZE, &phys);

    if (error)
        return error;
    driver->windows[window] = (struct driver_window){.phys = phys, .bytes = bytes, .kind = kind};
    return window;
}

int driver_window_of_page(struct driver *driver)
{
    return add_memory(driver, FRAME_SIZE, WINDOW_PAGE);
}

int driver_window_of_table(struct driver *driver)
{
    return add_memory(driver, orders_bytes(driver->code->manifest.dma), WINDOW_TABLE);
}

void *ddi_of_dma_page(const struct ddi_driver *self)
{
    struct driver *driver = driver_of(self);
    int number = driver ? driver_window_of_page(driver) : -EPERM;

    return number < 0 ? NULL : phys_to_virt(driver->windows[number].phys);
}

/* ---- tables and orders of a driver in the kernel --------------------------------------------- */

int ddi_of_dma_table(const struct ddi_driver *self, struct ddi_pci device, unsigned part,
                     struct ddi_table *table)
{
    struct driver *driver = driver_of(self);
    unsigned old = table->at ? table->number : DRIVER_NO_TABLE;
    int number = driver ? driver_dma_table(driver, device, part, old) : -EPERM;

    if (number < 0)
        return number;
    table->number = (unsigned)number;
    table->at = phys_to_virt(driver->windows[driver->tables[number].window].phys);
    return 0;
}

int ddi_of_dma_order(const struct ddi_driver *self, const struct ddi_table *table, unsigned slot,
                     const struct ddi_order *order)
{
    struct driver *driver = driver_of(self);

    driver_check_time();
    return driver ? driver_dma_order(driver, table->number, slot, order, false) : -EPERM;
}

/* ---- their end ------------------------------------------------------------------------------- */

void driver_windows_close(struct driver *driver)
{
    for (unsigned i = 0; i < DRIVER_WINDOWS; i++) {
        if (driver->windows[i].bytes == 0 || driver->windows[i].kind == WINDOW_REGISTERS)
            continue;
        (void)!free_frames(driver->windows[i].phys, driver->windows[i].bytes / FRAME_SIZE);
        driver->windows[i] = (struct driver_window){0};
    }
    for (unsigned i = 0; i < DRIVER_TABLES; i++)
        driver->tables[i].used = false;
}

void driver_windows_free(struct driver *driver)
{
    for (unsigned i = 0; i < DRIVER_WINDOWS; i++) {
        if (driver->windows[i].at)
            device_unmap(driver->windows[i].at, driver->windows[i].bytes);
        driver->windows[i] = (struct driver_window){0};
    }
}
