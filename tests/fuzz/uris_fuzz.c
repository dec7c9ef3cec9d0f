/* Fuzz what other programs put on the clipboard as a list of files: what is understood is written and read
   again as the same list. */
/* links: user/apps/files/path.c */
/* options: -max_len=1024 */
#include "tests/fuzz/fuzz.h"
#include "user/apps/files/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct names names, back;
    bool cut, cut_back;
    char *copy = exact_copy(bytes, size);

    must(names_of_uris(&names, copy, size, &cut) == 0);
    char *text = uris_of_names(&names, cut);

    must(text && names_of_uris(&back, text, strlen(text), &cut_back) == 0);
    must(back.count == names.count && cut == cut_back);
    for (size_t i = 0; i < names.count; i++) {
        must(names.items[i][0] == '/' && !strcmp(names.items[i], back.items[i]));
        char *clean = path_clean("/", names.items[i]);

        must(clean && clean[0] == '/' && strlen(clean) <= strlen(names.items[i]) + 1);
        free(clean);
    }
    names_free(&names);
    names_free(&back);
    free(text);
    free(copy);
    return 0;
}
