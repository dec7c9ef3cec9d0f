/* Locks: none, see screen_mode.h. The video memory is mapped anew when a mode needs more of it than any
   before. */
#include "kernel/core/console/screen_mode.h"

#include "drivers/framebuffer/dispi.h"
#include "kernel/arch/arch.h"
#include "kernel/core/console/console.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/log/log.h"
#include "lib/errno.h"

static struct {
    uint64_t virt, bytes; /* what is mapped */
    bool ours;            /* not stage 2's */
} memory;

static uint64_t bytes_of(const struct boot_framebuffer *mode)
{
    return (uint64_t)mode->pitch * mode->height;
}

static int map(struct boot_framebuffer *next)
{
    volatile void *at = device_map(next->phys, bytes_of(next), PAGE_WRITE | PAGE_WRITE_COMBINING);

    next->virt = (uintptr_t)at;
    return at ? 0 : -ENOMEM;
}

static void unmap(uint64_t virt, uint64_t bytes)
{
    device_unmap((volatile void *)(uintptr_t)virt, bytes);
}

/* The new map takes the old one's place, or goes again. */
static void settle(const struct boot_framebuffer *next, bool changed)
{
    if (!changed) {
        unmap(next->virt, bytes_of(next));
        return;
    }
    if (memory.ours)
        unmap(memory.virt, memory.bytes);
    memory.virt = next->virt;
    memory.bytes = bytes_of(next);
    memory.ours = true;
}

int screen_set_mode(struct boot_framebuffer *now, uint32_t width, uint32_t height, uint32_t bits)
{
    struct boot_framebuffer next = *now;
    uint64_t bytes;
    int error = driver_wanted("framebuffer") ? dispi_find(now, &bytes) : -ENODEV;

    if (!error)
        error = dispi_plan(width, height, bits, bytes, &next);
    if (error)
        return error;
    if (memory.bytes == 0) {
        memory.virt = now->virt;
        memory.bytes = bytes_of(now);
    }
    bool larger = bytes_of(&next) > memory.bytes;

    next.virt = memory.virt;
    error = larger ? map(&next) : 0;
    if (error)
        return error;
    error = console_change_mode(now, &next, dispi_set);
    if (larger)
        settle(&next, !error);
    if (!error)
        log_info("screen", "%ux%ux%u", width, height, bits);
    return error;
}
