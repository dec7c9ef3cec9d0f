/* grep: lines that a pattern fits. Several patterns: one of them. -F: plain texts, without regcomp. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/tools/common/pattern.h"
#include "user/tools/tool.h"

static struct {
    bool plain, extended, any_case, inverse, numbers, only_count, only_names, quiet, silent;
    bool recursive, with_names, without_names, whole_words, whole_lines, only_match, names_without;
    bool colours;
    uint64_t most, before, after;
} how = {.most = UINT64_MAX};

static struct list texts;
static regex_t *patterns;
static bool found_any;

/* ---- patterns -------------------------------------------------------------------------------- */

/* Several lines are several patterns. */
static void add_patterns(const char *text)
{
    for (const char *end; (end = strchr(text, '\n')); text = end + 1)
        list_add(&texts, take_text("%.*s", (int)(end - text), text));
    list_add(&texts, take_copy(text));
}

static void add_patterns_of(const char *path)
{
    FILE *file = strcmp(path, "-") ? fopen(path, "r") : stdin;

    if (!file) {
        failed("%s", path);
        exit(2);
    }
    for (char *line; (line = next_line(file, NULL, NULL));)
        list_add(&texts, take_copy(line));
    if (file != stdin)
        fclose(file);
}

static void compile(void)
{
    if (how.plain)
        return;
    patterns = take((texts.count ? texts.count : 1) * sizeof(*patterns));
    for (size_t i = 0; i < texts.count; i++)
        need_pattern(&patterns[i], texts.at[i],
                     (how.extended ? REG_EXTENDED : 0) | (how.any_case ? REG_ICASE : 0));
}

/* ---- one line -------------------------------------------------------------------------------- */

struct match {
    size_t start, end;
};

static const char *find_plain(const char *line, const char *text)
{
    size_t length = strlen(text);

    if (!how.any_case)
        return strstr(line, text);
    for (; strlen(line) >= length; line++)
        if (strncasecmp(line, text, length) == 0)
            return line;
    return NULL;
}

static bool find_one(size_t index, const char *line, size_t from, struct match *match)
{
    regmatch_t at;

    if (how.plain) {
        const char *found = find_plain(line + from, texts.at[index]);

        if (!found)
            return false;
        match->start = (size_t)(found - line);
        match->end = match->start + strlen(texts.at[index]);
        return true;
    }
    if (regexec(&patterns[index], line + from, 1, &at, from ? REG_NOTBOL : 0))
        return false;
    match->start = from + (size_t)at.rm_so;
    match->end = from + (size_t)at.rm_eo;
    return true;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool fits_bounds(const char *line, const struct match *match)
{
    if (how.whole_lines)
        return match->start == 0 && line[match->end] == '\0';
    return !how.whole_words
           || ((match->start == 0 || !is_word(line[match->start - 1])) && !is_word(line[match->end]));
}

/* The first match at or behind `from` of any pattern. */
static bool find(const char *line, size_t from, struct match *best)
{
    bool found = false;

    for (size_t i = 0; i < texts.count; i++) {
        struct match match;
        size_t at = from;

        while (find_one(i, line, at, &match)) {
            if (fits_bounds(line, &match)) {
                if (!found || match.start < best->start
                    || (match.start == best->start && match.end > best->end))
                    *best = match;
                found = true;
                break;
            }
            at = match.start + 1;
            if (line[match.start] == '\0')
                break;
        }
    }
    return found;
}

/* ---- printing -------------------------------------------------------------------------------- */

static void print_front(const char *name, uint64_t number, char mark)
{
    if (how.with_names)
        printf(how.colours ? "\033[35m%s\033[0m%c" : "%s%c", name, mark);
    if (how.numbers)
        printf(how.colours ? "\033[32m%llu\033[0m%c" : "%llu%c", (unsigned long long)number, mark);
}

static void print_matches(const char *name, const char *line, uint64_t number)
{
    struct match match;

    for (size_t from = 0; find(line, from, &match);) {
        if (match.end > match.start) {
            print_front(name, number, ':');
            printf("%.*s\n", (int)(match.end - match.start), line + match.start);
        }
        from = match.end > match.start ? match.end : match.end + 1;
        if (line[match.end] == '\0')
            return;
    }
}

static void print_coloured(const char *line)
{
    struct match match;
    size_t from = 0;

    while (find(line, from, &match) && match.end > match.start) {
        printf("%.*s\033[1;31m%.*s\033[0m", (int)(match.start - from), line + from,
               (int)(match.end - match.start), line + match.start);
        from = match.end;
        if (line[from] == '\0')
            break;
    }
    puts(line + from);
}

static void print_line(const char *name, const char *line, size_t length, uint64_t number, char mark)
{
    if (how.only_match) {
        if (mark == ':' && !how.inverse)
            print_matches(name, line, number);
        return;
    }
    print_front(name, number, mark);
    if (how.colours && mark == ':' && !how.inverse) {
        print_coloured(line);
    } else {
        fwrite(line, 1, length, stdout);
        putchar_unlocked('\n');
    }
}

/* Lines before a match, kept for -B. */
static struct list context;

static void keep_context(const char *line)
{
    if (how.before == 0)
        return;
    if (context.count == how.before) {
        free(context.at[0]);
        memmove(context.at, context.at + 1, context.count * sizeof(*context.at));
        context.count--;
    }
    list_add(&context, take_copy(line));
}

static void print_context(const char *name, uint64_t number)
{
    for (size_t i = 0; i < context.count; i++)
        print_line(name, context.at[i], strlen(context.at[i]), number - context.count + i, '-');
    list_free(&context);
}

/* ---- a file ---------------------------------------------------------------------------------- */

static int search(FILE *file, const char *name)
{
    const char *shown = strcmp(name, "-") ? name : "(standard input)";
    uint64_t number = 0, found = 0, still_after = 0, last_shown = 0;
    bool binary = false, prints = !how.only_count && !how.only_names && !how.names_without;
    size_t length;

    list_free(&context);
    for (char *line; found < how.most && (line = next_line(file, &length, NULL));) {
        struct match match;

        number++;
        /* A pattern shall see what is behind a zero byte, too. */
        for (char *zero; (zero = memchr(line, 0, length)); binary = true)
            *zero = '\n';
        if (find(line, 0, &match) == how.inverse) {
            if (still_after > 0 && prints) {
                print_line(shown, line, length, number, '-');
                last_shown = number;
                still_after--;
            } else {
                keep_context(line);
            }
            continue;
        }
        found++;
        found_any = true;
        if (how.quiet)
            return 0;
        if (how.only_names || how.names_without || (binary && prints))
            break;
        if (prints) {
            if ((how.before || how.after) && last_shown && last_shown + context.count + 1 < number)
                puts("--");
            print_context(shown, number);
            print_line(shown, line, length, number, ':');
            last_shown = number;
            still_after = how.after;
        }
    }
    if (binary && found && prints)
        printf("%s: binary file matches\n", shown);
    if (how.only_names ? found > 0 : how.names_without && found == 0)
        puts(shown);
    else if (how.only_count && !how.only_names && !how.names_without) {
        if (how.with_names)
            printf("%s:", shown);
        printf("%llu\n", (unsigned long long)found);
    }
    return 0;
}

static int search_path(const char *path)
{
    FILE *file = strcmp(path, "-") ? fopen(path, "r") : stdin;

    if (!file)
        return how.silent ? 1 : failed("%s", path);
    int status = search(file, path);

    if (ferror(file) && !how.silent)
        status |= failed("%s", path);
    if (file != stdin)
        fclose(file);
    return status;
}

static int visit(struct visit *visit, void *data)
{
    (void)data;
    return S_ISREG(visit->about->st_mode) ? search_path(visit->path) : 0;
}

static int search_named(const char *path)
{
    struct stat about;

    if (strcmp(path, "-") == 0 || stat(path, &about) || !S_ISDIR(about.st_mode))
        return search_path(path);
    if (how.recursive)
        return walk_tree(path, WALK_FOLLOW_NAMED, visit, NULL);
    return how.silent ? 1 : wrong("%s is a directory (-r goes into it)", path);
}

/* ---- the words ------------------------------------------------------------------------------- */

static void set_option(int letter)
{
    switch (letter) {
    case 'E': how.extended = true; how.plain = false; break;
    case 'G': how.extended = how.plain = false; break;
    case 'F': how.plain = true; break;
    case 'i': case 'y': how.any_case = true; break;
    case 'v': how.inverse = true; break;
    case 'n': how.numbers = true; break;
    case 'c': how.only_count = true; break;
    case 'l': how.only_names = true; break;
    case 'L': how.names_without = true; break;
    case 'q': how.quiet = true; break;
    case 's': how.silent = true; break;
    case 'r': case 'R': how.recursive = true; break;
    case 'H': how.with_names = true; break;
    case 'h': how.without_names = true; break;
    case 'w': how.whole_words = true; break;
    case 'x': how.whole_lines = true; break;
    case 'o': how.only_match = true; break;
    case 'm': how.most = need_number(option_value, "-m"); break;
    case 'A': how.after = need_number(option_value, "-A"); break;
    case 'B': how.before = need_number(option_value, "-B"); break;
    case 'C': how.before = how.after = need_number(option_value, "-C"); break;
    case 'e': add_patterns(option_value); break;
    case 'f': add_patterns_of(option_value); break;
    }
}

static int run(struct words *words)
{
    static char here[] = ".", standard[] = "-";
    bool has_patterns = false;
    int status = 0;

    how.colours = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    for (int c; (c = option(words, "EGFiyvnclLqsrRHhwxom:A:B:C:e:f:"));) {
        has_patterns |= c == 'e' || c == 'f';
        set_option(c);
    }
    need_operands(words, !has_patterns, -1);
    if (!has_patterns)
        add_patterns(words->at[0]);
    compile();
    int first = !has_patterns;

    how.with_names |= (words->count - first > 1 || how.recursive) && !how.without_names;
    if (words->count == first)
        status = search_named(how.recursive ? here : standard);
    for (int i = first; i < words->count && !(how.quiet && found_any); i++)
        status |= search_named(words->at[i]);
    status |= finish_output();
    return how.quiet && found_any ? 0 : status ? 2 : !found_any;
}

static int grep(struct words *words)
{
    return run(words);
}

static int egrep(struct words *words)
{
    how.extended = true;
    return run(words);
}

static int fgrep(struct words *words)
{
    how.plain = true;
    return run(words);
}

TOOL(grep, "grep", "[-EFivnclLqsrHhwxo] [-m N] [-ABC N] [-e PATTERN | -f FILE]… [PATTERN] [FILE…]",
     "print lines that a pattern fits",
     "  -E  extended patterns; -F plain text; -i whatever the case; -w words; -x whole lines\n"
     "  -e  a pattern, -f patterns of a file: one of them must fit; -v lines that none fits\n"
     "  -n  with numbers; -H, -h with, without files' names; -o the matching part alone\n"
     "  -c  how many; -l names of files that have some, -L of those that have none\n"
     "  -r  all files below directories; -q no output; -s nothing about files that are not there\n"
     "  -m  at most so many; -A, -B, -C with lines after, before, around\n"
     "Status 0: found, 1: not found, 2: something was wrong.\n")
TOOL(egrep, "egrep", "PATTERN [FILE…]", "grep -E", "")
TOOL(fgrep, "fgrep", "TEXT [FILE…]", "grep -F", "")
