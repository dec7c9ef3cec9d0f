/*
 * ext2 against the host: mke2fs makes the images, the host's own files and dumpe2fs are the oracle.
 * What a damaged disk does is in ext2_damage_test.c.
 */
/* links: lib/ext2/explain.c lib/ext2/volume.c lib/ext2/file.c lib/ext2/path.c */
/* links: lib/errno.c */
#include <dirent.h>
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

#include "lib/errno.h"
#include "lib/ext2.h"

#define WHOLE_MAX   (64u << 20) /* larger files are compared in samples */
#define BIG_BYTES   40000000u
#define MANY        3000
#define IMAGE_BYTES "200M"

struct disk {
    int fd;
    uint64_t sectors;
    unsigned requests, largest;
    uint64_t sectors_read;
};

static char folder[64]; /* of this test's own: a tree, a small tree, an image */
static struct ext2 fs;
static struct disk disk;
static uint64_t random_state = 88172645463325252u;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % limit;
}

static int disk_read(void *context, uint64_t sector, uint32_t count, void *to)
{
    struct disk *d = context;

    assert_true(count > 0 && sector < d->sectors && count <= d->sectors - sector);
    d->requests++;
    d->sectors_read += count;
    if (count > d->largest)
        d->largest = count;
    return pread(d->fd, to, count * (size_t)512, (off_t)sector * 512) == (ssize_t)count * 512
               ? 0
               : -EIO;
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

/* ---- the tree on the host ---------------------------------------------------------------------
 */

static char *path_of(const char *name)
{
    static char path[600];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

/* `size` random bytes from `offset`; a hole before them. */
static void file_make(const char *name, off_t offset, size_t size)
{
    static uint8_t bytes[65536];
    const int fd = open(path_of(name), O_CREAT | O_WRONLY, 0640);

    assert_true(fd >= 0);
    while (size > 0) {
        const size_t n = size < sizeof(bytes) ? size : sizeof(bytes);
        for (size_t i = 0; i < n; i += 4) {
            const uint32_t word = random_below(UINT32_MAX);
            memcpy(bytes + i, &word, 4);
        }
        assert_int_equal(pwrite(fd, bytes, n, offset), n);
        offset += (off_t)n;
        size -= n;
    }
    close(fd);
}

static void link_make(const char *name, size_t length)
{
    char target[1024];

    memset(target, 'x', sizeof(target));
    target[length] = '\0';
    assert_int_equal(symlink(target, path_of(name)), 0);
}

static void many_make(void)
{
    char name[400];

    mkdir(path_of("tree/many"), 0755);
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof(name), "tree/many/%04d-%0*d", i, i % 3 == 0 ? 250 : 5, i);
        file_make(name, 0, i % 50 == 0 ? 100 : 0);
    }
}

static void small_make(const char *top)
{
    static const int edges[] = {
        0,    1,         1023,          1024,      1025,          4095,       4096,
        4097, 12 * 1024, 12 * 1024 + 1, 12 * 4096, 12 * 4096 + 1, 268 * 1024, 268 * 1024 + 1};
    char name[400];

    mkdir(path_of(top), 0755);
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        snprintf(name, sizeof(name), "%s/size-%d", top, edges[i]);
        file_make(name, 0, (size_t)edges[i]);
    }
    snprintf(name, sizeof(name), "%s/sparse", top);
    file_make(name, 700000, 3000);
    file_make(name, 30000, 10000);
    for (int i = 1; i <= 1000; i += i < 64 ? 1 : 104) {
        snprintf(name, sizeof(name), "%s/link-%d", top, i);
        link_make(name, (size_t)i);
    }
    snprintf(name, sizeof(name),
             "cd %s && mkfifo fifo && ln size-1025 hard && ln -s loop loop && "
             "ln -s a b && ln -s b a && ln -s /deep/1/2 into && ln -s ../../../size-1 "
             "link-up && mkdir -p deep/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20",
             path_of(top));
    assert_int_equal(system(name), 0);
    snprintf(name, sizeof(name), "%s/deep/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/leaf",
             top);
    file_make(name, 0, 77);
    snprintf(name, sizeof(name), "%s/deep/%0255d", top, 1);
    file_make(name, 0, 2000);
    snprintf(name, sizeof(name),
             "cd %s && ln -s ../../size-1 deep/1/up && ln -s 1/up deep/chain "
             "&& ln -s /deep/chain/ deep/slash",
             path_of(top));
    assert_int_equal(system(name), 0);
}

static int trees_make(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/ext2-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    small_make("small");
    small_make("tree");
    file_make("tree/big", 0, BIG_BYTES);
    file_make("tree/triple-1k", (12 + 256 + 65536) * 1024 - 3000, 9000);
    many_make();
    return 0;
}

static int trees_remove(void **state)
{
    (void)state;
    run("rm -rf %s", folder);
    return 0;
}

/* ---- images ------------------------------------------------------------------------------------
 */

static int image_open(void)
{
    struct stat status;

    disk = (struct disk){.fd = open(path_of("image"), O_RDONLY)};
    assert_true(disk.fd >= 0 && fstat(disk.fd, &status) == 0);
    disk.sectors = (uint64_t)status.st_size / 512;
    return ext2_mount(&fs, disk_read, &disk, disk.sectors);
}

static void image_close(void)
{
    close(disk.fd);
    unlink(path_of("image"));
}

static void image_make(const char *options, const char *tree, const char *size)
{
    run("mke2fs -q -F -t ext2 %s %s%s %s/image %s >/dev/null 2>&1", options, tree[0] ? "-d " : "",
        tree[0] ? path_of(tree) : "", folder, size);
}

/* ---- comparing ---------------------------------------------------------------------------------
 */

static void range_compare(const struct ext2_inode *inode, int fd, uint64_t offset, size_t size)
{
    uint8_t *ours = malloc(size + !size), *theirs = malloc(size + !size);
    size_t got = 0;

    assert_int_equal(ext2_read(&fs, inode, offset, ours, size, &got), 0);
    const ssize_t n = pread(fd, theirs, size, (off_t)offset);
    assert_int_equal(got, n);
    assert_memory_equal(ours, theirs, got);
    free(ours);
    free(theirs);
}

static void file_compare(const struct ext2_inode *inode, const char *host)
{
    const int fd = open(host, O_RDONLY);

    assert_true(fd >= 0);
    if (inode->size <= WHOLE_MAX)
        range_compare(inode, fd, 0, inode->size + 10);
    for (int i = 0; i < 12; i++) {
        const uint64_t end = inode->size + 1;
        const uint64_t near = random_below(20000);
        const uint64_t from =
            i % 3 == 0 && near < end ? end - near : random_below(UINT32_MAX) % end;
        range_compare(inode, fd, from, random_below(20000));
    }
    close(fd);
}

static void link_compare(const struct ext2_inode *inode, const char *host)
{
    char ours[EXT2_PATH_MAX], theirs[EXT2_PATH_MAX];
    const ssize_t size = readlink(host, theirs, sizeof(theirs));

    assert_int_equal(ext2_read_link(&fs, inode, ours, (size_t)size), -ENAMETOOLONG);
    assert_int_equal(ext2_read_link(&fs, inode, ours, (size_t)size + 1), 0);
    assert_int_equal(strlen(ours), size);
    assert_memory_equal(ours, theirs, size);
}

static unsigned entries_count(const struct ext2_inode *directory)
{
    struct ext2_entry entry;
    struct ext2_inode inode;
    uint64_t position = 0;
    unsigned count = 0;
    int more;

    while ((more = ext2_next_entry(&fs, directory, &position, &entry)) == 1) {
        static const uint8_t type_of[16] = {[1] = 5, [4] = 2, [8] = 1, [10] = 7};

        assert_int_equal(ext2_inode(&fs, entry.inode, &inode), 0);
        if (fs.incompatible & 2)
            assert_int_equal(entry.type, type_of[inode.mode >> 12]);
        else
            assert_int_equal(entry.type, 0);
        if (strcmp(entry.name, "lost+found") != 0)
            count++;
    }
    assert_int_equal(more, 0);
    return count;
}

static void tree_compare(const char *host, const char *path);

static void directory_compare(const struct ext2_inode *inode, const char *host, const char *path)
{
    DIR *directory = opendir(host);
    unsigned count = 0;

    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)); count++) {
        char deeper_host[4096], deeper[4096];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(deeper_host, sizeof(deeper_host), "%s/%s", host, entry->d_name);
        snprintf(deeper, sizeof(deeper), "%s/%s", path, entry->d_name);
        tree_compare(deeper_host, deeper);
    }
    closedir(directory);
    assert_int_equal(entries_count(inode), count);
}

static void tree_compare(const char *host, const char *path)
{
    struct ext2_inode inode;
    struct stat status;

    assert_int_equal(lstat(host, &status), 0);
    assert_int_equal(ext2_lookup(&fs, path[0] ? path : "/", 0, &inode), 0);
    if (path[0]) {
        assert_int_equal(inode.mode, status.st_mode);
        assert_int_equal(inode.mtime, status.st_mtime);
        assert_int_equal(inode.uid, status.st_uid);
        assert_int_equal(inode.gid, status.st_gid);
    }
    if (S_ISDIR(status.st_mode)) {
        directory_compare(&inode, host, path);
        return;
    }
    assert_int_equal(inode.links, status.st_nlink);
    if (S_ISLNK(status.st_mode))
        link_compare(&inode, host);
    else if (S_ISREG(status.st_mode)) {
        assert_int_equal(inode.size, status.st_size);
        file_compare(&inode, host);
    }
}

/* ---- the tests ---------------------------------------------------------------------------------
 */

static void every_format_small(void **state)
{
    static const char *const options[] = {
        "-b 1024 -I 128",
        "-b 2048 -I 256",
        "-b 4096 -I 512",
        "-b 1024 -r 0",
        "-b 4096 -r 0",
        "-b 1024 -g 256 -N 2000 -O ^resize_inode",
        "-b 1024 -O ^sparse_super,^resize_inode",
        "-b 1024 -O ^resize_inode,sparse_super2",
        "-b 4096 -O ^filetype",
        "-b 1024 -I 256 -J size=1 -O has_journal,dir_index,large_file,huge_file,extra_isize",
        "-b 2048 -O metadata_csum,uninit_bg,quota",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        image_make(options[i], "small", "24M");
        assert_int_equal(image_open(), 0);
        tree_compare(path_of("small"), "");
        image_close();
    }
}

static void every_block_size_big(void **state)
{
    (void)state;
    for (int size = 1024; size <= 4096; size *= 2) {
        char options[80], host[100], label[17];

        snprintf(host, sizeof(host), "%s/tree", folder);
        snprintf(label, sizeof(label), "sixteen bytes%d", size % 1000);
        snprintf(options, sizeof(options), "-b %d -L '%s' -N 8000", size, label);
        image_make(options, "tree", IMAGE_BYTES);
        assert_int_equal(image_open(), 0);
        assert_string_equal(fs.label, label);
        assert_int_equal(fs.block_bytes, size);
        assert_int_equal(fs.state & 1, 1);
        tree_compare(host, "");
        image_close();
    }
}

/* e2fsck -D turns a large directory into an htree: its index must look like unused records. */
static void indexed_directory(void **state)
{
    struct ext2_inode inode;
    char host[100];

    (void)state;
    image_make("-b 1024 -N 8000 -O dir_index", "tree", IMAGE_BYTES);
    run("e2fsck -fyD %s/image >/dev/null 2>&1; test $? -le 1", folder);
    run("debugfs -R 'stat /many' %s/image 2>/dev/null | grep -q 'Flags: 0x1000'", folder);
    assert_int_equal(image_open(), 0);
    snprintf(host, sizeof(host), "%s/tree/many", folder);
    tree_compare(host, "/many");
    assert_int_equal(ext2_lookup(&fs, "/many", 1, &inode), 0);
    assert_int_equal(entries_count(&inode), MANY + 2);
    image_close();
}

/* Larger than 4 GiB: size_high, and the third level of indirection at 4K blocks. */
static void huge_sparse_file(void **state)
{
    (void)state;
    mkdir(path_of("huge"), 0755);
    file_make("huge/file", 5000000000, 5000);
    file_make("huge/file", 4300000000, 5000);
    for (int size = 1024; size <= 4096; size *= 4) {
        char options[20], host[100];
        struct ext2_inode inode;

        snprintf(options, sizeof(options), "-b %d", size);
        image_make(options, "huge", "16M");
        assert_int_equal(image_open(), 0);
        snprintf(host, sizeof(host), "%s/huge/file", folder);
        assert_int_equal(ext2_lookup(&fs, "/file", 1, &inode), 0);
        assert_int_equal(inode.size, 5000005000);
        const int fd = open(host, O_RDONLY);
        range_compare(&inode, fd, 4999990000, 20000);
        range_compare(&inode, fd, 4299990000, 20000);
        range_compare(&inode, fd, 0, 200000);
        range_compare(&inode, fd, 5000005000, 1);
        close(fd);
        image_close();
    }
}

/* A file that lies in one piece is read in few large requests, each sector once. */
static void few_requests(void **state)
{
    static const struct {
        int block;
        unsigned requests;
    } cases[] = {{1024, 330}, {4096, 26}}; /* two for each indirect block's worth, and a little */

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t *to = malloc(BIG_BYTES);
        struct ext2_inode inode;
        char options[40];
        size_t got;

        snprintf(options, sizeof(options), "-b %d -N 8000", cases[i].block);
        image_make(options, "tree", IMAGE_BYTES);
        assert_int_equal(image_open(), 0);
        assert_int_equal(ext2_lookup(&fs, "/big", 1, &inode), 0);
        disk.requests = disk.sectors_read = 0;
        assert_int_equal(ext2_read(&fs, &inode, 0, to, BIG_BYTES, &got), 0);
        assert_int_equal(got, BIG_BYTES);
        assert_in_range(disk.requests, 1, cases[i].requests);
        assert_in_range(disk.sectors_read, BIG_BYTES / 512, inode.sectors + 20);
        assert_in_range(disk.largest, 256u * cases[i].block / 512, UINT32_MAX);
        free(to);
        image_close();
    }
}

static void lookup_errors(void **state)
{
    static const struct {
        const char *path;
        int follow_last, expected;
    } cases[] = {
        {"", 1, -EINVAL},
        {"size-1", 1, -EINVAL},
        {"/", 1, 0},
        {"//", 0, 0},
        {"/..", 1, 0},
        {"/../.././size-1", 1, 0},
        {"//deep///1/./2/../2", 1, 0},
        {"/deep/", 1, 0},
        {"/none", 1, -ENOENT},
        {"/none/size-1", 1, -ENOENT},
        {"/size", 1, -ENOENT},
        {"/size-1/", 1, -ENOTDIR},
        {"/size-1/x", 1, -ENOTDIR},
        {"/size-1/..", 1, -ENOTDIR},
        {"/loop", 1, -ELOOP},
        {"/loop", 0, 0},
        {"/loop/", 0, -ELOOP},
        {"/a", 1, -ELOOP},
        {"/a/b", 0, -ELOOP},
        {"/link-5", 1, -ENOENT},
        {"/link-5", 0, 0},
        {"/link-376", 1, -ENAMETOOLONG}, /* its target is a name of 376 */
        {"/link-up", 1, 0},              /* ../.. above the root is the root */
        {"/into/3/4", 1, 0},
        {"/into", 0, 0},
        {"/deep/1/up", 1, 0},
        {"/deep/chain", 1, 0},
        {"/deep/slash", 1, -ENOTDIR},
        {"/deep/1/up/x", 1, -ENOTDIR},
        {"/fifo", 1, 0},
    };
    struct ext2_inode inode, file;
    size_t got;
    char to[8];

    (void)state;
    image_make("-b 1024", "small", "16M");
    assert_int_equal(image_open(), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const int got_error = ext2_lookup(&fs, cases[i].path, cases[i].follow_last, &inode);
        if (got_error != cases[i].expected)
            fail_msg("%s: %d instead of %d", cases[i].path, got_error, cases[i].expected);
    }
    assert_int_equal(ext2_lookup(&fs, "/size-1", 1, &file), 0);
    assert_int_equal(ext2_lookup(&fs, "/deep/chain", 1, &inode), 0);
    assert_int_equal(inode.number, file.number);
    assert_int_equal(ext2_lookup(&fs, "/fifo", 1, &inode), 0);
    assert_int_equal(ext2_read(&fs, &inode, 0, to, 1, &got), -EINVAL);
    assert_int_equal(ext2_lookup(&fs, "/deep", 1, &inode), 0);
    assert_int_equal(ext2_read(&fs, &inode, 0, to, 1, &got), -EISDIR);
    assert_int_equal(ext2_read_link(&fs, &inode, to, sizeof(to)), -EINVAL);
    assert_int_equal(ext2_next_entry(&fs, &file, &(uint64_t){0}, &(struct ext2_entry){0}),
                     -ENOTDIR);
    image_close();
}

static void long_paths(void **state)
{
    static char path[EXT2_PATH_MAX + 10];
    struct ext2_inode inode;

    (void)state;
    image_make("-b 4096", "small", "16M");
    assert_int_equal(image_open(), 0);
    memset(path, '/', sizeof(path) - 1);
    assert_int_equal(ext2_lookup(&fs, path, 1, &inode), -ENAMETOOLONG);
    path[EXT2_PATH_MAX] = '\0';
    assert_int_equal(ext2_lookup(&fs, path, 1, &inode), -ENAMETOOLONG);
    path[EXT2_PATH_MAX - 1] = '\0';
    assert_int_equal(ext2_lookup(&fs, path, 1, &inode), 0);
    memcpy(path, "/into", 5); /* its target is longer than its name: no room */
    assert_int_equal(ext2_lookup(&fs, path, 1, &inode), -ENAMETOOLONG);
    path[EXT2_PATH_MAX - 1 - 5] = '\0';
    assert_int_equal(ext2_lookup(&fs, path, 1, &inode), 0);
    snprintf(path, sizeof(path), "/deep/%0255d", 1);
    assert_int_equal(ext2_lookup(&fs, path, 1, &inode), 0);
    snprintf(path, sizeof(path), "/deep/%0256d", 1);
    assert_int_equal(ext2_lookup(&fs, path, 1, &inode), -ENAMETOOLONG);
    image_close();
}

/* Marks the blocks that dumpe2fs lists as free. */
static void free_blocks_read(uint8_t *is_free, uint32_t blocks)
{
    char line[20000], command[200];
    unsigned found = 0;

    snprintf(command, sizeof(command), "dumpe2fs %s/image 2>/dev/null", folder);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    while (fgets(line, sizeof(line), pipe)) {
        if (strncmp(line, "  Free blocks: ", 15) != 0)
            continue;
        for (char *at = line + 15; at && *at >= '0' && *at <= '9';) {
            unsigned first = 0, last = 0;
            if (sscanf(at, "%u-%u", &first, &last) == 1)
                last = first;
            for (unsigned i = first; i <= last && i < blocks; i++, found++)
                is_free[i] = 1;
            at = strchr(at, ',');
            at = at ? at + 2 : NULL;
        }
    }
    pclose(pipe);
    assert_in_range(found, 100, blocks - 100);
}

static void used_blocks(void **state)
{
    static const char *const options[] = {"-b 1024 -g 2048", "-b 2048", "-b 4096"};

    (void)state;
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        image_make(options[i], "small", "24M");
        run("truncate -s 25M %s/image", folder);
        assert_int_equal(image_open(), 0);
        uint8_t *is_free = calloc(fs.blocks, 1);
        const unsigned per_block = fs.block_bytes / 512;
        int used;

        free_blocks_read(is_free, fs.blocks);
        for (uint32_t block = 0; block < fs.blocks; block++) {
            assert_int_equal(ext2_sectors_used(&fs, (uint64_t)block * per_block, 1, &used), 0);
            assert_int_equal(used, !is_free[block]);
        }
        for (int j = 0; j < 3000; j++) {
            const uint64_t sector = random_below(fs.blocks * per_block);
            const uint64_t count = random_below(j % 2 ? 20 : 5000);
            int expected = 0;

            for (uint64_t s = sector; s < sector + count; s++)
                expected |= s / per_block >= fs.blocks || !is_free[s / per_block];
            assert_int_equal(ext2_sectors_used(&fs, sector, count, &used), 0);
            assert_int_equal(used, expected);
        }
        assert_int_equal(ext2_sectors_used(&fs, UINT64_MAX, UINT64_MAX, &used), 0);
        assert_int_equal(used, 1);
        assert_int_equal(ext2_sectors_used(&fs, disk.sectors - 1, 1, &used), 0);
        assert_int_equal(used, 1);
        free(is_free);
        image_close();
    }
}

static void refused_features(void **state)
{
    static const struct {
        const char *options, *name;
        unsigned bit;
    } cases[] = {
        {"-O extent", "extent", 6},
        {"-O extent,64bit", "64bit", 7},
        {"-O ^resize_inode,meta_bg", "meta_bg", 4},
        {"-O flex_bg", "flex_bg", 9},
        {"-O extent,inline_data -I 256", "inline_data", 15},
        {"-O mmp", "mmp", 8},
        {"-O ea_inode", "ea_inode", 10},
        {"-O encrypt", "encrypt", 16},
        {"-O large_dir", "large_dir", 14},
        {"-O casefold", "casefold", 17},
        {"-O extent,metadata_csum,metadata_csum_seed", "metadata_csum_seed", 13},
        {"-O journal_dev -b 1024", "journal_dev", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        image_make(cases[i].options, "", "16M");
        const int error = image_open();
        if (error != -ENOTSUP || !(fs.unsupported >> cases[i].bit & 1))
            fail_msg("%s: %d, unsupported %x", cases[i].options, error, fs.unsupported);
        assert_string_equal(ext2_feature_name(cases[i].bit), cases[i].name);
        image_close();
    }
    assert_string_equal(ext2_feature_name(0), "compression");
    assert_string_equal(ext2_feature_name(2), "needs_recovery");
    assert_string_equal(ext2_feature_name(18), "unknown");
    assert_string_equal(ext2_feature_name(~0u), "unknown");
}

static void ext4_is_named(void **state)
{
    char text[100];

    (void)state;
    run("mke2fs -q -F -t ext4 %s/image 16M >/dev/null 2>&1", folder);
    assert_int_equal(image_open(), -ENOTSUP);
    assert_int_equal(fs.unsupported, 0x2c0);
    ext2_explain(&fs, -ENOTSUP, text, sizeof(text));
    assert_string_equal(text, "needs what we cannot read: extent, 64bit, flex_bg");
    ext2_explain(&fs, -ENOTSUP, text, 20);
    assert_string_equal(text, "needs what we canno");
    image_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_small), cmocka_unit_test(every_block_size_big),
        cmocka_unit_test(indexed_directory),  cmocka_unit_test(huge_sparse_file),
        cmocka_unit_test(few_requests),       cmocka_unit_test(lookup_errors),
        cmocka_unit_test(long_paths),         cmocka_unit_test(used_blocks),
        cmocka_unit_test(refused_features),   cmocka_unit_test(ext4_is_named),
    };

    return cmocka_run_group_tests(tests, trees_make, trees_remove);
}
