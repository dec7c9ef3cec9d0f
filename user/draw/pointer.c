/* The pointer's pictures, white with a dark rim, drawn as paths on a grid of 32. */
#include "user/draw/icon.h"


struct picture {
    int hot_x, hot_y;
    bool stroke; /* lines, else an outline to be filled */
    const int8_t *points; /* x y …, -1: a new part, -2: the end */
};

#define PART -1
#define END  -2
static const int8_t arrow[] = {2, 1, 2, 19, 6, 15, 9, 22, 12, 21, 9, 14, 15, 14, 2, 1, END};
static const int8_t text[] = {7, 3, 10, 5, 13, 3, PART, 10, 5, 10, 21, PART, 7, 23, 10, 21, 13, 23, END};
static const int8_t hand[] = {8,  3,  10, 2,  12, 3,  12, 11, 14, 10, 15, 12, 17, 11, 18, 13, 20, 13, 21,
                              15, 21, 20, 18, 25, 11, 25, 4,  17, 4,  15, 6,  14, 8,  16, 8,  3,  END};
static const int8_t wait[] = {5, 3, 19, 3, PART, 5, 23, 19, 23, PART, 6, 3, 6, 7, 12, 13, 18, 7, 18, 3, PART,
                              6, 23, 6, 19, 12, 13, 18, 19, 18, 23, END};
static const int8_t cross[] = {12, 3, 12, 21, PART, 3, 12, 21, 12, END};
static const int8_t move[] = {12, 3,  12, 21,   PART, 3,  12, 21, 12, PART, 9,    6,  12,
                              3,  15, 6,  PART, 9,    18, 12, 21, 15, 18,   PART, 6,  9,
                              3,  12, 6,  15,   PART, 18, 9,  21, 12, 18,   15,   END};
static const int8_t size_x[] = {3, 12, 21, 12, PART, 7, 8, 3, 12, 7, 16, PART, 17, 8, 21, 12, 17, 16, END};
static const int8_t size_y[] = {12, 3, 12, 21, PART, 8, 7, 12, 3, 16, 7, PART, 8, 17, 12, 21, 16, 17, END};
static const int8_t size_down[] = {5, 5, 19, 19, PART, 5, 11, 5, 5, 11, 5, PART, 19, 13, 19, 19, 13, 19, END};
static const int8_t size_up[] = {5, 19, 19, 5, PART, 13, 5, 19, 5, 19, 11, PART, 5, 13, 5, 19, 11, 19, END};

static const struct picture pictures[POINTERS] = {
    [POINTER_ARROW] = {2, 1, false, arrow},        [POINTER_TEXT] = {10, 13, true, text},
    [POINTER_HAND] = {10, 3, false, hand},         [POINTER_WAIT] = {12, 13, true, wait},
    [POINTER_MOVE] = {12, 12, true, move},         [POINTER_CROSS] = {12, 12, true, cross},
    [POINTER_SIZE_X] = {12, 12, true, size_x},     [POINTER_SIZE_Y] = {12, 12, true, size_y},
    [POINTER_SIZE_DOWN] = {12, 12, true, size_down}, [POINTER_SIZE_UP] = {12, 12, true, size_up},
};

static struct path *outline(const int8_t *point, int percent)
{
    struct path *path = path_start();
    bool begins = true;

    while (*point != END) {
        if (*point == PART) {
            begins = true;
            point++;
            continue;
        }
        int x = point[0] * 256 * percent / 100 + 128, y = point[1] * 256 * percent / 100 + 128;

        (begins ? path_move : path_line)(path, x, y);
        begins = false;
        point += 2;
    }
    return path;
}

void draw_pointer(const struct canvas *canvas, enum pointer pointer, int percent, int *hot_x, int *hot_y)
{
    *hot_x = *hot_y = 0;
    if ((unsigned)pointer >= POINTERS || !pictures[pointer].points)
        return;
    const struct picture *picture = &pictures[pointer];
    struct path *path = outline(picture->points, percent);
    int line = 256 * percent / 100;

    if (picture->stroke) {
        path_stroke(canvas, path, 4 * line, 0xFF10161F);
        path_stroke(canvas, path, 2 * line, 0xFFFFFFFF);
    } else {
        path_stroke(canvas, path, 3 * line, 0xFF10161F);
        path_fill(canvas, path, 0xFFFFFFFF);
    }
    path_end(path);
    *hot_x = picture->hot_x * percent / 100;
    *hot_y = picture->hot_y * percent / 100;
}
