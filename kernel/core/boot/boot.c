/* The kernel's copy of struct boot_info. The checks here guard against a stage 2 of another version
   and against a damaged structure: whatever is counted, bounded or divided by later is in range. */
#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "lib/cmdline.h"
#include "lib/errno.h"
#include "lib/string.h"

static struct boot_info copy;

static const char *check_memory(const struct boot_info *info)
{
    uint64_t end = 0;

    if (info->memory_count == 0 || info->memory_count > BOOT_MEMORY_RANGES_MAX)
        return "memory_count is 0 or too large";
    if (info->bios_memory_count > BOOT_MEMORY_RANGES_MAX)
        return "bios_memory_count is too large";
    for (uint32_t i = 0; i < info->memory_count; i++) {
        const struct boot_memory_range *range = &info->memory[i];

        if (range->base < end || range->length == 0 || range->length > UINT64_MAX - range->base)
            return "the memory map is not sorted and disjoint";
        end = range->base + range->length;
    }
    return NULL;
}

static const char *check_framebuffer(const struct boot_framebuffer *fb)
{
    if (fb->phys == 0)
        return NULL;
    if (fb->width == 0 || fb->width > 16384 || fb->height == 0 || fb->height > 16384)
        return "the framebuffer's size is absurd";
    if (fb->bits_per_pixel != 15 && fb->bits_per_pixel != 16 && fb->bits_per_pixel != 24
        && fb->bits_per_pixel != 32)
        return "the framebuffer's depth is not 15, 16, 24 or 32";
    if (fb->pitch / ((fb->bits_per_pixel + 7u) / 8) < fb->width)
        return "the framebuffer's pitch is less than a line";
    return NULL;
}

static const char *check(const struct boot_info *info)
{
    const char *why;

    if (info->magic != BOOT_INFO_MAGIC)
        return "wrong magic";
    if (info->version != BOOT_INFO_VERSION || info->size != sizeof(*info))
        return "it is of another version of stage 2";
    if (info->stamp_count > BOOT_STAMPS_MAX)
        return "stamp_count is too large";
    if (info->kernel.virt < VIRT_KERNEL || info->kernel.bytes == 0)
        return "the kernel's place is wrong";
    why = check_memory(info);
    return why ? why : check_framebuffer(&info->framebuffer);
}

int boot_info_take(const struct boot_info *from, const char **why)
{
    *why = check(from);
    if (*why)
        return -EINVAL;
    memcpy(&copy, from, sizeof(copy));
    copy.cmdline[sizeof(copy.cmdline) - 1] = '\0';
    copy.bootloader[sizeof(copy.bootloader) - 1] = '\0';
    copy.ramdisk.reason[sizeof(copy.ramdisk.reason) - 1] = '\0';
    for (unsigned i = 0; i < BOOT_STAMPS_MAX; i++)
        copy.stamps[i].name[sizeof(copy.stamps[i].name) - 1] = '\0';
    return 0;
}

struct boot_info *boot_info(void)
{
    return &copy;
}

void boot_stamp(const char *name)
{
    struct boot_stamp *stamp;

    if (copy.stamp_count == BOOT_STAMPS_MAX)
        return;
    stamp = &copy.stamps[copy.stamp_count++];
    stamp->tsc = cpu_timestamp();
    strlcpy(stamp->name, name, sizeof(stamp->name));
}

int boot_option(const char *name, char *value, size_t size)
{
    return cmdline_get(copy.cmdline, name, value, size);
}

bool boot_has_option(const char *name)
{
    return cmdline_has(copy.cmdline, name);
}
