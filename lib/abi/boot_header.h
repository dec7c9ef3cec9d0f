/*
 * What the boot sector and stage 2 agree on. The NASM side is lib/abi/boot_header.inc: keep both
 * alike (stage2 has the static assertions).
 *
 * Stage 2 begins, at its first sector (LBA 1), with this header. The boot sector reads
 * STAGE2_SECTORS sectors to BOOT_STAGE2, accepts them when the magic is right and all dwords add up
 * to 0 (modulo 2^32), and jumps to 0000:(BOOT_STAGE2 + entry_offset) with struct mbr_handoff filled.
 */
#pragma once

#include <stdint.h>

#define STAGE2_MAGIC 0x32545346u /* "FST2" */

struct stage2_header {
    uint32_t magic;
    uint16_t sectors;      /* of 512 bytes, the whole of stage 2 */
    uint16_t entry_offset; /* from BOOT_STAGE2, real mode */
    uint32_t checksum;     /* makes the sum of all dwords 0 */
    uint32_t reserved;
};

#define MBR_HANDOFF_LBA 1u /* stage 2 was read with INT 13h AH=42h */

/* At BOOT_HANDOFF. */
struct mbr_handoff {
    uint64_t tsc;  /* at the boot sector's first instructions; 0 when the CPU has none */
    uint8_t drive; /* the DL that worked */
    uint8_t flags;
    uint8_t last_error; /* AH of the last failed INT 13h, 0 none */
    uint8_t retries;
    uint8_t heads_minus_1;
    uint8_t sectors_per_track;
    uint16_t reserved;
};
