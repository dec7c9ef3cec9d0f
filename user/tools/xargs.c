#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

#define SIZE_MAX_BYTES (32 * 1024) /* of the words of one command */

static bool by_zero, by_line;

/* The next word of the input, with quotes and backslashes as a shell has them; NULL at the end. */
static char *next_word(void)
{
    char *word = NULL;
    size_t size = 0, room = 0;
    bool any = false;
    int c, quote = 0;

    while ((c = getchar()) != EOF) {
        if (by_zero || by_line) {
            if (c == (by_zero ? 0 : '\n'))
                break;
        } else if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? 0 : c;
            any = true;
            continue;
        } else if (!quote && isspace(c)) {
            if (any)
                break;
            continue;
        } else if (!quote && c == '\\' && (c = getchar()) == EOF) {
            break;
        }
        any = true;
        if (size + 2 > room)
            word = enlarge(word, room = (size + 2) * 2);
        word[size++] = (char)c;
    }
    if (!any && c == EOF)
        return NULL;
    word = enlarge(word, size + 1);
    word[size] = 0;
    return word;
}

static void run_all(int count, char **words, const struct names *more, const char *replaced)
{
    struct names all = {0};
    int status;

    for (int i = 0; i < count; i++) {
        const char *braces = replaced ? strstr(words[i], replaced) : NULL;

        names_add(&all, braces ? text_made("%.*s%s%s", (int)(braces - words[i]), words[i],
                                           more->at[0], braces + strlen(replaced))
                               : copy_of(words[i]));
    }
    for (size_t i = 0; !replaced && i < more->count; i++)
        names_add(&all, copy_of(more->at[i]));
    names_add(&all, NULL);
    status = run_words(all.at);
    names_free(&all);
    if (status == 126 || status == 127)
        exit(status);
    if (status)
        tool_status = 123;
}

TOOL(xargs, "[-0r] [-n COUNT] [-I TEXT] [COMMAND [WORD …]]",
     "Run a command (echo) with the words of the input behind its own.\n"
     "  -n  so many at a time      -I  a line at a time, in the place of TEXT\n"
     "  -0  words end with a zero byte   -r  not at all when there is none\n")
{
    static char *echo[] = {"echo"};
    struct names more = {0};
    const char *replaced = NULL;
    bool not_empty = false, ran = false;
    long long most = 1 << 20;
    size_t bytes = 0;
    char *word;
    int letter;

    while ((letter = option(count, words, "+0rn:I:")) != -1) {
        by_zero |= letter == '0';
        not_empty |= letter == 'r';
        if (letter == 'n')
            most = number_of(optarg, 1, 1 << 20);
        if (letter == 'I')
            replaced = optarg, most = 1, by_line = true;
    }
    words = optind < count ? words + optind : echo;
    count = optind < count ? count - optind : 1;
    while ((word = next_word())) {
        bytes += strlen(word) + 9;
        names_add(&more, word);
        if ((long long)more.count < most && bytes < SIZE_MAX_BYTES)
            continue;
        run_all(count, words, &more, replaced);
        names_free(&more);
        ran = true;
        bytes = 0;
    }
    if (more.count || (!ran && !not_empty && !replaced))
        run_all(count, words, &more, replaced);
    names_free(&more);
    return 0;
}
