/* Commands of the shell's own. Each returns its status. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <unistd.h>

#include "user/sh/builtins.h"
#include "user/sh/sh.h"

static int misused(const char *usage)
{
    complain("use: %s", usage);
    return 2;
}

/* A number of at least `least`, else -1 and a complaint. */
static int count_of(const char *command, const char *word, int least)
{
    char *end;
    long value = strtol(word, &end, 10);

    if (end != word && !*end && value >= least && value < 1000000)
        return (int)value;
    complain("%s: %s: not a number from %d on", command, word, least);
    return -1;
}

/* ---- nothing, everything --------------------------------------------------------------------- */

static int colon(int count, char **words)
{
    (void)count, (void)words;
    return 0;
}

static int false_command(int count, char **words)
{
    (void)count, (void)words;
    return 1;
}

static int eval(int count, char **words)
{
    struct arena arena = {0};
    struct buffer text = buffer_in(&arena);
    int status;

    for (int i = 1; i < count; i++) {
        if (i > 1)
            buffer_add(&text, ' ');
        buffer_string(&text, words[i]);
    }
    shell.status = 0;
    status = run_string(text.text);
    arena_free(&arena);
    return status;
}

static int source(int count, char **words)
{
    struct arena arena = {0};
    char **words_before = shell.words, *path;
    int fd, count_before = shell.word_count;

    if (count < 2)
        return misused(". FILE [WORD …]");
    path = strchr(words[1], '/') ? words[1] : find_program(&arena, words[1]);
    fd = open(path ? path : words[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        complain(".: %s: %s", words[1], strerror(errno));
        arena_free(&arena);
        return 1;
    }
    fd = move_fd_up(fd);
    if (count > 2) {
        shell.words = words + 2;
        shell.word_count = count - 2;
    }
    shell.source_depth++;
    shell.status = 0;
    int status = run_input(input_of_file(&arena, fd));

    shell.source_depth--;
    shell.returning = false;
    shell.words = words_before;
    shell.word_count = count_before;
    close(fd);
    arena_free(&arena);
    return status;
}

static int exec_command(int count, char **words)
{
    if (count < 2)
        return 0;
    (void)run_exec(words + 1);
    return 127;
}

static int exit_command(int count, char **words)
{
    int status = shell.status;

    if (count > 1 && (status = count_of("exit", words[1], 0)) < 0)
        status = 2;
    leave_shell(status);
}

static int return_command(int count, char **words)
{
    int status = shell.status;

    if (!shell.function_depth && !shell.source_depth) {
        complain("return: not in a function");
        return 1;
    }
    if (count > 1 && (status = count_of("return", words[1], 0)) < 0)
        return 2;
    shell.returning = true;
    return status;
}

static int leave_loops(int count, char **words, int *levels)
{
    int wanted = count > 1 ? count_of(words[0], words[1], 1) : 1;

    if (wanted < 0)
        return 2;
    if (!shell.loop_depth)
        return 0;
    *levels = wanted < shell.loop_depth ? wanted : shell.loop_depth;
    return 0;
}

static int break_command(int count, char **words)
{
    return leave_loops(count, words, &shell.break_levels);
}

static int continue_command(int count, char **words)
{
    return leave_loops(count, words, &shell.continue_levels);
}

/* ---- variables ------------------------------------------------------------------------------- */

/* NAME or NAME=VALUE, with flags. */
static int declare(const char *command, char *word, unsigned flags)
{
    size_t length = name_length(word);

    if (!length || (word[length] && word[length] != '=')) {
        complain("%s: %s: not a name", command, word);
        return 1;
    }
    if (!word[length])
        return variable_set(word, NULL, flags);
    word[length] = '\0';
    int status = variable_set(word, word + length + 1, flags);

    word[length] = '=';
    return status;
}

static int declare_all(int count, char **words, unsigned flags)
{
    int status = 0;

    if (count == 1 || strcmp(words[1], "-p") == 0) {
        variables_print(flags, words[0]);
        return 0;
    }
    for (int i = 1; i < count; i++)
        status |= declare(words[0], words[i], flags);
    return status;
}

static int export_command(int count, char **words)
{
    return declare_all(count, words, VARIABLE_EXPORT);
}

static int readonly_command(int count, char **words)
{
    return declare_all(count, words, VARIABLE_READONLY);
}

static int local_command(int count, char **words)
{
    int status = 0;

    if (!shell.function_depth) {
        complain("local: not in a function");
        return 1;
    }
    for (int i = 1; i < count; i++) {
        size_t length = name_length(words[i]);
        char *name = xstrdup(words[i]);

        name[length] = '\0';
        variable_make_local(name);
        if (words[i][length])
            status |= declare("local", words[i], 0);
        else
            status |= variable_unset(name);
        free(name);
    }
    return status;
}

static int unset(int count, char **words)
{
    int status = 0;
    bool function = count > 1 && strcmp(words[1], "-f") == 0;

    for (int i = count > 1 && words[1][0] == '-' ? 2 : 1; i < count; i++)
        status |= function ? (function_unset(words[i]), 0) : variable_unset(words[i]);
    return status;
}

static int shift(int count, char **words)
{
    int by = count > 1 ? count_of("shift", words[1], 0) : 1;

    if (by < 0)
        return 2;
    if (by > shell.word_count) {
        complain("shift: %d: there are %d", by, shell.word_count);
        return 1;
    }
    shell.words += by;
    shell.word_count -= by;
    return 0;
}

/* ---- set ------------------------------------------------------------------------------------- */

static const struct option {
    char letter;
    const char *name;
    bool *value;
} options[] = {
    {'a', "allexport", &shell.all_export}, {'e', "errexit", &shell.exit_on_error},
    {'f', "noglob", &shell.no_glob},       {'m', "monitor", &shell.job_control},
    {'n', "noexec", &shell.no_exec},       {'u', "nounset", &shell.no_unset},
    {'v', "verbose", &shell.verbose},      {'x', "xtrace", &shell.trace},
    {'C', "noclobber", &shell.no_clobber}, {0, "pipefail", &shell.pipefail},
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

static int set_named(const char *name, bool on)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if (strcmp(options[i].name, name) != 0)
            continue;
        *options[i].value = on;
        return 0;
    }
    complain("set: %s: no such option", name);
    return 2;
}

int set_letters(const char *letters, bool on)
{
    for (; *letters; letters++) {
        size_t i = 0;

        while (i < OPTIONS && options[i].letter != *letters)
            i++;
        if (i == OPTIONS) {
            complain("set: -%c: no such option", *letters);
            return 2;
        }
        *options[i].value = on;
    }
    return 0;
}

static void print_options(bool again)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if (again)
            printf("set %co %s\n", *options[i].value ? '-' : '+', options[i].name);
        else
            printf("%-12s %s\n", options[i].name, *options[i].value ? "on" : "off");
    }
}

/* What they replace is not freed: a function or a loop may still go through it. */
void set_words(int count, char **words)
{
    char **copy = xmalloc(((size_t)count + 1) * sizeof(*copy));

    for (int i = 0; i < count; i++)
        copy[i] = xstrdup(words[i]);
    copy[count] = NULL;
    shell.words = copy;
    shell.word_count = count;
}

static int set(int count, char **words)
{
    int i = 1;

    if (count == 1) {
        variables_print(0, NULL);
        return 0;
    }
    for (; i < count && (words[i][0] == '-' || words[i][0] == '+') && words[i][1]; i++) {
        bool on = words[i][0] == '-';
        int status;

        if (strcmp(words[i], "--") == 0) {
            set_words(count - i - 1, words + i + 1);
            return 0;
        }
        if (words[i][1] == 'o' && !words[i][2]) {
            if (i + 1 == count) {
                print_options(!on);
                return 0;
            }
            status = set_named(words[++i], on);
        } else {
            status = set_letters(words[i] + 1, on);
        }
        if (status)
            return status;
    }
    if (i < count)
        set_words(count - i, words + i);
    return 0;
}

/* ---- directories ----------------------------------------------------------------------------- */

static int cd(int count, char **words)
{
    const char *target = count > 1 ? words[1] : variable_get("HOME");
    char where[4096];
    bool back = count > 1 && strcmp(words[1], "-") == 0;

    if (back)
        target = variable_get("OLDPWD");
    if (!target) {
        complain("cd: %s is not set", back ? "OLDPWD" : "HOME");
        return 1;
    }
    const char *before = variable_get("PWD");
    char *old = before ? xstrdup(before) : NULL;

    if (chdir(target)) {
        complain("cd: %s: %s", target, strerror(errno));
        free(old);
        return 1;
    }
    if (old)
        (void)variable_set("OLDPWD", old, VARIABLE_EXPORT);
    free(old);
    if (getcwd(where, sizeof(where)))
        (void)variable_set("PWD", where, VARIABLE_EXPORT);
    if (back && getcwd(where, sizeof(where)))
        puts(where);
    return 0;
}

static int pwd(int count, char **words)
{
    char where[4096];

    (void)count, (void)words;
    if (!getcwd(where, sizeof(where))) {
        complain("pwd: %s", strerror(errno));
        return 1;
    }
    puts(where);
    return 0;
}

/* ---- output ---------------------------------------------------------------------------------- */

/* One escape behind a backslash; where the text goes on. NULL: \c, the end of all. */
static const char *put_escape(const char *at, bool zero_first)
{
    static const char letters[] = "abefnrtv\\\"'", values[] = "\a\b\033\f\n\r\t\v\\\"'";
    const char *letter = *at ? strchr(letters, *at) : NULL;

    if (*at == 'c')
        return NULL;
    if (letter) {
        putchar(values[letter - letters]);
        return at + 1;
    }
    if (*at >= '0' && *at <= '7') {
        int value = 0, most = zero_first && *at == '0' ? 4 : 3;

        for (int i = 0; i < most && *at >= '0' && *at <= '7'; i++)
            value = value * 8 + (*at++ - '0');
        putchar(value);
        return at;
    }
    putchar('\\');
    return at;
}

static bool put_escaped(const char *text)
{
    while (*text) {
        if (*text != '\\') {
            putchar(*text++);
            continue;
        }
        text = put_escape(text + 1, true);
        if (!text)
            return false;
    }
    return true;
}

static int echo(int count, char **words)
{
    bool newline = true, escapes = false;
    int i = 1;

    for (; i < count && words[i][0] == '-' && words[i][1]
           && strspn(words[i] + 1, "neE") == strlen(words[i] + 1); i++) {
        newline &= !strchr(words[i], 'n');
        escapes = strchr(words[i], 'e') || (escapes && !strchr(words[i], 'E'));
    }
    for (int first = i; i < count; i++) {
        if (i > first)
            putchar(' ');
        if (!escapes)
            fputs(words[i], stdout);
        else if (!put_escaped(words[i]))
            return 0;
    }
    if (newline)
        putchar('\n');
    return 0;
}

struct printf_words {
    char **at;
    int left, status;
    bool used, over;
};

static const char *next_word(struct printf_words *words)
{
    words->used = true;
    if (!words->left)
        return NULL;
    words->left--;
    return *words->at++;
}

static long number_of(struct printf_words *words)
{
    const char *word = next_word(words);
    char *end;

    if (!word)
        return 0;
    if (*word == '\'' || *word == '"')
        return (unsigned char)word[1];
    errno = 0;
    long value = strtol(word, &end, 0);

    if (end == word || *end || errno) {
        complain("printf: %s: not a number", word);
        words->status = 1;
    }
    return value;
}

/* %…: from the percent on. Where the format goes on. */
static const char *put_conversion(const char *format, struct printf_words *words)
{
    char piece[64] = "%";
    size_t length = 1;
    const char *at = format + 1, *word;

    while (*at && length < 40) {
        if (*at == '*') {
            length += (size_t)snprintf(piece + length, 16, "%d", (int)number_of(words));
            at++;
        } else if (strchr("-+ #0123456789.", *at)) {
            piece[length++] = *at++;
        } else {
            break;
        }
    }
    if (*at && strchr("diouxX", *at)) {
        piece[length++] = 'l';
        piece[length++] = *at;
        piece[length] = '\0';
        printf(piece, number_of(words));
    } else if (*at && strchr("eEfFgG", *at)) {
        word = next_word(words);
        piece[length++] = *at;
        piece[length] = '\0';
        printf(piece, word ? strtod(word, NULL) : 0.0);
    } else if (*at == 's' || *at == 'c') {
        char one[2] = {0};

        word = next_word(words);
        one[0] = word ? word[0] : '\0';
        piece[length++] = 's';
        piece[length] = '\0';
        printf(piece, *at == 'c' ? one : word ? word : "");
    } else if (*at == 'b') {
        word = next_word(words);
        words->over = !put_escaped(word ? word : "");
    } else if (*at == '%') {
        putchar('%');
    } else {
        complain("printf: %%%c: no such conversion", *at ? *at : '?');
        words->status = 1;
        words->over = true;
        return at;
    }
    return at + 1;
}

static void put_format(const char *format, struct printf_words *words)
{
    while (*format && !words->over) {
        if (*format == '\\') {
            format = put_escape(format + 1, false);
            words->over = !format;
        } else if (*format == '%') {
            format = put_conversion(format, words);
        } else {
            putchar(*format++);
        }
        if (!format)
            return;
    }
}

static int printf_command(int count, char **words)
{
    struct printf_words rest = {.at = words + 2, .left = count - 2};
    int left;

    if (count < 2)
        return misused("printf FORMAT [WORD …]");
    do {
        left = rest.left;
        rest.used = false;
        put_format(words[1], &rest);
    } while (rest.left && rest.left < left && !rest.over);
    return rest.status;
}

/* ---- read ------------------------------------------------------------------------------------ */

/* A line, byte by byte: what lies behind it is others'. marks: 'q' for what a backslash hid. */
static bool read_line(struct buffer *line, struct buffer *marks, bool raw)
{
    char c;
    ssize_t got;

    for (;;) {
        got = read(STDIN_FILENO, &c, 1);
        if (got < 0 && errno == EINTR) {
            trap_run_pending();
            continue;
        }
        if (got <= 0)
            return false;
        if (c == '\\' && !raw) {
            if (read(STDIN_FILENO, &c, 1) != 1)
                return false;
            if (c == '\n')
                continue;
            buffer_add(line, c);
            buffer_add(marks, 'q');
            continue;
        }
        if (c == '\n')
            return true;
        if (c) {
            buffer_add(line, c);
            buffer_add(marks, ' ');
        }
    }
}

static bool separates(const struct buffer *line, const struct buffer *marks, size_t i)
{
    return marks->text[i] != 'q' && strchr(ifs(), line->text[i]);
}

static bool is_gap(const struct buffer *line, const struct buffer *marks, size_t i)
{
    return separates(line, marks, i) && isspace((unsigned char)line->text[i]);
}

static int read_command(int count, char **words)
{
    struct arena arena = {0};
    struct buffer line = buffer_in(&arena), marks = buffer_in(&arena);
    bool raw = false, whole;
    int first = 1, status = 0;
    size_t at = 0;

    for (; first < count && words[first][0] == '-'; first++) {
        if (strcmp(words[first], "-r") == 0) {
            raw = true;
        } else if (strcmp(words[first], "-p") == 0 && first + 1 < count) {
            fputs(words[++first], stderr);
        } else {
            arena_free(&arena);
            return misused("read [-r] [-p PROMPT] [NAME …]");
        }
    }
    fflush(stdout);
    whole = read_line(&line, &marks, raw);
    while (at < line.length && is_gap(&line, &marks, at))
        at++;
    for (int i = first; i < count || i == first; i++) {
        size_t start = at, end = line.length;

        if (i + 1 < count) {
            while (at < line.length && !separates(&line, &marks, at))
                at++;
            end = at;
            while (at < line.length && is_gap(&line, &marks, at))
                at++;
            if (at < line.length && separates(&line, &marks, at)
                && !isspace((unsigned char)line.text[at])) {
                at++;
                while (at < line.length && is_gap(&line, &marks, at))
                    at++;
            }
        } else {
            while (end > start && is_gap(&line, &marks, end - 1))
                end--;
        }
        status |= variable_set(i < count ? words[i] : "REPLY",
                               arena_copy(&arena, line.text + start, end - start), 0);
        if (i >= count)
            break;
    }
    arena_free(&arena);
    return status ? status : !whole;
}

/* ---- getopts --------------------------------------------------------------------------------- */

static int getopts(int count, char **words)
{
    static int at = 1; /* in the word */
    char **list = count > 3 ? words + 3 : shell.words, letter[2] = "?", number[16];
    int size = count > 3 ? count - 3 : shell.word_count;
    const char *index_text = variable_get("OPTIND"), *found;
    int index = index_text ? atoi(index_text) : 1;

    if (count < 3)
        return misused("getopts LETTERS NAME [WORD …]");
    if (index < 1)
        index = 1;
    if (index > size || list[index - 1][0] != '-' || !list[index - 1][1])
        at = 1;
    if (index > size || list[index - 1][0] != '-' || !list[index - 1][1]
        || strcmp(list[index - 1], "--") == 0) {
        if (index <= size && strcmp(list[index - 1], "--") == 0)
            index++;
        snprintf(number, sizeof(number), "%d", index);
        (void)variable_set("OPTIND", number, 0);
        (void)variable_set(words[2], "?", 0);
        return 1;
    }
    if ((size_t)at >= strlen(list[index - 1]))
        at = 1;
    letter[0] = list[index - 1][at++];
    found = letter[0] == ':' ? NULL : strchr(words[1], letter[0]);
    (void)variable_unset("OPTARG");
    bool over = !list[index - 1][at];

    if (!found) {
        if (words[1][0] == ':')
            (void)variable_set("OPTARG", letter, 0);
        else
            complain("-%s: no such option", letter);
        letter[0] = '?';
    } else if (found[1] == ':') {
        if (!over) {
            (void)variable_set("OPTARG", list[index - 1] + at, 0);
        } else if (index < size) {
            (void)variable_set("OPTARG", list[index++], 0);
        } else if (words[1][0] == ':') {
            (void)variable_set("OPTARG", letter, 0);
            letter[0] = ':';
        } else {
            complain("-%s: its value is missing", letter);
            letter[0] = '?';
        }
        over = true;
    }
    if (over) {
        index++;
        at = 1;
    }
    snprintf(number, sizeof(number), "%d", index);
    (void)variable_set("OPTIND", number, 0);
    return variable_set(words[2], letter, 0);
}

/* ---- names ----------------------------------------------------------------------------------- */

static int describe(const char *word, bool brief)
{
    struct arena arena = {0};
    const char *alias = alias_find(word);
    char *path;
    int status = 0;

    if (alias) {
        brief ? printf("alias %s='%s'\n", word, alias)
              : printf("%s is an alias for %s\n", word, alias);
    } else if (function_find(word)) {
        printf(brief ? "%s\n" : "%s is a function\n", word);
        if (!brief)
            printf("%s() %s\n", word, node_text(&arena, function_find(word)));
    } else if (builtin_find(word)) {
        printf(brief ? "%s\n" : "%s is a command of the shell\n", word);
    } else if ((path = find_program(&arena, word)) && access(path, X_OK) == 0) {
        brief ? printf("%s\n", path) : printf("%s is %s\n", word, path);
    } else {
        if (!brief)
            complain("%s: not found", word);
        status = 1;
    }
    arena_free(&arena);
    return status;
}

static int type(int count, char **words)
{
    int status = 0;

    for (int i = 1; i < count; i++)
        status |= describe(words[i], false);
    return status;
}

/* A word that stands for exactly this text. */
static char *quote(struct arena *arena, const char *text)
{
    struct buffer quoted = buffer_in(arena);

    buffer_add(&quoted, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            buffer_string(&quoted, "'\\''");
        else
            buffer_add(&quoted, *text);
    }
    buffer_add(&quoted, '\'');
    return quoted.text;
}

/* Without aliases and functions. */
static int command(int count, char **words)
{
    const struct builtin *builtin;

    if (count > 2 && (strcmp(words[1], "-v") == 0 || strcmp(words[1], "-V") == 0))
        return describe(words[2], words[1][1] == 'v');
    if (count > 1 && strcmp(words[1], "-p") == 0) {
        words++;
        count--;
    }
    if (count < 2)
        return 0;
    builtin = builtin_find(words[1]);
    if (builtin)
        return builtin->run(count - 1, words + 1);
    struct word *first = NULL, **end = &first;
    struct arena arena = {0};

    for (int i = 1; i < count; i++) {
        *end = arena_alloc(&arena, sizeof(**end));
        (*end)->text = quote(&arena, words[i]);
        end = &(*end)->next;
    }
    /* A name with a path is neither an alias nor a function. */
    char *path = find_program(&arena, words[1]);

    if (!path) {
        complain("%s: not found", words[1]);
        arena_free(&arena);
        return 127;
    }
    first->text = quote(&arena, path);
    struct node node = {.kind = NODE_COMMAND, .words = first};
    int depth = shell.condition_depth++;
    int status = run(&node);

    shell.condition_depth = depth;
    arena_free(&arena);
    return status;
}

static int alias(int count, char **words)
{
    int status = 0;

    if (count == 1)
        alias_print(NULL);
    for (int i = 1; i < count; i++) {
        char *equals = strchr(words[i], '=');

        if (equals) {
            *equals = '\0';
            alias_set(words[i], equals + 1);
        } else if (alias_find(words[i])) {
            alias_print(words[i]);
        } else {
            complain("alias: %s: not found", words[i]);
            status = 1;
        }
    }
    return status;
}

static int unalias(int count, char **words)
{
    int status = 0;

    for (int i = 1; i < count; i++) {
        if (alias_unset(words[i]))
            continue;
        complain("unalias: %s: not found", words[i]);
        status = 1;
    }
    return status;
}

/* ---- the process ----------------------------------------------------------------------------- */

static int umask_command(int count, char **words)
{
    mode_t mask;
    char *end;

    if (count == 1) {
        mask = umask(0);
        umask(mask);
        printf("%04o\n", (unsigned)mask);
        return 0;
    }
    mask = (mode_t)strtoul(words[1], &end, 8);
    if (*end || mask > 0777) {
        complain("umask: %s: not a number from 0 to 777", words[1]);
        return 1;
    }
    umask(mask);
    return 0;
}

static const struct {
    char letter;
    int resource;
    unsigned long unit;
    const char *name;
} limits[] = {
    {'c', RLIMIT_CORE, 1024, "core file, KiB"}, {'d', RLIMIT_DATA, 1024, "data, KiB"},
    {'f', RLIMIT_FSIZE, 1024, "file size, KiB"}, {'n', RLIMIT_NOFILE, 1, "open files"},
    {'s', RLIMIT_STACK, 1024, "stack, KiB"}, {'t', RLIMIT_CPU, 1, "CPU time, s"},
    {'u', RLIMIT_NPROC, 1, "processes"}, {'v', RLIMIT_AS, 1024, "memory, KiB"},
};

static void print_limit(size_t i, bool name)
{
    struct rlimit limit;

    if (getrlimit(limits[i].resource, &limit))
        return;
    if (name)
        printf("-%c  %-16s ", limits[i].letter, limits[i].name);
    if (limit.rlim_cur == RLIM_INFINITY)
        puts("unlimited");
    else
        printf("%lu\n", (unsigned long)(limit.rlim_cur / limits[i].unit));
}

static int ulimit(int count, char **words)
{
    char letter = 'f';
    int i = 1;
    size_t which = 0;
    struct rlimit limit;
    char *end;

    if (i < count && strcmp(words[i], "-a") == 0) {
        for (which = 0; which < sizeof(limits) / sizeof(limits[0]); which++)
            print_limit(which, true);
        return 0;
    }
    if (i < count && words[i][0] == '-')
        letter = words[i++][1];
    while (which < sizeof(limits) / sizeof(limits[0]) && limits[which].letter != letter)
        which++;
    if (which == sizeof(limits) / sizeof(limits[0]))
        return misused("ulimit [-acdfnstuv] [NUMBER|unlimited]");
    if (i == count) {
        print_limit(which, false);
        return 0;
    }
    getrlimit(limits[which].resource, &limit);
    limit.rlim_cur = strtoul(words[i], &end, 10) * limits[which].unit;
    if (strcmp(words[i], "unlimited") == 0)
        limit.rlim_cur = RLIM_INFINITY;
    else if (*end || end == words[i])
        return misused("ulimit [-acdfnstuv] [NUMBER|unlimited]");
    limit.rlim_max = limit.rlim_cur;
    if (setrlimit(limits[which].resource, &limit)) {
        complain("ulimit: %s: %s", words[i], strerror(errno));
        return 1;
    }
    return 0;
}

static void print_time(clock_t ticks, long per_second, const char *end)
{
    printf("%ldm%ld.%02lds%s", (long)(ticks / per_second / 60), (long)(ticks / per_second % 60),
           (long)(ticks % per_second * 100 / per_second), end);
}

static int times_command(int count, char **words)
{
    struct tms used;
    long per_second = sysconf(_SC_CLK_TCK);

    (void)count, (void)words;
    if (per_second <= 0 || times(&used) == (clock_t)-1)
        return 1;
    print_time(used.tms_utime, per_second, " ");
    print_time(used.tms_stime, per_second, "\n");
    print_time(used.tms_cutime, per_second, " ");
    print_time(used.tms_cstime, per_second, "\n");
    return 0;
}

static int help(int count, char **words)
{
    const struct builtin *builtin;

    (void)count, (void)words;
    for (unsigned i = 0; (builtin = builtin_at(i)); i++)
        printf("%s\n", builtin->usage);
    return 0;
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct builtin builtins[] = {
    {".", source, true, ". FILE [WORD …]"},
    {":", colon, true, ": [WORD …]"},
    {"[", test_command, false, "[ EXPRESSION ]"},
    {"alias", alias, false, "alias [NAME[=TEXT] …]"},
    {"bg", bg_command, false, "bg [%JOB]"},
    {"break", break_command, true, "break [LEVELS]"},
    {"cd", cd, false, "cd [DIRECTORY|-]"},
    {"command", command, false, "command [-v|-V] NAME [WORD …]"},
    {"continue", continue_command, true, "continue [LEVELS]"},
    {"echo", echo, false, "echo [-n] [-e] [WORD …]"},
    {"eval", eval, true, "eval [WORD …]"},
    {"exec", exec_command, true, "exec [PROGRAM [WORD …]]"},
    {"exit", exit_command, true, "exit [STATUS]"},
    {"export", export_command, true, "export [NAME[=VALUE] …]"},
    {"false", false_command, false, "false"},
    {"fg", fg_command, false, "fg [%JOB]"},
    {"getopts", getopts, false, "getopts LETTERS NAME [WORD …]"},
    {"help", help, false, "help"},
    {"history", history_command, false, "history [-c]"},
    {"jobs", jobs_command, false, "jobs [-l|-p]"},
    {"kill", kill_command, false, "kill [-SIGNAL] PID|%JOB …"},
    {"local", local_command, false, "local NAME[=VALUE] …"},
    {"printf", printf_command, false, "printf FORMAT [WORD …]"},
    {"pwd", pwd, false, "pwd"},
    {"read", read_command, false, "read [-r] [-p PROMPT] [NAME …]"},
    {"readonly", readonly_command, true, "readonly [NAME[=VALUE] …]"},
    {"return", return_command, true, "return [STATUS]"},
    {"set", set, true, "set [-aefmnuvxC] [-o OPTION] [--] [WORD …]"},
    {"shift", shift, true, "shift [COUNT]"},
    {"source", source, false, "source FILE [WORD …]"},
    {"test", test_command, false, "test EXPRESSION"},
    {"times", times_command, true, "times"},
    {"trap", trap_command, true, "trap [ACTION|-] [SIGNAL …]"},
    {"true", colon, false, "true"},
    {"type", type, false, "type NAME …"},
    {"ulimit", ulimit, false, "ulimit [-acdfnstuv] [NUMBER|unlimited]"},
    {"umask", umask_command, false, "umask [MODE]"},
    {"unalias", unalias, false, "unalias NAME …"},
    {"unset", unset, true, "unset [-f] NAME …"},
    {"wait", wait_command, false, "wait [PID|%JOB …]"},
};

const struct builtin *builtin_at(unsigned index)
{
    return index < sizeof(builtins) / sizeof(builtins[0]) ? &builtins[index] : NULL;
}

const struct builtin *builtin_find(const char *name)
{
    const struct builtin *builtin;

    for (unsigned i = 0; (builtin = builtin_at(i)); i++)
        if (strcmp(builtin->name, name) == 0)
            return builtin;
    return NULL;
}
