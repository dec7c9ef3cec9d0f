/*
 * What the boot sector and stage 2 agree on. The NASM side is lib/abi/boot_header.inc: keep both
 * alike (stage2/main.c has the static assertions).
 *
 * Stage 2 begins, at its first sector (LBA 1), with this header. The boot sector reads
 * STAGE2_SECTORS sectors to BOOT_STAGE2, accepts them when all dwords, the magic among them, add up
 * to STAGE2_MAGIC (modulo 2^32; a sum of 0 would accept a blank disk), and jumps to 0000:entry with
 * struct mbr_handoff filled.
 */
#pragma once

#include <stdint.h>

#define STAGE2_MAGIC       0x32545346u /* "FST2" */
#define STAGE2_SECTORS_MAX 127         /* what fits into the boot sector's 64 KiB segment */

struct stage2_header {
    uint32_t magic;
    uint16_t sectors;  /* of 512 bytes, the whole of stage 2 */
    uint16_t entry;    /* real mode; a far pointer together with … */
    uint16_t segment;  /* … its segment, 0 */
    uint16_t reserved;
    uint32_t checksum; /* makes the sum of all dwords STAGE2_MAGIC */
};

#define MBR_BAD_STAGE2                                                                             \
    0xc5u /* in first_error, beside the codes of INT 13h: read, but a wrong sum */

/* At BOOT_HANDOFF, in the order in which the boot sector fills it. */
struct mbr_handoff {
    uint8_t retries;     /* bits 0–4: how many reads failed; the rest is the boot sector's own */
    uint8_t next_drive;  /* the boot sector's own */
    uint8_t first_error; /* AH of the first failed read, or MBR_BAD_STAGE2; 0 none */
    uint8_t bios_drive;  /* DL as the BIOS left it */
    uint8_t function;    /* of INT 13h that read stage 2: 42h by LBA, 02h by CHS */
    uint8_t drive;       /* the DL that worked */
    uint8_t sectors_per_track;
    uint8_t heads_minus_1;
    uint64_t tsc; /* at the boot sector's first instructions; 0 when the CPU has none */
};
