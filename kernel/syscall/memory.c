/* System calls about memory. */
#include "kernel/fs/descriptors.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/vfs.h"
#include "kernel/process/memory_map.h"
#include "kernel/process/process.h"
#include "lib/errno.h"
#include "syscalls.h"

#define KNOWN_FLAGS                                                                                \
    (unsigned)(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_POPULATE \
               | MAP_STACK | MAP_FIXED_NOREPLACE)

static struct memory_map *map(void)
{
    return process_current()->map;
}

static int64_t add(struct mapping *mapping)
{
    int error = memory_map_add(map(), mapping);

    return error ? error : (int64_t)mapping->at;
}

int64_t sys_mmap(struct user at, size_t size, unsigned protection)
{
    struct mapping mapping = {
        .at = at.at,
        .size = size,
        .protection = protection,
        .flags = MAP_PRIVATE | MAP_ANONYMOUS | (at.at ? MAP_FIXED_NOREPLACE : 0),
    };

    return add(&mapping);
}

/* The file may be mapped like that. */
static int check_file(const struct file *file, const struct mapping *mapping)
{
    unsigned access = file->flags & O_ACCMODE;

    if (!file->operations->map_device && (!file->inode || !file->inode->pages.operations))
        return -ENODEV;
    if (access == O_WRONLY)
        return -EACCES;
    if (mapping->protection & PROT_EXEC && !file_may_run(file))
        return -EPERM;
    if (mapping->flags & MAP_SHARED && mapping->protection & PROT_WRITE && access != O_RDWR)
        return -EACCES;
    return 0;
}

static int64_t add_file(struct mapping *mapping, int fd)
{
    int error = descriptors_get(process_current()->descriptors, fd, &mapping->file);

    if (error)
        return error;
    int64_t result = check_file(mapping->file, mapping);

    if (!result)
        result = add(mapping);
    file_put(mapping->file);
    return result;
}

/* Shared memory without a file has one that nobody sees. */
static int64_t add_shared(struct mapping *mapping)
{
    int error = tmpfs_open_unnamed(F_SEAL_SEAL, &mapping->file);

    if (error)
        return error;
    error = file_truncate(mapping->file, mapping->size);
    int64_t result = error ? error : add(mapping);

    file_put(mapping->file);
    return result;
}

int64_t sys_mmap_file(struct user at, size_t size, unsigned protection, unsigned flags, int fd,
                      int64_t offset)
{
    struct mapping mapping = {
        .at = at.at,
        .size = size,
        .protection = protection,
        .flags = flags,
        .offset = (uint64_t)offset,
    };
    unsigned sharing = flags & (MAP_SHARED | MAP_PRIVATE);

    if (flags & ~KNOWN_FLAGS || (sharing != MAP_SHARED && sharing != MAP_PRIVATE))
        return -EINVAL;
    if (!(flags & MAP_ANONYMOUS))
        return offset < 0 ? -EINVAL : add_file(&mapping, fd);
    mapping.offset = 0;
    return sharing == MAP_SHARED ? add_shared(&mapping) : add(&mapping);
}

int64_t sys_munmap(struct user at, size_t size)
{
    return memory_map_remove(map(), at.at, size);
}

int64_t sys_mprotect(struct user at, size_t size, unsigned protection)
{
    return memory_map_protect(map(), at.at, size, protection);
}

int64_t sys_msync(struct user at, size_t size, unsigned flags)
{
    unsigned how = flags & (MS_ASYNC | MS_SYNC);

    if (flags & ~(unsigned)(MS_ASYNC | MS_SYNC | MS_INVALIDATE) || how == (MS_ASYNC | MS_SYNC))
        return -EINVAL;
    return memory_map_sync(map(), at.at, size, flags);
}

int64_t sys_brk(struct user end)
{
    return (int64_t)memory_map_brk(map(), end.at);
}
