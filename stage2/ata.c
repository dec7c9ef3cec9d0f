/*
 * Polled reads: by DMA where the BIOS chose a mode for it, by READ MULTIPLE where the drive is set to
 * it, else READ SECTORS. A BIOS takes one sector at a time, and under an emulator each of them waits
 * for the host.
 *
 * BIOSes say "ATA" of AHCI disks too, or say nothing, so what EDD names does not settle who is at the
 * ports: sector 0 does. After each command the status is read and interrupts are allowed again, as
 * the BIOS left it. Manual: ATA-6 §7 (registers), §8.15 (IDENTIFY DEVICE), §8.27 (READ SECTOR(S)),
 * §8.25 (READ DMA), §8.26 (READ MULTIPLE), §9.5 (PIO data-in), §9.7 (DMA).
 */
#include "stage2/ata.h"

#include <stdbool.h>

#include "lib/bytes.h"
#include "lib/compiler.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "stage2/ata_dma.h"
#include "stage2/ata_registers.h"
#include "stage2/cpu.h"
#include "stage2/disk.h"

/* Registers, from the command block's base. */
#define DATA     0
#define COUNT    2
#define LBA_LOW  3
#define LBA_MID  4
#define LBA_HIGH 5
#define DEVICE   6
#define STATUS   7
#define COMMAND  7

#define FLOATING 0xff /* what no controller's status reads as */

#define CHANNEL_2     0x170
#define DEVICE_LBA    0xe0
#define DEVICE_SLAVE  0x10
#define CONTROL_NIEN  0x02
#define READ_SECTORS  0x20
#define READ_MULTIPLE 0xc4
#define READ_DMA      0xc8
#define IDENTIFY      0xec

/* IDENTIFY's answer: word 49, capabilities; 53, which of the later ones hold; 59, the blocks that READ
   MULTIPLE is set to; 63 and 88, in the upper half the DMA mode that is set. */
#define ID_CAPABILITIES (2 * 49)
#define ID_DMA          (1u << 8)
#define ID_LBA          (1u << 9)
#define ID_HOLD         (2 * 53)
#define ID_WORD_88      (1u << 2)
#define ID_MULTIWORD    (2 * 63)
#define ID_ULTRA        (2 * 88)
#define ID_MULTIPLE     (2 * 59)
#define ID_MULTIPLE_SET (1u << 8)

#define LBA28_END   (1u << 28)
#define COUNT_MAX   256u /* what a command can name, as 0 */
#define SETTLE_READS 5   /* of the other status register: 400 ns until the status is the new one's */

struct place {
    uint16_t base, control;
    uint8_t device;
};

static struct place place; /* where ata_find found it */
static uint32_t block = 1; /* sectors between two looks at the status */
static bool wide, dma;

static void settle(const struct place *at)
{
    for (int i = 0; i < SETTLE_READS; i++)
        inb(at->control);
}

/* The status once it is not busy; FLOATING: nobody there, or it hangs. */
static uint8_t wait_idle(const struct place *at)
{
    uint64_t start = rdtsc();
    uint8_t status;

    do {
        status = inb(at->base + STATUS);
        if (status == FLOATING || !(status & STATUS_BSY))
            return status;
    } while (!patience_over(start));
    return FLOATING;
}

static bool select_drive(const struct place *at, uint32_t lba)
{
    outb(at->base + DEVICE, (uint8_t)(DEVICE_LBA | at->device | lba >> 24));
    settle(at);
    uint8_t status = wait_idle(at);
    return status != FLOATING && (status & STATUS_DRDY);
}

static void command(const struct place *at, uint8_t name, uint32_t lba, uint32_t count)
{
    outb(at->base + COUNT, (uint8_t)count);
    outb(at->base + LBA_LOW, (uint8_t)lba);
    outb(at->base + LBA_MID, (uint8_t)(lba >> 8));
    outb(at->base + LBA_HIGH, (uint8_t)(lba >> 16));
    outb(at->base + COMMAND, name);
    settle(at);
}

static void take(const struct place *at, uint8_t *to, uint32_t sectors)
{
    if (wide)
        insd(at->base + DATA, to, sectors * SECTOR_BYTES / 4);
    else
        insw(at->base + DATA, to, sectors * SECTOR_BYTES / 2);
}

static int take_blocks(const struct place *at, uint8_t *to, uint32_t sectors, uint32_t a_time)
{
    while (sectors) {
        uint32_t now = sectors < a_time ? sectors : a_time;

        if ((wait_idle(at) & (STATUS_ERR | STATUS_DF | STATUS_DRQ)) != STATUS_DRQ)
            return -EIO;
        take(at, to, now);
        inb(at->control); /* a PIO cycle, then the status is the next block's */
        to += now * SECTOR_BYTES;
        sectors -= now;
    }
    return wait_idle(at) & (STATUS_ERR | STATUS_DF | STATUS_DRQ) ? -EIO : 0;
}

static int take_by_dma(const struct place *at, uint32_t lba, uint32_t count, void *to)
{
    ata_dma_prepare(to, count * SECTOR_BYTES);
    command(at, READ_DMA, lba, count);
    return ata_dma_run(at->base + STATUS);
}

static int take_by_port(const struct place *at, uint8_t name, uint32_t lba, uint32_t count, void *to)
{
    command(at, name, lba, count);
    return take_blocks(at, to, count, name == READ_MULTIPLE ? block : 1);
}

/* One command with `count` sectors of data. */
static int data_in(const struct place *at, uint8_t name, uint32_t lba, uint32_t count, void *to)
{
    int error = -EIO;

    if (wait_idle(at) == FLOATING)
        return -EIO;
    outb(at->control, CONTROL_NIEN);
    if (select_drive(at, lba))
        error = name == READ_DMA ? take_by_dma(at, lba, count, to)
                                 : take_by_port(at, name, lba, count, to);
    outb(at->control, 0);
    return error;
}

static bool same_sector(const struct place *at, uint8_t name, const uint8_t *first_sector)
{
    static uint8_t sector[SECTOR_BYTES];

    memset(sector, 0, sizeof(sector));
    return data_in(at, name, 0, 1, sector) == 0 &&
           !memcmp(sector, first_sector, SECTOR_BYTES);
}

uint32_t ata_find(const uint8_t *first_sector)
{
    static const struct place places[] = {{0x1f0, 0x3f6, 0},
                                          {0x1f0, 0x3f6, DEVICE_SLAVE},
                                          {CHANNEL_2, 0x376, 0},
                                          {CHANNEL_2, 0x376, DEVICE_SLAVE}};
    uint32_t found = 0;

    for (uint32_t i = 0; i < array_length(places); i++) {
        if (same_sector(&places[i], READ_SECTORS, first_sector)) {
            place = places[i];
            found++;
        }
    }
    return found;
}

/* Whether the BIOS chose a DMA mode, multiword or Ultra. */
static bool dma_is_set(const uint8_t *answer)
{
    return (rd16(answer + ID_CAPABILITIES) & ID_DMA) &&
           (rd16(answer + ID_MULTIWORD) >> 8 ||
            ((rd16(answer + ID_HOLD) & ID_WORD_88) && rd16(answer + ID_ULTRA) >> 8));
}

int ata_open(const uint8_t *first_sector, const struct pci_place *bridge)
{
    static uint8_t answer[SECTOR_BYTES];
    int error = data_in(&place, IDENTIFY, 0, 1, answer);

    if (error)
        return error;
    if (!(rd16(answer + ID_CAPABILITIES) & ID_LBA))
        return -ENODEV;
    uint16_t multiple = rd16(answer + ID_MULTIPLE);

    if ((multiple & ID_MULTIPLE_SET) && (multiple & 0xff))
        block = multiple & 0xff;
    /* Each for good, if it brings the same bytes and leaves none behind. */
    dma = bridge && dma_is_set(answer) && ata_dma_find(*bridge, place.base == CHANNEL_2) &&
          same_sector(&place, READ_DMA, first_sector);
    if (dma)
        return 0;
    wide = true;
    return same_sector(&place, READ_SECTORS, first_sector) ? 0 : -EIO;
}

int ata_read(uint64_t lba, uint32_t count, void *to)
{
    bool even = (uintptr_t)to % 2 == 0;
    uint8_t name = dma && even ? READ_DMA : block > 1 ? READ_MULTIPLE : READ_SECTORS;
    uint8_t *at = to;

    if (lba >= LBA28_END || count > LBA28_END - lba)
        return -ERANGE;
    while (count) {
        uint32_t now = count < COUNT_MAX ? count : COUNT_MAX;
        int error = data_in(&place, name, (uint32_t)lba, now, at);

        if (error)
            return error;
        at += now * SECTOR_BYTES;
        lba += now;
        count -= now;
    }
    return 0;
}
