#include <time.h>

#include "user/tools/common/processes.h"
#include "user/tools/tool.h"

static int uptime(struct words *words)
{
    uint64_t up = (uint64_t)uptime_seconds();
    time_t now = time(NULL);
    char text[16] = "";

    need_operands(words, 0, 0);
    strftime(text, sizeof(text), "%H:%M:%S", localtime(&now));
    printf("%s up ", text);
    if (up >= 86400)
        printf("%llu day%s, ", (unsigned long long)up / 86400, up < 2 * 86400 ? "" : "s");
    printf("%llu:%02llu:%02llu\n", (unsigned long long)up / 3600 % 24,
           (unsigned long long)up / 60 % 60, (unsigned long long)up % 60);
    return finish_output();
}

TOOL(uptime, "uptime", "", "print how long the system has been running", "")
