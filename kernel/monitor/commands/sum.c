/* sum: checksums of files, for comparing with the host's. One line a file: CRC32  SIZE  PATH. */
#include "kernel/core/memory/heap.h"
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "lib/crc32.h"
#include "lib/errno.h"
#include "lib/string.h"

static int sum_open(const struct words *words, const char *path, struct file *file)
{
    size_t size, got = 1;
    void *buffer = file_buffer(&size);
    uint64_t at = 0;
    uint32_t crc = 0;
    for (; got > 0; at += got) {
        int error = file_read_at(file, at, buffer, size, &got);
        if (error)
            return command_fail(words, "%s: at byte %llu: %s", path, (unsigned long long)at,
                                error_text(error));
        crc = crc32(crc, buffer, got);
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
    }
    output_print("%08x  %llu  ", crc, (unsigned long long)at);
    output_foreign(path, strlen(path));
    output_print("\n");
    return COMMAND_OK;
}

static int sum_file(const struct words *words, const char *path)
{
    struct file *file;
    struct path found;
    int status = file_lookup(words, path, true, &found);
    if (status)
        return status;
    bool directory = (path_inode(found)->mode & S_IFMT) == S_IFDIR;
    path_put(found);
    if (directory)
        return command_fail(words, "%s: is a directory; sum -r walks through it", path);
    status = file_open(words, path, &file);
    if (status)
        return status;
    status = sum_open(words, path, file);
    file_put(file);
    return status;
}

/* ---- sum -r ---------------------------------------------------------------------------------- */

/* Directories under way, outermost first. No recursion: the disk must not decide how deep our stack
   goes. A path has at most PATH_MAX bytes, so at most half as many directories. */
#define DEPTH_MAX (PATH_MAX / 2)

struct walk {
    const struct words *words;
    char path[PATH_MAX];
    struct {
        uint32_t path_size; /* of the directory's own path, without a final '/' */
        uint64_t position;
    } levels[DEPTH_MAX];
    unsigned depth;
    struct directory directory; /* of level open - 1 */
    unsigned open;              /* 0: none */
    uint64_t directories; /* entered so far: a tree has no more of them than the disk has files */
    uint64_t files;
    int status;
};

static int walk_failed(struct walk *walk, int error)
{
    walk->status = command_fail(walk->words, "%s: %s", walk->path, error_text(error));
    return walk->status;
}

static void enter(struct walk *walk, size_t path_size)
{
    if (walk->depth == DEPTH_MAX || walk->directories >= walk->files) {
        walk_failed(walk, -ELOOP);
        return;
    }
    walk->directories++;
    walk->levels[walk->depth].path_size = (uint32_t)path_size;
    walk->levels[walk->depth++].position = 0;
}

/* ---- the innermost directory ----------------------------------------------------------------- */

static void close_directory(struct walk *walk)
{
    if (walk->open)
        directory_close(&walk->directory);
    walk->open = 0;
}

static int open_innermost(struct walk *walk)
{
    unsigned level = walk->depth - 1;
    struct path found;

    if (walk->open == walk->depth)
        return 0;
    close_directory(walk);
    walk->path[walk->levels[level].path_size] = '\0';
    int error = vfs_lookup(file_context(), NULL, walk->path[0] ? walk->path : "/", LOOKUP_FOLLOW,
                           &found);
    if (error)
        return error;
    error = directory_open(found, walk->levels[level].position, &walk->directory);
    path_put(found);
    walk->open = error ? 0 : walk->depth;
    return error;
}

/* ---- its entries ----------------------------------------------------------------------------- */

/* walk->path is the file's. */
static int sum_found(struct walk *walk, struct path found)
{
    struct file *file;
    int error = vfs_open_path(file_context(), found, O_RDONLY, &file);

    if (error)
        return walk_failed(walk, error);
    int status = sum_open(walk->words, walk->path, file);
    file_put(file);
    return status;
}

/* One entry of the innermost directory; its path becomes walk->path. */
static int visit(struct walk *walk, const struct directory_entry *entry)
{
    size_t at = walk->levels[walk->depth - 1].path_size, length = strlen(entry->name);
    struct path found;
    int status = COMMAND_OK;

    if (length + 2 > PATH_MAX - at)
        return walk_failed(walk, -ENAMETOOLONG);
    walk->path[at] = '/';
    memcpy(&walk->path[at + 1], entry->name, length + 1);
    int error = vfs_lookup(file_context(), NULL, walk->path, 0, &found);
    if (error)
        return walk_failed(walk, error);
    uint32_t type = path_inode(found)->mode & S_IFMT;
    if (type == S_IFREG)
        status = sum_found(walk, found);
    path_put(found);
    if (type == S_IFDIR)
        enter(walk, at + 1 + length);
    return status;
}

/* The next entry of the innermost directory, or its end. */
static int step(struct walk *walk)
{
    unsigned level = walk->depth - 1;
    struct directory_entry entry;
    int more = open_innermost(walk);
    if (!more)
        more = directory_next(&walk->directory, &entry);
    if (more <= 0) {
        walk->path[walk->levels[level].path_size] = '\0';
        close_directory(walk);
        walk->depth--;
        return more < 0 ? walk_failed(walk, more) : COMMAND_OK;
    }
    walk->levels[level].position = walk->directory.next;
    return file_is_dot(entry.name) ? COMMAND_OK : visit(walk, &entry);
}

static int run(struct walk *walk)
{
    while (walk->depth > 0) {
        int status = step(walk);
        if (status == COMMAND_INTERRUPTED || command_interrupted())
            return COMMAND_INTERRUPTED;
        walk->status = status ? status : walk->status;
    }
    return walk->status;
}

static int begin(struct walk *walk, const char *path)
{
    struct path found;
    struct abi_statfs info = {.files = 0};
    int status = file_lookup(walk->words, path, true, &found);
    if (status)
        return status;
    struct inode *inode = path_inode(found);
    inode->fs->operations->statfs(inode->fs, &info);
    walk->files = info.files;
    bool directory = (inode->mode & S_IFMT) == S_IFDIR;
    path_put(found);
    return directory ? COMMAND_OK
                     : command_fail(walk->words, "%s: %s", path, error_text(-ENOTDIR));
}

static int sum_tree(const struct words *words, const char *path)
{
    static struct walk *walk;
    if (!walk)
        walk = alloc(sizeof(*walk), 8);
    if (!walk)
        return command_fail(words, "%s: %s", path, error_text(-ENOMEM));
    *walk = (struct walk){.words = words};
    int status = begin(walk, path);
    if (status)
        return status;
    size_t size = strlcpy(walk->path, path, sizeof(walk->path));
    while (size > 0 && walk->path[size - 1] == '/')
        size--;
    enter(walk, size);
    status = run(walk);
    close_directory(walk);
    return status;
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
