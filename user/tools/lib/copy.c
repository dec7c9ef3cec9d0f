/* Copies and removals of whole trees. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

#define PIECE (64 * 1024)

static bool copy_bytes(int in, int out, const char *from, const char *to)
{
    char *piece = allocate(PIECE);
    ssize_t now;
    bool good = true;

    while (good && (now = read(in, piece, PIECE)) != 0) {
        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0) {
            complain_of(from);
            good = false;
        } else if (!write_all(out, piece, (size_t)now)) {
            complain_of(to);
            good = false;
        }
    }
    free(piece);
    return good;
}

static int open_target(const char *to, mode_t mode, const struct copying *how)
{
    int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0777);

    if (fd < 0 && how->force && unlink(to) == 0)
        fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0777);
    if (fd < 0)
        complain_of(to);
    return fd;
}

static bool copy_file(const char *from, const char *to, mode_t mode, const struct copying *how)
{
    int in = open(from, O_RDONLY), out;
    bool good;

    if (in < 0) {
        complain_of(from);
        return false;
    }
    out = open_target(to, mode, how);
    if (out < 0) {
        close(in);
        return false;
    }
    good = copy_bytes(in, out, from, to);
    close(in);
    if (close(out)) {
        complain_of(to);
        good = false;
    }
    return good;
}

static bool copy_link(const char *from, const char *to)
{
    char path[PATH_MAX];
    ssize_t size = readlink(from, path, sizeof(path) - 1);

    if (size < 0) {
        complain_of(from);
        return false;
    }
    path[size] = 0;
    if (symlink(path, to) && (errno != EEXIST || unlink(to) || symlink(path, to))) {
        complain_of(to);
        return false;
    }
    return true;
}

static bool copy_folder(const char *from, const char *to, const struct stat *about,
                        const struct copying *how)
{
    struct stat made;
    struct names names;
    bool good = true;

    if (mkdir(to, 0777) && errno != EEXIST) {
        complain_of(to);
        return false;
    }
    if (stat(to, &made) || !S_ISDIR(made.st_mode)) {
        complain("%s: not a directory", to);
        return false;
    }
    if (!folder_read(from, &names))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        char *part = path_in(from, names.at[i]), *target = path_in(to, names.at[i]);
        struct stat inner;

        /* The copy, in what is copied. */
        if (lstat(part, &inner) == 0 && inner.st_dev == made.st_dev &&
            inner.st_ino == made.st_ino) {
            complain("%s: cannot be copied into itself", from);
            good = false;
        } else {
            good &= copy_path(part, target, how);
        }
        free(part);
        free(target);
    }
    names_free(&names);
    if (!how->keep)
        (void)chmod(to, about->st_mode & 0777);
    return good;
}

static void keep_all(const char *to, const struct stat *about)
{
    struct timespec times[2] = {about->st_atim, about->st_mtim};

    (void)!lchown(to, about->st_uid, about->st_gid); /* as far as one may */
    if (!S_ISLNK(about->st_mode) && chmod(to, about->st_mode & 07777))
        complain_of(to);
    if (utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW))
        complain_of(to);
}

static bool same_file(const struct stat *about, const char *to)
{
    struct stat other;

    return stat(to, &other) == 0 && other.st_dev == about->st_dev && other.st_ino == about->st_ino;
}

static bool copy_one(const char *from, const char *to, const struct stat *about,
                     const struct copying *how)
{
    switch (about->st_mode & S_IFMT) {
    case S_IFDIR:
        return copy_folder(from, to, about, how);
    case S_IFLNK:
        return copy_link(from, to);
    case S_IFIFO:
    case S_IFCHR:
    case S_IFBLK:
        if (!how->folders)
            break; /* what it gives is copied */
        if (mknod(to, about->st_mode, about->st_rdev) == 0)
            return true;
        complain_of(to);
        return false;
    default:
        break;
    }
    return copy_file(from, to, about->st_mode, how);
}

bool copy_path(const char *from, const char *to, const struct copying *how)
{
    struct stat about;
    bool good;

    if (how->folders || how->links ? lstat(from, &about) : stat(from, &about)) {
        complain_of(from);
        return false;
    }
    if (S_ISDIR(about.st_mode) && !how->folders) {
        complain("%s: a directory (-r copies it)", from);
        return false;
    }
    if (!S_ISLNK(about.st_mode) && same_file(&about, to)) {
        complain("%s and %s are the same file", from, to);
        return false;
    }
    if (how->ask && access(to, F_OK) == 0 && !S_ISDIR(about.st_mode) && !ask("overwrite %s? ", to))
        return true;
    if (how->talk)
        printf("%s -> %s\n", from, to);
    good = copy_one(from, to, &about, how);
    if (good && how->keep)
        keep_all(to, &about);
    return good;
}

/* ---- removal --------------------------------------------------------------------------------- */

static bool remove_folder(const char *path, const struct removing *how)
{
    struct names names;
    bool good = true;

    if (!folder_read(path, &names))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        char *part = path_in(path, names.at[i]);

        good &= remove_path(part, how);
        free(part);
    }
    names_free(&names);
    return good;
}

bool remove_path(const char *path, const struct removing *how)
{
    struct stat about;
    bool folder;

    if (lstat(path, &about)) {
        if (errno == ENOENT && how->force)
            return true;
        complain_of(path);
        return false;
    }
    folder = S_ISDIR(about.st_mode);
    if (folder && !how->folders) {
        complain("%s: a directory (-r removes it)", path);
        return false;
    }
    if (folder && !remove_folder(path, how))
        return false;
    if (how->ask && !ask("remove %s? ", path))
        return true;
    if (folder ? rmdir(path) : unlink(path)) {
        complain_of(path);
        return false;
    }
    if (how->talk)
        printf("removed %s\n", path);
    return true;
}
