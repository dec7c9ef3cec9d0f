/*
 * Changing names: make, link, unlink, rename. Each walks to the directory, locks it, checks all
 * that POSIX asks for, lets the file system do it, and then tells the cache of names. Locks: vfs.h.
 */
#include "kernel/fs/names.h"
#include "lib/errno.h"

/* ---- what all of them check ------------------------------------------------------------------ */

int vfs_may_change(struct path path)
{
    return (path.mount->flags | path.mount->fs->flags) & MS_RDONLY ? -EROFS : 0;
}

/* Names may be made and taken away in it; with its lock. */
static int check_directory(const struct fs_context *context, struct path directory)
{
    const struct inode *inode = directory.dentry->inode;
    int error = vfs_may_change(directory);

    if (!error && inode->links == 0)
        error = -ENOENT; /* it was taken away itself */
    return error ? error : vfs_access(context, inode, W_OK | X_OK);
}

/* In a directory that is sticky: what is one's own, or what is in one's own. */
static int check_sticky(const struct fs_context *context, const struct inode *directory,
                        const struct inode *inode)
{
    if (!(directory->mode & S_ISVTX) || context->uid == 0 || context->uid == inode->uid
        || context->uid == directory->uid)
        return 0;
    return -EPERM;
}

static void lock_two(struct inode *a, struct inode *b)
{
    mutex_lock(a < b ? &a->lock : &b->lock);
    if (a != b)
        mutex_lock(a < b ? &b->lock : &a->lock);
}

static void unlock_two(struct inode *a, struct inode *b)
{
    mutex_unlock(&a->lock);
    if (a != b)
        mutex_unlock(&b->lock);
}

/* The name that a walk ended before; the directory is locked. */
static int look_up_last(const struct walk *walk, struct dentry **child)
{
    return name_look_up(walk->held.dentry, walk->name, walk->hash, child);
}

/* ---- make ------------------------------------------------------------------------------------ */

/* A new name's group and permissions. */
static struct inode_seed grown(const struct fs_context *context, const struct inode *directory,
                               const struct inode_seed *seed)
{
    struct inode_seed grown = *seed;

    grown.uid = context->uid;
    grown.gid = directory->mode & S_ISGID ? directory->gid : context->gid;
    if ((seed->mode & S_IFMT) != S_IFLNK)
        grown.mode &= ~context->umask;
    if ((seed->mode & S_IFMT) == S_IFDIR)
        grown.mode |= directory->mode & S_ISGID;
    return grown;
}

int name_make(struct fs_context *context, struct path at, struct dentry *child,
              const struct inode_seed *seed)
{
    struct inode *directory = at.dentry->inode, *made;
    int error = child->inode ? -EEXIST : check_directory(context, at);

    if (!error && !directory->operations->create)
        error = -EPERM;
    if (!error) {
        struct inode_seed full = grown(context, directory, seed);

        error = directory->operations->create(directory, child->name, &full, &made);
    }
    if (error)
        return error;
    spin_lock(&names_lock);
    name_fill(child, made);
    spin_unlock(&names_lock);
    return 0;
}

static int make_last(const struct walk *walk, const struct inode_seed *seed)
{
    struct inode *directory = walk->held.dentry->inode;
    struct dentry *child;
    int error;

    mutex_lock(&directory->lock);
    error = look_up_last(walk, &child);
    if (!error) {
        if (!child->inode && walk->slash && (seed->mode & S_IFMT) != S_IFDIR)
            error = -ENOENT;
        else
            error = name_make(walk->context, walk->held, child, seed);
        dentry_put(child);
    }
    mutex_unlock(&directory->lock);
    return error;
}

int vfs_make(struct fs_context *context, const struct path *at, const char *path,
             const struct inode_seed *seed)
{
    filled_later struct walk walk;
    int error;

    walk_begin(&walk, context, at, text_of(path, strlen(path)), WALK_PARENT);
    error = walk_run(&walk);
    if (!error)
        error = walk.last == WALK_NAME ? make_last(&walk, seed) : -EEXIST;
    walk_end(&walk);
    return error;
}

/* ---- unlink ---------------------------------------------------------------------------------- */

static int check_unlink(const struct walk *walk, const struct dentry *child, bool directory)
{
    const struct inode *inode = child->inode;
    int error;

    if (!inode)
        return -ENOENT;
    error = check_directory(walk->context, walk->held);
    if (!error)
        error = check_sticky(walk->context, walk->held.dentry->inode, inode);
    if (error)
        return error;
    if (directory && !is_directory(inode))
        return -ENOTDIR;
    if (!directory && is_directory(inode))
        return -EISDIR;
    if (walk->slash && !is_directory(inode))
        return -ENOTDIR;
    return child->mounts ? -EBUSY : 0;
}

static void forget_gone(struct dentry *child)
{
    struct inode *inode;

    spin_lock(&names_lock);
    inode = name_gone(child);
    spin_unlock(&names_lock);
    if (inode)
        inode_put(inode);
}

/* The directory is locked, and what goes is as well. */
static int unlink_checked(struct inode *directory, struct dentry *child)
{
    struct inode *inode = child->inode;

    if (!directory->operations->unlink)
        return -EPERM;
    if (is_directory(inode) && inode->operations->is_empty && !inode->operations->is_empty(inode))
        return -ENOTEMPTY;
    return directory->operations->unlink(directory, child->name, inode);
}

static int unlink_child(const struct walk *walk, struct dentry *child, bool directory)
{
    struct inode *inode = child->inode;
    int error = check_unlink(walk, child, directory);

    if (error)
        return error;
    (void)inode_get(inode); /* beyond the dentry's, for its lock */
    mutex_lock(&inode->lock);
    error = unlink_checked(walk->held.dentry->inode, child);
    if (!error && directory)
        names_forget_children(child);
    if (!error)
        forget_gone(child);
    mutex_unlock(&inode->lock);
    inode_put(inode);
    return error;
}

static int unlink_last(const struct walk *walk, bool directory)
{
    struct inode *parent = walk->held.dentry->inode;
    struct dentry *child;
    int error;

    mutex_lock(&parent->lock);
    error = look_up_last(walk, &child);
    if (!error) {
        error = unlink_child(walk, child, directory);
        dentry_put(child);
    }
    mutex_unlock(&parent->lock);
    return error;
}

/* rmdir of what is no plain name. */
static int refuse_unlink(enum walk_last last, bool directory)
{
    if (!directory)
        return -EISDIR;
    return last == WALK_DOT ? -EINVAL : last == WALK_DOT_DOT ? -ENOTEMPTY : -EBUSY;
}

int vfs_unlink(struct fs_context *context, const struct path *at, const char *path, unsigned flags)
{
    bool directory = flags & UNLINK_DIRECTORY;
    filled_later struct walk walk;
    int error;

    walk_begin(&walk, context, at, text_of(path, strlen(path)), WALK_PARENT);
    error = walk_run(&walk);
    if (!error && walk.last != WALK_NAME) {
        error = refuse_unlink(walk.last, directory);
    } else if (!error && !directory) {
        error = unlink_last(&walk, false);
    } else if (!error) {
        struct filesystem *fs = walk.held.mount->fs;

        mutex_lock(&fs->rename);
        error = unlink_last(&walk, true);
        mutex_unlock(&fs->rename);
    }
    walk_end(&walk);
    return error;
}

/* ---- link ------------------------------------------------------------------------------------ */

static int link_child(const struct walk *walk, struct dentry *child, struct inode *inode)
{
    struct inode *directory = walk->held.dentry->inode;
    int error = child->inode ? -EEXIST : walk->slash ? -ENOENT : 0;

    if (!error)
        error = check_directory(walk->context, walk->held);
    if (!error && !directory->operations->link)
        error = -EPERM;
    if (error)
        return error;
    mutex_lock(&inode->lock);
    /* The last name may have gone since the walk. */
    error = inode->links ? directory->operations->link(directory, child->name, inode) : -ENOENT;
    mutex_unlock(&inode->lock);
    if (!error) {
        spin_lock(&names_lock);
        name_fill(child, inode_get(inode));
        spin_unlock(&names_lock);
    }
    return error;
}

static int link_last(const struct walk *walk, struct path from)
{
    struct inode *directory = walk->held.dentry->inode, *inode = from.dentry->inode;
    struct dentry *child;
    int error;

    if (walk->last != WALK_NAME)
        return -EEXIST;
    if (walk->held.mount != from.mount)
        return -EXDEV;
    if (is_directory(inode))
        return -EPERM;
    mutex_lock(&directory->lock);
    error = look_up_last(walk, &child);
    if (!error) {
        error = link_child(walk, child, inode);
        dentry_put(child);
    }
    mutex_unlock(&directory->lock);
    return error;
}

int vfs_link(struct fs_context *context, const struct path *from_at, const char *from,
             const struct path *to_at, const char *to, unsigned flags)
{
    struct path source;
    filled_later struct walk walk;
    int error = vfs_lookup(context, from_at, from, flags & LOOKUP_FOLLOW, &source);

    if (error)
        return error;
    walk_begin(&walk, context, to_at, text_of(to, strlen(to)), WALK_PARENT);
    error = walk_run(&walk);
    if (!error)
        error = link_last(&walk, source);
    walk_end(&walk);
    path_put(source);
    return error;
}

/* ---- rename ---------------------------------------------------------------------------------- */

/* `inner` is `outer`, or lies in it; the file system's rename mutex keeps the tree. */
static bool is_within(const struct dentry *inner, const struct dentry *outer)
{
    while (inner != outer && inner->parent != inner)
        inner = inner->parent;
    return inner == outer;
}

/* Between `inode` and what has the new name: the same kind. */
static int check_replaced(const struct inode *inode, struct inode *replaced)
{
    if (!replaced)
        return 0;
    if (is_directory(inode) && !is_directory(replaced))
        return -ENOTDIR;
    if (!is_directory(inode) && is_directory(replaced))
        return -EISDIR;
    return 0;
}

static int check_rights(const struct walk *from, const struct walk *to, const struct inode *inode,
                        const struct inode *replaced)
{
    const struct fs_context *context = from->context;
    int error = check_directory(context, from->held);

    if (!error)
        error = check_directory(context, to->held);
    if (!error)
        error = check_sticky(context, from->held.dentry->inode, inode);
    if (!error && replaced)
        error = check_sticky(context, to->held.dentry->inode, replaced);
    if (!error && is_directory(inode) && from->held.dentry != to->held.dentry)
        error = vfs_access(context, inode, W_OK); /* its ".." changes */
    return error;
}

static int check_rename(const struct walk *from, const struct walk *to, const struct dentry *old,
                        const struct dentry *new)
{
    const struct inode *inode = old->inode;
    int error;

    if (!inode)
        return -ENOENT;
    if ((from->slash || to->slash) && !is_directory(inode))
        return -ENOTDIR;
    if (is_within(to->held.dentry, old))
        return -EINVAL; /* into itself */
    if (is_within(from->held.dentry, new))
        return new->inode ? -ENOTEMPTY : -EINVAL;
    error = check_rights(from, to, inode, new->inode);
    if (!error)
        error = check_replaced(inode, new->inode);
    if (!error && (old->mounts || new->mounts))
        error = -EBUSY;
    return error;
}

/* Both directories are locked, the two inodes (or one) as well. */
static int rename_checked(struct inode *from, struct dentry *old, struct inode *to,
                          struct dentry *new)
{
    struct inode *replaced = new->inode;

    if (!from->operations->rename)
        return -EPERM;
    if (replaced && is_directory(replaced) && replaced->operations->is_empty
        && !replaced->operations->is_empty(replaced))
        return -ENOTEMPTY;
    return from->operations->rename(from, old->name, old->inode, to, new->name, replaced);
}

static void move_name(struct dentry *old, struct dentry *new)
{
    struct dentry *parent;

    if (new->inode && is_directory(new->inode))
        names_forget_children(new);
    spin_lock(&names_lock);
    parent = name_move(old, new);
    spin_unlock(&names_lock);
    dentry_put(parent);
}

static int rename_child(const struct walk *from, const struct walk *to, struct dentry *old,
                        struct dentry *new)
{
    struct inode *inode = old->inode, *replaced = new->inode;
    int error = check_rename(from, to, old, new);

    if (error || inode == replaced)
        return error; /* two names of one file: nothing happens */
    lock_two(inode, replaced ? replaced : inode);
    error = rename_checked(from->held.dentry->inode, old, to->held.dentry->inode, new);
    unlock_two(inode, replaced ? replaced : inode);
    if (!error)
        move_name(old, new);
    return error;
}

static int rename_locked(const struct walk *from, const struct walk *to)
{
    struct dentry *old, *new;
    int error = look_up_last(from, &old);

    if (error)
        return error;
    error = look_up_last(to, &new);
    if (!error) {
        error = rename_child(from, to, old, new);
        dentry_put(new);
    }
    dentry_put(old);
    return error;
}

static int rename_last(const struct walk *from, const struct walk *to)
{
    struct inode *a = from->held.dentry->inode, *b = to->held.dentry->inode;
    struct filesystem *fs = from->held.mount->fs;
    int error;

    if (from->held.mount != to->held.mount)
        return -EXDEV;
    if (from->last != WALK_NAME || to->last != WALK_NAME)
        return -EBUSY;
    mutex_lock(&fs->rename);
    lock_two(a, b);
    error = rename_locked(from, to);
    unlock_two(a, b);
    mutex_unlock(&fs->rename);
    return error;
}

int vfs_rename(struct fs_context *context, const struct path *from_at, const char *from,
               const struct path *to_at, const char *to)
{
    filled_later struct walk old, new;
    int error;

    walk_begin(&old, context, from_at, text_of(from, strlen(from)), WALK_PARENT);
    walk_begin(&new, context, to_at, text_of(to, strlen(to)), WALK_PARENT);
    error = walk_run(&old);
    if (!error)
        error = walk_run(&new);
    if (!error)
        error = rename_last(&old, &new);
    walk_end(&new);
    walk_end(&old);
    return error;
}

/* ---- symbolic links -------------------------------------------------------------------------- */

int vfs_read_link(struct fs_context *context, const struct path *at, const char *path, char *to,
                  size_t size)
{
    struct path link;
    int error = vfs_lookup(context, at, path, 0, &link);

    if (error)
        return error;
    struct inode *inode = link.dentry->inode;
    if (!is_link(inode) || !inode->operations->read_link)
        error = -EINVAL;
    else
        error = inode->operations->read_link(inode, to, size);
    path_put(link);
    return error;
}
