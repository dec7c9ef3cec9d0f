/* Paths, lists of them, and text/uri-list (RFC 2483, RFC 8089). What comes back is the caller's to free;
   NULL: no memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

char *path_join(const char *folder, const char *name);
const char *path_name(const char *path); /* its last part; "/" of the root */
char *path_folder(const char *path);     /* what that lies in; of the root itself */
/* The same with a number in front of its ending: "a.txt", 2 → "a (2).txt". At most 255 bytes. */
char *path_numbered(const char *path, unsigned number, bool is_folder);
/* "~/x", "x/../y", "//x" → an absolute path without "." and ".."; relative ones begin at `folder`. */
char *path_clean(const char *folder, const char *path);
bool path_within(const char *path, const char *folder); /* it is it, or lies in it; both clean */
/* Whether a file may be called so: not empty, no '/', not "." or "..", at most 255 bytes. */
bool path_name_is_good(const char *name);

struct names {
    char **items;
    size_t count;
};
int names_add(struct names *names, const char *name); /* 0, -ENOMEM */
void names_free(struct names *names);
/* All in it but "." and "..", by strcmp. 0 or negative errno; then there are none. */
int names_of_folder(struct names *names, const char *folder);

/* %-escapes all but RFC 3986's unreserved characters and '/'. */
char *uri_escape(const char *path);
char *uri_unescape(const char *text, size_t size); /* NULL also when it is malformed or has a 0 */
/* file:///… of this machine. NULL: it is another kind of address. */
char *path_of_uri(const char *uri, size_t size);
/* A line for each. `cut`: the first is a comment that says so; other programs pass over it. */
char *uris_of_names(const struct names *names, bool cut);
int names_of_uris(struct names *names, const char *bytes, size_t size, bool *cut); /* 0, -ENOMEM */
