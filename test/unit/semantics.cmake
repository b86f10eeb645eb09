# What an editor asks of the front end.

switchyard_unit_test(frontend_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/frontend_test.cpp LIBRARIES switchyard_semantics)
