/* A document's blocks as words, boxes and places to press, for a width. */
#pragma once

#include "user/apps/help/markdown.h"
#include "user/draw/draw.h"

enum layout_font { LAYOUT_TEXT, LAYOUT_BOLD, LAYOUT_MONO, LAYOUT_H1, LAYOUT_H2, LAYOUT_H3, LAYOUT_FONTS };
enum layout_colour { LAYOUT_PLAIN, LAYOUT_DIM, LAYOUT_SOFT, LAYOUT_ACCENT };
struct layout_look {
    const struct font *fonts[LAYOUT_FONTS];
    int scale;           /* percent */
    const char *copy, *open; /* what is above code; they stay */
};

#define LAYOUT_NO_TARGET ((size_t)-1)
struct layout_word {
    int x, y, width;     /* y: the baseline; width with the space behind it, when that is the same span's */
    const char *text;    /* of the document or of the look */
    uint32_t size;
    uint8_t font, colour;
    bool mono;           /* has a background: code in a text */
    size_t target;       /* what it is pressed for; LAYOUT_NO_TARGET */
};
enum layout_box_kind { BOX_CODE, BOX_QUOTE, BOX_HEAD, BOX_LINE, BOX_BULLET };
struct layout_box {
    enum layout_box_kind kind;
    struct rect at;
};
enum layout_target_kind { TARGET_LINK, TARGET_COPY, TARGET_OPEN };
struct layout_target {
    enum layout_target_kind kind;
    uint32_t span;       /* link: of the document; else the code's */
    uint32_t block;
    struct rect at;      /* covers all of its words */
};

struct layout {
    struct layout_word *words; /* from the top down */
    size_t count, room;
    struct layout_box *boxes;
    size_t box_count, box_room;
    struct layout_target *targets;
    size_t target_count, target_room;
    int *tops;           /* of each block */
    int width, height;
};

/* `md` must stay. Below 200 pixels (at 100 %) it is laid out for 200. 0 or -ENOMEM; layout_end in any
   case. */
int layout_make(struct layout *layout, const struct md *md, const struct layout_look *look, int width);
void layout_end(struct layout *layout);
/* What is pressed at (x, y); LAYOUT_NO_TARGET. */
size_t layout_target_at(const struct layout *layout, int x, int y);
/* The top of what the document's line is in. */
int layout_line_top(const struct layout *layout, const struct md *md, uint32_t line);
