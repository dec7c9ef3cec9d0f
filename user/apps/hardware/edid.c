/* A monitor's EDID in words: VESA E-EDID 1.4, section 3. */
#include <stdio.h>
#include <string.h>

#include "user/apps/hardware/report.h"

#define DESCRIPTORS      54
#define DESCRIPTOR_BYTES 18
#define DESCRIPTOR_NAME  0xfc

static bool is_edid(const uint8_t block[128])
{
    static const uint8_t head[8] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
    uint8_t sum = 0;

    for (unsigned i = 0; i < 128; i++)
        sum = (uint8_t)(sum + block[i]);
    return memcmp(block, head, sizeof(head)) == 0 && sum == 0;
}

/* §3.4.1: three letters of five bits. */
static void print_maker(const uint8_t block[128], struct text *to)
{
    unsigned packed = (unsigned)block[8] << 8 | block[9], product = block[10] | (unsigned)block[11] << 8;
    char name[4] = {0};

    for (unsigned i = 0; i < 3; i++) {
        unsigned letter = packed >> (10 - 5 * i) & 31;

        name[i] = letter >= 1 && letter <= 26 ? (char)('A' + letter - 1) : '?';
    }
    text_print(to, "Monitor      %s %04x, EDID %u.%u", name, product, block[18], block[19]);
    if (block[17])
        text_print(to, ", made in %u", 1990u + block[17]);
    text_print(to, "\n");
}

/* §3.10.3.4: up to 13 letters, ended by a line break. */
static void print_name(const uint8_t *descriptor, struct text *to)
{
    char name[14];
    size_t size = 0;

    while (size < 13 && descriptor[5 + size] != '\n' && descriptor[5 + size])
        size++;
    piece_copy(piece_trimmed((struct piece){(const char *)descriptor + 5, size}), name, sizeof(name));
    text_print(to, "Called       %s\n", name);
}

/* §3.10.2: a detailed timing. */
static void print_timing(const uint8_t *d, struct text *to)
{
    unsigned width = d[2] | (d[4] & 0xf0u) << 4, across = d[3] | (d[4] & 0xfu) << 8;
    unsigned height = d[5] | (d[7] & 0xf0u) << 4, down = d[6] | (d[7] & 0xfu) << 8;
    unsigned long clock = (d[0] | (unsigned)d[1] << 8) * 10000ul;
    unsigned long all = (unsigned long)(width + across) * (height + down);

    if (all)
        text_print(to, "Timing       %ux%u, %lu Hz%s\n", width, height, (clock + all / 2) / all,
                   d[17] & 0x80 ? ", interlaced" : "");
}

static void print_descriptor(const uint8_t *descriptor, struct text *to)
{
    if (descriptor[0] || descriptor[1])
        print_timing(descriptor, to);
    else if (descriptor[3] == DESCRIPTOR_NAME)
        print_name(descriptor, to);
}

void report_edid(const uint8_t block[128], struct text *to)
{
    if (!is_edid(block)) {
        text_print(to, "Monitor      its EDID is not valid\n");
        return;
    }
    print_maker(block, to);
    if (block[21] && block[22])
        text_print(to, "Size         %u cm x %u cm\n", block[21], block[22]);
    text_print(to, "Input        %s\n", block[20] & 0x80 ? "digital" : "analogue");
    for (unsigned i = 0; i < 4; i++)
        print_descriptor(block + DESCRIPTORS + i * DESCRIPTOR_BYTES, to);
}
