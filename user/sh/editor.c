/*
 * A line of input, edited: the line is drawn from the prompt on whenever it changes, wrapped at the
 * terminal's width; the cursor is moved by what has been drawn. Keys as in Emacs; UTF-8.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "user/sh/sh.h"

#define HISTORY_MAX 1000
#define LINE_MAX_BYTES 65536

enum key {
    KEY_UP = 256, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_DELETE, KEY_WORD_LEFT,
    KEY_WORD_RIGHT, KEY_WORD_DELETE, KEY_END_OF_INPUT, KEY_INTERRUPT, KEY_NONE,
};

#define CONTROL(letter) ((letter) & 31)

struct line {
    char *text;
    size_t length, room, cursor; /* bytes */
    char *cut;                   /* what Ctrl-K and its like took */
    const char *prompt;
    int rows, row;               /* as drawn: how many, and where the cursor is */
    int history;                 /* which old line is shown; history_count: the new one */
    char *kept;                  /* the new line, while an old one is shown */
};

static char *history[HISTORY_MAX];
static int history_count, history_loaded;

/* ---- history --------------------------------------------------------------------------------- */

static char *history_path(void)
{
    const char *home = variable_get("HOME");
    static char path[512];

    if (!home || strlen(home) > 480)
        return NULL;
    snprintf(path, sizeof(path), "%s/.sh_history", home);
    return path;
}

static void history_add(const char *text)
{
    size_t length = strcspn(text, "\n");

    if (length == 0 || (history_count && strlen(history[history_count - 1]) == length
                        && strncmp(history[history_count - 1], text, length) == 0))
        return;
    if (history_count == HISTORY_MAX) {
        free(history[0]);
        memmove(history, history + 1, (HISTORY_MAX - 1) * sizeof(*history));
        history_count--;
        if (history_loaded)
            history_loaded--;
    }
    char *copy = xmalloc(length + 1);

    memcpy(copy, text, length);
    copy[length] = '\0';
    history[history_count++] = copy;
}

void history_load(void)
{
    const char *path = history_path();
    FILE *file = path ? fopen(path, "r") : NULL;
    char *text = NULL;
    size_t room = 0;

    if (!file)
        return;
    while (getline(&text, &room, file) > 0)
        history_add(text);
    free(text);
    fclose(file);
    history_loaded = history_count;
}

/* What is new goes behind what is there: other shells write it too. */
void history_save(void)
{
    const char *path = history_path();
    FILE *file = path ? fopen(path, "a") : NULL;

    if (!file)
        return;
    for (int i = history_loaded; i < history_count; i++)
        fprintf(file, "%s\n", history[i]);
    fclose(file);
    history_loaded = history_count;
}

int history_command(int count, char **words)
{
    if (count > 1 && strcmp(words[1], "-c") == 0) {
        while (history_count)
            free(history[--history_count]);
        history_loaded = 0;
        return 0;
    }
    for (int i = 0; i < history_count; i++)
        printf("%5d  %s\n", i + 1, history[i]);
    return 0;
}

/* ---- the terminal ---------------------------------------------------------------------------- */

static struct termios modes_before;

static void put(const char *text)
{
    size_t length = strlen(text);

    while (length) {
        ssize_t done = write(STDERR_FILENO, text, length);

        if (done < 0 && errno != EINTR)
            return;
        if (done > 0) {
            text += done;
            length -= (size_t)done;
        }
    }
}

static int width(void)
{
    struct winsize size;

    return ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 3 ? size.ws_col : 80;
}

static bool raw(void)
{
    struct termios modes;

    if (tcgetattr(STDIN_FILENO, &modes_before))
        return false;
    modes = modes_before;
    modes.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
    modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    return tcsetattr(STDIN_FILENO, TCSADRAIN, &modes) == 0;
}

static int read_byte(void)
{
    unsigned char c;
    ssize_t got;

    do
        got = read(STDIN_FILENO, &c, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 ? c : -1;
}

/* ESC [ … : the last byte and the first number decide. */
static int read_sequence(void)
{
    int c = read_byte(), number = 0, second = 0;

    while (c >= 0 && (isdigit(c) || c == ';')) {
        if (c == ';')
            second = 1;
        else if (second)
            second = c - '0' + 1;
        else
            number = number * 10 + (c - '0');
        c = read_byte();
    }
    switch (c) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'C':
        return second > 1 ? KEY_WORD_RIGHT : KEY_RIGHT;
    case 'D':
        return second > 1 ? KEY_WORD_LEFT : KEY_LEFT;
    case 'H':
        return KEY_HOME;
    case 'F':
        return KEY_END;
    case '~':
        return number == 3 ? KEY_DELETE
               : number == 1 || number == 7 ? KEY_HOME
               : number == 4 || number == 8 ? KEY_END : KEY_NONE;
    default:
        return KEY_NONE;
    }
}

static int read_key(void)
{
    int c = read_byte();

    if (c < 0)
        return KEY_END_OF_INPUT;
    if (c != 27)
        return c == CONTROL('c') ? KEY_INTERRUPT : c;
    c = read_byte();
    if (c == '[' || c == 'O')
        return read_sequence();
    switch (c) {
    case 'b':
        return KEY_WORD_LEFT;
    case 'f':
        return KEY_WORD_RIGHT;
    case 'd':
        return KEY_WORD_DELETE;
    default:
        return KEY_NONE;
    }
}

/* ---- drawing --------------------------------------------------------------------------------- */

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

/* Columns of a text; what is between ESC and a letter has none. */
static int columns(const char *text, size_t length)
{
    int count = 0;

    for (size_t i = 0; i < length; i++) {
        if (text[i] == 27) {
            while (i + 1 < length && !isalpha((unsigned char)text[i]))
                i++;
        } else if (begins_character(text[i])) {
            count++;
        }
    }
    return count;
}

static void move_rows(int by)
{
    char text[24];

    if (by == 0)
        return;
    snprintf(text, sizeof(text), "\033[%d%c", by < 0 ? -by : by, by < 0 ? 'A' : 'B');
    put(text);
}

static void draw(struct line *line)
{
    int wide = width(), before = columns(line->prompt, strlen(line->prompt));
    int all = before + columns(line->text, line->length);
    int at = before + columns(line->text, line->cursor);
    char text[24];

    move_rows(-line->row);
    put("\r\033[J");
    put(line->prompt);
    put(line->text);
    if (all > 0 && all % wide == 0)
        put(" \r"); /* the cursor waits behind the last column: it is to be in the next row */
    move_rows(at / wide - all / wide);
    put("\r");
    if (at % wide) {
        snprintf(text, sizeof(text), "\033[%dC", at % wide);
        put(text);
    }
    line->row = at / wide;
    line->rows = all / wide;
}

/* The cursor behind everything, and a new line. */
static void leave(struct line *line)
{
    line->cursor = line->length;
    draw(line);
    put("\n");
}

/* ---- changing -------------------------------------------------------------------------------- */

static void insert(struct line *line, const char *text, size_t length)
{
    if (line->length + length >= LINE_MAX_BYTES)
        return;
    if (line->length + length + 1 > line->room) {
        line->room = (line->length + length + 1) * 2;
        line->text = xrealloc(line->text, line->room);
    }
    memmove(line->text + line->cursor + length, line->text + line->cursor,
            line->length - line->cursor + 1);
    memcpy(line->text + line->cursor, text, length);
    line->cursor += length;
    line->length += length;
}

static void erase(struct line *line, size_t from, size_t to, bool keep)
{
    if (from >= to)
        return;
    if (keep) {
        free(line->cut);
        line->cut = xmalloc(to - from + 1);
        memcpy(line->cut, line->text + from, to - from);
        line->cut[to - from] = '\0';
    }
    memmove(line->text + from, line->text + to, line->length - to + 1);
    line->length -= to - from;
    line->cursor = from;
}

static size_t left_of(const struct line *line, size_t at)
{
    while (at > 0 && !begins_character(line->text[--at]))
        ;
    return at;
}

static size_t right_of(const struct line *line, size_t at)
{
    if (at < line->length)
        at++;
    while (at < line->length && !begins_character(line->text[at]))
        at++;
    return at;
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '_';
}

static size_t word_left(const struct line *line)
{
    size_t at = line->cursor;

    while (at > 0 && !in_word(line->text[at - 1]))
        at--;
    while (at > 0 && in_word(line->text[at - 1]))
        at--;
    return at;
}

static size_t word_right(const struct line *line)
{
    size_t at = line->cursor;

    while (at < line->length && !in_word(line->text[at]))
        at++;
    while (at < line->length && in_word(line->text[at]))
        at++;
    return at;
}

static size_t blank_left(const struct line *line)
{
    size_t at = line->cursor;

    while (at > 0 && line->text[at - 1] == ' ')
        at--;
    while (at > 0 && line->text[at - 1] != ' ')
        at--;
    return at;
}

static void replace(struct line *line, const char *text)
{
    erase(line, 0, line->length, false);
    insert(line, text, strlen(text));
}

static void show_history(struct line *line, int which)
{
    if (which < 0 || which > history_count || which == line->history)
        return;
    if (line->history == history_count) {
        free(line->kept);
        line->kept = xstrdup(line->text);
    }
    line->history = which;
    replace(line, which == history_count ? line->kept : history[which]);
}

/* ---- Ctrl-R ---------------------------------------------------------------------------------- */

static int search_from(const char *wanted, int from)
{
    while (from >= 0 && !strstr(history[from], wanted))
        from--;
    return from;
}

/* The key that ended it, to be done as well. */
static int search(struct line *line)
{
    char wanted[128] = "", prompt[192];
    const char *before = line->prompt;
    int found = history_count - 1, key;

    for (;;) {
        snprintf(prompt, sizeof(prompt), "(search) '%s': ", wanted);
        line->prompt = prompt;
        draw(line);
        key = read_key();
        size_t length = strlen(wanted);

        if (key == CONTROL('r')) {
            found = search_from(wanted, found - 1);
        } else if ((key == 127 || key == 8) && length) {
            wanted[length - 1] = '\0';
            found = search_from(wanted, history_count - 1);
        } else if (key >= 32 && key < 256 && key != 127 && length + 2 < sizeof(wanted)) {
            wanted[length] = (char)key;
            wanted[length + 1] = '\0';
            found = search_from(wanted, found < 0 ? history_count - 1 : found);
        } else {
            break;
        }
        if (found >= 0)
            replace(line, history[found]);
    }
    line->prompt = before;
    return key;
}

/* ---- completion ------------------------------------------------------------------------------ */

struct matches {
    char **at;
    int count;
};

static void add_match(struct matches *matches, const char *name, const char *suffix)
{
    for (int i = 0; i < matches->count; i++)
        if (strncmp(matches->at[i], name, strlen(name)) == 0
            && strcmp(matches->at[i] + strlen(name), suffix) == 0)
            return;
    char *text = xmalloc(strlen(name) + strlen(suffix) + 1);

    strcpy(text, name);
    strcat(text, suffix);
    matches->at = xrealloc(matches->at, (size_t)(matches->count + 1) * sizeof(*matches->at));
    matches->at[matches->count++] = text;
}

static void free_matches(struct matches *matches)
{
    while (matches->count)
        free(matches->at[--matches->count]);
    free(matches->at);
}

/* Names in a directory that begin like that. */
static void match_files(struct matches *matches, const char *directory, const char *start,
                        bool programs)
{
    DIR *opened = opendir(directory);
    const struct dirent *entry;

    while (opened && (entry = readdir(opened))) {
        char path[4352];
        struct stat status;
        bool is_directory;

        if (strncmp(entry->d_name, start, strlen(start)) != 0
            || (entry->d_name[0] == '.' && start[0] != '.') || strlen(directory) > 4000)
            continue;
        snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
        is_directory = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
        if (programs && (is_directory || access(path, X_OK)))
            continue;
        add_match(matches, entry->d_name, is_directory ? "/" : " ");
    }
    if (opened)
        closedir(opened);
}

static void match_commands(struct matches *matches, const char *start)
{
    const char *path = variable_get("PATH");
    const struct builtin *builtin;

    for (unsigned i = 0; (builtin = builtin_at(i)); i++)
        if (strncmp(builtin->name, start, strlen(start)) == 0)
            add_match(matches, builtin->name, " ");
    for (; path && *path; path += strspn(path, ":")) {
        size_t length = strcspn(path, ":");
        char *directory = xmalloc(length + 1);

        memcpy(directory, path, length);
        directory[length] = '\0';
        match_files(matches, directory, start, true);
        free(directory);
        path += length;
    }
}

static size_t common(const struct matches *matches)
{
    size_t length = strlen(matches->at[0]);

    for (int i = 1; i < matches->count; i++) {
        size_t same = 0;

        while (same < length && matches->at[0][same] == matches->at[i][same])
            same++;
        length = same;
    }
    return length;
}

static void list_matches(struct line *line, const struct matches *matches)
{
    size_t longest = 0;
    int across;

    for (int i = 0; i < matches->count; i++)
        longest = strlen(matches->at[i]) > longest ? strlen(matches->at[i]) : longest;
    across = width() / (int)(longest + 2);
    across = across > 0 ? across : 1;
    size_t cursor = line->cursor;

    leave(line);
    for (int i = 0; i < matches->count; i++) {
        char text[600];

        snprintf(text, sizeof(text), "%-*s%s", (int)longest + 2, matches->at[i],
                 i % across == across - 1 || i + 1 == matches->count ? "\n" : "");
        put(text);
    }
    line->row = 0;
    line->cursor = cursor;
}

/* The file's part of a word: behind the last slash. */
static void match_word(struct matches *matches, char *word)
{
    char *slash = strrchr(word, '/');
    const char *home = variable_get("HOME");
    char directory[4200];

    if (!slash) {
        match_files(matches, ".", word, false);
        return;
    }
    *slash = '\0';
    if (word[0] == '~' && (!word[1] || word[1] == '/') && home)
        snprintf(directory, sizeof(directory), "%s%s", home, word + 1);
    else
        snprintf(directory, sizeof(directory), "%s", slash == word ? "/" : word);
    match_files(matches, directory, slash + 1, false);
    *slash = '/';
}

static void complete(struct line *line)
{
    static size_t listed_at = (size_t)-1;
    struct matches matches = {0};
    size_t start = line->cursor, typed;
    bool first = true;
    char *word;

    while (start > 0 && !strchr(" ;|&()<>", line->text[start - 1]))
        start--;
    for (size_t i = 0; i < start; i++)
        first = strchr(" ;|&(", line->text[i]) ? first || line->text[i] != ' ' : false;
    word = xmalloc(line->cursor - start + 1);
    memcpy(word, line->text + start, line->cursor - start);
    word[line->cursor - start] = '\0';
    if (first && !strchr(word, '/'))
        match_commands(&matches, word);
    else
        match_word(&matches, word);
    typed = strrchr(word, '/') ? strlen(strrchr(word, '/') + 1) : strlen(word);
    if (matches.count && common(&matches) > typed) {
        insert(line, matches.at[0] + typed, common(&matches) - typed);
    } else if (matches.count > 1 && listed_at == line->cursor) {
        list_matches(line, &matches);
    } else {
        put("\a");
    }
    listed_at = line->cursor;
    free_matches(&matches);
    free(word);
}

/* ---- keys ------------------------------------------------------------------------------------ */

enum outcome { GO_ON, DONE, GIVEN_UP, AT_END };

static enum outcome handle_move(struct line *line, int key)
{
    switch (key) {
    case KEY_LEFT:
    case CONTROL('b'):
        line->cursor = left_of(line, line->cursor);
        break;
    case KEY_RIGHT:
    case CONTROL('f'):
        line->cursor = right_of(line, line->cursor);
        break;
    case KEY_HOME:
    case CONTROL('a'):
        line->cursor = 0;
        break;
    case KEY_END:
    case CONTROL('e'):
        line->cursor = line->length;
        break;
    case KEY_WORD_LEFT:
        line->cursor = word_left(line);
        break;
    case KEY_WORD_RIGHT:
        line->cursor = word_right(line);
        break;
    case KEY_UP:
    case CONTROL('p'):
        show_history(line, line->history - 1);
        break;
    case KEY_DOWN:
    case CONTROL('n'):
        show_history(line, line->history + 1);
        break;
    }
    return GO_ON;
}

static enum outcome handle_key(struct line *line, int key)
{
    char byte = (char)key;

    switch (key) {
    case '\r':
    case '\n':
        return DONE;
    case KEY_INTERRUPT:
        return GIVEN_UP;
    case KEY_END_OF_INPUT:
        return AT_END;
    case CONTROL('d'):
        if (!line->length)
            return AT_END;
        /* fall through */
    case KEY_DELETE:
        erase(line, line->cursor, right_of(line, line->cursor), false);
        return GO_ON;
    case 8:
    case 127:
        erase(line, left_of(line, line->cursor), line->cursor, false);
        return GO_ON;
    case CONTROL('k'):
        erase(line, line->cursor, line->length, true);
        return GO_ON;
    case CONTROL('u'):
        erase(line, 0, line->cursor, true);
        return GO_ON;
    case CONTROL('w'):
        erase(line, blank_left(line), line->cursor, true);
        return GO_ON;
    case KEY_WORD_DELETE:
        erase(line, line->cursor, word_right(line), true);
        return GO_ON;
    case CONTROL('y'):
        if (line->cut)
            insert(line, line->cut, strlen(line->cut));
        return GO_ON;
    case CONTROL('l'):
        put("\033[H\033[2J");
        line->row = 0;
        return GO_ON;
    case CONTROL('r'):
        return handle_key(line, search(line));
    case '\t':
        complete(line);
        return GO_ON;
    default:
        if (key >= 32 && key < 256) {
            insert(line, &byte, 1);
            return GO_ON;
        }
        return handle_move(line, key);
    }
}

static char *finish(struct line *line, enum outcome outcome)
{
    if (outcome == GIVEN_UP) {
        leave(line);
        replace(line, "");
    } else if (outcome == DONE) {
        leave(line);
        history_add(line->text);
    } else {
        free(line->text);
        return NULL;
    }
    line->cursor = line->length;
    insert(line, "\n", 1);
    return line->text;
}

/* Without a terminal that can be set: as it comes. */
static char *read_plain(const char *prompt)
{
    char *text = NULL;
    size_t room = 0;

    put(prompt);
    if (getline(&text, &room, stdin) > 0)
        return text;
    free(text);
    return NULL;
}

char *editor_read(const char *prompt)
{
    struct line line = {.text = xmalloc(128), .room = 128, .prompt = prompt,
                        .history = history_count};
    enum outcome outcome = GO_ON;

    line.text[0] = '\0';
    fflush(stdout);
    if (!raw()) {
        free(line.text);
        return read_plain(prompt);
    }
    while (outcome == GO_ON) {
        draw(&line);
        outcome = handle_key(&line, read_key());
    }
    char *text = finish(&line, outcome);

    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &modes_before);
    free(line.kept);
    free(line.cut);
    return text;
}

/* ---- prompts --------------------------------------------------------------------------------- */

static void add_directory(struct buffer *text)
{
    char where[4096];
    const char *home = variable_get("HOME");

    if (!getcwd(where, sizeof(where))) {
        buffer_add(text, '?');
    } else if (home && home[1] && strncmp(where, home, strlen(home)) == 0
               && (!where[strlen(home)] || where[strlen(home)] == '/')) {
        buffer_add(text, '~');
        buffer_string(text, where + strlen(home));
    } else {
        buffer_string(text, where);
    }
}

char *prompt_text(struct arena *arena, const char *template)
{
    struct buffer text = buffer_in(arena);
    const struct passwd *user;
    char host[65] = "";

    for (; *template; template++) {
        if (*template != '\\' || !template[1]) {
            buffer_add(&text, *template);
            continue;
        }
        switch (*++template) {
        case 'w':
            add_directory(&text);
            break;
        case 'u':
            user = getpwuid(geteuid());
            buffer_string(&text, user ? user->pw_name : "?");
            break;
        case 'h':
            (void)gethostname(host, sizeof(host) - 1);
            buffer_string(&text, host);
            break;
        case '$':
            buffer_add(&text, geteuid() == 0 ? '#' : '$');
            break;
        case 'e':
            buffer_add(&text, 27);
            break;
        case 'n':
            buffer_add(&text, '\n');
            break;
        case '[': /* as other shells want it around what takes no columns; here it is seen */
        case ']':
            break;
        default:
            buffer_add(&text, *template);
        }
    }
    return text.text;
}
