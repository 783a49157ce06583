#define _GNU_SOURCE
#include "CVector.h"

#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif

int quill_allowed_processors(int *numbers, int capacity) {
  int count = 0;
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int number = 0; number < CPU_SETSIZE && count < capacity; number++)
      if (CPU_ISSET(number, &set)) numbers[count++] = number;
    return count;
  }
#endif
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  while (count < online && count < capacity) {
    numbers[count] = count;
    count++;
  }
  return count;
}

int quill_pin_thread(int number) {
#if defined(__linux__)
  if (number < 0 || number >= CPU_SETSIZE) return -1;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(number, &set);
  return sched_setaffinity(0, sizeof set, &set);
#else
  (void)number;
  return -1;
#endif
}

int quill_has_fast_bf16_dot(void) {
#if defined(__AVX512BF16__)
  return __builtin_cpu_is("amd") ? 1 : 0;
#else
  return 0;
#endif
}

int quill_vector_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) return 2;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1 : 0;
#else
  return 0;
#endif
}
