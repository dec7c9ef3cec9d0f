/* Completion. Use: complete on LINE_COMPLETE. Locks: none; it belongs to the monitor. */
#include "kernel/monitor/completion.h"

#include "kernel/core/block/block.h"
#include "kernel/core/console/console.h"
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "kernel/monitor/names.h"
#include "kernel/monitor/output.h"
#include "kernel/monitor/words.h"
#include "lib/span.h"
#include "lib/string.h"

#define LISTED_MAX 200

/* The word being completed, and what the candidates so far have in common. */
static struct {
    char word[LINE_BYTES];  /* without quotes, up to the cursor */
    char first[LINE_BYTES]; /* the first word of the line */
    unsigned number;        /* of the word in the line, from 0 */
    char quote;             /* the open one, or 0 */
    const char *prefix;     /* what candidates must begin with */
    unsigned count;
    char common[NAME_MAX + 1];
    size_t common_size;
    char kind; /* of the last candidate: '/' directory, '@' link, 0 */
    bool listing;
} completion;

/* ---- what stands before the cursor ----------------------------------------------------------- */

static void find_word(const struct line_editor *editor)
{
    size_t at = 0;
    completion.number = 0;
    completion.first[0] = '\0';
    for (;;) {
        size_t start = at;
        int result =
            word_next(editor->text, editor->cursor, &at, completion.word, &completion.quote);
        bool open = result < 0 || (result > 0 && at == editor->cursor);
        if (open || result == 0 || at == start)
            return;
        if (completion.number++ == 0)
            strlcpy(completion.first, completion.word, LINE_BYTES);
    }
}

/* "/boot/ker" → directory "/boot/", prefix "ker". */
static void split_path(char *directory, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; completion.word[i]; i++) {
        if (completion.word[i] == '/')
            length = i + 1;
    }
    completion.prefix = &completion.word[length];
    strlcpy(directory, completion.word, length + 1 < size ? length + 1 : size);
}

/* ---- candidates ------------------------------------------------------------------------------ */

/* Names that no keyboard can type are not offered: they would spoil the line. */
static bool is_typable(const char *name)
{
    struct utf8_decoder decoder = {0};
    uint32_t characters[2];
    const struct text text = text_of(name, strlen(name));
    for (size_t i = 0; i < text.size; i++) {
        unsigned count = utf8_decode(&decoder, (uint8_t)text_at(text, i), characters);
        if (count > 1 || (count == 1 && (characters[0] < ' ' || characters[0] == UTF8_REPLACEMENT ||
                                         (characters[0] >= 0x7f && characters[0] < 0xa0))))
            return false;
    }
    return decoder.missing == 0;
}

static void keep_common(const char *name)
{
    const struct text text = text_of_string(name);
    size_t size = 0;
    while (size < completion.common_size && text_at(text, size) == completion.common[size])
        size++;
    while (size > 0 && ((uint8_t)completion.common[size] & 0xc0) == 0x80)
        size--; /* whole characters only */
    completion.common_size = size;
}

static void candidate(const char *name, char kind)
{
    size_t prefix_size = strlen(completion.prefix);
    if (strncmp(name, completion.prefix, prefix_size) != 0 || !is_typable(name))
        return;
    if (name[0] == '.' && prefix_size == 0)
        return;
    if (completion.listing) {
        if (completion.count < LISTED_MAX)
            (void)names_add(name, kind);
    } else if (completion.count == 0) {
        completion.common_size = strlcpy(completion.common, name, sizeof(completion.common));
    } else {
        keep_common(name);
    }
    completion.kind = kind;
    completion.count++;
}

static void command_candidates(void)
{
    const struct monitor_command *command;
    for (unsigned i = 0; (command = command_at(i)); i++)
        candidate(command->name, 0);
}

static void disk_candidates(void)
{
    for (unsigned i = 0; i < block_disk_count(); i++)
        candidate(block_disk(i)->name, 0);
}

static char kind_of(unsigned type)
{
    return type == DT_DIR ? '/' : type == DT_LNK ? '@' : 0;
}

static void path_candidates(void)
{
    static char name[PATH_MAX];
    static struct directory directory;
    struct fs_context *context = file_context();
    struct directory_entry entry;
    struct path path;
    split_path(name, sizeof(name));
    if (!context ||
        vfs_lookup(context, NULL, name[0] ? name : "/", LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path))
        return;
    if (directory_open(path, 0, &directory) == 0) {
        while (directory_next(&directory, &entry) > 0) {
            if (!file_is_dot(entry.name))
                candidate(entry.name, kind_of(entry.type));
        }
        directory_close(&directory);
    }
    path_put(path);
}

static void visit_candidates(bool listing)
{
    completion.listing = listing;
    completion.count = 0;
    completion.prefix = completion.word;
    if (completion.number == 0 ||
        (completion.number == 1 && strcmp(completion.first, "help") == 0)) {
        command_candidates();
        return;
    }
    if (strcmp(completion.first, "hexdump") == 0)
        disk_candidates();
    path_candidates();
}

/* ---- the answer ------------------------------------------------------------------------------ */

static bool needs_backslash(char c)
{
    if (completion.quote == '\'')
        return false;
    if (completion.quote == '"')
        return c == '"' || c == '\\';
    return c == ' ' || c == '\'' || c == '"' || c == '\\';
}

static bool insert_quoted(struct line_editor *editor, const char *text, size_t size)
{
    const struct text all = text_of(text, size);
    bool fits = true;
    for (size_t i = 0; i < size && fits; i++) {
        char c = text_at(all, i);
        if (needs_backslash(c))
            fits = line_editor_insert(editor, "\\", 1);
        fits = fits && line_editor_insert(editor, &c, 1);
    }
    return fits;
}

/* The only candidate is complete: a directory goes on, everything else ends the word. */
static void end_word(struct line_editor *editor)
{
    if (completion.kind == '/') {
        (void)line_editor_insert(editor, "/", 1);
        return;
    }
    if (completion.quote)
        (void)line_editor_insert(editor, &completion.quote, 1);
    (void)line_editor_insert(editor, " ", 1);
}

static void list(struct line_editor *editor)
{
    names_clear();
    visit_candidates(true);
    line_editor_leave(editor);
    names_print();
    if (completion.count > LISTED_MAX)
        output_print("… and %u more\n", completion.count - LISTED_MAX);
    output_flush();
    line_editor_redraw(editor);
}

void complete(struct line_editor *editor)
{
    find_word(editor);
    visit_candidates(false);
    size_t known = strlen(completion.prefix);
    bool progress = completion.count > 0 && completion.common_size > known;
    if (progress)
        (void)insert_quoted(editor, &completion.common[known], completion.common_size - known);
    if (completion.count == 1)
        end_word(editor);
    else if (completion.count == 0)
        terminal_write("\a", 1);
    else if (!progress)
        list(editor);
}
