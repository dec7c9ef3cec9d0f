/* Signals: handlers, masks, what a signal does to calls that wait, stop and continue. */
#include "user/tests/lib/test.h"

static volatile int came, last;

static void note(int signal)
{
    came++;
    last = signal;
}

static long me(void)
{
    return fastos_getpid();
}

static void handlers(void)
{
    struct abi_sigaction old;

    came = 0;
    handle(SIGUSR1, note, 0);
    expect_is(fastos_kill(me(), SIGUSR1), 0);
    expect_is(came, 1);
    expect_is(last, SIGUSR1);
    expect_is(fastos_sigaction(SIGUSR1, NULL, &old), 0);
    expect_is(old.handler, (uintptr_t)note);
    handle(SIGUSR1, note, SA_RESETHAND);
    expect_is(fastos_kill(me(), SIGUSR1), 0);
    expect_is(came, 2);
    expect_is(fastos_sigaction(SIGUSR1, NULL, &old), 0);
    expect_is(old.handler, SIG_DFL);
}

static void bad_arguments(void)
{
    struct abi_sigaction action = {.handler = SIG_IGN};

    expect_is(fastos_sigaction(0, &action, NULL), -EINVAL);
    expect_is(fastos_sigaction(65, &action, NULL), -EINVAL);
    expect_is(fastos_sigaction(-1, &action, NULL), -EINVAL);
    expect_is(fastos_sigaction(SIGKILL, &action, NULL), -EINVAL);
    expect_is(fastos_sigaction(SIGSTOP, &action, NULL), -EINVAL);
    expect_is(fastos_sigaction(SIGUSR1, (void *)8, NULL), -EFAULT);
    expect_is(fastos_sigaction(SIGUSR1, NULL, (void *)0xffffff0000000000), -EFAULT);
    expect_is(fastos_kill(me(), 65), -EINVAL);
    expect_is(fastos_kill(me(), -1), -EINVAL);
    expect_is(fastos_kill(me(), 0), 0);
    expect_is(fastos_kill(0x7ffffff0, SIGTERM), -ESRCH);
    expect_is(fastos_kill(-0x7ffffff0, SIGTERM), -ESRCH);
    expect_is(fastos_tgkill(me(), me() + 1000000, SIGTERM), -ESRCH);
    expect_is(fastos_sigprocmask(9, &(uint64_t){0}, NULL), -EINVAL);
}

static void masks(void)
{
    uint64_t set = 1ull << (SIGUSR2 - 1), pending = 0;

    came = 0;
    handle(SIGUSR2, note, 0);
    expect_is(fastos_sigprocmask(SIG_BLOCK, &set, NULL), 0);
    expect_is(fastos_kill(me(), SIGUSR2), 0);
    expect_is(fastos_kill(me(), SIGUSR2), 0);
    expect_is(came, 0);
    expect_is(fastos_sigpending(&pending), 0);
    expect_is(pending, set);
    expect_is(fastos_sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
    expect_is(came, 1);
    expect_is(fastos_sigpending(&pending), 0);
    expect_is(pending, 0);
}

static void taken(void)
{
    uint64_t set = 1ull << (SIGUSR2 - 1);
    struct abi_siginfo info = {0};

    expect_is(fastos_sigprocmask(SIG_BLOCK, &set, NULL), 0);
    expect_is(fastos_sigtimedwait(&set, &info, &(struct abi_timespec){0, 1000}), -EAGAIN);
    expect_is(fastos_kill(me(), SIGUSR2), 0);
    expect_is(fastos_sigtimedwait(&set, &info, NULL), SIGUSR2);
    expect_is(info.signal, SIGUSR2);
    expect_is(info.pid, me());
    expect_is(fastos_sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
}

/* ---- calls that wait ------------------------------------------------------------------------- */

static int tell_parent(void *argument)
{
    struct abi_timespec a_while = {0, 20000000};

    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &a_while, NULL);
    fastos_kill(fastos_getppid(), (int)(uintptr_t)argument);
    return 0;
}

static void interrupted(void)
{
    struct abi_timespec long_time = {100, 0}, left = {0, 0};

    came = 0;
    handle(SIGUSR1, note, 0);
    long pid = start(tell_parent, (void *)SIGUSR1);

    expect_is(fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, &left), -EINTR);
    expect(left.seconds > 90);
    expect_is(came, 1);
    expect_is(end_of(pid), 0);

    /* With SA_RESTART the wait goes on: its result is the child's. */
    handle(SIGUSR1, note, SA_RESTART);
    pid = start(tell_parent, (void *)SIGUSR1);
    expect_is(fastos_wait(pid), 0);
    expect_is(came, 2);
    uint64_t none = 0;

    pid = start(tell_parent, (void *)SIGUSR1);
    expect_is(fastos_sigsuspend(&none), -EINTR);
    expect_is(came, 3);
    expect_is(end_of(pid), 0);
}

/* ---- registers survive ----------------------------------------------------------------------- */

static void registers(void)
{
    uint64_t sum = 0;

    came = 0;
    handle(SIGALRM, note, 0);
    struct abi_itimerval often = {0, 2000, 0, 2000}, off = {0, 0, 0, 0};

    expect_is(fastos_setitimer(ITIMER_REAL, &often, NULL), 0);
    while (came < 10) {
        uint64_t a = 1, b = 2, c = 3, d = 4;

        __asm__ volatile("mov $1000, %%r11d\n"
                         "1: add $1, %0\n add $2, %1\n add $3, %2\n add $4, %3\n"
                         "dec %%r11d\n jnz 1b"
                         : "+r"(a), "+r"(b), "+r"(c), "+r"(d) : : "r11", "cc");
        sum += a != 1001 || b != 2002 || c != 3003 || d != 4004;
    }
    expect_is(fastos_setitimer(ITIMER_REAL, &off, NULL), 0);
    expect_is(sum, 0);
}

/* ---- faults ---------------------------------------------------------------------------------- */

static struct abi_siginfo fault;
static volatile uint64_t resume_at;

static void on_fault(int signal, struct abi_siginfo *info, struct abi_context *context)
{
    (void)signal;
    fault = *info;
    context->rip = resume_at;
}

static void faults(void)
{
    struct abi_sigaction action = {(uintptr_t)on_fault, SA_SIGINFO, (uintptr_t)restorer, 0};

    expect_is(fastos_sigaction(SIGSEGV, &action, NULL), 0);
    __asm__ volatile("lea 1f(%%rip), %%rax\n mov %%rax, %0\n movb $1, 0x1234\n 1:"
                     : "=m"(resume_at) : : "rax", "memory");
    expect_is(fault.signal, SIGSEGV);
    expect_is(fault.address, 0x1234);
    action.handler = SIG_DFL;
    expect_is(fastos_sigaction(SIGSEGV, &action, NULL), 0);
}

/* ---- a stack of its own ---------------------------------------------------------------------- */

static volatile uintptr_t stack_was;

static void where(int signal)
{
    int here;

    (void)signal;
    stack_was = (uintptr_t)&here;
}

static int overflow(void *argument)
{
    volatile char room[1024];

    room[0] = 1;
    return argument ? overflow(argument) + room[0] : 0;
}

static void on_overflow(int signal)
{
    fastos_exit(signal == SIGSEGV ? 33 : 1);
}

static int overflow_handled(void *argument)
{
    handle(SIGSEGV, on_overflow, SA_ONSTACK);
    return overflow(argument);
}

static void other_stack(void)
{
    char *room = fresh_pages(4);
    struct abi_sigaltstack stack = {(uintptr_t)room, 4 * PAGE, 0}, small = {(uintptr_t)room, 10, 0};

    expect_is(fastos_sigaltstack(&small, NULL), -ENOMEM);
    expect_is(fastos_sigaltstack(&stack, NULL), 0);
    handle(SIGUSR1, where, SA_ONSTACK);
    expect_is(fastos_kill(me(), SIGUSR1), 0);
    expect(stack_was > (uintptr_t)room && stack_was < (uintptr_t)room + 4 * PAGE);
    expect_is(status_of(overflow, (void *)1), 128 + SIGSEGV);
    expect_is(status_of(overflow_handled, (void *)1), 33);
}

/* ---- stop and continue ----------------------------------------------------------------------- */

static int count_up(void *argument)
{
    for (;;)
        ++*(volatile int *)argument;
    return 0;
}

static void stopped(void)
{
    long at = fastos_mmap_file(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                               0);
    volatile int *counter = (int *)at;
    struct abi_timespec a_while = {0, 30000000};
    long pid = start(count_up, (void *)counter);
    int status = 0;

    while (!*counter)
        fastos_sched_yield();
    expect_is(fastos_kill(pid, SIGSTOP), 0);
    expect_is(fastos_wait4(pid, &status, WUNTRACED, NULL), pid);
    expect_is(status, SIGSTOP << 8 | 0x7f);
    int before = *counter;

    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &a_while, NULL);
    expect_is(*counter, before);
    expect_is(fastos_wait4(pid, &status, WUNTRACED | WNOHANG, NULL), 0);
    expect_is(fastos_kill(pid, SIGCONT), 0);
    expect_is(fastos_wait4(pid, &status, WCONTINUED, NULL), pid);
    expect_is(status, 0xffff);
    while (*counter == before)
        fastos_sched_yield();
    expect_is(fastos_kill(pid, SIGSTOP), 0);
    expect_is(fastos_kill(pid, SIGKILL), 0);
    expect_is(fastos_wait4(pid, &status, 0, NULL), pid);
    expect_is(status, SIGKILL);
}

/* ---- groups ---------------------------------------------------------------------------------- */

static int wait_forever(void *argument)
{
    (void)argument;
    for (;;)
        fastos_sigsuspend(&(uint64_t){0});
    return 0;
}

static void groups(void)
{
    long first = start(wait_forever, NULL), second = start(wait_forever, NULL);

    expect_is(fastos_setpgid(first, 0), 0);
    expect_is(fastos_getpgid(first), first);
    expect_is(fastos_setpgid(second, first), 0);
    expect_is(fastos_setpgid(second, 0x7ffffff0), -EPERM);
    expect_is(fastos_kill(-first, SIGTERM), 0);
    expect_is(end_of(first), 128 + SIGTERM);
    expect_is(end_of(second), 128 + SIGTERM);
    expect_is(fastos_kill(-first, SIGTERM), -ESRCH);
}

static void step(const char *name)
{
    if (argument_count > 1) {
        print(name);
        print("\n");
    }
}

int main_test(void)
{
    step("handlers");
    handlers();
    step("bad_arguments");
    bad_arguments();
    step("masks");
    masks();
    step("taken");
    taken();
    step("interrupted");
    interrupted();
    step("registers");
    registers();
    step("faults");
    faults();
    step("other_stack");
    other_stack();
    step("stopped");
    stopped();
    step("groups");
    groups();
    print("signals: done\n");
    return 0;
}
