/*
 * Segments and the task state segment. Long mode ignores bases and limits: what is left of the GDT
 * is the privilege level, and the TSS with the stacks for the faults that cannot use the current
 * one. Intel SDM vol. 3, 3.4.5 (descriptors) and 7.7 (64-bit TSS).
 */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/port_rights.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/selectors.h"
#include "kernel/arch/x86_64/stacks.h"
#include "lib/string.h"

#define PORTS 65536u

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_bitmap_base;
    /* A bit a port, 1: not; and a byte of ones behind (SDM vol. 1, 19.5.2). */
    uint8_t io_bitmap[PORTS / 8 + 1];
} packed;

/* Whole pages, so that each guard is a page of its own. entry.asm knows the first one's size. */
__attribute__((aligned(4096))) struct boot_stack boot_stack;
__attribute__((aligned(4096))) struct exception_stack exception_stacks[IST_COUNT];
_Static_assert(sizeof(struct boot_stack) == STACK_SCALE * 0x8000 + 0x1000,
               "BOOT_STACK_SIZE in entry.asm");

static struct tss tss;
#define NO_BITMAP ((uint16_t)sizeof(tss))

#define CODE(level)                                                                                \
    (0x00209a0000000000ull | (uint64_t)(level) << 45) /* present, 64-bit, readable */
#define DATA(level) (0x0000920000000000ull | (uint64_t)(level) << 45) /* present, writable */

static uint64_t gdt[7] = {
    [SELECTOR_KERNEL_CODE / 8] = CODE(0),
    [SELECTOR_KERNEL_DATA / 8] = DATA(0),
    [SELECTOR_USER_DATA / 8] = DATA(3),
    [SELECTOR_USER_CODE / 8] = CODE(3),
    /* SELECTOR_TSS takes two entries: tss_describe. */
};

static void tss_describe(void)
{
    uint64_t base = (uintptr_t)&tss;
    uint64_t limit = sizeof(tss) - 1;

    gdt[SELECTOR_TSS / 8] = limit | (base & 0xffffff) << 16 |
                            0x89ull << 40 /* present, available TSS */
                            | (base >> 24 & 0xff) << 56;
    gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

void gdt_init(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } packed gdtr = {sizeof(gdt) - 1, (uintptr_t)gdt};

    for (unsigned i = 0; i < IST_COUNT; i++)
        tss.ist[i] = (uintptr_t)&exception_stacks[i] + sizeof(exception_stacks[i]);
    /* Beyond the limit: no port bitmap, so ring 3 reaches no port. Left at 0 it would reach many. */
    tss.io_bitmap_base = NO_BITMAP;
    memset(tss.io_bitmap, 0xff, sizeof(tss.io_bitmap));
    tss_describe();
    fastos_lgdt((const uint8_t *)&gdtr);
    percpu_load(&boot_cpu); /* loading GS took its base away */
    fastos_ltr(SELECTOR_TSS);
}

static void set_bits(const struct port_rights *rights, bool reachable)
{
    for (unsigned i = 0; i < rights->count && i < PORT_RANGES_MAX; i++) {
        for (uint32_t port = rights->ranges[i].first; port <= rights->ranges[i].last; port++) {
            uint8_t bit = (uint8_t)(1u << port % 8);

            if (reachable)
                tss.io_bitmap[port / 8] &= (uint8_t)~bit;
            else
                tss.io_bitmap[port / 8] |= bit;
        }
    }
}

static const struct port_rights *set; /* whose bits are clear in the bitmap */

void port_rights_clear(struct port_rights *rights)
{
    if (set == rights) {
        set_bits(rights, false);
        set = NULL;
    }
    rights->count = 0;
}

void port_rights_add(struct port_rights *rights, uint16_t first, uint16_t last)
{
    if (rights->count == PORT_RANGES_MAX)
        return;
    rights->ranges[rights->count].first = first;
    rights->ranges[rights->count++].last = last;
    if (set == rights)
        set_bits(rights, true);
}

/* The bits stay set as long as nobody else needs the bitmap: leaving is one store, coming back another. */
void port_rights_switch(const struct port_rights *to)
{
    tss.io_bitmap_base = NO_BITMAP;
    if (!to)
        return;
    if (set != to) {
        if (set)
            set_bits(set, false);
        set_bits(to, true);
        set = to;
    }
    tss.io_bitmap_base = offsetof(struct tss, io_bitmap);
}

void tss_set_kernel_stack(uint64_t top)
{
    tss.rsp[0] = top;
}
