/*
 * The virtual file system: what every file system, device, pipe and terminal offers upward, and
 * what the system calls use. Names → inodes → open files.
 *
 *     error = vfs_open(context, &at, path, O_RDONLY, 0, &file);      a reference
 *     error = file_read(file, &io, NULL);  …  file_put(file);        the last one closes it
 *
 * An inode is one file of one file system, with one struct inode in memory however many names and
 * handles it has. A dentry is a name in a directory, kept while it is in use and, unused, as a
 * cache; one without an inode says that there is no such name. A path is a dentry seen through a
 * mount.
 *
 * Locks, from the outermost: the mounts' mutex → the file system's rename mutex (rename, rmdir) →
 * inode->lock of a directory, then of what it holds (two of them: the lower address first) → the
 * file system's own → page_cache.h. File operations are called without locks; what they protect
 * they lock themselves. References keep things alive: whoever keeps a pointer longer than a call
 * has one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/core/sync/mutex.h"
#include "kernel/fs/io.h"
#include "kernel/fs/page_cache.h"
#include "kernel/fs/poll.h"
#include "lib/abi/files.h"
#include "lib/compiler.h"
#include "lib/span.h"
#include "lib/string.h"

struct dentry;
struct directory_room;
struct path;
struct file;
struct inode;
struct mount;

/* After the heap, before whatever registers something. -ENOMEM. */
int vfs_init(void) must_check;

/* ---- what a file system offers --------------------------------------------------------------- */

struct inode_times {
    struct abi_timespec accessed, modified, changed;
};

/* What chmod, chown, truncate and utimensat change: those whose bit is set. */
#define ATTRIBUTE_MODE     1u
#define ATTRIBUTE_UID      2u
#define ATTRIBUTE_GID      4u
#define ATTRIBUTE_SIZE     8u
#define ATTRIBUTE_ACCESSED 16u
#define ATTRIBUTE_MODIFIED 32u
#define ATTRIBUTE_NOW      64u /* the times are the present one: who may write may do that */

/* mode with the type, when a file system gets it. */
struct attributes {
    unsigned set;
    uint32_t mode, uid, gid;
    uint64_t size;
    struct abi_timespec accessed, modified;
};

/* What a new inode begins with. */
struct inode_seed {
    uint32_t mode; /* type and permissions */
    uint32_t uid, gid;
    uint64_t special_device;
    struct text target; /* of a symbolic link */
};

/*
 * Called with the directory's lock held (and, where there are two, with both), rights and names
 * checked: a name is 1 to NAME_MAX bytes without '/' and 0, not "." or "..". link, unlink and
 * rename have the lock of `inode`, and of `replaced`, as well: their links change. Times are the
 * file system's to set. Each leaves everything as it was when it fails. NULL where a file system
 * cannot do it: -EPERM (or -EROFS).
 */
struct inode_operations {
    /* *found has a reference. -ENOENT. */
    int (*lookup)(struct inode *directory, struct text name, struct inode **found);
    /* *made has a reference. Any type but a directory's second name; made with one link, or two for
       a directory. */
    int (*create)(struct inode *directory, struct text name, const struct inode_seed *seed,
                  struct inode **made);
    int (*link)(struct inode *directory, struct text name, struct inode *inode);
    /* inode is what the name stands for; a directory is empty. links is counted down; what has none
       lives until its last reference goes. */
    int (*unlink)(struct inode *directory, struct text name, struct inode *inode);
    /* `replaced` (or NULL) has the new name so far, and may go: the same kind, an empty directory.
       */
    int (*rename)(struct inode *from, struct text old, struct inode *inode, struct inode *to,
                  struct text new, struct inode *replaced);
    bool (*is_empty)(struct inode *directory); /* "." and ".." do not count; with its lock */
    int (*read_link)(struct inode *link, char *to, size_t size); /* terminated; -ENAMETOOLONG */
    /* Where a link leads that is more than its text, with a reference; -ENOTSUP: the text counts.
       NULL: it always does. */
    int (*follow)(struct inode *link, struct path *path);
    /* With the inode's lock. */
    int (*set_attributes)(struct inode *inode, const struct attributes *attributes);
    /* The last reference went and it has no links: free what it has on the disk. With links: write
       what is not written. The structure is freed behind it by the VFS (fs->operations->free). */
    void (*release)(struct inode *inode); /* NULL: nothing to do */
    /* Until the inode itself is on the medium (its pages are already). NULL: nothing to do. */
    int (*sync)(struct inode *inode);
};

/* Called without locks. NULL: -EINVAL, or what is said. `position` may be moved; what has none is
   not to look at it: pipes, and character devices without `seek` (for lseek they are -ESPIPE). A
   signal ends a wait with -EINTR, or with what was moved so far; O_NONBLOCK in file->flags makes it
   -EAGAIN. */
struct file_operations {
    int (*open)(struct file *file); /* NULL: nothing to do. May set file->private, ->operations */
    void (*close)(struct file *file); /* the last reference goes */
    int64_t (*read)(struct file *file, struct io *io, uint64_t *position);
    int64_t (*write)(struct file *file, struct io *io, uint64_t *position);
    /* Entries from *position on, by directory_emit, until it says no. 0 or an error. */
    int (*read_directory)(struct file *file, uint64_t *position, struct directory_room *room);
    int64_t (*seek)(struct file *file, int64_t offset, int whence); /* NULL: file_seek */
    int64_t (*ioctl)(struct file *file, unsigned request, struct user argument); /* NULL: -ENOTTY */
    /* Which of POLL… are true now; and, with `poller`, who is told when that changes: poll_add.
       NULL: always readable and writable. */
    unsigned (*poll)(struct file *file, struct poller *poller);
    int (*sync)(struct file *file); /* NULL: pages and inode */
    /* What lies behind a page of a device with memory of its own (framebuffer), which is mapped
       shared and as it is: *phys, no frame of ours, *flags as PAGE_…. The device has all pages from
       0 to its last; -ENXIO: behind that. With the map's lock. NULL: a file with a page cache is
       mapped through it, another cannot be (-ENODEV). */
    int (*map_device)(struct file *file, uint64_t offset, uint64_t *phys, unsigned *flags);
};

struct filesystem;

struct filesystem_operations {
    const char *name; /* "ext2" */
    unsigned type;    /* abi_statfs.type */
    int (*mount)(struct filesystem *fs, struct inode *source, unsigned flags); /* sets fs->root */
    void (*unmount)(struct filesystem *fs); /* all was synced, no inode is left. NULL: nothing */
    int (*remount)(struct filesystem *fs, unsigned flags); /* instead of fs->flags. NULL: any */
    int (*sync)(struct filesystem *fs);     /* its own blocks; the inodes' pages are on their way */
    void (*statfs)(struct filesystem *fs, struct abi_statfs *to);
    void (*free)(struct inode *inode); /* the memory of what inode_init made */
    /* What it holds comes and goes by itself (/proc, /dev): names and inodes are not kept when
       nobody uses them. */
    bool transient;
    bool needs_disk; /* mount's source is a disk; else it is only a word */
};

/* In the order of registering; the names are those that mount takes. */
void filesystem_register(const struct filesystem_operations *operations);
const struct filesystem_operations *filesystem_at(unsigned index); /* NULL beyond the last */

struct filesystem {
    const struct filesystem_operations *operations;
    uint64_t device;       /* abi_stat.device of its files */
    unsigned flags;        /* MS_RDONLY, … */
    struct inode *root; /* with the reference that the mount takes over */
    struct inode *source; /* its disk, or NULL */
    void *private;
    struct mutex rename;   /* one change of the tree of directories at a time */
    uint64_t inodes;       /* in memory: inode.c's */
    struct inode *first;   /* all of them */
};

struct inode {
    /* fixed while it lives */
    struct filesystem *fs;
    uint64_t number;
    const struct inode_operations *operations;
    const struct file_operations *file_operations;
    uint64_t special_device;
    void *private; /* the file system's; it may also put struct inode into a structure of its own */
    /* under the lock */
    struct mutex lock;
    uint32_t mode; /* the type is fixed */
    uint32_t links, uid, gid;
    uint64_t size;    /* read without the lock, by one load */
    uint64_t sectors; /* of 512 bytes */
    struct inode_times times;
    struct page_cache pages; /* of a regular file or a disk; its `operations` NULL: none */
    struct pipe *pipe;       /* of a FIFO that is open: pipe.c's */
    /* atomic */
    uint32_t references;
    /* vfs.c's */
    uint32_t state;
    struct inode *next, *previous; /* of fs */
    struct inode *hash_next;
    struct inode *lru_next, *lru_previous;
};

/* A fresh inode of the file system with one reference, put among its inodes. */
void inode_init(struct inode *inode, struct filesystem *fs, uint64_t number, uint32_t mode);
/* That inode when it is in memory, with a reference; else NULL: read it, and inode_init. Call with
   something held that keeps a second from doing the same (the directory's lock does not: two
   directories may hold one file; the file system's own does). */
struct inode *inode_find(struct filesystem *fs, uint64_t number);
struct inode *inode_get(struct inode *inode);
void inode_put(struct inode *inode);
struct abi_timespec inode_now(void); /* what goes into times */

/* ---- open files ------------------------------------------------------------------------------ */

struct path {
    struct mount *mount;
    struct dentry *dentry;
};

/* What a file may and has, beside its flags. */
#define FILE_READ     1u
#define FILE_WRITE    2u
#define FILE_POSITION 4u

struct file {
    const struct file_operations *operations;
    struct inode *inode;
    struct path path; /* without a dentry: a pipe, a channel, memory */
    void *private;
    uint32_t references; /* atomic */
    unsigned flags; /* O_…; those of F_SETFL change by one store */
    unsigned can;   /* FILE_… */
    struct mutex position_lock;
    uint64_t position;
};

/* A file without a name on an inode (a reference of which it takes over) or on none. -ENOMEM. */
int file_create(const struct file_operations *operations, struct inode *inode, unsigned flags,
                void *private, struct file **file) must_check;
struct file *file_get(struct file *file);
void file_put(struct file *file);
/* position NULL: the file's own. O_APPEND and the limit of a file's size are kept. How many bytes,
   0 at the end; -EBADF: not opened for that; -EISDIR; -EFAULT only when nothing was moved. */
int64_t file_read(struct file *file, struct io *io, uint64_t *position) must_check;
int64_t file_write(struct file *file, struct io *io, uint64_t *position) must_check;
/* As lseek: SEEK_…; the new position. -ESPIPE, -EINVAL, -EOVERFLOW. */
int64_t file_seek(struct file *file, int64_t offset, int whence) must_check;
int file_read_directory(struct file *file, struct directory_room *room) must_check; /* -ENOTDIR */
unsigned file_poll(struct file *file, struct poller *poller);
int64_t file_ioctl(struct file *file, unsigned request, struct user argument) must_check;
bool file_may_run(const struct file *file); /* it is not of a mount without programs (MS_NOEXEC) */
int file_sync(struct file *file) must_check;
/* -EINVAL: not opened for writing. */
int file_truncate(struct file *file, uint64_t size) must_check;
void file_stat(struct file *file, struct abi_stat *stat);

/* ---- names ----------------------------------------------------------------------------------- */

/* On whose behalf: a process's root and current directory, and rights. */
struct fs_context {
    struct path root, current; /* with references; under the names' lock */
    uint32_t umask;
    uint32_t uid, gid; /* the effective ones; uid 0 may everything */
};

/* "/" and "/", umask 022, user 0. -ENOENT: there is no root, and nothing is found. The copy is
   always 0. */
int fs_context_init(struct fs_context *context);
int fs_context_copy(struct fs_context *to, struct fs_context *from);
void fs_context_release(struct fs_context *context);
/* With a reference. -ENOENT: it has been released. */
int fs_context_current(struct fs_context *context, struct path *path) must_check;
/* A reference to the path is taken. */
void fs_context_set_current(struct fs_context *context, struct path path);
void fs_context_set_root(struct fs_context *context, struct path path);

struct inode *path_inode(struct path path); /* without a reference; NULL: there is no such name */
struct path path_get(struct path path);
void path_put(struct path path);

/* Paths are kernel memory, terminated but for struct text. `at`: where a relative one begins; NULL:
   the current directory. -ENOENT, -ENOTDIR, -EACCES, -ELOOP (more than 40 links), -ENAMETOOLONG,
   -ENOMEM, -EIO, -EUCLEAN, and what is said. */
#define LOOKUP_FOLLOW    1u /* the last one, when it is a symbolic link */
#define LOOKUP_DIRECTORY 2u /* else -ENOTDIR */
int vfs_lookup_text(struct fs_context *context, const struct path *at, struct text path,
                    unsigned flags, struct path *found) must_check;
static inline must_check int vfs_lookup(struct fs_context *context, const struct path *at,
                                        const char *path, unsigned flags, struct path *found)
{
    return vfs_lookup_text(context, at, text_of(path, strlen(path)), flags, found);
}
/* -EEXIST, -EISDIR, -ENXIO, -ETXTBSY, -EROFS, -EMFILE no. */
int vfs_open_text(struct fs_context *context, const struct path *at, struct text path,
                  unsigned flags, uint32_t mode, struct file **file) must_check;
static inline must_check int vfs_open(struct fs_context *context, const struct path *at,
                                      const char *path, unsigned flags, uint32_t mode,
                                      struct file **file)
{
    return vfs_open_text(context, at, text_of(path, strlen(path)), flags, mode, file);
}
int vfs_open_path(struct fs_context *context, struct path path, unsigned flags,
                  struct file **file) must_check;
int vfs_make(struct fs_context *context, const struct path *at, const char *path,
             const struct inode_seed *seed) must_check; /* directory, FIFO, device, link */
#define UNLINK_DIRECTORY 1u
int vfs_unlink(struct fs_context *context, const struct path *at, const char *path,
               unsigned flags) must_check;
int vfs_rename(struct fs_context *context, const struct path *from_at, const char *from,
               const struct path *to_at, const char *to) must_check;
int vfs_link(struct fs_context *context, const struct path *from_at, const char *from,
             const struct path *to_at, const char *to, unsigned flags) must_check;
int vfs_read_link(struct fs_context *context, const struct path *at, const char *path, char *to,
                  size_t size) must_check; /* terminated */
/* chmod, chown, utimensat (-EPERM: not the owner; times that are set to now: -EACCES without the
   right to write). Of a size: that it may be written was checked. */
int vfs_set_attributes(struct fs_context *context, struct path path,
                       const struct attributes *attributes) must_check;
/* A directory's own name in `inode`'s mount is read-only, or its file system: -EROFS. */
int vfs_may_change(struct path path) must_check;
void vfs_stat(struct inode *inode, struct abi_stat *stat);
/* May it: R_OK, W_OK, X_OK. -EACCES. */
int vfs_access(const struct fs_context *context, const struct inode *inode,
               unsigned wanted) must_check;
/* The path from the context's root, terminated. -ERANGE: does not fit; -ENOENT: it was taken away.
   */
int vfs_path_text(struct fs_context *context, const struct path *path, char *to,
                  size_t size) must_check;

/* The same of the current directory. */
int vfs_current_text(struct fs_context *context, char *to, size_t size) must_check;
void vfs_statfs(struct path path, struct abi_statfs *to);

int vfs_mount(struct fs_context *context, const char *source, const char *target, const char *type,
              unsigned flags) must_check;
int vfs_unmount(struct fs_context *context, const char *target, unsigned flags) must_check;
/* Step 14: the first one, at "/". */
int vfs_mount_root(const char *type, struct inode *disk, const char *source,
                   unsigned flags) must_check;
struct path vfs_root(void); /* with a reference */
int vfs_sync(void) must_check; /* everything, and the disks' caches */
/* Called by vfs_sync behind everything else: the disks' caches. */
void vfs_on_sync(int (*flush)(void));
/* Mount point, type, source, flags, of the index-th mount; -ENOENT beyond the last. */
struct mount_info {
    char source[64], target[256], type[16];
    unsigned flags;
};
int vfs_mount_info(unsigned index, struct mount_info *info) must_check;

/* ---- directories and devices ----------------------------------------------------------------- */

/* What getdents fills: struct abi_dirent after struct abi_dirent. Begin with {.io = …}. */
struct directory_room {
    struct io *io;
    unsigned entries; /* that went in */
    int error;        /* -EFAULT; -EINVAL: not even one had room */
};

/* False: no more room; the entry is to come next time. `next`: the position behind the entry. */
bool directory_emit(struct directory_room *room, struct text name, uint64_t inode, unsigned type,
                    uint64_t next);

/* Caches of names and inodes: give up so many of what nobody uses; returns how many. */
unsigned vfs_reclaim(unsigned count);

/* A device file's number is major << 8 | minor; opening it takes these operations, with `private`
   in file->private. It appears in /dev under this name at once: "null", "pts/3" (the directory as
   well). mode: S_IFCHR or S_IFBLK, and permissions. The name is kept. -EEXIST, -ENOMEM. */
int device_register(uint64_t number, const char *name, uint32_t mode,
                    const struct file_operations *operations, void *private) must_check;
void device_unregister(uint64_t number);
/* The same for whom it belongs to; before it is opened. */
void device_set_owner(uint64_t number, uint32_t uid, uint32_t gid);
/* A symbolic link in /dev; both texts are kept. */
int device_link(const char *name, const char *target) must_check;

/* Which numbers: Linux's, where it has one. */
#define DEVICE(major, minor) ((uint64_t)(major) << 8 | (minor))
