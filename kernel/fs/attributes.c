/*
 * What is known about a file: rights, stat, chmod and its like; a path's text; and the context on
 * whose behalf all that is asked. Locks: an inode's for changes, names_lock for paths.
 */
#include "kernel/fs/names.h"
#include "lib/errno.h"
#include "lib/string.h"

#define PAGE 4096u

struct inode *path_inode(struct path path)
{
    return path.dentry->inode;
}

/* ---- rights ---------------------------------------------------------------------------------- */

int vfs_access(const struct fs_context *context, const struct inode *inode, unsigned wanted)
{
    uint32_t mode = inode->mode;

    if (context->uid == 0) /* everything, but running what nobody may run */
        return wanted & X_OK && (mode & (S_IFMT | 0111)) == (mode & S_IFMT) && !is_directory(inode)
                   ? -EACCES : 0;
    if (context->uid == inode->uid)
        mode >>= 6;
    else if (context->gid == inode->gid)
        mode >>= 3;
    return wanted & ~mode & 7 ? -EACCES : 0;
}

static bool is_owner(const struct fs_context *context, const struct inode *inode)
{
    return context->uid == 0 || context->uid == inode->uid;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* What is in memory alone occupies what is there: pages come by being mapped, too. */
static uint64_t sectors_of(const struct inode *inode)
{
    const struct page_cache *pages = &inode->pages;

    if (!pages->operations || pages->operations->write)
        return inode->sectors;
    return __atomic_load_n(&pages->count, __ATOMIC_RELAXED) * (PAGE / 512);
}

void vfs_stat(struct inode *inode, struct abi_stat *stat)
{
    *stat = (struct abi_stat){
        .device = inode->fs->device,
        .inode = inode->number,
        .mode = inode->mode,
        .links = inode->links,
        .uid = inode->uid,
        .gid = inode->gid,
        .special_device = inode->special_device,
        .size = __atomic_load_n(&inode->size, __ATOMIC_RELAXED),
        .block_bytes = PAGE,
        .sectors = sectors_of(inode),
        .accessed = inode->times.accessed,
        .modified = inode->times.modified,
        .changed = inode->times.changed,
    };
}

/* ---- changing -------------------------------------------------------------------------------- */

static int check_times(const struct fs_context *context, const struct inode *inode,
                       const struct attributes *wanted)
{
    if (!(wanted->set & (ATTRIBUTE_ACCESSED | ATTRIBUTE_MODIFIED)) || is_owner(context, inode))
        return 0;
    if (wanted->set & ATTRIBUTE_NOW)
        return vfs_access(context, inode, W_OK);
    return -EPERM;
}

/* The owner gives files to groups that are its own; user 0 to everybody. */
static int check_owner(const struct fs_context *context, const struct inode *inode,
                       const struct attributes *wanted)
{
    if (context->uid == 0)
        return 0;
    if (wanted->set & ATTRIBUTE_UID && wanted->uid != inode->uid)
        return -EPERM;
    if (wanted->set & ATTRIBUTE_GID && (!is_owner(context, inode) || wanted->gid != context->gid))
        return wanted->gid == inode->gid && is_owner(context, inode) ? 0 : -EPERM;
    return 0;
}

static int check_change(const struct fs_context *context, const struct inode *inode,
                        const struct attributes *wanted)
{
    int error = check_times(context, inode, wanted);

    if (!error)
        error = check_owner(context, inode, wanted);
    if (!error && wanted->set & ATTRIBUTE_MODE && !is_owner(context, inode))
        error = -EPERM;
    return error;
}

/* What follows from a change: a set-user-id program that gets another owner or another content
   loses that. */
static struct attributes completed(const struct fs_context *context, const struct inode *inode,
                                   const struct attributes *wanted)
{
    struct attributes full = *wanted;

    if (full.set & ATTRIBUTE_MODE) {
        full.mode = (inode->mode & S_IFMT) | (full.mode & 07777);
        if (context->uid != 0 && context->gid != inode->gid && !is_directory(inode))
            full.mode &= ~(uint32_t)S_ISGID;
    } else if (full.set & (ATTRIBUTE_UID | ATTRIBUTE_GID | ATTRIBUTE_SIZE) && is_regular(inode)
               && inode->mode & (S_ISUID | S_ISGID) && context->uid != 0) {
        full.set |= ATTRIBUTE_MODE;
        full.mode = inode->mode & ~(uint32_t)(S_ISUID | S_ISGID);
    }
    return full;
}

int vfs_set_attributes(struct fs_context *context, struct path path,
                       const struct attributes *attributes)
{
    struct inode *inode = path.dentry->inode;
    int error = vfs_may_change(path);

    if (error)
        return error;
    mutex_lock(&inode->lock);
    error = check_change(context, inode, attributes);
    if (!error && !inode->operations->set_attributes)
        error = -EPERM;
    if (!error) {
        struct attributes full = completed(context, inode, attributes);

        error = inode->operations->set_attributes(inode, &full);
    }
    mutex_unlock(&inode->lock);
    return error;
}

/* ---- a path's text --------------------------------------------------------------------------- */

/* Puts `name` with a slash before what is there, which begins at *at. */
static int put_before(struct room room, size_t *at, struct text name)
{
    if (*at < name.size + 1)
        return -ERANGE;
    *at -= name.size + 1;
    room_set(room, *at, '/');
    room_put(room, *at + 1, name);
    return 0;
}

static bool is_same(struct path a, struct path b)
{
    return a.mount == b.mount && a.dentry == b.dentry;
}

/* With names_lock: from the end of `room` on. */
static int spell(const struct fs_context *context, struct path path, struct room room, size_t *at)
{
    int error = 0;

    while (!error && !is_same(path, context->root)) {
        if (path.dentry == path.mount->root) {
            if (!path.mount->on.dentry)
                break; /* not below that root: as far as it goes */
            path = path.mount->on;
        } else if (path.dentry->flags & DENTRY_REMOVED) {
            error = -ENOENT;
        } else {
            error = put_before(room, at, path.dentry->name);
            path.dentry = path.dentry->parent;
        }
    }
    return error;
}

/* `path` may be the context's own, which another thread changes. */
int vfs_path_text(struct fs_context *context, const struct path *path, char *to, size_t size)
{
    struct room room = room_of(to, size);
    size_t at = size - 1;
    int error;

    if (size < 2)
        return -ERANGE;
    room_set(room, at, '\0');
    spin_lock(&names_lock);
    error = spell(context, *path, room, &at);
    spin_unlock(&names_lock);
    if (error)
        return error;
    if (at == size - 1)
        room_set(room, --at, '/');
    memmove(to, room_from(room, at).chars, size - at);
    return 0;
}

int vfs_current_text(struct fs_context *context, char *to, size_t size)
{
    return vfs_path_text(context, &context->current, to, size);
}

/* ---- contexts -------------------------------------------------------------------------------- */

int fs_context_init(struct fs_context *context)
{
    *context = (struct fs_context){.root = vfs_root(), .umask = 022};
    if (!context->root.dentry)
        return -ENOENT;
    context->current = path_get(context->root);
    return 0;
}

int fs_context_copy(struct fs_context *to, struct fs_context *from)
{
    spin_lock(&names_lock);
    *to = *from;
    (void)path_get(to->root);
    (void)path_get(to->current);
    spin_unlock(&names_lock);
    return 0;
}

int fs_context_current(struct fs_context *context, struct path *path)
{
    int error = -ENOENT;

    spin_lock(&names_lock);
    if (context->current.dentry) {
        *path = path_get(context->current);
        error = 0;
    }
    spin_unlock(&names_lock);
    return error;
}

void fs_context_release(struct fs_context *context)
{
    struct path current, root;

    spin_lock(&names_lock);
    current = context->current;
    root = context->root;
    context->current = context->root = (struct path){NULL, NULL};
    spin_unlock(&names_lock);
    path_put(current);
    path_put(root);
}

static void replace(struct path *place, struct path path)
{
    struct path before;

    (void)path_get(path);
    spin_lock(&names_lock);
    before = *place;
    *place = path;
    spin_unlock(&names_lock);
    path_put(before);
}

void fs_context_set_current(struct fs_context *context, struct path path)
{
    replace(&context->current, path);
}

void fs_context_set_root(struct fs_context *context, struct path path)
{
    replace(&context->root, path);
}
