# The first process. job_test.c is built by tests/host/host.mk.
$(eval $(call program,bin/init,user/init/init.c user/init/job.c))
