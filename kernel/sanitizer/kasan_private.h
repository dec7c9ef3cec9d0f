/* What kasan.c and kasan_report.c share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* As the compiler writes it, in the array that it gives to __asan_register_globals. */
struct kasan_global {
    const void *at;
    uint64_t size, size_with_redzone;
    const char *name, *file;
    uint64_t is_dynamic;
    const void *place;
    uint64_t odr;
};

/* The global that the address lies in, or behind which it lies in a redzone; NULL: in none. */
const struct kasan_global *kasan_find_global(uint64_t at);

/* `bad`: the first byte of [at, at + size) that must not be touched. */
void kasan_report_access(uint64_t at, uint64_t size, uint64_t bad, bool write, const void *caller);
void kasan_report_freed_twice(uint64_t at, const void *caller);
