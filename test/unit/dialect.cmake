# The table of layers against the operations that there are.

switchyard_unit_test(layers_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/layers_test.cpp LIBRARIES switchyard_dialect)
