/* Themes: see theme.h. A table names every colour and measure, so that reading, checking and defaults have
   one home. */
#include "user/draw/theme.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX 16384u

static const char *folder = "/usr/share/themes";

void theme_folder(const char *path)
{
    folder = path;
}

/* What there is when no file can be read: the dark theme. */
static const struct theme dark = {
    .name = "dark",
    .desktop = {0xFF0B1220, 0xFF3A2F7A, 0xFF1B6F6B, 0xFF1E4C8F},
    .panel = 0xFF141B28,
    .panel_text = 0xFFE8EDF5,
    .frame = 0xFF1F2937,
    .frame_text = 0xFFF2F5FA,
    .frame_back = 0xFF1A2230,
    .frame_back_text = 0xFFA3AEBF,
    .border = 0xFF38455A,
    .surface = 0xFF18202D,
    .text = 0xFFE8EDF5,
    .dim_text = 0xFFA3AEBF,
    .field = 0xFF0F1622,
    .field_text = 0xFFE8EDF5,
    .hover = 0xFF263347,
    .accent = 0xFF5B9DFF,
    .accent_text = 0xFF06101F,
    .selected = 0xFF26456E,
    .selected_text = 0xFFF2F5FA,
    .good = 0xFF50D68C,
    .warning = 0xFFFFB454,
    .bad = 0xFFFF7A8B,
    .code_keyword = 0xFFC792FF,
    .code_type = 0xFF5CD0E6,
    .code_string = 0xFF9FDC7C,
    .code_number = 0xFFFFB26B,
    .code_comment = 0xFF8C9AB0,
    .code_special = 0xFFFF8FB3,
    .radius = 10,
    .shadow = 24,
};

static const struct word {
    const char *name;
    size_t at;
    int most; /* 0: a colour, else a number of 0 … most */
} words[] = {
#define COLOUR(name) {#name, offsetof(struct theme, name), 0}
    {"desktop.1", offsetof(struct theme, desktop[0]), 0},
    {"desktop.2", offsetof(struct theme, desktop[1]), 0},
    {"desktop.3", offsetof(struct theme, desktop[2]), 0},
    {"desktop.4", offsetof(struct theme, desktop[3]), 0},
    COLOUR(panel), COLOUR(panel_text), COLOUR(frame), COLOUR(frame_text), COLOUR(frame_back),
    COLOUR(frame_back_text), COLOUR(border), COLOUR(surface), COLOUR(text), COLOUR(dim_text), COLOUR(field),
    COLOUR(field_text), COLOUR(hover), COLOUR(accent), COLOUR(accent_text), COLOUR(selected),
    COLOUR(selected_text), COLOUR(good), COLOUR(warning), COLOUR(bad),
    COLOUR(code_keyword), COLOUR(code_type), COLOUR(code_string), COLOUR(code_number), COLOUR(code_comment),
    COLOUR(code_special),
    {"radius", offsetof(struct theme, radius), 32},
    {"shadow", offsetof(struct theme, shadow), 64},
#undef COLOUR
};
#define WORDS (sizeof(words) / sizeof(words[0]))

static const struct word *find_word(const char *name, size_t size)
{
    for (size_t i = 0; i < WORDS; i++)
        if (strlen(words[i].name) == size && strncmp(words[i].name, name, size) == 0)
            return &words[i];
    return NULL;
}

static bool set_colour(void *to, const char *text)
{
    if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return false;
    *(colour_t *)to = 0xFF000000 | (colour_t)strtoul(text + 1, NULL, 16);
    return true;
}

static bool set_number(void *to, const char *text, int most)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (end == text || *end || value < 0 || value > most)
        return false;
    *(int *)to = (int)value;
    return true;
}

/* "name value", blanks around them; '#' alone at the start begins a comment. NULL, or what is wrong. */
static const char *read_line(struct theme *theme, char *line, bool given[WORDS])
{
    char *name = line + strspn(line, " \t"), *value = name + strcspn(name, " \t");
    size_t size = (size_t)(value - name);

    value += strspn(value, " \t");
    value[strcspn(value, " \t\r")] = 0;
    if (name[0] == 0 || name[0] == '\r' || name[0] == '#')
        return NULL;
    const struct word *word = find_word(name, size);
    void *to = word ? (char *)theme + word->at : NULL;

    if (!word)
        return "no such name";
    if (given[word - words])
        return "it was there before";
    given[word - words] = true;
    if (word->most ? !set_number(to, value, word->most) : !set_colour(to, value))
        return word->most ? "not a number in its range" : "not a colour like #12ab9f";
    return NULL;
}

int theme_read(struct theme *theme, char *text, char wrong[128])
{
    bool given[WORDS] = {false};
    int number = 1;

    for (char *line = text, *next; line; line = next, number++) {
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        const char *why = read_line(theme, line, given);

        if (why) {
            snprintf(wrong, 128, "line %d: %s", number, why);
            return -EINVAL;
        }
    }
    for (size_t i = 0; i < WORDS; i++)
        if (!given[i]) {
            snprintf(wrong, 128, "%s is missing", words[i].name);
            return -EINVAL;
        }
    return 0;
}

static int read_theme(struct theme *theme, const char *name, char wrong[128])
{
    char path[256], text[FILE_MAX];

    snprintf(path, sizeof(path), "%s/%s.theme", folder, name);
    FILE *file = fopen(path, "r");

    if (!file) {
        snprintf(wrong, 128, "%.100s: no such theme", name);
        return -ENOENT;
    }
    size_t size = fread(text, 1, sizeof(text) - 1, file);

    fclose(file);
    text[size] = 0;
    if (size == sizeof(text) - 1 || strlen(text) != size) {
        snprintf(wrong, 128, "%.100s: not a theme's text", name);
        return -EINVAL;
    }
    return theme_read(theme, text, wrong);
}

static bool is_name(const char *name)
{
    size_t size = strnlen(name, sizeof(dark.name));

    return size > 0 && size < sizeof(dark.name) && !strchr(name, '/') && name[0] != '.';
}

int theme_load(struct theme *theme, const char *name, char wrong[128])
{
    char unused[128];
    int error = -ENOENT;

    *theme = dark;
    wrong = wrong ? wrong : unused;
    snprintf(wrong, 128, "no such theme");
    if (is_name(name))
        error = read_theme(theme, name, wrong);
    if (error)
        *theme = dark;
    else
        snprintf(theme->name, sizeof(theme->name), "%s", name);
    return error;
}

/* ---- accents ---------------------------------------------------------------------------------------- */

const struct accent theme_accents[THEME_ACCENTS] = {
    {"blue", 0xFF5B9DFF},  {"violet", 0xFFA583FF}, {"teal", 0xFF37D6B5},
    {"green", 0xFF50D68C}, {"orange", 0xFFFFB454}, {"pink", 0xFFFF7AB8},
};

static colour_t better(colour_t ground, colour_t a, colour_t b)
{
    return colour_contrast(ground, a) >= colour_contrast(ground, b) ? a : b;
}

static bool is_read(const struct theme *theme, colour_t colour)
{
    return colour_contrast(colour, theme->surface) >= CONTRAST_LEAST
           && colour_contrast(colour, theme->field) >= CONTRAST_LEAST;
}

void theme_set_accent(struct theme *theme, colour_t accent)
{
    const colour_t black = 0xFF000000, white = 0xFFFFFFFF;
    colour_t end = better(theme->surface, black, white), read = accent | 0xFF000000;

    for (unsigned part = 8; part < 255 && !is_read(theme, read); part += 8)
        read = colour_mix(accent | 0xFF000000, end, part);
    theme->accent = read;
    theme->accent_text = better(read, black, white);
    theme->selected = colour_mix(theme->field, read, 90);
    theme->selected_text = better(theme->selected, black, white);
}
