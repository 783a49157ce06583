#define _GNU_SOURCE
#include "CVector.h"

#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif
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

void quill_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
  registers[0] = registers[1] = registers[2] = registers[3] = 0;
#if defined(__x86_64__)
  __get_cpuid_count(leaf, subleaf, &registers[0], &registers[1], &registers[2], &registers[3]);
#else
  (void)leaf, (void)subleaf;
#endif
}

uint64_t quill_enabled_state(void) {
#if defined(__x86_64__)
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
#else
  return 0;
#endif
}
