/* The calculator's window. */
#include <stdio.h>
#include <string.h>

#include "user/apps/calculator/calculator.h"

int main(void)
{
    int error = ui_start("calculator");

    if (error) {
        fprintf(stderr, "calculator: no desktop: %s\n", strerror(-error));
        return 1;
    }
    (void)calculator_open();
    int status = ui_run();

    ui_end();
    return status;
}
