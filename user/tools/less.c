/*
 * less, more: text page by page. All of the input is read as far as it was looked at; a line longer than the
 * screen is folded. Standard input may be the text: keys come from /dev/tty.
 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/common/terminal.h"
#include "user/tools/tool.h"

static struct {
    FILE *file;
    const char *name;
    struct list lines;
    bool all_read, numbers;
    size_t top, shift; /* the first line on the screen, and the part of it */
    int columns, rows; /* rows without the last, which tells where one is */
    char message[160];
    regex_t pattern;
    bool has_pattern;
} view;

/* ---- the text -------------------------------------------------------------------------------- */

/* What the terminal would obey is shown as ^X; tabs become blanks. */
static char *make_visible(const char *line, size_t length)
{
    char *text = take(length * 8 + 1), *to = text;
    size_t column = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)line[i];

        if (c == '\t') {
            do
                *to++ = ' ';
            while (++column % 8);
        } else if (c == '\b' && to > text && i + 1 < length) {
            /* Overstruck, as old manuals have it: the later character stays. */
            to--;
            column -= column > 0;
        } else if (c < 32 || c == 127) {
            *to++ = '^';
            *to++ = (char)(c ^ 64);
            column += 2;
        } else {
            *to++ = (char)c;
            column += (c & 0xc0) != 0x80;
        }
    }
    return text;
}

static bool have_line(size_t number)
{
    while (!view.all_read && view.lines.count <= number) {
        size_t length;
        char *line = next_line(view.file, &length, NULL);

        if (line)
            list_add(&view.lines, make_visible(line, length));
        else
            view.all_read = true;
    }
    return number < view.lines.count;
}

static int room(void)
{
    return view.numbers ? view.columns - 8 : view.columns;
}

static size_t parts_of(size_t number)
{
    int width = text_width(view.lines.at[number]);

    return width <= room() ? 1 : (size_t)((width + room() - 1) / room());
}

/* ---- the screen ------------------------------------------------------------------------------ */

static const char *skip_columns(const char *text, int columns)
{
    for (; *text && columns > 0; columns--)
        for (text++; ((unsigned char)*text & 0xc0) == 0x80;)
            text++;
    return text;
}

static void print_part(size_t number, size_t part)
{
    const char *line = view.lines.at[number], *from = skip_columns(line, (int)part * room());
    const char *end = skip_columns(from, room());
    regmatch_t match;

    if (view.numbers)
        printf(part == 0 ? "%7zu " : "        ", number + 1);
    while (from < end && view.has_pattern
           && regexec(&view.pattern, from, 1, &match, from > line ? REG_NOTBOL : 0) == 0
           && match.rm_eo > match.rm_so && from + match.rm_so < end) {
        const char *start = from + match.rm_so, *behind = from + match.rm_eo;

        behind = behind < end ? behind : end;
        printf("%.*s\033[7m%.*s\033[0m", (int)(start - from), from, (int)(behind - start), start);
        from = behind;
    }
    printf("%.*s\033[K\r\n", (int)(end - from), from);
}

static void print_status(size_t behind)
{
    printf("\033[7m");
    if (*view.message)
        printf("%.*s", view.columns - 1, view.message);
    else if (!have_line(behind))
        printf("%s (end)", view.name);
    else if (view.all_read)
        printf("%s %zu%%", view.name, behind * 100 / view.lines.count);
    else
        printf("%s line %zu", view.name, behind);
    printf("\033[0m\033[K");
    view.message[0] = '\0';
}

static void draw(void)
{
    size_t number = view.top, part = view.shift;

    fputs("\033[?25l\033[H", stdout);
    for (int row = 0; row < view.rows; row++) {
        if (!have_line(number)) {
            fputs("~\033[K\r\n", stdout);
            continue;
        }
        print_part(number, part);
        if (++part >= parts_of(number)) {
            number++;
            part = 0;
        }
    }
    print_status(number);
    fputs("\033[?25h", stdout);
    fflush(stdout);
}

static void measure(void)
{
    int rows;

    terminal_size(&view.columns, &rows);
    view.rows = rows > 1 ? rows - 1 : 1;
    view.columns = view.columns > 16 ? view.columns : 16;
    view.shift = 0;
}

/* ---- moving ---------------------------------------------------------------------------------- */

static void down(int rows)
{
    for (; rows > 0 && have_line(view.top); rows--) {
        if (view.shift + 1 < parts_of(view.top))
            view.shift++;
        else if (have_line(view.top + 1)) {
            view.top++;
            view.shift = 0;
        }
    }
}

static void up(int rows)
{
    for (; rows > 0 && (view.top > 0 || view.shift > 0); rows--) {
        if (view.shift > 0)
            view.shift--;
        else
            view.shift = parts_of(--view.top) - 1;
    }
}

/* The last page. */
static void to_end(void)
{
    while (have_line(view.lines.count))
        ;
    view.top = view.lines.count ? view.lines.count - 1 : 0;
    view.shift = view.lines.count ? parts_of(view.top) - 1 : 0;
    up(view.rows - 1);
}

static bool at_end(void)
{
    size_t number = view.top, part = view.shift;

    for (int row = 0; row < view.rows; row++) {
        if (!have_line(number))
            return true;
        if (++part >= parts_of(number)) {
            number++;
            part = 0;
        }
    }
    return !have_line(number);
}

/* ---- searching ------------------------------------------------------------------------------- */

/* A line typed at the bottom; NULL: given up. */
static char *ask(const char *prompt)
{
    static char text[256];
    size_t length = 0;

    for (;;) {
        printf("\r\033[K%s%.*s", prompt, (int)length, text);
        fflush(stdout);
        int key = read_key(-1);

        if (key == '\r' || key == '\n')
            break;
        if (key == KEY_ESCAPE || key == CONTROL('c') || key == KEY_END_OF_INPUT
            || (key == KEY_BACKSPACE && length == 0))
            return NULL;
        if (key == KEY_BACKSPACE)
            while (length > 0 && ((unsigned char)text[--length] & 0xc0) == 0x80)
                ;
        else if (key >= ' ' && key < 0x80 && length + 5 < sizeof(text))
            text[length++] = (char)key;
    }
    text[length] = '\0';
    return text;
}

static bool line_fits(size_t number)
{
    return regexec(&view.pattern, view.lines.at[number], 0, NULL, 0) == 0;
}

static void search(bool backward)
{
    if (!view.has_pattern) {
        snprintf(view.message, sizeof(view.message), "nothing to search for");
        return;
    }
    if (backward) {
        for (size_t number = view.top; number-- > 0;)
            if (line_fits(number)) {
                view.top = number;
                view.shift = 0;
                return;
            }
    } else {
        for (size_t number = view.top + 1; have_line(number); number++)
            if (line_fits(number)) {
                view.top = number;
                view.shift = 0;
                return;
            }
    }
    snprintf(view.message, sizeof(view.message), "not found");
}

static void ask_and_search(bool backward)
{
    char *text = ask(backward ? "?" : "/");

    if (!text)
        return;
    if (*text) {
        if (view.has_pattern)
            regfree(&view.pattern);
        int error = regcomp(&view.pattern, text, REG_EXTENDED);

        view.has_pattern = error == 0;
        if (error) {
            regerror(error, &view.pattern, view.message, sizeof(view.message));
            return;
        }
    }
    search(backward);
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* false: that is the end. */
static bool obey(int key)
{
    switch (key) {
    case 'q': case 'Q': case CONTROL('c'): case KEY_END_OF_INPUT:
        return false;
    case ' ': case 'f': case KEY_PAGE_DOWN: case CONTROL('f'):
        down(view.rows);
        break;
    case 'b': case KEY_PAGE_UP: case CONTROL('b'):
        up(view.rows);
        break;
    case 'd': case CONTROL('d'):
        down(view.rows / 2);
        break;
    case 'u': case CONTROL('u'):
        up(view.rows / 2);
        break;
    case '\r': case '\n': case 'j': case KEY_DOWN:
        down(1);
        break;
    case 'k': case 'y': case KEY_UP:
        up(1);
        break;
    case 'g': case '<': case KEY_HOME: case KEY_FILE_HOME:
        view.top = view.shift = 0;
        break;
    case 'G': case '>': case KEY_END: case KEY_FILE_END:
        to_end();
        break;
    case '/': case '?':
        ask_and_search(key == '?');
        break;
    case 'n': case 'N':
        search(key == 'N');
        break;
    case 'h': case KEY_F1:
        snprintf(view.message, sizeof(view.message),
                 "Space b d u: pages   j k: lines   g G: begin, end   / ? n N: search   q: end");
        break;
    }
    return true;
}

static void forget_text(void)
{
    list_free(&view.lines);
    view.all_read = false;
    view.top = view.shift = 0;
}

/* false: the user has enough. */
static bool show(bool is_more)
{
    forget_text();
    measure();
    for (;;) {
        if (terminal_resized())
            measure();
        draw();
        int key = read_key(-1);

        if (is_more && (key == ' ' || key == '\r') && at_end())
            return true;
        if (!obey(key))
            return false;
    }
}

static int page(struct words *words, bool is_more)
{
    static char standard[] = "-";
    char *standard_alone[] = {standard, NULL};
    bool go_on = true;
    int status = 0;

    for (int c; (c = option(words, "NRSFXeinr"));)
        view.numbers |= c == 'N';
    if (words->count == 0) {
        if (isatty(STDIN_FILENO))
            wrong_use("which file?");
        *words = (struct words){1, standard_alone};
    }
    if (!isatty(STDOUT_FILENO)) {
        for (int i = 0; i < words->count; i++) {
            int fd = open_input(words->at[i]);

            status |= fd < 0 || copy_bytes(fd, STDOUT_FILENO);
        }
        return status;
    }
    if (terminal_begin())
        return 1;
    fputs("\033[?1049h", stdout);
    for (int i = 0; i < words->count && go_on; i++) {
        bool named = strcmp(words->at[i], "-") != 0;

        view.name = named ? words->at[i] : "standard input";
        view.file = named ? fopen(words->at[i], "r") : stdin;
        if (!view.file) {
            status = errno;
            continue;
        }
        go_on = show(is_more);
        if (named)
            fclose(view.file);
    }
    fputs("\033[?1049l", stdout);
    fflush(stdout);
    terminal_end();
    errno = status;
    return status ? failed("some of the files") : 0;
}

static int less(struct words *words)
{
    return page(words, false);
}

static int more(struct words *words)
{
    return page(words, true);
}

TOOL(less, "less", "[-N] [FILE…]", "show text page by page",
     "  -N  with line numbers\n"
     "Keys: Space, b, d, u pages; j, k lines; g, G the ends; / ? n N search; q ends it.\n")
TOOL(more, "more", "[-N] [FILE…]", "show text page by page, to its end", "  Keys as less\n")
