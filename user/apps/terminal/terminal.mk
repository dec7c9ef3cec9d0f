$(eval $(call ui_program,terminal))
