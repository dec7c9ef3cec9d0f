#ifndef _SYS_SELECT_H
#define _SYS_SELECT_H

#include <sys/cdefs.h>
#include <sys/_sigset.h>
#include <sys/_timeval.h>
#include <sys/timespec.h>

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

#define _SYS_TYPES_FD_SET
#ifndef FD_SETSIZE
#define FD_SETSIZE 1024
#endif

typedef unsigned long fd_mask;
#define NFDBITS ((int)(8 * sizeof(fd_mask)))

typedef struct {
    fd_mask fds_bits[FD_SETSIZE / (8 * sizeof(fd_mask))];
} fd_set;

#define __FD_WORD(n, set) ((set)->fds_bits[(unsigned)(n) / (8 * sizeof(fd_mask))])
#define __FD_BIT(n) (1ul << (unsigned)(n) % (8 * sizeof(fd_mask)))
#define FD_SET(n, set) ((void)(__FD_WORD(n, set) |= __FD_BIT(n)))
#define FD_CLR(n, set) ((void)(__FD_WORD(n, set) &= ~__FD_BIT(n)))
#define FD_ISSET(n, set) ((__FD_WORD(n, set) & __FD_BIT(n)) != 0)
#define FD_ZERO(set) ((void)(*(set) = (fd_set){{0}}))

__BEGIN_DECLS
int select(int, fd_set *__restrict, fd_set *__restrict, fd_set *__restrict,
           struct timeval *__restrict);
int pselect(int, fd_set *__restrict, fd_set *__restrict, fd_set *__restrict,
            const struct timespec *__restrict, const sigset_t *__restrict);
__END_DECLS

#endif
