/* Regular files by their pages: what file systems whose contents lie in the page cache share. */
#pragma once

#include "kernel/fs/vfs.h"

/* file_operations.read. Holes of what lives in memory alone (tmpfs) are read without a page. */
int64_t page_file_read(struct file *file, struct io *io, uint64_t *position);

/* For file_operations.write. With the inode's lock, which is taken here: */
struct page_file_writer {
    /* Room for [at, at + size), inside one page; may be NULL. -ENOSPC, -EFBIG, -EIO. */
    int (*prepare)(struct inode *inode, uint64_t at, size_t size);
    /* Size and times are the new ones: note that the inode is to be written. May be NULL. */
    void (*changed)(struct inode *inode);
    /* A piece failed for which there was room: what lies behind the end goes. May be NULL. */
    void (*give_back)(struct inode *inode);
};
int64_t page_file_write(struct file *file, struct io *io, uint64_t *position,
                        const struct page_file_writer *writer);
/* For set_attributes, before the size becomes less: no page holds what was behind the new end.
   -ENOMEM, -EIO. */
int page_file_cut(struct inode *inode, uint64_t size) must_check;
/* What any of them does with the bits of attributes that are not the size. */
void inode_set_plain(struct inode *inode, const struct attributes *wanted);
