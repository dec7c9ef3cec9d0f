/* The hardware interface of the specification, function by function. (Boot uses all of them, LGDT
   and context switches among them; what can be seen from outside is looked at here.) */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/arch/x86_64/selectors.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "kernel/test/ktest.h"

#define CMOS_INDEX   0x70
#define CMOS_DATA    0x71
#define CMOS_SCRATCH 0x7f /* the last byte, which no BIOS of ours uses; put back */

#define MSR_SYSENTER_CS 0x174u /* nobody uses it in 64-bit mode */

KTEST(hardware_cli_and_sti)
{
    fastos_cli();
    EXPECT(!cpu_interrupts_enabled());
    fastos_sti();
    EXPECT(cpu_interrupts_enabled());
}

static void do_nothing(void *context)
{
    (void)context;
}

/* An idle kernel has no tick of its own; and again and again, for the first may come before HLT. */
KTEST(hardware_hlt_ends_with_an_interrupt)
{
    uint64_t before = time_now_us();
    struct timer timer;

    timer_init(&timer, do_nothing, NULL);
    timer_start_periodic(&timer, time_now_ns() + NS_PER_MS, NS_PER_MS);
    fastos_hlt();
    (void)timer_stop(&timer);
    EXPECT(time_now_us() > before);
}

KTEST(hardware_ports)
{
    uint8_t old;

    fastos_outb(CMOS_INDEX, CMOS_SCRATCH);
    old = fastos_inb(CMOS_DATA);
    for (unsigned value = 0; value < 256; value += 51) {
        fastos_outb(CMOS_INDEX, CMOS_SCRATCH);
        fastos_outb(CMOS_DATA, (uint8_t)value);
        out8(CMOS_INDEX, CMOS_SCRATCH);
        EXPECT_EQUAL(in8(CMOS_DATA), value);
    }
    fastos_outb(CMOS_INDEX, CMOS_SCRATCH);
    fastos_outb(CMOS_DATA, old);
}

KTEST(hardware_cr3)
{
    uint64_t cr3 = fastos_read_cr3();

    fastos_write_cr3(cr3);
    EXPECT_EQUAL(fastos_read_cr3(), cr3);
}

KTEST(hardware_msr)
{
    uint64_t old = fastos_read_msr(MSR_SYSENTER_CS);

    fastos_write_msr(MSR_SYSENTER_CS, 0x1234);
    EXPECT_EQUAL(fastos_read_msr(MSR_SYSENTER_CS), 0x1234);
    fastos_write_msr(MSR_SYSENTER_CS, old);
    EXPECT_EQUAL(fastos_read_msr(MSR_SYSENTER_CS), old);
    EXPECT(fastos_read_msr(MSR_EFER) >> 10 & 1); /* 64-bit mode is active: both halves arrive */
}

KTEST(hardware_lidt)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } packed before, after;

    __asm__ volatile("sidt %0" : "=m"(before));
    fastos_lidt((const uint8_t *)&before);
    __asm__ volatile("sidt %0" : "=m"(after));
    EXPECT_EQUAL(after.limit, 256 * 16 - 1);
    EXPECT_EQUAL(after.base, before.base);
}

static void load_task_register(void *context)
{
    (void)context;
    fastos_ltr(SELECTOR_TSS);
}

/* It is loaded: to load it once more is refused, for its TSS is busy. */
KTEST(hardware_ltr)
{
    struct cpu_exception caught;
    uint16_t selector;

    __asm__ volatile("str %0" : "=r"(selector));
    EXPECT_EQUAL(selector, SELECTOR_TSS);
    EXPECT(cpu_catch(load_task_register, NULL, &caught));
    EXPECT_EQUAL(caught.vector, 13);
    EXPECT_EQUAL(caught.error_code, SELECTOR_TSS);
}
