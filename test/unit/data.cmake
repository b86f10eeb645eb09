# Data sets: digests, IDX files, CIFAR-10's records, synthetic digits.
# Imported targets are seen only below the folder that found them; the libraries of data name these.
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)

switchyard_unit_test(data_idx_test SOURCES data_idx_test.cpp LIBRARIES switchyard_data ZLIB::ZLIB)
target_compile_definitions(data_idx_test PRIVATE
  SWITCHYARD_MNIST="${PROJECT_SOURCE_DIR}/../shared/data/mnist")
switchyard_unit_test(data_identity_test SOURCES data_identity_test.cpp LIBRARIES switchyard_data)
switchyard_unit_test(data_digits_test SOURCES data_digits_test.cpp LIBRARIES switchyard_data)
switchyard_unit_test(data_numpy_test SOURCES data_numpy_test.cpp LIBRARIES switchyard_data)
switchyard_unit_test(data_cifar10_test SOURCES data_cifar10_test.cpp LIBRARIES switchyard_data)
