/*
 * What stage 2 leaves to the kernel: one versioned structure, in memory that the map calls
 * BOOT_MEMORY_LOADER. Stage 2 fills it, kernel/main.c checks it in step 1 (boot_info_check), and
 * everything else reads the kernel's own copy. All addresses in it are physical unless named virt.
 *
 * Entry state of the kernel: 64-bit mode, paging on with the map of docs/30-long-mode.md,
 * interrupts off, PIC and NMI masked, RDI = virtual address (in the physical map) of struct
 * boot_info.
 */
#pragma once

#include <stdint.h>

#define BOOT_INFO_MAGIC   0x4f464e49544f4f42ull /* "BOOTINFO", little-endian */
#define BOOT_INFO_VERSION 1

#define BOOT_MEMORY_RANGES_MAX 160
#define BOOT_STAMPS_MAX        32
#define BOOT_CMDLINE_MAX       512

/* The virtual map that stage 2 builds and the kernel keeps. */
#define VIRT_PHYSICAL_MAP                                                                          \
    0xffff800000000000ull /* PML4[256]: all physical memory, never executable */
#define VIRT_HEAP         0xfffffe0000000000ull /* PML4[508]: heap, stacks with guard pages */
#define VIRT_DEVICES      0xfffffe8000000000ull /* PML4[509]: framebuffer (WC), APIC, AHCI (UC) */
#define VIRT_KERNEL       0xffffff0000000000ull /* PML4[510]: the image, at a random 2 MiB step */
#define VIRT_RECURSIVE    0xffffff8000000000ull /* PML4[511] */
#define VIRT_FRAMEBUFFER  VIRT_DEVICES          /* where stage 2 maps the linear framebuffer */

enum boot_memory_type {
    /* As E820 names them (ACPI 6.4 table 15.4); whatever else a BIOS reports counts as reserved. */
    BOOT_MEMORY_USABLE = 1,
    BOOT_MEMORY_RESERVED = 2,
    BOOT_MEMORY_ACPI = 3, /* tables; usable once read */
    BOOT_MEMORY_ACPI_NVS = 4,
    BOOT_MEMORY_BAD = 5,
    /* Ours. */
    BOOT_MEMORY_LOADER =
        16, /* stage 2, boot_info, first megabyte: free once the kernel has copied */
    BOOT_MEMORY_PAGE_TABLES = 17,
    BOOT_MEMORY_KERNEL = 18,
    BOOT_MEMORY_RAMDISK = 19,
    BOOT_MEMORY_FRAMEBUFFER = 20,
};

struct boot_memory_range {
    uint64_t base;   /* bytes */
    uint64_t length; /* bytes, never 0 */
    uint32_t type;   /* enum boot_memory_type */
    uint32_t attributes; /* E820's third dword, 1 when the BIOS gave none */
};

struct boot_colour {
    uint8_t position; /* of the lowest bit */
    uint8_t bits;
};

struct boot_framebuffer {
    uint64_t phys; /* 0: there is none, the console is VGA text (has_vga_text) or serial alone */
    uint64_t virt; /* mapped write-combining where the CPU can; 0 when phys is */
    uint32_t width, height; /* pixels */
    uint32_t pitch;         /* bytes from one line to the next */
    uint16_t vbe_mode;
    uint8_t bits_per_pixel; /* 15, 16, 24 or 32 */
    uint8_t has_vga_text;   /* 80×25 text at B8000h works */
    struct boot_colour red, green, blue;
    uint32_t edid_width, edid_height; /* preferred mode of the monitor, 0 unknown */
    uint8_t edid[128];                /* all 0 unknown */
};

/* Flags of struct boot_disk. */
#define BOOT_DISK_LBA   1u /* INT 13h extensions were used */
#define BOOT_DISK_EDD   2u /* edd[] holds the answer of INT 13h AH=48h */
#define BOOT_DISK_ATA   4u /* EDD names ATA or SATA, or names nothing (so try) */
#define BOOT_DISK_RAM   8u /* the root is struct boot_ramdisk */
#define BOOT_DISK_AHCI 16u /* its sector 0 was read at an AHCI port */

struct boot_disk {
    uint8_t bios_drive; /* DL that worked */
    uint8_t partition;  /* 1–4 in the MBR */
    uint16_t flags;
    uint32_t mbr_signature;       /* the dword at 1B8h: the kernel finds its disk by it */
    uint64_t partition_start_lba; /* sectors of 512 bytes */
    uint64_t partition_sectors;
    uint32_t cylinders, heads, sectors_per_track; /* INT 13h AH=08h; 0 unknown */
    uint32_t reserved;
    uint8_t edd[80]; /* RBIL table 00273; first word its length */
};

/* The used blocks of the root partition in memory: table_phys points to `chunks` addresses of
   chunk_bytes each, in the partition's order; address 0 stands for a chunk of zeros. */
struct boot_ramdisk {
    uint64_t table_phys;
    uint64_t bytes; /* size of the partition */
    uint32_t chunks;
    uint32_t chunk_bytes;
    char reason[64]; /* why the root is in memory, or why it is not though it should be */
};

struct boot_kernel {
    uint64_t phys, virt; /* where the image lies; virt - VIRT_KERNEL is a multiple of 2 MiB */
    uint64_t bytes;
    uint64_t entry_virt;
    uint32_t crc32c; /* of kernel.elf as it was read */
    uint32_t file_bytes;
};

struct boot_stamp {
    uint64_t tsc;
    char name[24]; /* "mbr", "stage2", "e820", "vbe", "kernel loaded", … */
};

struct boot_info {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* sizeof(struct boot_info) */

    uint32_t memory_count;
    uint32_t stamp_count;
    struct boot_memory_range memory[BOOT_MEMORY_RANGES_MAX]; /* sorted, disjoint */
    struct boot_memory_range bios_memory[BOOT_MEMORY_RANGES_MAX]; /* as the BIOS said it */
    uint32_t bios_memory_count;
    uint32_t bios_memory_source; /* 0xE820, 0xE801, 0x88, 0x17 (CMOS) */

    struct boot_framebuffer framebuffer;
    struct boot_disk disk;
    struct boot_ramdisk ramdisk;
    struct boot_kernel kernel;
    struct boot_stamp stamps[BOOT_STAMPS_MAX];

    uint64_t page_table_phys; /* CR3 */
    uint64_t rsdp_phys;       /* 0: the kernel looks for it */
    char cmdline[BOOT_CMDLINE_MAX];  /* NUL-terminated; what boot.cfg, menu and fw_cfg add up to */
    char bootloader[32];             /* "FastOS stage 2, 1.0" */
};
