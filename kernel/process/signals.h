/*
 * Signals: sent from anywhere, taken by a thread on its way back to ring 3 (user_attention). A
 * signal waits at most once; which thread of a process takes it is open.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/process/process.h"

#define SIGNAL_BIT(signal) (1ull << ((signal) - 1))
#define SIGNALS_UNMASKABLE (SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))

/* From a process's thread; takes process_lock. signal 0 only asks. -EINVAL: no such signal; -ESRCH:
   no such process, group or thread; -EPERM: other users'. */
int signal_send(int64_t pid, int signal) must_check;              /* as kill */
int signal_send_thread(uint64_t pid, uint64_t tid, int signal) must_check;
void process_signal_self(int signal); /* of the running process: SIGPIPE, … */
/* From the kernel, interrupt handlers too, with locks below rank PROCESSES at most. */
void signal_group(uint64_t group, int signal);
void signal_process_of(uint64_t pid, int signal);
/* With process_lock. thread NULL: any; source NULL: the kernel. */
void signal_post(struct process *process, struct user_thread *thread, int signal,
                 const struct signal_source *source);
/* With process_lock: it ends, whatever it does. */
void process_kill_locked(struct process *process, int status);

/* Of the running thread. */
bool signal_is_pending(void); /* one that is not masked */
void signals_set_mask(uint64_t mask);
/* Take one of `set`. -EAGAIN: none waits before the deadline; -EINTR: another came. */
int signal_take(uint64_t set, struct abi_siginfo *info, uint64_t deadline_ns) must_check;
int signal_action(int signal, const struct abi_sigaction *new,
                  struct abi_sigaction *old) must_check;
int64_t signal_return(void); /* sigreturn */
void signals_reset_for_exec(struct process *process);
/* True: it would do nothing to the running process that asks for it by touching a terminal. */
bool signal_is_ignored(int signal);
