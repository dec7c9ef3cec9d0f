/* ATA reads against a model of two channels and their bridge: what is there, what lies, what breaks
   down. The code under test is taken in whole, for its ports are instructions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#define outb     real_outb
#define inb      real_inb
#define insw     real_insw
#define insd     real_insd
#define inl      real_inl
#define outl     real_outl
#define rdtsc    real_rdtsc
#define patience_over real_patience_over
#include "stage2/cpu.h"
#undef outb
#undef inb
#undef insw
#undef insd
#undef inl
#undef outl
#undef rdtsc
#undef patience_over

static void outb(uint16_t port, uint8_t value);
static uint8_t inb(uint16_t port);
static void insw(uint16_t port, void *to, uint64_t words);
static void insd(uint16_t port, void *to, uint64_t dwords);
static uint32_t inl(uint16_t port);
static void outl(uint16_t port, uint32_t value);
static uint64_t rdtsc(void);
static bool patience_over(uint64_t since);

#include "stage2/ata.c"
#include "stage2/ata_dma.c"

#define SECTORS 1000u

struct fake {
    bool there, lba, narrow; /* narrow: a 32-bit access brings garbage */
    bool dma;                /* a mode for it is set */
    uint8_t contents;        /* disks with the same have the same bytes */
    uint32_t multiple;       /* what READ MULTIPLE is set to */
    uint32_t bad;            /* this sector cannot be read */
    uint32_t hangs;          /* at this one it stays busy */
};

static struct fake fakes[4];
static struct {
    uint8_t registers[8], control;
} channels[2];
static struct {
    struct fake *fake; /* who has data */
    uint32_t sector, left, in_block, at, a_time;
    bool error, busy, identify, dma;
} now;
static uint64_t clock;
static uint32_t commands, blocks, transfers;

/* The PCI bridge at 0:1.1, and its registers for the second channel. */
static struct {
    uint32_t address, class, base, command, table;
    uint8_t start, status;
    bool breaks, lies; /* an error in the middle; other bytes than the disk has */
} bridge;
static const struct pci_place bridge_place = {0, 1, 1};

static uint8_t byte_of(uint8_t contents, uint32_t sector, uint32_t at)
{
    return (uint8_t)(contents + sector * 7 + at * 3 + at / 256);
}

static uint8_t next_byte(void)
{
    uint32_t at = now.at++;
    uint8_t value = byte_of(now.fake->contents, now.sector, at);

    if (now.identify)
        value = at == ID_CAPABILITIES + 1 ? (now.fake->lba ? 2 : 0) | now.fake->dma
                : at == ID_HOLD ? 4
                : at == ID_ULTRA + 1 ? (now.fake->dma ? 32 : 0)
                : at == ID_MULTIPLE ? (uint8_t)now.fake->multiple
                : at == ID_MULTIPLE + 1 ? now.fake->multiple > 0
                : 0;
    if (now.at < SECTOR_BYTES)
        return value;
    now.at = 0;
    now.sector++;
    now.left--;
    now.in_block--;
    return value;
}

/* The next block's sectors are ready, or one of them is not. */
static void next_block(void)
{
    now.in_block = now.left < now.a_time ? now.left : now.a_time;
    blocks++;
    for (uint32_t i = 0; i < now.in_block && !now.identify; i++) {
        now.error |= now.sector + i == now.fake->bad || now.sector + i >= SECTORS;
        now.busy |= now.sector + i == now.fake->hangs;
    }
}

static struct fake *selected(uint32_t channel)
{
    return &fakes[2 * channel + (channels[channel].registers[DEVICE] & DEVICE_SLAVE ? 1 : 0)];
}

static void start(uint32_t channel, uint8_t name)
{
    const uint8_t *r = channels[channel].registers;

    commands++;
    assert_true(channels[channel].control & CONTROL_NIEN);
    memset(&now, 0, sizeof(now));
    now.fake = selected(channel);
    now.identify = name == IDENTIFY;
    now.dma = name == READ_DMA;
    now.left = now.identify ? 1 : r[COUNT] ? r[COUNT] : 256;
    now.a_time = name == READ_MULTIPLE ? now.fake->multiple : now.dma ? now.left : 1;
    assert_true(now.a_time > 0); /* a drive that is not set to it aborts the command */
    now.sector = r[LBA_LOW] | (uint32_t)r[LBA_MID] << 8 | (uint32_t)r[LBA_HIGH] << 16 |
                 (uint32_t)(r[DEVICE] & 15) << 24;
    next_block();
}

/* A pointer from what is left of it in 32 bits: all targets lie near `transfers`. */
static uint8_t *memory(uint32_t address)
{
    return (uint8_t *)&transfers + (int32_t)(address - (uint32_t)(uintptr_t)&transfers);
}

static void transfer(void)
{
    const uint8_t *entry = memory(bridge.table);
    uint32_t count;

    transfers++;
    assert_true(now.dma && bridge.command & PCI_BUS_MASTER);
    do {
        count = rd32(entry + 4);
        uint32_t size = count & 0xffff ? count & 0xffff : 0x10000;

        assert_true(rd32(entry) % 0x10000 + size <= 0x10000);
        for (uint32_t i = 0; i < size && !now.error && !now.busy; i++)
            memory(rd32(entry))[i] = (uint8_t)(next_byte() + bridge.lies);
        entry += 8;
    } while (!(count & LAST_PIECE));
    bridge.status |= now.busy || now.error ? MASTER_ACTIVE : 0;
    if (bridge.breaks)
        bridge.status |= MASTER_ERROR;
    else if (!now.busy && !now.error)
        assert_int_equal(now.left, 0); /* as much as the command asked for */
}

static void master_out(uint16_t at, uint8_t value)
{
    if (at == MASTER_STATUS) {
        bridge.status &= (uint8_t)~(value & (MASTER_ERROR | MASTER_INTERRUPT));
        return;
    }
    assert_int_equal(at, MASTER_COMMAND);
    if (!(value & COMMAND_START))
        bridge.status &= (uint8_t)~MASTER_ACTIVE;
    else if (!(bridge.start & COMMAND_START))
        transfer();
    bridge.start = value;
}

static uint32_t inl(uint16_t port)
{
    assert_int_equal(port, PCI_DATA);
    switch (bridge.address) {
    case 0x80000908:
        return bridge.class;
    case 0x80000904:
        return bridge.command | 0x02800000;
    case 0x80000920:
        return bridge.base;
    default:
        return -1u;
    }
}

static void outl(uint16_t port, uint32_t value)
{
    if (port == PCI_ADDRESS)
        bridge.address = value;
    else if (port == PCI_DATA && bridge.address == 0x80000904)
        bridge.command = value;
    else if (port == 0xc048 + MASTER_TABLE)
        bridge.table = value;
    else
        fail();
}

static bool is_control(uint16_t port)
{
    return port == 0x3f6 || port == 0x376;
}

static uint32_t channel_of(uint16_t port)
{
    return (port & 0xf0) == 0x70; /* 170h to 177h, 376h */
}

static void outb(uint16_t port, uint8_t value)
{
    uint32_t channel = channel_of(port);

    if (port >= 0xc048) {
        master_out(port - 0xc048, value);
        return;
    }
    if (is_control(port)) {
        channels[channel].control = value;
        return;
    }
    channels[channel].registers[port & 7] = value;
    if ((port & 7) == COMMAND && selected(channel)->there)
        start(channel, value);
}

static uint8_t inb(uint16_t port)
{
    uint32_t channel = channel_of(port);

    if (port >= 0xc048)
        return bridge.status;
    if (!fakes[2 * channel].there && !fakes[2 * channel + 1].there)
        return FLOATING;
    struct fake *fake = selected(channel);

    if (!fake->there)
        return 0;
    if (now.fake != fake)
        return STATUS_DRDY;
    if (now.busy)
        return STATUS_BSY;
    if (now.error)
        return STATUS_DRDY | STATUS_ERR;
    if (!now.in_block && now.left)
        next_block();
    return now.busy ? STATUS_BSY : STATUS_DRDY | (now.error ? STATUS_ERR : now.left ? STATUS_DRQ : 0);
}

static void data(void *to, uint64_t size)
{
    uint8_t *at = to;

    for (uint64_t i = 0; i < size; i++) {
        assert_true(now.in_block > 0 && !now.error && !now.busy); /* not before the status says so */
        at[i] = next_byte();
    }
}

static void insw(uint16_t port, void *to, uint64_t words)
{
    data(to, 2 * words);
}

static void insd(uint16_t port, void *to, uint64_t dwords)
{
    data(to, 4 * dwords);
    if (now.fake->narrow)
        memset(to, 0x11, 4 * dwords);
}

static uint64_t rdtsc(void)
{
    return clock;
}

static bool patience_over(uint64_t since)
{
    return ++clock - since > 100;
}

/* ---- the tests ------------------------------------------------------------------------------- */

static uint8_t first[SECTOR_BYTES];

static int machine(void **state)
{
    memset(fakes, 0, sizeof(fakes));
    memset(channels, 0, sizeof(channels));
    memset(&now, 0, sizeof(now));
    for (uint32_t i = 0; i < 4; i++)
        fakes[i] = (struct fake){.lba = true, .contents = (uint8_t)(50 * i), .bad = -1u, .hangs = -1u};
    fakes[2].there = true;
    bridge = (typeof(bridge)){.class = 0x01018001, .base = 0xc041, .command = 1};
    block = 1;
    wide = dma = false;
    commands = blocks = transfers = 0;
    for (uint32_t i = 0; i < SECTOR_BYTES; i++)
        first[i] = byte_of(fakes[2].contents, 0, i);
    return 0;
}

static void check_read(uint32_t lba, uint32_t count)
{
    static uint8_t got[SECTORS * SECTOR_BYTES];

    assert_int_equal(ata_read(lba, count, got), 0);
    for (uint32_t i = 0; i < count * SECTOR_BYTES; i++)
        assert_int_equal(got[i], byte_of(fakes[2].contents, lba + i / SECTOR_BYTES, i % SECTOR_BYTES));
    assert_int_equal(channels[1].control, 0); /* interrupts as before */
}

static void sector_by_sector(void **state)
{
    fakes[0].there = fakes[3].there = true;
    assert_int_equal(ata_find(first), 1);
    assert_int_equal(ata_open(first, &bridge_place), 0);
    assert_int_equal(channels[0].control | channels[1].control, 0);
    check_read(5, 1);
    commands = 0;
    check_read(1, 700);
    assert_int_equal(commands, 3); /* of 256 at most */
}

static void block_by_block(void **state)
{
    fakes[2].multiple = 16;
    assert_int_equal(ata_find(first), 1);
    assert_int_equal(ata_open(first, &bridge_place), 0);
    blocks = 0;
    check_read(3, 100);
    assert_int_equal(blocks, 7);
}

static void nobody_or_two(void **state)
{
    fakes[1].there = true;
    fakes[1].contents = fakes[2].contents;
    assert_int_equal(ata_find(first), 2);
    fakes[1].there = fakes[2].there = false;
    assert_int_equal(ata_find(first), 0);
    fakes[2].there = true;
    fakes[2].hangs = 0;
    assert_int_equal(ata_find(first), 0);
}

static void not_opened(void **state)
{
    fakes[2].lba = false;
    assert_int_equal(ata_find(first), 1);
    assert_int_equal(ata_open(first, &bridge_place), -ENODEV);
    fakes[2].lba = fakes[2].narrow = true;
    assert_int_equal(ata_open(first, &bridge_place), -EIO);
}

static void errors(void **state)
{
    static uint8_t got[300 * SECTOR_BYTES];

    fakes[2].multiple = 8;
    assert_int_equal(ata_find(first), 1);
    assert_int_equal(ata_open(first, &bridge_place), 0);
    fakes[2].bad = 290;
    assert_int_equal(ata_read(0, 300, got), -EIO);
    assert_int_equal(channels[1].control, 0);
    check_read(0, 280);
    assert_int_equal(ata_read(SECTORS - 1, 2, got), -EIO);
    fakes[2].hangs = 20;
    assert_int_equal(ata_read(10, 20, got), -EIO);
    assert_int_equal(channels[1].control, 0);
}

static void by_dma(void **state)
{
    fakes[2].dma = true;
    assert_int_equal(ata_find(first), 1);
    assert_int_equal(ata_open(first, &bridge_place), 0);
    assert_int_equal(transfers, 1);
    assert_int_equal(bridge.command, 1 | PCI_BUS_MASTER); /* nothing else of the register is written */
    blocks = 0;
    check_read(1, 700);
    assert_int_equal(transfers, 4);
    assert_int_equal(bridge.start, 0);
}

static void without_dma(void **state)
{
    static const struct {
        uint32_t class, base;
        bool mode, lies, breaks;
    } with[] = {
        {0x01018001, 0xc041, false, false, false}, /* no mode is set */
        {0x01010001, 0xc041, true, false, false},  /* no bus master */
        {0x01018501, 0xc041, true, false, false},  /* channels that lie elsewhere */
        {0x01060001, 0xc041, true, false, false},  /* AHCI */
        {0x01018001, 0x0001, true, false, false},  /* no ports */
        {0x01018001, 0xc040, true, false, false},  /* memory */
        {0x01018001, 0xc041, true, true, false},
        {0x01018001, 0xc041, true, false, true},
    };

    for (size_t i = 0; i < array_length(with); i++) {
        machine(NULL);
        fakes[2].dma = with[i].mode;
        bridge.class = with[i].class;
        bridge.base = with[i].base;
        bridge.lies = with[i].lies;
        bridge.breaks = with[i].breaks;
        assert_int_equal(ata_find(first), 1);
        assert_int_equal(ata_open(first, &bridge_place), 0);
        assert_int_equal(transfers, with[i].lies || with[i].breaks);
        transfers = 0;
        check_read(0, 100);
        assert_int_equal(transfers, 0);
    }
    machine(NULL);
    fakes[2].dma = true;
    assert_int_equal(ata_find(first), 1);
    assert_int_equal(ata_open(first, NULL), 0);
    check_read(0, 100);
    assert_int_equal(transfers, 0);
}

static void errors_by_dma(void **state)
{
    static uint8_t got[300 * SECTOR_BYTES];

    fakes[2].dma = true;
    assert_int_equal(ata_find(first), 1);
    assert_int_equal(ata_open(first, &bridge_place), 0);
    fakes[2].bad = 290;
    assert_int_equal(ata_read(0, 300, got), -EIO);
    assert_int_equal(bridge.start | (bridge.status & MASTER_ACTIVE), 0);
    check_read(0, 250);
    fakes[2].hangs = 20;
    assert_int_equal(ata_read(10, 20, got), -EIO);
    assert_int_equal(bridge.start | (bridge.status & MASTER_ACTIVE), 0);
    assert_int_equal(channels[1].control, 0);
}

static void beyond_28_bits(void **state)
{
    uint8_t got[SECTOR_BYTES];

    assert_int_equal(ata_read(LBA28_END, 1, got), -ERANGE);
    assert_int_equal(ata_read(LBA28_END - 1, 2, got), -ERANGE);
    assert_int_equal(ata_read(UINT64_MAX, 1, got), -ERANGE);
    assert_int_equal(commands, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sector_by_sector, machine), cmocka_unit_test_setup(block_by_block, machine),
        cmocka_unit_test_setup(nobody_or_two, machine),    cmocka_unit_test_setup(not_opened, machine),
        cmocka_unit_test_setup(errors, machine),           cmocka_unit_test_setup(beyond_28_bits, machine),
        cmocka_unit_test_setup(by_dma, machine),           cmocka_unit_test_setup(without_dma, machine),
        cmocka_unit_test_setup(errors_by_dma, machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
