/// Counts what each thread takes from the heap, by standing before glibc's own functions in the test program.
#pragma once

/// Whether allocations are counted: not where the C library is another, nor under a sanitizer, which stands there itself.
int quill_counts_allocations(void);

/// The calls of malloc, calloc, realloc, posix_memalign, aligned_alloc and memalign that the calling thread has made so far.
long quill_allocation_count(void);
