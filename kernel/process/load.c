/*
 * Steps: the file → elf_check → a copy of the segments as they lie in memory → elf_relocate → page
 * by page into frames of the address space, with each segment's rights. The copy and the file go.
 */
#include "kernel/process/load.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/user_memory.h"
#include "kernel/fs/root.h"
#include "lib/elf.h"
#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

#define PROGRAM_BASE  0x400000ull
#define PROGRAM_MAX   (16ull << 20)
#define STACK_BYTES   (64ull << 10)

struct buffer {
    uint8_t *bytes;
    size_t size;
};

static int buffer_make(struct buffer *buffer, size_t size)
{
    buffer->bytes = alloc_zeroed(size, PAGE_SIZE);
    buffer->size = size;
    return buffer->bytes ? 0 : -ENOMEM;
}

static void buffer_free(struct buffer *buffer)
{
    dealloc(buffer->bytes, buffer->size, PAGE_SIZE);
}

static int read_open(struct file *opened, struct buffer *file)
{
    uint64_t size = opened->inode->size, at = 0;

    if (size == 0 || size > PROGRAM_MAX)
        return -ENOEXEC;
    int error = buffer_make(file, size);
    if (error)
        return error;
    struct io io = io_of_kernel(file->bytes, file->size);
    int64_t got = file_read(opened, &io, &at);
    error = got < 0 ? (int)got : (uint64_t)got != file->size ? -EIO : 0;
    if (error)
        buffer_free(file);
    return error;
}

static int read_file(const char *path, struct buffer *file)
{
    struct file *opened;
    int error = root_open(path, &opened);

    if (error)
        return error;
    error = read_open(opened, file);
    file_put(opened);
    return error;
}

static int map_page(struct address_space *space, uint64_t virt, const uint8_t *from, unsigned flags)
{
    uint64_t phys;
    int error = alloc_frame(&phys);

    if (error)
        return error;
    if (from)
        memcpy(phys_to_virt(phys), from, PAGE_SIZE);
    else
        memset(phys_to_virt(phys), 0, PAGE_SIZE);
    error = address_space_map(space, virt, phys, PAGE_SIZE, flags);
    if (error)
        (void)!free_frame(phys);
    return error;
}

static unsigned rights_of(const struct elf_segment *segment)
{
    return PAGE_USER | (segment->flags & ELF_WRITE ? PAGE_WRITE : 0)
           | (segment->flags & ELF_EXECUTE ? PAGE_EXECUTE : 0);
}

static int map_segment(struct address_space *space, const struct elf_segment *segment,
                       const struct buffer *image)
{
    uint64_t end = segment->virt + segment->memory_bytes;
    struct span bytes = span_of(image->bytes, image->size);
    int error = 0;

    for (uint64_t at = segment->virt & ~(PAGE_SIZE - 1); at < end && !error; at += PAGE_SIZE)
        error = map_page(space, PROGRAM_BASE + at, span_part(bytes, at, PAGE_SIZE).bytes,
                         rights_of(segment));
    return error;
}

static int map_stack(struct address_space *space)
{
    int error = 0;

    for (uint64_t at = USER_END - STACK_BYTES; at < USER_END && !error; at += PAGE_SIZE)
        error = map_page(space, at, NULL, PAGE_USER | PAGE_WRITE);
    return error;
}

static int place(const struct elf_image *elf, const struct buffer *file, struct buffer *image,
                 struct address_space *space)
{
    int error;

    for (uint32_t i = 0; i < elf->segment_count; i++)
        memcpy(&image->bytes[elf->segments[i].virt], &file->bytes[elf->segments[i].file_offset],
               elf->segments[i].file_bytes);
    error = elf_relocate(elf, image->bytes, PROGRAM_BASE);
    for (uint32_t i = 0; i < elf->segment_count && !error; i++)
        error = map_segment(space, &elf->segments[i], image);
    return error ? error : map_stack(space);
}

int program_load(const char *path, struct address_space *space, struct program *program,
                 const char **why)
{
    struct buffer file, image;
    struct elf_image elf;
    int error = read_file(path, &file);

    *why = error_text(error);
    if (error)
        return error;
    error = elf_check(file.bytes, file.size, &elf, why);
    if (!error) {
        error = buffer_make(&image, elf.memory_bytes);
        if (!error) {
            error = place(&elf, &file, &image, space);
            buffer_free(&image);
        }
        *why = error_text(error);
    }
    buffer_free(&file);
    *program = (struct program){PROGRAM_BASE + elf.entry, USER_END - 64};
    return error;
}
