/* sum: checksums of files, for comparing with the host's. One line a file: CRC32  SIZE  PATH. */
#include "kernel/core/memory/heap.h"
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "lib/crc32.h"
#include "lib/errno.h"
#include "lib/string.h"

static int sum_inode(const struct words *words, const char *path, struct ext2 *fs,
                     const struct ext2_inode *inode)
{
    size_t size, got;
    void *buffer = file_buffer(&size);
    uint32_t crc = 0;
    for (uint64_t at = 0; at < inode->size; at += got) {
        int error = ext2_read(fs, inode, at, buffer, size, &got);
        if (!error && got == 0)
            error = -EIO;
        if (error)
            return command_fail(words, "%s: at byte %llu: %s", path, (unsigned long long)at,
                                error_text(error));
        crc = crc32(crc, buffer, got);
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
    }
    output_print("%08x  %llu  ", crc, (unsigned long long)inode->size);
    output_foreign(path, strlen(path));
    output_print("\n");
    return COMMAND_OK;
}

static int sum_file(const struct words *words, const char *path)
{
    struct ext2 *fs;
    struct ext2_inode inode;
    int status = file_lookup(words, path, true, &fs, &inode);
    if (status)
        return status;
    if (file_is_directory(&inode))
        return command_fail(words, "%s: is a directory; sum -r walks through it", path);
    if (!file_is_regular(&inode))
        return command_fail(words, "%s: not a regular file", path);
    return sum_inode(words, path, fs, &inode);
}

/* ---- sum -r ---------------------------------------------------------------------------------- */

/* Directories under way, outermost first. No recursion: the disk must not decide how deep our stack
   goes. A path has at most EXT2_PATH_MAX bytes, so at most half as many directories. */
#define DEPTH_MAX (EXT2_PATH_MAX / 2)

struct walk {
    const struct words *words;
    struct ext2 *fs;
    char path[EXT2_PATH_MAX];
    struct {
        uint32_t inode;
        uint32_t path_size; /* of the directory's own path, without a final '/' */
        uint64_t position;
    } levels[DEPTH_MAX];
    unsigned depth;
    struct ext2_inode directory; /* the innermost, when it is number levels[depth - 1].inode */
    uint64_t directories; /* entered so far: a tree has no more of them than the disk has inodes */
    int status;
};

static int walk_failed(struct walk *walk, int error)
{
    walk->status = command_fail(walk->words, "%s: %s", walk->path, error_text(error));
    return walk->status;
}

static void enter(struct walk *walk, uint32_t inode, size_t path_size)
{
    if (walk->depth == DEPTH_MAX || walk->directories >= walk->fs->inodes) {
        walk_failed(walk, -ELOOP);
        return;
    }
    walk->directories++;
    walk->levels[walk->depth].inode = inode;
    walk->levels[walk->depth].path_size = (uint32_t)path_size;
    walk->levels[walk->depth++].position = 0;
}

/* One entry of the innermost directory; its path becomes walk->path. */
static int visit(struct walk *walk, const struct ext2_entry *entry)
{
    struct ext2_inode inode;
    size_t at = walk->levels[walk->depth - 1].path_size;
    if (entry->name_length + 2u > EXT2_PATH_MAX - at)
        return walk_failed(walk, -ENAMETOOLONG);
    walk->path[at] = '/';
    memcpy(&walk->path[at + 1], entry->name, entry->name_length + 1u);
    int error = ext2_inode(walk->fs, entry->inode, &inode);
    if (error)
        return walk_failed(walk, error);
    if (file_is_directory(&inode))
        enter(walk, entry->inode, at + 1 + entry->name_length);
    else if (file_is_regular(&inode))
        return sum_inode(walk->words, walk->path, walk->fs, &inode);
    return COMMAND_OK;
}

/* The next entry of the innermost directory, or its end. */
static int step(struct walk *walk)
{
    static struct ext2_entry entry;
    unsigned level = walk->depth - 1;
    uint32_t number = walk->levels[level].inode;
    int more = 0;
    if (walk->directory.number != number)
        more = ext2_inode(walk->fs, number, &walk->directory);
    if (!more)
        more = ext2_next_entry(walk->fs, &walk->directory, &walk->levels[level].position, &entry);
    if (more <= 0) {
        walk->path[walk->levels[level].path_size] = '\0';
        walk->depth--;
        return more < 0 ? walk_failed(walk, more) : COMMAND_OK;
    }
    return file_is_dot(entry.name) ? COMMAND_OK : visit(walk, &entry);
}

static int sum_tree(const struct words *words, const char *path)
{
    static struct walk *walk;
    struct ext2_inode inode;
    if (!walk)
        walk = alloc(sizeof(*walk), 8);
    if (!walk)
        return command_fail(words, "%s: %s", path, error_text(-ENOMEM));
    *walk = (struct walk){.words = words};
    int status = file_lookup(words, path, true, &walk->fs, &inode);
    if (status)
        return status;
    if (!file_is_directory(&inode))
        return command_fail(words, "%s: %s", path, error_text(-ENOTDIR));
    size_t size = strlcpy(walk->path, path, sizeof(walk->path));
    while (size > 0 && walk->path[size - 1] == '/')
        size--;
    for (enter(walk, inode.number, size); walk->depth > 0;) {
        status = step(walk);
        if (status == COMMAND_INTERRUPTED || command_interrupted())
            return COMMAND_INTERRUPTED;
        walk->status = status ? status : walk->status;
    }
    return walk->status;
}

static int sum(const struct words *words)
{
    bool tree = words->count > 1 && strcmp(words->at[1], "-r") == 0;
    int status = COMMAND_OK;
    if (words->count < (tree ? 3 : 2))
        return command_misused(words, "a path is missing");
    for (int i = tree ? 2 : 1; i < words->count; i++) {
        int result = tree ? sum_tree(words, words->at[i]) : sum_file(words, words->at[i]);
        if (result == COMMAND_INTERRUPTED)
            return result;
        status = result ? result : status;
    }
    return status;
}

MONITOR_COMMAND("sum", "sum PATH … | sum -r DIRECTORY …",
                "print CRC32, size and path of files, -r of all files below", sum);
