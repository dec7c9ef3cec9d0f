/* The folder of pages, what is written in them, and code from them as files. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct page {
    char *name;  /* "92-first-window" */
    char *title; /* its first heading, else the name */
    char *text;
    size_t size;
};
struct pages {
    struct page *items; /* README first, then by their names */
    size_t count;
};
struct hit {
    size_t page;
    uint32_t line;    /* from 1 */
    const char *text; /* of the page: the line, without spaces before it */
    size_t size;
};
#define PAGES_NONE ((size_t)-1)

/* All NAME.md of the folder. 0 or a negative errno; pages_end in any case. */
int pages_load(struct pages *pages, const char *folder);
void pages_end(struct pages *pages);
/* As a link has it: "../docs/NAME.md", "NAME" with or without the folder of documents. PAGES_NONE. */
size_t pages_find(const struct pages *pages, const char *name, size_t size);
/* Lines that have `words` in them, whatever case ASCII's letters have. Returns how many of `most`. */
size_t pages_search(const struct pages *pages, const char *words, struct hit *hits, size_t most);
/* Writes folder/NAME.c (sh, txt; by `language`), or NAME-2.c … up to 99: what is there stays. The folder is
   made when there is none. 0 and its path, or a negative errno. */
int pages_write_code(const char *folder, const char *name, const char *language, const char *text,
                     size_t size, char *path, size_t path_size);
