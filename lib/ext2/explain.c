/* ext2: an error as a sentence for the user, with the value that was found and what was allowed. */
#include "lib/errno.h"
#include "lib/ext2/private.h"
#include "lib/printf.h"
#include "lib/string.h"

static void features_list(uint32_t bits, char *text, size_t size)
{
    const char *separator = " ";

    strlcat(text, "needs what we cannot read:", size);
    for (unsigned bit = 0; bit < 32; bit++) {
        if (!(bits >> bit & 1))
            continue;
        strlcat(text, separator, size);
        strlcat(text, ext2_feature_name(bit), size);
        separator = ", ";
    }
}

static void damage_tell(const struct ext2_damage *damage, char *text, size_t size)
{
    char whose[24] = "";

    if (damage->inode)
        snprintf(whose, sizeof(whose), " (inode %u)", damage->inode);
    if (damage->low == damage->high)
        snprintf(text, size, "damaged: %s is %llu, must be %llu%s", damage->what,
                 (unsigned long long)damage->value, (unsigned long long)damage->low, whose);
    else
        snprintf(text, size, "damaged: %s is %llu, allowed %llu to %llu%s", damage->what,
                 (unsigned long long)damage->value, (unsigned long long)damage->low,
                 (unsigned long long)damage->high, whose);
}

void ext2_explain_damage(const struct ext2_damage *damage, int error, char *text, size_t size)
{
    if ((error == -EUCLEAN || error == -ENOTSUP) && damage->what)
        damage_tell(damage, text, size);
    else
        strlcpy(text, error_text(error), size);
}

void ext2_explain(const struct ext2 *fs, int error, char *text, size_t size)
{
    if (size == 0)
        return;
    text[0] = '\0';
    if (error == -ENOTSUP && fs->unsupported)
        features_list(fs->unsupported, text, size);
    else if (error == -EINVAL && fs->block_bytes == 0)
        strlcat(text, "there is none: its magic number is missing", size);
    else
        ext2_explain_damage(&fs->damage, error, text, size);
}
