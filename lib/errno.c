/* The texts of the error numbers. */
#include "lib/errno.h"

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"
#include "lib/printf.h"

/* The text lies in the table: a pointer would be a relocation for each line. */
static const struct {
    uint8_t number;
    char text[39];
} errors[] = {
    {EPERM, "operation not permitted"},
    {ENOENT, "no such file or directory"},
    {ESRCH, "no such process"},
    {EINTR, "interrupted by a signal"},
    {EIO, "input/output error"},
    {ENXIO, "nobody at the other end"},
    {E2BIG, "too much"},
    {ENOEXEC, "not a program that can run here"},
    {EBADF, "bad file descriptor"},
    {ECHILD, "no child processes"},
    {EAGAIN, "try again"},
    {ENOMEM, "out of memory"},
    {EACCES, "permission denied"},
    {EFAULT, "bad address"},
    {ENOTBLK, "not a disk"},
    {EBUSY, "busy"},
    {EEXIST, "exists already"},
    {EXDEV, "on another file system"},
    {ENODEV, "no such device"},
    {ENOTDIR, "not a directory"},
    {EISDIR, "is a directory"},
    {EINVAL, "invalid argument"},
    {ENFILE, "too many open files in the system"},
    {EMFILE, "too many open files"},
    {ENOTTY, "not for this kind of file"},
    {ETXTBSY, "program is running"},
    {EFBIG, "file too large"},
    {ENOSPC, "no space left"},
    {ESPIPE, "has no position"},
    {EROFS, "read-only file system"},
    {EMLINK, "too many links"},
    {EPIPE, "nobody reads it"},
    {ERANGE, "out of range"},
    {ENAMETOOLONG, "name too long"},
    {ENOSYS, "no such function"},
    {ENOTEMPTY, "directory not empty"},
    {ELOOP, "too many symbolic links"},
    {EOVERFLOW, "value too large"},
    {EMSGSIZE, "message too long"},
    {ENOTSUP, "not supported"},
    {ETIMEDOUT, "timed out"},
    {EUCLEAN, "damaged structure"},
};

const char *error_text(int error)
{
    static char nameless[sizeof("error -2147483648")];
    int64_t number = error < 0 ? -(int64_t)error : error;

    if (number == 0)
        return "no error";
    for (size_t i = 0; i < array_length(errors); i++)
        if (errors[i].number == number)
            return errors[i].text;
    snprintf(nameless, sizeof(nameless), "error %lld", (long long)number);
    return nameless;
}
