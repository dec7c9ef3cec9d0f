/* Reads and changes boot.cfg's text, line by line; boot_file.h. */
#include "user/apps/settings/boot_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- lines ------------------------------------------------------------------------------------------ */
/* Whether it is "name = value". */
static bool is_setting(struct piece line, const char *name, struct piece *value)
{
    struct piece rest = piece_trimmed(line), before;

    if (rest.size == 0 || *rest.at == '#' || *rest.at == '[')
        return false;
    if (!piece_until(&rest, '=', &before) || !piece_is(piece_trimmed(before), name))
        return false;
    *value = piece_trimmed(rest);
    return true;
}

static bool begins_entry(struct piece line)
{
    return piece_begins(piece_trimmed(line), "[");
}

struct piece boot_file_get(struct piece text, const char *name)
{
    struct piece found = {"", 0}, line;

    while (piece_line(&text, &line) && !begins_entry(line))
        (void)is_setting(line, name, &found);
    return found;
}

static bool is_value(const char *value)
{
    for (const char *at = value; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return false;
    return strlen(value) <= BOOT_LINE_MOST;
}

static void add_setting(struct text *to, const char *name, const char *value)
{
    text_print(to, "%s=%s\n", name, value);
}

/* The text with its first line of that name replaced, further ones left out; at the end of the general part
   when there is none. */
static void change(struct piece from, struct text *to, const char *name, const char *value)
{
    struct piece line, old;
    bool done = false, general = true;

    while (piece_line(&from, &line)) {
        if (general && begins_entry(line)) {
            general = false;
            if (!done)
                add_setting(to, name, value);
            done = true;
        }
        if (!general || !is_setting(line, name, &old)) {
            text_add(to, line.at, line.size);
            text_add(to, "\n", 1);
        } else if (!done) {
            add_setting(to, name, value);
            done = true;
        }
    }
    if (!done)
        add_setting(to, name, value);
}

int boot_file_set(struct text *text, const char *name, const char *value)
{
    struct text changed = {0};

    if (!is_value(value))
        return -EINVAL;
    change(text_piece(text), &changed, name, value);
    if (changed.broken || changed.size > BOOT_FILE_MOST) {
        int error = changed.broken ? -ENOMEM : -EFBIG;

        text_free(&changed);
        return error;
    }
    text_free(text);
    *text = changed;
    return 0;
}

/* ---- the kernel's words ----------------------------------------------------------------------------- */
static bool is_word(struct piece word, const char *name, struct piece *value)
{
    struct piece before, rest = word;

    *value = (struct piece){"", 0};
    if (!piece_until(&rest, '=', &before))
        return piece_is(word, name);
    *value = rest;
    return piece_is(before, name);
}

bool boot_words_get(struct piece words, const char *name, char *value, size_t room)
{
    struct piece word, found;
    bool there = false;

    while (piece_word(&words, &word))
        if (is_word(word, name, &found)) {
            piece_copy(found, value, room);
            there = true;
        }
    return there;
}

int boot_words_set(struct piece words, const char *name, const char *value, char to[BOOT_LINE_MOST + 1])
{
    struct piece word, old;
    size_t size = 0;

    if (value && strpbrk(value, " \t\n"))
        return -EINVAL;
    to[0] = '\0';
    while (piece_word(&words, &word)) {
        if (is_word(word, name, &old))
            continue;
        if (size + word.size + 1 > BOOT_LINE_MOST)
            return -EINVAL;
        size += (size_t)snprintf(to + size, BOOT_LINE_MOST + 1 - size, "%s%.*s", size ? " " : "",
                                 (int)word.size, word.at);
    }
    if (!value)
        return 0;
    int more = snprintf(to + size, BOOT_LINE_MOST + 1 - size, "%s%s%s%s", size ? " " : "", name,
                        *value ? "=" : "", value);

    return size + (size_t)more > BOOT_LINE_MOST ? -EINVAL : 0;
}

/* ---- the file --------------------------------------------------------------------------------------- */
static int write_over(const char *path, struct piece text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644), error = 0;

    if (fd < 0)
        return -errno;
    for (size_t done = 0; !error && done < text.size;) {
        ssize_t now = write(fd, text.at + done, text.size - done);

        error = now < 0 && errno != EINTR ? -errno : 0;
        done += now > 0 ? (size_t)now : 0;
    }
    if (!error && (ftruncate(fd, (off_t)text.size) < 0 || fsync(fd) < 0))
        error = -errno;
    close(fd);
    return error;
}

int boot_file_write(const char *path, struct piece text)
{
    struct text old = {0};
    char backup[256];
    int error = text_read(&old, path, BOOT_FILE_MOST * 4);

    if (snprintf(backup, sizeof(backup), "%s.old", path) >= (int)sizeof(backup))
        error = -ENAMETOOLONG;
    if (error == -ENOENT)
        error = 0;
    else if (!error)
        error = write_over(backup, text_piece(&old));
    text_free(&old);
    return error ? error : write_over(path, text);
}
