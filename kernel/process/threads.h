/* What a thread of a program has of the CPU beside its registers, and how threads wait for each
   other by a word of memory (futex). */
#pragma once

#include <stdint.h>

#include "kernel/core/memory/user_memory.h"
#include "kernel/process/process.h"
#include "lib/compiler.h"

/* The running thread's FS. -EINVAL: not an address of the user half. */
int user_thread_set_tls(uint64_t base) must_check;
uint64_t user_thread_tls(const struct user_thread *thread); /* of the running one */

int futex_init(void) must_check;
/* While *word is value. -EAGAIN: it is not; -EINTR, -ETIMEDOUT, -EFAULT, -EINVAL (no multiple of
   4). */
int futex_wait(struct user word, uint32_t value, uint64_t deadline_ns) must_check;
/* Up to `count` who wait there; those beyond, up to `moved`, wait on `second` instead (0: nobody is
   moved). How many woke and moved. -EFAULT, -EINVAL. */
int64_t futex_wake(struct user word, uint32_t count, struct user second, uint32_t moved);
