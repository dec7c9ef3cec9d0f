/* The registers of an ATA channel. Names and numbers: ATA/ATAPI-6 (INCITS 361-2002) §7, §8. */
#pragma once

/* Command block: offsets from 1F0h or 170h (§7.3–7.15). */
#define ATA_DATA     0u
#define ATA_ERROR    1u /* read */
#define ATA_FEATURES 1u /* write */
#define ATA_COUNT    2u
#define ATA_LBA_LOW  3u
#define ATA_LBA_MID  4u
#define ATA_LBA_HIGH 5u
#define ATA_DEVICE   6u
#define ATA_STATUS   7u /* read; reading it also takes back the interrupt */
#define ATA_COMMAND  7u /* write */
/* Control block: 3F6h or 376h. Read: Alternate Status. Write: Device Control. */

/* Status (§7.15). While BSY is set the other bits mean nothing. */
#define ATA_BSY  0x80u
#define ATA_DRDY 0x40u
#define ATA_DF   0x20u
#define ATA_DRQ  0x08u
#define ATA_ERR  0x01u

/* Nobody drives the bus: all ones, or all ones but DD7, which hosts pull down (§4.3). */
#define ATA_FLOATING      0xffu
#define ATA_FLOATING_DD7  0x7fu

/* Error (§7.9), valid when Status has ERR. */
#define ATA_ERROR_ICRC 0x80u
#define ATA_ERROR_UNC  0x40u /* in a write: write protected */
#define ATA_ERROR_MC   0x20u
#define ATA_ERROR_IDNF 0x10u
#define ATA_ERROR_MCR  0x08u
#define ATA_ERROR_ABRT 0x04u
#define ATA_ERROR_NM   0x02u
#define ATA_ERROR_AMNF 0x01u

/* Device (§7.7). Bits 7 and 5 are obsolete and set, as older drives want them. */
#define ATA_DEVICE_OBSOLETE 0xa0u
#define ATA_DEVICE_LBA      0x40u
#define ATA_DEVICE_SLAVE    0x10u

/* Device Control (§7.8). Bit 3 is obsolete and set, as older drives want it. */
#define ATA_CONTROL_OBSOLETE 0x08u
#define ATA_CONTROL_SRST     0x04u
#define ATA_CONTROL_NIEN     0x02u /* no interrupts */

/* LBA mid and high after a reset or a refused IDENTIFY (§9.12): a packet device. */
#define ATA_SIGNATURE_ATAPI 0xeb14u

enum ata_command_code {
    ATA_READ_SECTORS = 0x20,         /* §8.35 */
    ATA_READ_SECTORS_EXT = 0x24,     /* §8.36 */
    ATA_READ_DMA_EXT = 0x25,         /* §8.26 */
    ATA_READ_MULTIPLE_EXT = 0x29,    /* §8.31 */
    ATA_WRITE_SECTORS = 0x30,        /* §8.62 */
    ATA_WRITE_SECTORS_EXT = 0x34,    /* §8.63 */
    ATA_WRITE_DMA_EXT = 0x35,        /* §8.56 */
    ATA_WRITE_MULTIPLE_EXT = 0x39,   /* §8.61 */
    ATA_INITIALIZE_PARAMETERS = 0x91, /* ATA-5 §8.16; needed by drives without LBA */
    ATA_READ_MULTIPLE = 0xc4,        /* §8.30 */
    ATA_WRITE_MULTIPLE = 0xc5,       /* §8.60 */
    ATA_SMART = 0xb0,                /* §8.41 */
    ATA_SET_MULTIPLE = 0xc6,         /* §8.49 */
    ATA_READ_DMA = 0xc8,             /* §8.25 */
    ATA_WRITE_DMA = 0xca,            /* §8.55 */
    ATA_FLUSH_CACHE = 0xe7,          /* §8.12 */
    ATA_FLUSH_CACHE_EXT = 0xea,      /* §8.13 */
    ATA_IDENTIFY = 0xec,             /* §8.15 */
};

#define ATA_SECTOR_BYTES 512u

/* SMART RETURN STATUS (§8.41.8): the features register, and what the LBA registers say to and fro. */
#define ATA_SMART_STATUS 0xdau
#define ATA_SMART_KEY    0xc24fu /* in LBA mid and high; and the answer of a drive that is well */
#define ATA_SMART_FAILS  0x2cf4u /* it has crossed a threshold */
