$(eval $(call ui_program,bin/calculator,$(filter-out %_test.c,$(sort $(wildcard user/apps/calculator/*.c)))))
