#pragma once

#include <sys/resource.h>

#include <fastos/abi/process.h>

static inline struct timeval timeval_of_us(int64_t us)
{
    return (struct timeval){us / 1000000, us % 1000000};
}

static inline struct rusage usage_of(const struct abi_rusage *used)
{
    return (struct rusage){
        .ru_utime = timeval_of_us(used->user_us),
        .ru_stime = timeval_of_us(used->system_us),
        .ru_maxrss = used->most_kib,
        .ru_minflt = used->minor_faults,
        .ru_majflt = used->major_faults,
        .ru_nvcsw = used->waits,
        .ru_nivcsw = used->preemptions,
    };
}
