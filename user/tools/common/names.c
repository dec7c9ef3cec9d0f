/* Names of signals and error numbers. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/tools/tool.h"

#define SIGNAL(name) [SIG##name] = #name

static const char *const signals[] = {
    SIGNAL(HUP),  SIGNAL(INT),  SIGNAL(QUIT), SIGNAL(ILL),  SIGNAL(TRAP), SIGNAL(ABRT),   SIGNAL(BUS),
    SIGNAL(FPE),  SIGNAL(KILL), SIGNAL(USR1), SIGNAL(SEGV), SIGNAL(USR2), SIGNAL(PIPE),   SIGNAL(ALRM),
    SIGNAL(TERM), SIGNAL(CHLD), SIGNAL(CONT), SIGNAL(STOP), SIGNAL(TSTP), SIGNAL(TTIN),   SIGNAL(TTOU),
    SIGNAL(URG),  SIGNAL(XCPU), SIGNAL(XFSZ), SIGNAL(PROF), SIGNAL(WINCH), SIGNAL(IO),    SIGNAL(PWR),
    SIGNAL(SYS),  SIGNAL(VTALRM),
};
#define SIGNALS_NAMED (sizeof(signals) / sizeof(signals[0]))

const char *signal_name(int number)
{
    return number > 0 && (size_t)number < SIGNALS_NAMED ? signals[number] : NULL;
}

int signal_number(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);

    if (end > text && !*end)
        return number >= 0 && number <= 64 ? (int)number : -1;
    if (strncasecmp(text, "SIG", 3) == 0)
        text += 3;
    for (size_t i = 1; i < SIGNALS_NAMED; i++)
        if (signals[i] && strcasecmp(signals[i], text) == 0)
            return (int)i;
    return -1;
}

#define ERROR(name) [name] = #name

static const char *const errors[] = {
    ERROR(EPERM),        ERROR(ENOENT),  ERROR(ESRCH),   ERROR(EINTR),        ERROR(EIO),
    ERROR(ENXIO),        ERROR(E2BIG),   ERROR(ENOEXEC), ERROR(EBADF),        ERROR(ECHILD),
    ERROR(EAGAIN),       ERROR(ENOMEM),  ERROR(EACCES),  ERROR(EFAULT),       ERROR(EBUSY),
    ERROR(EEXIST),       ERROR(EXDEV),   ERROR(ENODEV),  ERROR(ENOTDIR),      ERROR(EISDIR),
    ERROR(EINVAL),       ERROR(ENFILE),  ERROR(EMFILE),  ERROR(ENOTTY),       ERROR(ETXTBSY),
    ERROR(EFBIG),        ERROR(ENOSPC),  ERROR(ESPIPE),  ERROR(EROFS),        ERROR(EMLINK),
    ERROR(EPIPE),        ERROR(EDOM),    ERROR(ERANGE),  ERROR(EDEADLK),      ERROR(ENAMETOOLONG),
    ERROR(ENOSYS),       ERROR(ENOTEMPTY), ERROR(ELOOP), ERROR(EOVERFLOW),    ERROR(EILSEQ),
    ERROR(ENOTSUP),      ERROR(ETIMEDOUT), ERROR(ENOTBLK), ERROR(EMSGSIZE),   ERROR(EALREADY),
};

const char *error_name(int number)
{
    return number > 0 && (size_t)number < sizeof(errors) / sizeof(errors[0]) ? errors[number] : NULL;
}
