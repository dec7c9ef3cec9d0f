/* The boot.cfg parser: line by line, no allocation, no pointer kept into the text. */
#include "stage2/config.h"

#include "lib/printf.h"
#include "lib/string.h"

#define DEFAULT_KERNEL  "/boot/kernel.elf"
#define DEFAULT_TIMEOUT 5

/* A piece of the text. */
struct word {
    const char *start;
    size_t length;
};

void config_defaults(struct config *config)
{
    memset(config, 0, sizeof(*config));
    config->timeout_s = DEFAULT_TIMEOUT;
    strlcpy(config->kernel, DEFAULT_KERNEL, sizeof(config->kernel));
}

bool cmdline_append(char *cmdline, const char *words)
{
    size_t have = strlen(cmdline), more = strlen(words), space = have > 0;

    if (!more)
        return true;
    if (have + space + more >= BOOT_CMDLINE_MAX)
        return false;
    if (space)
        cmdline[have] = ' ';
    memcpy(cmdline + have + space, words, more + 1);
    return true;
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct word trim(struct word word)
{
    while (word.length && is_blank(word.start[0])) {
        word.start++;
        word.length--;
    }
    while (word.length && is_blank(word.start[word.length - 1]))
        word.length--;
    return word;
}

static bool is(struct word word, const char *text)
{
    return word.length == strlen(text) && !memcmp(word.start, text, word.length);
}

/* False: it does not fit, and nothing was copied. */
static bool copy(struct word word, char *to, size_t size)
{
    if (word.length >= size)
        return false;
    memcpy(to, word.start, word.length);
    to[word.length] = 0;
    return true;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void complain(struct config *config, uint32_t line, const char *what, struct word word)
{
    char shown[32];
    size_t length = word.length < sizeof(shown) - 1 ? word.length : sizeof(shown) - 1;

    if (config->errors++)
        return;
    memcpy(shown, word.start, length);
    shown[length] = 0;
    config->error_line = line;
    snprintf(config->error, sizeof(config->error), what, shown);
}

static bool parse_seconds(struct word word, uint32_t *seconds)
{
    uint32_t value = 0;

    if (!word.length)
        return false;
    for (size_t i = 0; i < word.length; i++) {
        char c = word.start[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (uint32_t)(c - '0');
        if (value > CONFIG_TIMEOUT_MAX)
            return false;
    }
    *seconds = value;
    return true;
}

static const char *set_general(struct config *config, struct word name, struct word value)
{
    if (is(name, "kernel"))
        return value.length && value.start[0] == '/' &&
                       copy(value, config->kernel, sizeof(config->kernel))
                   ? NULL
                   : "kernel: not a path from / of at most 95 bytes: %s";
    if (is(name, "cmdline"))
        return copy(value, config->cmdline, sizeof(config->cmdline))
                   ? NULL
                   : "cmdline: longer than 511 bytes: %s";
    if (is(name, "timeout"))
        return parse_seconds(value, &config->timeout_s)
                   ? NULL
                   : "timeout: not a number from 0 to 3600: %s";
    if (is(name, "menu")) {
        config->menu = is(value, "yes");
        return config->menu || is(value, "no") ? NULL : "menu: not yes or no: %s";
    }
    return "";
}

static const char *set_in_entry(struct config_entry *entry, struct word name, struct word value)
{
    if (is(name, "kernel"))
        return value.length && value.start[0] == '/' &&
                       copy(value, entry->kernel, sizeof(entry->kernel))
                   ? NULL
                   : "kernel: not a path from / of at most 95 bytes: %s";
    if (is(name, "cmdline"))
        return copy(value, entry->cmdline, sizeof(entry->cmdline))
                   ? NULL
                   : "cmdline: longer than 511 bytes: %s";
    return "";
}

static void parse_setting(struct config *config, struct config_entry *entry, uint32_t number,
                          struct word line)
{
    const char *equals = line.start;
    const char *end = line.start + line.length;

    while (equals < end && *equals != '=')
        equals++;
    if (equals == end) {
        complain(config, number, "neither NAME = VALUE nor [Title]: %s", line);
        return;
    }
    struct word name = trim((struct word){line.start, (size_t)(equals - line.start)});
    struct word value = trim((struct word){equals + 1, (size_t)(end - equals - 1)});
    const char *error = entry ? set_in_entry(entry, name, value) : set_general(config, name, value);
    if (error)
        complain(config, number, *error ? error : "no such setting here: %s",
                 *error ? value : name);
}

/* Where the settings that follow go: a new entry, or one that is thrown away for lack of room. */
static struct config_entry *parse_title(struct config *config, uint32_t number, struct word line,
                                        struct config_entry *nowhere)
{
    struct word title = {line.start + 1, line.length - 1};

    *nowhere = (struct config_entry){0};
    if (!title.length || title.start[title.length - 1] != ']') {
        complain(config, number, "no ] at the end of %s", line);
        return nowhere;
    }
    title.length--;
    title = trim(title);
    if (config->entry_count == CONFIG_ENTRIES_MAX) {
        complain(config, number, "more than 5 entries: [%s]", title);
        return nowhere;
    }
    struct config_entry *entry = &config->entries[config->entry_count];
    if (!title.length || !copy(title, entry->title, sizeof(entry->title))) {
        complain(config, number, "a title has 1 to 39 bytes: %s", title);
        return nowhere;
    }
    config->entry_count++;
    return entry;
}

/* A byte that no text file has, or size. */
static size_t find_binary(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c == 0x7f || (c < ' ' && c != '\n' && c != '\r' && c != '\t'))
            return i;
    }
    return size;
}

void config_parse(const char *text, size_t size, struct config *config)
{
    static struct config_entry nowhere;
    struct config_entry *entry = NULL;
    uint32_t number = 0;

    config_defaults(config);
    size_t binary = find_binary(text, size);
    if (binary < size) {
        config->errors = 1;
        config->error_line = 1;
        for (size_t i = 0; i < binary; i++)
            config->error_line += text[i] == '\n';
        snprintf(config->error, sizeof(config->error), "not a text file, byte %02x at offset %u",
                 (uint8_t)text[binary], (uint32_t)binary);
        return;
    }
    for (size_t at = 0; at < size;) {
        size_t end = at;
        while (end < size && text[end] != '\n')
            end++;
        struct word line = trim((struct word){text + at, end - at});
        at = end + 1;
        number++;
        if (!line.length || line.start[0] == '#')
            continue;
        if (line.start[0] == '[')
            entry = parse_title(config, number, line, &nowhere);
        else
            parse_setting(config, entry, number, line);
    }
}
