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
#include "kernel/core/driver/orders.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/time/time.h"

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
#define AHCI_GLOBAL  0x04u
#define AHCI_RESET   (1u << 0)
#define AHCI_RESET_S 1u /* (§10.4.3) */
#define AHCI_COUNT 31u /* of ports, less one */
#define AHCI_LIST      0x00u
#define AHCI_LIST_HIGH 0x04u
#define AHCI_RECEIVED      0x08u
#define AHCI_RECEIVED_HIGH 0x0cu
#define AHCI_RUNS    (DMA_AHCI_START | 1u << 4 | 1u << 14 | DMA_AHCI_RUNNING) /* the others: FRE, FR */
#define AHCI_LINK    0x28u
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

/* Where the registers of its first part are. */
static int find_ide(struct driver_table *table)
{
    struct pci_bar bar = pci_bar(table->device, DMA_IDE_BAR, true);

    if (!bar.ports || bar.base == 0 || bar.bytes < IDE_CHANNELS * IDE_CHANNEL_PORTS)
        return -ENODEV;
    table->port = (uint16_t)bar.base;
    return 0;
}

static int find_ahci(struct driver *driver, struct driver_table *table)
{
    int window = driver_window_of_bar(driver, table->device, DMA_AHCI_BAR);

    if (window < 0)
        return window;
    table->registers = (struct ddi_mmio){driver->windows[window].at, driver->windows[window].bytes};
    table->far = (ddi_mmio_read32(&table->registers, AHCI_CAP) & AHCI_FAR) != 0;
    return 0;
}

static int find_first(struct driver *driver, struct driver_table *table)
{
    return driver->code->manifest.dma == DDI_DMA_IDE ? find_ide(table) : find_ahci(driver, table);
}

/* From the first part to another. -EINVAL: there is none. */
static int go_to(enum ddi_dma kind, struct driver_table *table, unsigned part)
{
    if (kind == DDI_DMA_IDE ? part >= IDE_CHANNELS
                            : part >= AHCI_PORTS || DMA_AHCI_PORT(part + 1) > table->registers.bytes)
        return -EINVAL;
    table->part = (uint8_t)part;
    table->port = (uint16_t)(table->port + part * IDE_CHANNEL_PORTS);
    return 0;
}

static bool is_at_rest(enum ddi_dma kind, const struct driver_table *table)
{
    return kind == DDI_DMA_IDE ? !(in8((uint16_t)(table->port + IDE_COMMAND)) & IDE_STARTED)
                               : !(ahci_in(table, DMA_AHCI_COMMAND) & AHCI_RUNS);
}

/* A port forgets its commands when it is to stop, and has stopped some time later. */
static uint32_t ahci_slots(const struct driver_table *table)
{
    uint32_t slots = ahci_in(table, AHCI_ISSUED) | ahci_in(table, AHCI_ACTIVE);
    bool stops = dma_is_stopping(ahci_in(table, DMA_AHCI_COMMAND));
    bool is_gone = slots == UINT32_MAX && ahci_in(table, AHCI_LINK) == UINT32_MAX;

    return is_gone ? 0 : stops ? UINT32_MAX : slots;
}

/* Which slots it has been told of and not said that they are done; it may move data of theirs. One that is no
   master moves none, and does not become one before it is at rest (driver_dma_prepare). */
static uint32_t slots_under_way(enum ddi_dma kind, const struct driver_table *table)
{
    uint32_t slots = kind == DDI_DMA_IDE ? !is_at_rest(kind, table) : ahci_slots(table);

    return slots && pci_is_master(table->device) ? slots : 0;
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

/* What a part without a table reads: one of each kind, without orders, for ever. -ENOMEM. */
static int find_nothing(enum ddi_dma kind, uint64_t *phys)
{
    static uint64_t nothing[DDI_DMA_KINDS];

    if (nothing[kind] == 0) {
        int error = pci_dma_memory(orders_bytes(kind) / FRAME_SIZE, phys);

        if (error)
            return error;
        const struct orders_table orders = {kind, false, phys_to_virt(*phys), *phys};

        orders_begin(&orders);
        nothing[kind] = *phys;
    }
    *phys = nothing[kind];
    return 0;
}

static struct orders_table orders_of(const struct driver *driver, const struct driver_table *table)
{
    uint64_t phys = driver->windows[table->window].phys;

    return (struct orders_table){driver->code->manifest.dma, table->far, phys_to_virt(phys), phys};
}

/* The part's own. -ENOENT: it has none. */
static int find_table(const struct driver *driver, struct ddi_pci device, unsigned part)
{
    for (unsigned i = 0; i < DRIVER_TABLES; i++)
        if (driver->tables[i].used && driver->tables[i].part == part
            && pci_is_same(driver->tables[i].device, device))
            return (int)i;
    return -ENOENT;
}

/* The part's own, else the one that it is to have, else a free one. -ENOSPC. */
static int choose(const struct driver *driver, struct ddi_pci device, unsigned part, unsigned number)
{
    int own = find_table(driver, device, part);

    if (own >= 0)
        return own;
    if (number < DRIVER_TABLES && driver->tables[number].used)
        return (int)number;
    for (unsigned i = 0; i < DRIVER_TABLES; i++)
        if (!driver->tables[i].used)
            return (int)i;
    return -ENOSPC;
}

int driver_dma_table(struct driver *driver, struct ddi_pci device, unsigned part, unsigned number)
{
    enum ddi_dma kind = driver->code->manifest.dma;
    struct driver_table table = {.used = true, .device = device};
    uint64_t nothing;

    if (!driver_has_device(driver->code, device, 0) || orders_bytes(kind) == 0)
        return -EPERM;
    int chosen = choose(driver, device, part, number);
    int error = chosen < 0 ? chosen : find_first(driver, &table);

    if (!error)
        error = go_to(kind, &table, part);
    if (!error)
        error = find_nothing(kind, &nothing);
    if (error)
        return error;
    struct driver_table *old = &driver->tables[chosen];

    if (!is_at_rest(kind, &table) || (old->used && !is_at_rest(kind, old)))
        return -EBUSY;
    int window = old->used ? (int)old->window : driver_window_of_table(driver);

    if (window < 0)
        return window;
    if (old->used)
        point(kind, old, nothing);
    table.window = (unsigned)window;
    *old = table;
    const struct orders_table orders = orders_of(driver, old);

    orders_begin(&orders);
    point(kind, old, orders.address);
    return chosen;
}

/* A bit for each part that a device may have. */
static uint32_t parts_of(enum ddi_dma kind, const struct driver_table *table)
{
    uint32_t there = kind == DDI_DMA_IDE ? (1u << IDE_CHANNELS) - 1 : 0;
    uint32_t last = 0;

    if (kind == DDI_DMA_AHCI) {
        there = ddi_mmio_read32(&table->registers, DMA_AHCI_THERE);
        last = ddi_mmio_read32(&table->registers, AHCI_CAP) & AHCI_COUNT;
    }
    return there ? there : UINT32_MAX >> (AHCI_COUNT - last); /* some forget theirs in a reset */
}

void driver_dma_claim(const struct driver *driver, struct ddi_pci device)
{
    bool is_master = !driver || driver->code->manifest.dma == DDI_DMA_NONE;

    for (unsigned i = 0; driver && i < driver->masters.count; i++)
        is_master |= pci_is_same(driver->masters.at[i], device);
    if (!is_master)
        pci_master(device, false);
    pci_decode(device);
}

/* What its registers say is from the firmware, or of a driver that was. */
int driver_dma_prepare(struct driver *driver, struct ddi_pci device)
{
    enum ddi_dma kind = driver->code->manifest.dma;
    struct driver_table first = {.device = device};
    uint64_t nothing;
    int error = find_first(driver, &first);

    if (!error)
        error = find_nothing(kind, &nothing);
    uint32_t parts = error ? 0 : parts_of(kind, &first);

    for (unsigned part = 0; part < AHCI_PORTS && !error; part++) {
        struct driver_table table = first;

        if (!(parts >> part & 1) || go_to(kind, &table, part))
            continue;
        if (!is_at_rest(kind, &table))
            error = -EBUSY;
        else if (find_table(driver, device, part) < 0)
            point(kind, &table, nothing);
    }
    return error;
}

static void reset_ahci(const struct driver_table *table)
{
    uint64_t until_ns = time_now_ns() + AHCI_RESET_S * NS_PER_SECOND;
    uint32_t global = ddi_mmio_read32(&table->registers, AHCI_GLOBAL);

    if (global == UINT32_MAX) /* it is gone */
        return;
    ddi_mmio_write32(&table->registers, AHCI_GLOBAL, global | AHCI_RESET);
    while (ddi_mmio_read32(&table->registers, AHCI_GLOBAL) & AHCI_RESET && time_now_ns() < until_ns)
        cpu_pause();
}

void driver_dma_halt(struct driver *driver)
{
    enum ddi_dma kind = driver->code->manifest.dma;

    for (unsigned i = 0; i < driver->masters.count; i++) {
        struct driver_table table = {.device = driver->masters.at[i]};

        if (find_first(driver, &table))
            continue;
        if (kind == DDI_DMA_AHCI)
            reset_ahci(&table);
        for (unsigned channel = 0; channel < IDE_CHANNELS && kind == DDI_DMA_IDE; channel++)
            out8((uint16_t)(table.port + channel * IDE_CHANNEL_PORTS + IDE_COMMAND), 0);
    }
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
    if (end < at)
        return -EFAULT;
    for (uint64_t next; at < end; at = next) {
        uint64_t address;

        if (pieces->count == ORDERS_PIECES_MAX)
            return -E2BIG;
        next = at / PAGE_SIZE * PAGE_SIZE + PAGE_SIZE;
        next = next < end ? next : end;
        if (page_translate(at, &address) || (own && !is_in_page(driver, address)))
            return -EFAULT;
        pieces->at[pieces->count].address = address;
        pieces->at[pieces->count++].bytes = (uint32_t)(next - at);
    }
    return 0;
}

/* The request under way that has memory there; NULL: none. */
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
    if (!transfer || order->to_device == (transfer->call.what == DRIVER_CALL_DISK_WRITE))
        return true;
    driver_violates(driver->code, "orders data the wrong way, bytes", order->bytes, transfer->call.value);
    return false;
}

/* A request's orders are in one table: those in another must be done with. */
static int settle_others(const struct driver *driver, struct driver_transfer *transfer, unsigned number)
{
    return transfer && transfer->orders.table != number ? driver_dma_settle(driver, transfer) : 0;
}

static void note(struct driver_transfer *transfer, uint64_t generation, unsigned number, unsigned slot)
{
    if (transfer->orders.generation != generation)
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
    int error = settle_others(driver, transfer, number);

    if (!error)
        error = find_pieces(driver, order, own, &pieces);
    if (!error)
        error = orders_write(&orders, slot, order, &pieces);
    if (!error && transfer)
        note(transfer, driver->generation, number, slot);
    if (!error && kind == DDI_DMA_IDE)
        point(kind, table, orders.address); /* where the last transfer left it is the bridge's own */
    return error;
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
