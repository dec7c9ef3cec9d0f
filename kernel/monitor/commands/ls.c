/* ls: a directory's names, sorted; or one line for each with -l. */
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "kernel/monitor/names.h"
#include "lib/errno.h"
#include "lib/string.h"

static char kind_of(uint8_t type)
{
    return type == 2 ? '/' : type == 7 ? '@' : 0;
}

static void add_name(const char *name, char kind)
{
    if (names_add(name, kind))
        return;
    names_print(); /* a huge directory is sorted in parts */
    names_clear();
    (void)names_add(name, kind);
}

static void print_target(struct ext2 *fs, const struct ext2_inode *inode)
{
    static char target[EXT2_PATH_MAX + 1];
    int error = ext2_read_link(fs, inode, target, sizeof(target));
    const char *text = error ? error_text(error) : target;
    output_print(" -> ");
    output_foreign(text, strlen(text));
}

static void print_long(struct ext2 *fs, const struct ext2_inode *inode, const char *name)
{
    char mode[MODE_TEXT_BYTES], time[TIME_TEXT_BYTES];
    file_mode_text(inode->mode, mode);
    file_time_text(inode->mtime, time);
    output_print("%s %3u %5u %5u %12llu %.16s ", mode, inode->links, inode->uid, inode->gid,
                 (unsigned long long)inode->size, time);
    output_foreign(name, strlen(name));
    if (file_is_link(inode))
        print_target(fs, inode);
    output_print("\n");
}

static int print_entry(const struct words *words, struct ext2 *fs, const struct ext2_entry *entry,
                       bool details)
{
    struct ext2_inode inode;
    if (!details) {
        add_name(entry->name, kind_of(entry->type));
        return COMMAND_OK;
    }
    int error = ext2_inode(fs, entry->inode, &inode);
    if (error)
        return command_fail(words, "%s: inode %u: %s", entry->name, entry->inode,
                            error_text(error));
    print_long(fs, &inode, entry->name);
    return COMMAND_OK;
}

static int list_directory(const struct words *words, const char *path, struct ext2 *fs,
                          const struct ext2_inode *directory, bool details)
{
    static struct ext2_entry entry;
    uint64_t position = 0;
    int status = COMMAND_OK, more;
    names_clear();
    while ((more = ext2_next_entry(fs, directory, &position, &entry)) > 0) {
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
        if (!file_is_dot(entry.name) && print_entry(words, fs, &entry, details))
            status = COMMAND_FAILED;
    }
    if (!details)
        names_print();
    if (more < 0)
        return command_fail(words, "%s: %s", path, error_text(more));
    return status;
}

static int ls(const struct words *words)
{
    struct ext2 *fs;
    struct ext2_inode inode;
    bool details = words->count > 1 && strcmp(words->at[1], "-l") == 0;
    int at = details ? 2 : 1;
    if (words->count - at > 1)
        return command_misused(words, "one path, not %d", words->count - at);
    const char *path = at < words->count ? words->at[at] : "/";
    if (path[0] == '-')
        return command_misused(words, "%s: the only option is -l", path);
    int status = file_lookup(words, path, true, &fs, &inode);
    if (status)
        return status;
    if (file_is_directory(&inode))
        return list_directory(words, path, fs, &inode, details);
    if (details) {
        print_long(fs, &inode, path);
        return COMMAND_OK;
    }
    output_foreign(path, strlen(path));
    output_print("\n");
    return COMMAND_OK;
}

MONITOR_COMMAND("ls", "ls [-l] [PATH]", "list a directory", ls);
