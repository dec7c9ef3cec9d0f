/* Signals by the kernel's numbers (lib/abi/signals.h). <signal.h> is newlib's and includes this. */
#ifndef _SYS_SIGNAL_H
#define _SYS_SIGNAL_H

#include <_ansi.h>
#include <sys/cdefs.h>
#include <sys/features.h>
#include <sys/types.h>
#include <sys/_sigset.h>
#include <sys/_timespec.h>
#include <fastos/abi/signals.h>

/* <signal.h> has them as pointers to functions. */
#undef SIG_DFL
#undef SIG_IGN

#define NSIG 65
#define _NSIG NSIG
#define SIGIOT SIGABRT
#define SIGCLD SIGCHLD
#define SIGPOLL SIGIO
#define SIGRTMIN 34 /* 33 is the library's own: pthread_cancel */
#define SIGRTMAX SIGNALS

#define SIGSTKSZ 32768

#define SI_QUEUE (-1)
#define ILL_ILLOPC 1
#define FPE_INTDIV 1
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define BUS_ADRALN 1

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

typedef void (*_sig_func_ptr)(int);

union sigval {
    int sival_int;
    void *sival_ptr;
};

#define SIGEV_NONE 1
#define SIGEV_SIGNAL 2
#define SIGEV_THREAD 3

struct sigevent {
    int sigev_notify;
    int sigev_signo;
    union sigval sigev_value;
    void (*sigev_notify_function)(union sigval);
    pthread_attr_t *sigev_notify_attributes;
};

/* Is struct abi_siginfo: a handler gets the kernel's. */
typedef struct {
    int si_signo;
    int si_errno;
    int si_code;
    int si_status;
    pid_t si_pid;
    int __reserved;
    uid_t si_uid;
    int __reserved2;
    void *si_addr;
    union sigval si_value;
} siginfo_t;

struct sigaction {
    union {
        _sig_func_ptr __handler;
        void (*__action)(int, siginfo_t *, void *);
    } __function;
    sigset_t sa_mask;
    int sa_flags;
};

#define sa_handler __function.__handler
#define sa_sigaction __function.__action

typedef struct {
    void *ss_sp;
    int ss_flags;
    size_t ss_size;
} stack_t;

#ifdef __cplusplus
extern "C" {
#endif

int kill(pid_t, int);
int killpg(pid_t, int);
int sigaction(int, const struct sigaction *__restrict, struct sigaction *__restrict);
int sigemptyset(sigset_t *);
int sigfillset(sigset_t *);
int sigaddset(sigset_t *, int);
int sigdelset(sigset_t *, int);
int sigismember(const sigset_t *, int);
int sigprocmask(int, const sigset_t *__restrict, sigset_t *__restrict);
int sigpending(sigset_t *);
int sigsuspend(const sigset_t *);
int sigwait(const sigset_t *__restrict, int *__restrict);
int sigwaitinfo(const sigset_t *__restrict, siginfo_t *__restrict);
int sigtimedwait(const sigset_t *__restrict, siginfo_t *__restrict,
                 const struct timespec *__restrict);
int sigaltstack(const stack_t *__restrict, stack_t *__restrict);
int siginterrupt(int, int);
int pthread_sigmask(int, const sigset_t *__restrict, sigset_t *__restrict);
int pthread_kill(pthread_t, int);

#ifdef __cplusplus
}
#endif

#ifndef _SIGNAL_H_
#include <signal.h>
#endif

#endif
