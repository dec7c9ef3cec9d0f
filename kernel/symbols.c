/* Looks up the tables that tools/ksyms.py makes of the linked kernel. */
#include "kernel/symbols.h"

#include <stddef.h>

#include "kernel/tests.h"
#include "lib/bytes.h"
#include "lib/printf.h"
#include "lib/string.h"

extern const uint8_t kernel_start[], kernel_text_end[], tests_start[], tests_text_end[];
extern const uint8_t kernel_symbols[], kernel_symbols_end[], tests_symbols[], tests_symbols_end[];

/* The name of the function that holds start + offset, and where it begins, by a table of them. One
   after the other: who asks has time. NULL: before the first. */
static const char *find(const uint8_t *table, const uint8_t *end, uint64_t offset, uint64_t *begin)
{
    const char *name = NULL;
    uint64_t at = 0;

    while (table < end) {
        at += rd16(table);
        if (at > offset)
            break;
        *begin = at;
        name = (const char *)table + 2;
        table += 2 + strlen(name) + 1;
    }
    return name;
}

static bool describe(const char *name, uint64_t offset, char *to, size_t size)
{
    if (name)
        snprintf(to, size, "%s+0x%llx", name, (unsigned long long)offset);
    return name;
}

bool symbol_describe(uint64_t address, char *to, size_t size)
{
    uint64_t offset = address - (uintptr_t)kernel_start, begin = 0;

    if (offset < (uint64_t)(kernel_text_end - kernel_start)) {
        const char *name = find(kernel_symbols, kernel_symbols_end, offset, &begin);

        return describe(name, offset - begin, to, size);
    }
    offset = address - (uintptr_t)tests_start;
    if (tests_loaded() && offset < (uint64_t)(tests_text_end - tests_start)) {
        const char *name = find(tests_symbols, tests_symbols_end, offset, &begin);

        return describe(name, offset - begin, to, size);
    }
    return false;
}
