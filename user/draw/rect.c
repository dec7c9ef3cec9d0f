/* Rectangles and regions: see rect.h. A region's rectangles never overlap: what is added is first cut by
   those that are there. */
#include "user/draw/rect.h"

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static struct rect between(int left, int top, int right, int bottom)
{
    return (struct rect){left, top, right - left, bottom - top};
}

struct rect rect_and(struct rect a, struct rect b)
{
    if (rect_empty(a) || rect_empty(b))
        return (struct rect){0, 0, 0, 0};
    int left = most(a.x, b.x), top = most(a.y, b.y);
    int right = least(a.x + a.w, b.x + b.w), bottom = least(a.y + a.h, b.y + b.h);

    return left < right && top < bottom ? between(left, top, right, bottom) : (struct rect){0, 0, 0, 0};
}

struct rect rect_cover(struct rect a, struct rect b)
{
    if (rect_empty(a))
        return b;
    if (rect_empty(b))
        return a;
    return between(least(a.x, b.x), least(a.y, b.y), most(a.x + a.w, b.x + b.w), most(a.y + a.h, b.y + b.h));
}

bool rect_inside(struct rect inner, struct rect outer)
{
    return rect_empty(inner) ||
           (inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
            inner.y + inner.h <= outer.y + outer.h);
}

/* What `a` has and `b` has not, as at most four. */
static size_t cut(struct rect a, struct rect b, struct rect parts[4])
{
    struct rect both = rect_and(a, b);
    size_t count = 0;

    if (rect_empty(both)) {
        parts[0] = a;
        return 1;
    }
    const struct rect around[4] = {
        between(a.x, a.y, a.x + a.w, both.y),                             /* above */
        between(a.x, both.y, both.x, both.y + both.h),                    /* left */
        between(both.x + both.w, both.y, a.x + a.w, both.y + both.h),     /* right */
        between(a.x, both.y + both.h, a.x + a.w, a.y + a.h),              /* below */
    };

    for (size_t i = 0; i < 4; i++)
        if (!rect_empty(around[i]))
            parts[count++] = around[i];
    return count;
}

void region_clear(struct region *region)
{
    region->count = 0;
}

struct rect region_bounds(const struct region *region)
{
    struct rect bounds = {0, 0, 0, 0};

    for (size_t i = 0; i < region->count; i++)
        bounds = rect_cover(bounds, region->rects[i]);
    return bounds;
}

static void become_bounds(struct region *region, struct rect r)
{
    region->rects[0] = rect_cover(region_bounds(region), r);
    region->count = 1;
}

/* Two that share a whole side are one. */
static bool join(struct region *region, struct rect r)
{
    for (size_t i = 0; i < region->count; i++) {
        struct rect *other = &region->rects[i];
        bool beside =
            other->y == r.y && other->h == r.h && (other->x + other->w == r.x || r.x + r.w == other->x);
        bool above =
            other->x == r.x && other->w == r.w && (other->y + other->h == r.y || r.y + r.h == other->y);

        if (beside || above) {
            r = rect_cover(*other, r);
            *other = region->rects[--region->count];
            region_add(region, r);
            return true;
        }
    }
    return false;
}

/* It overlaps none of them. */
static void append(struct region *region, struct rect r)
{
    if (join(region, r))
        return;
    if (region->count == REGION_RECTS)
        become_bounds(region, r);
    else
        region->rects[region->count++] = r;
}

/* The parts of `r` that rectangle `from` and those behind it do not have. */
static void add_from(struct region *region, struct rect r, size_t from)
{
    struct rect parts[4];

    for (size_t i = from; i < region->count; i++) {
        if (rect_empty(rect_and(r, region->rects[i])))
            continue;
        size_t count = cut(r, region->rects[i], parts);

        for (size_t k = 0; k < count; k++)
            region_add(region, parts[k]);
        return;
    }
    append(region, r);
}

void region_add(struct region *region, struct rect r)
{
    if (!rect_empty(r))
        add_from(region, r, 0);
}

void region_remove(struct region *region, struct rect r)
{
    struct region left = {0};
    struct rect parts[4];

    for (size_t i = 0; i < region->count; i++) {
        size_t count = cut(region->rects[i], r, parts);

        if (left.count + count + (region->count - i - 1) > REGION_RECTS) { /* no room: it stays whole */
            parts[0] = region->rects[i];
            count = 1;
        }
        for (size_t k = 0; k < count; k++)
            left.rects[left.count++] = parts[k];
    }
    *region = left;
}

void region_and(struct region *region, struct rect r)
{
    size_t count = 0;

    for (size_t i = 0; i < region->count; i++) {
        struct rect both = rect_and(region->rects[i], r);

        if (!rect_empty(both))
            region->rects[count++] = both;
    }
    region->count = count;
}

void region_add_all(struct region *region, const struct region *other)
{
    for (size_t i = 0; i < other->count; i++)
        region_add(region, other->rects[i]);
}

long region_pixels(const struct region *region)
{
    long pixels = 0;

    for (size_t i = 0; i < region->count; i++)
        pixels += (long)region->rects[i].w * region->rects[i].h;
    return pixels;
}
