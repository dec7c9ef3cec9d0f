/*
 * The FPU: x87, SSE and, where it is, AVX. Nobody sees what another left there; fork, signals and
 * exec do with it what they promise; what a handler's frame says of it is not believed.
 */
#include "user/tests/lib/test.h"

#define WORKERS 3
#define ROUNDS  400

#define MXCSR_AT_START   0x1f80u
#define MXCSR_NO_DIVIDE  0x1d80u /* a division by zero is an exception */
#define CONTROL_AT_START 0x037fu

/* What lies in them all; the upper half of the YMM registers too. */
struct registers {
    uint8_t xmm[16][16], upper[16][16];
    uint8_t x87[8][10];
    uint32_t mxcsr;
    uint16_t control;
};

static bool has_avx;

static void look_for_avx(void)
{
    uint32_t eax = 1, ebx, ecx = 0, edx;

    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    if (!(ecx & 1u << 27) || !(ecx & 1u << 28))
        return;
    __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
    has_avx = eax & 4;
}

#define EACH_XMM(do)                                                                               \
    do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7)                                                \
    do(8) do(9) do(10) do(11) do(12) do(13) do(14) do(15)
#define LOAD_XMM(n)  "movups " #n "*16(%0), %%xmm" #n "\n\t"
#define STORE_XMM(n) "movups %%xmm" #n ", " #n "*16(%0)\n\t"
#define LOAD_UPPER(n)  "vinsertf128 $1, " #n "*16(%0), %%ymm" #n ", %%ymm" #n "\n\t"
#define STORE_UPPER(n) "vextractf128 $1, %%ymm" #n ", " #n "*16(%0)\n\t"

/* This file is compiled without any use of the registers by the compiler. */
static void load(const struct registers *from)
{
    __asm__ volatile(EACH_XMM(LOAD_XMM) : : "r"(from->xmm) : "memory");
    if (has_avx)
        __asm__ volatile(EACH_XMM(LOAD_UPPER) : : "r"(from->upper) : "memory");
    __asm__ volatile("fninit" : : : "memory");
    for (int i = 7; i >= 0; i--)
        __asm__ volatile("fldt (%0)" : : "r"(from->x87[i]) : "memory");
    __asm__ volatile("ldmxcsr %0" : : "m"(from->mxcsr));
    __asm__ volatile("fldcw %0" : : "m"(from->control));
}

/* The x87 stack is empty afterwards. */
static void store(struct registers *to)
{
    memset(to, 0, sizeof(*to));
    __asm__ volatile("stmxcsr %0" : "=m"(to->mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(to->control));
    __asm__ volatile(EACH_XMM(STORE_XMM) : : "r"(to->xmm) : "memory");
    if (has_avx)
        __asm__ volatile(EACH_XMM(STORE_UPPER) : : "r"(to->upper) : "memory");
    for (int i = 0; i < 8; i++)
        __asm__ volatile("fstpt (%0)" : : "r"(to->x87[i]) : "memory");
}

/* A pattern of a seed's own: the x87 registers hold normal numbers. */
static void fill(struct registers *to, uint64_t seed)
{
    memset(to, 0, sizeof(*to));
    for (unsigned i = 0; i < 16; i++)
        for (unsigned k = 0; k < 16; k++) {
            to->xmm[i][k] = (uint8_t)(random_next(&seed) >> 20);
            to->upper[i][k] = has_avx ? (uint8_t)(random_next(&seed) >> 20) : 0;
        }
    for (unsigned i = 0; i < 8; i++) {
        for (unsigned k = 0; k < 8; k++)
            to->x87[i][k] = (uint8_t)(random_next(&seed) >> 20);
        to->x87[i][7] |= 0x80;
        to->x87[i][8] = 0xff;
        to->x87[i][9] = 0x3f;
    }
    to->mxcsr = MXCSR_AT_START & ~(uint32_t)(seed & 0x1000); /* some unmask an exception */
    to->control = (uint16_t)(CONTROL_AT_START & ~(seed & 0x100));
}

static bool same(const struct registers *a, const struct registers *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* What a program begins with. */
static bool is_clean(void)
{
    static const struct registers zeros;
    struct registers now;
    uint16_t status, control;
    uint8_t saved[28];

    __asm__ volatile("fnstsw %0" : "=m"(status));
    __asm__ volatile("fnstenv %0\n\tfldenv %0" : "+m"(saved));
    __asm__ volatile("fnstcw %0" : "=m"(control));
    bool empty = status == 0 && saved[8] == 0xff && saved[9] == 0xff;

    __asm__ volatile("fninit");
    store(&now);
    __asm__ volatile("fninit");
    return empty && control == CONTROL_AT_START && now.mxcsr == MXCSR_AT_START
           && memcmp(now.xmm, zeros.xmm, sizeof(now.xmm)) == 0
           && memcmp(now.upper, zeros.upper, sizeof(now.upper)) == 0;
}

/* ---- several at once ------------------------------------------------------------------------- */

static void spend_time(void)
{
    for (volatile unsigned i = 0; i < 20000; i++)
        ;
}

static int work(void *argument)
{
    uint64_t seed = (uintptr_t)argument;
    struct registers mine, now;

    for (unsigned round = 0; round < ROUNDS; round++) {
        fill(&mine, seed += 0x9e3779b97f4a7c15ull);
        load(&mine);
        if (round % 4 == 0)
            fastos_sched_yield();
        else if (round % 4 == 1)
            spend_time();
        store(&now);
        if (!same(&mine, &now))
            return 1;
    }
    return 0;
}

static void processes_at_once(void)
{
    long pids[WORKERS];

    for (unsigned i = 0; i < WORKERS; i++)
        pids[i] = start(work, (void *)(uintptr_t)(i + 1));
    expect_is(work((void *)(uintptr_t)77), 0);
    for (unsigned i = 0; i < WORKERS; i++)
        expect_is(end_of(pids[i]), 0);
}

static volatile int left, wrong;

static void work_in_a_thread(void *argument)
{
    if (work(argument))
        wrong = 1;
    __atomic_sub_fetch(&left, 1, __ATOMIC_SEQ_CST);
    fastos_thread_exit(NULL);
}

static void threads_at_once(void)
{
    left = WORKERS;
    for (unsigned i = 0; i < WORKERS; i++) {
        char *stack = fresh_pages(4);

        expect(fastos_thread_create((void *)(uintptr_t)work_in_a_thread, stack + 4 * PAGE,
                                    (void *)(uintptr_t)(i + 100), NULL) > 0);
    }
    expect_is(work((void *)(uintptr_t)78), 0);
    while (left)
        fastos_sched_yield();
    expect_is(wrong, 0);
}

/* ---- fork and exec --------------------------------------------------------------------------- */

static void fork_copies(void)
{
    struct registers mine, now;

    fill(&mine, 5);
    load(&mine);
    long pid = fastos_fork();

    store(&now);
    if (pid == 0)
        fastos_exit(!same(&mine, &now));
    expect(same(&mine, &now));
    expect_is(end_of(pid), 0);
}

static int is_clean_child(void *argument)
{
    (void)argument;
    struct registers mine;
    char *words[] = {"fpu", "clean", NULL}, *none[] = {NULL};

    fill(&mine, 6);
    load(&mine);
    return (int)fastos_execve("/usr/tests/fpu", words, none);
}

static void exec_cleans(void)
{
    expect_is(status_of(is_clean_child, NULL), 0);
}

/* ---- signals --------------------------------------------------------------------------------- */

static volatile int handler_saw_clean;

static void use_it_all(int signal)
{
    struct registers other;

    (void)signal;
    handler_saw_clean = is_clean();
    fill(&other, 99);
    load(&other);
}

static void handlers_keep_it(void)
{
    struct registers mine, now;

    handle(SIGUSR1, use_it_all, 0);
    fill(&mine, 7);
    load(&mine);
    fastos_kill(fastos_getpid(), SIGUSR1);
    store(&now);
    expect(same(&mine, &now));
    expect_is(handler_saw_clean, 1);
}

/* Offsets in what XSAVE stores. */
#define AT_MXCSR      24
#define AT_COMPONENTS 512
#define AT_COMPACTION 520
#define AT_RESERVED   528

static int damage;

static void damage_frame(int signal, struct abi_siginfo *info, struct abi_context *context)
{
    (void)signal;
    (void)info;
    uint8_t *state = (uint8_t *)context->fpu;

    switch (damage) {
    case 0: *(uint32_t *)(state + AT_MXCSR) = 0xffffffff; break;
    case 1: *(uint64_t *)(state + AT_COMPONENTS) |= 1ull << 62; break;
    case 2: *(uint64_t *)(state + AT_COMPACTION) = 1ull << 63; break;
    case 3: *(uint64_t *)(state + AT_RESERVED) = 1; break;
    case 4: context->fpu = 0xffffff0000000000; break;
    case 5: context->fpu_bytes = 1; break;
    case 6: context->fpu_bytes = UINT64_MAX; break;
    case 7: context->fpu = 8; break;
    case 8: memset(state, 0xff, AT_MXCSR); break; /* nothing that the CPU refuses */
    case 9: context->fpu = 0; break;              /* clean from now on */
    default: *(uint32_t *)(state + AT_MXCSR) = MXCSR_AT_START; break;
    }
}

static int return_with_damage(void *argument)
{
    struct registers mine;

    damage = (int)(uintptr_t)argument;
    handle(SIGUSR1, (void (*)(int))(uintptr_t)damage_frame, SA_SIGINFO);
    fill(&mine, 8);
    load(&mine);
    fastos_kill(fastos_getpid(), SIGUSR1);
    return damage == 9 ? !is_clean() : 0;
}

/* By FXSAVE there is no header: what would be there lies behind the state. */
static void frames_are_not_believed(void)
{
    uint32_t eax = 1, ebx, ecx = 0, edx;

    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    for (int i = 0; i <= 7; i++) {
        bool header = i >= 1 && i <= 3;

        if (header && !(ecx & 1u << 27))
            continue;
        expect_is(status_of(return_with_damage, (void *)(uintptr_t)i), 128 + SIGSEGV);
    }
    for (int i = 8; i <= 10; i++)
        expect_is(status_of(return_with_damage, (void *)(uintptr_t)i), 0);
}

/* ---- exceptions ------------------------------------------------------------------------------ */

static int divide_by_zero_sse(void *argument)
{
    static const float one[4] = {1, 1, 1, 1};
    uint32_t mxcsr = MXCSR_NO_DIVIDE;

    (void)argument;
    __asm__ volatile("ldmxcsr %0\n\tmovups %1, %%xmm0\n\txorps %%xmm1, %%xmm1\n\t"
                     "divps %%xmm1, %%xmm0" : : "m"(mxcsr), "m"(one));
    return 0;
}

static int divide_by_zero_x87(void *argument)
{
    uint16_t control = CONTROL_AT_START & ~4u;

    (void)argument;
    __asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldz\n\tfdivrp\n\tfwait" : : "m"(control));
    return 0;
}

int main_test(void)
{
    look_for_avx();
    expect(is_clean());
    if (argument_count > 1)
        return 0; /* of exec_cleans: that was all */
    fork_copies();
    exec_cleans();
    handlers_keep_it();
    frames_are_not_believed();
    long status = status_of(divide_by_zero_sse, NULL);

    expect(status == 128 + SIGFPE || status == 0); /* QEMU's emulation raises no such exception */
    expect_is(status_of(divide_by_zero_x87, NULL), 128 + SIGFPE);
    processes_at_once();
    threads_at_once();
    print(has_avx ? "with AVX\n" : "without AVX\n");
    print("fpu: done\n");
    return 0;
}
