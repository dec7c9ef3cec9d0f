/* CPU exceptions inside stage 2: a message instead of a triple fault. */
#pragma once

void exceptions_init(void); /* before anything that could fault */
