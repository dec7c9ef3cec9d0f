/*
 * The last screen. Everything here works without memory, locks or interrupts, and a fault while it
 * runs (a second panic) prints one line and stops.
 */
#include <stdarg.h>
#include <stdbool.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/interrupt_frame.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/console/com.h"
#include "kernel/core/console/console.h"
#include "kernel/core/log/log.h"
#include "kernel/core/thread/thread.h"
#include "kernel/panic.h"
#include "kernel/power.h"
#include "kernel/symbols.h"
#include "lib/printf.h"
#include "lib/string.h"

#define BACKTRACE_MAX   24
#define LOG_TAIL_LINES  8
#define LOG_TAIL_LINES_OF_TEXT_MODE 3 /* more would push the reason off a screen of 25 rows */
#define TEXT_MODE_ROWS  25
#define LOG_TAIL_BYTES  1024
#define STATUS_PANIC    0x7f

/* The compiler's stack protector: entry.asm draws the value. */
uint64_t __stack_chk_guard;
noreturn void __stack_chk_fail(void);

noreturn void __stack_chk_fail(void)
{
    cpu_driver_strays((uintptr_t)__builtin_return_address(0));
    panic("a function wrote past its own stack frame");
}

static void print_registers(const struct interrupt_frame *f)
{
    const struct {
        const char *name;
        uint64_t value;
    } registers[] = {
        {"rax", f->rax}, {"rbx", f->rbx},    {"rcx", f->rcx}, {"rdx", f->rdx},
        {"rsi", f->rsi}, {"rdi", f->rdi},    {"rbp", f->rbp}, {"rsp", f->rsp},
        {"r8 ", f->r8},  {"r9 ", f->r9},     {"r10", f->r10}, {"r11", f->r11},
        {"r12", f->r12}, {"r13", f->r13},    {"r14", f->r14}, {"r15", f->r15},
        {"rip", f->rip}, {"flg", f->rflags}, {"cs ", f->cs},  {"err", f->error_code},
    };

    for (unsigned i = 0; i < array_length(registers); i++)
        terminal_print("%s %016llx%s", registers[i].name, (unsigned long long)registers[i].value,
                       i % 4 == 3 ? "\n" : "  ");
}

static void print_caller(uint64_t address)
{
    char name[80];

    if (!symbol_describe(address, name, sizeof(name)))
        strlcpy(name, "not in the kernel's code", sizeof(name));
    terminal_print("  %016llx  %s\n", (unsigned long long)address, name);
}

/* A frame pointer is followed only into memory that can be read; the chain goes up and ends at 0.
   */
static bool read_frame(uint64_t rbp, uint64_t frame[2])
{
    return rbp % 8 == 0 && rbp >= VIRT_PHYSICAL_MAP
           && !probe_read((const void *)(uintptr_t)rbp, frame, 2 * sizeof(frame[0]));
}

/* A call that led out of the code, through a null pointer say, left a return address, no frame. */
static void print_strayed_caller(const struct interrupt_frame *frame)
{
    char name[80];
    uint64_t words[2];

    if (!symbol_describe(frame->rip, name, sizeof(name)) && read_frame(frame->rsp, words))
        print_caller(words[0] - 1);
}

static void print_backtrace(const struct interrupt_frame *at)
{
    uint64_t rbp = at->rbp;
    uint64_t frame[2]; /* saved rbp, return address */

    terminal_print("called from:\n");
    print_caller(at->rip);
    print_strayed_caller(at);
    for (unsigned i = 0; i < BACKTRACE_MAX && read_frame(rbp, frame); i++) {
        if (frame[1] == 0) /* nobody called a thread's first function */
            return;
        print_caller(frame[1] - 1); /* the call lies before the return address */
        if (frame[0] <= rbp)
            return;
        rbp = frame[0];
    }
}

static bool screen_is_short(void)
{
    unsigned columns, rows;

    console_size(&columns, &rows);
    return rows <= TEXT_MODE_ROWS;
}

static unsigned log_tail_lines(void)
{
    return screen_is_short() ? LOG_TAIL_LINES_OF_TEXT_MODE : LOG_TAIL_LINES;
}

/* A deep backtrace has pushed the first line off a short screen. */
static void repeat_reason(const char *reason)
{
    if (screen_is_short())
        terminal_print("\x1b[1;31mpanic: %s\x1b[0m\n", reason);
}

static void print_log_tail(void)
{
    static char tail[LOG_TAIL_BYTES];
    size_t held = log_size();
    size_t size = log_peek(held > sizeof(tail) ? held - sizeof(tail) : 0, tail, sizeof(tail));
    size_t start = size;

    for (unsigned lines = 0; start > 0; start--)
        if (tail[start - 1] == '\n' && lines++ == log_tail_lines())
            break;
    terminal_print("the log's last lines:\n");
    terminal_write(&tail[start], size - start);
}

static noreturn void leave(void)
{
    char how[8];

    com_drain();
    if (boot_option("panic", how, sizeof(how)) == 0) {
        if (strcmp(how, "exit") == 0)
            power_exit(STATUS_PANIC);
        if (strcmp(how, "reboot") == 0)
            power_reboot();
    }
    power_halt();
}

static void begin(void)
{
    static bool panicking;

    (void)cpu_save_interrupts();
    com_alone();
    if (panicking) {
        static const char again[] = "\npanic: a fault in the panic screen itself\n";

        com1_print(again, sizeof(again) - 1);
        leave();
    }
    panicking = true;
    console_panic();
    terminal_print("\n\x1b[1;31mpanic: ");
}

static noreturn void show(const struct interrupt_frame *frame, const char *format, va_list args)
{
    char reason[200];

    vsnprintf(reason, sizeof(reason), format, args);
    begin();
    terminal_print("%s\x1b[0m\n", reason);
    terminal_print("thread %llu, %s\n", (unsigned long long)thread_current()->id,
                   thread_current()->name);
    print_registers(frame);
    print_backtrace(frame);
    print_log_tail();
    repeat_reason(reason);
    leave();
}

noreturn void panic_frame(const struct interrupt_frame *frame, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    show(frame, format, args);
}

noreturn void panic(const char *format, ...)
{
    struct interrupt_frame here;
    va_list args;

    cpu_capture(&here);
    va_start(args, format);
    show(&here, format, args);
}
