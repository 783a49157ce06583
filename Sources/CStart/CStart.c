// The limits of the process, looked at before any library starts: OpenBLAS takes memory and threads when it is loaded, and waits
// for ever where the system refuses them; Swift's runtime ends with a signal. Only a function in .preinit_array of the program
// itself runs earlier. It allocates nothing and calls only what needs no started library.
#ifdef __linux__
#define _GNU_SOURCE
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "CStart.h"

// Measured on two processors: a training run works with 256 KiB of stack and 16 files; with 64 KiB it ended by a signal.
enum { KIB = 1024, LEAST_STACK = 256 * KIB, LEAST_FILES = 16 };
// The program's own address space, and what each thread of OpenBLAS takes, a stack and a buffer: with 244 MiB loading never ends
// on two processors, with 264 MiB it does, with one thread 195 MiB are enough.
static const rlim_t PROGRAM_SPACE = 200ul * 1024 * KIB, SPACE_PER_THREAD = 48ul * 1024 * KIB;

static void refuse(const char *sentence) {
  ssize_t ignored = write(STDERR_FILENO, sentence, strlen(sentence));
  (void)ignored;
  _exit(69);
}

static int is_below(int resource, rlim_t least) {
  struct rlimit limit;
  return getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < least;
}

static int has_one_thread(char **environment) {
  for (; environment && *environment; environment++) {
    if (strcmp(*environment, "OPENBLAS_NUM_THREADS=1") == 0) return 1;
  }
  return 0;
}

static void check_limits(int count, char **arguments, char **environment) {
  (void)count;
  (void)arguments;
  if (is_below(RLIMIT_STACK, LEAST_STACK)) {
    refuse("Error: the limit on the stack is below 256 KiB. Raise it: ulimit -s 8192\n");
  }
  if (is_below(RLIMIT_NOFILE, LEAST_FILES)) {
    refuse("Error: fewer than 16 open files are allowed. Raise the limit: ulimit -n 1024\n");
  }
  // As many threads as OpenBLAS starts: one for each processor of the affinity.
  cpu_set_t allowed;
  rlim_t threads = 0;
  if (!has_one_thread(environment) && sched_getaffinity(0, sizeof allowed, &allowed) == 0) threads = CPU_COUNT(&allowed);
  if (is_below(RLIMIT_AS, PROGRAM_SPACE + SPACE_PER_THREAD * threads)) {
    refuse(
        "Error: the limit on address space is too small to start in. Raise it (ulimit -v unlimited), or let "
        "OpenBLAS take less: OPENBLAS_NUM_THREADS=1\n");
  }
}

__attribute__((section(".preinit_array"), used)) static void (*const check)(int, char **, char **) = check_limits;
#endif
