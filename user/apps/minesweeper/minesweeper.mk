$(eval $(call ui_program,minesweeper))
