/*
 * Questions: dialogs that tell, ask for yes or no, or for a line of text. Each is a window with one struct
 * question, which calls back once, when a button is pressed or the dialog is closed.
 */
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

#define TEXT_WIDTH 320

enum kind { KIND_MESSAGE, KIND_CONFIRM, KIND_CONFIRM3, KIND_ASK };
struct question {
    enum kind kind;
    struct ui_window *window;
    struct widget *entry;
    struct hook call;
};

/* The answer is given when the dialog is gone, so that it may ask the next one. */
static void answer(struct question *question, int value)
{
    const struct question copy = *question;
    char *text = copy.kind == KIND_ASK && value == 1 ? strdup(ui_text(copy.entry)) : NULL;

    ui_window_end(copy.window); /* which frees the question */
    if (copy.kind == KIND_CONFIRM && copy.call.call)
        hook_as(&copy.call, ui_answer)(value == 1, copy.call.context);
    if (copy.kind == KIND_CONFIRM3 && copy.call.call)
        hook_as(&copy.call, ui_choice_answer)(value, copy.call.context);
    if (copy.kind == KIND_ASK && copy.call.call)
        hook_as(&copy.call, ui_text_answer)(text, copy.call.context);
    free(text);
}

static void yes(struct widget *button, void *context)
{
    (void)button;
    answer(context, 1);
}

static void no(struct widget *button, void *context)
{
    (void)button;
    answer(context, 0);
}

static void cancel(struct widget *button, void *context)
{
    (void)button;
    answer(context, -1);
}

static bool closed(struct ui_window *window, void *context)
{
    (void)window;
    answer(context, -1);
    return false; /* it is gone already */
}

/* Answered, or gone with its parent. */
static void ended(struct ui_window *window)
{
    free(window->context);
}

static struct question *question_new(struct ui_window *parent, enum kind kind, const char *title,
                                     enum icon icon, const char *text)
{
    struct question *question = calloc(1, sizeof(*question));
    struct ui_window *window = question ? ui_dialog(parent, title, 0, 0) : NULL;
    struct widget *row, *label;

    if (!window) {
        free(question);
        return NULL;
    }
    question->kind = kind;
    question->window = window;
    window->context = question;
    window->ended = ended;
    ui_window_on_close(window, closed, question);
    row = ui_row(ui_window_content(window));
    ui_set_gap(row, MARGIN);
    ui_set_gap(ui_window_content(window), MARGIN);
    if (icon)
        ui_set_align(ui_icon(row, icon, 32), UI_START);
    label = ui_label(row, text);
    if (look_text_width(text) > ui_px(TEXT_WIDTH))
        ui_label_set_wrap(label, TEXT_WIDTH);
    else
        ui_set_least(label, 200, 0);
    return question;
}

/* The buttons at the right; the last one is what one mostly wants. */
static struct widget *buttons(struct question *question)
{
    struct widget *row = ui_row(ui_window_content(question->window));

    ui_spacer(row);
    return row;
}

static void show(struct question *question, struct widget *wanted)
{
    ui_button_set_accent(wanted, true);
    ui_window_set_default(question->window, wanted);
    ui_focus(question->entry ? question->entry : wanted);
    ui_window_show(question->window);
}

void ui_message(struct ui_window *window, enum icon icon, const char *title, const char *text)
{
    struct question *question = question_new(window, KIND_MESSAGE, title, icon, text);

    if (question)
        show(question, ui_button(buttons(question), ui_say("&OK", "&Aceptar"), yes, question));
}

void ui_confirm(struct ui_window *window, const char *title, const char *text, const char *yes_text,
                ui_answer call, void *context)
{
    struct question *question = question_new(window, KIND_CONFIRM, title, ICON_WARNING, text);
    struct widget *row;

    if (!question)
        return;
    hook_set(&question->call, call, context);
    row = buttons(question);
    ui_button(row, ui_say("&Cancel", "&Cancelar"), cancel, question);
    show(question, ui_button(row, yes_text, yes, question));
}

void ui_confirm3(struct ui_window *window, const char *title, const char *text, const char *yes_text,
                 const char *no_text, ui_choice_answer call, void *context)
{
    struct question *question = question_new(window, KIND_CONFIRM3, title, ICON_WARNING, text);
    struct widget *row;

    if (!question)
        return;
    hook_set(&question->call, call, context);
    row = buttons(question);
    ui_button(row, ui_say("&Cancel", "&Cancelar"), cancel, question);
    ui_button(row, no_text, no, question);
    show(question, ui_button(row, yes_text, yes, question));
}

void ui_ask(struct ui_window *window, const char *title, const char *text, const char *preset,
            ui_text_answer call, void *context)
{
    struct question *question = question_new(window, KIND_ASK, title, ICON_NONE, text);
    struct widget *row;

    if (!question)
        return;
    hook_set(&question->call, call, context);
    question->entry = ui_entry(ui_window_content(question->window), preset, NULL, NULL);
    ui_set_least(question->entry, TEXT_WIDTH, 0);
    ui_on_activate(question->entry, yes, question);
    ui_entry_select(question->entry, 0, (size_t)-1);
    row = buttons(question);
    ui_button(row, ui_say("&Cancel", "&Cancelar"), cancel, question);
    show(question, ui_button(row, ui_say("&OK", "&Aceptar"), yes, question));
}
