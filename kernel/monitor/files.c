/* What the file commands share. Locks: none; only the monitor reads files so far. */
#include "kernel/monitor/files.h"

#include "kernel/core/memory/heap.h"
#include "kernel/fs/root.h"
#include "kernel/monitor/command.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define BUFFER_BYTES 262144
#define SMALL_BUFFER 8192

const char *file_path(const char *path)
{
    static char absolute[EXT2_PATH_MAX + 1];
    if (path[0] == '/')
        return path;
    absolute[0] = '/';
    strlcpy(&absolute[1], path, sizeof(absolute) - 1);
    return absolute;
}

bool file_is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int file_lookup(const struct words *words, const char *path, bool follow_last, struct ext2 **fs,
                struct ext2_inode *inode)
{
    *fs = root_fs();
    if (!*fs)
        return command_fail(words, "%s: no file system is mounted; `log` says why", path);
    int error = ext2_lookup(*fs, file_path(path), follow_last, inode);
    if (error)
        return command_fail(words, "%s: %s", path, error_text(error));
    return COMMAND_OK;
}

void *file_buffer(size_t *size)
{
    static uint8_t small[SMALL_BUFFER];
    static void *buffer;
    static size_t buffer_size;
    if (!buffer) {
        buffer = alloc(BUFFER_BYTES, 4096);
        buffer_size = buffer ? BUFFER_BYTES : SMALL_BUFFER;
        buffer = buffer ? buffer : small;
    }
    *size = buffer_size;
    return buffer;
}

bool file_is_directory(const struct ext2_inode *inode)
{
    return (inode->mode & MODE_TYPE) == MODE_DIRECTORY;
}

bool file_is_regular(const struct ext2_inode *inode)
{
    return (inode->mode & MODE_TYPE) == MODE_FILE;
}

bool file_is_link(const struct ext2_inode *inode)
{
    return (inode->mode & MODE_TYPE) == MODE_LINK;
}

/* POSIX ls: set-user-id, set-group-id and sticky share the place of x. */
static char execute_letter(uint16_t mode, uint16_t execute, uint16_t special, char letter)
{
    if (!(mode & special))
        return mode & execute ? 'x' : '-';
    return mode & execute ? letter : (char)(letter - 0x20);
}

void file_mode_text(uint16_t mode, char text[MODE_TEXT_BYTES])
{
    const struct room to = room_of(text, MODE_TEXT_BYTES);
    static const char types[] = "?pc?d?b?-?l?s???"; /* by the upper four bits */
    room_set(to, 0, types[mode >> 12]);
    for (unsigned i = 0; i < 9; i++)
        room_set(to, 1 + i, mode & (0400 >> i) ? "rwx"[i % 3] : '-');
    room_set(to, 3, execute_letter(mode, 0100, 04000, 's'));
    room_set(to, 6, execute_letter(mode, 0010, 02000, 's'));
    room_set(to, 9, execute_letter(mode, 0001, 01000, 't'));
    room_set(to, 10, '\0');
}

/* Days since 1970 to a date: years begin in March, so that the leap day is a year's last (H.
   Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
void file_time_text(uint32_t seconds, char text[TIME_TEXT_BYTES])
{
    uint32_t days = seconds / 86400 + 719468; /* since 0000-03-01 */
    uint32_t era = days / 146097, of_era = days % 146097;
    uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * of_year + 2) / 153; /* 0 is March */
    uint32_t day = of_year - (153 * month + 2) / 5 + 1;
    year += era * 400 + (month >= 10);
    month = month < 10 ? month + 3 : month - 9;
    snprintf(text, TIME_TEXT_BYTES, "%04u-%02u-%02u %02u:%02u:%02u", year, month, day,
             seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
}
