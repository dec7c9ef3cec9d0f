/*
 * Open files: reading, writing and seeking, with the position where a file has one. A file with a
 * path has its inode by the path's dentry; one without has a reference of its own. Locks:
 * position_lock while the file's own position is used.
 */
#include "kernel/core/memory/slab.h"
#include "kernel/fs/names.h"
#include "lib/errno.h"
#include "lib/string.h"

static struct slab_cache files;
static const struct file_operations no_operations;

static void construct(void *object)
{
    struct file *file = object;

    mutex_init(&file->position_lock, "file position");
}

int files_init(void)
{
    return slab_cache_init(&files, "file", sizeof(struct file), 8, construct);
}

/* ---- coming and going ------------------------------------------------------------------------ */

static unsigned rights_of(unsigned flags)
{
    switch (flags & O_ACCMODE) {
    case O_RDONLY:
        return FILE_READ;
    case O_WRONLY:
        return FILE_WRITE;
    default:
        return FILE_READ | FILE_WRITE;
    }
}

static bool has_position(const struct file_operations *operations, const struct inode *inode)
{
    uint32_t type = inode ? inode->mode & S_IFMT : 0;

    return type == S_IFREG || type == S_IFDIR || type == S_IFBLK || operations->seek;
}

int file_create(const struct file_operations *operations, struct inode *inode, unsigned flags,
                void *private, struct file **made)
{
    struct file *file = slab_alloc(&files);

    if (!file)
        return -ENOMEM;
    if (!operations)
        operations = &no_operations;
    file->operations = operations;
    file->inode = inode;
    file->path = (struct path){NULL, NULL};
    file->private = private;
    file->references = 1;
    file->flags = flags;
    file->can = rights_of(flags) | (has_position(operations, inode) ? FILE_POSITION : 0);
    file->position = 0;
    *made = file;
    return 0;
}

void file_free(struct file *file)
{
    slab_free(&files, file);
}

struct file *file_get(struct file *file)
{
    __atomic_add_fetch(&file->references, 1, __ATOMIC_RELAXED);
    return file;
}

void file_put(struct file *file)
{
    struct path path = file->path;
    struct inode *inode = file->inode;

    if (__atomic_sub_fetch(&file->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (file->operations->close)
        file->operations->close(file);
    file_free(file);
    if (path.dentry)
        path_put(path);
    else if (inode)
        inode_put(inode);
}

/* ---- reading and writing --------------------------------------------------------------------- */

typedef int64_t transfer(struct file *file, struct io *io, uint64_t *position);

static never_inline int64_t at_own_position(struct file *file, transfer *move, struct io *io)
{
    int64_t result;

    mutex_lock(&file->position_lock);
    result = move(file, io, &file->position);
    mutex_unlock(&file->position_lock);
    return result;
}

/* What has no position does not look at it. */
static inline int64_t run(struct file *file, transfer *move, struct io *io, uint64_t *position)
{
    if (!(file->can & FILE_POSITION))
        return position ? -ESPIPE : move(file, io, &file->position);
    if (io->size == 0)
        return 0;
    return position ? move(file, io, position) : at_own_position(file, move, io);
}

static int64_t refuse(const struct file *file, unsigned right)
{
    if (!(file->can & right))
        return -EBADF;
    return file->inode && is_directory(file->inode) ? -EISDIR : -EINVAL;
}

int64_t file_read(struct file *file, struct io *io, uint64_t *position)
{
    transfer *read = file->operations->read;

    if (unlikely(!(file->can & FILE_READ) || !read))
        return refuse(file, FILE_READ);
    return run(file, read, io, position);
}

int64_t file_write(struct file *file, struct io *io, uint64_t *position)
{
    transfer *write = file->operations->write;

    if (unlikely(!(file->can & FILE_WRITE) || !write))
        return refuse(file, FILE_WRITE);
    return run(file, write, io, position);
}

int file_read_directory(struct file *file, struct directory_room *room)
{
    int error;

    if (!file->inode || !is_directory(file->inode) || !file->operations->read_directory)
        return -ENOTDIR;
    mutex_lock(&file->position_lock);
    mutex_lock(&file->inode->lock);
    error = file->inode->links ? file->operations->read_directory(file, &file->position, room) : 0;
    mutex_unlock(&file->inode->lock);
    mutex_unlock(&file->position_lock);
    return error ? error : room->error;
}

bool directory_emit(struct directory_room *room, struct text name, uint64_t inode, unsigned type,
                    uint64_t next)
{
    union {
        struct abi_dirent entry;
        char bytes[ABI_DIRENT_NAME + NAME_MAX + 1 + 7];
    } made;
    size_t size = (ABI_DIRENT_NAME + name.size + 1 + 7) & ~(size_t)7;

    if (name.size > NAME_MAX)
        return true; /* damaged: there is no way to tell of it */
    if (size > io_left(room->io)) {
        room->error = room->entries ? 0 : -EINVAL;
        return false;
    }
    memset(made.bytes, 0, size);
    made.entry.inode = inode;
    made.entry.next = next;
    made.entry.length = (uint16_t)size;
    made.entry.type = (uint8_t)type;
    room_put(room_of(made.bytes, sizeof(made.bytes)), ABI_DIRENT_NAME, name);
    room->error = io_put(room->io, made.bytes, size);
    if (room->error)
        return false;
    room->entries++;
    return true;
}

/* ---- the position ---------------------------------------------------------------------------- */

static int64_t seek_from(const struct file *file, int64_t offset, int whence)
{
    uint64_t base = whence == SEEK_SET   ? 0
                    : whence == SEEK_CUR ? file->position
                                         : __atomic_load_n(&file->inode->size, __ATOMIC_RELAXED);
    int64_t to;

    if (base > INT64_MAX || __builtin_add_overflow((int64_t)base, offset, &to))
        return -EOVERFLOW;
    return to < 0 ? -EINVAL : to;
}

int64_t file_seek(struct file *file, int64_t offset, int whence)
{
    int64_t to;

    if (!(file->can & FILE_POSITION))
        return -ESPIPE;
    if (whence != SEEK_SET && whence != SEEK_CUR && whence != SEEK_END)
        return -EINVAL;
    mutex_lock(&file->position_lock);
    if (file->operations->seek) {
        to = file->operations->seek(file, offset, whence);
    } else {
        to = seek_from(file, offset, whence);
        if (to >= 0)
            file->position = (uint64_t)to;
    }
    mutex_unlock(&file->position_lock);
    return to;
}

/* ---- the rest -------------------------------------------------------------------------------- */

unsigned file_poll(struct file *file, struct poller *poller)
{
    return file->operations->poll ? file->operations->poll(file, poller) : POLLIN | POLLOUT;
}

int64_t file_ioctl(struct file *file, unsigned request, struct user argument)
{
    return file->operations->ioctl ? file->operations->ioctl(file, request, argument) : -ENOTTY;
}

bool file_may_run(const struct file *file)
{
    return !file->path.mount || !(file->path.mount->flags & MS_NOEXEC);
}

int file_sync(struct file *file)
{
    struct inode *inode = file->inode;
    int error;

    if (file->operations->sync)
        return file->operations->sync(file);
    if (!inode || !(file->can & FILE_POSITION))
        return -EINVAL;
    error = inode->pages.operations ? page_cache_flush(&inode->pages) : 0;
    if (!error && inode->operations->sync)
        error = inode->operations->sync(inode);
    return error;
}

int file_truncate(struct file *file, uint64_t size)
{
    const struct attributes wanted = {.set = ATTRIBUTE_SIZE, .size = size};
    struct inode *inode = file->inode;
    int error;

    if (!(file->can & FILE_WRITE) || !inode || !is_regular(inode))
        return -EINVAL;
    if (!inode->operations->set_attributes)
        return -EPERM;
    mutex_lock(&inode->lock);
    error = inode->operations->set_attributes(inode, &wanted);
    mutex_unlock(&inode->lock);
    return error;
}

void file_stat(struct file *file, struct abi_stat *stat)
{
    if (file->inode)
        vfs_stat(file->inode, stat);
    else
        *stat = (struct abi_stat){.mode = S_IFIFO | 0600, .links = 1, .block_bytes = 4096};
}
