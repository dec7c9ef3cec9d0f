/*
 * The line editor. Use: see the header. Locks: none; it belongs to the monitor.
 *
 * A character is one column: combining and double-width characters are not told apart.
 */
#include "kernel/monitor/line_editor.h"

#include "kernel/core/console/console.h"
#include "lib/compiler.h"
#include "lib/string.h"

/* ---- characters of the line ------------------------------------------------------------------ */

static bool is_continuation(char byte)
{
    return ((uint8_t)byte & 0xc0) == 0x80;
}

static size_t previous(const struct line_editor *editor, size_t at)
{
    while (at > 0 && is_continuation(editor->text[--at]))
        ;
    return at;
}

static size_t next(const struct line_editor *editor, size_t at)
{
    if (at < editor->size)
        at++;
    while (at < editor->size && is_continuation(editor->text[at]))
        at++;
    return at;
}

static size_t characters_before(const struct line_editor *editor, size_t at)
{
    size_t count = 0;
    for (size_t i = 0; i < at; i++)
        count += !is_continuation(editor->text[i]);
    return count;
}

static size_t word_left(const struct line_editor *editor, size_t at)
{
    while (at > 0 && editor->text[at - 1] == ' ')
        at--;
    while (at > 0 && editor->text[at - 1] != ' ')
        at--;
    return at;
}

static size_t word_right(const struct line_editor *editor, size_t at)
{
    while (at < editor->size && editor->text[at] == ' ')
        at++;
    while (at < editor->size && editor->text[at] != ' ')
        at++;
    return at;
}

/* ---- changes --------------------------------------------------------------------------------- */

static void set_line(struct line_editor *editor, const char *text)
{
    editor->size = strlcpy(editor->text, text, LINE_BYTES);
    editor->cursor = editor->size;
}

/* A line that was changed is the user's own. */
static void erase(struct line_editor *editor, size_t from, size_t to)
{
    editor->browsing = editor->history.count;
    memmove(&editor->text[from], &editor->text[to], editor->size - to + 1);
    editor->size -= to - from;
    editor->cursor = from;
}

bool line_editor_insert(struct line_editor *editor, const char *text, size_t size)
{
    if (size > LINE_BYTES - 1 - editor->size)
        return false;
    editor->browsing = editor->history.count;
    memmove(&editor->text[editor->cursor + size], &editor->text[editor->cursor],
            editor->size - editor->cursor + 1);
    memcpy(&editor->text[editor->cursor], text, size);
    editor->size += size;
    editor->cursor += size;
    return true;
}

static void insert_character(struct line_editor *editor, uint32_t character)
{
    char bytes[4];
    unsigned size = utf8_encode(character, bytes);
    if (!line_editor_insert(editor, bytes, size))
        terminal_write("\a", 1);
}

/* ---- history --------------------------------------------------------------------------------- */

/* The first step remembers the user's own line; what stands before its cursor chooses. */
static void browse_back(struct line_editor *editor)
{
    bool own = editor->browsing >= editor->history.count;
    if (own) {
        strlcpy(editor->own, editor->text, LINE_BYTES);
        editor->prefix_size = editor->cursor;
        editor->browsing = editor->history.count;
    }
    const char *line = history_before(&editor->history, editor->browsing, editor->own,
                                      editor->prefix_size, &editor->browsing);
    if (line)
        set_line(editor, line);
}

static void browse_forward(struct line_editor *editor)
{
    if (editor->browsing >= editor->history.count)
        return;
    const char *line = history_behind(&editor->history, editor->browsing, editor->own,
                                      editor->prefix_size, &editor->browsing);
    if (!line)
        editor->browsing = editor->history.count;
    set_line(editor, line ? line : editor->own);
}

/* ---- drawing --------------------------------------------------------------------------------- */

#define NOT_SHOWN UINT32_MAX

static unsigned window(const struct line_editor *editor)
{
    return LINE_COLUMNS - editor->prompt_columns;
}

/* Keep the cursor in the window; when it leaves, by half a window, so that this is rare. */
static void scroll(struct line_editor *editor, size_t cursor)
{
    size_t half = window(editor) / 2;
    if (cursor < editor->first + (editor->first > 0))
        editor->first = cursor > half ? cursor - half : 0;
    else if (cursor >= editor->first + window(editor))
        editor->first = cursor - half;
}

struct columns {
    uint32_t at[LINE_COLUMNS];
    unsigned count;
};

/* The characters of the window; '<' stands for what lies left of it. */
static void visible(const struct line_editor *editor, struct columns *columns)
{
    struct utf8_decoder decoder = {0};
    uint32_t characters[2];
    size_t number = 0;
    columns->count = 0;
    for (size_t i = 0; i < editor->size && columns->count < window(editor); i++) {
        if (utf8_decode(&decoder, (uint8_t)editor->text[i], characters) == 0)
            continue;
        if (number++ >= editor->first)
            columns->at[columns->count++] = characters[0];
    }
    if (editor->first > 0 && columns->count > 0)
        columns->at[0] = '<';
}

/* What one show has to say, gathered: one write to the screen. */
struct drawing {
    char text[LINE_COLUMNS * 4 + 32];
    size_t size;
};

static void move_cursor(struct line_editor *editor, struct drawing *drawing, unsigned column)
{
    unsigned from = editor->shown_cursor;
    unsigned steps = column < from ? from - column : column - from;
    if (steps == 0)
        return;
    drawing->text[drawing->size++] = '\x1b';
    drawing->text[drawing->size++] = '[';
    if (steps >= 10)
        drawing->text[drawing->size++] = (char)('0' + steps / 10);
    drawing->text[drawing->size++] = (char)('0' + steps % 10);
    drawing->text[drawing->size++] = column < from ? 'D' : 'C';
    editor->shown_cursor = column;
}

static void draw_from(struct line_editor *editor, struct drawing *drawing,
                      const struct columns *columns, unsigned from)
{
    move_cursor(editor, drawing, from);
    for (unsigned i = from; i < columns->count; i++)
        drawing->size += utf8_encode(columns->at[i], &drawing->text[drawing->size]);
    editor->shown_cursor = columns->count;
}

void line_editor_show(struct line_editor *editor)
{
    struct columns columns;
    struct drawing drawing = {.size = 0};
    size_t cursor = characters_before(editor, editor->cursor);
    scroll(editor, cursor);
    visible(editor, &columns);
    const unsigned count = columns.count;

    unsigned same = 0;
    while (same < count && same < editor->shown_count && columns.at[same] == editor->shown[same])
        same++;
    if (same < count)
        draw_from(editor, &drawing, &columns, same);
    if (count < editor->shown_count) {
        move_cursor(editor, &drawing, count);
        memcpy(&drawing.text[drawing.size], "\x1b[K", 3);
        drawing.size += 3;
    }
    move_cursor(editor, &drawing, (unsigned)(cursor - editor->first));
    memcpy(editor->shown, columns.at, count * sizeof(columns.at[0]));
    editor->shown_count = count;
    if (drawing.size > 0)
        terminal_write(drawing.text, drawing.size);
}

void line_editor_redraw(struct line_editor *editor)
{
    editor->shown_count = 0;
    editor->shown_cursor = 0;
    terminal_write(editor->prompt, strlen(editor->prompt));
    line_editor_show(editor);
}

void line_editor_leave(struct line_editor *editor)
{
    size_t cursor = editor->cursor;
    editor->cursor = editor->size;
    line_editor_show(editor);
    editor->cursor = cursor;
    terminal_write("\n", 1);
}

/* ---- keys ------------------------------------------------------------------------------------ */

void line_editor_start(struct line_editor *editor)
{
    editor->first = 0;
    editor->browsing = editor->history.count;
    set_line(editor, "");
    line_editor_redraw(editor);
}

static enum line_event finish(struct line_editor *editor)
{
    line_editor_leave(editor);
    history_add(&editor->history, editor->text);
    return LINE_DONE;
}

static enum line_event cancel(struct line_editor *editor)
{
    editor->cursor = editor->size;
    line_editor_show(editor);
    terminal_write("^C\n", 3);
    return LINE_CANCELLED;
}

static void clear_screen(struct line_editor *editor)
{
    static const char clear[] = "\x1b[H\x1b[2J";
    terminal_write(clear, sizeof(clear) - 1);
    line_editor_redraw(editor);
}

static void go_left(struct line_editor *editor)
{
    editor->cursor = previous(editor, editor->cursor);
}

static void go_right(struct line_editor *editor)
{
    editor->cursor = next(editor, editor->cursor);
}

static void go_word_left(struct line_editor *editor)
{
    editor->cursor = word_left(editor, editor->cursor);
}

static void go_word_right(struct line_editor *editor)
{
    editor->cursor = word_right(editor, editor->cursor);
}

static void go_home(struct line_editor *editor)
{
    editor->cursor = 0;
}

static void go_end(struct line_editor *editor)
{
    editor->cursor = editor->size;
}

static void erase_left(struct line_editor *editor)
{
    erase(editor, previous(editor, editor->cursor), editor->cursor);
}

static void erase_right(struct line_editor *editor)
{
    erase(editor, editor->cursor, next(editor, editor->cursor));
}

static void erase_word(struct line_editor *editor)
{
    erase(editor, word_left(editor, editor->cursor), editor->cursor);
}

static void erase_to_home(struct line_editor *editor)
{
    erase(editor, 0, editor->cursor);
}

static void erase_to_end(struct line_editor *editor)
{
    erase(editor, editor->cursor, editor->size);
}

static const struct {
    enum key_kind kind;
    char letter; /* of KEY_CONTROL */
    void (*edit)(struct line_editor *editor);
} bindings[] = {
    {KEY_LEFT, 0, go_left},
    {KEY_CONTROL, 'B', go_left},
    {KEY_RIGHT, 0, go_right},
    {KEY_CONTROL, 'F', go_right},
    {KEY_HOME, 0, go_home},
    {KEY_CONTROL, 'A', go_home},
    {KEY_END, 0, go_end},
    {KEY_CONTROL, 'E', go_end},
    {KEY_UP, 0, browse_back},
    {KEY_CONTROL, 'P', browse_back},
    {KEY_DOWN, 0, browse_forward},
    {KEY_CONTROL, 'N', browse_forward},
    {KEY_DELETE, 0, erase_right},
    {KEY_CONTROL, 'D', erase_right},
    {KEY_BACKSPACE, 0, erase_left},
    {KEY_CONTROL, 'W', erase_word},
    {KEY_WORD_LEFT, 0, go_word_left},
    {KEY_CONTROL, 'U', erase_to_home},
    {KEY_WORD_RIGHT, 0, go_word_right},
    {KEY_CONTROL, 'K', erase_to_end},
    {KEY_CONTROL, 'L', clear_screen},
};

static void run_binding(struct line_editor *editor, struct key key)
{
    for (size_t i = 0; i < array_length(bindings); i++) {
        if (bindings[i].kind == key.kind &&
            (key.kind != KEY_CONTROL || (uint32_t)bindings[i].letter == key.character))
            bindings[i].edit(editor);
    }
}

enum line_event line_editor_key(struct line_editor *editor, struct key key)
{
    switch (key.kind) {
    case KEY_CHARACTER:
        insert_character(editor, key.character);
        return LINE_EDITING;
    case KEY_ENTER:
        return finish(editor);
    case KEY_TAB:
        return LINE_COMPLETE;
    case KEY_CONTROL:
        if (key.character == 'C')
            return cancel(editor);
        break;
    default:
        break;
    }
    run_binding(editor, key);
    return LINE_EDITING;
}
