#include "fields.hpp"

#include "text.hpp"

#include <algorithm>

namespace sim {

using dakiya::Json;

Json read_json(std::string_view body, Fault& fault) {
    try {
        return Json::parse(body);
    } catch (const dakiya::JsonError& error) {
        fault = {Fault::Kind::wrong_type, "body", error.what()};
        return {};
    }
}

Fields::Fields(const Json& value, const Fields* parent, std::string_view name, Fault& fault, int index)
    : value_(value), parent_(parent), name_(name), index_(index), fault_(fault) {
    if (!value.is_object()) fail(Fault::Kind::wrong_type, {}, "must be an object");
}

const Json* Fields::any(std::string_view key, Need need) {
    known_.push_back(key);
    const Json* found = value_.find(key);
    if (!found && need == required) fail(Fault::Kind::missing, key, "is required");
    return found;
}

std::string_view Fields::text(std::string_view key, Need need, std::size_t max, std::size_t min) {
    const Json* found = any(key, need);
    if (!found) return {};
    if (!found->is_string()) {
        fail(Fault::Kind::wrong_type, key, "must be text");
        return {};
    }
    const std::string& words = found->text();
    if (words.size() < min || (words.size() > max && count_code_points(words) > max))
        fail(Fault::Kind::bad_value, key,
             "must have " + std::to_string(min) + " to " + std::to_string(max) + " characters");
    return words;
}

const Json* Fields::object(std::string_view key, Need need) {
    const Json* found = any(key, need);
    if (found && !found->is_object()) fail(Fault::Kind::wrong_type, key, "must be an object");
    return ok() ? found : nullptr;
}

const Json* Fields::list(std::string_view key, Need need, std::size_t max, std::size_t min) {
    const Json* found = any(key, need);
    if (!found) return nullptr;
    if (!found->is_array())
        fail(Fault::Kind::wrong_type, key, "must be an array");
    else if (found->size() < min || found->size() > max)
        fail(Fault::Kind::bad_value, key,
             "must have " + std::to_string(min) + " to " + std::to_string(max) + " items");
    return ok() ? found : nullptr;
}

bool Fields::flag(std::string_view key, bool fallback) {
    const Json* found = any(key);
    if (!found) return fallback;
    if (found->is_bool()) return found->boolean();
    fail(Fault::Kind::wrong_type, key, "must be true or false");
    return fallback;
}

std::int64_t Fields::whole(std::string_view key, std::int64_t fallback, std::int64_t min, std::int64_t max) {
    const Json* found = any(key);
    if (!found) return fallback;
    if (!found->is_integer()) {
        fail(Fault::Kind::wrong_type, key, "must be a whole number");
        return fallback;
    }
    const std::int64_t number = found->integer();
    if (number < min || number > max)
        fail(Fault::Kind::bad_value, key, "must be " + std::to_string(min) + " to " + std::to_string(max));
    return number;
}

void Fields::fail(Fault::Kind kind, std::string_view key, std::string text) {
    if (fault_) return;
    fault_ = {kind, path(key), std::move(text)};
}

void Fields::finish() {
    if (fault_) return;
    for (const auto& [key, value] : value_.members())
        if (std::find(known_.begin(), known_.end(), key) == known_.end())
            return fail(Fault::Kind::unknown, key, "is not a known field");
}

std::string Fields::path(std::string_view key) const {
    std::string out = parent_ ? parent_->path(name_) : std::string(name_);
    if (index_ >= 0) out += '[' + std::to_string(index_) + ']';
    if (!out.empty() && !key.empty()) out += '.';
    return out.append(key);
}

}  // namespace sim
