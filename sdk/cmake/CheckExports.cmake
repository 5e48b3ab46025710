# cmake -D NM=nm -D LIBRARY=acme.so -P CheckExports.cmake: fails unless dakiya_plugin_v1 is all it exports.
execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY}
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "[0-9a-f]+ [A-Za-z] " "" names "${symbols}")
string(STRIP "${names}" names)
if(NOT names STREQUAL "dakiya_plugin_v1")
  message(FATAL_ERROR "${LIBRARY} exports:\n${names}\nIt must export exactly dakiya_plugin_v1.")
endif()
