/* pthread_cancel: a call that may wait is CANCEL_POINT(call). The library's own signal ends the
   thread inside it; outside it only says that somebody wishes so. */
#pragma once

#include "user/libc/libc.h"

#define SIGNAL_CANCEL 33

#define CANCEL_POINT(call)                                                                         \
    ({                                                                                             \
        cancel_point_begin();                                                                      \
        __typeof__(call) result_ = (call);                                                         \
                                                                                                   \
        cancel_point_end();                                                                        \
        result_;                                                                                   \
    })

hidden void cancel_here(struct __fastos_thread *self);

static inline bool cancel_is_due(const struct __fastos_thread *self)
{
    return __builtin_expect(self->cancel_wanted, 0) && !self->cancel_disabled;
}

static inline void cancel_point_begin(void)
{
    struct __fastos_thread *self = thread_self();

    __atomic_store_n(&self->is_cancel_point, 1, __ATOMIC_SEQ_CST);
    if (cancel_is_due(self))
        cancel_here(self);
}

static inline void cancel_point_end(void)
{
    __atomic_store_n(&thread_self()->is_cancel_point, 0, __ATOMIC_SEQ_CST);
}
