#include "user/tools/common/pattern.h"

#include "user/tools/tool.h"

void need_pattern(regex_t *pattern, const char *text, int flags)
{
    int error = regcomp(pattern, text, flags);
    char why[100];

    if (!error)
        return;
    regerror(error, pattern, why, sizeof(why));
    wrong_use("%s: %s", text, why);
}
