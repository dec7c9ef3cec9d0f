#include "user/tools/common/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/tools/tool.h"

char *target_path(const char *from, const char *to)
{
    struct stat about;

    if (stat(to, &about) || !S_ISDIR(about.st_mode))
        return take_copy(to);
    char *name = take_copy(base_name(from));

    for (size_t end = strlen(name); end > 1 && name[end - 1] == '/'; end--)
        name[end - 1] = '\0';
    char *path = path_join(to, name);

    free(name);
    return path;
}

int each_target(int count, char **paths, int (*work)(const char *from, const char *to))
{
    const char *last = paths[count - 1];
    struct stat about;
    int status = 0;

    if (count > 2 && (stat(last, &about) || !S_ISDIR(about.st_mode)))
        return wrong("%s: not a directory", last);
    for (int i = 0; i < count - 1; i++) {
        char *to = target_path(paths[i], last);

        status |= work(paths[i], to);
        free(to);
    }
    return status;
}

static int keep_attributes(const char *to, const struct stat *about)
{
    struct timespec times[2] = {about->st_atim, about->st_mtim};
    int status = 0;

    /* Only user 0 can give files away; others keep what they may. */
    if (lchown(to, about->st_uid, about->st_gid) && errno != EPERM)
        status = failed("%s: owner", to);
    if (!S_ISLNK(about->st_mode) && chmod(to, about->st_mode & 07777))
        status = failed("%s: mode", to);
    if (utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW))
        status = failed("%s: times", to);
    return status;
}

static int open_copy(const char *to, mode_t mode, bool force)
{
    int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

    if (fd < 0 && force && unlink(to) == 0)
        fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        failed("%s", to);
    return fd;
}

static int copy_file(const char *from, const char *to, const struct stat *about,
                     const struct copying *how)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), status = 0;

    if (in < 0)
        return failed("%s", from);
    int out = open_copy(to, about->st_mode & 0777, how->force);

    if (out >= 0) {
        status = copy_bytes(in, out);
        if (status)
            failed("%s", status == 1 ? from : to);
        if (close(out) && !status)
            status = failed("%s", to);
    }
    close(in);
    return out < 0 || status;
}

static int copy_link(const char *from, const char *to, bool force)
{
    char target[4096];
    ssize_t length = readlink(from, target, sizeof(target) - 1);

    if (length < 0)
        return failed("%s", from);
    target[length] = '\0';
    if (symlink(target, to) == 0)
        return 0;
    if (errno == EEXIST && force && unlink(to) == 0 && symlink(target, to) == 0)
        return 0;
    return failed("%s", to);
}

static int copy_below(const char *from, const char *to, const struct copying *how)
{
    struct list names = {0};
    int status = read_directory(from, &names) ? failed("%s", from) : 0;

    for (size_t i = 0; i < names.count; i++) {
        char *one = path_join(from, names.at[i]), *other = path_join(to, names.at[i]);

        status |= copy_tree(one, other, how);
        free(one);
        free(other);
    }
    list_free(&names);
    return status;
}

/* `to` lies in the directory `from`: copying would not end. */
static bool lies_inside(const struct stat *from, const char *to)
{
    char *path = take_copy(to);
    struct stat above, before = {0};
    bool inside = false;

    for (char *end; !inside && (end = strrchr(path, '/')) && end > path;) {
        *end = '\0';
        inside = stat(path, &above) == 0 && above.st_ino == from->st_ino
                 && above.st_dev == from->st_dev;
    }
    for (char *up = take_copy("."); !inside && path[0] != '/' && up; ) {
        if (stat(up, &above) || (above.st_ino == before.st_ino && above.st_dev == before.st_dev)) {
            free(up);
            break;
        }
        inside = above.st_ino == from->st_ino && above.st_dev == from->st_dev;
        before = above;
        char *next = path_join(up, "..");

        free(up);
        up = next;
    }
    free(path);
    return inside;
}

static int copy_directory(const char *from, const char *to, const struct stat *about,
                          const struct copying *how)
{
    if (!how->recursive)
        return wrong("%s is a directory (-r copies it)", from);
    if (lies_inside(about, to))
        return wrong("%s: cannot be copied into itself, %s", from, to);
    /* Its owner may write into it until all is there. */
    bool made = mkdir(to, (about->st_mode & 07777) | 0700) == 0;

    if (!made && errno != EEXIST)
        return failed("%s", to);
    int status = copy_below(from, to, how);

    if (made && !how->keep && (about->st_mode & 0700) != 0700)
        status |= chmod(to, about->st_mode & 0777) ? failed("%s", to) : 0;
    return status;
}

static int copy_special(const char *to, const struct stat *about)
{
    return mknod(to, about->st_mode, about->st_rdev) ? failed("%s", to) : 0;
}

int copy_tree(const char *from, const char *to, const struct copying *how)
{
    struct stat about, other;
    int status;

    if (how->recursive && !how->follow ? lstat(from, &about) : stat(from, &about))
        return failed("%s", from);
    if (stat(to, &other) == 0) {
        if (other.st_dev == about.st_dev && other.st_ino == about.st_ino)
            return wrong("%s and %s are the same file", from, to);
        if (S_ISDIR(about.st_mode) != S_ISDIR(other.st_mode))
            return wrong(S_ISDIR(other.st_mode) ? "%s: is a directory" : "%s: not a directory", to);
        if (how->ask && !S_ISDIR(other.st_mode) && !confirmed("replace %s", to))
            return 0;
    }
    if (S_ISDIR(about.st_mode))
        status = copy_directory(from, to, &about, how);
    else if (S_ISLNK(about.st_mode))
        status = copy_link(from, to, how->force || how->keep);
    else if (S_ISREG(about.st_mode) || !how->recursive)
        status = copy_file(from, to, &about, how);
    else
        status = copy_special(to, &about);
    if (!status && how->verbose)
        printf("%s -> %s\n", from, to);
    return how->keep && !status ? keep_attributes(to, &about) : status;
}
