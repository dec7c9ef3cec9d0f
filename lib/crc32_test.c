/* Checksums against published values and a bit-by-bit model; the instruction against the tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crc32.h"

static uint32_t model(uint32_t crc, uint32_t polynomial, const uint8_t *bytes, size_t size)
{
    crc = ~crc;
    for (size_t bit = 0; bit < size * 8; bit++) {
        uint32_t in = (crc ^ bytes[bit / 8] >> bit % 8) & 1;
        crc = crc >> 1 ^ (in ? polynomial : 0);
    }
    return ~crc;
}

static void published_check_values(void **state)
{
    /* RFC 3720 appendix B.4 and the "check" values of the CRC catalogue. */
    uint8_t zeros[32] = {0}, ones[32], up[32];

    memset(ones, 0xff, sizeof(ones));
    for (uint8_t i = 0; i < 32; i++)
        up[i] = i;
    assert_int_equal(crc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
    assert_int_equal(crc32c(0, zeros, 32), 0x8a9136aa);
    assert_int_equal(crc32c(0, ones, 32), 0x62a8ab43);
    assert_int_equal(crc32c(0, up, 32), 0x46dd794e);
    assert_int_equal(crc32c_tables(0, up, 32), 0x46dd794e);
    assert_int_equal(crc32(0, "", 0), 0);
    assert_int_equal(crc32c(0, "", 0), 0);
}

static void every_size_and_alignment_as_the_model(void **state)
{
    for (size_t size = 0; size < 300; size++) {
        size_t offset = size % 9;
        uint8_t *block = malloc(offset + size + 1);
        assert_non_null(block);
        uint8_t *bytes = block + offset + 1; /* the last byte of the block is the last one read */
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(i * i * 31 + size * 7 + i / 3);
        uint32_t start = (uint32_t)size * 0x9e3779b9u;
        assert_int_equal(crc32(start, bytes, size), model(start, 0xedb88320, bytes, size));
        assert_int_equal(crc32c(start, bytes, size), model(start, 0x82f63b78, bytes, size));
        assert_int_equal(crc32c_tables(start, bytes, size), model(start, 0x82f63b78, bytes, size));
        free(block);
    }
}

static void parts_add_up_to_the_whole(void **state)
{
    uint8_t bytes[257];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 73);
    for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
        assert_int_equal(crc32(crc32(0, bytes, cut), bytes + cut, sizeof(bytes) - cut),
                         crc32(0, bytes, sizeof(bytes)));
        assert_int_equal(crc32c(crc32c(0, bytes, cut), bytes + cut, sizeof(bytes) - cut),
                         crc32c(0, bytes, sizeof(bytes)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_check_values),
        cmocka_unit_test(every_size_and_alignment_as_the_model),
        cmocka_unit_test(parts_add_up_to_the_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
