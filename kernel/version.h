/* What uname says. */
#pragma once

#define FASTOS_RELEASE "0.4"
#define FASTOS_VERSION "hybrid kernel, x86-64"
