/* The choice of the video mode. VBE 3.0 core functions standard, §4.4 (mode information block). */
#include "stage2/video_choice.h"

#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/string.h"

/* Offsets in the mode information block. */
#define ATTRIBUTES     0x00
#define PITCH          0x10
#define WIDTH          0x12
#define HEIGHT         0x14
#define PLANES         0x18
#define BITS_PER_PIXEL 0x19
#define MEMORY_MODEL   0x1b
#define COLOURS        0x1f /* size and position of red, green, blue */
#define FRAMEBUFFER    0x28
#define LINEAR_PITCH   0x32 /* VBE 3.0: these hold for the linear framebuffer */
#define LINEAR_COLOURS 0x36
#define NUMBER         62 /* ours */

#define WANTED_ATTRIBUTES 0x99 /* supported, colour, graphics, linear framebuffer */
#define MODEL_PACKED      4
#define MODEL_DIRECT      6
#define VBE_2             0x200
#define VBE_3             0x300

/* Lower is better; what no class wants is left out. */
enum class {
    CLASS_WISH,
    CLASS_WISH_SIZE,
    CLASS_EDID,
    CLASS_FITS_EDID,
    CLASS_1024,
    CLASS_800,
    CLASS_640,
    CLASS_SMALL,
    CLASS_UNWANTED,
};

/* ---- video= ---------------------------------------------------------------------------------- */

/* Digits up to 65535 at *text, which moves behind them. */
static int number(const char **text, uint32_t *value)
{
    const char *s = *text;

    for (*value = 0; *s >= '0' && *s <= '9'; s++) {
        *value = *value * 10 + (uint32_t)(*s - '0');
        if (*value > 0xffff)
            return -EINVAL;
    }
    if (s == *text)
        return -EINVAL;
    *text = s;
    return 0;
}

int video_wish_parse(const char *text, struct video_wish *wish)
{
    uint32_t width, height, bits = 0;

    *wish = (struct video_wish){0};
    if (!strcmp(text, "text")) {
        wish->text = true;
        return 0;
    }
    if (number(&text, &width) || *text++ != 'x' || number(&text, &height))
        return -EINVAL;
    if (*text == 'x') {
        text++;
        if (number(&text, &bits))
            return -EINVAL;
    }
    if (*text || !width || !height || bits > 32)
        return -EINVAL;
    wish->width = (uint16_t)width;
    wish->height = (uint16_t)height;
    wish->bits_per_pixel = (uint8_t)bits;
    return 0;
}

/* ---- one mode -------------------------------------------------------------------------------- */

static struct boot_colour colour(const uint8_t *size_and_position)
{
    return (struct boot_colour){.position = size_and_position[1], .bits = size_and_position[0]};
}

static void colours_at(const uint8_t *fields, struct video_mode *mode)
{
    mode->red = colour(fields);
    mode->green = colour(fields + 2);
    mode->blue = colour(fields + 4);
}

/* Packed-pixel modes of more than 8 bits need not fill in the colour fields: the usual then. */
static void default_colours(struct video_mode *mode)
{
    static const struct boot_colour red[] = {{10, 5}, {11, 5}, {16, 8}};
    static const struct boot_colour green[] = {{5, 5}, {5, 6}, {8, 8}};
    static const struct boot_colour blue[] = {{0, 5}, {0, 5}, {0, 8}};
    uint32_t i = mode->bits_per_pixel == 15 ? 0 : mode->bits_per_pixel == 16 ? 1 : 2;

    mode->red = red[i];
    mode->green = green[i];
    mode->blue = blue[i];
}

static bool colour_fits(struct boot_colour c, uint8_t bits_per_pixel)
{
    return c.bits >= 1 && c.bits <= 16 && c.position <= bits_per_pixel - c.bits;
}

static bool depth_known(uint8_t bits)
{
    return bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

int video_mode_decode(const uint8_t *record, uint16_t vbe_version, uint64_t vram_bytes,
                      struct video_mode *mode)
{
    uint8_t model = record[MEMORY_MODEL];
    bool linear = vbe_version >= VBE_3 && rd16(record + LINEAR_PITCH);

    if ((rd16(record + ATTRIBUTES) & WANTED_ATTRIBUTES) != WANTED_ATTRIBUTES || vbe_version < VBE_2)
        return -EINVAL;
    if ((model != MODEL_PACKED && model != MODEL_DIRECT) || record[PLANES] > 1)
        return -EINVAL;
    mode->number = rd16(record + NUMBER);
    mode->width = rd16(record + WIDTH);
    mode->height = rd16(record + HEIGHT);
    mode->bits_per_pixel = record[BITS_PER_PIXEL];
    mode->phys = rd32(record + FRAMEBUFFER);
    mode->pitch = rd16(record + (linear ? LINEAR_PITCH : PITCH));
    if (!depth_known(mode->bits_per_pixel) || !mode->phys)
        return -EINVAL;
    colours_at(record + (linear && record[LINEAR_COLOURS] ? LINEAR_COLOURS : COLOURS), mode);
    /* A 16-bit mode that uses 15 says so by its green. */
    if (mode->bits_per_pixel == 16 && mode->green.bits == 5 && mode->red.bits == 5)
        mode->bits_per_pixel = 15;
    if (model == MODEL_PACKED || !mode->red.bits)
        default_colours(mode);
    if (!colour_fits(mode->red, mode->bits_per_pixel) ||
        !colour_fits(mode->green, mode->bits_per_pixel) ||
        !colour_fits(mode->blue, mode->bits_per_pixel))
        return -EINVAL;

    uint32_t line = mode->width * ((mode->bits_per_pixel + 7u) / 8);
    uint64_t bytes = (uint64_t)mode->pitch * mode->height;
    if (mode->width < 320 || mode->height < 200 || mode->width > VIDEO_WIDTH_MAX ||
        mode->height > VIDEO_HEIGHT_MAX || mode->pitch < line)
        return -EINVAL;
    if (bytes > vram_bytes || mode->phys + bytes > 1ull << 32)
        return -EINVAL;
    return 0;
}

/* ---- the order ------------------------------------------------------------------------------- */

static bool has_size(const struct video_mode *mode, uint32_t width, uint32_t height)
{
    return mode->width == width && mode->height == height;
}

bool video_mode_is_wished(const struct video_mode *mode, const struct video_wish *wish)
{
    return (!wish->width || has_size(mode, wish->width, wish->height)) &&
           (!wish->bits_per_pixel || wish->bits_per_pixel == mode->bits_per_pixel);
}

static enum class class_of(const struct video_mode *mode, const struct video_wish *wish,
                           uint32_t edid_width, uint32_t edid_height) {
    if (wish->width && has_size(mode, wish->width, wish->height)) return video_mode_is_wished(mode,
                                                                                              wish)
        ? CLASS_WISH
        : CLASS_WISH_SIZE;
    if (edid_width){
        if (has_size(mode, edid_width, edid_height)) return CLASS_EDID;
        if (mode->width > edid_width || mode->height > edid_height) return CLASS_UNWANTED;
        return CLASS_FITS_EDID;}
if (has_size(mode, 1024, 768)) return CLASS_1024;
if (has_size(mode, 800, 600))
    return CLASS_800;
if (has_size(mode, 640, 480))
    return CLASS_640;
return mode->width <= 1024 && mode->height <= 768 ? CLASS_SMALL : CLASS_UNWANTED;
}

/* One number that is larger for the better mode: class, area, depth. Area has 23 bits up to 4K. */
static uint64_t rank(const struct video_mode *mode, enum class class)
{
    uint64_t area = (uint64_t)mode->width * mode->height;

    return (uint64_t)(CLASS_UNWANTED - class) << 40 | area << 8 | mode->bits_per_pixel;
}

uint32_t video_modes_sort(struct video_mode *modes, uint32_t count, const struct video_wish *wish,
                          uint32_t edid_width, uint32_t edid_height)
{
    static uint64_t ranks[VIDEO_MODES_MAX];
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count && i < VIDEO_MODES_MAX; i++) {
        struct video_mode mode = modes[i];
        enum class class = class_of(&mode, wish, edid_width, edid_height);
        if (class == CLASS_UNWANTED)
            continue;
        uint64_t r = rank(&mode, class);
        uint32_t at = kept++;
        for (; at > 0 && ranks[at - 1] < r; at--) { /* insertion: stable, and the list is short */
            modes[at] = modes[at - 1];
            ranks[at] = ranks[at - 1];
        }
        modes[at] = mode;
        ranks[at] = r;
    }
    return kept;
}
