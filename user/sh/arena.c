#include "user/sh/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 4096

struct arena_piece {
    struct arena_piece *next;
};

void *xmalloc(size_t size)
{
    void *memory = malloc(size ? size : 1);

    if (!memory) {
        fputs("sh: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

void *xrealloc(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);

    if (!memory) {
        fputs("sh: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

char *xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(xmalloc(size), text, size);
}

static void add_piece(struct arena *arena, size_t size)
{
    size_t bytes = size > PIECE ? size : PIECE;
    struct arena_piece *piece = xmalloc(sizeof(*piece) + 8 + bytes);

    piece->next = arena->pieces;
    arena->pieces = piece;
    arena->at = (char *)piece + 16;
    arena->left = bytes;
}
_Static_assert(sizeof(struct arena_piece) <= 8, "what lies behind it is aligned to 16");

void *arena_alloc(struct arena *arena, size_t size)
{
    void *memory;

    size = (size + 15) & ~(size_t)15;
    if (size > arena->left)
        add_piece(arena, size);
    memory = arena->at;
    arena->at += size;
    arena->left -= size;
    return memset(memory, 0, size);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);

    return memcpy(copy, text, length);
}

char *arena_string(struct arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text));
}

void arena_free(struct arena *arena)
{
    while (arena->pieces) {
        struct arena_piece *piece = arena->pieces;

        arena->pieces = piece->next;
        free(piece);
    }
    *arena = (struct arena){0};
}

struct buffer buffer_in(struct arena *arena)
{
    return (struct buffer){.arena = arena, .text = arena_alloc(arena, 32), .room = 32};
}

static void make_room(struct buffer *buffer, size_t more)
{
    size_t room = buffer->room;

    while (buffer->length + more + 1 > room)
        room *= 2;
    if (room == buffer->room)
        return;
    char *text = arena_alloc(buffer->arena, room);

    memcpy(text, buffer->text, buffer->length);
    buffer->text = text;
    buffer->room = room;
}

void buffer_append(struct buffer *buffer, const char *text, size_t length)
{
    make_room(buffer, length);
    memcpy(buffer->text + buffer->length, text, length);
    buffer->length += length;
    buffer->text[buffer->length] = '\0';
}

void buffer_add(struct buffer *buffer, char c)
{
    buffer_append(buffer, &c, 1);
}

void buffer_string(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}
