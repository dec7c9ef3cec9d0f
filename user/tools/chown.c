#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static uid_t user = (uid_t)-1;
static gid_t group = (gid_t)-1;

static void change(const char *path, bool deep)
{
    struct stat about;
    struct names names;

    if (lstat(path, &about) || (deep ? lchown(path, user, group) : chown(path, user, group))) {
        complain_of(path);
        return;
    }
    if (!deep || !S_ISDIR(about.st_mode) || !folder_read(path, &names))
        return;
    for (size_t i = 0; i < names.count; i++) {
        char *part = path_in(path, names.at[i]);

        change(part, true);
        free(part);
    }
    names_free(&names);
}

static void take_owner(char *word)
{
    char *colon = strchr(word, ':');

    if (colon)
        *colon++ = 0;
    if (*word) {
        struct passwd *record = getpwnam(word);

        user = record ? record->pw_uid : (uid_t)number_of(word, 0, 0xfffffffe);
    }
    if (colon && *colon) {
        struct group *record = getgrnam(colon);

        group = record ? record->gr_gid : (gid_t)number_of(colon, 0, 0xfffffffe);
    }
}

TOOL(chown, "[-R] USER[:GROUP] PATH …",
     "Give files another owner, by name or number.\n  -R  folders with all that is in them\n")
{
    bool deep = false;

    while (option(count, words, "R") != -1)
        deep = true;
    if (count - optind < 2)
        usage();
    take_owner(words[optind]);
    for (int i = optind + 1; i < count; i++)
        change(words[i], deep);
    return 0;
}
