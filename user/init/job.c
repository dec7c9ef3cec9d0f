/* Lines of /etc/init.conf. */
#include <stdint.h>
#include <string.h>

#include "user/init/init.h"

/* Cuts the next word out of *at; NULL: there is none, or (*why) it has no end. */
static char *next_word(char **at, const char **why)
{
    char *word = *at + strspn(*at, " \t\r\n"), *end;

    if (*word == '\0' || *word == '#')
        return NULL;
    if (*word == '"') {
        end = strchr(++word, '"');
        if (!end) {
            *why = "a \" without its end";
            return NULL;
        }
    } else {
        end = word + strcspn(word, " \t\r\n");
    }
    *at = end + (*end != '\0');
    *end = '\0';
    return word;
}

static const char *set_kind(const char *word, struct job *job)
{
    static const struct {
        const char *word;
        enum job_kind kind;
    } kinds[] = {{"mount", JOB_MOUNT}, {"wait", JOB_WAIT}, {"once", JOB_ONCE}, {"respawn", JOB_RESPAWN}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].word, word) == 0) {
            job->kind = kinds[i].kind;
            return NULL;
        }
    if (strlen(word) >= sizeof(job->terminal) || strstr(word, ".."))
        return "this is no terminal's name";
    job->kind = JOB_TERMINAL;
    strcpy(job->terminal, word);
    return NULL;
}

const char *job_read(const char *line, struct job *job)
{
    const char *why = NULL;
    size_t count = 0;
    char *at, *word;

    memset(job, 0, sizeof(*job));
    if (strlen(line) >= sizeof(job->text))
        return "a line of more than 511 bytes";
    strcpy(job->text, line);
    at = job->text;
    word = next_word(&at, &why);
    if (!word)
        return why;
    why = set_kind(word, job);
    while (!why && (word = next_word(&at, &why))) {
        if (count == WORDS_MAX)
            return "more than 16 words";
        job->words[count++] = word;
    }
    if (!why && (count == 0 || (job->kind == JOB_MOUNT && count != 2)))
        return job->kind == JOB_MOUNT ? "mount TYPE DIRECTORY" : "no program";
    return why;
}

static bool is_same(const struct job *one, const struct job *other)
{
    size_t i = 0;

    if (one->kind != other->kind || strcmp(one->terminal, other->terminal) != 0)
        return false;
    for (; one->words[i] && other->words[i]; i++)
        if (strcmp(one->words[i], other->words[i]) != 0)
            return false;
    return !one->words[i] && !other->words[i];
}

/* The words are addresses in the text, which moves. */
static void copy_job(struct job *to, const struct job *from)
{
    *to = *from;
    for (size_t i = 0; from->words[i]; i++)
        to->words[i] = to->text + (from->words[i] - from->text);
}

size_t jobs_replace(struct job *jobs, size_t count, const struct job *fresh, size_t fresh_count)
{
    static struct job result[JOBS_MAX];

    for (size_t i = 0; i < fresh_count; i++) {
        size_t j = 0;

        while (j < count && !(jobs[j].kind != JOB_NONE && is_same(&jobs[j], &fresh[i])))
            j++;
        copy_job(&result[i], j < count ? &jobs[j] : &fresh[i]);
        if (j < count)
            jobs[j].kind = JOB_NONE; /* taken */
    }
    for (size_t i = 0; i < fresh_count; i++)
        copy_job(&jobs[i], &result[i]);
    return fresh_count;
}
