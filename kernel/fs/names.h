/*
 * The cache of names, and the mounts: what path walking stands on. Inside kernel/fs only.
 *
 * A dentry is hashed under its parent and its name while the name stands for what it says; being
 * there is a reference. So one that nobody uses stays, up to NAMES_MAX, the longest unused going
 * first. It keeps its parent and its inode alive. Roots are their own parents and never hashed.
 *
 * names_lock protects tree, hash and mounts; a walk through what is cached happens under it,
 * without touching a count. Neither it nor the functions that ask for it sleep; those that put may,
 * and are called without it.
 */
#pragma once

#include "kernel/core/sync/spinlock.h"
#include "kernel/fs/vfs.h"

#define NAMES_MAX       8192u
#define NAMES_MIN       256u
#define NAME_SHORT      40u
#define LINKS_MAX       40u /* symbolic links in one walk */

#define DENTRY_HASHED    1u
#define DENTRY_USED      2u /* since it came, or was last looked at as one that may go */
#define DENTRY_REMOVED   4u /* the name was taken away */
#define DENTRY_TRANSIENT 8u /* goes when nobody uses it */

struct dentry {
    uint32_t references; /* atomic; the last one goes under names_lock */
    uint32_t hash;       /* of name and parent */
    struct dentry *hash_next;
    struct dentry *parent; /* with a reference; a root: itself, without */
    struct inode *inode;   /* with a reference; NULL: there is no such name */
    struct text name;
    uint32_t flags;
    uint32_t mounts; /* on it */
    struct dentry *children, *sibling_next, *sibling_previous;
    struct dentry *list_next, *list_previous; /* of all that are hashed */
    char short_name[NAME_SHORT];
};

struct mount {
    struct filesystem *fs;
    struct dentry *root;
    struct path on; /* with references; no dentry: the first one */
    uint32_t references; /* atomic: paths through it, mounts on it, and 1 */
    unsigned flags;
    struct mount *next; /* under names_lock */
    char source[64];
};

extern struct spinlock names_lock;

int names_init(void) must_check;

/* ---- with names_lock ------------------------------------------------------------------------- */
uint32_t name_hash(struct text name); /* for those below; any time */
static inline uint32_t name_hash_on(uint32_t hash, char c) /* the same, from 0 on, byte by byte */
{
    return (hash ^ (uint8_t)c) * 0x01000193u; /* FNV-1a's prime */
}
/* The cached one, without a reference; NULL: not cached. */
struct dentry *name_find(const struct dentry *parent, struct text name, uint32_t hash);
/* A dentry of name_new gets its place, with one reference; takes over the inode's (or none). */
void name_attach(struct dentry *parent, struct dentry *dentry, uint32_t hash, struct inode *inode);
/* It was negative: the inode with its reference. */
void name_fill(struct dentry *dentry, struct inode *inode);
/* Its name was taken away on the disk. Returns an inode to be put, when it becomes negative. */
struct inode *name_gone(struct dentry *dentry);
/* `dentry` gets place and name of `target`, which nobody finds any more. Returns the parent to be
   put. */
struct dentry *name_move(struct dentry *dentry, struct dentry *target);

/* ---- without --------------------------------------------------------------------------------- */
int name_new(struct text name, struct dentry **dentry) must_check; /* -ENOMEM */
void name_free(struct dentry *dentry); /* of name_new, not attached */
int name_new_root(struct inode *inode, struct dentry **dentry) must_check; /* takes it over */
void name_drop_root(struct dentry *root); /* nobody uses it */
void names_forget_children(struct dentry *parent);    /* the unused ones */
void names_forget_fs(const struct filesystem *fs);    /* the unused ones of it */
unsigned names_reclaim(unsigned count);

static inline struct dentry *dentry_get(struct dentry *dentry)
{
    __atomic_add_fetch(&dentry->references, 1, __ATOMIC_RELAXED);
    return dentry;
}

/* One less, unless it was the last: false, and nothing was done. */
static inline bool reference_drop(uint32_t *references)
{
    uint32_t now = __atomic_load_n(references, __ATOMIC_RELAXED);

    while (now > 1) {
        if (__atomic_compare_exchange_n(references, &now, now - 1, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return true;
    }
    return false;
}

void dentry_put_slowly(struct dentry *dentry);
static inline void dentry_put(struct dentry *dentry) /* NULL is fine */
{
    if (!dentry)
        return;
    if (unlikely(dentry->flags & DENTRY_TRANSIENT) || !reference_drop(&dentry->references))
        dentry_put_slowly(dentry);
}

/* ---- inodes ---------------------------------------------------------------------------------- */
int inodes_init(void) must_check;
int files_init(void) must_check;
void inodes_forget_fs(struct filesystem *fs); /* its unused ones; the VFS's own */
int inodes_sync_fs(struct filesystem *fs) must_check;
unsigned inodes_reclaim(unsigned count);
static inline bool is_directory(const struct inode *inode)
{
    return (inode->mode & S_IFMT) == S_IFDIR;
}

static inline bool is_link(const struct inode *inode)
{
    return (inode->mode & S_IFMT) == S_IFLNK;
}

static inline bool is_regular(const struct inode *inode)
{
    return (inode->mode & S_IFMT) == S_IFREG;
}

/* ---- mounts ---------------------------------------------------------------------------------- */
/* With names_lock: the path, or the root of what is mounted there. */
struct path mount_cross(struct path path);
void mount_put(struct mount *mount);
/* One that is mounted nowhere, and stays. -ENOMEM. */
int filesystem_start_hidden(const struct filesystem_operations *type,
                            struct filesystem **fs) must_check;

/* ---- walking: walk.c ------------------------------------------------------------------------- */

/* Use: walk_begin → walk_run [→ walk_follow → walk_run …] → walk_end. */
enum walk_last { WALK_NAME, WALK_DOT, WALK_DOT_DOT, WALK_ROOT };

struct walk {
    struct fs_context *context;
    unsigned flags; /* LOOKUP_…, WALK_PARENT */
    unsigned links; /* followed so far */
    struct path at; /* inside: borrowed while names_lock is held */
    struct path held; /* with references; after walk_run what was found */
    struct text rest;
    char *buffer; /* of a link's target, where `rest` lies then */
    /* the name at hand; after WALK_PARENT the last one, in the directory `held` */
    enum walk_last last;
    uint32_t hash;
    struct text name;
    bool slash; /* behind it: a directory is meant */
};

#define WALK_PARENT 0x100u /* stop at the directory that the last name is in */

void walk_begin(struct walk *walk, struct fs_context *context, const struct path *at,
                struct text path, unsigned flags);
int walk_run(struct walk *walk) must_check;
/* After WALK_PARENT: go on at the target of this symbolic link in `held`. */
int walk_follow(struct walk *walk, struct dentry *link) must_check;
void walk_end(struct walk *walk);
/* ---- open files: file.c ---------------------------------------------------------------------- */
/* What says how to open, and does not stay. */
#define FLAGS_OF_OPEN ((unsigned)(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC))
void file_free(struct file *file); /* of file_create, never used */

/* ---- devices: device.c ----------------------------------------------------------------------- */

/* What opening a device file of that number takes. -ENXIO: no such device. */
int device_find(uint64_t number, const struct file_operations **operations,
                void **private) must_check;
extern const struct file_operations fifo_operations; /* pipe.c */

/* Make what the negative `child` in `at` stands for; at's lock is held. */
int name_make(struct fs_context *context, struct path at, struct dentry *child,
              const struct inode_seed *seed) must_check;
/* The name in the directory, from the cache or the file system, with a reference; negative when
   there is none. With the directory's lock. */
int name_look_up(struct dentry *parent, struct text name, uint32_t hash,
                 struct dentry **found) must_check;
