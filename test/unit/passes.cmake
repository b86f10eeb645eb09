# What has no textual form of the passes from swy to swy.

switchyard_unit_test(canonical_hash_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/canonical_hash_test.cpp LIBRARIES switchyard_passes)
