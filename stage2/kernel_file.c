/*
 * Steps: find the file → read it to the top of memory → seal and CRC → unpack → ELF check → take
 * memory for the image → copy the segments → relocate to a random virtual address → give the memory
 * of file and ELF back.
 */
#include "stage2/kernel_file.h"

#include "lib/bytes.h"
#include "lib/crc32.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "stage2/console.h"
#include "stage2/cpu.h"
#include "stage2/disk.h"
#include "stage2/entropy.h"
#include "stage2/lz4.h"
#include "stage2/memory.h"
#include "stage2/stage2.h"
#include "stage2/volume.h"

#define KERNEL_FILE_MAX (64u << 20)
#define SLIDE_STEP      0x200000ull
#define SLIDE_RANGE     (1ull << 39) /* PML4[510] */

/* The seal at the end of the file, which is not shorter, and the CRC it holds. Returns the ELF's
   size in *bytes. */
static int check_seal(const char *path, const uint8_t *file, uint64_t file_bytes, uint32_t *bytes,
                      uint32_t *crc)
{
    const uint8_t *seal = file + file_bytes - KERNEL_SEAL_BYTES;
    if (memcmp(seal, KERNEL_SEAL, 8)) {
        say("%s has no checksum at its end (tools/kernel_seal.py writes it)", path);
        return -ENOEXEC;
    }
    uint32_t expected = rd32(seal + 8);
    *bytes = rd32(seal + 12);
    if (*bytes != file_bytes - KERNEL_SEAL_BYTES) {
        say("%s is incomplete: sealed with %u bytes, has %llu", path, *bytes,
            (unsigned long long)(file_bytes - KERNEL_SEAL_BYTES));
        return -ENOEXEC;
    }
    *crc = crc32c(0, file, *bytes);
    if (*crc != expected) {
        say("%s is damaged: CRC-32C expected %08x, found %08x", path, expected, *crc);
        return -ENOEXEC;
    }
    return 0;
}

static void copy_words(uint8_t *to, const uint8_t *from, uint64_t bytes)
{
    copy_qwords(to, from, bytes / 8);
    memcpy(to + bytes / 8 * 8, from + bytes / 8 * 8, bytes % 8);
}

/* Zeros where no segment lies: gaps, and .bss at the end. */
static void copy_segments(const struct elf_image *image, const uint8_t *file, uint8_t *to)
{
    uint64_t done = 0;

    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        memset(to + done, 0, segment->virt - done);
        copy_words(to + segment->virt, file + segment->file_offset, segment->file_bytes);
        done = segment->virt + segment->file_bytes;
    }
    uint64_t words = (image->memory_bytes - done) / 8;

    memset(to + done, 0, (image->memory_bytes - done) % 8);
    zero_qwords(to + image->memory_bytes - 8 * words, words);
}

static uint64_t choose_virt(uint64_t bytes, bool random_slide)
{
    uint64_t steps = (SLIDE_RANGE - bytes) / SLIDE_STEP;

    return VIRT_KERNEL + (random_slide ? entropy() % steps * SLIDE_STEP : 0);
}

/* The checked file becomes an image in its own memory. */
static int place(const char *path, const uint8_t *file, bool random_slide, struct kernel *kernel)
{
    struct elf_image *image = &kernel->image;
    int error = memory_take(image->memory_bytes, BOOT_MEMORY_KERNEL, &kernel->phys);

    if (error) {
        say("not enough memory: the kernel needs %llu KiB in one piece",
            (unsigned long long)(image->memory_bytes / 1024));
        return error;
    }
    kernel->virt = choose_virt(image->memory_bytes, random_slide);
    copy_segments(image, file, memory_at(kernel->phys));
    error = elf_relocate(image, memory_at(kernel->phys), kernel->virt);
    if (error)
        say("%s cannot be relocated: it has a relocation that is not RELATIVE or outside of it",
            path);
    return error;
}

static void publish(const struct kernel *kernel, uint32_t file_bytes, uint32_t crc)
{
    boot_info.kernel = (struct boot_kernel){
        .phys = kernel->phys,
        .virt = kernel->virt,
        .bytes = kernel->image.memory_bytes,
        .entry_virt = kernel->virt + kernel->image.entry,
        .crc32c = crc,
        .file_bytes = file_bytes,
    };
}

/* The ELF of a packed file, in memory of its own. */
static int unpack(const char *path, const uint8_t *file, uint32_t file_bytes, uint64_t *at,
                  uint32_t *bytes)
{
    *bytes = rd32(file + 8);
    if (*bytes == 0 || *bytes > KERNEL_FILE_MAX) {
        say("%s unpacks to %u bytes, allowed are 1 to %u", path, *bytes, KERNEL_FILE_MAX);
        return -EFBIG;
    }
    int error = memory_take_high(*bytes, BOOT_MEMORY_LOADER, at);
    if (error) {
        say("not enough memory: %s needs %u KiB to be unpacked", path, *bytes / 1024);
        return error;
    }
    error = lz4_unpack(file + KERNEL_PACKED_HEADER, file_bytes - KERNEL_PACKED_HEADER,
                       memory_at(*at), *bytes);
    if (error) {
        say("%s cannot be unpacked: no LZ4 block of %u bytes", path, *bytes);
        memory_give_back(*at, *bytes);
    }
    return error;
}

static int load_elf(const char *path, const uint8_t *elf, uint32_t bytes, bool random_slide,
                    struct kernel *kernel)
{
    const char *why;
    int error = elf_check(elf, bytes, &kernel->image, &why);

    if (error) {
        say("%s is not a kernel: %s", path, why);
        return error;
    }
    step("relocate");
    return place(path, elf, random_slide, kernel);
}

static int read_and_check(const char *path, const struct ext2_inode *inode, uint8_t *file,
                          uint32_t *bytes, uint32_t *crc)
{
    int error = volume_read(inode, file);

    if (error) {
        say("cannot read %s: %s", path, volume_why(error));
        return error;
    }
    stamp("kernel read");
    step("check");
    return check_seal(path, file, inode->size, bytes, crc);
}

/* When what came from ATA's ports is damaged, what the BIOS reads may not be. */
static int read_file(const char *path, const struct ext2_inode *inode, uint8_t *file, uint32_t *bytes,
                     uint32_t *crc)
{
    int error = read_and_check(path, inode, file, bytes, crc);

    if (!error || !disk_is_direct())
        return error;
    disk_through_bios();
    say("%s is read again through the BIOS", path);
    return read_and_check(path, inode, file, bytes, crc);
}

static bool is_packed(const uint8_t *file, uint32_t bytes)
{
    return bytes >= KERNEL_PACKED_HEADER && !memcmp(file, KERNEL_PACKED, 8);
}

static int load(const char *path, const struct ext2_inode *inode, uint8_t *file, bool random_slide,
                struct kernel *kernel)
{
    uint32_t bytes, elf_bytes, crc;
    uint64_t at;

    int error = read_file(path, inode, file, &bytes, &crc);
    if (error)
        return error;
    if (is_packed(file, bytes)) {
        step("unpack");
        error = unpack(path, file, bytes, &at, &elf_bytes);
        if (error)
            return error;
        error = load_elf(path, memory_at(at), elf_bytes, random_slide, kernel);
        memory_give_back(at, elf_bytes);
    } else {
        error = load_elf(path, file, bytes, random_slide, kernel);
    }
    if (!error)
        publish(kernel, bytes, crc);
    return error;
}

int kernel_load(const char *path, bool random_slide, struct kernel *kernel)
{
    struct ext2_inode inode;
    uint64_t at;

    int error = volume_find(path, &inode);
    if (error) {
        say("cannot find %s: %s", path, volume_why(error));
        return error;
    }
    if (inode.size < KERNEL_SEAL_BYTES) {
        say("%s has %llu bytes, too few for a kernel", path, (unsigned long long)inode.size);
        return -ENOEXEC;
    }
    if (inode.size > KERNEL_FILE_MAX) {
        say("%s has %llu bytes, allowed are %u", path, (unsigned long long)inode.size,
            KERNEL_FILE_MAX);
        return -EFBIG;
    }
    error = memory_take_high(inode.size, BOOT_MEMORY_LOADER, &at);
    if (error) {
        say("not enough memory: %s needs %llu KiB to be read", path,
            (unsigned long long)(inode.size / 1024));
        return error;
    }
    error = load(path, &inode, memory_at(at), random_slide, kernel);
    memory_give_back(at, inode.size);
    return error;
}
