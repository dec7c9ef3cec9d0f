/*
 * Processes: a program in ring 3, in an address space of its own.
 *
 *     error = process_start("/bin/hello", parent, &pid);    it runs from now on
 *     error = process_wait_until(pid, &status, deadline);   until it ends; its place is free then
 *
 * So far a process has one thread. Its fields are fixed once it runs, but for those under the lock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include "kernel/arch/address_space.h"
#include "kernel/core/thread/thread.h"
#include "lib/compiler.h"

#define PROCESSES_MAX    256u
#define PROCESS_NAME_MAX 64u

enum process_state { PROCESS_READY, PROCESS_RUNNING, PROCESS_BLOCKED, PROCESS_TERMINATED };

/* The fields of the specification, and what else is needed. Its page table is `space`, its kernel
   stack and context are the thread's. */
struct process {
    uint64_t pid;
    char name[PROCESS_NAME_MAX];
    struct address_space space;
    uint64_t user_stack; /* where it began */
    uint64_t entry;
    int8_t priority; /* nice: -20 to 19 */
    uint64_t parent_pid;
    struct thread *thread;
    unsigned killed; /* the signal that it is to end by as soon as it leaves the kernel; or 0 */
};

/* Load a program and run it. -ENOENT and other errors of the file system; -ENOEXEC with *why;
   -ENOMEM; -EAGAIN: PROCESSES_MAX there already. */
int process_start(const char *path, uint64_t parent_pid, uint64_t *pid,
                  const char **why) must_check;
/* Wait for its end and free it: *status is exit's, or 128 and the signal. -ENOENT: no such process;
   -ETIMEDOUT: the time (time_now_ns) came first. For one waiter. */
int process_wait_until(uint64_t pid, int *status, uint64_t deadline_ns) must_check;
/* It ends at its next way back to ring 3. -ENOENT. */
int process_kill(uint64_t pid, unsigned signal) must_check;
struct process *process_current(void); /* NULL in a thread of the kernel's own */
noreturn void process_exit(int status);
void process_end_if_killed(void); /* the running one */
