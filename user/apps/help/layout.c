/*
 * Lays a document out. Words go into lines from left to right; where one does not fit, all since the last
 * space go to the next line, and what is wider than a line is cut. A table's columns get what they need, the
 * wide ones share what is left. All lengths are of the document's size, which md_read bounds.
 */
#include "user/apps/help/layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LEAST 200
#define FAR   (1 << 27) /* below that nothing is laid out any more */

struct maker {
    struct layout *layout;
    const struct md *md;
    const struct layout_look *look;
    int y;
    bool failed;
};
/* Where words go: lines of `width` from x on. */
struct flow {
    struct maker *maker;
    int left, width, x, y, height, ascent;
    size_t since;      /* the first word since the last space */
    bool space;        /* one is asked for before the next word */
    int gap;           /* it is so wide */
    size_t spaced;     /* the word that it is behind, when of the same span */
    enum layout_font font;
    int colour;
};

static int px(const struct maker *maker, int length)
{
    return draw_scale(length, maker->look->scale);
}

static void *add(struct maker *maker, void **items, size_t *count, size_t *room, size_t each)
{
    if (*count == *room) {
        size_t more = *room * 2 + 64;
        void *larger = maker->failed ? NULL : realloc(*items, more * each);
        if (!larger) {
            maker->failed = true;
            return NULL;
        }
        *items = larger;
        *room = more;
    }
    return memset((char *)*items + (*count)++ * each, 0, each);
}

static struct layout_word *add_word(struct maker *maker)
{
    struct layout *layout = maker->layout;

    return add(maker, (void **)&layout->words, &layout->count, &layout->room, sizeof(*layout->words));
}

static void add_box(struct maker *maker, enum layout_box_kind kind, struct rect at)
{
    struct layout *layout = maker->layout;
    struct layout_box *box = add(maker, (void **)&layout->boxes, &layout->box_count, &layout->box_room,
                                 sizeof(*box));

    if (box)
        *box = (struct layout_box){kind, at};
}

static size_t add_target(struct maker *maker, enum layout_target_kind kind, uint32_t span, uint32_t block)
{
    struct layout *layout = maker->layout;
    struct layout_target *target = add(maker, (void **)&layout->targets, &layout->target_count,
                                       &layout->target_room, sizeof(*target));

    if (!target)
        return LAYOUT_NO_TARGET;
    *target = (struct layout_target){.kind = kind, .span = span, .block = block};
    return layout->target_count - 1;
}

/* ---- lines of words --------------------------------------------------------------------------------- */
static const struct font *font_of(const struct maker *maker, unsigned font)
{
    return maker->look->fonts[font];
}

static struct flow flow_start(struct maker *maker, int left, int width, enum layout_font font)
{
    const struct font *face = font_of(maker, font);
    struct flow flow = {.maker = maker, .left = left, .width = width, .x = left, .y = maker->y,
                        .height = font_height(face) + px(maker, 4), .font = font};

    flow.ascent = px(maker, 2) + font_ascent(face);
    flow.since = maker->layout->count;
    flow.spaced = LAYOUT_NO_TARGET;
    return flow;
}

static void next_line(struct flow *flow)
{
    if (flow->y < FAR)
        flow->y += flow->height;
    flow->x = flow->left;
    flow->space = false;
}

/* All words since the last space begin a line of their own. */
static void carry(struct flow *flow)
{
    struct layout *layout = flow->maker->layout;

    next_line(flow);
    for (size_t i = flow->since; i < layout->count; i++) {
        struct layout_word *word = &layout->words[i];

        word->x = flow->x;
        word->y = flow->y + flow->ascent;
        flow->x += word->width;
    }
}

/* For a word: with what it is glued to in the next line, else in a line of its own. */
static void make_room(struct flow *flow, int width)
{
    const struct layout *layout = flow->maker->layout;
    int end = flow->left + flow->width;

    if (flow->x > flow->left && flow->x + width > end
        && !(flow->since < layout->count && layout->words[flow->since].x == flow->left))
        carry(flow);
    if (flow->x > flow->left && flow->x + width > end) {
        next_line(flow);
        flow->since = layout->count;
    }
}

/* The space before a word, or the line's end that takes its place. */
static void put_space(struct flow *flow, int width)
{
    struct layout *layout = flow->maker->layout;

    flow->since = layout->count;
    if (flow->x + flow->gap + width > flow->left + flow->width) {
        next_line(flow);
        return;
    }
    if (flow->spaced != LAYOUT_NO_TARGET)
        layout->words[flow->spaced].width += flow->gap;
    flow->x += flow->gap;
}

static enum layout_font span_font(const struct flow *flow, const struct md_span *span)
{
    if (flow->font >= LAYOUT_H1)
        return flow->font;
    if (span->style & MD_MONO)
        return LAYOUT_MONO;
    return span->style & MD_BOLD ? LAYOUT_BOLD : flow->font;
}

static int span_colour(const struct flow *flow, const struct md_span *span)
{
    if (span->style & MD_LINK)
        return LAYOUT_ACCENT;
    return span->style & MD_ITALIC ? LAYOUT_SOFT : flow->colour;
}

static void flow_word(struct flow *flow, const struct md_span *span, const char *text, uint32_t size,
                      size_t target)
{
    unsigned font = span_font(flow, span);
    const struct font *face = font_of(flow->maker, font);
    int width = text_width(face, text, size);

    if (flow->space)
        put_space(flow, width);
    make_room(flow, width);
    flow->space = false;
    struct layout_word *word = add_word(flow->maker);
    if (!word)
        return;
    *word = (struct layout_word){flow->x, flow->y + flow->ascent, width, text, size, (uint8_t)font,
                                 (uint8_t)span_colour(flow, span), font == LAYOUT_MONO, target};
    flow->x += width;
}

/* A word, in pieces when it is wider than a line. */
static void flow_long(struct flow *flow, const struct md_span *span, const char *text, uint32_t size,
                      size_t target)
{
    const struct font *face = font_of(flow->maker, span_font(flow, span));

    while (text_width(face, text, size) > flow->width) {
        int used;
        size_t fits = text_fit(face, text, size, flow->width, &used);

        if (fits == 0 || fits >= size)
            break;
        flow_word(flow, span, text, (uint32_t)fits, target);
        flow->since = flow->maker->layout->count;
        text += fits;
        size -= (uint32_t)fits;
    }
    flow_word(flow, span, text, size, target);
}

static void flow_span(struct flow *flow, uint32_t number, uint32_t block)
{
    const struct md_span *span = &flow->maker->md->spans[number];
    const char *text = flow->maker->md->text + span->at;
    size_t target = span->style & MD_LINK ? add_target(flow->maker, TARGET_LINK, number, block)
        : LAYOUT_NO_TARGET;

    flow->spaced = LAYOUT_NO_TARGET;
    for (uint32_t at = 0, from; at < span->size;) {
        if (text[at] == '\n') {
            next_line(flow);
            flow->since = flow->maker->layout->count;
            at++;
        } else if (text[at] == ' ') {
            flow->space = flow->x > flow->left;
            flow->gap = font_advance(font_of(flow->maker, span_font(flow, span)), ' ');
            at++;
        } else {
            for (from = at; at < span->size && text[at] != ' ' && text[at] != '\n';)
                at++;
            flow_long(flow, span, text + from, at - from, target);
            flow->spaced = flow->maker->failed ? LAYOUT_NO_TARGET : flow->maker->layout->count - 1;
        }
    }
}

/* Returns the y below. */
static int flow_block(struct flow *flow, uint32_t number)
{
    const struct md_block *block = &flow->maker->md->blocks[number];

    for (uint32_t i = 0; i < block->spans; i++)
        flow_span(flow, block->first + i, number);
    return flow->y + flow->height;
}

/* ---- blocks ----------------------------------------------------------------------------------------- */
static struct layout_word *put_word(struct maker *maker, int x, int baseline, enum layout_font font,
                                    const char *text, size_t size)
{
    struct layout_word *word = add_word(maker);

    if (word)
        *word = (struct layout_word){.x = x, .y = baseline, .text = text, .size = (uint32_t)size,
                                     .width = text_width(font_of(maker, font), text, (ptrdiff_t)size),
                                     .font = (uint8_t)font, .target = LAYOUT_NO_TARGET};
    return word;
}

static int block_left(const struct maker *maker, const struct md_block *block)
{
    return px(maker, 22) * block->indent + (block->quote ? px(maker, 16) : 0);
}

static void make_heading(struct maker *maker, uint32_t number)
{
    static const enum layout_font fonts[] = {LAYOUT_H1, LAYOUT_H1, LAYOUT_H2, LAYOUT_H3, LAYOUT_BOLD,
                                             LAYOUT_BOLD, LAYOUT_BOLD};
    const struct md_block *block = &maker->md->blocks[number];
    int left = block_left(maker, block);

    maker->y += number ? px(maker, block->level <= 2 ? 14 : 8) : 0;
    struct flow flow = flow_start(maker, left, maker->layout->width - left, fonts[block->level]);
    maker->y = flow_block(&flow, number) + px(maker, 6);
}

static void make_text(struct maker *maker, uint32_t number)
{
    const struct md_block *block = &maker->md->blocks[number];
    int left = block_left(maker, block), top = maker->y;
    struct flow flow = flow_start(maker, left, maker->layout->width - left, LAYOUT_TEXT);

    flow.colour = block->quote ? LAYOUT_DIM : LAYOUT_PLAIN;
    bool more = number + 1 < maker->md->count && maker->md->blocks[number + 1].kind == MD_ITEM;
    maker->y = flow_block(&flow, number) + px(maker, block->kind == MD_ITEM && more ? 4 : 10);
    if (block->quote)
        add_box(maker, BOX_QUOTE, (struct rect){0, top, px(maker, 3), maker->y - top - px(maker, 4)});
}

static void make_item(struct maker *maker, uint32_t number)
{
    static const char digits[] = "0123456789";
    const struct md_block *block = &maker->md->blocks[number];
    const struct font *font = font_of(maker, LAYOUT_TEXT);
    int x = block_left(maker, block), base = maker->y + px(maker, 2) + font_ascent(font), dot = px(maker, 5);

    if (block->number == 0) {
        int middle = base - font_ascent(font) / 3;
        add_box(maker, BOX_BULLET, (struct rect){x - px(maker, 14), middle - dot / 2, dot, dot});
    } else {
        put_word(maker, x -= px(maker, 9), base, LAYOUT_TEXT, ".", 1);
        x -= font_advance(font, '0');
        for (uint32_t n = block->number; n; n /= 10, x -= font_advance(font, '0'))
            put_word(maker, x, base, LAYOUT_TEXT, &digits[n % 10], 1);
    }
    make_text(maker, number);
}

/* What is above code, from the right to the left. Returns where it begins. */
static int put_button(struct maker *maker, int right, int base, enum layout_target_kind kind, uint32_t number)
{
    const char *text = kind == TARGET_COPY ? maker->look->copy : maker->look->open;
    int x = right - text_width(font_of(maker, LAYOUT_TEXT), text, -1);
    size_t target = add_target(maker, kind, maker->md->blocks[number].first, number);
    struct layout_word *word = put_word(maker, x, base, LAYOUT_TEXT, text, strlen(text));

    if (word) {
        word->target = target;
        word->colour = LAYOUT_ACCENT;
    }
    return x;
}

static void make_code_head(struct maker *maker, uint32_t number, int left)
{
    const struct md_block *block = &maker->md->blocks[number];
    const struct font *font = font_of(maker, LAYOUT_TEXT);
    int base = maker->y + px(maker, 5) + font_ascent(font);
    int open = maker->layout->width - px(maker, 12)
        - text_width(font, maker->look->open, -1) - px(maker, 18);
    struct layout_word *name = put_word(maker, left + px(maker, 12), base, LAYOUT_TEXT,
                                        maker->md->text + block->info, block->info_size);

    if (name)
        name->colour = LAYOUT_DIM;
    put_button(maker, open, base, TARGET_COPY, number);
    put_button(maker, maker->layout->width - px(maker, 12), base, TARGET_OPEN, number);
    maker->y += font_height(font) + px(maker, 10);
}

/* What is wider than the page goes on in the next line. */
static void make_code(struct maker *maker, uint32_t number)
{
    const struct md_block *block = &maker->md->blocks[number];
    const struct md_span *span = &maker->md->spans[block->first];
    const char *at = maker->md->text + span->at, *end = at + (block->spans ? span->size : 0);
    const struct font *font = font_of(maker, LAYOUT_MONO);
    int left = block_left(maker, block), top = maker->y, inner = left + px(maker, 12);

    make_code_head(maker, number, left);
    while (at < end) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((line ? line : end) - at), fits = size;
        int used;

        if (size) {
            fits = text_fit(font, at, (ptrdiff_t)size, maker->layout->width - inner - px(maker, 12), &used);
            fits = fits ? fits : size;
            put_word(maker, inner, maker->y + font_ascent(font), LAYOUT_MONO, at, fits);
        }
        at += fits + (fits == size ? 1 : 0);
        maker->y += maker->y < FAR ? font_height(font) : 0;
    }
    maker->y += px(maker, 10);
    add_box(maker, BOX_CODE, (struct rect){left, top, maker->layout->width - left, maker->y - top});
    maker->y += px(maker, 12);
}

/* ---- tables ----------------------------------------------------------------------------------------- */
static int cell_width(const struct maker *maker, const struct md_block *block)
{
    int width = px(maker, 20);

    for (uint32_t i = 0; i < block->spans; i++) {
        const struct md_span *span = &maker->md->spans[block->first + i];
        unsigned font = span->style & MD_MONO ? LAYOUT_MONO
            : (span->style & MD_BOLD) || block->level ? LAYOUT_BOLD : LAYOUT_TEXT;
        int wide = text_width(font_of(maker, font), maker->md->text + span->at, span->size);

        width = wide < FAR - width ? width + wide : FAR;
    }
    return width;
}

/* Those that need less than an equal part of what is left get it; the others share the rest. */
static void share_widths(int *widths, unsigned columns, int left)
{
    bool done[MD_COLUMNS] = {false};
    unsigned open = columns;

    for (bool more = true; more && open;) {
        more = false;
        for (unsigned i = 0; i < columns; i++) {
            if (done[i] || widths[i] > left / (int)open)
                continue;
            done[i] = more = true;
            left -= widths[i];
            if (--open == 0)
                return;
        }
    }
    for (unsigned i = 0; i < columns; i++)
        if (!done[i])
            widths[i] = left / (int)open;
}

static uint32_t table_end(const struct maker *maker, uint32_t number, int *widths)
{
    const struct md_block *blocks = maker->md->blocks;
    unsigned columns = blocks[number].columns;

    for (uint32_t i = number;; i++) {
        if (i == maker->md->count || blocks[i].kind != MD_CELL || blocks[i].columns != columns
            || (i > number && blocks[i].level && blocks[i].column == 0))
            return i;
        int width = cell_width(maker, &blocks[i]);
        if (width > widths[blocks[i].column])
            widths[blocks[i].column] = width;
    }
}

static void make_cell(struct maker *maker, uint32_t number, int x, int width, int *bottom)
{
    const struct md_block *block = &maker->md->blocks[number];
    struct flow flow = flow_start(maker, x + px(maker, 8), width - px(maker, 16),
                                  block->level ? LAYOUT_BOLD : LAYOUT_TEXT);

    flow.y += px(maker, 3);
    int below = flow_block(&flow, number) + px(maker, 3);
    maker->layout->tops[number] = maker->y;
    if (below > *bottom)
        *bottom = below;
}

static uint32_t make_table(struct maker *maker, uint32_t number)
{
    const struct md_block *blocks = maker->md->blocks;
    int widths[MD_COLUMNS] = {0}, total = 0, x = 0, bottom = 0, left = block_left(maker, &blocks[number]);
    uint32_t end = table_end(maker, number, widths);

    share_widths(widths, blocks[number].columns, maker->layout->width - left);
    for (unsigned i = 0; i < blocks[number].columns; i++)
        total += widths[i];
    for (uint32_t i = number; i < end; i++) {
        x = blocks[i].column ? x + widths[blocks[i].column - 1] : left;
        make_cell(maker, i, x, widths[blocks[i].column], &bottom);
        if (blocks[i].column + 1 < blocks[i].columns)
            continue;
        if (blocks[i].level)
            add_box(maker, BOX_HEAD, (struct rect){left, maker->y, total, bottom - maker->y});
        maker->y = bottom < FAR ? bottom : FAR;
        add_box(maker, BOX_LINE, (struct rect){left, maker->y, total, 1});
        maker->y++;
    }
    maker->y += px(maker, 12);
    return end;
}

/* ---- all of it -------------------------------------------------------------------------------------- */
static uint32_t make_block(struct maker *maker, uint32_t number)
{
    maker->layout->tops[number] = maker->y;
    switch (maker->md->blocks[number].kind) {
    case MD_HEADING:
        make_heading(maker, number);
        break;
    case MD_TEXT:
        make_text(maker, number);
        break;
    case MD_ITEM:
        make_item(maker, number);
        break;
    case MD_CODE:
        make_code(maker, number);
        break;
    case MD_CELL:
        return make_table(maker, number);
    case MD_RULE:
        add_box(maker, BOX_LINE, (struct rect){0, maker->y + px(maker, 6), maker->layout->width, 1});
        maker->y += px(maker, 18);
    }
    return number + 1;
}

static void cover_targets(struct maker *maker)
{
    const struct layout *layout = maker->layout;

    for (size_t i = 0; i < layout->count; i++) {
        const struct layout_word *word = &layout->words[i];
        const struct font *font = font_of(maker, word->font);
        struct rect at = {word->x, word->y - font_ascent(font), word->width, font_height(font)};

        if (word->target != LAYOUT_NO_TARGET)
            layout->targets[word->target].at = rect_empty(layout->targets[word->target].at)
                ? at : rect_cover(layout->targets[word->target].at, at);
    }
}

int layout_make(struct layout *layout, const struct md *md, const struct layout_look *look, int width)
{
    struct maker maker = {layout, md, look, 0, false};
    int least = draw_scale(LEAST, look->scale);

    *layout = (struct layout){.width = width > least ? width : least};
    layout->tops = calloc(md->count + 1, sizeof(*layout->tops));
    maker.failed = !layout->tops;
    for (uint32_t i = 0; i < md->count && !maker.failed && maker.y < FAR;)
        i = make_block(&maker, i);
    layout->height = maker.y;
    if (!maker.failed)
        cover_targets(&maker);
    return maker.failed ? -ENOMEM : 0;
}

void layout_end(struct layout *layout)
{
    free(layout->words);
    free(layout->boxes);
    free(layout->targets);
    free(layout->tops);
    *layout = (struct layout){0};
}

/* ---- asking ----------------------------------------------------------------------------------------- */
size_t layout_target_at(const struct layout *layout, int x, int y)
{
    for (size_t i = layout->target_count; i-- > 0;)
        if (rect_has(layout->targets[i].at, x, y))
            return i;
    return LAYOUT_NO_TARGET;
}

int layout_line_top(const struct layout *layout, const struct md *md, uint32_t line)
{
    int top = 0;

    for (size_t i = 0; i < md->count && md->blocks[i].line <= line; i++)
        top = layout->tops[i];
    return top;
}
