/* stat: what an inode says. */
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "lib/errno.h"
#include "lib/string.h"

static const char *type_name(uint32_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return "regular file";
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "symbolic link";
    case S_IFCHR:
        return "character device";
    case S_IFBLK:
        return "block device";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    default:
        return "of unknown type";
    }
}

static void print_path(const struct path *found, const char *path)
{
    static char target[PATH_MAX];
    output_print("   path  ");
    output_foreign(path, strlen(path));
    struct inode *inode = path_inode(*found);
    if ((inode->mode & S_IFMT) == S_IFLNK) {
        int error = inode->operations->read_link(inode, target, sizeof(target));
        const char *text = error ? error_text(error) : target;
        output_print(" -> ");
        output_foreign(text, strlen(text));
    }
    output_print("\n");
}

static void print_stat(const struct abi_stat *stat)
{
    char mode[MODE_TEXT_BYTES], time[TIME_TEXT_BYTES];
    file_mode_text(stat->mode, mode);
    file_time_text((uint32_t)stat->modified.seconds, time);
    output_print("   type  %s\n", type_name(stat->mode));
    output_print("   size  %llu bytes, %llu sectors\n", (unsigned long long)stat->size,
                 (unsigned long long)stat->sectors);
    output_print("  inode  %llu, links %u\n", (unsigned long long)stat->inode, stat->links);
    output_print("   mode  %04o %s, uid %u, gid %u\n", stat->mode & 07777u, mode, stat->uid,
                 stat->gid);
    output_print("changed  %s UTC\n", time);
}

static int stat_path(const struct words *words, const char *path)
{
    struct path found;
    struct abi_stat stat;
    int status = file_lookup(words, path, false, &found);
    if (status)
        return status;
    vfs_stat(path_inode(found), &stat);
    print_path(&found, path);
    print_stat(&stat);
    path_put(found);
    return COMMAND_OK;
}

static int stat(const struct words *words)
{
    int status = COMMAND_OK;
    if (words->count < 2)
        return command_misused(words, "a path is missing");
    for (int i = 1; i < words->count; i++) {
        if (stat_path(words, words->at[i]))
            status = COMMAND_FAILED;
    }
    return status;
}

MONITOR_COMMAND("stat", "stat PATH …", "tell size, type, owner and date of files", stat);
