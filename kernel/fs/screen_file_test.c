/* links: kernel/core/memory/inject.c kernel/fs/io.c tests/host/fs_fakes.c */
/* /dev/fb0 on a screen of the host's memory, whose ends the sanitizer guards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/arch/arch.h"
#include "kernel/core/console/console.h"
#include "kernel/fs/screen_file.h"
#include "kernel/fs/vfs.h"
#include "lib/abi/boot_info.h"
#include "lib/abi/screen.h"
#include "lib/errno.h"
#include "tests/host/fs_fakes.h"

#define PITCH  100u
#define HEIGHT 90u
#define BYTES  (PITCH * HEIGHT) /* two pages and a part */

static const struct file_operations *operations;
static struct boot_framebuffer mode;
static unsigned pauses, goes;

void console_pause(bool paused)
{
    pauses += paused;
    goes += !paused;
}

static unsigned resized;
static int mode_error;

void terminals_resized(void)
{
    resized++;
}

int screen_set_mode(struct boot_framebuffer *now, uint32_t width, uint32_t height, uint32_t bits)
{
    if (mode_error)
        return mode_error;
    now->width = width;
    now->height = height;
    now->bits_per_pixel = (uint8_t)bits;
    return 0;
}

int device_register(uint64_t number, const char *name, uint32_t permissions,
                    const struct file_operations *of, void *private)
{
    assert_int_equal(number, DEVICE(29, 0));
    assert_string_equal(name, "fb0");
    assert_int_equal(permissions, S_IFCHR | 0600);
    assert_null(private);
    operations = of;
    return 0;
}

static int begin(void **state)
{
    (void)state;
    mode = (struct boot_framebuffer){
        .phys = 0xe0000000, .virt = (uintptr_t)malloc(BYTES), .width = 25, .height = HEIGHT,
        .pitch = PITCH, .bits_per_pixel = 32, .red = {16, 8}, .green = {8, 8}, .blue = {0, 8},
    };
    memset((void *)(uintptr_t)mode.virt, 0, BYTES);
    operations = NULL;
    pauses = goes = 0;
    return screen_file_register(&mode);
}

static int end(void **state)
{
    (void)state;
    free((void *)(uintptr_t)mode.virt);
    return 0;
}

static int64_t move(bool write, void *memory, size_t size, uint64_t *position)
{
    struct file file = {.operations = operations};
    struct io io = io_of_kernel(memory, size);

    return write ? operations->write(&file, &io, position) : operations->read(&file, &io, position);
}

static void test_reads_and_writes_end_with_the_screen(void **state)
{
    uint8_t all[BYTES + 10], back[BYTES + 10] = {0};
    uint64_t position = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (uint8_t)(i * 7);
    assert_int_equal(move(true, all, sizeof(all), &position), BYTES);
    assert_int_equal(position, BYTES);
    assert_int_equal(move(true, all, 1, &position), -ENOSPC);
    assert_int_equal(move(false, back, 1, &position), 0);
    position = 0;
    assert_int_equal(move(false, back, sizeof(back), &position), BYTES);
    assert_memory_equal(all, back, BYTES);
    assert_int_equal(back[BYTES], 0);
    position = BYTES - 3;
    assert_int_equal(move(false, back, 100, &position), 3);
    static const uint64_t far[] = {BYTES, BYTES + 1, 1ull << 63, UINT64_MAX};
    for (size_t i = 0; i < array_length(far); i++) {
        position = far[i];
        assert_int_equal(move(false, back, 100, &position), 0);
        assert_int_equal(move(true, all, 100, &position), -ENOSPC);
        assert_int_equal(position, far[i]);
    }
}

static void test_seeks(void **state)
{
    struct file file = {.operations = operations, .position = 5};

    (void)state;
    assert_int_equal(operations->seek(&file, -3, SEEK_CUR), 2);
    assert_int_equal(operations->seek(&file, -3, SEEK_CUR), -EINVAL);
    assert_int_equal(operations->seek(&file, -1, SEEK_END), BYTES - 1);
    assert_int_equal(operations->seek(&file, INT64_MAX, SEEK_CUR), -EOVERFLOW);
    assert_int_equal(file.position, BYTES - 1);
    assert_int_equal(operations->seek(&file, INT64_MAX, SEEK_SET), INT64_MAX);
}

static void test_pages_of_a_mapping(void **state)
{
    struct file file = {.operations = operations};
    uint64_t phys = 1;
    unsigned flags = 0;

    (void)state;
    assert_int_equal(operations->map_device(&file, 0, &phys, &flags), 0);
    assert_int_equal(phys, 0xe0000000);
    assert_int_equal(flags, PAGE_WRITE_COMBINING);
    assert_int_equal(operations->map_device(&file, 2 * PAGE_SIZE, &phys, &flags), 0);
    assert_int_equal(phys, 0xe0002000);
    assert_int_equal(operations->map_device(&file, 3 * PAGE_SIZE, &phys, &flags), -ENXIO);
    assert_int_equal(operations->map_device(&file, 1ull << 62, &phys, &flags), -ENXIO);
    mode.phys = 0xe0000100;
    assert_int_equal(operations->map_device(&file, 0, &phys, &flags), -ENODEV);
}

static void test_the_console_waits_for_the_last(void **state)
{
    struct file file = {.operations = operations};

    (void)state;
    assert_int_equal(operations->open(&file), 0);
    assert_int_equal(operations->open(&file), 0);
    assert_int_equal(pauses, 1);
    operations->close(&file);
    assert_int_equal(goes, 0);
    operations->close(&file);
    assert_int_equal(goes, 1);
    assert_int_equal(operations->open(&file), 0);
    operations->close(&file);
    assert_int_equal(pauses + goes, 4);
}

static void test_its_geometry(void **state)
{
    struct file file = {.operations = operations};
    struct abi_screen about;
    struct user user = {(uintptr_t)&about};

    (void)state;
    assert_int_equal(operations->ioctl(&file, SCREEN_INFO, user), 0);
    assert_int_equal(about.width, 25);
    assert_int_equal(about.height, HEIGHT);
    assert_int_equal(about.pitch, PITCH);
    assert_int_equal(about.bits_per_pixel, 32);
    assert_int_equal(about.bytes, BYTES);
    assert_int_equal(about.red.position, 16);
    assert_int_equal(about.green.bits, 8);
    assert_int_equal(about.reserved, 0);
    assert_int_equal(SCREEN_INFO >> 16 & 0x3fff, sizeof(about));
    assert_int_equal(operations->ioctl(&file, SCREEN_INFO + 1, user), -ENOTTY);
}

static void test_another_mode(void **state)
{
    struct file file = {.operations = operations}, second = {.operations = operations};
    struct abi_screen_mode wanted = {800, 600, 16, 0};
    struct user user = {(uintptr_t)&wanted};

    (void)state;
    resized = 0;
    assert_int_equal(operations->open(&file), 0);
    assert_int_equal(operations->ioctl(&file, SCREEN_SET, user), 0);
    assert_true(mode.width == 800 && mode.height == 600 && mode.bits_per_pixel == 16);
    assert_int_equal(resized, 1);
    wanted.reserved = 1;
    assert_int_equal(operations->ioctl(&file, SCREEN_SET, user), -EINVAL);
    wanted.reserved = 0;
    mode_error = -EIO;
    assert_int_equal(operations->ioctl(&file, SCREEN_SET, user), -EIO);
    mode_error = 0;
    assert_int_equal(operations->open(&second), 0); /* somebody else may be drawing */
    assert_int_equal(operations->ioctl(&file, SCREEN_SET, user), -EBUSY);
    operations->close(&second);
    operations->close(&file);
    assert_int_equal(resized, 1);
    assert_int_equal(SCREEN_SET >> 16 & 0x3fff, sizeof(wanted));
}

static void test_no_framebuffer_no_device(void **state)
{
    static struct boot_framebuffer text = {.has_vga_text = 1};

    (void)state;
    operations = NULL;
    assert_int_equal(screen_file_register(&text), 0);
    assert_null(operations);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_reads_and_writes_end_with_the_screen),
        TEST(test_another_mode),
        TEST(test_seeks),
        TEST(test_pages_of_a_mapping),
        TEST(test_the_console_waits_for_the_last),
        TEST(test_its_geometry),
        TEST(test_no_framebuffer_no_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
