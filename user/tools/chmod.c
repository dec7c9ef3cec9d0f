#include <string.h>
#include <sys/stat.h>

#include "user/tools/tool.h"

static const char *change;
static bool recursive, verbose;

static int one(struct visit *visit, void *data)
{
    const struct stat *about = visit->about;
    unsigned mode;

    (void)data;
    visit->skip = !recursive;
    /* A directory: before its entries, so that it can be gone into; links below have no mode. */
    if (visit->after || S_ISLNK(about->st_mode))
        return 0;
    (void)mode_change(change, about->st_mode, S_ISDIR(about->st_mode), &mode);
    if (chmod(visit->path, mode))
        return failed("%s", visit->path);
    if (verbose)
        printf("%s: %04o\n", visit->path, mode);
    return 0;
}

static int chmod_(struct words *words)
{
    unsigned mode;
    int status = 0, i = 0;

    /* A mode may begin with '-', like an option. */
    for (; i < words->count && words->at[i][0] == '-' && words->at[i][1]
           && strspn(words->at[i] + 1, "Rv") == strlen(words->at[i] + 1); i++) {
        recursive |= strchr(words->at[i], 'R') != NULL;
        verbose |= strchr(words->at[i], 'v') != NULL;
    }
    if (words->count - i < 2)
        wrong_use("a word is missing");
    change = words->at[i];
    if (!mode_change(change, 0, false, &mode))
        wrong_use("%s: no mode", change);
    while (++i < words->count)
        status |= walk_tree(words->at[i], WALK_FOLLOW_NAMED, one, NULL);
    return status | finish_output();
}

TOOL(chmod_, "chmod", "[-Rv] MODE FILE…", "change permissions",
     "  MODE  octal, or as u+x,go-w: who (ugoa), + - or =, what (rwxXst, or ugo: as theirs)\n"
     "  -R    all that is below a directory, too\n")
