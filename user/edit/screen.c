/* What is seen: the text, a status line, a line for messages and questions. Drawn as a whole, in
   one write. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/edit/edit.h"

static char *out;
static size_t out_size, out_room;

static void put_bytes(const char *bytes, size_t size)
{
    if (out_size + size > out_room)
        out = enlarge(out, out_room = (out_size + size) * 2);
    memcpy(out + out_size, bytes, size);
    out_size += size;
}

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *format, ...)
{
    char piece[512];
    va_list words;
    int size;

    va_start(words, format);
    size = vsnprintf(piece, sizeof(piece), format, words);
    va_end(words);
    if (size > 0)
        put_bytes(piece, (size_t)size < sizeof(piece) ? (size_t)size : sizeof(piece) - 1);
}

size_t screen_text_rows(void)
{
    size_t rows, columns;

    terminal_size(&rows, &columns);
    return rows > 3 ? rows - 2 : 1;
}

static void put_character(const char *bytes, size_t size, long code, size_t columns)
{
    if (code == '\t')
        put("%*s", (int)columns, "");
    else if (code >= 0 && (code < 32 || code == 127))
        put("\033[7m^%c\033[27m", (int)(code ^ 64));
    else if (code < 0 || (code >= 0x80 && code < 0xa0))
        put("\033[7m?\033[27m");
    else
        put_bytes(bytes, size);
}

/* The columns from `left` on. */
static void put_line(const struct line *line, size_t left, size_t columns)
{
    size_t column = 0, at = 0;
    long code;

    while (at < line->size && column < left + columns) {
        size_t size = character_at(line, at, &code), wide = character_columns(code, column);

        if (column >= left && column + wide <= left + columns)
            put_character(line->bytes + at, size, code, wide);
        else if (column + wide > left && column < left)
            put("%*s", (int)(column + wide - left), "");
        column += wide;
        at += size;
    }
}

/* The cursor is to be seen. */
static void scroll(struct view *view, size_t rows, size_t columns, size_t column)
{
    if (view->cursor.row < view->top)
        view->top = view->cursor.row;
    if (view->cursor.row >= view->top + rows)
        view->top = view->cursor.row - rows + 1;
    if (column < view->left)
        view->left = column > columns / 4 ? column - columns / 4 : 0;
    if (column >= view->left + columns)
        view->left = column - columns * 3 / 4;
}

static void put_status(const struct view *view, size_t column, size_t columns)
{
    char left[200], right[64];
    int left_size, right_size;

    const char *name = view->name ? view->name : "(no name)";
    size_t fits = columns > 40 ? columns - 30 : 10;
    bool cut = strlen(name) > fits;

    snprintf(left, sizeof(left), " %s%.150s%s", cut ? "..." : "",
             cut ? name + strlen(name) - fits : name, text.changed ? " *" : "");
    snprintf(right, sizeof(right), "%zu/%zu : %zu ", view->cursor.row + 1, text.count, column + 1);
    left_size = (int)strlen(left);
    right_size = (int)strlen(right);
    if (left_size + right_size > (int)columns) {
        left_size = left_size < (int)columns ? left_size : (int)columns;
        right_size = 0;
    }
    put("\033[7m%.*s%*s%.*s\033[0m", left_size, left, (int)columns - left_size - right_size, "",
        right_size, right);
}

void screen_draw(struct view *view, const char *prompt)
{
    static const char keys[] = "^S save ^Q quit ^O open ^F find ^N next ^G line ^Z undo ^Y redo "
                               "^K cut ^C copy ^V paste";
    size_t rows, columns, text_rows,
        column = column_of(&text.lines[view->cursor.row], view->cursor.at);
    const char *last = prompt ? prompt : view->message[0] ? view->message : keys;
    int last_size;

    terminal_size(&rows, &columns);
    text_rows = screen_text_rows();
    scroll(view, text_rows, columns, column);
    out_size = 0;
    put("\033[?25l\033[0m");
    for (size_t i = 0; i < text_rows; i++) {
        put("\033[%zu;1H\033[K", i + 1);
        if (view->top + i < text.count)
            put_line(&text.lines[view->top + i], view->left, columns);
        else
            put("\033[34m~\033[0m");
    }
    if (rows > 1) {
        put("\033[%zu;1H", text_rows + 1);
        put_status(view, column, columns);
    }
    last_size = (int)strlen(last) < (int)columns - 1 ? (int)strlen(last) : (int)columns - 1;
    if (prompt)
        last += strlen(last) - (size_t)last_size;
    if (rows > 2)
        put("\033[%zu;1H\033[K%.*s", text_rows + 2, last_size, last);
    if (prompt)
        put("\033[%zu;%dH\033[?25h", text_rows + 2, last_size + 1);
    else
        put("\033[%zu;%zuH\033[?25h", view->cursor.row - view->top + 1, column - view->left + 1);
    terminal_put(out, out_size);
}
