/*
 * ATA disks on the two channels that every BIOS PC has had since 1986, by bus-master DMA where the
 * bridge and the drive have it, else by programmed I/O.
 *
 * init looks at both channels and registers what it finds; from then on read, write and flush are
 * called through struct disk_operations. A request goes
 *
 *     transfer → (for each command) try_command → set_up, begin, by_dma or data_in or data_out
 *              → (after a failure)  recover, and once more: gently, sector by sector
 *              → (after TRIES of them at one place) give_up, which names the sector and the error
 *
 * Every wait has an end (channel.c). The manual is ATA/ATAPI-6 (INCITS 361-2002); for drives
 * without LBA ATA-4. Locks: none, the driver interface promises one thread
 * of control at a time for a channel.
 */
#include "drivers/disk/ata/ata.h"

#include "drivers/ddi.h"
#include "drivers/disk/ata/channel.h"
#include "lib/ata_identity.h"
#include "drivers/disk/ata/registers.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define TRIES            4u
#define TIMEOUT_MS       31000u /* first try: a drive may have to spin up (§9.2: 31 s) */
#define TIMEOUT_AGAIN_MS 5000u  /* it has had its chance */
#define PATIENCE_US      60000000u /* for one request, from its first failure */
#define TIMEOUT_DMA_MS   10000u /* then without: it may be the DMA that does not work */
#define DMA_FAILURES_MAX 3u
#define KEPT_AGAIN 1u /* an earlier life has begun */
#define KEPT_PIO   2u
#define TIMEOUT_FLUSH_MS 60000u /* a full cache on a slow disk (§8.12: may exceed 30 s) */
#define TIMEOUT_RESET_MS 10000u
#define TIMEOUT_PROBE_MS 5000u /* the BIOS has waited already */
#define IDENTIFY_IDLE_US 5000u /* neither busy nor data nor error after IDENTIFY: nobody there */
#define GONE_RETRY_US    30000000u /* how often to knock at a drive that has stopped answering */

#define BARE_LOOKS_MAX 50000000u

#define LBA28_END      0x0fffffffull /* the last sector is left to LBA48: some drives refuse it */
#define COUNT_MAX      256u
#define COUNT_MAX_EXT  65536u

struct ata_drive {
    struct disk disk;
    struct ata_channel *channel;
    uint8_t unit;
    bool present;
    bool wide;   /* the bus takes 32 bits at a time */
    bool dma;    /* the bridge moves its data, unless that has failed too often */
    uint32_t dma_failures; /* in a row */
    bool set_up; /* geometry and multiple mode are told; a reset forgets them */
    uint64_t gone_until_us; /* no request before: it does not answer. 0: it does */
    struct ata_identity identity;
};

/* One request on its way. */
struct ata_job {
    bool write;
    uint64_t lba; /* the first sector that is not done yet */
    uint32_t left;
    struct room to;   /* read: where `lba` and what follows it go */
    struct span from; /* write */
    uint32_t tries;  /* that failed at this place */
    bool by_dma;     /* the command under way */
    uint32_t gentle; /* sectors to take one by one, after a failure */
    uint64_t patience_until_us; /* 0: nothing has failed yet */
};

static const struct ata_channel legacy[2] = {
    {.name = "primary", .command_port = 0x1f0, .control_port = 0x3f6, .irq = 14},
    {.name = "secondary", .command_port = 0x170, .control_port = 0x376, .irq = 15},
};
static struct {
    struct ata_channel channels[2];
    struct pair { /* master, slave */
        struct ata_drive unit[2];
    } drives[2]; /* of each channel */
    bool again;  /* the driver has lived before: what a drive is still at is nobody's any more */
} ata;

static const char *unit_name(unsigned unit)
{
    return unit ? "slave" : "master";
}

static struct pair *channel_drives(const struct ata_channel *channel)
{
    return &ata.drives[channel - ata.channels];
}

/* ---- commands -------------------------------------------------------------------------------- */

static int run_plain(struct ata_drive *drive, const struct ata_command *command,
                     uint32_t timeout_ms)
{
    int error = ata_channel_begin(drive->channel, drive->unit, command, timeout_ms);
    if (!error)
        error = ata_channel_wait(drive->channel, ATA_WAIT_DONE, timeout_ms);
    return error;
}

static bool was_refused(const struct ata_channel *channel)
{
    return channel->fault == ATA_FAULT_ERROR && (channel->status & ATA_DF) == 0 &&
           (channel->error & ATA_ERROR_ABRT) != 0;
}

/* What a reset makes a drive forget: the geometry (ATA-5 §8.16), the block of READ MULTIPLE. */
static int set_up(struct ata_drive *drive, uint32_t timeout_ms)
{
    struct ata_identity *id = &drive->identity;
    int error = 0;

    if (drive->set_up)
        return 0;
    if (!id->lba) {
        struct ata_command geometry = {.code = ATA_INITIALIZE_PARAMETERS,
                                       .device = (uint8_t)(id->heads - 1),
                                       .early = true,
                                       .count = id->sectors_per_track};
        error = run_plain(drive, &geometry, timeout_ms);
        if (error && !was_refused(drive->channel))
            return error;
    }
    if (id->multiple > 1) {
        struct ata_command multiple = {.code = ATA_SET_MULTIPLE, .count = id->multiple};
        error = run_plain(drive, &multiple, timeout_ms);
        if (error && !was_refused(drive->channel))
            return error;
        if (error)
            id->multiple = 1;
    }
    drive->set_up = true;
    return 0;
}

static bool needs_ext(const struct ata_drive *drive, const struct ata_job *job)
{
    return drive->identity.lba48 &&
           (job->left > COUNT_MAX || job->lba > LBA28_END - COUNT_MAX);
}

static uint8_t dma_code(bool write, bool ext)
{
    if (write)
        return ext ? ATA_WRITE_DMA_EXT : ATA_WRITE_DMA;
    return ext ? ATA_READ_DMA_EXT : ATA_READ_DMA;
}

static uint8_t transfer_code(bool write, bool ext, bool multiple)
{
    if (write && ext)
        return multiple ? ATA_WRITE_MULTIPLE_EXT : ATA_WRITE_SECTORS_EXT;
    if (write)
        return multiple ? ATA_WRITE_MULTIPLE : ATA_WRITE_SECTORS;
    if (ext)
        return multiple ? ATA_READ_MULTIPLE_EXT : ATA_READ_SECTORS_EXT;
    return multiple ? ATA_READ_MULTIPLE : ATA_READ_SECTORS;
}

/* How to name a sector to this drive: 48 bits, 28 bits, or cylinder, head and sector. */
static void set_address(const struct ata_drive *drive, uint64_t lba, struct ata_command *command)
{
    const struct ata_identity *id = &drive->identity;

    if (id->lba) {
        command->device = ATA_DEVICE_LBA;
        command->lba = lba;
        if (!command->ext)
            command->device |= (uint8_t)(lba >> 24 & 0x0fu);
        return;
    }
    uint64_t track = lba / id->sectors_per_track;
    uint64_t sector = lba % id->sectors_per_track + 1;
    command->device = (uint8_t)(track % id->heads);
    command->lba = (track / id->heads) << 8 | sector;
}

/* The last block counts only when the drive agrees that it was the last. */
static int data_in(struct ata_drive *drive, struct ata_job *job, uint32_t count, uint32_t block,
                   uint32_t timeout_ms)
{
    struct ata_channel *channel = drive->channel;

    while (count > 0) {
        int error = ata_channel_wait(channel, ATA_WAIT_DATA, timeout_ms);
        if (error)
            return error;
        uint32_t sectors = count < block ? count : block;
        ata_channel_copy_in(channel, drive->wide, job->to.chars, sectors);
        count -= sectors;
        if (count == 0)
            error = ata_channel_wait(channel, ATA_WAIT_AFTER_DATA, timeout_ms);
        if (error)
            return error;
        job->to = room_from(job->to, sectors * ATA_SECTOR_BYTES);
        job->lba += sectors;
        job->left -= sectors;
    }
    return 0;
}

/* A block counts as written when the drive has asked for the next one, or has ended the command. */
static int data_out(struct ata_drive *drive, struct ata_job *job, uint32_t count, uint32_t block,
                    uint32_t timeout_ms)
{
    struct ata_channel *channel = drive->channel;
    int error = ata_channel_wait(channel, ATA_WAIT_FIRST_DATA, timeout_ms);

    while (!error && count > 0) {
        uint32_t sectors = count < block ? count : block;
        ata_channel_copy_out(channel, drive->wide, job->from.bytes, sectors);
        count -= sectors;
        error = ata_channel_wait(channel, count > 0 ? ATA_WAIT_DATA : ATA_WAIT_DONE, timeout_ms);
        if (error)
            return error;
        job->from = span_from(job->from, sectors * ATA_SECTOR_BYTES);
        job->lba += sectors;
        job->left -= sectors;
    }
    return error;
}

static void move_on(struct ata_job *job, uint32_t sectors)
{
    if (job->write)
        job->from = span_from(job->from, sectors * ATA_SECTOR_BYTES);
    else
        job->to = room_from(job->to, sectors * ATA_SECTOR_BYTES);
    job->lba += sectors;
    job->left -= sectors;
}

/* All of it counts, or nothing. */
static int by_dma(struct ata_drive *drive, struct ata_job *job, uint32_t count)
{
    struct ata_channel *channel = drive->channel;

    ata_dma_start(&channel->dma);
    int error = ata_channel_wait(channel, ATA_WAIT_DMA, TIMEOUT_DMA_MS);
    int moved = ata_dma_stop(&channel->dma);
    if (!error && moved) {
        channel->fault = ATA_FAULT_NO_DATA;
        error = moved;
    }
    if (error)
        return error;
    drive->dma_failures = 0;
    move_on(job, count);
    return 0;
}

static bool prepare_dma(struct ata_drive *drive, const struct ata_job *job, uint32_t count)
{
    const void *memory = job->write ? (const void *)job->from.bytes : job->to.chars;

    return drive->dma && !job->gentle && count <= ATA_DMA_SECTORS
           && ata_dma_prepare(&drive->channel->dma, memory, (size_t)count * ATA_SECTOR_BYTES,
                              job->write);
}

/* How many sectors the next command moves. */
static uint32_t command_size(const struct ata_drive *drive, const struct ata_job *job, bool ext)
{
    uint32_t most = ext ? COUNT_MAX_EXT : COUNT_MAX;

    if (drive->dma && most > ATA_DMA_SECTORS)
        most = ATA_DMA_SECTORS;
    if (job->gentle && job->gentle < most)
        most = job->gentle;
    return job->left < most ? job->left : most;
}

/* One command, as large as the drive can; job moves on by what is done for certain. */
static int try_command(struct ata_drive *drive, struct ata_job *job)
{
    uint32_t timeout_ms = job->patience_until_us ? TIMEOUT_AGAIN_MS : TIMEOUT_MS;
    int error = set_up(drive, timeout_ms);
    if (error)
        return error;

    bool ext = needs_ext(drive, job);
    uint32_t count = command_size(drive, job, ext);
    uint32_t block = job->gentle ? 1 : drive->identity.multiple;
    job->by_dma = prepare_dma(drive, job, count);

    struct ata_command command = {.code = job->by_dma ? dma_code(job->write, ext)
                                                      : transfer_code(job->write, ext, block > 1),
                                  .ext = ext,
                                  .count =
                                      (uint16_t)(ext ? count % COUNT_MAX_EXT : count % COUNT_MAX)};
    set_address(drive, job->lba, &command);
    error = ata_channel_begin(drive->channel, drive->unit, &command, timeout_ms);
    if (!error)
        error = job->by_dma ? by_dma(drive, job, count)
                : job->write ? data_out(drive, job, count, block, timeout_ms)
                             : data_in(drive, job, count, block, timeout_ms);
    return error;
}

/* ---- recovery -------------------------------------------------------------------------------- */

static int reset(struct ata_channel *channel)
{
    struct ata_drive *master = &channel_drives(channel)->unit[0];
    struct ata_drive *slave = &channel_drives(channel)->unit[1];

    master->set_up = slave->set_up = false;
    return ata_channel_reset(channel, master->present, slave->present, TIMEOUT_RESET_MS);
}

/* The channel knows neither what the drive is doing nor how much of the data is still in it. */
static bool is_out_of_step(const struct ata_channel *channel)
{
    return channel->fault != ATA_FAULT_ERROR || (channel->status & ATA_DRQ) != 0;
}

/* After a first failure reset, whatever it was; later only where nothing else helps. */
static int recover(struct ata_drive *drive, uint32_t tries)
{
    if (tries == 1 || is_out_of_step(drive->channel))
        return reset(drive->channel);
    return 0;
}

static void give_up(struct ata_drive *drive, const struct ata_job *job, const char *why)
{
    ddi_log(DDI_ERROR, drive->disk.name, "%s of LBA %llu failed: %s, after %u %s",
            job->write ? "write" : "read", (unsigned long long)job->lba, why, job->tries,
            job->tries == 1 ? "try" : "tries");
}

/* It does not even come out of a reset: let further requests fail at once, for a while. */
static int give_up_drive(struct ata_drive *drive)
{
    char why[64];

    ata_channel_fault_text(drive->channel, false, why, sizeof(why));
    ddi_log(DDI_ERROR, drive->disk.name, "does not answer a reset: %s; next attempt in %u s", why,
            GONE_RETRY_US / 1000000u);
    drive->gone_until_us = ddi_now_us() + GONE_RETRY_US;
    return -ENODEV;
}

static int wake_gone(struct ata_drive *drive)
{
    if (drive->gone_until_us == 0)
        return 0;
    if (ddi_now_us() < drive->gone_until_us)
        return -ENODEV;
    if (reset(drive->channel))
        return give_up_drive(drive);
    ddi_log(DDI_WARN, drive->disk.name, "answers again");
    drive->gone_until_us = 0;
    return 0;
}

/* It was not the drive that said no: perhaps the bridge does not do what it should. */
static void blame_dma(struct ata_drive *drive)
{
    if (drive->channel->fault == ATA_FAULT_ERROR || ++drive->dma_failures < DMA_FAILURES_MAX)
        return;
    ddi_log(DDI_WARN, drive->disk.name, "DMA does not work: without it from here on");
    drive->dma = drive->disk.below_4g = false;
}

/* A failed try: another one may follow (0), or that was it. */
static int after_failure(struct ata_drive *drive, struct ata_job *job, int error)
{
    char why[64];

    if (job->by_dma)
        blame_dma(drive);
    ata_channel_fault_text(drive->channel, job->write, why, sizeof(why));
    if (job->patience_until_us == 0)
        job->patience_until_us = ddi_now_us() + PATIENCE_US;
    job->gentle = drive->identity.multiple;
    if (++job->tries == 1)
        ddi_log(DDI_WARN, drive->disk.name, "%s near LBA %llu: %s, trying again",
                job->write ? "write" : "read", (unsigned long long)job->lba, why);

    bool last = job->tries == TRIES || ddi_now_us() >= job->patience_until_us;
    bool answers = recover(drive, job->tries) == 0;
    if (answers && !last)
        return 0;
    give_up(drive, job, why);
    return answers ? error : give_up_drive(drive);
}

static void after_success(struct ata_job *job, uint64_t before)
{
    uint64_t done = job->lba - before;

    job->tries = 0;
    job->gentle = done < job->gentle ? job->gentle - (uint32_t)done : 0;
}

static int transfer(struct ata_drive *drive, struct ata_job *job)
{
    if (job->left == 0 || job->lba >= drive->disk.sectors ||
        job->left > drive->disk.sectors - job->lba)
        return -EINVAL;
    int error = wake_gone(drive);

    while (!error && job->left > 0) {
        uint64_t before = job->lba;
        error = try_command(drive, job);
        if (job->lba != before)
            after_success(job, before);
        if (error)
            error = after_failure(drive, job, error);
    }
    return error;
}

/* ---- what the block layer calls -------------------------------------------------------------- */

static int do_request(struct disk *disk, const struct ddi_request *request)
{
    size_t bytes = (size_t)request->count * ATA_SECTOR_BYTES;
    struct ata_job job = {.write = request->write, .lba = request->lba, .left = request->count};

    if (request->write)
        job.from = span_of(request->memory, bytes);
    else
        job.to = room_of(request->memory, bytes);
    return request->write && disk->read_only ? -EROFS : transfer(disk->driver, &job);
}

/* And what waits behind it, without another turn of the driver's thread for each. */
static int do_requests(struct disk *disk, struct ddi_request request)
{
    int result = do_request(disk, &request);
    bool told = false;

    while (ddi_disk_next(disk, &request)) {
        if (!told)
            ddi_disk_done(0, result);
        told = true;
        ddi_disk_done(request.number, do_request(disk, &request));
    }
    return result;
}

static int ata_read(struct disk *disk, uint64_t lba, uint32_t count, void *to)
{
    return do_requests(disk, (struct ddi_request){.lba = lba, .count = count, .memory = to});
}

static int ata_write(struct disk *disk, uint64_t lba, uint32_t count, const void *from)
{
    return do_requests(disk, (struct ddi_request){.write = true, .lba = lba, .count = count,
                                                  .memory = (void *)from});
}

static int flush_once(struct ata_drive *drive)
{
    struct ata_command flush = {.code = drive->identity.flush_ext ? ATA_FLUSH_CACHE_EXT
                                                                  : ATA_FLUSH_CACHE,
                                .device = drive->identity.lba ? ATA_DEVICE_LBA : 0};
    int error = run_plain(drive, &flush, TIMEOUT_FLUSH_MS);

    /* A drive that never claimed the command has no cache that it would be for. */
    bool claimed = drive->identity.flush || drive->identity.flush_ext;
    if (error && !claimed && was_refused(drive->channel))
        return 0;
    return error;
}

/*
 * A flush that fails has lost a sector, and the next one goes on behind it (§8.12): so the rest is
 * flushed too, and the error is reported all the same.
 */
static int ata_flush(struct disk *disk)
{
    struct ata_drive *drive = disk->driver;
    char why[64];
    int first = 0;

    int error = wake_gone(drive);
    if (error || disk->read_only)
        return error;
    for (uint32_t tries = 1; tries <= TRIES; tries++) {
        error = flush_once(drive);
        if (!error)
            break;
        if (!first)
            first = error;
        ata_channel_fault_text(drive->channel, true, why, sizeof(why));
        ddi_log(DDI_ERROR, disk->name, "flush failed: %s; what was written last may be lost", why);
        if (is_out_of_step(drive->channel) && reset(drive->channel))
            return give_up_drive(drive);
    }
    return first;
}

static const struct disk_operations operations = {
    .read = ata_read, .write = ata_write, .flush = ata_flush};

/* ---- the floor ------------------------------------------------------------------------------- */

/* Only looks: no clock, no rest. The bound is far beyond what a healthy drive needs. */
static bool bare_wait(const struct ata_channel *channel)
{
    (void)ata_channel_status(channel); /* may still show the block before (§9.7) */
    for (uint32_t looks = 0; looks < BARE_LOOKS_MAX; looks++) {
        uint8_t status = ata_channel_status(channel);
        if ((status & ATA_BSY) == 0)
            return (status & (ATA_ERR | ATA_DF | ATA_DRQ)) == ATA_DRQ;
    }
    return false;
}

int ata_bare_read(struct disk *disk, uint64_t lba, uint32_t count, uint8_t *to)
{
    struct ata_drive *drive = disk->driver;

    if (disk->operations != &operations)
        return -ENODEV;
    const struct ata_identity *id = &drive->identity;
    if (!id->lba || id->multiple < 2 || !drive->set_up || drive->gone_until_us)
        return -ENODEV;
    if (count == 0 || count > COUNT_MAX || lba > LBA28_END - COUNT_MAX ||
        lba + count > disk->sectors)
        return -EINVAL;

    struct room left = room_of((char *)to, (size_t)count * ATA_SECTOR_BYTES);
    struct ata_channel *channel = drive->channel;
    struct ata_command command = {.code = ATA_READ_MULTIPLE,
                                  .count = (uint16_t)(count % COUNT_MAX)};
    set_address(drive, lba, &command);
    ddi_out8(channel->control_port, ATA_CONTROL_OBSOLETE | ATA_CONTROL_NIEN);
    int error = ata_channel_begin(channel, drive->unit, &command, TIMEOUT_AGAIN_MS);
    while (!error && count > 0) {
        uint32_t sectors = count < id->multiple ? count : id->multiple;
        if (!bare_wait(channel)) {
            error = -EIO;
            break;
        }
        ata_channel_copy_in(channel, drive->wide, left.chars, sectors);
        left = room_from(left, sectors * ATA_SECTOR_BYTES);
        count -= sectors;
    }
    if (error)
        return reset(channel) ? give_up_drive(drive) : error;
    if (channel->irq_bound)
        ddi_out8(channel->control_port, ATA_CONTROL_OBSOLETE);
    return 0;
}

/* ---- looking for drives ---------------------------------------------------------------------- */

static bool is_floating(uint8_t status)
{
    return status == ATA_FLOATING || status == ATA_FLOATING_DD7;
}

/* Registers that remember: two of them, so that a charge left on the bus is no answer. */
static bool has_registers(const struct ata_channel *channel)
{
    ata_channel_out(channel, ATA_COUNT, 0x55);
    ata_channel_out(channel, ATA_LBA_LOW, 0xaa);
    bool first = ata_channel_in(channel, ATA_COUNT) == 0x55 &&
                 ata_channel_in(channel, ATA_LBA_LOW) == 0xaa;
    ata_channel_out(channel, ATA_COUNT, 0xaa);
    ata_channel_out(channel, ATA_LBA_LOW, 0x55);
    return first && ata_channel_in(channel, ATA_COUNT) == 0xaa &&
           ata_channel_in(channel, ATA_LBA_LOW) == 0x55;
}

static uint16_t signature(const struct ata_channel *channel)
{
    return (uint16_t)(ata_channel_in(channel, ATA_LBA_MID) |
                      ata_channel_in(channel, ATA_LBA_HIGH) << 8);
}

enum found { FOUND_NOTHING, FOUND_PACKET, FOUND_DISK };

/* IDENTIFY has been written: wait for its data, for a refusal, or for the silence of an empty seat.
 */
static int await_identity(struct ata_channel *channel)
{
    uint64_t since = ddi_now_us();

    for (;;) {
        uint8_t status = ata_channel_status(channel);
        if (status == 0 || is_floating(status))
            return -ENODEV;
        if ((status & ATA_BSY) != 0)
            return ata_channel_wait(channel, ATA_WAIT_DATA, TIMEOUT_PROBE_MS);
        if ((status & (ATA_ERR | ATA_DF | ATA_DRQ)) != 0)
            return ata_channel_wait(channel, ATA_WAIT_DATA, TIMEOUT_PROBE_MS);
        if (ddi_now_us() - since > IDENTIFY_IDLE_US)
            return -ENODEV;
    }
}

static int identify(struct ata_channel *channel, unsigned unit, bool wide, uint8_t *data)
{
    static const struct ata_command command = {.code = ATA_IDENTIFY, .early = true};
    int error = ata_channel_begin(channel, unit, &command, TIMEOUT_PROBE_MS);

    if (!error)
        error = await_identity(channel);
    if (!error) {
        ata_channel_copy_in(channel, wide, data, 1);
        error = ata_channel_wait(channel, ATA_WAIT_AFTER_DATA, TIMEOUT_PROBE_MS);
    }
    return error;
}

/* A drive that a BIOS has left busy, or in the middle of a transfer. */
static int calm(struct ata_channel *channel, unsigned unit)
{
    if (ata.again && (ata_channel_status(channel) & (ATA_BSY | ATA_DRQ)) != 0)
        (void)!ata_channel_reset(channel, unit == 0, unit == 1, TIMEOUT_PROBE_MS);
    else if ((ata_channel_status(channel) & ATA_BSY) != 0)
        ddi_log(DDI_INFO, "ata", "%s %s: busy, waiting for it", channel->name, unit_name(unit));
    int error = ata_channel_select(channel, unit, TIMEOUT_PROBE_MS);
    if (!error)
        return 0;
    ddi_log(DDI_WARN, "ata", "%s %s: status %02Xh, resetting it", channel->name, unit_name(unit),
            channel->status);
    error = ata_channel_reset(channel, unit == 0, unit == 1, TIMEOUT_PROBE_MS);
    return error ? error : ata_channel_select(channel, unit, TIMEOUT_PROBE_MS);
}

/*
 * Who sits on this seat? No reset unless there is need of one: it takes milliseconds that an idle
 * drive does not deserve. data: 512 bytes, filled for FOUND_DISK.
 */
static enum found look_at(struct ata_channel *channel, unsigned unit, uint8_t *data)
{
    channel->selected = ATA_UNIT_NONE;
    ata_channel_out(channel, ATA_DEVICE,
                    (uint8_t)(ATA_DEVICE_OBSOLETE | (unit ? ATA_DEVICE_SLAVE : 0)));
    ddi_delay_us(1);
    if (is_floating(ata_channel_status(channel)))
        return FOUND_NOTHING;
    if (calm(channel, unit)) {
        char why[64];
        ata_channel_fault_text(channel, false, why, sizeof(why));
        ddi_log(DDI_WARN, "ata", "%s %s: %s: left alone", channel->name, unit_name(unit), why);
        return FOUND_NOTHING;
    }
    if (!has_registers(channel))
        return FOUND_NOTHING;

    int error = identify(channel, unit, false, data);
    if (error == -EIO && signature(channel) == ATA_SIGNATURE_ATAPI)
        return FOUND_PACKET;
    if (error == -EIO || error == -ETIMEDOUT) {
        if (!ata_channel_reset(channel, unit == 0, unit == 1, TIMEOUT_PROBE_MS))
            error = identify(channel, unit, false, data);
    }
    return error ? FOUND_NOTHING : FOUND_DISK;
}

/*
 * Does the bus take 32 bits at a time? PCI bridges do; an ISA bus makes two accesses of it, to the
 * data register and to the two behind. Word 48 of IDENTIFY cannot know, being the drive's. So ask
 * for the identity again, 32 bits at a time, and see whether it is the same and all of it.
 */
static bool takes_32_bits(struct ata_channel *channel, unsigned unit, const uint8_t *data)
{
    uint8_t again[ATA_SECTOR_BYTES] = {0};

    if (!identify(channel, unit, true, again))
        return memcmp(again, data, sizeof(again)) == 0;
    if (ata_channel_reset(channel, unit == 0, unit == 1, TIMEOUT_PROBE_MS))
        ddi_log(DDI_WARN, "ata", "%s %s: stuck after a 32-bit read", channel->name,
                unit_name(unit));
    return false;
}

/* Some masters answer for a slave that is not there, with their own name. */
static bool is_ghost(const struct ata_drive *master, const struct ata_identity *slave)
{
    return master->present && slave->serial[0] != '\0' &&
           strcmp(master->identity.serial, slave->serial) == 0 &&
           strcmp(master->identity.model, slave->model) == 0;
}

static void add_drive(struct ata_channel *channel, unsigned unit, const uint8_t *data)
{
    struct ata_drive *drive = &channel_drives(channel)->unit[unit];
    const char *why = "";

    if (ata_identity_parse(data, &drive->identity, &why)) {
        ddi_log(DDI_WARN, "ata", "%s %s: %s: left alone", channel->name, unit_name(unit), why);
        return;
    }
    if (unit == 1 && is_ghost(&channel_drives(channel)->unit[0], &drive->identity)) {
        ddi_log(DDI_INFO, "ata", "%s slave: an echo of the master", channel->name);
        return;
    }
    drive->channel = channel;
    drive->unit = (uint8_t)unit;
    drive->present = true;
    drive->wide = takes_32_bits(channel, unit, data);
}

static void look_at_channel(struct ata_channel *channel)
{
    uint8_t data[ATA_SECTOR_BYTES];

    ddi_out8(channel->control_port, ATA_CONTROL_OBSOLETE | ATA_CONTROL_NIEN);
    for (unsigned unit = 0; unit < 2; unit++) {
        switch (look_at(channel, unit, data)) {
        case FOUND_NOTHING:
            break;
        case FOUND_PACKET:
            ddi_log(DDI_INFO, "ata", "%s %s: a packet device (ATAPI), not driven", channel->name,
                    unit_name(unit));
            break;
        case FOUND_DISK:
            add_drive(channel, unit, data);
            break;
        }
        channel->selected = ATA_UNIT_NONE; /* an empty seat answers nothing sensible */
    }
}

static void describe(const struct ata_drive *drive)
{
    const struct ata_identity *id = &drive->identity;
    const char *addresses = id->lba48 ? "LBA48" : id->lba ? "LBA28" : "CHS";

    ddi_log(DDI_INFO, drive->disk.name, "%s, %llu MiB, %s, %sblocks of %u, %u-bit, %s%s",
            drive->disk.model, (unsigned long long)(drive->disk.sectors / 2048), addresses,
            drive->dma ? "DMA, " : "", id->multiple, drive->wide ? 32u : 16u, drive->disk.where,
            id->locked ? ", locked by a password" : "");
}

static void choose_dma(struct ata_drive *drive)
{
    bool wanted = !(ddi_kept() & KEPT_PIO);

    drive->dma = drive->disk.below_4g = wanted && drive->identity.dma && drive->channel->dma.port != 0;
}

static int register_drive(struct ata_drive *drive)
{
    struct ata_channel *channel = drive->channel;
    struct disk *disk = &drive->disk;

    disk->operations = &operations;
    disk->driver = drive;
    choose_dma(drive);
    disk->bus = channel;
    disk->sectors = drive->identity.sectors;
    (void)strlcpy(disk->model, drive->identity.model, sizeof(disk->model));
    (void)strlcpy(disk->serial, drive->identity.serial, sizeof(disk->serial));
    (void)snprintf(disk->where, sizeof(disk->where), "%s %s, 0x%x irq %u", channel->name,
                   unit_name(drive->unit), channel->command_port, channel->irq);
    int error = ddi_disk_register(disk, "ata");
    if (error)
        ddi_log(DDI_ERROR, "ata", "%s: not registered (error %d)", disk->where, error);
    else
        describe(drive);
    return error;
}

static int init(void)
{
    int count = 0;

    ata.again = ddi_kept() & KEPT_AGAIN;
    ddi_keep(ddi_kept() | KEPT_AGAIN);
    for (unsigned i = 0; i < 2; i++)
        ata.channels[i] = legacy[i];
    ata_dma_find(&ata.channels[0].dma, &ata.channels[1].dma);
    for (unsigned i = 0; i < 2; i++) {
        struct pair *pair = &ata.drives[i];

        look_at_channel(&ata.channels[i]);
        if (pair->unit[0].present || pair->unit[1].present)
            ata_channel_enable_irq(&ata.channels[i]);
        for (unsigned unit = 0; unit < 2; unit++)
            if (pair->unit[unit].present && !register_drive(&pair->unit[unit]))
                count++;
    }
    return count > 0 ? 0 : -ENODEV;
}

/* ---- requests -------------------------------------------------------------------------------- */

/* SMART's verdict on the disk of that number: 0 it is well, 1 it will fail. -ENOTSUP: it has none. Data by
   DMA where disk and bridge have it (1), or by PIO alone (0), in later lives too. */
enum { REQUEST_SMART = 1, REQUEST_DMA };

static int64_t ask_smart(struct ata_drive *drive)
{
    static const struct ata_command command = {
        .code = ATA_SMART, .features = ATA_SMART_STATUS, .lba = ATA_SMART_KEY << 8};
    struct ata_channel *channel = drive->channel;
    int error = wake_gone(drive);

    if (!error)
        error = run_plain(drive, &command, TIMEOUT_AGAIN_MS);
    if (error && was_refused(channel))
        return -ENOTSUP;
    if (error) {
        (void)!recover(drive, 2);
        return error;
    }
    uint16_t answer = signature(channel);
    return answer == ATA_SMART_KEY ? 0 : answer == ATA_SMART_FAILS ? 1 : -EIO;
}

static int64_t set_dma(uint64_t wanted)
{
    if (wanted > 1)
        return -EINVAL;
    ddi_keep(KEPT_AGAIN | (wanted ? 0 : KEPT_PIO));
    for (unsigned i = 0; i < 4; i++)
        if (ata.drives[i / 2].unit[i % 2].present)
            choose_dma(&ata.drives[i / 2].unit[i % 2]);
    return 0;
}

static int64_t request(unsigned what, uint64_t value)
{
    if (what == REQUEST_DMA)
        return set_dma(value);
    if (what != REQUEST_SMART)
        return -EINVAL;
    for (unsigned i = 0; i < 4; i++) {
        struct ata_drive *drive = &ata.drives[i / 2].unit[i % 2];
        char name[sizeof(drive->disk.name)];

        (void)snprintf(name, sizeof(name), "ata%u", (unsigned)value);
        if (drive->present && strcmp(drive->disk.name, name) == 0)
            return ask_smart(drive);
    }
    return -ENODEV;
}

static void quiesce(void)
{
    for (unsigned i = 0; i < 2; i++)
        ddi_out8(ata.channels[i].control_port, ATA_CONTROL_OBSOLETE | ATA_CONTROL_NIEN);
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "ata",
        .what = "ATA disks on the legacy channels",
        .class = DDI_DISK,
        .ports = {{0x1f0, 0x1f7, DDI_ANY_VALUE, 0}, {0x3f6, 0x3f6, DDI_ANY_VALUE, 0},
                  {0x170, 0x177, DDI_ANY_VALUE, 0}, {0x376, 0x376, DDI_ANY_VALUE, 0}},
        .irqs = 1u << 14 | 1u << 15,
        .pci_class = 0x01,
        .pci_subclass = 0x01,
        .dma = DDI_DMA_IDE,
        .placement = DDI_PLACED_KERNEL,
    },
    .state = &ata,
    .state_size = sizeof(ata),
    .init = init,
    .quiesce = quiesce,
    .request = request,
};
