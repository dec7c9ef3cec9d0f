/* mmap, munmap, mprotect, brk: what they allow, and what is there afterwards. */
#include "user/tests/lib/test.h"

#define RW (PROT_READ | PROT_WRITE)

static int read_it(void *at)
{
    return *(volatile char *)at;
}

static int write_it(void *at)
{
    *(volatile char *)at = 1;
    return 0;
}

static int run_it(void *at)
{
    ((void (*)(void))at)();
    return 0;
}

static void bad_arguments(void)
{
    expect_is(fastos_mmap(NULL, 0, RW), -EINVAL);
    expect_is(fastos_mmap(NULL, -1ul, RW), -ENOMEM);
    expect_is(fastos_mmap(NULL, 1ul << 47, RW), -ENOMEM);
    expect_is(fastos_mmap(NULL, PAGE, 8), -EINVAL);
    expect_is(fastos_mmap(NULL, PAGE, PROT_WRITE | PROT_EXEC), -EINVAL);
    expect_is(fastos_mmap((void *)0x1000, PAGE, RW), -EINVAL);
    expect_is(fastos_mmap((void *)0x100001, PAGE, RW), -EINVAL);
    expect_is(fastos_mmap((void *)0x7ffffffff000, PAGE, RW), -EINVAL);
    expect_is(fastos_mmap((void *)0xffffff0000000000, PAGE, RW), -EINVAL);
    expect_is(fastos_munmap((void *)0x100001, PAGE), -EINVAL);
    expect_is(fastos_munmap((void *)0x100000, 0), -EINVAL);
    expect_is(fastos_munmap((void *)0x100000, -1ul), -EINVAL);
    expect_is(fastos_munmap((void *)0x100000, PAGE), 0);
    expect_is(fastos_mmap_file(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), -EINVAL);
    expect_is(fastos_mmap_file(NULL, PAGE, RW, MAP_PRIVATE, 77, 0), -EBADF);
    expect_is(fastos_mprotect((void *)0x100000, PAGE, RW), -ENOMEM);
    expect_is(fastos_mprotect((void *)0x100001, PAGE, RW), -EINVAL);
}

static void zeros_and_back(void)
{
    for (int round = 0; round < 3; round++) {
        unsigned char *at = fresh_pages(100);

        for (size_t i = 0; i < 100 * PAGE; i += 511) {
            expect_is(at[i], 0);
            at[i] = 0xff;
        }
        expect_is(fastos_munmap(at, 100 * PAGE), 0);
        expect_is(status_of(read_it, at), 128 + SIGSEGV);
    }
}

/* A hole in the middle; both sides stay. */
static void holes(void)
{
    char *at = fresh_pages(5);

    for (int i = 0; i < 5; i++)
        at[i * PAGE] = (char)i;
    expect_is(fastos_munmap(at + 2 * PAGE, PAGE), 0);
    expect_is(status_of(read_it, at + 2 * PAGE), 128 + SIGSEGV);
    expect_is(at[PAGE], 1);
    expect_is(at[3 * PAGE], 3);
    expect_is(fastos_mmap(at + 2 * PAGE, PAGE, RW), at + 2 * PAGE);
    expect_is(at[2 * PAGE], 0);
    expect_is(fastos_mmap(at + 2 * PAGE, PAGE, RW), -EEXIST);
    expect_is(fastos_munmap(at, 5 * PAGE), 0);
}

static void rights(void)
{
    char *at = fresh_pages(3);

    at[PAGE] = 42;
    expect_is(fastos_mprotect(at + PAGE, PAGE, PROT_READ), 0);
    expect_is(status_of(read_it, at + PAGE), 42);
    expect_is(status_of(write_it, at + PAGE), 128 + SIGSEGV);
    expect_is(status_of(write_it, at), 0);
    expect_is(status_of(write_it, at + 2 * PAGE), 0);
    expect_is(fastos_mprotect(at + PAGE, PAGE, PROT_NONE), 0);
    expect_is(status_of(read_it, at + PAGE), 128 + SIGSEGV);
    expect_is(fastos_mprotect(at, 3 * PAGE, RW), 0);
    expect_is(at[PAGE], 42);
    at[PAGE] = (char)0xc3; /* ret */
    expect_is(status_of(run_it, at + PAGE), 128 + SIGSEGV);
    expect_is(fastos_mprotect(at + PAGE, PAGE, PROT_READ | PROT_EXEC), 0);
    expect_is(status_of(run_it, at + PAGE), 0);
    expect_is(fastos_mprotect(at + PAGE, PAGE, PROT_WRITE | PROT_EXEC), -EINVAL);
    expect_is(fastos_munmap(at, 3 * PAGE), 0);
}

static void heap(void)
{
    long start_at = fastos_brk(NULL);
    char *at = (char *)start_at;

    expect(start_at > 0);
    expect_is(fastos_brk(at + 10 * PAGE), at + 10 * PAGE);
    for (int i = 0; i < 10; i++)
        at[i * PAGE] = 1;
    expect_is(fastos_brk(at + PAGE), at + PAGE);
    expect_is(fastos_brk(at + 10 * PAGE), at + 10 * PAGE);
    expect_is(at[0], 1);
    expect_is(at[5 * PAGE], 0);
    expect_is(fastos_brk((void *)8), at + 10 * PAGE);
    expect_is(fastos_brk((void *)-8l), at + 10 * PAGE);
    expect_is(fastos_brk(at), start_at);
}

static int set(void *at)
{
    *(volatile int *)at = 77;
    return 0;
}

static void shared(void)
{
    long at = fastos_mmap_file(NULL, 3 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (!expect(at > 0))
        return;
    *(volatile int *)at = 1;
    expect_is(status_of(set, (void *)at), 0);
    expect_is(*(volatile int *)at, 77);
    expect_is(fastos_munmap((void *)at, 3 * PAGE), 0);
}

static int too_much(void *argument)
{
    struct abi_rlimit limit = {64 << 20, 64 << 20};

    (void)argument;
    expect_is(fastos_prlimit(0, RLIMIT_AS, &limit, NULL), 0);
    expect_is(fastos_mmap(NULL, 64 << 20, RW), -ENOMEM);
    expect(fastos_mmap(NULL, 16 << 20, RW) > 0);
    return 0;
}

static void many_regions(void)
{
    char *at = fresh_pages(2000);

    for (int i = 0; i < 2000; i += 2)
        expect_is(fastos_mprotect(at + (size_t)i * PAGE, PAGE, PROT_READ), 0);
    for (int i = 1; i < 2000; i += 2)
        at[(size_t)i * PAGE] = 1;
    expect_is(fastos_munmap(at, 2000 * PAGE), 0);
}

int main_test(void)
{
    bad_arguments();
    zeros_and_back();
    holes();
    rights();
    heap();
    shared();
    expect_is(status_of(too_much, NULL), 0);
    many_regions();
    print("mapping: done\n");
    return 0;
}
