#include "kernel/fs/descriptors.h"
#include "kernel/process/process.h"
#include "lib/errno.h"
#include "syscalls.h"
int64_t sys_write(int fd, struct user from, size_t size)
{
    struct file *file;
    int error = descriptors_get(process_current()->descriptors, fd, &file);
    if (error)
        return error;
    struct io io = io_of_user(from, size);
    int64_t result = file_write(file, &io, NULL);
    file_put(file);
    return result;
}
