/*
 * The ext2 writer on damaged disks: thousands of random changes to images of each block size, above
 * all where the file system's own blocks are, each with random operations (the fuzzer's).
 */
/* links: lib/ext2/explain.c lib/ext2/volume.c lib/ext2/rw_volume.c lib/ext2/allocate.c */
/* links: lib/ext2/bits.c lib/ext2/node.c lib/ext2/map.c lib/ext2/truncate.c */
/* links: lib/ext2/directory.c lib/ext2/names.c lib/ext2/content.c lib/errno.c */
/* links: tests/host/ext2_disk.c tests/host/ext2_files.c tests/fuzz/ext2_write_fuzz.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE_BYTES 262144
#define MUTATIONS   1200 /* of each image */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint8_t pristine[IMAGE_BYTES], image[IMAGE_BYTES];
static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % limit;
}

static void image_make(unsigned block_bytes)
{
    char folder[] = "/tmp/ext2-damage-XXXXXX", command[1000];

    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof(command),
             "cd %s && mkdir -p t/boot/d/e t/d && head -c 20000 /dev/zero | tr '\\0' q > "
             "t/boot/boot.cfg && ln -s d/g t/fast && ln -s $(printf 'd/%%0100d' 0) t/slow && "
             "truncate -s 900000 t/holes && echo end >> t/holes && mke2fs -q -F -t ext2 -b %u "
             "-N 64 -m 0 -O ^resize_inode -d t image 256K >/dev/null 2>&1",
             folder, block_bytes);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof(command), "%s/image", folder);
    FILE *file = fopen(command, "rb");
    assert_non_null(file);
    assert_int_equal(fread(pristine, 1, IMAGE_BYTES, file), IMAGE_BYTES);
    fclose(file);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

/* A few bytes, most of them where something is; a copy of a block over another, at times. */
static void damage(unsigned block_bytes)
{
    static const uint8_t values[] = {0, 1, 2, 4, 12, 0x7f, 0x80, 0xff};

    for (uint32_t changes = random_below(6); changes > 0; changes--) {
        size_t at = 1024 + random_below(IMAGE_BYTES - 1024);

        for (int tries = 0; tries < 50 && pristine[at] == 0; tries++)
            at = 1024 + random_below(40 * block_bytes - 1024);
        image[at] =
            random_below(3) ? values[random_below(sizeof(values))] : (uint8_t)random_below(256);
    }
    if (random_below(20) == 0)
        memcpy(image + random_below(40) * block_bytes, image + random_below(40) * block_bytes,
               block_bytes);
}

static void mutations(unsigned block_bytes)
{
    image_make(block_bytes);
    for (int i = 0; i < MUTATIONS; i++) {
        memcpy(image, pristine, sizeof(image));
        damage(block_bytes);
        for (int j = 0; j < 1024; j++)
            image[j] = (uint8_t)random_below(256);
        LLVMFuzzerTestOneInput(image, sizeof(image));
    }
}

static void blocks_1k(void **state)
{
    (void)state;
    mutations(1024);
}

static void blocks_2k(void **state)
{
    (void)state;
    mutations(2048);
}

static void blocks_4k(void **state)
{
    (void)state;
    mutations(4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_1k),
        cmocka_unit_test(blocks_2k),
        cmocka_unit_test(blocks_4k),
    };

    return cmocka_run_group_tests_name("ext2 writer, damage", tests, NULL, NULL);
}
