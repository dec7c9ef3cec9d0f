/* System calls on paths. */
#include "kernel/core/memory/heap.h"
#include "kernel/fs/names.h"
#include "kernel/syscall/files.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "syscalls.h"

/* ---- paths and where they begin -------------------------------------------------------------- */

int path_take(struct path_argument *path, struct user from)
{
    int error = copy_string_from_user(path->small, from, sizeof(path->small), &path->size);

    path->text = path->small;
    return likely(error != -ENAMETOOLONG) ? error
                                          : path_from_user(from, &path->text, &path->size);
}

int place_take(struct place *place, int directory, struct user path)
{
    int error = path_take(&place->path, path);

    place->at = NULL;
    place->held.counted = false;
    if (error || directory == AT_FDCWD || *place->path.text == '/')
        return error;
    error = hold(&place->held, directory);
    if (!error && !place->held.file->path.dentry) {
        let_go(&place->held);
        error = -ENOTDIR;
    }
    if (error)
        path_drop(&place->path);
    else
        place->at = &place->held.file->path;
    return error;
}

void place_drop(struct place *place)
{
    let_go(&place->held);
    path_drop(&place->path);
}

int place_find(const struct place *place, unsigned flags, struct path *found)
{
    if (flags & AT_EMPTY_PATH && *place->path.text == '\0' && place->at) {
        *found = path_get(*place->at);
        return 0;
    }
    return vfs_lookup_text(context(), place->at, path_text(&place->path),
                           flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, found);
}

static int find(int directory, struct user path, unsigned flags, struct path *found)
{
    filled_later struct place place;
    int error = place_take(&place, directory, path);

    if (error)
        return error;
    error = place_find(&place, flags, found);
    place_drop(&place);
    return error;
}

static bool are_known(unsigned flags, unsigned known)
{
    return (flags & ~known) == 0;
}

/* ---- about files ----------------------------------------------------------------------------- */

int64_t sys_fstatat(int directory, struct user path, struct user to, unsigned flags)
{
    filled_later struct abi_stat stat;
    struct path found;
    int error = are_known(flags, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)
                    ? find(directory, path, flags, &found) : -EINVAL;

    if (error)
        return error;
    vfs_stat(found.dentry->inode, &stat);
    path_put(found);
    return copy_to_user(to, &stat, sizeof(stat));
}

static int check_access(const struct fs_context *who, struct path path, unsigned mode)
{
    const struct inode *inode = path.dentry->inode;
    bool is_file = is_regular(inode) || is_directory(inode);
    int error = mode & W_OK && is_file ? vfs_may_change(path) : 0;

    return error ? error : vfs_access(who, inode, mode);
}

/* By the real user and group, or the effective ones. */
int64_t sys_faccessat(int directory, struct user path, int mode, unsigned flags)
{
    const struct process *process = process_current();
    struct fs_context who;
    filled_later struct place place;
    struct path found;
    int error;

    if (mode & ~(R_OK | W_OK | X_OK) || !are_known(flags, AT_EACCESS | AT_SYMLINK_NOFOLLOW))
        return -EINVAL;
    error = place_take(&place, directory, path);
    if (error)
        return error;
    (void)fs_context_copy(&who, context());
    if (!(flags & AT_EACCESS)) {
        who.uid = process->real_uid;
        who.gid = process->real_gid;
    }
    error = vfs_lookup(&who, place.at, place.path.text,
                       flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &found);
    if (!error) {
        error = check_access(&who, found, (unsigned)mode);
        path_put(found);
    }
    fs_context_release(&who);
    place_drop(&place);
    return error;
}

int64_t sys_readlinkat(int directory, struct user path, struct user to, size_t size)
{
    filled_later struct place place;
    char *target;
    int64_t result = size ? place_take(&place, directory, path) : -EINVAL;

    if (result)
        return result;
    target = alloc(PATH_MAX, 1);
    result = -ENOMEM;
    if (target)
        result = vfs_read_link(context(), place.at, place.path.text, target, PATH_MAX);
    if (!result) {
        size_t length = strnlen(target, PATH_MAX);

        length = length < size ? length : size;
        result = copy_to_user(to, target, length) ? -EFAULT : (int64_t)length;
    }
    dealloc(target, PATH_MAX, 1);
    place_drop(&place);
    return result;
}

int64_t sys_statfs(struct user path, struct user to)
{
    struct abi_statfs stat;
    struct path found;
    int error = find(AT_FDCWD, path, 0, &found);

    if (error)
        return error;
    vfs_statfs(found, &stat);
    path_put(found);
    return copy_to_user(to, &stat, sizeof(stat));
}

/* ---- making names ---------------------------------------------------------------------------- */

static int64_t make(int directory, struct user path, const struct inode_seed *seed)
{
    filled_later struct place place;
    int error = place_take(&place, directory, path);

    if (error)
        return error;
    error = vfs_make(context(), place.at, place.path.text, seed);
    place_drop(&place);
    return error;
}

int64_t sys_mkdirat(int directory, struct user path, unsigned mode)
{
    const struct inode_seed seed = {.mode = S_IFDIR | (mode & 01777)};

    return make(directory, path, &seed);
}

int64_t sys_mknodat(int directory, struct user path, unsigned mode, int64_t device)
{
    uint32_t type = mode & S_IFMT ? mode & S_IFMT : S_IFREG;
    const struct inode_seed seed = {.mode = type | (mode & 07777),
                                    .special_device = (uint64_t)device};

    switch (type) {
    case S_IFCHR:
    case S_IFBLK:
        return context()->uid == 0 ? make(directory, path, &seed) : -EPERM;
    case S_IFREG:
    case S_IFIFO:
        return make(directory, path, &seed);
    case S_IFDIR:
        return -EPERM;
    default:
        return -EINVAL;
    }
}

int64_t sys_symlinkat(struct user target, int directory, struct user path)
{
    struct path_argument text;
    struct inode_seed seed = {.mode = S_IFLNK | 0777};
    int64_t result = path_take(&text, target);

    if (result)
        return result;
    seed.target = text_of(text.text, strlen(text.text));
    result = seed.target.size ? make(directory, path, &seed) : -ENOENT;
    path_drop(&text);
    return result;
}

/* ---- two names ------------------------------------------------------------------------------- */

static int take_two(struct place *from, int from_directory, struct user from_path, struct place *to,
                    int to_directory, struct user to_path)
{
    int error = place_take(from, from_directory, from_path);

    if (error)
        return error;
    error = place_take(to, to_directory, to_path);
    if (error)
        place_drop(from);
    return error;
}

int64_t sys_linkat(int from_directory, struct user from_path, int to_directory,
                   struct user to_path, unsigned flags)
{
    filled_later struct place from, to;
    int error = are_known(flags, AT_SYMLINK_FOLLOW)
                    ? take_two(&from, from_directory, from_path, &to, to_directory, to_path)
                    : -EINVAL;

    if (error)
        return error;
    error = vfs_link(context(), from.at, from.path.text, to.at, to.path.text,
                     flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0);
    place_drop(&to);
    place_drop(&from);
    return error;
}

int64_t sys_renameat(int from_directory, struct user from_path, int to_directory,
                     struct user to_path)
{
    filled_later struct place from, to;
    int error = take_two(&from, from_directory, from_path, &to, to_directory, to_path);

    if (error)
        return error;
    error = vfs_rename(context(), from.at, from.path.text, to.at, to.path.text);
    place_drop(&to);
    place_drop(&from);
    return error;
}

int64_t sys_unlinkat(int directory, struct user path, unsigned flags)
{
    filled_later struct place place;
    int error = are_known(flags, AT_REMOVEDIR) ? place_take(&place, directory, path) : -EINVAL;

    if (error)
        return error;
    error = vfs_unlink(context(), place.at, place.path.text,
                       flags & AT_REMOVEDIR ? UNLINK_DIRECTORY : 0);
    place_drop(&place);
    return error;
}

/* ---- changing -------------------------------------------------------------------------------- */

static int64_t change(int directory, struct user path, unsigned flags,
                      const struct attributes *wanted)
{
    struct path found;
    int error = are_known(flags, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)
                    ? find(directory, path, flags, &found) : -EINVAL;

    if (error)
        return error;
    error = vfs_set_attributes(context(), found, wanted);
    path_put(found);
    return error;
}

int64_t sys_fchmodat(int directory, struct user path, unsigned mode, unsigned flags)
{
    const struct attributes wanted = {.set = ATTRIBUTE_MODE, .mode = mode & 07777};

    return change(directory, path, flags, &wanted);
}

int64_t sys_fchownat(int directory, struct user path, unsigned user, unsigned group, unsigned flags)
{
    const struct attributes wanted = {
        .set = (user != UINT32_MAX ? ATTRIBUTE_UID : 0) | (group != UINT32_MAX ? ATTRIBUTE_GID : 0),
        .uid = user,
        .gid = group,
    };

    return change(directory, path, flags, &wanted);
}

/* One of the two times. True: it is the present one. -EINVAL. */
static int take_time(struct abi_timespec *time, unsigned bit, unsigned *set)
{
    if (time->nanoseconds == UTIME_OMIT)
        return 0;
    *set |= bit;
    if (time->nanoseconds == UTIME_NOW) {
        *time = inode_now();
        return 1;
    }
    return time->nanoseconds < 0 || time->nanoseconds >= 1000000000 ? -EINVAL : 0;
}

int64_t sys_utimensat(int directory, struct user path, struct user from, unsigned flags)
{
    struct abi_timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    struct attributes wanted = {.set = 0};
    int first, second;

    if (from.at && copy_from_user(times, from, sizeof(times)))
        return -EFAULT;
    first = take_time(&times[0], ATTRIBUTE_ACCESSED, &wanted.set);
    second = take_time(&times[1], ATTRIBUTE_MODIFIED, &wanted.set);
    if (first < 0 || second < 0)
        return -EINVAL;
    if (first && second)
        wanted.set |= ATTRIBUTE_NOW;
    wanted.accessed = times[0];
    wanted.modified = times[1];
    return change(directory, path, flags, &wanted);
}

static int truncate_found(struct path path, uint64_t size)
{
    const struct attributes wanted = {.set = ATTRIBUTE_SIZE, .size = size};
    const struct inode *inode = path.dentry->inode;
    int error;

    if (is_directory(inode))
        return -EISDIR;
    if (!is_regular(inode))
        return -EINVAL;
    if (size > limit_of(RLIMIT_FSIZE))
        return -EFBIG;
    error = vfs_access(context(), inode, W_OK);
    return error ? error : vfs_set_attributes(context(), path, &wanted);
}

int64_t sys_truncate(struct user path, int64_t size)
{
    struct path found;
    int error = size < 0 ? -EINVAL : find(AT_FDCWD, path, 0, &found);

    if (error)
        return error;
    error = truncate_found(found, (uint64_t)size);
    path_put(found);
    return error;
}

/* ---- where the process is -------------------------------------------------------------------- */

static int check_directory(struct path path)
{
    const struct inode *inode = path.dentry->inode;

    return is_directory(inode) ? vfs_access(context(), inode, X_OK) : -ENOTDIR;
}

int64_t sys_chdir(struct user path)
{
    struct path found;
    int error = find(AT_FDCWD, path, 0, &found);

    if (error)
        return error;
    error = check_directory(found);
    if (!error)
        fs_context_set_current(context(), found);
    path_put(found);
    return error;
}

int64_t sys_fchdir(int fd)
{
    struct held held;
    int error = hold(&held, fd);

    if (error)
        return error;
    error = held.file->path.dentry ? check_directory(held.file->path) : -ENOTDIR;
    if (!error)
        fs_context_set_current(context(), held.file->path);
    let_go(&held);
    return error;
}

int64_t sys_chroot(struct user path)
{
    struct path found;
    int error = context()->uid == 0 ? find(AT_FDCWD, path, 0, &found) : -EPERM;

    if (error)
        return error;
    error = check_directory(found);
    if (!error)
        fs_context_set_root(context(), found);
    path_put(found);
    return error;
}

int64_t sys_getcwd(struct user to, size_t size)
{
    char *text = size ? alloc(PATH_MAX, 1) : NULL;
    int64_t result;

    if (!text)
        return size ? -ENOMEM : -EINVAL;
    result = vfs_current_text(context(), text, PATH_MAX);
    if (!result) {
        size_t length = strnlen(text, PATH_MAX) + 1;

        if (length > size)
            result = -ERANGE;
        else
            result = copy_to_user(to, text, length) ? -EFAULT : (int64_t)length;
    }
    dealloc(text, PATH_MAX, 1);
    return result;
}

int64_t sys_umask(unsigned mask)
{
    uint32_t before = context()->umask;

    context()->umask = mask & 0777;
    return before;
}

/* ---- mounts ---------------------------------------------------------------------------------- */

int64_t sys_mount(struct user source, struct user target, struct user type, unsigned flags)
{
    struct path_argument from, to, name;
    int error = path_take(&from, source);

    if (error)
        return error;
    error = path_take(&to, target);
    if (!error) {
        error = path_take(&name, type);
        if (!error) {
            error = vfs_mount(context(), from.text, to.text, name.text, flags);
            path_drop(&name);
        }
        path_drop(&to);
    }
    path_drop(&from);
    return error;
}

int64_t sys_umount(struct user target, unsigned flags)
{
    struct path_argument path;
    int error = path_take(&path, target);

    if (error)
        return error;
    error = vfs_unmount(context(), path.text, flags);
    path_drop(&path);
    return error;
}

int64_t sys_sync(void)
{
    return vfs_sync();
}
