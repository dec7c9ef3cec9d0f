#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

/* To another file system: a copy, then the removal. */
static void carry(const char *from, const char *to)
{
    struct copying copying = {.folders = true, .keep = true, .force = true};
    struct removing removing = {.folders = true, .force = true};

    if (!copy_path(from, to, &copying) || !remove_path(from, &removing))
        tool_status = 1;
}

static void move(const char *from, const char *to, bool talk)
{
    if (rename(from, to)) {
        if (errno != EXDEV) {
            complain("%s to %s: %s", from, to, strerror(errno));
            return;
        }
        carry(from, to);
    }
    if (talk)
        printf("%s -> %s\n", from, to);
}

TOOL(mv, "[-fiv] FROM … TO",
     "Give a file another name, or move files into a folder.\n"
     "  -i  ask before replacing   -f  do not ask   -v  say what is moved\n")
{
    bool asking = false, talk = false;
    struct stat about;
    int letter;

    while ((letter = option(count, words, "fiv")) != -1) {
        asking = letter == 'i' || (asking && letter != 'f');
        talk |= letter == 'v';
    }
    if (count - optind < 2)
        usage();
    if (count - optind > 2 && (stat(words[count - 1], &about) || !S_ISDIR(about.st_mode)))
        die("%s: not a folder, and %d things to move", words[count - 1], count - optind - 1);
    for (int i = optind; i < count - 1; i++) {
        char *target = target_of(words[i], words[count - 1]);

        if (!asking || access(target, F_OK) || ask("replace %s? ", target))
            move(words[i], target, talk);
        free(target);
    }
    return 0;
}
