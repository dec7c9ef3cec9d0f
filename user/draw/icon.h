/* Icons, drawn by code at any size. */
#pragma once

#include "user/draw/draw.h"
#include "user/draw/theme.h"

/* Those of programs and files are coloured tiles; those after ICON_CLOSE are one-colour signs. */
enum icon {
    ICON_NONE,
    ICON_FASTOS, ICON_TERMINAL, ICON_FILES, ICON_EDITOR, ICON_MONITOR, ICON_SETTINGS, ICON_LOG, ICON_HARDWARE,
    ICON_HELP, ICON_VIEWER, ICON_CALCULATOR, ICON_MINESWEEPER, ICON_BLOCKS, ICON_PROGRAM,
    ICON_FOLDER, ICON_FILE, ICON_TEXT, ICON_PICTURE, ICON_ARCHIVE, ICON_TRASH, ICON_DISK, ICON_HOME,
    ICON_CLOSE, ICON_MAXIMISE, ICON_RESTORE, ICON_MINIMISE, ICON_MENU, ICON_SEARCH, ICON_ADD, ICON_REMOVE,
    ICON_BACK, ICON_FORWARD, ICON_UP, ICON_DOWN, ICON_CHECK, ICON_REFRESH, ICON_COPY, ICON_CUT, ICON_PASTE,
    ICON_UNDO, ICON_REDO, ICON_SAVE, ICON_OPEN, ICON_LIST, ICON_GRID, ICON_INFO, ICON_WARNING, ICON_BELL,
    ICON_CLOCK, ICON_POWER, ICON_KEYBOARD, ICON_FLAG, ICON_MINE,
    ICON_LOGO, /* FastOS's F in one colour */
    ICONS
};

/* In the square that fits into `at`. `colour`: of the signs; tiles have their own. */
void draw_icon(const struct canvas *canvas, struct rect at, enum icon icon, colour_t colour);
/* "terminal", "files" … as .desktop files and the protocol name them; ICON_PROGRAM when there is none. */
enum icon icon_named(const char *name);
/* The wallpaper, of the theme's colours; only what the clip has is made. */
void draw_wallpaper(const struct canvas *canvas, const struct theme *theme);
/* The pointer's pictures. (hot_x, hot_y): the point that points. 32 × 32 at 100 %. */
enum pointer { POINTER_ARROW, POINTER_TEXT, POINTER_HAND, POINTER_WAIT, POINTER_MOVE, POINTER_CROSS,
               POINTER_SIZE_X, POINTER_SIZE_Y, POINTER_SIZE_DOWN, POINTER_SIZE_UP, POINTER_NONE, POINTERS };
void draw_pointer(const struct canvas *canvas, enum pointer pointer, int percent, int *hot_x, int *hot_y);
