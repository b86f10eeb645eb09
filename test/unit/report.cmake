# Statistics, scores, tables, files of results.

find_package(nlohmann_json REQUIRED)

switchyard_unit_test(statistics_test SOURCES statistics_test.cpp LIBRARIES switchyard_report)
switchyard_unit_test(contrast_test SOURCES contrast_test.cpp LIBRARIES switchyard_report)
switchyard_unit_test(report_scores_test SOURCES report_scores_test.cpp LIBRARIES switchyard_report)
switchyard_unit_test(report_runs_test SOURCES report_runs_test.cpp LIBRARIES switchyard_report)
switchyard_unit_test(report_table_test SOURCES report_table_test.cpp LIBRARIES switchyard_report)
switchyard_unit_test(show_rules_test SOURCES show_rules_test.cpp LIBRARIES switchyard_report)
switchyard_unit_test(report_files_test SOURCES report_files_test.cpp LIBRARIES switchyard_report
  nlohmann_json::nlohmann_json)
