/* Markdown as our documents use it, read into blocks of spans. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MD_MOST    (1u << 20) /* bytes of a document */
#define MD_COLUMNS 8u         /* of a table; what is beyond goes into the last one */

enum md_kind { MD_HEADING, MD_TEXT, MD_ITEM, MD_CODE, MD_CELL, MD_RULE };
#define MD_BOLD   1u
#define MD_ITALIC 2u
#define MD_MONO   4u
#define MD_LINK   8u

/* Places are in struct md's text. A '\n' in a text, not in code, is a line's end that was asked for. */
struct md_span {
    uint32_t at, size;
    uint32_t target, target_size; /* of a link */
    unsigned style;               /* MD_BOLD … */
};
struct md_block {
    enum md_kind kind;
    uint32_t line;          /* in the document, from 1 */
    uint32_t first, spans;
    uint32_t info, info_size; /* code: its language */
    uint32_t number;        /* item: 0 has a bullet */
    uint8_t level;          /* heading: 1 to 6; cell: 1 in the table's head */
    uint8_t indent;         /* levels of lists it is in: 0 to 2 */
    uint8_t column, columns; /* cell; a row begins at column 0 */
    bool quote;
};
struct md {
    char *text; /* ends in 0 */
    size_t size, room;
    struct md_block *blocks;
    size_t count, block_room;
    struct md_span *spans;
    size_t span_count, span_room;
    size_t in_vain; /* bytes that were looked through for what is not there */
};

/* Any bytes are a document. 0, -EFBIG or -ENOMEM; *md is to be ended only after 0. */
int md_read(struct md *md, const char *bytes, size_t size);
void md_end(struct md *md);
/* The spans' text in a row; what does not fit into `size` bytes is cut. Returns `to`. */
char *md_block_text(const struct md *md, const struct md_block *block, char *to, size_t size);
/* "Two words!" is "two-words", as links to headings have it. Returns `to`. */
char *md_slug(const char *text, char *to, size_t size);
/* The first heading whose slug it is; NULL. */
const struct md_block *md_find_heading(const struct md *md, const char *slug);

/* ---- for markdown.c and inline.c ---- */
bool md_put(struct md *md, const char *bytes, size_t size); /* false: no memory */
/* The spans of a paragraph, put behind those that there are. False: no memory. */
bool md_inline(struct md *md, const char *bytes, size_t size);
bool md_span_add(struct md *md, const struct md_span *span);
