/* less: a page at a time. The text is read as far as it is needed; keys come from /dev/tty. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

#include "user/tools/lib/tool.h"

static FILE *input;
static struct names lines;
static bool all_read;
static struct termios before;
static int keys = -1;
static char wanted[128]; /* what was searched last */

/* Lines up to that one; tabs become blanks here already. */
static void read_to(size_t row)
{
    char *line = NULL;
    size_t room = 0;

    while (!all_read && lines.count <= row) {
        if (line_of(input, &line, &room, NULL) < 0)
            all_read = true;
        else
            names_add(&lines, copy_of(line));
    }
    free(line);
}

static void put_line(const char *line, size_t columns)
{
    size_t column = 0;

    for (; *line; line++) {
        unsigned char c = (unsigned char)*line;

        if (c == '\t') {
            do
                putchar(' '), column++;
            while (column % 8 && column < columns);
            continue;
        }
        column += (c & 0xc0) != 0x80;
        if (column > columns)
            break;
        putchar(c < 32 || c == 127 ? '?' : c);
    }
    fputs("\033[K\r\n", stdout);
}

static void draw(size_t top, const char *message)
{
    size_t rows = (size_t)screen_rows() - 1, columns = (size_t)screen_columns();

    read_to(top + rows);
    fputs("\033[?25l\033[H", stdout);
    for (size_t i = 0; i < rows; i++)
        put_line(top + i < lines.count ? lines.at[top + i] : "~", columns);
    printf("\033[7m%s%s\033[0m\033[K\033[?25h", message,
           *message                                ? ""
           : all_read && top + rows >= lines.count ? "(END)"
                                                   : ":");
    fflush(stdout);
}

static void make_sane(void)
{
    (void)tcsetattr(keys, TCSADRAIN, &before);
}

static int key(void)
{
    unsigned char c, more[2];

    for (;;) {
        ssize_t now = read(keys, &c, 1);

        if (now < 0 && errno == EINTR)
            return 'R';
        if (now <= 0)
            return 'q';
        if (c != 27)
            return c;
        if (read(keys, more, 2) != 2)
            return 'q';
        if (more[0] == '[' && more[1] == 'A')
            return 'k';
        if (more[0] == '[' && more[1] == 'B')
            return 'j';
        if (more[0] == '[' && (more[1] == '5' || more[1] == '6'))
            return read(keys, &c, 1) == 1 && more[1] == '5' ? 'b' : ' ';
        if (more[0] == '[' && (more[1] == 'H' || more[1] == 'F'))
            return more[1] == 'H' ? 'g' : 'G';
    }
}

static void ask_for(void)
{
    size_t size = 0;
    int c;

    printf("\r\033[K/");
    fflush(stdout);
    while ((c = key()) != '\r' && c != '\n' && size + 1 < sizeof(wanted)) {
        if (c == 127 && size > 0)
            size--;
        else if (c >= 32 && c != 127)
            wanted[size++] = (char)c;
        printf("\r\033[K/%.*s", (int)size, wanted);
        fflush(stdout);
    }
    if (size)
        wanted[size] = 0;
}

static const char *search(size_t *top)
{
    for (size_t i = *top + 1;; i++) {
        read_to(i);
        if (i >= lines.count)
            return "not found";
        if (strstr(lines.at[i], wanted)) {
            *top = i;
            return "";
        }
    }
}

static size_t last_page(void)
{
    size_t rows = (size_t)screen_rows() - 1;

    read_to((size_t)-2);
    return lines.count > rows ? lines.count - rows : 0;
}

/* How far down, not beyond the last page. */
static size_t forward(size_t top, size_t by)
{
    size_t rows = (size_t)screen_rows() - 1;

    read_to(top + by + rows);
    if (!all_read || top + by + rows <= lines.count)
        return top + by;
    return lines.count > rows && lines.count - rows > top ? lines.count - rows : top;
}

static void page(void)
{
    size_t top = 0, rows;
    const char *message = "";

    for (;;) {
        draw(top, message);
        message = "";
        rows = (size_t)screen_rows() - 1;
        switch (key()) {
        case 'q':
        case 'Q':
        case 3:
            return;
        case ' ':
        case 'f':
            top = forward(top, rows);
            break;
        case 'd':
            top = forward(top, rows / 2);
            break;
        case 'j':
        case '\r':
        case '\n':
            top = forward(top, 1);
            break;
        case 'b':
            top = top > rows ? top - rows : 0;
            break;
        case 'u':
            top = top > rows / 2 ? top - rows / 2 : 0;
            break;
        case 'k':
        case 'y':
            top -= top > 0;
            break;
        case 'g':
            top = 0;
            break;
        case 'G':
            top = last_page();
            break;
        case '/':
            ask_for();
            message = search(&top);
            break;
        case 'n':
            message = search(&top);
            break;
        default:
            break;
        }
    }
}

static void copy(FILE *file, const char *path unused)
{
    int c;

    while ((c = getc(file)) != EOF)
        putchar(c);
}

TOOL(less, "[FILE]",
     "Show a text page by page. Space, b: a page on, back; j, k and arrows: a line; g, G: "
     "beginning,\n"
     "end; /TEXT, n: search; q: enough.\n")
{
    struct termios raw;

    while (option(count, words, "RSX") != -1)
        ;
    if (!to_screen()) {
        each_file(count, words, optind, copy);
        return 0;
    }
    if (optind == count && isatty(STDIN_FILENO))
        usage();
    input = file_of(optind < count ? words[optind] : "-");
    if (!input)
        return 1;
    keys = open("/dev/tty", O_RDONLY);
    if (keys < 0 || tcgetattr(keys, &before))
        die("/dev/tty: %s", strerror(errno));
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    (void)tcsetattr(keys, TCSADRAIN, &raw);
    atexit(make_sane);
    page();
    fputs("\r\033[K", stdout);
    return 0;
}
