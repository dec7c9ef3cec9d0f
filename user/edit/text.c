/* The lines, and the record of changes: what went in and came out, so that it can be taken back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/edit/edit.h"

struct text text;

struct change {
    bool inserted; /* else deleted */
    bool first;    /* of a step */
    struct place place, cursor;
    char *bytes;
    size_t size;
};

static struct change *changes;
static size_t change_count, change_room, change_now; /* those behind `now` have been taken back */
static bool step_begins, recording = true;
static struct place step_cursor;

void *enlarge(void *at, size_t size)
{
    void *new = realloc(at, size ? size : 1);

    if (!new) {
        terminal_end();
        fputs("edit: not enough memory\n", stderr);
        exit(1);
    }
    return new;
}

/* ---- changes --------------------------------------------------------------------------------- */

static void drop_changes(size_t from)
{
    for (size_t i = from; i < change_count; i++)
        free(changes[i].bytes);
    change_count = from;
}

void text_forget(void)
{
    drop_changes(0);
    change_now = 0;
}

void text_step(struct place cursor)
{
    step_begins = true;
    step_cursor = cursor;
}

static void record(bool inserted, struct place place, const char *bytes, size_t size)
{
    struct change *change;

    text.changed = true;
    if (!recording)
        return;
    drop_changes(change_now);
    if (change_count == change_room)
        changes =
            enlarge(changes, (change_room = change_room ? change_room * 2 : 64) * sizeof(*changes));
    change = &changes[change_count++];
    *change = (struct change){.inserted = inserted,
                              .first = step_begins || change_count == 1,
                              .place = place,
                              .cursor = step_cursor,
                              .bytes = enlarge(NULL, size),
                              .size = size};
    memcpy(change->bytes, bytes, size);
    change_now = change_count;
    step_begins = false;
}

static void apply(const struct change *change, bool insert)
{
    recording = false;
    if (insert)
        (void)text_insert(change->place, change->bytes, change->size);
    else
        text_delete(change->place, change->size);
    recording = true;
}

bool text_undo(struct place *cursor)
{
    if (change_now == 0)
        return false;
    do {
        const struct change *change = &changes[--change_now];

        apply(change, !change->inserted);
        *cursor = change->cursor;
    } while (!changes[change_now].first);
    return true;
}

bool text_redo(struct place *cursor)
{
    if (change_now == change_count)
        return false;
    do {
        const struct change *change = &changes[change_now++];

        apply(change, change->inserted);
        *cursor = change->place;
    } while (change_now < change_count && !changes[change_now].first);
    return true;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void line_insert(struct line *line, size_t at, const char *bytes, size_t size)
{
    if (line->size + size > line->room)
        line->bytes = enlarge(line->bytes, line->room = (line->size + size) * 3 / 2 + 8);
    memmove(line->bytes + at + size, line->bytes + at, line->size - at);
    memcpy(line->bytes + at, bytes, size);
    line->size += size;
}

static void line_delete(struct line *line, size_t at, size_t size)
{
    memmove(line->bytes + at, line->bytes + at + size, line->size - at - size);
    line->size -= size;
}

static void add_lines(size_t row, size_t count)
{
    if (text.count + count > text.room) {
        text.room = (text.count + count) * 3 / 2 + 16;
        text.lines = enlarge(text.lines, text.room * sizeof(*text.lines));
    }
    memmove(text.lines + row + count, text.lines + row, (text.count - row) * sizeof(*text.lines));
    memset(text.lines + row, 0, count * sizeof(*text.lines));
    text.count += count;
    for (size_t i = row; i < row + count; i++)
        text.lines[i].bytes = enlarge(NULL, text.lines[i].room = 8);
}

static void remove_lines(size_t row, size_t count)
{
    if (count == 0)
        return;
    for (size_t i = row; i < row + count; i++)
        free(text.lines[i].bytes);
    memmove(text.lines + row, text.lines + row + count,
            (text.count - row - count) * sizeof(*text.lines));
    text.count -= count;
}

void text_clear(void)
{
    remove_lines(0, text.count);
    add_lines(0, 1);
    text_forget();
    text.changed = false;
}

struct place text_insert(struct place place, const char *bytes, size_t size)
{
    size_t breaks = 0, row = place.row, at = place.at;
    const char *end = bytes + size, *from = bytes;

    if (size == 0)
        return place;
    record(true, place, bytes, size);
    for (const char *c = bytes; c < end; c++)
        breaks += *c == '\n';
    if (breaks > 0) {
        /* What stands behind the place goes behind the last of the new lines. */
        struct line *line;

        add_lines(row + 1, breaks);
        line = &text.lines[row];
        line_insert(&text.lines[row + breaks], 0, line->bytes + at, line->size - at);
        line->size = at;
    }
    for (;;) {
        const char *stop = memchr(from, '\n', (size_t)(end - from));
        size_t now = (size_t)((stop ? stop : end) - from);

        line_insert(&text.lines[row], at, from, now);
        at += now;
        if (!stop)
            return (struct place){row, at};
        from = stop + 1;
        row++;
        at = 0;
    }
}

/* The bytes from a place on, as many as there are. */
static char *bytes_from(struct place place, size_t *size)
{
    char *bytes = enlarge(NULL, *size);
    size_t done = 0;

    while (done < *size) {
        const struct line *line = &text.lines[place.row];
        size_t now = line->size - place.at;

        if (now > *size - done)
            now = *size - done;
        memcpy(bytes + done, line->bytes + place.at, now);
        done += now;
        if (done == *size || place.row + 1 == text.count)
            break;
        bytes[done++] = '\n';
        place = (struct place){place.row + 1, 0};
    }
    *size = done;
    return bytes;
}

void text_delete(struct place place, size_t size)
{
    char *bytes = bytes_from(place, &size);
    struct line *line = &text.lines[place.row];
    size_t breaks = 0, tail = 0;

    if (size > 0)
        record(false, place, bytes, size);
    for (size_t i = 0; i < size; i++) {
        breaks += bytes[i] == '\n';
        tail = bytes[i] == '\n' ? 0 : tail + 1;
    }
    if (breaks == 0) {
        line_delete(line, place.at, size);
    } else {
        struct line *last = &text.lines[place.row + breaks];

        line->size = place.at;
        line_insert(line, place.at, last->bytes + tail, last->size - tail);
        remove_lines(place.row + 1, breaks);
    }
    free(bytes);
}

static bool find_in(const struct line *line, const char *word, size_t from, size_t *at)
{
    size_t size = strlen(word);

    for (size_t i = from; i + size <= line->size; i++) {
        if (memcmp(line->bytes + i, word, size) == 0) {
            *at = i;
            return true;
        }
    }
    return false;
}

bool text_find(const char *word, struct place from, struct place *found)
{
    for (size_t i = 0; *word && i <= text.count; i++) {
        size_t row = (from.row + i) % text.count;

        if (find_in(&text.lines[row], word, i == 0 ? from.at : 0, &found->at)) {
            found->row = row;
            return true;
        }
    }
    return false;
}

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

size_t character_at(const struct line *line, size_t at, long *code)
{
    static const long least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)line->bytes[at];
    size_t size = first < 0x80       ? 1
                  : first >> 5 == 6  ? 2
                  : first >> 4 == 14 ? 3
                  : first >> 3 == 30 ? 4
                                     : 0;

    *code = first;
    if (size == 1)
        return 1;
    *code = size ? first & (0x7f >> size) : -1;
    for (size_t i = 1; i < size; i++) {
        if (at + i >= line->size || (line->bytes[at + i] & 0xc0) != 0x80) {
            *code = -1;
            return 1;
        }
        *code = *code << 6 | (line->bytes[at + i] & 0x3f);
    }
    if (size && *code >= least[size] && *code < 0x110000)
        return size;
    *code = -1;
    return 1;
}

size_t character_before(const struct line *line, size_t at)
{
    long code;

    for (size_t back = at < 4 ? at : 4; back > 1; back--)
        if (character_at(line, at - back, &code) == back)
            return at - back;
    return at > 0 ? at - 1 : 0;
}

size_t character_columns(long code, size_t column)
{
    static const long wide[][2] = {{0x1100, 0x115f},   {0x2e80, 0xa4cf},  {0xac00, 0xd7a3},
                                   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},  {0xff00, 0xff60},
                                   {0x1f300, 0x1faff}, {0x20000, 0x3fffd}};

    if (code == '\t')
        return 8 - column % 8;
    if (code >= 0 && (code < 32 || code == 127))
        return 2; /* ^A */
    if ((code >= 0x300 && code < 0x370) || code == 0x200d || (code >= 0xfe00 && code < 0xfe10))
        return 0;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (code >= wide[i][0] && code <= wide[i][1])
            return 2;
    return 1;
}

size_t column_of(const struct line *line, size_t end)
{
    size_t column = 0, size;
    long code;

    for (size_t at = 0; at < end; at += size) {
        size = character_at(line, at, &code);
        column += character_columns(code, column);
    }
    return column;
}

size_t at_column(const struct line *line, size_t wanted)
{
    size_t column = 0, at = 0;
    long code;

    while (at < line->size) {
        size_t size = character_at(line, at, &code);

        column += character_columns(code, column);
        if (column > wanted)
            break;
        at += size;
    }
    return at;
}
