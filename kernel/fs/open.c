/*
 * Opening: from a path to an open file. O_CREAT looks at the name with the directory's lock, so
 * that of two who create it one does; a symbolic link there is followed from that directory on.
 */
#include "kernel/fs/names.h"
#include "lib/errno.h"

/* ---- from an inode to a file ----------------------------------------------------------------- */

static unsigned wanted_access(unsigned flags)
{
    unsigned mode = flags & O_ACCMODE;

    return (mode != O_WRONLY ? R_OK : 0) | (mode != O_RDONLY || flags & O_TRUNC ? W_OK : 0);
}

static int check_type(const struct inode *inode, struct path path, unsigned flags)
{
    switch (inode->mode & S_IFMT) {
    case S_IFLNK:
        return -ELOOP;
    case S_IFDIR:
        return wanted_access(flags) & W_OK || flags & O_CREAT ? -EISDIR : 0;
    case S_IFSOCK:
        return -ENXIO;
    case S_IFCHR:
    case S_IFBLK:
        return path.mount->flags & MS_NODEV ? -EACCES : 0;
    case S_IFREG:
        return wanted_access(flags) & W_OK ? vfs_may_change(path) : 0;
    default:
        return 0;
    }
}

static int check_open(const struct fs_context *context, struct path path, unsigned flags)
{
    const struct inode *inode = path.dentry->inode;
    int error = check_type(inode, path, flags);

    if (error)
        return error;
    if (flags & O_DIRECTORY && !is_directory(inode))
        return -ENOTDIR;
    return vfs_access(context, inode, wanted_access(flags));
}

/* What it is read and written by. */
static int find_operations(const struct inode *inode, const struct file_operations **operations,
                           void **private)
{
    *private = NULL;
    switch (inode->mode & S_IFMT) {
    case S_IFCHR:
    case S_IFBLK:
        return device_find(inode->special_device, operations, private);
    case S_IFIFO:
        *operations = &fifo_operations;
        return 0;
    default:
        *operations = inode->file_operations;
        return 0;
    }
}

static int cut(struct inode *inode)
{
    const struct attributes none = {.set = ATTRIBUTE_SIZE};
    int error;

    if (!inode->operations->set_attributes)
        return -EPERM;
    mutex_lock(&inode->lock);
    error = inode->operations->set_attributes(inode, &none);
    mutex_unlock(&inode->lock);
    return error;
}

/* All was checked. The path's references are taken over when it succeeds. A terminal looks at O_NOCTTY as it
   is opened. */
static int open_checked(struct path path, unsigned flags, struct file **opened)
{
    const struct file_operations *operations;
    struct inode *inode = path.dentry->inode;
    struct file *file;
    void *private;
    int error = find_operations(inode, &operations, &private);

    if (!error && flags & O_TRUNC && is_regular(inode) && inode->size > 0)
        error = cut(inode);
    if (!error)
        error = file_create(operations, inode, flags & ~(FLAGS_OF_OPEN & ~O_NOCTTY), private, &file);
    if (error)
        return error;
    file->path = path;
    if (operations && operations->open) {
        error = operations->open(file);
        if (error) {
            file_free(file);
            return error;
        }
    }
    file->flags &= ~FLAGS_OF_OPEN;
    *opened = file;
    return 0;
}

int vfs_open_path(struct fs_context *context, struct path path, unsigned flags, struct file **file)
{
    int error = check_open(context, path, flags);

    if (error)
        return error;
    error = open_checked(path_get(path), flags, file);
    if (error)
        path_put(path);
    return error;
}

/* The path's references are taken over, whatever comes of it. */
static int open_found(struct fs_context *context, struct path path, unsigned flags, bool made,
                      struct file **file)
{
    int error = made ? 0 : check_open(context, path, flags);

    if (!error)
        error = open_checked(path, flags, file);
    if (error)
        path_put(path);
    return error;
}

/* ---- O_CREAT --------------------------------------------------------------------------------- */

/* Finds or makes the last name, with a reference. */
static int find_or_make(struct walk *walk, unsigned flags, uint32_t mode, struct dentry **found,
                        bool *made)
{
    struct inode *directory = walk->held.dentry->inode;
    int error;

    mutex_lock(&directory->lock);
    error = name_look_up(walk->held.dentry, walk->name, walk->hash, found);
    if (!error) {
        const struct inode_seed seed = {.mode = S_IFREG | (mode & 07777)};

        *made = !(*found)->inode;
        if (*made)
            error = walk->slash ? -EISDIR : name_make(walk->context, walk->held, *found, &seed);
        else if (flags & O_EXCL)
            error = -EEXIST;
        if (error)
            dentry_put(*found);
    }
    mutex_unlock(&directory->lock);
    return error;
}

/* The walk's result becomes the path of its last name, mounts crossed. */
static struct path take_child(struct walk *walk, struct dentry *child)
{
    struct path path = {walk->held.mount, child}, crossed;

    spin_lock(&names_lock);
    crossed = path_get(mount_cross(path));
    spin_unlock(&names_lock);
    dentry_put(child);
    return crossed;
}

static int create(struct walk *walk, unsigned flags, uint32_t mode, struct file **file)
{
    for (;;) {
        struct dentry *child;
        bool made;
        int error = walk_run(walk);

        if (!error)
            error = walk->last == WALK_NAME ? find_or_make(walk, flags, mode, &child, &made)
                                            : -EISDIR;
        if (error)
            return error;
        if (made || !is_link(child->inode) || flags & O_NOFOLLOW)
            return open_found(walk->context, take_child(walk, child),
                              walk->slash ? flags | O_DIRECTORY : flags, made, file);
        error = walk_follow(walk, child);
        dentry_put(child);
        if (error)
            return error;
        if (walk->last == WALK_NAME) /* there already */
            return open_found(walk->context, path_get(walk->held), flags, false, file);
    }
}

/* ---- the call -------------------------------------------------------------------------------- */

int vfs_open_text(struct fs_context *context, const struct path *at, struct text path,
                  unsigned flags, uint32_t mode, struct file **file)
{
    filled_later struct walk walk;
    int error;

    if ((flags & O_ACCMODE) == O_ACCMODE)
        return -EINVAL;
    walk_begin(&walk, context, at, path,
               flags & O_CREAT ? WALK_PARENT : flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW);
    if (flags & O_CREAT) {
        error = flags & O_DIRECTORY ? -EINVAL : create(&walk, flags, mode, file);
    } else {
        error = walk_run(&walk);
        if (!error) {
            error = open_found(context, walk.held, flags, false, file);
            walk.held = (struct path){NULL, NULL};
        }
    }
    walk_end(&walk);
    return error;
}
