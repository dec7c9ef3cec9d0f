/* C11's threads are POSIX's. */
#pragma once

#include <sys/types.h>

typedef pthread_t thrd_t;
typedef pthread_mutex_t mtx_t;
typedef pthread_cond_t cnd_t;
typedef pthread_key_t tss_t;
typedef pthread_once_t once_flag;

#define ONCE_FLAG_INIT _PTHREAD_ONCE_INIT
#define TSS_DTOR_ITERATIONS 4

#ifndef __requires_exclusive
#define __requires_exclusive(...)
#define __requires_unlocked(...)
#define __locks_exclusive(...)
#define __trylocks_exclusive(...)
#define __unlocks(...)
#endif
