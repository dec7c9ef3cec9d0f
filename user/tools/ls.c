/* ls: names, in columns, one a line, or with all that is known of them. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static bool all, almost_all, longer, human, deep, by_time, by_size, backwards, one_a_line,
    folders_too, classify, inodes, colours;
static bool something_written;

struct entry {
    char *name, *path, *target;
    struct stat about;
};

struct entries {
    struct entry *at;
    size_t count, room;
};

/* ---- collecting ------------------------------------------------------------------------------ */

static char *target_read(const char *path)
{
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof(target) - 1);

    if (size < 0)
        return NULL;
    target[size] = 0;
    return copy_of(target);
}

static bool add(struct entries *entries, const char *name, char *path, bool follow)
{
    struct entry entry = {.path = path};

    if (follow ? stat(path, &entry.about) && lstat(path, &entry.about)
               : lstat(path, &entry.about)) {
        complain_of(path);
        free(path);
        return false;
    }
    entry.name = copy_of(name);
    if (S_ISLNK(entry.about.st_mode))
        entry.target = target_read(path);
    if (entries->count == entries->room) {
        entries->room = entries->room ? entries->room * 2 : 32;
        entries->at = enlarge(entries->at, entries->room * sizeof(*entries->at));
    }
    entries->at[entries->count++] = entry;
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct entry *first = a, *second = b;
    const struct timespec *t1 = &first->about.st_mtim, *t2 = &second->about.st_mtim;
    int order = 0;

    if (by_time)
        order = t1->tv_sec != t2->tv_sec     ? (t1->tv_sec < t2->tv_sec ? 1 : -1)
                : t1->tv_nsec != t2->tv_nsec ? (t1->tv_nsec < t2->tv_nsec ? 1 : -1)
                                             : 0;
    else if (by_size)
        order = first->about.st_size < second->about.st_size   ? 1
                : first->about.st_size > second->about.st_size ? -1
                                                               : 0;
    if (!order)
        order = strcmp(first->name, second->name);
    return backwards ? -order : order;
}

static void release(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        free(entries->at[i].name);
        free(entries->at[i].path);
        free(entries->at[i].target);
    }
    free(entries->at);
}

/* ---- writing --------------------------------------------------------------------------------- */

static const char *colour_of(const struct entry *entry)
{
    switch (entry->about.st_mode & S_IFMT) {
    case S_IFDIR:
        return "\033[1;34m";
    case S_IFLNK:
        return "\033[1;36m";
    case S_IFCHR:
    case S_IFBLK:
        return "\033[1;33m";
    case S_IFIFO:
        return "\033[33m";
    default:
        return entry->about.st_mode & 0111 ? "\033[1;32m" : "";
    }
}

static const char *mark_of(mode_t mode)
{
    if (!classify)
        return "";
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "/";
    case S_IFLNK:
        return "@";
    case S_IFIFO:
        return "|";
    case S_IFREG:
        return mode & 0111 ? "*" : "";
    default:
        return "";
    }
}

static void put_name(const struct entry *entry)
{
    const char *colour = colours ? colour_of(entry) : "";

    fputs(colour, stdout);
    for (const char *c = entry->name; *c; c++)
        putchar(colours && ((unsigned char)*c < 32 || *c == 127) ? '?' : *c);
    if (*colour)
        fputs("\033[0m", stdout);
    if (!longer || !entry->target)
        fputs(mark_of(entry->about.st_mode), stdout);
}

static size_t name_columns(const struct entry *entry, size_t inode_columns)
{
    return columns_of(entry->name) + strlen(mark_of(entry->about.st_mode)) +
           (inode_columns ? inode_columns + 1 : 0);
}

static void time_text(const struct timespec *time_of, char text[32])
{
    time_t now = time(NULL);
    bool recent = time_of->tv_sec <= now && time_of->tv_sec > now - 31556952 / 2;
    struct tm *parts = localtime(&time_of->tv_sec);

    if (!parts || !strftime(text, 32, recent ? "%b %e %H:%M" : "%b %e  %Y", parts))
        strcpy(text, "?");
}

struct widths {
    int inode, links, user, group, size;
};

static void long_size(const struct entry *entry, char text[32])
{
    const struct stat *about = &entry->about;

    if (S_ISCHR(about->st_mode) || S_ISBLK(about->st_mode))
        snprintf(text, 32, "%u, %3u", (unsigned)major(about->st_rdev),
                 (unsigned)minor(about->st_rdev));
    else if (human)
        size_text((unsigned long long)about->st_size, text);
    else
        snprintf(text, 32, "%lld", (long long)about->st_size);
}

static void at_least(int *width, int now)
{
    if (*width < now)
        *width = now;
}

static struct widths measure(const struct entries *entries)
{
    struct widths widths = {0};
    char text[32];

    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->at[i];

        at_least(&widths.inode, snprintf(NULL, 0, "%llu", (unsigned long long)entry->about.st_ino));
        at_least(&widths.links,
                 snprintf(NULL, 0, "%llu", (unsigned long long)entry->about.st_nlink));
        at_least(&widths.user, (int)strlen(user_text(entry->about.st_uid, text)));
        at_least(&widths.group, (int)strlen(group_text(entry->about.st_gid, text)));
        long_size(entry, text);
        at_least(&widths.size, (int)strlen(text));
    }
    return widths;
}

static void put_long(const struct entry *entry, const struct widths *widths)
{
    char mode[11], user[32], group[32], size[32], when[32];

    mode_text(entry->about.st_mode, mode);
    long_size(entry, size);
    time_text(&entry->about.st_mtim, when);
    if (inodes)
        printf("%*llu ", widths->inode, (unsigned long long)entry->about.st_ino);
    printf("%s %*llu %-*s %-*s %*s %s ", mode, widths->links,
           (unsigned long long)entry->about.st_nlink, widths->user,
           user_text(entry->about.st_uid, user), widths->group,
           group_text(entry->about.st_gid, group), widths->size, size, when);
    put_name(entry);
    if (entry->target)
        printf(" -> %s", entry->target);
    putchar('\n');
}

/* As many columns as fit, names downwards. */
static size_t fit(const struct entries *entries, size_t inode_columns, size_t *widths)
{
    size_t wide = (size_t)screen_columns();

    for (size_t rows = 1; rows <= entries->count; rows++) {
        size_t sum = 0, column = 0;

        for (size_t i = 0; i < entries->count; i += rows, column++) {
            widths[column] = 0;
            for (size_t k = i; k < i + rows && k < entries->count; k++) {
                size_t now = name_columns(&entries->at[k], inode_columns);

                widths[column] = now > widths[column] ? now : widths[column];
            }
            sum += widths[column] + (i ? 2 : 0);
        }
        if (sum < wide)
            return rows;
    }
    return entries->count;
}

static void put_columns(const struct entries *entries)
{
    struct widths all_widths = measure(entries);
    size_t inode_columns = inodes ? (size_t)all_widths.inode : 0;
    size_t *widths = allocate((entries->count + 1) * sizeof(*widths));
    size_t rows = fit(entries, inode_columns, widths);

    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row, column = 0; i < entries->count; i += rows, column++) {
            if (inodes)
                printf("%*d ", all_widths.inode, (int)entries->at[i].about.st_ino);
            put_name(&entries->at[i]);
            if (i + rows < entries->count)
                printf("%*s",
                       (int)(widths[column] + 2 - name_columns(&entries->at[i], inode_columns)),
                       "");
        }
        putchar('\n');
    }
    free(widths);
}

static void put_all(struct entries *entries)
{
    struct widths widths;

    if (entries->count > 1)
        qsort(entries->at, entries->count, sizeof(*entries->at), compare);
    if (entries->count)
        something_written = true;
    if (!longer && !one_a_line) {
        put_columns(entries);
        return;
    }
    widths = measure(entries);
    for (size_t i = 0; i < entries->count; i++) {
        if (longer) {
            put_long(&entries->at[i], &widths);
            continue;
        }
        if (inodes)
            printf("%*llu ", widths.inode, (unsigned long long)entries->at[i].about.st_ino);
        put_name(&entries->at[i]);
        putchar('\n');
    }
}

/* ---- folders --------------------------------------------------------------------------------- */

static void put_total(const struct entries *entries)
{
    unsigned long long sectors = 0;
    char text[16];

    for (size_t i = 0; i < entries->count; i++)
        sectors += (unsigned long long)entries->at[i].about.st_blocks;
    if (human)
        printf("total %s\n", size_text(sectors * 512, text));
    else
        printf("total %llu\n", sectors / 2);
}

static void list_folder(const char *path, bool named)
{
    struct names names;
    struct entries entries = {0};

    if (!folder_read(path, &names))
        return;
    if (named)
        printf("%s%s:\n", something_written ? "\n" : "", path);
    something_written = true;
    if (all) {
        (void)add(&entries, ".", path_in(path, "."), false);
        (void)add(&entries, "..", path_in(path, ".."), false);
    }
    for (size_t i = 0; i < names.count; i++)
        if (all || almost_all || names.at[i][0] != '.')
            (void)add(&entries, names.at[i], path_in(path, names.at[i]), false);
    names_free(&names);
    if (longer)
        put_total(&entries);
    put_all(&entries);
    for (size_t i = 0; deep && i < entries.count; i++)
        if (S_ISDIR(entries.at[i].about.st_mode) && strcmp(entries.at[i].name, ".") != 0 &&
            strcmp(entries.at[i].name, "..") != 0)
            list_folder(entries.at[i].path, true);
    release(&entries);
}

static void take_options(int count, char **words)
{
    int letter;

    while ((letter = option(count, words, "aAlhRtrS1dFiC")) != -1) {
        switch (letter) {
        case 'a':
            all = true;
            break;
        case 'A':
            almost_all = true;
            break;
        case 'l':
            longer = true;
            break;
        case 'h':
            human = true;
            break;
        case 'R':
            deep = true;
            break;
        case 't':
            by_time = true;
            break;
        case 'r':
            backwards = true;
            break;
        case 'S':
            by_size = true;
            break;
        case '1':
            one_a_line = true;
            break;
        case 'C':
            one_a_line = false;
            break;
        case 'd':
            folders_too = true;
            break;
        case 'F':
            classify = true;
            break;
        default:
            inodes = true;
            break;
        }
    }
}

TOOL(ls, "[-alhRtrS1dFiAC] [PATH …]",
     "List files and what is in folders.\n"
     "  -a  names that begin with a dot too; -A: without . and ..\n"
     "  -l  with mode, links, owner, group, size, time; -h: 1.5K instead of bytes\n"
     "  -R  folders in folders too      -d  folders themselves, not what is in them\n"
     "  -t  newest first, -S largest first, -r the other way round\n"
     "  -1  one a line, -C in columns   -F  / behind folders, * programs, @ links   -i  inode "
     "numbers\n")
{
    struct entries files = {0}, folders = {0};
    char *here[] = {"."};

    colours = to_screen();
    one_a_line = !to_screen();
    take_options(count, words);
    words = optind < count ? words + optind : here;
    count = optind < count ? count - optind : 1;
    for (int i = 0; i < count; i++) {
        struct stat about;
        bool folder = !folders_too && stat(words[i], &about) == 0 && S_ISDIR(about.st_mode) &&
                      !(longer && lstat(words[i], &about) == 0 && S_ISLNK(about.st_mode));

        (void)add(folder ? &folders : &files, words[i], copy_of(words[i]), folder);
    }
    put_all(&files);
    if (folders.count > 1)
        qsort(folders.at, folders.count, sizeof(*folders.at), compare);
    for (size_t i = 0; i < folders.count; i++)
        list_folder(folders.at[i].path, count > 1 || deep);
    release(&files);
    release(&folders);
    return tool_status ? 2 : 0;
}
