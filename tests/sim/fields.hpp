// Reads one JSON object member by member and notices the first thing that is missing, wrong or unknown.
//
//   Fault fault;
//   Fields text(body, nullptr, "text", fault);
//   const auto words = text.text("body", Fields::required, 4096);
//   text.finish();                      // a member that nobody asked for is a fault
//   if (fault) …
//
// After the first fault the readers answer with empty values, so checks read straight down.
#pragma once

#include "dakiya/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sim {

struct Fault {
    enum class Kind { none, missing, wrong_type, bad_value, unknown };
    Kind kind = Kind::none;
    std::string path;  // "template.components[1].type"
    std::string text;  // what is wrong with it

    explicit operator bool() const { return kind != Kind::none; }
    std::string message() const { return path + " " + text; }
};

// A fault at `body` when it is no JSON; null then.
dakiya::Json read_json(std::string_view body, Fault& fault);

class Fields {
public:
    enum Need { optional, required };

    // `name` and `parent` give the path in messages; both must outlive this. `value` that is not an object
    // is a fault.
    Fields(const dakiya::Json& value, const Fields* parent, std::string_view name, Fault& fault,
           int index = -1);

    const dakiya::Json* any(std::string_view key, Need need = optional);
    // Text of `min` to `max` characters; empty view when there is none.
    std::string_view text(std::string_view key, Need need = optional, std::size_t max = 4096,
                          std::size_t min = 1);
    const dakiya::Json* object(std::string_view key, Need need = optional);
    // Items of an array that holds `min` to `max` of them.
    const dakiya::Json* list(std::string_view key, Need need = optional, std::size_t max = 1000,
                             std::size_t min = 1);
    bool flag(std::string_view key, bool fallback);
    std::int64_t whole(std::string_view key, std::int64_t fallback, std::int64_t min, std::int64_t max);
    void ignore(std::string_view key) { any(key); }

    void fail(Fault::Kind kind, std::string_view key, std::string text);
    void finish();

    std::string path(std::string_view key = {}) const;
    bool ok() const { return !fault_; }
    const dakiya::Json& json() const { return value_; }

private:
    const dakiya::Json& value_;
    const Fields* parent_;
    std::string_view name_;
    int index_;
    Fault& fault_;
    std::vector<std::string_view> known_;
};

}  // namespace sim
