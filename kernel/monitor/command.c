/* What commands have in common: errors, numbers, Ctrl-C. */
#include "kernel/monitor/command.h"

#include <stdarg.h>

#include "kernel/core/input/input.h"
#include "lib/cmdline.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define CTRL_C 3

static void print_error(const char *name, const char *format, va_list args)
{
    static char text[4096];
    vsnprintf(text, sizeof(text), format, args);
    output_print("\x1b[31m%s: ", name);
    output_foreign(text, strlen(text));
    output_print("\x1b[0m\n");
}

int command_fail(const struct words *words, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_error(words->at[0], format, args);
    va_end(args);
    return COMMAND_FAILED;
}

int command_misused(const struct words *words, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_error(words->at[0], format, args);
    va_end(args);
    const struct monitor_command *command = command_find(words->at[0]);
    if (command)
        output_print("usage: %s\n", command->usage);
    return COMMAND_USAGE;
}

bool command_interrupted(void)
{
    return input_waiting(CTRL_C);
}

static int hexadecimal(struct text text, uint64_t *number)
{
    uint64_t value = 0;
    if (text.size == 0 || text.size > 16)
        return -EINVAL;
    for (size_t i = 0; i < text.size; i++) {
        char c = text_at(text, i), lower = c | 0x20;
        if (c >= '0' && c <= '9')
            value = value * 16 + (uint64_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value * 16 + (uint64_t)(lower - 'a' + 10);
        else
            return -EINVAL;
    }
    *number = value;
    return 0;
}

int command_number(const struct words *words, const char *what, const char *text, uint64_t least,
                   uint64_t most, uint64_t *number)
{
    bool hex = strncmp(text, "0x", 2) == 0;
    int error = hex ? hexadecimal(text_from(text_of(text, strlen(text)), 2), number)
                    : parse_size(text, number);
    if (!error && *number >= least && *number <= most)
        return 0;
    command_misused(words, "%s %s: a number from %llu to %llu, as 512, 0x200 or 4K", what, text,
                    (unsigned long long)least, (unsigned long long)most);
    return -EINVAL;
}
