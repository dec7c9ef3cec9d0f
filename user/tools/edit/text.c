#include "user/tools/edit/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/utf8.h"
#include "user/tools/tool.h"

#define TAB 8u

/* ---- lines ----------------------------------------------------------------------------------- */

static void line_make_room(struct line *line, size_t size)
{
    if (size <= line->room)
        return;
    line->room = size + size / 2 + 16;
    line->bytes = take_more(line->bytes, line->room);
}

static void line_insert(struct line *line, size_t at, const char *bytes, size_t size)
{
    line_make_room(line, line->size + size);
    if (line->size > at)
        memmove(line->bytes + at + size, line->bytes + at, line->size - at);
    if (size)
        memcpy(line->bytes + at, bytes, size);
    line->size += size;
}

static void line_remove(struct line *line, size_t at, size_t size)
{
    if (size)
        memmove(line->bytes + at, line->bytes + at + size, line->size - at - size);
    line->size -= size;
}

static void make_lines(struct text *text, size_t row, size_t count)
{
    if (text->count + count > text->room) {
        text->room = 2 * (text->count + count);
        text->lines = take_more(text->lines, text->room * sizeof(*text->lines));
    }
    memmove(&text->lines[row + count], &text->lines[row], (text->count - row) * sizeof(*text->lines));
    memset(&text->lines[row], 0, count * sizeof(*text->lines));
    text->count += count;
}

static void drop_lines(struct text *text, size_t row, size_t count)
{
    for (size_t i = row; i < row + count; i++)
        free(text->lines[i].bytes);
    text->count -= count;
    memmove(&text->lines[row], &text->lines[row + count], (text->count - row) * sizeof(*text->lines));
}

void text_init(struct text *text)
{
    *text = (struct text){0};
    make_lines(text, 0, 1);
}

static void forget_changes(struct text *text, size_t from)
{
    for (size_t i = from; i < text->known; i++)
        free(text->changes[i].bytes);
    text->known = from;
}

void text_free(struct text *text)
{
    drop_lines(text, 0, text->count);
    forget_changes(text, 0);
    free(text->lines);
    free(text->changes);
}

/* ---- the two operations, not remembered ------------------------------------------------------ */

static size_t count_ends(const char *bytes, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++)
        count += bytes[i] == '\n';
    return count;
}

static struct place insert(struct text *text, struct place at, const char *bytes, size_t size)
{
    size_t ends = count_ends(bytes, size);
    const char *end = ends ? memchr(bytes, '\n', size) : NULL;

    if (!end) {
        line_insert(&text->lines[at.row], at.at, bytes, size);
        return (struct place){at.row, at.at + size};
    }
    /* The rest of the line goes to the last new one. */
    make_lines(text, at.row + 1, ends);
    struct line *first = &text->lines[at.row], *last = &text->lines[at.row + ends];

    line_insert(last, 0, first->bytes + at.at, first->size - at.at);
    first->size = at.at;
    line_insert(first, at.at, bytes, (size_t)(end - bytes));
    for (size_t row = at.row + 1;; row++) {
        size -= (size_t)(end - bytes) + 1;
        bytes = end + 1;
        end = memchr(bytes, '\n', size);
        size_t length = end ? (size_t)(end - bytes) : size;

        line_insert(&text->lines[row], 0, bytes, length);
        if (!end)
            return (struct place){row, length};
    }
}

static void remove_part(struct text *text, struct place from, struct place to)
{
    struct line *first = &text->lines[from.row], *last = &text->lines[to.row];

    if (from.row == to.row) {
        line_remove(first, from.at, to.at - from.at);
        return;
    }
    first->size = from.at;
    line_insert(first, from.at, last->bytes + to.at, last->size - to.at);
    drop_lines(text, from.row + 1, to.row - from.row);
}

char *text_part(const struct text *text, struct place from, struct place to, size_t *size)
{
    size_t room = 0;

    for (size_t row = from.row; row <= to.row; row++)
        room += text->lines[row].size + 1;
    char *bytes = take(room + 1), *end = bytes;

    for (size_t row = from.row; row <= to.row; row++) {
        const struct line *line = &text->lines[row];
        size_t start = row == from.row ? from.at : 0, stop = row == to.row ? to.at : line->size;

        if (stop > start)
            memcpy(end, line->bytes + start, stop - start);
        end += stop - start;
        if (row < to.row)
            *end++ = '\n';
    }
    *size = (size_t)(end - bytes);
    return bytes;
}

/* ---- changes --------------------------------------------------------------------------------- */

void text_begin_step(struct text *text)
{
    text->step++;
}

static void remember(struct text *text, struct change change)
{
    if (text->saved != SIZE_MAX && text->saved > text->done)
        text->saved = SIZE_MAX;
    forget_changes(text, text->done);
    change.step = text->step;
    if (text->known == text->change_room) {
        text->change_room = 2 * text->change_room + 64;
        text->changes = take_more(text->changes, text->change_room * sizeof(*text->changes));
    }
    text->changes[text->known++] = change;
    text->done = text->known;
}

struct place text_insert(struct text *text, struct place at, const char *bytes, size_t size)
{
    char *copy = take(size + 1);

    memcpy(copy, bytes, size);
    struct place end = insert(text, at, bytes, size);

    remember(text, (struct change){.inserted = true, .from = at, .to = end, .bytes = copy,
                                   .size = size});
    return end;
}

void text_remove(struct text *text, struct place from, struct place to)
{
    struct change change = {.from = from, .to = to};

    change.bytes = text_part(text, from, to, &change.size);
    remove_part(text, from, to);
    remember(text, change);
}

bool text_undo(struct text *text, struct place *cursor)
{
    if (text->done == 0)
        return false;
    unsigned step = text->changes[text->done - 1].step;

    while (text->done > 0 && text->changes[text->done - 1].step == step) {
        const struct change *change = &text->changes[--text->done];

        if (change->inserted)
            remove_part(text, change->from, change->to);
        else
            (void)insert(text, change->from, change->bytes, change->size);
        *cursor = change->inserted ? change->from : change->to;
    }
    return true;
}

bool text_redo(struct text *text, struct place *cursor)
{
    if (text->done == text->known)
        return false;
    unsigned step = text->changes[text->done].step;

    while (text->done < text->known && text->changes[text->done].step == step) {
        const struct change *change = &text->changes[text->done++];

        if (change->inserted)
            (void)insert(text, change->from, change->bytes, change->size);
        else
            remove_part(text, change->from, change->to);
        *cursor = change->inserted ? change->to : change->from;
    }
    return true;
}

bool text_is_changed(const struct text *text)
{
    return text->saved != text->done;
}

void text_note_saved(struct text *text)
{
    text->saved = text->done;
    text->step++;
}

/* ---- files ----------------------------------------------------------------------------------- */

int text_load(struct text *text, int fd)
{
    static char chunk[CHUNK];
    struct place end = {0, 0};

    for (;;) {
        ssize_t got = read(fd, chunk, sizeof(chunk));

        if (got == 0)
            return 0;
        if (got < 0 && errno != EINTR)
            return -1;
        if (got > 0)
            end = insert(text, end, chunk, (size_t)got);
    }
}

int text_write(const struct text *text, int fd)
{
    static char chunk[CHUNK];
    size_t used = 0;

    for (size_t row = 0; row < text->count; row++) {
        const struct line *line = &text->lines[row];
        bool has_end = row + 1 < text->count || line->size > 0;

        for (size_t i = 0; i < line->size + has_end; i++) {
            chunk[used++] = i < line->size ? line->bytes[i] : '\n';
            if (used == sizeof(chunk)) {
                if (write_all(fd, chunk, used))
                    return -1;
                used = 0;
            }
        }
    }
    return write_all(fd, chunk, used);
}

/* ---- places ---------------------------------------------------------------------------------- */

static bool is_inside(const struct line *line, size_t at)
{
    return at < line->size && ((unsigned char)line->bytes[at] & 0xc0) == 0x80;
}

struct place text_next(const struct text *text, struct place at)
{
    const struct line *line = &text->lines[at.row];

    if (at.at < line->size) {
        do
            at.at++;
        while (is_inside(line, at.at));
    } else if (at.row + 1 < text->count) {
        at = (struct place){at.row + 1, 0};
    }
    return at;
}

struct place text_previous(const struct text *text, struct place at)
{
    const struct line *line = &text->lines[at.row];

    if (at.at > 0) {
        do
            at.at--;
        while (at.at > 0 && is_inside(line, at.at));
    } else if (at.row > 0) {
        at = (struct place){at.row - 1, text->lines[at.row - 1].size};
    }
    return at;
}

static bool is_word(const struct text *text, struct place at)
{
    const struct line *line = &text->lines[at.row];

    return at.at < line->size
           && (isalnum((unsigned char)line->bytes[at.at]) || line->bytes[at.at] == '_'
               || (unsigned char)line->bytes[at.at] >= 0x80);
}

static bool is_same(struct place one, struct place other)
{
    return one.row == other.row && one.at == other.at;
}

struct place text_next_word(const struct text *text, struct place at)
{
    struct place before;

    do {
        before = at;
        at = text_next(text, at);
    } while (!is_same(before, at) && !(is_word(text, at) && !is_word(text, before)));
    return at;
}

struct place text_previous_word(const struct text *text, struct place at)
{
    struct place before;

    do {
        at = text_previous(text, at);
        before = text_previous(text, at);
    } while (!is_same(before, at)
             && !(is_word(text, at) && (!is_word(text, before) || before.row != at.row)));
    return at;
}

/* ---- searching ------------------------------------------------------------------------------- */

static bool fits(const struct line *line, size_t at, const char *what, size_t size, bool any_case)
{
    if (at + size > line->size)
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = line->bytes[at + i];

        if (c != what[i] && !(any_case && tolower((unsigned char)c) == what[i]))
            return false;
    }
    return true;
}

static bool has_capital(const char *what)
{
    for (; *what; what++)
        if (isupper((unsigned char)*what))
            return true;
    return false;
}

bool text_find_at(const struct text *text, struct place at, const char *what, struct place *found)
{
    size_t size = strlen(what);
    bool any_case = !has_capital(what);

    for (; size > 0 && at.row < text->count; at = (struct place){at.row + 1, 0})
        for (; at.at + size <= text->lines[at.row].size; at.at++)
            if (fits(&text->lines[at.row], at.at, what, size, any_case)) {
                *found = at;
                return true;
            }
    return false;
}

bool text_find(const struct text *text, struct place at, const char *what, struct place *found)
{
    struct place behind = {at.row, at.at + 1};

    return text_find_at(text, behind, what, found)
           || text_find_at(text, (struct place){0, 0}, what, found);
}

static bool is_before(struct place one, struct place other)
{
    return one.row < other.row || (one.row == other.row && one.at < other.at);
}

bool text_find_back(const struct text *text, struct place at, const char *what, struct place *found)
{
    struct place end = {text->count, 0}, next = {0, 0}, now;
    bool any = false;

    /* The last one before `at`, else the last of all. */
    while (text_find_at(text, next, what, &now) && is_before(now, at)) {
        *found = now;
        any = true;
        next = (struct place){now.row, now.at + 1};
    }
    return any || (is_before(at, end) && text_find_back(text, end, what, found));
}

/* ---- columns --------------------------------------------------------------------------------- */

size_t line_character(const struct line *line, size_t at, size_t column, uint32_t *character,
                      size_t *columns)
{
    struct utf8_decoder decoder = {0};
    uint32_t decoded[2] = {0};
    size_t size = 0;
    unsigned complete = 0;

    while (!complete && at + size < line->size)
        complete = utf8_decode(&decoder, (uint8_t)line->bytes[at + size++], decoded);
    if (size > 1 && decoded[0] == UTF8_REPLACEMENT)
        for (size = 1; is_inside(line, at + size); size++)
            ;
    *character = complete ? decoded[0] : UTF8_REPLACEMENT;
    if (*character == '\t')
        *columns = TAB - column % TAB;
    else
        *columns = *character < 32 || *character == 127 ? 2 : 1;
    return size;
}

size_t line_column(const struct line *line, size_t at)
{
    size_t column = 0, columns;
    uint32_t character;

    for (size_t i = 0; i < at && i < line->size; column += columns)
        i += line_character(line, i, column, &character, &columns);
    return column;
}

size_t line_at_column(const struct line *line, size_t column)
{
    size_t at = 0, now = 0, columns;
    uint32_t character;

    while (at < line->size) {
        size_t size = line_character(line, at, now, &character, &columns);

        if (now + columns > column)
            break;
        now += columns;
        at += size;
    }
    return at;
}
