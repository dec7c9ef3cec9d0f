$(eval $(call ui_program,bin/blocks,$(filter-out %_test.c,$(sort $(wildcard user/apps/blocks/*.c)))))
