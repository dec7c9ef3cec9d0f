/* Reading files and folders. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

bool folder_read(const char *path, struct names *names)
{
    DIR *folder = opendir(path);
    struct dirent *entry;

    *names = (struct names){0};
    if (!folder) {
        complain_of(path);
        return false;
    }
    while (errno = 0, (entry = readdir(folder)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            names_add(names, copy_of(entry->d_name));
    if (errno)
        complain_of(path);
    closedir(folder);
    names_sort(names);
    return true;
}

FILE *file_of(const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    struct stat about;

    if (file && fstat(fileno(file), &about) == 0 && S_ISDIR(about.st_mode)) {
        file_done(file);
        file = NULL;
        errno = EISDIR;
    }
    if (!file)
        complain_of(path);
    return file;
}

void file_done(FILE *file)
{
    if (file != stdin)
        fclose(file);
}

void each_file(int count, char **words, int from, void (*run)(FILE *file, const char *path))
{
    if (from >= count)
        run(stdin, "-");
    for (int i = from; i < count; i++) {
        FILE *file = file_of(words[i]);

        if (!file)
            continue;
        run(file, words[i]);
        if (ferror(file))
            complain_of(words[i]);
        file_done(file);
    }
}

ssize_t line_of(FILE *file, char **line, size_t *room, bool *ended)
{
    size_t size = 0;
    int c;

    while ((c = getc(file)) != EOF && c != '\n') {
        if (size + 2 > *room)
            *line = enlarge(*line, *room = (size + 2) * 2);
        (*line)[size++] = (char)c;
    }
    if (c == EOF && size == 0)
        return -1;
    if (size + 1 > *room)
        *line = enlarge(*line, *room = 64);
    (*line)[size] = 0;
    if (ended)
        *ended = c == '\n';
    return (ssize_t)size;
}

char *file_text(const char *path, size_t *size)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t room = 0, now = 0, more;

    if (!file)
        return NULL;
    do {
        if (now + 1 >= room)
            text = enlarge(text, room = room ? room * 2 : 4096);
        more = fread(text + now, 1, room - now - 1, file);
        now += more;
    } while (more > 0);
    fclose(file);
    text[now] = 0;
    if (size)
        *size = now;
    return text;
}

bool write_all(int fd, const void *bytes, size_t size)
{
    const char *from = bytes;

    while (size > 0) {
        ssize_t now = write(fd, from, size);

        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0)
            return false;
        from += now;
        size -= (size_t)now;
    }
    return true;
}

const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

char *target_of(const char *from, const char *to)
{
    struct stat about;
    char *plain, *target;
    size_t size;

    if (stat(to, &about) || !S_ISDIR(about.st_mode))
        return copy_of(to);
    plain = copy_of(from);
    size = strlen(plain);
    while (size > 1 && plain[size - 1] == '/')
        plain[--size] = 0;
    target = path_in(to, last_part(plain));
    free(plain);
    return target;
}
