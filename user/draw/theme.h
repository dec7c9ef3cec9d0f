/* The look: colours and measures, read from a file of /usr/share/themes (NAME.theme; lines "name #rrggbb").
 */
#pragma once

#include "user/draw/draw.h"

struct theme {
    char name[32];
    colour_t desktop[4];       /* the wallpaper's four corners */
    colour_t panel, panel_text;
    colour_t frame, frame_text;          /* title bar of the window that has the focus */
    colour_t frame_back, frame_back_text; /* of the others */
    colour_t border;           /* 1 pixel around windows and fields */
    colour_t surface, text;    /* what widgets lie on */
    colour_t dim_text;         /* of less weight; at least 4.5:1 all the same */
    colour_t field, field_text; /* entries, lists, text areas */
    colour_t hover;            /* under the pointer */
    colour_t accent, accent_text; /* selected, default button, focus ring */
    colour_t selected, selected_text;
    colour_t good, warning, bad;  /* text on surface */
    /* words of a program's text, on field */
    colour_t code_keyword, code_type, code_string, code_number, code_comment, code_special;
    int radius;                /* of windows; 10 */
    int shadow;                /* spread; 0: none */
};

/* `name`: dark, light, contrast, classic or a file's. Returns 0, or -ENOENT, -EINVAL (a line is wrong;
   `wrong` then says which, may be NULL): the theme is dark then, so that there is always one. */
int theme_load(struct theme *theme, const char *name, char wrong[128]);
/* The colours and measures of a file's text, which is changed; theme_load's part, for tests. 0 or -EINVAL;
   *theme then has some of them. */
int theme_read(struct theme *theme, char *text, char wrong[128]);
void theme_folder(const char *path); /* "/usr/share/themes" unless said */
/* Another accent, made darker or lighter until it can be read as text on surface and field. Its own text
   becomes black or white, whichever is read better; `selected` a weak form of it. */
void theme_set_accent(struct theme *theme, colour_t accent);

/* Those that a user is offered. */
#define THEME_ACCENTS 6u
struct accent {
    const char *name; /* "blue" */
    colour_t colour;
};
extern const struct accent theme_accents[THEME_ACCENTS];

#define CONTRAST_LEAST 450u /* of text, as colour_contrast says it: WCAG 2.1, 1.4.3 */
