#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "user/tools/lib/tool.h"

TOOL(id, "[-u | -g] [-n]",
     "Who runs this: user and group.\n  -u  the user alone, -g the group; -n: by name\n")
{
    bool user_only = false, group_only = false, by_name = false;
    char user[32], group[32];
    int letter;

    while ((letter = option(count, words, "ugn")) != -1) {
        user_only |= letter == 'u';
        group_only |= letter == 'g';
        by_name |= letter == 'n';
    }
    user_text(geteuid(), user);
    group_text(getegid(), group);
    if (user_only || group_only) {
        if (by_name)
            puts(user_only ? user : group);
        else
            printf("%u\n", user_only ? (unsigned)geteuid() : (unsigned)getegid());
        return 0;
    }
    printf("uid=%u(%s) gid=%u(%s)\n", (unsigned)geteuid(), user, (unsigned)getegid(), group);
    return 0;
}
