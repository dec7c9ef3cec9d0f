/*
 * Markdown within a paragraph: bold, italic, code, links, images, escapes. A mark that has no other end is
 * text. Other ends are looked for a thousand bytes far, and no more when a million was looked through in
 * vain: no document takes long.
 */
#include <string.h>

#include "user/apps/help/markdown.h"

#define FAR  1000u
#define VAIN (1u << 20)
#define DEEP 3u /* a picture in a link in … */

struct reader {
    struct md *md;
    unsigned style, deep;
    uint32_t target, target_size;
    uint32_t from; /* in md->text: the open span's text begins there */
};

static bool is_mark(char c)
{
    return c > ' ' && c < 127 && strchr("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", c) != NULL;
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (unsigned char)c >= 128;
}

/* What came since the last span is one. */
static bool close_span(struct reader *reader)
{
    struct md *md = reader->md;
    struct md_span span = {reader->from, (uint32_t)md->size - reader->from, reader->target,
                           reader->target_size, reader->style};

    reader->from = (uint32_t)md->size;
    return span.size == 0 || md_span_add(md, &span);
}

/* ---- other ends; each is the place of the end's first byte, 0 when there is none --------------------- */
static size_t find_ticks(const char *text, size_t at, size_t end, size_t ticks)
{
    for (size_t run = 0; at < end; at++) {
        run = text[at] == '`' ? run + 1 : 0;
        if (run == ticks && (at + 1 == end || text[at + 1] != '`'))
            return at + 1 - ticks;
    }
    return 0;
}

static size_t find_mark(const char *text, size_t at, size_t end, char mark, size_t count)
{
    for (size_t i = at + 1; i + count <= end; i++) {
        if (text[i - 1] == '\\' || text[i - 1] == ' ')
            continue;
        if (text[i] == mark && (count == 1 || text[i + 1] == mark)
            && (mark != '_' || i + count == end || !is_word(text[i + count])))
            return i;
    }
    return 0;
}

static size_t find_bracket(const char *text, size_t at, size_t end, char open, char close)
{
    for (size_t depth = 1; at < end; at++) {
        if (text[at] == '\\')
            at++;
        else if (text[at] == open)
            depth++;
        else if (text[at] == close && --depth == 0)
            return at;
    }
    return 0;
}

/* How far to look from `at` on. */
static size_t limit(const struct reader *reader, size_t at, size_t size)
{
    if (reader->md->in_vain > VAIN)
        return at;
    return size - at > FAR ? at + FAR : size;
}

static size_t not_found(struct reader *reader, size_t from, size_t far)
{
    reader->md->in_vain += far - from;
    return 0;
}

/* ---- what begins with a mark: each returns how many bytes it used, 0: it is text ---------------------- */
static bool read_text(struct reader *reader, const char *text, size_t size);

static size_t read_code(struct reader *reader, const char *text, size_t at, size_t size)
{
    size_t ticks = 0, end;
    unsigned style = reader->style;

    while (at + ticks < size && text[at + ticks] == '`')
        ticks++;
    size_t from = at + ticks;
    if ((end = find_ticks(text, from, limit(reader, from, size), ticks)) == 0) {
        not_found(reader, from, limit(reader, from, size));
        md_put(reader->md, text + at, ticks);
        return ticks;
    }
    size_t used = end + ticks - at;
    if (end - from > 2 && text[from] == ' ' && text[end - 1] == ' ')
        from++, end--;
    close_span(reader);
    reader->style |= MD_MONO;
    md_put(reader->md, text + from, end - from);
    close_span(reader);
    reader->style = style;
    return used;
}

static size_t read_emphasis(struct reader *reader, const char *text, size_t at, size_t size)
{
    size_t count = at + 1 < size && text[at + 1] == text[at] ? 2 : 1;
    unsigned bit = count == 2 ? MD_BOLD : MD_ITALIC;

    if (reader->style & bit) {
        close_span(reader);
        reader->style &= ~bit;
        return count;
    }
    size_t from = at + count;
    if (from >= size || text[from] == ' ' || (text[at] == '_' && at > 0 && is_word(text[at - 1])))
        return 0;
    size_t far = limit(reader, from, size);
    if (find_mark(text, from, far, text[at], count) == 0)
        return not_found(reader, from, far);
    close_span(reader);
    reader->style |= bit;
    return count;
}

/* The address in "(address "title")". */
static void take_target(struct reader *reader, const char *text, size_t size)
{
    size_t used = 0;

    if (size > 1 && text[0] == '<' && text[size - 1] == '>')
        text++, size -= 2;
    while (used < size && text[used] != ' ')
        used++;
    reader->target = (uint32_t)reader->md->size;
    reader->target_size = (uint32_t)used;
    md_put(reader->md, text, used);
}

static size_t read_link(struct reader *reader, const char *text, size_t at, size_t size)
{
    bool picture = text[at] == '!';
    size_t from = at + (picture ? 2 : 1), far = limit(reader, from, size);
    size_t middle = reader->deep < DEEP ? find_bracket(text, from, far, '[', ']') : 0;

    if (middle == 0 || middle + 1 >= far || text[middle + 1] != '(')
        return not_found(reader, from, far);
    far = limit(reader, middle, size);
    size_t end = find_bracket(text, middle + 2, far, '(', ')');
    if (end == 0)
        return not_found(reader, middle, far);
    if (!close_span(reader))
        return 0;
    struct reader inner = {.md = reader->md, .style = reader->style, .deep = reader->deep + 1,
                           .target = reader->target, .target_size = reader->target_size};
    if (!picture) {
        inner.style |= MD_LINK;
        take_target(&inner, text + middle + 2, end - middle - 2);
    }
    inner.from = (uint32_t)reader->md->size;
    read_text(&inner, text + from, middle - from);
    reader->from = (uint32_t)reader->md->size;
    return end + 1 - at;
}

/* <https://…> */
static size_t read_address(struct reader *reader, const char *text, size_t at, size_t size)
{
    const char *end = memchr(text + at, '>', limit(reader, at, size) - at);
    size_t length = end ? (size_t)(end - text) - at - 1 : 0;
    struct reader inner = *reader;

    if (length < 8 || memcmp(text + at + 1, "http", 4) != 0 || memchr(text + at + 1, ' ', length))
        return 0;
    close_span(reader);
    take_target(&inner, text + at + 1, length);
    inner.from = (uint32_t)reader->md->size;
    inner.style |= MD_LINK;
    md_put(reader->md, text + at + 1, length);
    close_span(&inner);
    reader->from = (uint32_t)reader->md->size;
    return length + 2;
}

static size_t read_mark(struct reader *reader, const char *text, size_t at, size_t size)
{
    switch (text[at]) {
    case '`':
        return read_code(reader, text, at, size);
    case '*':
    case '_':
        return read_emphasis(reader, text, at, size);
    case '!':
        return at + 1 < size && text[at + 1] == '[' ? read_link(reader, text, at, size) : 0;
    case '[':
        return read_link(reader, text, at, size);
    case '<':
        return read_address(reader, text, at, size);
    default:
        return 0;
    }
}

static bool read_text(struct reader *reader, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t used = read_mark(reader, text, at, size);

        if (used == 0) {
            if (text[at] == '\\' && at + 1 < size && is_mark(text[at + 1]))
                at++;
            if (!md_put(reader->md, text + at, 1))
                return false;
            used = 1;
        }
        at += used;
    }
    return close_span(reader);
}

bool md_inline(struct md *md, const char *bytes, size_t size)
{
    struct reader reader = {.md = md, .from = (uint32_t)md->size};

    return read_text(&reader, bytes, size);
}
