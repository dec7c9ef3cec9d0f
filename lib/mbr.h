/* The partition table of a master boot record, checked against the size of its disk. */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

struct mbr_partition {
    uint8_t number; /* 1–4 */
    uint8_t active;
    uint8_t type; /* 83h Linux */
    uint64_t start_lba;
    uint64_t sectors;
};

struct mbr {
    uint32_t signature; /* dword at 1B8h */
    uint32_t count;
    struct mbr_partition partitions[4]; /* the non-empty ones, in table order */
};

/*@ predicate mbr_inside(integer start, integer sectors, integer disk_sectors) =
      0 <= start < 0x100000000 && 0 < sectors < 0x100000000
      && (disk_sectors > 0 ==> start + sectors <= disk_sectors);
    predicate mbr_apart(integer a, integer a_sectors, integer b, integer b_sectors) =
      a + a_sectors <= b || b + b_sectors <= a; */

/*@ requires \valid_read(sector + (0 .. 511)) && \valid(mbr);
    requires \separated(sector + (0 .. 511), mbr);
    assigns *mbr;
    ensures \result <= 0 && mbr->count <= 4;
    ensures \forall integer i; 0 <= i < mbr->count ==>
              mbr_inside(mbr->partitions[i].start_lba, mbr->partitions[i].sectors, disk_sectors);
    ensures \forall integer i, k; 0 <= i < k < mbr->count ==>
              mbr_apart(mbr->partitions[i].start_lba, mbr->partitions[i].sectors,
                        mbr->partitions[k].start_lba, mbr->partitions[k].sectors); */
/* sector: 512 bytes. -EINVAL no 55AAh; -EUCLEAN an entry that overlaps another, is empty with a
   start, has a status other than 00h/80h or ends beyond disk_sectors (0: size unknown). */
int mbr_parse(const uint8_t *sector, uint64_t disk_sectors, struct mbr *mbr) must_check;
