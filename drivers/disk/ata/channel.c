/*
 * The protocol of an ATA channel: selection, commands, waits, data, reset (ATA/ATAPI-6 §7, §9).
 *
 * Waiting. What ends a wait is always the Alternate Status register; an interrupt only wakes us
 * from its rest. So a lost interrupt costs a tick and not the request, and a stray one costs a
 * look. When interrupts keep missing, the channel is polled until one comes. Polling is never for
 * long where an interrupt is due: under an emulator each look takes the lock that the disk's own
 * thread needs, and 100 us of it cost a tenth of the throughput.
 *
 * Locks: none, see channel.h.
 */
#include "drivers/disk/ata/channel.h"

#include "drivers/ddi.h"
#include "drivers/disk/ata/registers.h"
#include "lib/printf.h"

#define SPIN_US        5u     /* before resting for an interrupt */
#define SPIN_POLLED_US 5000u  /* the same, where no interrupt is to be expected */
#define REST_US        1000u  /* what a lost interrupt costs */
#define MISSED_MAX     8u     /* interrupts missed in a row: from here on do not count on them */
#define IDLE_MS        500u /* not busy and yet no data: none needs longer to make up its mind */
#define LEFTOVER_MS    10u    /* DRQ goes within a microsecond of the last word */
#define FLOATING_MS    20u    /* FFh may also be a busy drive with all bits set, for a moment */

/* ---- registers ------------------------------------------------------------------------------- */

uint8_t ata_channel_in(const struct ata_channel *channel, unsigned reg)
{
    return ddi_in8((uint16_t)(channel->command_port + reg));
}

void ata_channel_out(const struct ata_channel *channel, unsigned reg, uint8_t value)
{
    ddi_out8((uint16_t)(channel->command_port + reg), value);
}

uint8_t ata_channel_status(const struct ata_channel *channel)
{
    return ddi_in8(channel->control_port);
}

/* A drive takes up to 400 ns to show BSY after a command or a selection (§9.6, §9.7). */
static void settle(void)
{
    ddi_delay_us(1);
}

static void write_control(const struct ata_channel *channel, uint8_t bits)
{
    uint8_t quiet = channel->irq_bound ? 0 : ATA_CONTROL_NIEN;
    ddi_out8(channel->control_port, (uint8_t)(ATA_CONTROL_OBSOLETE | quiet | bits));
}

/* ---- interrupts ------------------------------------------------------------------------------ */

void ata_channel_enable_irq(struct ata_channel *channel)
{
    int error = ddi_irq_listen(channel->irq);
    if (error) {
        ddi_log(DDI_WARN, "ata", "%s: irq %u cannot be had (error %d): polling", channel->name,
                channel->irq, error);
        return;
    }
    channel->irq_bound = true;
    (void)ata_channel_in(channel, ATA_STATUS);
    write_control(channel, 0);
}

static bool counts_on_irq(const struct ata_channel *channel)
{
    return channel->irq_bound && channel->missed < MISSED_MAX;
}

static void note_missed(struct ata_channel *channel)
{
    if (++channel->missed == MISSED_MAX)
        ddi_log(DDI_WARN, "ata", "%s: irq %u does not come: polling", channel->name, channel->irq);
}

/* ---- waiting --------------------------------------------------------------------------------- */

static int fail(struct ata_channel *channel, enum ata_fault fault, uint8_t status, uint64_t since)
{
    channel->fault = fault;
    channel->status = status;
    channel->error = fault == ATA_FAULT_ERROR ? ata_channel_in(channel, ATA_ERROR) : 0;
    channel->waited_ms = (uint32_t)((ddi_now_us() - since) / 1000);
    switch (fault) {
    case ATA_FAULT_GONE:
        return -ENODEV;
    case ATA_FAULT_ERROR:
    case ATA_FAULT_MORE_DATA:
        return -EIO;
    default:
        return -ETIMEDOUT;
    }
}

static void await_irq(struct ata_channel *channel, uint32_t us)
{
    if (ddi_irq_wait(us) >> channel->irq & 1) {
        channel->interrupts++;
        channel->missed = 0;
    }
}

/* One turn of a wait loop. From spin_us on it rests; true when it did. */
static bool rest(struct ata_channel *channel, uint64_t since, uint32_t spin_us)
{
    if (ddi_now_us() - since < spin_us)
        return false;
    await_irq(channel, REST_US);
    return true;
}

/* Until BSY and DRQ are clear; with ready, until DRDY is set too. What ERR says is of the past. */
static int wait_idle(struct ata_channel *channel, bool ready, uint32_t timeout_ms)
{
    uint64_t since = ddi_now_us();

    for (;;) {
        uint8_t status = ata_channel_status(channel);
        uint64_t ms = (ddi_now_us() - since) / 1000;
        bool busy = (status & ATA_BSY) != 0;

        if (!busy && (status & ATA_DRQ) == 0 && (!ready || (status & ATA_DRDY) != 0))
            return 0;
        if (status == ATA_FLOATING && ms >= FLOATING_MS)
            return fail(channel, ATA_FAULT_GONE, status, since);
        if (!busy && (status & ATA_DRQ) != 0 && ms >= LEFTOVER_MS)
            return fail(channel, ATA_FAULT_MORE_DATA, status, since);
        if (ms >= timeout_ms)
            return fail(channel, busy ? ATA_FAULT_BUSY : ATA_FAULT_NOT_READY, status, since);
        (void)rest(channel, since, SPIN_POLLED_US);
    }
}

static bool is_announced(enum ata_wait_for what)
{
    return what == ATA_WAIT_DATA || what == ATA_WAIT_DONE || what == ATA_WAIT_DMA;
}

/* What a status of a drive that is not busy means: 1 the wait is over, 0 not yet, or an error. */
static int judge(struct ata_channel *channel, enum ata_wait_for what, uint8_t status,
                 uint64_t since, uint64_t *idle_since)
{
    bool data = (status & ATA_DRQ) != 0;
    bool wants_data = what == ATA_WAIT_DATA || what == ATA_WAIT_FIRST_DATA;

    if ((status & (ATA_ERR | ATA_DF)) != 0)
        return fail(channel, ATA_FAULT_ERROR, status, since);
    if (data == wants_data)
        return 1;
    if (what == ATA_WAIT_DMA)
        return 0;
    if (*idle_since == 0)
        *idle_since = ddi_now_us() + 1;
    uint64_t ms = (ddi_now_us() - *idle_since + 1) / 1000;
    if (ms < (wants_data ? IDLE_MS : LEFTOVER_MS))
        return 0;
    return fail(channel, wants_data ? ATA_FAULT_NO_DATA : ATA_FAULT_MORE_DATA, status, since);
}

int ata_channel_wait(struct ata_channel *channel, enum ata_wait_for what, uint32_t timeout_ms)
{
    uint64_t since = ddi_now_us(), idle_since = 0;
    uint32_t interrupts = channel->interrupts;
    uint32_t spin_us = is_announced(what) && counts_on_irq(channel) ? SPIN_US : SPIN_POLLED_US;
    bool rested = false;

    /* The drive may show its old state for one transfer cycle (§9.7); this read takes that long. */
    (void)ata_channel_status(channel);
    for (;;) {
        uint8_t status = ata_channel_status(channel);
        uint64_t ms = (ddi_now_us() - since) / 1000;

        if ((status & ATA_BSY) == 0) {
            int verdict = judge(channel, what, status, since, &idle_since);
            if (verdict < 0)
                return verdict;
            if (verdict > 0)
                break;
        } else if (status == ATA_FLOATING && ms >= FLOATING_MS) {
            return fail(channel, ATA_FAULT_GONE, status, since);
        }
        if (ms >= timeout_ms)
            return fail(channel, ATA_FAULT_BUSY, status, since);
        rested |= rest(channel, since, spin_us);
    }
    if (rested && spin_us == SPIN_US && channel->interrupts == interrupts)
        note_missed(channel);
    if (!counts_on_irq(channel))
        await_irq(channel, 0); /* perhaps they come again */
    (void)ata_channel_in(channel,
                         ATA_STATUS); /* takes back an interrupt that we were faster than */
    return 0;
}

/* ---- commands -------------------------------------------------------------------------------- */

int ata_channel_select(struct ata_channel *channel, unsigned unit, uint32_t timeout_ms)
{
    int error;

    if (channel->selected == unit)
        return wait_idle(channel, false, timeout_ms);
    if (channel->selected != ATA_UNIT_NONE) {
        error = wait_idle(channel, false, timeout_ms);
        if (error)
            return error;
    }
    ata_channel_out(channel, ATA_DEVICE,
                    (uint8_t)(ATA_DEVICE_OBSOLETE | (unit ? ATA_DEVICE_SLAVE : 0)));
    settle();
    channel->selected = (uint8_t)unit;
    return wait_idle(channel, false, timeout_ms);
}

/* Two-deep registers: what is written first ends up as the high byte (§6.20). */
static void write_registers(const struct ata_channel *channel, const struct ata_command *command)
{
    if (command->ext) {
        ata_channel_out(channel, ATA_COUNT, (uint8_t)(command->count >> 8));
        ata_channel_out(channel, ATA_LBA_LOW, (uint8_t)(command->lba >> 24));
        ata_channel_out(channel, ATA_LBA_MID, (uint8_t)(command->lba >> 32));
        ata_channel_out(channel, ATA_LBA_HIGH, (uint8_t)(command->lba >> 40));
    }
    if (command->features)
        ata_channel_out(channel, ATA_FEATURES, command->features);
    ata_channel_out(channel, ATA_COUNT, (uint8_t)command->count);
    ata_channel_out(channel, ATA_LBA_LOW, (uint8_t)command->lba);
    ata_channel_out(channel, ATA_LBA_MID, (uint8_t)(command->lba >> 8));
    ata_channel_out(channel, ATA_LBA_HIGH, (uint8_t)(command->lba >> 16));
}

int ata_channel_begin(struct ata_channel *channel, unsigned unit, const struct ata_command *command,
                      uint32_t timeout_ms)
{
    int error = ata_channel_select(channel, unit, timeout_ms);
    if (error)
        return error;
    ata_channel_out(
        channel, ATA_DEVICE,
        (uint8_t)(ATA_DEVICE_OBSOLETE | (unit ? ATA_DEVICE_SLAVE : 0) | command->device));
    if (!command->early) {
        error = wait_idle(channel, true, timeout_ms);
        if (error)
            return error;
    }
    write_registers(channel, command);
    ata_channel_out(channel, ATA_COMMAND, command->code);
    settle();
    return 0;
}

void ata_channel_copy_in(struct ata_channel *channel, bool wide, void *to, uint32_t sectors)
{
    uint16_t port = (uint16_t)(channel->command_port + ATA_DATA);
    if (wide)
        ddi_in32_block(port, to, sectors * (ATA_SECTOR_BYTES / 4));
    else
        ddi_in16_block(port, to, sectors * (ATA_SECTOR_BYTES / 2));
}

void ata_channel_copy_out(struct ata_channel *channel, bool wide, const void *from,
                          uint32_t sectors)
{
    uint16_t port = (uint16_t)(channel->command_port + ATA_DATA);
    if (wide)
        ddi_out32_block(port, from, sectors * (ATA_SECTOR_BYTES / 4));
    else
        ddi_out16_block(port, from, sectors * (ATA_SECTOR_BYTES / 2));
}

/* §9.2: SRST for 5 µs, 2 ms of rest, then each drive in turn until it is no longer busy. */
int ata_channel_reset(struct ata_channel *channel, bool master, bool slave, uint32_t timeout_ms)
{
    int error = 0;

    write_control(channel, ATA_CONTROL_SRST);
    ddi_delay_us(5);
    write_control(channel, 0);
    ddi_delay_us(2000);
    channel->selected = 0;
    if (master)
        error = wait_idle(channel, false, timeout_ms);
    if (!error && slave) {
        if (!master)
            channel->selected = ATA_UNIT_NONE;
        error = ata_channel_select(channel, 1, timeout_ms);
    }
    (void)ata_channel_in(channel, ATA_STATUS);
    return error;
}

/* ---- words ----------------------------------------------------------------------------------- */

static const char *error_bit_text(uint8_t error, bool write)
{
    if (error & ATA_ERROR_UNC)
        return write ? "WP (write protected)" : "UNC (uncorrectable data)";
    if (error & ATA_ERROR_IDNF)
        return "IDNF (address not found)";
    if (error & ATA_ERROR_ICRC)
        return "ICRC (bad block mark, or damaged on the cable)";
    if (error & ATA_ERROR_AMNF)
        return "AMNF (address mark not found)";
    if (error & ATA_ERROR_NM)
        return "NM (no medium)";
    if (error & (ATA_ERROR_MC | ATA_ERROR_MCR))
        return "MC (medium changed)";
    if (error & ATA_ERROR_ABRT)
        return "ABRT (command aborted)";
    return "an error without a name";
}

void ata_channel_fault_text(const struct ata_channel *channel, bool write, char *text, size_t size)
{
    unsigned status = channel->status, ms = channel->waited_ms;

    switch (channel->fault) {
    case ATA_FAULT_ERROR:
        if (status & ATA_ERR)
            (void)snprintf(text, size, "%s", error_bit_text(channel->error, write));
        else
            (void)snprintf(text, size, "DF (device fault)");
        break;
    case ATA_FAULT_BUSY:
        (void)snprintf(text, size, "busy for %u ms (status %02Xh)", ms, status);
        break;
    case ATA_FAULT_NOT_READY:
        (void)snprintf(text, size, "not ready for %u ms (status %02Xh)", ms, status);
        break;
    case ATA_FAULT_NO_DATA:
        (void)snprintf(text, size, "no data for %u ms (status %02Xh)", ms, status);
        break;
    case ATA_FAULT_MORE_DATA:
        (void)snprintf(text, size, "data where none was due (status %02Xh)", status);
        break;
    case ATA_FAULT_GONE:
        (void)snprintf(text, size, "the drive is gone (status %02Xh)", status);
        break;
    case ATA_FAULT_NONE:
        (void)snprintf(text, size, "nothing wrong");
        break;
    }
}
