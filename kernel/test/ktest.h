/*
 * Tests that run inside the kernel: `ktest [NAME …]` in the monitor, `run='ktest'` for the system
 * tests. Each prints a line; the last line is `N passed, N failed`.
 *
 *     KTEST(frames_come_back)
 *     {
 *         uint64_t before = frames_free(), frame;
 *         EXPECT(alloc_frame(&frame) == 0);
 *         …
 *         EXPECT_EQUAL(frames_free(), before);
 *     }
 *
 * A test lies beside what it tests, in a file whose name ends in _ktest.c. It ends at the first
 * EXPECT that fails, and must leave the kernel as it found it.
 *
 * What must end in a panic is a KTEST_PANICS: left out by `ktest`, run alone by `ktest -p NAME`; a
 * system test reads the reason.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ktest {
    const char *name;
    void (*run)(void);
    bool panics;
};

/* aligned: the linker puts them in a row, and the compiler would leave gaps. */
#define KTEST_ENTRY(name_, panics_)                                                           \
    static void ktest_##name_(void);                                                          \
    static const struct ktest ktest_entry_##name_                                             \
        __attribute__((used, section(".ktests"), aligned(8))) = {#name_, ktest_##name_, panics_}; \
    static void ktest_##name_(void)

#define KTEST(name_)        KTEST_ENTRY(name_, false)
#define KTEST_PANICS(name_) KTEST_ENTRY(name_, true)

void ktest_fail(const char *file, int line, const char *what, uint64_t is, uint64_t wanted);
void ktest_skip(const char *why); /* then return */

#define EXPECT(condition)                                              \
    do {                                                               \
        if (!(condition)) {                                            \
            ktest_fail(__FILE__, __LINE__, #condition, 0, 1);          \
            return;                                                    \
        }                                                              \
    } while (0)

#define EXPECT_EQUAL(is, wanted)                                       \
    do {                                                               \
        uint64_t is_ = (uint64_t)(is), wanted_ = (uint64_t)(wanted);   \
        if (is_ != wanted_) {                                          \
            ktest_fail(__FILE__, __LINE__, #is " == " #wanted, is_, wanted_); \
            return;                                                    \
        }                                                              \
    } while (0)
