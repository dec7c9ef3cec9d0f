/* Write-combining for the framebuffer. */
#pragma once

/* Where stage 2 could not map it so, for want of a PAT: through an MTRR. Once, by paging_init. */
void write_combining_init(void);
