/* The registers of x87 and SSE: a program's own, whatever others, its signals' handlers and its
   children do with theirs. The compiler is told not to use them: what is in them is the test's. */
#include "user/tests/lib/test.h"

static void put(uint64_t pattern)
{
    __asm__ volatile("movq %0, %%xmm0\n\tmovq %0, %%xmm3\n\tmovq %0, %%xmm15\n\t"
                     "fninit\n\tpushq %0\n\tfildq (%%rsp)\n\taddq $8, %%rsp"
                     :
                     : "r"(pattern)
                     : "memory");
}

static bool holds(uint64_t pattern)
{
    uint64_t first, second, third, x87 = 0;

    __asm__ volatile("movq %%xmm0, %0\n\tmovq %%xmm3, %1\n\tmovq %%xmm15, %2"
                     : "=r"(first), "=r"(second), "=r"(third));
    __asm__ volatile("fld %%st(0)\n\tfistpq %0" : "=m"(x87));
    return first == pattern && second == pattern && third == pattern && x87 == pattern;
}

/* As in a program that begins. */
static bool are_fresh(void)
{
    uint64_t first, last;
    uint32_t mxcsr = 0;
    uint16_t control = 0, status = 1;

    __asm__ volatile("movq %%xmm0, %0\n\tmovq %%xmm15, %1" : "=r"(first), "=r"(last));
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(control));
    __asm__ volatile("fnstsw %0" : "=m"(status));
    return first == 0 && last == 0 && mxcsr == 0x1f80 && control == 0x37f && status == 0;
}

/* ---- several --------------------------------------------------------------------------------- */

#define CHILDREN 4
#define ROUNDS   2000000

/* Long enough to lose the CPU many times in the middle. */
static int keep(void *argument)
{
    uint64_t pattern = 0x1000 + (uint64_t)(uintptr_t)argument;

    put(pattern);
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (!holds(pattern))
            return 1;
        if (i % 4096 == 0)
            fastos_sched_yield();
    }
    return 0;
}

static void several(void)
{
    long pids[CHILDREN];

    put(5);
    for (uintptr_t i = 0; i < CHILDREN; i++)
        pids[i] = start(keep, (void *)i);
    for (unsigned i = 0; i < CHILDREN; i++)
        expect_is(end_of(pids[i]), 0);
    expect(holds(5));
}

/* ---- fork, exec ------------------------------------------------------------------------------ */

static int has_pattern(void *argument)
{
    bool right = holds((uintptr_t)argument);

    put(9);
    return right && holds(9) ? 0 : 1;
}

static int execute(void *argument)
{
    static char path[] = "/usr/tests/registers", word[] = "fresh";
    char *words[] = {path, word, NULL};

    (void)argument;
    put(77);
    fastos_execve(path, (void *)words, (void *)environment);
    return 2;
}

static void forked(void)
{
    put(1234567);
    expect_is(status_of(has_pattern, (void *)1234567), 0);
    expect(holds(1234567));
    expect_is(status_of(execute, NULL), 0);
}

/* ---- signals --------------------------------------------------------------------------------- */

static volatile bool was_fresh;

static void use(int signal)
{
    (void)signal;
    was_fresh = are_fresh();
    put(4711);
}

static void signalled(void)
{
    handle(SIGUSR1, use, 0);
    put(31);
    expect_is(fastos_kill(fastos_getpid(), SIGUSR1), 0);
    expect(was_fresh);
    expect(holds(31));
}

/* MXCSR's upper half, which is reserved. */
static void break_mxcsr(int signal, struct abi_siginfo *info, struct abi_context *context)
{
    volatile uint8_t *area = (volatile uint8_t *)(uintptr_t)context->fpu;

    (void)signal;
    (void)info;
    expect(context->fpu_bytes >= 512);
    area[27] = 0xff;
}

static void forget_them(int signal, struct abi_siginfo *info, struct abi_context *context)
{
    (void)signal;
    (void)info;
    put(4711);
    context->fpu = 0;
}

static void point_elsewhere(int signal, struct abi_siginfo *info, struct abi_context *context)
{
    (void)signal;
    (void)info;
    context->fpu = 0xffffff0000000000;
}

static void claim_more(int signal, struct abi_siginfo *info, struct abi_context *context)
{
    (void)signal;
    (void)info;
    context->fpu_bytes = 1 << 20;
}

/* Its status, when its handler did that. */
static int handled(void *handler)
{
    handle(SIGUSR1, (void (*)(int))(uintptr_t)handler, SA_SIGINFO);
    put(31);
    fastos_kill(fastos_getpid(), SIGUSR1);
    return holds(31) ? 31 : are_fresh() ? 1 : 2;
}

/* Of x87: QEMU's emulation knows no such fault of SSE. */
static int divide_by_zero(void *argument)
{
    uint16_t control = 0x37b;

    (void)argument;
    __asm__ volatile("fldcw %0\n\tfld1\n\tfldz\n\tfdivrp\n\tfwait" : : "m"(control));
    return 0;
}

static void broken(void)
{
    expect_is(status_of(handled, (void *)(uintptr_t)break_mxcsr), 128 + SIGSEGV);
    expect_is(status_of(handled, (void *)(uintptr_t)point_elsewhere), 128 + SIGSEGV);
    expect_is(status_of(handled, (void *)(uintptr_t)claim_more), 128 + SIGSEGV);
    expect_is(status_of(handled, (void *)(uintptr_t)forget_them), 1);
    expect_is(status_of(handled, (void *)(uintptr_t)use), 31);
    expect_is(status_of(divide_by_zero, NULL), 128 + SIGFPE);
}

int main_test(void)
{
    if (argument_count > 1)
        return are_fresh() ? 0 : 1;
    expect(are_fresh());
    several();
    forked();
    signalled();
    broken();
    print("registers: done\n");
    return 0;
}
