/*
 * What the files of the ext2 binding share: blocks.c ← sync.c ← data.c ← inode.c ← names.c ←
 * mount.c.
 *
 * Locks: inode->lock (the VFS's) → mount->lock, one for a whole file system, held around every call
 * of lib/ext2 → the page cache's and the disk's. Reading and writing what is in the page cache, in
 * blocks that a file has already, takes none of them. inode_put is never called with mount->lock.
 */
#pragma once

#include "kernel/core/block/block.h"
#include "kernel/fs/vfs.h"
#include "lib/ext2/write.h"

#define EXT2_SECTOR 512u

struct ext2_mount {
    struct filesystem *fs;
    struct block_device device;
    bool writable; /* fixed, but for a shutdown and for errors, which take it back */
    /* Blocks of the file system's own, one a page, by number; under the lock when they change. */
    struct page_cache blocks;
    struct mutex lock;
    /* Under the lock. */
    struct ext2_rw rw;
    bool unflushed; /* something was written, and the disk may still have it in its own cache */
    struct ext2_file *files;     /* all that are in memory */
    struct ext2_mount *next;     /* all that are mounted */
};

struct ext2_file {
    struct inode inode; /* first: one is the other's address */
    /* Under the mount's lock. */
    struct ext2_node node; /* as it was last written, where `inode` has the same field */
    bool released;         /* what it had on the disk is free, or will be */
    struct ext2_file *next, *previous;
    uint64_t mapped; /* blocks from 0 on that the file has for certain; under inode.lock too */
};

static inline struct ext2_mount *ext2_mount_of(const struct inode *inode)
{
    return inode->fs->private;
}

static inline struct ext2_file *ext2_file_of(struct inode *inode)
{
    return (struct ext2_file *)inode;
}

static inline uint64_t ext2_now(void)
{
    return (uint64_t)inode_now().seconds;
}

/* ---- blocks.c -------------------------------------------------------------------------------- */
extern const struct ext2_host ext2_host; /* its context is the mount */
void ext2_blocks_init(struct ext2_mount *mount);
/* After -EUCLEAN and after errors of the disk when writing: nothing more is written. */
void ext2_fail(struct ext2_mount *mount, int error);

/* ---- sync.c ---------------------------------------------------------------------------------- */
/* Until inodes and blocks, and what was written of files, are on the medium. Without the lock. */
int ext2_sync(struct ext2_mount *mount) must_check;
/* The same with the lock. */
int ext2_sync_locked(struct ext2_mount *mount) must_check;
/* Before something is allocated, without the lock: makes room of what was freed. */
void ext2_sync_if_wanted(struct ext2_mount *mount);
/* With the lock: the disk is full, but somebody's blocks only wait for a sync. False: none do. */
bool ext2_make_room(struct ext2_mount *mount);
/* With the lock: the inode into its block, if it has changed. */
int ext2_file_put(struct ext2_file *file) must_check;

/* ---- data.c ---------------------------------------------------------------------------------- */
extern const struct page_operations ext2_page_operations;
extern const struct file_operations ext2_file_operations;
int ext2_set_size(struct inode *inode, uint64_t size) must_check; /* with its lock */

/* ---- inode.c --------------------------------------------------------------------------------- */
int ext2_inodes_init(void) must_check;
/* With the lock: that inode, with a reference. */
int ext2_inode_get(struct ext2_mount *mount, uint32_t number, struct inode **inode) must_check;
int ext2_file_alloc(struct ext2_file **file) must_check;
void ext2_file_discard(struct ext2_file *file); /* it never became an inode */
void ext2_file_free(struct inode *inode);
/* With the lock: a file whose node is there becomes an inode, with a reference. */
void ext2_file_begin(struct ext2_mount *mount, struct ext2_file *file);
/* With the lock: after lib/ext2 has changed the node. */
void ext2_node_to_inode(struct ext2_file *file);
void ext2_inode_to_node(struct ext2_file *file);
int ext2_set_attributes(struct inode *inode, const struct attributes *wanted) must_check;
void ext2_release(struct inode *inode);
int ext2_sync_inode(struct inode *inode) must_check;

/* ---- names.c --------------------------------------------------------------------------------- */
extern const struct inode_operations ext2_operations;
extern const struct file_operations ext2_directory_operations;
