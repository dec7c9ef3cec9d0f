/*
 * A kernel that only looks at what stage 2 left to it: a static PIE with relative relocations, all
 * segment kinds, and no driver. It says what it found on COM1 and leaves through isa-debug-exit
 * (port F4h): 0x31 when all is well, 0x32 when something is not.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/memmap.h"
#include "lib/printf.h"
#include "lib/string.h"

#define COM1   0x3f8
#define PASSED 0x18 /* isa-debug-exit: status = value * 2 + 1 */
#define FAILED 0x19

_Noreturn void kernel_test(const struct boot_info *boot);

static bool failed;

static void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t inb(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static void say(const char *format, ...)
{
    static char line[600];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    for (const char *s = line; *s; s++) {
        while (!(inb(COM1 + 5) & 0x20))
            ;
        outb(COM1, (uint8_t)*s);
    }
}

static void expect(bool condition, const char *what)
{
    if (condition)
        return;
    say("WRONG: %s\n", what);
    failed = true;
}

/* ---- what a loader can get wrong ------------------------------------------------------------- */

static int data_word = 0x1234;
static char bss[20000];
static int *const relocated_constant =
    &data_word; /* a RELATIVE relocation in a read-only segment */
static int *volatile relocated = &data_word;

static void check_image(const struct boot_info *boot)
{
    uint64_t here = (uint64_t)(void *)kernel_test;

    expect(relocated == &data_word && *relocated == 0x1234, "a relocated pointer in .data");
    expect(*(int *const volatile *)&relocated_constant == &data_word,
           "a relocated constant pointer");
    for (uint32_t i = 0; i < sizeof(bss); i++)
        expect(((volatile char *)bss)[i] == 0, "an empty .bss");
    expect(here >= boot->kernel.virt && here < boot->kernel.virt + boot->kernel.bytes,
           "the image runs where boot_info says");
    expect((boot->kernel.virt - VIRT_KERNEL) % 0x200000 == 0, "a slide of whole 2 MiB");
}

static void check_memory(const struct boot_info *boot)
{
    static struct memmap map;
    uint64_t end = 0;

    map.count = boot->memory_count;
    memcpy(map.ranges, boot->memory, boot->memory_count * sizeof(map.ranges[0]));
    for (uint32_t i = 0; i < map.count; i++) {
        const struct boot_memory_range *r = &map.ranges[i];
        expect(r->length != 0 && r->base >= end, "a sorted, disjoint memory map");
        end = r->base + r->length;
        say("  %016llx %016llx %s\n", (unsigned long long)r->base, (unsigned long long)r->length,
            memory_type_name(r->type));
    }
    expect(memmap_is(&map, boot->kernel.phys, boot->kernel.bytes, BOOT_MEMORY_KERNEL),
           "the kernel's memory marked as such");
    expect(memmap_is(&map, boot->page_table_phys, 4096, BOOT_MEMORY_PAGE_TABLES),
           "the page tables' memory marked as such");
}

static const uint64_t *entry_of(uint64_t virt, int *level)
{
    static const uint64_t bases[] = {0xfffffffffffff000, 0xffffffffffe00000, 0xffffffffc0000000,
                                     0xffffff8000000000};

    for (*level = 4; *level >= 1; (*level)--) {
        const uint64_t *e = (const uint64_t *)(bases[4 - *level] | ((virt & 0xffffffffffff) >>
                                                                    (12 + 9 * (*level - 1)) << 3));
        if (*level == 1 || !(*e & 1) || (*level < 4 && (*e & 0x80)))
            return e;
    }
    return 0;
}

static void check_tables(const struct boot_info *boot)
{
    int level;
    const uint64_t *entry = entry_of((uint64_t)(void *)kernel_test, &level);

    expect(level == 1 && (*entry & 3) == 1, "code in 4 KiB pages, read-only");
    entry = entry_of((uint64_t)&data_word, &level);
    expect(level == 1 && (*entry & 3) == 3, "data in 4 KiB pages, writable");
    uint64_t nx = *entry >> 63;
    entry = entry_of((uint64_t)boot, &level);
    expect((*entry & 3) == 3 && *entry >> 63 == nx, "boot_info in the physical map");
    for (uint32_t i = 0; i < boot->memory_count; i++) {
        const struct boot_memory_range *r = &boot->memory[i];
        if (r->base < 0x100000)
            continue;
        bool ram = r->type != BOOT_MEMORY_RESERVED && r->type != BOOT_MEMORY_BAD &&
                   r->type != BOOT_MEMORY_FRAMEBUFFER;
        entry = entry_of(VIRT_PHYSICAL_MAP + r->base, &level);
        expect((*entry & 1) == ram, "RAM, and only RAM, in the physical map (first page)");
        entry = entry_of(VIRT_PHYSICAL_MAP + r->base + r->length - 1, &level);
        expect((*entry & 1) == ram, "RAM, and only RAM, in the physical map (last page)");
    }
    say("nx=%d\n", (int)nx);
}

static void check_framebuffer(const struct boot_framebuffer *fb)
{
    say("framebuffer %llx %ux%ux%u pitch %u mode %x text %u edid %ux%u\n",
        (unsigned long long)fb->phys, fb->width, fb->height, fb->bits_per_pixel, fb->pitch,
        fb->vbe_mode, fb->has_vga_text, fb->edid_width, fb->edid_height);
    if (!fb->phys)
        return;
    for (uint32_t y = 0; y < fb->height; y++) {
        volatile uint8_t *line = (volatile uint8_t *)fb->virt + (uint64_t)y * fb->pitch;
        line[0] = 0x55;
        line[fb->width * ((fb->bits_per_pixel + 7) / 8) - 1] = 0xaa;
    }
    expect(*(volatile uint8_t *)fb->virt == 0x55, "a framebuffer that keeps what is written");
}

static void check_ramdisk(const struct boot_info *boot)
{
    const struct boot_ramdisk *ramdisk = &boot->ramdisk;
    uint64_t start = VIRT_PHYSICAL_MAP + ramdisk->table_phys;

    if (ramdisk->reason[0])
        say("ramdisk: %s\n", ramdisk->reason);
    if (!(boot->disk.flags & BOOT_DISK_RAM))
        return;
    say("ramdisk: %llu bytes in %u chunks of %u\n", (unsigned long long)ramdisk->bytes,
        ramdisk->chunks, ramdisk->chunk_bytes);
    uint64_t first = ((const uint64_t *)start)[0];
    expect(first != 0, "a first chunk");
    expect(*(const uint16_t *)(VIRT_PHYSICAL_MAP + first + 1024 + 56) == 0xef53,
           "an ext2 superblock in the ramdisk");
}

_Noreturn void kernel_test(const struct boot_info *boot)
{
    say("\ntest kernel: boot_info at %llx\n", (unsigned long long)(uint64_t)boot);
    expect(boot->magic == BOOT_INFO_MAGIC, "the magic number");
    expect(boot->version == BOOT_INFO_VERSION && boot->size == sizeof(*boot), "version and size");
    say("kernel %llx -> %llx, %llu bytes, crc %08x\n", (unsigned long long)boot->kernel.phys,
        (unsigned long long)boot->kernel.virt, (unsigned long long)boot->kernel.bytes,
        boot->kernel.crc32c);
    say("disk %02x partition %u at %llu, flags %x, signature %08x, CHS %u %u %u\n",
        boot->disk.bios_drive, boot->disk.partition,
        (unsigned long long)boot->disk.partition_start_lba, boot->disk.flags,
        boot->disk.mbr_signature, boot->disk.cylinders, boot->disk.heads,
        boot->disk.sectors_per_track);
    say("edd");
    for (uint32_t i = 0; i < sizeof(boot->disk.edd); i++)
        say(" %02x", boot->disk.edd[i]);
    say(" '%.4s' '%.8s'\n", boot->disk.edd + 36, boot->disk.edd + 40);
    say("memory from %x:\n", boot->bios_memory_source);
    check_image(boot);
    check_memory(boot);
    check_tables(boot);
    check_framebuffer(&boot->framebuffer);
    check_ramdisk(boot);
    for (uint32_t i = 0; i < boot->stamp_count; i++)
        say("stamp %s %llu\n", boot->stamps[i].name, (unsigned long long)boot->stamps[i].tsc);
    say("cmdline '%s'\n", boot->cmdline);
    say(failed ? "test kernel: FAILED\n" : "test kernel: passed\n");
    while (!(inb(COM1 + 5) & 0x40))
        ;
    outb(0xf4, failed ? FAILED : PASSED);
    for (;;)
        __asm__ volatile("cli; hlt");
}
