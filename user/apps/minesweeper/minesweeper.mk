$(eval $(call ui_program,bin/minesweeper,$(filter-out %_test.c,$(sort $(wildcard user/apps/minesweeper/*.c)))))
