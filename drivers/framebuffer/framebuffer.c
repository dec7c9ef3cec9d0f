/*
 * Framebuffer: draws text cells into a linear framebuffer.
 *
 * Use: framebuffer_init → framebuffer_clear → framebuffer_draw; the callbacks do. Modes are VBE 3.0's direct
 * colour ones (§4.4, ModeInfoBlock).
 *
 * The memory is write-combining and costs much to read, so nothing here reads it. A run of cells of
 * one colour pair is drawn line by line across the run, so that stores follow each other; a glyph's
 * row becomes pixels by small tables, stored 8 bytes at a time (4 at 24 bits a pixel).
 */
#include "drivers/framebuffer/framebuffer.h"

#include "drivers/framebuffer/dispi.h"
#include "lib/font.h"

#define SIDE_MAX 16384u /* pixels; keeps every product below 2^32 */
#define CONTEST_LINES  32u
#define CONTEST_ROUNDS 2u
#define RUN_MAX  64u    /* cells drawn together: the table of their glyphs lies on the stack */

/* Lines of a framebuffer begin where the pitch puts them, which need not be aligned. */
typedef uint64_t unaligned_u64 __attribute__((aligned(1), may_alias));
typedef uint32_t unaligned_u32 __attribute__((aligned(1), may_alias));

static void store64(uint8_t *to, uint64_t value)
{
    *(unaligned_u64 *)to = value;
}

static void store32(uint8_t *to, uint32_t value)
{
    *(unaligned_u32 *)to = value;
}

/* ---- colours --------------------------------------------------------------------------------- */

static uint32_t scale_channel(uint32_t value, struct boot_colour channel)
{
    return (value * ((1u << channel.bits) - 1) + 127) / 255 << channel.position;
}

static uint32_t pixel_of(uint32_t rgb, const struct boot_framebuffer *mode)
{
    return scale_channel(rgb >> 16 & 0xff, mode->red) |
           scale_channel(rgb >> 8 & 0xff, mode->green) | scale_channel(rgb & 0xff, mode->blue);
}

/* ---- filling --------------------------------------------------------------------------------- */

static struct pattern pattern_of(uint32_t pixel, uint32_t pixel_bytes)
{
    struct pattern pattern = {{0, 0, 0}};

    for (uint32_t byte = 0; byte < 24; byte++) {
        uint64_t value = pixel >> byte % pixel_bytes * 8 & 0xff;
        pattern.words[byte / 8] |= value << byte % 8 * 8;
    }
    return pattern;
}

static void fill(struct framebuffer *framebuffer, enum fill_way way, uint32_t x, uint32_t y, uint32_t width,
                 uint32_t height, uint8_t colour)
{
    struct pattern pattern = pattern_of(framebuffer->colours[colour], framebuffer->pixel_bytes);
    uint8_t *line = framebuffer->pixels + y * framebuffer->pitch + x * framebuffer->pixel_bytes;
    uint32_t bytes = width * framebuffer->pixel_bytes;

    if (bytes == framebuffer->pitch) { /* the lines touch: one long line */
        bytes *= height;
        height = height > 0;
    }
    for (uint32_t i = 0; i < height; i++, line += framebuffer->pitch)
        fill_bytes(way, line, bytes, &pattern);
}

void framebuffer_fill(struct framebuffer *framebuffer, uint32_t x, uint32_t y, uint32_t width,
                      uint32_t height, uint8_t colour)
{
    fill(framebuffer, framebuffer->fill, x, y, width, height, colour);
}

/* Each way clears the same lines again, several times in turn: the first touch of memory, and of code, is
   nobody's burden. */
static void choose_way(struct framebuffer *framebuffer)
{
    uint32_t lines = framebuffer->height < CONTEST_LINES ? framebuffer->height : CONTEST_LINES;
    uint64_t took_us[FILL_WAYS] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};

    for (unsigned i = 0; i < CONTEST_ROUNDS * FILL_WAYS; i++) {
        unsigned way = i % FILL_WAYS;
        uint64_t start_us = ddi_now_us();

        fill(framebuffer, (enum fill_way)way, 0, 0, framebuffer->width, lines, 0);
        uint64_t us = ddi_now_us() - start_us;
        took_us[way] = us < took_us[way] ? us : took_us[way];
    }
    framebuffer->fill = fill_winner(took_us);
    ddi_log(DDI_DEBUG, "framebuffer", "%u lines filled in %llu us by moves, %llu past the cache, %llu by a "
            "string instruction: way %u", lines, (unsigned long long)took_us[FILL_MOVES],
            (unsigned long long)took_us[FILL_PAST], (unsigned long long)took_us[FILL_STRING],
            (unsigned)framebuffer->fill);
}

/* ---- text ------------------------------------------------------------------------------------ */

/* What the next bits of a glyph's row are in memory: two bits at 32 bits a pixel, else four. */
union pixel_table {
    uint64_t pixels32[4];     /* two pixels each */
    uint64_t pixels16[16];    /* four pixels each */
    uint32_t pixels24[16][3]; /* four pixels each */
};

static void fill_table32(union pixel_table *table, uint32_t on, uint32_t off)
{
    for (unsigned bits = 0; bits < 4; bits++) {
        uint64_t left = bits & 2 ? on : off, right = bits & 1 ? on : off;
        table->pixels32[bits] = left | right << 32;
    }
}

static void fill_table16(union pixel_table *table, uint32_t on, uint32_t off)
{
    for (unsigned bits = 0; bits < 16; bits++) {
        uint64_t four = 0;
        for (unsigned pixel = 0; pixel < 4; pixel++)
            four |= (uint64_t)(bits & 8u >> pixel ? on : off) << 16 * pixel;
        table->pixels16[bits] = four;
    }
}

static void fill_table24(union pixel_table *table, uint32_t on, uint32_t off)
{
    for (unsigned bits = 0; bits < 16; bits++) {
        uint32_t a = bits & 8 ? on : off, b = bits & 4 ? on : off;
        uint32_t c = bits & 2 ? on : off, d = bits & 1 ? on : off;
        table->pixels24[bits][0] = a | b << 24;
        table->pixels24[bits][1] = b >> 8 | c << 16;
        table->pixels24[bits][2] = c >> 16 | d << 8;
    }
}

/* One line of pixels across a run: row `scan` of each of its glyphs. */
static void draw_line32(uint8_t *to, const uint8_t *const *glyphs, unsigned count, unsigned scan,
                        const union pixel_table *table)
{
    for (unsigned i = 0; i < count; i++, to += 32) {
        unsigned bits = glyphs[i][scan];
        store64(to, table->pixels32[bits >> 6]);
        store64(to + 8, table->pixels32[bits >> 4 & 3]);
        store64(to + 16, table->pixels32[bits >> 2 & 3]);
        store64(to + 24, table->pixels32[bits & 3]);
    }
}

static void draw_line16(uint8_t *to, const uint8_t *const *glyphs, unsigned count, unsigned scan,
                        const union pixel_table *table)
{
    for (unsigned i = 0; i < count; i++, to += 16) {
        unsigned bits = glyphs[i][scan];
        store64(to, table->pixels16[bits >> 4]);
        store64(to + 8, table->pixels16[bits & 15]);
    }
}

static void draw_line24(uint8_t *to, const uint8_t *const *glyphs, unsigned count, unsigned scan,
                        const union pixel_table *table)
{
    for (unsigned i = 0; i < count; i++, to += 24) {
        const uint32_t *left = table->pixels24[glyphs[i][scan] >> 4];
        const uint32_t *right = table->pixels24[glyphs[i][scan] & 15];
        store32(to, left[0]), store32(to + 4, left[1]), store32(to + 8, left[2]);
        store32(to + 12, right[0]), store32(to + 16, right[1]), store32(to + 20, right[2]);
    }
}

struct depth {
    void (*fill_table)(union pixel_table *table, uint32_t on, uint32_t off);
    void (*draw_line)(uint8_t *to, const uint8_t *const *glyphs, unsigned count, unsigned scan,
                      const union pixel_table *table);
};

/* By bytes a pixel, from 2. */
static const struct depth depths[] = {
    {fill_table16, draw_line16},
    {fill_table24, draw_line24},
    {fill_table32, draw_line32},
};

/* A run of at most RUN_MAX cells, all in the colours of the first. */
static void draw_run(struct framebuffer *framebuffer, unsigned column, unsigned row,
                     const struct text_cell *cells, unsigned count)
{
    const struct depth *depth = &depths[framebuffer->pixel_bytes - 2];
    const uint8_t *glyphs[RUN_MAX];
    union pixel_table table;

    depth->fill_table(&table, framebuffer->colours[cells[0].foreground],
                      framebuffer->colours[cells[0].background]);
    for (unsigned i = 0; i < count; i++)
        glyphs[i] = font_glyph(cells[i].character);

    uint32_t x = framebuffer->origin_x + column * FONT_WIDTH;
    uint32_t y = framebuffer->origin_y + row * FONT_HEIGHT;
    uint8_t *line = framebuffer->pixels + y * framebuffer->pitch + x * framebuffer->pixel_bytes;
    for (unsigned scan = 0; scan < FONT_HEIGHT; scan++, line += framebuffer->pitch)
        depth->draw_line(line, glyphs, count, scan, &table);
}

/* How many cells, up to RUN_MAX, have the colours of the first. */
static unsigned run_length(const struct text_cell *cells, unsigned count)
{
    unsigned length = 1;

    while (length < count && length < RUN_MAX && cells[length].foreground == cells[0].foreground &&
           cells[length].background == cells[0].background)
        length++;
    return length;
}

void framebuffer_draw(struct framebuffer *framebuffer, unsigned column, unsigned row,
                      const struct text_cell *cells, unsigned count)
{
    while (count > 0) {
        unsigned length = run_length(cells, count);
        draw_run(framebuffer, column, row, cells, length);
        column += length;
        cells += length;
        count -= length;
    }
}

/* ---- the mode -------------------------------------------------------------------------------- */

static int refuse(const char *field, uint32_t value, const char *allowed)
{
    ddi_log(DDI_ERROR, "framebuffer", "%s %u is not %s: not used", field, value, allowed);
    return -EINVAL;
}

static int check_channel(const char *name, struct boot_colour channel, uint32_t pixel_bits)
{
    if (channel.bits < 1 || channel.bits > 16)
        return refuse(name, channel.bits, "1-16 bits wide");
    if (channel.position > pixel_bits - channel.bits)
        return refuse(name, channel.position, "a bit position inside the pixel");
    return 0;
}

static int check_mode(const struct boot_framebuffer *mode)
{
    uint32_t depth = mode->bits_per_pixel;
    uint32_t pixel_bytes = (depth + 7) / 8;

    if (depth != 15 && depth != 16 && depth != 24 && depth != 32)
        return refuse("depth", depth, "15, 16, 24 or 32 bits");
    if (mode->width < FONT_WIDTH || mode->width > SIDE_MAX)
        return refuse("width", mode->width, "8-16384 pixels");
    if (mode->height < FONT_HEIGHT || mode->height > SIDE_MAX)
        return refuse("height", mode->height, "16-16384 pixels");
    if (mode->pitch < mode->width * pixel_bytes || mode->pitch > SIDE_MAX * 8)
        return refuse("pitch", mode->pitch, "a line's length in bytes");
    if (check_channel("red", mode->red, pixel_bytes * 8) != 0 ||
        check_channel("green", mode->green, pixel_bytes * 8) != 0 ||
        check_channel("blue", mode->blue, pixel_bytes * 8) != 0)
        return -EINVAL;
    return 0;
}

int framebuffer_init(struct framebuffer *framebuffer)
{
    const struct ddi_screen *screen = &framebuffer->screen;
    const struct boot_framebuffer *mode = &screen->mode;

    if (mode->phys == 0 || mode->virt == 0)
        return -ENODEV;
    int error = check_mode(mode);
    if (error != 0)
        return error;
    if (screen->columns > mode->width / FONT_WIDTH || screen->rows > mode->height / FONT_HEIGHT)
        return -EINVAL;

    framebuffer->pixels = (uint8_t *)(uintptr_t)mode->virt;
    framebuffer->width = mode->width;
    framebuffer->height = mode->height;
    framebuffer->pitch = mode->pitch;
    framebuffer->pixel_bytes = (mode->bits_per_pixel + 7u) / 8;
    framebuffer->origin_x = (mode->width - screen->columns * FONT_WIDTH) / 2;
    framebuffer->origin_y = (mode->height - screen->rows * FONT_HEIGHT) / 2;
    framebuffer->fill = FILL_MOVES;
    framebuffer->knows_fill = false;
    for (unsigned i = 0; i < 256; i++)
        framebuffer->colours[i] = pixel_of(screen->palette[i], mode);
    return 0;
}

void framebuffer_clear(struct framebuffer *framebuffer)
{
    framebuffer_fill(framebuffer, 0, 0, framebuffer->width, framebuffer->height, 0);
    if (!framebuffer->knows_fill)
        choose_way(framebuffer);
    framebuffer->knows_fill = true;
}

/* ---- callbacks ------------------------------------------------------------------------------- */

static struct framebuffer framebuffer;

#define KEPT_CARD 1u /* the card has Bochs' interface: somebody asked, and it showed what it should */

static int take_screen(void)
{
    int error = ddi_screen(&framebuffer.screen);

    if (!error)
        error = framebuffer_init(&framebuffer);
    if (!error && ddi_kept() == KEPT_CARD)
        error = dispi_keep(&framebuffer.screen.mode);
    return error;
}

/* A mode that cannot be drawn in is as good as none. */
static int init(void)
{
    int error = take_screen();

    return error == -EINVAL ? -ENODEV : error;
}

static int64_t video_memory(void)
{
    uint64_t bytes;
    int error = dispi_find(&framebuffer.screen.mode, &bytes);

    if (error)
        return error;
    ddi_keep(KEPT_CARD);
    return (int64_t)bytes;
}

static int64_t request(unsigned what, uint64_t value)
{
    (void)value;
    return what == DDI_VIDEO_MEMORY ? video_memory() : what == DDI_NEW_MODE ? take_screen() : -EINVAL;
}

static void clear(void)
{
    framebuffer_clear(&framebuffer);
}

static void draw(unsigned column, unsigned row, const struct text_cell *cells, unsigned count)
{
    framebuffer_draw(&framebuffer, column, row, cells, count);
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "framebuffer",
        .what = "VBE linear framebuffer",
        .class = DDI_DISPLAY,
        .ports = {{0x1ce, 0x1d0, DDI_ANY_VALUE, 0}}, /* dispi.c's */
        .heartbeat_ms = 5000, /* where nothing is combined, filling takes its time */
        .placement = DDI_PLACED_KERNEL,
    },
    .state = &framebuffer,
    .state_size = sizeof(framebuffer),
    .init = init,
    .request = request,
    .clear = clear,
    .draw = draw,
};
