/* Files: a new one is written beside the old one and takes its name when it is on the disk. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/edit/edit.h"

static bool no_end;      /* the last line had no line break */
static bool break_alone; /* the file was nothing but one */

int file_read(const char *path, bool *is_new)
{
    static char piece[64 * 1024];
    struct place end = {0, 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;
    ssize_t now;

    text_clear();
    no_end = break_alone = false;
    *is_new = fd < 0 && errno == ENOENT;
    if (fd < 0)
        return *is_new ? 0 : errno;
    while ((now = read(fd, piece, sizeof(piece))) > 0)
        end = text_insert(end, piece, (size_t)now);
    if (now < 0)
        error = errno;
    close(fd);
    if (text.count > 1 && text.lines[text.count - 1].size == 0)
        text_delete((struct place){text.count - 2, text.lines[text.count - 2].size}, 1);
    else
        no_end = text.count > 1 || text.lines[0].size > 0;
    break_alone = end.row == 1 && text.count == 1 && text.lines[0].size == 0;
    text_forget();
    text.changed = false;
    return error;
}

static int write_lines(FILE *file, size_t *bytes)
{
    *bytes = 0;
    for (size_t i = 0; i < text.count; i++) {
        bool last = i + 1 == text.count;

        *bytes += fwrite(text.lines[i].bytes, 1, text.lines[i].size, file);
        if (!last || (!no_end && (text.count > 1 || text.lines[0].size > 0 || break_alone)))
            *bytes += putc('\n', file) != EOF;
    }
    errno = 0;
    if (fflush(file) || ferror(file))
        return errno ? errno : EIO;
    return fsync(fileno(file)) && errno != EINVAL && errno != EROFS ? errno : 0;
}

static int write_to(const char *path, mode_t mode, int flags, size_t *bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode), error;
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

    if (!file)
        return errno;
    error = write_lines(file, bytes);
    if (fclose(file) && !error)
        error = errno;
    return error;
}

int file_write(const char *path, size_t *bytes)
{
    char real[PATH_MAX], beside[PATH_MAX + 8];
    struct stat about;
    bool there = stat(path, &about) == 0;
    int error;

    if (there && (!realpath(path, real) || snprintf(beside, sizeof(beside), "%s.new~", real) < 0))
        return errno;
    /* Another name must stay one of the same file; a device is none. */
    if (!there || about.st_nlink > 1 || !S_ISREG(about.st_mode)) {
        error = write_to(path, 0666, O_TRUNC, bytes);
    } else {
        (void)unlink(beside);
        error = write_to(beside, about.st_mode & 0777, O_EXCL, bytes);
        if (error == EACCES || error == EPERM || error == ENAMETOOLONG) {
            error = write_to(path, 0666, O_TRUNC, bytes);
        } else if (!error) {
            (void)!chown(beside, about.st_uid, about.st_gid);
            (void)chmod(beside, about.st_mode & 07777);
            error = rename(beside, real) ? errno : 0;
        }
        if (error)
            (void)unlink(beside);
    }
    if (!error)
        text.changed = false;
    return error;
}
