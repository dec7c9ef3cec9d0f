/* ls: a directory's names, sorted; or one line for each with -l. */
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "kernel/monitor/names.h"
#include "lib/errno.h"
#include "lib/string.h"

static char kind_of(unsigned type)
{
    return type == DT_DIR ? '/' : type == DT_LNK ? '@' : 0;
}

static void add_name(const char *name, char kind)
{
    if (names_add(name, kind))
        return;
    names_print(); /* a huge directory is sorted in parts */
    names_clear();
    (void)names_add(name, kind);
}

static void print_target(struct inode *inode)
{
    static char target[PATH_MAX];
    int error = inode->operations->read_link(inode, target, sizeof(target));
    const char *text = error ? error_text(error) : target;
    output_print(" -> ");
    output_foreign(text, strlen(text));
}

static void print_long(struct path path, const char *name)
{
    char mode[MODE_TEXT_BYTES], time[TIME_TEXT_BYTES];
    struct inode *inode = path_inode(path);
    struct abi_stat stat;
    vfs_stat(inode, &stat);
    file_mode_text(stat.mode, mode);
    file_time_text((uint32_t)stat.modified.seconds, time);
    output_print("%s %3u %5u %5u %12llu %.16s ", mode, stat.links, stat.uid, stat.gid,
                 (unsigned long long)stat.size, time);
    output_foreign(name, strlen(name));
    if ((stat.mode & S_IFMT) == S_IFLNK)
        print_target(inode);
    output_print("\n");
}

static int print_entry(const struct words *words, const struct path *at,
                       const struct directory_entry *entry, bool details)
{
    struct path path;
    if (!details) {
        add_name(entry->name, kind_of(entry->type));
        return COMMAND_OK;
    }
    int error = vfs_lookup(file_context(), at, entry->name, 0, &path);
    if (error)
        return command_fail(words, "%s: %s", entry->name, error_text(error));
    print_long(path, entry->name);
    path_put(path);
    return COMMAND_OK;
}

static int print_entries(const struct words *words, const struct path *at,
                         struct directory *directory, bool details, int *error)
{
    struct directory_entry entry;
    int status = COMMAND_OK;
    while ((*error = directory_next(directory, &entry)) > 0) {
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
        if (!file_is_dot(entry.name) && print_entry(words, at, &entry, details))
            status = COMMAND_FAILED;
    }
    return status;
}

static int list_directory(const struct words *words, const char *name, struct path path,
                          bool details)
{
    static struct directory directory;
    int error = directory_open(path, 0, &directory), status = COMMAND_OK;
    if (!error) {
        names_clear();
        status = print_entries(words, &path, &directory, details, &error);
        directory_close(&directory);
        if (!details && status != COMMAND_INTERRUPTED)
            names_print();
    }
    return error < 0 ? command_fail(words, "%s: %s", name, error_text(error)) : status;
}

static void print_file(struct path path, const char *name, bool details)
{
    if (details) {
        print_long(path, name);
        return;
    }
    output_foreign(name, strlen(name));
    output_print("\n");
}

static int ls(const struct words *words)
{
    struct path path;
    bool details = words->count > 1 && strcmp(words->at[1], "-l") == 0;
    int at = details ? 2 : 1;
    if (words->count - at > 1)
        return command_misused(words, "one path, not %d", words->count - at);
    const char *name = at < words->count ? words->at[at] : "/";
    if (name[0] == '-')
        return command_misused(words, "%s: the only option is -l", name);
    int status = file_lookup(words, name, true, &path);
    if (status)
        return status;
    if ((path_inode(path)->mode & S_IFMT) == S_IFDIR)
        status = list_directory(words, name, path, details);
    else
        print_file(path, name, details);
    path_put(path);
    return status;
}

MONITOR_COMMAND("ls", "ls [-l] [PATH]", "list a directory", ls);
