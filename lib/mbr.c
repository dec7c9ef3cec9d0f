/*
 * The partition table of a master boot record: four entries of 16 bytes at 1BEh, 55AAh at 1FEh (see
 * "Partition table" in Microsoft's "Disk Concepts and Troubleshooting"). The CHS fields are not
 * read.
 */
#include "lib/mbr.h"

#include <stdbool.h>

#include "lib/bytes.h"
#include "lib/errno.h"

#define AT_SIGNATURE  0x1b8
#define AT_TABLE      0x1be
#define AT_END_MARK   0x1fe
#define ENTRY_BYTES   16
#define ENTRY_STATUS  0
#define ENTRY_TYPE    4
#define ENTRY_START   8
#define ENTRY_SECTORS 12

static struct mbr_partition read_entry(const uint8_t *entry, uint8_t number)
{
    return (struct mbr_partition){
        .number = number,
        .active = entry[ENTRY_STATUS] == 0x80,
        .type = entry[ENTRY_TYPE],
        .start_lba = rd32(entry + ENTRY_START),
        .sectors = rd32(entry + ENTRY_SECTORS),
    };
}

static bool is_sound(const struct mbr_partition *entry, uint8_t status, uint64_t disk_sectors)
{
    if (status != 0x00 && status != 0x80)
        return false;
    if (entry->sectors == 0 || entry->type == 0)
        return entry->sectors == 0 && entry->start_lba == 0; /* empty, and says nothing else */
    if (disk_sectors == 0)
        return true;
    return entry->start_lba <= disk_sectors && entry->sectors <= disk_sectors - entry->start_lba;
}

/* Starts and sizes have 32 bits, so that the sums fit. */
static bool overlap(const struct mbr_partition *a, const struct mbr_partition *b)
{
    return a->start_lba < b->start_lba + b->sectors && b->start_lba < a->start_lba + a->sectors;
}

int mbr_parse(const uint8_t *sector, uint64_t disk_sectors, struct mbr *mbr)
{
    mbr->signature = rd32(sector + AT_SIGNATURE);
    mbr->count = 0;
    if (rd16(sector + AT_END_MARK) != 0xaa55)
        return -EINVAL;

    for (uint8_t i = 0; i < 4; i++) {
        const uint8_t *entry = sector + AT_TABLE + i * ENTRY_BYTES;
        struct mbr_partition partition = read_entry(entry, (uint8_t)(i + 1));

        if (!is_sound(&partition, entry[ENTRY_STATUS], disk_sectors))
            return -EUCLEAN;
        if (partition.sectors == 0)
            continue;
        for (uint32_t k = 0; k < mbr->count; k++)
            if (overlap(&mbr->partitions[k], &partition))
                return -EUCLEAN;
        mbr->partitions[mbr->count++] = partition;
    }
    return 0;
}
