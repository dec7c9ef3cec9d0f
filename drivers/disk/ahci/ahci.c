/*
 * Disks on AHCI controllers.
 *
 * init looks at each controller's ports and registers the disks; from then on read, write and flush
 * are called through struct disk_operations. A request goes
 *
 *     transfer → (for each batch of commands) run_batch → fill, take_more, ahci_port_run
 *              → (after a failure)  recover, and once more: gently, without NCQ, in small commands
 *              → (after TRIES of them at one place) give_up, which names the sector and the error
 *
 * Every wait has an end (port.c). Manuals: AHCI 1.3.1 (Intel); commands: ATA8-ACS. Locks: none, the
 * driver interface promises one thread of control at a time for a disk; disks share nothing but
 * the controller's interrupt.
 */
#include "drivers/ddi.h"
#include "drivers/disk/ahci/controller.h"
#include "drivers/disk/ahci/port.h"
#include "drivers/disk/ahci/registers.h"
#include "lib/ata_identity.h"
#include "lib/bytes.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define CONTROLLERS_MAX 4u
#define DISKS_MAX       8u
#define CLASS_DISK      0x01u
#define SUBCLASS_SATA   0x06u
#define INTERFACE_AHCI  0x01u
#define PCI_CLASS       0x08

#define TRIES            4u
#define TIMEOUT_MS       31000u /* first try: a drive may have to spin up (ATA-6 §9.2: 31 s) */
#define TIMEOUT_AGAIN_MS 5000u  /* it has had its chance */
#define PATIENCE_US      60000000u /* for one request, from its first failure */
#define TIMEOUT_FLUSH_MS 60000u /* a full cache on a slow disk (ATA-6 §8.12: may exceed 30 s) */
#define TIMEOUT_RESET_MS 10000u
#define TIMEOUT_PROBE_MS 5000u /* the BIOS has waited already */
#define TIMEOUT_COLD_MS  31000u /* or has not */
#define LINK_MS          1000u
#define EMPTY_US         1000u  /* for a link that was not there before the reset either */
#define EMPTY_COLD_US    50000u
#define GONE_RETRY_US    30000000u /* how often to knock at a drive that has stopped answering */
#define QUEUE_FAILURES_MAX 3u

#define LBA28_END    0x0fffffffull
#define COUNT_28_MAX 256u
#define GENTLE_SECTORS 8u

struct ahci_disk {
    struct disk disk;
    struct ahci_controller *controller;
    struct ahci_port port;
    struct ata_identity identity;
    unsigned slots;          /* commands of a request at a time */
    unsigned small;          /* slots from DDI_AHCI_SLOTS on: for requests that wait */
    bool queued;             /* by NCQ */
    uint32_t queue_failures; /* in a row, that were not the medium's */
    uint64_t gone_until_us;  /* no request before: it does not answer. 0: it does */
};

/* One request on its way. */
struct ahci_job {
    bool write;
    uint64_t lba; /* the first sector that is not done yet */
    uint32_t left;
    struct room to;   /* read: where `lba` and what follows it go */
    struct span from; /* write */
    uint32_t tries;   /* that failed at this place */
    uint32_t gentle;  /* sectors to take in small commands, after a failure */
    bool queued;      /* the batch under way */
    uint64_t patience_until_us; /* 0: nothing has failed yet */
};

/* Requests that waited behind one, and go with it: each in a slot of its own, or (the last) in none. */
struct companions {
    struct {
        struct ahci_job job;
        unsigned number;
    } at[DDI_AHCI_SMALL_SLOTS];
    unsigned count;
    uint32_t slots;
};

/* All of the driver's state. */
static struct {
    struct ahci_controller controllers[CONTROLLERS_MAX];
    struct ahci_disk disks[DISKS_MAX];
    unsigned controller_count, disk_count;
    /* Of a port that turned out to have no disk of ours, for the next one. */
    struct ddi_table spare;
} ahci;

/* ---- commands -------------------------------------------------------------------------------- */

/* Alone, in slot 0, with up to a sector of data for port->buffers->sector. */
static int run_plain(struct ahci_disk *disk, const struct ahci_command *command, uint32_t bytes,
                     uint32_t timeout_ms)
{
    struct ahci_port *port = &disk->port;
    int error = ahci_port_prepare(port, 0, command, port->buffers->sector, bytes);

    return error ? error : ahci_port_run(port, 1, false, timeout_ms);
}

static int identify(struct ahci_disk *disk, struct ata_identity *identity, const char **why)
{
    static const struct ahci_command command = {.code = AHCI_IDENTIFY};
    struct ahci_port *port = &disk->port;

    memset(port->buffers->sector, 0, sizeof(port->buffers->sector));
    int error = run_plain(disk, &command, AHCI_SECTOR_BYTES, TIMEOUT_PROBE_MS);
    *why = "IDENTIFY fails";
    return error ? error : ata_identity_parse(port->buffers->sector, identity, why);
}

static struct ahci_command queued_command(const struct ahci_job *job, unsigned slot, uint64_t lba,
                                          uint32_t count)
{
    return (struct ahci_command){.code = job->write ? AHCI_WRITE_QUEUED : AHCI_READ_QUEUED,
                                 .device = AHCI_DEVICE_LBA,
                                 .features = (uint16_t)count,
                                 .count = (uint16_t)(slot << 3), /* the tag */
                                 .lba = lba,
                                 .write = job->write};
}

static struct ahci_command plain_command(const struct ahci_disk *disk, const struct ahci_job *job,
                                         uint64_t lba, uint32_t count)
{
    struct ahci_command command = {
        .device = AHCI_DEVICE_LBA, .count = (uint16_t)count, .lba = lba, .write = job->write};

    if (disk->identity.lba48) {
        command.code = job->write ? AHCI_WRITE_DMA_EXT : AHCI_READ_DMA_EXT;
        return command;
    }
    command.code = job->write ? AHCI_WRITE_DMA : AHCI_READ_DMA;
    command.device |= (uint8_t)(lba >> 24 & 0x0fu);
    command.lba &= 0xffffffu;
    command.count %= COUNT_28_MAX;
    return command;
}

static const void *memory_of(const struct ahci_job *job)
{
    return job->write ? (const void *)job->from.bytes : job->to.chars;
}

static void move_on(struct ahci_job *job, uint32_t sectors)
{
    if (job->write)
        job->from = span_from(job->from, (size_t)sectors * AHCI_SECTOR_BYTES);
    else
        job->to = room_from(job->to, (size_t)sectors * AHCI_SECTOR_BYTES);
    job->lba += sectors;
    job->left -= sectors;
}

/* How many sectors a command of this batch moves at most. */
static uint32_t command_size(const struct ahci_disk *disk, const struct ahci_job *job)
{
    uint32_t most = disk->identity.lba48 ? AHCI_COMMAND_SECTORS : COUNT_28_MAX;

    if (job->gentle)
        most = job->tries > 1 ? 1 : job->gentle < GENTLE_SECTORS ? job->gentle : GENTLE_SECTORS;
    return most;
}

/* Fill slots from the job's place on; *filled moves on behind what they hold. -EFAULT: the memory
   of the first cannot be reached. */
static int fill(struct ahci_disk *disk, const struct ahci_job *job, struct ahci_job *filled,
                uint32_t *slots)
{
    unsigned most = job->gentle ? 1 : disk->slots;

    *filled = *job;
    *slots = 0;
    for (unsigned slot = 0; slot < most && filled->left > 0; slot++) {
        uint32_t size = command_size(disk, job);
        uint32_t count = filled->left < size ? filled->left : size;
        struct ahci_command command = job->queued ? queued_command(job, slot, filled->lba, count)
                                                  : plain_command(disk, job, filled->lba, count);
        int error = ahci_port_prepare(&disk->port, slot, &command, memory_of(filled),
                                      count * AHCI_SECTOR_BYTES);
        if (error)
            return slot ? 0 : error;
        move_on(filled, count);
        *slots |= 1u << slot;
    }
    return 0;
}

static bool is_within(const struct ahci_disk *disk, const struct ahci_job *job)
{
    return job->left > 0 && job->lba < disk->disk.sectors && job->left <= disk->disk.sectors - job->lba;
}

static struct ahci_job job_of(bool write, uint64_t lba, uint32_t count, void *memory)
{
    size_t bytes = (size_t)count * AHCI_SECTOR_BYTES;
    struct ahci_job job = {.write = write, .lba = lba, .left = count};

    if (write)
        job.from = span_of(memory, bytes);
    else
        job.to = room_of(memory, bytes);
    return job;
}

/* Small requests that wait: one for each slot that is left, until one does not fit. */
static void take_more(struct ahci_disk *disk, struct companions *more)
{
    struct ddi_request request;

    for (unsigned i = 0; i < disk->small && ddi_disk_next(&disk->disk, &request); i++) {
        unsigned slot = DDI_AHCI_SLOTS + i;
        struct ahci_job job = job_of(request.write, request.lba, request.count, request.memory);

        more->at[more->count].job = job;
        more->at[more->count++].number = request.number;
        if (!is_within(disk, &job) || job.left > AHCI_SMALL_SECTORS)
            return;
        struct ahci_command command = queued_command(&job, slot, job.lba, job.left);

        if (ahci_port_prepare(&disk->port, slot, &command, memory_of(&job), job.left * AHCI_SECTOR_BYTES))
            return;
        more->slots |= 1u << slot;
    }
}

/* Without NCQ the port counts what it moved. */
static int check_moved(struct ahci_disk *disk, uint32_t slots, uint64_t sectors)
{
    uint64_t bytes = 0;

    for (unsigned slot = 0; slot < DDI_AHCI_SLOTS; slot++)
        if (slots >> slot & 1)
            bytes += ahci_port_moved(&disk->port, slot);
    if (bytes == sectors * AHCI_SECTOR_BYTES)
        return 0;
    disk->port.fault = AHCI_FAULT_SHORT;
    return -EIO;
}

/* A few sectors by way of the port's own memory. */
static int run_bounced(struct ahci_disk *disk, struct ahci_job *job, uint32_t timeout_ms)
{
    struct ahci_port *port = &disk->port;
    uint32_t most = job->gentle ? 1 : AHCI_BOUNCE_SECTORS;
    uint32_t count = job->left < most ? job->left : most;
    struct ahci_command command = plain_command(disk, job, job->lba, count);
    size_t bytes = (size_t)count * AHCI_SECTOR_BYTES;

    if (job->write)
        span_copy(port->buffers->bounce, span_part(job->from, 0, bytes));
    int error = ahci_port_prepare(port, 0, &command, port->buffers->bounce, (uint32_t)bytes);
    if (!error)
        error = ahci_port_run(port, 1, false, timeout_ms);
    if (!error)
        error = check_moved(disk, 1, count);
    if (error)
        return error;
    if (!job->write)
        room_put(job->to, 0, text_of((const char *)port->buffers->bounce, bytes));
    move_on(job, count);
    return 0;
}

/* As many commands at a time as fit; all of them count, or none. more: the request is one that others may go
   with; or NULL. */
static int run_batch(struct ahci_disk *disk, struct ahci_job *job, struct companions *more)
{
    uint32_t timeout_ms = job->patience_until_us ? TIMEOUT_AGAIN_MS : TIMEOUT_MS, slots;
    struct ahci_job filled;

    job->queued = disk->queued && !job->gentle;
    int error = fill(disk, job, &filled, &slots);
    if (error) {
        job->queued = false;
        return run_bounced(disk, job, timeout_ms);
    }
    if (more && job->queued && filled.left == 0) {
        take_more(disk, more);
        slots |= more->slots;
    }
    error = ahci_port_run(&disk->port, slots, job->queued, timeout_ms);
    if (!error && !job->queued)
        error = check_moved(disk, slots, filled.lba - job->lba);
    if (!error)
        *job = filled;
    return error;
}

/* ---- recovery -------------------------------------------------------------------------------- */

static void give_up(struct ahci_disk *disk, const struct ahci_job *job, const char *why)
{
    ddi_log(DDI_ERROR, disk->disk.name, "%s of LBA %llu failed: %s, after %u %s",
            job->write ? "write" : "read", (unsigned long long)job->lba, why, job->tries,
            job->tries == 1 ? "try" : "tries");
}

/* Let further requests fail at once, for a while. */
static int give_up_disk(struct ahci_disk *disk)
{
    char why[64];

    ahci_port_fault_text(&disk->port, false, why, sizeof(why));
    ddi_log(DDI_ERROR, disk->disk.name, "does not answer a reset: %s; next attempt in %u s", why,
            GONE_RETRY_US / 1000000u);
    disk->gone_until_us = ddi_now_us() + GONE_RETRY_US;
    if (ahci_port_in(&disk->port, AHCI_CMD) != UINT32_MAX && ahci_port_halt(&disk->port))
        ahci_controller_cut_off(disk->controller);
    return -ENODEV;
}

/* What a drive that has ended NCQ commands with an error wants to be asked before it takes others
   (ATA8-ACS, READ LOG EXT); a reset does as well. */
static int leave_queue_error(struct ahci_disk *disk)
{
    static const struct ahci_command command = {
        .code = AHCI_READ_LOG_EXT, .count = 1, .lba = AHCI_LOG_QUEUE};
    enum ahci_fault fault = disk->port.fault;

    int error = run_plain(disk, &command, AHCI_SECTOR_BYTES, TIMEOUT_AGAIN_MS);
    if (error)
        return ahci_port_recover(&disk->port, true, TIMEOUT_RESET_MS);
    disk->port.fault = fault;
    return 0;
}

/* The port, and what the drive still thinks of. */
static int recover(struct ahci_disk *disk, bool queued)
{
    bool drive_said_so = disk->port.fault == AHCI_FAULT_ERROR;
    int error = ahci_port_recover(&disk->port, !drive_said_so, TIMEOUT_RESET_MS);

    return !error && queued && drive_said_so ? leave_queue_error(disk) : error;
}

/* It was not the medium: perhaps NCQ does not do what it should. */
static void blame_queue(struct ahci_disk *disk)
{
    if (disk->port.fault == AHCI_FAULT_ERROR || ++disk->queue_failures < QUEUE_FAILURES_MAX)
        return;
    ddi_log(DDI_WARN, disk->disk.name, "NCQ does not work: without it from here on");
    disk->queued = false;
}

/* A failed try: another one may follow (0), or that was it. */
static int after_failure(struct ahci_disk *disk, struct ahci_job *job, int error)
{
    char why[64];

    if (job->queued)
        blame_queue(disk);
    ahci_port_fault_text(&disk->port, job->write, why, sizeof(why));
    if (job->patience_until_us == 0)
        job->patience_until_us = ddi_now_us() + PATIENCE_US;
    if (!job->gentle)
        job->gentle = job->left < DDI_AHCI_SLOTS * AHCI_COMMAND_SECTORS
                          ? job->left
                          : DDI_AHCI_SLOTS * AHCI_COMMAND_SECTORS;
    if (++job->tries == 1)
        ddi_log(DDI_WARN, disk->disk.name, "%s near LBA %llu: %s, trying again",
                job->write ? "write" : "read", (unsigned long long)job->lba, why);

    bool last = job->tries == TRIES || ddi_now_us() >= job->patience_until_us;
    bool answers = recover(disk, job->queued) == 0;
    if (answers && !last)
        return 0;
    give_up(disk, job, why);
    return answers ? error : give_up_disk(disk);
}

static void after_success(struct ahci_disk *disk, struct ahci_job *job, uint64_t before)
{
    uint64_t done = job->lba - before;

    job->tries = 0;
    job->gentle = done < job->gentle ? job->gentle - (uint32_t)done : 0;
    if (job->queued)
        disk->queue_failures = 0;
}

/* ---- a drive that was gone ------------------------------------------------------------------- */

static bool is_the_same(const struct ahci_disk *disk, const struct ata_identity *found)
{
    return found->sectors == disk->identity.sectors
           && strcmp(found->serial, disk->identity.serial) == 0
           && strcmp(found->model, disk->identity.model) == 0;
}

/* Something is there again: the same drive? */
static int revive(struct ahci_disk *disk)
{
    struct ata_identity found;
    const char *why;

    if (ahci_port_recover(&disk->port, true, TIMEOUT_RESET_MS) || identify(disk, &found, &why))
        return give_up_disk(disk);
    if (!is_the_same(disk, &found)) {
        ddi_log(DDI_ERROR, disk->disk.name, "another drive (%s) is where it was: left alone",
                found.model);
        disk->gone_until_us = ddi_now_us() + GONE_RETRY_US;
        return -ENODEV;
    }
    ddi_log(DDI_WARN, disk->disk.name, "answers again");
    disk->gone_until_us = 0;
    return 0;
}

/* Before each request. Its link may have gone, or been gone for a moment: enough for an exchange. */
static int check_presence(struct ahci_disk *disk)
{
    if (disk->controller->dead)
        return -ENODEV;
    if (disk->gone_until_us)
        return ddi_now_us() < disk->gone_until_us ? -ENODEV : revive(disk);
    if ((ahci_port_in(&disk->port, AHCI_SERR) & AHCI_SERR_CHANGED) == 0)
        return 0;
    ddi_log(DDI_WARN, disk->disk.name, "its link was interrupted");
    return revive(disk);
}

/* ---- what the block layer calls -------------------------------------------------------------- */

static int transfer_alone(struct ahci_disk *disk, struct ahci_job *job)
{
    int error = is_within(disk, job) ? check_presence(disk) : -EINVAL;

    while (!error && job->left > 0) {
        uint64_t before = job->lba;
        error = run_batch(disk, job, NULL);
        if (error)
            error = after_failure(disk, job, error);
        else
            after_success(disk, job, before);
    }
    return error;
}

/* After a failure nothing is known of any of them: each is done by itself. */
static void finish(struct ahci_disk *disk, struct companions *more, bool failed)
{
    for (unsigned i = 0; i < more->count; i++) {
        bool done = !failed && more->slots >> (DDI_AHCI_SLOTS + i) & 1;

        ddi_disk_done(more->at[i].number, done ? 0 : transfer_alone(disk, &more->at[i].job));
    }
}

/* With what waits for the same disk. */
static int transfer(struct ahci_disk *disk, struct ahci_job *job)
{
    struct companions more = {.count = 0};
    uint64_t before = job->lba;
    int error = is_within(disk, job) ? check_presence(disk) : -EINVAL;

    if (error)
        return error;
    error = run_batch(disk, job, &more);
    bool failed = error != 0;

    if (failed)
        error = after_failure(disk, job, error);
    else
        after_success(disk, job, before);
    if (!error && job->left > 0)
        error = transfer_alone(disk, job);
    if (more.count > 0)
        ddi_disk_done(0, error); /* nobody waits for the others */
    finish(disk, &more, failed);
    return error;
}

static int ahci_read(struct disk *disk, uint64_t lba, uint32_t count, void *to)
{
    struct ahci_job job = job_of(false, lba, count, to);

    return transfer(disk->driver, &job);
}

static int ahci_write(struct disk *disk, uint64_t lba, uint32_t count, const void *from)
{
    struct ahci_job job = job_of(true, lba, count, (void *)from);

    return transfer(disk->driver, &job);
}

static bool was_refused(const struct ahci_port *port)
{
    return port->fault == AHCI_FAULT_ERROR && (port->status & AHCI_STATUS_DF) == 0
           && (port->error & AHCI_ERROR_ABRT) != 0;
}

/*
 * A flush that fails has lost a sector, and the next one goes on behind it (ATA-6 §8.12): so the
 * rest is flushed too, and the error is reported all the same.
 */
static int ahci_flush(struct disk *self)
{
    struct ahci_disk *disk = self->driver;
    bool claimed = disk->identity.flush || disk->identity.flush_ext;
    struct ahci_command flush = {.code = disk->identity.flush_ext ? AHCI_FLUSH_CACHE_EXT
                                                                  : AHCI_FLUSH_CACHE,
                                 .device = AHCI_DEVICE_LBA};
    char why[64];
    int first = 0;

    int error = check_presence(disk);
    if (error)
        return error;
    for (uint32_t tries = 1; tries <= TRIES; tries++) {
        error = run_plain(disk, &flush, 0, TIMEOUT_FLUSH_MS);
        if (!error)
            break;
        bool no_cache = !claimed && was_refused(&disk->port); /* that it would be for */
        ahci_port_fault_text(&disk->port, true, why, sizeof(why));
        if (recover(disk, false))
            return give_up_disk(disk);
        if (no_cache)
            break;
        first = first ? first : error;
        ddi_log(DDI_ERROR, disk->disk.name, "flush failed: %s; what was written last may be lost",
                why);
    }
    return first;
}

static const struct disk_operations operations = {
    .read = ahci_read, .write = ahci_write, .flush = ahci_flush};

/* ---- looking for drives ---------------------------------------------------------------------- */

static void describe(const struct ahci_disk *disk)
{
    const struct ata_identity *id = &disk->identity;

    ddi_log(DDI_INFO, disk->disk.name, "%s, %llu MiB, %s, %s%u commands at a time, %s%s",
            disk->disk.model, (unsigned long long)(disk->disk.sectors / 2048),
            id->lba48 ? "LBA48" : "LBA28", disk->queued ? "NCQ, " : "",
            disk->slots + disk->small,
            disk->disk.where, id->locked ? ", locked by a password" : "");
}

/* How many commands at a time: what controller, drive and our memory have. */
static void choose_queue(struct ahci_disk *disk)
{
    uint32_t capabilities = disk->controller->capabilities;
    uint32_t slots = AHCI_CAP_SLOTS(capabilities);

    disk->slots = slots < DDI_AHCI_SLOTS ? slots : DDI_AHCI_SLOTS;
    disk->queued = (capabilities & AHCI_CAP_SNCQ) != 0 && disk->identity.queue > 0;
    if (disk->queued && disk->identity.queue < slots)
        slots = disk->identity.queue;
    if (slots < disk->slots)
        disk->slots = slots;
    if (disk->queued && slots > DDI_AHCI_SLOTS)
        disk->small = slots - DDI_AHCI_SLOTS < DDI_AHCI_SMALL_SLOTS ? slots - DDI_AHCI_SLOTS
                                                                    : DDI_AHCI_SMALL_SLOTS;
}

static int register_disk(struct ahci_disk *disk)
{
    struct disk *to = &disk->disk;
    struct ddi_pci place = disk->controller->place;

    to->operations = &operations;
    to->driver = disk;
    to->below_4g = !(disk->controller->capabilities & AHCI_CAP_S64A);
    to->sectors = disk->identity.sectors;
    (void)strlcpy(to->model, disk->identity.model, sizeof(to->model));
    (void)strlcpy(to->serial, disk->identity.serial, sizeof(to->serial));
    (void)snprintf(to->where, sizeof(to->where), "AHCI %02x:%02x.%x port %u", place.bus,
                   place.device, place.function, disk->port.number);
    int error = ddi_disk_register(to, "ahci");
    if (error)
        ddi_log(DDI_ERROR, "ahci", "%s: not registered (error %d)", to->where, error);
    else
        describe(disk);
    return error;
}

static void leave_alone(struct ahci_disk *disk, const char *why)
{
    struct ahci_port *port = &disk->port;

    ddi_log(DDI_WARN, "ahci", "port %u: %s: left alone", port->number, why);
}

/* What is at the end of the link? True: a disk, whose port is open. */
static bool is_disk(struct ahci_disk *disk, uint32_t timeout_ms)
{
    struct ahci_port *port = &disk->port;
    int error = ahci_port_open(port, disk->controller->place, &ahci.spare, timeout_ms);

    if (error) {
        leave_alone(disk, error == -ENOMEM ? "no memory" : "its drive does not get ready");
        return false;
    }
    switch (ahci_port_in(port, AHCI_SIG)) {
    case AHCI_SIG_DISK:
        return true;
    case AHCI_SIG_PACKET:
        ddi_log(DDI_INFO, "ahci", "port %u: a packet device (ATAPI), not driven", port->number);
        return false;
    case AHCI_SIG_PORTS:
        leave_alone(disk, "a port multiplier");
        return false;
    default:
        leave_alone(disk, "a signature of no drive that is known");
        return false;
    }
}

static bool start_disk(struct ahci_disk *disk)
{
    struct ahci_port *port = &disk->port;
    const char *why = "it does not start";

    port->buffers = ddi_dma_page();
    if (!port->buffers) {
        leave_alone(disk, "no memory");
        return false;
    }
    disk->controller->by_number[port->number] = port;
    if (ahci_port_start(port) || identify(disk, &disk->identity, &why)) {
        leave_alone(disk, why);
        return false;
    }
    if (!disk->identity.lba) {
        leave_alone(disk, "it has no LBA");
        return false;
    }
    choose_queue(disk);
    return register_disk(disk) == 0;
}

/* The next free one becomes the port's for as long as somebody looks at it. */
static struct ahci_disk *disk_for(struct ahci_controller *controller, unsigned number)
{
    struct ahci_disk *disk = &ahci.disks[ahci.disk_count];

    *disk = (struct ahci_disk){.controller = controller};
    disk->port.registers = &controller->registers;
    disk->port.number = (uint8_t)number;
    disk->port.override = (controller->capabilities & AHCI_CAP_SCLO) != 0;
    disk->port.irq_bound = controller->irq_bound;
    return disk;
}

static void look_at_port(struct ahci_controller *controller, unsigned number)
{
    if (ahci.disk_count == DISKS_MAX) {
        ddi_log(DDI_WARN, "ahci", "port %u: more than %u disks: left alone", number, DISKS_MAX);
        return;
    }
    struct ahci_disk *disk = disk_for(controller, number);
    if (is_disk(disk, controller->linked ? TIMEOUT_PROBE_MS : TIMEOUT_COLD_MS)) {
        ahci.spare = (struct ddi_table){0}; /* the port's from here on, whatever becomes of it */
        if (start_disk(disk)) {
            ahci.disk_count++;
            return;
        }
    }
    controller->by_number[number] = NULL;
    if (ahci_port_stop(&disk->port))
        ahci.spare = (struct ddi_table){0}; /* it may still be written to */
}

/* ---- links ----------------------------------------------------------------------------------- */

static unsigned link_of(struct ahci_controller *controller, unsigned number)
{
    return ahci_port_link(&disk_for(controller, number)->port);
}

/* Bring all ports to rest; those that do not obey are no ports. */
static void wake_ports(struct ahci_controller *controller)
{
    for (unsigned i = 0; i < AHCI_PORTS; i++) {
        if (!(controller->ports >> i & 1))
            continue;
        struct ahci_disk *disk = disk_for(controller, i);
        if (ahci_port_wake(&disk->port)) {
            leave_alone(disk, "it does not come to rest");
            controller->ports &= ~(1u << i);
        }
    }
}

/* A bit for each port with a drive. All come up at the same time. */
static uint32_t await_links(struct ahci_controller *controller)
{
    bool warm = controller->linked && !(controller->capabilities & AHCI_CAP_SSS);
    uint64_t since = ddi_now_us();

    for (;;) {
        uint64_t us = ddi_now_us() - since;
        uint32_t linked = 0, coming = 0;

        for (unsigned i = 0; i < AHCI_PORTS; i++) {
            unsigned link = controller->ports >> i & 1 ? link_of(controller, i) : 0;
            linked |= link == AHCI_DET_LINKED ? 1u << i : 0;
            coming |= link == AHCI_DET_PRESENT ? 1u << i : 0;
        }
        bool all = linked == controller->ports;
        bool enough = us > (warm ? EMPTY_US : EMPTY_COLD_US) && !coming;
        if (all || enough || us > 1000ull * LINK_MS)
            return linked;
        ddi_delay_us(100);
    }
}

static void look_at_controller(struct ahci_controller *controller)
{
    struct ddi_pci place = controller->place;
    int error = ahci_controller_start(controller);

    if (error) {
        ddi_log(DDI_WARN, "ahci", "%02x:%02x.%x: the controller does not start (error %d)",
                place.bus, place.device, place.function, error);
        return;
    }
    if (ahci.disk_count == DISKS_MAX)
        return;
    wake_ports(controller);
    error = ddi_pci_master(place, true);
    if (error) {
        ddi_log(DDI_WARN, "ahci", "%02x:%02x.%x: not at rest: left alone (error %d)", place.bus, place.device,
                place.function, error);
        return;
    }
    uint32_t linked = await_links(controller);
    if (linked)
        ahci_controller_enable_irq(controller);
    for (unsigned i = 0; i < AHCI_PORTS; i++)
        if (linked >> i & 1)
            look_at_port(controller, i);
}

static bool speaks_ahci(struct ddi_pci place)
{
    return (ddi_pci_read(place, PCI_CLASS) >> 8 & 0xff) == INTERFACE_AHCI;
}

static int init(void)
{
    struct ddi_pci place = DDI_PCI_FIRST;

    while (ahci.controller_count < CONTROLLERS_MAX && ddi_pci_find(CLASS_DISK, SUBCLASS_SATA, &place)) {
        if (!speaks_ahci(place))
            continue;
        struct ahci_controller *controller = &ahci.controllers[ahci.controller_count++];
        controller->place = place;
        look_at_controller(controller);
    }
    return ahci.disk_count > 0 ? 0 : -ENODEV;
}

void ahci_lines_came(uint32_t lines)
{
    for (unsigned i = 0; i < ahci.controller_count; i++)
        if (ahci.controllers[i].irq_bound && lines >> ahci.controllers[i].line & 1)
            ahci_controller_interrupt(&ahci.controllers[i]);
}

/* ---- requests -------------------------------------------------------------------------------- */

/* SMART's verdict on the disk of that number: 0 it is well, 1 it will fail. -ENOTSUP: it has none. */
enum { REQUEST_SMART = 1 };

static int64_t ask_smart(struct ahci_disk *disk)
{
    static const struct ahci_command command = {
        .code = AHCI_SMART, .features = AHCI_SMART_STATUS, .lba = AHCI_SMART_KEY << 8};
    int error = check_presence(disk);

    if (!error)
        error = run_plain(disk, &command, 0, TIMEOUT_AGAIN_MS);
    if (error) {
        bool refused = was_refused(&disk->port);

        (void)!recover(disk, false);
        return refused ? -ENOTSUP : error;
    }
    unsigned answer = ahci_port_received(&disk->port, AHCI_FIS_LBA_MID)
                      | (unsigned)ahci_port_received(&disk->port, AHCI_FIS_LBA_HIGH) << 8;
    return answer == AHCI_SMART_KEY ? 0 : answer == AHCI_SMART_FAILS ? 1 : -EIO;
}

static int64_t request(unsigned what, uint64_t value)
{
    char name[sizeof(ahci.disks[0].disk.name)];

    if (what != REQUEST_SMART)
        return -EINVAL;
    (void)snprintf(name, sizeof(name), "ahci%u", (unsigned)value);
    for (unsigned i = 0; i < ahci.disk_count; i++)
        if (strcmp(ahci.disks[i].disk.name, name) == 0)
            return ask_smart(&ahci.disks[i]);
    return -ENODEV;
}

static void on_interrupt(unsigned line)
{
    ahci_lines_came(1u << line);
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "ahci",
        .what = "SATA disks on AHCI controllers",
        .class = DDI_DISK,
        .pci_class = CLASS_DISK,
        .pci_subclass = SUBCLASS_SATA,
        .dma = DDI_DMA_AHCI,
        .memory_kb = 800, /* four pages a disk, and the registers */
        .placement = DDI_PLACED_KERNEL,
    },
    .state = &ahci,
    .state_size = sizeof(ahci),
    .init = init,
    .irq = on_interrupt,
    .request = request,
};
