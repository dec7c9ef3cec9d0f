/* System calls with arguments that mean harm: each gets an error, and the program goes on. */
#include "user/tests/call.h"

#define KERNEL     0xffffff0000000000ull
#define PHYSICAL   0xffff800000100000ull
#define LAST_PAGE  0x7ffffffff000ull
#define NON_CANONICAL 0x800000000000ull

static const struct {
    const char *what;
    uint64_t number, a, b, c;
} calls[] = {
    {"null: ", WRITE, 1, 0, 1},
    {"unmapped: ", WRITE, 1, 0x10000, 1},
    {"kernel: ", WRITE, 1, KERNEL, 16},
    {"physical: ", WRITE, 1, PHYSICAL, 16},
    {"last page: ", WRITE, 1, LAST_PAGE, 1},
    {"across the end: ", WRITE, 1, LAST_PAGE - 16, 32},
    {"non-canonical: ", WRITE, 1, NON_CANONICAL, 1},
    {"wraps: ", WRITE, 1, 0xfffffffffffffff0, 32},
    {"huge: ", WRITE, 1, 0x10000, 0x7fffffffffffffff},
    {"negative: ", WRITE, 1, 0x10000, 0xffffffffffffffff},
    {"nothing: ", WRITE, 1, 0, 0},
    {"no such descriptor: ", WRITE, 77, 0, 0},
    {"number 11: ", 11, 0, 0, 0},
    {"number 2^32: ", 0x100000000, 0, 0, 0},
    {"number -1: ", 0xffffffffffffffff, 0, 0, 0},
};

void _start(void)
{
    for (uint64_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        print_number(calls[i].what, call(calls[i].number, calls[i].a, calls[i].b, calls[i].c));
    call(EXIT, 7, 0, 0);
}
