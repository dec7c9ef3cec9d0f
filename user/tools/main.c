/* /bin/tools: which of the tools it is, and their --help. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/tool.h"

extern const struct tool *const __start_tool_list[], *const __stop_tool_list[];

const struct tool *this_tool;

static int by_name(const void *one, const void *other)
{
    const struct tool *const *a = one, *const *b = other;

    return strcmp((*a)->name, (*b)->name);
}

static const struct tool *find(const char *name)
{
    for (const struct tool *const *t = __start_tool_list; t < __stop_tool_list; t++)
        if (strcmp((*t)->name, name) == 0)
            return *t;
    return NULL;
}

static int tools(struct words *words)
{
    size_t count = (size_t)(__stop_tool_list - __start_tool_list);
    const struct tool **all = take(count * sizeof(*all));
    bool names_only = false;

    for (int c; (c = option(words, "1"));)
        names_only = c == '1';
    if (words->count > 0)
        wrong_use("%s: no such tool", words->at[0]);
    memcpy(all, __start_tool_list, count * sizeof(*all));
    qsort(all, count, sizeof(*all), by_name);
    for (size_t i = 0; i < count; i++)
        if (names_only)
            puts(all[i]->name);
        else
            printf("%-10s %s\n", all[i]->name, all[i]->does);
    free(all);
    return finish_output();
}

TOOL(tools, "tools", "[-1] | NAME [WORD…]", "list the tools, or run one", "  -1  names alone\n")

static int help(const struct tool *tool)
{
    printf("use: %s%s%s\n%s%c%s.\n%s", tool->name, *tool->usage ? " " : "", tool->usage, "",
           *tool->does - 'a' + 'A', tool->does + 1, tool->options);
    return finish_output();
}

int main(int count, char **at)
{
    const char *name = count > 0 ? base_name(at[0]) : "tools";
    struct words words = {count - 1, at + 1};

    setlocale(LC_ALL, "C.UTF-8");
    this_tool = find(name);
    if ((!this_tool || strcmp(name, "tools") == 0) && words.count > 0 && find(words.at[0])) {
        this_tool = find(words.at[0]);
        words = (struct words){words.count - 1, words.at + 1};
    }
    if (!this_tool) {
        this_tool = &tool_tools;
        return wrong("%s: no such tool", name);
    }
    if (words.count == 1 && strcmp(words.at[0], "--help") == 0)
        return help(this_tool);
    return this_tool->run(&words);
}
