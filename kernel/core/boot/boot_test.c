/* links: lib/cmdline.c */
/* boot_info_take: a good structure passes, each damaged field is refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/boot/boot.h"
#include "lib/errno.h"

uint64_t cpu_timestamp(void);

uint64_t cpu_timestamp(void)
{
    return 42;
}

static struct boot_info good(void)
{
    struct boot_info info;

    memset(&info, 0, sizeof(info));
    info.magic = BOOT_INFO_MAGIC;
    info.version = BOOT_INFO_VERSION;
    info.size = sizeof(info);
    info.memory_count = 2;
    info.memory[0] = (struct boot_memory_range){0x1000, 0x9e000, BOOT_MEMORY_LOADER, 1};
    info.memory[1] = (struct boot_memory_range){0x100000, 0x700000, BOOT_MEMORY_USABLE, 1};
    info.kernel.virt = VIRT_KERNEL + 0x200000;
    info.kernel.bytes = 0x40000;
    info.framebuffer.phys = 0xe0000000;
    info.framebuffer.width = 1024;
    info.framebuffer.height = 768;
    info.framebuffer.pitch = 4096;
    info.framebuffer.bits_per_pixel = 32;
    strcpy(info.cmdline, "log=debug run='sum /a b'");
    return info;
}

static void a_good_one_is_copied(void **state)
{
    struct boot_info info = good();
    char value[32];
    const char *why;

    (void)state;
    assert_int_equal(boot_info_take(&info, &why), 0);
    assert_int_equal(boot_option("run", value, sizeof(value)), 0);
    assert_string_equal(value, "sum /a b");
    assert_false(boot_has_option("safe"));
    assert_int_equal(boot_info()->memory_count, 2);
}

static void texts_are_terminated(void **state)
{
    struct boot_info info = good();
    const char *why;

    (void)state;
    memset(info.cmdline, 'x', sizeof(info.cmdline));
    memset(info.ramdisk.reason, 'x', sizeof(info.ramdisk.reason));
    memset(info.stamps, 'x', sizeof(info.stamps));
    assert_int_equal(boot_info_take(&info, &why), 0);
    assert_int_equal(strlen(boot_info()->cmdline), BOOT_CMDLINE_MAX - 1);
    assert_int_equal(strlen(boot_info()->ramdisk.reason), sizeof(info.ramdisk.reason) - 1);
}

#define REFUSED(change)                                            \
    do {                                                           \
        struct boot_info info = good();                            \
        const char *why = NULL;                                    \
        change;                                                    \
        assert_int_equal(boot_info_take(&info, &why), -EINVAL);    \
        assert_non_null(why);                                      \
    } while (0)

static void damage_is_refused(void **state)
{
    (void)state;
    REFUSED(info.magic++);
    REFUSED(info.version++);
    REFUSED(info.size--);
    REFUSED(info.memory_count = 0);
    REFUSED(info.memory_count = BOOT_MEMORY_RANGES_MAX + 1);
    REFUSED(info.bios_memory_count = BOOT_MEMORY_RANGES_MAX + 1);
    REFUSED(info.memory[1].base = 0x2000);
    REFUSED(info.memory[1].length = 0);
    REFUSED(info.memory[1].length = UINT64_MAX);
    REFUSED(info.stamp_count = BOOT_STAMPS_MAX + 1);
    REFUSED(info.kernel.virt = 0x100000);
    REFUSED(info.kernel.bytes = 0);
    REFUSED(info.framebuffer.width = 0);
    REFUSED(info.framebuffer.height = 16385);
    REFUSED(info.framebuffer.bits_per_pixel = 8);
    REFUSED(info.framebuffer.pitch = 4095);
}

static void stamps_end_at_the_table(void **state)
{
    struct boot_info info = good();
    const char *why;

    (void)state;
    assert_int_equal(boot_info_take(&info, &why), 0);
    for (unsigned i = 0; i < BOOT_STAMPS_MAX + 5; i++)
        boot_stamp("a name that is longer than a stamp has room for");
    assert_int_equal(boot_info()->stamp_count, BOOT_STAMPS_MAX);
    assert_int_equal(boot_info()->stamps[0].tsc, 42);
    assert_int_equal(strlen(boot_info()->stamps[0].name), sizeof(info.stamps[0].name) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_one_is_copied),
        cmocka_unit_test(texts_are_terminated),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(stamps_end_at_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
