/* The words behind a tool's name: options out, operands closed up. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/tool.h"

char *option_value;

static struct {
    int next, kept;      /* the next word to look at; operands so far */
    char *cluster;       /* the rest of a word like -la */
    bool only_operands;
} state;

static bool is_option(const struct words *words, const char *letters)
{
    const char *word = words->at[state.next];

    return !state.only_operands && word[0] == '-' && word[1] != '\0'
           && !(isdigit((unsigned char)word[1]) && !strchr(letters, '#') && !strchr(letters, word[1]));
}

static int end_of_options(struct words *words)
{
    words->count = state.kept;
    words->at[state.kept] = NULL;
    memset(&state, 0, sizeof(state));
    return 0;
}

static int take_number(void)
{
    option_value = state.cluster;
    state.cluster = NULL;
    return '#';
}

static int take_letter(struct words *words, const char *letters)
{
    char letter = *state.cluster++;
    const char *known = letter == ':' || letter == '#' || letter == '+' ? NULL : strchr(letters, letter);

    if (!known)
        wrong_use("there is no option -%c", letter);
    option_value = NULL;
    if (known[1] == ':') {
        if (*state.cluster)
            option_value = state.cluster;
        else if (state.next < words->count)
            option_value = words->at[state.next++];
        else
            wrong_use("-%c wants a word behind it", letter);
        state.cluster = NULL;
    } else if (!*state.cluster) {
        state.cluster = NULL;
    }
    return letter;
}

int option(struct words *words, const char *letters)
{
    while (!state.cluster) {
        if (state.next >= words->count)
            return end_of_options(words);
        if (!is_option(words, letters)) {
            state.only_operands |= letters[0] == '+';
            words->at[state.kept++] = words->at[state.next++];
        } else {
            char *word = words->at[state.next++];

            state.only_operands = strcmp(word, "--") == 0;
            if (!state.only_operands && word[1] == '-')
                wrong_use("there is no option %s", word);
            state.cluster = state.only_operands ? NULL : word + 1;
            if (state.cluster && isdigit((unsigned char)*state.cluster) && strchr(letters, '#'))
                return take_number();
        }
    }
    return take_letter(words, letters);
}

void need_operands(const struct words *words, int least, int most)
{
    if (words->count < least)
        wrong_use(words->count == 0 ? "a word is missing" : "another word is missing");
    if (most >= 0 && words->count > most)
        wrong_use("too many words: %s", words->at[most]);
}
