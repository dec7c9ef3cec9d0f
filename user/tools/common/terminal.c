#include "user/tools/common/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lib/utf8.h"
#include "user/tools/tool.h"

static int terminal = -1;
static struct termios before;
static volatile sig_atomic_t resized;

void terminal_size(int *columns, int *rows)
{
    struct winsize size;

    *columns = 80;
    *rows = 24;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *columns = size.ws_col;
        *rows = size.ws_row;
    }
}

void terminal_end(void)
{
    if (terminal < 0)
        return;
    (void)tcsetattr(terminal, TCSADRAIN, &before);
    if (terminal != STDIN_FILENO)
        close(terminal);
    terminal = -1;
}

static void end_by_signal(int number)
{
    if (terminal >= 0)
        (void)tcsetattr(terminal, TCSANOW, &before);
    signal(number, SIG_DFL);
    raise(number);
}

static void note_size(int number)
{
    (void)number;
    resized = 1;
}

bool terminal_resized(void)
{
    bool was = resized;

    resized = 0;
    return was;
}

static void catch_signals(void)
{
    static const int ends[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT};
    struct sigaction action = {.sa_handler = end_by_signal};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        sigaction(ends[i], &action, NULL);
    action.sa_handler = note_size; /* without SA_RESTART: poll ends */
    sigaction(SIGWINCH, &action, NULL);
}

int terminal_begin(void)
{
    terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0)
        terminal = STDIN_FILENO;
    if (tcgetattr(terminal, &before)) {
        terminal = -1;
        return failed("this is no terminal");
    }
    struct termios raw = before;

    raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON | ISTRIP);
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    catch_signals();
    atexit(terminal_end);
    return tcsetattr(terminal, TCSADRAIN, &raw) ? failed("the terminal's modes") : 0;
}

/* ---- keys ---------------------------------------------------------------------------------------- */

static int read_byte(int timeout_ms)
{
    struct pollfd wait = {.fd = terminal, .events = POLLIN};
    unsigned char byte;
    int ready = poll(&wait, 1, timeout_ms);

    if (ready <= 0)
        return KEY_NONE;
    ssize_t got = read(terminal, &byte, 1);

    return got == 1 ? byte : got < 0 && errno == EINTR ? KEY_NONE : KEY_END_OF_INPUT;
}

/* CSI …: numbers and a last byte, as xterm and the Linux console send them. */
static int key_of_final(int final, int first, int modifier)
{
    static const struct {
        char final;
        int key, with_control;
    } finals[] = {{'A', KEY_UP, KEY_UP},           {'B', KEY_DOWN, KEY_DOWN},
                  {'C', KEY_RIGHT, KEY_WORD_RIGHT}, {'D', KEY_LEFT, KEY_WORD_LEFT},
                  {'H', KEY_HOME, KEY_FILE_HOME},   {'F', KEY_END, KEY_FILE_END},
                  {'P', KEY_F1, KEY_F1},            {'Q', KEY_F2, KEY_F2},
                  {'R', KEY_F3, KEY_F3},            {'S', KEY_F4, KEY_F4}};
    static const struct {
        int number, key;
    } numbers[] = {{1, KEY_HOME},     {2, KEY_INSERT},     {3, KEY_DELETE}, {4, KEY_END},
                   {5, KEY_PAGE_UP},  {6, KEY_PAGE_DOWN},  {7, KEY_HOME},   {8, KEY_END},
                   {11, KEY_F1},      {12, KEY_F2},        {13, KEY_F3},    {14, KEY_F4},
                   {15, KEY_F5},      {17, KEY_F6},        {18, KEY_F7},    {19, KEY_F8},
                   {20, KEY_F9},      {21, KEY_F10}};

    for (size_t i = 0; final == '~' && i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (numbers[i].number == first)
            return numbers[i].key;
    for (size_t i = 0; i < sizeof(finals) / sizeof(finals[0]); i++)
        if (finals[i].final == final)
            return modifier >= 5 ? finals[i].with_control : finals[i].key;
    return KEY_UNKNOWN;
}

static int read_sequence(void)
{
    int numbers[2] = {0, 0}, at = 0, byte = read_byte(50);

    if (byte == '[') { /* the Linux console's F1 to F5 */
        byte = read_byte(50);
        return byte >= 'A' && byte <= 'E' ? KEY_F1 + (byte - 'A') : KEY_UNKNOWN;
    }
    while ((byte >= '0' && byte <= '9') || byte == ';') {
        if (byte == ';')
            at = 1;
        else if (numbers[at] < 1000)
            numbers[at] = numbers[at] * 10 + (byte - '0');
        byte = read_byte(50);
    }
    return byte < 0 ? KEY_UNKNOWN : key_of_final(byte, numbers[0], numbers[1]);
}

static int read_escape(void)
{
    int byte = read_byte(50);

    if (byte < 0)
        return KEY_ESCAPE;
    if (byte == '[')
        return read_sequence();
    if (byte == 'O')
        return key_of_final(read_byte(50), 0, 0);
    return KEY_UNKNOWN;
}

static int read_character(int byte)
{
    struct utf8_decoder decoder = {0};
    uint32_t characters[2];

    while (utf8_decode(&decoder, (uint8_t)byte, characters) == 0)
        if ((byte = read_byte(50)) < 0)
            return KEY_UNKNOWN;
    return (int)characters[0];
}

int read_key(int timeout_ms)
{
    int byte = read_byte(timeout_ms);

    if (byte == KEY_ESCAPE)
        return read_escape();
    return byte >= 0x80 ? read_character(byte) : byte == 8 ? KEY_BACKSPACE : byte;
}

int text_width(const char *text)
{
    int width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}
