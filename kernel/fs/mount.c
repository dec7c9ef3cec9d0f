/*
 * File systems by name, and where they are mounted. A mount is in the list (and on its dentry)
 * while it can be walked into. Locks: `mounting` for one change at a time, names_lock for the list.
 */
#include "kernel/core/log/log.h"
#include "kernel/core/memory/heap.h"
#include "kernel/fs/names.h"
#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/string.h"

#define FILESYSTEMS_MAX 16u
#define SYNC_MAX        8u

static struct mutex mounting = MUTEX("mounting");
static const struct filesystem_operations *types[FILESYSTEMS_MAX];
static unsigned type_count;
static struct mount *mounts; /* the oldest first */
static int (*on_sync[SYNC_MAX])(void);
static uint64_t next_device = 1; /* for those without a disk */

int vfs_init(void)
{
    int error = names_init();

    if (!error)
        error = inodes_init();
    return error ? error : files_init();
}

void filesystem_register(const struct filesystem_operations *operations)
{
    assert(type_count < FILESYSTEMS_MAX);
    types[type_count++] = operations;
}

const struct filesystem_operations *filesystem_at(unsigned index)
{
    return index < type_count && index < FILESYSTEMS_MAX ? types[index] : NULL;
}

static const struct filesystem_operations *type_of(const char *name)
{
    for (unsigned i = 0; i < type_count && i < FILESYSTEMS_MAX; i++)
        if (strcmp(types[i]->name, name) == 0)
            return types[i];
    return NULL;
}

void vfs_on_sync(int (*flush)(void))
{
    for (unsigned i = 0; i < SYNC_MAX; i++) {
        if (!on_sync[i]) {
            on_sync[i] = flush;
            return;
        }
    }
    panic("more than %u who want to know of sync", SYNC_MAX);
}

/* ---- with names_lock ------------------------------------------------------------------------- */

static struct mount *mount_on(struct path path)
{
    for (struct mount *m = mounts; m; m = m->next)
        if (m->on.dentry == path.dentry && m->on.mount == path.mount)
            return m;
    return NULL;
}

struct path mount_cross(struct path path)
{
    while (path.dentry->mounts) {
        struct mount *mount = mount_on(path);

        if (!mount)
            break;
        path = (struct path){mount, mount->root};
    }
    return path;
}

static void enter(struct mount *mount)
{
    struct mount **link = &mounts;

    while (*link)
        link = &(*link)->next;
    *link = mount;
    if (mount->on.dentry)
        mount->on.dentry->mounts++;
}

static void leave(struct mount *mount)
{
    struct mount **link = &mounts;

    while (*link != mount)
        link = &(*link)->next;
    *link = mount->next;
    if (mount->on.dentry)
        mount->on.dentry->mounts--;
}

/* ---- a file system's life -------------------------------------------------------------------- */

/* The disk's reference is taken over by fs->source when it succeeds. */
static int start(const struct filesystem_operations *type, struct inode *disk, unsigned flags,
                 struct filesystem **started)
{
    struct filesystem *fs = alloc_zeroed(sizeof(*fs), _Alignof(struct filesystem));
    int error;

    if (!fs)
        return -ENOMEM;
    fs->operations = type;
    fs->flags = flags;
    fs->device = disk ? disk->special_device : next_device++;
    mutex_init(&fs->rename, "rename");
    error = type->mount(fs, disk, flags);
    if (error) {
        dealloc(fs, sizeof(*fs), _Alignof(struct filesystem));
        return error;
    }
    fs->source = disk;
    *started = fs;
    return 0;
}

/* Nobody uses it any more; its root was put. */
static void stop(struct filesystem *fs)
{
    if (fs->operations->unmount)
        fs->operations->unmount(fs);
    if (fs->source)
        inode_put(fs->source);
    dealloc(fs, sizeof(*fs), _Alignof(struct filesystem));
}

static int sync_fs(struct filesystem *fs)
{
    int error = inodes_sync_fs(fs);
    int second = fs->operations->sync ? fs->operations->sync(fs) : 0;

    return error ? error : second;
}

static void end_mount(struct mount *mount)
{
    struct filesystem *fs = mount->fs;
    struct path on = mount->on;

    name_drop_root(mount->root);
    inodes_forget_fs(fs);
    stop(fs);
    dealloc(mount, sizeof(*mount), _Alignof(struct mount));
    path_put(on);
}

/* The last one of a mount that was detached while it was used. */
void mount_put(struct mount *mount)
{
    if (reference_drop(&mount->references))
        return;
    (void)sync_fs(mount->fs);
    names_forget_fs(mount->fs);
    end_mount(mount);
}

/* ---- mounting -------------------------------------------------------------------------------- */

static int make_mount(struct filesystem *fs, const char *source, unsigned flags,
                      struct mount **made)
{
    struct mount *mount = alloc_zeroed(sizeof(*mount), _Alignof(struct mount));
    int error = mount ? name_new_root(fs->root, &mount->root) : -ENOMEM;

    if (error) {
        dealloc(mount, sizeof(*mount), _Alignof(struct mount));
        return error;
    }
    mount->fs = fs;
    mount->references = 1;
    mount->flags = flags;
    (void)strlcpy(mount->source, source, sizeof(mount->source));
    *made = mount;
    return 0;
}

static bool is_mounted(const struct inode *disk)
{
    bool found = false;

    for (struct mount *m = mounts; m && disk; m = m->next)
        found = found || (m->fs->source && m->fs->device == disk->special_device);
    return found;
}

/* `on` and `disk` are taken over when it succeeds. */
static int mount_at(const struct filesystem_operations *type, struct inode *disk,
                    const char *source, unsigned flags, struct path on)
{
    struct filesystem *fs;
    struct mount *mount;
    int error = is_mounted(disk) ? -EBUSY : start(type, disk, flags, &fs);

    if (error)
        return error;
    error = make_mount(fs, source, flags, &mount);
    if (error) {
        fs->source = NULL; /* stays the caller's */
        inode_put(fs->root);
        inodes_forget_fs(fs);
        stop(fs);
        return error;
    }
    mount->on = on;
    spin_lock(&names_lock);
    enter(mount);
    spin_unlock(&names_lock);
    return 0;
}

/* MS_REMOUNT: other flags. */
static int remount(struct path at, unsigned flags)
{
    if (at.dentry != at.mount->root)
        return -EINVAL;
    struct filesystem *fs = at.mount->fs;
    int error = flags & MS_RDONLY ? sync_fs(fs) : 0;

    flags &= ~(unsigned)MS_REMOUNT;
    if (!error && fs->operations->remount)
        error = fs->operations->remount(fs, flags);
    if (!error)
        at.mount->flags = fs->flags = flags;
    return error;
}

static int disk_of(struct fs_context *context, const char *source, struct inode **disk)
{
    struct path path;
    int error = vfs_lookup(context, NULL, source, LOOKUP_FOLLOW, &path);

    if (error)
        return error;
    if ((path.dentry->inode->mode & S_IFMT) == S_IFBLK)
        *disk = inode_get(path.dentry->inode);
    else
        error = -ENOTBLK;
    path_put(path);
    return error;
}

static int mount_new(struct fs_context *context, const char *source, struct path on,
                     const char *name, unsigned flags)
{
    const struct filesystem_operations *type = type_of(name);
    struct inode *disk = NULL;
    int error = !type ? -ENODEV : type->needs_disk ? disk_of(context, source, &disk) : 0;

    if (!error)
        error = mount_at(type, disk, source, flags, on);
    if (error && disk)
        inode_put(disk);
    return error;
}

int vfs_mount(struct fs_context *context, const char *source, const char *target,
              const char *type, unsigned flags)
{
    struct path on;
    int error = context->uid == 0 ? 0 : -EPERM;

    if (!error && flags & ~(unsigned)(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_REMOUNT))
        error = -EINVAL;
    if (!error)
        error = vfs_lookup(context, NULL, target, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &on);
    if (error)
        return error;
    mutex_lock(&mounting);
    if (flags & MS_REMOUNT)
        error = remount(on, flags);
    else
        error = mount_new(context, source, on, type, flags);
    mutex_unlock(&mounting);
    if (error || flags & MS_REMOUNT)
        path_put(on);
    return error;
}

int vfs_mount_root(const char *name, struct inode *disk, const char *source, unsigned flags)
{
    const struct filesystem_operations *type = type_of(name);
    int error;

    if (!type)
        return -ENODEV;
    mutex_lock(&mounting);
    error = mounts ? -EBUSY : mount_at(type, disk, source, flags, (struct path){NULL, NULL});
    mutex_unlock(&mounting);
    return error;
}

/* ---- unmounting ------------------------------------------------------------------------------ */

static bool has_mounts(const struct mount *mount)
{
    for (const struct mount *m = mounts; m; m = m->next)
        if (m->on.mount == mount)
            return true;
    return false;
}

/* With `mounting`. Nobody walks into it from now on; 1 reference is left, or it is busy. */
static int detach(struct mount *mount, unsigned flags)
{
    int error = 0;

    spin_lock(&names_lock);
    if (__atomic_load_n(&mount->references, __ATOMIC_RELAXED) > 1
        && (!(flags & MNT_DETACH) || has_mounts(mount)))
        error = -EBUSY;
    else
        leave(mount);
    spin_unlock(&names_lock);
    return error;
}

/* Of one that was detached only its users are left, and may be none soon. */
static bool is_listed(const struct mount *mount)
{
    const struct mount *m = mounts;

    while (m && m != mount)
        m = m->next;
    return m;
}

static int unmount(struct path at, unsigned flags)
{
    struct mount *mount = at.mount;
    bool is_root = at.dentry == mount->root && is_listed(mount);
    int error;

    path_put(at); /* `mounting` keeps what is listed */
    if (!is_root)
        return -EINVAL;
    if (!mount->on.dentry)
        return -EBUSY; /* the first one */
    error = sync_fs(mount->fs);
    if (error && !(flags & MNT_DETACH))
        return error;
    error = detach(mount, flags);
    if (!error)
        mount_put(mount);
    return error;
}

int vfs_unmount(struct fs_context *context, const char *target, unsigned flags)
{
    struct path at;
    int error = context->uid == 0 ? 0 : -EPERM;

    if (!error && flags & ~(unsigned)MNT_DETACH)
        error = -EINVAL;
    if (!error)
        error = vfs_lookup(context, NULL, target, LOOKUP_FOLLOW, &at);
    if (error)
        return error;
    mutex_lock(&mounting);
    error = unmount(at, flags);
    mutex_unlock(&mounting);
    return error;
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct path vfs_root(void)
{
    struct path root = {NULL, NULL};

    spin_lock(&names_lock);
    if (mounts)
        root = path_get((struct path){mounts, mounts->root});
    spin_unlock(&names_lock);
    return root;
}

int vfs_sync(void)
{
    int error = 0;

    mutex_lock(&mounting);
    for (struct mount *m = mounts; m; m = m->next) {
        int now = sync_fs(m->fs);

        error = error ? error : now;
    }
    mutex_unlock(&mounting);
    for (unsigned i = 0; i < SYNC_MAX && on_sync[i]; i++) {
        int now = on_sync[i]();

        error = error ? error : now;
    }
    return error;
}

void vfs_statfs(struct path path, struct abi_statfs *to)
{
    struct filesystem *fs = path.mount->fs;

    *to = (struct abi_statfs){.type = fs->operations->type, .block_bytes = 4096,
                              .name_max = NAME_MAX};
    if (fs->operations->statfs)
        fs->operations->statfs(fs, to);
    to->flags |= path.mount->flags;
}

int filesystem_start_hidden(const struct filesystem_operations *type, struct filesystem **fs)
{
    return start(type, NULL, 0, fs);
}

static struct mount *mount_at_index(unsigned index)
{
    struct mount *mount = mounts;

    while (mount && index-- > 0)
        mount = mount->next;
    return mount;
}

int vfs_mount_info(unsigned index, struct mount_info *info)
{
    struct fs_context all;
    struct mount *mount;
    int error = fs_context_init(&all);

    if (error)
        return error;
    error = -ENOENT;
    mutex_lock(&mounting);
    mount = mount_at_index(index);
    if (mount) {
        struct path root = {mount, mount->root};

        (void)strlcpy(info->source, mount->source, sizeof(info->source));
        (void)strlcpy(info->type, mount->fs->operations->name, sizeof(info->type));
        info->flags = mount->flags;
        error = vfs_path_text(&all, &root, info->target, sizeof(info->target));
    }
    mutex_unlock(&mounting);
    fs_context_release(&all);
    return error;
}
