/* System calls about signals. */
#include "kernel/core/memory/user_memory.h"
#include "kernel/core/time/time.h"
#include "kernel/process/alarm.h"
#include "kernel/process/signals.h"
#include "kernel/syscall/arguments.h"
#include "lib/abi/time.h"
#include "lib/errno.h"
#include "syscalls.h"

int64_t sys_kill(int64_t pid, int signal)
{
    return signal_send(pid, signal);
}

int64_t sys_tgkill(int64_t pid, int64_t thread, int signal)
{
    return pid <= 0 || thread <= 0 ? -EINVAL
                                   : signal_send_thread((uint64_t)pid, (uint64_t)thread, signal);
}

int64_t sys_sigaction(int signal, struct user new, struct user old)
{
    struct abi_sigaction wanted, before;

    if (new.at && copy_from_user(&wanted, new, sizeof(wanted)))
        return -EFAULT;
    int error = signal_action(signal, new.at ? &wanted : NULL, &before);

    if (!error && old.at)
        error = copy_to_user(old, &before, sizeof(before));
    return error;
}

static int change_mask(int how, uint64_t set)
{
    uint64_t mask = user_thread_current()->mask;

    switch (how) {
    case SIG_BLOCK:
        signals_set_mask(mask | set);
        return 0;
    case SIG_UNBLOCK:
        signals_set_mask(mask & ~set);
        return 0;
    case SIG_SETMASK:
        signals_set_mask(set);
        return 0;
    default:
        return -EINVAL;
    }
}

int64_t sys_sigprocmask(int how, struct user new, struct user old)
{
    uint64_t before = user_thread_current()->mask, set;

    if (new.at && copy_from_user(&set, new, sizeof(set)))
        return -EFAULT;
    if (old.at && copy_to_user(old, &before, sizeof(before)))
        return -EFAULT;
    return new.at ? change_mask(how, set) : 0;
}

int64_t sys_sigpending(struct user set)
{
    const struct user_thread *me = user_thread_current();
    uint64_t pending = (me->pending | me->process->pending) & me->mask;

    return copy_to_user(set, &pending, sizeof(pending));
}

/* Until a signal has come that the mask lets through: its handler runs, then the old mask is
   back. */
int64_t sys_sigsuspend(struct user mask)
{
    struct user_thread *me = user_thread_current();
    uint64_t set;

    if (copy_from_user(&set, mask, sizeof(set)))
        return -EFAULT;
    me->mask_to_restore = me->mask;
    me->restore_mask = true;
    signals_set_mask(set);
    for (;;) {
        uint64_t seen = process_event_count(&me->process->signal_event);

        if (signal_is_pending()
            || process_event_wait(&me->process->signal_event, seen, true, WAIT_FOREVER))
            return -EINTR;
    }
}

int64_t sys_sigtimedwait(struct user set, struct user info, struct user timeout)
{
    struct abi_siginfo found;
    uint64_t wanted, deadline_ns;
    int error = deadline_from_user(timeout, &deadline_ns);

    if (!error)
        error = copy_from_user(&wanted, set, sizeof(wanted));
    if (error)
        return error;
    int signal = signal_take(wanted, &found, deadline_ns);

    if (signal > 0 && info.at && copy_to_user(info, &found, sizeof(found)))
        return -EFAULT;
    return signal;
}

int64_t sys_sigaltstack(struct user new, struct user old)
{
    struct user_thread *me = user_thread_current();
    struct abi_sigaltstack wanted, before = me->alternate;

    if (new.at && copy_from_user(&wanted, new, sizeof(wanted)))
        return -EFAULT;
    if (old.at && copy_to_user(old, &before, sizeof(before)))
        return -EFAULT;
    if (!new.at)
        return 0;
    if (wanted.flags & ~(uint64_t)SS_DISABLE)
        return -EINVAL;
    if (!(wanted.flags & SS_DISABLE)) {
        if (wanted.size < MINSIGSTKSZ)
            return -ENOMEM;
        if (wanted.base > USER_END || wanted.size > USER_END - wanted.base)
            return -EINVAL;
    }
    me->alternate = wanted;
    return 0;
}

int64_t sys_sigreturn(void)
{
    return signal_return();
}

int64_t sys_setitimer(int which, struct user new, struct user old)
{
    struct abi_itimerval wanted, before;

    if (which != ITIMER_REAL)
        return -EINVAL;
    if (new.at && copy_from_user(&wanted, new, sizeof(wanted)))
        return -EFAULT;
    int error = alarm_set(new.at ? &wanted : NULL, &before);

    if (!error && old.at)
        error = copy_to_user(old, &before, sizeof(before));
    return error;
}
