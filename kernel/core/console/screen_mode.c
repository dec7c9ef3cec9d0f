/*
 * The kernel decides what the mode is and maps its memory; the driver sets it. What the driver says of the
 * card's memory is believed as far as the card's own base address register goes. Locks: none, see
 * screen_mode.h. The video memory is mapped anew when a mode needs more of it than any before.
 */
#include "kernel/core/console/screen_mode.h"

#include "drivers/framebuffer/dispi.h"
#include "kernel/arch/arch.h"
#include "kernel/core/console/console.h"
#include "kernel/core/driver/display.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/log/log.h"
#include "lib/errno.h"

#define CLASS_DISPLAY 0x03
#define SUBCLASSES    0x81u /* VGA is 0, other 80h */

static struct {
    uint64_t virt, bytes; /* what is mapped */
    bool ours;            /* not stage 2's */
} memory;

static struct {
    const struct boot_framebuffer *mode;
    unsigned columns, rows; /* 0: there is no console */
} old;

static uint64_t bytes_of(const struct boot_framebuffer *mode)
{
    return (uint64_t)mode->pitch * mode->height;
}

/* ---- the card's memory ----------------------------------------------------------------------- */

/* From there to the end of the register that it lies in; 0: in none of this device's. */
static uint64_t bytes_in(struct ddi_pci device, uint64_t phys)
{
    for (unsigned i = 0; i < PCI_BARS; i++) {
        struct pci_bar bar = pci_bar(device, i, true);

        if (!bar.ports && phys >= bar.base && phys - bar.base < bar.bytes)
            return bar.bytes - (phys - bar.base);
        i += bar.wide;
    }
    return 0;
}

/* What the driver says, or what the card has there. */
static int64_t video_memory(const struct boot_framebuffer *now)
{
    int64_t said = display_request(DDI_VIDEO_MEMORY);
    uint64_t has = bytes_of(now);

    for (unsigned subclass = 0; said > 0 && subclass < SUBCLASSES; subclass += SUBCLASSES - 1) {
        struct ddi_pci device = DDI_PCI_FIRST;

        while (ddi_pci_find(CLASS_DISPLAY, (uint8_t)subclass, &device)) {
            uint64_t bytes = bytes_in(device, now->phys);

            has = bytes > has ? bytes : has;
        }
    }
    return said <= 0 || (uint64_t)said < has ? said : (int64_t)has;
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

/* ---- the change ------------------------------------------------------------------------------ */

/* The driver takes what is there: the new mode, or when it could not, the old one. */
static int set(const struct boot_framebuffer *next, unsigned columns, unsigned rows)
{
    display_set(next, columns, rows);
    int error = (int)display_request(DDI_NEW_MODE);

    if (error < 0) {
        console_announce(old.mode);
        if (old.columns > 0)
            display_set(old.mode, old.columns, old.rows);
        (void)!display_request(DDI_NEW_MODE);
    }
    return error < 0 ? error : 0;
}

int screen_set_mode(struct boot_framebuffer *now, uint32_t width, uint32_t height, uint32_t bits)
{
    struct boot_framebuffer next = *now;
    int64_t bytes = video_memory(now);
    int error = bytes <= 0 ? -ENODEV : dispi_plan(width, height, bits, (uint64_t)bytes, &next);

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
    old.mode = now;
    console_size(&old.columns, &old.rows);
    error = console_change_mode(&next, set);
    if (!error) {
        *now = next;
        console_announce(now);
    }
    if (larger)
        settle(&next, !error);
    if (!error)
        log_info("screen", "%ux%ux%u", width, height, bits);
    return error;
}
