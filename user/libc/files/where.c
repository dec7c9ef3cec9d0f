/* The current directory, and what a path stands for. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/libc/libc.h"

int chdir(const char *path)
{
    return (int)checked(fastos_chdir(path));
}

int fchdir(int fd)
{
    return (int)checked(fastos_fchdir(fd));
}

int chroot(const char *path)
{
    return (int)checked(fastos_chroot(path));
}

/* to NULL: memory of malloc, as large as it must be (size 0) or so large. */
char *getcwd(char *to, size_t size)
{
    char path[PATH_MAX];

    if (to && !size) {
        errno = EINVAL;
        return NULL;
    }
    if (checked(fastos_getcwd(to ? to : path, to ? size : sizeof(path))) < 0)
        return NULL;
    if (to)
        return to;
    if (size && strlen(path) >= size) {
        errno = ERANGE;
        return NULL;
    }
    return strdup(path);
}

char *get_current_dir_name(void)
{
    return getcwd(NULL, 0);
}

char *getwd(char *to)
{
    return getcwd(to, PATH_MAX);
}

/* ---- realpath -------------------------------------------------------------------------------- */

/* What is resolved so far (without a slash at its end; "" is the root), and what is not yet. */
struct resolving {
    char done[PATH_MAX], rest[PATH_MAX];
    size_t done_size;
    int links;
};

static int follow_link(struct resolving *path)
{
    char target[PATH_MAX], joined[PATH_MAX];
    ssize_t size = readlink(path->done, target, sizeof(target) - 1);

    if (size < 0)
        return -1;
    if (++path->links > SYMLOOP_MAX) {
        errno = ELOOP;
        return -1;
    }
    target[size] = '\0';
    if ((size_t)size + 1 + strlen(path->rest) >= sizeof(joined)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(joined, target);
    if (*path->rest)
        strcat(joined, "/");
    strcat(joined, path->rest);
    strcpy(path->rest, joined);
    path->done_size = target[0] == '/' ? 0 : (size_t)(strrchr(path->done, '/') - path->done);
    path->done[path->done_size] = '\0';
    return 0;
}

static int resolve_part(struct resolving *path, const char *part, size_t size)
{
    struct stat about;

    if (size == 2 && part[0] == '.' && part[1] == '.') {
        char *slash = strrchr(path->done, '/');

        path->done_size = slash ? (size_t)(slash - path->done) : 0;
        path->done[path->done_size] = '\0';
        return 0;
    }
    if (path->done_size + 1 + size >= sizeof(path->done)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    path->done[path->done_size++] = '/';
    memcpy(path->done + path->done_size, part, size);
    path->done[path->done_size += size] = '\0';
    if (lstat(path->done, &about) < 0)
        return -1;
    if (S_ISLNK(about.st_mode))
        return follow_link(path);
    if (*path->rest && !S_ISDIR(about.st_mode)) {
        errno = ENOTDIR;
        return -1;
    }
    return 0;
}

static int resolve(struct resolving *path)
{
    char part[NAME_MAX + 1];

    while (*path->rest) {
        size_t slashes = strspn(path->rest, "/"), size = strcspn(path->rest + slashes, "/");

        if (size > NAME_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(part, path->rest + slashes, size);
        memmove(path->rest, path->rest + slashes + size, strlen(path->rest + slashes + size) + 1);
        if (size == 0 || (size == 1 && part[0] == '.'))
            continue;
        if (resolve_part(path, part, size) < 0)
            return -1;
    }
    if (!path->done_size)
        strcpy(path->done, "/");
    return 0;
}

static int resolve_from(struct resolving *path, const char *from)
{
    path->links = 0;
    path->done[0] = '\0';
    if (!*from || strlen(from) >= sizeof(path->rest)) {
        errno = *from ? ENAMETOOLONG : ENOENT;
        return -1;
    }
    strcpy(path->rest, from);
    if (*from != '/' && !getcwd(path->done, sizeof(path->done)))
        return -1;
    if (strcmp(path->done, "/") == 0)
        path->done[0] = '\0';
    path->done_size = strlen(path->done);
    return resolve(path);
}

char *realpath(const char *restrict from, char *restrict to)
{
    struct resolving *path = malloc(sizeof(*path));
    char *result = NULL;

    if (!path)
        return NULL;
    if (resolve_from(path, from) == 0)
        result = to ? strcpy(to, path->done) : strdup(path->done);
    free(path);
    return result;
}
