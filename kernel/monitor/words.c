/* The monitor's parser. Use: words_split for a whole line, word_next to look at one word by word.
 */
#include "kernel/monitor/words.h"

#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

int word_next(const char *line, size_t size, size_t *at, char *to, char *quote)
{
    const struct text text = text_of(line, size);
    const struct room word = room_of(to, size + 1);
    size_t from = *at, length = 0;
    *quote = 0;
    while (from < size && text_at(text, from) == ' ')
        from++;
    size_t start = from;
    for (; from < size && (*quote || text_at(text, from) != ' '); from++) {
        char c = text_at(text, from);
        if (*quote ? c == *quote : c == '\'' || c == '"')
            *quote = *quote ? 0 : c;
        else if (c == '\\' && *quote != '\'' && from + 1 < size)
            room_set(word, length++, text_at(text, ++from));
        else
            room_set(word, length++, c);
    }
    room_set(word, length, '\0');
    *at = from;
    if (*quote)
        return -EINVAL;
    return from > start;
}

int words_split(const char *line, char *storage, struct words *words)
{
    size_t size = strlen(line), at = 0;
    struct room left = room_of(storage, 2 * size + 2);

    words->count = 0;
    for (;;) {
        char quote;
        int result = word_next(line, size, &at, left.chars, &quote);
        if (result < 0)
            return result;
        if (result == 0)
            break;
        if (words->count == WORDS_MAX)
            return -E2BIG;
        words->at[words->count++] = left.chars;
        left = room_from(left, strlen(left.chars) + 1);
    }
    words->at[words->count] = NULL;
    return words->count;
}
