/* Which signals wait, and waiting for them. */
#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

#include "user/libc/libc.h"
#include "user/libc/threads/cancel.h"

/* The library's own signal cannot be kept out. */
static sigset_t without_own(sigset_t set)
{
    return set & ~(1ul << (SIGNAL_CANCEL - 1));
}

int pthread_sigmask(int how, const sigset_t *restrict new, sigset_t *restrict old)
{
    sigset_t wanted = new ? without_own(*new) : 0;

    return (int)-fastos_sigprocmask(how, new ? &wanted : NULL, old);
}

int sigprocmask(int how, const sigset_t *restrict new, sigset_t *restrict old)
{
    return (int)checked(-pthread_sigmask(how, new, old));
}

int sigpending(sigset_t *to)
{
    return (int)checked(fastos_sigpending(to));
}

int sigsuspend(const sigset_t *mask)
{
    sigset_t wanted = without_own(*mask);

    return (int)CANCEL_POINT(checked(fastos_sigsuspend(&wanted)));
}

int pause(void)
{
    sigset_t mask;

    (void)sigprocmask(SIG_BLOCK, NULL, &mask);
    return sigsuspend(&mask);
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                 const struct timespec *restrict timeout)
{
    return (int)CANCEL_POINT(checked(fastos_sigtimedwait(set, (struct abi_siginfo *)info,
                                                         (const struct abi_timespec *)timeout)));
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    return sigtimedwait(set, info, NULL);
}

int sigwait(const sigset_t *restrict set, int *restrict signal)
{
    int found;

    do
        found = sigtimedwait(set, NULL, NULL);
    while (found < 0 && errno == EINTR);
    if (found < 0)
        return errno;
    *signal = found;
    return 0;
}

/* ---- jumps that bring the mask back ---------------------------------------------------------- */

void __save_signal_mask(sigjmp_buf at, int with_mask)
{
    at->__has_mask = with_mask;
    if (with_mask)
        (void)sigprocmask(SIG_BLOCK, NULL, &at->__mask);
}

void siglongjmp(sigjmp_buf at, int value)
{
    if (at->__has_mask)
        (void)sigprocmask(SIG_SETMASK, &at->__mask, NULL);
    longjmp(at->__at, value ? value : 1);
}
