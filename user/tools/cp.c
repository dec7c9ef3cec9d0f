#include "user/tools/common/copy.h"
#include "user/tools/tool.h"

static struct copying how;

static int one(const char *from, const char *to)
{
    return copy_tree(from, to, &how);
}

static int cp(struct words *words)
{
    for (int c; (c = option(words, "arRpfivLdP"));) {
        how.recursive |= c == 'r' || c == 'R' || c == 'a';
        how.keep |= c == 'p' || c == 'a';
        how.force |= c == 'f';
        how.ask |= c == 'i';
        how.verbose |= c == 'v';
        how.follow |= c == 'L';
    }
    need_operands(words, 2, -1);
    return each_target(words->count, words->at, one) | finish_output();
}

TOOL(cp, "cp", "[-rpafivL] FROM… TO", "copy files",
     "  -r  directories with all that is in them\n"
     "  -p  with mode, owner and times; -a: -r and -p\n"
     "  -L  what links point at instead of the links\n"
     "  -f  replace what cannot be written; -i asks before replacing; -v says what it copies\n")
