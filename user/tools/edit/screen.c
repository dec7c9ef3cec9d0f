#include "user/tools/edit/screen.h"

#include <stdio.h>
#include <string.h>

#include "lib/utf8.h"
#include "user/tools/common/terminal.h"

static const char keys[] = "^S save  ^Q quit  ^F find  ^G next  ^R replace  ^Z undo  ^Y redo  "
                           "^K cut  ^U paste  ^L line";

int view_text_rows(const struct view *view)
{
    return view->rows > 3 ? view->rows - 2 : 1;
}

static void scroll(struct view *view)
{
    size_t rows = (size_t)view_text_rows(view), columns = (size_t)view->columns;
    size_t column = line_column(&view->text->lines[view->cursor.row], view->cursor.at);

    if (view->cursor.row < view->top)
        view->top = view->cursor.row;
    if (view->cursor.row >= view->top + rows)
        view->top = view->cursor.row - rows + 1;
    if (column < view->left)
        view->left = column < columns / 4 ? 0 : column - columns / 4;
    if (column >= view->left + columns)
        view->left = column - columns + columns / 4 + 1;
}

static void print_character(uint32_t character, size_t columns)
{
    char bytes[4];

    if (character == '\t')
        printf("%*s", (int)columns, "");
    else if (character < 32 || character == 127)
        printf("\033[36m^%c\033[0m", (int)(character ^ 64));
    else
        fwrite(bytes, 1, utf8_encode(character, bytes), stdout);
}

static void draw_line(const struct view *view, const struct line *line)
{
    size_t column = 0, columns, right = view->left + (size_t)view->columns;
    uint32_t character;

    for (size_t at = 0; at < line->size && column < right; column += columns) {
        at += line_character(line, at, column, &character, &columns);
        /* What is cut by an edge is a blank for each column that is left of it. */
        if (column >= view->left && column + columns <= right)
            print_character(character, columns);
        else if (column + columns > view->left)
            printf("%*s", (int)((column + columns < right ? column + columns : right)
                                - (column > view->left ? column : view->left)), "");
    }
}

static void draw_status(const struct view *view)
{
    char place[64], name[512];
    const struct line *line = &view->text->lines[view->cursor.row];
    int width = view->columns;

    snprintf(place, sizeof(place), " %zu/%zu, %zu ", view->cursor.row + 1, view->text->count,
             line_column(line, view->cursor.at) + 1);
    snprintf(name, sizeof(name), " %s%s", view->name, text_is_changed(view->text) ? " *" : "");
    int room = width - (int)strlen(place), name_width = text_width(name);

    printf("\033[7m%.*s", room > 0 ? room : 0, name);
    if (room > name_width)
        printf("%*s", room - name_width, "");
    printf("%.*s\033[0m", width, place);
}

static void draw_last(const struct view *view)
{
    const char *text = *view->message ? view->message : keys;

    printf("%.*s\033[K", view->columns - 1, text);
}

void view_draw(struct view *view)
{
    int rows = view_text_rows(view);
    size_t column;

    scroll(view);
    fputs("\033[?25l", stdout);
    for (int row = 0; row < rows; row++) {
        printf("\033[%d;1H\033[K", row + 1);
        if (view->top + (size_t)row < view->text->count)
            draw_line(view, &view->text->lines[view->top + (size_t)row]);
        else
            fputs("\033[34m~\033[0m", stdout);
    }
    if (view->rows > 1) {
        printf("\033[%d;1H", rows + 1);
        draw_status(view);
    }
    if (view->rows > 2) {
        printf("\033[%d;1H", rows + 2);
        draw_last(view);
    }
    column = line_column(&view->text->lines[view->cursor.row], view->cursor.at) - view->left;
    printf("\033[%zu;%zuH\033[?25h", view->cursor.row - view->top + 1, column + 1);
    fflush(stdout);
}

void view_draw_question(const struct view *view, const char *question, const char *answer)
{
    int room = view->columns - text_width(question) - 2, width = text_width(answer);

    /* The end of a long answer. */
    for (; width > room && *answer; width--)
        for (answer++; ((unsigned char)*answer & 0xc0) == 0x80;)
            answer++;
    printf("\033[%d;1H\033[K%s %s", view->rows, question, answer);
    fflush(stdout);
}
