/*
 * trace: the kernel writes a record (struct abi_trace) of each call of the program and of its children into a
 * pipe; here they become lines, by the table that tools/syscalls.py made.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fastos/abi/files.h>
#include <fastos/abi/memory.h>
#include <fastos/abi/process.h>
#include <fastos/syscalls.h>

#include "fastos/syscall_names.h"
#include "user/tools/tool.h"

#define CALLS (sizeof(syscall_names) / sizeof(syscall_names[0]))

static bool with_children, count_only;
static const char *only;
static FILE *out;
static pid_t traced;

/* ---- values ---------------------------------------------------------------------------------- */

struct flag {
    const char *set, *name;
    uint64_t bits, mask; /* mask: of which they are one value */
};

#define FLAG(set, name) {set, #name, name, 0}

static const struct flag flags[] = {
    {"open", "O_WRONLY", O_WRONLY, O_ACCMODE}, {"open", "O_RDWR", O_RDWR, O_ACCMODE},
    FLAG("open", O_CREAT), FLAG("open", O_EXCL), FLAG("open", O_NOCTTY), FLAG("open", O_TRUNC),
    FLAG("open", O_APPEND), FLAG("open", O_NONBLOCK), FLAG("open", O_DIRECTORY),
    FLAG("open", O_NOFOLLOW), FLAG("open", O_CLOEXEC), {"open", "O_SYNC", O_SYNC, O_SYNC},
    FLAG("prot", PROT_READ), FLAG("prot", PROT_WRITE), FLAG("prot", PROT_EXEC),
    FLAG("map", MAP_SHARED), FLAG("map", MAP_PRIVATE), FLAG("map", MAP_FIXED),
    FLAG("map", MAP_ANONYMOUS), FLAG("map", MAP_NORESERVE), FLAG("map", MAP_POPULATE),
    FLAG("map", MAP_STACK), FLAG("map", MAP_FIXED_NOREPLACE),
    FLAG("wait", WNOHANG), FLAG("wait", WUNTRACED), FLAG("wait", WCONTINUED),
    FLAG("at", AT_SYMLINK_NOFOLLOW), FLAG("at", AT_REMOVEDIR), FLAG("at", AT_SYMLINK_FOLLOW),
    FLAG("at", AT_EMPTY_PATH), FLAG("msync", MS_ASYNC), FLAG("msync", MS_INVALIDATE),
    FLAG("msync", MS_SYNC), FLAG("memfd", MFD_CLOEXEC), FLAG("memfd", MFD_ALLOW_SEALING),
    FLAG("mount", MS_RDONLY), FLAG("mount", MS_NOSUID), FLAG("mount", MS_NODEV), FLAG("mount", MS_NOEXEC),
    FLAG("mount", MS_REMOUNT), FLAG("umount", MNT_DETACH),
};

static void print_flags(const char *set, uint64_t value)
{
    const char *gap = "";

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        uint64_t mask = flags[i].mask ? flags[i].mask : flags[i].bits;

        if (strcmp(flags[i].set, set) == 0 && (value & mask) == flags[i].bits) {
            fprintf(out, "%s%s", gap, flags[i].name);
            value &= ~mask;
            gap = "|";
        }
    }
    if (value)
        fprintf(out, "%s%#llx", gap, (unsigned long long)value);
    else if (!*gap)
        fputs(strcmp(set, "open") == 0 ? "O_RDONLY" : "0", out);
}

static void print_string(const struct abi_trace *record, unsigned index, bool terminated)
{
    static const char letters[] = "abfnrtv\\\"", bytes[] = "\a\b\f\n\r\t\v\\\"";
    uint32_t size = record->string_sizes[index];
    uint32_t shown = size > TRACE_STRING_BYTES ? TRACE_STRING_BYTES : size;
    const char *text = record->strings[index];

    if (terminated)
        shown = (uint32_t)strnlen(text, shown);
    fputc('"', out);
    for (uint32_t i = 0; i < shown; i++) {
        const char *known = text[i] ? strchr(bytes, text[i]) : NULL;

        if (known)
            fprintf(out, "\\%c", letters[known - bytes]);
        else if ((unsigned char)text[i] < 32 || text[i] == 127)
            fprintf(out, "\\%o", (unsigned char)text[i]);
        else
            fputc(text[i], out);
    }
    fputs(size > TRACE_STRING_BYTES ? "\"…" : "\"", out);
}

static bool is(const char *type, const char *name)
{
    return strcmp(type, name) == 0;
}

static void print_signal(uint64_t value)
{
    const char *name = value <= 64 ? signal_name((int)value) : NULL;

    if (name)
        fprintf(out, "SIG%s", name);
    else
        fprintf(out, "%llu", (unsigned long long)value);
}

static void print_address(uint64_t value)
{
    if (value)
        fprintf(out, "%#llx", (unsigned long long)value);
    else
        fputs("NULL", out);
}

static void print_argument(const struct abi_trace *record, const struct syscall_argument *argument,
                           uint64_t value, unsigned *strings)
{
    const char *type = argument->type;

    if ((is(type, "path") || is(type, "bytes")) && *strings < TRACE_STRINGS) {
        if (value == 0)
            fputs("NULL", out);
        else
            print_string(record, *strings, is(type, "path"));
        ++*strings;
    } else if (is(type, "fd") && (int)value == AT_FDCWD)
        fputs("AT_FDCWD", out);
    else if (is(type, "int") || is(type, "fd"))
        fprintf(out, "%d", (int)value);
    else if (is(type, "uint"))
        fprintf(out, (uint32_t)value > 0xffff ? "%#x" : "%u", (unsigned)value);
    else if (is(type, "long") || is(type, "pid"))
        fprintf(out, "%lld", (long long)value);
    else if (is(type, "size"))
        fprintf(out, "%llu", (unsigned long long)value);
    else if (is(type, "mode"))
        fprintf(out, "0%o", (unsigned)value);
    else if (is(type, "signal"))
        print_signal(value);
    else if (is(type, "flags"))
        print_flags(argument->of, (uint32_t)value);
    else
        print_address(value);
}

static void print_result(const struct abi_trace *record, const char *kind)
{
    long long result = (long long)record->result;

    if (!record->returned)
        fputs(" = ?\n", out);
    else if (result < 0 && result >= -4095 && error_name((int)-result))
        fprintf(out, " = %s (%s)\n", error_name((int)-result), strerror((int)-result));
    else if (is(kind, "address"))
        fprintf(out, " = %#llx\n", (unsigned long long)result);
    else
        fprintf(out, " = %lld\n", result);
}

/* ---- records --------------------------------------------------------------------------------- */

static struct {
    uint64_t calls, errors;
} counts[CALLS];

static const struct syscall_name *name_of(uint64_t number)
{
    return number < CALLS && syscall_names[number].name ? &syscall_names[number] : NULL;
}

/* Is `name` one of a list with commas? */
static bool in_list(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ',') && (at[length] == ',' || !at[length]))
            return true;
    return false;
}

static void print_record(const struct abi_trace *record)
{
    const struct syscall_name *call = name_of(record->number);
    unsigned strings = 0;

    if (only && !(call && in_list(only, call->name)))
        return;
    if (with_children)
        fprintf(out, "[%llu] ", (unsigned long long)record->pid);
    if (!call) {
        fprintf(out, "call %llu()", (unsigned long long)record->number);
        print_result(record, "value");
        return;
    }
    fprintf(out, "%s(", call->name);
    for (unsigned i = 0; i < call->count; i++) {
        fputs(i ? ", " : "", out);
        print_argument(record, &call->arguments[i], record->arguments[i], &strings);
    }
    fputc(')', out);
    print_result(record, call->result);
}

static void count_record(const struct abi_trace *record)
{
    if (record->number >= CALLS)
        return;
    counts[record->number].calls++;
    counts[record->number].errors += record->returned && record->result < 0;
}

static void print_counts(void)
{
    fputs("   calls   errors name\n", out);
    for (size_t i = 0; i < CALLS; i++)
        if (counts[i].calls && name_of(i))
            fprintf(out, "%8llu %8llu %s\n", (unsigned long long)counts[i].calls,
                    (unsigned long long)counts[i].errors, name_of(i)->name);
}

static bool read_record(int fd, struct abi_trace *record)
{
    size_t have = 0;

    while (have < sizeof(*record)) {
        ssize_t got = read(fd, (char *)record + have, sizeof(*record) - have);

        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        have += got > 0 ? (size_t)got : 0;
    }
    return true;
}

static void start(int pipe_end, char **words)
{
    long error = fastos_trace(pipe_end);

    if (error) {
        errno = (int)-error;
        failed("the kernel");
        _exit(126);
    }
    close(pipe_end);
    _exit(run_program(words));
}

static int end_status(void)
{
    int how;

    while (waitpid(traced, &how, 0) < 0)
        if (errno != EINTR)
            return 1;
    if (WIFSIGNALED(how))
        fprintf(out, "ended by SIG%s\n", signal_name(WTERMSIG(how)) ? signal_name(WTERMSIG(how)) : "?");
    return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}

static int trace(struct words *words)
{
    struct abi_trace record;
    int ends[2];

    out = stderr;
    for (int c; (c = option(words, "+fce:o:"));) {
        with_children |= c == 'f';
        count_only |= c == 'c';
        if (c == 'e')
            only = option_value;
        else if (c == 'o' && !(out = fopen(option_value, "w")))
            return failed("%s", option_value);
    }
    need_operands(words, 1, -1);
    /* Whole lines: the program writes there, too. */
    if (out == stderr && !(out = fdopen(dup(STDERR_FILENO), "w")))
        return failed("standard error");
    setvbuf(out, NULL, _IOLBF, BUFSIZ);
    fcntl(fileno(out), F_SETFD, FD_CLOEXEC);
    if (pipe(ends))
        return failed("pipe");
    traced = fork();
    if (traced == 0) {
        close(ends[0]);
        start(ends[1], words->at);
    }
    close(ends[1]);
    if (traced < 0)
        return failed("fork");
    signal(SIGINT, SIG_IGN); /* the program's to handle; its last calls are wanted */
    while (read_record(ends[0], &record)) {
        if (!with_children && record.pid != (uint64_t)traced)
            continue;
        if (count_only)
            count_record(&record);
        else
            print_record(&record);
    }
    if (count_only)
        print_counts();
    int status = end_status();

    fflush(out);
    return status;
}

TOOL(trace, "trace", "[-fc] [-e NAME,…] [-o FILE] PROGRAM [WORD…]",
     "print a program's system calls with arguments and results",
     "  -f  those of its children, too; -e those of these names alone\n"
     "  -c  only how many of each; -o into a file (else to standard error)\n")
