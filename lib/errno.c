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
    {EIO, "input/output error"},
    {E2BIG, "too much"},
    {ENOEXEC, "not a program that can run here"},
    {EAGAIN, "try again"},
    {ENOMEM, "out of memory"},
    {EACCES, "permission denied"},
    {EFAULT, "bad address"},
    {EBUSY, "busy"},
    {EEXIST, "exists already"},
    {ENODEV, "no such device"},
    {ENOTDIR, "not a directory"},
    {EISDIR, "is a directory"},
    {EINVAL, "invalid argument"},
    {EFBIG, "file too large"},
    {ENOSPC, "no space left"},
    {EROFS, "read-only file system"},
    {ERANGE, "out of range"},
    {ENAMETOOLONG, "name too long"},
    {ENOSYS, "no such function"},
    {ELOOP, "too many symbolic links"},
    {EOVERFLOW, "value too large"},
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
