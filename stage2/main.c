/*
 * stage2_main: from the first 64-bit instruction to the kernel's. Called once by long_mode.asm with
 * interrupts off, the first 4 GiB identity-mapped, 12 KiB of stack. docs/20-stage-2.md goes with
 * it.
 */
#include <stdbool.h>
#include <stddef.h>

#include "lib/abi/boot_header.h"
#include "lib/cmdline.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "stage2/choice.h"
#include "stage2/console.h"
#include "stage2/cpu.h"
#include "stage2/disk.h"
#include "stage2/exceptions.h"
#include "stage2/handover.h"
#include "stage2/kernel_file.h"
#include "stage2/memory.h"
#include "stage2/paging.h"
#include "stage2/ramdisk.h"
#include "stage2/stage2.h"
#include "stage2/video.h"
#include "stage2/volume.h"

_Static_assert(STAGE2_MAGIC == 0x32545346, "as boot_header.inc has it");
_Static_assert(sizeof(struct stage2_header) == 16, "as boot_header.inc has it");
_Static_assert(offsetof(struct stage2_header, entry) == 6, "as boot_header.inc has it");
_Static_assert(sizeof(struct mbr_handoff) == 16, "as boot_header.inc has it");
_Static_assert(offsetof(struct mbr_handoff, drive) == 5, "as boot_header.inc has it");

struct boot_info boot_info;

extern const struct mbr_handoff handoff; /* BOOT_HANDOFF */
extern const uint64_t stage2_tsc;        /* entry.asm */
void stage2_main(void);

static void stamp_at(const char *name, uint64_t tsc)
{
    if (boot_info.stamp_count == BOOT_STAMPS_MAX)
        return;
    struct boot_stamp *stamp = &boot_info.stamps[boot_info.stamp_count++];
    stamp->tsc = tsc;
    strlcpy(stamp->name, name, sizeof(stamp->name));
}

void stamp(const char *name)
{
    stamp_at(name, rdtsc());
}

static void boot_info_begin(void)
{
    boot_info.magic = BOOT_INFO_MAGIC;
    boot_info.version = BOOT_INFO_VERSION;
    boot_info.size = sizeof(boot_info);
    strlcpy(boot_info.bootloader, "FastOS stage 2, 1.0", sizeof(boot_info.bootloader));
    stamp_at("mbr", handoff.tsc);
    stamp_at("stage2", stage2_tsc);
    stamp("long mode");
}

static void apply_memory_limit(const char *cmdline)
{
    char text[24];
    uint64_t bytes;

    if (cmdline_get(cmdline, "mem", text, sizeof(text)) == -ENOENT)
        return;
    if (parse_size(text, &bytes))
        say("mem=%s: not a size like 64M", text);
    else
        memory_limit(bytes);
}

static bool slide_wanted(const char *cmdline)
{
    char text[8];

    return cmdline_get(cmdline, "kaslr", text, sizeof(text)) || strcmp(text, "off");
}

/* What follows is read at ATA's own ports: asked for once, unless the user will not have it. */
static void choose_way_to_disk(const char *cmdline)
{
    static bool asked;
    char text[8];

    if (cmdline_has(cmdline, "safe") ||
        (!cmdline_get(cmdline, "disk", text, sizeof(text)) && !strcmp(text, "bios"))) {
        disk_through_bios();
        return;
    }
    if (!asked)
        disk_direct(volume_first_sector);
    asked = true;
    if (disk_is_direct())
        step("ata");
}

static int load_chosen(const struct choice *choice, struct kernel *kernel)
{
    choose_way_to_disk(choice->cmdline);
    return kernel_load(choice->kernel, slide_wanted(choice->cmdline), kernel);
}

static void load_kernel(struct choice *choice, struct kernel *kernel)
{
    while (load_chosen(choice, kernel))
        choice_ask(choice);
    strlcpy(boot_info.cmdline, choice->cmdline, sizeof(boot_info.cmdline));
    stamp("kernel loaded");
}

void stage2_main(void)
{
    static struct choice choice;
    static struct kernel kernel;

    console_init();
    exceptions_init();
    boot_info_begin();

    step("e820"); /* what memory there is */
    memory_detect();
    stamp("e820");

    step("disk"); /* the drive, its geometry, how it is attached */
    disk_init();

    step("ext2"); /* the active partition */
    volume_mount();
    stamp("ext2");

    step("config"); /* boot.cfg, saved settings, menu, fw_cfg */
    choice_make(&choice);
    apply_memory_limit(choice.cmdline);
    stamp("config");

    step("vbe"); /* which video modes; nothing is switched yet */
    video_query(choice.cmdline);
    stamp("vbe");

    step("kernel"); /* read, check, relocate */
    load_kernel(&choice, &kernel);
    ramdisk_load(boot_info.cmdline);

    step("pages"); /* the kernel's virtual map */
    paging_build(&kernel, video_bytes_max());

    step("video"); /* last, because messages end here */
    video_set();
    paging_map_framebuffer();
    memory_publish();
    stamp("video");
    handover();
}
