# The plan executor: parsing, execution, the store, and the program as a whole.

# Artifacts written by hand in C; their calls into the runtime resolve when they are opened.
function(switchyard_hand_artifact name)
  add_library(${name} MODULE plan_artifact.c)
  target_link_libraries(${name} PRIVATE m)
  target_compile_options(${name} PRIVATE -Wno-unused-function)
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test/unit)
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -D file=$<TARGET_FILE:${name}> -P ${CMAKE_CURRENT_SOURCE_DIR}/seal.cmake)
endfunction()
switchyard_hand_artifact(plan_artifact)
switchyard_hand_artifact(plan_artifact_old)
target_compile_definitions(plan_artifact_old PRIVATE ABI_VERSION=0)

foreach(test plan_parse_test plan_text_test plan_device_test plan_examples_test plan_goals_test plan_worst_of_test plan_run_test plan_switching_test plan_program_test plan_failures_test plan_validation_test schedule_test ledger_test store_test)
  switchyard_unit_test(${test} SOURCES ${test}.cpp LIBRARIES switchyard_plan)
  target_compile_definitions(${test} PRIVATE
    PLAN_ARTIFACT="$<TARGET_FILE:plan_artifact>" OLD_ARTIFACT="$<TARGET_FILE:plan_artifact_old>"
    SWITCHYARD_RUN="$<TARGET_FILE:switchyard-run>")
  # The artifact needs the runtime library even where the test itself calls nothing of it.
  target_link_options(${test} PRIVATE "LINKER:--no-as-needed")
  add_dependencies(${test} plan_artifact plan_artifact_old switchyard-run)
endforeach()
