/* The PS/2 keyboard behind the 8042 controller. */
#pragma once

/* Take over controller and keyboard from the BIOS, in at most about 0.1 s when both answer and 1 s
   whatever happens; from then on keys go to ddi_input_key. -ENODEV: no controller; -EIO: the
   controller or the keyboard does not answer as it must; or ddi_irq_bind's error. */
int keyboard_init(void);
