/*
 * Text that is edited. The bytes lie in a gap buffer: where one types is a hole, so that a letter moves
 * nothing. The index of lines is one too: beginnings before its gap count from the text's beginning, those
 * behind it from its end, so that a letter changes none of them.
 */
#include "user/libui/text_buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GAP_LEAST     4096u
#define UNDO_BYTES    (64u << 20) /* what undo keeps at most; the oldest goes */
#define JOIN_BYTES    64u         /* letters typed in a row that are one step */

struct change {
    size_t at, removed, added;
    char *bytes;  /* those removed, then those added */
    bool joined;  /* belongs to the same step as the one before */
};

struct listener {
    text_buffer_changed call;
    void *context;
};

struct text_buffer {
    char *bytes;
    size_t room, gap, gap_end; /* the gap is [gap, gap_end) */
    size_t *lines;             /* beginnings of all lines but the first */
    size_t lines_room, lines_gap, lines_gap_end;
    struct change *changes;
    size_t change_count, change_room, done; /* done: how many of them are in the text */
    size_t undo_bytes;
    size_t saved;              /* `done` when it was saved; -1: that state is gone */
    unsigned depth;            /* of groups */
    bool group_begun, new_step;
    char *line;                /* of text_buffer_line, where the gap lies in it */
    size_t line_room;
    struct listener listeners[TEXT_BUFFER_LISTENERS];
    unsigned listener_count;
};

/* ---- bytes ----------------------------------------------------------------------------------- */

size_t text_buffer_size(const struct text_buffer *buffer)
{
    return buffer->room - (buffer->gap_end - buffer->gap);
}

int text_buffer_byte(const struct text_buffer *buffer, size_t at)
{
    if (at >= text_buffer_size(buffer))
        return -1;
    return (unsigned char)buffer->bytes[at < buffer->gap ? at : at + (buffer->gap_end - buffer->gap)];
}

static size_t bounded(const struct text_buffer *buffer, size_t at)
{
    return at < text_buffer_size(buffer) ? at : text_buffer_size(buffer);
}

/* The bytes from `at` that lie together, at most `size`. */
static const char *piece(const struct text_buffer *buffer, size_t at, size_t *size)
{
    const size_t hole = buffer->gap_end - buffer->gap;

    if (at < buffer->gap) {
        if (*size > buffer->gap - at)
            *size = buffer->gap - at;
        return buffer->bytes + at;
    }
    if (*size > text_buffer_size(buffer) - at)
        *size = text_buffer_size(buffer) - at;
    return buffer->bytes + at + hole;
}

size_t text_buffer_copy(const struct text_buffer *buffer, size_t at, size_t size, char *to)
{
    size_t copied = 0;

    at = bounded(buffer, at);
    if (size > text_buffer_size(buffer) - at)
        size = text_buffer_size(buffer) - at;
    while (copied < size) {
        size_t part = size - copied;
        const char *from = piece(buffer, at + copied, &part);

        memcpy(to + copied, from, part);
        copied += part;
    }
    return size;
}

static void move_gap(struct text_buffer *buffer, size_t to)
{
    const size_t hole = buffer->gap_end - buffer->gap;

    if (to < buffer->gap)
        memmove(buffer->bytes + to + hole, buffer->bytes + to, buffer->gap - to);
    else if (to > buffer->gap)
        memmove(buffer->bytes + buffer->gap, buffer->bytes + buffer->gap_end, to - buffer->gap);
    buffer->gap = to;
    buffer->gap_end = to + hole;
}

static int make_gap(struct text_buffer *buffer, size_t size)
{
    const size_t hole = buffer->gap_end - buffer->gap, tail = buffer->room - buffer->gap_end;
    size_t room;
    char *bytes;

    if (size <= hole)
        return 0;
    room = buffer->room + size + GAP_LEAST + buffer->room / 8;
    bytes = realloc(buffer->bytes, room);
    if (!bytes)
        return -ENOMEM;
    memmove(bytes + room - tail, bytes + buffer->gap_end, tail);
    buffer->bytes = bytes;
    buffer->gap_end = room - tail;
    buffer->room = room;
    return 0;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static size_t starts_count(const struct text_buffer *buffer)
{
    return buffer->lines_room - (buffer->lines_gap_end - buffer->lines_gap);
}

size_t text_buffer_lines(const struct text_buffer *buffer)
{
    return starts_count(buffer) + 1;
}

size_t text_buffer_line_start(const struct text_buffer *buffer, size_t line)
{
    if (line == 0)
        return 0;
    line--;
    if (line >= starts_count(buffer))
        return text_buffer_size(buffer);
    if (line < buffer->lines_gap)
        return buffer->lines[line];
    return text_buffer_size(buffer) - buffer->lines[line + (buffer->lines_gap_end - buffer->lines_gap)];
}

size_t text_buffer_line_size(const struct text_buffer *buffer, size_t line)
{
    const size_t start = text_buffer_line_start(buffer, line);

    if (line >= starts_count(buffer))
        return text_buffer_size(buffer) - start;
    return text_buffer_line_start(buffer, line + 1) - 1 - start;
}

size_t text_buffer_line_of(const struct text_buffer *buffer, size_t at)
{
    size_t low = 0, high = starts_count(buffer); /* the line is in [low, high] */

    at = bounded(buffer, at);
    while (low < high) {
        const size_t middle = low + (high - low + 1) / 2;

        if (text_buffer_line_start(buffer, middle) <= at)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* Beginnings before the gap: `to` of them. Both kinds are counted for the text's size as it is now. */
static void move_lines_gap(struct text_buffer *buffer, size_t to)
{
    const size_t size = text_buffer_size(buffer);

    while (buffer->lines_gap > to)
        buffer->lines[--buffer->lines_gap_end] = size - buffer->lines[--buffer->lines_gap];
    while (buffer->lines_gap < to)
        buffer->lines[buffer->lines_gap++] = size - buffer->lines[buffer->lines_gap_end++];
}

static int make_lines_gap(struct text_buffer *buffer, size_t count)
{
    const size_t tail = buffer->lines_room - buffer->lines_gap_end;
    size_t room;
    size_t *lines;

    if (count <= buffer->lines_gap_end - buffer->lines_gap)
        return 0;
    room = buffer->lines_room + count + 256 + buffer->lines_room / 8;
    lines = realloc(buffer->lines, room * sizeof(*lines));
    if (!lines)
        return -ENOMEM;
    memmove(lines + room - tail, lines + buffer->lines_gap_end, tail * sizeof(*lines));
    buffer->lines = lines;
    buffer->lines_gap_end = room - tail;
    buffer->lines_room = room;
    return 0;
}

static size_t count_newlines(const char *bytes, size_t size)
{
    size_t count = 0;

    for (const char *end = bytes + size; (bytes = memchr(bytes, '\n', (size_t)(end - bytes))); bytes++)
        count++;
    return count;
}

const char *text_buffer_line(struct text_buffer *buffer, size_t line, size_t *size)
{
    const size_t start = text_buffer_line_start(buffer, line);
    size_t part;
    const char *bytes;

    *size = part = text_buffer_line_size(buffer, line);
    if (*size == 0)
        return "";
    bytes = piece(buffer, start, &part);
    if (part == *size)
        return bytes;
    if (buffer->line_room < *size) {
        char *more = realloc(buffer->line, *size);

        if (!more) {
            *size = part; /* what there is in one piece */
            return bytes;
        }
        buffer->line = more;
        buffer->line_room = *size;
    }
    text_buffer_copy(buffer, start, *size, buffer->line);
    return buffer->line;
}

/* ---- making ---------------------------------------------------------------------------------- */

struct text_buffer *text_buffer_new(void)
{
    return calloc(1, sizeof(struct text_buffer));
}

static void forget_changes(struct text_buffer *buffer, size_t from)
{
    for (size_t i = from; i < buffer->change_count; i++) {
        buffer->undo_bytes -= buffer->changes[i].removed + buffer->changes[i].added;
        free(buffer->changes[i].bytes);
    }
    if (buffer->change_count > from)
        buffer->change_count = from;
}

void text_buffer_end(struct text_buffer *buffer)
{
    if (!buffer)
        return;
    forget_changes(buffer, 0);
    free(buffer->changes);
    free(buffer->bytes);
    free(buffer->lines);
    free(buffer->line);
    free(buffer);
}

static void tell(struct text_buffer *buffer, size_t at, size_t removed, size_t added)
{
    for (unsigned i = 0; i < buffer->listener_count; i++)
        buffer->listeners[i].call(buffer, at, removed, added, buffer->listeners[i].context);
}

int text_buffer_listen(struct text_buffer *buffer, text_buffer_changed changed, void *context)
{
    if (buffer->listener_count == TEXT_BUFFER_LISTENERS)
        return -ENOSPC;
    buffer->listeners[buffer->listener_count++] = (struct listener){changed, context};
    return 0;
}

void text_buffer_unlisten(struct text_buffer *buffer, text_buffer_changed changed, void *context)
{
    for (unsigned i = 0; i < buffer->listener_count; i++)
        if (buffer->listeners[i].call == changed && buffer->listeners[i].context == context) {
            memmove(&buffer->listeners[i], &buffer->listeners[i + 1],
                    (buffer->listener_count - i - 1) * sizeof(buffer->listeners[0]));
            buffer->listener_count--;
            return;
        }
}

/* ---- changing the text ----------------------------------------------------------------------- */

/* Room was made: cannot fail. */
static void put(struct text_buffer *buffer, size_t at, const char *bytes, size_t size)
{
    move_lines_gap(buffer, text_buffer_line_of(buffer, at));
    move_gap(buffer, at);
    memcpy(buffer->bytes + at, bytes, size);
    buffer->gap += size;
    for (const char *end = bytes + size, *next = bytes;
         (next = memchr(next, '\n', (size_t)(end - next))) != NULL;)
        buffer->lines[buffer->lines_gap++] = at + (size_t)(++next - bytes);
}

static void cut(struct text_buffer *buffer, size_t at, size_t size)
{
    const size_t first = text_buffer_line_of(buffer, at), last = text_buffer_line_of(buffer, at + size);

    move_lines_gap(buffer, first);
    buffer->lines_gap_end += last - first;
    move_gap(buffer, at);
    buffer->gap_end += size;
}

static int replace(struct text_buffer *buffer, size_t at, size_t removed, const char *bytes, size_t added)
{
    if (make_gap(buffer, added) != 0 || make_lines_gap(buffer, count_newlines(bytes, added)) != 0)
        return -ENOMEM;
    if (removed > 0)
        cut(buffer, at, removed);
    if (added > 0)
        put(buffer, at, bytes, added);
    return 0;
}

int text_buffer_load(struct text_buffer *buffer, const char *bytes, size_t size)
{
    const size_t before = text_buffer_size(buffer);
    int error = replace(buffer, 0, before, bytes, size);

    if (error != 0)
        return error;
    forget_changes(buffer, 0);
    buffer->done = buffer->saved = 0;
    tell(buffer, 0, before, size);
    return 0;
}

/* ---- undo ------------------------------------------------------------------------------------ */

/* The oldest steps go when there is too much. */
static void bound_changes(struct text_buffer *buffer)
{
    size_t gone = 0;

    while (gone < buffer->change_count && buffer->undo_bytes > UNDO_BYTES) {
        do {
            buffer->undo_bytes -= buffer->changes[gone].removed + buffer->changes[gone].added;
            free(buffer->changes[gone++].bytes);
        } while (gone < buffer->change_count && buffer->changes[gone].joined);
    }
    if (gone == 0)
        return;
    buffer->change_count -= gone;
    buffer->done -= gone;
    buffer->saved = buffer->saved != (size_t)-1 && buffer->saved >= gone ? buffer->saved - gone : (size_t)-1;
    memmove(buffer->changes, buffer->changes + gone, buffer->change_count * sizeof(*buffer->changes));
}

/* A letter more for the last step, if it is one that is typed. */
static bool join(struct text_buffer *buffer, size_t at, size_t removed, const char *bytes, size_t added)
{
    struct change *last = buffer->done > 0 ? &buffer->changes[buffer->done - 1] : NULL;
    char *more;

    if (!last || buffer->new_step || buffer->depth > 0 || removed > 0 || added > 4 || last->removed > 0 ||
        at != last->at + last->added || last->added + added > JOIN_BYTES || memchr(bytes, '\n', added) ||
        buffer->saved == buffer->done)
        return false;
    more = realloc(last->bytes, last->added + added);
    if (!more)
        return false;
    memcpy(more + last->added, bytes, added);
    last->bytes = more;
    last->added += added;
    buffer->undo_bytes += added;
    return true;
}

static int make_change_room(struct text_buffer *buffer)
{
    const size_t room = buffer->change_room ? 2 * buffer->change_room : 64;
    struct change *changes;

    if (buffer->change_count < buffer->change_room)
        return 0;
    changes = realloc(buffer->changes, room * sizeof(*changes));
    if (!changes)
        return -ENOMEM;
    buffer->changes = changes;
    buffer->change_room = room;
    return 0;
}

static int note(struct text_buffer *buffer, size_t at, size_t removed, const char *bytes, size_t added)
{
    struct change *change;

    if (buffer->saved != (size_t)-1 && buffer->saved > buffer->done)
        buffer->saved = (size_t)-1;
    forget_changes(buffer, buffer->done);
    if (join(buffer, at, removed, bytes, added))
        return 0;
    if (make_change_room(buffer) != 0)
        return -ENOMEM;
    change = &buffer->changes[buffer->change_count];
    *change = (struct change){at, removed, added, malloc(removed + added + 1), buffer->depth > 0 &&
                              buffer->group_begun};
    if (!change->bytes)
        return -ENOMEM;
    text_buffer_copy(buffer, at, removed, change->bytes);
    memcpy(change->bytes + removed, bytes, added);
    buffer->undo_bytes += removed + added;
    buffer->done = ++buffer->change_count;
    buffer->group_begun = buffer->depth > 0;
    buffer->new_step = false;
    return 0;
}

static int change(struct text_buffer *buffer, size_t at, size_t removed, const char *bytes, size_t added)
{
    at = bounded(buffer, at);
    if (removed > text_buffer_size(buffer) - at)
        removed = text_buffer_size(buffer) - at;
    if (removed == 0 && added == 0)
        return 0;
    /* What may fail comes first. */
    if (make_gap(buffer, added) != 0 || make_lines_gap(buffer, count_newlines(bytes, added)) != 0 ||
        note(buffer, at, removed, bytes, added) != 0)
        return -ENOMEM;
    replace(buffer, at, removed, bytes, added);
    bound_changes(buffer);
    tell(buffer, at, removed, added);
    return 0;
}

int text_buffer_insert(struct text_buffer *buffer, size_t at, const char *bytes, size_t size)
{
    return change(buffer, at, 0, bytes, size);
}

int text_buffer_remove(struct text_buffer *buffer, size_t at, size_t size)
{
    return change(buffer, at, size, "", 0);
}

int text_buffer_replace(struct text_buffer *buffer, size_t at, size_t removed, const char *bytes,
                        size_t size)
{
    return change(buffer, at, removed, bytes, size);
}

void text_buffer_group_start(struct text_buffer *buffer)
{
    if (buffer->depth++ == 0)
        buffer->group_begun = false;
}

void text_buffer_group_end(struct text_buffer *buffer)
{
    if (buffer->depth > 0 && --buffer->depth == 0)
        buffer->new_step = true;
}

void text_buffer_new_step(struct text_buffer *buffer)
{
    buffer->new_step = true;
}

bool text_buffer_undo(struct text_buffer *buffer, size_t *at)
{
    const struct change *last;

    if (buffer->done == 0)
        return false;
    do {
        last = &buffer->changes[buffer->done - 1];
        if (replace(buffer, last->at, last->added, last->bytes, last->removed) != 0)
            return false;
        buffer->done--;
        tell(buffer, last->at, last->added, last->removed);
        if (at)
            *at = last->at + last->removed;
    } while (last->joined && buffer->done > 0);
    buffer->new_step = true;
    return true;
}

bool text_buffer_redo(struct text_buffer *buffer, size_t *at)
{
    const struct change *next;

    if (buffer->done == buffer->change_count)
        return false;
    do {
        next = &buffer->changes[buffer->done];
        if (replace(buffer, next->at, next->removed, next->bytes + next->removed, next->added) != 0)
            return false;
        buffer->done++;
        tell(buffer, next->at, next->removed, next->added);
        if (at)
            *at = next->at + next->added;
    } while (buffer->done < buffer->change_count && buffer->changes[buffer->done].joined);
    buffer->new_step = true;
    return true;
}

bool text_buffer_can_undo(const struct text_buffer *buffer)
{
    return buffer->done > 0;
}

bool text_buffer_can_redo(const struct text_buffer *buffer)
{
    return buffer->done < buffer->change_count;
}

bool text_buffer_modified(const struct text_buffer *buffer)
{
    return buffer->saved != buffer->done;
}

void text_buffer_saved(struct text_buffer *buffer)
{
    buffer->saved = buffer->done;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static bool is_inner(int byte)
{
    return byte >= 0 && (byte & 0xC0) == 0x80;
}

/* "\r\n", which is one step. */
static bool is_line_end(const struct text_buffer *buffer, size_t at)
{
    return text_buffer_byte(buffer, at) == '\r' && text_buffer_byte(buffer, at + 1) == '\n';
}

size_t text_buffer_next(const struct text_buffer *buffer, size_t at)
{
    const size_t size = text_buffer_size(buffer);
    size_t to = at + 1;

    if (at >= size)
        return size;
    if (is_line_end(buffer, at))
        return at + 2;
    if (text_buffer_byte(buffer, at) >= 0xC0)
        while (to < size && to < at + 4 && is_inner(text_buffer_byte(buffer, to)))
            to++;
    return to;
}

size_t text_buffer_previous(const struct text_buffer *buffer, size_t at)
{
    size_t to;

    at = bounded(buffer, at);
    if (at == 0)
        return 0;
    if (at > 1 && is_line_end(buffer, at - 2))
        return at - 2;
    for (to = at - 1; to > 0 && at - to < 4 && is_inner(text_buffer_byte(buffer, to));)
        to--;
    return text_buffer_next(buffer, to) == at ? to : at - 1;
}

/* 0 space, 1 letters and digits, 2 signs, 3 end of a line. */
static int kind_of(int byte)
{
    if (byte == '\n')
        return 3;
    if (byte == ' ' || byte == '\t' || byte == '\r')
        return 0;
    if (byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
        (byte >= 'a' && byte <= 'z') || byte == '_')
        return 1;
    return 2;
}

size_t text_buffer_next_word(const struct text_buffer *buffer, size_t at)
{
    const size_t size = text_buffer_size(buffer);
    int kind;

    if (at >= size)
        return size;
    if (text_buffer_byte(buffer, at) == '\n' || is_line_end(buffer, at))
        return text_buffer_next(buffer, at);
    while (at < size && !is_line_end(buffer, at) && kind_of(text_buffer_byte(buffer, at)) == 0)
        at++;
    kind = is_line_end(buffer, at) ? 3 : kind_of(text_buffer_byte(buffer, at));
    while (at < size && kind != 3 && kind_of(text_buffer_byte(buffer, at)) == kind)
        at++;
    return at;
}

size_t text_buffer_previous_word(const struct text_buffer *buffer, size_t at)
{
    int kind;

    at = bounded(buffer, at);
    if (at > 0 && text_buffer_byte(buffer, at - 1) == '\n')
        return text_buffer_previous(buffer, at);
    while (at > 0 && kind_of(text_buffer_byte(buffer, at - 1)) == 0)
        at--;
    kind = at > 0 ? kind_of(text_buffer_byte(buffer, at - 1)) : 3;
    while (at > 0 && kind != 3 && kind_of(text_buffer_byte(buffer, at - 1)) == kind)
        at--;
    return at;
}

/* ---- finding --------------------------------------------------------------------------------- */

static int folded(int byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
}

static bool matches(const struct text_buffer *buffer, size_t at, const char *what, size_t size,
                    unsigned flags)
{
    for (size_t i = 0; i < size; i++) {
        const int byte = text_buffer_byte(buffer, at + i), wanted = (unsigned char)what[i];

        if (flags & TEXT_FIND_NO_CASE ? folded(byte) != folded(wanted) : byte != wanted)
            return false;
    }
    if (!(flags & TEXT_FIND_WORD))
        return true;
    return (at == 0 || kind_of(text_buffer_byte(buffer, at - 1)) != 1) &&
           (at + size == text_buffer_size(buffer) || kind_of(text_buffer_byte(buffer, at + size)) != 1);
}

/* The next byte at `at` or later that `first` may begin with. */
static size_t candidate(const struct text_buffer *buffer, size_t at, size_t end, int first, bool no_case)
{
    while (at < end) {
        size_t size = end - at;
        const char *bytes = piece(buffer, at, &size);

        if (!no_case) {
            const char *found = memchr(bytes, first, size);

            if (found)
                return at + (size_t)(found - bytes);
        } else {
            for (size_t i = 0; i < size; i++)
                if (folded((unsigned char)bytes[i]) == folded(first))
                    return at + i;
        }
        at += size;
    }
    return end;
}

static size_t find_backwards(const struct text_buffer *buffer, size_t from, const char *what, size_t size,
                             unsigned flags)
{
    const size_t last = text_buffer_size(buffer) - size;

    for (size_t at = from < last + 1 ? from : last + 1; at > 0; at--)
        if (matches(buffer, at - 1, what, size, flags))
            return at - 1;
    return TEXT_NOT_FOUND;
}

size_t text_buffer_find(const struct text_buffer *buffer, size_t from, const char *what, size_t size,
                        unsigned flags)
{
    const size_t length = text_buffer_size(buffer);
    size_t end;

    if (size == 0 || size > length)
        return TEXT_NOT_FOUND;
    if (flags & TEXT_FIND_BACKWARDS)
        return find_backwards(buffer, from, what, size, flags);
    end = length - size + 1;
    for (size_t at = from; at < end; at++) {
        at = candidate(buffer, at, end, (unsigned char)what[0], flags & TEXT_FIND_NO_CASE);
        if (at < end && matches(buffer, at, what, size, flags))
            return at;
    }
    return TEXT_NOT_FOUND;
}
