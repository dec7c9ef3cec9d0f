/*
 * How a text is indented: see indent.h. Lines that begin with tabs are counted against those that begin with
 * spaces; of the latter the usual step is by how much one line is more or less indented than the one before.
 * No locks.
 */
#include "user/apps/editor/indent.h"

#include <string.h>

#define LINES      2000u /* that are looked at */
#define STEP_LEAST 2u    /* " * a comment" is no step */
#define STEP_MOST  8u

struct counts {
    size_t tabs, spaces, steps[STEP_MOST + 1];
};

static void count_line(struct counts *counts, const char *text, size_t size, size_t *before)
{
    size_t lead = 0;
    while (lead < size && text[lead] == ' ')
        lead++;
    if (lead == size || text[lead] == '\r') /* blank */
        return;
    counts->tabs += text[0] == '\t';
    counts->spaces += lead >= STEP_LEAST;
    size_t step = lead > *before ? lead - *before : *before - lead;
    if (step >= STEP_LEAST && step <= STEP_MOST)
        counts->steps[step]++;
    *before = lead;
}

static int usual_step(const struct counts *counts)
{
    size_t best = 0;
    for (size_t step = STEP_LEAST; step <= STEP_MOST; step++)
        if (counts->steps[step] > counts->steps[best])
            best = step;
    return best > 0 ? (int)best : INDENT_USUAL;
}

static int by_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return strcmp(name, "Makefile") == 0 || (dot != NULL && strcmp(dot, ".mk") == 0) ? 0 : INDENT_USUAL;
}

int indent_guess(struct text_buffer *buffer, const char *path)
{
    struct counts counts = { 0 };
    size_t before = 0, size;
    for (size_t line = 0; line < LINES && line < text_buffer_lines(buffer); line++) {
        const char *text = text_buffer_line(buffer, line, &size);
        count_line(&counts, text, size, &before);
    }
    if (counts.tabs == 0 && counts.spaces == 0)
        return by_name(path);
    return counts.tabs > counts.spaces ? 0 : usual_step(&counts);
}
