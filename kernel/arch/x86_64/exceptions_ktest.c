/* Exceptions raised on purpose, caught and named; those that stop nobody. */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/exceptions.h"
#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/test/ktest.h"
#include "lib/string.h"

static void divide(void *context)
{
    uint32_t zero = 0;

    (void)context;
    __asm__ volatile("xor %%edx, %%edx\n\tdivl %0" : : "r"(zero), "a"(1) : "edx", "cc");
}

static void overflow(void *context)
{
    (void)context;
    __asm__ volatile("int $4");
}

static void undefined(void *context)
{
    (void)context;
    __asm__ volatile("ud2");
}

/* An address that is no canonical one. */
static void protection(void *context)
{
    (void)context;
    *(volatile uint8_t *)0x8000000000000000ull = 1;
}

static void segment(void *context)
{
    (void)context;
    __asm__ volatile("mov %0, %%fs" : : "r"((uint16_t)0x58)); /* beyond the GDT */
}

static void page(void *context)
{
    *(volatile uint8_t *)context = 1;
}

static void single_step(void *context)
{
    (void)context;
    __asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\tnop" ::: "memory", "cc");
}

static void nothing(void *context)
{
    *(bool *)context = true;
}

KTEST(exceptions_are_caught)
{
    static const struct {
        void (*raise)(void *);
        unsigned vector;
        uint64_t error_code;
    } cases[] = {
        {divide, 0, 0}, {single_step, 1, 0}, {overflow, 4, 0}, {undefined, 6, 0},
        {protection, 13, 0}, {segment, 13, 0x58},
    };

    for (unsigned i = 0; i < array_length(cases); i++) {
        struct cpu_exception caught = {.vector = 99};

        EXPECT(cpu_catch(cases[i].raise, NULL, &caught));
        EXPECT_EQUAL(caught.vector, cases[i].vector);
        EXPECT_EQUAL(caught.error_code, cases[i].error_code);
        EXPECT(cpu_interrupts_enabled());
    }
}

KTEST(exceptions_a_page_fault_tells_where)
{
    struct cpu_exception caught;

    EXPECT(cpu_catch(page, (void *)0x12345000, &caught));
    EXPECT_EQUAL(caught.vector, EXCEPTION_PAGE_FAULT);
    EXPECT_EQUAL(caught.address, 0x12345000);
    EXPECT_EQUAL(caught.error_code, 2); /* a write to a page that is not there */
    EXPECT(strcmp(cpu_exception_name(caught.vector), "page fault") == 0);
}

KTEST(exceptions_no_exception_no_catch)
{
    struct cpu_exception caught;
    bool ran = false;

    EXPECT(!cpu_catch(nothing, &ran, &caught));
    EXPECT(ran);
}

static void nested(void *context)
{
    struct cpu_exception inner;

    if (cpu_catch(undefined, NULL, &inner) && inner.vector == 6)
        *(bool *)context = true;
    divide(NULL);
}

KTEST(exceptions_catches_nest)
{
    struct cpu_exception caught;
    bool inner_caught = false;

    EXPECT(cpu_catch(nested, &inner_caught, &caught));
    EXPECT(inner_caught);
    EXPECT_EQUAL(caught.vector, 0);
}

#ifndef DEBUG /* there they say more than that: kernel/sanitizer */
static void index_beyond(void *context)
{
    static uint8_t array[8];

    array[*(volatile unsigned *)context] = 1;
    (void)*(volatile uint8_t *)array;
}

static void add_beyond(void *context)
{
    *(volatile int *)context += INT32_MAX;
}

static void shift_beyond(void *context)
{
    *(volatile int *)context = 1 << *(volatile int *)context;
}

/* kernel.mk asks the compiler for these checks. */
KTEST(exceptions_the_compilers_checks_trap)
{
    static void (*const attacks[])(void *) = {index_beyond, add_beyond, shift_beyond};
    struct cpu_exception caught;
    int harmless[] = {7, 0, 30}, beyond[] = {8, 1, 32};

    for (unsigned i = 0; i < array_length(attacks); i++) {
        EXPECT(!cpu_catch(attacks[i], &harmless[i], &caught));
        EXPECT(cpu_catch(attacks[i], &beyond[i], &caught));
        EXPECT_EQUAL(caught.vector, EXCEPTION_INVALID_OPCODE);
    }
}
#endif

/* Without anybody who waits for it: said in the log, and on. */
KTEST(exceptions_a_breakpoint_stops_nobody)
{
    __asm__ volatile("int3");
    single_step(NULL);
    EXPECT(cpu_interrupts_enabled());
}

static void count_runs(void *context)
{
    ++*(unsigned *)context;
}

/* A software NMI takes the same way in as a real one. Preemption is off: the deferred thread
   waits. */
KTEST(exceptions_an_nmi_is_counted_and_told_later)
{
    uint64_t before = nmi_count();
    bool left, done;

    preempt_disable();
    (void)deferred_run();
    __asm__ volatile("int $2");
    left = deferred_pending();
    done = deferred_run() && !deferred_pending();
    preempt_enable();
    EXPECT_EQUAL(nmi_count(), before + 1);
    EXPECT(left);
    EXPECT(done);
}

KTEST(deferred_work_is_queued_once_and_run_in_order)
{
    static unsigned runs;
    struct deferred work = {.name = "test", .run = count_runs, .context = &runs};
    bool first, second;
    unsigned early;

    runs = 0;
    preempt_disable();
    first = irq_defer(&work);
    second = irq_defer(&work);
    early = runs;
    preempt_enable(); /* the deferred thread is urgent: here it comes */
    EXPECT(first);
    EXPECT(!second);
    EXPECT_EQUAL(early, 0);
    EXPECT_EQUAL(runs, 1);
    EXPECT(irq_defer(&work));
    EXPECT_EQUAL(runs, 2);
}
