/* What the builtins' files share. */
#pragma once

#include <stdbool.h>

int trap_command(int count, char **words);
int set_letters(const char *letters, bool on); /* 0, or 2 after a complaint */
void set_words(int count, char **words);
