/*
 * What the boot and the drivers found, for the hardware report. Numbers of addresses are hex, sizes decimal:
 *
 *     /proc/memory-map   # e820
 *                        0000000000000000 000000000009fc00 1     base, length, type as the BIOS said it
 *     /proc/display      mode 1280x800x32 pitch 5120 at fd000000 vbe 0140
 *                        preferred 1280x800
 *                        edid 00ffffffffffff00…                  128 bytes, when the monitor has one
 *     /proc/disks        ata0 24772608 rw 1 "QEMU HARDDISK" "QM00001" "primary master, 0x1f0 irq 14"
 *                        name, bytes, rw or ro, how many partitions, model, serial number, where
 */
#include "kernel/fs/machine_file.h"

#include "kernel/core/block/block.h"
#include "kernel/core/boot/boot.h"
#include "kernel/fs/proc.h"

typedef unsigned long long ull;

/* ---- memory -------------------------------------------------------------------------------------- */

static const char *source_name(uint32_t source)
{
    switch (source) {
    case 0xe820:
        return "e820";
    case 0xe801:
        return "e801";
    case 0x88:
        return "int 15h, 88h";
    default:
        return "cmos";
    }
}

static int make_memory_map(struct proc_text *text, void *context)
{
    const struct boot_info *info = boot_info();

    (void)context;
    proc_print(text, "# %s\n", source_name(info->bios_memory_source));
    for (uint32_t i = 0; i < info->bios_memory_count && i < BOOT_MEMORY_RANGES_MAX; i++)
        proc_print(text, "%016llx %016llx %u\n", (ull)info->bios_memory[i].base,
                   (ull)info->bios_memory[i].length, info->bios_memory[i].type);
    return 0;
}

/* ---- the screen ---------------------------------------------------------------------------------- */

static bool has_edid(const struct boot_framebuffer *screen)
{
    uint8_t all = 0;

    for (unsigned i = 0; i < sizeof(screen->edid); i++)
        all |= screen->edid[i];
    return all != 0;
}

static void put_edid(struct proc_text *text, const struct boot_framebuffer *screen)
{
    proc_print(text, "edid ");
    for (unsigned i = 0; i < sizeof(screen->edid); i++)
        proc_print(text, "%02x", screen->edid[i]);
    proc_print(text, "\n");
}

static int make_display(struct proc_text *text, void *context)
{
    const struct boot_framebuffer *screen = &boot_info()->framebuffer;

    (void)context;
    if (screen->phys)
        proc_print(text, "mode %ux%ux%u pitch %u at %llx vbe %04x\n", screen->width, screen->height,
                   screen->bits_per_pixel, screen->pitch, (ull)screen->phys, screen->vbe_mode);
    if (screen->edid_width)
        proc_print(text, "preferred %ux%u\n", screen->edid_width, screen->edid_height);
    if (has_edid(screen))
        put_edid(text, screen);
    return 0;
}

/* ---- disks --------------------------------------------------------------------------------------- */

static unsigned partition_count(const struct disk *disk)
{
    struct mbr mbr;

    return block_known_partitions(disk, &mbr) ? 0 : mbr.count;
}

static int make_disks(struct proc_text *text, void *context)
{
    const struct disk *disk;

    (void)context;
    for (unsigned i = 0; (disk = block_disk(i)); i++)
        proc_print(text, "%s %llu %s %u \"%s\" \"%s\" \"%s\"\n", disk->name, (ull)disk->sectors * 512,
                   disk->read_only ? "ro" : "rw", partition_count(disk), disk->model, disk->serial,
                   disk->where);
    return 0;
}

int machine_files_register(void)
{
    int error = proc_register("memory-map", make_memory_map, NULL);

    if (!error)
        error = proc_register("display", make_display, NULL);
    return error ? error : proc_register("disks", make_disks, NULL);
}
