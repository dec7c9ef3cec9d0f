/* links: kernel/monitor/words.c lib/utf8.c */
/* Completion over a small file system that is played here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "kernel/core/block/block.h"
#include "kernel/core/console/console.h"
#include "kernel/monitor/command.h"
#include "kernel/monitor/completion.h"
#include "kernel/monitor/files.h"
#include "kernel/monitor/names.h"
#include "lib/errno.h"

static const struct monitor_command commands[] = {
    {.name = "cat"}, {.name = "clear"}, {.name = "help"}, {.name = "hexdump"}, {.name = "ls"},
};

static const struct {
    const char *directory, *name;
    unsigned type;
} entries[] = {
    {"/", ".", DT_DIR},
    {"/", "..", DT_DIR},
    {"/", "boot", DT_DIR},
    {"/", "etc", DT_DIR},
    {"/boot/", "kernel.elf", DT_REG},
    {"/boot/", "kernel.old", DT_REG},
    {"/boot/", "boot.cfg", DT_REG},
    {"/etc/", "über uns", DT_REG},
    {"/etc/", "übel", DT_REG},
    {"/etc/", ".hidden", DT_REG},
    {"/etc/", "bad\xff", DT_REG},
    {"/etc/", "esc\x1b[m", DT_REG},
    {"/etc/", "a'b", DT_LNK},
};

static char directory[64];
static char listed[512];
static unsigned bells;
static bool mounted;

const struct monitor_command *command_at(unsigned index)
{
    return index < 5 ? &commands[index] : NULL;
}

unsigned block_disk_count(void)
{
    return 1;
}

struct disk *block_disk(unsigned index)
{
    static struct disk disk = {.name = "ata0"};
    return index == 0 ? &disk : NULL;
}

struct fs_context *file_context(void)
{
    static struct fs_context context;
    return mounted ? &context : NULL;
}

bool file_is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The VFS takes "boot/" and "boot" for the same; the entries stand below "/boot/". */
int vfs_lookup_text(struct fs_context *context, const struct path *at, struct text path, unsigned flags,
                    struct path *found)
{
    (void)context, (void)at, (void)found;
    assert_true(flags & LOOKUP_DIRECTORY);
    snprintf(directory, sizeof(directory), "%s%s", path.chars[0] == '/' ? "" : "/", path.chars);
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (strcmp(entries[i].directory, directory) == 0)
            return 0;
    }
    return -ENOENT;
}

void path_put(struct path path)
{
    (void)path;
}

int directory_open(struct path path, uint64_t position, struct directory *opened)
{
    (void)path;
    opened->next = position;
    return 0;
}

int directory_next(struct directory *opened, struct directory_entry *entry)
{
    while (opened->next < sizeof(entries) / sizeof(entries[0])) {
        size_t i = (size_t)opened->next++;
        if (strcmp(entries[i].directory, directory) != 0)
            continue;
        entry->name = entries[i].name;
        entry->type = entries[i].type;
        return 1;
    }
    return 0;
}

void directory_close(struct directory *opened)
{
    (void)opened;
}

void names_clear(void)
{
    listed[0] = '\0';
}

bool names_add(const char *name, char kind)
{
    (void)kind;
    strcat(listed, name);
    strcat(listed, " ");
    return true;
}

void names_print(void)
{
}

void output_print(const char *format, ...)
{
    (void)format;
}

void output_flush(void)
{
}

void terminal_write(const char *text, size_t size)
{
    assert_int_equal(size, 1);
    bells += text[0] == '\a';
}

bool line_editor_insert(struct line_editor *editor, const char *text, size_t size)
{
    memmove(editor->text + editor->cursor + size, editor->text + editor->cursor,
            editor->size - editor->cursor + 1);
    memcpy(editor->text + editor->cursor, text, size);
    editor->size += size;
    editor->cursor += size;
    return true;
}

void line_editor_leave(struct line_editor *editor)
{
    (void)editor;
}

void line_editor_redraw(struct line_editor *editor)
{
    (void)editor;
}

/* '|' is the cursor, before and after. */
static void completes(const char *before, const char *after)
{
    static struct line_editor editor;
    char text[128];
    size_t left = strcspn(before, "|");
    snprintf(text, sizeof(text), "%.*s%s", (int)left, before, before + left + 1);
    editor.size = strlen(text);
    editor.cursor = left;
    strcpy(editor.text, text);
    listed[0] = '\0';
    bells = 0;
    complete(&editor);
    snprintf(text, sizeof(text), "%.*s|%s", (int)editor.cursor, editor.text,
             editor.text + editor.cursor);
    assert_string_equal(text, after);
}

static void test_commands(void **state)
{
    (void)state;
    completes("ca|", "cat |");
    completes("c|", "c|");
    assert_string_equal(listed, "cat clear ");
    completes("he|", "he|");
    assert_string_equal(listed, "help hexdump ");
    completes("|", "|");
    assert_string_equal(listed, "cat clear help hexdump ls ");
    completes("x|", "x|");
    assert_int_equal(bells, 1);
    completes("help l|", "help ls |");
    completes("  l| /", "  ls | /");
}

static void test_paths(void **state)
{
    (void)state;
    mounted = true;
    completes("cat /bo|", "cat /boot/|");
    completes("cat bo|", "cat boot/|");
    completes("cat /boot/ke|", "cat /boot/kernel.|");
    completes("cat /boot/kernel.|", "cat /boot/kernel.|");
    assert_string_equal(listed, "kernel.elf kernel.old ");
    completes("cat /boot/kernel.e| x", "cat /boot/kernel.elf | x");
    completes("cat /nowhere/|", "cat /nowhere/|");
    assert_int_equal(bells, 1);
    completes("cat |", "cat |");
    assert_string_equal(listed, "boot etc ");
    completes("ls -l /e|", "ls -l /etc/|");
    completes("hexdump a|", "hexdump ata0 |");
    completes("cat ata|", "cat ata|");
}

static void test_names_that_need_care(void **state)
{
    (void)state;
    mounted = true;
    completes("cat /etc/|", "cat /etc/|"); /* hidden, invalid and escape names are not offered */
    assert_string_equal(listed, "über uns übel a'b ");
    completes("cat /etc/\xc3|", "cat /etc/\xc3\xbc"
                                "be|");
    completes("cat /etc/übe|", "cat /etc/übe|");
    completes("cat /etc/über|", "cat /etc/über\\ uns |");
    completes("cat /etc/über\\ u|", "cat /etc/über\\ uns |");
    completes("cat '/etc/über|", "cat '/etc/über uns' |");
    completes("cat \"/etc/a|", "cat \"/etc/a'b\" |");
    completes("cat /etc/a|", "cat /etc/a\\'b |");
    completes("cat /etc/.|", "cat /etc/.hidden |");
}

static void test_no_file_system(void **state)
{
    (void)state;
    mounted = false;
    completes("cat /b|", "cat /b|");
    assert_int_equal(bells, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_names_that_need_care),
        cmocka_unit_test(test_no_file_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
