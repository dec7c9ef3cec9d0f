/*
 * trace: a pipe; the child says `trace` to its own end of it and becomes the program; the kernel
 * writes a record (struct abi_trace) there for each call that it and its children make.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "user/tools/lib/tool.h"

#ifdef __fastos__
#include <fastos/abi/process.h>
#include <fastos/syscalls.h>

#include "fastos/syscall_names.h"

static FILE *out;

static void put_string(const struct abi_trace *record, size_t which)
{
    size_t size = record->string_sizes[which];
    bool cut = size > TRACE_STRING_BYTES;

    fputc('"', out);
    for (size_t i = 0; i < (cut ? TRACE_STRING_BYTES : size); i++) {
        unsigned char c = (unsigned char)record->strings[which][i];

        if (c == '\n')
            fputs("\\n", out);
        else if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 32 || c == 127)
            fprintf(out, "\\%03o", c);
        else
            fputc(c, out);
    }
    fputs(cut ? "\"..." : "\"", out);
}

static bool is(const char *type, const char *name)
{
    return strcmp(type, name) == 0;
}

static void put_argument(const struct abi_trace *record, const struct syscall_argument *argument,
                         uint64_t value, size_t *strings)
{
    bool text = is(argument->type, "path") || is(argument->type, "bytes");

    if (text && *strings < TRACE_STRINGS && value)
        put_string(record, (*strings)++);
    else if (is(argument->type, "flags"))
        fprintf(out, "%#llx", (unsigned long long)value);
    else if (is(argument->type, "mode"))
        fprintf(out, "%#llo", (unsigned long long)value);
    else if (is(argument->type, "int") || is(argument->type, "fd") || is(argument->type, "signal"))
        fprintf(out, "%d", (int)value);
    else if (is(argument->type, "pid") || is(argument->type, "long") || is(argument->type, "size"))
        fprintf(out, "%lld", (long long)value);
    else if (is(argument->type, "uint"))
        fprintf(out, "%u", (unsigned)value);
    else
        fprintf(out, value ? "%#llx" : "NULL", (unsigned long long)value);
}

static void put_result(const struct abi_trace *record, const struct syscall_name *name)
{
    if (!record->returned)
        fputs(" = ?\n", out);
    else if (record->result < 0 && record->result > -4096)
        fprintf(out, " = %lld %s\n", (long long)record->result, strerror((int)-record->result));
    else if (name && is(name->result, "address"))
        fprintf(out, " = %#llx\n", (unsigned long long)record->result);
    else
        fprintf(out, " = %lld\n", (long long)record->result);
}

static void put(const struct abi_trace *record)
{
    const struct syscall_name *name = NULL;
    size_t strings = 0;

    if (record->number < countof(syscall_names) && syscall_names[record->number].name)
        name = &syscall_names[record->number];
    fprintf(out, "%llu ", (unsigned long long)record->pid);
    if (name)
        fprintf(out, "%s(", name->name);
    else
        fprintf(out, "call %llu(", (unsigned long long)record->number);
    for (unsigned i = 0; name && i < name->count; i++) {
        if (i)
            fputs(", ", out);
        put_argument(record, &name->arguments[i], record->arguments[i], &strings);
    }
    fputc(')', out);
    put_result(record, name);
}

static void start(char **words, const int *ends)
{
    int fd = fcntl(ends[1], F_DUPFD_CLOEXEC, 100);
    long error = fd < 0 ? -errno : fastos_trace(fd);

    if (error < 0)
        die("trace: %s", strerror((int)-error));
    close(ends[0]);
    close(ends[1]);
    execvp(words[0], words);
    complain_of(words[0]);
    _exit(errno == ENOENT ? 127 : 126);
}

static int trace(char **words)
{
    int ends[2], status = 0;
    struct abi_trace record;
    pid_t child;
    FILE *in;

    if (pipe(ends))
        die("pipe: %s", strerror(errno));
    child = fork();
    if (child < 0)
        die("no new process: %s", strerror(errno));
    if (child == 0)
        start(words, ends);
    close(ends[1]);
    in = fdopen(ends[0], "r");
    while (in && fread(&record, sizeof(record), 1, in) == 1)
        put(&record);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#endif

TOOL(trace, "[-o FILE] PROGRAM [WORD …]",
     "Run a program and show each system call that it and its children make.\n  -o  into FILE\n")
{
    const char *path = NULL;

    while (option(count, words, "+o:") != -1)
        path = optarg;
    if (optind == count)
        usage();
#ifdef __fastos__
    out = path ? fopen(path, "w") : stderr;
    if (!out)
        die("%s: %s", path, strerror(errno));
    return trace(words + optind);
#else
    die("%s: not on this system", path ? path : words[optind]);
#endif
}
