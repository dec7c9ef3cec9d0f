#ifndef _SYS_RESOURCE_H
#define _SYS_RESOURCE_H

#include <sys/time.h>
#include <sys/types.h>
#include <fastos/abi/process.h>

#define PRIO_MIN (-20)
#define PRIO_MAX 19

#define RLIM_NLIMITS RLIMITS
#define RLIM_SAVED_MAX RLIM_INFINITY
#define RLIM_SAVED_CUR RLIM_INFINITY

typedef unsigned long rlim_t;

/* Is struct abi_rlimit. */
struct rlimit {
    rlim_t rlim_cur, rlim_max;
};

struct rusage {
    struct timeval ru_utime, ru_stime;
    long ru_maxrss; /* KiB */
    long ru_minflt, ru_majflt;
    long ru_nvcsw, ru_nivcsw;
    /* Always 0. */
    long ru_ixrss, ru_idrss, ru_isrss, ru_nswap, ru_inblock, ru_oublock;
    long ru_msgsnd, ru_msgrcv, ru_nsignals;
};

__BEGIN_DECLS
int getrlimit(int, struct rlimit *);
int setrlimit(int, const struct rlimit *);
int prlimit(pid_t, int, const struct rlimit *, struct rlimit *);
int getrusage(int, struct rusage *);
int getpriority(int, id_t);
int setpriority(int, id_t, int);
__END_DECLS

#endif
