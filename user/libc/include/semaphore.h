/* Semaphores without a name. */
#ifndef _SEMAPHORE_H
#define _SEMAPHORE_H

#include <sys/cdefs.h>
#include <sys/_timespec.h>

typedef struct {
    unsigned __word; /* its value */
    unsigned __waiters;
} sem_t;

#define SEM_FAILED ((sem_t *)0)

__BEGIN_DECLS
int sem_init(sem_t *, int, unsigned);
int sem_destroy(sem_t *);
int sem_wait(sem_t *);
int sem_trywait(sem_t *);
int sem_timedwait(sem_t *__restrict, const struct timespec *__restrict);
int sem_post(sem_t *);
int sem_getvalue(sem_t *__restrict, int *__restrict);
__END_DECLS

#endif
