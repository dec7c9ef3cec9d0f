#include <string.h>
#include <sys/utsname.h>

#include "user/tools/tool.h"

static int uname_(struct words *words)
{
    static const char letters[] = "snrvm";
    struct utsname name;
    char shown[16] = "";
    const char *gap = "";

    for (int c; (c = option(words, "asnrvmpio"));) {
        c = strchr("pi", c) ? 'm' : c == 'o' ? 's' : c;
        if (c == 'a')
            strcpy(shown, letters);
        else if (strlen(shown) < 8)
            shown[strlen(shown)] = (char)c;
    }
    need_operands(words, 0, 0);
    if (uname(&name))
        return failed("uname");
    const char *texts[] = {name.sysname, name.nodename, name.release, name.version, name.machine};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strchr(*shown ? shown : "s", letters[i])) {
            printf("%s%s", gap, texts[i]);
            gap = " ";
        }
    putchar_unlocked('\n');
    return finish_output();
}

TOOL(uname_, "uname", "[-asnrvm]", "print what system this is",
     "  -s  its name; -n the machine's; -r release; -v version; -m kind of CPU; -a all of them\n")
