/* stat: what an inode says. */
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "lib/errno.h"
#include "lib/string.h"

static const char *type_name(uint16_t mode)
{
    switch (mode & MODE_TYPE) {
    case MODE_FILE:
        return "regular file";
    case MODE_DIRECTORY:
        return "directory";
    case MODE_LINK:
        return "symbolic link";
    case 0020000:
        return "character device";
    case 0060000:
        return "block device";
    case 0010000:
        return "fifo";
    case 0140000:
        return "socket";
    default:
        return "of unknown type";
    }
}

static void print_path(struct ext2 *fs, const struct ext2_inode *inode, const char *path)
{
    static char target[EXT2_PATH_MAX + 1];
    output_print("   path  ");
    output_foreign(path, strlen(path));
    if (file_is_link(inode)) {
        int error = ext2_read_link(fs, inode, target, sizeof(target));
        const char *text = error ? error_text(error) : target;
        output_print(" -> ");
        output_foreign(text, strlen(text));
    }
    output_print("\n");
}

static int stat_path(const struct words *words, const char *path)
{
    struct ext2 *fs;
    struct ext2_inode inode;
    char mode[MODE_TEXT_BYTES], time[TIME_TEXT_BYTES];
    int status = file_lookup(words, path, false, &fs, &inode);
    if (status)
        return status;
    file_mode_text(inode.mode, mode);
    file_time_text(inode.mtime, time);
    print_path(fs, &inode, path);
    output_print("   type  %s\n", type_name(inode.mode));
    output_print("   size  %llu bytes, %u sectors\n", (unsigned long long)inode.size,
                 inode.sectors);
    output_print("  inode  %u, links %u\n", inode.number, inode.links);
    output_print("   mode  %04o %s, uid %u, gid %u\n", inode.mode & 07777u, mode, inode.uid,
                 inode.gid);
    output_print("changed  %s UTC\n", time);
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
