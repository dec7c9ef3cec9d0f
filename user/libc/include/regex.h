#include <sys/types.h>
#include_next <regex.h>
