/*
 * The partition becomes a table of 64 KiB chunks. First it is counted which chunks hold used
 * blocks; when these fit into memory they are read, neighbours in one go; all others are address 0,
 * zeros.
 */
#include "stage2/ramdisk.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/cmdline.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "stage2/ahci.h"
#include "stage2/ata.h"
#include "stage2/console.h"
#include "stage2/disk.h"
#include "stage2/memory.h"
#include "stage2/stage2.h"
#include "stage2/volume.h"

#define CHUNK_BYTES     0x10000u
#define CHUNK_SECTORS   (CHUNK_BYTES / SECTOR_BYTES)
#define RUN_MAX         16         /* chunks read at once: 1 MiB between two looks at the bar */
#define CHUNKS_MAX      (1u << 20) /* a partition of 64 GiB */
#define LEFT_FOR_KERNEL (4u << 20)
#define BAR_WIDTH       40

#define WANTED 1ull /* a chunk to be read, before it has its address */

static struct boot_ramdisk *const ramdisk = &boot_info.ramdisk;

static void why_not(const char *format, ...) format_like(1, 2);
static void why_not(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(ramdisk->reason, sizeof(ramdisk->reason), format, args);
    va_end(args);
    say("root stays on the disk: %s", ramdisk->reason);
}

static bool is_driven(const char *cmdline, const char *driver)
{
    char placement[8];

    return cmdline_get(cmdline, driver, placement, sizeof(placement)) || strcmp(placement, "off");
}

static bool wanted(const char *cmdline)
{
    char root[16];

    if (!cmdline_get(cmdline, "root", root, sizeof(root))) {
        if (!strcmp(root, "ram")) {
            strlcpy(ramdisk->reason, "root=ram on the command line", sizeof(ramdisk->reason));
            return true;
        }
        if (!strcmp(root, "disk"))
            return false;
        say("root=%s: not ram or disk", root);
    }
    if (!(boot_info.disk.flags & BOOT_DISK_ATA)) {
        snprintf(ramdisk->reason, sizeof(ramdisk->reason), "no driver for a disk on %.8s",
                 boot_info.disk.edd + 40);
        return true;
    }
    if (disk_is_direct() || ata_find(volume_first_sector))
        return false;
    boot_info.disk.flags &= (uint16_t)~BOOT_DISK_ATA;
    if (is_driven(cmdline, "drv.ahci") && ahci_find(volume_first_sector)) {
        boot_info.disk.flags |= BOOT_DISK_AHCI;
        return false;
    }
    strlcpy(ramdisk->reason, "the disk is neither at ATA's ports nor at AHCI's",
            sizeof(ramdisk->reason));
    return true;
}

static int mark_used(uint64_t *table, uint32_t *used_count)
{
    uint64_t sectors = boot_info.disk.partition_sectors;

    *used_count = 0;
    for (uint32_t i = 0; i < ramdisk->chunks; i++) {
        uint64_t first = (uint64_t)i * CHUNK_SECTORS;
        uint64_t count = sectors - first < CHUNK_SECTORS ? sectors - first : CHUNK_SECTORS;
        int used;
        int error = ext2_sectors_used(&volume, first, count, &used);
        if (error)
            return error;
        table[i] = used ? WANTED : 0;
        *used_count += used != 0;
    }
    return 0;
}

static uint32_t run_from(const uint64_t *table, uint32_t first)
{
    uint32_t run = 1;

    while (run < RUN_MAX && first + run < ramdisk->chunks && table[first + run] == WANTED)
        run++;
    return run;
}

static void show_progress(uint32_t done, uint32_t all)
{
    static uint32_t shown;
    char bar[BAR_WIDTH + 1];
    uint32_t full = (uint32_t)((uint64_t)done * BAR_WIDTH / all);

    if (done && full == shown)
        return;
    shown = full;
    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', full);
    bar[BAR_WIDTH] = 0;
    console_printf("\rroot to memory [%s] %3u %%", bar, (uint32_t)((uint64_t)done * 100 / all));
}

/* Take memory for up to *run chunks in one piece and read them. */
static int read_run(uint64_t *table, uint32_t first, uint32_t *run)
{
    uint64_t at, sector = (uint64_t)first * CHUNK_SECTORS;

    while (memory_take((uint64_t)*run * CHUNK_BYTES, BOOT_MEMORY_RAMDISK, &at)) {
        if (*run == 1)
            return -ENOMEM;
        *run /= 2;
    }
    for (uint32_t i = 0; i < *run; i++)
        table[first + i] = at + (uint64_t)i * CHUNK_BYTES;
    uint64_t left = boot_info.disk.partition_sectors - sector;
    uint32_t count = *run * CHUNK_SECTORS;
    if (left < count) { /* behind the partition's end: zeros */
        memset(memory_at(at + left * SECTOR_BYTES), 0, (count - left) * SECTOR_BYTES);
        count = (uint32_t)left;
    }
    return disk_read(boot_info.disk.partition_start_lba + sector, count, memory_at(at));
}

static int read_chunks(uint64_t *table, uint32_t used_count)
{
    uint32_t done = 0;

    for (uint32_t i = 0; i < ramdisk->chunks;) {
        if (!table[i]) {
            i++;
            continue;
        }
        uint32_t run = run_from(table, i);
        int error = read_run(table, i, &run);
        if (error) {
            console_write("\n");
            return error;
        }
        i += run;
        done += run;
        show_progress(done, used_count);
    }
    console_write("\n");
    return 0;
}

static void give_back(uint64_t *table, uint64_t table_bytes)
{
    for (uint32_t i = 0; i < ramdisk->chunks; i++) {
        if (table[i] > WANTED)
            memory_give_back(table[i], CHUNK_BYTES);
    }
    memory_give_back(ramdisk->table_phys, table_bytes);
    ramdisk->table_phys = 0;
    ramdisk->chunks = 0;
}

static bool enough_memory(uint32_t used_count)
{
    uint64_t need = (uint64_t)used_count * CHUNK_BYTES + LEFT_FOR_KERNEL;
    uint64_t have = memmap_total(&memory, BOOT_MEMORY_USABLE);

    if (need <= have)
        return true;
    why_not("it needs %llu MiB of memory, %llu are free", (unsigned long long)(need >> 20),
            (unsigned long long)(have >> 20));
    return false;
}

static bool fill(uint64_t *table)
{
    uint32_t used_count;

    int error = mark_used(table, &used_count);
    if (error) {
        why_not("its block bitmaps: %s", volume_why(error));
        return false;
    }
    if (!enough_memory(used_count))
        return false;
    show_progress(0, used_count);
    error = read_chunks(table, used_count);
    if (error)
        why_not("%s", error == -ENOMEM ? "memory is used up" : volume_why(error));
    return !error;
}

void ramdisk_load(const char *cmdline)
{
    if (!wanted(cmdline))
        return;
    uint64_t sectors = boot_info.disk.partition_sectors;
    uint64_t chunks = (sectors + CHUNK_SECTORS - 1) / CHUNK_SECTORS;
    if (chunks > CHUNKS_MAX) {
        why_not("the partition has %llu MiB, at most 65536 can be",
                (unsigned long long)(sectors >> 11));
        return;
    }
    uint64_t table_bytes = chunks * sizeof(uint64_t);
    if (memory_take(table_bytes, BOOT_MEMORY_RAMDISK, &ramdisk->table_phys)) {
        why_not("no memory for its table of %llu KiB", (unsigned long long)(table_bytes >> 10));
        return;
    }
    step("ramdisk");
    ramdisk->chunks = (uint32_t)chunks;
    ramdisk->chunk_bytes = CHUNK_BYTES;
    ramdisk->bytes = sectors * SECTOR_BYTES;
    uint64_t *table = memory_at(ramdisk->table_phys);
    if (!fill(table)) {
        give_back(table, table_bytes);
        return;
    }
    boot_info.disk.flags |= BOOT_DISK_RAM;
    stamp("ramdisk");
}
