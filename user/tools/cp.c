#include <stdlib.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

TOOL(cp, "[-rpfivPa] FROM … TO",
     "Copy a file, or several files into a folder.\n"
     "  -r  folders with all that is in them   -p  keep mode, owner and times   -a  both\n"
     "  -f  replace what cannot be written     -i  ask before replacing\n"
     "  -P  links as links                     -v  say what is copied\n")
{
    struct copying how = {0};
    struct stat about;
    int letter;

    while ((letter = option(count, words, "rRpfivPa")) != -1) {
        how.folders |= letter == 'r' || letter == 'R' || letter == 'a';
        how.keep |= letter == 'p' || letter == 'a';
        how.force |= letter == 'f';
        how.ask |= letter == 'i';
        how.talk |= letter == 'v';
        how.links |= letter == 'P';
    }
    if (count - optind < 2)
        usage();
    if (count - optind > 2 && (stat(words[count - 1], &about) || !S_ISDIR(about.st_mode)))
        die("%s: not a folder, and %d things to copy", words[count - 1], count - optind - 1);
    for (int i = optind; i < count - 1; i++) {
        char *target = target_of(words[i], words[count - 1]);

        if (!copy_path(words[i], target, &how))
            tool_status = 1;
        free(target);
    }
    return 0;
}
