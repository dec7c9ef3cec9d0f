/* cat: a text file on the terminal. */
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "lib/errno.h"
#include "lib/span.h"

/* The carriage returns of a DOS file are no text. */
static void print_text(struct text text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text_at(text, i) != '\r')
            continue;
        output_foreign(text_part(text, start, i - start).chars, i - start);
        start = i + 1;
    }
    output_foreign(text_from(text, start).chars, text.size - start);
}

static int print_open(const struct words *words, const char *path, struct file *file)
{
    size_t size, got;
    char *buffer = file_buffer(&size);

    size = 4096; /* a page at a time: it is to be read, and Ctrl-C to be obeyed */
    for (uint64_t at = 0;; at += got) {
        int error = file_read_at(file, at, buffer, size, &got);
        if (error)
            return command_fail(words, "%s: at byte %llu: %s", path, (unsigned long long)at,
                                error_text(error));
        if (got == 0)
            return COMMAND_OK;
        print_text(text_of(buffer, got));
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
    }
}

static int print_file(const struct words *words, const char *path)
{
    struct file *file;
    int status = file_open(words, path, &file);

    if (status)
        return status;
    status = print_open(words, path, file);
    file_put(file);
    return status;
}

static int cat(const struct words *words)
{
    int status = COMMAND_OK;
    if (words->count < 2)
        return command_misused(words, "a path is missing");
    for (int i = 1; i < words->count; i++) {
        int result = print_file(words, words->at[i]);
        if (result == COMMAND_INTERRUPTED)
            return result;
        status = result ? result : status;
    }
    return status;
}

MONITOR_COMMAND("cat", "cat PATH …", "print text files", cat);
