/* Waiting for children; the status as lib/abi/process.h says it. */
#ifndef _SYS_WAIT_H
#define _SYS_WAIT_H

#include <sys/cdefs.h>
#include <sys/types.h>
#include <signal.h>

#define WNOHANG 1
#define WUNTRACED 2
#define WCONTINUED 8

#define WIFEXITED(w) (((w) & 0x7f) == 0)
#define WEXITSTATUS(w) (((w) >> 8) & 0xff)
#define WIFSIGNALED(w) (((w) & 0x7f) != 0 && ((w) & 0xff) < 0x7f)
#define WTERMSIG(w) ((w) & 0x7f)
#define WIFSTOPPED(w) (((w) & 0xff) == 0x7f)
#define WSTOPSIG(w) (((w) >> 8) & 0xff)
#define WIFCONTINUED(w) ((w) == 0xffff)
#define WCOREDUMP(w) 0

struct rusage;

__BEGIN_DECLS
pid_t wait(int *);
pid_t waitpid(pid_t, int *, int);
pid_t wait3(int *, int, struct rusage *);
pid_t wait4(pid_t, int *, int, struct rusage *);
__END_DECLS

#endif
