/*
 * sed: the script is read into an array of commands; each line of input goes through them.
 * Commands: { } = a b c d D g G h H i l n N p P q Q r s t w x y : #. Patterns are POSIX's.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/tools/common/pattern.h"
#include "user/tools/tool.h"

enum address_kind { NO_ADDRESS, LINE, LAST, PATTERN, STEP, COUNT };

struct address {
    enum address_kind kind;
    uint64_t line, step;
    regex_t *pattern; /* NULL: the last one used */
};

struct command {
    struct address from, to;
    bool inverse, inside; /* inside: between its two addresses */
    uint64_t range_end;
    char letter;
    char *text;           /* of a, i, c; a label; a file's name; what s puts in */
    regex_t *pattern;     /* of s */
    size_t target;        /* of a branch, and of { when it is not taken */
    unsigned char *table; /* of y */
    bool global, print;
    uint64_t which;
    FILE *file;
};

static struct command *commands;
static size_t command_count;
static bool silent, extended;

/* ---- reading the script ---------------------------------------------------------------------- */

static const char *script;

static void skip_blanks(void)
{
    while (*script == ' ' || *script == '\t')
        script++;
}

/* A text up to `end`; \end is end, \n a newline, everything else as it stands. */
static char *read_delimited(char end, bool keep_escapes)
{
    const char *start = script;
    bool in_brackets = false;
    char *text = take(2 * strlen(script) + 1), *to = text;

    for (; *script && (*script != end || in_brackets); script++) {
        if (*script == '\n' && !keep_escapes)
            break;
        if (script[0] == '[' && keep_escapes && !in_brackets) {
            in_brackets = true;
            *to++ = *script;
            /* A ] right behind is one of the bracket's characters. */
            if (script[1] == '^')
                *to++ = *++script;
            if (script[1] == ']')
                *to++ = *++script;
        } else if (script[0] == ']' && in_brackets) {
            in_brackets = false;
            *to++ = *script;
        } else if (script[0] == '\\' && script[1] && !in_brackets) {
            script++;
            if (*script == end && end != '\\')
                *to++ = *script;
            else if (*script == 'n' && keep_escapes)
                *to++ = '\n';
            else if (*script == 't')
                *to++ = '\t';
            else {
                *to++ = '\\';
                *to++ = *script;
            }
        } else {
            *to++ = *script;
        }
    }
    if (*script != end)
        wrong_use("no %c behind %s", end, start);
    script++;
    return text;
}

/* NULL, which stands for the last one used, when it is empty. */
static regex_t *compile(char *text, bool any_case)
{
    regex_t *pattern = *text ? take(sizeof(*pattern)) : NULL;

    if (pattern)
        need_pattern(pattern, text, (extended ? REG_EXTENDED : 0) | (any_case ? REG_ICASE : 0));
    free(text);
    return pattern;
}

static regex_t *read_pattern(char end)
{
    char *text = read_delimited(end, true);
    bool any_case = *script == 'I';

    script += any_case;
    return compile(text, any_case);
}

static uint64_t read_number(void)
{
    char *end;
    uint64_t number = strtoull(script, &end, 10);

    script = end;
    return number;
}

static struct address read_address(bool second)
{
    struct address address = {0};

    if (isdigit((unsigned char)*script)) {
        address.kind = LINE;
        address.line = read_number();
        if (*script == '~') {
            script++;
            address.kind = STEP;
            address.step = read_number();
        }
    } else if (*script == '$') {
        script++;
        address.kind = LAST;
    } else if (second && *script == '+') {
        script++;
        address.kind = COUNT;
        address.line = read_number();
    } else if (*script == '/' || (*script == '\\' && script[1])) {
        script += *script == '\\';
        address.kind = PATTERN;
        char end = *script++;

        address.pattern = read_pattern(end);
    }
    return address;
}

/* Text of a, i, c: the rest of the line, and further ones while they end with a backslash. */
static char *read_text(void)
{
    char *text = take(strlen(script) + 2), *to = text;

    skip_blanks();
    if (script[0] == '\\' && script[1] == '\n')
        script += 2;
    else if (script[0] == '\\')
        script++;
    for (; *script && *script != '\n'; script++) {
        if (script[0] == '\\' && script[1])
            script++;
        *to++ = *script;
    }
    *to++ = '\n';
    return text;
}

static char *read_word(void)
{
    skip_blanks();
    size_t length = strcspn(script, "\n;");
    char *word = take_text("%.*s", (int)length, script);

    script += length;
    return word;
}

static char *read_file_name(void)
{
    skip_blanks();
    size_t length = strcspn(script, "\n");
    char *name = take_text("%.*s", (int)length, script);

    script += length;
    return name;
}

static FILE *open_output(const char *name)
{
    FILE *file = strcmp(name, "/dev/stdout") == 0 ? stdout : fopen(name, "w");

    if (!file)
        exit(failed("%s", name) + 1);
    return file;
}

static void read_substitution(struct command *command)
{
    char end = *script++, *pattern = read_delimited(end, true);
    bool any_case = false;

    command->text = read_delimited(end, false);
    command->which = 1;
    for (;; script++) {
        if (*script == 'g')
            command->global = true;
        else if (*script == 'p')
            command->print = true;
        else if (*script == 'i' || *script == 'I')
            any_case = true;
        else if (isdigit((unsigned char)*script)) {
            command->which = read_number();
            script--;
        } else
            break;
    }
    command->pattern = compile(pattern, any_case);
    if (*script == 'w') {
        script++;
        char *name = read_file_name();

        command->file = open_output(name);
        free(name);
    }
}

static char *unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        bool escaped = from[0] == '\\' && from[1];

        from += escaped;
        *to++ = escaped && *from == 'n' ? '\n' : *from;
    }
    *to = '\0';
    return text;
}

static void read_table(struct command *command)
{
    char end = *script++;
    char *from = unescape(read_delimited(end, false)), *to = unescape(read_delimited(end, false));

    if (strlen(from) != strlen(to))
        wrong_use("y: both texts must be as long");
    command->table = take(256);
    for (int byte = 0; byte < 256; byte++)
        command->table[byte] = (unsigned char)byte;
    for (size_t i = 0; from[i]; i++)
        command->table[(unsigned char)from[i]] = (unsigned char)to[i];
    free(from);
    free(to);
}

static size_t open_braces[64], brace_count;

static void read_rest(struct command *command)
{
    switch (command->letter) {
    case '{':
        if (brace_count == sizeof(open_braces) / sizeof(open_braces[0]))
            wrong_use("too many {");
        open_braces[brace_count++] = command_count;
        return;
    case '}':
        if (brace_count == 0)
            wrong_use("a } without a {");
        commands[open_braces[--brace_count]].target = command_count;
        return;
    case 'a': case 'i': case 'c':
        command->text = read_text();
        return;
    case ':': case 'b': case 't': case 'T':
        command->text = read_word();
        return;
    case 'r':
        command->text = read_file_name();
        return;
    case 'w': {
        char *name = read_file_name();

        command->file = open_output(name);
        free(name);
        return;
    }
    case 's':
        read_substitution(command);
        return;
    case 'y':
        read_table(command);
        return;
    case 'q': case 'Q':
        skip_blanks();
        if (isdigit((unsigned char)*script))
            command->which = read_number();
        return;
    case '=': case 'd': case 'D': case 'g': case 'G': case 'h': case 'H': case 'l': case 'n':
    case 'N': case 'p': case 'P': case 'x':
        return;
    default:
        wrong_use("there is no command %c", command->letter ? command->letter : '?');
    }
}

static void end_command(const struct command *command)
{
    skip_blanks();
    if (command->letter == '{' || *script == '}' || *script == '\0')
        return;
    if (*script == '#')
        return;
    if (*script != ';' && *script != '\n')
        wrong_use("'%s' stands behind a command", script);
    script++;
}

static void read_script(const char *text)
{
    script = text;
    for (;;) {
        while (isspace((unsigned char)*script) || *script == ';')
            script++;
        if (*script == '#') {
            script += strcspn(script, "\n");
            continue;
        }
        if (!*script)
            return;
        struct command command = {.from = read_address(false)};

        skip_blanks();
        if (*script == ',') {
            script++;
            skip_blanks();
            command.to = read_address(true);
            if (command.to.kind == NO_ADDRESS)
                wrong_use("no address behind the comma");
        }
        for (skip_blanks(); *script == '!'; skip_blanks()) {
            script++;
            command.inverse = true;
        }
        command.letter = *script;
        script += *script != '\0';
        commands = take_more(commands, (command_count + 1) * sizeof(*commands));
        commands[command_count] = command;
        read_rest(&command);
        command.target = commands[command_count].target;
        commands[command_count++] = command;
        end_command(&command);
    }
}

static void find_labels(void)
{
    if (brace_count)
        wrong_use("a { without a }");
    for (size_t i = 0; i < command_count; i++) {
        struct command *command = &commands[i];

        if (!strchr("btT", command->letter))
            continue;
        command->target = command_count;
        for (size_t j = 0; j < command_count && *command->text; j++)
            if (commands[j].letter == ':' && strcmp(commands[j].text, command->text) == 0)
                command->target = j;
        if (*command->text && command->target == command_count)
            wrong_use("there is no label %s", command->text);
    }
}

/* ---- input ----------------------------------------------------------------------------------- */

static struct {
    char **paths;
    int count, next;
    FILE *file;
    char *ahead; /* the line behind the one that is worked on */
    bool ahead_ended, had_ended, separate;
    uint64_t line;
    int status;
} input;

static FILE *out;

static bool open_next(void)
{
    while (input.next < input.count) {
        const char *path = input.paths[input.next++];

        input.file = strcmp(path, "-") ? fopen(path, "r") : stdin;
        if (input.file)
            return true;
        input.status = failed("%s", path);
    }
    return false;
}

static void look_ahead(void)
{
    input.ahead = NULL;
    while (!input.ahead) {
        char *line = input.file ? next_line(input.file, NULL, &input.ahead_ended) : NULL;

        if (line) {
            input.ahead = take_copy(line);
            return;
        }
        if (input.file && input.file != stdin)
            fclose(input.file);
        input.file = NULL;
        if (!open_next())
            return;
    }
}

static char *read_line(void)
{
    char *line = input.ahead;

    if (line) {
        input.had_ended = input.ahead_ended;
        input.line++;
        look_ahead();
    }
    return line;
}

/* ---- running --------------------------------------------------------------------------------- */

static char *space, *hold;
static struct list appended; /* "t" and text, or "f" and a file's name */
static const regex_t *last_pattern;

static void print(FILE *to, const char *text)
{
    fputs(text, to);
    /* A last line without an end stays so. */
    if (input.ahead || input.had_ended)
        putc_unlocked('\n', to);
}

static void print_appended(void)
{
    for (size_t i = 0; i < appended.count; i++) {
        const char *text = appended.at[i] + 1;

        if (appended.at[i][0] == 't') {
            fputs(text, out);
            continue;
        }
        FILE *file = fopen(text, "r");

        for (int c; file && (c = getc_unlocked(file)) != EOF;)
            putc_unlocked(c, out);
        if (file)
            fclose(file);
    }
    list_free(&appended);
}

static bool fits(const regex_t *pattern)
{
    last_pattern = pattern ? pattern : last_pattern;
    if (!last_pattern)
        wrong_use("an empty pattern, and none before");
    return regexec(last_pattern, space, 0, NULL, 0) == 0;
}

static bool address_fits(const struct address *address)
{
    switch (address->kind) {
    case LINE:
        return input.line == address->line;
    case STEP:
        return address->step ? input.line >= address->line
                                   && (input.line - address->line) % address->step == 0
                             : input.line == address->line;
    case LAST:
        return !input.ahead;
    case PATTERN:
        return fits(address->pattern);
    default:
        return true;
    }
}

static bool is_chosen(struct command *command)
{
    bool chosen;

    if (command->to.kind == NO_ADDRESS) {
        chosen = address_fits(&command->from);
    } else if (command->inside) {
        chosen = true;
        if (command->to.kind == COUNT)
            command->inside = input.line < command->range_end;
        else if (command->to.kind == LINE) {
            chosen = input.line <= command->to.line;
            command->inside = input.line < command->to.line;
        } else
            command->inside = !address_fits(&command->to);
    } else {
        chosen = address_fits(&command->from);
        command->range_end = input.line + command->to.line;
        if (chosen)
            command->inside = command->to.kind == LINE ? command->to.line > input.line
                              : command->to.kind == COUNT ? command->to.line > 0 : input.ahead != NULL;
    }
    return chosen != command->inverse;
}

struct text {
    char *at;
    size_t size, room;
};

static void append(struct text *text, const char *bytes, size_t size)
{
    if (text->size + size + 1 > text->room) {
        text->room = 2 * (text->size + size) + 64;
        text->at = take_more(text->at, text->room);
    }
    memcpy(text->at + text->size, bytes, size);
    text->size += size;
    text->at[text->size] = '\0';
}

static void append_replacement(struct text *result, const char *text, const char *at,
                               const regmatch_t *match)
{
    for (; *text; text++) {
        int group = *text == '&' ? 0 : -1;

        if (text[0] == '\\' && text[1]) {
            text++;
            if (isdigit((unsigned char)*text))
                group = *text - '0';
            else {
                append(result, *text == 'n' ? "\n" : text, 1);
                continue;
            }
        }
        if (group < 0)
            append(result, text, 1);
        else if (match[group].rm_so >= 0)
            append(result, at + match[group].rm_so, (size_t)(match[group].rm_eo - match[group].rm_so));
    }
}

static bool substitute(const struct command *command)
{
    struct text result = {0};
    const char *at = space;
    regmatch_t match[10];
    uint64_t number = 0;
    bool done = false, behind_match = false;

    last_pattern = command->pattern ? command->pattern : last_pattern;
    if (!last_pattern)
        wrong_use("an empty pattern, and none before");
    append(&result, "", 0);
    while (regexec(last_pattern, at, 10, match, at > space ? REG_NOTBOL : 0) == 0) {
        bool empty = match[0].rm_eo == match[0].rm_so;
        /* Right behind a match nothing is no match. */
        bool counts = !empty || !behind_match || match[0].rm_so > 0;

        number += counts;
        bool wanted = counts && number >= command->which && (command->global || !done);

        append(&result, at, (size_t)match[0].rm_so);
        if (wanted)
            append_replacement(&result, command->text, at, match);
        else
            append(&result, at + match[0].rm_so, (size_t)(match[0].rm_eo - match[0].rm_so));
        done |= wanted;
        at += match[0].rm_eo;
        behind_match = !empty;
        if ((done && !command->global) || !*at)
            break;
        if (empty)
            append(&result, at++, 1);
    }
    append(&result, at, strlen(at));
    free(space);
    space = result.at;
    return done;
}

static char *joined(char *one, const char *other)
{
    char *text = take_text("%s\n%s", one, other);

    free(one);
    return text;
}

static void replace(char **text, char *by)
{
    free(*text);
    *text = by;
}

static void print_visibly(void)
{
    static const char letters[] = "abfnrtv\\", bytes[] = "\a\b\f\n\r\t\v\\";

    for (const char *at = space; *at; at++) {
        const char *known = strchr(bytes, *at);

        if (known)
            fprintf(out, "\\%c", letters[known - bytes]);
        else if ((unsigned char)*at < 0x20 || (unsigned char)*at >= 0x7f)
            fprintf(out, "\\%03o", (unsigned char)*at);
        else
            putc_unlocked(*at, out);
    }
    fputs("$\n", out);
}

enum next { GO_ON, END_CYCLE, NEW_CYCLE, AGAIN, QUIT };

static bool substituted;

static enum next next_line_in(bool add)
{
    char *line;

    if (!input.ahead) /* the end; what there is is printed */
        return QUIT;
    if (!add && !silent)
        print(out, space);
    print_appended();
    line = read_line();
    if (add) {
        replace(&space, joined(take_copy(space), line));
        free(line);
    } else {
        replace(&space, line);
    }
    return GO_ON;
}

static enum next run_text(struct command *command)
{
    switch (command->letter) {
    case 'a':
        list_add(&appended, take_text("t%s", command->text));
        return GO_ON;
    case 'r':
        list_add(&appended, take_text("f%s", command->text));
        return GO_ON;
    case 'i':
        fputs(command->text, out);
        return GO_ON;
    default: /* c: at the end of a range, or for each line */
        if (command->to.kind == NO_ADDRESS || !command->inside || command->inverse)
            fputs(command->text, out);
        return NEW_CYCLE;
    }
}

static enum next run_space(const struct command *command)
{
    char *line_end = strchr(space, '\n');

    switch (command->letter) {
    case 'p': print(out, space); break;
    case 'P': fprintf(out, "%.*s\n", line_end ? (int)(line_end - space) : (int)strlen(space), space); break;
    case 'l': print_visibly(); break;
    case '=': fprintf(out, "%llu\n", (unsigned long long)input.line); break;
    case 'g': replace(&space, take_copy(hold)); break;
    case 'G': space = joined(space, hold); break;
    case 'h': replace(&hold, take_copy(space)); break;
    case 'H': hold = joined(hold, space); break;
    case 'x': {
        char *other = space;

        space = hold;
        hold = other;
        break;
    }
    case 'y':
        for (unsigned char *at = (unsigned char *)space; *at; at++)
            *at = command->table[*at];
        break;
    case 'w':
        fprintf(command->file, "%s\n", space);
        break;
    case 'D':
        if (!line_end)
            return NEW_CYCLE;
        memmove(space, line_end + 1, strlen(line_end));
        return AGAIN;
    }
    return GO_ON;
}

static int quit_status;

static enum next run_command(size_t *at)
{
    struct command *command = &commands[*at];

    if (!is_chosen(command)) {
        if (command->letter == '{')
            *at = command->target;
        return GO_ON;
    }
    switch (command->letter) {
    case '{': case '}': case ':':
        return GO_ON;
    case 'a': case 'i': case 'c': case 'r':
        return run_text(command);
    case 'd':
        return NEW_CYCLE;
    case 'n': case 'N':
        return next_line_in(command->letter == 'N');
    case 'q':
        quit_status = (int)command->which;
        return QUIT;
    case 'Q':
        silent = true;
        quit_status = (int)command->which;
        return QUIT;
    case 's':
        if (substitute(command)) {
            substituted = true;
            if (command->print)
                print(out, space);
            if (command->file)
                fprintf(command->file, "%s\n", space);
        }
        return GO_ON;
    case 't': case 'T':
        if (substituted == (command->letter == 't'))
            *at = command->target;
        substituted = false;
        return GO_ON;
    case 'b':
        *at = command->target;
        return GO_ON;
    default:
        return run_space(command);
    }
}

static enum next run_cycle(void)
{
    enum next next = GO_ON;

    for (size_t at = 0; at < command_count && next == GO_ON; at++)
        next = run_command(&at);
    if ((next == GO_ON || next == QUIT) && !silent)
        print(out, space);
    print_appended();
    return next;
}

static void run(void)
{
    enum next next = GO_ON;

    look_ahead();
    hold = hold ? hold : take_copy("");
    while (next != QUIT) {
        if (next != AGAIN) {
            char *line = read_line();

            if (!line)
                break;
            replace(&space, line);
            substituted = false;
        }
        next = run_cycle();
    }
}

/* ---- files in place -------------------------------------------------------------------------- */

static int run_in_place(char *path)
{
    char *new = take_text("%s.sed-new", path), *paths[] = {path, NULL};
    struct stat about;
    int status = 0;

    if (stat(path, &about))
        return failed("%s", path);
    out = fopen(new, "w");
    if (!out)
        return failed("%s", new);
    input.paths = paths;
    input.count = 1;
    input.next = 0;
    input.line = 0;
    run();
    if (fclose(out) || chmod(new, about.st_mode & 07777) || rename(new, path)) {
        status = failed("%s", path);
        unlink(new);
    }
    free(new);
    return status;
}

static int sed(struct words *words)
{
    static char standard[] = "-";
    char *standard_alone[] = {standard, NULL};
    bool in_place = false, has_script = false;
    char *whole = take_copy("");
    int status = 0, first = 0;

    for (int c; (c = option(words, "nEre:f:i"));) {
        silent |= c == 'n';
        extended |= c == 'E' || c == 'r';
        in_place |= c == 'i';
        if (c == 'e' || c == 'f') {
            char *text = c == 'e' ? option_value : read_file(option_value);

            if (!text)
                return failed("%s", option_value);
            whole = has_script ? joined(whole, text) : take_copy(text);
            has_script = true;
        }
    }
    need_operands(words, !has_script, -1);
    read_script(has_script ? whole : words->at[first++]);
    find_labels();
    out = stdout;
    if (in_place) {
        for (int i = first; i < words->count; i++)
            status |= run_in_place(words->at[i]);
        return status;
    }
    input.paths = words->count > first ? words->at + first : standard_alone;
    input.count = words->count > first ? words->count - first : 1;
    run();
    return finish_output() | input.status | quit_status;
}

TOOL(sed, "sed", "[-nEi] [-e SCRIPT | -f FILE]… [SCRIPT] [FILE…]", "edit lines by a script",
     "  -n  print only what p prints; -E extended patterns; -i files in place\n"
     "  A command is [ADDRESS[,ADDRESS]][!]LETTER: s/PATTERN/TEXT/gp2 d p q a i c y n N …\n"
     "  An address is a line's number, $ (the last), /PATTERN/, 3~2 (every second); +N behind a comma\n")
