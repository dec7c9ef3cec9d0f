/*
 * INT 13h. Large requests first (127 sectors, a 64 KiB bounce buffer that crosses no DMA boundary);
 * an error leads to reset, half the size, then CHS. What the BIOS claims about its extensions is
 * not believed: AH=42h is tried, and CHS when it fails. Manuals: Phoenix EDD 3.0; RBIL INT 13h.
 *
 * What is large (the kernel, a root for memory) is read at ATA's ports when nothing speaks against it:
 * ata.c.
 */
#include "stage2/disk.h"

#include <stdbool.h>
#include <stddef.h>

#include "boot_memory.h"
#include "lib/abi/boot_header.h"
#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "stage2/ata.h"
#include "stage2/bios.h"
#include "stage2/console.h"
#include "stage2/cpu.h"
#include "stage2/stage2.h"

#define CHUNK_SECTORS 127 /* what Phoenix BIOSes accept, and less than the bounce buffer */
#define TRIES         18  /* down to one sector, each size by LBA and by CHS, and spare */

#define EDD_PATH_KEY     30
#define EDD_PATH_PRESENT 0xbedd
#define EDD_BUS          36 /* four characters, "PCI " */
#define EDD_INTERFACE    40 /* eight characters, "ATA     " */
#define EDD_PCI          48 /* bus, device, function */

#define FN_RESET     0x00
#define FN_READ_CHS  0x02
#define FN_WRITE_CHS 0x03
#define FN_GEOMETRY  0x08
#define FN_READ_LBA  0x42
#define FN_WRITE_LBA 0x43

struct disk_error disk_error;

extern struct mbr_handoff handoff; /* BOOT_HANDOFF: stage2.ld */
extern uint8_t bounce[];           /* BOOT_BOUNCE */
extern uint8_t edd_answer[];       /* BOOT_EDD */
extern uint8_t edd_drive;          /* edd.asm */
void edd_query(void);              /* edd.asm */

/* The packet of AH=42h and 43h, below 64 KiB like all of our data. */
static struct {
    uint8_t size, zero;
    uint16_t sectors;
    uint16_t offset, segment;
    uint64_t lba;
} packet;

static uint8_t drive;
static uint32_t heads, sectors_per_track;
static bool use_lba;
static uint32_t largest = CHUNK_SECTORS; /* sectors a request, what this BIOS can do */
static bool direct;                      /* ata.c reads */

static void read_geometry(void)
{
    struct bios_regs r = {.eax = FN_GEOMETRY << 8, .edx = drive};

    bios_call(0x13, &r);
    if (bios_carry(&r) || !(r.ecx & 0x3f)) {
        heads = 2; /* a floppy, the only thing that may not answer */
        sectors_per_track = 18;
        return;
    }
    heads = (r.edx >> 8 & 0xff) + 1;
    sectors_per_track = r.ecx & 0x3f;
    boot_info.disk.cylinders = ((r.ecx >> 8 & 0xff) | (r.ecx & 0xc0) << 2) + 1;
    boot_info.disk.heads = heads;
    boot_info.disk.sectors_per_track = sectors_per_track;
}

/* Whether the kernel's driver may know it. The length in the first word is no help: SeaBIOS says 30
   and fills in the rest all the same, and the buffer was empty before. */
static bool edd_may_be_ata(const uint8_t *edd)
{
    const uint8_t *interface = edd + EDD_INTERFACE;

    if (rd16(edd + EDD_PATH_KEY) != EDD_PATH_PRESENT)
        return true; /* names nothing */
    return !memcmp(interface, "ATA ", 4) || !memcmp(interface, "SATA", 4) ||
           !memcmp(interface, "    ", 4) || !interface[0];
}

static void read_edd(void)
{
    edd_drive = drive;
    real_mode(edd_query);
    if (!rd16(edd_answer)) {
        boot_info.disk.flags |= BOOT_DISK_ATA;
        return;
    }
    memcpy(boot_info.disk.edd, edd_answer, sizeof(boot_info.disk.edd));
    boot_info.disk.flags |= BOOT_DISK_EDD;
    if (edd_may_be_ata(edd_answer))
        boot_info.disk.flags |= BOOT_DISK_ATA;
}

void disk_init(void)
{
    drive = handoff.drive;
    use_lba = handoff.function == FN_READ_LBA;
    boot_info.disk.bios_drive = drive;
    read_geometry();
    if (handoff.drive & 0x80)
        read_edd();
    else
        use_lba = false;
    if (use_lba)
        boot_info.disk.flags |= BOOT_DISK_LBA;
}

static void reset(void)
{
    struct bios_regs r = {.eax = FN_RESET << 8, .edx = drive};

    bios_call(0x13, &r);
}

/* One BIOS call; 0 or the code in AH. */
static uint8_t transfer_lba(uint64_t lba, uint32_t count, bool write)
{
    packet.size = 16;
    packet.zero = 0;
    packet.sectors = (uint16_t)count;
    packet.offset = 0;
    packet.segment = bios_segment(BOOT_BOUNCE);
    packet.lba = lba;
    struct bios_regs r = {
        .eax = (write ? FN_WRITE_LBA : FN_READ_LBA) << 8,
        .edx = drive,
        .esi = bios_offset((uint32_t)(uint64_t)&packet),
        .ds = bios_segment((uint32_t)(uint64_t)&packet),
    };
    bios_call(0x13, &r);
    if (!bios_carry(&r))
        return 0;
    return bios_ah(&r) ? bios_ah(&r) : 0xff;
}

/* One BIOS call inside one track. */
static uint8_t transfer_chs(uint64_t lba, uint32_t count, bool write)
{
    uint64_t track = lba / sectors_per_track;
    uint64_t cylinder = track / heads;
    if (cylinder > 1023)
        return 0x04; /* "sector not found": beyond what CHS can name */
    struct bios_regs r = {
        .eax = (uint32_t)((write ? FN_WRITE_CHS : FN_READ_CHS) << 8) | count,
        .ecx = (uint32_t)((cylinder & 0xff) << 8 | (cylinder & 0x300) >> 2 |
                          (lba % sectors_per_track + 1)),
        .edx = (uint32_t)(track % heads) << 8 | drive,
        .es = bios_segment(BOOT_BOUNCE),
    };
    bios_call(0x13, &r);
    if (!bios_carry(&r))
        return 0;
    return bios_ah(&r) ? bios_ah(&r) : 0xff;
}

static uint32_t chs_count(uint64_t lba, uint32_t count)
{
    uint32_t left = sectors_per_track - (uint32_t)(lba % sectors_per_track);

    return count < left ? count : left;
}

/* LBA and CHS take turns after a failure: some BIOSes know only one of them, whatever they claim.
   When CHS works where LBA did not, three times over, CHS it stays. */
static void learn(bool lba_failed, bool by_lba, uint32_t want)
{
    static uint32_t chs_won;

    if (by_lba)
        largest = want;
    else if (lba_failed && ++chs_won == 3)
        use_lba = false;
}

/* Up to *count sectors between the disk and the bounce buffer; *count becomes how many it were. */
static int transfer(uint64_t lba, uint32_t *count, bool write)
{
    uint32_t want = *count;
    bool lba_failed = false;

    for (uint32_t attempt = 0; attempt < TRIES; attempt++) {
        bool by_lba = use_lba && attempt % 2 == 0;
        uint32_t now = by_lba ? want : chs_count(lba, want);
        uint8_t code = by_lba ? transfer_lba(lba, now, write) : transfer_chs(lba, now, write);
        if (!code) {
            if (attempt)
                learn(lba_failed, by_lba, want);
            *count = now;
            return 0;
        }
        disk_error = (struct disk_error){lba, code};
        lba_failed |= by_lba;
        reset();
        if (attempt % 2 && want > 1)
            want /= 2;
    }
    return -EIO;
}

void disk_direct(const uint8_t *first_sector)
{
    const uint8_t *edd = boot_info.disk.edd;
    struct pci_place bridge = {edd[EDD_PCI], edd[EDD_PCI + 1], edd[EDD_PCI + 2]};
    bool pci = !memcmp(edd + EDD_BUS, "PCI", 3);

    direct = rd16(edd + EDD_PATH_KEY) == EDD_PATH_PRESENT && !memcmp(edd + EDD_INTERFACE, "ATA ", 4) &&
             ata_find(first_sector) == 1 && ata_open(first_sector, pci ? &bridge : NULL) == 0;
}

bool disk_is_direct(void)
{
    return direct;
}

void disk_through_bios(void)
{
    direct = false;
}

int disk_read(uint64_t lba, uint32_t count, void *to)
{
    uint8_t *at = to;

    if (direct && ata_read(lba, count, to) == 0)
        return 0;
    direct = false;
    while (count) {
        uint32_t now = count < largest ? count : largest;
        int error = transfer(lba, &now, false);
        if (error)
            return error;
        copy_qwords(at, bounce, now * SECTOR_BYTES / 8);
        at += now * SECTOR_BYTES;
        lba += now;
        count -= now;
    }
    return 0;
}

int disk_write_sector(uint64_t lba, const void *from)
{
    uint32_t one = 1;

    copy_qwords(bounce, from, SECTOR_BYTES / 8);
    return transfer(lba, &one, true);
}
