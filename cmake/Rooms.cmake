# add_room(name USES room… LIBS target…)
# A room is a static library of every .cpp in its folder. It sees the headers of the rooms that it
# names and nothing else of the server: docs/design.md 5.1 says which edges are allowed, tests/layering
# reads every include.
function(add_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_library(room_${name} STATIC ${sources})
  add_library(dakiya::${name} ALIAS room_${name})
  target_include_directories(room_${name} PUBLIC ${CMAKE_SOURCE_DIR}/server)
  list(TRANSFORM ROOM_USES PREPEND room_)
  target_link_libraries(room_${name} PUBLIC ${ROOM_USES} ${ROOM_LIBS} PRIVATE dakiya_warnings)
endfunction()

# add_unit_test(name USES target…): one Catch2 program of every *_test.cpp in the folder.
function(add_unit_test name)
  cmake_parse_arguments(UNIT "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp)
  add_executable(${name} ${sources})
  # catch_main is not optimised: last, so that its copies of inline functions are not the program's.
  target_link_libraries(${name} PRIVATE ${UNIT_USES} dakiya_warnings catch_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
