/*
 * The ext2 writer against the host's own file system: thousands of random operations on both, each
 * with the same answer, then the same trees with the same contents, and e2fsck finds nothing.
 *
 * FASTOS_SEED=n begins with other dice; FASTOS_TORTURE=n does n times as much.
 */
/* links: lib/ext2/explain.c lib/ext2/volume.c lib/ext2/rw_volume.c lib/ext2/allocate.c */
/* links: lib/ext2/bits.c lib/ext2/node.c lib/ext2/map.c lib/ext2/truncate.c */
/* links: lib/ext2/directory.c lib/ext2/names.c lib/ext2/content.c lib/errno.c */
/* links: tests/host/ext2_disk.c tests/host/ext2_files.c */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/host/ext2_disk.h"
#include "tests/host/ext2_files.h"

#define OPERATIONS 5000
#define NAMES      14 /* that operations draw from, so that they meet */
#define FILE_MAX   (1u << 21)
#define WRITE_MAX  120000u

static char folder[64];
static struct ext2 volume;
static struct ext2_rw fs;
static struct disk disk;
static uint64_t random_state;
static uint32_t now = 1000000000;
static int done_well, done_full; /* of the operations that make something */

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % limit;
}

__attribute__((format(printf, 1, 2))) static void run(const char *format, ...)
{
    char command[2000];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

static void must_work(int error)
{
    char why[200];

    ext2_rw_explain(&fs, error, why, sizeof(why));
    if (error)
        fail_msg("%d: %s", error, why);
}

/* ---- paths ---------------------------------------------------------------------------------- */

enum draw { DIRECTORY, FILE_NAME, ANY };

/* Of depth 1 to 3, each step one of a few names, some of them long. Most names of directories are
   of directories, so that most paths lead somewhere. */
static void path_draw(char *path, size_t size, enum draw draw)
{
    const uint32_t depth = 1 + random_below(3);

    if (draw == ANY || random_below(40) == 0)
        draw = random_below(3) ? FILE_NAME : DIRECTORY;
    path[0] = '\0';
    for (uint32_t i = 0; i < depth; i++) {
        const uint32_t number = random_below(NAMES);
        const size_t used = strlen(path);

        if (i + 1 < depth || draw == DIRECTORY)
            snprintf(path + used, size - used, "/d%u", number % 3);
        else
            snprintf(path + used, size - used, "/%0*u", (int)(number % 7 ? number : 12 * number),
                     number);
    }
}

static const char *host_path(const char *path)
{
    static char paths[2][2000];
    static int turn;

    turn = !turn;
    snprintf(paths[turn], sizeof(paths[turn]), "%s/tree%s", folder, path);
    return paths[turn];
}

/* ---- one operation on both sides ------------------------------------------------------------ */

static int answer(int result)
{
    return result < 0 ? -errno : 0;
}

static bool is_full(int error)
{
    done_well += error == 0;
    done_full += error == -ENOSPC;
    return error == -ENOSPC || error == -EFBIG;
}

/* The host follows a symlink within a path, to where nothing is; for us it is no directory. */
static void same_answer(const char *what, const char *path, int ours, int theirs)
{
    if (ours == -ENOTDIR && (theirs == -ENOENT || theirs == -ENAMETOOLONG))
        return;
    if (ours != theirs)
        fail_msg("%s %s: ours %d, the host's %d", what, path, ours, theirs);
}

static void do_create(const char *path)
{
    const int ours = files_create(&fs, path, ++now);

    if (is_full(ours))
        return;
    const int fd = open(host_path(path), O_CREAT | O_EXCL | O_WRONLY, 0644);
    same_answer("create", path, ours, answer(fd));
    if (fd >= 0)
        close(fd);
}

static void do_write(const char *path)
{
    static uint8_t bytes[WRITE_MAX];
    const uint32_t size = random_below(random_below(6) ? 5000 : WRITE_MAX);
    const uint64_t offset = random_below(random_below(3) ? 20000 : FILE_MAX);
    size_t done;

    for (uint32_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(random_state >> i % 57);
    (void)random_below(2);
    const int ours = files_write(&fs, path, offset, bytes, size, ++now, &done);
    const int fd = open(host_path(path), O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0) {
        assert_int_equal(pwrite(fd, bytes, done, (off_t)offset), done);
        assert_true(is_full(ours) || (ours == 0 && done == size));
        close(fd);
    } else {
        assert_true(ours < 0);
    }
}

static void do_truncate(const char *path)
{
    const uint64_t size = random_below(random_below(3) ? 30000 : FILE_MAX);
    struct ext2_node node;

    if (files_find(&fs, path, &node) == 0 && (node.mode & EXT2_TYPE_MASK) == EXT2_TYPE_SYMLINK)
        return; /* the host would follow it */
    const int ours = files_truncate(&fs, path, size, ++now);
    if (!is_full(ours))
        same_answer("truncate", path, ours, answer(truncate(host_path(path), (off_t)size)));
}

static void do_mkdir(const char *path)
{
    const int ours = files_mkdir(&fs, path, ++now);

    if (!is_full(ours))
        same_answer("mkdir", path, ours, answer(mkdir(host_path(path), 0755)));
}

static void do_symlink(const char *path)
{
    char target[1000];

    memset(target, 't', sizeof(target));
    target[1 + random_below(random_below(2) ? 70 : 900)] = '\0';
    const int ours = files_symlink(&fs, path, target, ++now);
    if (!is_full(ours))
        same_answer("symlink", path, ours, answer(symlink(target, host_path(path))));
}

static void do_fifo(const char *path)
{
    const struct ext2_seed seed = {.mode = EXT2_TYPE_FIFO | 0600};
    const int ours = files_make(&fs, path, &seed, ++now);

    if (!is_full(ours))
        same_answer("mkfifo", path, ours, answer(mkfifo(host_path(path), 0600)));
}

static void do_unlink(const char *path)
{
    if (random_below(2))
        same_answer("unlink", path, files_unlink(&fs, path, ++now),
                    answer(unlink(host_path(path))));
    else
        same_answer("rmdir", path, files_rmdir(&fs, path, ++now), answer(rmdir(host_path(path))));
}

static void do_link(const char *path, const char *to)
{
    const int ours = files_link(&fs, path, to, ++now);

    if (is_full(ours))
        return;
    const int theirs = answer(linkat(AT_FDCWD, host_path(path), AT_FDCWD, host_path(to), 0));
    if (ours != -EPERM && theirs != -EPERM) /* which of two errors comes first is anybody's */
        same_answer("link", path, ours, theirs);
    else
        assert_true(ours < 0 && theirs < 0);
}

static void do_rename(const char *path, const char *to)
{
    const int ours = files_rename(&fs, path, to, ++now);

    if (is_full(ours))
        return;
    const int theirs = answer(rename(host_path(path), host_path(to)));
    if (ours != theirs && !(ours < 0 && theirs < 0))
        fail_msg("rename %s %s: ours %d, the host's %d", path, to, ours, theirs);
}

static void operate(void)
{
    static const enum draw draws[] = {FILE_NAME, FILE_NAME, FILE_NAME, FILE_NAME,
                                      DIRECTORY, FILE_NAME, FILE_NAME, ANY,
                                      ANY,       ANY,       ANY};
    const uint32_t which = random_below(array_length(draws));
    char path[600], to[600];

    path_draw(path, sizeof(path), draws[which]);
    path_draw(to, sizeof(to), draws[which]);
    switch (which) {
    case 0:
        do_create(path);
        break;
    case 1:
    case 2:
        do_write(path);
        break;
    case 3:
        do_truncate(path);
        break;
    case 4:
        do_mkdir(path);
        break;
    case 5:
        random_below(3) ? do_symlink(path) : do_fifo(path);
        break;
    case 6:
        do_link(path, to);
        break;
    case 7:
    case 8:
        do_unlink(path);
        break;
    default:
        do_rename(path, to);
    }
}

/* ---- comparing ------------------------------------------------------------------------------ */

static void file_compare(struct ext2_node *node, const char *path)
{
    static uint8_t ours[FILE_MAX + WRITE_MAX], theirs[sizeof(ours)];
    const int fd = open(host_path(path), O_RDONLY);
    size_t done;

    assert_true(fd >= 0 && node->size <= sizeof(ours));
    must_work(ext2_file_read(&fs, node, 0, room_of((char *)ours, sizeof(ours)), &done));
    assert_int_equal(done, node->size);
    assert_int_equal(read(fd, theirs, sizeof(theirs)), node->size);
    assert_memory_equal(ours, theirs, node->size);
    close(fd);
}

static void link_compare(struct ext2_node *node, const char *path)
{
    char ours[4096], theirs[4096] = "";

    assert_int_equal(readlink(host_path(path), theirs, sizeof(theirs) - 1), node->size);
    must_work(ext2_target(&fs, node, room_of(ours, sizeof(ours))));
    assert_string_equal(ours, theirs);
}

static bool entry_count(void *context, const struct ext2_entry *entry, uint64_t next)
{
    unsigned *count = context;

    (void)next;
    *count += strcmp(entry->name, "lost+found") != 0;
    return true;
}

static void tree_compare(const char *path);

static void directory_compare(struct ext2_node *node, const char *path)
{
    unsigned ours = 0, theirs = 0, directories = 0;
    DIR *directory = opendir(host_path(path));
    uint64_t position = 0;

    assert_non_null(directory);
    must_work(ext2_list(&fs, node, &position, entry_count, &ours));
    for (struct dirent *entry; (entry = readdir(directory)); theirs++) {
        char deeper[1200];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        directories += entry->d_type == DT_DIR;
        snprintf(deeper, sizeof(deeper), "%s/%s", path, entry->d_name);
        tree_compare(deeper);
    }
    closedir(directory);
    assert_int_equal(ours, theirs);
    assert_int_equal(node->links, 2 + directories + (node->number == EXT2_ROOT));
}

static void tree_compare(const char *path)
{
    struct ext2_node node;
    struct stat status;

    assert_int_equal(lstat(host_path(path), &status), 0);
    must_work(files_find(&fs, path, &node));
    if (path[0])
        assert_int_equal(node.mode, status.st_mode);
    if (S_ISDIR(status.st_mode)) {
        directory_compare(&node, path);
        return;
    }
    assert_int_equal(node.links, status.st_nlink);
    if (S_ISREG(status.st_mode))
        file_compare(&node, path);
    else if (S_ISLNK(status.st_mode))
        link_compare(&node, path);
}

static void all_compare(void)
{
    tree_compare("");
    must_work(disk_close(&disk, &fs, ++now));
    assert_int_equal(disk.pins, 0);
    char image[100];
    snprintf(image, sizeof(image), "%s/image", folder);
    disk_save(&disk, image);
    run("e2fsck -fn %s >%s.log 2>&1 || { cat %s.log; exit 1; }", image, image, image);
    must_work(disk_open(&disk, &volume, &fs, ++now));
    tree_compare("");
}

/* ---- the tests ------------------------------------------------------------------------------ */

static void torture(const char *options, const char *size)
{
    const char *seed = getenv("FASTOS_SEED"), *times = getenv("FASTOS_TORTURE");
    const int operations = OPERATIONS * (times ? atoi(times) : 1);
    char image[100];

    done_well = done_full = 0;
    random_state = 88172645463325252u + (seed ? strtoull(seed, NULL, 0) : 0);
    snprintf(folder, sizeof(folder), "/tmp/ext2-torture-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(image, sizeof(image), "%s/image", folder);
    run("umask 022; mkdir %s/tree; mke2fs -q -F -t ext2 %s %s %s >/dev/null 2>&1", folder, options,
        image, size);
    disk_load(&disk, image);
    must_work(disk_open(&disk, &volume, &fs, now));
    for (int i = 1; i <= operations; i++) {
        operate();
        if (i % 50 == 0 && random_below(2))
            must_work(disk_sync(&disk, &fs, ++now));
        if (i % 625 == 0)
            all_compare();
    }
    must_work(disk_close(&disk, &fs, ++now));
    disk_free(&disk);
    if (done_well < operations / 25 || done_full < operations / 200)
        fail_msg("too little: %d made, %d without space", done_well, done_full);
}

static void blocks_1k(void **state)
{
    (void)state;
    torture("-b 1024 -N 220", "12M");
}

static void blocks_2k_two_groups(void **state)
{
    (void)state;
    torture("-b 2048 -g 2048 -I 256 -N 200", "8M");
}

static void blocks_4k(void **state)
{
    (void)state;
    torture("-b 4096 -N 150", "10M");
}

static void old_revision_many_groups(void **state)
{
    (void)state;
    torture("-b 1024 -r 0 -g 512 -N 300 -O ^resize_inode", "4M");
}

static void no_types_in_directories(void **state)
{
    (void)state;
    torture("-b 1024 -O ^filetype,dir_index,ext_attr -m 20 -N 200", "4M");
}

/* What a failed assertion left. */
static int clean(void **state)
{
    (void)state;
    if (disk.slots)
        (void)!ext2_rw_close(&fs, now);
    disk_free(&disk);
    run("rm -rf /tmp/ext2-torture-%s", folder + strlen("/tmp/ext2-torture-"));
    return 0;
}

#define TEST(function) cmocka_unit_test_teardown(function, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(blocks_1k),
        TEST(blocks_2k_two_groups),
        TEST(blocks_4k),
        TEST(old_revision_many_groups),
        TEST(no_types_in_directories),
    };

    umask(0);
    return cmocka_run_group_tests_name("ext2 writer, torture", tests, NULL, NULL);
}
