#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "user/tools/lib/tool.h"

TOOL(
    uname, "[-asnrvm]",
    "What system this is: -s name (without an option), -n machine's name, -r release, -v version,\n"
    "-m processor, -a all.\n")
{
    static const char letters[] = "snrvm";
    struct utsname name;
    const char *parts[] = {name.sysname, name.nodename, name.release, name.version, name.machine};
    unsigned wanted = 0;
    bool first = true;
    int letter;

    while ((letter = option(count, words, "asnrvm")) != -1)
        wanted |= letter == 'a' ? 31 : 1u << (strchr(letters, letter) - letters);
    if (uname(&name))
        die("%s", strerror(errno));
    if (!wanted)
        wanted = 1;
    for (size_t i = 0; i < countof(parts); i++) {
        if (wanted >> i & 1) {
            printf("%s%s", first ? "" : " ", parts[i]);
            first = false;
        }
    }
    putchar('\n');
    return 0;
}
