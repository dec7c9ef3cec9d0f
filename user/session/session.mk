# What the screen is used for: desktop or shell. choice_test.c is built by tests/host/host.mk.
$(eval $(call program,bin/session,user/session/session.c user/session/choice.c lib/cmdline.c))
