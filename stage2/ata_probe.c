/*
 * READ SECTORS of LBA 0 by polling, once per drive: only enough of ATA to recognise a disk. BIOSes
 * say "ATA" of AHCI disks too, or say nothing, so what EDD names does not settle the question.
 * Manual: ATA-6 §7 (registers), §8.27 (READ SECTOR(S)).
 */
#include "stage2/ata_probe.h"

#include "lib/compiler.h"
#include "lib/string.h"
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

#define STATUS_ERR  0x01
#define STATUS_DRQ  0x08
#define STATUS_DF   0x20
#define STATUS_DRDY 0x40
#define STATUS_BSY  0x80
#define FLOATING    0xff /* what no controller reads as */

#define DEVICE_LBA   0xe0
#define DEVICE_SLAVE 0x10
#define CONTROL_NIEN 0x02
#define READ_SECTORS 0x20

static const struct {
    uint16_t base, control;
} channels[] = {{0x1f0, 0x3f6}, {0x170, 0x376}};

/* The status once it is not busy; FLOATING: nobody there, or it hangs. */
static uint8_t wait_idle(uint16_t base)
{
    uint64_t start = rdtsc();
    uint8_t status;

    do {
        status = inb(base + STATUS);
        if (status == FLOATING || !(status & STATUS_BSY))
            return status;
    } while (!patience_over(start));
    return FLOATING;
}

static bool select_drive(uint16_t base, uint16_t control, uint8_t drive)
{
    if (wait_idle(base) == FLOATING)
        return false;
    outb(control, CONTROL_NIEN);
    outb(base + DEVICE, DEVICE_LBA | drive);
    for (int i = 0; i < 5; i++)
        inb(control); /* 400 ns until the status is the new drive's */
    uint8_t status = wait_idle(base);
    return status != FLOATING && (status & STATUS_DRDY);
}

static bool read_first_sector(uint16_t base, uint8_t *to)
{
    outb(base + COUNT, 1);
    outb(base + LBA_LOW, 0);
    outb(base + LBA_MID, 0);
    outb(base + LBA_HIGH, 0);
    outb(base + COMMAND, READ_SECTORS);
    uint8_t status = wait_idle(base);
    if (status == FLOATING || (status & (STATUS_ERR | STATUS_DF)) || !(status & STATUS_DRQ))
        return false;
    insw(base + DATA, to, SECTOR_BYTES / 2);
    return true;
}

bool ata_probe(const uint8_t *first_sector)
{
    static uint8_t sector[SECTOR_BYTES];

    for (uint32_t i = 0; i < 2 * array_length(channels); i++) {
        uint16_t base = channels[i / 2].base;
        uint8_t drive = i % 2 ? DEVICE_SLAVE : 0;
        if (select_drive(base, channels[i / 2].control, drive) && read_first_sector(base, sector) &&
            !memcmp(sector, first_sector, SECTOR_BYTES))
            return true;
    }
    return false;
}
