/* Signals, as they cross the system-call line. POSIX's names, Linux's values. */
#pragma once

#include <stdint.h>

#define SIGHUP   1
#define SIGINT   2
#define SIGQUIT  3
#define SIGILL   4
#define SIGTRAP  5
#define SIGABRT  6
#define SIGBUS   7
#define SIGFPE   8
#define SIGKILL  9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG  23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO   29
#define SIGPWR  30
#define SIGSYS  31
#define SIGNALS 64 /* 1 to 64; bit n - 1 of a set is signal n */

#define SIG_DFL 0
#define SIG_IGN 1

#define SA_NOCLDSTOP 0x00000001u
#define SA_NOCLDWAIT 0x00000002u
#define SA_SIGINFO   0x00000004u
#define SA_ONSTACK   0x08000000u
#define SA_RESTART   0x10000000u
#define SA_NODEFER   0x40000000u
#define SA_RESETHAND 0x80000000u

#define SIG_BLOCK   0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SS_ONSTACK 1
#define SS_DISABLE 2
#define MINSIGSTKSZ 4096

struct abi_sigaction {
    /* SIG_DFL, SIG_IGN, or void (int signal, struct abi_siginfo *, struct abi_context *) */
    uint64_t handler;
    uint64_t flags;
    uint64_t restorer; /* where a handler returns to: it calls sigreturn */
    uint64_t mask;     /* what waits while it runs, beside the signal itself */
};

/* code: who sent it. */
#define SI_USER    0
#define SI_KERNEL  0x80
#define SI_TIMER   (-2)
#define SI_TKILL   (-6)
#define CLD_EXITED    1
#define CLD_KILLED    2
#define CLD_STOPPED   5
#define CLD_CONTINUED 6

struct abi_siginfo {
    int32_t signal, error, code;
    int32_t status; /* SIGCHLD: as wait's */
    uint64_t pid;
    uint32_t uid, reserved;
    uint64_t address; /* of a fault */
    uint64_t value;
};

/* The registers that a handler interrupted; it may change them. */
struct abi_context {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t rip, rflags, rsp;
    uint64_t mask;      /* of signals */
    uint64_t fpu;       /* address of the FPU's state as XSAVE or FXSAVE store it; 0: never used */
    uint64_t fpu_bytes;
};

struct abi_sigaltstack {
    uint64_t base;
    uint64_t size;
    uint64_t flags; /* SS_… */
};
