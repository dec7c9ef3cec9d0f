/*
 * The shell: how its parts fit together.
 *
 *     input.c     where commands come from: a string, a file, a terminal (editor.c)
 *     lexer.c     characters → tokens; words keep their quotes
 *     parser.c    tokens → tree (tree.h)
 *     expand.c    a word → fields: ~, $, `…`, $((…)) (arithmetic.c), splitting, globbing (pattern.c)
 *     run.c       tree → processes; redirect.c, jobs.c
 *     builtins.c  commands of the shell's own; variables.c, test.c
 *
 * Memory of one command line lives in an arena that is freed when it has run; what stays (variables,
 * functions, history) is malloc's. The shell has one thread.
 */
#pragma once

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "user/sh/arena.h"
#include "user/sh/tree.h"

/* ---- state ----------------------------------------------------------------------------------- */

struct shell {
    bool interactive, job_control, login;
    bool exit_on_error, no_unset, trace, verbose, no_exec, no_glob, no_clobber, all_export, pipefail;
    int status;            /* $? */
    pid_t pid;             /* $$ */
    pid_t last_background; /* $! */
    const char *name;      /* $0 */
    char **words;          /* $1 …, terminated by NULL; malloc's */
    int word_count;
    int loop_depth, break_levels, continue_levels;
    int function_depth, source_depth;
    bool returning;        /* out of a function or a sourced file */
    int condition_depth;   /* inside `if`, `while`, `!`, && and ||: -e does not count */
    bool in_subshell;
    int terminal;          /* a handle of the terminal, or -1 */
};

extern struct shell shell;

/* ---- ends and errors ------------------------------------------------------------------------- */

/* A mistake that ends the command line (and a shell that is not interactive): status 2, or 1. */
void fail_line(int status, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ctrl-C, by a signal or in the job that the shell waited for: the line ends at its next command. */
enum interruption { NOT_INTERRUPTED, SHELL_INTERRUPTED, JOB_INTERRUPTED };
extern volatile sig_atomic_t interrupted;
void stop_if_interrupted(void);
/* Where fail_line goes to. */
extern jmp_buf *line_failed;
void leave_shell(int status) __attribute__((noreturn)); /* runs the EXIT trap */

/* ---- input.c --------------------------------------------------------------------------------- */

struct input {
    int (*next)(struct input *input); /* a byte, or EOF */
    void *source;
    struct inserted {
        const char *at;
        struct inserted *next;
    } *inserted; /* of aliases */
    int pushed[4];
    int pushed_count;
    int line;
    bool prompts;   /* a terminal: a prompt before each line */
    bool continued; /* in the middle of a command: the other prompt */
    bool ended;
};

int input_get(struct input *input);
void input_unget(struct input *input, int c);
/* These bytes come first. */
void input_insert(struct input *input, struct arena *arena, const char *text);
struct input *input_of_string(struct arena *arena, const char *text);
struct input *input_of_file(struct arena *arena, int fd);
struct input *input_of_terminal(struct arena *arena);

/* ---- parser.c, run.c ------------------------------------------------------------------------- */

/* The next complete command; NULL: the end of the input. fail_line on a mistake. */
struct node *parse_command(struct arena *arena, struct input *input, bool *ended);
int run(const struct node *node); /* returns and sets the status */
int run_input(struct input *input); /* until it ends */
int run_string(const char *text);
/* Command substitution: what it writes, without its last newlines. */
char *run_and_read(struct arena *arena, const char *text);
int run_exec(char **words); /* becomes that program */
int run_function(const struct node *body, char **words, int count);

/* ---- expand.c -------------------------------------------------------------------------------- */

struct fields {
    char **at; /* terminated by NULL */
    int count, room;
};

struct fields expand_words(struct arena *arena, const struct word *words); /* splitting, globbing */
char *expand_to_one(struct arena *arena, const char *text);     /* neither of the two */
char *expand_pattern(struct arena *arena, const char *text);    /* quoted characters get a backslash */
char *expand_here(struct arena *arena, const char *text);       /* a here-document's body */
void fields_add(struct arena *arena, struct fields *fields, char *text);

long arithmetic(struct arena *arena, const char *text); /* fail_line on a mistake */
bool pattern_matches(const char *pattern, const char *text);

/* ---- variables.c ----------------------------------------------------------------------------- */

const char *variable_get(const char *name); /* NULL: not set */
/* 0; 1 with a complaint: it may not be changed. value NULL: only its flags. */
int variable_set(const char *name, const char *value, unsigned flags);
int variable_unset(const char *name);
#define VARIABLE_EXPORT   1u
#define VARIABLE_READONLY 2u
void variables_init(char **environment);
char **variables_environment(struct arena *arena);
void variables_print(unsigned flags, const char *word); /* as commands that set them again */
bool is_name(const char *text);
size_t name_length(const char *text);
const char *ifs(void);
/* Local to a function. */
void variables_push(void);
void variables_pop(void);
int variable_make_local(const char *name);

const struct node *function_find(const char *name);
void function_define(const char *name, const struct node *body);
bool function_unset(const char *name);

const char *alias_find(const char *name);
void alias_set(const char *name, const char *value);
bool alias_unset(const char *name);
void alias_print(const char *name);

/* ---- redirect.c ------------------------------------------------------------------------------ */

struct saved_fds;
/* Does them; when `saved` is not NULL it remembers how it was. 0, or 1 after a complaint. */
int redirect(struct arena *arena, const struct redirection *list, struct saved_fds **saved);
void redirect_back(struct saved_fds *saved);
int move_fd_up(int fd); /* out of the way of those that commands use; close-on-exec */

/* ---- builtins.c ------------------------------------------------------------------------------ */

struct builtin {
    const char *name;
    int (*run)(int count, char **words);
    bool special; /* POSIX: its assignments stay */
    const char *usage;
};

const struct builtin *builtin_find(const char *name);
const struct builtin *builtin_at(unsigned index); /* NULL beyond the last */
int test_command(int count, char **words);
char *find_program(struct arena *arena, const char *name); /* by PATH; NULL */
void trap_run_pending(void);
void traps_reset(void); /* in a subshell */
void trap_run_exit(void);
bool trap_ignores(int signal);

/* ---- jobs.c ---------------------------------------------------------------------------------- */

struct job;
void jobs_init(void);
/* A process for the job; NULL: it begins a new one. In the child 0 comes back. */
pid_t job_fork(struct job **job, const struct node *node, bool background);
int job_wait(struct job *job);       /* in the foreground: its status; stopped: it stays a job */
void job_background(struct job *job); /* it stays */
void jobs_notify(void);              /* tell of those that have ended or stopped */
void jobs_forget(void);              /* in a subshell */
int jobs_command(int count, char **words);
int fg_command(int count, char **words);
int bg_command(int count, char **words);
int wait_command(int count, char **words);
int kill_command(int count, char **words);
void jobs_hang_up(void);
int signal_number(const char *word); /* -1 */
const char *signal_name(int number); /* NULL */

/* ---- editor.c -------------------------------------------------------------------------------- */

/* A line from the terminal, with its newline; malloc's. NULL: the end. */
char *editor_read(const char *prompt);
void history_load(void);
void history_save(void);
int history_command(int count, char **words);
char *prompt_text(struct arena *arena, const char *template);
