#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/tools/lib/tool.h"

static bool with_count, repeated, single, fold;

static void put(const char *line, long long times)
{
    if ((repeated && times < 2) || (single && times > 1))
        return;
    if (with_count)
        printf("%7lld ", times);
    puts(line);
}

TOOL(uniq, "[-cdui] [FROM [TO]]",
     "Write lines that follow each other and are equal once.\n"
     "  -c  with their number   -d  those that come again alone   -u  those that do not\n"
     "  -i  large and small letters are the same\n")
{
    char *line = NULL, *last = NULL;
    size_t room = 0;
    long long times = 0;
    FILE *file;
    int letter;

    while ((letter = option(count, words, "cdui")) != -1) {
        with_count |= letter == 'c';
        repeated |= letter == 'd';
        single |= letter == 'u';
        fold |= letter == 'i';
    }
    file = file_of(optind < count ? words[optind] : "-");
    if (!file)
        return 1;
    if (optind + 1 < count && !freopen(words[optind + 1], "w", stdout))
        die("%s: %s", words[optind + 1], strerror(errno));
    while (line_of(file, &line, &room, NULL) >= 0) {
        if (last && (fold ? strcasecmp(line, last) : strcmp(line, last)) == 0) {
            times++;
            continue;
        }
        if (last)
            put(last, times);
        free(last);
        last = copy_of(line);
        times = 1;
    }
    if (last)
        put(last, times);
    free(last);
    free(line);
    file_done(file);
    return 0;
}
