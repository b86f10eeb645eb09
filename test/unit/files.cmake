# Files written whole, and the folders where they are kept.

switchyard_unit_test(files_test SOURCES files_test.cpp LIBRARIES switchyard_runtime_files)
