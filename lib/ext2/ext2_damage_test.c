/*
 * ext2 on damaged disks: each field of superblock, descriptor, inode, directory and symlink with
 * the values that must be refused; a disk that fails at its n-th request; thousands of random
 * changes, walked by the fuzzer's own walker.
 */
/* links: lib/ext2/explain.c lib/ext2/volume.c lib/ext2/file.c lib/ext2/path.c */
/* links: lib/errno.c tests/fuzz/ext2_fuzz.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/ext2.h"

#define IMAGE_BYTES 262144
#define MUTATIONS   20000

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char folder[64];
static uint8_t pristine[3][IMAGE_BYTES]; /* of 1K, 2K and 4K blocks */
static uint8_t image[IMAGE_BYTES];
static struct ext2 fs;
static unsigned requests, failing_request; /* the failing one: 0 none, else counted from 1 */
static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % limit;
}

static int image_read(void *context, uint64_t sector, uint32_t count, void *to)
{
    (void)context;
    assert_true(count > 0 && sector < IMAGE_BYTES / 512 && count <= IMAGE_BYTES / 512 - sector);
    if (++requests == failing_request) {
        memset(to, 0xee, count * (size_t)512); /* as a disk that failed half-way */
        return -EIO;
    }
    memcpy(to, image + sector * 512, count * (size_t)512);
    return 0;
}

static int mount_image(void)
{
    return ext2_mount(&fs, image_read, NULL, IMAGE_BYTES / 512);
}

static int images_make(void **state)
{
    char command[1000];

    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/ext2-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof(command),
             "cd %s && mkdir -p t/d/e && head -c 20000 /dev/zero | tr '\\0' q > t/f && echo 1 > "
             "t/d/g && "
             "ln -s d/g t/fast && ln -s $(printf 'd/%%0100d' 0) t/slow && echo 2 > t/d/e/h && "
             "truncate -s 900000 t/holes && echo end >> t/holes && for b in 1024 2048 4096; do "
             "mke2fs -q -F -t ext2 -b $b -N 64 -m 0 -d t image$b 256K >/dev/null 2>&1; done",
             folder);
    assert_int_equal(system(command), 0);
    for (int i = 0; i < 3; i++) {
        snprintf(command, sizeof(command), "%s/image%d", folder, 1024 << i);
        FILE *file = fopen(command, "rb");
        assert_non_null(file);
        assert_int_equal(fread(pristine[i], 1, IMAGE_BYTES, file), IMAGE_BYTES);
        fclose(file);
    }
    return 0;
}

static int images_remove(void **state)
{
    char command[100];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

/* ---- where a field lies: worked out here, not asked of the reader (1K blocks) -----------------
 */

enum where {
    SUPER,  /* the superblock */
    GROUP,  /* the only descriptor */
    INODE,  /* the inode of path */
    RECORD, /* in path's directory block, the record of `name` */
    BLOCK,  /* path's first block */
    TABLE,  /* path's first indirect block */
};

static size_t inode_at(const char *path)
{
    struct ext2_inode inode;

    assert_int_equal(mount_image(), 0);
    assert_int_equal(ext2_lookup(&fs, path, 0, &inode), 0);
    return rd32(image + 2048 + 8) * 1024u + (inode.number - 1) * rd16(image + 1024 + 88);
}

static size_t record_at(const char *path, const char *name)
{
    size_t at = rd32(image + inode_at(path) + 40) * 1024u;

    while (image[at + 6] != strlen(name) || memcmp(image + at + 8, name, strlen(name)) != 0)
        at += rd16(image + at + 4);
    return at;
}

static size_t place(enum where where, const char *path, const char *name)
{
    switch (where) {
    case SUPER:
        return 1024;
    case GROUP:
        return 2048;
    case INODE:
        return inode_at(path);
    case RECORD:
        return record_at(path, name);
    case BLOCK:
        return rd32(image + inode_at(path) + 40) * 1024u;
    default:
        return rd32(image + inode_at(path) + 40 + 4 * 12) * 1024u;
    }
}

static void poke(size_t at, unsigned width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++)
        image[at + i] = (uint8_t)(value >> 8 * i);
}

/* ---- what is tried ------------------------------------------------------------------------------
 */

static int read_whole(const struct ext2_inode *inode)
{
    static uint8_t to[1000000];
    size_t got;

    return ext2_read(&fs, inode, 0, to, sizeof(to), &got);
}

static int list(const struct ext2_inode *directory)
{
    struct ext2_entry entry;
    uint64_t position = 0;
    int more;

    while ((more = ext2_next_entry(&fs, directory, &position, &entry)) == 1)
        ;
    return more;
}

/* Mounts, looks the path up and reads what is there; the first error. */
static int use(const char *path)
{
    struct ext2_inode inode;
    char target[300];
    int error = mount_image();

    if (!error && path)
        error = ext2_lookup(&fs, path, 0, &inode);
    if (error || !path)
        return error;
    switch (inode.mode & EXT2_TYPE_MASK) {
    case EXT2_TYPE_DIRECTORY:
        return list(&inode);
    case EXT2_TYPE_SYMLINK:
        return ext2_read_link(&fs, &inode, target, sizeof(target));
    default:
        return read_whole(&inode);
    }
}

#define FULL 0xffffffff
#define S(offset, width, value, expected, what)                                                    \
    {                                                                                              \
        SUPER, NULL, NULL, offset, width, value, NULL, expected, what                              \
    }
#define G(offset, value, what)                                                                     \
    {                                                                                              \
        GROUP, NULL, NULL, offset, 4, value, "/f", -EUCLEAN, what                                  \
    }
#define I(path, offset, width, value, what)                                                        \
    {                                                                                              \
        INODE, path, NULL, offset, width, value, path, -EUCLEAN, what                              \
    }
#define R(name, offset, width, value, what)                                                        \
    {                                                                                              \
        RECORD, "/d", name, offset, width, value, "/d", -EUCLEAN, what                             \
    }

static const struct damage_case {
    enum where where;
    const char *path, *name;
    size_t offset;
    unsigned width;
    uint32_t value;
    const char *used_path;
    int expected;
    const char *what;
} cases[] = {
    S(56, 2, 0, -EINVAL, NULL),
    S(56, 2, 0x53ef, -EINVAL, NULL),
    S(0, 4, 0, -EUCLEAN, "inodes"),
    S(0, 4, 63, -EUCLEAN, "inodes"),
    S(0, 4, 65, -EUCLEAN, "inodes"),
    S(0, 4, FULL, -EUCLEAN, "inodes"),
    S(4, 4, 0, -EUCLEAN, "blocks"),
    S(4, 4, 1, -EUCLEAN, "blocks"),
    S(4, 4, 257, -EUCLEAN, "blocks"),
    S(4, 4, FULL, -EUCLEAN, "blocks"),
    S(20, 4, 0, -EUCLEAN, "first data block"),
    S(20, 4, 2, -EUCLEAN, "first data block"),
    S(20, 4, FULL, -EUCLEAN, "first data block"),
    S(24, 4, 3, -ENOTSUP, "block size (log2 of KiB)"),
    S(24, 4, 6, -ENOTSUP, "block size (log2 of KiB)"),
    S(24, 4, 7, -EUCLEAN, "block size (log2 of KiB)"),
    S(24, 4, 32, -EUCLEAN, "block size (log2 of KiB)"),
    S(24, 4, FULL, -EUCLEAN, "block size (log2 of KiB)"),
    S(24, 4, 1, -EUCLEAN, "first data block"),
    S(32, 4, 0, -EUCLEAN, "blocks per group"),
    S(32, 4, 7, -EUCLEAN, "blocks per group"),
    S(32, 4, 8193, -EUCLEAN, "blocks per group"),
    S(32, 4, FULL, -EUCLEAN, "blocks per group"),
    S(32, 4, 128, -EUCLEAN, "inodes"),
    S(40, 4, 0, -EUCLEAN, "inodes per group"),
    S(40, 4, 63, -EUCLEAN, "inodes"),
    S(40, 4, 8193, -EUCLEAN, "inodes per group"),
    S(40, 4, FULL, -EUCLEAN, "inodes per group"),
    S(76, 4, 2, -ENOTSUP, "revision"),
    S(76, 4, FULL, -ENOTSUP, "revision"),
    S(84, 4, 10, -EUCLEAN, "first inode"),
    S(84, 4, 65, -EUCLEAN, "first inode"),
    S(84, 4, FULL, -EUCLEAN, "first inode"),
    S(88, 2, 0, -EUCLEAN, "inode bytes"),
    S(88, 2, 64, -EUCLEAN, "inode bytes"),
    S(88, 2, 192, -EUCLEAN, "inode bytes, odd part"),
    S(88, 2, 2048, -EUCLEAN, "inode bytes"),
    S(88, 2, 65535, -EUCLEAN, "inode bytes"),
    S(96, 4, 0x42, -ENOTSUP, "incompatible features"),
    S(96, 4, 0x80000002, -ENOTSUP, "incompatible features"),
    S(96, 4, FULL, -ENOTSUP, "incompatible features"),
    G(0, 0, "block bitmap"),
    G(0, 2, "block bitmap"),
    G(0, 256, "block bitmap"),
    G(0, FULL, "block bitmap"),
    G(4, 1, "inode bitmap"),
    G(4, FULL, "inode bitmap"),
    G(8, 0, "inode table"),
    G(8, 2, "inode table"),
    G(8, 249, "inode table"),
    G(8, FULL, "inode table"),
    I("/", 0, 2, 0, "inode mode"),
    I("/", 0, 2, 0x3000, "inode mode"),
    I("/", 0, 2, 0xf000, "inode mode"),
    I("/", 4, 4, 0, "directory size"),
    I("/", 4, 4, 1023, "directory size"),
    I("/", 4, 4, 2048, "directory size"),
    I("/", 4, 4, FULL, "directory size"),
    I("/", 26, 2, 0, "inode links"),
    I("/", 28, 4, 0, "directory size"),
    I("/", 28, 4, FULL, "inode sectors"),
    I("/", 32, 4, 0x80000, "inode flags"),
    I("/", 32, 4, 0x10000000, "inode flags"),
    I("/", 32, 4, 0x800, "inode flags"),
    I("/", 40, 4, 0, "directory block"),
    I("/", 40, 4, 1, "data block"),
    I("/", 40, 4, 2, "data block inside the file system's own"),
    I("/", 40, 4, 256, "data block"),
    I("/", 40, 4, FULL, "data block"),
    {INODE, "/f", NULL, 4, 4, 0x7fffffff, "/f", 0, NULL}, /* holes behind the last block */
    I("/f", 108, 4, FULL, "file size"),
    I("/f", 26, 2, 0, "inode links"),
    I("/f", 40, 4, 1, "data block"),
    I("/f", 40 + 4 * 5, 4, FULL, "data block"),
    I("/f", 40 + 4 * 11, 4, 256, "data block"),
    I("/f", 40 + 4 * 12, 4, 1, "data block"),
    I("/f", 40 + 4 * 12, 4, 256, "data block"),
    I("/f", 40 + 4 * 12, 4, FULL, "data block"),
    {TABLE, "/f", NULL, 0, 4, 1, "/f", -EUCLEAN, "data block"},
    {TABLE, "/f", NULL, 12, 4, FULL, "/f", -EUCLEAN, "data block"},
    {TABLE, "/f", NULL, 12, 4, 256, "/f", -EUCLEAN, "data block"},
    {TABLE, "/f", NULL, 28, 4, 2, "/f", -EUCLEAN, "data block inside the file system's own"},
    R(".", 0, 4, 65, "directory record inode"),
    R("g", 0, 4, FULL, "directory record inode"),
    R("g", 4, 2, 0, "directory record length"),
    R("g", 4, 2, 4, "directory record length"),
    R("g", 4, 2, 8, "directory record length"),
    R("g", 4, 2, 13, "directory record length, odd part"),
    R("g", 4, 2, 1024, "directory record length"),
    R("g", 4, 2, 0xfffc, "directory record length"),
    R(".", 4, 2, 1020, "directory record, bytes left for it"),
    R("g", 6, 1, 0, "directory name length"),
    R(".", 6, 1, 5, "directory name length"),
    R("g", 8, 1, '/', "byte in a directory name"),
    R("g", 8, 1, 0, "byte in a directory name"),
    {RECORD, "/d", "g", 0, 4, 0, "/d/g", -ENOENT, NULL},
    {RECORD, "/d", "g", 0, 4, 7, "/d/g", -EUCLEAN, "inode number"}, /* reserved */
    {RECORD, "/d", "g", 0, 4, 60, "/d/g", -EUCLEAN, "inode mode"},  /* not in use */
    {RECORD, "/d", "g", 4, 2, 0, "/d/none", -EUCLEAN, "directory record length"},
    {RECORD, "/", "d", 7, 1, 200, "/", 0, NULL}, /* an unknown type is no damage */
    I("/fast", 4, 4, 0, "symlink size"),
    I("/fast", 4, 4, 4, "symlink's length before a zero"),
    I("/fast", 4, 4, 1024, "symlink size"),
    I("/fast", 4, 4, 100, "data block"),
    I("/fast", 40, 1, 0, "symlink's length before a zero"),
    I("/slow", 4, 4, 1024, "symlink size"),
    I("/slow", 4, 4, FULL, "symlink size"),
    I("/slow", 4, 4, 200, "symlink's length before a zero"),
    I("/slow", 40, 4, 0, "symlink's length before a zero"),
    I("/slow", 40, 4, 256, "data block"),
    {BLOCK, "/slow", NULL, 50, 1, 0, "/slow", -EUCLEAN, "symlink's length before a zero"},
};

static void each_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct damage_case *c = &cases[i];

        memcpy(image, pristine[0], IMAGE_BYTES);
        const size_t at = place(c->where, c->path, c->name) + c->offset;
        poke(at, c->width, c->value);
        const int error = use(c->used_path);
        if (error != c->expected)
            fail_msg("case %zu (%s at %zu := %#x): %d instead of %d", i, c->path ? c->path : "fs",
                     c->offset, c->value, error, c->expected);
        if (c->what && (!fs.damage.what || strcmp(fs.damage.what, c->what) != 0))
            fail_msg("case %zu: \"%s\" instead of \"%s\"", i, fs.damage.what, c->what);
    }
}

/* A file's block, or a directory's, that is the file system's own: bitmaps, descriptors, tables. */
static void own_blocks(void **state)
{
    (void)state;
    for (unsigned own = 0; own < 5; own++) {
        memcpy(image, pristine[0], IMAGE_BYTES);
        const size_t at = inode_at("/f") + 40;
        const uint32_t table = rd32(image + 2048 + 8);
        const uint32_t table_end = table + 64u * rd16(image + 1024 + 88) / 1024;
        const uint32_t blocks[] = {2, rd32(image + 2048), rd32(image + 2048 + 4), table,
                                   table_end - 1};

        poke(at, 4, blocks[own]);
        assert_int_equal(use("/f"), -EUCLEAN);
        assert_string_equal(fs.damage.what, "data block inside the file system's own");
        assert_int_equal(fs.damage.value, blocks[own]);
        assert_true(fs.damage.inode >= 11);
        poke(at, 4, table_end);
        assert_int_equal(use("/f"), 0);
    }
}

static void directory_of_odd_size(void **state)
{
    (void)state;
    memcpy(image, pristine[0], IMAGE_BYTES);
    const size_t at = inode_at("/d");

    poke(at + 28, 4, 8); /* sectors for four blocks, so that the size alone is wrong */
    poke(at + 4, 4, 1500);
    assert_int_equal(use("/d"), -EUCLEAN);
    assert_string_equal(fs.damage.what, "directory size beyond its last block");
}

static void partition_too_small(void **state)
{
    (void)state;
    memcpy(image, pristine[0], IMAGE_BYTES);
    for (unsigned sectors = 0; sectors < IMAGE_BYTES / 512; sectors++) {
        assert_int_equal(ext2_mount(&fs, image_read, NULL, sectors), -EUCLEAN);
        assert_string_equal(fs.damage.what, sectors < 4 ? "partition sectors" : "blocks");
    }
    assert_int_equal(ext2_mount(&fs, image_read, NULL, IMAGE_BYTES / 512), 0);
    assert_int_equal(ext2_mount(&fs, image_read, NULL, UINT64_MAX), 0);
}

/* Every inode number but the root and those in use. */
static void inode_numbers(void **state)
{
    struct ext2_inode inode;

    (void)state;
    memcpy(image, pristine[0], IMAGE_BYTES);
    assert_int_equal(mount_image(), 0);
    for (uint32_t number = 0; number < 11; number++)
        assert_int_equal(ext2_inode(&fs, number, &inode), number == 2 ? 0 : -EUCLEAN);
    assert_int_equal(ext2_inode(&fs, 11, &inode), 0);
    assert_int_equal(ext2_inode(&fs, 64, &inode), -EUCLEAN);
    assert_int_equal(ext2_inode(&fs, 65, &inode), -EUCLEAN);
    assert_string_equal(fs.damage.what, "inode number");
    assert_int_equal(fs.damage.high, 64);
    assert_int_equal(ext2_inode(&fs, UINT32_MAX, &inode), -EUCLEAN);
}

static void explained(void **state)
{
    struct ext2_inode inode;
    char text[120];

    (void)state;
    memcpy(image, pristine[0], IMAGE_BYTES);
    poke(inode_at("/f") + 26, 2, 0);
    assert_int_equal(mount_image(), 0);
    assert_int_equal(ext2_lookup(&fs, "/f", 1, &inode), -EUCLEAN);
    snprintf(text + 60, 60, "damaged: inode links is 0, allowed 1 to 65535 (inode %u)",
             inode.number);
    ext2_explain(&fs, -EUCLEAN, text, 60);
    assert_string_equal(text, text + 60);
    ext2_explain(&fs, -ENOENT, text, sizeof(text));
    assert_string_equal(text, error_text(-ENOENT));
    poke(1024 + 20, 4, 7);
    ext2_explain(&fs, mount_image(), text, sizeof(text));
    assert_string_equal(text, "damaged: first data block is 7, must be 1");
    poke(1024 + 76, 4, 2);
    ext2_explain(&fs, mount_image(), text, sizeof(text));
    assert_string_equal(text, "damaged: revision is 2, allowed 0 to 1");
    poke(1024 + 56, 2, 0);
    ext2_explain(&fs, mount_image(), text, sizeof(text));
    assert_string_equal(text, "there is none: its magic number is missing");
}

/* The n-th request fails, for every n: the disk's error comes out, and a second try succeeds. */
static void failing_disk(void **state)
{
    static const char *const paths[] = {"/", "/f", "/d/e/h", "/slow", "/fast", "/holes"};

    (void)state;
    memcpy(image, pristine[0], IMAGE_BYTES);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        unsigned n = 1;

        for (;; n++) {
            requests = 0;
            failing_request = n;
            const int error = use(paths[i]);
            if (requests < n) {
                assert_int_equal(error, 0);
                break;
            }
            assert_int_equal(error, -EIO);
            struct ext2_inode inode;
            if (n >
                1) { /* mounted: the same struct must still work, with nothing stale in its cache */
                assert_int_equal(ext2_lookup(&fs, paths[i], 0, &inode), 0);
                if ((inode.mode & EXT2_TYPE_MASK) == EXT2_TYPE_FILE)
                    assert_int_equal(read_whole(&inode), 0);
            }
        }
        assert_in_range(n, 4, 40);
        failing_request = 0;
    }
}

/* Offsets that are worth changing: superblock, descriptors, used inodes, directories, tables. */
static size_t interesting_offset(unsigned which)
{
    const unsigned block = 1024u << which;
    const size_t descriptor = which == 0 ? 2048 : block;
    const size_t table = rd32(pristine[which] + descriptor + 8) * (size_t)block;

    switch (random_below(8)) {
    case 0:
        return 1024 + random_below(130);
    case 1:
        return descriptor + random_below(32);
    case 2:
    case 3:
    case 4:
        return table + random_below(22 * rd16(pristine[which] + 1024 + 88));
    case 5:
    case 6: /* behind the table: directories and indirect blocks */
        return table + random_below(40 * block) % (IMAGE_BYTES - 4 - table);
    default:
        return random_below(IMAGE_BYTES - 4);
    }
}

static void mutate(unsigned which)
{
    static const uint32_t values[] = {0,       1,          2,          4,         8,      12,
                                      0x7f,    0x80,       0xff,       0x100,     0x7fff, 0xffff,
                                      0x10000, 0x7fffffff, 0x80000000, 0xffffffff};
    const size_t at = interesting_offset(which);
    const unsigned width = 1u << random_below(3);

    switch (random_below(3)) {
    case 0:
        poke(at, width, values[random_below(sizeof(values) / sizeof(values[0]))]);
        break;
    case 1:
        poke(at, width, random_below(300));
        break;
    default:
        image[at] ^= (uint8_t)(1u << random_below(8));
    }
}

static void random_mutations(void **state)
{
    (void)state;
    alarm(110); /* a hang is a failure */
    for (unsigned i = 0; i < MUTATIONS; i++) {
        const unsigned which = i % 3;

        memcpy(image, pristine[which], IMAGE_BYTES);
        for (unsigned n = 1 + random_below(6); n > 0; n--)
            mutate(which);
        LLVMFuzzerTestOneInput(image, IMAGE_BYTES);
    }
    alarm(0);
}

/* Every length of a truncated image: the disk ends in zeros. */
static void cut_images(void **state)
{
    (void)state;
    for (unsigned which = 0; which < 3; which++)
        for (size_t size = 0; size < IMAGE_BYTES; size += 997)
            LLVMFuzzerTestOneInput(pristine[which], size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_field),
        cmocka_unit_test(own_blocks),
        cmocka_unit_test(directory_of_odd_size),
        cmocka_unit_test(partition_too_small),
        cmocka_unit_test(inode_numbers),
        cmocka_unit_test(explained),
        cmocka_unit_test(failing_disk),
        cmocka_unit_test(cut_images),
        cmocka_unit_test(random_mutations),
    };

    return cmocka_run_group_tests(tests, images_make, images_remove);
}
