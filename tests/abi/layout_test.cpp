// The same promise, kept by a C++17 compiler.
#include "layout_test.c"
