/*
 * The tools are one program, /bin/tools, that has a name for each: ls is user/tools/ls.c, which
 * says
 *
 *     TOOL(ls, "[-alR] [PATH …]", "List files.\n  -a  …")
 *     {
 *         … count, words: as main's …
 *         return 0;
 *     }
 *
 * The table of them is made from the names of the files (user/shell.mk).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

struct tool {
    const char *name, *usage, *help;
    int (*run)(int count, char **words);
};

#define TOOL(id, usage, help)                                                                      \
    static int run(int count, char **words);                                                       \
    extern const struct tool tool_##id;                                                            \
    const struct tool tool_##id = {#id, usage, help, run};                                         \
    static int run(int count, char **words)

#define countof(array) (sizeof(array) / sizeof((array)[0]))
#define unused         __attribute__((unused))

/* ---- words and complaints -------------------------------------------------------------------- */

extern const struct tool *tool; /* the one that runs */
/* What the tool ends with when it returns 0: 1 after a complaint. */
extern int tool_status;

/* The next option, as getopt says it; -1 at the end. One that is unknown: usage, exit 2. A `+` in
   front: options end at the first word that is none. */
int option(int count, char **words, const char *letters);
void usage(void) __attribute__((noreturn));
/* "TOOL: …" */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "TOOL: NAME: what errno says" */
void complain_of(const char *name);
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* A number of that range, with k, M, G (of 1024) behind it, or death. */
long long number_of(const char *word, long long least, long long most);
/* A question on the terminal; true: the answer began with y. */
bool ask(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- memory: never NULL ---------------------------------------------------------------------- */

void *allocate(size_t size);
void *enlarge(void *at, size_t size);
char *copy_of(const char *text);
char *text_made(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *path_in(const char *folder, const char *name);

struct names {
    char **at;
    size_t count, room;
};
void names_add(struct names *names, char *name); /* takes it */
void names_sort(struct names *names);
void names_free(struct names *names);

/* ---- files ----------------------------------------------------------------------------------- */

/* What is in a folder, sorted, without . and ..; false after a complaint. */
bool folder_read(const char *path, struct names *names);
/* A file, or standard input for "-"; NULL after a complaint. file_done closes it. */
FILE *file_of(const char *path);
void file_done(FILE *file);
/* Runs it with each file that words names from `from` on, or with standard input. */
void each_file(int count, char **words, int from, void (*run)(FILE *file, const char *path));
/* A line without its end, however long, bytes of 0 in it; -1 at the end. The room is reused. */
ssize_t line_of(FILE *file, char **line, size_t *room, bool *ended);
/* The whole file, terminated; NULL and errno. */
char *file_text(const char *path, size_t *size);
bool write_all(int fd, const void *bytes, size_t size);
/* Where something of that name would go: in the folder `to`, or `to` itself. */
char *target_of(const char *from, const char *to);
const char *last_part(const char *path);
/* Recursively, as cp -r (keep: -p) and rm -r; false after a complaint. */
struct copying {
    bool folders, keep, force, ask, talk, links;
};
bool copy_path(const char *from, const char *to, const struct copying *how);
struct removing {
    bool folders, force, ask, talk;
};
bool remove_path(const char *path, const struct removing *how);

/* ---- how things are written ------------------------------------------------------------------ */

void mode_text(mode_t mode, char text[11]); /* drwxr-xr-x */
/* A mode as chmod takes it, on top of `old`; death. */
mode_t mode_of(const char *word, mode_t old, bool folder);
char *size_text(unsigned long long bytes, char text[16]); /* 1.5K */
char *user_text(uid_t user, char text[32]);
char *group_text(gid_t group, char text[32]);
size_t columns_of(const char *text); /* that UTF-8 takes on the screen */
int screen_columns(void);
int screen_rows(void);
bool to_screen(void); /* standard output is a terminal */

/* ---- processes ------------------------------------------------------------------------------- */

int signal_of(const char *word); /* TERM, SIGTERM, 15; -1 */
const char *signal_text(int number);
/* What becomes of this process; death if it cannot. 127: not there, 126: cannot run. */
void become(char **words) __attribute__((noreturn));
/* A command that the shell has itself. */
void become_builtin(int count, char **words) __attribute__((noreturn));
int run_words(char **words); /* its status, as a shell's */

/* For reboot and poweroff. */
int power(int count, char **words, bool restart);

/* From /proc/PID. */
struct process_info {
    long pid, parent, nice, threads;
    char state;
    char name[64];
    unsigned long long ticks, start_ticks, bytes, resident_kib;
    unsigned user;
};
bool process_read(long pid, struct process_info *info);
/* All of them, sorted; malloc's. */
struct process_info *processes_read(size_t *count);
char *process_words(const struct process_info *info); /* the command line; malloc's */
/* A field of a file like /proc/meminfo, in kB; 0: not there. */
unsigned long long kib_of(const char *text, const char *name);
