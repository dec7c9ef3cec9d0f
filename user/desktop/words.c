/* See words.h. */
#include "user/desktop/words.h"

#include <string.h>

#define LANGUAGES 2

static int language; /* 0 English, 1 Spanish */

static const char *const texts[WORDS][LANGUAGES] = {
    [WORD_NOT_RESPONDING] = {"not responding", "no responde"},
    [WORD_SEARCH] = {"Type to search", "Escribe para buscar"},
    [WORD_NO_PROGRAM] = {"No program of that name", "Ningún programa con ese nombre"},
    [WORD_END_IT] = {"End program", "Terminar programa"},
    [WORD_WAIT] = {"Wait", "Esperar"},
    [WORD_HUNG_TEXT] = {"does not respond.", "no responde."},
    [WORD_NOTHING_NEW] = {"Nothing happened yet", "Todavía no ha pasado nada"},
    [WORD_NOTIFICATIONS] = {"Notifications", "Notificaciones"},
    [WORD_MOVE] = {"Move by the arrow keys", "Mover con las flechas"},
    [WORD_RESIZE] = {"Resize by the arrow keys", "Tamaño con las flechas"},
    [WORD_MINIMISE] = {"Minimise", "Minimizar"},
    [WORD_MAXIMISE] = {"Maximise", "Maximizar"},
    [WORD_RESTORE] = {"Restore", "Restaurar"},
    [WORD_TO_WORKSPACE] = {"To workspace", "Al espacio de trabajo"},
    [WORD_CLOSE] = {"Close", "Cerrar"},
};

static const char *const days[7][LANGUAGES] = {
    {"Mon", "lun"}, {"Tue", "mar"}, {"Wed", "mié"}, {"Thu", "jue"},
    {"Fri", "vie"}, {"Sat", "sáb"}, {"Sun", "dom"},
};

static const char *const months[12][LANGUAGES] = {
    {"January", "enero"},   {"February", "febrero"}, {"March", "marzo"},          {"April", "abril"},
    {"May", "mayo"},        {"June", "junio"},       {"July", "julio"},           {"August", "agosto"},
    {"September", "septiembre"}, {"October", "octubre"}, {"November", "noviembre"}, {"December", "diciembre"},
};

static const char *const short_months[12][LANGUAGES] = {
    {"Jan", "ene"}, {"Feb", "feb"}, {"Mar", "mar"}, {"Apr", "abr"}, {"May", "may"}, {"Jun", "jun"},
    {"Jul", "jul"}, {"Aug", "ago"}, {"Sep", "sep"}, {"Oct", "oct"}, {"Nov", "nov"}, {"Dec", "dic"},
};

void words_choose(const char *name)
{
    language = strcmp(name, "es") == 0;
}

int words_are_spanish(void)
{
    return language;
}

const char *words(enum word word)
{
    return texts[word][language];
}

const char *words_day(int day)
{
    return days[day % 7][language];
}

const char *words_month(int month)
{
    return short_months[month % 12][language];
}

const char *words_full_month(int month)
{
    return months[month % 12][language];
}
