/*
 * The root in memory: a read-only disk over the chunks that stage 2 has read through the BIOS
 * (struct boot_ramdisk). Physical memory is reached through the physical map. No locks: nothing
 * changes after ramdisk_init.
 */
#include "kernel/core/block/block.h"

#include "kernel/arch/arch.h"
#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

#define SECTOR_BYTES 512u

static const struct boot_ramdisk *ramdisk;
static struct disk disk;

/* A chunk; empty for one of zeros. */
static struct span chunk_at(uint64_t index)
{
    struct span table = span_of(phys_to_virt(ramdisk->table_phys), 8 * (size_t)ramdisk->chunks);
    uint64_t phys = span_rd64(table, 8 * index);

    return phys ? span_of(phys_to_virt(phys), ramdisk->chunk_bytes) : (struct span){0};
}

/* The driver interface has checked nothing: the block layer has, and it is checked here once more.
 */
static int ramdisk_read(struct disk *self, uint64_t lba, uint32_t count, void *to)
{
    struct room out = room_of(to, (size_t)count * SECTOR_BYTES);

    if (lba > self->sectors || count > self->sectors - lba)
        return -EINVAL;
    uint64_t offset = lba * SECTOR_BYTES, left = (uint64_t)count * SECTOR_BYTES;
    while (left > 0) {
        uint64_t inside = offset % ramdisk->chunk_bytes;
        uint64_t size = ramdisk->chunk_bytes - inside;
        if (size > left)
            size = left;
        struct span chunk = chunk_at(offset / ramdisk->chunk_bytes);
        if (chunk.size > 0)
            span_copy(out.chars, span_part(chunk, inside, size));
        else
            memset(out.chars, 0, size);
        out = room_from(out, size);
        offset += size;
        left -= size;
    }
    return 0;
}

static const struct disk_operations operations = {.read = ramdisk_read};

static bool is_sound(const struct boot_ramdisk *boot)
{
    if (boot->table_phys == 0 || boot->bytes == 0 || boot->bytes % SECTOR_BYTES != 0)
        return false;
    if (boot->chunk_bytes == 0 || boot->chunk_bytes % SECTOR_BYTES != 0)
        return false;
    return boot->chunks == (boot->bytes - 1) / boot->chunk_bytes + 1;
}

int ramdisk_init(const struct boot_ramdisk *boot)
{
    if (!is_sound(boot))
        return -EINVAL;
    ramdisk = boot;
    disk = (struct disk){.operations = &operations,
                         .sectors = boot->bytes / SECTOR_BYTES,
                         .read_only = true};
    (void)strlcpy(disk.model, "memory", sizeof(disk.model));
    (void)strlcpy(disk.where, "read by stage 2", sizeof(disk.where));
    return ddi_disk_register(&disk, "ram");
}
