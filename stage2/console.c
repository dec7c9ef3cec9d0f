/*
 * Text from C: VGA text memory, COM1 (16550), port E9h. Use: console_init → step, say, fail.
 * COM1 and port E9h were found and set up by text.asm. Every wait is bounded.
 */
#include "stage2/console.h"

#include <stdarg.h>

#include "lib/printf.h"
#include "stage2/cpu.h"
#include "stage2/screen.h"

#define COM1_DATA   0x3f8
#define COM1_STATUS 0x3fd
#define STATUS_DATA 0x01 /* a byte came in */
#define STATUS_THRE 0x20 /* transmitter takes the next byte */
#define STATUS_TEMT 0x40 /* everything is sent */

#define PORT_E9   0xe9
#define PORT_POST 0x80

#define LINE_MAX 240

extern uint8_t text_has_com1, text_has_e9; /* text.asm */

static bool steps_on_line; /* the cursor stands behind steps, not at a line's start */

static bool com1_wait(uint8_t bits)
{
    uint64_t start = rdtsc();

    while ((inb(COM1_STATUS) & bits) != bits) {
        if (patience_over(start))
            return false;
    }
    return true;
}

static void com1_put(char c)
{
    if (!text_has_com1)
        return;
    if (!com1_wait(STATUS_THRE)) {
        text_has_com1 = 0; /* stuck: better silent than slow */
        return;
    }
    outb(COM1_DATA, (uint8_t)c);
}

static void ports_write(const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            com1_put('\r');
        com1_put(*text);
        if (text_has_e9)
            outb(PORT_E9, (uint8_t)*text);
    }
}

static void end_steps(void)
{
    if (!steps_on_line)
        return;
    screen_write("\n");
    if (text_has_e9)
        outb(PORT_E9, '\n');
    steps_on_line = false;
}

void console_init(void)
{
    screen_init();
    steps_on_line = true; /* the real-mode part printed "cpu a20" */
}

void console_use_screen(bool on)
{
    screen_enable(on);
}

void step(const char *name)
{
    outb(PORT_POST, (uint8_t)*name);
    screen_write(" ");
    screen_write(name);
    if (text_has_e9) {
        outb(PORT_E9, ' ');
        for (const char *s = name; *s; s++)
            outb(PORT_E9, (uint8_t)*s);
    }
    steps_on_line = true;
}

void console_write(const char *text)
{
    end_steps();
    screen_write(text);
    ports_write(text);
}

void console_printf(const char *format, ...)
{
    char line[LINE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    console_write(line);
}

/* Names and words from a disk or a command line come in here: nothing in them may act on a
 * terminal. */
static void make_printable(char *text)
{
    for (; *text; text++) {
        if ((uint8_t)*text < ' ' || *text == 0x7f)
            *text = '?';
    }
}

static void say_list(const char *format, va_list args)
{
    char line[LINE_MAX];

    vsnprintf(line, sizeof(line), format, args);
    make_printable(line);
    end_steps();
    screen_write("stage2: ");
    screen_write(line);
    screen_write("\n");
    ports_write("[   0.000000] stage2: ");
    ports_write(line);
    ports_write("\n");
}

void say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say_list(format, args);
    va_end(args);
}

_Noreturn void fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say_list(format, args);
    va_end(args);
    say("halted. Switch the machine off or press reset.");
    for (;;)
        __asm__ volatile("cli; hlt");
}

void console_drain(void)
{
    if (text_has_com1)
        com1_wait(STATUS_TEMT);
}

int console_serial_byte(void)
{
    if (!text_has_com1 || !(inb(COM1_STATUS) & STATUS_DATA))
        return -1;
    return inb(COM1_DATA);
}
