/* Threads and futexes. */
#include "user/tests/lib/test.h"

#define THREADS 64

static volatile int gate, ready, finished;
static volatile uint32_t alive[THREADS];

static void futex_wait(volatile void *word, int value)
{
    fastos_futex((void *)word, FUTEX_WAIT, (unsigned)value, NULL, NULL, 0);
}

static long futex_wake(volatile void *word, unsigned count)
{
    return fastos_futex((void *)word, FUTEX_WAKE, count, NULL, NULL, 0);
}

static long begin(void (*work)(void *), void *argument)
{
    char *stack = fresh_pages(4);

    return fastos_thread_create((void *)(uintptr_t)work, stack + 4 * PAGE, argument, NULL);
}

static void wait_at_gate(void *argument)
{
    volatile uint32_t *word = argument;

    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    while (!gate)
        futex_wait(&gate, 0);
    __atomic_add_fetch(&finished, 1, __ATOMIC_SEQ_CST);
    fastos_thread_exit((void *)word);
}

static void sixty_four(void)
{
    for (int i = 0; i < THREADS; i++) {
        alive[i] = 1;
        expect(begin(wait_at_gate, (void *)&alive[i]) > 0);
    }
    while (ready < THREADS)
        fastos_sched_yield();
    expect_is(finished, 0);
    gate = 1;
    futex_wake(&gate, THREADS);
    for (int i = 0; i < THREADS; i++)
        while (alive[i])
            futex_wait(&alive[i], 1);
    expect_is(finished, THREADS);
}

/* A lock of a futex: 0 free, 1 held, 2 held and waited for. */
static volatile uint32_t lock;
static volatile long counter;

static void take(void)
{
    uint32_t free = 0;

    if (__atomic_compare_exchange_n(&lock, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&lock, 2, __ATOMIC_ACQUIRE))
        futex_wait(&lock, 2);
}

static void give(void)
{
    if (__atomic_exchange_n(&lock, 0, __ATOMIC_RELEASE) == 2)
        futex_wake(&lock, 1);
}

static void add(void *argument)
{
    for (int i = 0; i < 2000; i++) {
        take();
        counter = counter + 1;
        if (i % 64 == 0)
            fastos_sched_yield();
        give();
    }
    fastos_thread_exit(argument);
}

static void a_lock(void)
{
    for (int i = 0; i < 8; i++) {
        alive[i] = 1;
        expect(begin(add, (void *)&alive[i]) > 0);
    }
    for (int i = 0; i < 8; i++)
        while (alive[i])
            futex_wait(&alive[i], 1);
    expect_is(counter, 16000);
}

static void bad_arguments(void)
{
    uint32_t word = 5;
    struct abi_timespec soon = {0, 1000000}, bad = {0, -1};

    expect_is(fastos_futex(&word, FUTEX_WAIT, 4, NULL, NULL, 0), -EAGAIN);
    expect_is(fastos_futex(&word, FUTEX_WAIT, 5, &soon, NULL, 0), -ETIMEDOUT);
    expect_is(fastos_futex(&word, FUTEX_WAIT, 5, &bad, NULL, 0), -EINVAL);
    expect_is(fastos_futex((char *)&word + 1, FUTEX_WAIT, 5, NULL, NULL, 0), -EINVAL);
    expect_is(fastos_futex(NULL, FUTEX_WAIT, 0, NULL, NULL, 0), -EFAULT);
    expect_is(fastos_futex((void *)0xffffff0000000000, FUTEX_WAKE, 1, NULL, NULL, 0), -EFAULT);
    expect_is(fastos_futex(&word, 77, 0, NULL, NULL, 0), -EINVAL);
    expect_is(fastos_futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0), 0);
    expect_is(fastos_thread_create((void *)0xffffff0000000000, NULL, NULL, NULL), -EINVAL);
    expect_is(fastos_set_tls((void *)0xffffff0000000000), -EINVAL);
}

/* ---- TLS ------------------------------------------------------------------------------------- */

static volatile int wrong;

static void own_tls(void *argument)
{
    uint64_t *mine = argument, read;

    expect_is(fastos_set_tls(mine), 0);
    for (int i = 0; i < 300; i++) {
        __asm__ volatile("mov %%fs:0, %0" : "=r"(read));
        wrong += read != mine[0];
        fastos_sched_yield();
    }
    mine[1] = 0;
    futex_wake(&mine[1], 1);
    fastos_thread_exit(NULL);
}

static void tls(void)
{
    static uint64_t words[4][2];

    for (int i = 0; i < 4; i++) {
        words[i][0] = 1000 + (uint64_t)i;
        words[i][1] = 1;
        expect(begin(own_tls, words[i]) > 0);
    }
    for (int i = 0; i < 4; i++)
        while (*(volatile uint32_t *)&words[i][1])
            futex_wait(&words[i][1], 1);
    expect_is(wrong, 0);
}

/* ---- threads and the process ----------------------------------------------------------------- */

static void spin(void *argument)
{
    (void)argument;
    for (;;)
        ;
}

static void sleep_long(void *argument)
{
    struct abi_timespec long_time = {1000, 0};

    (void)argument;
    for (;;)
        fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, NULL);
}

static int exit_with_threads(void *argument)
{
    for (int i = 0; i < 5; i++) {
        begin(spin, NULL);
        begin(sleep_long, NULL);
    }
    return (int)(uintptr_t)argument;
}

static int exec_with_threads(void *argument)
{
    char *words[] = {"hello", NULL};

    exit_with_threads(NULL);
    fastos_execve(argument, words, NULL);
    return 100;
}

static void fault_in_thread(void *argument)
{
    *(volatile int *)argument = 1;
}

static int fault_of_a_thread(void *argument)
{
    begin(fault_in_thread, argument);
    sleep_long(NULL);
    return 0;
}

static int last_thread_exits(void *argument)
{
    fastos_thread_exit(argument);
    return 100;
}

int main_test(void)
{
    bad_arguments();
    sixty_four();
    a_lock();
    tls();
    expect_is(status_of(exit_with_threads, (void *)9), 9);
    expect_is(status_of(exec_with_threads, "/bin/hello"), 0);
    expect_is(status_of(fault_of_a_thread, NULL), 128 + SIGSEGV);
    expect_is(status_of(last_thread_exits, NULL), 0);
    print("threads: done\n");
    return 0;
}
