/* What a drive says about itself: the 512 bytes of IDENTIFY DEVICE (ATA/ATAPI-6 §8.15). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

struct ata_identity {
    char model[41]; /* terminated, without the spaces around, printable */
    char serial[21];
    uint64_t sectors;  /* of 512 bytes, never 0 */
    uint16_t multiple; /* sectors in a block of READ MULTIPLE: 1 (none), 2, 4, … 128 */
    bool dma;          /* a mode of it is chosen, by the BIOS or the drive itself */
    bool lba, lba48;   /* without lba: the geometry below, else all 0 */
    uint16_t cylinders;
    uint8_t heads, sectors_per_track; /* heads ≤ 16 */
    bool flush, flush_ext;            /* FLUSH CACHE, FLUSH CACHE EXT are there for sure */
    bool locked;                      /* by a password: reads and writes will be refused */
    uint8_t queue; /* NCQ commands at a time (SATA 2.6 §13.2.1); 0: it has no NCQ */
};

/* bytes: 512. -EINVAL with *why: no disk of ours, or nonsense. identity is whole or unchanged.
 */
int ata_identity_parse(const uint8_t *bytes, struct ata_identity *identity,
                       const char **why) must_check;
