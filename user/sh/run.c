/*
 * Trees run. What a simple command needs lives in an arena of its own, so that loops do not grow.
 * A mistake (fail_line) unwinds to the loop that reads commands; what was redirected for a builtin
 * comes back there, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/sh/sh.h"

#define CALLS_MAX 1000 /* functions in functions */

jmp_buf *line_failed;

static int run_node(const struct node *node);

/* ---- mistakes -------------------------------------------------------------------------------- */

void complain(const char *format, ...)
{
    va_list arguments;

    fflush(stdout);
    fprintf(stderr, "%s: ", shell.name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void fail_line(int status, const char *format, ...)
{
    va_list arguments;

    fflush(stdout);
    fprintf(stderr, "%s: ", shell.name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    shell.status = status;
    if (!line_failed)
        leave_shell(status);
    longjmp(*line_failed, 1);
}

volatile sig_atomic_t interrupted;

void stop_if_interrupted(void)
{
    if (!interrupted || !shell.interactive || shell.in_subshell || !line_failed)
        return;
    if (interrupted == SHELL_INTERRUPTED)
        fputc('\n', stderr);
    interrupted = NOT_INTERRUPTED;
    shell.status = 128 + SIGINT;
    longjmp(*line_failed, 1);
}

void leave_shell(int status)
{
    shell.status = status;
    line_failed = NULL;
    if (!shell.in_subshell) {
        trap_run_exit();
        if (shell.interactive)
            history_save();
        if (shell.login)
            jobs_hang_up();
    }
    fflush(stdout);
    if (shell.in_subshell)
        _exit(shell.status & 0xff);
    exit(shell.status & 0xff);
}

/* -e: the shell ends where nobody asked how the command ended. */
static int counted(int status)
{
    shell.status = status;
    if (status && shell.exit_on_error && !shell.condition_depth)
        leave_shell(status);
    return status;
}

/* ---- subshells ------------------------------------------------------------------------------- */

static void become_subshell(void)
{
    shell.in_subshell = true;
    shell.loop_depth = 0;
    shell.interactive = false;
    jobs_forget();
    traps_reset();
}

/* What a child of ours does before it ends, and nothing else: a program takes its place, so that $! and the
   members of a job are the programs themselves. */
static const struct node *only;

static void __attribute__((noreturn)) run_in_child(const struct node *node)
{
    static jmp_buf failed;

    become_subshell();
    only = node;
    line_failed = &failed;
    if (setjmp(failed) == 0)
        (void)run_node(node);
    trap_run_exit();
    fflush(stdout);
    _exit(shell.status & 0xff);
}

static int run_subshell(const struct node *node)
{
    struct job *job = NULL;
    pid_t pid = job_fork(&job, node, false);

    if (pid < 0)
        return 1;
    if (pid == 0) {
        struct arena arena = {0};

        if (redirect(&arena, node->redirections, NULL))
            _exit(1);
        run_in_child(node->left);
    }
    return counted(job_wait(job));
}

char *run_and_read(struct arena *arena, const char *text)
{
    struct buffer output = buffer_in(arena);
    int ends[2], status;
    char bytes[512];
    ssize_t got;
    pid_t pid;

    if (pipe(ends))
        fail_line(1, "pipe: %s", strerror(errno));
    fflush(stdout);
    pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        fail_line(1, "fork: %s", strerror(errno));
    }
    if (pid == 0) {
        static jmp_buf failed;

        close(ends[0]);
        if (ends[1] != STDOUT_FILENO) {
            dup2(ends[1], STDOUT_FILENO);
            close(ends[1]);
        }
        become_subshell();
        shell.job_control = false;
        line_failed = &failed;
        if (setjmp(failed) == 0)
            (void)run_string(text);
        trap_run_exit();
        fflush(stdout);
        _exit(shell.status & 0xff);
    }
    close(ends[1]);
    while ((got = read(ends[0], bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EINTR))
        for (ssize_t i = 0; i < got; i++)
            if (bytes[i])
                buffer_add(&output, bytes[i]);
    close(ends[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    shell.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    while (output.length && output.text[output.length - 1] == '\n')
        output.text[--output.length] = '\0';
    return output.text;
}

/* ---- pipes ----------------------------------------------------------------------------------- */

/* A part of a pipe, from the first to the last. input: what it reads from, or -1; closed here. */
static bool start_part(struct job **job, const struct node *whole, const struct node *node,
                       int input, int output, int unused)
{
    pid_t pid = job_fork(job, whole, false);

    if (pid == 0) {
        if (input >= 0) {
            dup2(input, STDIN_FILENO);
            close(input);
        }
        if (output >= 0) {
            dup2(output, STDOUT_FILENO);
            close(output);
        }
        if (unused >= 0)
            close(unused);
        run_in_child(node);
    }
    if (input >= 0)
        close(input);
    if (output >= 0)
        close(output);
    return pid > 0;
}

static int start_pipe(struct job **job, const struct node *whole, const struct node *node)
{
    int ends[2], input = -1;

    if (node->kind == NODE_PIPE && node->left->kind == NODE_PIPE) {
        input = start_pipe(job, whole, node->left);
        if (input == -2)
            return -2;
        node = node->left->right;
    } else {
        node = node->left;
    }
    if (pipe(ends)) {
        complain("pipe: %s", strerror(errno));
        return -2;
    }
    return start_part(job, whole, node, input, ends[1], ends[0]) ? ends[0] : -2;
}

static int run_pipe(const struct node *node)
{
    struct job *job = NULL;
    int input = start_pipe(&job, node, node);

    if (input == -2 || !start_part(&job, node, node->right, input, -1, -1)) {
        if (job)
            (void)job_wait(job);
        return counted(1);
    }
    return counted(job_wait(job));
}

static int run_background(const struct node *node)
{
    struct job *job = NULL;
    pid_t pid = job_fork(&job, node->left, true);

    if (pid < 0)
        return 1;
    if (pid == 0) {
        if (!shell.job_control) {
            int nothing = open("/dev/null", O_RDONLY);

            if (nothing > 0) {
                dup2(nothing, STDIN_FILENO);
                close(nothing);
            }
        }
        run_in_child(node->left);
    }
    job_background(job);
    return shell.status = 0;
}

/* ---- simple commands ------------------------------------------------------------------------- */

static char *assigned_value(struct arena *arena, const char *text, char **name)
{
    size_t length = name_length(text);

    *name = arena_copy(arena, text, length);
    return expand_to_one(arena, text + length + 1);
}

static int assign_all(struct arena *arena, const struct word *words, unsigned flags)
{
    int status = 0;

    for (; words; words = words->next) {
        char *name, *value = assigned_value(arena, words->text, &name);

        status |= variable_set(name, value, flags);
    }
    return status;
}

static void trace_words(struct arena *arena, const struct word *assignments,
                        const struct fields *words)
{
    const char *prompt = variable_get("PS4");

    fflush(stdout);
    fputs(prompt ? expand_to_one(arena, prompt) : "+ ", stderr);
    for (const char *gap = ""; assignments; assignments = assignments->next, gap = " ")
        fprintf(stderr, "%s%s", gap, assignments->text);
    for (int i = 0; i < words->count; i++)
        fprintf(stderr, "%s%s", i ? " " : "", words->at[i]);
    fputc('\n', stderr);
}

char *find_program(struct arena *arena, const char *name)
{
    const char *path = variable_get("PATH");

    if (strchr(name, '/'))
        return arena_string(arena, name);
    for (; path && *path; path += strspn(path, ":")) {
        size_t length = strcspn(path, ":");
        struct buffer file = buffer_in(arena);
        struct stat status;

        buffer_append(&file, path, length);
        buffer_add(&file, '/');
        buffer_string(&file, name);
        if (stat(file.text, &status) == 0 && S_ISREG(status.st_mode) &&
            access(file.text, X_OK) == 0)
            return file.text;
        path += length;
    }
    return NULL;
}

/* A file without a header that the system knows is a script of ours. */
static void run_as_script(char *path, char **words)
{
    struct arena arena = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC), count = 0;
    static jmp_buf failed;

    if (fd < 0)
        return;
    while (words[count])
        count++;
    shell.name = path;
    shell.words = words + 1;
    shell.word_count = count - 1;
    line_failed = &failed;
    if (setjmp(failed) == 0)
        (void)run_input(input_of_file(&arena, move_fd_up(fd)));
    fflush(stdout);
    _exit(shell.status & 0xff);
}

/* Does not return. */
static void __attribute__((noreturn)) exec_program(struct arena *arena, char **words)
{
    char *path = find_program(arena, words[0]);
    int error;

    if (!path) {
        complain("%s: not found", words[0]);
        fflush(stderr);
        _exit(127);
    }
    execve(path, words, variables_environment(arena));
    error = errno;
    if (error == ENOEXEC)
        run_as_script(path, words);
    complain("%s: %s", words[0], strerror(error));
    _exit(error == ENOENT || error == ENOTDIR ? 127 : 126);
}

/* `exec PROGRAM`. */
int run_exec(char **words)
{
    struct arena arena = {0};

    fflush(stdout);
    exec_program(&arena, words);
}

static int run_program(struct arena *arena, const struct node *node, char **words)
{
    struct job *job = NULL;
    pid_t pid = node == only ? 0 : job_fork(&job, node, false);

    if (pid < 0)
        return 1;
    if (pid == 0) {
        fflush(stdout);
        jobs_forget();
        traps_reset();
        shell.in_subshell = true;
        if (redirect(arena, node->redirections, NULL)
            || assign_all(arena, node->assignments, VARIABLE_EXPORT))
            _exit(1);
        exec_program(arena, words);
    }
    return job_wait(job);
}

static int run_builtin(struct arena *arena, const struct node *node, const struct builtin *builtin,
                       const struct fields *words)
{
    struct saved_fds *saved = NULL;
    /* exec without a program keeps its redirections. */
    bool keeps = strcmp(builtin->name, "exec") == 0 && words->count == 1;
    int status;

    if (redirect(arena, node->redirections, keeps ? NULL : &saved)) {
        redirect_back(saved);
        if (builtin->special && !shell.interactive)
            leave_shell(1);
        return 1;
    }
    if (!builtin->special && node->assignments) {
        variables_push();
        for (const struct word *word = node->assignments; word; word = word->next)
            variable_make_local(arena_copy(arena, word->text, name_length(word->text)));
    }
    status = assign_all(arena, node->assignments, builtin->special ? 0 : VARIABLE_EXPORT);
    if (!status) {
        jmp_buf failed, *outer = line_failed;

        line_failed = &failed;
        if (setjmp(failed) == 0) {
            status = builtin->run(words->count, words->at);
        } else {
            line_failed = outer;
            redirect_back(saved);
            if (!builtin->special && node->assignments)
                variables_pop();
            if (outer)
                longjmp(*outer, 1);
            leave_shell(shell.status);
        }
        line_failed = outer;
    }
    if (!builtin->special && node->assignments)
        variables_pop();
    if (fflush(stdout)) {
        complain("%s: %s", builtin->name, strerror(errno));
        clearerr(stdout);
        status = 1;
    }
    redirect_back(saved);
    return status;
}

int run_function(const struct node *body, char **words, int count)
{
    char **words_before = shell.words;
    int count_before = shell.word_count, loops = shell.loop_depth;
    jmp_buf failed, *outer = line_failed;
    volatile bool ended_well = false;

    if (shell.function_depth >= CALLS_MAX)
        fail_line(2, "functions call each other more than %d deep", CALLS_MAX);
    shell.words = words;
    shell.word_count = count;
    shell.loop_depth = 0;
    shell.function_depth++;
    variables_push();
    line_failed = &failed;
    if (setjmp(failed) == 0) {
        (void)run_node(body);
        ended_well = true;
    }
    line_failed = outer;
    variables_pop();
    shell.function_depth--;
    shell.returning = false;
    shell.loop_depth = loops;
    shell.words = words_before;
    shell.word_count = count_before;
    if (!ended_well) {
        if (outer)
            longjmp(*outer, 1);
        leave_shell(shell.status);
    }
    return shell.status;
}

static int call_function(struct arena *arena, const struct node *node, const struct node *body,
                         const struct fields *words)
{
    struct saved_fds *saved = NULL;
    int status = 1;

    if (redirect(arena, node->redirections, &saved) == 0
        && assign_all(arena, node->assignments, 0) == 0)
        status = run_function(body, words->at + 1, words->count - 1);
    redirect_back(saved);
    return status;
}

/* Only assignments and redirections: they happen in this shell. */
static int run_assignments(struct arena *arena, const struct node *node)
{
    struct saved_fds *saved = NULL;
    int status;

    shell.status = 0; /* unless a command substitution says otherwise */
    status = redirect(arena, node->redirections, &saved);
    redirect_back(saved);
    if (!status)
        status = assign_all(arena, node->assignments, 0);
    return status ? status : shell.status;
}

static int run_words(struct arena *arena, const struct node *node)
{
    int before = shell.status;
    struct fields words = expand_words(arena, node->words);
    const struct builtin *builtin;
    const struct node *body;

    if (shell.trace)
        trace_words(arena, node->assignments, &words);
    if (words.count == 0)
        return run_assignments(arena, node);
    builtin = builtin_find(words.at[0]);
    body = builtin && builtin->special ? NULL : function_find(words.at[0]);
    shell.status = before; /* what `return` and `exit` give back */
    if (body)
        return call_function(arena, node, body, &words);
    if (builtin)
        return run_builtin(arena, node, builtin, &words);
    return run_program(arena, node, words.at);
}

static int run_command(const struct node *node)
{
    struct arena arena = {0};
    jmp_buf failed, *outer = line_failed;
    int status;

    line_failed = &failed;
    if (setjmp(failed)) {
        line_failed = outer;
        arena_free(&arena);
        if (outer)
            longjmp(*outer, 1);
        leave_shell(shell.status);
    }
    status = run_words(&arena, node);
    line_failed = outer;
    arena_free(&arena);
    return counted(status);
}

/* ---- compound commands ----------------------------------------------------------------------- */

static int run_condition(const struct node *node)
{
    int status;

    shell.condition_depth++;
    status = run_node(node);
    shell.condition_depth--;
    return status;
}

/* `break`, `continue`, `return` are under way. */
static bool is_leaving(void)
{
    return shell.break_levels || shell.continue_levels || shell.returning;
}

/* Behind a round of a loop: true when it is over. */
static bool loop_over(void)
{
    if (shell.break_levels) {
        shell.break_levels--;
        return true;
    }
    if (shell.continue_levels)
        return --shell.continue_levels > 0;
    return shell.returning;
}

static int run_while(const struct node *node)
{
    bool until = node->kind == NODE_UNTIL;
    int status = 0;

    shell.loop_depth++;
    for (;;) {
        bool yes = (run_condition(node->left) == 0) != until;

        if (is_leaving() ? loop_over() : !yes)
            break;
        if (!yes)
            continue;
        status = run_node(node->right);
        if (loop_over())
            break;
    }
    shell.loop_depth--;
    return shell.status = status;
}

static int run_for(const struct node *node)
{
    struct arena arena = {0};
    struct fields words = {.at = shell.words, .count = shell.word_count};
    int status = 0;

    if (node->has_words)
        words = expand_words(&arena, node->words);
    shell.loop_depth++;
    for (int i = 0; i < words.count; i++) {
        if (variable_set(node->name, words.at[i], 0)) {
            status = 1;
            break;
        }
        status = run_node(node->left);
        if (loop_over())
            break;
    }
    shell.loop_depth--;
    arena_free(&arena);
    return shell.status = status;
}

static bool item_matches(struct arena *arena, const struct case_item *item, const char *text)
{
    for (const struct word *word = item->patterns; word; word = word->next)
        if (pattern_matches(expand_pattern(arena, word->text), text))
            return true;
    return false;
}

static int run_case(const struct node *node)
{
    struct arena arena = {0};
    const char *text = expand_to_one(&arena, node->name);
    const struct case_item *item = node->items;
    int status = 0;

    while (item && !item_matches(&arena, item, text))
        item = item->next;
    if (item && item->body)
        status = run_node(item->body);
    arena_free(&arena);
    return shell.status = status;
}

static int run_if(const struct node *node)
{
    int status = run_condition(node->left);

    if (is_leaving())
        return status;
    if (status == 0)
        return run_node(node->right);
    return node->other ? run_node(node->other) : (shell.status = 0);
}

static int run_pair(const struct node *node)
{
    int status;

    if (node->kind == NODE_LIST) {
        status = run_node(node->left);
        return is_leaving() ? status : run_node(node->right);
    }
    status = run_condition(node->left);
    if (is_leaving() || (status == 0) != (node->kind == NODE_AND))
        return status;
    return run_node(node->right);
}

static int run_kind(const struct node *node)
{
    switch (node->kind) {
    case NODE_COMMAND:
        return run_command(node);
    case NODE_PIPE:
        return run_pipe(node);
    case NODE_AND:
    case NODE_OR:
    case NODE_LIST:
        return run_pair(node);
    case NODE_BACKGROUND:
        return run_background(node);
    case NODE_NOT:
        return shell.status = !run_condition(node->left);
    case NODE_SUBSHELL:
        return run_subshell(node);
    case NODE_GROUP:
        return run_node(node->left);
    case NODE_IF:
        return run_if(node);
    case NODE_WHILE:
    case NODE_UNTIL:
        return run_while(node);
    case NODE_FOR:
        return run_for(node);
    case NODE_CASE:
        return run_case(node);
    case NODE_FUNCTION:
        function_define(node->name, node->left);
        return shell.status = 0;
    }
    return 0;
}

static bool is_compound(const struct node *node)
{
    return node->kind >= NODE_GROUP && node->kind <= NODE_CASE;
}

static int run_node(const struct node *node)
{
    struct arena arena = {0};
    struct saved_fds *saved = NULL;
    int status;

    trap_run_pending();
    stop_if_interrupted();
    if (!node || shell.no_exec)
        return shell.status;
    if (!is_compound(node) || !node->redirections)
        return run_kind(node);
    jmp_buf failed, *outer = line_failed;

    line_failed = &failed;
    if (setjmp(failed)) {
        line_failed = outer;
        redirect_back(saved);
        arena_free(&arena);
        if (outer)
            longjmp(*outer, 1);
        leave_shell(shell.status);
    }
    status = redirect(&arena, node->redirections, &saved) ? counted(1) : run_kind(node);
    line_failed = outer;
    redirect_back(saved);
    arena_free(&arena);
    return status;
}

int run(const struct node *node)
{
    return run_node(node);
}

/* ---- input ----------------------------------------------------------------------------------- */

/* An interactive shell forgets the line; any other ends. */
static void after_failure(struct input *input, int before_depth)
{
    shell.condition_depth = 0;
    shell.loop_depth = 0;
    shell.break_levels = shell.continue_levels = 0;
    shell.function_depth = before_depth;
    if (!input->prompts)
        leave_shell(shell.status);
    input->pushed_count = 0;
    input->inserted = NULL;
}

int run_input(struct input *input)
{
    jmp_buf failed, *outer = line_failed;
    struct arena arena = {0};
    int depth = shell.function_depth;
    bool ended = false;

    while (!ended && !shell.returning) {
        if (input->prompts || !outer)
            line_failed = &failed;
        if ((input->prompts || !outer) && setjmp(failed)) {
            arena_free(&arena);
            after_failure(input, depth);
            continue;
        }
        if (input->prompts)
            interrupted = NOT_INTERRUPTED;
        struct node *node = parse_command(&arena, input, &ended);

        if (node)
            (void)run_node(node);
        line_failed = outer;
        arena_free(&arena);
        if (shell.break_levels || shell.continue_levels) {
            if (!shell.loop_depth)
                shell.break_levels = shell.continue_levels = 0;
            else
                break;
        }
    }
    trap_run_pending();
    return shell.status;
}

int run_string(const char *text)
{
    struct arena arena = {0};
    int status = run_input(input_of_string(&arena, text));

    arena_free(&arena);
    return status;
}
