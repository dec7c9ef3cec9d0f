/*
 * file-work SEED STEPS: random changes to files, and what a crash must leave of them.
 *
 * For tests/crash. Every line on COM1 that begins with '=' is for its replayer:
 *
 *     = T NAME               it is about to be changed: no promise about it holds any more
 *     = P NAME SIZE SEED     from the next mark on it is there, with these contents
 *     = D NAME               from the next mark on it is not there
 *     = E NAME SIZE SEED SIZE SEED   until it is touched: one of these contents (a rename over it)
 *     = M NUMBER             the mark: a sector with that number was written to the boot disk, in
 *                            the gap before its partition, behind the sync that made it all true
 *
 * Byte i of a file is (i * 2654435761 >> 8) + SEED.
 */
#include "kernel/core/memory/heap.h"
#include "kernel/fs/root.h"
#include "kernel/fs/vfs.h"
#include "kernel/monitor/command.h"
#include "kernel/test/commands.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

#define FILES       32u
#define DIRECTORIES 4u
#define PIECE       4096u
#define MARK_SECTOR 2000u

struct work {
    const struct words *words;
    struct fs_context context;
    uint64_t random;
    uint32_t mark;
    struct {
        bool there, touched;
        uint32_t size, seed;
    } files[FILES];
    bool directories[DIRECTORIES]; /* that are there */
    char name[32];
    uint8_t piece[PIECE];
};

/* Numerical Recipes' generator; the upper bits are the good ones. */
static uint32_t random(struct work *work, uint32_t below)
{
    work->random = work->random * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(work->random >> 33) % below;
}

/* Half of the files lie in directories. */
static const char *name_of(struct work *work, unsigned file)
{
    if (file < FILES / 2)
        (void)snprintf(work->name, sizeof(work->name), "/crash/f%u", file);
    else
        (void)snprintf(work->name, sizeof(work->name), "/crash/d%u/f%u", file % DIRECTORIES, file);
    return work->name;
}

static bool has_place(const struct work *work, unsigned file)
{
    return file < FILES / 2 || work->directories[file % DIRECTORIES];
}

static void touch(struct work *work, unsigned file)
{
    output_print("= T %s\n", name_of(work, file));
    output_flush();
    work->files[file].touched = true;
}

/* ---- changes --------------------------------------------------------------------------------- */

static void fill(struct work *work, uint64_t at, size_t size, uint32_t seed)
{
    for (size_t i = 0; i < size && i < PIECE; i++)
        work->piece[i] = (uint8_t)(((at + i) * 2654435761u >> 8) + seed);
}

static int64_t write_pieces(struct work *work, struct file *file, uint64_t at, uint64_t end,
                            uint32_t seed)
{
    int64_t now = 1;

    while (at < end && now > 0) {
        size_t size = end - at < PIECE ? (size_t)(end - at) : PIECE;
        struct io io = io_of_kernel(work->piece, size);

        fill(work, at, size, seed);
        now = file_write(file, &io, &at);
    }
    return now < 0 ? now : (int64_t)at;
}

/* A full disk is part of life: what was written counts. */
static int write_file(struct work *work, unsigned index, unsigned flags, uint32_t size)
{
    struct file *file;
    uint32_t from = flags & O_TRUNC || !work->files[index].there ? 0 : work->files[index].size;

    touch(work, index);
    if (from == 0)
        work->files[index].seed = random(work, 256);
    int error = vfs_open(&work->context, NULL, name_of(work, index), O_WRONLY | O_CREAT | flags,
                         0644, &file);
    if (error)
        return error == -ENOSPC ? 0 : error;
    int64_t end = write_pieces(work, file, from, from + size, work->files[index].seed);
    work->files[index].there = true;
    work->files[index].size = (uint32_t)file->inode->size;
    file_put(file);
    return end < 0 && end != -ENOSPC ? (int)end : 0;
}

static int cut_file(struct work *work, unsigned index)
{
    struct attributes wanted = {.set = ATTRIBUTE_SIZE};
    struct path path;

    if (!work->files[index].there || work->files[index].size == 0)
        return 0;
    wanted.size = random(work, work->files[index].size);
    touch(work, index);
    int error = vfs_lookup(&work->context, NULL, name_of(work, index), 0, &path);
    if (error)
        return error;
    error = vfs_set_attributes(&work->context, path, &wanted);
    path_put(path);
    work->files[index].size = (uint32_t)wanted.size;
    return error;
}

static int unlink_file(struct work *work, unsigned index)
{
    if (!work->files[index].there)
        return 0;
    touch(work, index);
    work->files[index].there = false;
    return vfs_unlink(&work->context, NULL, name_of(work, index), 0);
}

static int rename_file(struct work *work, unsigned from, unsigned to)
{
    char name[32];

    if (!work->files[from].there || from == to || !has_place(work, to))
        return 0;
    bool certain = !work->files[from].touched && !work->files[to].touched && work->files[to].there;
    touch(work, from);
    (void)strlcpy(name, name_of(work, from), sizeof(name));
    touch(work, to);
    if (certain) /* both are on the disk: one is there at any time */
        output_print("= E %s %u %u %u %u\n", name_of(work, to), work->files[to].size,
                     work->files[to].seed, work->files[from].size, work->files[from].seed);
    output_flush();
    int error = vfs_rename(&work->context, NULL, name, NULL, name_of(work, to));
    if (error)
        return error == -ENOSPC ? 0 : error;
    work->files[to] = work->files[from];
    work->files[to].touched = true;
    work->files[from].there = false;
    return 0;
}

static int make_directory(struct work *work, unsigned index)
{
    const struct inode_seed seed = {.mode = S_IFDIR | 0755};

    (void)snprintf(work->name, sizeof(work->name), "/crash/d%u", index);
    if (work->directories[index]) {
        int error = vfs_unlink(&work->context, NULL, work->name, UNLINK_DIRECTORY);
        work->directories[index] = error != 0;
        return error == -ENOTEMPTY ? 0 : error;
    }
    int error = vfs_make(&work->context, NULL, work->name, &seed);
    work->directories[index] = error == 0;
    return error == -ENOSPC ? 0 : error;
}

/* ---- promises -------------------------------------------------------------------------------- */

static int mark(struct work *work)
{
    const struct block_device *root = root_device();
    const struct block_device disk = {root->disk, 0, root->disk->sectors};
    uint8_t sector[512] = "FASTMARK";

    memcpy(&sector[8], &work->mark, sizeof(work->mark));
    output_print("= M %u\n", work->mark++);
    output_flush();
    return block_write(&disk, MARK_SECTOR, 1, sector);
}

static void promise(struct work *work, unsigned index)
{
    if (work->files[index].there)
        output_print("= P %s %u %u\n", name_of(work, index), work->files[index].size,
                     work->files[index].seed);
    else
        output_print("= D %s\n", name_of(work, index));
    work->files[index].touched = false;
}

static int sync_all(struct work *work)
{
    int error = vfs_sync();

    if (error)
        return error;
    for (unsigned i = 0; i < FILES; i++)
        if (work->files[i].touched)
            promise(work, i);
    return mark(work);
}

static int sync_file(struct work *work, unsigned index)
{
    struct file *file;

    if (!work->files[index].there)
        return 0;
    int error = vfs_open(&work->context, NULL, name_of(work, index), O_RDONLY, 0, &file);
    if (error)
        return error;
    error = file_sync(file);
    file_put(file);
    if (error)
        return error;
    promise(work, index);
    return mark(work);
}

/* ---- the work -------------------------------------------------------------------------------- */

static int step(struct work *work)
{
    unsigned index = random(work, FILES);

    if (!has_place(work, index))
        return make_directory(work, index % DIRECTORIES);
    switch (random(work, 16)) {
    case 0:
        return sync_all(work);
    case 1:
        return sync_file(work, index);
    case 2:
    case 3:
        return unlink_file(work, index);
    case 4:
    case 5:
        return rename_file(work, index, random(work, FILES));
    case 6:
        return cut_file(work, index);
    case 7:
        return make_directory(work, random(work, DIRECTORIES));
    case 8:
    case 9:
    case 10:
        return write_file(work, index, O_TRUNC, random(work, random(work, 8) ? 20000 : 300000));
    default:
        return write_file(work, index, 0, random(work, 6000));
    }
}

/* A file without a name is still open when the power goes. */
static int leave_open(struct work *work)
{
    struct file *file;
    int error = vfs_open(&work->context, NULL, "/crash/open", O_RDWR | O_CREAT, 0600, &file);

    if (error)
        return error == -ENOSPC ? 0 : error;
    int64_t end = write_pieces(work, file, 0, 9000, 1);
    if (end < 0 && end != -ENOSPC)
        return (int)end;
    return vfs_unlink(&work->context, NULL, "/crash/open", 0);
}

static int run(struct work *work, uint64_t steps)
{
    const struct inode_seed seed = {.mode = S_IFDIR | 0755};
    int error = vfs_make(&work->context, NULL, "/crash", &seed);

    if (!error)
        error = sync_all(work);
    for (uint64_t i = 0; i < steps && !error; i++) {
        error = step(work);
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
    }
    if (!error)
        error = leave_open(work);
    if (!error)
        error = sync_all(work);
    return error ? command_fail(work->words, "%s: %s", work->name, error_text(error)) : COMMAND_OK;
}

int file_work(const struct words *words)
{
    struct work *work;
    uint64_t seed, steps;

    if (words->count != 3)
        return command_misused(words, "a seed and a number of steps");
    if (command_number(words, "the seed", words->at[1], 0, INT64_MAX, &seed)
        || command_number(words, "the steps", words->at[2], 0, INT64_MAX, &steps))
        return COMMAND_USAGE;
    if (!root_device())
        return command_fail(words, "no root");
    work = alloc_zeroed(sizeof(*work), 16);
    if (!work)
        return command_fail(words, "%s", error_text(-ENOMEM));
    work->words = words;
    work->random = seed;
    fs_context_init(&work->context);
    int status = run(work, steps);
    fs_context_release(&work->context);
    dealloc(work, sizeof(*work), 16);
    return status;
}
