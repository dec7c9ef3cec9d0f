/* Use: names_clear → names_add … → names_print. One list, the monitor's. */
#include "kernel/monitor/names.h"

#include <stddef.h>
#include <stdint.h>

#include "kernel/monitor/output.h"
#include "lib/span.h"
#include "lib/string.h"

#define NAMES_MAX  2048
#define TEXT_BYTES 49152
#define COLUMNS    79

static struct {
    char text[TEXT_BYTES]; /* kind, name, terminator; for each */
    size_t used;
    uint16_t start[NAMES_MAX]; /* of each, at its kind */
    size_t count;
} names;

void names_clear(void)
{
    names.used = 0;
    names.count = 0;
}

bool names_add(const char *name, char kind)
{
    size_t size = strlen(name) + 1;
    if (names.count == NAMES_MAX || size + 1 > TEXT_BYTES - names.used)
        return false;
    names.start[names.count++] = (uint16_t)names.used;
    names.text[names.used] = kind;
    memcpy(&names.text[names.used + 1], name, size);
    names.used += size + 1;
    return true;
}

static bool in_order(uint16_t a, uint16_t b)
{
    return strcmp(&names.text[a + 1], &names.text[b + 1]) <= 0;
}

/* Shell's sort with Knuth's gaps (TAOCP 5.2.1): no memory, and quick enough for 2,048 names. */
static void sort(void)
{
    size_t gap = 1;
    while (gap < names.count / 3)
        gap = gap * 3 + 1;
    for (; gap > 0; gap /= 3) {
        for (size_t i = gap; i < names.count; i++) {
            uint16_t moving = names.start[i];
            size_t at = i;
            for (; at >= gap && !in_order(names.start[at - gap], moving); at -= gap)
                names.start[at] = names.start[at - gap];
            names.start[at] = moving;
        }
    }
}

static size_t columns_of(const char *name)
{
    const struct text text = text_of(name, strlen(name));
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text_at(text, i);
        count += (byte & 0xc0) == 0x80 ? 0 : byte < ' ' || byte == 0x7f ? 2 : 1;
    }
    return count;
}

static size_t widest(void)
{
    size_t most = 0;
    for (size_t i = 0; i < names.count; i++) {
        size_t columns = columns_of(&names.text[names.start[i] + 1]);
        most = columns > most ? columns : most;
    }
    return most;
}

static void print_one(uint16_t start)
{
    char kind = names.text[start];
    const char *name = &names.text[start + 1];
    if (kind)
        output_print(kind == '/' ? "\x1b[1;34m" : "\x1b[36m");
    output_foreign(name, strlen(name));
    if (kind)
        output_print("\x1b[0m%c", kind);
}

void names_print(void)
{
    sort();
    size_t width = widest() + 3;
    size_t columns = width < COLUMNS ? (COLUMNS + 2) / width : 1;
    size_t rows = (names.count + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < names.count; i += rows) {
            size_t used =
                columns_of(&names.text[names.start[i] + 1]) + !!names.text[names.start[i]];
            print_one(names.start[i]);
            if (i + rows < names.count)
                output_print("%*s", (int)(width - used), "");
        }
        output_write("\n", 1);
    }
}
