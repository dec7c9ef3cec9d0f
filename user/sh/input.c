/* Where commands come from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/sh/sh.h"

int input_get(struct input *input)
{
    int c;

    if (input->pushed_count)
        return input->pushed[--input->pushed_count];
    while (input->inserted) {
        if (*input->inserted->at)
            return (unsigned char)*input->inserted->at++;
        input->inserted = input->inserted->next;
    }
    if (input->ended)
        return EOF;
    c = input->next(input);
    if (c == '\n')
        input->line++;
    if (c == EOF)
        input->ended = true;
    return c;
}

void input_unget(struct input *input, int c)
{
    input->pushed[input->pushed_count++] = c;
}

void input_insert(struct input *input, struct arena *arena, const char *text)
{
    struct inserted *inserted = arena_alloc(arena, sizeof(*inserted));
    struct buffer all = buffer_in(arena);

    buffer_string(&all, text);
    buffer_add(&all, ' ');
    while (input->pushed_count)
        buffer_add(&all, (char)input->pushed[--input->pushed_count]);
    inserted->at = all.text;
    inserted->next = input->inserted;
    input->inserted = inserted;
}

/* ---- strings --------------------------------------------------------------------------------- */

static int next_of_string(struct input *input)
{
    const char *at = input->source;

    if (!*at)
        return EOF;
    input->source = (void *)(at + 1);
    return (unsigned char)*at;
}

struct input *input_of_string(struct arena *arena, const char *text)
{
    struct input *input = arena_alloc(arena, sizeof(*input));

    *input = (struct input){.next = next_of_string, .source = (void *)text, .line = 1};
    return input;
}

/* ---- files: byte by byte when they cannot be sought, as commands read on where we stop ----------
 */

struct file_source {
    int fd;
    size_t at, filled;
    size_t ahead; /* how much is read at a time */
    char bytes[1024];
};

static int next_of_file(struct input *input)
{
    struct file_source *source = input->source;
    ssize_t got;

    if (source->at < source->filled)
        return (unsigned char)source->bytes[source->at++];
    do
        got = read(source->fd, source->bytes, source->ahead);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return EOF;
    source->at = 1;
    source->filled = (size_t)got;
    return (unsigned char)source->bytes[0];
}

struct input *input_of_file(struct arena *arena, int fd)
{
    struct input *input = arena_alloc(arena, sizeof(*input));
    struct file_source *source = arena_alloc(arena, sizeof(*source));

    source->fd = fd;
    source->ahead = fd == STDIN_FILENO ? 1 : sizeof(source->bytes);
    *input = (struct input){.next = next_of_file, .source = source, .line = 1};
    return input;
}

/* ---- terminals ------------------------------------------------------------------------------- */

struct terminal_source {
    char *line; /* malloc's */
    size_t at;
};

static int next_of_terminal(struct input *input)
{
    struct terminal_source *source = input->source;

    if (!source->line || !source->line[source->at]) {
        struct arena arena = {0};
        const char *template = variable_get(input->continued ? "PS2" : "PS1");

        free(source->line);
        if (!input->continued)
            jobs_notify();
        source->at = 0;
        source->line = editor_read(prompt_text(&arena, template ? template : "$ "));
        arena_free(&arena);
        if (!source->line)
            return EOF;
        input->continued = true;
    }
    return (unsigned char)source->line[source->at++];
}

struct input *input_of_terminal(struct arena *arena)
{
    struct input *input = arena_alloc(arena, sizeof(*input));

    *input = (struct input){
        .next = next_of_terminal,
        .source = arena_alloc(arena, sizeof(struct terminal_source)),
        .line = 1,
        .prompts = true,
    };
    return input;
}
