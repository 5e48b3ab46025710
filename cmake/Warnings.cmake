# One list of warnings for all of our code; every one is an error.
add_library(dakiya_warnings INTERFACE)
target_compile_options(dakiya_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wcast-align -Wimplicit-fallthrough -Wformat=2
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wduplicated-cond -Wlogical-op>
  # g++ 12 sees uninitialised members in moved std::variant that are not there (GCC bug 105562).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
