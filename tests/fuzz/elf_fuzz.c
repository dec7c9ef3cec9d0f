/* Fuzz the ELF loader: what elf_check accepts must be as its header promises, and loads and
   relocates without leaving the image. The input is the file. */
/* links: lib/elf.c */
/* options: -max_len=20000 */
#include "lib/elf.h"
#include "lib/errno.h"
#include "tests/fuzz/fuzz.h"

#define LOADED_MAX (256u << 10) /* larger images are sound too, but slow to fill */

static volatile uint8_t sink;

static void must_be_sound(const struct elf_image *image, size_t size)
{
    uint64_t behind = 0;
    int entry_found = 0;

    must(image->segment_count >= 1 && image->segment_count <= ELF_SEGMENTS_MAX);
    must(image->memory_bytes <= ELF_IMAGE_MAX && image->memory_bytes % 4096 == 0);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *s = &image->segments[i];
        must(s->memory_bytes > 0 && s->file_bytes <= s->memory_bytes);
        must(s->file_bytes <= size && s->file_offset <= size - s->file_bytes);
        must(s->virt / 4096 * 4096 >= behind);
        behind = (s->virt + s->memory_bytes + 4095) / 4096 * 4096;
        must(behind > s->virt && behind <= image->memory_bytes);
        must(!((s->flags & ELF_WRITE) && (s->flags & ELF_EXECUTE)));
        if (image->entry >= s->virt && image->entry < s->virt + s->memory_bytes)
            entry_found = s->flags & ELF_EXECUTE;
    }
    must(entry_found && behind == image->memory_bytes);
}

static void load_and_relocate(const uint8_t *file, const struct elf_image *image)
{
    uint8_t *loaded = calloc(image->memory_bytes, 1), sum = 0;

    must(loaded != NULL);
    for (uint32_t i = 0; i < image->segment_count; i++)
        memcpy(loaded + image->segments[i].virt, file + image->segments[i].file_offset,
               image->segments[i].file_bytes);
    int error = elf_relocate(image, loaded, 0xffffff0000200000ull);
    must(error == 0 || error == -ENOEXEC);
    for (uint64_t i = 0; i < image->memory_bytes; i++)
        sum = (uint8_t)(sum * 31 + loaded[i]);
    sink = sum;
    free(loaded);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct elf_image image;
    const char *why;
    int error = elf_check(bytes, size, &image, &why);

    must(error == 0 ? why == NULL : error == -ENOEXEC && why != NULL && strchr(why, ':') != NULL);
    if (error == 0) {
        must_be_sound(&image, size);
        if (image.memory_bytes <= LOADED_MAX)
            load_and_relocate(bytes, &image);
    }
    return 0;
}
