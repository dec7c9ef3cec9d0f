#include "user/tools/common/mounts.h"

#include <stdlib.h>
#include <string.h>

#include "user/tools/tool.h"

/* Blanks in names are \040 and their like there. */
static void unescape(char *text)
{
    char *to = text;

    for (; *text; text++) {
        if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
            *to++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
            text += 3;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

static void add(struct mounts *mounts, char *line)
{
    char *fields[4] = {0}, *rest = line;

    for (int i = 0; i < 4; i++) {
        fields[i] = strtok_r(rest, " ", &rest);
        if (!fields[i])
            return;
        unescape(fields[i]);
    }
    mounts->at = take_more(mounts->at, (mounts->count + 1) * sizeof(*mounts->at));
    mounts->at[mounts->count++] =
        (struct mount_entry){fields[0], fields[1], fields[2], fields[3]};
}

int mounts_read(struct mounts *mounts)
{
    *mounts = (struct mounts){.text = read_file("/proc/mounts")};
    if (!mounts->text)
        return failed("/proc/mounts");
    char *rest = mounts->text;

    for (char *line; (line = strtok_r(rest, "\n", &rest));)
        add(mounts, line);
    return 0;
}

void mounts_free(struct mounts *mounts)
{
    free(mounts->at);
    free(mounts->text);
}
