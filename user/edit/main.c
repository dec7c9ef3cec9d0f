/* edit [+LINE] [FILE]: what keys do. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/edit/edit.h"

static struct view view;
static char *file_name;
static char last_search[256];
static char *clip; /* what was cut or copied: whole lines */
static size_t clip_size;
static size_t wanted_column; /* that up and down keep */
static int last_key;
static bool done;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    va_list words;

    va_start(words, format);
    vsnprintf(view.message, sizeof(view.message), format, words);
    va_end(words);
}

static struct line *line_here(void)
{
    return &text.lines[view.cursor.row];
}

/* A question in the last line; false: taken back by Escape or Ctrl-C. */
static bool ask(const char *question, char *answer, size_t room)
{
    char shown[600], bytes[5];
    size_t size = strlen(answer);

    for (;;) {
        int key;

        snprintf(shown, sizeof(shown), "%s%s", question, answer);
        screen_draw(&view, shown);
        key = terminal_key(bytes);
        if (key == '\r' || key == '\n')
            return true;
        if (key == KEY_ESCAPE || key == CONTROL('c') || key == CONTROL('q') || key == KEY_GONE)
            return false;
        if (key == 127 || key == 8) {
            while (size > 0 && (answer[--size] & 0xc0) == 0x80)
                ;
        } else if (key == CONTROL('u')) {
            size = 0;
        } else if (key >= 32 && key < 256 && size + strlen(bytes) < room) {
            memcpy(answer + size, bytes, strlen(bytes));
            size += strlen(bytes);
        }
        answer[size] = 0;
    }
}

static bool sure(const char *question)
{
    char answer[8] = "";

    return ask(question, answer, sizeof(answer)) && (*answer == 'y' || *answer == 'Y');
}

/* ---- files ----------------------------------------------------------------------------------- */

static void set_name(const char *name)
{
    char *new = enlarge(NULL, strlen(name) + 1);

    strcpy(new, name);
    free(file_name);
    view.name = file_name = new;
}

static void load(const char *name)
{
    bool is_new;
    int error;

    set_name(name);
    error = file_read(file_name, &is_new);
    view.cursor = (struct place){0, 0};
    view.top = view.left = 0;
    if (error)
        say("%s: %s", name, strerror(error));
    else if (is_new)
        say("%s: a new file", name);
    else
        say("%s: %zu lines", name, text.count);
}

static const char *short_name(void)
{
    const char *slash = strrchr(file_name, '/');

    return slash ? slash + 1 : file_name;
}

static bool save(void)
{
    char name[512] = "";
    size_t bytes;
    int error;

    if (!file_name) {
        if (!ask("Save as: ", name, sizeof(name)) || !*name)
            return false;
        set_name(name);
    }
    error = file_write(file_name, &bytes);
    if (error)
        say("%s: not saved: %s", short_name(), strerror(error));
    else
        say("%s: %zu bytes written", short_name(), bytes);
    return !error;
}

static void open_other(void)
{
    char name[512] = "";

    if (text.changed && !sure("Lose the changes? (y/n) "))
        return;
    if (ask("Open: ", name, sizeof(name)) && *name)
        load(name);
}

static void quit(void)
{
    char answer[8] = "";

    if (!text.changed) {
        done = true;
        return;
    }
    if (!ask("Save the changes? (y/n) ", answer, sizeof(answer)))
        return;
    if (*answer == 'n' || *answer == 'N')
        done = true;
    else if (*answer == 'y' || *answer == 'Y')
        done = save();
}

/* ---- moving ---------------------------------------------------------------------------------- */

static void keep_column(void)
{
    wanted_column = column_of(line_here(), view.cursor.at);
}

static void go_row(size_t row)
{
    view.cursor.row = row < text.count ? row : text.count - 1;
    view.cursor.at = at_column(line_here(), wanted_column);
}

static void left(void)
{
    if (view.cursor.at > 0) {
        view.cursor.at = character_before(line_here(), view.cursor.at);
    } else if (view.cursor.row > 0) {
        view.cursor.row--;
        view.cursor.at = line_here()->size;
    }
}

static void right(void)
{
    long code;

    if (view.cursor.at < line_here()->size)
        view.cursor.at += character_at(line_here(), view.cursor.at, &code);
    else if (view.cursor.row + 1 < text.count)
        view.cursor = (struct place){view.cursor.row + 1, 0};
}

static bool on_word(void)
{
    unsigned char c;

    if (view.cursor.at >= line_here()->size)
        return false;
    c = (unsigned char)line_here()->bytes[view.cursor.at];
    return isalnum(c) || c == '_' || c >= 0x80;
}

static bool at_end(void)
{
    return view.cursor.row + 1 == text.count && view.cursor.at == line_here()->size;
}

static void word_right(void)
{
    while (!at_end() && on_word())
        right();
    while (!at_end() && !on_word())
        right();
}

static void word_left(void)
{
    do
        left();
    while ((view.cursor.row || view.cursor.at) && !on_word());
    while (view.cursor.at > 0 && on_word())
        left();
    if (!on_word() && view.cursor.at < line_here()->size)
        right();
}

static void go_to_line(void)
{
    char number[24] = "";

    if (!ask("Line: ", number, sizeof(number)))
        return;
    if (strtoul(number, NULL, 10) == 0)
        say("%s: not a line", number);
    else
        go_row(strtoul(number, NULL, 10) - 1);
}

static void search(bool again)
{
    char word[256] = "";
    struct place from = view.cursor, found;

    if (!again || !*last_search) {
        if (!ask("Find: ", word, sizeof(word)))
            return;
        if (*word)
            strcpy(last_search, word);
    }
    if (!*last_search)
        return;
    if (from.at < line_here()->size)
        from.at++;
    else
        from = (struct place){(from.row + 1) % text.count, 0};
    if (text_find(last_search, from, &found)) {
        if (found.row < view.cursor.row ||
            (found.row == view.cursor.row && found.at <= view.cursor.at))
            say("from the beginning again");
        view.cursor = found;
    } else {
        say("%s: not found", last_search);
    }
}

/* ---- changing -------------------------------------------------------------------------------- */

static bool is_typing(int key)
{
    return (key >= 32 && key < 256 && key != 127) || key == '\t';
}

static void insert(const char *bytes, size_t size, int key)
{
    if (!is_typing(key) || !is_typing(last_key))
        text_step(view.cursor);
    view.cursor = text_insert(view.cursor, bytes, size);
}

static void erase_at(struct place place)
{
    struct line *line = &text.lines[place.row];
    long code;

    text_step(view.cursor);
    view.cursor = place;
    text_delete(place, place.at < line->size ? character_at(line, place.at, &code) : 1);
}

static void erase_before(void)
{
    struct place now = view.cursor, place;

    if (now.row == 0 && now.at == 0)
        return;
    left();
    place = view.cursor;
    view.cursor = now;
    erase_at(place);
}

/* Lines that are cut one after the other stay together. */
static void copy_line(bool together)
{
    const struct line *line = line_here();

    if (!together)
        clip_size = 0;
    clip = enlarge(clip, clip_size + line->size + 1);
    memcpy(clip + clip_size, line->bytes, line->size);
    clip_size += line->size;
    clip[clip_size++] = '\n';
}

static void cut_line(int key)
{
    struct place start = {view.cursor.row, 0};
    bool last = view.cursor.row + 1 == text.count;

    copy_line(last_key == key);
    text_step(view.cursor);
    if (last && view.cursor.row > 0) {
        view.cursor = (struct place){start.row - 1, text.lines[start.row - 1].size};
        text_delete(view.cursor, text.lines[start.row].size + 1);
        view.cursor.at = 0;
    } else {
        view.cursor = start;
        text_delete(start, line_here()->size + !last);
    }
}

static void paste(void)
{
    struct place column = view.cursor;

    if (clip_size == 0)
        return;
    text_step(view.cursor);
    view.cursor.at = 0;
    column.row = text_insert(view.cursor, clip, clip_size).row;
    view.cursor = (struct place){column.row, 0};
}

static void take_back(bool (*what)(struct place *), const char *none)
{
    if (!what(&view.cursor))
        say("%s", none);
    if (view.cursor.row >= text.count)
        view.cursor.row = text.count - 1;
    if (view.cursor.at > line_here()->size)
        view.cursor.at = line_here()->size;
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* Up and down keep the column; true: it was one of those. */
static bool move_rows(int key)
{
    size_t page = screen_text_rows(), row = view.cursor.row;

    switch (key) {
    case KEY_UP:
    case CONTROL('p'):
        go_row(row > 0 ? row - 1 : 0);
        return true;
    case KEY_DOWN:
        go_row(row + 1);
        return true;
    case KEY_PAGE_UP:
        view.top = view.top > page ? view.top - page : 0;
        go_row(row > page ? row - page : 0);
        return true;
    case KEY_PAGE_DOWN:
        view.top = view.top + page < text.count ? view.top + page : view.top;
        go_row(row + page);
        return true;
    default:
        return false;
    }
}

static bool move(int key)
{
    switch (key) {
    case KEY_LEFT:
    case CONTROL('b'):
        left();
        return true;
    case KEY_RIGHT:
        right();
        return true;
    case KEY_HOME:
    case CONTROL('a'):
        view.cursor.at = 0;
        return true;
    case KEY_END:
    case CONTROL('e'):
        view.cursor.at = line_here()->size;
        return true;
    case KEY_WORD_LEFT:
        word_left();
        return true;
    case KEY_WORD_RIGHT:
        word_right();
        return true;
    case KEY_TOP:
        view.cursor = (struct place){0, 0};
        return true;
    case KEY_BOTTOM:
        view.cursor = (struct place){text.count - 1, text.lines[text.count - 1].size};
        return true;
    default:
        return false;
    }
}

static void change(int key, const char *bytes)
{
    switch (key) {
    case '\r':
    case '\n':
        insert("\n", 1, key);
        break;
    case 127:
    case 8:
        erase_before();
        break;
    case KEY_DELETE:
    case CONTROL('d'):
        if (!at_end())
            erase_at(view.cursor);
        break;
    case CONTROL('k'):
    case CONTROL('x'):
        cut_line(key);
        break;
    case CONTROL('c'):
        copy_line(false);
        say("line copied");
        break;
    case CONTROL('v'):
    case CONTROL('u'):
        paste();
        break;
    default:
        if (is_typing(key))
            insert(bytes, strlen(bytes), key);
        break;
    }
}

static void command(int key, const char *bytes)
{
    switch (key) {
    case CONTROL('s'):
        (void)save();
        break;
    case CONTROL('q'):
        quit();
        break;
    case CONTROL('o'):
        open_other();
        break;
    case CONTROL('f'):
        search(false);
        break;
    case CONTROL('n'):
        search(true);
        break;
    case CONTROL('g'):
        go_to_line();
        break;
    case CONTROL('z'):
        take_back(text_undo, "nothing to undo");
        break;
    case CONTROL('y'):
        take_back(text_redo, "nothing to redo");
        break;
    case KEY_GONE:
        done = true;
        break;
    default:
        change(key, bytes);
        break;
    }
}

static void take_key(void)
{
    char bytes[5] = "";
    int key = terminal_key(bytes);

    if (key == KEY_RESIZED)
        return;
    view.message[0] = 0;
    if (!move_rows(key)) {
        if (!move(key))
            command(key, bytes);
        keep_column();
    }
    last_key = key;
}

int main(int count, char **words)
{
    size_t line = 0;
    int at = 1;

    if (count > 1 && strcmp(words[1], "--help") == 0) {
        puts("use: edit [+LINE] [FILE]\nChange a file on the whole screen; the last line names the "
             "keys.");
        return 0;
    }
    if (at < count && words[at][0] == '+')
        line = strtoul(words[at++] + 1, NULL, 10);
    text_clear();
    if (at < count)
        load(words[at]);
    if (line > 0)
        go_row(line - 1);
    if (!terminal_begin()) {
        fputs("edit: standard input and output must be a terminal\n", stderr);
        return 1;
    }
    while (!done) {
        screen_draw(&view, NULL);
        take_key();
    }
    terminal_end();
    return 0;
}
