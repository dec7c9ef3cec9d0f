/* newlib's, which forgets that it needs off_t. */
#include <sys/types.h>
#include_next <regex.h>
