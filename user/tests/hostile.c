/* Every system call with arguments that mean harm: each gives an error, and the program goes on. */
#include "user/tests/lib/test.h"

#define KERNEL        0xffffff0000000000ul
#define PHYSICAL      0xffff800000100000ul
#define LAST_PAGE     0x7ffffffff000ul
#define NON_CANONICAL 0x800000000000ul

static const uint64_t addresses[] = {
    0, 1, 0x10000, KERNEL, PHYSICAL, LAST_PAGE, LAST_PAGE - 1, NON_CANONICAL, 0xfffffffffffffff0,
    0xffffffffffffffff, 0xffffff8000000000,
};

static long raw(uint64_t number, const uint64_t words[6])
{
    register uint64_t r10 __asm__("r10") = words[3];
    register uint64_t r8 __asm__("r8") = words[4];
    register uint64_t r9 __asm__("r9") = words[5];
    long result;

    __asm__ volatile("syscall" : "=a"(result)
                     : "a"(number), "D"(words[0]), "S"(words[1]), "d"(words[2]), "r"(r10), "r"(r8),
                       "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static void unknown(void)
{
    const uint64_t none[6] = {0};

    expect_is(raw(200, none), -ENOSYS);
    expect_is(raw(1000, none), -ENOSYS);
    expect_is(raw(1ul << 32, none), -ENOSYS);
    expect_is(raw(1ul << 63, none), -ENOSYS);
    expect_is(raw(~0ul, none), -ENOSYS);
}

static void writes(void)
{
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        expect_is(fastos_write(1, (void *)addresses[i], 16), -EFAULT);
        expect_is(fastos_write(1, (void *)addresses[i], 0), 0);
        expect_is(fastos_execve((void *)addresses[i], NULL, NULL), -EFAULT);
    }
    expect_is(fastos_write(77, "x", 1), -EBADF);
    expect_is(fastos_write(-1, "x", 1), -EBADF);
}

/* Registers that the calls promise to keep. */
static void registers_stay(void)
{
    uint64_t rdi, rsi, rdx, r8, r9, r10, rbx;

    __asm__ volatile("mov $0x11, %%edi\n mov $0x22, %%esi\n mov $0x33, %%edx\n"
                     "mov $0x44, %%r8d\n mov $0x55, %%r9d\n mov $0x66, %%r10d\n mov $0x77, %%ebx\n"
                     "mov $10, %%eax\n syscall\n"
                     "mov %%r8, %3\n mov %%r9, %4\n mov %%r10, %5\n mov %%rbx, %6\n"
                     : "=D"(rdi), "=S"(rsi), "=d"(rdx), "=m"(r8), "=m"(r9), "=m"(r10), "=m"(rbx)
                     :
                     : "rax", "rbx", "rcx", "r8", "r9", "r10", "r11", "memory");
    expect_is(rdi, 0x11);
    expect_is(rsi, 0x22);
    expect_is(rdx, 0x33);
    expect_is(r8, 0x44);
    expect_is(r9, 0x55);
    expect_is(r10, 0x66);
    expect_is(rbx, 0x77);
}

/* What no number makes end or wait for long. */
static bool is_tame(uint64_t number)
{
    switch (number) {
    case SYS_exit:
    case SYS_fork:
    case SYS_wait:
    case SYS_wait4:
    case SYS_thread_create:
    case SYS_thread_exit:
    case SYS_kill:
    case SYS_tgkill:
    case SYS_sigreturn:
    case SYS_sigsuspend:
    case SYS_sigtimedwait:
    case SYS_futex:
    case SYS_poll:
    case SYS_reboot:
    case SYS_munmap:
    case SYS_mprotect:
    case SYS_read:
    case SYS_close:
    case SYS_dup3:
    case SYS_chroot:
    case SYS_setuid:
    case SYS_setgid:
    case SYS_sethostname:
    case SYS_prlimit:
    case SYS_sigaction:
    case SYS_sigprocmask:
    case SYS_setitimer:
    case SYS_brk:
    case SYS_clock_nanosleep:
    case SYS_channel_receive:
    case SYS_umount:
    case SYS_trace:
        return false;
    default:
        return true;
    }
}

/* Each bad address in each place. */
static void everything(void)
{
    for (uint64_t number = 0; number < 101; number++) {
        if (!is_tame(number))
            continue;
        for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
            for (unsigned place = 0; place < 6; place++) {
                uint64_t words[6] = {77, 77, 77, 77, 77, 77};

                words[place] = addresses[i];
                (void)raw(number, words);
            }
    }
}

int main_test(void)
{
    unknown();
    writes();
    registers_stay();
    everything();
    print("hostile: done\n");
    return 7;
}
