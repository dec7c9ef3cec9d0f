/*
 * The kernel monitor. Use: monitor_start once, then monitor_poll whenever there is input; or
 * monitor_run alone. Locks: none; everything here runs in one thread, one command at a time.
 *
 *     input ──► key_reader ──► line_editor ──► words ──► command ──► output ──► terminal
 */
#include "kernel/monitor/monitor.h"

#include "kernel/core/console/console.h"
#include "kernel/core/input/input.h"
#include "kernel/monitor/command.h"
#include "kernel/monitor/completion.h"
#include "kernel/monitor/line_editor.h"
#include "kernel/monitor/output.h"
#include "kernel/monitor/words.h"
#include "lib/errno.h"
#include "lib/string.h"

#define CTRL_C 3

static struct key_reader reader;
static struct line_editor editor; /* no initialiser: its 35 KiB of zeros stay out of the image */
static uint64_t lost_before;

/* ---- running a line -------------------------------------------------------------------------- */

static int report(const char *text)
{
    static struct words words; /* no initialiser: it would be 2 KiB of the image */

    words.count = 1;
    words.at[0] = "monitor";
    return command_misused(&words, "%s", text);
}

static int run_words(const struct words *words)
{
    if (words->count == 0)
        return COMMAND_OK;
    const struct monitor_command *command = command_find(words->at[0]);
    if (command)
        return command->run(words);
    command_fail(words, "no such command; `help` lists them");
    return COMMAND_UNKNOWN;
}

static int run_line(const char *line)
{
    static char storage[2 * LINE_BYTES + 2];
    static struct words words;
    int count = -E2BIG, status;
    if (strlen(line) < LINE_BYTES)
        count = words_split(line, storage, &words);
    if (count == -EINVAL)
        status = report("a quote is open at the end of the line");
    else if (count < 0)
        status = report("the line is too long: up to 8191 bytes and 256 words");
    else
        status = run_words(&words);
    output_flush();
    return status;
}

int monitor_run(const char *line)
{
    return run_line(line);
}

/* ---- the prompt ------------------------------------------------------------------------------ */

/* Ctrl-C while a command ran: what was typed before it is void, as on any terminal. */
static void forget_interrupted_input(void)
{
    uint8_t byte;
    if (!command_interrupted())
        return;
    while (input_get(&byte) && byte != CTRL_C)
        ;
    reader = (struct key_reader){0};
    terminal_write("^C\n", 3);
}

static void tell_lost_input(void)
{
    uint64_t lost = input_lost();
    if (lost == lost_before)
        return;
    output_print("\x1b[33minput: %llu bytes came too fast and are lost\x1b[0m\n",
                 (unsigned long long)(lost - lost_before));
    output_flush();
    lost_before = lost;
}

static void run_typed_line(void)
{
    (void)run_line(editor.text);
    forget_interrupted_input();
    tell_lost_input();
    line_editor_start(&editor);
}

void monitor_start(void)
{
    static const char greeting[] = "FastOS kernel monitor. `help` lists the commands.\n";
    editor.prompt = "\x1b[1;32mfastos>\x1b[0m ";
    editor.prompt_columns = 8;
    terminal_write(greeting, sizeof(greeting) - 1);
    line_editor_start(&editor);
}

void monitor_poll(void)
{
    uint8_t byte;
    if (!input_pending())
        return;
    while (input_get(&byte)) {
        switch (line_editor_key(&editor, key_read(&reader, byte))) {
        case LINE_DONE:
            run_typed_line();
            break;
        case LINE_CANCELLED:
            line_editor_start(&editor);
            break;
        case LINE_COMPLETE:
            complete(&editor);
            break;
        case LINE_EDITING:
            break;
        }
    }
    line_editor_show(&editor);
}
