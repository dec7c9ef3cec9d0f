/* What PCI's class codes are called: the PCI Code and ID Assignment Specification 1.11. */
#pragma once

/* `code`: class << 8 | subclass. "IDE controller"; "device" when there is no name. */
const char *pci_class_name(unsigned code);
