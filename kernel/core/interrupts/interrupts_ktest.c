/*
 * Interrupts on the running kernel, behind whichever controller it has: lines triggered by
 * software, a real level line that storms (QEMU's `edu` device, when the machine has one), the
 * local APIC's own.
 */
#include "drivers/timer/apic/apic.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"

#define NO_LINE IRQ_LINES
#define WAIT_US 2000000 /* an emulator whose host is busy loses much */

static unsigned free_line(void)
{
    for (unsigned irq = 3; irq < IRQ_LINES; irq++)
        if (irq != 7 && irq != 15 && !irq_line(irq)->actions && !irq_is_level(irq))
            return irq;
    return NO_LINE;
}

static bool claim(void *context)
{
    ++*(volatile unsigned *)context;
    return true;
}

static bool deny(void *context)
{
    ++*(volatile unsigned *)context;
    return false;
}

static bool expect_off(void *context)
{
    *(bool *)context = !cpu_interrupts_enabled();
    return true;
}

static void count_work(void *context)
{
    ++*(volatile unsigned *)context;
}

static void expect_on(void *context)
{
    *(bool *)context = cpu_interrupts_enabled();
}

/* Until *counter reaches wanted, a while at most. */
static bool reaches(volatile unsigned *counter, unsigned wanted)
{
    uint64_t end = time_now_us() + WAIT_US;

    while (*counter < wanted && time_now_us() < end)
        cpu_pause();
    return *counter >= wanted;
}

KTEST(interrupts_reach_their_handler)
{
    unsigned irq = free_line();
    bool off = false;
    uint64_t before;

    EXPECT(irq < IRQ_LINES);
    before = irq_line(irq)->count;
    EXPECT_EQUAL(irq_bind(irq, "test", expect_off, &off), 0);
    irq_trigger(irq);
    EXPECT(off);
    EXPECT(cpu_interrupts_enabled());
    EXPECT_EQUAL(irq_line(irq)->count, before + 1);
    EXPECT_EQUAL(irq_unbind(irq, expect_off, &off), 0);
}

static void count_ticks(void *context)
{
    ++*(volatile unsigned *)context;
}

/* Timer interrupts arrive one after the other: each was acknowledged. */
KTEST(interrupts_ticks_go_on)
{
    uint64_t end = time_now_us() + WAIT_US;
    volatile unsigned ticks = 0;
    struct timer timer;

    timer_init(&timer, count_ticks, (void *)&ticks);
    timer_start_periodic(&timer, time_now_ns() + NS_PER_MS, NS_PER_MS);
    while (ticks < 5 && time_now_us() < end)
        cpu_halt();
    (void)timer_stop(&timer);
    EXPECT(ticks >= 5);
}

KTEST(interrupts_share_a_line)
{
    unsigned irq = free_line(), first = 0, second = 0;

    EXPECT_EQUAL(irq_bind_shared(irq, "first", deny, &first), 0);
    EXPECT_EQUAL(irq_bind(irq, "alone", claim, &second), (uint64_t)-EBUSY);
    EXPECT_EQUAL(irq_bind_shared(irq, "second", deny, &second), 0);
    irq_trigger(irq);
    EXPECT_EQUAL(first, 1);
    EXPECT_EQUAL(second, 1);
    EXPECT_EQUAL(irq_unbind(irq, deny, &first), 0);
    irq_trigger(irq);
    EXPECT_EQUAL(first, 1);
    EXPECT_EQUAL(second, 2);
    EXPECT_EQUAL(irq_unbind(irq, deny, &second), 0);
}

KTEST(interrupts_threaded_work_comes_later_with_interrupts_on)
{
    unsigned irq = free_line();
    static bool on;
    uint64_t end = time_now_us() + WAIT_US;

    on = false;
    EXPECT_EQUAL(irq_bind_threaded(irq, "test", expect_off, expect_on, &on, 0), 0);
    (void)cpu_save_interrupts();
    irq_trigger(irq);
    on = false; /* the handler's answer */
    cpu_enable_interrupts();
    while (!on && time_now_us() < end)
        (void)deferred_run(); /* or a thread did */
    EXPECT(on);
    EXPECT_EQUAL(irq_unbind(irq, expect_off, &on), 0);
}

KTEST(interrupts_a_line_without_a_handler_is_masked)
{
    unsigned irq = free_line(), calls = 0;
    uint64_t before = irq_line(irq)->unclaimed;

    irq_trigger(irq);
    EXPECT_EQUAL(irq_line(irq)->unclaimed, before + 1);
    EXPECT(irq_line(irq)->held & IRQ_HELD_UNCLAIMED);
    EXPECT_EQUAL(irq_bind(irq, "test", claim, &calls), 0);
    EXPECT_EQUAL(irq_line(irq)->held, 0);
    EXPECT_EQUAL(irq_unbind(irq, claim, &calls), 0);
}

KTEST(interrupts_a_storm_is_masked_and_said)
{
    unsigned irq = free_line(), calls = 0;
    uint64_t before = irq_line(irq)->storms;

    EXPECT_EQUAL(irq_bind(irq, "test", deny, &calls), 0);
    for (unsigned i = 0; i < IRQ_STORM_LIMIT; i++)
        irq_trigger(irq);
    EXPECT_EQUAL(calls, IRQ_STORM_LIMIT);
    EXPECT_EQUAL(irq_line(irq)->storms, before + 1);
    EXPECT(irq_line(irq)->held & IRQ_HELD_STORM);
    EXPECT_EQUAL(irq_unbind(irq, deny, &calls), 0);
}

/* The PIC did not raise it, so it is spurious: no handler is asked, nothing acknowledged. */
KTEST(interrupts_spurious_7_and_15)
{
    uint64_t seven = irq_line(7)->spurious, fifteen = irq_line(15)->spurious;

    if (apic_in_use())
        return ktest_skip("the APIC has a vector of its own for them");
    irq_trigger(7);
    irq_trigger(15);
    EXPECT_EQUAL(irq_line(7)->spurious, seven + 1);
    EXPECT_EQUAL(irq_line(15)->spurious, fifteen + 1);
    EXPECT_EQUAL(irq_line(7)->held, 0);
}

/* ---- the local APIC -------------------------------------------------------------------------- */

KTEST(apic_sends_to_itself)
{
    static unsigned calls;

    if (!apic_in_use())
        return ktest_skip("the PIC is in use");
    calls = 0;
    EXPECT_EQUAL(vector_bind(0xf8, "test", count_work, &calls), 0);
    EXPECT_EQUAL(vector_bind(0xf8, "test", count_work, &calls), (uint64_t)-EBUSY);
    for (unsigned i = 1; i <= 3; i++) { /* the second comes only when the first was acknowledged */
        apic_send(apic_id(), 0xf8);
        EXPECT(reaches(&calls, i));
    }
    EXPECT_EQUAL(calls, 3);
    EXPECT_EQUAL(vector_unbind(0xf8), 0);
}

KTEST(apic_spurious_is_counted)
{
    uint64_t before = vector_count(VECTOR_SPURIOUS).count;

    __asm__ volatile("int $255");
    EXPECT_EQUAL(vector_count(VECTOR_SPURIOUS).count, before + 1);
}

KTEST(apic_timer_counts_down_and_fires)
{
    static unsigned fired;
    uint32_t left;

    if (!apic_in_use())
        return ktest_skip("the PIC is in use");
    fired = 0;
    if (vector_bind(VECTOR_TIMER, "test", count_work, &fired))
        return ktest_skip("the timer is in use");
    apic_timer_start(1000000, false);
    left = apic_timer_left();
    EXPECT(left > 0 && left <= 1000000);
    apic_timer_start(100, false);
    EXPECT(reaches(&fired, 1));
    apic_timer_start(1000, true);
    EXPECT(reaches(&fired, 4));
    apic_timer_stop();
    EXPECT_EQUAL(vector_unbind(VECTOR_TIMER), 0);
}

KTEST(interrupts_vectors_have_a_range)
{
    EXPECT_EQUAL(vector_bind(47, "test", count_work, NULL), (uint64_t)-EINVAL);
    EXPECT_EQUAL(vector_bind(256, "test", count_work, NULL), (uint64_t)-EINVAL);
    EXPECT_EQUAL(vector_unbind(47), (uint64_t)-ENOENT);
}

/* ---- a real level line ----------------------------------------------------------------------- */

#define PCI_ADDRESS 0xcf8
#define PCI_DATA    0xcfc
#define PCI_EDU     0x11e81234u /* device, vendor: QEMU's teaching device (docs/specs/edu.txt) */

#define EDU_BYTES      4096
#define EDU_RAISE      0x60
#define EDU_ACKNOWLEDGE 0x64

static struct edu {
    volatile uint8_t *registers;
    unsigned irq;
    unsigned asked;
} edu;

static uint32_t pci_read(unsigned slot, unsigned at)
{
    out32(PCI_ADDRESS, 0x80000000u | slot << 11 | at);
    return in32(PCI_DATA);
}

static bool edu_find(void)
{
    for (unsigned slot = 0; slot < 32; slot++) {
        if (pci_read(slot, 0) != PCI_EDU)
            continue;
        edu.irq = pci_read(slot, 0x3c) & 0xff;
        edu.asked = 0;
        edu.registers = device_map(pci_read(slot, 0x10) & ~15u, EDU_BYTES,
                                   PAGE_WRITE | PAGE_UNCACHED);
        return edu.registers && edu.irq < IRQ_LINES;
    }
    return false;
}

static void edu_write(unsigned at, uint32_t value)
{
    *(volatile uint32_t *)(edu.registers + at) = value;
}

static bool edu_serve(void *context)
{
    (void)context;
    edu.asked++;
    edu_write(EDU_ACKNOWLEDGE, 1);
    return true;
}

/* Does not silence it: it would come for ever. */
static bool edu_ignore(void *context)
{
    (void)context;
    edu.asked++;
    return false;
}

static void edu_work(void *context)
{
    edu_write(EDU_ACKNOWLEDGE, 1);
    ++*(volatile unsigned *)context;
}

static bool edu_say_mine(void *context)
{
    (void)context;
    edu.asked++;
    return true;
}

KTEST(level_line_of_a_device)
{
    unsigned other = 0;

    if (!edu_find())
        return ktest_skip("the machine has no edu device");
    EXPECT(irq_is_level(edu.irq));
    EXPECT_EQUAL(irq_bind_shared(edu.irq, "other", deny, &other), 0);
    EXPECT_EQUAL(irq_bind_shared(edu.irq, "edu", edu_serve, NULL), 0);
    for (unsigned i = 1; i <= 3; i++) {
        edu_write(EDU_RAISE, 1);
        EXPECT(reaches(&edu.asked, i));
    }
    EXPECT_EQUAL(edu.asked, 3);
    EXPECT_EQUAL(other, 3);
    EXPECT_EQUAL(irq_unbind(edu.irq, edu_serve, NULL), 0);
    EXPECT_EQUAL(irq_unbind(edu.irq, deny, &other), 0);
    device_unmap(edu.registers, EDU_BYTES);
}

/* The device pulls the line until the work has run; without the mask nothing else would ever
   run. */
KTEST(level_line_with_a_threaded_handler)
{
    static unsigned worked;
    uint64_t end = time_now_us() + WAIT_US;

    if (!edu_find())
        return ktest_skip("the machine has no edu device");
    worked = 0;
    EXPECT_EQUAL(irq_bind_threaded(edu.irq, "edu", edu_say_mine, edu_work, &worked, 0), 0);
    edu_write(EDU_RAISE, 1);
    EXPECT(reaches(&edu.asked, 1));
    while (!worked && time_now_us() < end)
        (void)deferred_run();
    EXPECT_EQUAL(worked, 1);
    EXPECT_EQUAL(edu.asked, 1);
    edu_write(EDU_RAISE, 1); /* and open again */
    EXPECT(reaches(&edu.asked, 2));
    while (worked < 2 && time_now_us() < end)
        (void)deferred_run();
    EXPECT_EQUAL(worked, 2);
    EXPECT_EQUAL(irq_unbind(edu.irq, edu_say_mine, &worked), 0);
    device_unmap(edu.registers, EDU_BYTES);
}

KTEST(level_line_that_storms)
{
    uint64_t before;

    if (!edu_find())
        return ktest_skip("the machine has no edu device");
    before = irq_line(edu.irq)->storms;
    EXPECT_EQUAL(irq_bind(edu.irq, "edu", edu_ignore, NULL), 0);
    edu_write(EDU_RAISE, 1);
    EXPECT(reaches(&edu.asked, IRQ_STORM_LIMIT));
    EXPECT_EQUAL(edu.asked, IRQ_STORM_LIMIT); /* and then silence */
    EXPECT_EQUAL(irq_line(edu.irq)->storms, before + 1);
    edu_write(EDU_ACKNOWLEDGE, 1);
    EXPECT_EQUAL(irq_unbind(edu.irq, edu_ignore, NULL), 0);
    device_unmap(edu.registers, EDU_BYTES);
}
