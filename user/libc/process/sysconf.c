/* POSIX's questions about the system. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "user/libc/libc.h"

/* A line "MemTotal:  1234 kB" of /proc/meminfo, in pages; -1: not there. */
static long memory_pages(const char *key)
{
    FILE *file = fopen("/proc/meminfo", "re");
    char line[128];
    long pages = -1;

    while (file && pages < 0 && fgets(line, sizeof(line), file))
        if (strncmp(line, key, strlen(key)) == 0)
            pages = strtol(line + strlen(key), NULL, 10) / (long)(PAGE / 1024);
    if (file)
        fclose(file);
    return pages;
}

long sysconf(int name)
{
    switch (name) {
    case _SC_ARG_MAX: return ARG_MAX;
    case _SC_CHILD_MAX: return CHILD_MAX;
    case _SC_CLK_TCK: return HZ;
    case _SC_NGROUPS_MAX: return NGROUPS_MAX;
    case _SC_OPEN_MAX: return getdtablesize();
    case _SC_PAGESIZE: return PAGE;
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN: return 1;
    case _SC_PHYS_PAGES: return memory_pages("MemTotal:");
    case _SC_AVPHYS_PAGES: return memory_pages("MemFree:");
    case _SC_HOST_NAME_MAX: return HOST_NAME_MAX;
    case _SC_LOGIN_NAME_MAX: return LOGIN_NAME_MAX;
    case _SC_TTY_NAME_MAX: return TTY_NAME_MAX;
    case _SC_LINE_MAX: return LINE_MAX;
    case _SC_IOV_MAX: return IOV_MAX;
    case _SC_RE_DUP_MAX: return RE_DUP_MAX;
    case _SC_SYMLOOP_MAX: return SYMLOOP_MAX;
    case _SC_TZNAME_MAX: return 10;
    case _SC_GETPW_R_SIZE_MAX:
    case _SC_GETGR_R_SIZE_MAX: return 1024;
    case _SC_THREAD_KEYS_MAX: return PTHREAD_KEYS_MAX;
    case _SC_THREAD_STACK_MIN: return PTHREAD_STACK_MIN;
    case _SC_THREAD_DESTRUCTOR_ITERATIONS: return PTHREAD_DESTRUCTOR_ITERATIONS;
    case _SC_SEM_VALUE_MAX: return SEM_VALUE_MAX;
    case _SC_JOB_CONTROL:
    case _SC_SAVED_IDS:
    case _SC_REGEXP:
    case _SC_SHELL: return 1;
    case _SC_VERSION:
    case _SC_2_VERSION:
    case _SC_FSYNC:
    case _SC_MAPPED_FILES:
    case _SC_MEMORY_PROTECTION:
    case _SC_MONOTONIC_CLOCK:
    case _SC_THREADS:
    case _SC_THREAD_ATTR_STACKADDR:
    case _SC_THREAD_ATTR_STACKSIZE:
    case _SC_THREAD_SAFE_FUNCTIONS:
    case _SC_THREAD_PROCESS_SHARED:
    case _SC_READER_WRITER_LOCKS:
    case _SC_SPIN_LOCKS:
    case _SC_BARRIERS:
    case _SC_SEMAPHORES:
    case _SC_TIMEOUTS:
    case _SC_TIMERS:
    case _SC_CLOCK_SELECTION:
    case _SC_CPUTIME:
    case _SC_THREAD_CPUTIME:
    case _SC_REALTIME_SIGNALS:
    case _SC_SPAWN: return _POSIX_VERSION;
    default: break;
    }
    if (name < 0 || name > _SC_POSIX_26_VERSION)
        errno = EINVAL;
    return -1;
}

size_t confstr(int name, char *to, size_t size)
{
    static const char path[] = "/bin:/usr/bin";

    if (name != _CS_PATH) {
        errno = EINVAL;
        return 0;
    }
    if (size)
        strlcpy(to, path, size);
    return sizeof(path);
}
