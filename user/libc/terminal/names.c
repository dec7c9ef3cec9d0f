/* Terminals' names: the device file that is the same device. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/libc/libc.h"

static int find_in(const char *folder, dev_t device, char *to, size_t size)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    struct stat about;
    int error = ENOTTY;

    while (directory && error == ENOTTY && (entry = readdir(directory))) {
        char path[NAME_MAX + 16];

        if (entry->d_type != DT_CHR && entry->d_type != DT_UNKNOWN)
            continue;
        if (strcmp(entry->d_name, "tty") == 0) /* stands for whichever is the session's */
            continue;
        int length = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);

        if (lstat(path, &about) < 0 || !S_ISCHR(about.st_mode) || about.st_rdev != device)
            continue;
        error = (size_t)length < size ? 0 : ERANGE;
        if (!error)
            strcpy(to, path);
    }
    if (directory)
        closedir(directory);
    return error;
}

int ttyname_r(int fd, char *to, size_t size)
{
    struct stat about;

    if (!isatty(fd) || fstat(fd, &about) < 0)
        return errno;
    int error = find_in("/dev/pts", about.st_rdev, to, size);

    return error == ENOTTY ? find_in("/dev", about.st_rdev, to, size) : error;
}

char *ttyname(int fd)
{
    static char name[NAME_MAX + 16];
    int error = ttyname_r(fd, name, sizeof(name));

    if (!error)
        return name;
    errno = error;
    return NULL;
}

char *ctermid(char *to)
{
    static char name[] = "/dev/tty";

    return to ? strcpy(to, name) : name;
}
