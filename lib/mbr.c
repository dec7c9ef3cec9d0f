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

/*@ requires \valid_read(entry + (0 .. ENTRY_BYTES - 1)) && 1 <= number <= 4;
    assigns \nothing;
    ensures \result.start_lba < 0x100000000 && \result.sectors < 0x100000000; */
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

/*@ requires \valid_read(entry) && entry->start_lba < 0x100000000 && entry->sectors < 0x100000000;
    assigns \nothing;
    ensures \result && entry->sectors > 0
            ==> mbr_inside(entry->start_lba, entry->sectors, disk_sectors); */
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

/*@ requires \valid_read(a) && mbr_inside(a->start_lba, a->sectors, 0);
    requires \valid_read(b) && mbr_inside(b->start_lba, b->sectors, 0);
    assigns \nothing;
    ensures \result <==> !mbr_apart(a->start_lba, a->sectors, b->start_lba, b->sectors); */
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

    /*@ loop invariant i <= 4 && mbr->count <= i;
        loop invariant \forall integer k; 0 <= k < mbr->count ==>
                         mbr_inside(mbr->partitions[k].start_lba, mbr->partitions[k].sectors,
                                    disk_sectors);
        loop invariant \forall integer j, k; 0 <= j < k < mbr->count ==>
                         mbr_apart(mbr->partitions[j].start_lba, mbr->partitions[j].sectors,
                                   mbr->partitions[k].start_lba, mbr->partitions[k].sectors);
        loop assigns i, mbr->count, mbr->partitions[0 .. 3];
        loop variant 4 - i; */
    for (uint8_t i = 0; i < 4; i++) {
        const uint8_t *entry = sector + AT_TABLE + i * ENTRY_BYTES;
        struct mbr_partition partition = read_entry(entry, (uint8_t)(i + 1));

        if (!is_sound(&partition, entry[ENTRY_STATUS], disk_sectors))
            return -EUCLEAN;
        if (partition.sectors == 0)
            continue;
        /*@ loop invariant k <= mbr->count;
            loop invariant \forall integer j; 0 <= j < k ==>
                             mbr_apart(mbr->partitions[j].start_lba, mbr->partitions[j].sectors,
                                       partition.start_lba, partition.sectors);
            loop assigns k;
            loop variant mbr->count - k; */
        for (uint32_t k = 0; k < mbr->count; k++)
            if (overlap(&mbr->partitions[k], &partition))
                return -EUCLEAN;
        mbr->partitions[mbr->count] = partition;
        /*@ assert \forall integer k; 0 <= k <= mbr->count ==>
              mbr_inside(mbr->partitions[k].start_lba, mbr->partitions[k].sectors, disk_sectors); */
        /*@ assert \forall integer j; 0 <= j < mbr->count ==>
              mbr_apart(mbr->partitions[j].start_lba, mbr->partitions[j].sectors,
                        mbr->partitions[mbr->count].start_lba,
                        mbr->partitions[mbr->count].sectors); */
        /*@ assert \forall integer j, k; 0 <= j < k < mbr->count ==>
              mbr_apart(mbr->partitions[j].start_lba, mbr->partitions[j].sectors,
                        mbr->partitions[k].start_lba, mbr->partitions[k].sectors); */
        /*@ assert \forall integer j, k; 0 <= j < k <= mbr->count ==>
              mbr_apart(mbr->partitions[j].start_lba, mbr->partitions[j].sectors,
                        mbr->partitions[k].start_lba, mbr->partitions[k].sectors); */
        mbr->count++;
    }
    return 0;
}
