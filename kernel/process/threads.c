/* A thread's TLS and FPU. */
#include "kernel/process/threads.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/process/private.h"
#include "lib/errno.h"

int user_thread_set_tls(uint64_t base)
{
    return thread_set_fs_base(base);
}

uint64_t user_thread_tls(const struct user_thread *thread)
{
    (void)thread;
    return thread_current()->fs_base;
}

void user_thread_begins(struct user_thread *thread)
{
    (void)!thread_set_fs_base(thread->start_tls);
    fpu_adopt(thread->start_fpu);
    thread->start_fpu = NULL;
}

void user_thread_renew(void)
{
    (void)!thread_set_fs_base(0);
    fpu_reset();
}
