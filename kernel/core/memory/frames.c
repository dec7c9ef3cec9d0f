/* The frame bitmap. Use: frames_init → frame_alloc, frame_free. */
#include <stdbool.h>

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "lib/string.h"

static uint64_t *used; /* a set bit: not to be had */
static uint64_t frame_count;
static uint64_t total, available;
static uint64_t search_from; /* no free frame lies below */

/* The frame behind the last one that is, or can become, usable. */
static uint64_t end_of_memory(const struct boot_info *boot)
{
    uint64_t end = 0;

    for (uint32_t i = 0; i < boot->memory_count; i++) {
        const struct boot_memory_range *range = &boot->memory[i];

        if (range->type == BOOT_MEMORY_USABLE || range->type == BOOT_MEMORY_LOADER)
            end = (range->base + range->length) / FRAME_SIZE;
    }
    return end;
}

/* The first usable range with room for `bytes`, at or above `from`. */
static int find_room(const struct boot_info *boot, uint64_t from, uint64_t bytes, uint64_t *phys)
{
    for (uint32_t i = 0; i < boot->memory_count; i++) {
        const struct boot_memory_range *range = &boot->memory[i];
        uint64_t start = range->base > from ? range->base : from;
        uint64_t end = range->base + range->length;

        if (range->type == BOOT_MEMORY_USABLE && start < end && bytes <= end - start) {
            *phys = start;
            return 0;
        }
    }
    return -ENOMEM;
}

static void release(uint64_t base, uint64_t length)
{
    uint64_t first = base / FRAME_SIZE, count = length / FRAME_SIZE;

    bitmap_clear_range(used, first, count);
    available += count;
    total += count;
    if (first < search_from)
        search_from = first;
}

void frames_release_type(const struct boot_info *boot, uint32_t type)
{
    for (uint32_t i = 0; i < boot->memory_count; i++)
        if (boot->memory[i].type == type)
            release(boot->memory[i].base, boot->memory[i].length);
}

static uint64_t round_up(uint64_t value, uint64_t step)
{
    return (value + step - 1) / step * step;
}

int frames_init(const struct boot_info *boot)
{
    uint64_t kernel_end = round_up(boot->kernel.phys + boot->kernel.bytes, FRAME_SIZE);
    uint64_t phys, bytes;

    total = available = 0;
    frame_count = end_of_memory(boot);
    search_from = frame_count;
    bytes = round_up((frame_count + 63) / 64 * 8, FRAME_SIZE);
    if (find_room(boot, kernel_end, bytes, &phys) && find_room(boot, 0, bytes, &phys))
        return -ENOMEM;
    used = phys_to_virt(phys);
    memset(used, 0xff, bytes);
    frames_release_type(boot, BOOT_MEMORY_USABLE);
    bitmap_set_range(used, phys / FRAME_SIZE, bytes / FRAME_SIZE);
    available -= bytes / FRAME_SIZE;
    total -= bytes / FRAME_SIZE;
    return 0;
}

int frame_alloc(uint64_t *phys)
{
    return frame_alloc_run(1, 1, phys);
}

int frame_alloc_run(uint64_t count, uint64_t align_frames, uint64_t *phys)
{
    uint64_t frame;

    if (count == 0)
        return -ENOMEM;
    frame = bitmap_find_clear_run(used, frame_count, search_from, count, align_frames);
    if (frame >= frame_count)
        return -ENOMEM;
    bitmap_set_range(used, frame, count);
    available -= count;
    if (count == 1 && align_frames == 1)
        search_from = frame + 1;
    *phys = frame * FRAME_SIZE;
    return 0;
}

int frame_free(uint64_t phys)
{
    uint64_t frame = phys / FRAME_SIZE;

    if (phys % FRAME_SIZE || frame >= frame_count || !bitmap_get(used, frame))
        return -EINVAL;
    bitmap_clear(used, frame);
    available++;
    if (frame < search_from)
        search_from = frame;
    return 0;
}

uint64_t frames_total(void)
{
    return total;
}

uint64_t frames_free(void)
{
    return available;
}
