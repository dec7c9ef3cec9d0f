/*
 * Steps: find the file → read it to the top of memory → seal and CRC → take memory for the image →
 * unpack it there → ELF check → zeros behind the segments → relocate to a random virtual address → give
 * the file's memory back. A file that is not packed: ELF check → take memory → copy the segments.
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

/* Zeros where no segment lies: gaps, and .bss at the end. A segment that is there already stays. */
static void copy_segments(const struct elf_image *image, const uint8_t *file, uint8_t *to)
{
    uint64_t done = 0;

    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        memset(to + done, 0, segment->virt - done);
        if (file + segment->file_offset != to + segment->virt)
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

static int take_memory(const char *path, uint64_t bytes, struct kernel *kernel)
{
    int error = memory_take(bytes, BOOT_MEMORY_KERNEL, &kernel->phys);

    if (error)
        say("not enough memory: %s needs %llu KiB in one piece", path, (unsigned long long)(bytes / 1024));
    return error;
}

static int check_elf(const char *path, const uint8_t *elf, uint32_t bytes, struct elf_image *image)
{
    const char *why;
    int error = elf_check(elf, bytes, image, &why);

    if (error)
        say("%s is not a kernel: %s", path, why);
    return error;
}

/* The checked ELF becomes an image in its own memory, where it may lie already. */
static int place(const char *path, const uint8_t *elf, bool random_slide, struct kernel *kernel)
{
    step("relocate");
    kernel->virt = choose_virt(kernel->image.memory_bytes, random_slide);
    copy_segments(&kernel->image, elf, memory_at(kernel->phys));
    int error = elf_relocate(&kernel->image, memory_at(kernel->phys), kernel->virt);

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

static int load_plain(const char *path, const uint8_t *elf, uint32_t bytes, bool random_slide,
                      struct kernel *kernel)
{
    int error = check_elf(path, elf, bytes, &kernel->image);

    if (!error)
        error = take_memory(path, kernel->image.memory_bytes, kernel);
    if (error)
        return error;
    error = place(path, elf, random_slide, kernel);
    if (error)
        memory_give_back(kernel->phys, kernel->image.memory_bytes);
    return error;
}

/* Its segments lie in the file as they do in memory, so that nothing is copied. */
static bool laid_out(const struct elf_image *image, uint64_t memory_bytes)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        if (image->segments[i].file_offset != image->segments[i].virt)
            return false;
    }
    return image->memory_bytes == memory_bytes;
}

/* From `file` to the kernel's memory, of which the ELF has the first elf_bytes. */
static int unpack(const char *path, const uint8_t *file, uint32_t file_bytes, uint32_t elf_bytes,
                  uint64_t memory_bytes, bool random_slide, struct kernel *kernel)
{
    uint8_t *to = memory_at(kernel->phys);
    int error = lz4_unpack(file + KERNEL_PACKED_HEADER, file_bytes - KERNEL_PACKED_HEADER, to, elf_bytes);

    if (error) {
        say("%s cannot be unpacked: no LZ4 block of %u bytes", path, elf_bytes);
        return error;
    }
    error = check_elf(path, to, elf_bytes, &kernel->image);
    if (!error && !laid_out(&kernel->image, memory_bytes)) {
        say("%s is not a kernel: p_offset: packed, and not as in memory", path);
        error = -ENOEXEC;
    }
    return error ? error : place(path, to, random_slide, kernel);
}

static int load_packed(const char *path, const uint8_t *file, uint32_t file_bytes, bool random_slide,
                       struct kernel *kernel)
{
    uint32_t elf_bytes = rd32(file + 8), memory_bytes = rd32(file + 12);

    if (elf_bytes == 0 || elf_bytes > KERNEL_FILE_MAX) {
        say("%s unpacks to %u bytes, allowed are 1 to %u", path, elf_bytes, KERNEL_FILE_MAX);
        return -EFBIG;
    }
    if (memory_bytes < elf_bytes || memory_bytes > ELF_IMAGE_MAX) {
        say("%s wants %u bytes of memory, allowed are %u to %llu", path, memory_bytes, elf_bytes,
            ELF_IMAGE_MAX);
        return -EFBIG;
    }
    int error = take_memory(path, memory_bytes, kernel);

    if (error)
        return error;
    step("unpack");
    error = unpack(path, file, file_bytes, elf_bytes, memory_bytes, random_slide, kernel);
    if (error)
        memory_give_back(kernel->phys, memory_bytes);
    return error;
}

static bool is_packed(const uint8_t *file, uint32_t bytes)
{
    return bytes >= KERNEL_PACKED_HEADER && !memcmp(file, KERNEL_PACKED, 8);
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

static int load(const char *path, const struct ext2_inode *inode, uint8_t *file, bool random_slide,
                struct kernel *kernel)
{
    uint32_t bytes, crc;
    int error = read_file(path, inode, file, &bytes, &crc);

    if (error)
        return error;
    error = is_packed(file, bytes) ? load_packed(path, file, bytes, random_slide, kernel)
                                   : load_plain(path, file, bytes, random_slide, kernel);
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
