/* Lines of /proc/pci; kernel/fs/pci_file.c has their form. */
#include "user/apps/system/figures.h"

static void take_word(struct piece word, struct pci_figures *figures)
{
    const struct {
        const char *name;
        unsigned *to;
    } fields[] = {{"class", &figures->class}, {"rev", &figures->revision}, {"line", &figures->line}};
    struct piece name;
    uint64_t number;

    if (!piece_until(&word, '=', &name) || !piece_number(word, 16, &number))
        return;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (piece_is(name, fields[i].name))
            *fields[i].to = (unsigned)number & 0xffffff;
}

bool figures_pci(struct piece line, struct pci_figures *figures)
{
    struct piece place, id, vendor, word;
    uint64_t numbers[2];

    *figures = (struct pci_figures){0};
    if (!piece_word(&line, &place) || !piece_word(&line, &id) || !piece_until(&id, ':', &vendor)
        || !piece_number(vendor, 16, &numbers[0]) || !piece_number(id, 16, &numbers[1]))
        return false;
    piece_copy(place, figures->place, sizeof(figures->place));
    figures->vendor = (unsigned)numbers[0] & 0xffff;
    figures->device = (unsigned)numbers[1] & 0xffff;
    while (piece_word(&line, &word))
        take_word(word, figures);
    return true;
}
