# The lowering in process: programs become machine code that this process calls.

foreach(subject random numerics gradients)
  switchyard_unit_test(lowering_${subject}_test
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/lowering_${subject}_test.cpp ${CMAKE_CURRENT_LIST_DIR}/lowering_fixture.cpp
    LIBRARIES switchyard_passes switchyard_lowering switchyard_codegen ${CMAKE_DL_LIBS})
  # Artifacts find the stand-ins in the executable. Every fused multiply-add of the reference is written.
  set_target_properties(lowering_${subject}_test PROPERTIES ENABLE_EXPORTS ON)
  target_compile_options(lowering_${subject}_test PRIVATE -ffp-contract=off)
endforeach()
foreach(cases neighbours sampling windows)
  target_sources(lowering_gradients_test PRIVATE ${CMAKE_CURRENT_LIST_DIR}/gradient_cases_of_${cases}.cpp)
endforeach()
switchyard_unit_test(codegen_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/codegen_test.cpp LIBRARIES switchyard_codegen)
