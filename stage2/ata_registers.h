/* ATA-6 §7: what is in the status register. */
#pragma once

#define STATUS_ERR  0x01
#define STATUS_DRQ  0x08
#define STATUS_DF   0x20
#define STATUS_DRDY 0x40
#define STATUS_BSY  0x80
