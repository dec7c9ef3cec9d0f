/* fork, exec, wait, exit: what they return, what becomes of children, and that nothing is left
   over. */
#include "user/tests/lib/test.h"

static int with_status(void *argument)
{
    return (int)(uintptr_t)argument;
}

static void statuses(void)
{
    expect_is(status_of(with_status, (void *)0), 0);
    expect_is(status_of(with_status, (void *)255), 255);
    expect_is(status_of(with_status, (void *)256), 0);
    expect_is(fastos_wait(-1), -ECHILD);
    expect_is(fastos_wait(fastos_getpid()), -ECHILD);
    expect_is(fastos_wait(0x123456789), -ECHILD);

    long pid = start(with_status, (void *)7);
    int status = -1;

    expect_is(fastos_wait4(pid, &status, 0, NULL), pid);
    expect_is(status, 7 << 8);
    expect_is(fastos_wait4(pid, &status, 0, NULL), -ECHILD);
    expect_is(fastos_wait4(-1, &status, 0x1000, NULL), -EINVAL);
}

static int dereference(void *argument)
{
    return *(volatile int *)argument;
}

static int endless(void *argument)
{
    (void)argument;
    for (;;)
        fastos_sched_yield();
    return 0;
}

static void signals_of_ends(void)
{
    int status;

    expect_is(status_of(dereference, NULL), 128 + SIGSEGV);
    long pid = start(endless, NULL);

    expect_is(fastos_wait4(pid, &status, WNOHANG, NULL), 0);
    expect_is(fastos_kill(pid, SIGTERM), 0);
    expect_is(fastos_wait4(pid, &status, 0, NULL), pid);
    expect_is(status, SIGTERM);
    expect_is(fastos_kill(pid, 0), -ESRCH);
}

/* ---- memory is the child's own --------------------------------------------------------------- */

static volatile int shared_not = 1;

static int change(void *argument)
{
    volatile char *pages = argument;

    shared_not = 2;
    for (int i = 0; i < 64; i++)
        pages[i * PAGE] = (char)(pages[i * PAGE] + 1);
    for (int i = 0; i < 64; i++)
        expect_is(pages[i * PAGE], (char)(i + 1));
    return shared_not;
}

static void copy_on_write(void)
{
    volatile char *pages = fresh_pages(64);

    for (int i = 0; i < 64; i++)
        pages[i * PAGE] = (char)i;
    for (int round = 0; round < 3; round++) {
        expect_is(status_of(change, (void *)pages), 2);
        for (int i = 0; i < 64; i++)
            expect_is(pages[i * PAGE], (char)i);
        expect_is(shared_not, 1);
    }
    expect_is(fastos_munmap((void *)pages, 64 * PAGE), 0);
}

/* ---- the tree -------------------------------------------------------------------------------- */

static int parent_is(void *argument)
{
    return fastos_getppid() == (long)(uintptr_t)argument;
}

static int leave_an_orphan(void *argument)
{
    (void)argument;
    long pid = start(with_status, (void *)3);

    return pid < 0;
}

static void tree(void)
{
    expect_is(status_of(parent_is, (void *)fastos_getpid()), 1);
    for (int i = 0; i < 20; i++)
        expect_is(status_of(leave_an_orphan, NULL), 0);
    while (fastos_wait4(-1, NULL, 0, NULL) > 0) /* the first process gets the orphans */
        ;
}

static void many_at_once(void)
{
    long pids[50];
    int ended = 0;

    for (int i = 0; i < 50; i++)
        pids[i] = start(with_status, (void *)(uintptr_t)i);
    for (int i = 0; i < 50; i++)
        expect(pids[i] > 0);
    for (int i = 0; i < 50; i++) {
        int status;
        long pid = fastos_wait4(-1, &status, 0, NULL);

        for (int k = 0; k < 50; k++)
            if (pids[k] == pid && status == k << 8)
                ended++;
    }
    expect_is(ended, 50);
}

/* ---- exec ------------------------------------------------------------------------------------ */

static int run_self(void *argument)
{
    char *words[] = {"processes", argument, "two", NULL};
    char *settings[] = {"A=1", NULL};

    fastos_execve("/usr/tests/processes", words, settings);
    return 100;
}

static int run_nothing(void *argument)
{
    char *words[] = {"x", NULL};

    return (int)-fastos_execve(argument, words, NULL);
}

static void exec(void)
{
    expect_is(status_of(run_self, "arguments"), 42);
    expect_is(status_of(run_nothing, "/nope"), ENOENT);
    expect_is(status_of(run_nothing, "/boot"), EACCES);
    expect_is(status_of(run_nothing, "/boot/kernel.elf/x"), ENOTDIR);
    expect_is(status_of(run_nothing, NULL), EFAULT);
    expect_is(status_of(run_nothing, (void *)0xffffff0000000000), EFAULT);
    expect_is(fastos_execve("/usr/tests/processes", (char *const *)8, NULL), -EFAULT);
}

/* What run_self started. */
static int as_program(void)
{
    if (argument_count != 3 || !equal(arguments[1], "arguments") || !equal(arguments[2], "two"))
        return 1;
    if (!environment[0] || !equal(environment[0], "A=1") || environment[1])
        return 2;
    return 42;
}

/* ---- limits ---------------------------------------------------------------------------------- */

static int bomb(void *argument)
{
    struct abi_rlimit limit = {30, 30};
    int made = 0;

    (void)argument;
    expect_is(fastos_setuid(1000), 0);
    expect_is(fastos_prlimit(0, RLIMIT_NPROC, &limit, NULL), 0);
    for (;;) {
        long pid = fastos_fork();

        if (pid == 0) {
            fastos_sigsuspend(&(uint64_t){0});
            fastos_exit(0);
        }
        if (pid < 0) {
            expect_is(pid, -EAGAIN);
            break;
        }
        made++;
    }
    expect_is(fastos_kill(-1, SIGKILL), 0);
    for (int i = 0; i < made; i++)
        expect(fastos_wait4(-1, NULL, 0, NULL) > 0);
    return made;
}

int main_test(void)
{
    if (argument_count > 1 && !equal(arguments[1], "many"))
        return as_program();
    statuses();
    signals_of_ends();
    copy_on_write();
    tree();
    many_at_once();
    exec();
    expect_is(status_of(bomb, NULL), 29);
    if (argument_count > 1)
        for (int i = 0; i < 3000; i++)
            expect_is(status_of(with_status, (void *)1), 1);
    print("processes: done\n");
    return 0;
}
