#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "user/tools/lib/tool.h"

static struct termios settings;

static const struct {
    const char *name;
    tcflag_t *where, bits;
} flags[] = {
    {"brkint", &settings.c_iflag, BRKINT}, {"icrnl", &settings.c_iflag, ICRNL},
    {"inlcr", &settings.c_iflag, INLCR},   {"igncr", &settings.c_iflag, IGNCR},
    {"istrip", &settings.c_iflag, ISTRIP}, {"ixon", &settings.c_iflag, IXON},
    {"ixoff", &settings.c_iflag, IXOFF},   {"opost", &settings.c_oflag, OPOST},
    {"onlcr", &settings.c_oflag, ONLCR},   {"isig", &settings.c_lflag, ISIG},
    {"icanon", &settings.c_lflag, ICANON}, {"iexten", &settings.c_lflag, IEXTEN},
    {"echo", &settings.c_lflag, ECHO},     {"echoe", &settings.c_lflag, ECHOE},
    {"echok", &settings.c_lflag, ECHOK},   {"echonl", &settings.c_lflag, ECHONL},
    {"noflsh", &settings.c_lflag, NOFLSH}, {"tostop", &settings.c_lflag, TOSTOP},
};

static const struct {
    const char *name;
    int index;
    cc_t usual;
} characters[] = {
    {"intr", VINTR, 3}, {"quit", VQUIT, 28}, {"erase", VERASE, 127}, {"kill", VKILL, 21},
    {"eof", VEOF, 4},   {"susp", VSUSP, 26}, {"start", VSTART, 17},  {"stop", VSTOP, 19},
};

static void put_all(void)
{
    struct winsize size = {0};

    (void)ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
    printf("rows %u; columns %u;\n", size.ws_row, size.ws_col);
    for (size_t i = 0; i < countof(characters); i++) {
        cc_t c = settings.c_cc[characters[i].index];

        if (c == 127)
            printf("%s = ^?; ", characters[i].name);
        else if (c < 32)
            printf("%s = ^%c; ", characters[i].name, c + 64);
        else
            printf("%s = %c; ", characters[i].name, c);
    }
    putchar('\n');
    for (size_t i = 0; i < countof(flags); i++)
        printf("%s%s ", *flags[i].where & flags[i].bits ? "" : "-", flags[i].name);
    putchar('\n');
}

static void make_sane(void)
{
    settings.c_iflag = BRKINT | ICRNL | IXON;
    settings.c_oflag |= OPOST | ONLCR;
    settings.c_lflag |= ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK;
    settings.c_lflag &= ~(tcflag_t)(ECHONL | NOFLSH | TOSTOP);
    for (size_t i = 0; i < countof(characters); i++)
        settings.c_cc[characters[i].index] = characters[i].usual;
}

static void make_raw(void)
{
    settings.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON);
    settings.c_oflag &= ~(tcflag_t)OPOST;
    settings.c_lflag &= ~(tcflag_t)(ISIG | ICANON | IEXTEN | ECHO);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
}

static bool set_flag(const char *word)
{
    bool off = *word == '-';

    for (size_t i = 0; i < countof(flags); i++) {
        if (strcmp(word + off, flags[i].name) == 0) {
            *flags[i].where &= ~flags[i].bits;
            *flags[i].where |= off ? 0 : flags[i].bits;
            return true;
        }
    }
    return false;
}

static cc_t character_of(const char *word)
{
    if (strcmp(word, "^?") == 0)
        return 127;
    if (word[0] == '^' && word[1] && !word[2])
        return word[1] & 31;
    if (!word[0] || word[1])
        die("%s: not a character like ^C or q", word);
    return (cc_t)word[0];
}

/* `rows 24`, `intr ^C`; false: neither. */
static bool set_value(const char *name, const char *value)
{
    struct winsize size;

    for (size_t i = 0; i < countof(characters); i++) {
        if (strcmp(name, characters[i].name) == 0) {
            settings.c_cc[characters[i].index] = character_of(value);
            return true;
        }
    }
    if (strcmp(name, "rows") != 0 && strcmp(name, "cols") != 0 && strcmp(name, "columns") != 0)
        return false;
    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
        die("%s: %s", name, strerror(errno));
    *(*name == 'r' ? &size.ws_row : &size.ws_col) = (unsigned short)number_of(value, 1, 10000);
    if (ioctl(STDIN_FILENO, TIOCSWINSZ, &size))
        die("%s: %s", name, strerror(errno));
    return true;
}

static int put_size(void)
{
    struct winsize size;

    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
        die("standard input: %s", strerror(errno));
    printf("%u %u\n", size.ws_row, size.ws_col);
    return 0;
}

TOOL(stty, "[-a | size | SETTING …]",
     "Show or change the settings of the terminal (the standard input).\n"
     "SETTING: sane, raw, cooked, a flag that -a shows or - and it, intr CHARACTER, rows N, cols "
     "N.\n")
{
    if (tcgetattr(STDIN_FILENO, &settings))
        die("standard input: %s", strerror(errno));
    if (count == 1 || strcmp(words[1], "-a") == 0) {
        put_all();
        return 0;
    }
    if (strcmp(words[1], "size") == 0)
        return put_size();
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "sane") == 0 || strcmp(words[i], "cooked") == 0 ||
            strcmp(words[i], "-raw") == 0)
            make_sane();
        else if (strcmp(words[i], "raw") == 0)
            make_raw();
        else if (i + 1 < count && set_value(words[i], words[i + 1]))
            i++;
        else if (!set_flag(words[i]))
            die("%s: not a setting; stty -a shows them", words[i]);
    }
    if (tcsetattr(STDIN_FILENO, TCSADRAIN, &settings))
        die("standard input: %s", strerror(errno));
    return 0;
}
