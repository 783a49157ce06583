#define _GNU_SOURCE
#include "CVector.h"

#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif

int quill_processor_count(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
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
