/* /proc/pci: the functions of PCI devices, a line each, for lspci. */
#pragma once

#include "lib/compiler.h"

/* -ENOMEM, -EEXIST. */
int pci_file_register(void) must_check;
