# Entry points against LibTorch; Philox against known answers.
find_package(OpenMP REQUIRED COMPONENTS CXX)

switchyard_unit_test(philox_test SOURCES philox_test.cpp LIBRARIES switchyard_runtime)
# Every fused multiply-add in Philox.h is written out; no other may appear.
set_source_files_properties(philox_test.cpp PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
switchyard_unit_test(kernels_layers_test SOURCES kernels_layers_test.cpp
  LIBRARIES switchyard_runtime LibTorch::LibTorch)
switchyard_unit_test(kernels_grouped_test SOURCES kernels_grouped_test.cpp
  LIBRARIES switchyard_runtime LibTorch::LibTorch)
switchyard_unit_test(kernels_context_test SOURCES kernels_context_test.cpp LIBRARIES switchyard_runtime)
# libgomp reads its variables when it is loaded, so they are set from outside.
add_test(NAME kernels_context_test_environment COMMAND kernels_context_test)
set_tests_properties(kernels_context_test_environment PROPERTIES
  ENVIRONMENT "OMP_NUM_THREADS=1;OMP_DYNAMIC=true;OMP_PROC_BIND=true")
switchyard_unit_test(kernels_device_test SOURCES kernels_device_test.cpp
  LIBRARIES switchyard_runtime switchyard_stand_in)
