/*
 * The frame of all work: start, ask, remember, end; and the small works that are one system call.
 * See work.h. Locks: none; `cancelled` alone is shared.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/apps/files/internal.h"

void work_start(struct work *work, const struct work_hooks *hooks, void *context)
{
    static const struct work_hooks none;

    *work = (struct work){.hooks = hooks ? hooks : &none, .context = context};
    work->undo = calloc(1, sizeof(*work->undo));
}

struct undo *work_end(struct work *work)
{
    struct undo *undo = work->undo;

    free(work->failed);
    work->failed = NULL;
    work->undo = NULL;
    if (undo && undo->count == 0) {
        undo_free(undo);
        undo = NULL;
    }
    return undo;
}

void undo_free(struct undo *undo)
{
    if (!undo)
        return;
    for (size_t i = 0; i < undo->count; i++) {
        free(undo->deeds[i].from);
        free(undo->deeds[i].to);
    }
    free(undo->deeds);
    free(undo);
}

void work_remember(struct work *work, enum deed_kind kind, const char *from, const char *to, mode_t mode)
{
    struct undo *undo = work->undo;

    if (!undo)
        return;
    struct deed deed = {kind, strdup(from), to ? strdup(to) : NULL, mode};
    struct deed *more = realloc(undo->deeds, (undo->count + 1) * sizeof(*more));

    if (more)
        undo->deeds = more;
    if (!more || !deed.from || (to && !deed.to)) {
        free(deed.from);
        free(deed.to);
        undo->partial = true;
        return;
    }
    undo->deeds[undo->count++] = deed;
}

int work_failed(struct work *work, const char *path, int error)
{
    char *copy = strdup(path);

    free(work->failed);
    work->failed = copy;
    return error;
}

int work_go_on(struct work *work, const char *path, int error)
{
    const char *about = work->failed ? work->failed : path;

    if (error == -ECANCELED || !work->hooks->failed)
        return error;
    work->skipped = true;
    return work->hooks->failed(work->context, about, error) == ANSWER_SKIP ? 0 : -ECANCELED;
}

bool work_stops(struct work *work)
{
    return __atomic_load_n(&work->cancelled, __ATOMIC_RELAXED);
}

void work_tell(struct work *work, const char *name, uint64_t bytes, size_t items)
{
    work->progress.name = name;
    work->progress.bytes += bytes;
    work->progress.items += items;
    if (work->hooks->progress)
        work->hooks->progress(work->context, &work->progress);
}

enum answer work_ask(struct work *work, const char *from, const char *to)
{
    bool always = false;

    if (work->always)
        return work->always_answer;
    enum answer answer = work->hooks->conflict(work->context, from, to, &always);

    if (always) {
        work->always = true;
        work->always_answer = answer;
    }
    return answer;
}

/* ---- names --------------------------------------------------------------------------------------------- */

bool name_exists(const char *path)
{
    struct stat about;

    return lstat(path, &about) == 0;
}

char *name_free_like(const char *path)
{
    struct stat about;
    bool is_folder = lstat(path, &about) == 0 && S_ISDIR(about.st_mode);

    for (unsigned number = 2;; number++) {
        char *made = path_numbered(path, number, is_folder);

        if (!made || !name_exists(made))
            return made;
        free(made);
    }
}

/* A rename that replaces nothing: a second name, and then the first goes. A moment of both harms nobody. */
static int file_move(const char *from, const char *to)
{
    if (link(from, to) == 0) {
        int error = unlink(from) == 0 ? 0 : -errno;

        if (error)
            (void)unlink(to);
        return error;
    }
    if (errno != EPERM && errno != ENOTSUP && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK)
        return -errno;
    if (name_exists(to)) /* a file system without links: the best there is */
        return -EEXIST;
    return rename(from, to) == 0 ? 0 : -errno;
}

int name_move(const char *from, const char *to)
{
    struct stat about;

    if (lstat(from, &about))
        return -errno;
    if (!S_ISDIR(about.st_mode))
        return file_move(from, to);
    if (name_exists(to))
        return -EEXIST;
    return rename(from, to) == 0 ? 0 : -errno; /* at worst it takes an empty folder's place */
}

/* ---- small works --------------------------------------------------------------------------------------- */

int work_rename(struct work *work, const char *path, const char *name)
{
    char *folder = path_folder(path), *to = folder ? path_join(folder, name) : NULL;
    int error = to ? 0 : -ENOMEM;

    if (!error && !path_name_is_good(name))
        error = -EINVAL;
    if (!error && strcmp(path, to) != 0) {
        error = name_move(path, to);
        if (!error)
            work_remember(work, DEED_MOVED, path, to, 0);
    }
    free(folder);
    free(to);
    return error ? work_failed(work, path, error) : 0;
}

int work_new_folder(struct work *work, const char *path)
{
    if (mkdir(path, 0777))
        return work_failed(work, path, -errno);
    work_remember(work, DEED_MADE, path, NULL, 0);
    return 0;
}

int work_new_file(struct work *work, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (fd < 0)
        return work_failed(work, path, -errno);
    close(fd);
    work_remember(work, DEED_MADE, path, NULL, 0);
    return 0;
}

int work_set_mode(struct work *work, const char *path, mode_t mode)
{
    struct stat about;

    if (stat(path, &about) || chmod(path, mode & 07777))
        return work_failed(work, path, -errno);
    work_remember(work, DEED_MODE, path, NULL, about.st_mode & 07777);
    return 0;
}
