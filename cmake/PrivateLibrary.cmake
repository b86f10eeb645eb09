# A shared library that must not meet another version of itself. LibTorch brings its own oneDNN, of which it may show
# the names to the whole process; were ours a usual dependency, each would call into the other.

# add_private_library(NAME LIBRARY PREFIX)
# NAME gives the C functions PREFIX... of a shared library: each is a jump through a table, which is filled from the
# library when the program starts, in a scope of its own. What links NAME needs LIBRARY's folder in its run path, which
# the target property PRIVATE_LIBRARY_FOLDER tells.
function(add_private_library name library prefix)
  execute_process(COMMAND ${CMAKE_NM} -D --defined-only ${library} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL " T ${prefix}[A-Za-z0-9_]+" functions "${symbols}")
  if(NOT functions)
    message(FATAL_ERROR "${library} has no functions named ${prefix}...")
  endif()
  execute_process(COMMAND ${CMAKE_READELF} -d ${library} OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
  if(NOT dynamic MATCHES "SONAME[^[]*\\[([^]]+)\\]")
    message(FATAL_ERROR "${library} does not tell its name")
  endif()
  set(PRIVATE_LIBRARY "${CMAKE_MATCH_1}")

  set(PRIVATE_JUMPS)
  set(PRIVATE_NAMES)
  set(place 0)
  foreach(function IN LISTS functions)
    string(REPLACE " T " "" function "${function}")
    string(APPEND PRIVATE_JUMPS "        \".globl ${function}\\n.hidden ${function}\\n.type ${function}, @function\\n\"\n"
      "        \"${function}: jmp *${name}_table+${place}(%rip)\\n\"\n")
    string(APPEND PRIVATE_NAMES "    \"${function}\",\n")
    math(EXPR place "${place} + 8")
  endforeach()
  set(PRIVATE_TABLE ${name}_table)
  math(EXPR PRIVATE_COUNT "${place} / 8")
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/PrivateLibrary.c.in ${generated} @ONLY)
  add_library(${name} OBJECT ${generated})
  cmake_path(GET library PARENT_PATH folder)
  set_property(TARGET ${name} PROPERTY PRIVATE_LIBRARY_FOLDER ${folder})
endfunction()
