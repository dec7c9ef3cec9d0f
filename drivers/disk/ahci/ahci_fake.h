/*
 * For ahci_test.c alone: a PCI bus with up to two AHCI controllers, behind the calls of drivers/ddi.h.
 *
 * It is a strict model: a command to a port that does not run, memory that was never named, lists
 * moved under a running port, or a driver that loops for longer than an hour of its time fail the
 * test. Time passes with each access, in nanoseconds. Interrupts come in the middle of any call.
 */
#pragma once

#include "drivers/disk/ahci/registers.h"
#include "drivers/disk/disk_fake.h"

#define FAKE_ACCESS_NS   100u
#define FAKE_PATIENCE_NS (3600ull * 1000000000ull)
#define FAKE_FOREVER     0xffffffffu
#define FAKE_DISK_BYTES  (8u << 20) /* of each drive; sectors beyond are these again */
#define FAKE_PAGES_MAX   8192u
#define FAKE_PORTS       6u

enum fake_kind { KIND_NONE, KIND_DISK, KIND_PACKET, KIND_MULTIPLIER, KIND_STRANGE };

struct fake_drive {
    /* What it is. */
    enum fake_kind kind;
    uint64_t sectors;
    bool lba28, no_lba;
    uint8_t queue; /* NCQ commands; 0: none */
    bool no_flush;
    const char *serial;
    const uint8_t *identity; /* instead of the one made of the above */
    uint8_t *bytes;

    /* What is wrong with it. */
    uint32_t latency_us;
    uint32_t ready_us;       /* after a reset; FAKE_FOREVER: never */
    uint64_t bad_lba;        /* fails bad_times times, with bad_error, or a device fault when 0 */
    uint32_t bad_times;
    uint8_t bad_error;
    uint32_t hang_times;     /* commands that never end, until a reset */
    uint32_t link_times;     /* commands that end in an interface error */
    uint32_t short_times;    /* that move half, and do not say so */
    uint32_t quiet_times;    /* failed commands without TFES: only the status has it */
    uint32_t flush_error_times;
    uint16_t smart; /* its answer; 0: it has none */
    uint32_t log_error_times; /* READ LOG EXT is refused */
    bool dead;               /* no command ends, and no reset helps */
    bool unplugged;

    /* Its state. */
    uint64_t ready_ns;
    bool hung, in_queue_error, flushed;
};

struct fake_port {
    struct fake_drive drive;
    uint32_t list, list_high, received, received_high, is, ie, command, control, error, active, issued;
    uint32_t file;          /* TFD */
    bool stuck;             /* CR stays */
    uint64_t due_ns;        /* of the commands under way; 0: none */
    unsigned resets, commands[256], most_slots;
    bool file_valid;        /* the drive's first registers have come */
};

struct fake_controller {
    bool there, wrong_interface, no_bar, gone;
    uint32_t cap, version, implemented, bytes;
    bool forgets_ports, never_resets, bios_owns, bios_holds_on;
    bool no_irq, lose_irq;
    uint32_t ghc, is, bohc;
    bool master; /* it may move data */
    unsigned resets;
    struct fake_port ports[FAKE_PORTS];
    bool bound; /* the driver listens to it */
    void *context;
};

static struct fake_controller fake[2];
static uint64_t fake_ns, fake_deadline;
#define FAKE_LINE_FIRST 16
#define FAKE_LINE (1u << FAKE_LINE_FIRST)
static uint32_t fake_lines; /* that came, and nobody has been told */
static bool fake_no_memory;
static uintptr_t fake_pages[FAKE_PAGES_MAX]; /* by their address for devices / 4096 - 1 */
static unsigned fake_page_count;
static bool fake_far;      /* memory of the tests lies beyond 4 GiB */
static uint8_t fake_own[64][4096] __attribute__((aligned(4096)));
static unsigned fake_own_count;

static void fake_broken(const char *what)
{
    fprintf(stderr, "the driver broke the protocol: %s\nits log:\n%s", what, fake_log);
    abort();
}

static bool fake_take(uint32_t *times)
{
    if (*times == 0)
        return false;
    *times -= *times != FAKE_FOREVER;
    return true;
}

/* ---- memory ---------------------------------------------------------------------------------- */

#define FAKE_FAR (1ull << 33)

static int fake_dma_address(uintptr_t at, uint64_t *address)
{
    unsigned page = 0;
    bool own = fake_is_table(at)
               || (at >= (uintptr_t)fake_own && at < (uintptr_t)fake_own + sizeof(fake_own));

    while (page < fake_page_count && fake_pages[page] != at / 4096)
        page++;
    if (page == FAKE_PAGES_MAX)
        fake_broken("more memory for DMA than the test has room for");
    if (page == fake_page_count)
        fake_pages[fake_page_count++] = at / 4096;
    *address = (fake_far && !own ? FAKE_FAR : 0) + (page + 1) * 4096ull + at % 4096;
    return 0;
}

void *ddi_dma_page(void)
{
    if (fake_no_memory || fake_own_count == 64)
        return NULL;
    uint8_t *page = fake_own[fake_own_count++];
    return memset(page, 0, 4096);
}

/* What a controller reads at an address that it was given. */
static void *fake_memory(const struct fake_controller *c, uint64_t address)
{
    bool far = address >= FAKE_FAR;
    uint64_t page = (address % FAKE_FAR) / 4096 - 1;

    if (far && !(c->cap & AHCI_CAP_S64A))
        fake_broken("memory beyond 4 GiB for a controller of 32 bits");
    if (page >= fake_page_count)
        fake_broken("memory that was never asked for");
    return (void *)(fake_pages[page] * 4096 + address % 4096);
}

/* ---- drives ---------------------------------------------------------------------------------- */

static uint8_t *fake_sector(struct fake_drive *drive, uint64_t lba)
{
    return drive->bytes + lba * 512 % FAKE_DISK_BYTES;
}

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

static void fake_identity(const struct fake_drive *drive, uint8_t *data)
{
    memset(data, 0, 512);
    if (drive->identity) {
        memcpy(data, drive->identity, 512);
        return;
    }
    fake_put16(data, 0, 0x0040);
    fake_put16(data, 1, 16383);
    fake_put16(data, 3, 16);
    fake_put16(data, 6, 63);
    fake_put_text(data, 10, 10, drive->serial ? drive->serial : "SERIAL");
    fake_put_text(data, 27, 20, "FAKE SATA");
    fake_put16(data, 49, drive->no_lba ? 0x0100 : 0x0300);
    uint64_t small = drive->sectors > 0x0fffffff ? 0x0fffffff : drive->sectors;
    fake_put16(data, 60, small);
    fake_put16(data, 61, small >> 16);
    fake_put16(data, 75, drive->queue ? drive->queue - 1u : 0);
    fake_put16(data, 76, drive->queue ? 0x0104 : 0x0004);
    fake_put16(data, 83, 0x4000u | (drive->no_flush ? 0 : 0x1000u)
                             | (drive->lba28 ? 0 : 0x0400u | (drive->no_flush ? 0 : 0x2000u)));
    if (!drive->lba28)
        for (unsigned i = 0; i < 4; i++)
            fake_put16(data, 100 + i, drive->sectors >> 16 * i);
}

static bool fake_linked(const struct fake_port *port)
{
    return port->drive.kind != KIND_NONE && !port->drive.unplugged;
}

static void fake_reset_drive(struct fake_port *port)
{
    struct fake_drive *drive = &port->drive;

    port->due_ns = 0;
    port->issued = port->active = 0;
    port->file = 0x7f;
    port->file_valid = false;
    if (drive->dead || !fake_linked(port))
        return;
    drive->hung = drive->in_queue_error = false;
    drive->ready_ns = drive->ready_us == FAKE_FOREVER ? UINT64_MAX : fake_ns + 1000ull * drive->ready_us;
}

/* ---- commands -------------------------------------------------------------------------------- */

struct fake_request {
    uint8_t code;
    uint64_t lba;
    uint32_t count;
    bool write, queued, data;
};

static struct fake_request fake_decode(struct fake_port *port, const uint8_t *fis, unsigned slot)
{
    struct fake_request r = {.code = fis[2]};
    uint64_t low = fis[4] | (uint64_t)fis[5] << 8 | (uint64_t)fis[6] << 16;
    uint64_t high = fis[8] | (uint64_t)fis[9] << 8 | (uint64_t)fis[10] << 16;

    if (fis[0] != AHCI_FIS_REGISTERS || fis[1] != AHCI_FIS_COMMAND)
        fake_broken("no FIS of a command");
    r.lba = low | high << 24;
    r.count = fis[12] | fis[13] << 8;
    r.write = r.code == AHCI_WRITE_DMA_EXT || r.code == AHCI_WRITE_QUEUED || r.code == AHCI_WRITE_DMA;
    r.queued = r.code == AHCI_READ_QUEUED || r.code == AHCI_WRITE_QUEUED;
    r.data = r.queued || r.write || r.code == AHCI_READ_DMA_EXT || r.code == AHCI_READ_DMA;
    if (r.queued) {
        if (r.count >> 3 != slot)
            fake_broken("a tag that is not the slot's");
        if (slot >= port->drive.queue)
            fake_broken("a tag beyond the drive's");
        r.count = fis[3] | fis[11] << 8;
    }
    if (r.code == AHCI_READ_DMA || r.code == AHCI_WRITE_DMA) {
        r.lba = low | (uint64_t)(fis[7] & 15u) << 24;
        r.count = r.count ? r.count : 256;
    } else if (r.data && port->drive.lba28) {
        fake_broken("48 bits to a drive of 28");
    }
    return r;
}

struct fake_slot {
    const uint32_t *table;
    uint32_t *header, pieces;
};

static struct fake_slot fake_slot_of(struct fake_controller *c, struct fake_port *port, unsigned slot)
{
    uint64_t list = port->list | (uint64_t)port->list_high << 32;
    uint32_t *header = fake_memory(c, list + 32u * slot);

    if (header[2] % 128)
        fake_broken("a table that is not aligned");
    if ((header[0] & 31) != 5)
        fake_broken("a FIS that is not of five dwords");
    return (struct fake_slot){fake_memory(c, header[2] | (uint64_t)header[3] << 32), header,
                              header[0] >> 16};
}

/* Move bytes between a drive's memory and the pieces. How many there is room for. */
static uint32_t fake_move(struct fake_controller *c, const struct fake_slot *slot, uint8_t *bytes,
                          uint32_t size, bool write)
{
    const uint32_t *piece = slot->table + 32;
    uint32_t moved = 0;

    for (uint32_t i = 0; i < slot->pieces && moved < size; i++, piece += 4) {
        uint32_t count = (piece[3] & 0x3fffff) + 1;
        uint64_t address = piece[0] | (uint64_t)piece[1] << 32;
        if (count % 2 || address % 2)
            fake_broken("an odd piece");
        while (count > 0 && moved < size) {
            uint32_t now = 4096 - address % 4096 < count ? 4096 - address % 4096 : count;
            now = now < size - moved ? now : size - moved;
            uint8_t *memory = fake_memory(c, address);
            memcpy(write ? bytes + moved : memory, write ? memory : bytes + moved, now);
            moved += now;
            address += now;
            count -= now;
        }
    }
    return moved;
}

static void fake_raise(struct fake_port *port, uint32_t events)
{
    port->is |= events;
}

static void fake_error(struct fake_port *port, uint8_t error, uint32_t slot, bool queued)
{
    port->file = (uint32_t)error << 8 | 0x40 | AHCI_STATUS_ERR | (error ? 0 : AHCI_STATUS_DF);
    port->drive.in_queue_error = queued;
    if (fake_take(&port->drive.quiet_times)) { /* as QEMU 7.2 does */
        port->issued &= ~(1u << slot);
        port->active &= ~(1u << slot);
        port->error |= queued ? 1u << slot : 0;
        fake_raise(port, queued ? AHCI_INT_SDBS : AHCI_INT_DHRS);
        return;
    }
    fake_raise(port, AHCI_INT_TFES | (queued ? AHCI_INT_SDBS : AHCI_INT_DHRS));
    port->due_ns = 0;
}

static void fake_done(struct fake_port *port, uint32_t slot, bool queued)
{
    port->issued &= ~(1u << slot);
    port->active &= ~(1u << slot);
    port->file = 0x50;
    fake_raise(port, queued ? AHCI_INT_SDBS : AHCI_INT_DHRS);
}

static bool fake_is_bad(struct fake_drive *drive, const struct fake_request *r)
{
    return drive->bad_lba >= r->lba && drive->bad_lba < r->lba + r->count && fake_take(&drive->bad_times);
}

static void fake_transfer(struct fake_controller *c, struct fake_port *port, struct fake_slot *slot,
                          const struct fake_request *r, uint32_t number)
{
    struct fake_drive *drive = &port->drive;
    uint32_t bytes = r->count * 512;

    if (r->count == 0 || r->lba >= drive->sectors || r->count > drive->sectors - r->lba)
        fake_broken("sectors that the drive has not");
    if (fake_is_bad(drive, r)) {
        fake_error(port, drive->bad_error, number, r->queued);
        return;
    }
    if (!r->queued && fake_take(&drive->short_times))
        bytes /= 2;
    if (r->lba * 512 % FAKE_DISK_BYTES + bytes > FAKE_DISK_BYTES)
        fake_broken("the test wants sectors around the end of its drive");
    uint32_t moved = fake_move(c, slot, fake_sector(drive, r->lba), bytes, r->write);
    if (moved != bytes)
        fake_broken("less memory than sectors");
    if (!r->queued)
        slot->header[1] = moved;
    drive->flushed = drive->flushed && !r->write;
    fake_done(port, number, r->queued);
}

static void fake_answer(struct fake_controller *c, struct fake_port *port, struct fake_slot *slot,
                        uint32_t number, bool log)
{
    uint8_t data[512] = {0};

    if (log && fake_take(&port->drive.log_error_times)) {
        fake_error(port, AHCI_ERROR_ABRT, number, false);
        return;
    }
    if (log)
        port->drive.in_queue_error = false;
    else
        fake_identity(&port->drive, data);
    slot->header[1] = fake_move(c, slot, data, 512, false);
    fake_done(port, number, false);
}

static void fake_flush(struct fake_port *port, uint32_t number)
{
    struct fake_drive *drive = &port->drive;

    if (drive->no_flush || fake_take(&drive->flush_error_times)) {
        fake_error(port, drive->no_flush ? AHCI_ERROR_ABRT : AHCI_ERROR_IDNF, number, false);
        return;
    }
    drive->flushed = true;
    fake_done(port, number, false);
}

static void fake_answer_smart(struct fake_controller *c, struct fake_port *port, unsigned number)
{
    uint8_t *received = fake_memory(c, port->received | (uint64_t)port->received_high << 32);
    uint16_t answer = port->drive.smart;

    if (!answer) {
        fake_error(port, AHCI_ERROR_ABRT, number, false);
        return;
    }
    received[0x45] = (uint8_t)answer;
    received[0x46] = (uint8_t)(answer >> 8);
    fake_done(port, number, false);
}

static void fake_run_slot(struct fake_controller *c, struct fake_port *port, unsigned number)
{
    struct fake_drive *drive = &port->drive;
    struct fake_slot slot = fake_slot_of(c, port, number);
    struct fake_request r = fake_decode(port, (const uint8_t *)slot.table, number);

    port->commands[r.code]++;
    if (r.queued != ((port->active >> number & 1) != 0))
        fake_broken("SACT and the command do not fit together");
    if (r.data && r.write != ((slot.header[0] & 1u << 6) != 0))
        fake_broken("a direction that is not the command's");
    if (fake_take(&drive->hang_times)) {
        drive->hung = true;
        port->file = 0xd0;
        port->due_ns = 0;
        return;
    }
    if (fake_take(&drive->link_times)) {
        fake_raise(port, AHCI_INT_IFS);
        port->error |= 1u << 10;
        port->due_ns = 0;
        return;
    }
    if (drive->in_queue_error && r.code != AHCI_READ_LOG_EXT) {
        fake_error(port, AHCI_ERROR_ABRT, number, r.queued);
        return;
    }
    if (r.data)
        fake_transfer(c, port, &slot, &r, number);
    else if (r.code == AHCI_IDENTIFY || r.code == AHCI_READ_LOG_EXT)
        fake_answer(c, port, &slot, number, r.code == AHCI_READ_LOG_EXT);
    else if (r.code == AHCI_FLUSH_CACHE || (r.code == AHCI_FLUSH_CACHE_EXT && !drive->lba28))
        fake_flush(port, number);
    else if (r.code == AHCI_SMART)
        fake_answer_smart(c, port, number);
    else
        fake_broken("a command that does not exist");
}

static void fake_work(struct fake_controller *c, struct fake_port *port)
{
    struct fake_drive *drive = &port->drive;

    if (!fake_linked(port)) {
        if (port->file_valid)
            port->error |= AHCI_SERR_CHANGED;
        port->file = 0x7f;
        port->file_valid = false;
        return;
    }
    if (!port->file_valid && (port->command & AHCI_CMD_FR) && fake_ns >= drive->ready_ns && !drive->dead) {
        port->file_valid = true;
        port->file = 0x50;
    }
    if (port->due_ns == 0 || fake_ns < port->due_ns || drive->hung || drive->dead)
        return;
    for (unsigned i = 0; i < 32 && port->due_ns; i++)
        if (port->issued >> i & 1)
            fake_run_slot(c, port, i);
    if (!port->issued)
        port->due_ns = 0;
}

/* ---- time and interrupts --------------------------------------------------------------------- */

static void fake_interrupts(struct fake_controller *c)
{
    for (unsigned i = 0; i < FAKE_PORTS; i++)
        if (c->ports[i].is & c->ports[i].ie)
            c->is |= 1u << i;
    if (c->is && c->ghc & AHCI_GHC_IE && !c->lose_irq && c->bound && !c->gone)
        fake_lines |= FAKE_LINE << (c - fake);
}

static void fake_pass(uint64_t ns)
{
    fake_ns += ns;
    if (fake_ns > fake_deadline)
        fake_broken("it waits for ever");
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned p = 0; p < FAKE_PORTS; p++)
            fake_work(&fake[i], &fake[i].ports[p]);
        fake_interrupts(&fake[i]);
    }
}

uint64_t ddi_now_us(void)
{
    fake_pass(10);
    return fake_ns / 1000;
}

void ddi_delay_us(uint32_t us)
{
    fake_pass(1000ull * us);
}

uint32_t ddi_irq_wait(uint32_t us)
{
    uint32_t came;

    for (uint32_t i = 0; i < us && !fake_lines; i += 100)
        fake_pass(100000);
    came = fake_lines;
    fake_lines = 0;
    return came;
}

/* ---- registers ------------------------------------------------------------------------------- */

static uint32_t fake_signature(const struct fake_port *port)
{
    static const uint32_t signatures[] = {AHCI_SIG_NONE, AHCI_SIG_DISK, AHCI_SIG_PACKET, AHCI_SIG_PORTS,
                                          0x12345678};
    return port->file_valid ? signatures[port->drive.kind] : AHCI_SIG_NONE;
}

static uint32_t fake_port_in(const struct fake_port *port, uint32_t reg)
{
    switch (reg) {
    case AHCI_PXIS: return port->is;
    case AHCI_PXIE: return port->ie;
    case AHCI_CMD: return port->command;
    case AHCI_TFD: return port->file;
    case AHCI_SIG: return fake_signature(port);
    case AHCI_SSTS: return fake_linked(port) && !(port->control & 15) ? 0x113 : 0;
    case AHCI_SCTL: return port->control;
    case AHCI_SERR: return port->error;
    case AHCI_SACT: return port->active;
    case AHCI_CI: return port->issued;
    default: fake_broken("a port register that is not read");
    }
    return 0;
}

static void fake_set_command(struct fake_port *port, uint32_t value)
{
    bool starts = (value & AHCI_CMD_ST) && !(port->command & AHCI_CMD_ST);

    if (starts && (!(port->command & AHCI_CMD_FR) || !(value & AHCI_CMD_FRE)))
        fake_broken("a start without a place for what is received");
    if (starts && (port->file & 0x88))
        fake_broken("a start of a port whose drive is busy");
    if ((value & AHCI_CMD_CLO) && !(value & AHCI_CMD_ST))
        port->file &= ~0x88u;
    value &= ~(AHCI_CMD_CLO | AHCI_CMD_CR | AHCI_CMD_FR);
    value |= value & AHCI_CMD_FRE ? AHCI_CMD_FR : 0;
    value |= value & AHCI_CMD_ST || port->stuck ? AHCI_CMD_CR : 0;
    if (!(value & AHCI_CMD_CR)) {
        port->issued = port->active = 0;
        port->due_ns = 0;
    }
    port->command = value;
}

static void fake_issue(struct fake_port *port, uint32_t value)
{
    if (!(port->command & AHCI_CMD_CR))
        fake_broken("a command to a port that does not run");
    if ((port->issued | port->active) & ~value)
        fake_broken("commands while others are under way");
    if (port->active && port->active != value)
        fake_broken("NCQ and other commands mixed");
    port->issued |= value;
    port->due_ns = fake_ns + 1000ull * port->drive.latency_us + 1;
    unsigned slots = (unsigned)__builtin_popcount(value);
    if (slots > port->most_slots)
        port->most_slots = slots;
}

static void fake_control(struct fake_port *port, uint32_t value)
{
    if ((value & 15) == 1 && (port->command & AHCI_CMD_ST))
        fake_broken("COMRESET of a running port");
    if ((port->control & 15) == 1 && (value & 15) == 0) {
        port->resets++;
        fake_reset_drive(port);
        port->error |= AHCI_SERR_CHANGED;
    }
    port->control = value;
}

static void fake_port_out(struct fake_controller *c, struct fake_port *port, uint32_t reg, uint32_t value)
{
    switch (reg) {
    case AHCI_PXIS: port->is &= ~value; break;
    case AHCI_PXIE: port->ie = value; break;
    case AHCI_CMD: fake_set_command(port, value); break;
    case AHCI_SCTL: fake_control(port, value); break;
    case AHCI_SERR: port->error &= ~value; break;
    case AHCI_SACT: port->active |= value; break;
    case AHCI_CI: fake_issue(port, value); break;
    default: fake_broken("a port register that is not written");
    }
    if (!c->master && port->command & (AHCI_CMD_ST | AHCI_CMD_FRE))
        fake_broken("work without bus mastering");
}

static void fake_reset_controller(struct fake_controller *c)
{
    c->resets++;
    c->ghc = c->never_resets ? AHCI_GHC_HR : 0;
    c->is = 0;
    if (c->forgets_ports)
        c->implemented = 0;
    for (unsigned i = 0; i < FAKE_PORTS; i++) {
        struct fake_port *port = &c->ports[i];
        port->is = port->ie = port->error = 0;
        port->command = port->stuck ? AHCI_CMD_CR : 0;
        fake_reset_drive(port);
    }
}

static uint32_t fake_controller_in(const struct fake_controller *c, uint32_t reg)
{
    switch (reg) {
    case AHCI_CAP: return c->cap;
    case AHCI_GHC: return c->ghc;
    case AHCI_IS: return c->is;
    case AHCI_PI: return c->implemented;
    case AHCI_VS: return c->version;
    case AHCI_CAP2: return c->bios_owns || c->bios_holds_on ? AHCI_CAP2_BOH : 0;
    case AHCI_BOHC: return c->bohc;
    default: fake_broken("a register that is not read");
    }
    return 0;
}

static void fake_controller_out(struct fake_controller *c, uint32_t reg, uint32_t value)
{
    switch (reg) {
    case AHCI_GHC:
        c->ghc = value;
        if (value & AHCI_GHC_HR)
            fake_reset_controller(c);
        break;
    case AHCI_IS: c->is &= ~value; break;
    case AHCI_BOHC: c->bohc = c->bios_holds_on ? value | 1 | 16 : value & ~1u; break;
    default: fake_broken("a register that is not written");
    }
}

uint32_t ddi_mmio_read32(const struct ddi_mmio *registers, uint32_t offset)
{
    struct fake_controller *c = (struct fake_controller *)(uintptr_t)registers->at;

    fake_pass(FAKE_ACCESS_NS);
    if (c->gone || offset + 4 > c->bytes)
        return UINT32_MAX;
    if (offset < AHCI_PORT(0))
        return fake_controller_in(c, offset);
    uint32_t port = (offset - AHCI_PORT(0)) / AHCI_PORT_BYTES;
    if (port >= FAKE_PORTS)
        return 0;
    return fake_port_in(&c->ports[port], offset % AHCI_PORT_BYTES);
}

void ddi_mmio_write32(const struct ddi_mmio *registers, uint32_t offset, uint32_t value)
{
    struct fake_controller *c = (struct fake_controller *)(uintptr_t)registers->at;

    fake_pass(FAKE_ACCESS_NS);
    if (c->gone || offset + 4 > c->bytes)
        return;
    if (offset < AHCI_PORT(0))
        fake_controller_out(c, offset, value);
    else if ((offset - AHCI_PORT(0)) / AHCI_PORT_BYTES < FAKE_PORTS)
        fake_port_out(c, &c->ports[(offset - AHCI_PORT(0)) / AHCI_PORT_BYTES], offset % AHCI_PORT_BYTES,
                      value);
    fake_pass(0);
}

/* ---- the rest of the driver interface -------------------------------------------------------- */

static struct fake_controller *fake_at(struct ddi_pci place)
{
    if (place.device >= 2 || !fake[place.device].there)
        fake_broken("a place on the bus where nothing is");
    return &fake[place.device];
}

static bool fake_find(unsigned from, struct ddi_pci *found)
{
    while (from < 2 && !fake[from].there)
        from++;
    if (from < 2)
        *found = (struct ddi_pci){0, (uint8_t)from, 0};
    return from < 2;
}

bool ddi_pci_find(uint8_t class, uint8_t subclass, struct ddi_pci *at)
{
    return class == 1 && subclass == 6 && fake_find(at->bus == 0xff ? 0 : at->device + 1u, at);
}

uint32_t ddi_pci_read(struct ddi_pci device, uint8_t offset)
{
    struct fake_controller *c = fake_at(device);

    return offset == 0x08 ? (c->wrong_interface ? 0x01060000u : 0x01060100u) : 0;
}

int ddi_pci_master(struct ddi_pci device, bool on)
{
    struct fake_controller *c = fake_at(device);

    for (unsigned i = 0; on && i < FAKE_PORTS; i++)
        if (c->ports[i].command & (AHCI_CMD_ST | AHCI_CMD_FRE | AHCI_CMD_CR | AHCI_CMD_FR))
            return -EBUSY;
    c->master = on;
    return 0;
}

int ddi_pci_map(struct ddi_pci device, unsigned bar, struct ddi_mmio *registers)
{
    struct fake_controller *c = fake_at(device);

    if (bar != 5 || c->no_bar)
        return -ENODEV;
    *registers = (struct ddi_mmio){c, c->bytes};
    return 0;
}

int ddi_dma_table(struct ddi_pci device, unsigned part, struct ddi_table *table)
{
    struct fake_controller *c = fake_at(device);
    struct fake_port *port = &c->ports[part];

    if (part >= FAKE_PORTS || (port->command & (AHCI_CMD_ST | AHCI_CMD_FRE | AHCI_CMD_CR | AHCI_CMD_FR)))
        fake_broken("lists moved under a running port");
    if (fake_no_memory)
        return -ENOMEM;
    uint64_t at = fake_table(DDI_DMA_AHCI, (c->cap & AHCI_CAP_S64A) != 0, table);
    uint64_t received = at + offsetof(struct ddi_ahci_table, received);

    port->list = (uint32_t)at;
    port->list_high = (uint32_t)(at >> 32);
    port->received = (uint32_t)received;
    port->received_high = (uint32_t)(received >> 32);
    return 0;
}

int ddi_pci_irq_listen(struct ddi_pci device)
{
    struct fake_controller *c = fake_at(device);

    if (c->no_irq)
        return -ENODEV;
    c->bound = true;
    return FAKE_LINE_FIRST + (int)(c - fake);
}

/* ---- for the tests --------------------------------------------------------------------------- */

static struct fake_controller *fake_add_controller(unsigned number)
{
    struct fake_controller *c = &fake[number];

    *c = (struct fake_controller){.there = true,
                                  .cap = AHCI_CAP_S64A | AHCI_CAP_SNCQ | AHCI_CAP_SCLO | 31u << 8 | 5,
                                  .version = 0x10300,
                                  .implemented = (1u << FAKE_PORTS) - 1,
                                  .bytes = AHCI_PORT(32)};
    return c;
}

/* A plain disk on a port; change what it should be different in. */
static struct fake_drive *fake_add_disk(unsigned controller, unsigned port, uint64_t sectors)
{
    static uint8_t bytes[2][FAKE_PORTS][FAKE_DISK_BYTES];
    struct fake_drive *drive = &fake[controller].ports[port].drive;
    static bool filled[2][FAKE_PORTS];
    uint64_t x = controller * 8 + port + 1;

    *drive = (struct fake_drive){.kind = KIND_DISK, .sectors = sectors, .queue = 32, .latency_us = 50,
                                 .ready_us = 100, .bytes = bytes[controller][port]};
    for (size_t i = 0; i < FAKE_DISK_BYTES && !filled[controller][port]; i++) {
        x = x * 6364136223846793005ull + 1442695040888963407ull;
        drive->bytes[i] = (uint8_t)(x >> 56);
    }
    filled[controller][port] = true;
    return drive;
}

static void fake_begin(void)
{
    memset(fake, 0, sizeof(fake));
    fake_disks_begin();
    fake_page_count = fake_own_count = 0;
    fake_no_memory = fake_far = false;
    fake_lines = 0;
    fake_ns = 1000000;
    fake_deadline = FAKE_PATIENCE_NS;
    srand(1);
}
