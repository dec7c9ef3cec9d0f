/* tr works on bytes: sets are tables of 256. */
#include <ctype.h>
#include <string.h>

#include "user/tools/tool.h"

struct set {
    unsigned char at[4096];
    size_t count;
};

static void add(struct set *set, int byte)
{
    if (set->count < sizeof(set->at))
        set->at[set->count++] = (unsigned char)byte;
}

static const char *read_escape(const char *text, int *byte)
{
    static const char letters[] = "abfnrtv\\", bytes[] = "\a\b\f\n\r\t\v\\";
    const char *letter = *text ? strchr(letters, *text) : NULL;

    if (*text >= '0' && *text <= '7') {
        int value = 0;

        for (int i = 0; i < 3 && *text >= '0' && *text <= '7'; i++)
            value = value * 8 + (*text++ - '0');
        *byte = value & 0xff;
        return text;
    }
    *byte = letter ? bytes[letter - letters] : *text ? (unsigned char)*text : '\\';
    return text + (*text != '\0');
}

static const char *read_byte(const char *text, int *byte)
{
    if (*text == '\\')
        return read_escape(text + 1, byte);
    *byte = (unsigned char)*text;
    return text + 1;
}

/* [:upper:] and its like; NULL: this is none. */
static const char *read_class(const char *text, struct set *set)
{
    static const struct {
        const char *name;
        int (*is)(int);
    } classes[] = {{"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
                   {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
                   {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit}};

    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        size_t length = strlen(classes[i].name);

        if (strncmp(text, "[:", 2) || strncmp(text + 2, classes[i].name, length)
            || strncmp(text + 2 + length, ":]", 2))
            continue;
        for (int byte = 0; byte < 128; byte++)
            if (classes[i].is(byte))
                add(set, byte);
        return text + length + 4;
    }
    return NULL;
}

static void read_set(const char *text, struct set *set)
{
    while (*text) {
        const char *behind = read_class(text, set);
        int first, last;

        if (behind) {
            text = behind;
            continue;
        }
        text = read_byte(text, &first);
        last = first;
        if (text[0] == '-' && text[1])
            text = read_byte(text + 1, &last);
        if (last < first)
            wrong_use("a range that goes down: %c-%c", first, last);
        for (int byte = first; byte <= last; byte++)
            add(set, byte);
    }
}

static void complement(struct set *set)
{
    bool in[256] = {false};

    for (size_t i = 0; i < set->count; i++)
        in[set->at[i]] = true;
    set->count = 0;
    for (int byte = 0; byte < 256; byte++)
        if (!in[byte])
            add(set, byte);
}

struct plan {
    unsigned char becomes[256];
    bool deleted[256], squeezed[256];
};

static void translate(struct plan *plan, const struct set *from, const struct set *to)
{
    if (to->count == 0)
        wrong_use("the second set is empty");
    for (size_t i = 0; i < from->count; i++)
        plan->becomes[from->at[i]] = to->at[i < to->count ? i : to->count - 1];
}

static void run(const struct plan *plan)
{
    int before = EOF;

    for (int c; (c = getchar_unlocked()) != EOF;) {
        if (plan->deleted[c])
            continue;
        c = plan->becomes[c];
        if (plan->squeezed[c] && c == before)
            continue;
        putchar_unlocked(c);
        before = c;
    }
}

static int tr(struct words *words)
{
    static struct set sets[2];
    static struct plan plan;
    bool deletes = false, squeezes = false, other = false;

    for (int c; (c = option(words, "+dscC"));) {
        deletes |= c == 'd';
        squeezes |= c == 's';
        other |= c == 'c' || c == 'C';
    }
    need_operands(words, deletes == squeezes ? 2 : 1, 2);
    for (int i = 0; i < words->count; i++)
        read_set(words->at[i], &sets[i]);
    if (other)
        complement(&sets[0]);
    for (int byte = 0; byte < 256; byte++)
        plan.becomes[byte] = (unsigned char)byte;
    for (size_t i = 0; deletes && i < sets[0].count; i++)
        plan.deleted[sets[0].at[i]] = true;
    if (!deletes && words->count == 2)
        translate(&plan, &sets[0], &sets[1]);
    const struct set *squeezed = &sets[words->count - 1];

    for (size_t i = 0; squeezes && i < squeezed->count; i++)
        plan.squeezed[squeezed->at[i]] = true;
    run(&plan);
    return finish_output();
}

TOOL(tr, "tr", "[-dsc] SET [SET]", "replace, delete or squeeze bytes of standard input",
     "  SET  bytes, ranges (a-z), classes ([:upper:]), escapes (\\n, \\012)\n"
     "  -d   delete those of the first; -s repeated ones (of the last) once; -c all but the first\n")
