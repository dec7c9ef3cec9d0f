#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/tools/tool.h"

static uid_t user = (uid_t)-1;
static gid_t group = (gid_t)-1;
static bool recursive, of_links;

static int one(struct visit *visit, void *data)
{
    (void)data;
    visit->skip = !recursive;
    if (visit->after)
        return 0;
    if (of_links || (visit->depth > 0 && S_ISLNK(visit->about->st_mode))
            ? lchown(visit->path, user, group)
            : chown(visit->path, user, group))
        return failed("%s", visit->path);
    return 0;
}

static uid_t user_of(const char *text)
{
    const struct passwd *entry = getpwnam(text);
    uint64_t number;

    if (entry)
        return entry->pw_uid;
    if (!number_of(text, &number) || number >= UINT32_MAX)
        wrong_use("%s: no user", text);
    return (uid_t)number;
}

static gid_t group_of(const char *text)
{
    const struct group *entry = getgrnam(text);
    uint64_t number;

    if (entry)
        return entry->gr_gid;
    if (!number_of(text, &number) || number >= UINT32_MAX)
        wrong_use("%s: no group", text);
    return (gid_t)number;
}

static int change(struct words *words, bool only_group)
{
    int status = 0;

    for (int c; (c = option(words, "Rh"));) {
        recursive |= c == 'R';
        of_links |= c == 'h';
    }
    need_operands(words, 2, -1);
    char *owner = words->at[0], *colon = only_group ? NULL : strchr(owner, ':');

    if (colon)
        *colon = '\0';
    if (only_group)
        group = group_of(owner);
    else if (*owner)
        user = user_of(owner);
    if (colon && colon[1])
        group = group_of(colon + 1);
    for (int i = 1; i < words->count; i++)
        status |= walk_tree(words->at[i], of_links ? 0 : WALK_FOLLOW_NAMED, one, NULL);
    return status;
}

static int chown_(struct words *words)
{
    return change(words, false);
}

static int chgrp(struct words *words)
{
    return change(words, true);
}

TOOL(chown_, "chown", "[-Rh] [USER][:GROUP] FILE…", "change owners",
     "  -R  all that is below a directory, too\n"
     "  -h  of links themselves\n")
TOOL(chgrp, "chgrp", "[-Rh] GROUP FILE…", "change the group that files belong to",
     "  -R, -h  as chown\n")
