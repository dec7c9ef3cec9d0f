/* Temporary. */
#pragma once
#include "kernel/fs/vfs.h"
struct descriptors;
int descriptors_create(struct descriptors **made) must_check;
int descriptors_copy(struct descriptors *from, struct descriptors **made) must_check;
void descriptors_release(struct descriptors *descriptors);
int descriptors_get(struct descriptors *descriptors, int fd, struct file **file) must_check;
int descriptors_install(struct descriptors *descriptors, struct file *file, unsigned flags, int least,
                        int limit, int *fd) must_check;
void descriptors_close_on_exec(struct descriptors *descriptors);
int descriptors_close(struct descriptors *descriptors, int fd) must_check;
