/*
 * ext2, reading and writing: the side that the kernel's VFS mounts. Beside lib/ext2.h, which reads
 * only and needs nothing but sectors; stage 2 links that one alone.
 *
 * It owns no cache. Metadata (superblock, descriptors, bitmaps, inode tables, indirect blocks,
 * directories, long symlinks) come block by block from the caller's (struct ext2_host); files' data
 * never pass through here: ext2_map says where they lie, and the caller reads and writes them.
 *
 *     error = ext2_mount(&volume, …);                     the reader: is it sound, how is it cut
 *     error = ext2_rw_open(&fs, &volume, &host, context, now);
 *     error = ext2_node_get(&fs, EXT2_ROOT, &root);
 *     error = ext2_create(&fs, &root, name, &seed, now, &node);
 *     error = ext2_map(&fs, &node, 0, 8, true, &run);     … write run.count blocks from run.first
 *     node.size = …; error = ext2_node_put(&fs, &node);
 *     sync (below); ext2_rw_close(&fs, now); sync
 *
 * One caller at a time per file system: its mutex. Nothing here waits but the host's get.
 *
 * Nodes. struct ext2_node is an inode in memory; there is one for each inode that is in use, and it
 * is the caller's. What changes it sets `dirty`; ext2_node_put writes it and clears that. The calls
 * on names (ext2_create to ext2_rename) write the nodes they are given; ext2_map and ext2_truncate
 * do not, for they come in crowds. No two nodes of one number, and no node may be dirty at a sync.
 *
 * Errors. Whatever the disk holds, no call reads or writes outside of the blocks it was given, or
 * loops for ever: damage is -EUCLEAN, with fs->damage as in the reader (ext2_rw_explain makes a
 * sentence), and the file system is then marked as one that e2fsck must see. The host's own errors
 * (-EIO, -ENOMEM) are passed on. Each call that fails leaves everything as it was, except that a
 * host that fails half-way may leave blocks or an inode in use that nothing refers to (e2fsck frees
 * them) and a file half truncated.
 *
 * Sync, in this order, with the mutex held for 1 and 4, and nothing changed between 1 and 2's end
 * that is not written by it:
 *   1. ext2_node_put of all dirty nodes, ext2_rw_flush: the counts go into their blocks;
 *   2. write files' data and the blocks whose stage is EXT2_FRESH; then those of EXT2_POINTERS;
 * then EXT2_NAMES (who orders them so never shows stale data in a file after a crash, nor a name
 *      without its inode; in any other order e2fsck repairs it all the same);
 *   3. flush the disk's cache;
 *   4. ext2_rw_synced: what was freed before 1 may be used again. When it says so, all over again.
 * Until then freed blocks and inodes are frozen: not given out, unless the disk is otherwise full
 * (ext2_rw_sync_wanted says so before: sync first). So a crash leaves whatever was synced and not
 * changed since as it was, and what was removed whole or gone.
 *
 * A file that replaces another by ext2_rename: the name always leads to the old one or the new one,
 * for the old one is kept on the disk, as if it had a link, until the new name is there for sure.
 * Its ext2_node_release then waits in here for ext2_rw_synced. (A crash before that: e2fsck finds
 * the old one without a name, and puts it into lost+found.)
 *
 * A block is written alone, never together with neighbours in a larger page of the cache: those may
 * be a file's data, and newer on the disk.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"
#include "lib/ext2.h"
#include "lib/span.h"

#define EXT2_LINKS_MAX 32000 /* of one inode: -EMLINK */

/* ---- what the caller lends ------------------------------------------------------------------ */

struct ext2_block {
    uint32_t number;   /* of the file system's blocks */
    struct room bytes; /* block_bytes of them, valid and fixed while pinned */
    void *handle;      /* the host's */
};

/* When a changed block is to be written, seen from a sync. A block that was changed in two ways
   since it was last written has the lower one. */
enum ext2_stage { EXT2_FRESH, EXT2_POINTERS, EXT2_NAMES };

struct ext2_host {
    /* Pins the block. fresh: all of it will be overwritten; it is not read, and zero. At most 12
       are pinned at a time, some of them perhaps twice. -EIO, -ENOMEM. Fills in `bytes` and
       `handle`. */
    int (*get)(void *context, uint32_t number, bool fresh, struct ext2_block *block);
    void (*dirty)(void *context, struct ext2_block *block, enum ext2_stage stage);
    void (*put)(void *context, struct ext2_block *block);
    /* These blocks were freed: what is cached of them is not to be written any more. (One of them
       may be pinned when the disk is damaged: its bytes stay valid until it is put.) Files' data
       are among them. */
    void (*forget)(void *context, uint32_t first, uint32_t count);
    /* Zeroed memory, up to 16 KiB in one piece, aligned for any type; NULL: there is none. */
    void *(*allocate)(void *context, size_t bytes);
    void (*release)(void *context, void *memory, size_t bytes);
};

/* ---- the file system ------------------------------------------------------------------------ */

#define EXT2_RW_CHUNKS 512 /* of groups: 65,536 groups in all */

struct ext2_total {
    uint32_t free;   /* with those that are frozen */
    uint32_t frozen; /* freed, and not yet synced */
};

#define EXT2_RW_WAITING 32 /* more files than that, replaced between syncs, are not kept */

struct ext2_waiting { /* a replaced file, to be freed when that flush has ended */
    uint32_t number, flush;
};

struct ext2_chunk; /* 128 groups (write_private.h) */

struct ext2_rw {
    const struct ext2_host *host;
    void *context;
    /* May the caller of this operation take the blocks that are reserved for the superuser? Set
       before each call that may allocate. */
    bool privileged;
    bool was_clean; /* before it was opened */
    bool damaged;   /* -EUCLEAN was returned: it will not be marked clean */
    uint32_t block_bytes, blocks, inodes;
    uint32_t blocks_per_group, inodes_per_group, groups, first_data_block;
    uint32_t inode_bytes, first_inode, revision;
    struct ext2_total total[2]; /* of blocks, of inodes */
    uint32_t blocks_taken;      /* ever, modulo 2^32 */
    uint32_t reserved_blocks;
    uint32_t own_blocks; /* superblocks, descriptors, bitmaps, inode tables */
    uint32_t compatible, incompatible, read_only_compatible;
    uint32_t unsupported; /* bits of read_only_compatible that keep us from writing */
    uint32_t generation;  /* of the next inode */
    uint32_t epoch; /* 0 or 1: what is freed now is frozen under it; a flush begins the other */
    bool counts_changed;      /* since the last flush */
    uint32_t flushes, synced; /* how many were begun, and which of them was the last to end */
    uint32_t waiting_count;
    struct ext2_waiting waiting[EXT2_RW_WAITING];
    struct ext2_damage damage;
    uint32_t current_inode; /* for damage */
    struct ext2_chunk *chunks[EXT2_RW_CHUNKS];
};

/* For writing. `volume`: as ext2_mount left it, used in this call alone. Reads all descriptors, and
   marks the superblock as not clean: sync it before anything else. `host` lives as long as fs.
   `now`: here and below, seconds since 1970. -ENOTSUP: fs->unsupported read-only-compatible
   features, or more groups than we can keep; -EUCLEAN; -ENOMEM; the host's. Nothing is to be closed
   after an error. */
int ext2_rw_open(struct ext2_rw *fs, struct ext2 *volume, const struct ext2_host *host,
                 void *context, uint32_t now) must_check;
/* Free counts into descriptors and superblock: step 1 of a sync. */
int ext2_rw_flush(struct ext2_rw *fs, uint32_t now) must_check;
/* Step 4: everything that was changed before the last ext2_rw_flush is on the medium. True: that
   let replaced files be freed, which wants another sync. */
bool ext2_rw_synced(struct ext2_rw *fs);
/* So few blocks or inodes are free without the frozen ones that a sync should come before the next
   allocation. */
bool ext2_rw_sync_wanted(const struct ext2_rw *fs);
/* After a sync: the superblock says clean again (when it did before, and no damage was seen), and
   awaits another sync. Memory is given back, also after an error. */
int ext2_rw_close(struct ext2_rw *fs, uint32_t now) must_check;
/* As ext2_explain. */
void ext2_rw_explain(const struct ext2_rw *fs, int error, char *text, size_t size);

struct ext2_statfs {
    uint32_t block_bytes;
    uint32_t blocks;                     /* without the file system's own */
    uint32_t free_blocks, usable_blocks; /* the latter without those that are reserved */
    uint32_t inodes, free_inodes;
};
void ext2_rw_statfs(const struct ext2_rw *fs, struct ext2_statfs *to);
uint64_t ext2_rw_size_max(const struct ext2_rw *fs); /* of a file */

/* ---- inodes --------------------------------------------------------------------------------- */

struct ext2_node {
    uint32_t number;
    uint16_t mode; /* POSIX: EXT2_TYPE_… and permissions */
    uint16_t links;
    uint32_t uid, gid;
    uint64_t size;
    uint32_t accessed, changed, modified, deleted;
    uint32_t sectors; /* of 512 bytes, that it occupies with its indirect blocks */
    uint32_t flags;
    uint32_t generation;
    uint32_t attributes; /* block of extended attributes, or 0 */
    uint32_t blocks[15]; /* pointers; a short symlink's text; a device's number */
    bool dirty;          /* to be put */
    uint32_t kept_until; /* of a file that was replaced: not freed before this flush has ended */
    uint32_t next_block; /* where it would like its next block; 0: nowhere */
};

/* The root or an inode in use that is not reserved, of a known type: all else is -EUCLEAN. */
int ext2_node_get(struct ext2_rw *fs, uint32_t number, struct ext2_node *node) must_check;
/* Writes all of it. -EFBIG: a size that this file system cannot have. */
int ext2_node_put(struct ext2_rw *fs, struct ext2_node *node) must_check;
/* A node without links that nobody has open any more: its blocks and itself become free. After an
   error, what is left of it is e2fsck's. */
int ext2_node_release(struct ext2_rw *fs, struct ext2_node *node, uint32_t now) must_check;
/* Character and block devices: the number as Linux has it, major << 8 | minor. */
uint32_t ext2_node_device(const struct ext2_node *node);

/* ---- files' blocks -------------------------------------------------------------------------- */

struct ext2_run {
    uint32_t first; /* 0: a hole */
    uint32_t count; /* of file blocks, at least 1 */
    bool fresh;     /* just allocated: what the caller does not overwrite it must zero */
};

/* Where file blocks [index, index + want) lie, as far as they are one run (neighbours, or a hole).
   create: a hole's begin gets blocks, as many in a run as there are; the node then is dirty. Not
   for symlinks shorter than a block pointer's place, nor devices: -EINVAL. -ENOSPC, -EFBIG. */
int ext2_map(struct ext2_rw *fs, struct ext2_node *node, uint64_t index, uint32_t want, bool create,
             struct ext2_run *run) must_check;
/* Sets node->size and its times; blocks behind it are freed, also those that ext2_map made behind a
   size that stays. The bytes behind the size in its last block are the caller's to zero, before or
   after. For a file; a grown one has a hole. -EFBIG */
int ext2_truncate(struct ext2_rw *fs, struct ext2_node *node, uint64_t size,
                  uint32_t now) must_check;
/* For who has no cache of pages (tools, tests): files' data through the host's blocks, too. As
   ext2_read; a write grows the file and puts the node. *done: bytes, also after an error. */
int ext2_file_read(struct ext2_rw *fs, struct ext2_node *node, uint64_t offset, struct room to,
                   size_t *done) must_check;
int ext2_file_write(struct ext2_rw *fs, struct ext2_node *node, uint64_t offset, struct text from,
                    uint32_t now, size_t *done) must_check;
int ext2_file_truncate(struct ext2_rw *fs, struct ext2_node *node, uint64_t size,
                       uint32_t now) must_check;

/* ---- names ---------------------------------------------------------------------------------- */

/* Of names: 1 to EXT2_NAME_MAX bytes without '/' and 0 (-EINVAL, -ENAMETOOLONG), and for all but
   ext2_find not "." nor "..". `directory` is one: -ENOTDIR. Rights are the caller's to check. */

/* *number: its inode. -ENOENT. type as in struct ext2_entry. */
int ext2_find(struct ext2_rw *fs, struct ext2_node *directory, struct text name, uint32_t *number,
              uint8_t *type) must_check;
/* Entries from *position on (0 first), "." and ".." among them. `emit` says whether it took the
   entry: if not, *position is that entry's, else behind the last. A position stays good whatever
   is added or removed: what was there all the time comes once. */
typedef bool ext2_emit(void *context, const struct ext2_entry *entry, uint64_t next);
int ext2_list(struct ext2_rw *fs, struct ext2_node *directory, uint64_t *position, ext2_emit *emit,
              void *context) must_check;

struct ext2_seed {
    uint16_t mode; /* type and permissions */
    uint32_t uid, gid;
    uint32_t device;    /* of a character or block device */
    struct text target; /* of a symlink: 1 to block_bytes - 1 bytes, else -ENAMETOOLONG */
};

/* A new inode of any type and its name. -EEXIST, -ENOSPC, -EMLINK. */
int ext2_create(struct ext2_rw *fs, struct ext2_node *directory, struct text name,
                const struct ext2_seed *seed, uint32_t now, struct ext2_node *node) must_check;
/* Another name of `node`. -EPERM for a directory, -EEXIST, -ENOSPC, -EMLINK. */
int ext2_link(struct ext2_rw *fs, struct ext2_node *directory, struct text name,
              struct ext2_node *node, uint32_t now) must_check;
/* Takes the name away; `node` is what it stands for (else -ENOENT), and loses a link, or both when
   it is a directory (which must be empty: -ENOTEMPTY). With none left it is the caller's to
   ext2_node_release. */
int ext2_unlink(struct ext2_rw *fs, struct ext2_node *directory, struct text name,
                struct ext2_node *node, uint32_t now) must_check;
/* `node`, which is `old` in `from`, becomes `new` in `to`; what was there (`replaced`, or NULL when
   there is nothing: -EEXIST otherwise) loses that name as by ext2_unlink. from and to are one
   pointer when they are one directory. That `to` does not lie below `node` is the caller's to
   check. Two names of one inode: nothing happens. -ENOENT, -ENOTDIR, -EISDIR, -ENOTEMPTY, -EMLINK,
   -ENOSPC. */
int ext2_rename(struct ext2_rw *fs, struct ext2_node *from, struct text old, struct ext2_node *node,
                struct ext2_node *to, struct text new, struct ext2_node *replaced,
                uint32_t now) must_check;
/* 1, 0 or an error. */
int ext2_is_empty(struct ext2_rw *fs, struct ext2_node *directory) must_check;
/* The symlink's target, terminated. -EINVAL, -ENAMETOOLONG. */
int ext2_target(struct ext2_rw *fs, struct ext2_node *link, struct room to) must_check;
