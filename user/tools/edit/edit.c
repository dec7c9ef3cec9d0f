/*
 * edit: a text editor for a whole terminal of any size. text.c has the text, screen.c draws it; here keys
 * become changes. What is typed without moving is one step of undo.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/utf8.h"
#include "user/tools/common/terminal.h"
#include "user/tools/edit/screen.h"
#include "user/tools/edit/text.h"
#include "user/tools/tool.h"

static struct text text;
static struct view view = {.text = &text};
static char *path; /* NULL: it has no name yet */
static char *cut;  /* lines that ^K took */
static size_t cut_size, cut_row = SIZE_MAX;
static char *wanted; /* what was searched for */
static size_t wish;  /* the column that up and down keep */
static int last_key = KEY_NONE;
static bool ended;

static void say(const char *format, ...) PRINTS(1, 2);
static void say(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    vsnprintf(view.message, sizeof(view.message), format, values);
    va_end(values);
}

static void measure(void)
{
    terminal_size(&view.columns, &view.rows);
    fputs("\033[2J", stdout);
}

/* ---- questions ------------------------------------------------------------------------------- */

static void add_character(char *answer, size_t room, int key)
{
    char bytes[4];
    size_t size = utf8_encode((uint32_t)key, bytes), length = strlen(answer);

    if (length + size >= room)
        return;
    memcpy(answer + length, bytes, size);
    answer[length + size] = '\0';
}

static void drop_character(char *answer)
{
    size_t length = strlen(answer);

    while (length > 0 && ((unsigned char)answer[--length] & 0xc0) == 0x80)
        ;
    answer[length] = '\0';
}

/* NULL: given up. */
static char *ask(const char *question, const char *suggestion)
{
    static char answer[PATH_MAX];

    snprintf(answer, sizeof(answer), "%s", suggestion ? suggestion : "");
    for (;;) {
        view_draw_question(&view, question, answer);
        int key = read_key(-1);

        if (terminal_resized()) {
            measure();
            view_draw(&view);
        }
        switch (key) {
        case '\r': case '\n':
            return answer;
        case KEY_ESCAPE: case CONTROL('c'): case CONTROL('q'): case KEY_END_OF_INPUT:
            return NULL;
        case KEY_BACKSPACE:
            drop_character(answer);
            break;
        case CONTROL('u'):
            answer[0] = '\0';
            break;
        default:
            if (key >= ' ' && key < KEY_UP)
                add_character(answer, sizeof(answer), key);
        }
    }
}

/* ---- files ----------------------------------------------------------------------------------- */

static int write_to(const char *to, int flags, mode_t mode)
{
    int fd = open(to, flags | O_WRONLY | O_CREAT | O_CLOEXEC, mode);

    if (fd < 0)
        return -1;
    int error = text_write(&text, fd) || fsync(fd) ? errno : 0;

    if (close(fd) && !error)
        error = errno;
    errno = error;
    return error ? -1 : 0;
}

/* Beside the old file first, which stays when something fails; where that cannot be, over it. */
static int save_to(const char *to)
{
    char real[PATH_MAX];
    struct stat about;
    bool exists = stat(to, &about) == 0;

    if (exists && realpath(to, real))
        to = real;
    if (!exists || about.st_nlink > 1 || !S_ISREG(about.st_mode) || about.st_uid != geteuid())
        return write_to(to, O_TRUNC, 0666);
    char *beside = take_text("%s.edit-new", to);
    int failure = write_to(beside, O_EXCL, 0600);

    if (failure && errno == EEXIST && unlink(beside) == 0)
        failure = write_to(beside, O_EXCL, 0600);
    if (!failure && (chmod(beside, about.st_mode & 07777) || rename(beside, to)))
        failure = -1;
    int error = errno;

    if (failure)
        unlink(beside);
    free(beside);
    if (failure && (error == EACCES || error == EROFS))
        return write_to(to, O_TRUNC, 0666);
    errno = error;
    return failure;
}

static bool save(bool under_another_name)
{
    const char *name = path;

    if (!path || under_another_name) {
        name = ask("Save as:", path);
        if (!name || !*name)
            return false;
    }
    if (save_to(name)) {
        say("%s: %s", name, strerror(errno));
        return false;
    }
    if (name != path) {
        free(path);
        path = take_copy(name);
        view.name = path;
    }
    text_note_saved(&text);
    say("saved, %zu lines", text.count);
    return true;
}

static void quit(void)
{
    if (text_is_changed(&text)) {
        for (;;) {
            view_draw_question(&view, "Save the changes? y, n, or Escape to go on:", "");
            int key = read_key(-1);

            if (key == KEY_ESCAPE || key == CONTROL('c'))
                return;
            if (key == 'n' || key == 'N' || key == KEY_END_OF_INPUT)
                break;
            if (key == 'y' || key == 'Y') {
                if (!save(false))
                    return;
                break;
            }
        }
    }
    ended = true;
}

static int load(const char *from)
{
    struct stat about;
    int fd = open(from, O_RDONLY | O_CLOEXEC);

    path = take_copy(from);
    view.name = path;
    if (fd < 0) {
        if (errno != ENOENT)
            return failed("%s", from);
        say("a new file");
        return 0;
    }
    if (fstat(fd, &about) == 0 && S_ISDIR(about.st_mode))
        return wrong("%s is a directory", from);
    int status = text_load(&text, fd) ? failed("%s", from) : 0;

    close(fd);
    /* The end of the last line begins no other. */
    if (text.count > 1 && text.lines[text.count - 1].size == 0)
        text.count--;
    return status;
}

/* ---- changes --------------------------------------------------------------------------------- */

static void insert(const char *bytes, size_t size)
{
    view.cursor = text_insert(&text, view.cursor, bytes, size);
}

static void type(int key)
{
    char bytes[4];

    if (!(last_key >= ' ' && last_key < KEY_UP) || (last_key == ' ' && key != ' '))
        text_begin_step(&text);
    insert(bytes, utf8_encode((uint32_t)key, bytes));
}

/* The next line begins below the first character of this one. */
static void break_line(void)
{
    const struct line *line = &text.lines[view.cursor.row];
    size_t blanks = 0;

    text_begin_step(&text);
    while (blanks < view.cursor.at && (line->bytes[blanks] == ' ' || line->bytes[blanks] == '\t'))
        blanks++;
    char *bytes = take_text("\n%.*s", (int)blanks, blanks ? line->bytes : "");

    insert(bytes, blanks + 1);
    free(bytes);
}

static void erase(struct place to)
{
    struct place from = view.cursor;

    if (to.row < from.row || (to.row == from.row && to.at < from.at)) {
        from = to;
        to = view.cursor;
    }
    if (from.row == to.row && from.at == to.at)
        return;
    text_remove(&text, from, to);
    view.cursor = from;
}

static void erase_character(int key)
{
    if (last_key != key)
        text_begin_step(&text);
    erase(key == KEY_BACKSPACE ? text_previous(&text, view.cursor) : text_next(&text, view.cursor));
}

/* Several ^K behind each other take several lines together. */
static void cut_line(void)
{
    size_t row = view.cursor.row, size;
    bool last = row + 1 == text.count;
    struct place from = {row, 0};
    struct place to = last ? (struct place){row, text.lines[row].size} : (struct place){row + 1, 0};
    char *bytes = text_part(&text, from, to, &size);

    if (last_key != CONTROL('k') || cut_row != row)
        cut_size = 0;
    cut = take_more(cut, cut_size + size + 1);
    memcpy(cut + cut_size, bytes, size);
    cut_size += size;
    if (last)
        cut[cut_size++] = '\n';
    free(bytes);
    cut_row = row;
    text_begin_step(&text);
    view.cursor = from;
    if (to.row != from.row || to.at != from.at)
        text_remove(&text, from, to);
}

static void paste(void)
{
    text_begin_step(&text);
    view.cursor.at = 0;
    if (cut_size)
        insert(cut, cut_size);
}

static void undo(bool again)
{
    if (!(again ? text_redo : text_undo)(&text, &view.cursor))
        say(again ? "nothing was undone" : "nothing to undo");
}

/* ---- searching ------------------------------------------------------------------------------- */

static void find(bool asks, bool backward)
{
    if (asks || !wanted) {
        char *answer = ask("Find:", wanted);

        if (!answer || !*answer)
            return;
        free(wanted);
        wanted = take_copy(answer);
    }
    if (!(backward ? text_find_back : text_find)(&text, view.cursor, wanted, &view.cursor))
        say("%s: not found", wanted);
}

/* All places, from the beginning on; one step of undo. */
static void replace(void)
{
    char *answer = ask("Replace:", wanted);
    struct place at = {0, 0}, found;
    size_t count = 0;

    if (!answer || !*answer)
        return;
    free(wanted);
    wanted = take_copy(answer);
    answer = ask("By:", "");
    if (!answer)
        return;
    text_begin_step(&text);
    while (text_find_at(&text, at, wanted, &found)) {
        text_remove(&text, found, (struct place){found.row, found.at + strlen(wanted)});
        at = view.cursor = text_insert(&text, found, answer, strlen(answer));
        count++;
    }
    say("%zu replaced", count);
}

static void go_to_line(void)
{
    char *answer = ask("Line:", "");
    uint64_t number;

    if (!answer || !*answer)
        return;
    if (!number_of(answer, &number) || number == 0)
        say("%s: no line", answer);
    else
        view.cursor = (struct place){number > text.count ? text.count - 1 : (size_t)number - 1, 0};
}

/* ---- moving ---------------------------------------------------------------------------------- */

static void move_rows(long rows)
{
    size_t row = view.cursor.row;

    if (rows < 0)
        row = row > (size_t)-rows ? row - (size_t)-rows : 0;
    else
        row = row + (size_t)rows < text.count ? row + (size_t)rows : text.count - 1;
    view.cursor = (struct place){row, line_at_column(&text.lines[row], wish)};
}

/* false: the key moves nothing. */
static bool move(int key)
{
    struct place *cursor = &view.cursor;
    long page = view_text_rows(&view) > 1 ? view_text_rows(&view) - 1 : 1;

    switch (key) {
    case KEY_UP: move_rows(-1); return true;
    case KEY_DOWN: move_rows(1); return true;
    case KEY_PAGE_UP: move_rows(-page); return true;
    case KEY_PAGE_DOWN: move_rows(page); return true;
    case KEY_LEFT: *cursor = text_previous(&text, *cursor); break;
    case KEY_RIGHT: *cursor = text_next(&text, *cursor); break;
    case KEY_WORD_LEFT: *cursor = text_previous_word(&text, *cursor); break;
    case KEY_WORD_RIGHT: *cursor = text_next_word(&text, *cursor); break;
    case KEY_HOME: case CONTROL('a'): cursor->at = 0; break;
    case KEY_END: case CONTROL('e'): cursor->at = text.lines[cursor->row].size; break;
    case KEY_FILE_HOME: *cursor = (struct place){0, 0}; break;
    case KEY_FILE_END:
        *cursor = (struct place){text.count - 1, text.lines[text.count - 1].size};
        break;
    default:
        return false;
    }
    wish = line_column(&text.lines[cursor->row], cursor->at);
    return true;
}

static void obey(int key)
{
    if (move(key))
        return;
    switch (key) {
    case CONTROL('s'): (void)save(false); break;
    case CONTROL('o'): (void)save(true); break;
    case CONTROL('q'): case CONTROL('x'): case KEY_END_OF_INPUT: quit(); break;
    case CONTROL('f'): case CONTROL('w'): find(true, false); break;
    case CONTROL('g'): case KEY_F3: find(false, false); break;
    case CONTROL('b'): find(false, true); break;
    case CONTROL('r'): replace(); break;
    case CONTROL('l'): go_to_line(); break;
    case CONTROL('z'): undo(false); break;
    case CONTROL('y'): undo(true); break;
    case CONTROL('k'): cut_line(); break;
    case CONTROL('u'): case CONTROL('v'): paste(); break;
    case '\r': case '\n': break_line(); break;
    case KEY_BACKSPACE: case KEY_DELETE: case CONTROL('d'):
        erase_character(key == KEY_BACKSPACE ? key : KEY_DELETE);
        break;
    default:
        if (key == '\t' || (key >= ' ' && key < KEY_UP && key != KEY_BACKSPACE))
            type(key);
    }
    wish = line_column(&text.lines[view.cursor.row], view.cursor.at);
}

static int edit(struct words *words)
{
    uint64_t row = 1;

    /* edit +12 FILE, as programs call an editor. */
    if (words->count > 0 && words->at[0][0] == '+') {
        row = need_number(words->at[0] + 1, "+");
        words->at++;
        words->count--;
    }
    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 0, 1);
    text_init(&text);
    view.name = "(no name)";
    if ((words->count == 1 && load(words->at[0])) || terminal_begin())
        return 1;
    view.cursor.row = row > 0 && row <= text.count ? (size_t)row - 1 : 0;
    fputs("\033[?1049h", stdout);
    measure();
    while (!ended) {
        view_draw(&view);
        int key = read_key(-1);

        if (terminal_resized())
            measure();
        if (key == KEY_NONE)
            continue;
        view.message[0] = '\0';
        obey(key);
        last_key = key;
    }
    fputs("\033[?1049l", stdout);
    terminal_end();
    text_free(&text);
    return finish_output();
}

TOOL(edit, "edit", "[+LINE] [FILE]", "edit a text on the whole screen",
     "  Arrows, Home, End, PgUp, PgDn move; with Ctrl by words and to the ends\n"
     "  ^S save  ^O save as  ^Q quit  ^F find  ^G next  ^B the one before  ^R replace  ^L go to a line\n"
     "  ^Z undo  ^Y redo  ^K cut the line (again: more)  ^U paste  Escape leaves a question\n")
