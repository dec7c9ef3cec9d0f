/* The words that the desktop itself shows, in the language of its settings. */
#pragma once

enum word {
    WORD_NOT_RESPONDING,
    WORD_SEARCH,
    WORD_NO_PROGRAM,
    WORD_END_IT,
    WORD_WAIT,
    WORD_HUNG_TEXT,
    WORD_NOTHING_NEW,
    WORD_NOTIFICATIONS,
    WORD_MOVE,
    WORD_RESIZE,
    WORD_MINIMISE,
    WORD_MAXIMISE,
    WORD_RESTORE,
    WORD_TO_WORKSPACE,
    WORD_CLOSE,
    WORDS
};

/* "en", "es"; another is "en". */
void words_choose(const char *language);
const char *words(enum word word);
/* Monday is 0, January is 0; short. */
const char *words_day(int day);
const char *words_month(int month);
const char *words_full_month(int month);
/* Which of two texts of a file, as the language is. */
int words_are_spanish(void);
