#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "user/tools/tool.h"

static int id(struct words *words)
{
    bool only_user = false, only_group = false, names = false;
    uid_t uid = getuid();
    gid_t gid = getgid();

    for (int c; (c = option(words, "ugn"));) {
        only_user |= c == 'u';
        only_group |= c == 'g';
        names |= c == 'n';
    }
    need_operands(words, 0, 1);
    if (words->count == 1) {
        const struct passwd *entry = getpwnam(words->at[0]);

        if (!entry)
            return wrong("%s: no such user", words->at[0]);
        uid = entry->pw_uid;
        gid = entry->pw_gid;
    }
    if (only_user || only_group) {
        unsigned number = only_user ? (unsigned)uid : (unsigned)gid;

        if (names)
            puts(only_user ? user_text(number) : group_text(number));
        else
            printf("%u\n", number);
        return finish_output();
    }
    printf("uid=%u(%s) ", (unsigned)uid, user_text(uid));
    printf("gid=%u(%s)\n", (unsigned)gid, group_text(gid));
    return finish_output();
}

static int whoami(struct words *words)
{
    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 0, 0);
    puts(user_text(geteuid()));
    return finish_output();
}

TOOL(id, "id", "[-ugn] [USER]", "print who one is",
     "  -u  the user alone, -g the group alone; -n its name\n")
TOOL(whoami, "whoami", "", "print the user's name", "")
