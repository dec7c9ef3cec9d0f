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
#include "kernel/fs/root.h"
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
    uint8_t type;
} entries[] = {
    {"/", ".", 2},
    {"/", "..", 2},
    {"/", "boot", 2},
    {"/", "etc", 2},
    {"/boot/", "kernel.elf", 1},
    {"/boot/", "kernel.old", 1},
    {"/boot/", "boot.cfg", 1},
    {"/etc/", "über uns", 1},
    {"/etc/", "übel", 1},
    {"/etc/", ".hidden", 1},
    {"/etc/", "bad\xff", 1},
    {"/etc/", "esc\x1b[m", 1},
    {"/etc/", "a'b", 7},
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

struct ext2 *root_fs(void)
{
    static struct ext2 fs;
    return mounted ? &fs : NULL;
}

const char *file_path(const char *path)
{
    static char absolute[64];
    snprintf(absolute, sizeof(absolute), "%s%s", path[0] == '/' ? "" : "/", path);
    return absolute;
}

bool file_is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int ext2_lookup(struct ext2 *fs, const char *path, int follow_last, struct ext2_inode *inode)
{
    (void)fs, (void)follow_last, (void)inode;
    snprintf(directory, sizeof(directory), "%s", path);
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (strcmp(entries[i].directory, path) == 0)
            return 0;
    }
    return -ENOENT;
}

int ext2_next_entry(struct ext2 *fs, const struct ext2_inode *inode, uint64_t *position,
                    struct ext2_entry *entry)
{
    (void)fs, (void)inode;
    while (*position < sizeof(entries) / sizeof(entries[0])) {
        size_t i = (size_t)(*position)++;
        if (strcmp(entries[i].directory, directory) != 0)
            continue;
        strcpy(entry->name, entries[i].name);
        entry->type = entries[i].type;
        return 1;
    }
    return 0;
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
