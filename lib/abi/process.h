/* What crosses the system-call line about processes and the system. POSIX's names, Linux's
   values. */
#pragma once

#include <stdint.h>

/* ---- wait ------------------------------------------------------------------------------------ */
#define WNOHANG    1
#define WUNTRACED  2
#define WCONTINUED 8
/* The status: exit status << 8; or the signal that ended it; or signal << 8 | 0x7f stopped; or
   0xffff went on. */

/* ---- limits and use -------------------------------------------------------------------------- */
#define RLIMIT_CPU     0 /* seconds */
#define RLIMIT_FSIZE   1
#define RLIMIT_DATA    2
#define RLIMIT_STACK   3
#define RLIMIT_CORE    4
#define RLIMIT_NPROC   6
#define RLIMIT_NOFILE  7
#define RLIMIT_AS      9
#define RLIMITS       16
#define RLIM_INFINITY UINT64_MAX

struct abi_rlimit {
    uint64_t now, most;
};

#define RUSAGE_SELF     0
#define RUSAGE_CHILDREN (-1)

struct abi_rusage {
    int64_t user_us, system_us;
    int64_t most_kib; /* of memory, at one time */
    int64_t minor_faults, major_faults;
    int64_t waits, preemptions;
};

#define PRIO_PROCESS 0
#define PRIO_PGRP    1
#define PRIO_USER    2

/* ---- what a program finds on its stack, behind arguments and environment --------------------- */
#define AT_NULL    0
#define AT_PHDR    3
#define AT_PHENT   4
#define AT_PHNUM   5
#define AT_PAGESZ  6
#define AT_BASE    7
#define AT_ENTRY   9
#define AT_UID    11
#define AT_EUID   12
#define AT_GID    13
#define AT_EGID   14
#define AT_SECURE 23
#define AT_RANDOM 25 /* address of 16 random bytes */
#define AT_EXECFN 31
#define AT_FASTOS_CLOCK 0x1000 /* address of struct abi_clock, a page to read */

/* ---- threads --------------------------------------------------------------------------------- */
#define FUTEX_WAIT    0
#define FUTEX_WAKE    1
#define FUTEX_REQUEUE 3 /* wake `value`, move up to `limit` to the second word */

/* ---- the system ------------------------------------------------------------------------------ */
#define ABI_NAME_BYTES 65

struct abi_utsname {
    char system[ABI_NAME_BYTES], node[ABI_NAME_BYTES], release[ABI_NAME_BYTES],
        version[ABI_NAME_BYTES], machine[ABI_NAME_BYTES];
};

#define REBOOT_RESTART   0
#define REBOOT_POWER_OFF 1
#define REBOOT_HALT      2

/* What `trace` writes: one record a call that returned, or (exit, exec) did not. */
#define TRACE_STRINGS      2
#define TRACE_STRING_BYTES 48

struct abi_trace {
    uint64_t pid, thread, number;
    uint64_t arguments[6];
    int64_t result;
    uint32_t returned; /* 0: it does not */
    uint32_t reserved;
    /* The beginnings of what path and bytes arguments point at, in their order; size
       TRACE_STRING_BYTES + 1 or more: cut. */
    uint32_t string_sizes[TRACE_STRINGS];
    char strings[TRACE_STRINGS][TRACE_STRING_BYTES];
};
