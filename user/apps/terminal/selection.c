/* See selection.h. Rows are looked at as vt_row gives them; those that went by are unpacked one at a time. */
#include "user/apps/terminal/selection.h"

#include <stdlib.h>
#include <string.h>

#include "lib/utf8.h"

void selection_start(struct selection *selection, struct place at, enum selection_unit unit)
{
    *selection = (struct selection){.any = true, .unit = unit, .from = at, .to = at};
}

void selection_extend(struct selection *selection, struct place to)
{
    selection->to = to;
}

static bool is_before(struct place a, struct place b)
{
    return a.line != b.line ? a.line < b.line : a.column < b.column;
}

/* ---- words ---------------------------------------------------------------------------------------- */

/* What a path, a number or a name consists of. */
static bool is_word(uint32_t character)
{
    if (character >= 0x80)
        return character != 0xA0 && !(character >= 0x2500 && character <= 0x259F);
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z')
           || (character >= 'A' && character <= 'Z') || strchr("_-./~+@:%#=?&", (int)character);
}

static int word_start(const struct cell *cells, int column)
{
    bool word = is_word(cells[column].character);

    while (column > 0 && is_word(cells[column - 1].character) == word && cells[column - 1].character != ' ')
        column--;
    return column;
}

static int word_end(const struct cell *cells, int columns, int column)
{
    bool word = is_word(cells[column].character);

    while (column < columns && is_word(cells[column].character) == word
           && (word || cells[column].character != ' '))
        column++;
    return column;
}

static void widen_to_words(const struct vt *vt, long first, struct place *from, struct place *to)
{
    struct cell room[VT_COLUMNS_MAX];
    int columns = vt_columns(vt);

    if (from->column < columns)
        from->column = word_start(vt_row(vt, (int)(from->line - first), room), from->column);
    if (to->column < columns)
        to->column = word_end(vt_row(vt, (int)(to->line - first), room), columns, to->column);
    if (!is_before(*from, *to))
        to->column = from->column + 1;
}

static void widen_to_lines(const struct vt *vt, long first, struct place *from, struct place *to)
{
    while (vt_wraps(vt, (int)(from->line - 1 - first)))
        from->line--;
    while (to->line - first < vt_rows(vt) - 1 && vt_wraps(vt, (int)(to->line - first)))
        to->line++;
    from->column = 0;
    to->column = vt_columns(vt);
}

static struct place within(const struct vt *vt, long first, struct place at)
{
    long low = first - vt_scrollback(vt), high = first + vt_rows(vt) - 1;

    if (at.line < low)
        return (struct place){low, 0};
    if (at.line > high)
        return (struct place){high, vt_columns(vt)};
    at.column = at.column < 0 ? 0 : at.column > vt_columns(vt) ? vt_columns(vt) : at.column;
    return at;
}

bool selection_range(const struct selection *selection, const struct vt *vt, long first, struct place *from,
                     struct place *to)
{
    bool swapped = is_before(selection->to, selection->from);

    if (!selection->any)
        return false;
    *from = within(vt, first, swapped ? selection->to : selection->from);
    *to = within(vt, first, swapped ? selection->from : selection->to);
    if (selection->unit == SELECT_WORDS)
        widen_to_words(vt, first, from, to);
    else if (selection->unit == SELECT_LINES)
        widen_to_lines(vt, first, from, to);
    return is_before(*from, *to);
}

/* ---- text ----------------------------------------------------------------------------------------- */

struct text {
    char *bytes;
    size_t size, room;
    bool lost; /* no memory */
};

static void text_add(struct text *text, const char *bytes, size_t size)
{
    if (text->size + size > text->room) {
        size_t room = text->room * 2 + size + 256;
        char *more = realloc(text->bytes, room);

        if (!more) {
            text->lost = true;
            return;
        }
        text->bytes = more;
        text->room = room;
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
}

static void add_cells(struct text *text, const struct cell *cells, int from, int to, bool wraps)
{
    char encoded[4];

    while (!wraps && to > from && cells[to - 1].character == ' ')
        to--;
    for (int i = from; i < to; i++)
        if (!(cells[i].attributes & CELL_TAIL))
            text_add(text, encoded, utf8_encode(cells[i].character, encoded));
}

char *selection_text(const struct selection *selection, const struct vt *vt, long first, size_t *size)
{
    struct cell room[VT_COLUMNS_MAX];
    struct text text = {0};
    struct place from, to;

    if (!selection_range(selection, vt, first, &from, &to))
        return NULL;
    for (long line = from.line; line <= to.line; line++) {
        bool wraps = vt_wraps(vt, (int)(line - first));
        int start = line == from.line ? from.column : 0, end = line == to.line ? to.column : vt_columns(vt);

        add_cells(&text, vt_row(vt, (int)(line - first), room), start, end, wraps);
        if (line < to.line && !wraps)
            text_add(&text, "\n", 1);
    }
    text_add(&text, "", 1);
    if (text.lost) {
        free(text.bytes);
        return NULL;
    }
    *size = text.size - 1;
    return text.bytes;
}

/* ---- looking for text ----------------------------------------------------------------------------- */

#define FIND_MAX 256

struct wanted {
    uint32_t characters[FIND_MAX];
    int count;
    bool exact; /* capitals matter */
};

static uint32_t lower(uint32_t c)
{
    bool latin = (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7);
    bool other = (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F); /* Greek, Cyrillic */

    return latin || other ? c + 32 : c;
}

static struct wanted read_wanted(const char *text)
{
    struct utf8_decoder decoder = {0};
    struct wanted wanted = {.count = 0};

    for (; *text; text++) {
        uint32_t characters[2];
        unsigned count = utf8_decode(&decoder, (uint8_t)*text, characters);

        for (unsigned i = 0; i < count && wanted.count < FIND_MAX; i++) {
            wanted.characters[wanted.count++] = characters[i];
            wanted.exact |= lower(characters[i]) != characters[i];
        }
    }
    return wanted;
}

static bool matches(const struct cell *cells, const struct wanted *wanted)
{
    for (int i = 0; i < wanted->count; i++) {
        uint32_t c = cells[i].character;

        if ((wanted->exact ? c : lower(c)) != wanted->characters[i])
            return false;
    }
    return true;
}

/* The column of the match nearest to `column` that way; -1: none. */
static int find_in_row(const struct vt *vt, int row, const struct wanted *wanted, int column, bool back)
{
    struct cell room[VT_COLUMNS_MAX];
    const struct cell *cells = vt_row(vt, row, room);
    int last = vt_columns(vt) - wanted->count;

    if (back && column > last)
        column = last;
    for (int i = column; i >= 0 && i <= last; i += back ? -1 : 1)
        if (matches(cells + i, wanted))
            return i;
    return -1;
}

bool terminal_find(const struct vt *vt, long first, const char *text, struct place from, bool back,
                   struct selection *found)
{
    struct wanted wanted = read_wanted(text);
    long low = first - vt_scrollback(vt), high = first + vt_rows(vt) - 1;

    from = within(vt, first, from);
    for (long line = from.line; wanted.count > 0 && line >= low && line <= high; line += back ? -1 : 1) {
        int start = line == from.line ? from.column : back ? vt_columns(vt) : 0;
        int column = find_in_row(vt, (int)(line - first), &wanted, start, back);

        if (column < 0)
            continue;
        *found = (struct selection){.any = true, .unit = SELECT_CELLS, .from = {line, column},
                                    .to = {line, column + wanted.count}};
        return true;
    }
    return false;
}
