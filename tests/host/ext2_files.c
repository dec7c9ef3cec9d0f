/* Paths over the ext2 writer, for tests. */
#include <string.h>

#include "lib/errno.h"
#include "tests/host/ext2_files.h"

static struct text text_of_path(const char *at, size_t size)
{
    return text_of(at, size);
}

/* The node of path[0 .. size). */
static int walk(struct ext2_rw *fs, const char *path, size_t size, struct ext2_node *node)
{
    int error = ext2_node_get(fs, EXT2_ROOT, node);
    size_t at = 0;

    while (!error && at < size) {
        uint32_t number;
        uint8_t type;
        size_t end = at + 1;

        while (end < size && path[end] != '/')
            end++;
        if (end > at + 1) {
            error = ext2_find(fs, node, text_of_path(path + at + 1, end - at - 1), &number, &type);
            if (!error)
                error = ext2_node_get(fs, number, node);
        }
        at = end;
    }
    return error;
}

static int parent_find(struct ext2_rw *fs, const char *path, struct ext2_node *directory,
                       struct text *name)
{
    const char *slash = strrchr(path, '/');

    *name = text_of_path(slash + 1, strlen(slash + 1));
    return walk(fs, path, (size_t)(slash - path), directory);
}

int files_find(struct ext2_rw *fs, const char *path, struct ext2_node *node)
{
    return walk(fs, path, strlen(path), node);
}

int files_make(struct ext2_rw *fs, const char *path, const struct ext2_seed *seed, uint32_t now)
{
    struct ext2_node directory, node;
    struct text name;
    const int error = parent_find(fs, path, &directory, &name);

    return error ? error : ext2_create(fs, &directory, name, seed, now, &node);
}

int files_create(struct ext2_rw *fs, const char *path, uint32_t now)
{
    const struct ext2_seed seed = {.mode = EXT2_TYPE_FILE | 0644};

    return files_make(fs, path, &seed, now);
}

int files_mkdir(struct ext2_rw *fs, const char *path, uint32_t now)
{
    const struct ext2_seed seed = {.mode = EXT2_TYPE_DIRECTORY | 0755};

    return files_make(fs, path, &seed, now);
}

int files_symlink(struct ext2_rw *fs, const char *path, const char *target, uint32_t now)
{
    const struct ext2_seed seed = {.mode = EXT2_TYPE_SYMLINK | 0777,
                                   .target = text_of_path(target, strlen(target))};

    return files_make(fs, path, &seed, now);
}

int files_write(struct ext2_rw *fs, const char *path, uint64_t offset, const void *bytes,
                size_t size, uint32_t now, size_t *done)
{
    struct ext2_node node;
    const int error = files_find(fs, path, &node);

    *done = 0;
    return error ? error : ext2_file_write(fs, &node, offset, text_of(bytes, size), now, done);
}

int files_read(struct ext2_rw *fs, const char *path, uint64_t offset, void *bytes, size_t size,
               size_t *done)
{
    struct ext2_node node;
    const int error = files_find(fs, path, &node);

    *done = 0;
    return error ? error : ext2_file_read(fs, &node, offset, room_of(bytes, size), done);
}

int files_truncate(struct ext2_rw *fs, const char *path, uint64_t size, uint32_t now)
{
    struct ext2_node node;
    const int error = files_find(fs, path, &node);

    return error ? error : ext2_file_truncate(fs, &node, size, now);
}

static int take_away(struct ext2_rw *fs, const char *path, bool is_directory, uint32_t now)
{
    struct ext2_node directory, node;
    struct text name;
    int error = parent_find(fs, path, &directory, &name);

    if (!error)
        error = files_find(fs, path, &node);
    if (!error && is_directory != ((node.mode & EXT2_TYPE_MASK) == EXT2_TYPE_DIRECTORY))
        error = is_directory ? -ENOTDIR : -EISDIR;
    if (!error)
        error = ext2_unlink(fs, &directory, name, &node, now);
    if (!error && node.links == 0)
        error = ext2_node_release(fs, &node, now);
    return error;
}

int files_unlink(struct ext2_rw *fs, const char *path, uint32_t now)
{
    return take_away(fs, path, false, now);
}

int files_rmdir(struct ext2_rw *fs, const char *path, uint32_t now)
{
    return take_away(fs, path, true, now);
}

int files_link(struct ext2_rw *fs, const char *from, const char *to, uint32_t now)
{
    struct ext2_node directory, node;
    struct text name;
    int error = files_find(fs, from, &node);

    if (!error)
        error = parent_find(fs, to, &directory, &name);
    return error ? error : ext2_link(fs, &directory, name, &node, now);
}

static bool is_below(const char *path, const char *top)
{
    const size_t size = strlen(top);

    return strncmp(path, top, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

int files_rename(struct ext2_rw *fs, const char *from, const char *to, uint32_t now)
{
    struct ext2_node from_directory, to_directory, node, replaced;
    struct ext2_node *to_parent = &to_directory;
    struct text old, new;
    int error = parent_find(fs, from, &from_directory, &old);

    if (!error)
        error = files_find(fs, from, &node);
    if (!error)
        error = parent_find(fs, to, &to_directory, &new);
    if (error)
        return error;
    if (to_directory.number == from_directory.number)
        to_parent = &from_directory;
    error = files_find(fs, to, &replaced);
    if (error && error != -ENOENT)
        return error;
    const bool there = !error;
    if (there && replaced.number == node.number)
        return 0;
    if (is_below(to, from))
        return -EINVAL;
    error =
        ext2_rename(fs, &from_directory, old, &node, to_parent, new, there ? &replaced : NULL, now);
    if (!error && there && replaced.links == 0)
        error = ext2_node_release(fs, &replaced, now);
    return error;
}
