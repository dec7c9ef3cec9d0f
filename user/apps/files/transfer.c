/*
 * Copying and moving into a folder, with the questions where a name is taken; then the works on lists: trash,
 * restore, delete, undo. Each source is decided first (struct target), then done.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/apps/files/internal.h"

struct target {
    char *path;
    bool replace; /* what is there goes to the trash */
    bool merge;   /* both are folders: the content of one into the other */
};

static int transfer(struct work *work, const char *from, const char *folder, bool moving, unsigned depth);

static bool is_same(const char *a, const char *b)
{
    struct stat one, two;

    return lstat(a, &one) == 0 && lstat(b, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static bool is_folder(const char *path)
{
    struct stat about;

    return lstat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Also by another way (a link): looks at each folder from `inner` up to the root. */
static bool lies_within(const char *inner, const char *outer)
{
    char *real = realpath(inner, NULL);
    bool found = false;

    while (real && !found) {
        found = is_same(real, outer);
        char *slash = strrchr(real, '/');

        if (!slash || slash == real)
            break;
        *slash = 0;
    }
    free(real);
    return found;
}

static int another_name(struct target *target)
{
    char *made = name_free_like(target->path);

    free(target->path);
    target->path = made;
    return made ? 0 : -ENOMEM;
}

static int decide_taken(struct work *work, const char *from, struct target *target)
{
    if (!work->hooks->conflict)
        return work_failed(work, target->path, -EEXIST);
    switch (work_ask(work, from, target->path)) {
    case ANSWER_SKIP:
        work->skipped = true;
        return SKIPPED;
    case ANSWER_KEEP_BOTH:
        return another_name(target);
    case ANSWER_REPLACE:
        if (lies_within(from, target->path)) /* its own folder would go */
            return work_failed(work, target->path, -EINVAL);
        target->merge = is_folder(from) && is_folder(target->path);
        target->replace = !target->merge;
        return 0;
    case ANSWER_CANCEL:
    default:
        return -ECANCELED;
    }
}

/* 0, SKIPPED, or an error. */
static int decide(struct work *work, const char *from, const char *folder, bool moving, struct target *target)
{
    *target = (struct target){.path = path_join(folder, path_name(from))};
    if (!target->path)
        return -ENOMEM;
    if (!name_exists(from))
        return work_failed(work, from, -ENOENT);
    if (is_folder(from) && lies_within(folder, from))
        return work_failed(work, from, -EINVAL);
    if (!name_exists(target->path))
        return 0;
    if (is_same(from, target->path))
        return moving ? SKIPPED : another_name(target);
    return decide_taken(work, from, target);
}

/* ---- doing it ------------------------------------------------------------------------------------------ */

static int make_room(struct work *work, struct target *target)
{
    if (!target->replace || !name_exists(target->path))
        return 0;
    return trash_put(work, target->path, NULL);
}

static int copy_to(struct work *work, const char *from, struct target *target)
{
    char *aside;
    int error = tree_copy_aside(work, from, target->path, false, &aside);

    if (error)
        return error;
    error = make_room(work, target);
    if (!error)
        error = name_move(aside, target->path);
    if (error == -EEXIST && !another_name(target)) /* somebody made it meanwhile */
        error = name_move(aside, target->path);
    if (error)
        tree_drop(aside);
    else
        work_remember(work, DEED_MADE, target->path, NULL, 0);
    free(aside);
    return error ? work_failed(work, target->path, error) : 0;
}

static int move_to(struct work *work, const char *from, struct target *target)
{
    int error = make_room(work, target);
    bool copied = false;

    if (!error)
        error = tree_move(work, from, target->path, &copied);
    if (copied)
        work_remember(work, DEED_MADE, target->path, NULL, 0);
    else if (!error)
        work_remember(work, DEED_MOVED, from, target->path, 0);
    return error;
}

static int merge(struct work *work, const char *from, const char *to, bool moving, unsigned depth)
{
    struct names names;
    struct stat about;
    int error = depth >= DEPTH_MAX ? -ELOOP : names_of_folder(&names, from);

    if (error)
        return work_failed(work, from, error);
    for (size_t i = 0; i < names.count && !error; i++) {
        char *inner = path_join(from, names.items[i]);

        error = inner ? transfer(work, inner, to, moving, depth + 1) : -ENOMEM;
        if (error)
            error = work_go_on(work, inner ? inner : from, error);
        free(inner);
    }
    names_free(&names);
    if (!error && moving && lstat(from, &about) == 0 && rmdir(from) == 0) /* else something was left in it */
        work_remember(work, DEED_FOLDER_GONE, from, NULL, about.st_mode & 07777);
    return error;
}

static int transfer(struct work *work, const char *from, const char *folder, bool moving, unsigned depth)
{
    struct target target;

    if (work_stops(work))
        return -ECANCELED;
    int error = decide(work, from, folder, moving, &target);

    if (error == 0 && target.merge)
        error = merge(work, from, target.path, moving, depth);
    else if (error == 0)
        error = moving ? move_to(work, from, &target) : copy_to(work, from, &target);
    if (error == SKIPPED)
        error = 0;
    free(target.path);
    return error;
}

/* ---- lists --------------------------------------------------------------------------------------------- */

/* Does `one` with each path; a failure is asked about, and the first that was not is returned. */
typedef int (*work_one)(struct work *work, const char *path, const void *argument);

static int each(struct work *work, const struct names *paths, work_one one, const void *argument)
{
    int error = 0;

    for (size_t i = 0; i < paths->count && !error; i++) {
        free(work->failed);
        work->failed = NULL;
        error = work_stops(work) ? -ECANCELED : one(work, paths->items[i], argument);
        if (error)
            error = work_go_on(work, paths->items[i], error);
    }
    return error;
}

static int measured(struct work *work, const struct names *paths)
{
    return work_measure(work, paths, &work->progress.all_bytes, &work->progress.all_items);
}

static int copy_one(struct work *work, const char *path, const void *folder)
{
    return transfer(work, path, folder, false, 0);
}

int work_copy(struct work *work, const struct names *paths, const char *folder)
{
    int error = measured(work, paths);

    return error ? error : each(work, paths, copy_one, folder);
}

static int move_one(struct work *work, const char *path, const void *folder)
{
    return transfer(work, path, folder, true, 0);
}

static bool all_on(const struct names *paths, const char *folder)
{
    struct stat there, about;

    for (size_t i = 0; i < paths->count; i++)
        if (lstat(paths->items[i], &about) || stat(folder, &there) || about.st_dev != there.st_dev)
            return false;
    return true;
}

int work_move(struct work *work, const struct names *paths, const char *folder)
{
    int error = all_on(paths, folder) ? 0 : measured(work, paths);

    return error ? error : each(work, paths, move_one, folder);
}

static int trash_one(struct work *work, const char *path, const void *nothing)
{
    (void)nothing;
    return trash_put(work, path, NULL);
}

int work_trash(struct work *work, const struct names *paths)
{
    return each(work, paths, trash_one, NULL);
}

static int delete_one(struct work *work, const char *path, const void *nothing)
{
    (void)nothing;
    return strcmp(path, "/") ? tree_delete(work, path, 0) : work_failed(work, path, -EBUSY);
}

int work_delete(struct work *work, const struct names *paths)
{
    int error = measured(work, paths);

    return error ? error : each(work, paths, delete_one, NULL);
}
