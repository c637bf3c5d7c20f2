// AVX-512 with byte products in one instruction; byte_products.inl.hpp takes it.
#pragma once

#include "lstmetrics/kernels/vec/avx512.hpp"
