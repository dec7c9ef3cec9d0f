/* The registers and structures of an AHCI controller. Names and numbers: Serial ATA AHCI 1.3.1
   (Intel), §3 registers, §4 structures in memory; commands of the drives: ATA8-ACS. */
#pragma once

/* Generic Host Control (§3.1). */
#define AHCI_CAP  0x00u
#define AHCI_GHC  0x04u
#define AHCI_IS   0x08u
#define AHCI_PI   0x0cu
#define AHCI_VS   0x10u
#define AHCI_CAP2 0x24u
#define AHCI_BOHC 0x28u

#define AHCI_CAP_SLOTS(cap) (((cap) >> 8 & 31u) + 1)
#define AHCI_CAP_SCLO (1u << 24) /* command list override */
#define AHCI_CAP_SSS  (1u << 27) /* drives spin up one by one */
#define AHCI_CAP_SNCQ (1u << 30)
#define AHCI_CAP_S64A (1u << 31)
#define AHCI_CAP2_BOH (1u << 0)

#define AHCI_GHC_HR (1u << 0)
#define AHCI_GHC_IE (1u << 1)
#define AHCI_GHC_AE (1u << 31)

#define AHCI_BOHC_BOS (1u << 0) /* the BIOS owns it */
#define AHCI_BOHC_OOS (1u << 1)
#define AHCI_BOHC_BB  (1u << 4) /* the BIOS is busy */

/* Port registers (§3.3), from 100h on, 80h for each. The first four, of the tables, are the kernel's. */
#define AHCI_PORTS      32u
#define AHCI_PORT(n)    (0x100u + 0x80u * (n))
#define AHCI_PORT_BYTES 0x80u
#define AHCI_PXIS 0x10u
#define AHCI_PXIE 0x14u
#define AHCI_CMD  0x18u
#define AHCI_TFD  0x20u
#define AHCI_SIG  0x24u
#define AHCI_SSTS 0x28u
#define AHCI_SCTL 0x2cu
#define AHCI_SERR 0x30u
#define AHCI_SACT 0x34u
#define AHCI_CI   0x38u

#define AHCI_CMD_ST  (1u << 0)
#define AHCI_CMD_SUD (1u << 1)
#define AHCI_CMD_POD (1u << 2)
#define AHCI_CMD_CLO (1u << 3)
#define AHCI_CMD_FRE (1u << 4)
#define AHCI_CMD_FR  (1u << 14)
#define AHCI_CMD_CR  (1u << 15)
#define AHCI_CMD_ICC (15u << 28)
#define AHCI_CMD_ICC_ACTIVE (1u << 28)

/* Interrupts of a port (§3.3.5). */
#define AHCI_INT_DHRS (1u << 0) /* the drive has sent its registers */
#define AHCI_INT_PSS  (1u << 1)
#define AHCI_INT_DSS  (1u << 2)
#define AHCI_INT_SDBS (1u << 3) /* NCQ commands are done */
#define AHCI_INT_IFS  (1u << 27)
#define AHCI_INT_HBDS (1u << 28)
#define AHCI_INT_HBFS (1u << 29)
#define AHCI_INT_TFES (1u << 30)
#define AHCI_INT_FATAL (AHCI_INT_IFS | AHCI_INT_HBDS | AHCI_INT_HBFS | AHCI_INT_TFES)
#define AHCI_INT_ALL (AHCI_INT_DHRS | AHCI_INT_PSS | AHCI_INT_DSS | AHCI_INT_SDBS | AHCI_INT_FATAL)

#define AHCI_DET          15u /* of SSTS and SCTL */
#define AHCI_DET_PRESENT  1u  /* a drive, no communication yet */
#define AHCI_DET_LINKED   3u
#define AHCI_DET_RESET    1u     /* SCTL: COMRESET for as long as that is there */
#define AHCI_SCTL_AWAKE   0x300u /* the link goes to no power-saving state */

/* SERR: the drive was exchanged, or its link was gone for a moment. */
#define AHCI_SERR_CHANGED (1u << 26 | 1u << 16)

#define AHCI_SIG_DISK     0x00000101u
#define AHCI_SIG_PACKET   0xeb140101u
#define AHCI_SIG_PORTS    0x96690101u /* a port multiplier */
#define AHCI_SIG_NONE     0xffffffffu

/* Task file: ATA status and error (§3.3.8). */
#define AHCI_STATUS_BSY 0x80u
#define AHCI_STATUS_DF  0x20u
#define AHCI_STATUS_DRQ 0x08u
#define AHCI_STATUS_ERR 0x01u
#define AHCI_ERROR_ICRC 0x80u
#define AHCI_ERROR_UNC  0x40u /* in a write: write protected */
#define AHCI_ERROR_IDNF 0x10u
#define AHCI_ERROR_ABRT 0x04u

/* A FIS that carries a command (Serial ATA 2.6 §10.3.4). */
#define AHCI_FIS_REGISTERS 0x27u
#define AHCI_FIS_COMMAND   0x80u
#define AHCI_DEVICE_LBA    0x40u

enum ahci_command_code {
    AHCI_READ_DMA_EXT = 0x25,
    AHCI_READ_LOG_EXT = 0x2f,
    AHCI_SMART = 0xb0,
    AHCI_WRITE_DMA_EXT = 0x35,
    AHCI_READ_QUEUED = 0x60, /* READ FPDMA QUEUED */
    AHCI_WRITE_QUEUED = 0x61,
    AHCI_READ_DMA = 0xc8,
    AHCI_WRITE_DMA = 0xca,
    AHCI_FLUSH_CACHE = 0xe7,
    AHCI_FLUSH_CACHE_EXT = 0xea,
    AHCI_IDENTIFY = 0xec,
};
#define AHCI_LOG_QUEUE 0x10u /* the error that ended NCQ commands */

#define AHCI_SECTOR_BYTES 512u

/* SMART RETURN STATUS (ATA8-ACS §7.48.8), as in drivers/disk/ata/registers.h. */
#define AHCI_SMART_STATUS 0xdau
#define AHCI_SMART_KEY    0xc24fu
#define AHCI_SMART_FAILS  0x2cf4u
/* Where the port puts the registers that a drive sends (§4.2.1), and in there LBA mid and high. */
#define AHCI_RECEIVED_REGISTERS 0x40u
#define AHCI_FIS_LBA_MID        5u
#define AHCI_FIS_LBA_HIGH       6u
