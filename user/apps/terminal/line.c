/* Lines that went by: line_pack → line_unpack, free. 10,000 lines of 80 columns take 1 MB instead of 13. */
#include "user/apps/terminal/line.h"

#include <stdlib.h>
#include <string.h>

#include "lib/utf8.h"

struct run { /* so many cells look alike */
    uint32_t attributes, foreground, background;
    uint32_t cells;
};

struct line {
    uint32_t columns, runs, bytes;
    bool wraps;
    struct run run[]; /* then the text */
};

static bool look_alike(const struct cell *a, const struct cell *b)
{
    return a->attributes == b->attributes && a->foreground == b->foreground && a->background == b->background;
}

static bool is_blank(const struct cell *cell)
{
    return (cell->character == ' ' || cell->character == 0) && cell->attributes == 0 &&
           cell->background == VT_DEFAULT;
}

static uint32_t count_runs(const struct cell *cells, uint32_t columns)
{
    uint32_t runs = columns > 0;

    for (uint32_t i = 1; i < columns; i++)
        runs += !look_alike(&cells[i], &cells[i - 1]);
    return runs;
}

static uint32_t count_bytes(const struct cell *cells, uint32_t columns)
{
    uint32_t bytes = 0;
    char encoded[4];

    for (uint32_t i = 0; i < columns; i++)
        bytes += utf8_encode(cells[i].character, encoded);
    return bytes;
}

static char *text_of(const struct line *line)
{
    return (char *)&line->run[line->runs];
}

static void fill(struct line *line, const struct cell *cells)
{
    struct run *run = line->run - 1;
    char *to = text_of(line);

    for (uint32_t i = 0; i < line->columns; i++) {
        if (i == 0 || !look_alike(&cells[i], &cells[i - 1]))
            *++run = (struct run){cells[i].attributes, cells[i].foreground, cells[i].background, 0};
        run->cells++;
        to += utf8_encode(cells[i].character, to);
    }
}

struct line *line_pack(const struct cell *cells, int columns, bool wraps)
{
    uint32_t used = columns > 0 ? (uint32_t)columns : 0;

    while (used > 0 && !wraps && is_blank(&cells[used - 1]))
        used--;
    uint32_t runs = count_runs(cells, used), bytes = count_bytes(cells, used);
    struct line *line =
        malloc(sizeof(*line) + runs * sizeof(struct run) + bytes + 4); /* 4: an encoder's room */

    if (!line)
        return NULL;
    *line = (struct line){.columns = used, .runs = runs, .bytes = bytes, .wraps = wraps};
    fill(line, cells);
    return line;
}

void line_unpack(const struct line *line, struct cell *cells, int columns)
{
    const uint8_t *text = (const uint8_t *)text_of(line), *end = text + line->bytes;
    struct utf8_decoder decoder = {0};
    const struct run *run = line->run;
    uint32_t left = line->runs ? run->cells : 0;
    int at = 0;

    while (text < end && at < columns) {
        uint32_t characters[2];

        if (utf8_decode(&decoder, *text++, characters) == 0)
            continue;
        if (left == 0)
            left = (++run)->cells;
        left--;
        cells[at++] = (struct cell){characters[0], run->attributes, run->foreground, run->background};
    }
    for (; at < columns; at++)
        cells[at] = (struct cell){' ', 0, VT_DEFAULT, VT_DEFAULT};
}

int line_columns(const struct line *line)
{
    return (int)line->columns;
}

bool line_wraps(const struct line *line)
{
    return line->wraps;
}

/* ---- widths ---------------------------------------------------------------------------------------- */
/* Unicode 15: what combines (general categories Mn and Me, and format characters), and what is East Asian
   Wide or Fullwidth (UAX #11), in the ranges that fonts and programs use. */
static const struct range { uint32_t first, last;
} zero[] =
    {
        {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},   {0x0610, 0x061A}, {0x064B, 0x065F},
        {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
        {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064},   {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
        {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
},
  wide[] = {
      {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},   {0x2614, 0x2615},
      {0x26A1, 0x26A1},   {0x2705, 0x2705},   {0x2728, 0x2728},   {0x274C, 0x274C},   {0x2E80, 0x303E},
      {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},
      {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
      {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t character)
{
    size_t low = 0;

    while (low < count) {
        size_t middle = (low + count) / 2;

        if (character < ranges[middle].first)
            count = middle;
        else if (character > ranges[middle].last)
            low = middle + 1;
        else
            return true;
    }
    return false;
}

int character_width(uint32_t character)
{
    if (character < 0x300)
        return 1;
    if (is_in(zero, sizeof(zero) / sizeof(zero[0]), character))
        return 0;
    return 1 + is_in(wide, sizeof(wide) / sizeof(wide[0]), character);
}
