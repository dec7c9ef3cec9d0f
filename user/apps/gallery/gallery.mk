$(eval $(call ui_program,gallery))
