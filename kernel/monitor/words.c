/* The monitor's parser. Use: words_split for a whole line, word_next to look at one word by word.
 */
#include "kernel/monitor/words.h"

#include "lib/errno.h"
#include "lib/string.h"

int word_next(const char *line, size_t size, size_t *at, char *to, char *quote)
{
    size_t from = *at, length = 0;
    *quote = 0;
    while (from < size && line[from] == ' ')
        from++;
    size_t start = from;
    for (; from < size && (*quote || line[from] != ' '); from++) {
        char c = line[from];
        if (*quote ? c == *quote : c == '\'' || c == '"')
            *quote = *quote ? 0 : c;
        else if (c == '\\' && *quote != '\'' && from + 1 < size)
            to[length++] = line[++from];
        else
            to[length++] = c;
    }
    to[length] = '\0';
    *at = from;
    if (*quote)
        return -EINVAL;
    return from > start;
}

int words_split(const char *line, char *storage, struct words *words)
{
    size_t size = strlen(line), at = 0;

    words->count = 0;
    for (;;) {
        char quote;
        int result = word_next(line, size, &at, storage, &quote);
        if (result < 0)
            return result;
        if (result == 0)
            break;
        if (words->count == WORDS_MAX)
            return -E2BIG;
        words->at[words->count++] = storage;
        storage += strlen(storage) + 1;
    }
    words->at[words->count] = NULL;
    return words->count;
}
