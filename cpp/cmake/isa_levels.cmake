# THE table of instruction-set levels. One row is: name | architectures | priority | CPU test | flags
#
# - architectures: a regular expression over CMAKE_SYSTEM_PROCESSOR
# - priority: the highest that the machine passes is chosen
# - CPU test: a C++ expression over `cpu`, a runtime::CpuFeatures
# - flags: how kernels.cpp is compiled for the level (GCC and Clang)
#
# A new level is a row here and kernels/vec/<name>.hpp.
set(LSTMETRICS_ISA_TABLE
  "generic | .*                       | 0  | true                                                  | "
  "neon    | aarch64|arm64|ARM64      | 10 | cpu.neon                                              | "
  "avx2    | x86_64|AMD64|amd64       | 20 | cpu.avx2 && cpu.fma                                   | -mavx2 -mfma"
  "avx512  | x86_64|AMD64|amd64       | 30 | cpu.avx512f && cpu.avx512bw && cpu.avx512dq && cpu.avx512vl && cpu.avx2 && cpu.fma | -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx2 -mfma -mprefer-vector-width=512"
  "avx512vnni | x86_64|AMD64|amd64    | 40 | cpu.avx512vnni && cpu.avx512f && cpu.avx512bw && cpu.avx512dq && cpu.avx512vl && cpu.avx2 && cpu.fma | -mavx512vnni -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx2 -mfma -mprefer-vector-width=512"
)

# Adds one object library per level that fits the target, and writes isa_levels.inc:
# LSTMETRICS_ISA_LEVEL(name, priority, test) for each, in the order of the table.
function(lstmetrics_add_isa_levels source out_objects out_include_dir)
  set(rows "")
  set(objects "")
  foreach(row IN LISTS LSTMETRICS_ISA_TABLE)
    # The architectures hold '|' as well: split on ' | ' with its blanks.
    string(REGEX REPLACE " +\\| +| +\\| *$" ";" fields "${row}")
    list(GET fields 0 name)
    list(GET fields 1 architectures)
    list(GET fields 2 priority)
    list(GET fields 3 test)
    list(GET fields 4 flags)
    string(STRIP "${name}" name)
    string(STRIP "${flags}" flags)
    if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(${architectures})$")
      continue()
    endif()
    separate_arguments(flags UNIX_COMMAND "${flags}")
    add_library(lstmetrics_kernels_${name} OBJECT ${source})
    target_compile_definitions(lstmetrics_kernels_${name} PRIVATE
      LSTMETRICS_ISA=${name} LSTMETRICS_VEC_HEADER="lstmetrics/kernels/vec/${name}.hpp")
    target_compile_options(lstmetrics_kernels_${name} PRIVATE
      ${flags} ${LSTMETRICS_WARNINGS} -ffp-contract=off -fno-fast-math -fno-exceptions -fno-rtti
      -fno-math-errno -fno-trapping-math -fno-lto -Wno-psabi)
    target_include_directories(lstmetrics_kernels_${name} PRIVATE ${PROJECT_SOURCE_DIR}/cpp)
    set_target_properties(lstmetrics_kernels_${name} PROPERTIES
      POSITION_INDEPENDENT_CODE ON INTERPROCEDURAL_OPTIMIZATION OFF
      CXX_VISIBILITY_PRESET hidden)
    list(APPEND objects $<TARGET_OBJECTS:lstmetrics_kernels_${name}>)
    string(APPEND rows "LSTMETRICS_ISA_LEVEL(${name}, ${priority}, (${test}))\n")
  endforeach()
  set(include_dir ${PROJECT_BINARY_DIR}/generated)
  file(CONFIGURE OUTPUT ${include_dir}/isa_levels.inc CONTENT "${rows}" @ONLY)
  set(${out_objects} "${objects}" PARENT_SCOPE)
  set(${out_include_dir} "${include_dir}" PARENT_SCOPE)
endfunction()
