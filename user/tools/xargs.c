#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tools/tool.h"

#define BYTES_MAX 32768u /* of one command's words */

static struct {
    uint64_t most;
    bool zeros, trace, never_empty;
    char separator;
    const char *place; /* of -I */
    char **command;
    int count;
} how = {.most = UINT64_MAX};

static int status;

static void run(char **words)
{
    int how_ended = 0;

    if (how.trace) {
        for (char **word = words; *word; word++)
            fprintf(stderr, "%s%c", *word, word[1] ? ' ' : '\n');
    }
    pid_t pid = fork();

    if (pid == 0)
        _exit(run_program(words));
    if (pid < 0)
        exit(failed("fork"));
    while (waitpid(pid, &how_ended, 0) < 0 && errno == EINTR)
        ;
    int code = WIFEXITED(how_ended) ? WEXITSTATUS(how_ended) : 125;

    if (code == 126 || code == 127 || code == 255)
        exit(code == 255 ? 124 : code);
    if (code)
        status = 123;
}

static void run_with(struct list *words)
{
    struct list all = {0};

    for (int i = 0; i < how.count; i++)
        list_add(&all, how.command[i]);
    for (size_t i = 0; i < words->count; i++)
        list_add(&all, words->at[i]);
    run(all.at);
    free(all.at);
    list_free(words);
}

static char *put_in(const char *word, const char *text)
{
    const char *at = strstr(word, how.place);

    if (!at)
        return take_copy(word);
    char *rest = put_in(at + strlen(how.place), text);
    char *all = take_text("%.*s%s%s", (int)(at - word), word, text, rest);

    free(rest);
    return all;
}

static void run_in_place(const char *text)
{
    struct list all = {0};

    for (int i = 0; i < how.count; i++)
        list_add(&all, put_in(how.command[i], text));
    run(all.at);
    list_free(&all);
}

/* ---- words of the input ---------------------------------------------------------------------- */

static char *text;
static size_t size, room;

static void add(int c)
{
    if (size + 1 >= room)
        text = take_more(text, room = 2 * room + 64);
    text[size++] = (char)c;
    text[size] = '\0';
}

/* Up to a separator; NULL at the end. */
static char *read_separated(int separator, bool skip_empty)
{
    bool any = false;
    int c;

    size = 0;
    add('\0');
    size = 0;
    while ((c = getchar_unlocked()) != EOF) {
        any = true;
        if (c != separator)
            add(c);
        else if (size > 0 || !skip_empty)
            break;
    }
    return any && (c != EOF || size > 0) ? text : NULL;
}

/* Blanks separate, quotes and backslashes protect. */
static char *read_quoted(void)
{
    int quote = 0, c;
    bool any = false;

    size = 0;
    add('\0');
    size = 0;
    while ((c = getchar_unlocked()) != EOF && isspace(c))
        ;
    for (; c != EOF; c = getchar_unlocked()) {
        if (!quote && isspace(c))
            break;
        any = true;
        if (quote ? c == quote : c == '"' || c == '\'')
            quote = quote ? 0 : c;
        else if (c == '\\' && !quote) {
            if ((c = getchar_unlocked()) != EOF)
                add(c);
        } else
            add(c);
    }
    if (quote)
        exit(wrong("a quote without its end"));
    return any ? text : NULL;
}

static char *read_word(void)
{
    if (how.zeros)
        return read_separated('\0', false);
    if (how.separator)
        return read_separated(how.separator, false);
    if (how.place)
        return read_separated('\n', true);
    return read_quoted();
}

static int xargs(struct words *words)
{
    static char echo[] = "echo";
    static char *echo_alone[] = {echo, NULL};
    struct list collected = {0};
    size_t bytes = 0;
    bool any = false;

    for (int c; (c = option(words, "+0n:I:rtd:"));) {
        how.zeros |= c == '0';
        how.trace |= c == 't';
        how.never_empty |= c == 'r';
        if (c == 'n')
            how.most = need_number(option_value, "-n");
        else if (c == 'I')
            how.place = option_value;
        else if (c == 'd')
            how.separator = option_value[0] == '\\' && option_value[1] == 'n' ? '\n' : option_value[0];
    }
    how.command = words->count ? words->at : echo_alone;
    how.count = words->count ? words->count : 1;
    if (how.most == 0 || (how.place && !*how.place))
        wrong_use("that would never end");
    for (char *word; (word = read_word()); any = true) {
        if (how.place) {
            run_in_place(word);
            continue;
        }
        if (collected.count > 0 && bytes + strlen(word) + 1 > BYTES_MAX) {
            run_with(&collected);
            bytes = 0;
        }
        list_add(&collected, take_copy(word));
        bytes += strlen(word) + 1;
        if (collected.count == how.most) {
            run_with(&collected);
            bytes = 0;
        }
    }
    if (collected.count > 0 || (!any && !how.never_empty && !how.place))
        run_with(&collected);
    free(text);
    return status;
}

TOOL(xargs, "xargs", "[-0rt] [-n COUNT | -I TEXT] [-d C] [PROGRAM [WORD…]]",
     "run a program with words from standard input",
     "  -0  words end with zero bytes (find -print0); -d: with C\n"
     "  -n  so many words each time; -I: for each line, which stands where TEXT stands\n"
     "  -r  nothing to do without words; -t print each command\n")
