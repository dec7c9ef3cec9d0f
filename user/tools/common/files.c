/* Bytes, lines and names out of files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/tool.h"

int write_all(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t done = write(fd, at, size);

        if (done < 0 && errno != EINTR)
            return -1;
        if (done > 0) {
            at += done;
            size -= (size_t)done;
        }
    }
    return 0;
}

int copy_bytes(int from, int to)
{
    static char chunk[CHUNK];

    for (;;) {
        ssize_t got = read(from, chunk, sizeof(chunk));

        if (got == 0)
            return 0;
        if (got < 0 && errno != EINTR)
            return 1;
        if (got > 0 && write_all(to, chunk, (size_t)got))
            return 2;
    }
}

int read_directory(const char *path, struct list *names)
{
    DIR *directory = opendir(path);

    if (!directory)
        return -1;
    errno = 0;
    for (struct dirent *entry; (entry = readdir(directory));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            list_add(names, take_copy(entry->d_name));
    int error = errno;

    closedir(directory);
    list_sort(names);
    errno = error;
    return error ? -1 : 0;
}

char *read_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t room = 4096, size = 0;
    ssize_t got;

    if (fd < 0)
        return NULL;
    char *text = take(room + 1);

    while ((got = read(fd, text + size, room - size)) > 0) {
        size += (size_t)got;
        if (size == room)
            text = take_more(text, (room *= 2) + 1);
    }
    int error = errno;

    close(fd);
    text[size] = '\0';
    if (got == 0)
        return text;
    free(text);
    errno = error;
    return NULL;
}

int open_input(const char *path)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        failed("%s", path);
    return fd;
}

static int one_input(const char *path, int (*work)(FILE *file, const char *name))
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "r");

    if (!file)
        return failed("%s", path);
    int status = work(file, path);

    if (ferror(file))
        status |= failed("%s", path);
    if (!standard)
        fclose(file);
    return status;
}

int each_input(struct words *words, int (*work)(FILE *file, const char *name))
{
    int status = 0;

    if (words->count == 0)
        status = one_input("-", work);
    for (int i = 0; i < words->count; i++)
        status |= one_input(words->at[i], work);
    return status | finish_output();
}

char *next_line(FILE *file, size_t *length, bool *had_end)
{
    static char *line;
    static size_t room;
    ssize_t got = getline(&line, &room, file);

    if (got <= 0)
        return NULL;
    bool ended = line[got - 1] == '\n';

    if (ended)
        line[--got] = '\0';
    if (had_end)
        *had_end = ended;
    if (length)
        *length = (size_t)got;
    return line;
}
