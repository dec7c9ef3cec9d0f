/*
 * What the system calls of files share: handles and paths of the running process.
 *
 *     struct held held;                              struct place place;
 *     error = hold(&held, fd);                       error = place_take(&place, directory, path);
 *     …held.file…                                    … place.at, place.path.text …
 *     let_go(&held);                                 place_drop(&place);
 */
#pragma once

#include "kernel/fs/descriptors.h"
#include "kernel/process/process.h"
#include "kernel/syscall/arguments.h"

#define TRANSFER_MAX 0x7ffff000u /* bytes in one call; who wants more gets less */

/* A process with one thread has its files for as long as the call runs, without counting. */
struct held {
    struct file *file;
    bool counted;
};

static inline int hold(struct held *held, int fd)
{
    struct process *process = process_current();

    held->counted = process->thread_count > 1;
    return held->counted ? descriptors_get(process->descriptors, fd, &held->file)
                         : descriptors_borrow(process->descriptors, fd, &held->file);
}

static inline void let_go(const struct held *held)
{
    if (held->counted)
        file_put(held->file);
}

static inline struct fs_context *context(void)
{
    return &process_current()->fs;
}

static inline uint64_t limit_of(unsigned resource)
{
    return process_current()->limits[resource % RLIMITS].now;
}

/* A path in kernel memory: a short one lies on the stack. */
struct path_argument {
    char *text;
    size_t size; /* without its end */
    char small[128];
};

int path_take(struct path_argument *path, struct user from) must_check;
static inline struct text path_text(const struct path_argument *path)
{
    return text_of(path->text, path->size);
}
static inline void path_drop(struct path_argument *path)
{
    if (path->text != path->small)
        path_free(path->text);
}

/* A path and where it begins when it is relative: a handle or AT_FDCWD. */
struct place {
    struct path_argument path;
    const struct path *at;
    struct held held;
};

/* -EBADF, -ENOTDIR: the handle; and the errors of paths. */
int place_take(struct place *place, int directory, struct user path) must_check;
void place_drop(struct place *place);
/* What lies there, with a reference. flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH. */
int place_find(const struct place *place, unsigned flags, struct path *found) must_check;
