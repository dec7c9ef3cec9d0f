; The note that says that a program speaks FastOS's system calls (lib/program.h): owner, type 1.
section .note.fastos note alloc noexec nowrite align=4
    dd 7, 4, 1
    db "FastOS", 0, 0
    dd 1                        ; of their table's version
