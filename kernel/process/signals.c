/*
 * Signals sent, waiting and taken. What a handler needs to go back lies on ring 3's own stack, in
 * struct signal_frame; sigreturn believes nothing of it that could harm the kernel.
 */
#include "kernel/process/signals.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/user_memory.h"
#include "kernel/core/time/time.h"
#include "kernel/process/trace.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "syscalls.h"

#define IGNORED                                                                                    \
    (SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGURG) | SIGNAL_BIT(SIGWINCH) | SIGNAL_BIT(SIGCONT))
#define STOPPING                                                                                   \
    (SIGNAL_BIT(SIGSTOP) | SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | SIGNAL_BIT(SIGTTOU))

#define RED_ZONE 128u /* System V ABI: below the stack pointer, and in use */

static bool is_signal(int signal)
{
    return signal >= 1 && signal <= SIGNALS;
}

static struct process *self(void)
{
    return process_current();
}

/* ---- who is told: call with process_lock ----------------------------------------------------- */

static void want(struct user_thread *thread, uint32_t attention)
{
    if (!thread->thread)
        return; /* it looks when it begins */
    __atomic_or_fetch(&thread->thread->attention, attention, __ATOMIC_RELEASE);
    thread_interrupt(thread->thread);
}

static void want_all(struct process *process, uint32_t attention)
{
    for (struct user_thread *thread = process->threads; thread; thread = thread->next)
        want(thread, attention);
}

void process_kill_locked(struct process *process, int status)
{
    if (process->ending || process->state == PROCESS_TERMINATED)
        return;
    process->ending = true;
    process->status = status;
    want_all(process, ATTENTION_KILL);
    process_event_happened(&process->resume_event);
}

static void resume(struct process *process)
{
    process->pending &= ~STOPPING;
    for (struct user_thread *thread = process->threads; thread; thread = thread->next)
        thread->pending &= ~STOPPING;
    if (!process->stopped)
        return;
    process->stopped = false;
    process->has_news = true;
    process->status = 0xffff;
    process_event_happened(&process->resume_event);
    if (process->parent)
        process_event_happened(&process->parent->child_event);
}

static uint64_t handler_of(const struct process *process, int signal)
{
    return process->actions[signal].handler;
}

/* Taking it would do nothing. */
static bool does_nothing(const struct process *process, int signal)
{
    return handler_of(process, signal) == SIG_IGN
           || (handler_of(process, signal) == SIG_DFL && IGNORED & SIGNAL_BIT(signal));
}

/* A thread that would take it; NULL: all mask it. */
static struct user_thread *taker(const struct process *process, int signal)
{
    struct user_thread *thread = process->threads;

    while (thread && thread->mask & SIGNAL_BIT(signal))
        thread = thread->next;
    return thread;
}

static void keep_source(struct process *process, int signal, const struct signal_source *source)
{
    if ((unsigned)signal < array_length(process->sources))
        process->sources[signal] = source ? *source : (struct signal_source){.code = SI_KERNEL};
}

void signal_post(struct process *process, struct user_thread *thread, int signal,
                 const struct signal_source *source)
{
    if (process->state == PROCESS_TERMINATED || process->ending || !is_signal(signal))
        return;
    if (signal == SIGKILL) {
        process_kill_locked(process, SIGKILL);
        return;
    }
    if (signal == SIGCONT)
        resume(process);
    else if (STOPPING & SIGNAL_BIT(signal))
        process->pending &= ~SIGNAL_BIT(SIGCONT);

    struct user_thread *who = thread ? thread : taker(process, signal);

    if (does_nothing(process, signal) && who && !(who->mask & SIGNAL_BIT(signal)))
        return;
    *(thread ? &thread->pending : &process->pending) |= SIGNAL_BIT(signal);
    keep_source(process, signal, source);
    process_event_happened(&process->signal_event);
    if (who && !(who->mask & SIGNAL_BIT(signal)))
        want(who, ATTENTION_SIGNAL);
}

/* ---- sending --------------------------------------------------------------------------------- */

static bool may_signal(const struct process *process, int signal)
{
    const struct process *me = self();

    return me->fs.uid == 0 || me->fs.uid == process->fs.uid || me->real_uid == process->real_uid
           || (signal == SIGCONT && me->session == process->session);
}

static struct signal_source from_me(int32_t code)
{
    return (struct signal_source){.code = code, .pid = self()->pid, .uid = self()->real_uid};
}

static int send_to(struct process *process, struct user_thread *thread, int signal, int32_t code)
{
    struct signal_source source = from_me(code);

    if (!may_signal(process, signal))
        return -EPERM;
    if (signal)
        signal_post(process, thread, signal, &source);
    return 0;
}

static bool is_meant(const struct process *process, int64_t pid)
{
    if (pid == -1) /* drivers live on: who ends all others may want to be typed at, and to write a disk */
        return process->pid > 1 && process != self() && !process->driver;
    return process->group == (pid == 0 ? self()->group : (uint64_t)-pid);
}

/* All that are meant; it is enough that one could be told. */
static int send_to_many(int64_t pid, int signal)
{
    int error = -ESRCH;

    for (uint64_t at = 1;;) {
        struct process *process = process_next(at);

        if (!process)
            return error;
        at = process->pid + 1;

        uint64_t saved = spin_lock_irq(&process_lock);

        if (process->state != PROCESS_TERMINATED && is_meant(process, pid)) {
            int one = send_to(process, NULL, signal, SI_USER);

            if (one == 0 || error == -ESRCH)
                error = one;
        }
        spin_unlock_irq(&process_lock, saved);
        process_put(process);
    }
}

int signal_send(int64_t pid, int signal)
{
    if (signal && !is_signal(signal))
        return -EINVAL;
    if (pid <= 0)
        return pid < -(int64_t)PID_MAX ? -ESRCH : send_to_many(pid, signal);
    uint64_t saved = spin_lock_irq(&process_lock);
    struct process *process = process_lookup((uint64_t)pid);
    int error = process ? send_to(process, NULL, signal, SI_USER) : -ESRCH;

    spin_unlock_irq(&process_lock, saved);
    return error;
}

int signal_send_thread(uint64_t pid, uint64_t tid, int signal)
{
    if (signal && !is_signal(signal))
        return -EINVAL;
    uint64_t saved = spin_lock_irq(&process_lock);
    struct process *process = process_lookup(pid);
    struct user_thread *thread = process ? process->threads : NULL;

    while (thread && thread->tid != tid)
        thread = thread->next;
    int error = thread ? send_to(process, thread, signal, SI_TKILL) : -ESRCH;

    spin_unlock_irq(&process_lock, saved);
    return error;
}

void process_signal_self(int signal)
{
    uint64_t saved = spin_lock_irq(&process_lock);

    signal_post(self(), NULL, signal, NULL);
    spin_unlock_irq(&process_lock, saved);
}

void signal_process_of(uint64_t pid, int signal)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    struct process *process = process_lookup(pid);

    if (process)
        signal_post(process, NULL, signal, NULL);
    spin_unlock_irq(&process_lock, saved);
}

/* ---- the running thread ---------------------------------------------------------------------- */

static uint64_t waiting_for(const struct user_thread *me)
{
    uint64_t mine = __atomic_load_n(&me->pending, __ATOMIC_RELAXED);

    return (mine | __atomic_load_n(&me->process->pending, __ATOMIC_RELAXED)) & ~me->mask;
}

bool signal_is_pending(void)
{
    return waiting_for(user_thread_current()) != 0;
}

void signals_set_mask(uint64_t mask)
{
    struct user_thread *me = user_thread_current();
    uint64_t saved = spin_lock_irq(&process_lock);

    me->mask = mask & ~SIGNALS_UNMASKABLE;
    if (waiting_for(me))
        __atomic_or_fetch(&me->thread->attention, ATTENTION_SIGNAL, __ATOMIC_RELAXED);
    spin_unlock_irq(&process_lock, saved);
}

static struct abi_siginfo info_of(const struct user_thread *me, int signal)
{
    const struct process *process = me->process;

    if (me->fault.signal == signal)
        return me->fault;
    struct abi_siginfo info = {.signal = signal, .code = SI_KERNEL};

    if ((unsigned)signal < array_length(process->sources)) {
        const struct signal_source *source = &process->sources[signal];

        info.code = source->code;
        info.pid = source->pid;
        info.uid = source->uid;
        info.status = source->status;
    }
    return info;
}

/* With the lock: the lowest of `set` that waits, taken. 0: none. */
static int take_one(struct user_thread *me, uint64_t set, struct abi_siginfo *info)
{
    uint64_t there = (me->pending | me->process->pending) & set;

    if (!there)
        return 0;
    int signal = __builtin_ctzll(there) + 1;

    *info = info_of(me, signal);
    if (me->fault.signal == signal)
        me->fault.signal = 0;
    if (me->pending & SIGNAL_BIT(signal))
        me->pending &= ~SIGNAL_BIT(signal);
    else
        me->process->pending &= ~SIGNAL_BIT(signal);
    return signal;
}

int signal_take(uint64_t set, struct abi_siginfo *info, uint64_t deadline_ns)
{
    struct user_thread *me = user_thread_current();
    int error = 0;

    for (;;) {
        uint64_t seen = process_event_count(&me->process->signal_event);
        uint64_t saved = spin_lock_irq(&process_lock);
        int signal = take_one(me, set & ~SIGNALS_UNMASKABLE, info);

        spin_unlock_irq(&process_lock, saved);
        if (signal)
            return signal;
        if (error)
            return error == -ETIMEDOUT ? -EAGAIN : error;
        error = process_event_wait(&me->process->signal_event, seen, true, deadline_ns);
    }
}

int signal_action(int signal, const struct abi_sigaction *new, struct abi_sigaction *old)
{
    struct process *process = self();

    if (!is_signal(signal) || (new && SIGNALS_UNMASKABLE & SIGNAL_BIT(signal)))
        return -EINVAL;
    uint64_t saved = spin_lock_irq(&process_lock);

    if (old)
        *old = process->actions[signal];
    if (new) {
        process->actions[signal] = *new;
        process->actions[signal].mask &= ~SIGNALS_UNMASKABLE;
        if (does_nothing(process, signal)) {
            process->pending &= ~SIGNAL_BIT(signal);
            user_thread_current()->pending &= ~SIGNAL_BIT(signal);
        }
    }
    spin_unlock_irq(&process_lock, saved);
    return 0;
}

bool signal_is_ignored(int signal)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    bool ignored = self()->actions[signal].handler == SIG_IGN
                   || user_thread_current()->mask & SIGNAL_BIT(signal);

    spin_unlock_irq(&process_lock, saved);
    return ignored;
}

void signals_reset_for_exec(struct process *process)
{
    uint64_t saved = spin_lock_irq(&process_lock);

    for (unsigned i = 1; i <= SIGNALS; i++) {
        bool ignored = process->actions[i].handler == SIG_IGN;

        process->actions[i] = (struct abi_sigaction){.handler = ignored ? SIG_IGN : SIG_DFL};
    }
    process->executed = true;
    spin_unlock_irq(&process_lock, saved);
    user_thread_current()->alternate = (struct abi_sigaltstack){.flags = SS_DISABLE};
}

/* ---- handlers -------------------------------------------------------------------------------- */

/* What lies on ring 3's stack while a handler runs; the handler returns to `restorer`. */
struct signal_frame {
    uint64_t restorer;
    uint64_t reserved;
    struct abi_siginfo info;
    struct abi_context context;
};

static struct abi_context context_of(const struct interrupt_frame *frame, uint64_t mask)
{
    return (struct abi_context){
        .r15 = frame->r15, .r14 = frame->r14, .r13 = frame->r13, .r12 = frame->r12,
        .rbp = frame->rbp, .rbx = frame->rbx, .r11 = frame->r11, .r10 = frame->r10,
        .r9 = frame->r9, .r8 = frame->r8, .rax = frame->rax, .rcx = frame->rcx,
        .rdx = frame->rdx, .rsi = frame->rsi, .rdi = frame->rdi, .rip = frame->rip,
        .rflags = frame->rflags, .rsp = frame->rsp, .mask = mask,
    };
}

static void load_context(struct interrupt_frame *frame, const struct abi_context *context)
{
    cpu_start_user(frame, context->rip, context->rsp);
    cpu_set_user_flags(frame, context->rflags);
    frame->r15 = context->r15;
    frame->r14 = context->r14;
    frame->r13 = context->r13;
    frame->r12 = context->r12;
    frame->rbp = context->rbp;
    frame->rbx = context->rbx;
    frame->r11 = context->r11;
    frame->r10 = context->r10;
    frame->r9 = context->r9;
    frame->r8 = context->r8;
    frame->rax = context->rax;
    frame->rcx = context->rcx;
    frame->rdx = context->rdx;
    frame->rsi = context->rsi;
    frame->rdi = context->rdi;
}

static bool is_on(const struct abi_sigaltstack *stack, uint64_t rsp)
{
    return !(stack->flags & SS_DISABLE) && rsp > stack->base && rsp - stack->base <= stack->size;
}

/* Where the handler's frame goes, and above it the FPU's state, which XSAVE wants at a multiple of
   64. */
static uint64_t frame_address(const struct user_thread *me, const struct abi_sigaction *action,
                              const struct interrupt_frame *frame)
{
    const struct abi_sigaltstack *other = &me->alternate;
    uint64_t top = frame->rsp - RED_ZONE;

    if (action->flags & SA_ONSTACK && other->size && !(other->flags & SS_DISABLE)
        && !is_on(other, frame->rsp))
        top = other->base + other->size;
    top = (top - fpu_bytes()) & ~63ull;
    return ((top - sizeof(struct signal_frame)) & ~15ull) - 8; /* as after a call */
}

static uint64_t fpu_address(uint64_t at)
{
    return (at + sizeof(struct signal_frame) + 63) & ~63ull;
}

/* 0 where there is nothing to keep. */
static int keep_fpu(uint64_t at, struct abi_context *context)
{
    uint8_t state[FPU_BYTES_MAX];

    context->fpu_bytes = fpu_bytes();
    if (!context->fpu_bytes)
        return 0;
    context->fpu = fpu_address(at);
    fpu_store(state);
    return copy_to_user((struct user){context->fpu}, state, context->fpu_bytes);
}

static int bring_back_fpu(const struct abi_context *context)
{
    uint8_t state[FPU_BYTES_MAX];

    if (!context->fpu) {
        fpu_clean();
        return 0;
    }
    if (context->fpu_bytes > sizeof(state))
        return -EINVAL;
    int error = copy_from_user(state, (struct user){context->fpu}, context->fpu_bytes);

    return error ? error : fpu_load(state, context->fpu_bytes);
}

static int enter_handler(struct interrupt_frame *frame, const struct abi_sigaction *action,
                         int signal, const struct abi_siginfo *info)
{
    struct user_thread *me = user_thread_current();
    uint64_t at = frame_address(me, action, frame);
    uint64_t mask = me->restore_mask ? me->mask_to_restore : me->mask;
    struct signal_frame on_stack = {
        .restorer = action->restorer,
        .info = *info,
        .context = context_of(frame, mask),
    };

    if (action->handler >= USER_END || keep_fpu(at, &on_stack.context)
        || copy_to_user((struct user){at}, &on_stack, sizeof(on_stack)))
        return -EFAULT;
    fpu_clean();
    me->restore_mask = false;
    cpu_start_user(frame, action->handler, at);
    frame->rdi = (uint64_t)signal;
    frame->rsi = at + offsetof(struct signal_frame, info);
    frame->rdx = at + offsetof(struct signal_frame, context);
    signals_set_mask(me->mask | action->mask
                     | (action->flags & SA_NODEFER ? 0 : SIGNAL_BIT(signal)));
    return 0;
}

/* The restorer has taken its own address from the stack. */
int64_t signal_return(void)
{
    struct user_thread *me = user_thread_current();
    struct interrupt_frame *frame = user_frame();
    struct abi_context context;
    uint64_t at = frame->rsp - 8 + offsetof(struct signal_frame, context);

    if (copy_from_user(&context, (struct user){at}, sizeof(context)) || context.rip >= USER_END
        || bring_back_fpu(&context)) {
        uint64_t saved = spin_lock_irq(&process_lock);

        process_kill_locked(me->process, SIGSEGV);
        spin_unlock_irq(&process_lock, saved);
        return -EFAULT;
    }
    load_context(frame, &context);
    signals_set_mask(context.mask);
    __atomic_or_fetch(&me->thread->attention, ATTENTION_FRAME, __ATOMIC_RELAXED);
    return (int64_t)frame->rax;
}

/* ---- taking ---------------------------------------------------------------------------------- */

static void stop(struct process *process, int signal)
{
    uint64_t saved = spin_lock_irq(&process_lock);

    if (!process->ending && !process->stopped) {
        process->stopped = true;
        process->has_news = true;
        process->status = signal << 8 | 0x7f;
        want_all(process, ATTENTION_STOP);
        if (process->parent) {
            if (!(process->parent->actions[SIGCHLD].flags & SA_NOCLDSTOP))
                signal_post(process->parent, NULL, SIGCHLD,
                            &(struct signal_source){.code = CLD_STOPPED, .pid = process->pid,
                                                    .status = signal});
            process_event_happened(&process->parent->child_event);
        }
    }
    spin_unlock_irq(&process_lock, saved);
}

static void by_default(struct process *process, int signal)
{
    if (IGNORED & SIGNAL_BIT(signal))
        return;
    if (STOPPING & SIGNAL_BIT(signal))
        stop(process, signal);
    else
        process_exit(signal);
}

static bool was_interrupted(const struct interrupt_frame *frame)
{
    return cpu_is_syscall(frame) && frame->rax == (uint64_t)-EINTR;
}

/* Calls that wait for a signal or a time end with it, whatever its handler was promised. */
static bool may_restart(const struct interrupt_frame *frame)
{
    switch (frame->error_code) {
    case SYS_sigsuspend:
    case SYS_sigtimedwait:
    case SYS_clock_nanosleep:
    case SYS_poll:
    case SYS_futex:
        return false;
    default:
        return true;
    }
}

/* One signal, whatever it does. False: none waits. */
static bool take_and_act(struct interrupt_frame *frame)
{
    struct user_thread *me = user_thread_current();
    struct process *process = me->process;
    struct abi_siginfo info;

    /* What is posted behind this look has set `attention` again: the entry looks again. */
    if (!waiting_for(me))
        return false;
    uint64_t saved = spin_lock_irq(&process_lock);
    int signal = take_one(me, ~me->mask, &info);
    struct abi_sigaction action = process->actions[signal];

    if (signal && action.handler > SIG_IGN && action.flags & SA_RESETHAND)
        process->actions[signal].handler = SIG_DFL;
    spin_unlock_irq(&process_lock, saved);
    if (!signal)
        return false;
    if (action.handler == SIG_IGN)
        return true;
    if (action.handler == SIG_DFL) {
        by_default(process, signal);
        return true;
    }
    if (was_interrupted(frame) && action.flags & SA_RESTART && may_restart(frame))
        cpu_restart_syscall(frame);
    cpu_syscall_over(frame);
    if (enter_handler(frame, &action, signal, &info))
        process_exit(SIGSEGV);
    return true;
}

static void stay_stopped(struct process *process)
{
    for (;;) {
        uint64_t seen = process_event_count(&process->resume_event);

        if (!__atomic_load_n(&process->stopped, __ATOMIC_ACQUIRE)
            || __atomic_load_n(&process->ending, __ATOMIC_ACQUIRE))
            return;
        (void)!process_event_wait(&process->resume_event, seen, false, WAIT_FOREVER);
    }
}

void user_attention(struct interrupt_frame *frame)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    uint32_t why = __atomic_fetch_and(&thread->attention, ATTENTION_TRACE, __ATOMIC_ACQUIRE);

    thread_interrupt_clear();
    if (why & ATTENTION_KILL) /* nothing would wake it once more, out of a full pipe of its tracer's */
        user_thread_exit();
    if (why & ATTENTION_TRACE && cpu_is_syscall(frame))
        trace_record(process->trace, frame);
    if (why & ATTENTION_STOP)
        stay_stopped(process);
    while (take_and_act(frame)) {
        uint32_t now = __atomic_load_n(&thread->attention, __ATOMIC_ACQUIRE);

        if (now & (ATTENTION_KILL | ATTENTION_STOP))
            return; /* the entry looks again */
    }
    struct user_thread *me = thread->user;

    if (me->restore_mask) {
        me->restore_mask = false;
        signals_set_mask(me->mask_to_restore);
    }
    if (was_interrupted(frame)) /* and no handler ran */
        cpu_restart_syscall(frame);
    if (why & (ATTENTION_SIGNAL | ATTENTION_STOP))
        cpu_syscall_over(frame);
}

/* ---- faults ---------------------------------------------------------------------------------- */

/* POSIX's names for what the CPU complains of. */
static int signal_of(unsigned vector, int error)
{
    switch (vector) {
    case 0:
    case 16:
    case 19:
        return SIGFPE;
    case 1:
    case 3:
        return SIGTRAP;
    case 6:
        return SIGILL;
    case 14:
        return error == -ENXIO || error == -EIO ? SIGBUS : SIGSEGV;
    case 17:
        return SIGBUS;
    default:
        return SIGSEGV;
    }
}

/* The heap lies behind the program: what is between its first address and that is of its file. */
static void say_fault(const struct process *process, const struct cpu_exception *exception)
{
    char where[32] = "outside of its file";

    if (exception->rip >= process->slide && exception->rip < process->map->heap_start)
        (void)snprintf(where, sizeof(where), "0x%llx of its file",
                       (unsigned long long)(exception->rip - process->slide));
    log_warn("process", "%s (%llu): %s at 0x%llx (%s), address 0x%llx: ended", process->name,
             (unsigned long long)process->pid, cpu_exception_name(exception->vector),
             (unsigned long long)exception->rip, where, (unsigned long long)exception->address);
}

/* A program that asks for more than there is ends; nobody else does. */
static void say_out_of_memory(const struct process *process)
{
    log_warn("process", "%s (%llu): out of memory at %llu KiB: killed", process->name,
             (unsigned long long)process->pid,
             (unsigned long long)(process->map->pages * PAGE_SIZE / 1024));
}

void user_fault(const struct cpu_exception *exception, int error)
{
    struct user_thread *me = user_thread_current();
    struct process *process = me->process;
    int signal = signal_of(exception->vector, error);

    if (error == -ENOMEM) {
        say_out_of_memory(process);
        process_exit(SIGKILL);
    }
    uint64_t saved = spin_lock_irq(&process_lock);
    bool handled = process->actions[signal].handler > SIG_IGN && !(me->mask & SIGNAL_BIT(signal));

    if (handled) {
        me->fault = (struct abi_siginfo){
            .signal = signal,
            .code = (int32_t)exception->error_code,
            .address = exception->vector == 14 ? exception->address : exception->rip,
        };
        signal_post(process, me, signal, NULL);
    }
    spin_unlock_irq(&process_lock, saved);
    if (handled)
        return;
    say_fault(process, exception);
    process_exit(signal);
}

int user_page_fault(uint64_t address, unsigned access)
{
    struct process *process = process_current();
    int error = memory_map_fault(process->map, address, access);

    if (error == -ENOMEM && !(access & FAULT_USER)) { /* a call copies: it ends behind that */
        uint64_t saved = spin_lock_irq(&process_lock);

        process_kill_locked(process, SIGKILL);
        spin_unlock_irq(&process_lock, saved);
        say_out_of_memory(process);
    }
    return error;
}

/* ---- groups ---------------------------------------------------------------------------------- */

void signal_group(uint64_t group, int signal)
{
    for (uint64_t at = 1;;) {
        struct process *process = process_next(at);

        if (!process)
            return;
        at = process->pid + 1;

        uint64_t saved = spin_lock_irq(&process_lock);

        if (process->group == group)
            signal_post(process, NULL, signal, NULL);
        spin_unlock_irq(&process_lock, saved);
        process_put(process);
    }
}
