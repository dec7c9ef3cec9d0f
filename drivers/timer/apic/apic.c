/*
 * The timer of the local APIC. Intel SDM vol. 3, 10.5.4. Of the APIC's registers these four alone: all else
 * of it is the interrupt controller's, kernel/arch/x86_64/lapic.c.
 */
#include "drivers/timer/apic/apic.h"

#include "drivers/ddi.h"

/* Bytes from the base. */
#define LVT_TIMER 0x320
#define COUNT     0x380
#define LEFT      0x390
#define DIVIDE    0x3e0

#define LVT_MASKED       (1u << 16)
#define LVT_PERIODIC     (1u << 17)
#define LVT_TSC_DEADLINE (2u << 17)
#define DIVIDE_BY_16     3u

static struct ddi_mmio registers;
static uint32_t vector;

void apic_timer_use(const struct ddi_mmio *all, uint8_t its_vector)
{
    registers = *all;
    vector = its_vector;
}

void apic_timer_start(uint32_t count, bool periodic)
{
    ddi_mmio_write32(&registers, DIVIDE, DIVIDE_BY_16);
    ddi_mmio_write32(&registers, LVT_TIMER, vector | (periodic ? LVT_PERIODIC : 0));
    ddi_mmio_write32(&registers, COUNT, count);
}

uint32_t apic_timer_left(void)
{
    return ddi_mmio_read32(&registers, LEFT);
}

void apic_timer_stop(void)
{
    ddi_mmio_write32(&registers, LVT_TIMER, LVT_MASKED | vector);
    ddi_mmio_write32(&registers, COUNT, 0);
}

void apic_timer_by_tsc(void)
{
    ddi_mmio_write32(&registers, LVT_TIMER, LVT_TSC_DEADLINE | vector);
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "apic",
        .what = "local APIC's timer",
        .class = DDI_TIMER,
        .built_in = true,
        .placement = DDI_PLACED_KERNEL,
    },
};
