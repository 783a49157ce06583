/// The vector instructions that Swift cannot spell, each with a portable form.
///
/// Everything here is `static inline`: it becomes one instruction inside the Swift kernel that calls it.
#pragma once

#include <stdint.h>
#include <string.h>
#include <time.h>
#if defined(__AVX512F__) || defined(__SSE2__)
#include <immintrin.h>
#endif

typedef float quill_f32x16 __attribute__((ext_vector_type(16)));
typedef float quill_f32x8 __attribute__((ext_vector_type(8)));
typedef uint32_t quill_u32x8 __attribute__((ext_vector_type(8)));
typedef int32_t quill_i32x16 __attribute__((ext_vector_type(16)));
typedef uint32_t quill_u32x16 __attribute__((ext_vector_type(16)));
typedef uint16_t quill_u16x16 __attribute__((ext_vector_type(16)));
typedef int16_t quill_i16x32 __attribute__((ext_vector_type(32)));
typedef int8_t quill_i8x16 __attribute__((ext_vector_type(16)));

#define QUILL_INLINE static inline __attribute__((always_inline))

/// The width of the vector registers this was compiled for: 512, with 32 of them, or at most 256, with 16.
QUILL_INLINE int quill_vector_bits(void) {
#if defined(__AVX512F__)
  return 512;
#else
  return 256;
#endif
}

/// Whether `quill_dot_bf16` is one instruction on the machine this was compiled for.
QUILL_INLINE int quill_has_bf16_dot(void) {
#if defined(__AVX512BF16__)
  return 1;
#else
  return 0;
#endif
}

/// c + a₀·b₀ + a₁·b₁ in each of 16 lanes, a lane holding a pair of bf16 (first in the low half).
/// The instruction flushes denormals to zero; the portable form does not.
QUILL_INLINE quill_f32x16 quill_dot_bf16(quill_f32x16 c, quill_u32x16 a, quill_u32x16 b) {
#if defined(__AVX512BF16__)
  return (quill_f32x16)_mm512_dpbf16_ps((__m512)c, (__m512bh)a, (__m512bh)b);
#else
  const quill_f32x16 a1 = (quill_f32x16)(a & 0xffff0000u), b1 = (quill_f32x16)(b & 0xffff0000u);
  const quill_f32x16 a0 = (quill_f32x16)(a << 16), b0 = (quill_f32x16)(b << 16);
  return __builtin_elementwise_fma(a0, b0, __builtin_elementwise_fma(a1, b1, c));
#endif
}

/// The portable form in 8 lanes.
QUILL_INLINE quill_f32x8 quill_dot_bf16_narrow(quill_f32x8 c, quill_u32x8 a, quill_u32x8 b) {
  const quill_f32x8 a1 = (quill_f32x8)(a & 0xffff0000u), b1 = (quill_f32x8)(b & 0xffff0000u);
  const quill_f32x8 a0 = (quill_f32x8)(a << 16), b0 = (quill_f32x8)(b << 16);
  return __builtin_elementwise_fma(a0, b0, __builtin_elementwise_fma(a1, b1, c));
}

/// c + Σ w·x over four bytes in each of 16 lanes, w unsigned and x signed: exact, as long as the sum fits 32 bits.
QUILL_INLINE quill_i32x16 quill_dot_u8_i8(quill_i32x16 c, quill_u32x16 w, quill_u32x16 x) {
#if defined(__AVX512VNNI__)
  return (quill_i32x16)_mm512_dpbusd_epi32((__m512i)c, (__m512i)w, (__m512i)x);
#else
  // Even and odd bytes as 16-bit numbers, whose products a pair of lanes adds up.
  const quill_i16x32 w0 = (quill_i16x32)(w & 0x00ff00ffu), w1 = (quill_i16x32)((w >> 8) & 0x00ff00ffu);
  const quill_i16x32 x0 = (quill_i16x32)((quill_i16x32)x << 8) >> 8, x1 = (quill_i16x32)x >> 8;
#if defined(__AVX2__)
  union { quill_i16x32 v; __m256i half[2]; } a0 = {w0}, a1 = {w1}, b0 = {x0}, b1 = {x1};
  union { __m256i half[2]; quill_i32x16 v; } sum;
  for (int i = 0; i < 2; ++i)
    sum.half[i] = _mm256_add_epi32(
        _mm256_madd_epi16(a0.half[i], b0.half[i]), _mm256_madd_epi16(a1.half[i], b1.half[i]));
  return c + sum.v;
#else
  const quill_i32x16 wl0 = (quill_i32x16)w0 & 0xffff, wh0 = (quill_i32x16)w0 >> 16;
  const quill_i32x16 wl1 = (quill_i32x16)w1 & 0xffff, wh1 = (quill_i32x16)w1 >> 16;
  const quill_i32x16 xl0 = ((quill_i32x16)x0 << 16) >> 16, xh0 = (quill_i32x16)x0 >> 16;
  const quill_i32x16 xl1 = ((quill_i32x16)x1 << 16) >> 16, xh1 = (quill_i32x16)x1 >> 16;
  return c + wl0 * xl0 + wh0 * xh0 + wl1 * xl1 + wh1 * xh1;
#endif
#endif
}

/// The nearest whole numbers, ties to even, within ±127; 0 for NaN.
QUILL_INLINE quill_i32x16 quill_to_i32_within_127(quill_f32x16 x) {
  const quill_f32x16 whole = __builtin_elementwise_roundeven((quill_f32x16)((quill_i32x16)x & (x == x)));
  return __builtin_convertvector(
      __builtin_elementwise_min(__builtin_elementwise_max(whole, (quill_f32x16)(-127.0f)), (quill_f32x16)(127.0f)),
      quill_i32x16);
}

/// The low byte of each lane.
QUILL_INLINE quill_i8x16 quill_low_bytes(quill_i32x16 x) { return __builtin_convertvector(x, quill_i8x16); }

QUILL_INLINE int32_t quill_sum_i32(quill_i32x16 x) { return __builtin_reduce_add(x); }

/// 16 signed bytes to fp32: exact.
QUILL_INLINE quill_f32x16 quill_from_i8(quill_i8x16 x) { return __builtin_convertvector(x, quill_f32x16); }

/// Whole numbers to fp32: exact below 2²⁴.
QUILL_INLINE quill_f32x16 quill_from_i32(quill_i32x16 x) { return __builtin_convertvector(x, quill_f32x16); }

/// Rounds to bf16, ties to even; NaN stays NaN. Denormals become zero where the instruction is used.
QUILL_INLINE quill_u16x16 quill_to_bf16(quill_f32x16 x) {
#if defined(__AVX512BF16__)
  return (quill_u16x16)_mm512_cvtneps_pbh((__m512)x);
#else
  const quill_u32x16 bits = (quill_u32x16)x;
  const quill_u32x16 rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const quill_u32x16 quiet = (bits >> 16) | 0x40u;
  const quill_u32x16 nan = (quill_u32x16)(x != x);
  return __builtin_convertvector((rounded & ~nan) | (quiet & nan), quill_u16x16);
#endif
}

/// bf16 to fp32: exact.
QUILL_INLINE quill_f32x16 quill_from_bf16(quill_u16x16 x) {
  return (quill_f32x16)(__builtin_convertvector(x, quill_u32x16) << 16);
}

QUILL_INLINE quill_f32x16 quill_max(quill_f32x16 a, quill_f32x16 b) {
  return __builtin_elementwise_max(a, b);
}

QUILL_INLINE quill_f32x16 quill_min(quill_f32x16 a, quill_f32x16 b) {
  return __builtin_elementwise_min(a, b);
}

QUILL_INLINE quill_f32x16 quill_sqrt(quill_f32x16 x) {
#if defined(__AVX512F__)
  return (quill_f32x16)_mm512_sqrt_ps((__m512)x);
#else
  return __builtin_elementwise_sqrt(x);
#endif
}

/// e^x within 2 ulp; 0 below -87.3, +inf above 88.7. NaN stays NaN.
///
/// x = n·ln 2 + r, |r| ≤ ½ ln 2, with ln 2 in two parts, and the degree-5 polynomial of Cephes' expf.
QUILL_INLINE quill_f32x16 quill_exp(quill_f32x16 x) {
  const quill_f32x16 clamped = __builtin_elementwise_min(
      __builtin_elementwise_max(x, (quill_f32x16)(-87.33654f)), (quill_f32x16)(88.72283f));
  const quill_f32x16 n = __builtin_elementwise_roundeven(clamped * 1.44269504088896341f);
  quill_f32x16 r = __builtin_elementwise_fma(n, (quill_f32x16)(-0.693359375f), clamped);
  r = __builtin_elementwise_fma(n, (quill_f32x16)(2.12194440e-4f), r);
  quill_f32x16 p = (quill_f32x16)(1.9875691500e-4f);
  p = __builtin_elementwise_fma(p, r, (quill_f32x16)(1.3981999507e-3f));
  p = __builtin_elementwise_fma(p, r, (quill_f32x16)(8.3334519073e-3f));
  p = __builtin_elementwise_fma(p, r, (quill_f32x16)(4.1665795894e-2f));
  p = __builtin_elementwise_fma(p, r, (quill_f32x16)(1.6666665459e-1f));
  p = __builtin_elementwise_fma(p, r, (quill_f32x16)(5.0000001201e-1f));
  p = __builtin_elementwise_fma(p, r * r, r + 1.0f);
  // 2^n in two factors, so that n = 128 and n = -126 are both reached without overflow.
  const quill_i32x16 whole = __builtin_convertvector(n, quill_i32x16);
  const quill_i32x16 half = whole >> 1;
  const quill_f32x16 scale0 = (quill_f32x16)((half + 127) << 23);
  const quill_f32x16 scale1 = (quill_f32x16)((whole - half + 127) << 23);
  quill_f32x16 y = p * scale0 * scale1;
  const quill_i32x16 under = x < (quill_f32x16)(-87.33654f);
  const quill_i32x16 over = x > (quill_f32x16)(88.72283f);
  const quill_i32x16 nan = x != x;
  y = (quill_f32x16)((quill_i32x16)y & ~under);
  y = (quill_f32x16)(((quill_i32x16)y & ~over) | (over & 0x7f800000));
  return (quill_f32x16)(((quill_i32x16)y & ~nan) | (nan & (quill_i32x16)x));
}

/// The first `count` (0...16) floats at `p`, zeros after them; reads nothing beyond.
QUILL_INLINE quill_f32x16 quill_load_partial_f32(const float *p, long count) {
#if defined(__AVX512F__)
  return (quill_f32x16)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#else
  quill_f32x16 x = 0.0f;
  memcpy(&x, p, (size_t)count * sizeof(float));
  return x;
#endif
}

QUILL_INLINE void quill_store_partial_f32(float *p, quill_f32x16 x, long count) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
#else
  memcpy(p, &x, (size_t)count * sizeof(float));
#endif
}

QUILL_INLINE quill_u16x16 quill_load_partial_u16(const uint16_t *p, long count) {
  quill_u16x16 x = 0;
#if defined(__AVX512BW__) && defined(__AVX512VL__)
  x = (quill_u16x16)_mm256_maskz_loadu_epi16((__mmask16)((1u << count) - 1), p);
#else
  memcpy(&x, p, (size_t)count * sizeof(uint16_t));
#endif
  return x;
}

QUILL_INLINE void quill_store_partial_u16(uint16_t *p, quill_u16x16 x, long count) {
#if defined(__AVX512BW__) && defined(__AVX512VL__)
  _mm256_mask_storeu_epi16(p, (__mmask16)((1u << count) - 1), (__m256i)x);
#else
  memcpy(p, &x, (size_t)count * sizeof(uint16_t));
#endif
}

/// The sum of 16 lanes by halves: the same order on every machine.
QUILL_INLINE float quill_sum(quill_f32x16 x) {
  typedef float f32x8 __attribute__((ext_vector_type(8)));
  typedef float f32x4 __attribute__((ext_vector_type(4)));
  const f32x8 a = x.lo + x.hi;
  const f32x4 b = a.lo + a.hi;
  return (b.x + b.z) + (b.y + b.w);
}

/// The largest of 16 lanes.
QUILL_INLINE float quill_max_lane(quill_f32x16 x) { return __builtin_reduce_max(x); }

/// Two rows of 16 bf16 as 16 pairs: lane i holds (first[i], second[i]).
QUILL_INLINE quill_u32x16 quill_interleave_u16(quill_u16x16 first, quill_u16x16 second) {
  return __builtin_convertvector(first, quill_u32x16) | (__builtin_convertvector(second, quill_u32x16) << 16);
}

/// Writes the transpose of a 16×16 block of 32-bit lanes: row r of `to` holds column r of `from`.
/// Strides are in lanes.
QUILL_INLINE void quill_transpose16(const uint32_t *from, long from_stride, uint32_t *to, long to_stride) {
#if defined(__AVX512F__)
  __m512i r[16], t[16];
  for (int i = 0; i < 16; i++) r[i] = _mm512_loadu_si512(from + i * from_stride);
  for (int i = 0; i < 8; i++) {
    t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 4; i++) {
    r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
  for (int i = 0; i < 4; i++) {
    _mm512_storeu_si512(to + i * to_stride, _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88));
    _mm512_storeu_si512(to + (i + 8) * to_stride, _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd));
    _mm512_storeu_si512(to + (i + 4) * to_stride, _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88));
    _mm512_storeu_si512(to + (i + 12) * to_stride, _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd));
  }
#else
  for (int i = 0; i < 16; i++)
    for (int j = 0; j < 16; j++) to[j * to_stride + i] = from[i * from_stride + j];
#endif
}

/// A counter of constant rate: the time-stamp counter, or nanoseconds where there is none.
QUILL_INLINE uint64_t quill_ticks(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
#endif
}

/// Writes the numbers of the processors that the calling thread may run on, ascending; returns their count.
int quill_allowed_processors(int *numbers, int capacity);

/// Binds the calling thread to one processor; 0 where the system agreed.
int quill_pin_thread(int number);

/// What the CPUID instruction answers: eax, ebx, ecx, edx; zeros for a leaf that the processor does not have.
void quill_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);

/// The register states that the system saves (XCR0). Only where CPUID says that there is XGETBV.
uint64_t quill_enabled_state(void);

/// The instructions that the including code is compiled for, as bits in the order of `Processor.Feature`.
QUILL_INLINE uint32_t quill_compiled_features(void) {
  uint32_t bits = 0;
#if defined(__SSE4_2__)
  bits |= 1u << 0;
#endif
#if defined(__POPCNT__)
  bits |= 1u << 1;
#endif
#if defined(__AVX__)
  bits |= 1u << 2;
#endif
#if defined(__AVX2__)
  bits |= 1u << 3;
#endif
#if defined(__FMA__)
  bits |= 1u << 4;
#endif
#if defined(__F16C__)
  bits |= 1u << 5;
#endif
#if defined(__BMI__)
  bits |= 1u << 6;
#endif
#if defined(__BMI2__)
  bits |= 1u << 7;
#endif
#if defined(__LZCNT__)
  bits |= 1u << 8;
#endif
#if defined(__MOVBE__)
  bits |= 1u << 9;
#endif
#if defined(__AVX512F__)
  bits |= 1u << 10;
#endif
#if defined(__AVX512DQ__)
  bits |= 1u << 11;
#endif
#if defined(__AVX512BW__)
  bits |= 1u << 12;
#endif
#if defined(__AVX512VL__)
  bits |= 1u << 13;
#endif
#if defined(__AVX512CD__)
  bits |= 1u << 14;
#endif
#if defined(__AVX512VBMI__)
  bits |= 1u << 15;
#endif
#if defined(__AVX512VBMI2__)
  bits |= 1u << 16;
#endif
#if defined(__AVX512VNNI__)
  bits |= 1u << 17;
#endif
#if defined(__AVX512BITALG__)
  bits |= 1u << 18;
#endif
#if defined(__AVX512VPOPCNTDQ__)
  bits |= 1u << 19;
#endif
#if defined(__AVX512IFMA__)
  bits |= 1u << 20;
#endif
#if defined(__AVX512BF16__)
  bits |= 1u << 21;
#endif
#if defined(__AVX512FP16__)
  bits |= 1u << 22;
#endif
#if defined(__GFNI__)
  bits |= 1u << 23;
#endif
#if defined(__VAES__)
  bits |= 1u << 24;
#endif
#if defined(__VPCLMULQDQ__)
  bits |= 1u << 25;
#endif
#if defined(__AVXVNNI__)
  bits |= 1u << 26;
#endif
  return bits;
}


/// Asks for a cache line that will be read soon, into the second-level cache. Any address is allowed.
QUILL_INLINE void quill_prefetch(const void *p) { __builtin_prefetch(p, 0, 2); }

/// Asks for a cache line that will be written soon.
QUILL_INLINE void quill_prefetch_write(const void *p) { __builtin_prefetch(p, 1, 3); }

/// Makes the compiler forget what it knows of memory, so that a benchmark's repetitions are all done.
QUILL_INLINE void quill_forget_memory(void) { __asm__ volatile("" ::: "memory"); }

/// A hint to a spinning loop.
QUILL_INLINE void quill_pause(void) {
#if defined(__SSE2__)
  _mm_pause();
#endif
}

/// Takes `count` blocks of 64 bytes into the eight words of a SHA-256 state, where this processor has instructions for it.
///
/// Compiled for every processor and chosen when it runs: 64 constants of the rounds are the caller's.
/// Returns 0 where it has none, and nothing was done.
int quill_sha256_blocks(uint32_t *state, const void *bytes, long count, const uint32_t *constants);
