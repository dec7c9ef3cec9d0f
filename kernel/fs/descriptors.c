#include "kernel/fs/descriptors.h"
#include "kernel/core/memory/heap.h"
#include "lib/errno.h"
struct descriptors { struct file *at[64]; bool cloexec[64]; };
int descriptors_create(struct descriptors **made)
{
    *made = alloc_zeroed(sizeof(**made), 8);
    return *made ? 0 : -ENOMEM;
}
int descriptors_copy(struct descriptors *from, struct descriptors **made)
{
    int error = descriptors_create(made);
    if (error)
        return error;
    for (unsigned i = 0; i < 64; i++)
        if (from->at[i])
            (*made)->at[i] = file_get(from->at[i]);
    return 0;
}
void descriptors_release(struct descriptors *descriptors)
{
    for (unsigned i = 0; i < 64; i++)
        if (descriptors->at[i])
            file_put(descriptors->at[i]);
    dealloc(descriptors, sizeof(*descriptors), 8);
}
int descriptors_get(struct descriptors *descriptors, int fd, struct file **file)
{
    if (fd < 0 || fd >= 64 || !descriptors->at[fd])
        return -EBADF;
    *file = file_get(descriptors->at[fd]);
    return 0;
}
int descriptors_install(struct descriptors *descriptors, struct file *file, unsigned flags, int least,
                        int limit, int *fd)
{
    (void)limit;
    (void)flags;
    for (int i = least; i < 64; i++) {
        if (descriptors->at[i])
            continue;
        descriptors->at[i] = file_get(file);
        *fd = i;
        return 0;
    }
    return -EMFILE;
}
void descriptors_close_on_exec(struct descriptors *descriptors)
{
    (void)descriptors;
}
int descriptors_close(struct descriptors *descriptors, int fd)
{
    if (fd < 0 || fd >= 64 || !descriptors->at[fd])
        return -EBADF;
    file_put(descriptors->at[fd]);
    descriptors->at[fd] = NULL;
    return 0;
}
