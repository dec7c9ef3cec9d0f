/* ftw and nftw. A directory is open while what is in it is walked. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/libc/libc.h"

struct walk {
    char path[PATH_MAX];
    int flags;
    dev_t device; /* of where it began, for FTW_MOUNT */
    int (*one)(const char *, const struct stat *, int);
    int (*full)(const char *, const struct stat *, int, struct FTW *);
};

static int tell(const struct walk *walk, const struct stat *about, int type, struct FTW *where)
{
    if (walk->full)
        return walk->full(walk->path, about, type, where);
    return walk->one(walk->path, about, type == FTW_SLN ? FTW_NS : type);
}

static int look(const struct walk *walk, struct stat *about)
{
    if (walk->flags & FTW_PHYS ? lstat(walk->path, about) : stat(walk->path, about)) {
        memset(about, 0, sizeof(*about));
        if (!(walk->flags & FTW_PHYS) && lstat(walk->path, about) == 0)
            return FTW_SLN;
        return FTW_NS;
    }
    return S_ISDIR(about->st_mode) ? FTW_D : S_ISLNK(about->st_mode) ? FTW_SL : FTW_F;
}

static int visit(struct walk *walk, int level);

static int visit_names(struct walk *walk, DIR *directory, int level)
{
    size_t size = strlen(walk->path), slash = size && walk->path[size - 1] != '/';
    struct dirent *entry;
    int result = 0;

    while (result == 0 && (entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (size + slash + strlen(entry->d_name) >= sizeof(walk->path)) {
            errno = ENAMETOOLONG;
            return -1;
        }
        strcpy(walk->path + size, slash ? "/" : "");
        strcat(walk->path + size, entry->d_name);
        result = visit(walk, level + 1);
        walk->path[size] = '\0';
    }
    return result;
}

static int visit(struct walk *walk, int level)
{
    struct stat about;
    int type = look(walk, &about), result = 0;
    char *slash = strrchr(walk->path, '/');
    struct FTW where = {.base = slash && slash[1] ? (int)(slash + 1 - walk->path) : 0,
                        .level = level};
    DIR *directory = NULL;

    if (level == 0)
        walk->device = about.st_dev;
    if (walk->flags & FTW_MOUNT && type != FTW_NS && about.st_dev != walk->device)
        return 0;
    if (type == FTW_D && !(directory = opendir(walk->path)))
        type = FTW_DNR;
    if (type != FTW_D || !(walk->flags & FTW_DEPTH))
        result = tell(walk, &about, type, &where);
    if (directory && result == 0)
        result = visit_names(walk, directory, level);
    if (type == FTW_D && walk->flags & FTW_DEPTH && result == 0)
        result = tell(walk, &about, FTW_DP, &where);
    if (directory)
        closedir(directory);
    return result;
}

static int start(struct walk *walk, const char *path)
{
    if (!*path || strlen(path) >= sizeof(walk->path)) {
        errno = *path ? ENAMETOOLONG : ENOENT;
        return -1;
    }
    strcpy(walk->path, path);
    if (access(path, F_OK) < 0 && !(walk->flags & FTW_PHYS))
        return -1;
    return visit(walk, 0);
}

int ftw(const char *path, int (*call)(const char *, const struct stat *, int), int handles)
{
    struct walk walk = {.one = call};

    (void)handles;
    return start(&walk, path);
}

int nftw(const char *path, int (*call)(const char *, const struct stat *, int, struct FTW *),
         int handles, int flags)
{
    struct walk walk = {.full = call, .flags = flags};

    (void)handles;
    if (flags & FTW_CHDIR) {
        errno = ENOTSUP;
        return -1;
    }
    return start(&walk, path);
}
