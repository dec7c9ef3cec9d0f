/* hexdump: bytes of a file, a disk or a partition ("ata0", "ata0p1"). */
#include "kernel/core/block/block.h"
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define DEFAULT_BYTES 512
#define SECTOR        512
#define PIECE_BYTES   4096 /* a screen or two at a time, for Ctrl-C; a multiple of 16 */

struct source {
    const char *name;
    struct block_device device; /* disk NULL: a file */
    struct file *file; /* or NULL */
    uint64_t size;     /* bytes */
};

/* ---- where the bytes come from --------------------------------------------------------------- */

static bool find_partition(struct disk *disk, char number, struct block_device *device)
{
    struct mbr mbr;
    if (block_partitions(disk, &mbr))
        return false;
    for (uint32_t i = 0; i < mbr.count; i++) {
        if (mbr.partitions[i].number != (uint8_t)(number - '0'))
            continue;
        *device =
            (struct block_device){disk, mbr.partitions[i].start_lba, mbr.partitions[i].sectors};
        return true;
    }
    return false;
}

static bool find_disk(const char *name, struct block_device *device)
{
    struct disk *disk;
    for (unsigned i = 0; (disk = block_disk(i)); i++) {
        size_t size = strlen(disk->name);
        if (strncmp(name, disk->name, size) != 0)
            continue;
        *device = (struct block_device){disk, 0, disk->sectors};
        struct text rest = text_from(text_of_string(name), size);
        if (rest.size == 1)
            return true;
        if (rest.size == 3 && text_at(rest, 0) == 'p')
            return find_partition(disk, text_at(rest, 1), device);
    }
    return false;
}

static int open_source(const struct words *words, const char *name, struct source *source)
{
    *source = (struct source){.name = name};
    if (find_disk(name, &source->device)) {
        source->size = source->device.sectors * SECTOR;
        return COMMAND_OK;
    }
    source->device.disk = NULL;
    struct path path;
    int status = file_lookup(words, name, true, &path);
    if (status)
        return status;
    bool regular = (path_inode(path)->mode & S_IFMT) == S_IFREG;
    path_put(path);
    if (!regular)
        return command_fail(words, "%s: neither a regular file nor a disk; `disks` lists them",
                            name);
    status = file_open(words, name, &source->file);
    if (!status)
        source->size = source->file->inode->size;
    return status;
}

/* size ≤ PIECE_BYTES, which with a sector more fits into any file_buffer. *bytes: where they lie.
 */
static int read_source(struct source *source, uint64_t offset, size_t size, uint8_t *buffer,
                       struct span *bytes)
{
    size_t got;
    if (!source->device.disk) {
        *bytes = span_of(buffer, size);
        int error = file_read_at(source->file, offset, buffer, size, &got);
        return error || got == size ? error : -EIO;
    }
    uint32_t skip = (uint32_t)(offset % SECTOR);
    uint32_t sectors = (uint32_t)((skip + size + SECTOR - 1) / SECTOR);
    *bytes = span_part(span_of(buffer, (size_t)sectors * SECTOR), skip, size);
    return block_read(&source->device, offset / SECTOR, sectors, buffer);
}

/* A dump under way. */
struct dump {
    uint64_t offset, left; /* bytes: of the piece being printed, from it to the end */
    uint64_t rows;         /* so far */
    uint8_t row[16];       /* the last of them */
    bool starred;
};

/* ---- how they look --------------------------------------------------------------------------- */

static void print_row(uint64_t offset, struct span bytes)
{
    char row[96];
    int at = snprintf(row, sizeof(row), "%08llx ", (unsigned long long)offset);
    for (size_t i = 0; i < 16; i++) {
        const char *gap = i == 8 ? "  " : " ";
        if (i < bytes.size)
            at += snprintf(&row[at], sizeof(row) - (size_t)at, "%s%02x", gap,
                           span_at(bytes, i));
        else
            at += snprintf(&row[at], sizeof(row) - (size_t)at, "%s  ", gap);
    }
    at += snprintf(&row[at], sizeof(row) - (size_t)at, "  |");
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t byte = span_at(bytes, i);
        row[at++] = byte >= ' ' && byte < 0x7f ? (char)byte : '.';
    }
    row[at++] = '|';
    row[at++] = '\n';
    output_write(row, (size_t)at);
}

/* Rows equal to the one before are one '*', as everywhere; the last row is always shown. */
static void print_rows(struct dump *dump, struct span bytes)
{
    for (size_t at = 0; at < bytes.size; at += 16) {
        size_t left = bytes.size - at;
        struct span row = span_part(bytes, at, left < 16 ? left : 16);
        bool last = dump->left == bytes.size && left <= 16;
        bool same = dump->rows++ > 0 && !last && memcmp(row.bytes, dump->row, row.size) == 0;
        if (!same)
            print_row(dump->offset + at, row);
        else if (!dump->starred)
            output_print("*\n");
        dump->starred = same;
        span_copy(dump->row, row);
    }
}

static int run_dump(const struct words *words, struct source *source, struct dump *dump)
{
    size_t room;
    uint8_t *buffer = file_buffer(&room);
    struct span bytes;
    while (dump->left > 0) {
        size_t part = dump->left < PIECE_BYTES ? (size_t)dump->left : PIECE_BYTES;
        int error = read_source(source, dump->offset, part, buffer, &bytes);
        if (error)
            return command_fail(words, "%s: at byte 0x%llx: %s", source->name,
                                (unsigned long long)dump->offset, error_text(error));
        print_rows(dump, bytes);
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
        dump->offset += part;
        dump->left -= part;
    }
    return COMMAND_OK;
}

/* ---- what was asked -------------------------------------------------------------------------- */

struct request {
    const char *name;
    uint64_t offset, size;
};

static int parse(const struct words *words, struct request *request)
{
    *request = (struct request){.size = DEFAULT_BYTES};
    for (int i = 1; i < words->count; i++) {
        bool skip = strcmp(words->at[i], "-s") == 0, length = strcmp(words->at[i], "-n") == 0;
        if ((skip || length) && i + 1 == words->count)
            return command_misused(words, "%s: its number is missing", words->at[i]);
        if (skip || length) {
            uint64_t *number = skip ? &request->offset : &request->size;
            if (command_number(words, words->at[i], words->at[i + 1], 0, INT64_MAX, number))
                return COMMAND_USAGE;
            i++;
        } else if (words->at[i][0] == '-' || request->name) {
            return command_misused(words, "%s: not expected", words->at[i]);
        } else {
            request->name = words->at[i];
        }
    }
    if (!request->name)
        return command_misused(words, "a path or disk is missing");
    return COMMAND_OK;
}

static int dump_part(const struct words *words, const struct request *request,
                     struct source *source)
{
    if (request->offset > source->size)
        return command_fail(words, "-s %llu: %s has %llu bytes",
                            (unsigned long long)request->offset, request->name,
                            (unsigned long long)source->size);
    uint64_t left = source->size - request->offset;
    uint64_t size = request->size < left ? request->size : left;
    struct dump dump = {.offset = request->offset, .left = size};
    int status = run_dump(words, source, &dump);
    if (status == COMMAND_OK && size < left)
        output_print("%llu more bytes; -s and -n choose others\n",
                     (unsigned long long)(left - size));
    return status;
}

static int hexdump(const struct words *words)
{
    struct request request;
    struct source source;
    int status = parse(words, &request);
    if (!status)
        status = open_source(words, request.name, &source);
    if (status)
        return status;
    status = dump_part(words, &request, &source);
    if (source.file)
        file_put(source.file);
    return status;
}

MONITOR_COMMAND("hexdump", "hexdump [-s OFFSET] [-n BYTES] PATH|DISK[pN]",
                "print bytes of a file, disk or partition", hexdump);
