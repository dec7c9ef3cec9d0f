/* What a file is, by its kind, its name and, where that says nothing, its first bytes; and what opens it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "user/draw/icon.h"

struct file_type {
    const char *ending;  /* with its point, lower case; NULL: not known by it */
    const char *mime;
    enum icon icon;
    const char *english, *spanish; /* what it is, for people */
};

/* By name and kind alone: quick, for lists. Never NULL. */
const struct file_type *type_of(const char *name, mode_t mode);
/* Looks also into the file. Never NULL. */
const struct file_type *type_of_file(const char *path);

/* A program that can open files of a type, best first. */
struct opener {
    const char *program; /* its path */
    const char *name;    /* "editor": as icon_named knows it */
    const char *english, *spanish;
};
/* The one of that number for this type; NULL: there are no more. */
const struct opener *type_opener(const struct file_type *type, size_t which);
bool type_is_program(const struct file_type *type); /* opening it runs it */
