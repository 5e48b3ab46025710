# For people who write providers. In this repository and, after find_package(Dakiya), in their own:
#
#   dakiya_add_provider(acme acme.cpp)    # target acme → plugins/acme.so; reads manifest.json
#   dakiya_test_provider(acme cases)      # ctest: every case, the conformance suite, the exported symbol
include_guard(GLOBAL)
include(GNUInstallDirs)

# dakiya_add_provider(id source…): a loadable library that exports dakiya_plugin_v1 and nothing else.
# The manifest.json beside it becomes manifest.inc, which defines `dakiya_manifest` for DAKIYA_PLUGIN().
function(dakiya_add_provider id)
  set(manifest ${CMAKE_CURRENT_SOURCE_DIR}/manifest.json)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${id}.generated)
  file(READ ${manifest} text)
  string(JSON declared GET "${text}" id)
  if(NOT declared STREQUAL id)
    message(FATAL_ERROR "${manifest}: \"id\" is \"${declared}\" but the target is \"${id}\"")
  endif()
  file(GENERATE OUTPUT ${generated}/manifest.inc CONTENT
    "// Made from manifest.json.\nstatic constexpr char dakiya_manifest[] = R\"manifest(${text})manifest\";\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifest})

  add_library(${id} MODULE ${ARGN})
  target_link_libraries(${id} PRIVATE Dakiya::sdk)
  target_include_directories(${id} PRIVATE ${generated})
  target_compile_options(${id} PRIVATE -Wall -Wextra -Wpedantic -Wshadow)
  if(TARGET dakiya_warnings)
    target_link_libraries(${id} PRIVATE dakiya_warnings)
  endif()
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/entry.map)
  target_link_options(${id} PRIVATE -Wl,--version-script=${map})
  set_target_properties(${id} PROPERTIES
    PREFIX "" SUFFIX .so
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins
    CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${map})
  install(TARGETS ${id} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/dakiya/plugins)
endfunction()

# dakiya_test_provider(id folder [MINIMUM n]): plays every case in the folder and runs the conformance suite;
# fewer than n cases (25) are a failure.
function(dakiya_test_provider id cases)
  if(DEFINED DAKIYA_TESTS AND NOT DAKIYA_TESTS)
    return()
  endif()
  cmake_parse_arguments(PROVIDER "" "MINIMUM" "" ${ARGN})
  if(NOT PROVIDER_MINIMUM)
    set(PROVIDER_MINIMUM 25)
  endif()
  dakiya_add_case_player()
  get_filename_component(folder ${cases} ABSOLUTE)
  add_test(NAME provider_${id} COMMAND provider_cases
    $<TARGET_FILE:${id}> ${folder} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../schema ${PROVIDER_MINIMUM})
  set_tests_properties(provider_${id} PROPERTIES TIMEOUT 300)
  dakiya_test_exports(${id})
endfunction()

# The program `provider_cases`, made when the first provider wants to be tested.
function(dakiya_add_case_player)
  if(TARGET provider_cases)
    return()
  endif()
  find_package(OpenSSL REQUIRED COMPONENTS Crypto)
  find_package(Threads REQUIRED)
  add_executable(provider_cases ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../testing/provider_cases.cpp)
  target_link_libraries(provider_cases PRIVATE Dakiya::sdk OpenSSL::Crypto Threads::Threads ${CMAKE_DL_LIBS})
  if(TARGET dakiya_warnings)
    target_link_libraries(provider_cases PRIVATE dakiya_warnings)
  endif()
  set_target_properties(provider_cases PROPERTIES CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON)
endfunction()

# dakiya_test_exports(target): the library exports exactly dakiya_plugin_v1.
function(dakiya_test_exports target)
  add_test(NAME exports_${target} COMMAND ${CMAKE_COMMAND}
    -D NM=${CMAKE_NM} -D LIBRARY=$<TARGET_FILE:${target}> -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/CheckExports.cmake)
endfunction()
