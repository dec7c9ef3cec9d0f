/* Arguments and environment of a program, gathered in one piece of kernel memory. What ring 3
   changes meanwhile changes nothing: each byte is read once. */
#include <stdbool.h>

#include "kernel/core/memory/heap.h"
#include "kernel/process/exec.h"
#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

#define FIRST_ROOM 1024u

/* Twice the room, with what is there. */
static int grow(struct program_strings *strings)
{
    size_t room = strings->room ? strings->room * 2 : FIRST_ROOM;
    char *bytes = room <= PROGRAM_STRINGS_MAX ? alloc(room, 1) : NULL;

    if (!bytes)
        return room <= PROGRAM_STRINGS_MAX ? -ENOMEM : -E2BIG;
    if (strings->size)
        memcpy(bytes, strings->bytes, strings->size);
    dealloc(strings->bytes, strings->room, 1);
    strings->bytes = bytes;
    strings->room = room;
    return 0;
}

void program_strings_free(struct program_strings *strings)
{
    dealloc(strings->bytes, strings->room, 1);
    *strings = (struct program_strings){.bytes = NULL};
}

static struct room rest(const struct program_strings *strings)
{
    return room_from(room_of(strings->bytes, strings->room), strings->size);
}

static int add_from_user(struct program_strings *strings, struct user from)
{
    for (;;) {
        size_t length;
        int error = strings->room > strings->size
                        ? copy_string_from_user(rest(strings).chars, from, rest(strings).size,
                                                &length)
                        : -ENAMETOOLONG;

        if (error == 0)
            strings->size += length + 1;
        else if (error == -ENAMETOOLONG)
            error = grow(strings) ?: -ENAMETOOLONG;
        if (error != -ENAMETOOLONG)
            return error;
    }
}

static int add_all_from_user(struct program_strings *strings, struct user list, uint32_t *count)
{
    for (*count = 0; list.at; list = user_plus(list, 8)) {
        struct user string;
        int error = copy_from_user(&string.at, list, sizeof(string.at));

        if (!error && string.at == 0)
            return 0;
        if (!error)
            error = add_from_user(strings, string);
        if (error)
            return error;
        ++*count;
    }
    return 0;
}

int program_strings_of_user(struct program_strings *strings, struct user arguments,
                            struct user environment)
{
    *strings = (struct program_strings){.bytes = NULL};
    int error = add_all_from_user(strings, arguments, &strings->arguments);

    if (!error)
        error = add_all_from_user(strings, environment, &strings->environment);
    if (error)
        program_strings_free(strings);
    return error;
}

static int add(struct program_strings *strings, const char *string)
{
    size_t size = strlen(string) + 1;

    while (strings->room - strings->size < size) {
        int error = grow(strings);

        if (error)
            return error;
    }
    memcpy(rest(strings).chars, string, size);
    strings->size += size;
    return 0;
}

static int add_words(struct program_strings *strings, const struct program_words *words)
{
    int error = 0;

    for (unsigned i = 0; i < words->count && i < PROGRAM_WORDS_MAX && !error; i++)
        error = add(strings, words->at[i]);
    return error;
}

int program_strings_of_kernel(struct program_strings *strings,
                              const struct program_words *arguments,
                              const struct program_words *environment)
{
    *strings = (struct program_strings){
        .arguments = arguments->count,
        .environment = environment->count,
    };
    int error = add_words(strings, arguments);

    if (!error)
        error = add_words(strings, environment);
    if (error)
        program_strings_free(strings);
    return error;
}

void program_strings_begin(const struct program_strings *strings, struct process_words *words)
{
    struct text all = text_of(strings->bytes, strings->size);
    uint32_t left = strings->arguments;
    size_t size = 0;

    while (left > 0 && size < all.size && size < PROCESS_WORDS_MAX - 1) {
        words->bytes[size] = text_at(all, size);
        left -= words->bytes[size++] == '\0';
    }
    words->size = (uint16_t)size;
    if (left > 0 && size > 0)
        words->bytes[words->size++] = '\0'; /* there was more */
}

static size_t first_size(const struct program_strings *strings)
{
    return strings->arguments ? strlen(strings->bytes) + 1 : 0;
}

int program_strings_of_script(struct program_strings *strings, const struct program_words *before,
                              const struct program_strings *of)
{
    size_t skipped = first_size(of);

    *strings = (struct program_strings){
        .arguments = before->count + (of->arguments ? of->arguments - 1 : 0),
        .environment = of->environment,
    };
    int error = add_words(strings, before);

    while (!error && strings->room - strings->size < of->size - skipped)
        error = grow(strings);
    if (error) {
        program_strings_free(strings);
        return error;
    }
    struct text rest_of = text_from(text_of(of->bytes, of->size), skipped);

    memcpy(rest(strings).chars, rest_of.chars, rest_of.size);
    strings->size += rest_of.size;
    return 0;
}
