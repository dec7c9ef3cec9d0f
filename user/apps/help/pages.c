/* Reads the pages at the start, all of them: they are some 200 KB, and the search wants them. */
#include "user/apps/help/pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/apps/help/markdown.h"

#define PAGES_MOST 500u
#define CODE_MOST  99

/* ---- reading ---------------------------------------------------------------------------------------- */
static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(MD_MOST + 1) : NULL;

    *size = text ? fread(text, 1, MD_MOST, file) : 0;
    if (file)
        fclose(file);
    char *exact = text ? realloc(text, *size + 1) : NULL;
    if (!exact) {
        free(text);
        return NULL;
    }
    exact[*size] = 0;
    return exact;
}

static char *title_of(const struct page *page)
{
    struct md md;
    char title[200] = "";

    if (md_read(&md, page->text, page->size) == 0) {
        for (size_t i = 0; i < md.count && !*title; i++)
            if (md.blocks[i].kind == MD_HEADING)
                md_block_text(&md, &md.blocks[i], title, sizeof(title));
        md_end(&md);
    }
    return strdup(*title ? title : page->name);
}

static int add_page(struct pages *pages, const char *folder, const char *file)
{
    size_t length = strlen(file);
    char path[512];

    if (length < 4 || strcmp(file + length - 3, ".md") != 0)
        return 0;
    if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, file) >= sizeof(path))
        return 0;
    struct page *larger = realloc(pages->items, (pages->count + 1) * sizeof(*larger));
    if (!larger)
        return -ENOMEM;
    pages->items = larger;
    struct page *page = &larger[pages->count++];
    *page = (struct page){.name = strndup(file, length - 3)};
    page->text = read_file(path, &page->size);
    page->title = page->name && page->text ? title_of(page) : NULL;
    return page->title ? 0 : -ENOMEM;
}

static int compare(const void *a, const void *b)
{
    const struct page *first = a, *second = b;
    int readme = (strcmp(second->name, "README") == 0) - (strcmp(first->name, "README") == 0);

    return readme ? readme : strcmp(first->name, second->name);
}

int pages_load(struct pages *pages, const char *folder)
{
    DIR *dir = opendir(folder);
    int error = 0;

    *pages = (struct pages){0};
    if (!dir)
        return -errno;
    for (struct dirent *entry; !error && pages->count < PAGES_MOST && (entry = readdir(dir)) != NULL;)
        error = add_page(pages, folder, entry->d_name);
    closedir(dir);
    if (!error && pages->count == 0)
        error = -ENOENT;
    if (!error)
        qsort(pages->items, pages->count, sizeof(*pages->items), compare);
    return error;
}

void pages_end(struct pages *pages)
{
    for (size_t i = 0; i < pages->count; i++) {
        free(pages->items[i].name);
        free(pages->items[i].title);
        free(pages->items[i].text);
    }
    free(pages->items);
    *pages = (struct pages){0};
}

/* ---- finding ---------------------------------------------------------------------------------------- */
static size_t skip(const char *name, size_t size, const char *start)
{
    size_t length = strlen(start);

    return size >= length && memcmp(name, start, length) == 0 ? length : 0;
}

size_t pages_find(const struct pages *pages, const char *name, size_t size)
{
    static const char *const starts[] = {"./", "../", "docs/"};

    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
        size_t used = skip(name, size, starts[i]);
        name += used;
        size -= used;
    }
    if (size > 3 && memcmp(name + size - 3, ".md", 3) == 0)
        size -= 3;
    for (size_t i = 0; i < pages->count; i++)
        if (strlen(pages->items[i].name) == size && memcmp(pages->items[i].name, name, size) == 0)
            return i;
    return PAGES_NONE;
}

static bool has(const char *line, size_t size, const char *words, size_t length)
{
    for (size_t i = 0; i + length <= size; i++)
        if (strncasecmp(line + i, words, length) == 0)
            return true;
    return false;
}

static size_t search_page(const struct page *page, size_t number, const char *words, struct hit *hits,
                          size_t most)
{
    const char *at = page->text, *end = page->text + page->size;
    size_t found = 0, length = strlen(words);

    for (uint32_t line = 1; at < end && found < most; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        while (at < stop && *at == ' ')
            at++;
        if (has(at, (size_t)(stop - at), words, length))
            hits[found++] = (struct hit){number, line, at, (size_t)(stop - at)};
        at = stop + 1;
    }
    return found;
}

size_t pages_search(const struct pages *pages, const char *words, struct hit *hits, size_t most)
{
    size_t found = 0;

    if (!*words)
        return 0;
    for (size_t i = 0; i < pages->count && found < most; i++)
        found += search_page(&pages->items[i], i, words, hits + found, most - found);
    return found;
}

/* ---- code as files ---------------------------------------------------------------------------------- */
static const char *suffix(const char *language)
{
    if (strcmp(language, "c") == 0)
        return "c";
    return strcmp(language, "sh") == 0 || strcmp(language, "bash") == 0 ? "sh" : "txt";
}

static int write_all(int fd, const char *text, size_t size)
{
    while (size) {
        ssize_t wrote = write(fd, text, size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return wrote < 0 ? -errno : -EIO;
        text += wrote;
        size -= (size_t)wrote;
    }
    return 0;
}

static int create(const char *folder, const char *name, const char *end, char *path, size_t path_size)
{
    for (int i = 1; i <= CODE_MOST; i++) {
        char number[16] = "";

        if (i > 1)
            snprintf(number, sizeof(number), "-%d", i);
        if ((size_t)snprintf(path, path_size, "%s/%s%s.%s", folder, name, number, end) >= path_size)
            return -ENAMETOOLONG;
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd >= 0 || errno != EEXIST)
            return fd >= 0 ? fd : -errno;
    }
    return -EEXIST;
}

int pages_write_code(const char *folder, const char *name, const char *language, const char *text,
                     size_t size, char *path, size_t path_size)
{
    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        return -errno;
    int fd = create(folder, name, suffix(language), path, path_size);
    if (fd < 0)
        return fd;
    int error = write_all(fd, text, size);
    if (close(fd) != 0 && !error)
        error = -errno;
    if (error)
        unlink(path);
    return error;
}
