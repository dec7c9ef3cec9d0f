/* What the file commands share. Locks: none; one thread runs the monitor. */
#include "kernel/monitor/files.h"

#include "kernel/core/memory/heap.h"
#include "kernel/monitor/command.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define BUFFER_BYTES 262144
#define SMALL_BUFFER 8192

struct fs_context *file_context(void)
{
    static struct fs_context context;

    if (!context.root.dentry)
        fs_context_init(&context);
    return context.root.dentry ? &context : NULL;
}

bool file_is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int file_lookup(const struct words *words, const char *path, bool follow_last, struct path *found)
{
    struct fs_context *context = file_context();

    if (!context)
        return command_fail(words, "%s: no file system is mounted; `log` says why", path);
    int error = vfs_lookup(context, NULL, path, follow_last ? LOOKUP_FOLLOW : 0, found);
    if (error)
        return command_fail(words, "%s: %s", path, error_text(error));
    return COMMAND_OK;
}

int file_open(const struct words *words, const char *path, struct file **file)
{
    struct path found;
    int status = file_lookup(words, path, true, &found);

    if (status)
        return status;
    uint32_t type = path_inode(found)->mode & S_IFMT;
    int error = type == S_IFDIR ? -EISDIR : 0;
    if (!error && type != S_IFREG) {
        path_put(found);
        return command_fail(words, "%s: not a regular file", path);
    }
    if (!error)
        error = vfs_open_path(file_context(), found, O_RDONLY, file);
    path_put(found);
    return error ? command_fail(words, "%s: %s", path, error_text(error)) : COMMAND_OK;
}

int file_read_at(struct file *file, uint64_t at, void *to, size_t size, size_t *got)
{
    struct io io = io_of_kernel(to, size);
    int64_t result = file_read(file, &io, &at);

    *got = result > 0 ? (size_t)result : 0;
    return result < 0 ? (int)result : 0;
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

/* ---- directories ----------------------------------------------------------------------------- */

int directory_open(struct path path, uint64_t position, struct directory *directory)
{
    directory->at = directory->size = 0;
    directory->next = position;
    int error = vfs_open_path(file_context(), path, O_RDONLY | O_DIRECTORY, &directory->file);
    if (!error)
        directory->file->position = position;
    return error;
}

static int fill(struct directory *directory)
{
    struct io io = io_of_kernel(directory->bytes, sizeof(directory->bytes));
    struct directory_room room = {.io = &io};
    int error = file_read_directory(directory->file, &room);

    directory->at = 0;
    directory->size = io.done;
    return error;
}

int directory_next(struct directory *directory, struct directory_entry *entry)
{
    int error = directory->at < directory->size ? 0 : fill(directory);

    if (error || directory->size == 0)
        return error;
    struct span span = span_of(directory->bytes, directory->size);
    struct abi_dirent head;

    span = span_from(span, directory->at);
    memcpy(&head, span_part(span, 0, sizeof(head)).bytes, sizeof(head));
    entry->name = (const char *)span_from(span, ABI_DIRENT_NAME).bytes;
    entry->type = head.type;
    directory->next = head.next;
    directory->at += head.length;
    return 1;
}

void directory_close(struct directory *directory)
{
    file_put(directory->file);
}

/* ---- how they look --------------------------------------------------------------------------- */

/* POSIX ls: set-user-id, set-group-id and sticky share the place of x. */
static char execute_letter(uint32_t mode, uint32_t execute, uint32_t special, char letter)
{
    if (!(mode & special))
        return mode & execute ? 'x' : '-';
    return mode & execute ? letter : (char)(letter - 0x20);
}

void file_mode_text(uint32_t mode, char text[MODE_TEXT_BYTES])
{
    const struct room to = room_of(text, MODE_TEXT_BYTES);
    static const char types[] = "?pc?d?b?-?l?s???"; /* by the upper four bits */
    room_set(to, 0, types[mode >> 12 & 15]);
    for (unsigned i = 0; i < 9; i++)
        room_set(to, 1 + i, mode & (0400u >> i) ? "rwx"[i % 3] : '-');
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
