# The raw disk image: what lies where, and how it is assembled.
