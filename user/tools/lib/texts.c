/* How modes, sizes, users and so on are written; the size of the screen. */
#include <ctype.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static char kind_letter(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return 'd';
    case S_IFLNK:
        return 'l';
    case S_IFCHR:
        return 'c';
    case S_IFBLK:
        return 'b';
    case S_IFIFO:
        return 'p';
    case S_IFSOCK:
        return 's';
    default:
        return '-';
    }
}

static void put_special(char *at, bool special, char small, char large)
{
    if (special)
        *at = *at == 'x' ? small : large;
}

void mode_text(mode_t mode, char text[11])
{
    text[0] = kind_letter(mode);
    for (int i = 0; i < 9; i++)
        text[i + 1] = mode & (0400u >> i) ? "rwx"[i % 3] : '-';
    put_special(text + 3, mode & S_ISUID, 's', 'S');
    put_special(text + 6, mode & S_ISGID, 's', 'S');
    put_special(text + 9, mode & S_ISVTX, 't', 'T');
    text[10] = 0;
}

/* ---- chmod's words --------------------------------------------------------------------------- */

static mode_t who_of(const char **at, bool *named)
{
    mode_t who = 0;

    *named = false;
    for (; **at && strchr("ugoa", **at); (*at)++) {
        *named = true;
        who |= **at == 'u' ? 04700 : **at == 'g' ? 02070 : **at == 'o' ? 01007 : 07777;
    }
    return who;
}

static mode_t bits_of(const char **at, mode_t old, bool folder)
{
    mode_t bits = 0;

    if (**at && strchr("ugo", **at)) {
        int shift = **at == 'u' ? 6 : **at == 'g' ? 3 : 0;

        (*at)++;
        return (old >> shift & 7) * 0111;
    }
    for (; **at && strchr("rwxXst", **at); (*at)++)
        bits |= **at == 'r'   ? 0444
                : **at == 'w' ? 0222
                : **at == 'x' ? 0111
                : **at == 's' ? 06000
                : **at == 't' ? 01000
                              : (folder || old & 0111 ? 0111 : 0);
    return bits;
}

static mode_t part_of(const char **at, mode_t old, bool folder, const char *word)
{
    bool named;
    mode_t who = who_of(at, &named), mask = 0;

    if (!named) {
        mask = umask(0);
        umask(mask);
        who = 07777;
    }
    if (!**at || !strchr("+-=", **at))
        die("%s: not a mode", word);
    while (**at && strchr("+-=", **at)) {
        char operation = *(*at)++;
        mode_t bits = bits_of(at, old, folder) & who & ~mask;

        if (operation == '+')
            old |= bits;
        else if (operation == '-')
            old &= ~bits;
        else
            old = (old & ~(who & 0777)) | bits;
    }
    return old;
}

mode_t mode_of(const char *word, mode_t old, bool folder)
{
    const char *at = word;

    if (isdigit((unsigned char)*word)) {
        char *end;
        unsigned long mode = strtoul(word, &end, 8);

        if (*end || mode > 07777)
            die("%s: not a mode from 0 to 7777", word);
        return (mode_t)mode;
    }
    old &= 07777;
    for (;;) {
        old = part_of(&at, old, folder, word);
        if (!*at)
            return old;
        if (*at++ != ',')
            die("%s: not a mode", word);
    }
}

/* ---- sizes, users ---------------------------------------------------------------------------- */

/* Rounded up, as coreutils do. */
char *size_text(unsigned long long bytes, char text[16])
{
    static const char letters[] = "KMGTPE";
    unsigned long long unit = 1024;
    int i = 0;

    if (bytes < 1024) {
        snprintf(text, 16, "%llu", bytes);
        return text;
    }
    while (i < 5 && (bytes - 1) / unit >= 1023) {
        unit *= 1024;
        i++;
    }
    if (bytes <= unit / 10 * 99) {
        unsigned long long tenths = bytes / unit * 10 + (bytes % unit * 10 + unit - 1) / unit;

        if (tenths < 100) {
            snprintf(text, 16, "%llu.%llu%c", tenths / 10, tenths % 10, letters[i]);
            return text;
        }
    }
    snprintf(text, 16, "%llu%c", bytes / unit + (bytes % unit != 0), letters[i]);
    return text;
}

char *user_text(uid_t user, char text[32])
{
    struct passwd *record = getpwuid(user);

    if (record)
        snprintf(text, 32, "%s", record->pw_name);
    else
        snprintf(text, 32, "%u", (unsigned)user);
    return text;
}

char *group_text(gid_t group, char text[32])
{
    struct group *record = getgrgid(group);

    if (record)
        snprintf(text, 32, "%s", record->gr_name);
    else
        snprintf(text, 32, "%u", (unsigned)group);
    return text;
}

size_t columns_of(const char *text)
{
    size_t columns = 0;

    for (; *text; text++)
        columns += (*text & 0xc0) != 0x80;
    return columns;
}

/* ---- the screen ------------------------------------------------------------------------------ */

static int dimension(const char *variable, bool rows, int otherwise)
{
    struct winsize size;
    const char *word = getenv(variable);
    int of_screen = 0;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        of_screen = rows ? size.ws_row : size.ws_col;
    if (of_screen > 0)
        return of_screen;
    return word && atoi(word) > 0 ? atoi(word) : otherwise;
}

int screen_columns(void)
{
    return dimension("COLUMNS", false, 80);
}

int screen_rows(void)
{
    return dimension("LINES", true, 24);
}

bool to_screen(void)
{
    return isatty(STDOUT_FILENO);
}
