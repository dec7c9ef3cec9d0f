$(eval $(call ui_program,bin/terminal,$(filter-out %_test.c,$(sort $(wildcard user/apps/terminal/*.c)))))
