/*
 * The protocol of an AHCI port: link, start and stop, commands, waits, recovery (AHCI 1.3.1).
 *
 * Waiting. What ends a wait is always what the port's registers say; an interrupt only wakes us
 * from a rest that ends by itself after a millisecond. So a lost interrupt costs a tick and not the
 * request. When interrupts keep missing, the port is polled until one comes.
 *
 * Locks: none, see port.h.
 */
#include "drivers/disk/ahci/port.h"

#include "lib/bytes.h"
#include "lib/printf.h"
#include "lib/string.h"

#define SPIN_US        5u   /* before a rest, where an interrupt is due */
#define SPIN_POLLED_US 100u /* and where none is */
#define REST_US        1000u /* what a lost interrupt costs */
#define MISSED_MAX     8u   /* interrupts missed in a row: from here on do not count on them */
#define ENGINE_MS      500u /* §10.1.2: a port that does not rest by then is hung */
#define RESET_US       1000u /* §10.4.2: COMRESET for at least that long */
#define LINK_MS        1000u
#define NO_LINK_MS     100u /* nothing seen by then: nobody there */
#define LINK_LOOK_MS   100u /* how often to look whether the drive is still there */

/* ---- registers ------------------------------------------------------------------------------- */

uint32_t ahci_port_in(const struct ahci_port *port, uint32_t reg)
{
    return ddi_mmio_read32(port->registers, AHCI_PORT(port->number) + reg);
}

void ahci_port_out(const struct ahci_port *port, uint32_t reg, uint32_t value)
{
    ddi_mmio_write32(port->registers, AHCI_PORT(port->number) + reg, value);
}

unsigned ahci_port_link(const struct ahci_port *port)
{
    return ahci_port_in(port, AHCI_SSTS) & AHCI_DET;
}

static void set_bits(const struct ahci_port *port, uint32_t reg, uint32_t clear, uint32_t set)
{
    ahci_port_out(port, reg, (ahci_port_in(port, reg) & ~clear) | set);
}

/* Until the bits of the mask are as wanted. -ETIMEDOUT. */
static int await(const struct ahci_port *port, uint32_t reg, uint32_t mask, uint32_t wanted,
                 uint32_t timeout_ms)
{
    uint64_t since = ddi_now_us();

    while ((ahci_port_in(port, reg) & mask) != wanted) {
        uint64_t us = ddi_now_us() - since;

        if (us > 1000ull * timeout_ms)
            return -ETIMEDOUT;
        if (us > SPIN_POLLED_US)
            (void)ddi_irq_wait(REST_US);
    }
    return 0;
}

static void clear_errors(struct ahci_port *port)
{
    ahci_port_out(port, AHCI_SERR, UINT32_MAX);
    ahci_port_out(port, AHCI_PXIS, UINT32_MAX);
    port->events = 0;
}

/* ---- start and stop (§10.1, §10.3) ----------------------------------------------------------- */

int ahci_port_halt(struct ahci_port *port)
{
    set_bits(port, AHCI_CMD, AHCI_CMD_ST, 0);
    return await(port, AHCI_CMD, AHCI_CMD_CR, 0, ENGINE_MS);
}

static bool is_running(const struct ahci_port *port)
{
    return (ahci_port_in(port, AHCI_CMD) & AHCI_CMD_CR) != 0;
}

int ahci_port_wake(struct ahci_port *port)
{
    ahci_port_out(port, AHCI_PXIE, 0);
    int error = ahci_port_halt(port);
    if (error)
        return error;
    set_bits(port, AHCI_CMD, AHCI_CMD_FRE, 0);
    error = await(port, AHCI_CMD, AHCI_CMD_FR, 0, ENGINE_MS);
    if (error)
        return error;
    set_bits(port, AHCI_CMD, AHCI_CMD_ICC, AHCI_CMD_SUD | AHCI_CMD_POD | AHCI_CMD_ICC_ACTIVE);
    ahci_port_out(port, AHCI_SCTL, AHCI_SCTL_AWAKE);
    return 0;
}

int ahci_port_open(struct ahci_port *port, struct ddi_pci place, struct ddi_table *table, uint32_t timeout_ms)
{
    int error = ddi_dma_table(place, port->number, table);

    if (error)
        return error;
    port->table = *table;
    clear_errors(port);
    set_bits(port, AHCI_CMD, 0, AHCI_CMD_FRE);
    return await(port, AHCI_TFD, AHCI_STATUS_BSY | AHCI_STATUS_DRQ, 0, timeout_ms);
}

int ahci_port_start(struct ahci_port *port)
{
    clear_errors(port);
    ahci_port_out(port, AHCI_PXIE, port->irq_bound ? AHCI_INT_ALL : 0);
    set_bits(port, AHCI_CMD, 0, AHCI_CMD_ST);
    return await(port, AHCI_CMD, AHCI_CMD_CR, AHCI_CMD_CR, ENGINE_MS);
}

int ahci_port_stop(struct ahci_port *port)
{
    ahci_port_out(port, AHCI_PXIE, 0);
    int error = ahci_port_halt(port);
    set_bits(port, AHCI_CMD, AHCI_CMD_FRE, 0);
    return error ? error : await(port, AHCI_CMD, AHCI_CMD_FR, 0, ENGINE_MS);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

void ahci_port_interrupt(struct ahci_port *port)
{
    uint32_t events = ahci_port_in(port, AHCI_PXIS);

    if (events == 0 || events == UINT32_MAX)
        return;
    ahci_port_out(port, AHCI_PXIS, events);
    port->events |= events;
    port->interrupts++;
    port->missed = 0;
}

static bool counts_on_irq(const struct ahci_port *port)
{
    return port->irq_bound && port->missed < MISSED_MAX;
}

static void note_missed(struct ahci_port *port)
{
    if (++port->missed == MISSED_MAX)
        ddi_log(DDI_WARN, "ahci", "port %u: its interrupt does not come: polling", port->number);
}

static uint32_t look_at_events(const struct ahci_port *port)
{
    return ahci_port_in(port, AHCI_PXIS) | port->events;
}

/* ---- commands -------------------------------------------------------------------------------- */

static void write_fis(struct ddi_order *order, const struct ahci_command *command)
{
    order->command[0] = AHCI_FIS_REGISTERS;
    order->command[1] = AHCI_FIS_COMMAND;
    order->command[2] = command->code;
    order->command[3] = (uint8_t)command->features;
    order->command[4] = (uint8_t)command->lba;
    order->command[5] = (uint8_t)(command->lba >> 8);
    order->command[6] = (uint8_t)(command->lba >> 16);
    order->command[7] = command->device;
    order->command[8] = (uint8_t)(command->lba >> 24);
    order->command[9] = (uint8_t)(command->lba >> 32);
    order->command[10] = (uint8_t)(command->lba >> 40);
    order->command[11] = (uint8_t)(command->features >> 8);
    order->command[12] = (uint8_t)command->count;
    order->command[13] = (uint8_t)(command->count >> 8);
}

int ahci_port_prepare(struct ahci_port *port, unsigned slot, const struct ahci_command *command,
                      const void *memory, uint32_t bytes)
{
    struct ddi_order order = {.memory = memory, .bytes = bytes, .to_device = command->write};

    write_fis(&order, command);
    return ddi_dma_order(&port->table, slot, &order);
}

/* What it has written itself. */
static const volatile struct ddi_ahci_table *table_of(const struct ahci_port *port)
{
    return port->table.at;
}

uint32_t ahci_port_moved(const struct ahci_port *port, unsigned slot)
{
    return table_of(port)->headers[slot].moved;
}

uint8_t ahci_port_received(const struct ahci_port *port, unsigned at)
{
    return table_of(port)->received[AHCI_RECEIVED_REGISTERS + at];
}

/* ---- waiting --------------------------------------------------------------------------------- */

static int fail(struct ahci_port *port, enum ahci_fault fault, uint32_t events, uint64_t since)
{
    uint32_t file = ahci_port_in(port, AHCI_TFD);

    port->fault = fault;
    port->status = (uint8_t)file;
    port->error = (uint8_t)(file >> 8);
    port->seen = events;
    port->waited_ms = (uint32_t)((ddi_now_us() - since) / 1000);
    switch (fault) {
    case AHCI_FAULT_GONE:
        return -ENODEV;
    case AHCI_FAULT_BUSY:
        return -ETIMEDOUT;
    default:
        return -EIO;
    }
}

static void await_irq(uint32_t us)
{
    uint32_t lines = ddi_irq_wait(us);

    if (lines)
        ahci_lines_came(lines);
}

/* One turn of a wait loop. From spin_us on it rests; true when it did. */
static bool rest(uint64_t since, uint32_t spin_us)
{
    if (ddi_now_us() - since < spin_us)
        return false;
    await_irq(REST_US);
    return true;
}

static bool is_gone(const struct ahci_port *port)
{
    return ahci_port_link(port) != AHCI_DET_LINKED;
}

/* The slots are done. Some controllers end a failed command as they do a good one, and (QEMU 7.2)
   tell of a failed one among several queued ones in SERR alone, as the next good one hides it. */
static int judge(struct ahci_port *port, bool several_queued, uint32_t events, uint64_t since)
{
    if ((ahci_port_in(port, AHCI_TFD) & (AHCI_STATUS_ERR | AHCI_STATUS_DF)) != 0)
        return fail(port, AHCI_FAULT_ERROR, events, since);
    if (several_queued && (ahci_port_in(port, AHCI_SERR) & ~AHCI_SERR_CHANGED) != 0)
        return fail(port, AHCI_FAULT_LINK, events, since);
    return 0;
}

/* 1: the slots are done, 0: not yet, or an error. */
static int look(struct ahci_port *port, uint32_t slots, bool queued, uint64_t since, bool check_link)
{
    uint32_t open = ahci_port_in(port, AHCI_CI);

    if (queued)
        open |= ahci_port_in(port, AHCI_SACT);
    uint32_t events = look_at_events(port);
    if (events == UINT32_MAX || (check_link && is_gone(port)))
        return fail(port, AHCI_FAULT_GONE, events, since);
    if ((events & AHCI_INT_FATAL) != 0)
        return fail(port, (events & AHCI_INT_FATAL) == AHCI_INT_TFES ? AHCI_FAULT_ERROR
                    : is_gone(port)                                  ? AHCI_FAULT_GONE
                                                                     : AHCI_FAULT_LINK,
                    events, since);
    if ((open & slots) != 0)
        return 0;
    int error = judge(port, queued && (slots & (slots - 1)) != 0, events, since);
    return error ? error : 1;
}

int ahci_port_run(struct ahci_port *port, uint32_t slots, bool queued, uint32_t timeout_ms)
{
    uint64_t since = ddi_now_us(), looked_ms = 0;
    uint32_t interrupts = port->interrupts;
    uint32_t spin_us = counts_on_irq(port) ? SPIN_US : SPIN_POLLED_US;
    bool rested = false;
    int verdict;

    port->fault = AHCI_FAULT_NONE;
    port->events = 0;
    if (queued)
        ahci_port_out(port, AHCI_SACT, slots);
    ahci_port_out(port, AHCI_CI, slots);
    for (;;) {
        uint64_t ms = (ddi_now_us() - since) / 1000;
        bool check_link = ms >= looked_ms + LINK_LOOK_MS;

        if (check_link)
            looked_ms = ms;
        verdict = look(port, slots, queued, since, check_link);
        if (verdict != 0)
            break;
        if (ms >= timeout_ms)
            return fail(port, AHCI_FAULT_BUSY, look_at_events(port), since);
        rested |= rest(since, spin_us);
    }
    if (verdict > 0 && rested && counts_on_irq(port) && port->interrupts == interrupts)
        note_missed(port);
    if (!counts_on_irq(port)) {
        await_irq(0); /* perhaps they come again */
        ahci_port_out(port, AHCI_PXIS, ahci_port_in(port, AHCI_PXIS));
    }
    return verdict < 0 ? verdict : 0;
}

/* ---- recovery (§6.2.2) ----------------------------------------------------------------------- */

static int await_link(struct ahci_port *port)
{
    uint64_t since = ddi_now_us();

    for (;;) {
        unsigned link = ahci_port_link(port);
        uint64_t ms = (ddi_now_us() - since) / 1000;

        if (link == AHCI_DET_LINKED)
            return 0;
        if (ms >= (link == AHCI_DET_PRESENT ? LINK_MS : NO_LINK_MS))
            return fail(port, AHCI_FAULT_GONE, 0, since);
        (void)ddi_irq_wait(REST_US);
    }
}

/* §10.4.2. The port is halted. */
static int reset_link(struct ahci_port *port, uint32_t timeout_ms)
{
    uint64_t since = ddi_now_us();

    ahci_port_out(port, AHCI_SCTL, AHCI_SCTL_AWAKE | AHCI_DET_RESET);
    ddi_delay_us(RESET_US);
    ahci_port_out(port, AHCI_SCTL, AHCI_SCTL_AWAKE);
    int error = await_link(port);
    if (error)
        return error;
    ahci_port_out(port, AHCI_SERR, UINT32_MAX); /* lets the drive's first registers in */
    if (await(port, AHCI_TFD, AHCI_STATUS_BSY | AHCI_STATUS_DRQ, 0, timeout_ms))
        return fail(port, AHCI_FAULT_BUSY, 0, since);
    return 0;
}

static bool is_busy(const struct ahci_port *port)
{
    return (ahci_port_in(port, AHCI_TFD) & (AHCI_STATUS_BSY | AHCI_STATUS_DRQ)) != 0;
}

/* Make the port believe that the drive is idle, where it can. */
static bool override_busy(struct ahci_port *port)
{
    if (!port->override)
        return false;
    set_bits(port, AHCI_CMD, 0, AHCI_CMD_CLO);
    return await(port, AHCI_CMD, AHCI_CMD_CLO, 0, ENGINE_MS) == 0 && !is_busy(port);
}

int ahci_port_recover(struct ahci_port *port, bool reset, uint32_t timeout_ms)
{
    uint64_t since = ddi_now_us();
    int error = 0;

    if (ahci_port_in(port, AHCI_CMD) == UINT32_MAX)
        return fail(port, AHCI_FAULT_GONE, UINT32_MAX, since);
    bool stuck = ahci_port_halt(port) != 0;
    clear_errors(port);
    if (stuck || reset || (is_busy(port) && !override_busy(port)))
        error = reset_link(port, timeout_ms);
    if (error)
        return error;
    if ((stuck && is_running(port)) || ahci_port_start(port))
        return fail(port, AHCI_FAULT_BUSY, 0, since);
    return 0;
}

/* ---- words ----------------------------------------------------------------------------------- */

static const char *error_words(const struct ahci_port *port, bool write)
{
    if (port->error & AHCI_ERROR_ICRC)
        return "ICRC (damaged on the cable)";
    if (port->error & AHCI_ERROR_UNC)
        return write ? "WP (write protected)" : "UNC (uncorrectable data)";
    if (port->error & AHCI_ERROR_IDNF)
        return "IDNF (address not found)";
    if (port->error & AHCI_ERROR_ABRT)
        return "ABRT (command aborted)";
    return port->status & AHCI_STATUS_DF ? "DF (device fault)" : "an error without a reason";
}

void ahci_port_fault_text(const struct ahci_port *port, bool write, char *text, size_t size)
{
    switch (port->fault) {
    case AHCI_FAULT_NONE:
        (void)snprintf(text, size, "nothing");
        break;
    case AHCI_FAULT_ERROR:
        (void)snprintf(text, size, "%s", error_words(port, write));
        break;
    case AHCI_FAULT_LINK:
        (void)snprintf(text, size, "an error of the link or the bus (events %08Xh)", port->seen);
        break;
    case AHCI_FAULT_BUSY:
        (void)snprintf(text, size, "no answer for %u ms (status %02Xh)", port->waited_ms,
                       port->status);
        break;
    case AHCI_FAULT_SHORT:
        (void)snprintf(text, size, "less data than asked for");
        break;
    case AHCI_FAULT_GONE:
        (void)snprintf(text, size, "the drive is gone");
        break;
    }
}
