/* stty: the names of the modes are POSIX's. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "user/tools/tool.h"

enum part { INPUT, OUTPUT, CONTROL_, LOCAL };

static const struct mode {
    const char *name;
    enum part part;
    tcflag_t bits, mask; /* mask: of which they are one value; 0: they are a flag */
    bool sane;
} modes[] = {
    {"parenb", CONTROL_, PARENB, 0, false}, {"parodd", CONTROL_, PARODD, 0, false},
    {"cs5", CONTROL_, CS5, CSIZE, false},   {"cs6", CONTROL_, CS6, CSIZE, false},
    {"cs7", CONTROL_, CS7, CSIZE, false},   {"cs8", CONTROL_, CS8, CSIZE, true},
    {"hupcl", CONTROL_, HUPCL, 0, false},   {"cstopb", CONTROL_, CSTOPB, 0, false},
    {"cread", CONTROL_, CREAD, 0, true},    {"clocal", CONTROL_, CLOCAL, 0, false},
    {"crtscts", CONTROL_, CRTSCTS, 0, false},
    {"ignbrk", INPUT, IGNBRK, 0, false},    {"brkint", INPUT, BRKINT, 0, false},
    {"istrip", INPUT, ISTRIP, 0, false},    {"inlcr", INPUT, INLCR, 0, false},
    {"igncr", INPUT, IGNCR, 0, false},      {"icrnl", INPUT, ICRNL, 0, true},
    {"ixon", INPUT, IXON, 0, true},         {"ixany", INPUT, IXANY, 0, false},
    {"ixoff", INPUT, IXOFF, 0, false},      {"imaxbel", INPUT, IMAXBEL, 0, true},
    {"iutf8", INPUT, IUTF8, 0, true},       {"opost", OUTPUT, OPOST, 0, true},
    {"onlcr", OUTPUT, ONLCR, 0, true},      {"ocrnl", OUTPUT, OCRNL, 0, false},
    {"onocr", OUTPUT, ONOCR, 0, false},     {"onlret", OUTPUT, ONLRET, 0, false},
    {"isig", LOCAL, ISIG, 0, true},         {"icanon", LOCAL, ICANON, 0, true},
    {"iexten", LOCAL, IEXTEN, 0, true},     {"echo", LOCAL, ECHO, 0, true},
    {"echoe", LOCAL, ECHOE, 0, true},       {"echok", LOCAL, ECHOK, 0, true},
    {"echonl", LOCAL, ECHONL, 0, false},    {"echoctl", LOCAL, ECHOCTL, 0, true},
    {"echoke", LOCAL, ECHOKE, 0, true},     {"noflsh", LOCAL, NOFLSH, 0, false},
    {"tostop", LOCAL, TOSTOP, 0, false},
};

static const struct {
    const char *name;
    int index;
    unsigned char sane;
} characters[] = {
    {"intr", VINTR, 3},    {"quit", VQUIT, 28},  {"erase", VERASE, 127}, {"kill", VKILL, 21},
    {"eof", VEOF, 4},      {"start", VSTART, 17}, {"stop", VSTOP, 19},   {"susp", VSUSP, 26},
    {"eol", VEOL, 0},      {"eol2", VEOL2, 0},   {"rprnt", VREPRINT, 18}, {"werase", VWERASE, 23},
    {"lnext", VLNEXT, 22}, {"min", VMIN, 1},     {"time", VTIME, 0},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct termios settings;
static struct winsize size;
static bool size_set;

static tcflag_t *part_of(enum part part)
{
    return part == INPUT ? &settings.c_iflag : part == OUTPUT ? &settings.c_oflag
           : part == LOCAL ? &settings.c_lflag : &settings.c_cflag;
}

static bool is_on(const struct mode *mode)
{
    return (*part_of(mode->part) & (mode->mask ? mode->mask : mode->bits)) == mode->bits;
}

static void set(const struct mode *mode, bool on)
{
    tcflag_t *part = part_of(mode->part);

    *part &= ~(mode->mask ? mode->mask : mode->bits);
    if (on)
        *part |= mode->bits;
}

static const char *character_text(int index, unsigned char value)
{
    static char text[8];

    if (index == VMIN || index == VTIME)
        snprintf(text, sizeof(text), "%u", value);
    else if (value == 0)
        return "<undef>";
    else if (value < 32 || value == 127)
        snprintf(text, sizeof(text), "^%c", value ^ 64);
    else
        snprintf(text, sizeof(text), "%c", value);
    return text;
}

static int print(bool all)
{
    int column = 0;

    printf("speed %u baud; rows %u; columns %u;\n", (unsigned)cfgetospeed(&settings), size.ws_row,
           size.ws_col);
    for (size_t i = 0; i < COUNT(characters); i++) {
        unsigned char value = settings.c_cc[characters[i].index];

        if (all || (value != characters[i].sane))
            printf("%s = %s;%s", characters[i].name, character_text(characters[i].index, value),
                   ++column % 6 == 0 ? "\n" : " ");
    }
    printf("%s", column % 6 ? "\n" : "");
    column = 0;
    for (size_t i = 0; i < COUNT(modes); i++) {
        bool on = is_on(&modes[i]);

        if (modes[i].mask && !on)
            continue;
        if (all || on != modes[i].sane)
            printf("%s%s%s", on ? "" : "-", modes[i].name, ++column % 9 == 0 ? "\n" : " ");
    }
    printf("%s", column % 9 ? "\n" : "");
    return finish_output();
}

static bool read_character(const char *text, unsigned char *value)
{
    if (strcmp(text, "undef") == 0 || strcmp(text, "^-") == 0)
        *value = 0;
    else if (text[0] == '^' && text[1] && !text[2])
        *value = text[1] == '?' ? 127 : (unsigned char)toupper((unsigned char)text[1]) & 31;
    else if (text[0] && !text[1])
        *value = (unsigned char)text[0];
    else
        return false;
    return true;
}

static void make_sane(void)
{
    for (size_t i = 0; i < COUNT(modes); i++)
        if (!modes[i].mask || modes[i].sane)
            set(&modes[i], modes[i].sane);
    for (size_t i = 0; i < COUNT(characters); i++)
        settings.c_cc[characters[i].index] = characters[i].sane;
}

static void make_raw(void)
{
    settings.c_iflag = 0;
    settings.c_oflag &= ~(tcflag_t)OPOST;
    settings.c_lflag &= ~(tcflag_t)(ISIG | ICANON | IEXTEN | ECHO);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
}

static bool set_whole(const char *word)
{
    if (strcmp(word, "sane") == 0 || strcmp(word, "-raw") == 0 || strcmp(word, "cooked") == 0)
        make_sane();
    else if (strcmp(word, "raw") == 0)
        make_raw();
    else if (strcmp(word, "cbreak") == 0)
        settings.c_lflag &= ~(tcflag_t)ICANON;
    else if (strcmp(word, "-cbreak") == 0)
        settings.c_lflag |= ICANON;
    else if (strcmp(word, "nl") == 0)
        settings.c_oflag &= ~(tcflag_t)ONLCR;
    else
        return false;
    return true;
}

static bool set_mode(const char *word)
{
    const char *name = word + (*word == '-');

    for (size_t i = 0; i < COUNT(modes); i++)
        if (strcmp(modes[i].name, name) == 0) {
            set(&modes[i], *word != '-');
            return true;
        }
    return false;
}

/* Words that want another; returns how many were taken. */
static int set_value(const char *word, const char *value)
{
    unsigned short *dimension = strcmp(word, "rows") == 0 ? &size.ws_row
                                : strcmp(word, "cols") == 0 || strcmp(word, "columns") == 0
                                    ? &size.ws_col : NULL;

    if (dimension && value) {
        *dimension = (unsigned short)need_number(value, word);
        size_set = true;
        return 2;
    }
    for (size_t i = 0; value && i < COUNT(characters); i++)
        if (strcmp(characters[i].name, word) == 0) {
            int index = characters[i].index;

            if (index == VMIN || index == VTIME)
                settings.c_cc[index] = (unsigned char)need_number(value, word);
            else if (!read_character(value, &settings.c_cc[index]))
                wrong_use("%s: no character", value);
            return 2;
        }
    return 0;
}

/* A word that is a number is a speed. */
static bool set_speed(const char *word)
{
    uint64_t speed;

    if (!number_of(word, &speed))
        return false;
    if (speed > 4000000 || cfsetispeed(&settings, (speed_t)speed) || cfsetospeed(&settings, (speed_t)speed))
        wrong_use("%s: no speed of a line", word);
    return true;
}

static int set_word(char **at)
{
    int taken = set_value(at[0], at[1]);

    if (!taken && !set_speed(at[0]) && !set_whole(at[0]) && !set_mode(at[0]))
        wrong_use("%s means nothing", at[0]);
    return taken ? taken : 1;
}

static int stty(struct words *words)
{
    const char *first = words->count > 0 ? words->at[0] : "";

    if (tcgetattr(STDIN_FILENO, &settings))
        return failed("standard input");
    (void)ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
    if (words->count == 0 || strcmp(first, "-a") == 0)
        return print(words->count > 0);
    if (strcmp(first, "size") == 0) {
        printf("%u %u\n", size.ws_row, size.ws_col);
        return finish_output();
    }
    for (int i = 0; i < words->count;)
        i += set_word(words->at + i);
    if (size_set && ioctl(STDIN_FILENO, TIOCSWINSZ, &size))
        return failed("the size");
    return tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) ? failed("the modes") : 0;
}

TOOL(stty, "stty", "[-a | size | WORD…]", "print or set a terminal's modes",
     "  Without words: what is not as usual; -a: all; size: rows and columns\n"
     "  WORD  9600 and its like, sane, raw, cbreak, [-]echo and its like, rows N, cols N,\n"
     "        intr ^C and its like\n")

/* After a program that left the terminal in disorder. */
static int reset(struct words *words)
{
    (void)words;
    if (tcgetattr(STDIN_FILENO, &settings) == 0) {
        make_sane();
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    }
    fputs("\033c\033[!p\033[?25h\033[0m\033(B\033[H\033[2J", stdout);
    return finish_output();
}

TOOL(reset, "reset", "", "make the terminal usable again", "")
