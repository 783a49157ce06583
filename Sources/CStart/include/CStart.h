#ifndef CSTART_H
#define CSTART_H

/// Nothing to call: linking this target lets the program look at its limits before its libraries start.

#endif
