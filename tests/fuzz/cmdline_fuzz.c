/* Fuzz the command line: a name, a NUL, the line. Each buffer size gives a beginning of the same
   value, which stands in the line; and parse_size agrees with 128-bit arithmetic. */
/* links: lib/cmdline.c */
/* options: -max_len=600 */
#include "lib/cmdline.h"
#include "lib/errno.h"
#include "tests/fuzz/fuzz.h"

static char *text_copy(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);

    must(text != NULL);
    memcpy(text, bytes, size);
    text[size] = '\0';
    return text;
}

static void check_parse_size(const char *text)
{
    uint64_t ours = 7;
    int error = parse_size(text, &ours);
    size_t digits = strspn(text, "0123456789");
    const char *unit = text[digits] != '\0' ? strchr("KkMmGg", text[digits]) : "";
    int sound = digits > 0 && unit != NULL && text[digits + (*unit != '\0')] == '\0';

    must(sound ? error == 0 || error == -ERANGE : error == -EINVAL);
    if (sound) {
        unsigned shift = *unit == '\0'         ? 0
                         : strchr("Kk", *unit) ? 10
                         : strchr("Mm", *unit) ? 20
                                               : 30;
        unsigned __int128 value = 0;
        for (size_t i = 0; i < digits && value >> 64 == 0; i++)
            value = value * 10 + (unsigned)(text[i] - '0');
        value = value >> 64 ? value : value << shift;
        must(error == (value >> 64 ? -ERANGE : 0));
        must(error != 0 || ours == (uint64_t)value);
    }
}

static void check_get(const char *line, const char *name)
{
    size_t whole = strlen(line) + 1;
    char *value = malloc(whole);

    must(value != NULL);
    int error = cmdline_get(line, name, value, whole);
    must(error == (cmdline_has(line, name) ? 0 : -ENOENT));
    if (error == 0) {
        size_t length = strlen(value);
        must(strstr(line, name) != NULL && strstr(line, value) != NULL);
        for (size_t size = 0; size <= length; size += size / 2 + 1) {
            char *part = malloc(size + 1);
            must(part != NULL);
            must(cmdline_get(line, name, part, size) == -ERANGE);
            must(size == 0 || (strlen(part) == size - 1 && memcmp(part, value, size - 1) == 0));
            free(part);
        }
        check_parse_size(value);
    }
    free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const uint8_t *nul = memchr(bytes, 0, size);

    if (nul == NULL)
        return 0;
    size_t name_length = (size_t)(nul - bytes);
    size_t line_length = size - name_length - 1;
    const uint8_t *line_end = memchr(nul + 1, 0, line_length);
    if (line_end != NULL)
        line_length = (size_t)(line_end - nul) - 1;
    char *name = text_copy(bytes, name_length), *line = text_copy(nul + 1, line_length);
    check_get(line, name);
    check_parse_size(line);
    free(name);
    free(line);
    return 0;
}
