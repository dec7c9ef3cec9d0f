/* Reading directories: the kernel's entries are struct dirent as they come. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fastos/abi/files.h>

#include "user/libc/libc.h"

_Static_assert(offsetof(struct dirent, d_name) == ABI_DIRENT_NAME
                   && offsetof(struct dirent, d_off) == offsetof(struct abi_dirent, next)
                   && offsetof(struct dirent, d_reclen) == offsetof(struct abi_dirent, length)
                   && offsetof(struct dirent, d_type) == offsetof(struct abi_dirent, type),
               "struct dirent");

struct __directory {
    int fd;
    unsigned lock;
    long position; /* of the next entry, for telldir */
    size_t at, size;
    _Alignas(8) char entries[4096];
};

DIR *fdopendir(int fd)
{
    struct stat about;
    DIR *directory;

    if (fstat(fd, &about) < 0)
        return NULL;
    if (!S_ISDIR(about.st_mode)) {
        errno = ENOTDIR;
        return NULL;
    }
    directory = calloc(1, sizeof(*directory));
    if (directory)
        directory->fd = fd;
    return directory;
}

DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : calloc(1, sizeof(*directory));

    if (directory)
        directory->fd = fd;
    else if (fd >= 0)
        close(fd);
    return directory;
}

int closedir(DIR *directory)
{
    int result = close(directory->fd);

    free(directory);
    return result;
}

int dirfd(DIR *directory)
{
    return directory->fd;
}

struct dirent *readdir(DIR *directory)
{
    struct dirent *entry = NULL;

    word_lock(&directory->lock);
    if (directory->at >= directory->size) {
        long got = fastos_getdents(directory->fd, directory->entries, sizeof(directory->entries));

        directory->at = 0;
        directory->size = got > 0 ? (size_t)got : 0;
        (void)(got < 0 && checked(got));
    }
    if (directory->at < directory->size) {
        entry = (struct dirent *)&directory->entries[directory->at];
        directory->at += entry->d_reclen;
        directory->position = entry->d_off;
    }
    word_unlock(&directory->lock);
    return entry;
}

int readdir_r(DIR *restrict directory, struct dirent *restrict to, struct dirent **restrict result)
{
    int before = errno;

    errno = 0;
    struct dirent *entry = readdir(directory);
    int error = errno;

    errno = before;
    *result = NULL;
    if (entry) {
        memcpy(to, entry, offsetof(struct dirent, d_name) + strlen(entry->d_name) + 1);
        *result = to;
    }
    return entry ? 0 : error;
}

void seekdir(DIR *directory, long position)
{
    word_lock(&directory->lock);
    (void)lseek(directory->fd, position, SEEK_SET);
    directory->position = position;
    directory->at = directory->size = 0;
    word_unlock(&directory->lock);
}

void rewinddir(DIR *directory)
{
    seekdir(directory, 0);
}

long telldir(DIR *directory)
{
    return directory->position;
}
