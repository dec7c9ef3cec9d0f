/*
 * Bytes that cannot be copied from a program into a file of the disk: the file keeps its size, has no room
 * behind its end (e2fsck looks), and what came before the bad address is not seen when it grows later.
 */
#include "user/tests/lib/test.h"

#define FILE_NAME "/mnt/unfilled"

static char back[3 * PAGE];

static bool is_zero(size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (back[i])
            return false;
    return true;
}

static int64_t size_of(int fd)
{
    struct abi_stat about;

    return fastos_fstat(fd, &about) ? -1 : (int64_t)about.size;
}

int main_test(void)
{
    char *half = fresh_pages(2);
    int fd = (int)fastos_openat(AT_FDCWD, FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);

    expect(fd >= 0);
    memset(half, 'x', PAGE);
    expect_is(fastos_munmap(half + PAGE, PAGE), 0);
    expect_is(fastos_write(fd, (void *)8, 5000), -EFAULT);
    expect_is(size_of(fd), 0);
    expect_is(fastos_pwrite(fd, (void *)8, 5000, 100000), -EFAULT);
    expect_is(size_of(fd), 0);
    expect_is(fastos_write(fd, "start", 5), 5);
    long done = fastos_write(fd, half + PAGE - 100, 3 * PAGE); /* 100 bytes are there */
    expect(done == -EFAULT || done == 100);
    expect_is(size_of(fd), done > 0 ? 105 : 5);
    expect_is(fastos_ftruncate(fd, 3 * PAGE), 0);
    expect_is(fastos_pread(fd, back, sizeof(back), 0), 3 * PAGE);
    expect(is_zero(done > 0 ? 105 : 5, sizeof(back)));
    expect_is(fastos_ftruncate(fd, 5), 0);
    expect_is(fastos_close(fd), 0);
    print("unfilled: done\n");
    return 0;
}
