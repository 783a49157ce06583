// Forty places in C, where an int has 32; the kernels use C in headers, too.
import Shift

_ = String(shifted(1, 39 + CInt(CommandLine.arguments.count)))
