/* The objects of threads; user/libc/threads says what their fields mean. */
#ifndef _SYS__PTHREADTYPES_H_
#define _SYS__PTHREADTYPES_H_

#include <sys/sched.h>

#define PTHREAD_SCOPE_PROCESS 0
#define PTHREAD_SCOPE_SYSTEM 1
#define PTHREAD_INHERIT_SCHED 1
#define PTHREAD_EXPLICIT_SCHED 2
#define PTHREAD_CREATE_JOINABLE 0
#define PTHREAD_CREATE_DETACHED 1
#define PTHREAD_PROCESS_PRIVATE 0
#define PTHREAD_PROCESS_SHARED 1
#define PTHREAD_MUTEX_NORMAL 0
#define PTHREAD_MUTEX_RECURSIVE 1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT PTHREAD_MUTEX_NORMAL
#define PTHREAD_PRIO_NONE 0

typedef struct __fastos_thread *pthread_t;
typedef unsigned pthread_key_t;
typedef unsigned pthread_spinlock_t;

typedef struct {
    void *__stack; /* NULL: the library makes one */
    __SIZE_TYPE__ __stack_bytes, __guard_bytes;
    int __detached;
} pthread_attr_t;

typedef struct {
    int __type, __shared;
} pthread_mutexattr_t;

typedef struct {
    unsigned __word; /* 0 free, 1 locked, 2 locked and somebody may wait */
    int __type;
    unsigned __depth; /* of a recursive one: locked how many times more */
    pthread_t __owner; /* of all but normal ones */
} pthread_mutex_t;

typedef struct {
    int __clock, __shared;
} pthread_condattr_t;

typedef struct {
    unsigned __word; /* counts signals and broadcasts */
    unsigned __waiters;
    int __clock;
} pthread_cond_t;

typedef struct {
    unsigned __word; /* 0 not yet, 1 at it, 2 at it and somebody waits, 3 done */
} pthread_once_t;

typedef struct {
    int __shared;
} pthread_barrierattr_t;

typedef struct {
    unsigned __word; /* counts rounds */
    unsigned __lock;
    unsigned __count, __here;
} pthread_barrier_t;

typedef struct {
    int __shared;
} pthread_rwlockattr_t;

typedef struct {
    unsigned __lock;
    unsigned __word; /* changes when somebody unlocks */
    unsigned __readers, __writers_waiting, __waiters;
    unsigned __writer; /* its thread's number */
} pthread_rwlock_t;

#define _PTHREAD_MUTEX_INITIALIZER {0, PTHREAD_MUTEX_NORMAL, 0, 0}
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER {0, PTHREAD_MUTEX_RECURSIVE, 0, 0}
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP PTHREAD_RECURSIVE_MUTEX_INITIALIZER
#define _PTHREAD_COND_INITIALIZER {0, 0, 0}
#define _PTHREAD_ONCE_INIT {0}
#define _PTHREAD_RWLOCK_INITIALIZER {0, 0, 0, 0, 0, 0}

#endif
