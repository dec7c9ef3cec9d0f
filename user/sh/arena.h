/* Memory that goes all at once. */
#pragma once

#include <stddef.h>

struct arena {
    struct arena_piece *pieces;
    char *at;
    size_t left;
};

void *arena_alloc(struct arena *arena, size_t size); /* zeroed; ends the shell when there is none */
char *arena_copy(struct arena *arena, const char *text, size_t length); /* terminated */
char *arena_string(struct arena *arena, const char *text);
void arena_free(struct arena *arena);

/* Text that grows. */
struct buffer {
    struct arena *arena;
    char *text; /* always terminated */
    size_t length, room;
};

struct buffer buffer_in(struct arena *arena);
void buffer_add(struct buffer *buffer, char c);
void buffer_append(struct buffer *buffer, const char *text, size_t length);
void buffer_string(struct buffer *buffer, const char *text);

/* malloc's, which end the shell when there is no memory. */
void *xmalloc(size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
