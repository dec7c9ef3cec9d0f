#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "user/tools/tool.h"

static unsigned mode = 0666;

static void read_options(struct words *words)
{
    for (int c; (c = option(words, "m:"));)
        if (!mode_change(option_value, 0666, false, &mode))
            wrong_use("%s: no mode", option_value);
}

static int mkfifo_(struct words *words)
{
    int status = 0;

    read_options(words);
    need_operands(words, 1, -1);
    for (int i = 0; i < words->count; i++)
        if (mkfifo(words->at[i], mode))
            status |= failed("%s", words->at[i]);
    return status;
}

static int mknod_(struct words *words)
{
    dev_t device = 0;
    mode_t type;

    read_options(words);
    need_operands(words, 2, 4);
    const char *kind = words->at[1];

    if (strlen(kind) != 1 || !strchr("pcb", *kind))
        wrong_use("%s: p (FIFO), c or b (device)", kind);
    type = *kind == 'p' ? S_IFIFO : *kind == 'c' ? S_IFCHR : S_IFBLK;
    if (*kind != 'p') {
        need_operands(words, 4, 4);
        device = makedev((unsigned)need_number(words->at[2], "major"),
                         (unsigned)need_number(words->at[3], "minor"));
    }
    return mknod(words->at[0], type | mode, device) ? failed("%s", words->at[0]) : 0;
}

TOOL(mkfifo_, "mkfifo", "[-m MODE] NAME…", "make FIFOs", "")
TOOL(mknod_, "mknod", "[-m MODE] NAME p | NAME c|b MAJOR MINOR", "make device files and FIFOs", "")
