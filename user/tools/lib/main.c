/* Which tool: by the name that the program was called with, or `tools NAME …`. */
#include <getopt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

#define TOOL_NAME(id) extern const struct tool tool_##id;
#include "tools_table.h"
#undef TOOL_NAME

static const struct tool *const tools[] = {
#define TOOL_NAME(id) &tool_##id,
#include "tools_table.h"
#undef TOOL_NAME
};

static const struct {
    const char *name, *is;
} aliases[] = {
    {"[", "test"}, {"more", "less"}, {"egrep", "grep"}, {"fgrep", "grep"}, {"halt", "poweroff"}};

static const struct tool *find(const char *name)
{
    for (size_t i = 0; i < countof(aliases); i++)
        if (strcmp(name, aliases[i].name) == 0)
            name = aliases[i].is;
    for (size_t i = 0; i < countof(tools); i++)
        if (strcmp(name, tools[i]->name) == 0)
            return tools[i];
    return NULL;
}

static int list(void)
{
    size_t column = 0;

    printf("use: tools NAME [WORD …]; each has a name of its own in /bin, and --help.\n");
    for (size_t i = 0; i < countof(tools); i++) {
        column += strlen(tools[i]->name) + 1;
        if (column > 78) {
            putchar('\n');
            column = strlen(tools[i]->name) + 1;
        }
        printf("%s ", tools[i]->name);
    }
    putchar('\n');
    return 0;
}

/* `echo --help` and `test --help` are other things. */
static bool wants_help(int count, char **words)
{
    return count == 2 && strcmp(words[1], "--help") == 0 && strcmp(tool->name, "echo") != 0 &&
           strcmp(tool->name, "test") != 0;
}

int main(int count, char **words)
{
    const char *name = count > 0 ? last_part(words[0]) : "tools";
    int status;

    if (strcmp(name, "tools") == 0) {
        if (count < 2 || strcmp(words[1], "--help") == 0)
            return list();
        words++, count--;
        name = last_part(words[0]);
    }
    tool = find(name);
    if (!tool) {
        fprintf(stderr, "tools: %s: no such tool\n", name);
        return 127;
    }
    if (wants_help(count, words)) {
        printf("use: %s %s\n%s", tool->name, tool->usage, tool->help);
        return 0;
    }
    optind = 0; /* newlib and glibc begin afresh then */
    status = tool->run(count, words);
    if ((fflush(stdout) || ferror(stdout)) && errno != EPIPE)
        complain("standard output: %s", strerror(errno));
    return status ? status : tool_status;
}
