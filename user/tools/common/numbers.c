/* Numbers as people write them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/tool.h"

static const char units[] = "KMGTPE";

bool number_of(const char *text, uint64_t *value)
{
    uint64_t number = 0;

    if (!isdigit((unsigned char)*text))
        return false;
    for (; isdigit((unsigned char)*text); text++)
        if (__builtin_mul_overflow(number, 10u, &number)
            || __builtin_add_overflow(number, (unsigned)(*text - '0'), &number))
            return false;
    if (*text) {
        const char *unit = strchr(units, toupper((unsigned char)*text));
        unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

        if (!unit || text[1] || number > UINT64_MAX >> shift)
            return false;
        number <<= shift;
    }
    *value = number;
    return true;
}

uint64_t need_number(const char *text, const char *what)
{
    uint64_t value;

    if (!number_of(text, &value))
        wrong_use("%s: %s is no number", what, text);
    return value;
}

const char *human(uint64_t bytes, char *to)
{
    uint64_t tenths;
    int unit = -1;

    if (bytes < 1024) {
        snprintf(to, HUMAN_BYTES, "%u", (unsigned)bytes);
        return to;
    }
    while (bytes >= 1024 * 1024) {
        bytes = bytes / 1024 + (bytes % 1024 != 0);
        unit++;
    }
    unit++;
    tenths = (bytes * 10 + 1023) / 1024;
    if (tenths < 100)
        snprintf(to, HUMAN_BYTES, "%u.%u%c", (unsigned)(tenths / 10), (unsigned)(tenths % 10), units[unit]);
    else if (bytes <= 1023 * 1024)
        snprintf(to, HUMAN_BYTES, "%u%c", (unsigned)((bytes + 1023) / 1024), units[unit]);
    else
        snprintf(to, HUMAN_BYTES, "1.0%c", units[unit + 1]);
    return to;
}

double seconds_of(const char *text)
{
    static const struct {
        char unit;
        double seconds;
    } times[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    char *end;
    double value = strtod(text, &end);

    if (end == text || !(value >= 0 && value < 1e15))
        return -1;
    if (!*end)
        return value;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        if (end[0] == times[i].unit && end[1] == '\0')
            return value * times[i].seconds;
    return -1;
}
