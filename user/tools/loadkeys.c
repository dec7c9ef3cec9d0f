/* loadkeys: gives the keyboard a layout, from its text (lib/keyboard_layout.h). */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/abi/keyboard.h"
#include "lib/keyboard_layout.h"
#include "user/tools/tool.h"

#define FOLDER     "/usr/share/keyboard"
#define SUFFIX     ".map"
#define MOST_BYTES 65536u

/* "es" is a file of the folder; what has a slash or the suffix is a file by itself. */
static char *path_of(const char *name)
{
    size_t length = strlen(name), suffix = strlen(SUFFIX);
    bool has_suffix = length > suffix && strcmp(name + length - suffix, SUFFIX) == 0;

    return strchr(name, '/') || has_suffix ? take_copy(name) : take_text("%s/%s%s", FOLDER, name, SUFFIX);
}

static void set_name(struct abi_layout *layout, const char *path)
{
    const char *name = base_name(path);
    size_t length = strcspn(name, ".");

    length = length < sizeof(layout->name) ? length : sizeof(layout->name) - 1;
    memcpy(layout->name, name, length);
}

/* The file's bytes; NULL with errno. One that is larger than any layout is read no further. */
static char *read_text(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = take(MOST_BYTES);
    ssize_t got = fd < 0 ? -1 : 1;

    for (*size = 0; got > 0 && *size < MOST_BYTES; *size += got > 0 ? (size_t)got : 0)
        got = read(fd, text + *size, MOST_BYTES - *size);
    if (fd >= 0)
        close(fd);
    if (got >= 0)
        return text;
    free(text);
    return NULL;
}

static int read_layout(const char *path, struct abi_layout *layout)
{
    struct layout_fault fault;
    size_t size;
    char *text = read_text(path, &size);
    int error;

    if (!text)
        return failed("%s", path);
    if (size == MOST_BYTES)
        error = wrong("%s: too large for a layout", path);
    else if ((error = layout_parse(text_of(text, size), layout, &fault)))
        error = wrong("%s:%u: %s", path, fault.line, fault.why);
    free(text);
    set_name(layout, path);
    return error ? 1 : 0;
}

static int keyboard(unsigned long request, struct abi_layout *layout)
{
    int fd = open("/dev/input", O_RDONLY | O_CLOEXEC);
    int status = fd < 0 || ioctl(fd, request, layout) ? failed("/dev/input") : 0;

    if (fd >= 0)
        close(fd);
    return status;
}

static int print_name(void)
{
    struct abi_layout layout;
    int status = keyboard(INPUT_GET_LAYOUT, &layout);

    if (status)
        return status;
    puts(layout.name);
    return finish_output();
}

static int loadkeys(struct words *words)
{
    struct abi_layout layout;
    bool check = false;
    char *path;
    int status;

    for (int c; (c = option(words, "c"));)
        check = true;
    need_operands(words, check ? 1 : 0, 1);
    if (words->count == 0)
        return print_name();
    path = path_of(words->at[0]);
    status = read_layout(path, &layout);
    if (!status && !check)
        status = keyboard(INPUT_SET_LAYOUT, &layout);
    free(path);
    return status;
}

TOOL(loadkeys, "loadkeys", "[-c] [NAME | FILE]", "print or set the keyboard's layout",
     "  NAME is one of /usr/share/keyboard, FILE has a / or ends in .map\n"
     "  -c  only look whether it is a layout\n")
