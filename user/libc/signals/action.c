/* What a signal does. The kernel's siginfo is siginfo_t, and its context ucontext_t. */
#include <signal.h>

#include "user/libc/libc.h"

_Static_assert(sizeof(siginfo_t) == sizeof(struct abi_siginfo)
                   && offsetof(siginfo_t, si_pid) == offsetof(struct abi_siginfo, pid)
                   && offsetof(siginfo_t, si_uid) == offsetof(struct abi_siginfo, uid)
                   && offsetof(siginfo_t, si_addr) == offsetof(struct abi_siginfo, address)
                   && offsetof(siginfo_t, si_value) == offsetof(struct abi_siginfo, value),
               "siginfo_t");
_Static_assert(SYS_sigreturn == 44, "restorer.asm");

extern hidden void signal_restorer(void);

int sigaction(int signal, const struct sigaction *restrict new, struct sigaction *restrict old)
{
    struct abi_sigaction wanted, before;

    if (new)
        wanted = (struct abi_sigaction){
            .handler = (uintptr_t)new->sa_handler,
            .flags = (unsigned)new->sa_flags,
            .restorer = (uintptr_t)signal_restorer,
            .mask = new->sa_mask,
        };
    if (checked(fastos_sigaction(signal, new ? &wanted : NULL, old ? &before : NULL)) < 0)
        return -1;
    if (old)
        *old = (struct sigaction){
            .sa_handler = (_sig_func_ptr)before.handler,
            .sa_mask = before.mask,
            .sa_flags = (int)before.flags,
        };
    return 0;
}

/* As the BSDs have it: the handler stays, and calls go on. */
_sig_func_ptr signal(int signal, _sig_func_ptr handler)
{
    struct sigaction new = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;

    return sigaction(signal, &new, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int siginterrupt(int signal, int interrupts)
{
    struct sigaction action;

    if (sigaction(signal, NULL, &action) < 0)
        return -1;
    action.sa_flags =
        interrupts ? action.sa_flags & ~(int)SA_RESTART : action.sa_flags | (int)SA_RESTART;
    return sigaction(signal, &action, NULL);
}

int sigaltstack(const stack_t *restrict new, stack_t *restrict old)
{
    struct abi_sigaltstack wanted, before;

    if (new)
        wanted =
            (struct abi_sigaltstack){(uintptr_t)new->ss_sp, new->ss_size, (unsigned)new->ss_flags};
    if (checked(fastos_sigaltstack(new ? &wanted : NULL, old ? &before : NULL)) < 0)
        return -1;
    if (old)
        *old = (stack_t){(void *)before.base, (int)before.flags, before.size};
    return 0;
}
