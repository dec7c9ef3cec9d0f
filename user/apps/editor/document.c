/*
 * Text files: document_load or document_begin → (document_changed_on_disk) → document_save. No locks.
 * Saving: write a new file, fsync, rename over the old one (POSIX rename: one or the other is always there),
 * fsync its folder.
 */
#include "user/apps/editor/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_all(int file, char *to, size_t size, size_t *got)
{
    *got = 0;
    while (*got < size) {
        ssize_t count = read(file, to + *got, size - *got);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -errno;
        if (count == 0)
            break;
        *got += (size_t)count;
    }
    return 0;
}

static int write_all(int file, const char *from, size_t size)
{
    while (size > 0) {
        ssize_t count = write(file, from, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count < 0 ? -errno : -EIO;
        from += count;
        size -= (size_t)count;
    }
    return 0;
}

static struct file_stamp stamp_of(const struct stat *status)
{
    return (struct file_stamp){ status->st_size, status->st_mtim, status->st_ino };
}

static bool is_same(struct file_stamp a, struct file_stamp b)
{
    return a.size == b.size && a.number == b.number && a.changed.tv_sec == b.changed.tv_sec &&
           a.changed.tv_nsec == b.changed.tv_nsec;
}

static void remember(struct document *document, const char *path, const struct stat *status)
{
    if (path != document->path)
        snprintf(document->path, sizeof(document->path), "%s", path);
    document->then = document->told = stamp_of(status);
}

static int check(const struct stat *status)
{
    if (S_ISDIR(status->st_mode))
        return -EISDIR;
    if (!S_ISREG(status->st_mode))
        return -EINVAL;
    return (unsigned long long)status->st_size > DOCUMENT_MOST ? -EFBIG : 0;
}

/* The whole file in new memory. */
static int read_file(const char *path, struct stat *status, char **bytes, size_t *size)
{
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return -errno;
    int error = fstat(file, status) != 0 ? -errno : check(status);
    *bytes = error == 0 ? malloc((size_t)status->st_size + 1) : NULL;
    if (error == 0)
        error = *bytes == NULL ? -ENOMEM : read_all(file, *bytes, (size_t)status->st_size, size);
    close(file);
    if (error != 0)
        free(*bytes);
    return error;
}

int document_load(struct document *document, const char *path, struct text_buffer *buffer)
{
    struct stat status;
    char *bytes = NULL, *text = NULL;
    size_t size = 0, text_size = 0;
    if (strlen(path) >= sizeof(document->path))
        return -ENAMETOOLONG;
    int error = read_file(path, &status, &bytes, &size);
    if (error != 0)
        return error;
    enum encoding encoding = encoding_detect(bytes, size);
    error = encoding_decode(encoding, bytes, size, &text, &text_size);
    free(bytes);
    if (error != 0)
        return error;
    error = text_buffer_load(buffer, text, text_size);
    if (error == 0) {
        document->encoding = encoding;
        document->ends = line_ends_detect(text, text_size);
        remember(document, path, &status);
    }
    free(text);
    return error;
}

int document_begin(struct document *document, const char *path, struct text_buffer *buffer)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX];
    struct stat status;
    if (strlen(path) >= sizeof(document->path))
        return -ENAMETOOLONG;
    strcpy(folder, slash != NULL ? path : ".");
    if (slash != NULL)
        folder[slash - path + 1] = 0;
    if (stat(folder, &status) != 0)
        return -errno;
    int error = text_buffer_load(buffer, "", 0);
    if (error == 0) {
        document->encoding = ENCODING_UTF8;
        document->ends = line_ends_detect("", 0);
        remember(document, path, &(struct stat){0});
    }
    return error;
}

/* The new file beside the old one, on the disk when it returns. Taken away again when that fails. */
static int write_temporary(char *name, const struct stat *old, const char *bytes, size_t size,
                           struct stat *status)
{
    int file = mkstemp(name);
    if (file < 0)
        return -errno;
    int error = write_all(file, bytes, size);
    if (error == 0 && old->st_uid != geteuid()) /* only root can; else it is who saved it */
        (void)!fchown(file, old->st_uid, old->st_gid);
    if (error == 0 &&
        (fchmod(file, old->st_mode & 07777) != 0 || fsync(file) != 0 || fstat(file, status) != 0))
        error = -errno;
    if (close(file) != 0 && error == 0)
        error = -errno;
    if (error != 0)
        unlink(name);
    return error;
}

/* A new one is its writer's. */
static struct stat owner_of(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        status = (struct stat){ .st_mode = 0644, .st_uid = geteuid(), .st_gid = getegid() };
    return status;
}

/* The folder's entry, too, is on the disk when it returns. A file system that cannot do it says EINVAL. */
static int sync_folder(char *target)
{
    char *slash = strrchr(target, '/');
    const char *folder = slash == NULL ? "." : slash == target ? "/" : target;
    if (slash != NULL && slash != target)
        *slash = 0;
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    int error = fsync(file) != 0 && errno != EINVAL ? -errno : 0;
    close(file);
    return error;
}

static int replace_file(const char *path, const char *bytes, size_t size, struct stat *status)
{
    char target[PATH_MAX], name[PATH_MAX + 8];
    if (realpath(path, target) == NULL) /* new: there is no link to follow */
        snprintf(target, sizeof(target), "%s", path);
    snprintf(name, sizeof(name), "%s.XXXXXX", target);
    struct stat old = owner_of(target);
    int error = write_temporary(name, &old, bytes, size, status);
    if (error == 0 && rename(name, target) != 0) {
        error = -errno;
        unlink(name);
    }
    return error == 0 ? sync_folder(target) : error;
}

int document_save(struct document *document, const char *path, struct text_buffer *buffer)
{
    struct stat status;
    size_t size = text_buffer_size(buffer), count = 0;
    char *bytes = NULL;
    if (strlen(path) >= sizeof(document->path))
        return -ENAMETOOLONG;
    char *text = malloc(size + 1);
    if (text == NULL)
        return -ENOMEM;
    text_buffer_copy(buffer, 0, size, text);
    int error = encoding_encode(document->encoding, text, size, &bytes, &count);
    if (error == 0) {
        error = replace_file(path, bytes, count, &status);
        free(bytes);
    }
    if (error == 0) {
        document->ends = line_ends_detect(text, size);
        remember(document, path, &status);
        text_buffer_saved(buffer);
    }
    free(text);
    return error;
}

bool document_changed_on_disk(const struct document *document)
{
    struct stat status;
    if (document->path[0] == 0)
        return false;
    if (stat(document->path, &status) != 0)
        return document->then.number != 0; /* else it was not there before either */
    return !is_same(document->then, stamp_of(&status));
}

bool document_is_news(struct document *document)
{
    struct stat status;
    if (document->path[0] == 0 || stat(document->path, &status) != 0)
        return false;
    struct file_stamp now = stamp_of(&status);
    bool news = !is_same(document->then, now) && !is_same(document->told, now);
    document->told = now;
    return news;
}
