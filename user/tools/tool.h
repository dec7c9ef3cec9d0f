/*
 * The tools: one program, /bin/tools, that is whatever it is called as; the image has a hard link to it for
 * each (/bin/ls, /bin/cat …). A tool is one file. It ends with
 *
 *     TOOL(cat, "cat", "[-n] [FILE…]", "print files one after the other", "  -n  with line numbers\n")
 *
 * which needs a function `static int cat(struct words *words)`; it returns the exit status.
 * `NAME --help` is answered here, from these texts.
 *
 * Exit statuses: 0 all well, 1 something was not, 2 wrong use (where a tool's meaning does not want
 * another). Messages go to standard error as `NAME: what: why`. Memory that a tool takes is given back by
 * its end; memory that is not there ends it.
 *
 * A tool has one thread: single characters are read and printed by getc_unlocked and its like, which take
 * no lock for each.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What stands behind the tool's name. */
struct words {
    int count;
    char **at; /* at[count] is NULL */
};

struct tool {
    const char *name, *usage, *does, *options; /* options: lines, or "" */
    int (*run)(struct words *words);
};

#define TOOL(function, called, usage_, does_, options_)                                                    \
    static const struct tool tool_##function = {called, usage_, does_, options_, function};                \
    static const struct tool *const tool_entry_##function __attribute__((used, section("tool_list"))) =    \
        &tool_##function;

extern const struct tool *this_tool;

/* ---- options ----------------------------------------------------------------------------------- */

/* The next option's letter, or 0 when there is none left: then `words` are the operands. letters as
   getopt's, "an:" (n has an argument, in option_value); operands may come before options, except with a
   leading '+': then the first operand ends them. '#' stands for a number: -20 gives '#' and "20".
   An unknown one ends the tool with status 2. */
int option(struct words *words, const char *letters);
extern char *option_value;

/* ---- messages ---------------------------------------------------------------------------------- */

#define PRINTS(text, values) __attribute__((format(printf, text, values)))

/* "NAME: what: why" by errno; returns 1. */
int failed(const char *format, ...) PRINTS(1, 2);
/* "NAME: what"; returns 1. */
int wrong(const char *format, ...) PRINTS(1, 2);
/* The same, and the end of the tool with status 2. */
void wrong_use(const char *format, ...) PRINTS(1, 2) __attribute__((noreturn));
/* The end with status 2 unless there are so many operands; most -1: any number. */
void need_operands(const struct words *words, int least, int most);

/* ---- memory and strings ------------------------------------------------------------------------ */

void *take(size_t bytes);                     /* zeroed */
void *take_more(void *memory, size_t bytes);
char *take_copy(const char *text);
char *take_text(const char *format, ...) PRINTS(1, 2);
char *path_join(const char *directory, const char *name);
const char *base_name(const char *path);      /* behind the last '/' that has something behind it */

struct list {
    char **at; /* terminated by NULL */
    size_t count;
};

void list_add(struct list *list, char *text); /* keeps the address */
void list_free(struct list *list);            /* and the texts */
void list_sort(struct list *list);

/* ---- numbers ----------------------------------------------------------------------------------- */

/* Decimal, with an optional K, M, G, T (1024). false: it is none. */
bool number_of(const char *text, uint64_t *value);
/* The same, or the end of the tool with status 2 that names it. */
uint64_t need_number(const char *text, const char *what);
/* 1.4K, 23M; `to` has HUMAN_BYTES. */
#define HUMAN_BYTES 8
const char *human(uint64_t bytes, char *to);
/* Seconds of "1.5", "2m", "1h", "3d"; less than 0: wrong. */
double seconds_of(const char *text);

/* ---- files ------------------------------------------------------------------------------------- */

#define CHUNK 65536u

/* All bytes, or -1 with errno. */
int write_all(int fd, const void *bytes, size_t size);
/* From one to the other until the end: 0, 1 when reading failed, 2 when writing failed; errno. */
int copy_bytes(int from, int to);
/* The names in a directory without . and .., sorted; -1 with errno. */
int read_directory(const char *path, struct list *names);
/* A whole small file (of /proc), terminated, or NULL with errno. */
char *read_file(const char *path);
/* Opens a file, "-" being standard input; -1 after a message. */
int open_input(const char *path);
/* For each operand, or standard input when there is none: work(file, name). Statuses are or-ed. */
int each_input(struct words *words, int (*work)(FILE *file, const char *name));
/* A line without its end, or NULL; valid until the next call for any file. */
char *next_line(FILE *file, size_t *length, bool *had_end);
/* Flushes standard output; 1 after a message when something of it was lost. */
int finish_output(void);
/* Asks "what?" at standard error; true when the answer begins with y. */
bool confirmed(const char *format, ...) PRINTS(1, 2);

/* "drwxr-xr-x"; `to` has 11 bytes. */
const char *mode_text(unsigned mode, char *to);
/* An octal mode, or u+x,go-w and its like applied to `mode`; false: wrong. */
bool mode_change(const char *text, unsigned mode, bool is_directory, unsigned *changed);
/* Names of users and groups, or their numbers as text; valid until the next call of either. */
const char *user_text(unsigned uid);
const char *group_text(unsigned gid);

/* ---- a tree of files ----------------------------------------------------------------------------- */

struct stat;

struct visit {
    const char *path;
    const struct stat *about;
    int depth;        /* 0: what was named */
    bool after;       /* a directory, all its entries having been visited */
    bool skip;        /* set by the visitor: leave this directory's entries out */
};

#define WALK_FOLLOW 1 /* links below, too */
#define WALK_FOLLOW_NAMED 2
#define WALK_ONE_DEVICE 4

/* visitor for `path`, and everything below it in the order of names; a directory is visited before its
   entries and again after. What cannot be read is told. 1: something failed, or a visitor returned not 0. */
int walk_tree(const char *path, unsigned how, int (*visitor)(struct visit *visit, void *data), void *data);

/* ---- processes --------------------------------------------------------------------------------- */

/* "TERM", "SIGTERM", "15" → 15; -1: none. */
int signal_number(const char *text);
const char *signal_name(int number); /* "TERM", or NULL */
const char *error_name(int number);  /* "ENOENT", or NULL */
/* Becomes the program; returns the status (127, 126) after a message when that does not go. */
int run_program(char **words);
