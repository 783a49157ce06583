#pragma once

#include <sys/types.h>

/// Starts a program on a terminal of its own, in a folder, with signals as a shell gives them.
///
/// Returns the process, or -1 with errno. `master` receives the other end of the terminal.
pid_t spawn_on_terminal(
    const char *program, char *const arguments[], char *const environment[], const char *folder, int columns,
    int rows, int *master);

/// Tells the terminal, and so its program, of another size.
void resize_terminal(int master, int columns, int rows);
