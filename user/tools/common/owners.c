/* Modes, users and groups as text. */
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "user/tools/tool.h"

static char type_letter(unsigned mode)
{
    static const struct {
        unsigned type;
        char letter;
    } types[] = {{S_IFDIR, 'd'}, {S_IFLNK, 'l'}, {S_IFCHR, 'c'}, {S_IFBLK, 'b'}, {S_IFIFO, 'p'},
                 {S_IFSOCK, 's'}};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if ((mode & S_IFMT) == types[i].type)
            return types[i].letter;
    return '-';
}

const char *mode_text(unsigned mode, char *to)
{
    static const char letters[] = "rwxrwxrwx";
    static const struct {
        unsigned bit;
        int at;
        char with, without;
    } specials[] = {{S_ISUID, 3, 's', 'S'}, {S_ISGID, 6, 's', 'S'}, {S_ISVTX, 9, 't', 'T'}};

    to[0] = type_letter(mode);
    for (int i = 0; i < 9; i++)
        to[i + 1] = mode & 0400u >> i ? letters[i] : '-';
    for (int i = 0; i < 3; i++)
        if (mode & specials[i].bit)
            to[specials[i].at] = to[specials[i].at] == 'x' ? specials[i].with : specials[i].without;
    to[10] = '\0';
    return to;
}

/* The bits that u, g, o stand for in whom, with their set-id and sticky bits. */
static const char *read_whom(const char *text, unsigned *whom)
{
    *whom = 0;
    for (;; text++)
        switch (*text) {
        case 'u':
            *whom |= 04700;
            break;
        case 'g':
            *whom |= 02070;
            break;
        case 'o':
            *whom |= 01007;
            break;
        case 'a':
            *whom |= 07777;
            break;
        default:
            return text;
        }
}

static const char *read_what(const char *text, unsigned mode, bool is_directory, unsigned *what)
{
    *what = 0;
    for (;; text++)
        switch (*text) {
        case 'r':
            *what |= 0444;
            break;
        case 'w':
            *what |= 0222;
            break;
        case 'x':
            *what |= 0111;
            break;
        case 'X':
            *what |= is_directory || (mode & 0111) ? 0111 : 0;
            break;
        case 's':
            *what |= 06000;
            break;
        case 't':
            *what |= 01000;
            break;
        case 'u':
            *what |= (mode >> 6 & 7) * 0111;
            break;
        case 'g':
            *what |= (mode >> 3 & 7) * 0111;
            break;
        case 'o':
            *what |= (mode & 7) * 0111;
            break;
        default:
            return text;
        }
}

static bool symbolic(const char *text, unsigned mode, bool is_directory, unsigned *changed)
{
    unsigned mask = (unsigned)umask(0);

    umask(mask);
    do {
        unsigned whom, what;

        text = read_whom(text, &whom);
        if (!*text || !strchr("+-=", *text))
            return false;
        while (*text && strchr("+-=", *text)) {
            char how = *text;
            unsigned reach = whom ? whom : 07777 & ~mask;

            text = read_what(text + 1, mode, is_directory, &what);
            if (how == '=')
                mode &= ~(whom ? whom & (is_directory ? 01777u : 07777u) : 0777u);
            mode = how == '-' ? mode & ~(what & reach) : mode | (what & reach);
        }
    } while (*text == ',' && *++text);
    *changed = mode;
    return *text == '\0';
}

bool mode_change(const char *text, unsigned mode, bool is_directory, unsigned *changed)
{
    unsigned octal = 0;
    const char *at = text;

    for (; *at >= '0' && *at <= '7' && octal < 010000; at++)
        octal = octal * 8 + (unsigned)(*at - '0');
    if (at > text && !*at && octal <= 07777) {
        *changed = octal;
        return true;
    }
    return symbolic(text, mode & 07777, is_directory, changed);
}

/* The last name is kept: neighbours in a directory have one owner. */
struct last_name {
    bool known;
    unsigned id;
    char name[40];
};

static const char *remember(struct last_name *last, unsigned id, const char *name)
{
    last->known = true;
    last->id = id;
    if (name)
        snprintf(last->name, sizeof(last->name), "%s", name);
    else
        snprintf(last->name, sizeof(last->name), "%u", id);
    return last->name;
}

const char *user_text(unsigned uid)
{
    static struct last_name last;

    if (last.known && last.id == uid)
        return last.name;
    struct passwd *entry = getpwuid(uid);

    return remember(&last, uid, entry ? entry->pw_name : NULL);
}

const char *group_text(unsigned gid)
{
    static struct last_name last;

    if (last.known && last.id == gid)
        return last.name;
    struct group *entry = getgrgid(gid);

    return remember(&last, gid, entry ? entry->gr_name : NULL);
}
