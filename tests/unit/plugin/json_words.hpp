// A failed check shows a Json as JSON. Without this Catch would print it through its conversion to a number.
#pragma once

#include <catch2/catch.hpp>

#include "dakiya/json.hpp"

template <>
struct Catch::StringMaker<dakiya::Json> {
    static std::string convert(const dakiya::Json& json) { return json.dump(); }
};
