/*
 * The HPET. IA-PC HPET Specification 1.0a (Intel, 2004), 2.3 registers, 2.4 comparators. Timer 0 is used, by
 * the legacy route: at line 0 where the PIT was, so that no line of the I/O APIC need be chosen. All is read
 * in halves of 32 bits: at 100 MHz these go around in 43 s.
 */
#include "drivers/timer/hpet/hpet.h"

#include "drivers/ddi.h"

/* Bytes from the base; of the registers of 64 bits the lower half. */
#define CAPABILITIES 0x000
#define PERIOD       0x004 /* of a tick, in femtoseconds */
#define CONFIGURATION 0x010
#define COUNTER      0x0f0
#define TIMER_0      0x100
#define COMPARATOR_0 0x108

#define CAPABLE_LEGACY (1u << 15)
#define ENABLED        (1u << 0)
#define LEGACY         (1u << 1)

#define TIMER_LEVEL    (1u << 1)
#define TIMER_ENABLED  (1u << 2)
#define TIMER_PERIODIC (1u << 3)
#define TIMER_32_BITS  (1u << 8)
#define TIMER_MESSAGE  (1u << 14)

#define PERIOD_MAX 100000000u /* 2.3.4: 100 ns */
#define PERIOD_MIN 100000u    /* 10 GHz: nobody's */
#define FEMTOSECONDS 1000000000000000ull

#define READS_MAX 100000u
#define ATTEMPTS  16u

static struct ddi_mmio registers;

static uint32_t read(uint32_t offset)
{
    return ddi_mmio_read32(&registers, offset);
}

static void write(uint32_t offset, uint32_t value)
{
    ddi_mmio_write32(&registers, offset, value);
}

static bool counts(void)
{
    uint32_t first = read(COUNTER);

    for (uint32_t reads = 0; reads < READS_MAX; reads++)
        if (read(COUNTER) != first)
            return true;
    return false;
}

int hpet_start(const struct ddi_mmio *all, uint64_t *hz)
{
    registers = *all;
    uint32_t period = read(PERIOD);

    if (period < PERIOD_MIN || period > PERIOD_MAX)
        return -ENODEV; /* FFFFFFFFh too: nobody answers */
    hpet_stop();
    *hz = FEMTOSECONDS / period;
    return counts() ? 0 : -ETIMEDOUT;
}

uint32_t hpet_counter(void)
{
    return read(COUNTER);
}

bool hpet_can_interrupt(void)
{
    return read(CAPABILITIES) & CAPABLE_LEGACY;
}

/* It interrupts when the two are equal, not when one is past the other: a moment that went by while it was
   being set is set again, later. */
void hpet_interrupt_after(uint32_t ticks)
{
    uint32_t others = read(TIMER_0) & ~(TIMER_LEVEL | TIMER_PERIODIC | TIMER_MESSAGE);

    write(TIMER_0, others | TIMER_ENABLED | TIMER_32_BITS);
    write(CONFIGURATION, ENABLED | LEGACY);
    for (unsigned i = 0; i < ATTEMPTS; i++, ticks *= 2) {
        uint32_t at = read(COUNTER) + ticks;

        write(COMPARATOR_0, at);
        if ((int32_t)(at - read(COUNTER)) > 0)
            return;
    }
}

void hpet_stop(void)
{
    write(TIMER_0, read(TIMER_0) & ~TIMER_ENABLED);
    write(CONFIGURATION, ENABLED);
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "hpet",
        .what = "high-precision event timer",
        .class = DDI_TIMER,
        .built_in = true,
        .placement = DDI_PLACED_KERNEL,
    },
};
