/* Sets of signals: bit n - 1 is signal n. */
#include <signal.h>

#include "user/libc/libc.h"

static int bit_of(int signal, sigset_t *bit)
{
    if (signal < 1 || signal >= NSIG) {
        errno = EINVAL;
        return -1;
    }
    *bit = 1ul << (signal - 1);
    return 0;
}

int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    *set = ~0ul;
    return 0;
}

int sigaddset(sigset_t *set, int signal)
{
    sigset_t bit;

    if (bit_of(signal, &bit) < 0)
        return -1;
    *set |= bit;
    return 0;
}

int sigdelset(sigset_t *set, int signal)
{
    sigset_t bit;

    if (bit_of(signal, &bit) < 0)
        return -1;
    *set &= ~bit;
    return 0;
}

int sigismember(const sigset_t *set, int signal)
{
    sigset_t bit;

    return bit_of(signal, &bit) < 0 ? -1 : (*set & bit) != 0;
}
