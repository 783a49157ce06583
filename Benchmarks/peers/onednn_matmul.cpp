// Matrix products in the three roles of a linear layer, by oneDNN.
//
//     onednn_matmul SECONDS < SHAPES
//
// Each line of SHAPES is ROLE PRECISION ROWS OUTPUTS INPUTS, with ROLE forward, dx or dW and PRECISION fp32 or bf16. For each
// line one is printed: the median seconds of one product. Weights are stored in the format oneDNN likes best, ahead of time. In
// dW both operands are activations, which a program would have to reorder in every step: they are plain, and the
// gradient is added to in fp32. OMP_NUM_THREADS sets the threads.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

using dnnl::memory;
using tag = memory::format_tag;
using type = memory::data_type;

namespace {

const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
dnnl::stream stream(engine);

memory::desc matrix(long rows, long columns, type element, bool transposed = false) {
  return {{rows, columns}, element, transposed ? tag::ba : tag::ab};
}

/// A memory of that shape with small random numbers.
memory filled(const memory::desc &description, long rows, long columns) {
  memory plain(matrix(rows, columns, type::f32), engine);
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0, 1e-3f);
  auto *values = static_cast<float *>(plain.get_data_handle());
  for (long i = 0; i < rows * columns; i++) values[i] = normal(random);
  memory result(description, engine);
  dnnl::reorder(plain, result).execute(stream, plain, result);
  stream.wait();
  return result;
}

dnnl::matmul::primitive_desc product(
    const memory::desc &a, const memory::desc &b, const memory::desc &c, const dnnl::primitive_attr &attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, a, b, c, attributes};
#else
  return {dnnl::matmul::desc(a, b, c), attributes, engine};
#endif
}

double seconds_of(const std::string &role, type element, long rows, long outputs, long inputs, double budget) {
  const bool is_gradient = role == "dW";
  const long m = is_gradient ? outputs : rows;
  const long k = is_gradient ? rows : role == "forward" ? inputs : outputs;
  const long n = is_gradient ? inputs : role == "forward" ? outputs : inputs;
  dnnl::primitive_attr attributes;
  if (is_gradient) {
    dnnl::post_ops sum;
    sum.append_sum(1);
    attributes.set_post_ops(sum);
  }
  const memory::desc b = is_gradient ? matrix(k, n, element) : memory::desc({k, n}, element, tag::any);
  const auto plan = product(
      matrix(m, k, element, is_gradient), b, matrix(m, n, is_gradient ? type::f32 : element), attributes);
  const std::unordered_map<int, memory> arguments = {
      {DNNL_ARG_SRC, filled(plan.src_desc(), m, k)},
      {DNNL_ARG_WEIGHTS, filled(plan.weights_desc(), k, n)},
      {DNNL_ARG_DST, filled(plan.dst_desc(), m, n)},
  };
  const dnnl::matmul multiply(plan);
  using clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  const auto begin = clock::now();
  for (int run = -1; run < 5 || std::chrono::duration<double>(clock::now() - begin).count() < budget; run++) {
    const auto start = clock::now();
    multiply.execute(stream, arguments);
    stream.wait();
    if (run >= 0) seconds.push_back(std::chrono::duration<double>(clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

}  // namespace

int main(int count, char **arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: onednn_matmul SECONDS < SHAPES\n");
    return 64;
  }
  std::string role, precision;
  long rows, outputs, inputs;
  while (std::cin >> role >> precision >> rows >> outputs >> inputs) {
    const type element = precision == "bf16" ? type::bf16 : type::f32;
    std::printf("%.9g\n", seconds_of(role, element, rows, outputs, inputs, std::atof(arguments[1])));
  }
}
