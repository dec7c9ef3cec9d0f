/* sort: all lines in memory, sorted by keys; lines that compare equal keep their order with -s. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/tools/tool.h"

struct key {
    unsigned first, first_at, last, last_at; /* fields and characters from 1; 0: the end */
    bool numeric, human, reverse, fold, blanks, own;
};

static struct key whole = {.first = 1}, *keys;
static size_t key_count;
static bool unique, stable, only_check;
static char separator;
static struct list lines;

/* ---- keys ------------------------------------------------------------------------------------ */

static const char *skip_field(const char *at)
{
    if (separator) {
        const char *end = strchr(at, separator);

        return end ? end : at + strlen(at);
    }
    while (isblank((unsigned char)*at))
        at++;
    while (*at && !isblank((unsigned char)*at))
        at++;
    return at;
}

static const char *field(const char *line, unsigned number)
{
    for (; number > 1 && *line; number--) {
        line = skip_field(line);
        if (separator && *line)
            line++;
    }
    return line;
}

struct part {
    const char *at;
    size_t length;
};

static const char *move(const char *at, unsigned characters)
{
    while (characters-- > 0 && *at)
        at++;
    return at;
}

static struct part part_of(const char *line, const struct key *key)
{
    const char *start = field(line, key->first), *end;

    if (key->blanks)
        while (isblank((unsigned char)*start))
            start++;
    start = move(start, key->first_at ? key->first_at - 1 : 0);
    if (key->last == 0)
        end = line + strlen(line);
    else if (key->last_at == 0)
        end = skip_field(field(line, key->last));
    else
        end = move(field(line, key->last), key->last_at);
    return (struct part){start, end > start ? (size_t)(end - start) : 0};
}

/* Up to 15 digits and nothing that continues them: then strtod would say the same, much later. */
static bool is_whole(const char *text, double *value, char **end)
{
    const char *at = text + (*text == '-');
    size_t digits = strspn(at, "0123456789");
    int64_t number = 0;

    if (digits == 0 || digits > 15 || (at[digits] && strchr(".eExX", at[digits])))
        return false;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (at[i] - '0');
    *value = (double)(at > text ? -number : number);
    *end = (char *)at + digits;
    return true;
}

static double number(struct part part, bool with_units)
{
    char text[64];
    size_t length = part.length < sizeof(text) - 1 ? part.length : sizeof(text) - 1;
    char *end;

    memcpy(text, part.at, length);
    text[length] = '\0';
    double value;

    if (!is_whole(text, &value, &end))
        value = strtod(text, &end);
    const char *units = "KMGTPE";
    const char *unit = with_units && *end ? strchr(units, toupper((unsigned char)*end)) : NULL;

    for (long i = unit ? unit - units + 1 : 0; i > 0; i--)
        value *= 1024;
    return value;
}

static int compare_parts(struct part a, struct part b, const struct key *key)
{
    if (key->numeric || key->human) {
        double one = number(a, key->human), other = number(b, key->human);

        return (one > other) - (one < other);
    }
    size_t common = a.length < b.length ? a.length : b.length;
    int order = key->fold ? strncasecmp(a.at, b.at, common) : memcmp(a.at, b.at, common);

    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_keys(const char *a, const char *b)
{
    for (size_t i = 0; i < (key_count ? key_count : 1); i++) {
        const struct key *key = key_count ? &keys[i] : &whole;
        int order = compare_parts(part_of(a, key), part_of(b, key), key);

        if (order)
            return key->reverse ? -order : order;
    }
    return 0;
}

struct line {
    char *text;
    size_t number;
};

static int compare(const void *one, const void *other)
{
    const struct line *a = one, *b = other;
    int order = compare_keys(a->text, b->text);

    if (!order && !stable && !unique) {
        order = strcmp(a->text, b->text);
        order = whole.reverse ? -order : order;
    }
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool set_kind(struct key *key, char letter)
{
    switch (letter) {
    case 'n': key->numeric = true; return true;
    case 'h': key->human = true; return true;
    case 'r': key->reverse = true; return true;
    case 'f': key->fold = true; return true;
    case 'b': key->blanks = true; return true;
    }
    return false;
}

static const char *read_place(const char *text, unsigned *field_, unsigned *at)
{
    char *end;

    *field_ = (unsigned)strtoul(text, &end, 10);
    if (end == text)
        wrong_use("-k %s: no field", text);
    if (*end == '.')
        *at = (unsigned)strtoul(end + 1, &end, 10);
    return end;
}

static void add_key(const char *text)
{
    struct key key = {0};
    const char *at = read_place(text, &key.first, &key.first_at);

    if (key.first == 0)
        wrong_use("-k %s: fields count from 1", text);
    for (; *at && set_kind(&key, *at); at++)
        key.own = true;
    if (*at == ',')
        for (at = read_place(at + 1, &key.last, &key.last_at); *at && set_kind(&key, *at); at++)
            key.own = true;
    if (*at)
        wrong_use("-k %s: '%s' means nothing", text, at);
    keys = take_more(keys, (key_count + 1) * sizeof(*keys));
    keys[key_count++] = key;
}

/* A key without letters of its own has those of the whole. */
static void inherit(void)
{
    for (size_t i = 0; i < key_count; i++)
        if (!keys[i].own) {
            keys[i].numeric = whole.numeric;
            keys[i].human = whole.human;
            keys[i].reverse = whole.reverse;
            keys[i].fold = whole.fold;
            keys[i].blanks = whole.blanks;
        }
}

/* ---- lines ----------------------------------------------------------------------------------- */

static int collect(FILE *file, const char *name)
{
    (void)name;
    for (char *line; (line = next_line(file, NULL, NULL));)
        list_add(&lines, take_copy(line));
    return 0;
}

static int check(void)
{
    for (size_t i = 1; i < lines.count; i++) {
        int order = compare_keys(lines.at[i - 1], lines.at[i]);

        if (order > 0 || (order == 0 && unique))
            return wrong("line %zu is out of order: %s", i + 1, lines.at[i]);
    }
    return 0;
}

static int print_sorted(const char *to)
{
    struct line *sorted = take((lines.count ? lines.count : 1) * sizeof(*sorted));
    FILE *file = to ? fopen(to, "w") : stdout;

    if (!file)
        return failed("%s", to);
    for (size_t i = 0; i < lines.count; i++)
        sorted[i] = (struct line){lines.at[i], i};
    qsort(sorted, lines.count, sizeof(*sorted), compare);
    for (size_t i = 0; i < lines.count; i++)
        if (!unique || i == 0 || compare_keys(sorted[i - 1].text, sorted[i].text))
            fprintf(file, "%s\n", sorted[i].text);
    free(sorted);
    if (to && fclose(file))
        return failed("%s", to);
    return to ? 0 : finish_output();
}

static int sort(struct words *words)
{
    const char *to = NULL;

    for (int c; (c = option(words, "nhrfbusck:t:o:"));) {
        unique |= c == 'u';
        stable |= c == 's';
        only_check |= c == 'c';
        (void)set_kind(&whole, (char)c);
        if (c == 'k')
            add_key(option_value);
        else if (c == 't')
            separator = option_value[0] == '\\' && option_value[1] == 't' ? '\t' : option_value[0];
        else if (c == 'o')
            to = option_value;
    }
    inherit();
    int status = each_input(words, collect);

    status |= only_check ? check() : print_sorted(to);
    list_free(&lines);
    free(keys);
    return status ? 1 + !only_check : 0;
}

TOOL(sort, "sort", "[-nhrfbusc] [-t C] [-k FROM[,TO]]… [-o FILE] [FILE…]", "sort lines",
     "  -n  by numbers; -h by numbers like 1.4K; -f whatever the case; -b blanks do not count\n"
     "  -r  the other way; -u each once; -s equal lines as they come; -c only look whether sorted\n"
     "  -k  by fields, from 1 (2,2 or 3.2n), -t which C separates (else blanks)\n"
     "  -o  into a file, which may be one of those read\n")
