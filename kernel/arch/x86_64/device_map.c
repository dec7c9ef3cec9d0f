/*
 * Addresses for device registers, in PML4[509] behind the framebuffer's part. Handed out upward;
 * what is given back last can be handed out again. Under one lock.
 */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/panic.h"
#include "lib/abi/boot_info.h"

#define FRAMEBUFFERS (64ull << 30) /* bytes for them */
#define DEVICES_END  (VIRT_DEVICES + (512ull << 30))

static struct spinlock lock = SPINLOCK("device map", LOCK_RANK_DEVICE_MAP);
static uint64_t next = VIRT_DEVICES + FRAMEBUFFERS;

static unsigned physical_bits(void)
{
    unsigned bits = cpuid(0x80000000, 0).eax >= 0x80000008 ? cpuid(0x80000008, 0).eax & 0xff : 36;

    return bits > 52 ? 52 : bits;
}

static uint64_t page_up(uint64_t address)
{
    return (address + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

volatile void *device_map(uint64_t phys, uint64_t bytes, unsigned flags)
{
    uint64_t limit = 1ull << physical_bits(), offset = phys % PAGE_SIZE, saved, virt = 0;

    if (bytes == 0 || phys >= limit || bytes > limit - phys)
        return NULL;
    bytes = page_up(offset + bytes);
    saved = spin_lock_irq(&lock);
    if (bytes <= DEVICES_END - next && !pages_map(next, phys - offset, bytes, flags)) {
        virt = next + offset;
        next += bytes;
    }
    spin_unlock_irq(&lock, saved);
    return (volatile void *)(uintptr_t)virt;
}

void device_unmap(volatile void *at, uint64_t bytes)
{
    uint64_t virt = (uintptr_t)at, start = virt - virt % PAGE_SIZE, end = page_up(virt + bytes);
    uint64_t saved = spin_lock_irq(&lock);

    if (pages_unmap(start, end - start))
        panic("no device is mapped at %p", (void *)at);
    if (end == next)
        next = start;
    spin_unlock_irq(&lock, saved);
}
