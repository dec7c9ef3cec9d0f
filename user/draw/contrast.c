/* How well a colour is read on another: WCAG 2.1, relative luminance and contrast ratio. */
#include <math.h>

#include "user/draw/draw.h"

static double linear(unsigned level)
{
    double c = level / 255.0;

    return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* Relative luminance, WCAG 2.1. */
static double luminance(colour_t c)
{
    return 0.2126 * linear(c >> 16 & 0xFF) + 0.7152 * linear(c >> 8 & 0xFF) + 0.0722 * linear(c & 0xFF);
}

unsigned colour_contrast(colour_t a, colour_t b)
{
    double first = luminance(a), second = luminance(b);
    double light = first > second ? first : second, dark = first > second ? second : first;

    return (unsigned)(100 * (light + 0.05) / (dark + 0.05));
}
