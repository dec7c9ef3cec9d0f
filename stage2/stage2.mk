# stage2/: real mode to long mode, then the kernel.
