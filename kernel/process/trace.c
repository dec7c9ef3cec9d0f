/* Records of system calls, for `trace`. */
#include "kernel/process/trace.h"

#include "kernel/core/memory/user_memory.h"
#include "kernel/fs/vfs.h"
#include "kernel/process/process.h"
#include "lib/span.h"
#include "lib/string.h"
#include "syscalls.h"

/* Which arguments of a call are strings or bytes: the argument's number, and that of its size
   (0: it is terminated). From the table of calls. */
struct string_argument {
    uint8_t argument, size;
};

static const struct string_argument strings[SYSCALLS][TRACE_STRINGS] = {SYSCALL_STRINGS};

static struct abi_trace record_of(const struct interrupt_frame *frame)
{
    const struct user_thread *me = user_thread_current();

    return (struct abi_trace){
        .pid = me->process->pid,
        .thread = me->tid,
        .number = frame->error_code,
        .arguments = {frame->rdi, frame->rsi, frame->rdx, frame->r10, frame->r8, frame->r9},
        .result = (int64_t)frame->rax,
    };
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The beginning of a string, byte by byte, as what lies behind its end may not be there. */
static void take_string(struct abi_trace *record, unsigned slot, struct user from)
{
    uint32_t size = 0;
    char c = 1;

    while (size < TRACE_STRING_BYTES && copy_from_user(&c, user_plus(from, size), 1) == 0 && c)
        record->strings[slot][size++] = c;
    record->string_sizes[slot] = size + (c ? 1 : 0);
}

static void take_bytes(struct abi_trace *record, unsigned slot, struct user from, uint64_t size)
{
    size_t now = least(size, TRACE_STRING_BYTES);

    if (copy_from_user(record->strings[slot], from, now) == 0)
        record->string_sizes[slot] = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

static void take_strings(struct abi_trace *record)
{
    for (unsigned i = 0; record->number < SYSCALLS && i < TRACE_STRINGS; i++) {
        struct string_argument string = strings[record->number][i];

        if (!string.argument)
            continue;
        struct user from = {record->arguments[string.argument - 1]};

        if (string.size)
            take_bytes(record, i, from, record->arguments[string.size - 1]);
        else
            take_string(record, i, from);
    }
}

static void send(struct file *file, struct abi_trace *record)
{
    struct io io = io_of_kernel(record, sizeof(*record));

    take_strings(record);
    (void)!file_write(file, &io, NULL);
}

void trace_record(struct file *file, const struct interrupt_frame *frame)
{
    struct abi_trace record = record_of(frame);

    if (!file)
        return;
    record.returned = 1;
    send(file, &record);
}

void trace_record_last(struct file *file, const struct interrupt_frame *frame)
{
    struct abi_trace record = record_of(frame);

    if (file)
        send(file, &record);
}
