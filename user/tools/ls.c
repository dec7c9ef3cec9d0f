/* ls: read and sort the entries of a directory, then print them as a list or in columns. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "user/tools/common/terminal.h"
#include "user/tools/tool.h"

static struct {
    bool all, almost_all, list, human, recursive, by_time, by_size, reverse, one_column, inodes;
    bool directories, marks, numbers, colours, blocks, follow, unsorted, to_terminal;
    bool use_access, use_change;
} how;

struct entry {
    char *name;   /* to be shown */
    char *path;
    char *target; /* of a link */
    struct stat about;
};

struct entries {
    struct entry *at;
    size_t count, room;
};

/* ---- reading --------------------------------------------------------------------------------- */

static const struct timespec *time_of(const struct stat *about)
{
    return how.use_access ? &about->st_atim : how.use_change ? &about->st_ctim : &about->st_mtim;
}

static char *link_target(const char *path)
{
    char target[4096];
    ssize_t length = readlink(path, target, sizeof(target) - 1);

    if (length < 0)
        return NULL;
    target[length] = '\0';
    return take_copy(target);
}

static int add(struct entries *entries, const char *name, char *path, bool follow)
{
    struct entry entry = {.path = path};

    if (!(follow && stat(path, &entry.about) == 0) && lstat(path, &entry.about)) {
        int status = failed("%s", path);

        free(path);
        return status;
    }
    entry.name = take_copy(name);
    if (S_ISLNK(entry.about.st_mode) && how.list)
        entry.target = link_target(path);
    if (entries->count == entries->room) {
        entries->room = entries->room ? 2 * entries->room : 32;
        entries->at = take_more(entries->at, entries->room * sizeof(*entries->at));
    }
    entries->at[entries->count++] = entry;
    return 0;
}

static void forget(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        free(entries->at[i].name);
        free(entries->at[i].path);
        free(entries->at[i].target);
    }
    free(entries->at);
}

static int compare(const void *one, const void *other)
{
    const struct entry *a = one, *b = other;
    const struct timespec *t = time_of(&a->about), *u = time_of(&b->about);
    int order = 0;

    if (how.by_size)
        order = (b->about.st_size > a->about.st_size) - (b->about.st_size < a->about.st_size);
    else if (how.by_time && u->tv_sec != t->tv_sec)
        order = u->tv_sec > t->tv_sec ? 1 : -1;
    else if (how.by_time)
        order = (u->tv_nsec > t->tv_nsec) - (u->tv_nsec < t->tv_nsec);
    if (!order)
        order = strcmp(a->name, b->name);
    return how.reverse ? -order : order;
}

static void sort(struct entries *entries)
{
    if (!how.unsorted && entries->count > 1)
        qsort(entries->at, entries->count, sizeof(*entries->at), compare);
}

/* ---- names ----------------------------------------------------------------------------------- */

static const char *colour_of(const struct stat *about)
{
    switch (about->st_mode & S_IFMT) {
    case S_IFDIR:
        return about->st_mode & S_ISVTX ? "\033[30;42m" : "\033[1;34m";
    case S_IFLNK:
        return "\033[1;36m";
    case S_IFIFO:
        return "\033[33m";
    case S_IFSOCK:
        return "\033[1;35m";
    case S_IFCHR:
    case S_IFBLK:
        return "\033[1;33m";
    default:
        return about->st_mode & S_ISUID ? "\033[37;41m" : about->st_mode & 0111 ? "\033[1;32m" : "";
    }
}

static const char *mark_of(const struct stat *about)
{
    if (!how.marks)
        return "";
    switch (about->st_mode & S_IFMT) {
    case S_IFDIR:
        return "/";
    case S_IFLNK:
        return how.list ? "" : "@";
    case S_IFIFO:
        return "|";
    case S_IFSOCK:
        return "=";
    default:
        return S_ISREG(about->st_mode) && about->st_mode & 0111 ? "*" : "";
    }
}

/* What would move the cursor or colour the screen is shown as '?'. */
static void print_plain(const char *name)
{
    for (; *name; name++)
        putchar_unlocked(how.to_terminal && ((unsigned char)*name < 0x20 || *name == 0x7f) ? '?' : *name);
}

static void print_name(const struct entry *entry)
{
    const char *colour = how.colours ? colour_of(&entry->about) : "";

    fputs(colour, stdout);
    print_plain(entry->name);
    fputs(*colour ? "\033[0m" : "", stdout);
    fputs(mark_of(&entry->about), stdout);
}

/* ---- a list ---------------------------------------------------------------------------------- */

struct widths {
    int links, user, group, size, inode, blocks;
};

static const char *size_of(const struct stat *about)
{
    static char text[32];

    if (S_ISCHR(about->st_mode) || S_ISBLK(about->st_mode))
        snprintf(text, sizeof(text), "%u, %3u", (unsigned)major(about->st_rdev),
                 (unsigned)minor(about->st_rdev));
    else if (how.human)
        human((uint64_t)about->st_size, text);
    else
        snprintf(text, sizeof(text), "%lld", (long long)about->st_size);
    return text;
}

static const char *number_text(unsigned long long number)
{
    static char text[24];

    snprintf(text, sizeof(text), "%llu", number);
    return text;
}

static const char *blocks_of(const struct stat *about)
{
    static char text[HUMAN_BYTES];

    return how.human ? human((uint64_t)about->st_blocks * 512, text)
                     : number_text((unsigned long long)about->st_blocks / 2);
}

static const char *owner_of(const struct stat *about)
{
    return how.numbers ? number_text(about->st_uid) : user_text(about->st_uid);
}

static const char *group_of(const struct stat *about)
{
    return how.numbers ? number_text(about->st_gid) : group_text(about->st_gid);
}

static void widen(int *width, const char *text)
{
    int own = text_width(text);

    if (own > *width)
        *width = own;
}

static struct widths measure(const struct entries *entries)
{
    struct widths widths = {0};

    for (size_t i = 0; i < entries->count; i++) {
        const struct stat *about = &entries->at[i].about;

        widen(&widths.links, number_text(about->st_nlink));
        widen(&widths.user, owner_of(about));
        widen(&widths.group, group_of(about));
        widen(&widths.size, size_of(about));
        widen(&widths.inode, number_text(about->st_ino));
        widen(&widths.blocks, blocks_of(about));
    }
    return widths;
}

/* This half-year's with the time of day, others with the year. */
static void print_time(const struct timespec *time_, time_t now)
{
    const struct tm *parts = localtime(&time_->tv_sec);
    bool near = time_->tv_sec > now - 15552000 && time_->tv_sec <= now + 3600;
    char text[40] = "?";

    if (parts)
        strftime(text, sizeof(text), near ? "%b %e %H:%M" : "%b %e  %Y", parts);
    printf("%s ", text);
}

static void print_front(const struct entry *entry, const struct widths *widths)
{
    if (how.inodes)
        printf("%*llu ", widths->inode, (unsigned long long)entry->about.st_ino);
    if (how.blocks)
        printf("%*s ", widths->blocks, blocks_of(&entry->about));
}

static void print_list(const struct entries *entries)
{
    struct widths widths = measure(entries);
    time_t now = time(NULL);
    char mode[11];

    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->at[i];
        const struct stat *about = &entry->about;

        print_front(entry, &widths);
        printf("%s %*lu %-*s ", mode_text(about->st_mode, mode), widths.links,
               (unsigned long)about->st_nlink, widths.user, owner_of(about));
        printf("%-*s %*s ", widths.group, group_of(about), widths.size, size_of(about));
        print_time(time_of(about), now);
        print_name(entry);
        if (entry->target)
            printf(" -> %s", entry->target);
        putchar_unlocked('\n');
    }
}

/* ---- columns --------------------------------------------------------------------------------- */

static int cell_width(const struct entry *entry, const struct widths *widths)
{
    return text_width(entry->name) + (int)strlen(mark_of(&entry->about))
           + (how.inodes ? widths->inode + 1 : 0) + (how.blocks ? widths->blocks + 1 : 0);
}

static void print_columns(const struct entries *entries)
{
    struct widths widths = measure(entries);
    int columns, rows, widest = 1;

    terminal_size(&columns, &rows);
    for (size_t i = 0; i < entries->count; i++)
        if (cell_width(&entries->at[i], &widths) > widest)
            widest = cell_width(&entries->at[i], &widths);
    size_t across = (size_t)(how.one_column ? 1 : (columns + 1) / (widest + 2));

    across = across ? across : 1;
    size_t down = (entries->count + across - 1) / across;

    for (size_t row = 0; row < down; row++) {
        for (size_t i = row; i < entries->count; i += down) {
            print_front(&entries->at[i], &widths);
            print_name(&entries->at[i]);
            if (i + down < entries->count)
                printf("%*s", widest + 2 - cell_width(&entries->at[i], &widths), "");
        }
        putchar_unlocked('\n');
    }
}

static void print(const struct entries *entries)
{
    if (how.list)
        print_list(entries);
    else if (entries->count)
        print_columns(entries);
}

/* ---- directories ----------------------------------------------------------------------------- */

static bool is_wanted(const char *name)
{
    return name[0] != '.' || how.all || how.almost_all;
}

static void print_total(const struct entries *entries)
{
    uint64_t sectors = 0;
    char text[HUMAN_BYTES];

    for (size_t i = 0; i < entries->count; i++)
        sectors += (uint64_t)entries->at[i].about.st_blocks;
    if (how.human)
        printf("total %s\n", human(sectors * 512, text));
    else
        printf("total %llu\n", (unsigned long long)sectors / 2);
}

static int show_directory(const char *path, bool with_name);

static int show_below(const struct entries *entries)
{
    int status = 0;

    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->at[i];

        if (S_ISDIR(entry->about.st_mode) && strcmp(entry->name, ".") != 0
            && strcmp(entry->name, "..") != 0) {
            putchar_unlocked('\n');
            status |= show_directory(entry->path, true);
        }
    }
    return status;
}

static int show_directory(const char *path, bool with_name)
{
    struct list names = {0};
    struct entries entries = {0};
    int status = 0;

    if (read_directory(path, &names) && names.count == 0)
        return failed("%s", path);
    if (how.all) {
        list_add(&names, take_copy("."));
        list_add(&names, take_copy(".."));
    }
    for (size_t i = 0; i < names.count; i++)
        if (is_wanted(names.at[i]))
            status |= add(&entries, names.at[i], path_join(path, names.at[i]), how.follow);
    list_free(&names);
    sort(&entries);
    if (with_name)
        printf("%s:\n", path);
    if (how.list || how.blocks)
        print_total(&entries);
    print(&entries);
    if (how.recursive)
        status |= show_below(&entries);
    forget(&entries);
    return status;
}

/* ---- what was named -------------------------------------------------------------------------- */

static int show_named(struct words *words)
{
    struct entries files = {0}, directories = {0};
    int status = 0;

    for (int i = 0; i < words->count; i++) {
        struct stat about;
        /* A named link to a directory is gone into, except when it is what -l shows. */
        bool directory = !how.directories
                         && (how.list && !how.follow ? lstat(words->at[i], &about)
                                                     : stat(words->at[i], &about)) == 0
                         && S_ISDIR(about.st_mode);

        status |= add(directory ? &directories : &files, words->at[i], take_copy(words->at[i]),
                      directory || how.follow);
    }
    sort(&files);
    sort(&directories);
    print(&files);
    for (size_t i = 0; i < directories.count; i++) {
        if (i > 0 || files.count > 0)
            putchar_unlocked('\n');
        status |= show_directory(directories.at[i].path, words->count > 1 || how.recursive);
    }
    forget(&files);
    forget(&directories);
    return status;
}

static void set_option(int letter)
{
    switch (letter) {
    case 'a': how.all = true; break;
    case 'A': how.almost_all = true; break;
    case 'l': how.list = true; break;
    case 'n': how.list = how.numbers = true; break;
    case 'h': how.human = true; break;
    case 'R': how.recursive = true; break;
    case 't': how.by_time = true; break;
    case 'u': how.use_access = true; break;
    case 'c': how.use_change = true; break;
    case 'S': how.by_size = true; break;
    case 'U': how.unsorted = true; break;
    case 'r': how.reverse = true; break;
    case '1': how.one_column = true; break;
    case 'C': how.one_column = false; break;
    case 'i': how.inodes = true; break;
    case 's': how.blocks = true; break;
    case 'd': how.directories = true; break;
    case 'F': how.marks = true; break;
    case 'L': how.follow = true; break;
    case 'G': how.colours = true; break;
    }
}

static int ls(struct words *words)
{
    static char here[] = ".";
    char *here_alone[] = {here, NULL};

    how.to_terminal = how.colours = isatty(STDOUT_FILENO);
    how.one_column = !how.to_terminal;
    if (getenv("NO_COLOR"))
        how.colours = false;
    for (int c; (c = option(words, "aAlnhRtucSUr1CisdFLG"));)
        set_option(c);
    if (words->count == 0)
        *words = (struct words){1, here_alone};
    int status = show_named(words);

    return status | finish_output();
}

TOOL(ls, "ls", "[-aAlnhRtucSUr1CisdFLG] [FILE…]", "list directories and files",
     "  -a  names that begin with a dot, too; -A: all but . and ..\n"
     "  -l  with mode, links, owner, size and time; -n: owners as numbers; -h: sizes as 1.4K\n"
     "  -R  what is below, too; -d directories themselves; -L what links point at\n"
     "  -t  by time, -u of access, -c of the inode; -S by size; -U not at all; -r the other way\n"
     "  -1  one a line; -C in columns; -i inode numbers; -s KiB on the disk\n"
     "  -F  a mark for the type; -G colours (on a terminal always, unless NO_COLOR is set)\n")
