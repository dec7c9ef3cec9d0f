/*
 * Trees of files: measured, copied aside, deleted. A tree is copied to a temporary name in the folder where
 * it is to be, and gets its own only when it is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "user/apps/files/internal.h"

#define CHUNK (128u << 10)

/* ---- measuring ----------------------------------------------------------------------------------------- */

static int measure(struct work *work, const char *path, unsigned depth, uint64_t *bytes, size_t *items)
{
    struct names names;
    struct stat about;

    if (work_stops(work))
        return -ECANCELED;
    if (lstat(path, &about))
        return 0; /* whoever works on it will say so */
    (*items)++;
    if (S_ISREG(about.st_mode))
        *bytes += (uint64_t)about.st_size;
    if (!S_ISDIR(about.st_mode) || depth >= DEPTH_MAX || names_of_folder(&names, path))
        return 0;
    int error = 0;

    for (size_t i = 0; i < names.count && !error; i++) {
        char *inner = path_join(path, names.items[i]);

        error = inner ? measure(work, inner, depth + 1, bytes, items) : -ENOMEM;
        free(inner);
    }
    names_free(&names);
    return error;
}

int work_measure(struct work *work, const struct names *paths, uint64_t *bytes, size_t *items)
{
    int error = 0;

    *bytes = 0;
    *items = 0;
    for (size_t i = 0; i < paths->count && !error; i++)
        error = measure(work, paths->items[i], 0, bytes, items);
    return error;
}

/* ---- copying ------------------------------------------------------------------------------------------- */

struct copying {
    struct work *work;
    bool whole;
    char *chunk;
};
static int copy_node(struct copying *copying, const char *from, const char *to, unsigned depth);

/* What the copy has of the original beside its bytes. Only the administrator may give files away. */
static int set_about(const struct copying *copying, const char *to, const struct stat *about)
{
    const struct timespec times[2] = {about->st_atim, about->st_mtim};
    mode_t mode = about->st_mode & (copying->whole ? 07777 : 0777);

    if (copying->whole && (geteuid() == 0 || getuid() == about->st_uid) &&
        lchown(to, about->st_uid, about->st_gid))
        mode &= 0777;
    if (!S_ISLNK(about->st_mode) && chmod(to, mode))
        return -errno;
    (void)utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW); /* a file system may have none */
    return 0;
}

static int write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? -errno : -EIO;
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

static int copy_bytes(struct copying *copying, const char *from, int in, int out, const char *to)
{
    struct work *work = copying->work;

    for (;;) {
        ssize_t size = read(in, copying->chunk, CHUNK);

        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return work_failed(work, from, -errno);
        if (size == 0)
            return copying->whole && fsync(out) ? work_failed(work, to, -errno) : 0;
        if (work_stops(work))
            return -ECANCELED;
        int error = write_all(out, copying->chunk, (size_t)size);

        if (error)
            return work_failed(work, to, error);
        work_tell(work, path_name(from), (uint64_t)size, 0);
    }
}

static int copy_file(struct copying *copying, const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), out, error;

    if (in < 0)
        return work_failed(copying->work, from, -errno);
    out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    error = out < 0 ? work_failed(copying->work, to, -errno) : copy_bytes(copying, from, in, out, to);
    close(in);
    if (out >= 0 && close(out) && !error)
        error = work_failed(copying->work, to, -errno);
    return error;
}

static int copy_link(struct copying *copying, const char *from, const char *to)
{
    char target[4097];
    ssize_t size = readlink(from, target, sizeof(target) - 1);

    if (size < 0)
        return work_failed(copying->work, from, -errno);
    target[size] = 0;
    return symlink(target, to) ? work_failed(copying->work, to, -errno) : 0;
}

static int copy_folder(struct copying *copying, const char *from, const char *to, unsigned depth)
{
    struct names names;
    int error = depth >= DEPTH_MAX ? -ELOOP : names_of_folder(&names, from);

    if (error)
        return work_failed(copying->work, from, error);
    if (mkdir(to, 0700))
        error = work_failed(copying->work, to, -errno);
    for (size_t i = 0; i < names.count && !error; i++) {
        char *inner = path_join(from, names.items[i]), *inner_to = path_join(to, names.items[i]);

        error = inner && inner_to ? copy_node(copying, inner, inner_to, depth + 1) : -ENOMEM;
        if (error) {
            tree_drop(inner_to ? inner_to : "");
            error = work_go_on(copying->work, inner ? inner : from, error);
        }
        free(inner);
        free(inner_to);
    }
    names_free(&names);
    return error;
}

static int copy_by_kind(struct copying *copying, const char *from, const char *to, const struct stat *about,
                        unsigned depth)
{
    if (S_ISREG(about->st_mode))
        return copy_file(copying, from, to);
    if (S_ISDIR(about->st_mode))
        return copy_folder(copying, from, to, depth);
    if (S_ISLNK(about->st_mode))
        return copy_link(copying, from, to);
    if (S_ISSOCK(about->st_mode))
        return work_failed(copying->work, from, -EOPNOTSUPP);
    return mknod(to, (about->st_mode & S_IFMT) | 0600, about->st_rdev)
               ? work_failed(copying->work, from, -errno)
               : 0;
}

static int copy_node(struct copying *copying, const char *from, const char *to, unsigned depth)
{
    struct stat about;
    int error;

    if (work_stops(copying->work))
        return -ECANCELED;
    if (lstat(from, &about))
        return work_failed(copying->work, from, -errno);
    error = copy_by_kind(copying, from, to, &about, depth);
    if (!error)
        error = set_about(copying, to, &about);
    if (!error)
        work_tell(copying->work, path_name(from), 0, 1);
    return error;
}

/* Nobody else's: the number of the process and one of the work. */
static char *aside_name(struct work *work, const char *to)
{
    char name[64], *folder = path_folder(to), *made = NULL;

    do {
        free(made);
        snprintf(name, sizeof(name), ".part-%d-%u", (int)getpid(), work->temporary++);
        made = folder ? path_join(folder, name) : NULL;
    } while (made && name_exists(made));
    free(folder);
    return made;
}

int tree_copy_aside(struct work *work, const char *from, const char *to, bool whole, char **made)
{
    struct copying copying = {work, whole, malloc(CHUNK)};
    char *aside = aside_name(work, to);
    int error = copying.chunk && aside ? copy_node(&copying, from, aside, 0) : -ENOMEM;

    free(copying.chunk);
    if (error && aside) {
        tree_drop(aside);
        free(aside);
        aside = NULL;
    }
    *made = aside;
    return error;
}

/* ---- deleting ------------------------------------------------------------------------------------------ */

static int delete_within(struct work *work, const char *path, unsigned depth)
{
    struct names names;
    int error = depth >= DEPTH_MAX ? -ELOOP : names_of_folder(&names, path);

    if (error)
        return work_failed(work, path, error);
    for (size_t i = 0; i < names.count && !error; i++) {
        char *inner = path_join(path, names.items[i]);

        error = inner ? tree_delete(work, inner, depth + 1) : -ENOMEM;
        free(inner);
    }
    names_free(&names);
    return error;
}

int tree_delete(struct work *work, const char *path, unsigned depth)
{
    struct stat about;
    int error = 0;

    if (work_stops(work))
        return -ECANCELED;
    if (lstat(path, &about))
        return work_failed(work, path, -errno);
    if (S_ISDIR(about.st_mode))
        error = delete_within(work, path, depth);
    if (!error && (S_ISDIR(about.st_mode) ? rmdir(path) : unlink(path)))
        error = work_failed(work, path, -errno);
    if (!error)
        work_tell(work, path_name(path), 0, 1);
    return error;
}

void tree_drop(const char *path)
{
    struct work quiet;

    work_start(&quiet, NULL, NULL);
    (void)tree_delete(&quiet, path, 0);
    undo_free(work_end(&quiet));
}

/* ---- moving -------------------------------------------------------------------------------------------- */

static void write_down(const char *path)
{
    char *folder = path_folder(path);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

/* What could not be copied stays where it is, and then all of the original does. */
static int move_across(struct work *work, const char *from, const char *to, bool *copied)
{
    bool skipped = work->skipped;
    char *aside;

    work->skipped = false;
    int error = tree_copy_aside(work, from, to, true, &aside);

    if (!error) {
        error = name_move(aside, to);
        if (error)
            tree_drop(aside);
        free(aside);
        *copied = !error;
        if (error)
            error = work_failed(work, to, error);
    }
    if (!error && !work->skipped) {
        write_down(to);
        error = tree_delete(work, from, 0);
        *copied = error != 0;
    }
    work->skipped |= skipped;
    return error;
}

int tree_move(struct work *work, const char *from, const char *to, bool *copied)
{
    int error = name_exists(to) ? -EEXIST : name_move(from, to);

    *copied = false;
    if (error == -EXDEV)
        return move_across(work, from, to, copied);
    return error ? work_failed(work, error == -EEXIST ? to : from, error) : 0;
}
