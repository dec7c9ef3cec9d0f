#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/tools/lib/tool.h"

static bool deep, ignore_case, invert, numbers, extended, fixed, count_only, names_only, quiet,
    only_match, with_name, without_name, no_complaints, whole_word, whole_line;
static bool found_any;

static struct pattern {
    const char *text;
    regex_t compiled;
} * patterns;
static size_t pattern_count;

/* ---- patterns -------------------------------------------------------------------------------- */

static void add_pattern(const char *text)
{
    patterns = enlarge(patterns, (pattern_count + 1) * sizeof(*patterns));
    patterns[pattern_count++] = (struct pattern){.text = text};
}

/* Several in one word: lines. */
static void add_patterns(const char *word)
{
    char *rest = copy_of(word), *line;

    while ((line = strsep(&rest, "\n")))
        add_pattern(line);
}

static void compile(void)
{
    for (size_t i = 0; !fixed && i < pattern_count; i++) {
        int error = regcomp(&patterns[i].compiled, patterns[i].text,
                            (extended ? REG_EXTENDED : 0) | (ignore_case ? REG_ICASE : 0));
        char text[128];

        if (error) {
            regerror(error, &patterns[i].compiled, text, sizeof(text));
            complain("%s: %s", patterns[i].text, text);
            exit(2);
        }
    }
}

static const char *find_text(const char *in, const char *text)
{
    size_t size = strlen(text);

    if (!ignore_case)
        return strstr(in, text);
    for (; strlen(in) >= size; in++)
        if (strncasecmp(in, text, size) == 0)
            return in;
    return NULL;
}

static bool find_one(const struct pattern *pattern, const char *line, size_t from,
                     regmatch_t *match)
{
    if (fixed) {
        const char *at = find_text(line + from, pattern->text);

        if (!at)
            return false;
        match->rm_so = at - line;
        match->rm_eo = match->rm_so + (regoff_t)strlen(pattern->text);
        return true;
    }
    if (regexec(&pattern->compiled, line + from, 1, match, from ? REG_NOTBOL : 0))
        return false;
    match->rm_so += (regoff_t)from;
    match->rm_eo += (regoff_t)from;
    return true;
}

static bool in_word(int c)
{
    return isalnum(c) || c == '_';
}

static bool fits(const char *line, const regmatch_t *match)
{
    if (whole_line)
        return match->rm_so == 0 && line[match->rm_eo] == 0;
    return !whole_word || ((match->rm_so == 0 || !in_word((unsigned char)line[match->rm_so - 1])) &&
                           !in_word((unsigned char)line[match->rm_eo]));
}

/* The first of all patterns from `from` on; of those that begin there, the longest. */
static bool find(const char *line, size_t from, regmatch_t *best)
{
    bool found = false;

    for (size_t i = 0; i < pattern_count; i++) {
        regmatch_t match;
        size_t at = from;

        while (find_one(&patterns[i], line, at, &match)) {
            if (fits(line, &match)) {
                if (!found || match.rm_so < best->rm_so ||
                    (match.rm_so == best->rm_so && match.rm_eo > best->rm_eo))
                    *best = match;
                found = true;
                break;
            }
            if (!line[match.rm_so])
                break;
            at = (size_t)match.rm_so + 1;
        }
    }
    return found;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void put_prefix(const char *path, long long number)
{
    if (with_name)
        printf("%s:", path);
    if (numbers)
        printf("%lld:", number);
}

static void put_matches(const char *path, long long number, const char *line)
{
    regmatch_t match;
    size_t at = 0;

    while (line[at] && find(line, at, &match)) {
        if (match.rm_eo > match.rm_so) {
            put_prefix(path, number);
            printf("%.*s\n", (int)(match.rm_eo - match.rm_so), line + match.rm_so);
        }
        at = (size_t)match.rm_eo + (match.rm_eo == match.rm_so);
    }
}

static void search(FILE *file, const char *path)
{
    long long number = 0, found = 0;
    char *line = NULL;
    size_t room = 0;

    if (strcmp(path, "-") == 0)
        path = "(standard input)";
    while (line_of(file, &line, &room, NULL) >= 0) {
        regmatch_t match;

        number++;
        if (find(line, 0, &match) == invert)
            continue;
        found++;
        if (quiet || names_only)
            break;
        if (count_only)
            continue;
        if (only_match && !invert) {
            put_matches(path, number, line);
        } else if (!only_match) {
            put_prefix(path, number);
            puts(line);
        }
    }
    free(line);
    found_any |= found > 0;
    if (quiet)
        return;
    if (names_only && found)
        puts(path);
    if (count_only && !names_only) {
        if (with_name)
            printf("%s:", path);
        printf("%lld\n", found);
    }
}

static void search_path(const char *path, bool named)
{
    struct stat about;
    struct names names;
    FILE *file;

    if (deep && lstat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        if (!folder_read(path, &names))
            return;
        for (size_t i = 0; i < names.count; i++) {
            char *part = path_in(path, names.at[i]);

            search_path(part, false);
            free(part);
        }
        names_free(&names);
        return;
    }
    if (deep && !named && (lstat(path, &about) || !S_ISREG(about.st_mode)))
        return;
    file = no_complaints ? fopen(path, "r") : file_of(path);
    if (!file) {
        tool_status = 1;
        return;
    }
    search(file, path);
    file_done(file);
}

static void take_letter(int letter, char *word)
{
    static const struct {
        char letter;
        bool *set;
    } flags[] = {
        {'r', &deep},         {'R', &deep},          {'i', &ignore_case}, {'v', &invert},
        {'n', &numbers},      {'E', &extended},      {'F', &fixed},       {'c', &count_only},
        {'l', &names_only},   {'q', &quiet},         {'o', &only_match},  {'H', &with_name},
        {'h', &without_name}, {'s', &no_complaints}, {'w', &whole_word},  {'x', &whole_line}};
    char *text;

    for (size_t i = 0; i < countof(flags); i++)
        if (flags[i].letter == letter)
            *flags[i].set = true;
    if (letter == 'e')
        add_patterns(word);
    if (letter == 'f') {
        text = file_text(word, NULL);
        if (!text)
            die("%s: %s", word, strerror(errno));
        if (*text && text[strlen(text) - 1] == '\n')
            text[strlen(text) - 1] = 0;
        add_patterns(text);
        free(text);
    }
}

TOOL(grep, "[-rivnEFclqohHswx] PATTERN | -e PATTERN | -f FILE [PATH …]",
     "Show the lines of files in which PATTERN is found (a regular expression).\n"
     "  -E  extended expressions   -F  the text itself      -i  large and small letters are the "
     "same\n"
     "  -v  lines without it       -w  whole words          -x  whole lines\n"
     "  -n  with line numbers      -c  how many lines       -l  names of files alone\n"
     "  -o  what was found alone   -q  nothing, the status says it   -r  what is in folders\n"
     "  -H, -h  with, without the names of files            -s  no complaints about files\n")
{
    const char *name = last_part(words[0]);
    int letter;

    extended = strcmp(name, "egrep") == 0;
    fixed = strcmp(name, "fgrep") == 0;
    while ((letter = option(count, words, "rRivnEFclqohHswxe:f:")) != -1)
        take_letter(letter, optarg);
    if (!pattern_count) {
        if (optind == count)
            usage();
        add_patterns(words[optind++]);
    }
    compile();
    with_name = (with_name || deep || count - optind > 1) && !without_name;
    if (optind == count) {
        if (deep)
            search_path(".", false);
        else
            search(stdin, "-");
    }
    for (int i = optind; i < count; i++)
        search_path(words[i], true);
    if (quiet && found_any) {
        tool_status = 0;
        return 0;
    }
    return tool_status ? 2 : !found_any;
}
