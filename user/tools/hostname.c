#include <errno.h>
#include <string.h>

#include "user/tools/lib/tool.h"

TOOL(hostname, "[NAME]", "This machine's name; with a word: give it another one.\n")
{
    char name[256] = "";

    if (count > 2)
        usage();
    if (count == 2 && sethostname(words[1], strlen(words[1])))
        die("%s: %s", words[1], strerror(errno));
    if (count == 1) {
        gethostname(name, sizeof(name) - 1);
        puts(name);
    }
    return 0;
}
