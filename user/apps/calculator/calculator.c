/*
 * The calculator: standard and programmer, over calculate.c. What is typed is a line of text; buttons type
 * too.
 *
 *     Enter, =  the result       Escape  empty       Up  the line before
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/abi/keys.h"
#include "user/apps/calculator/calculate.h"
#include "user/apps/calculator/calculator.h"

#define HISTORY 50

static struct {
    struct ui_window *window;
    struct widget *entry, *result, *history, *bases[4], *angle, *bits, *sign;
    struct calculator calculator;
    char lines[HISTORY][160]; /* "2+3 = 5", the newest last */
    size_t count;
    bool fresh; /* a result stands in the entry: a digit begins anew */
} ui;

static const int base_of[4] = {16, 10, 8, 2};

/* ---- the result ----------------------------------------------------------------------------------- */

static const char *in_spanish(const char *why)
{
    static const char *const words[][2] = {
        {"division by zero", "división por cero"},       {"something is missing", "falta algo"},
        {"a bracket is not closed", "falta un paréntesis"}, {"unknown here", "desconocido aquí"},
        {"no number", "no es un número"},                {"not a number", "no es un número"},
        {"too long", "demasiado largo"},                 {"more than the bits hold", "no cabe en los bits"},
        {"a function wants (…)", "la función pide (…)"}, {"too many brackets", "demasiados paréntesis"},
        {"not a digit of a whole number", "no es un dígito entero"},
        {"shift by a negative number", "desplazamiento negativo"}, {"too many signs", "demasiados signos"},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i][0], why) == 0)
            return words[i][1];
    return why;
}

static void show_bases(void)
{
    static const char *const names[4] = {"HEX", "DEC", "OCT", "BIN"};
    char number[72];

    for (int i = 0; i < 4; i++) {
        calculator_print(&ui.calculator, base_of[i], number);
        ui_set_textf(ui.bases[i], "%s  %s", names[i], number);
    }
}

static void remember(const char *text, const char *number)
{
    if (ui.count == HISTORY)
        memmove(ui.lines[0], ui.lines[1], sizeof(ui.lines) - sizeof(ui.lines[0]));
    else
        ui.count++;
    snprintf(ui.lines[ui.count - 1], sizeof(ui.lines[0]), "%.80s = %s", text, number);
    ui_list_changed(ui.history, false);
    ui_list_select(ui.history, UI_NO_ROW);
}

/* As one types, without taking it for the last answer. */
static void preview(void)
{
    struct calculator calculator = ui.calculator;
    const char *why;
    char number[72];
    size_t at;

    if (calculate(&calculator, ui_text(ui.entry), &why, &at)) {
        ui_set_text(ui.result, "");
        return;
    }
    calculator_print(&calculator, 10, number);
    ui_set_textf(ui.result, "= %s", number);
}

static void on_equals(struct widget *widget, void *context)
{
    const char *why;
    char number[72];
    size_t at;

    (void)widget;
    (void)context;
    if (ui_text(ui.entry)[0] == 0)
        return;
    if (calculate(&ui.calculator, ui_text(ui.entry), &why, &at)) {
        ui_set_text(ui.result, ui_say(why, in_spanish(why)));
        ui_entry_select(ui.entry, at, at);
        return;
    }
    calculator_print(&ui.calculator, 10, number);
    remember(ui_text(ui.entry), number);
    ui_set_text(ui.entry, number);
    ui_entry_select(ui.entry, strlen(number), strlen(number));
    ui_set_text(ui.result, "");
    show_bases();
    ui.fresh = true;
}

/* ---- typing --------------------------------------------------------------------------------------- */

static void type(const char *text)
{
    char line[1100];
    bool begins = ui.fresh && (text[0] >= '0' && text[0] <= '9');

    ui.fresh = false;
    snprintf(line, sizeof(line), "%.1000s%s", begins ? "" : ui_text(ui.entry), text);
    ui_set_text(ui.entry, line);
    ui_entry_select(ui.entry, strlen(line), strlen(line));
    preview();
}

static void on_type(struct widget *button, void *context)
{
    (void)button;
    type(context);
}

static void on_clear(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_set_text(ui.entry, "");
    ui_set_text(ui.result, "");
    ui.fresh = false;
}

/* The last character, all of its bytes. */
static void on_back(struct widget *widget, void *context)
{
    char line[1100];
    size_t size = (size_t)snprintf(line, sizeof(line), "%.1000s", ui_text(ui.entry));

    (void)widget;
    (void)context;
    while (size > 0 && ((unsigned char)line[size - 1] & 0xC0) == 0x80)
        size--;
    line[size > 0 ? size - 1 : 0] = 0;
    ui_set_text(ui.entry, line);
    preview();
}

static void on_entry(struct widget *entry, void *context)
{
    (void)entry;
    (void)context;
    ui.fresh = false;
    preview();
}

static bool on_key(struct widget *widget, const struct ui_key *key, void *context)
{
    (void)widget;
    (void)context;
    if (!key->pressed)
        return false;
    if (ui.fresh && key->text[0] >= '0' && key->text[0] <= '9')
        on_clear(NULL, NULL); /* a digit begins anew, an operator goes on */
    if (key->code == KEY_ESC)
        on_clear(NULL, NULL);
    else if (strcmp(key->text, "=") == 0)
        on_equals(NULL, NULL);
    else if (key->code == KEY_UP && ui.count > 0)
        ui_list_select(ui.history, ui.count - 1);
    else
        return false;
    return true;
}

/* ---- history -------------------------------------------------------------------------------------- */

static size_t history_count(void *context)
{
    (void)context;
    return ui.count;
}

static void history_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    (void)context;
    (void)column;
    cell->text = ui.lines[row];
}

static void on_history(struct widget *list, void *context)
{
    size_t row = ui_list_row(list);
    char line[160];

    (void)context;
    if (row >= ui.count)
        return;
    snprintf(line, sizeof(line), "%s", ui.lines[row]);
    char *equals = strrchr(line, '=');

    if (equals)
        *(equals > line ? equals - 1 : equals) = 0;
    ui_set_text(ui.entry, line);
    preview();
}

/* ---- modes ---------------------------------------------------------------------------------------- */

static void on_mode(struct widget *tabs, void *context)
{
    (void)context;
    ui.calculator.programmer = ui_value(tabs) == 1;
    on_clear(NULL, NULL);
    show_bases();
    ui_focus(ui.entry);
}

static void on_bits(struct widget *choice, void *context)
{
    static const int bits[] = {64, 32, 16, 8};

    (void)context;
    ui.calculator.bits = bits[ui_value(choice) & 3];
    ui.calculator.whole_answer = 0;
    show_bases();
    preview();
}

static void on_sign(struct widget *check, void *context)
{
    (void)context;
    ui.calculator.is_signed = ui_value(check);
    show_bases();
    preview();
}

static void on_angle(struct widget *check, void *context)
{
    (void)context;
    ui.calculator.degrees = ui_value(check);
    preview();
}

/* ---- window --------------------------------------------------------------------------------------- */

struct key {
    const char *label, *text; /* text NULL: `call` */
    ui_action call;
};

static const struct key standard_keys[] =
    {
        {"C", NULL, on_clear},  {"(", "(", NULL},      {")", ")", NULL},      {"←", NULL, on_back},
        {"sin", "sin(", NULL},  {"7", "7", NULL},      {"8", "8", NULL},      {"9", "9", NULL},
        {"÷", "÷", NULL},       {"cos", "cos(", NULL}, {"4", "4", NULL},      {"5", "5", NULL},
        {"6", "6", NULL},       {"×", "×", NULL},      {"tan", "tan(", NULL}, {"1", "1", NULL},
        {"2", "2", NULL},       {"3", "3", NULL},      {"−", "−", NULL},      {"√", "sqrt(", NULL},
        {"0", "0", NULL},       {".", ".", NULL},      {"%", "%", NULL},      {"+", "+", NULL},
        {"=", NULL, on_equals}, {"xⁿ", "^", NULL},     {"n!", "!", NULL},     {"π", "π", NULL},
        {"ln", "ln(", NULL},    {"log", "log(", NULL},
},
                        programmer_keys[] = {
                            {"C", NULL, on_clear}, {"(", "(", NULL},       {")", ")", NULL},
                            {"←", NULL, on_back},  {"and", " and ", NULL}, {"D", "D", NULL},
                            {"E", "E", NULL},      {"F", "F", NULL},       {"÷", "÷", NULL},
                            {"or", " or ", NULL},  {"A", "A", NULL},       {"B", "B", NULL},
                            {"C", "C", NULL},      {"×", "×", NULL},       {"xor", " xor ", NULL},
                            {"7", "7", NULL},      {"8", "8", NULL},       {"9", "9", NULL},
                            {"−", "−", NULL},      {"not", "~", NULL},     {"4", "4", NULL},
                            {"5", "5", NULL},      {"6", "6", NULL},       {"+", "+", NULL},
                            {"<<", "<<", NULL},    {"1", "1", NULL},       {"2", "2", NULL},
                            {"3", "3", NULL},      {"mod", " mod ", NULL}, {">>", ">>", NULL},
                            {"0", "0", NULL},      {"0x", "0x", NULL},     {"0b", "0b", NULL},
                            {"ans", "ans", NULL},  {"=", NULL, on_equals},
};

static void build_keys(struct widget *page, const struct key *keys, size_t count)
{
    struct widget *grid = ui_grid(page, 5);

    ui_set_grow(grid, 1);
    ui_set_gap(grid, 6);
    for (unsigned column = 0; column < 5; column++)
        ui_grid_set_grow(grid, column, 1);
    for (size_t i = 0; i < count; i++) {
        const struct key *key = &keys[i];
        struct widget *button =
            ui_button(grid, key->label, key->text ? on_type : key->call, (void *)key->text);

        ui_set_grow(button, 1);
        if (key->call == on_equals)
            ui_button_set_accent(button, true);
    }
}

static void build_standard(struct widget *page)
{
    ui_set_padding(page, 0, 8);
    ui.angle = ui_check(page, ui_say("Angles in degrees", "Ángulos en grados"), true, on_angle, NULL);
    build_keys(page, standard_keys, sizeof(standard_keys) / sizeof(standard_keys[0]));
}

static void build_programmer(struct widget *page)
{
    struct widget *row;

    ui_set_padding(page, 0, 8);
    for (int i = 0; i < 4; i++) {
        ui.bases[i] = ui_label(page, "");
        ui_label_set_style(ui.bases[i], UI_MONO);
    }
    row = ui_row(page);
    ui.bits = ui_choice(row, on_bits, NULL);
    for (int bits = 64; bits >= 8; bits /= 2) {
        char text[16];

        snprintf(text, sizeof(text), "%d bits", bits);
        ui_choice_add(ui.bits, text);
    }
    ui_set_value(ui.bits, 0);
    ui.sign = ui_check(row, ui_say("Signed", "Con signo"), true, on_sign, NULL);
    build_keys(page, programmer_keys, sizeof(programmer_keys) / sizeof(programmer_keys[0]));
}

/* Without it all keys are seen on a low screen. */
static bool history_has_room(void)
{
    int width, height;

    ui_screen_size(&width, &height);
    return height >= ui_px(560);
}

static void build_window(void)
{
    static const struct ui_model model = {history_count, history_cell};

    ui.window = ui_window(ui_say("Calculator", "Calculadora"), 0, 0);
    ui_window_set_icon(ui.window, "calculator");
    struct widget *content = ui_window_content(ui.window), *tabs;

    ui.history = ui_list(content, &model, NULL, on_history, NULL);
    ui_set_least(ui.history, 0, 72);
    ui_set_visible(ui.history, history_has_room());
    ui.entry = ui_entry(content, "", on_entry, NULL);
    ui_entry_set_limit(ui.entry, 1000);
    ui_set_name(ui.entry, "entry");
    ui_on_activate(ui.entry, on_equals, NULL);
    ui_on_key(ui.entry, on_key, NULL);
    ui.result = ui_label(content, "");
    ui_set_name(ui.result, "result");
    ui_label_set_style(ui.result, UI_DIM);
    ui_label_set_align(ui.result, ALIGN_END);
    tabs = ui_tabs(content, on_mode, NULL);
    ui_set_name(tabs, "tabs");
    ui_set_grow(tabs, 1);
    build_standard(ui_tab(tabs, ui_say("&Standard", "&Normal")));
    build_programmer(ui_tab(tabs, ui_say("&Programmer", "&Programador")));
    show_bases();
}

struct ui_window *calculator_open(void)
{
    ui.calculator = (struct calculator){.bits = 64, .is_signed = true, .degrees = true};
    ui.count = 0;
    ui.fresh = false;
    build_window();
    ui_window_show(ui.window);
    ui_focus(ui.entry);
    return ui.window;
}
