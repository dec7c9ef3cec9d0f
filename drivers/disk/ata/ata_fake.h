/*
 * For ata_test.c alone: two ATA channels with up to two drives each, behind the calls of
 * drivers/ddi.h.
 *
 * It is a strict model: a command to a busy drive, data moved without DRQ, or a driver that loops
 * for longer than an hour of its time fail the test. Time passes with each port access, in
 * nanoseconds: status still shows the old state for 400 ns after a command and for one access after
 * a block, as ATA/ATAPI-6 allows. Interrupts are edges and come in the middle of any call.
 */
#pragma once

#include "drivers/disk/ata/registers.h"
#include "drivers/disk/disk_fake.h"

#define FAKE_ACCESS_NS   100u
#define FAKE_PATIENCE_NS (3600ull * 1000000000ull)
#define FAKE_WRITTEN_MAX 8192u
#define FAKE_FOREVER     0xffffffffu

enum fake_seat { SEAT_EMPTY, SEAT_DISK, SEAT_PACKET };
enum fake_ghost { GHOST_SILENT, GHOST_STATUS, GHOST_ECHO };

struct fake_drive {
    /* What it is. */
    enum fake_seat seat;
    uint64_t sectors;
    bool no_lba, lba48;
    uint16_t cylinders, heads, sectors_per_track; /* without LBA */
    uint8_t multiple_max;                         /* 0: it has no READ MULTIPLE */
    bool refuses_multiple;                        /* names one, and aborts SET MULTIPLE */
    bool no_flush;
    const char *serial;
    const uint8_t *identity; /* instead of the one made of the above */

    /* What is wrong with it. */
    uint32_t latency_us;     /* of a command and of each block */
    uint32_t slow_us;        /* of the next command alone */
    uint64_t bad_lba; /* fails bad_times times, with bad_error, or a device fault when that is 0 */
    uint32_t bad_times;
    uint8_t bad_error;
    uint32_t hang_times;     /* commands that leave it busy until a reset */
    bool dead;               /* busy, and a reset does not help */
    uint32_t no_drq_times;   /* reads and writes that end without data, error or anything */
    uint32_t extra_drq_times; /* commands after whose last block DRQ stays */
    uint32_t flush_error_times;
    uint16_t smart; /* its answer; 0: it has none */

    /* Its state. */
    uint8_t status, error, next_status;
    uint64_t busy_until;
    bool irq_after_busy, hung;
    bool writing;
    uint64_t lba;
    bool dma; /* the command's data go through the bridge */
    uint32_t left, block, multiple, geometry_heads, geometry_sectors;
    uint8_t buffer[128 * 512];
    uint32_t at, end;
};

struct fake_channel {
    struct fake_drive drives[2];
    uint8_t empty;          /* what its registers read without a drive: 00h, 7Fh, FFh */
    enum fake_ghost ghost;  /* what a missing slave looks like */
    bool lose_irq;
    bool narrow;            /* 32-bit accesses are two of 16 bits, to other registers */
    bool garbles;           /* 32-bit accesses take all the data, and damage it */
    bool unplugged;         /* the cable is off: all reads FFh */
    uint8_t regs[8], regs_high[8];
    uint8_t control;
    bool line;              /* INTRQ */
    uint64_t stale_until;   /* and so many more looks show the old status: */
    unsigned stale_looks;
    uint8_t stale_status;
    bool bound;             /* the driver listens to its line */
    unsigned resets, commands[256], wide_words;
};

struct fake_sector { /* in an open hash table */
    bool used;
    uint64_t lba;
    const struct fake_drive *drive;
    uint8_t bytes[512];
};

static struct fake_channel fake[2];
static struct fake_sector fake_written[FAKE_WRITTEN_MAX];
static unsigned fake_written_count;
static uint64_t fake_ns;
static uint64_t fake_deadline;
static bool fake_irq_taken, fake_stray_irqs;
static uint32_t fake_lines; /* that came, and nobody has been told */
static unsigned fake_relaxed;

/* The PCI bridge that moves data by itself. */
#define FAKE_BRIDGE_PORT 0xc000u
#define FAKE_PAGES_MAX   20000u
static struct {
    bool there, far;          /* all memory lies beyond 4 GiB */
    uint32_t stuck, wrong;    /* so many transfers never happen; are told as an error */
    bool master; /* it may move data */
    struct {
        uint8_t command, status;
        uint32_t table;
    } channels[2];
    unsigned transfers, page_count;
    uintptr_t pages[FAKE_PAGES_MAX]; /* by their address for devices / 4096 - 1 */
} fake_bridge;

static void fake_broken(const char *what)
{
    fprintf(stderr, "the driver broke the protocol: %s\nits log:\n%s", what, fake_log);
    abort();
}

/* ---- sectors --------------------------------------------------------------------------------- */

static void fake_pattern(uint64_t lba, uint8_t *to)
{
    uint64_t x = lba * 0x9e3779b97f4a7c15ull + 1;
    for (unsigned i = 0; i < 512; i++) {
        x = x * 6364136223846793005ull + 1442695040888963407ull;
        to[i] = (uint8_t)(x >> 56);
    }
}

/* Its place, used or free. */
static struct fake_sector *fake_place(const struct fake_drive *drive, uint64_t lba)
{
    for (uint64_t i = lba; i < lba + FAKE_WRITTEN_MAX; i++) {
        struct fake_sector *sector = &fake_written[i % FAKE_WRITTEN_MAX];
        if (!sector->used || (sector->drive == drive && sector->lba == lba))
            return sector;
    }
    fake_broken("more sectors written than the test has room for");
    return NULL;
}

static void fake_load(const struct fake_drive *drive, uint64_t lba, uint8_t *to)
{
    const struct fake_sector *written = fake_place(drive, lba);
    if (written->used)
        memcpy(to, written->bytes, 512);
    else
        fake_pattern(lba, to);
}

static void fake_store(const struct fake_drive *drive, uint64_t lba, const uint8_t *from)
{
    struct fake_sector *sector = fake_place(drive, lba);
    fake_written_count += !sector->used;
    sector->used = true;
    sector->drive = drive;
    sector->lba = lba;
    memcpy(sector->bytes, from, 512);
}

/* ---- identity -------------------------------------------------------------------------------- */

static void fake_put16(uint8_t *data, unsigned word, uint64_t value)
{
    data[2 * word] = (uint8_t)value;
    data[2 * word + 1] = (uint8_t)(value >> 8);
}

static void fake_put_text(uint8_t *data, unsigned word, unsigned words, const char *text)
{
    for (unsigned i = 0; i < 2 * words; i++)
        data[2 * word + (i ^ 1u)] = (uint8_t)(i < strlen(text) ? text[i] : ' ');
}

static void fake_checksum(uint8_t *data)
{
    uint8_t sum = 0;
    data[510] = 0xa5;
    for (unsigned i = 0; i < 511; i++)
        sum = (uint8_t)(sum + data[i]);
    data[511] = (uint8_t)-sum;
}

static void fake_identity(const struct fake_drive *drive, uint8_t *data)
{
    memset(data, 0, 512);
    fake_put16(data, 0, 0x0040);
    fake_put16(data, 1, drive->no_lba ? drive->cylinders : 16383);
    fake_put16(data, 3, drive->no_lba ? drive->heads : 16);
    fake_put16(data, 6, drive->no_lba ? drive->sectors_per_track : 63);
    fake_put_text(data, 10, 10, drive->serial ? drive->serial : "");
    fake_put_text(data, 27, 20, "FAKE DISK");
    fake_put16(data, 47, 0x8000u | drive->multiple_max);
    fake_put16(data, 49, drive->no_lba ? 0 : 0x0300);
    fake_put16(data, 53, 0x0004);
    fake_put16(data, 88, 0x203f);
    if (!drive->no_lba) {
        uint64_t small = drive->sectors < 0x0fffffff ? drive->sectors : 0x0fffffff;
        fake_put16(data, 60, small);
        fake_put16(data, 61, small >> 16);
    }
    fake_put16(data, 83, 0x4000u | (drive->lba48 ? 0x2400u : 0) | (drive->no_flush ? 0 : 0x1000u));
    for (unsigned i = 0; drive->lba48 && i < 4; i++)
        fake_put16(data, 100 + i, drive->sectors >> (16 * i));
    fake_checksum(data);
}

/* ---- time and interrupts --------------------------------------------------------------------- */

static void fake_raise(struct fake_channel *channel)
{
    bool edge = !channel->line;

    channel->line = true;
    if (edge && !channel->lose_irq && !(channel->control & ATA_CONTROL_NIEN) && channel->bound)
        fake_lines |= 1u << (channel == &fake[0] ? 14 : 15);
}

static void fake_settle_drive(struct fake_channel *channel, struct fake_drive *drive)
{
    if (drive->busy_until == 0 || drive->hung || drive->dead || fake_ns < drive->busy_until)
        return;
    drive->busy_until = 0;
    drive->status = drive->next_status;
    if (drive->irq_after_busy)
        fake_raise(channel);
}

static void fake_pass(uint64_t ns)
{
    fake_ns += ns;
    if (fake_ns > fake_deadline)
        fake_broken("it hangs");
    for (unsigned i = 0; i < 4; i++)
        fake_settle_drive(&fake[i / 2], &fake[i / 2].drives[i % 2]);
}

static void fake_stray(void)
{
    for (unsigned i = 0; i < 2; i++)
        if (fake_stray_irqs && fake[i].bound && rand() % 7 == 0)
            fake_lines |= 1u << (14 + i);
}

uint32_t ddi_irq_wait(uint32_t us)
{
    uint64_t end = fake_ns + 1000ull * us;
    uint32_t came;

    fake_relaxed++;
    fake_stray();
    while (fake_ns < end && !fake_lines) {
        uint64_t next = end; /* from event to event */
        for (unsigned i = 0; i < 4; i++) {
            uint64_t until = fake[i / 2].drives[i % 2].busy_until;
            if (until > fake_ns && until < next)
                next = until;
        }
        fake_pass(next - fake_ns);
    }
    came = fake_lines;
    fake_lines = 0;
    return came;
}

/* ---- a drive --------------------------------------------------------------------------------- */

static struct fake_drive *fake_selected(struct fake_channel *channel)
{
    unsigned unit = channel->regs[ATA_DEVICE] >> 4 & 1u;
    if (unit == 1 && channel->drives[1].seat == SEAT_EMPTY && channel->ghost == GHOST_ECHO)
        unit = 0;
    return &channel->drives[unit];
}

static void fake_busy(struct fake_channel *channel, struct fake_drive *drive, uint8_t next,
                      bool irq)
{
    uint32_t us = drive->latency_us ? drive->latency_us : 20;

    channel->stale_status = drive->status;
    if (drive->slow_us) {
        us = drive->slow_us;
        drive->slow_us = 0;
    }
    drive->status = ATA_BSY;
    drive->next_status = next;
    drive->busy_until = fake_ns + 1000ull * us;
    drive->irq_after_busy = irq;
}

static void fake_fail(struct fake_channel *channel, struct fake_drive *drive, uint8_t error)
{
    drive->error = error;
    drive->left = 0;
    fake_busy(channel, drive, ATA_DRDY | (error ? ATA_ERR : ATA_DF), true);
}

static bool fake_is_bad(struct fake_drive *drive, uint32_t count)
{
    if (drive->bad_times == 0 || drive->bad_lba < drive->lba ||
        drive->bad_lba >= drive->lba + count)
        return false;
    if (drive->bad_times != FAKE_FOREVER)
        drive->bad_times--;
    return true;
}

static bool fake_take(uint32_t *times)
{
    if (*times == 0)
        return false;
    if (*times != FAKE_FOREVER)
        (*times)--;
    return true;
}

static void fake_next_block(struct fake_channel *channel, struct fake_drive *drive, bool first)
{
    uint32_t count = drive->left < drive->block ? drive->left : drive->block;

    drive->at = 0;
    drive->end = count * 512;
    if (!drive->writing) {
        if (fake_is_bad(drive, count)) {
            fake_fail(channel, drive, drive->bad_error);
            return;
        }
        for (uint32_t i = 0; i < count; i++)
            fake_load(drive, drive->lba + i, drive->buffer + 512 * i);
    }
    if (fake_take(&drive->no_drq_times)) {
        fake_busy(channel, drive, ATA_DRDY, false);
        return;
    }
    fake_busy(channel, drive, ATA_DRDY | ATA_DRQ, !(drive->writing && first));
}

/* A block has gone through the data register. */
static void fake_block_done(struct fake_channel *channel, struct fake_drive *drive)
{
    uint32_t count = drive->end / 512;

    channel->stale_looks = 1;
    channel->stale_status = drive->status;
    if (drive->writing) {
        if (fake_is_bad(drive, count)) {
            fake_fail(channel, drive, drive->bad_error);
            return;
        }
        for (uint32_t i = 0; i < count; i++)
            fake_store(drive, drive->lba + i, drive->buffer + 512 * i);
    }
    drive->lba += count;
    drive->left -= count;
    drive->end = drive->at = 0;
    if (drive->left > 0) {
        fake_next_block(channel, drive, false);
    } else if (fake_take(&drive->extra_drq_times)) {
        drive->status = ATA_DRDY | ATA_DRQ;
    } else if (drive->writing) {
        fake_busy(channel, drive, ATA_DRDY, true);
    } else {
        drive->status = ATA_DRDY;
    }
}

/* ---- the bridge ------------------------------------------------------------------------------ */

static uint8_t *fake_memory(uint32_t address)
{
    uint32_t page = address / 4096 - 1;

    if (page >= fake_bridge.page_count)
        fake_broken("DMA to memory that nobody named");
    return (uint8_t *)(fake_bridge.pages[page] * 4096 + address % 4096);
}

/* Between the drive's sectors and what the table says, which must be all of it. */
static void fake_bridge_move(struct fake_drive *drive, const uint8_t *table, uint32_t bytes)
{
    uint8_t *sector = drive->buffer;
    uint32_t at = 0, address, count;

    do {
        memcpy(&address, table, 4);
        memcpy(&count, table + 4, 4);
        if ((count & 0xffff) == 0 || address % 4096 + (count & 0xffff) > 4096)
            fake_broken("a piece of memory beyond its page");
        for (uint32_t i = 0; i < (count & 0xffff) && at < bytes; i++, at++) {
            if (at % 512 == 0 && !drive->writing)
                fake_load(drive, drive->lba + at / 512, sector);
            if (drive->writing)
                sector[at % 512] = fake_memory(address)[i];
            else
                fake_memory(address)[i] = sector[at % 512];
            if (at % 512 == 511 && drive->writing)
                fake_store(drive, drive->lba + at / 512, sector);
        }
        table += 8;
    } while (!(count & 0x80000000u));
    if (at != bytes)
        fake_broken("the table of memory is not as long as the transfer");
}

/* When both the drive and the bridge want. */
static void fake_bridge_try(struct fake_channel *channel)
{
    unsigned index = channel == &fake[1];
    struct fake_drive *drive = fake_selected(channel);

    if (!drive->dma || !(fake_bridge.channels[index].command & 1))
        return;
    bool to_memory = fake_bridge.channels[index].command & 8;
    if (!fake_bridge.master || drive->writing == to_memory)
        fake_broken("DMA that was not set up");
    if (fake_take(&fake_bridge.stuck)) {
        fake_busy(channel, drive, ATA_DRDY | ATA_DRQ, false);
        return;
    }
    fake_bridge.transfers++;
    fake_bridge.channels[index].status |= 4;
    drive->dma = false;
    if (fake_is_bad(drive, drive->left)) {
        fake_fail(channel, drive, drive->bad_error);
        return;
    }
    fake_bridge_move(drive, fake_memory(fake_bridge.channels[index].table), 512 * drive->left);
    if (fake_take(&fake_bridge.wrong))
        fake_bridge.channels[index].status |= 2;
    drive->left = 0;
    fake_busy(channel, drive, ATA_DRDY, true);
}

static bool fake_is_bridge(uint16_t port)
{
    return fake_bridge.there && port >= FAKE_BRIDGE_PORT && port < FAKE_BRIDGE_PORT + 16;
}

static void fake_bridge_out(unsigned reg, uint8_t value)
{
    if (reg % 8 == 0)
        fake_bridge.channels[reg / 8].command = value;
    else if (reg % 8 == 2)
        fake_bridge.channels[reg / 8].status &= (uint8_t)~(value & 6);
    else
        fake_broken("a register of the bridge that is not its own");
    if (reg % 8 == 0)
        fake_bridge_try(&fake[reg / 8]);
}

/* The sector that the registers name, or UINT64_MAX. */
static uint64_t fake_address(const struct fake_channel *channel, const struct fake_drive *drive,
                             bool ext)
{
    const uint8_t *r = channel->regs, *h = channel->regs_high;
    uint64_t low = r[ATA_LBA_LOW] | (uint64_t)r[ATA_LBA_MID] << 8 | (uint64_t)r[ATA_LBA_HIGH] << 16;

    if (r[ATA_DEVICE] & ATA_DEVICE_LBA) {
        if (drive->no_lba)
            return UINT64_MAX;
        if (ext)
            return low | (uint64_t)h[ATA_LBA_LOW] << 24 | (uint64_t)h[ATA_LBA_MID] << 32 |
                   (uint64_t)h[ATA_LBA_HIGH] << 40;
        return low | (uint64_t)(r[ATA_DEVICE] & 15u) << 24;
    }
    uint64_t head = r[ATA_DEVICE] & 15u, sector = low & 0xff, cylinder = low >> 8;
    if (!drive->no_lba || drive->geometry_heads == 0 || head >= drive->geometry_heads ||
        sector == 0 || sector > drive->geometry_sectors)
        return UINT64_MAX;
    return (cylinder * drive->geometry_heads + head) * drive->geometry_sectors + sector - 1;
}

static void fake_transfer(struct fake_channel *channel, struct fake_drive *drive, uint8_t code)
{
    bool ext = code == ATA_READ_SECTORS_EXT || code == ATA_READ_MULTIPLE_EXT ||
               code == ATA_WRITE_SECTORS_EXT || code == ATA_WRITE_MULTIPLE_EXT ||
               code == ATA_READ_DMA_EXT || code == ATA_WRITE_DMA_EXT;
    bool multiple = code == ATA_READ_MULTIPLE || code == ATA_READ_MULTIPLE_EXT ||
                    code == ATA_WRITE_MULTIPLE || code == ATA_WRITE_MULTIPLE_EXT;
    uint32_t count = channel->regs[ATA_COUNT] | (ext ? channel->regs_high[ATA_COUNT] << 8 : 0);

    if (count == 0)
        count = ext ? 65536 : 256;
    if ((ext && !drive->lba48) || (multiple && drive->multiple == 0)) {
        fake_fail(channel, drive, ATA_ERROR_ABRT);
        return;
    }
    drive->writing = code == ATA_WRITE_SECTORS || code == ATA_WRITE_SECTORS_EXT ||
                     code == ATA_WRITE_MULTIPLE || code == ATA_WRITE_MULTIPLE_EXT ||
                     code == ATA_WRITE_DMA || code == ATA_WRITE_DMA_EXT;
    drive->lba = fake_address(channel, drive, ext);
    drive->left = count;
    drive->block = multiple ? drive->multiple : 1;
    uint64_t end = ext || drive->sectors < 1u << 28 ? drive->sectors : 1u << 28;
    if (drive->lba >= end || count > end - drive->lba) {
        fake_fail(channel, drive, ATA_ERROR_IDNF);
        return;
    }
    drive->dma = code == ATA_READ_DMA || code == ATA_READ_DMA_EXT || code == ATA_WRITE_DMA ||
                 code == ATA_WRITE_DMA_EXT;
    if (drive->dma)
        fake_bridge_try(channel);
    else
        fake_next_block(channel, drive, true);
}

static void fake_set_multiple(struct fake_channel *channel, struct fake_drive *drive)
{
    uint8_t count = channel->regs[ATA_COUNT];
    bool fits = count > 0 && count <= drive->multiple_max && (count & (count - 1)) == 0;

    if (!fits || drive->refuses_multiple) {
        fake_fail(channel, drive, ATA_ERROR_ABRT);
        return;
    }
    drive->multiple = count;
    fake_busy(channel, drive, ATA_DRDY, true);
}

static void fake_set_geometry(struct fake_channel *channel, struct fake_drive *drive)
{
    drive->geometry_heads = (channel->regs[ATA_DEVICE] & 15u) + 1;
    drive->geometry_sectors = channel->regs[ATA_COUNT];
    fake_busy(channel, drive, ATA_DRDY, true);
}

static void fake_answer_identify(struct fake_channel *channel, struct fake_drive *drive)
{
    if (drive->seat == SEAT_PACKET) {
        channel->regs[ATA_LBA_MID] = 0x14;
        channel->regs[ATA_LBA_HIGH] = 0xeb;
        fake_fail(channel, drive, ATA_ERROR_ABRT);
        return;
    }
    if (drive->identity)
        memcpy(drive->buffer, drive->identity, 512);
    else
        fake_identity(drive, drive->buffer);
    drive->writing = false;
    drive->lba = 0;
    drive->left = drive->block = 1;
    drive->at = 0;
    drive->end = 512;
    fake_busy(channel, drive, ATA_DRDY | ATA_DRQ, true);
}

static void fake_command(struct fake_channel *channel, struct fake_drive *drive, uint8_t code)
{
    if (drive->seat == SEAT_EMPTY)
        return;
    if (drive->status & (ATA_BSY | ATA_DRQ))
        fake_broken("a command to a drive with BSY or DRQ");
    channel->commands[code]++;
    channel->line = false;
    channel->stale_until = fake_ns + 400;
    drive->error = 0;
    if (fake_take(&drive->hang_times)) {
        fake_busy(channel, drive, ATA_DRDY, false);
        drive->hung = true;
        return;
    }
    switch (code) {
    case ATA_IDENTIFY:
        fake_answer_identify(channel, drive);
        break;
    case ATA_SET_MULTIPLE:
        fake_set_multiple(channel, drive);
        break;
    case ATA_INITIALIZE_PARAMETERS:
        fake_set_geometry(channel, drive);
        break;
    case ATA_FLUSH_CACHE:
    case ATA_FLUSH_CACHE_EXT:
        if (drive->no_flush || fake_take(&drive->flush_error_times))
            fake_fail(channel, drive, drive->no_flush ? ATA_ERROR_ABRT : ATA_ERROR_IDNF);
        else
            fake_busy(channel, drive, ATA_DRDY, true);
        break;
    case ATA_SMART:
        if (channel->regs[ATA_FEATURES] != 0xda || channel->regs[ATA_LBA_MID] != 0x4f
            || channel->regs[ATA_LBA_HIGH] != 0xc2)
            fake_broken("SMART without its key");
        if (!drive->smart) {
            fake_fail(channel, drive, ATA_ERROR_ABRT);
            break;
        }
        channel->regs[ATA_LBA_MID] = (uint8_t)drive->smart;
        channel->regs[ATA_LBA_HIGH] = (uint8_t)(drive->smart >> 8);
        fake_busy(channel, drive, ATA_DRDY, true);
        break;
    case ATA_READ_SECTORS: case ATA_READ_SECTORS_EXT:
    case ATA_READ_MULTIPLE: case ATA_READ_MULTIPLE_EXT:
    case ATA_WRITE_SECTORS: case ATA_WRITE_SECTORS_EXT:
    case ATA_WRITE_MULTIPLE: case ATA_WRITE_MULTIPLE_EXT:
    case ATA_READ_DMA: case ATA_READ_DMA_EXT:
    case ATA_WRITE_DMA: case ATA_WRITE_DMA_EXT:
        fake_transfer(channel, drive, code);
        break;
    default:
        fake_broken("a command that does not exist");
    }
}

static void fake_reset_drive(struct fake_channel *channel, struct fake_drive *drive)
{
    if (drive->seat == SEAT_EMPTY || drive->dead)
        return;
    drive->hung = drive->dma = false;
    drive->left = drive->at = drive->end = 0;
    drive->multiple = drive->geometry_heads = 0;
    drive->status = ATA_DRDY;
    fake_busy(channel, drive, drive->seat == SEAT_PACKET ? 0 : ATA_DRDY, false);
    drive->error = 1;
}

/* ---- registers ------------------------------------------------------------------------------- */

static bool fake_find_port(uint16_t port, struct fake_channel **channel, unsigned *reg)
{
    for (unsigned i = 0; i < 2; i++) {
        uint16_t base = i ? 0x170 : 0x1f0;
        *channel = &fake[i];
        *reg = port - base;
        if (port >= base && port < base + 8)
            return true;
        *reg = 8;
        if (port == base + 0x206)
            return true;
    }
    fake_broken("a port that is not its own");
    return false;
}

static bool fake_is_empty(const struct fake_channel *channel)
{
    return channel->drives[0].seat == SEAT_EMPTY && channel->drives[1].seat == SEAT_EMPTY;
}

static uint8_t fake_status(struct fake_channel *channel, bool acknowledge)
{
    struct fake_drive *drive = fake_selected(channel);

    if (drive->seat == SEAT_EMPTY)
        return channel->ghost == GHOST_STATUS ? ATA_DRDY : 0;
    if (acknowledge)
        channel->line = false;
    if (channel->stale_looks > 0) {
        channel->stale_looks--;
        return channel->stale_status;
    }
    if (fake_ns < channel->stale_until)
        return channel->stale_status;
    return drive->status;
}

static uint8_t fake_in8(uint16_t port)
{
    struct fake_channel *channel;
    unsigned reg;

    if (fake_is_bridge(port)) {
        fake_pass(FAKE_ACCESS_NS);
        reg = port - FAKE_BRIDGE_PORT;
        return reg % 8 == 2 ? fake_bridge.channels[reg / 8].status : 0;
    }
    (void)fake_find_port(port, &channel, &reg);
    uint8_t value = 0xff;
    if (channel->unplugged)
        value = 0xff;
    else if (fake_is_empty(channel))
        value = channel->empty;
    else if (reg == ATA_STATUS || reg == 8)
        value = fake_status(channel, reg == ATA_STATUS);
    else if (reg == ATA_ERROR)
        value = fake_selected(channel)->error;
    else
        value = channel->regs[reg];
    fake_pass(FAKE_ACCESS_NS);
    return value;
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 1);
    return fake_in8(port);
}

static void fake_out8(uint16_t port, uint8_t value)
{
    struct fake_channel *channel;
    unsigned reg;

    if (fake_is_bridge(port)) {
        fake_pass(FAKE_ACCESS_NS);
        fake_bridge_out(port - FAKE_BRIDGE_PORT, value);
        return;
    }
    (void)fake_find_port(port, &channel, &reg);
    fake_pass(FAKE_ACCESS_NS);
    if (fake_is_empty(channel) || channel->unplugged)
        return;
    if (reg == 8) {
        if ((value & ATA_CONTROL_SRST) && !(channel->control & ATA_CONTROL_SRST)) {
            channel->resets++;
            channel->regs[ATA_DEVICE] = 0;
            channel->line = false;
            fake_reset_drive(channel, &channel->drives[0]);
            fake_reset_drive(channel, &channel->drives[1]);
        }
        channel->control = value;
    } else if (reg == ATA_COMMAND) {
        fake_command(channel, fake_selected(channel), value);
    } else {
        channel->regs_high[reg] = channel->regs[reg];
        channel->regs[reg] = value;
    }
}

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    assert_int_equal(bytes, 1);
    fake_out8(port, (uint8_t)value);
}

static void fake_move(struct fake_channel *channel, uint8_t *to, const uint8_t *from, size_t bytes)
{
    struct fake_drive *drive = fake_selected(channel);

    for (size_t i = 0; i < bytes; i++) {
        if ((drive->status & ATA_DRQ) == 0)
            fake_broken("data moved without DRQ");
        if (to && drive->writing)
            fake_broken("data read in a write");
        if (from && !drive->writing)
            fake_broken("data written in a read");
        if (drive->at >= drive->end) { /* the drive that wants more than was asked */
            if (to)
                to[i] = 0xee;
            continue;
        }
        if (to)
            to[i] = drive->buffer[drive->at++];
        else
            drive->buffer[drive->at++] = from[i];
        if (drive->at == drive->end)
            fake_block_done(channel, drive);
    }
    fake_pass(FAKE_ACCESS_NS * (bytes / 4));
}

static struct fake_channel *fake_data_port(uint16_t port)
{
    struct fake_channel *channel;
    unsigned reg;

    (void)fake_find_port(port, &channel, &reg);
    if (reg != ATA_DATA)
        fake_broken("block transfer beside the data register");
    return channel;
}

static void fake_in16_block(uint16_t port, void *to, size_t words)
{
    fake_move(fake_data_port(port), to, NULL, 2 * words);
}

static void fake_out16_block(uint16_t port, const void *from, size_t words)
{
    fake_move(fake_data_port(port), NULL, from, 2 * words);
}

static void fake_in32_block(uint16_t port, void *to, size_t dwords)
{
    struct fake_channel *channel = fake_data_port(port);
    uint8_t *out = to;

    channel->wide_words += (unsigned)dwords;
    if (!channel->narrow) {
        fake_move(channel, to, NULL, 4 * dwords);
        out[4 * dwords - 1] ^= channel->garbles;
        return;
    }
    for (size_t i = 0; i < dwords; i++, out += 4) {
        fake_move(channel, out, NULL, 2);
        out[2] = channel->regs[ATA_COUNT];
        out[3] = channel->regs[ATA_LBA_LOW];
    }
}

void ddi_in_block(uint16_t port, unsigned bytes, void *to, size_t count)
{
    if (bytes == 2)
        fake_in16_block(port, to, count);
    else
        fake_in32_block(port, to, count);
}

static void fake_out32_block(uint16_t port, const void *from, size_t dwords)
{
    struct fake_channel *channel = fake_data_port(port);

    channel->wide_words += (unsigned)dwords;
    if (channel->narrow)
        fake_broken("32-bit writes on a 16-bit bus");
    fake_move(channel, NULL, from, 4 * dwords);
}

void ddi_out_block(uint16_t port, unsigned bytes, const void *from, size_t count)
{
    if (bytes == 2)
        fake_out16_block(port, from, count);
    else
        fake_out32_block(port, from, count);
}

/* ---- the rest of the driver interface -------------------------------------------------------- */

uint64_t ddi_now_us(void)
{
    fake_pass(10);
    return fake_ns / 1000;
}

void ddi_delay_us(uint32_t us)
{
    fake_pass(1000ull * us);
}

bool ddi_pci_find(uint8_t class, uint8_t subclass, struct ddi_pci *at)
{
    *at = (struct ddi_pci){0, 1, 1};
    return fake_bridge.there && class == 1 && subclass == 1;
}

int ddi_pci_ports(struct ddi_pci device, unsigned bar, uint16_t *base)
{
    (void)device;
    if (bar != 4)
        fake_broken("a PCI register that is not its own");
    *base = FAKE_BRIDGE_PORT;
    return 0;
}

uint32_t ddi_pci_read(struct ddi_pci device, uint8_t offset)
{
    (void)device;
    return offset == 0x08 ? 0x01018000u : 0;
}

int ddi_pci_master(struct ddi_pci device, bool on)
{
    (void)device;
    fake_bridge.master = on;
    return 0;
}

static int fake_dma_address(uintptr_t at, uint64_t *address)
{
    unsigned page = 0;

    while (page < fake_bridge.page_count && fake_bridge.pages[page] != at / 4096)
        page++;
    if (page == FAKE_PAGES_MAX)
        fake_broken("more memory for DMA than the test has room for");
    if (page == fake_bridge.page_count)
        fake_bridge.pages[fake_bridge.page_count++] = at / 4096;
    *address = (fake_bridge.far && !fake_is_table(at) ? 1ull << 33 : 0) + (page + 1) * 4096ull + at % 4096;
    return 0;
}

int ddi_dma_table(struct ddi_pci device, unsigned part, struct ddi_table *table)
{
    (void)device;
    if (part > 1 || fake_bridge.channels[part].command & 1)
        fake_broken("a table for what is no channel, or moves data");
    fake_bridge.channels[part].table = (uint32_t)fake_table(DDI_DMA_IDE, false, table);
    return 0;
}

static uint64_t fake_kept;

void ddi_keep(uint64_t word)
{
    fake_kept = word;
}

uint64_t ddi_kept(void)
{
    return fake_kept;
}

int ddi_irq_listen(unsigned irq)
{
    if (fake_irq_taken)
        return -EBUSY;
    fake[irq == 15].bound = true;
    return 0;
}

static void fake_begin(void)
{
    memset(fake, 0, sizeof(fake));
    fake_disks_begin();
    memset(fake_written, 0, sizeof(fake_written));
    memset(&fake_bridge, 0, sizeof(fake_bridge));
    fake_written_count = 0;
    fake_irq_taken = fake_stray_irqs = false;
    fake_lines = 0;
    fake_kept = 0;
    fake_relaxed = 0;
    fake_ns = 1000000;
    fake_deadline = FAKE_PATIENCE_NS;
    srand(1);
}

/* A plain disk on a seat; change what it should be different in. */
static struct fake_drive *fake_add_disk(unsigned channel, unsigned unit, uint64_t sectors)
{
    struct fake_drive *drive = &fake[channel].drives[unit];

    *drive = (struct fake_drive){.seat = SEAT_DISK,
                                 .sectors = sectors,
                                 .lba48 = true,
                                 .multiple_max = 16,
                                 .status = ATA_DRDY,
                                 .serial = unit ? "SLAVE" : "MASTER"};
    return drive;
}
