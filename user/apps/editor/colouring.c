/*
 * The colours of a text that is edited: see colouring.h. No locks.
 * states[0, count) are those at the beginnings of the first lines. Those from `dirty` + 1 on may be wrong
 * after a change: lines [dirty, dirty_end] are others now. As soon as a line behind them begins with the
 * state that it had, all that follow are right again.
 */
#include "user/apps/editor/colouring.h"

#include <stdlib.h>
#include <string.h>

#define SLICE     ((size_t)64 << 10) /* bytes that are looked at in one go */
#define LINE_COST 16u                /* bytes that a line counts for */
#define NONE      ((size_t)-1)

struct colouring {
    struct text_buffer *buffer;
    enum language language;
    uint64_t *states; /* NULL: no memory, then all is plain */
    size_t count, room;
    size_t dirty, dirty_end; /* NONE: all are right */
    size_t lines_was;
    size_t wanted; /* the last line that was asked for and is not known; NONE */
    size_t spent;  /* bytes of this slice */
};

static void forget(struct colouring *colouring)
{
    colouring->count = colouring->states != NULL;
    colouring->dirty = NONE;
}

static bool make_room(struct colouring *colouring, size_t count)
{
    if (count <= colouring->room)
        return true;
    size_t room = count + count / 2 + 256;
    uint64_t *more = realloc(colouring->states, room * sizeof(*more));
    if (more == NULL)
        return false;
    colouring->states = more;
    colouring->room = room;
    return true;
}

static bool is_right(const struct colouring *colouring, size_t line)
{
    return line < colouring->count && (colouring->dirty == NONE || line <= colouring->dirty);
}

bool colouring_state(const struct colouring *colouring, size_t line, uint64_t *state)
{
    if (!is_right(colouring, line))
        return false;
    *state = colouring->states[line];
    return true;
}

/* ---- going on -------------------------------------------------------------------------------- */
static uint64_t state_behind(struct colouring *colouring, size_t line)
{
    size_t size;
    const char *text = text_buffer_line(colouring->buffer, line, &size);
    colouring->spent += (size < LEXER_LINE ? size : LEXER_LINE) + LINE_COST;
    return lexer_line(colouring->language, colouring->states[line], text, size, NULL);
}

/* One line more of what a change has touched. */
static void look_again(struct colouring *colouring)
{
    size_t line = colouring->dirty, next = line + 1;
    uint64_t state = next < colouring->count ? state_behind(colouring, line) : 0;
    bool same = next >= colouring->count || colouring->states[next] == state;
    if (same && (line >= colouring->dirty_end || next >= colouring->count)) {
        colouring->dirty = NONE;
        return;
    }
    colouring->states[next] = state;
    colouring->dirty = next;
    if (!same && colouring->dirty_end < next)
        colouring->dirty_end = next;
}

/* One line more; false: there is no memory. */
static bool advance(struct colouring *colouring)
{
    if (colouring->dirty != NONE) {
        look_again(colouring);
        return true;
    }
    if (!make_room(colouring, colouring->count + 1))
        return false;
    colouring->states[colouring->count] = state_behind(colouring, colouring->count - 1);
    colouring->count++;
    return true;
}

static bool reach(struct colouring *colouring, size_t line)
{
    if (line >= text_buffer_lines(colouring->buffer))
        line = text_buffer_lines(colouring->buffer) - 1;
    while (!is_right(colouring, line) && colouring->spent < SLICE)
        if (!advance(colouring))
            return true; /* as good as it gets */
    return is_right(colouring, line);
}

bool colouring_step(struct colouring *colouring)
{
    colouring->spent = 0;
    if (colouring->wanted == NONE || reach(colouring, colouring->wanted))
        colouring->wanted = NONE;
    colouring->spent = 0;
    return colouring->wanted != NONE;
}

bool colouring_line(struct colouring *colouring, size_t line, uint8_t *styles, size_t size)
{
    size_t length;
    if (colouring->language == LANGUAGE_PLAIN || colouring->states == NULL)
        return true;
    bool right = is_right(colouring, line) || (colouring->wanted == NONE && reach(colouring, line));
    uint64_t state = line < colouring->count ? colouring->states[line] : 0;
    const char *text = text_buffer_line(colouring->buffer, line, &length);
    lexer_line(colouring->language, state, text, length < size ? length : size, styles);
    if (right)
        colouring->spent = 0;
    else
        colouring->wanted = line;
    return right;
}

/* ---- changes of the text --------------------------------------------------------------------- */
/* `removed` lines behind `line` became `added` ones. False: nothing is known behind it. */
static bool move_states(struct colouring *colouring, size_t line, size_t removed, size_t added)
{
    size_t from = line + 1 + removed, to = line + 1 + added;
    if (from >= colouring->count || !make_room(colouring, colouring->count - from + to))
        return false;
    memmove(colouring->states + to, colouring->states + from, (colouring->count - from) * sizeof(uint64_t));
    for (size_t i = line + 1; i < to; i++)
        colouring->states[i] = 0;
    colouring->count = colouring->count - from + to;
    return true;
}

static void make_dirty(struct colouring *colouring, size_t line, size_t removed, size_t added)
{
    size_t end = line + added;
    if (colouring->dirty == NONE) {
        colouring->dirty = line;
        colouring->dirty_end = end;
        return;
    }
    size_t old = colouring->dirty_end;
    old = old <= line ? old : old > line + removed ? old - removed + added : end;
    colouring->dirty = colouring->dirty < line ? colouring->dirty : line;
    colouring->dirty_end = old > end ? old : end;
}

static void buffer_changed(struct text_buffer *buffer, size_t at, size_t removed, size_t added, void *context)
{
    (void)removed;
    struct colouring *colouring = context;
    size_t lines = text_buffer_lines(buffer), line = text_buffer_line_of(buffer, at);
    size_t lines_added = text_buffer_line_of(buffer, at + added) - line;
    size_t lines_removed = lines_added + colouring->lines_was - lines;
    colouring->lines_was = lines;
    if (line + 1 >= colouring->count)
        return;
    if (move_states(colouring, line, lines_removed, lines_added)) {
        make_dirty(colouring, line, lines_removed, lines_added);
        return;
    }
    colouring->count = line + 1;
    if (colouring->dirty != NONE && colouring->dirty >= line)
        colouring->dirty = NONE;
}

void colouring_set_language(struct colouring *colouring, enum language language)
{
    if (colouring->language == language)
        return;
    colouring->language = language;
    colouring->wanted = NONE;
    forget(colouring);
}

enum language colouring_language(const struct colouring *colouring)
{
    return colouring->language;
}

struct colouring *colouring_new(struct text_buffer *buffer)
{
    struct colouring *colouring = calloc(1, sizeof(*colouring));
    if (colouring == NULL || text_buffer_listen(buffer, buffer_changed, colouring) != 0) {
        free(colouring);
        return NULL;
    }
    colouring->buffer = buffer;
    colouring->wanted = colouring->dirty = NONE;
    colouring->lines_was = text_buffer_lines(buffer);
    if (make_room(colouring, 1))
        colouring->states[0] = 0;
    forget(colouring);
    return colouring;
}

void colouring_end(struct colouring *colouring)
{
    if (colouring == NULL)
        return;
    text_buffer_unlisten(colouring->buffer, buffer_changed, colouring);
    free(colouring->states);
    free(colouring);
}
