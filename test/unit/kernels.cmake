# Entry points against LibTorch; Philox against known answers.

switchyard_unit_test(philox_test SOURCES philox_test.cpp LIBRARIES switchyard_runtime)
# Every fused multiply-add in Philox.h is written out; no other may appear.
set_source_files_properties(philox_test.cpp PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
switchyard_unit_test(kernels_layers_test SOURCES kernels_layers_test.cpp
  LIBRARIES switchyard_runtime LibTorch::LibTorch)
switchyard_unit_test(kernels_grouped_test SOURCES kernels_grouped_test.cpp
  LIBRARIES switchyard_runtime LibTorch::LibTorch)
switchyard_unit_test(kernels_context_test SOURCES kernels_context_test.cpp LIBRARIES switchyard_runtime)
switchyard_unit_test(kernels_device_test SOURCES kernels_device_test.cpp
  LIBRARIES switchyard_runtime switchyard_stand_in)
