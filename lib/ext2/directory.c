/*
 * ext2, writing: a directory's records.
 *
 * A block of a directory is filled with records; each has room behind its name that belongs to
 * nobody else. A new name goes into the first such room, or a new block; the room of a name that
 * goes falls to the record before it. So records never move, and a position in a directory stays
 * good. ext2_place_find looks through a directory and says where a name is, or could be; the
 * changes of a block that follow cannot fail.
 *
 * Follows "The Second Extended File System", D. Poirier, §4 directories.
 */
#include "lib/errno.h"
#include "lib/ext2/write_private.h"
#include "lib/string.h"

#define RECORD_HEAD 8 /* bytes before the name */

struct record {
    uint32_t inode; /* 0: unused */
    uint32_t length;
    uint32_t name_length;
    uint8_t type;
};

/* ---- names ---------------------------------------------------------------------------------- */

int ext2_name_check(struct text name)
{
    if (name.size == 0)
        return -EINVAL;
    if (name.size > EXT2_NAME_MAX)
        return -ENAMETOOLONG;
    for (size_t i = 0; i < name.size; i++)
        if (text_at(name, i) == '\0' || text_at(name, i) == '/')
            return -EINVAL;
    return 0;
}

bool ext2_name_is_dots(struct text name)
{
    return (name.size == 1 && text_at(name, 0) == '.') ||
           (name.size == 2 && text_at(name, 0) == '.' && text_at(name, 1) == '.');
}

static uint32_t record_need(uint32_t name_length)
{
    return (RECORD_HEAD + name_length + 3) / 4 * 4;
}

/* The bytes of a record that are its own; the rest is room. */
static uint32_t record_used(const struct record *record)
{
    return record->inode ? record_need(record->name_length) : 0;
}

/* ---- records -------------------------------------------------------------------------------- */

static void record_decode(const struct ext2_rw *fs, struct span block, uint32_t at,
                          struct record *record)
{
    record->inode = span_rd32(block, at);
    record->length = span_rd16(block, at + 4);
    record->name_length = span_at(block, at + 6);
    record->type = span_at(block, at + 7);
    if (!(fs->incompatible & EXT2_INCOMPATIBLE_FILETYPE)) {
        record->name_length |= (uint32_t)record->type << 8;
        record->type = 0;
    }
}

/* The record at `at`, which is below block_bytes. */
static int record_get(struct ext2_rw *fs, struct span block, uint32_t at, struct record *record)
{
    const uint32_t left = fs->block_bytes - at;

    if (ext2_rw_in_range(fs, "directory record, bytes left for it", left, 12, fs->block_bytes))
        return -EUCLEAN;
    record_decode(fs, block, at, record);
    if (ext2_rw_in_range(fs, "directory record length", record->length, 12, left) ||
        ext2_rw_in_range(fs, "directory record length, odd part", record->length % 4, 0, 0) ||
        ext2_rw_in_range(fs, "directory record inode", record->inode, 0, fs->inodes) ||
        ext2_rw_in_range(fs, "directory name length", record->name_length, record->inode != 0,
                         ext2_min(record->length - RECORD_HEAD, EXT2_NAME_MAX)))
        return -EUCLEAN;
    return 0;
}

static uint8_t type_of(const struct ext2_rw *fs, uint32_t mode)
{
    static const uint8_t types[16] = {
        [1] = 5, [2] = 3, [4] = 2, [6] = 4, [8] = 1, [10] = 7, [12] = 6};

    return fs->incompatible & EXT2_INCOMPATIBLE_FILETYPE ? types[mode >> 12 & 15] : 0;
}

static void record_put(struct ext2_rw *fs, struct room block, uint32_t at, uint32_t length,
                       struct text name, uint32_t number, uint32_t mode)
{
    ext2_put32(block, at, number);
    ext2_put16(block, at + 4, length);
    room_set(block, at + 6, (char)name.size);
    room_set(block, at + 7, (char)type_of(fs, mode));
    room_put(block, at + RECORD_HEAD, name);
}

void ext2_entry_add(struct ext2_rw *fs, struct ext2_block *block, uint32_t at, struct text name,
                    uint32_t number, uint32_t mode)
{
    struct record record;

    record_decode(fs, ext2_span(block->bytes), at, &record);
    const uint32_t used = record_used(&record);
    if (used > 0)
        ext2_put16(block->bytes, at + 4, used);
    record_put(fs, block->bytes, at + used, record.length - used, name, number, mode);
    ext2_dirty(fs, block, EXT2_NAMES);
}

void ext2_entry_remove(struct ext2_rw *fs, struct ext2_block *block, uint32_t at)
{
    struct record record, before = {0};
    uint32_t previous = 0;

    for (uint32_t i = 0; i < at; i += before.length) {
        record_decode(fs, ext2_span(block->bytes), i, &before);
        previous = i;
    }
    record_decode(fs, ext2_span(block->bytes), at, &record);
    if (at > 0)
        ext2_put16(block->bytes, previous + 4, before.length + record.length);
    ext2_put32(block->bytes, at, 0);
    ext2_dirty(fs, block, EXT2_NAMES);
}

void ext2_entry_change(struct ext2_rw *fs, struct ext2_block *block, uint32_t at, uint32_t number,
                       uint32_t mode)
{
    ext2_put32(block->bytes, at, number);
    if (fs->incompatible & EXT2_INCOMPATIBLE_FILETYPE)
        room_set(block->bytes, at + 7, (char)type_of(fs, mode));
    ext2_dirty(fs, block, EXT2_NAMES);
}

/* ---- blocks --------------------------------------------------------------------------------- */

/* Block `index` of a directory, pinned; a hole is -EUCLEAN. */
static int block_get(struct ext2_rw *fs, struct ext2_node *directory, uint64_t index,
                     struct ext2_block *block)
{
    struct ext2_run run;
    int error = ext2_map(fs, directory, index, 1, false, &run);

    if (error == -EFBIG)
        error = ext2_rw_damaged(fs, "directory size", directory->size, 0, ext2_rw_size_max(fs));
    if (!error)
        error = ext2_rw_in_range(fs, "directory block", run.first, 1, UINT32_MAX);
    return error ? error : ext2_get(fs, run.first, false, block);
}

int ext2_record_check(struct ext2_rw *fs, const struct ext2_block *block, uint32_t at,
                      uint32_t new_name)
{
    struct record record = {0};
    uint32_t i = 0;
    int error = 0;

    for (; !error && i < at; i += record.length)
        error = record_get(fs, ext2_span(block->bytes), i, &record);
    if (!error)
        error = ext2_rw_in_range(fs, "directory record", i, at, at);
    if (!error)
        error = record_get(fs, ext2_span(block->bytes), at, &record);
    if (!error && new_name)
        error = ext2_rw_in_range(fs, "directory record, room", record.length - record_used(&record),
                                 record_need(new_name), record.length);
    return error;
}

/* One block of ext2_place_find. */
static int block_search(struct ext2_rw *fs, const struct ext2_block *block, struct text name,
                        struct ext2_place *place)
{
    const uint32_t need = record_need((uint32_t)name.size);
    const struct span bytes = ext2_span(block->bytes);
    struct record record;

    for (uint32_t at = 0; at < fs->block_bytes; at += record.length) {
        const int error = record_get(fs, bytes, at, &record);

        if (error)
            return error;
        if (!place->has_room && record.length - record_used(&record) >= need) {
            place->has_room = true;
            place->room_block = block->number;
            place->room_at = at;
        }
        if (record.inode == 0 || record.name_length != name.size ||
            memcmp(span_part(bytes, at + RECORD_HEAD, name.size).bytes, name.chars, name.size))
            continue;
        place->found = true;
        place->type = record.type <= 7 ? record.type : 0;
        place->number = record.inode;
        place->block = block->number;
        place->at = at;
        return 0;
    }
    return 0;
}

int ext2_place_find(struct ext2_rw *fs, struct ext2_node *directory, struct text name,
                    struct ext2_place *place)
{
    int error = ext2_name_check(name);

    *place = (struct ext2_place){0};
    fs->current_inode = directory->number;
    if (ext2_node_type(directory) != EXT2_TYPE_DIRECTORY)
        return -ENOTDIR;
    for (uint64_t i = 0; !error && !place->found && i < directory->size / fs->block_bytes; i++) {
        struct ext2_block block;

        error = block_get(fs, directory, i, &block);
        if (error)
            return error;
        error = block_search(fs, &block, name, place);
        ext2_put(fs, &block);
    }
    return error;
}

/* A block more, pinned, zero. The directory is not yet larger. */
static int block_append(struct ext2_rw *fs, struct ext2_node *directory, struct ext2_block *block)
{
    const uint64_t index = directory->size / fs->block_bytes;
    struct ext2_run run;
    int error;

    if (directory->size > UINT32_MAX - fs->block_bytes)
        return -EFBIG;
    error = ext2_map(fs, directory, index, 1, true, &run);
    if (!error && !run.fresh) /* a block behind the end, which may be anybody's */
        return ext2_rw_damaged(fs, "directory block behind its end", run.first, 0, 0);
    if (error)
        return error;
    error = ext2_get(fs, run.first, true, block);
    if (error && ext2_cut(fs, directory, index))
        return -EUCLEAN;
    return error;
}

int ext2_place_extend(struct ext2_rw *fs, struct ext2_node *directory, struct ext2_place *place)
{
    struct ext2_block block;

    if (place->has_room)
        return 0;
    const int error = block_append(fs, directory, &block);
    if (error)
        return error;
    ext2_put16(block.bytes, 4, fs->block_bytes);
    ext2_dirty(fs, &block, EXT2_FRESH);
    place->has_room = true;
    place->room_block = block.number;
    place->room_at = 0;
    directory->size += fs->block_bytes;
    ext2_put(fs, &block);
    return 0;
}

int ext2_directory_begin(struct ext2_rw *fs, struct ext2_node *directory, uint32_t parent)
{
    const uint32_t dot = record_need(1);
    struct ext2_block block;
    const int error = block_append(fs, directory, &block);

    if (error)
        return error;
    record_put(fs, block.bytes, 0, dot, text_of(".", 1), directory->number, EXT2_TYPE_DIRECTORY);
    record_put(fs, block.bytes, dot, fs->block_bytes - dot, text_of("..", 2), parent,
               EXT2_TYPE_DIRECTORY);
    ext2_dirty(fs, &block, EXT2_FRESH);
    directory->size = fs->block_bytes;
    ext2_put(fs, &block);
    return 0;
}

/* ---- looking -------------------------------------------------------------------------------- */

int ext2_find(struct ext2_rw *fs, struct ext2_node *directory, struct text name, uint32_t *number,
              uint8_t *type)
{
    struct ext2_place place;
    const int error = ext2_place_find(fs, directory, name, &place);

    if (error)
        return error;
    *number = place.number;
    *type = place.type;
    return place.found ? 0 : -ENOENT;
}

static int entry_fill(struct ext2_rw *fs, struct span block, uint32_t at,
                      const struct record *record, struct ext2_entry *entry)
{
    const struct room name = room_of(entry->name, sizeof(entry->name));

    for (uint32_t i = 0; i < record->name_length; i++) {
        const uint8_t byte = span_at(block, at + RECORD_HEAD + i);

        if (byte == '\0' || byte == '/')
            return ext2_rw_damaged(fs, "byte in a directory name", byte, '/' + 1, UINT8_MAX);
        room_set(name, i, (char)byte);
    }
    room_set(name, record->name_length, '\0');
    entry->name_length = (uint8_t)record->name_length;
    entry->inode = record->inode;
    entry->type = record->type <= 7 ? record->type : 0;
    return 0;
}

/* The entries of one block from the position on. *more: emit took all of them. */
static int block_list(struct ext2_rw *fs, const struct ext2_block *block, uint64_t *position,
                      ext2_emit *emit, void *context, bool *more)
{
    const uint32_t from = (uint32_t)(*position % fs->block_bytes);
    const uint64_t begin = *position - from;
    const struct span bytes = ext2_span(block->bytes);
    struct record record;

    for (uint32_t at = 0; at < fs->block_bytes; at += record.length) {
        struct ext2_entry entry;
        int error = record_get(fs, bytes, at, &record);
        const uint64_t next = begin + at + record.length;

        if (!error && record.inode != 0 && at >= from) {
            error = entry_fill(fs, bytes, at, &record, &entry);
            if (!error && !emit(context, &entry, next)) {
                *more = false;
                return 0;
            }
        }
        if (error)
            return error;
        if (at >= from)
            *position = next;
    }
    *position = begin + fs->block_bytes;
    return 0;
}

int ext2_list(struct ext2_rw *fs, struct ext2_node *directory, uint64_t *position, ext2_emit *emit,
              void *context)
{
    bool more = true;

    fs->current_inode = directory->number;
    if (ext2_node_type(directory) != EXT2_TYPE_DIRECTORY)
        return -ENOTDIR;
    while (more && *position < directory->size) {
        struct ext2_block block;
        int error = block_get(fs, directory, *position / fs->block_bytes, &block);

        if (error)
            return error;
        error = block_list(fs, &block, position, emit, context, &more);
        ext2_put(fs, &block);
        if (error)
            return error;
    }
    return 0;
}

static bool emit_dots(void *context, const struct ext2_entry *entry, uint64_t next)
{
    bool *empty = context;

    (void)next;
    *empty = ext2_name_is_dots(text_of(entry->name, entry->name_length));
    return *empty;
}

int ext2_is_empty(struct ext2_rw *fs, struct ext2_node *directory)
{
    uint64_t position = 0;
    bool empty = true;
    const int error = ext2_list(fs, directory, &position, emit_dots, &empty);

    return error ? error : empty;
}
