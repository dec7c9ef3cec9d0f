/* Looks up the tables that tools/ksyms.py makes of the linked kernel. */
#include "kernel/symbols.h"

#include "kernel/tests.h"
#include "lib/printf.h"

extern const uint8_t kernel_start[], kernel_text_end[], tests_start[], tests_text_end[];

extern const uint32_t kernel_symbol_count, tests_symbol_count;
extern const uint32_t kernel_symbol_addresses[], tests_symbol_addresses[];
extern const uint32_t kernel_symbol_names[], tests_symbol_names[];
extern const char kernel_symbol_text[], tests_symbol_text[];

struct symbols {
    uint64_t start, end; /* of the code */
    uint32_t count;
    const uint32_t *offsets, *names; /* ascending, from start; into text */
    const char *text;
};

/* The last function that begins at or before offset; at least one does. */
static uint32_t find(const struct symbols *symbols, uint64_t offset)
{
    uint32_t low = 0, high = symbols->count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (symbols->offsets[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool describe(const struct symbols *symbols, uint64_t address, char *to, size_t size)
{
    uint64_t offset = address - symbols->start;

    if (address < symbols->start || address >= symbols->end)
        return false;
    if (symbols->count == 0 || symbols->offsets[0] > offset)
        return false;
    uint32_t found = find(symbols, offset);

    snprintf(to, size, "%s+0x%llx", symbols->text + symbols->names[found],
             (unsigned long long)(offset - symbols->offsets[found]));
    return true;
}

bool symbol_describe(uint64_t address, char *to, size_t size)
{
    const struct symbols kernel = {
        (uintptr_t)kernel_start, (uintptr_t)kernel_text_end, kernel_symbol_count,
        kernel_symbol_addresses, kernel_symbol_names, kernel_symbol_text,
    };

    if (describe(&kernel, address, to, size))
        return true;
    if (!tests_loaded())
        return false;
    const struct symbols tests = {
        (uintptr_t)tests_start, (uintptr_t)tests_text_end, tests_symbol_count,
        tests_symbol_addresses, tests_symbol_names, tests_symbol_text,
    };

    return describe(&tests, address, to, size);
}
