/* Damage, covering, painting, the pointer. See compose.h. One thread. */
#include "user/desktop/compose.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/desktop/magnify.h"
#include "user/desktop/output.h"

/* Lines whose addresses differ by a power of two meet in one entry of a small cache or TLB. */
#define LINE_PADDING 16 /* pixels */
#define RADIUS_MAX   48
#define POINTER_SIZE 64 /* 32 at 200 % */
#define ITEMS_MAX    256u

static struct canvas picture; /* of the screen */
static struct region damage;
static struct compose_counts counts;
static bool all_due; /* the whole screen is to be written, whatever was composed */

static struct {
    uint32_t pixels[POINTER_SIZE * POINTER_SIZE];
    enum pointer shape;
    int percent, size, hot_x, hot_y;
    int x, y; /* of what it points at */
} pointer;

int compose_start(const struct abi_screen *info, uint8_t *pixels)
{
    int error = output_start(info, pixels);
    struct rect box = output_box();
    int stride = box.w + LINE_PADDING;
    uint32_t *memory = error ? NULL : malloc((size_t)stride * (size_t)box.h * sizeof(*memory));

    if (error)
        return error;
    if (!memory)
        return -ENOMEM;
    picture = canvas_of(memory, box.w, box.h, stride);
    counts = (struct compose_counts){0, 0};
    memset(&pointer, 0, sizeof(pointer));
    pointer.shape = POINTER_NONE;
    region_clear(&damage);
    region_add(&damage, box);
    all_due = false;
    return 0;
}

void compose_end(void)
{
    (void)magnify_set(0, picture.width, picture.height);
    free(picture.pixels);
    picture = (struct canvas){.pixels = NULL};
}

struct rect compose_box(void)
{
    return (struct rect){0, 0, picture.width, picture.height};
}

void compose_damage(struct rect r)
{
    region_add(&damage, rect_and(r, compose_box()));
}

bool compose_needed(void)
{
    return damage.count > 0 || all_due;
}

const struct canvas *compose_picture(void)
{
    return &picture;
}

struct compose_counts compose_counts(void)
{
    return counts;
}

/* ---- what covers what -------------------------------------------------------------------------- */

static int shadow_down(const struct item *item)
{
    return item->shadow / 3;
}

struct rect compose_extent(const struct item *item)
{
    struct rect r = rect_inset(item->box, -item->shadow);

    r.h += shadow_down(item);
    return r;
}

/* The corners of the item's box may be seen through. */
static void remove_inside(struct region *left, const struct item *item, struct rect at)
{
    struct rect wide = item->box, high = item->box;
    int r = item->radius;

    wide.y += r, wide.h -= 2 * r;
    high.x += r, high.w -= 2 * r;
    region_remove(left, rect_and(at, wide));
    if (r > 0)
        region_remove(left, rect_and(at, high));
}

/* The number-th part of a piece that has no alpha; empty: no more. */
static struct rect opaque_part(const struct piece *piece, size_t number)
{
    if (!piece->alpha)
        return number == 0 ? piece->at : (struct rect){0, 0, 0, 0};
    if (!piece->opaque || number >= piece->opaque->count)
        return (struct rect){0, 0, 0, 0};
    return rect_moved(piece->opaque->rects[number], piece->at.x, piece->at.y);
}

/* What opaque parts cover goes. */
static void remove_covered(struct region *left, const struct item *item)
{
    struct rect part;

    for (unsigned i = 0; i < item->piece_count; i++) {
        for (size_t n = 0; !rect_empty(part = opaque_part(&item->pieces[i], n)); n++)
            remove_inside(left, item, rect_and(part, item->pieces[i].at));
    }
}

/* ---- painting an item -------------------------------------------------------------------------- */

static void copy_part(const struct canvas *to, const struct piece *piece, struct rect part)
{
    struct canvas clipped = canvas_clipped(to, part);

    draw_copy(&clipped, piece->at.x, piece->at.y, &piece->picture);
}

/* Opaque parts are stored, the rest is mixed: first, as it may be more than the rest. */
static void paint_mixed(const struct canvas *to, const struct piece *piece)
{
    struct region rest;
    struct rect part;

    region_clear(&rest);
    region_add(&rest, to->clip);
    for (size_t n = 0; !rect_empty(part = opaque_part(piece, n)); n++)
        region_remove(&rest, part);
    for (size_t i = 0; i < rest.count; i++) {
        struct canvas clipped = canvas_clipped(to, rest.rects[i]);

        draw_blend(&clipped, piece->at.x, piece->at.y, &piece->picture);
    }
    for (size_t n = 0; !rect_empty(part = opaque_part(piece, n)); n++)
        copy_part(to, piece, part);
}

static void paint_piece(const struct canvas *to, const struct piece *piece)
{
    struct canvas clipped = canvas_clipped(to, piece->at);

    if (rect_empty(clipped.clip))
        return;
    if (!piece->picture.pixels)
        draw_fill(&clipped, piece->at, piece->colour);
    else if (piece->alpha)
        paint_mixed(&clipped, piece);
    else
        draw_copy(&clipped, piece->at.x, piece->at.y, &piece->picture);
}

static void paint_edges(const struct canvas *to, const struct item *item)
{
    struct rect b = item->box;
    int width = item->border;

    draw_fill(to, (struct rect){b.x, b.y, b.w, width}, item->border_colour);
    draw_fill(to, (struct rect){b.x, b.y + b.h - width, b.w, width}, item->border_colour);
    draw_fill(to, (struct rect){b.x, b.y + width, width, b.h - 2 * width}, item->border_colour);
    draw_fill(to, (struct rect){b.x + b.w - width, b.y + width, width, b.h - 2 * width}, item->border_colour);
}

/* As if its corners were square. */
static void paint_square(const struct canvas *to, const struct item *item)
{
    for (unsigned i = 0; i < item->piece_count; i++)
        paint_piece(to, &item->pieces[i]);
    if (item->fade)
        draw_fill(to, item->box, colour_alpha(item->fade_colour, item->fade));
    if (item->border && item->radius == 0)
        paint_edges(to, item);
    else if (item->border)
        draw_round_border(to, item->box, item->radius, CORNERS_ALL, item->border, item->border_colour);
}

/* A corner is painted apart, and mixed with what lies below by how much of each pixel is inside. */
static void paint_corner(const struct canvas *to, const struct item *item, struct rect corner)
{
    static uint32_t inner[RADIUS_MAX * RADIUS_MAX], cover[RADIUS_MAX * RADIUS_MAX];
    struct rect at = rect_and(corner, to->clip);
    struct canvas inside, mask;
    struct rect all = {0, 0, corner.w, corner.h};

    if (rect_empty(at))
        return;
    inside = canvas_of(inner, corner.w, corner.h, corner.w);
    mask = canvas_of(cover, corner.w, corner.h, corner.w);
    struct canvas moved =
        canvas_part(&inside, (struct rect){-corner.x, -corner.y, corner.x + corner.w, corner.y + corner.h});
    struct canvas moved_mask =
        canvas_part(&mask, (struct rect){-corner.x, -corner.y, corner.x + corner.w, corner.y + corner.h});

    (void)all;
    for (int y = at.y; y < at.y + at.h; y++)
        memcpy(inner + (y - corner.y) * corner.w + at.x - corner.x, to->pixels + (long)y * to->stride + at.x,
               (size_t)at.w * sizeof(*inner));
    paint_square(&moved, item);
    draw_fill(&mask, all, 0xFF000000);
    draw_round(&moved_mask, item->box, item->radius, CORNERS_ALL, 0xFFFFFFFF);
    for (int y = at.y; y < at.y + at.h; y++) {
        uint32_t *line = to->pixels + (long)y * to->stride;
        long row = (long)(y - corner.y) * corner.w - corner.x;

        for (int x = at.x; x < at.x + at.w; x++)
            line[x] = colour_mix(line[x], inner[row + x], cover[row + x] & 0xFF);
    }
}

static void paint_corners(const struct canvas *to, const struct item *item)
{
    struct rect b = item->box;
    int r = item->radius;

    paint_corner(to, item, (struct rect){b.x, b.y, r, r});
    paint_corner(to, item, (struct rect){b.x + b.w - r, b.y, r, r});
    paint_corner(to, item, (struct rect){b.x, b.y + b.h - r, r, r});
    paint_corner(to, item, (struct rect){b.x + b.w - r, b.y + b.h - r, r, r});
}

/* Within `at`. */
static void paint(const struct item *item, struct rect at)
{
    struct canvas to = canvas_clipped(&picture, at), part;
    struct rect b = item->box;
    int r = item->radius;

    if (item->shadow)
        draw_shadow(&to, b, r ? r : item->shadow_radius, item->shadow, shadow_down(item), item->shadow_alpha);
    if (r == 0) {
        part = canvas_clipped(&to, b);
        paint_square(&part, item);
    } else {
        part = canvas_clipped(&to, (struct rect){b.x + r, b.y, b.w - 2 * r, r});
        paint_square(&part, item);
        part = canvas_clipped(&to, (struct rect){b.x, b.y + r, b.w, b.h - 2 * r});
        paint_square(&part, item);
        part = canvas_clipped(&to, (struct rect){b.x + r, b.y + b.h - r, b.w - 2 * r, r});
        paint_square(&part, item);
        paint_corners(&to, item);
    }
    counts.composed += (uint64_t)at.w * (uint64_t)at.h;
}

/* ---- the pointer ------------------------------------------------------------------------------- */

static struct rect pointer_box(void)
{
    struct rect box = {pointer.x - pointer.hot_x, pointer.y - pointer.hot_y, pointer.size, pointer.size};

    return pointer.shape == POINTER_NONE ? (struct rect){0, 0, 0, 0} : rect_and(box, compose_box());
}

/* The part `at` of the picture with the pointer over it. */
static void write_with_pointer(struct rect at)
{
    static uint32_t pixels[POINTER_SIZE * POINTER_SIZE];
    struct canvas room = canvas_of(pixels, at.w, at.h, at.w);
    struct canvas from = canvas_part(&picture, at);
    struct canvas over = canvas_of(pointer.pixels, pointer.size, pointer.size, pointer.size);

    draw_copy(&room, 0, 0, &from);
    draw_blend(&room, pointer.x - pointer.hot_x - at.x, pointer.y - pointer.hot_y - at.y, &over);
    output_write(&room, (struct rect){0, 0, at.w, at.h}, at.x, at.y);
}

static void write_enlarged(const struct region *region)
{
    struct canvas over = canvas_of(pointer.pixels, pointer.size, pointer.size, pointer.size);

    for (size_t i = 0; i < region->count; i++)
        magnify_write(&picture, pointer.shape == POINTER_NONE ? NULL : &over, pointer.x - pointer.hot_x,
                      pointer.y - pointer.hot_y, region->rects[i]);
}

static void write_out(const struct region *region)
{
    struct rect box = pointer_box();
    struct region plain = *region;

    if (magnify_percent()) {
        write_enlarged(region);
        return;
    }
    region_remove(&plain, box);
    for (size_t i = 0; i < plain.count; i++)
        output_write(&picture, plain.rects[i], plain.rects[i].x, plain.rects[i].y);
    for (size_t i = 0; i < region->count; i++) {
        struct rect under = rect_and(region->rects[i], box);

        if (!rect_empty(under))
            write_with_pointer(under);
    }
}

/* From where it was to where it is: what is damaged is written with the next frame. */
static void write_pointer(struct rect before)
{
    struct region boxes;

    if (magnify_percent()) {
        all_due = true; /* in the next frame */
        return;
    }
    region_clear(&boxes);
    region_add(&boxes, before);
    region_add(&boxes, pointer_box());
    for (size_t i = 0; i < damage.count; i++)
        region_remove(&boxes, damage.rects[i]);
    write_out(&boxes);
}

void compose_pointer(enum pointer shape, int percent)
{
    struct rect before = pointer_box();
    struct canvas canvas;

    if (shape == pointer.shape && percent == pointer.percent)
        return;
    pointer.shape = shape;
    pointer.percent = percent;
    pointer.size = draw_scale(32, percent) < POINTER_SIZE ? draw_scale(32, percent) : POINTER_SIZE;
    memset(pointer.pixels, 0, sizeof(pointer.pixels));
    canvas = canvas_of(pointer.pixels, pointer.size, pointer.size, pointer.size);
    if (shape != POINTER_NONE)
        draw_pointer(&canvas, shape, percent, &pointer.hot_x, &pointer.hot_y);
    write_pointer(before);
}

void compose_move(int x, int y)
{
    struct rect before = pointer_box();

    if (x == pointer.x && y == pointer.y)
        return;
    pointer.x = x;
    pointer.y = y;
    if (magnify_percent())
        (void)magnify_follow(x, y);
    write_pointer(before);
}

/* ---- enlarged ---------------------------------------------------------------------------------- */

void compose_magnify(int percent)
{
    if (percent == magnify_percent())
        return;
    (void)magnify_set(percent, picture.width, picture.height);
    if (magnify_percent())
        (void)magnify_follow(pointer.x, pointer.y);
    all_due = true;
}

void compose_show(struct rect box)
{
    if (magnify_percent() && magnify_show(box))
        all_due = true;
}

/* ---- a frame ----------------------------------------------------------------------------------- */

void compose_frame(const struct item *items, unsigned count)
{
    static struct region visible[ITEMS_MAX];
    struct region left = damage;
    unsigned seen = 0;

    for (; seen < count && seen < ITEMS_MAX && left.count; seen++) {
        visible[seen] = left;
        region_and(&visible[seen], compose_extent(&items[seen]));
        remove_covered(&left, &items[seen]);
    }
    while (seen-- > 0) {
        for (size_t i = 0; i < visible[seen].count; i++)
            paint(&items[seen], visible[seen].rects[i]);
    }
    left = damage;
    if (all_due)
        region_add(&left, compose_box());
    all_due = false;
    region_clear(&damage);
    write_out(&left);
    counts.frames++;
}
