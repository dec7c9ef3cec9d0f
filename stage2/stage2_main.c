/*
 * stage2_main: from the first 64-bit instruction to the kernel's. Called once by long_mode.asm with
 * interrupts off, the first 4 GiB identity-mapped, 15 KiB of stack. docs/20-stage-2.md goes with it.
 */
#include <stddef.h>

#include "lib/abi/boot_header.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "stage2/console.h"
#include "stage2/cpu.h"
#include "stage2/disk.h"
#include "stage2/exceptions.h"
#include "stage2/handover.h"
#include "stage2/kernel_file.h"
#include "stage2/memory.h"
#include "stage2/page_tables.h"
#include "stage2/stage2.h"
#include "stage2/volume.h"

_Static_assert(STAGE2_MAGIC == 0x32545346, "as boot_header.inc has it");
_Static_assert(sizeof(struct stage2_header) == 16, "as boot_header.inc has it");
_Static_assert(offsetof(struct stage2_header, entry_offset) == 6, "as boot_header.inc has it");
_Static_assert(sizeof(struct mbr_handoff) == 16, "as boot_header.inc has it");
_Static_assert(offsetof(struct mbr_handoff, drive) == 8, "as boot_header.inc has it");

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

void stage2_main(void)
{
    struct kernel kernel;

    console_init();
    exceptions_init();
    boot_info_begin();

    step("e820");
    memory_detect();
    stamp("e820");

    step("disk");
    disk_init();
    stamp("disk");

    step("ext2");
    volume_mount();
    stamp("ext2");

    if (kernel_load("/boot/kernel.elf", true, &kernel))
        fail("there is no kernel to start");
    stamp("kernel loaded");

    step("pages");
    struct cpu_features features = cpu_features();
    struct page_tables tables = {
        .nx = features.nx, .pages_1g = features.pages_1g, .pat = features.pat
    };
    tables.pages = page_tables_bound(&memory, tables.pages_1g, kernel.image.memory_bytes, 0);
    if (memory_take(tables.pages * PAGE_BYTES, BOOT_MEMORY_PAGE_TABLES, &tables.phys))
        fail("not enough memory for page tables");
    tables.arena = memory_at(tables.phys);
    int error = page_tables_init(&tables);
    if (!error)
        error = page_tables_physical_map(&tables, &memory);
    if (!error)
        error = page_tables_kernel(&tables, &kernel.image, kernel.phys, kernel.virt);
    if (!error)
        error = page_tables_low_identity(&tables);
    if (error)
        fail("page tables: %s", error_text(error));
    boot_info.page_table_phys = tables.phys;
    boot_info.framebuffer.has_vga_text = 1;
    memory_publish();
    handover();
}
