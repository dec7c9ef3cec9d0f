/*
 * Reads Markdown: headings, paragraphs, lists (nested once), tables, code in fences or indented, quotes,
 * rules. Line by line; a paragraph is gathered and given to inline.c when it is over. No document is wrong,
 * and what is not known here is text.
 */
#include "user/apps/help/markdown.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct line {
    const char *at;
    size_t size;   /* without the '\n' */
    size_t indent; /* spaces before the text */
};
struct document {
    struct md *md;
    const char *at, *end;
    uint32_t number;        /* of the line */
    char *paragraph;        /* what is gathered, of the open block */
    size_t size;
    struct md_block open;   /* when `is_open` */
    bool is_open, quote, failed;
    bool after_blank;
    uint8_t indent;         /* of the list that goes on */
};

/* ---- memory ----------------------------------------------------------------------------------------- */
static bool grow(void **items, size_t *room, size_t needed, size_t each)
{
    if (needed <= *room)
        return true;
    size_t more = needed * 2 + 64;
    void *larger = realloc(*items, more * each);
    if (!larger)
        return false;
    *items = larger;
    *room = more;
    return true;
}

bool md_put(struct md *md, const char *bytes, size_t size)
{
    if (!grow((void **)&md->text, &md->room, md->size + size + 1, 1))
        return false;
    if (size)
        memcpy(md->text + md->size, bytes, size);
    md->size += size;
    md->text[md->size] = 0;
    return true;
}

bool md_span_add(struct md *md, const struct md_span *span)
{
    if (!grow((void **)&md->spans, &md->span_room, md->span_count + 1, sizeof(*span)))
        return false;
    md->spans[md->span_count++] = *span;
    return true;
}

static struct md_block *add_block(struct document *document, const struct md_block *block)
{
    struct md *md = document->md;

    if (!grow((void **)&md->blocks, &md->block_room, md->count + 1, sizeof(*block))) {
        document->failed = true;
        return NULL;
    }
    struct md_block *added = &md->blocks[md->count++];
    *added = *block;
    added->quote = document->quote;
    added->first = (uint32_t)md->span_count;
    return added;
}

static void add_text_block(struct document *document, const struct md_block *block, const char *text,
                           size_t size)
{
    struct md *md = document->md;
    struct md_block *added = add_block(document, block);

    if (!added)
        return;
    if (!md_inline(md, text, size))
        document->failed = true;
    added->spans = (uint32_t)md->span_count - added->first;
}

/* ---- paragraphs ------------------------------------------------------------------------------------- */
static void close_block(struct document *document)
{
    if (!document->is_open)
        return;
    while (document->size && document->paragraph[document->size - 1] <= ' '
           && document->paragraph[document->size - 1] >= 0)
        document->size--;
    add_text_block(document, &document->open, document->paragraph, document->size);
    document->is_open = false;
    document->size = 0;
}

static void open_block(struct document *document, enum md_kind kind, unsigned level)
{
    close_block(document);
    document->open = (struct md_block){.kind = kind, .line = document->number, .level = (uint8_t)level,
                                       .indent = document->indent};
    document->is_open = true;
}

/* A line more; two spaces or a backslash at the end of the one before ask for its end. */
static void gather(struct document *document, const char *text, size_t size)
{
    char *to = document->paragraph;
    size_t n = document->size, kept = n;

    while (kept && to[kept - 1] == ' ')
        kept--;
    if (kept && (n - kept >= 2 || to[kept - 1] == '\\')) {
        kept -= to[kept - 1] == '\\';
        to[kept++] = '\n';
    } else if (kept) {
        to[kept++] = ' ';
    }
    memcpy(to + kept, text, size);
    document->size = kept + size;
}

/* ---- lines ------------------------------------------------------------------------------------------ */
static struct line measure(const char *at, size_t size)
{
    struct line line = {at, size, 0};

    if (size && at[size - 1] == '\r')
        line.size--;
    while (line.indent < line.size && at[line.indent] == ' ')
        line.indent++;
    return line;
}

static bool next_line(struct document *document, struct line *line)
{
    if (document->at >= document->end)
        return false;
    const char *at = document->at, *end = memchr(at, '\n', (size_t)(document->end - at));
    document->at = end ? end + 1 : document->end;
    document->number++;
    *line = measure(at, (size_t)((end ? end : document->end) - at));
    return true;
}

static bool peek_line(const struct document *document, struct line *line)
{
    struct document copy = *document;

    return next_line(&copy, line);
}

/* How often `mark` is there from the text's first byte on. */
static size_t run_of(const struct line *line, char mark)
{
    size_t at = line->indent;

    while (at < line->size && line->at[at] == mark)
        at++;
    return at - line->indent;
}

static bool is_only(const struct line *line, const char *marks)
{
    for (size_t i = line->indent; i < line->size; i++)
        if (!line->at[i] || !strchr(marks, line->at[i]))
            return false;
    return line->size > line->indent;
}

/* ---- blocks; each says whether the line was one ------------------------------------------------------- */
static bool read_heading(struct document *document, const struct line *line)
{
    size_t level = run_of(line, '#'), from = line->indent + level, to = line->size;

    if (level < 1 || level > 6 || (from < to && line->at[from] != ' '))
        return false;
    while (from < to && line->at[from] == ' ')
        from++;
    while (to > from && (line->at[to - 1] == '#' || line->at[to - 1] == ' '))
        to--;
    document->indent = 0;
    open_block(document, MD_HEADING, (unsigned)level);
    gather(document, line->at + from, to - from);
    close_block(document);
    return true;
}

/* "===" or "---" below a paragraph make it a heading; a rule otherwise. */
static bool read_rule(struct document *document, const struct line *line)
{
    bool text = document->is_open && document->open.kind == MD_TEXT;

    if (text && (is_only(line, "=") || is_only(line, "-"))) {
        document->open.kind = MD_HEADING;
        document->open.level = line->at[line->indent] == '=' ? 1 : 2;
        close_block(document);
        return true;
    }
    char mark = line->size > line->indent ? line->at[line->indent] : 0;
    const char marks[] = {mark, ' ', 0};
    if (!mark || !strchr("-*_", mark) || line->size - line->indent < 3 || !is_only(line, marks)
        || run_of(line, mark) < 2)
        return false;
    close_block(document);
    document->indent = 0;
    add_block(document, &(struct md_block){.kind = MD_RULE, .line = document->number});
    return true;
}

/* How many bytes the mark of an item has, with the space behind it; 0: it is none. */
static size_t item_mark(const struct line *line, uint32_t *number)
{
    size_t at = line->indent;

    *number = 0;
    if (at < line->size && strchr("-*+", line->at[at]) && line->at[at]) {
        at++;
    } else {
        while (at < line->size && at - line->indent < 6 && line->at[at] >= '0' && line->at[at] <= '9')
            *number = *number * 10 + (uint32_t)(line->at[at++] - '0');
        if (at == line->indent || at >= line->size || (line->at[at] != '.' && line->at[at] != ')'))
            return 0;
        at++;
    }
    if (at >= line->size || line->at[at] != ' ')
        return 0;
    while (at < line->size && line->at[at] == ' ')
        at++;
    return at - line->indent;
}

static bool read_item(struct document *document, const struct line *line)
{
    uint32_t number;
    size_t mark = item_mark(line, &number), from = line->indent + mark;

    if (mark == 0 || (document->indent == 0 && line->indent > 3))
        return false;
    /* A number that a paragraph's line happens to begin with. */
    if (number > 1 && document->is_open && document->open.kind == MD_TEXT)
        return false;
    document->indent = document->indent && line->indent >= 2 ? 2 : 1;
    open_block(document, MD_ITEM, 0);
    document->open.number = number;
    gather(document, line->at + from, line->size - from);
    return true;
}

/* The lines of code, as one span. */
static void start_code(struct document *document, const char *info, size_t info_size)
{
    struct md *md = document->md;
    struct md_block block = {.kind = MD_CODE, .line = document->number, .indent = document->indent,
                             .info = (uint32_t)md->size, .info_size = (uint32_t)info_size};

    close_block(document);
    block.info = (uint32_t)md->size;
    if (!md_put(md, info, info_size))
        document->failed = true;
    add_block(document, &block);
}

static void put_code(struct document *document, const struct line *line, size_t indent)
{
    size_t less = line->indent < indent ? line->indent : indent;

    if (!md_put(document->md, line->at + less, line->size - less) || !md_put(document->md, "\n", 1))
        document->failed = true;
}

static void end_code(struct document *document, size_t from)
{
    struct md *md = document->md;
    struct md_span span = {.at = (uint32_t)from, .size = (uint32_t)(md->size - from), .style = MD_MONO};

    if (document->failed || !md_span_add(md, &span)) {
        document->failed = true;
        return;
    }
    md->blocks[md->count - 1].spans = 1;
}

static bool strip_quote(struct line *line)
{
    if (line->indent >= line->size || line->indent > 3 || line->at[line->indent] != '>')
        return false;
    size_t used = line->indent + 1;
    used += used < line->size && line->at[used] == ' ';
    *line = measure(line->at + used, line->size - used);
    return true;
}

static bool read_fence(struct document *document, const struct line *line)
{
    char mark = line->size > line->indent ? line->at[line->indent] : 0;
    size_t count = mark == '`' || mark == '~' ? run_of(line, mark) : 0, from = line->indent + count, to;
    struct line next;

    if (count < 3 || memchr(line->at + from, '`', line->size - from))
        return false;
    if (line->indent < 2)
        document->indent = 0;
    while (from < line->size && line->at[from] == ' ')
        from++;
    for (to = from; to < line->size && line->at[to] != ' ';)
        to++;
    start_code(document, line->at + from, to - from);
    size_t begin = document->md->size;
    while (next_line(document, &next)) {
        if (document->quote)
            strip_quote(&next);
        const char marks[] = {mark, ' ', 0};
        if (run_of(&next, mark) >= count && is_only(&next, marks))
            break;
        put_code(document, &next, line->indent);
    }
    end_code(document, begin);
    return true;
}

static bool read_indented(struct document *document, const struct line *line)
{
    struct line next = *line;

    if (document->is_open || document->indent || line->indent < 4)
        return false;
    start_code(document, "", 0);
    size_t begin = document->md->size;
    put_code(document, line, 4);
    while (peek_line(document, &next) && next.indent >= 4 && next.size > next.indent) {
        next_line(document, &next);
        put_code(document, &next, 4);
    }
    end_code(document, begin);
    return true;
}

/* ---- tables ----------------------------------------------------------------------------------------- */
/* "\|" is a bar, also in code. Returns the bytes of `to`, which is as large as `from`. */
static size_t plain_bars(char *to, const char *from, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < size; i++)
        if (from[i] != '\\' || i + 1 == size || from[i + 1] != '|')
            to[used++] = from[i];
    return used;
}

/* One row's cells; `columns` 0: as many as there are. Returns how many that were. */
static unsigned read_row(struct document *document, const struct line *line, unsigned columns, unsigned level)
{
    size_t at = line->indent, end = line->size, starts[MD_COLUMNS], ends[MD_COLUMNS];
    unsigned count = 0;

    while (end > at && line->at[end - 1] == ' ')
        end--;
    at += at < end && line->at[at] == '|';
    end -= end > at && line->at[end - 1] == '|' && (end < 2 || line->at[end - 2] != '\\');
    for (bool more = true; more; count++) {
        size_t to = at;
        while (to < end && (count + 1 == (columns ? columns : MD_COLUMNS) || line->at[to] != '|'))
            to += line->at[to] == '\\' && to + 1 < end ? 2 : 1;
        more = to < end;
        starts[count] = at;
        ends[count] = to;
        at = to + 1;
    }
    if (columns == 0)
        columns = count;
    for (unsigned i = 0; i < columns; i++) {
        size_t from = i < count ? starts[i] : 0, to = i < count ? ends[i] : 0;
        while (from < to && line->at[from] == ' ')
            from++;
        while (to > from && line->at[to - 1] == ' ')
            to--;
        const struct md_block cell = {.kind = MD_CELL, .line = document->number, .level = (uint8_t)level,
                                      .column = (uint8_t)i, .columns = (uint8_t)columns};
        add_text_block(document, &cell, document->paragraph,
                       plain_bars(document->paragraph, line->at + from, to - from));
    }
    return columns;
}

static bool has_bar(const struct line *line)
{
    return memchr(line->at + line->indent, '|', line->size - line->indent) != NULL;
}

/* A line with a bar, and below it one of "|---|". */
static bool read_table(struct document *document, const struct line *line)
{
    struct line next;

    if (!has_bar(line) || !peek_line(document, &next))
        return false;
    if (document->quote)
        strip_quote(&next);
    if (!is_only(&next, "|-: ") || !has_bar(&next) || !memchr(next.at, '-', next.size))
        return false;
    close_block(document);
    document->indent = 0;
    unsigned columns = read_row(document, line, 0, 1);
    next_line(document, &next);
    while (peek_line(document, &next)) {
        bool quoted = document->quote && strip_quote(&next);
        if (quoted != document->quote || !has_bar(&next))
            break;
        document->number++;
        read_row(document, &next, columns, 0);
        document->number--;
        next_line(document, &next);
    }
    return true;
}

/* ---- the document ----------------------------------------------------------------------------------- */
static void read_paragraph(struct document *document, const struct line *line)
{
    if (!document->is_open) {
        if (line->indent < 2 && document->after_blank)
            document->indent = 0;
        open_block(document, MD_TEXT, 0);
    }
    gather(document, line->at + line->indent, line->size - line->indent);
}

static void read_line(struct document *document, struct line line)
{
    bool quote = strip_quote(&line);

    if (quote != document->quote) {
        close_block(document);
        document->indent = 0;
        document->quote = quote;
    }
    if (line.indent == line.size) {
        close_block(document);
        document->after_blank = true;
        return;
    }
    if (document->after_blank && line.indent < 2)
        document->indent = document->indent ? 1 : 0;
    if (!read_fence(document, &line) && !read_heading(document, &line) && !read_rule(document, &line)
        && !read_table(document, &line) && !read_item(document, &line) && !read_indented(document, &line))
        read_paragraph(document, &line);
    document->after_blank = false;
}

int md_read(struct md *md, const char *bytes, size_t size)
{
    struct document document = {.md = md, .at = bytes, .end = bytes + size, .after_blank = true};
    struct line line;

    if (size > MD_MOST)
        return -EFBIG;
    *md = (struct md){0};
    document.paragraph = malloc(size + 2);
    document.failed = !document.paragraph || !md_put(md, "", 0);
    while (!document.failed && next_line(&document, &line))
        read_line(&document, line);
    if (!document.failed)
        close_block(&document);
    free(document.paragraph);
    if (document.failed)
        md_end(md);
    return document.failed ? -ENOMEM : 0;
}

void md_end(struct md *md)
{
    free(md->text);
    free(md->blocks);
    free(md->spans);
    *md = (struct md){0};
}
