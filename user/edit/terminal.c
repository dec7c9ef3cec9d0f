/* Keys and sizes. ECMA-48 sequences, and those that terminals like the Linux console send. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "user/edit/edit.h"

#define SEQUENCE_MS 50 /* an escape alone, if nothing follows it for so long */

static struct termios before;
static bool begun;
static volatile sig_atomic_t resized;

static void has_resized(int number)
{
    (void)number;
    resized = 1;
}

bool terminal_begin(void)
{
    struct sigaction action = {.sa_handler = has_resized};
    struct termios raw;

    if (tcgetattr(STDIN_FILENO, &before) || !isatty(STDOUT_FILENO))
        return false;
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGWINCH, &action, NULL);
    raw = before;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_lflag &= ~(tcflag_t)(ISIG | ICANON | IEXTEN | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw))
        return false;
    begun = true;
    terminal_put("\033[?1049h", 8);
    return true;
}

void terminal_end(void)
{
    if (!begun)
        return;
    begun = false;
    terminal_put("\033[0m\033[H\033[2J\033[?1049l\033[?25h", 25);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
}

void terminal_size(size_t *rows, size_t *columns)
{
    struct winsize size;

    *rows = 24;
    *columns = 80;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
        return;
    *rows = size.ws_row;
    *columns = size.ws_col;
}

void terminal_put(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t now = write(STDOUT_FILENO, bytes, size);

        if (now < 0 && errno != EINTR)
            return;
        if (now > 0) {
            bytes += now;
            size -= (size_t)now;
        }
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool more(int ms)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&input, 1, ms) > 0;
}

static int byte(void)
{
    unsigned char c;
    ssize_t now = read(STDIN_FILENO, &c, 1);

    return now == 1 ? c : now < 0 && errno == EINTR ? KEY_RESIZED : KEY_GONE;
}

static int key_of_number(int number)
{
    switch (number) {
    case 1:
    case 7:
        return KEY_HOME;
    case 3:
        return KEY_DELETE;
    case 4:
    case 8:
        return KEY_END;
    case 5:
        return KEY_PAGE_UP;
    case 6:
        return KEY_PAGE_DOWN;
    default:
        return KEY_ESCAPE;
    }
}

static int key_of_letter(int letter, bool control)
{
    switch (letter) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'C':
        return control ? KEY_WORD_RIGHT : KEY_RIGHT;
    case 'D':
        return control ? KEY_WORD_LEFT : KEY_LEFT;
    case 'H':
        return control ? KEY_TOP : KEY_HOME;
    case 'F':
        return control ? KEY_BOTTOM : KEY_END;
    default:
        return KEY_ESCAPE;
    }
}

/* Behind ESC. */
static int sequence(void)
{
    int numbers[4] = {0}, count = 0, c;

    if (!more(SEQUENCE_MS))
        return KEY_ESCAPE;
    c = byte();
    if (c != '[' && c != 'O')
        return KEY_ESCAPE;
    while (more(SEQUENCE_MS)) {
        c = byte();
        if (c >= '0' && c <= '9' && numbers[count] < 1000)
            numbers[count] = numbers[count] * 10 + c - '0';
        else if (c == ';' && count < 3)
            count++;
        else if (c == '~')
            return key_of_number(numbers[0]);
        else if (c >= '@' && c < 127)
            return key_of_letter(c, numbers[1] == 5);
    }
    return KEY_ESCAPE;
}

int terminal_key(char bytes[5])
{
    int c, size = 1;

    if (resized) {
        resized = 0;
        return KEY_RESIZED;
    }
    c = byte();
    if (c == 27)
        return sequence();
    if (c > 255) {
        resized = 0;
        return c;
    }
    bytes[0] = (char)c;
    for (int left = c >= 0xf0   ? 3
                    : c >= 0xe0 ? 2
                    : c >= 0xc0 ? 1
                                : 0;
         left > 0 && more(SEQUENCE_MS); left--) {
        int next = byte();

        if (next > 255)
            break;
        bytes[size++] = (char)next;
    }
    bytes[size] = 0;
    return c;
}
