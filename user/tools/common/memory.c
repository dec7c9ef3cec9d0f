/* Memory that is there or ends the tool, and strings in it. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/tool.h"

static void *need(void *memory)
{
    if (!memory) {
        wrong("not enough memory");
        exit(1);
    }
    return memory;
}

void *take(size_t bytes)
{
    return need(calloc(1, bytes ? bytes : 1));
}

void *take_more(void *memory, size_t bytes)
{
    return need(realloc(memory, bytes ? bytes : 1));
}

char *take_copy(const char *text)
{
    return need(strdup(text));
}

char *take_text(const char *format, ...)
{
    va_list values;
    char *text = NULL;

    va_start(values, format);
    if (vasprintf(&text, format, values) < 0)
        text = NULL;
    va_end(values);
    return need(text);
}

char *path_join(const char *directory, const char *name)
{
    size_t length = strlen(directory);

    return take_text("%s%s%s", directory, length && directory[length - 1] == '/' ? "" : "/", name);
}

const char *base_name(const char *path)
{
    const char *name = path;

    for (const char *at = path; *at; at++)
        if (at[0] == '/' && at[1] != '/' && at[1] != '\0')
            name = at + 1;
    return name;
}

void list_add(struct list *list, char *text)
{
    /* Room grows with each power of two. */
    if ((list->count & (list->count + 1)) == 0)
        list->at = take_more(list->at, (2 * list->count + 2) * sizeof(*list->at));
    list->at[list->count++] = text;
    list->at[list->count] = NULL;
}

void list_free(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->at[i]);
    free(list->at);
    *list = (struct list){0};
}

static int by_bytes(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

void list_sort(struct list *list)
{
    if (list->count > 1)
        qsort(list->at, list->count, sizeof(*list->at), by_bytes);
}
