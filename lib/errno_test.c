/* The texts of errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <string.h>

#include "lib/errno.h"

static void known_errors_have_their_text(void **state)
{
    assert_string_equal(error_text(-ENOENT), "no such file or directory");
    assert_string_equal(error_text(ENOENT), "no such file or directory");
    assert_string_equal(error_text(-EUCLEAN), "damaged structure");
    assert_string_equal(error_text(0), "no error");
}

static void others_have_their_number(void **state)
{
    assert_string_equal(error_text(-77), "error 77");
    assert_string_equal(error_text(-4095), "error 4095");
    assert_string_equal(error_text(-(ENOENT + 256)), "error 258"); /* no wrap of the table's byte */
    assert_string_equal(error_text(INT_MIN), "error 2147483648");
    assert_string_equal(error_text(INT_MAX), "error 2147483647");
}

static void each_name_of_the_header_has_a_text(void **state)
{
    static const int all[] = {EPERM, ENOENT, ESRCH, EINTR, EIO, ENXIO, E2BIG, ENOEXEC, EBADF,
                              ECHILD, EAGAIN, ENOMEM, EACCES, EFAULT, ENOTBLK, EBUSY, EEXIST,
                              EXDEV, ENODEV, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE, ENOTTY,
                              ETXTBSY, EFBIG, ENOSPC, ESPIPE, EROFS, EMLINK, EPIPE, ERANGE,
                              ENAMETOOLONG, ENOSYS, ENOTEMPTY, ELOOP, EOVERFLOW, EMSGSIZE,
                              ENOTSUP,
                              ETIMEDOUT, EUCLEAN};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_string_not_equal(error_text(-all[i]), "");
        assert_int_not_equal(strncmp(error_text(-all[i]), "error ", 6), 0);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(error_text(-all[i]), error_text(-all[k]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_errors_have_their_text),
        cmocka_unit_test(others_have_their_number),
        cmocka_unit_test(each_name_of_the_header_has_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
