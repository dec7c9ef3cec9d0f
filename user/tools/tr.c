#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

struct set {
    unsigned char at[1024];
    size_t count;
};

static void add(struct set *set, int c)
{
    if (set->count < sizeof(set->at))
        set->at[set->count++] = (unsigned char)c;
}

static int character_of(const char **at)
{
    static const char names[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
    const char *name;
    int value = 0, digits = 0;

    if (**at != '\\' || !(*at)[1])
        return (unsigned char)*(*at)++;
    ++*at;
    if ((name = strchr(names, **at))) {
        ++*at;
        return values[name - names];
    }
    while (digits < 3 && **at >= '0' && **at <= '7') {
        value = value * 8 + *(*at)++ - '0';
        digits++;
    }
    return digits ? value & 255 : (unsigned char)*(*at)++;
}

static bool add_class(struct set *set, const char **at)
{
    static const struct {
        const char *name;
        int (*is)(int);
    } classes[] = {{"[:alpha:]", isalpha}, {"[:digit:]", isdigit},   {"[:alnum:]", isalnum},
                   {"[:upper:]", isupper}, {"[:lower:]", islower},   {"[:space:]", isspace},
                   {"[:blank:]", isblank}, {"[:punct:]", ispunct},   {"[:cntrl:]", iscntrl},
                   {"[:print:]", isprint}, {"[:xdigit:]", isxdigit}, {"[:graph:]", isgraph}};

    for (size_t i = 0; i < countof(classes); i++) {
        if (strncmp(*at, classes[i].name, strlen(classes[i].name)) == 0) {
            for (int c = 0; c < 256; c++)
                if (c < 128 && (*classes[i].is)(c))
                    add(set, c);
            *at += strlen(classes[i].name);
            return true;
        }
    }
    return false;
}

static void set_of(struct set *set, const char *word)
{
    while (*word) {
        int from, to;

        if (*word == '[' && add_class(set, &word))
            continue;
        from = to = character_of(&word);
        if (*word == '-' && word[1]) {
            word++;
            to = character_of(&word);
            if (to < from)
                die("%c-%c: the wrong way round", from, to);
        }
        for (int c = from; c <= to; c++)
            add(set, c);
    }
}

static void complement(struct set *set)
{
    bool in[256] = {false};

    for (size_t i = 0; i < set->count; i++)
        in[set->at[i]] = true;
    set->count = 0;
    for (int c = 0; c < 256; c++)
        if (!in[c])
            add(set, c);
}

TOOL(tr, "[-cds] SET [SET]",
     "Put characters in the place of others: a-z, [:upper:], \\\\n, \\\\012.\n"
     "  -d  take them away   -s  write those that follow each other once   -c  all others\n")
{
    static struct set from, to;
    bool others = false, away = false, squeeze = false;
    bool gone[256] = {false}, once[256] = {false};
    unsigned char map[256];
    const struct set *squeezed;
    int letter, c, last = -1;

    while ((letter = option(count, words, "cCds")) != -1) {
        others |= letter == 'c' || letter == 'C';
        away |= letter == 'd';
        squeeze |= letter == 's';
    }
    if (count - optind < 1 || count - optind > 2 || (count - optind < 2 && !away && !squeeze))
        usage();
    set_of(&from, words[optind]);
    if (others)
        complement(&from);
    if (count - optind == 2)
        set_of(&to, words[optind + 1]);
    for (c = 0; c < 256; c++)
        map[c] = (unsigned char)c;
    for (size_t i = 0; i < from.count; i++) {
        gone[from.at[i]] = away;
        if (to.count && !away)
            map[from.at[i]] = to.at[i < to.count ? i : to.count - 1];
    }
    squeezed = to.count ? &to : &from;
    for (size_t i = 0; squeeze && i < squeezed->count; i++)
        once[squeezed->at[i]] = true;
    while ((c = getchar()) != EOF) {
        if (gone[c] || (map[c] == last && once[map[c]]))
            continue;
        last = map[c];
        putchar(last);
    }
    return 0;
}
