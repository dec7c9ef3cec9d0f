/*
 * Finding in a text: see search.h. The matches are an array in the text's order; `seen` is how far the text
 * has been looked at. A change to the text shifts what lies behind it and looks at its own lines again.
 * No locks. Regular expressions: POSIX.1-2017, regcomp with REG_STARTEND (BSD, newlib, glibc).
 */
#include "user/apps/editor/search.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define SLICE       ((size_t)256 << 10) /* bytes: some milliseconds */
#define SLICE_REGEX ((size_t)32 << 10)
#define MATCH_COST  32u /* bytes that a match counts for within a slice */
#define COST_MOST   1024u /* states of an expression, about: each byte of the text may visit them all */
#define COST_USUAL  64u   /* what newlib's regexec has a fast way for */

struct search {
    struct text_buffer *buffer;
    char what[SEARCH_WHAT]; /* folded, when case does not matter */
    size_t what_size;       /* 0: it looks for nothing */
    struct search_options options;
    regex_t regex;
    bool compiled;
    size_t cost; /* of the expression, COST_MOST at most */
    char wrong[128];
    char line[SEARCH_REGEX_LINE + 1]; /* of find_regex */
    struct match *matches;
    size_t count, room, seen;
    bool done;
};

/* ---- one line -------------------------------------------------------------------------------- */
/* Small letters of ASCII and of Latin-1 (in UTF-8: C3 80 to C3 9E, without the multiplication sign). */
static uint8_t fold(const char *text, size_t at)
{
    uint8_t byte = (uint8_t)text[at];
    bool latin = byte >= 0x80 && byte <= 0x9e && byte != 0x97 && at > 0 && (uint8_t)text[at - 1] == 0xc3;
    return latin || (byte >= 'A' && byte <= 'Z') ? byte + 0x20 : byte;
}

static bool is_letter(char c)
{
    uint8_t byte = (uint8_t)c;
    return byte >= 0x80 || byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

static bool is_word(const char *text, size_t size, size_t at, size_t end)
{
    return (at == 0 || !is_letter(text[at - 1])) && (end == size || !is_letter(text[end]));
}

static bool fits_folded(const struct search *search, const char *text, size_t at)
{
    for (size_t i = 0; i < search->what_size; i++)
        if (fold(text, at + i) != (uint8_t)search->what[i])
            return false;
    return true;
}

/* Where the pattern's first byte is next, at most at `end`. */
static size_t candidate(const struct search *search, const char *text, size_t at, size_t end)
{
    uint8_t first = (uint8_t)search->what[0];
    if (search->options.match_case) {
        const char *found = memchr(text + at, first, end - at);
        return found != NULL ? (size_t)(found - text) : end;
    }
    while (at < end && fold(text, at) != first)
        at++;
    return at;
}

/* A match that begins in [from, limit). */
static bool find_plain(const struct search *search, const char *text, size_t size, size_t from, size_t limit,
                       struct match *match)
{
    size_t wanted = search->what_size;
    if (wanted > size)
        return false;
    size_t end = limit < size - wanted + 1 ? limit : size - wanted + 1;
    for (size_t at = from; at < end; at++) {
        at = candidate(search, text, at, end);
        if (at >= end)
            return false;
        bool fits = search->options.match_case ? memcmp(text + at, search->what, wanted) == 0
                                               : fits_folded(search, text, at);
        if (fits && (!search->options.word || is_word(text, size, at, at + wanted))) {
            *match = (struct match){ (uint32_t)at, (uint32_t)wanted };
            return true;
        }
    }
    return false;
}

/* regexec wants a text with a 0 behind it: what is seen of the line is copied. */
static bool find_regex(struct search *search, const char *text, size_t size, size_t from, struct match *match)
{
    if (size > SEARCH_REGEX_LINE)
        size = SEARCH_REGEX_LINE;
    if (from < size) {
        memcpy(search->line, text, size);
        search->line[size] = 0;
    }
    while (from < size) {
        regmatch_t found = { .rm_so = (regoff_t)from, .rm_eo = (regoff_t)size };
        if (regexec(&search->regex, search->line, 1, &found, REG_STARTEND | (from > 0 ? REG_NOTBOL : 0)) != 0)
            return false;
        size_t at = (size_t)found.rm_so, end = (size_t)found.rm_eo;
        if (end > at && (!search->options.word || is_word(text, size, at, end))) {
            *match = (struct match){ (uint32_t)at, (uint32_t)(end - at) };
            return true;
        }
        from = at + 1;
    }
    return false;
}

static size_t without_return(const char *text, size_t size)
{
    return size > 0 && text[size - 1] == '\r' ? size - 1 : size;
}

static bool find_in_line(struct search *search, const char *text, size_t size, size_t from, size_t limit,
                         struct match *match)
{
    if (search->what_size == 0)
        return false;
    size = without_return(text, size);
    return search->options.regex ? find_regex(search, text, size, from, match)
                                 : find_plain(search, text, size, from, limit, match);
}

bool search_line(struct search *search, const char *text, size_t size, size_t from, struct match *match)
{
    return find_in_line(search, text, size, from, size, match);
}

/* ---- the matches ----------------------------------------------------------------------------- */
static bool add(struct search *search, size_t at, size_t size)
{
    if (search->count == SEARCH_MOST || at > UINT32_MAX)
        return false;
    if (search->count == search->room) {
        size_t room = search->room > 0 ? 2 * search->room : 256;
        struct match *more = realloc(search->matches, room * sizeof(*more));
        if (more == NULL)
            return false;
        search->matches = more;
        search->room = room;
    }
    search->matches[search->count++] = (struct match){ (uint32_t)at, (uint32_t)size };
    return true;
}

/* Of the line that `seen` lies in: the matches that begin within `budget` bytes. The bytes that were used. */
static size_t look_at_line(struct search *search, size_t budget)
{
    size_t line = text_buffer_line_of(search->buffer, search->seen), size, used = 1;
    const char *text = text_buffer_line(search->buffer, line, &size);
    size_t start = text_buffer_line_start(search->buffer, line), from = search->seen - start;
    size_t limit = size - from > budget && !search->options.regex ? from + budget : size;
    struct match match;
    while (from < limit && used < budget && find_in_line(search, text, size, from, limit, &match)) {
        if (!add(search, start + match.at, match.size)) {
            search->done = true; /* as much as can be kept */
            return budget;
        }
        used += (search->options.regex ? size : match.at + match.size - from) + MATCH_COST;
        from = match.at + match.size;
    }
    if (used < budget) /* no more of them in this part */
        used += from < limit ? limit - from : 0, from = from < limit ? limit : from;
    if (from >= size && line + 1 == text_buffer_lines(search->buffer))
        search->done = true;
    search->seen = start + from + (from >= size && !search->done);
    return used;
}

bool search_step(struct search *search)
{
    size_t budget = search->options.regex ? SLICE_REGEX * COST_USUAL / (search->cost + COST_USUAL) : SLICE;
    while (!search->done && budget > 0) {
        size_t used = look_at_line(search, budget);
        budget -= used < budget ? used : budget;
    }
    return !search->done;
}

bool search_done(const struct search *search)
{
    return search->done;
}

bool search_passed(const struct search *search, size_t at)
{
    return search->done || search->seen >= at;
}

size_t search_count(const struct search *search)
{
    return search->count;
}

struct match search_match(const struct search *search, size_t which)
{
    return which < search->count ? search->matches[which] : (struct match){ 0, 0 };
}

size_t search_first(const struct search *search, size_t at)
{
    size_t low = 0, high = search->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (search->matches[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- changes of the text --------------------------------------------------------------------- */
/* What begins at `at` or later is to be looked at again. */
static void go_back(struct search *search, size_t at)
{
    search->count = search_first(search, at);
    search->seen = at;
    search->done = search->what_size == 0;
}

static void shift(struct match *matches, size_t count, size_t removed, size_t added)
{
    for (size_t i = 0; i < count; i++)
        matches[i].at = (uint32_t)(matches[i].at - removed + added);
}

/* The lines [start, end) as they are now were changed; those matches of them are taken out, the matches
   behind them (`tail`, moved already) put behind what is found now. */
static void look_again(struct search *search, size_t start, size_t end, struct match *tail, size_t tail_count)
{
    size_t seen = search->seen;
    bool done = search->done;
    search->done = false;
    search->seen = start;
    while (!search->done && search->seen < end)
        look_at_line(search, SLICE);
    search->seen = seen;
    search->done = done;
    for (size_t i = 0; i < tail_count; i++)
        if (!add(search, tail[i].at, tail[i].size)) {
            go_back(search, tail[i].at);
            return;
        }
}

static void buffer_changed(struct text_buffer *buffer, size_t at, size_t removed, size_t added, void *context)
{
    struct search *search = context;
    size_t start = text_buffer_line_start(buffer, text_buffer_line_of(buffer, at));
    size_t last = text_buffer_line_of(buffer, at + added);
    size_t end = text_buffer_line_start(buffer, last) + text_buffer_line_size(buffer, last);
    size_t old_end = end + removed - added;
    if (search->what_size == 0 || (search->seen <= start && !search->done))
        return;
    size_t first = search_first(search, start), next = search_first(search, old_end);
    size_t tail_count = search->count - next;
    bool full = search->count == SEARCH_MOST;
    struct match *tail = tail_count > 0 ? malloc(tail_count * sizeof(*tail)) : NULL;
    if (full || search->seen < old_end || end - start > SLICE_REGEX || (tail_count > 0 && tail == NULL)) {
        go_back(search, start);
    } else {
        if (tail_count > 0)
            memcpy(tail, search->matches + next, tail_count * sizeof(*tail));
        shift(tail, tail_count, removed, added);
        search->count = first;
        search->seen = search->seen - removed + added;
        look_again(search, start, end, tail, tail_count);
    }
    free(tail);
}

/* ---- pattern --------------------------------------------------------------------------------- */
/* About how many states it has: regcomp writes what stands before {…} so many times. */
static size_t expression_cost(const char *what)
{
    size_t cost = strlen(what);
    for (const char *at = what; (at = strchr(at, '{')) != NULL && cost <= COST_MOST; at++) {
        char *end;
        unsigned long least = strtoul(at + 1, &end, 10), most = *end == ',' ? strtoul(end + 1, NULL, 10) : 0;
        unsigned long times = least > most ? least : most;
        cost = times > COST_MOST ? COST_MOST + 1 : cost * (times > 0 ? times : 1);
    }
    return cost;
}

static int compile(struct search *search)
{
    search->cost = expression_cost(search->what);
    if (search->cost > COST_MOST) {
        strcpy(search->wrong, strerror(E2BIG));
        return -EINVAL;
    }
    int flags = REG_EXTENDED | REG_NEWLINE | (search->options.match_case ? 0 : REG_ICASE);
    int error = regcomp(&search->regex, search->what, flags);
    search->compiled = error == 0;
    if (error != 0)
        regerror(error, &search->regex, search->wrong, sizeof(search->wrong));
    return error == 0 ? 0 : -EINVAL;
}

static void forget_pattern(struct search *search)
{
    if (search->compiled)
        regfree(&search->regex);
    search->compiled = false;
    search->wrong[0] = 0;
    search->what_size = 0;
    go_back(search, 0);
}

int search_set(struct search *search, const char *what, struct search_options options)
{
    size_t size = strlen(what);
    forget_pattern(search);
    if (size >= sizeof(search->what))
        return -E2BIG;
    search->options = options;
    memcpy(search->what, what, size + 1);
    int error = options.regex && size > 0 ? compile(search) : 0;
    if (error != 0)
        return error;
    for (size_t i = size; !options.regex && !options.match_case && i > 0; i--)
        search->what[i - 1] = (char)fold(what, i - 1);
    search->what_size = size;
    go_back(search, 0);
    return 0;
}

const char *search_wrong(const struct search *search)
{
    return search->wrong;
}

struct search *search_new(struct text_buffer *buffer)
{
    struct search *search = calloc(1, sizeof(*search));
    if (search == NULL || text_buffer_listen(buffer, buffer_changed, search) != 0) {
        free(search);
        return NULL;
    }
    search->buffer = buffer;
    search->done = true;
    return search;
}

void search_end(struct search *search)
{
    if (search == NULL)
        return;
    text_buffer_unlisten(search->buffer, buffer_changed, search);
    if (search->compiled)
        regfree(&search->regex);
    free(search->matches);
    free(search);
}

/* ---- replacing ------------------------------------------------------------------------------- */
/* The text from the first match to the end of the last one, each replaced. */
static void write_replaced(const struct search *search, const char *with, size_t size, char *to)
{
    size_t at = search->matches[0].at;
    for (size_t i = 0; i < search->count; i++) {
        const struct match *match = &search->matches[i];
        to += text_buffer_copy(search->buffer, at, match->at - at, to);
        memcpy(to, with, size);
        to += size;
        at = (size_t)match->at + match->size;
    }
}

/* Where a place is when every match before it has become `size` bytes; within a match: behind that. */
static size_t place_after(const struct search *search, size_t place, size_t size)
{
    size_t removed = 0, count = search_first(search, place);
    for (size_t i = 0; i < count; i++)
        removed += search->matches[i].size;
    if (count > 0 && search->matches[count - 1].at + search->matches[count - 1].size > place)
        place = search->matches[count - 1].at + search->matches[count - 1].size;
    return place - removed + count * size;
}

long search_replace_all(struct search *search, const char *with, size_t size, size_t *cursor)
{
    size_t count = search->count, sizes = 0;
    if (count == 0)
        return 0;
    for (size_t i = 0; i < count; i++)
        sizes += search->matches[i].size;
    size_t from = search->matches[0].at;
    size_t old = search->matches[count - 1].at + search->matches[count - 1].size - from;
    size_t now = old - sizes + count * size, place = place_after(search, *cursor, size);
    char *text = malloc(now + 1);
    if (text == NULL)
        return -ENOMEM;
    write_replaced(search, with, size, text);
    int error = text_buffer_replace(search->buffer, from, old, text, now);
    free(text);
    if (error != 0)
        return error;
    *cursor = place;
    return (long)count;
}
