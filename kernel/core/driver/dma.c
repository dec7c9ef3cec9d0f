/*
 * Where a device's data may come from and go to. The tables that controllers read (orders.c) are written here
 * alone, from what a driver orders and of memory that is a request's under way or a page of the driver's; so
 * are the registers that say where the tables are. A request is not ended while a device may be at its
 * memory.
 * Locks: none; all of it is the driver's thread, or stands in for it.
 */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/host.h"
#include "kernel/core/driver/orders.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/memory/frames.h"

/* Bus-master IDE: registers of a channel. */
#define IDE_CHANNELS      2u
#define IDE_CHANNEL_PORTS 8u
#define IDE_COMMAND       0u
#define IDE_TABLE         4u
#define IDE_STARTED       1u

/* AHCI (1.3.1 §3.1.1, §3.3): registers of the controller, and of a port. */
#define AHCI_PORTS 32u
#define AHCI_CAP   0x00u
#define AHCI_FAR   (1u << 31)
#define AHCI_LIST      0x00u
#define AHCI_LIST_HIGH 0x04u
#define AHCI_RECEIVED      0x08u
#define AHCI_RECEIVED_HIGH 0x0cu
#define AHCI_COMMAND 0x18u
#define AHCI_RUNS    (1u << 0 | 1u << 4 | 1u << 14 | 1u << 15) /* ST, FRE, FR, CR */
#define AHCI_ACTIVE  0x34u
#define AHCI_ISSUED  0x38u

/* ---- the device's side ----------------------------------------------------------------------- */

static uint32_t ahci_in(const struct driver_table *table, uint32_t reg)
{
    return ddi_mmio_read32(&table->registers, DMA_AHCI_PORT(table->part) + reg);
}

static void ahci_out(const struct driver_table *table, uint32_t reg, uint32_t value)
{
    ddi_mmio_write32(&table->registers, DMA_AHCI_PORT(table->part) + reg, value);
}

/* Where the registers of the part are. */
static int find_ide(struct driver_table *table)
{
    struct pci_bar bar = pci_bar(table->device, DMA_IDE_BAR, true);

    if (table->part >= IDE_CHANNELS)
        return -EINVAL;
    if (!bar.ports || bar.base == 0 || bar.bytes < IDE_CHANNELS * IDE_CHANNEL_PORTS)
        return -ENODEV;
    table->port = (uint16_t)(bar.base + table->part * IDE_CHANNEL_PORTS);
    return 0;
}

static int find_ahci(struct driver *driver, struct driver_table *table)
{
    int window = driver_window_of_bar(driver, table->device, DMA_AHCI_BAR);

    if (window < 0)
        return window;
    table->registers = (struct ddi_mmio){driver->windows[window].at, driver->windows[window].bytes};
    table->far = (ddi_mmio_read32(&table->registers, AHCI_CAP) & AHCI_FAR) != 0;
    bool there = table->part < AHCI_PORTS && DMA_AHCI_PORT(table->part + 1u) <= table->registers.bytes;

    return there ? 0 : -EINVAL;
}

static bool is_at_rest(enum ddi_dma kind, const struct driver_table *table)
{
    return kind == DDI_DMA_IDE ? !(in8((uint16_t)(table->port + IDE_COMMAND)) & IDE_STARTED)
                               : !(ahci_in(table, AHCI_COMMAND) & AHCI_RUNS);
}

/* Which slots it has been told of and not said that they are done; it may move data of theirs. */
static uint32_t slots_under_way(enum ddi_dma kind, const struct driver_table *table)
{
    uint32_t slots = kind == DDI_DMA_IDE ? !is_at_rest(kind, table)
                                         : ahci_in(table, AHCI_ISSUED) | ahci_in(table, AHCI_ACTIVE);

    return slots && slots != UINT32_MAX && pci_is_master(table->device) ? slots : 0;
}

/* It reads the table that is at `phys` from now on. */
static void point(enum ddi_dma kind, const struct driver_table *table, uint64_t phys)
{
    uint64_t received = phys + offsetof(struct ddi_ahci_table, received);

    if (kind == DDI_DMA_IDE) {
        out32((uint16_t)(table->port + IDE_TABLE), (uint32_t)phys);
        return;
    }
    ahci_out(table, AHCI_LIST, (uint32_t)phys);
    ahci_out(table, AHCI_LIST_HIGH, (uint32_t)(phys >> 32));
    ahci_out(table, AHCI_RECEIVED, (uint32_t)received);
    ahci_out(table, AHCI_RECEIVED_HIGH, (uint32_t)(received >> 32));
}

/* ---- tables ---------------------------------------------------------------------------------- */

static struct orders_table orders_of(const struct driver *driver, const struct driver_table *table)
{
    uint64_t phys = driver->windows[table->window].phys;

    return (struct orders_table){driver->code->manifest.dma, table->far, phys_to_virt(phys), phys};
}

/* The part's own, else the one that it is to have, else a free one. -ENOSPC. */
static int choose(const struct driver *driver, struct ddi_pci device, unsigned part, unsigned number)
{
    int free = -ENOSPC;

    for (unsigned i = DRIVER_TABLES; i-- > 0;) {
        const struct driver_table *table = &driver->tables[i];

        if (table->used && pci_is_same(table->device, device) && table->part == part)
            return (int)i;
        if (!table->used)
            free = (int)i;
    }
    return number < DRIVER_TABLES && driver->tables[number].used ? (int)number : free;
}

int driver_dma_table(struct driver *driver, struct ddi_pci device, unsigned part, unsigned number)
{
    enum ddi_dma kind = driver->code->manifest.dma;
    struct driver_table table = {.used = true, .part = (uint8_t)part, .device = device};

    if (!driver_has_device(driver->code, device, 0) || orders_bytes(kind) == 0)
        return -EPERM;
    if (part > UINT8_MAX)
        return -EINVAL;
    int chosen = choose(driver, device, part, number);
    int error = chosen < 0 ? chosen : kind == DDI_DMA_IDE ? find_ide(&table) : find_ahci(driver, &table);

    if (error < 0)
        return error;
    struct driver_table *old = &driver->tables[chosen];

    if (!is_at_rest(kind, &table) || (old->used && !is_at_rest(kind, old)))
        return -EBUSY;
    int window = old->used ? (int)old->window : driver_window_of_table(driver);

    if (window < 0)
        return window;
    table.window = (unsigned)window;
    *old = table;
    const struct orders_table orders = orders_of(driver, old);

    orders_begin(&orders);
    point(kind, old, orders.address);
    return chosen;
}

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

/* ---- orders ---------------------------------------------------------------------------------- */

static bool is_in_page(const struct driver *driver, uint64_t phys)
{
    for (unsigned i = 0; i < DRIVER_WINDOWS; i++)
        if (driver->windows[i].bytes && driver->windows[i].kind == WINDOW_PAGE
            && phys - driver->windows[i].phys < driver->windows[i].bytes)
            return true;
    return false;
}

static int find_pieces(const struct driver *driver, const struct ddi_order *order, bool own,
                       struct orders_pieces *pieces)
{
    uint64_t at = (uintptr_t)order->memory, end = at + order->bytes;

    pieces->count = 0;
    for (uint64_t next; at < end; at = next) {
        uint64_t *address = &pieces->at[pieces->count].address;

        if (pieces->count == ORDERS_PIECES_MAX)
            return -E2BIG;
        next = at / PAGE_SIZE * PAGE_SIZE + PAGE_SIZE;
        next = next < end ? next : end;
        if (page_translate(at, address) || (own && !is_in_page(driver, *address)))
            return -EFAULT;
        pieces->at[pieces->count++].bytes = (uint32_t)(next - at);
    }
    return 0;
}

/* The request under way whose memory it is; NULL: none. */
static struct driver_transfer *transfer_of(const struct driver *driver, const struct ddi_order *order)
{
    for (unsigned i = 0; i < DRIVER_REQUESTS; i++) {
        struct driver_transfer *transfer = driver->transfers.taken[i];
        uint64_t offset = transfer ? (uintptr_t)order->memory - (uintptr_t)transfer->call.memory : 0;

        if (transfer && offset < 512ull * transfer->call.count)
            return transfer;
    }
    return NULL;
}

static bool may_order(const struct driver *driver, const struct driver_transfer *transfer,
                      const struct ddi_order *order)
{
    if (!transfer || order->to_device || transfer->call.what == DRIVER_CALL_DISK_READ)
        return true;
    driver_violates(driver->code, "orders data into what is to be written", order->bytes,
                    transfer->call.value);
    return false;
}

static void note(struct driver_transfer *transfer, uint64_t generation, unsigned number, unsigned slot)
{
    if (transfer->orders.generation != generation || transfer->orders.table != number)
        transfer->orders.slots = 0;
    transfer->orders.generation = generation;
    transfer->orders.table = number;
    transfer->orders.slots |= 1u << slot;
}

int driver_dma_order(struct driver *driver, unsigned number, unsigned slot, const struct ddi_order *order,
                     bool own)
{
    const struct driver_table *table = number < DRIVER_TABLES ? &driver->tables[number] : NULL;
    enum ddi_dma kind = driver->code->manifest.dma;
    struct orders_pieces pieces;

    if (!table || !table->used || !orders_is_slot(kind, slot))
        return -EINVAL;
    struct driver_transfer *transfer = own || order->bytes == 0 ? NULL : transfer_of(driver, order);

    if (!may_order(driver, transfer, order))
        return -EPERM;
    if (slots_under_way(kind, table) >> slot & 1)
        return -EBUSY;
    const struct orders_table orders = orders_of(driver, table);
    int error = find_pieces(driver, order, own, &pieces);

    if (!error)
        error = orders_write(&orders, slot, order, &pieces);
    if (!error && transfer)
        note(transfer, driver->generation, number, slot);
    if (!error && kind == DDI_DMA_IDE)
        point(kind, table, orders.address); /* where the last transfer left it is the bridge's own */
    return error;
}

int ddi_of_dma_order(const struct ddi_driver *self, const struct ddi_table *table, unsigned slot,
                     const struct ddi_order *order)
{
    struct driver *driver = driver_of(self);

    driver_check_time();
    return driver ? driver_dma_order(driver, table->number, slot, order, false) : -EPERM;
}

int driver_dma_settle(const struct driver *driver, struct driver_transfer *transfer)
{
    const struct driver_table *table = &driver->tables[transfer->orders.table];
    uint32_t slots = transfer->orders.slots;

    if (slots == 0 || !table->used || transfer->orders.generation != driver->generation)
        return 0;
    if (slots & slots_under_way(driver->code->manifest.dma, table))
        return -EBUSY;
    const struct orders_table orders = orders_of(driver, table);

    for (unsigned slot = 0; slot < 32; slot++)
        if (slots >> slot & 1)
            orders_forget(&orders, slot);
    transfer->orders.slots = 0;
    return 0;
}
