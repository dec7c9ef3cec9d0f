/* Looks up the table that tools/ksyms.py makes of the linked kernel. */
#include "kernel/symbols.h"
#include "lib/printf.h"

extern const uint32_t kernel_symbol_count;
extern const uint32_t kernel_symbol_addresses[];
extern const uint32_t kernel_symbol_names[];
extern const char kernel_symbol_text[];
extern const uint8_t kernel_start[], kernel_text_end[];

/* The last function that begins at or before offset; at least one does. */
static uint32_t find(uint64_t offset)
{
    uint32_t low = 0, high = kernel_symbol_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (kernel_symbol_addresses[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

bool symbol_describe(uint64_t address, char *to, size_t size)
{
    uint64_t start = (uintptr_t)kernel_start, offset = address - start;
    uint32_t found;

    if (address < start || address >= (uintptr_t)kernel_text_end)
        return false;
    if (kernel_symbol_count == 0 || kernel_symbol_addresses[0] > offset)
        return false;
    found = find(offset);
    snprintf(to, size, "%s+0x%llx", kernel_symbol_text + kernel_symbol_names[found],
             (unsigned long long)(offset - kernel_symbol_addresses[found]));
    return true;
}
