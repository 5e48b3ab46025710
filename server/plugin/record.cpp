#include "plugin/record.hpp"

#include <algorithm>
#include <array>

namespace dakiya::plugin {
namespace {

enum class Type { text, integer, number, boolean, object };

struct Field {
    std::string_view name;
    Type type;
    bool required = false;
};

struct Kind {
    std::string_view name;
    std::array<Field, 24> fields;  // the rest are empty
};

// Design 3.5: the fields that the engines read. Null counts as absent.
constexpr Kind kinds[] = {
    {"result",
     {{{"to", Type::integer, true},
       {"status", Type::text, true},
       {"id", Type::text},
       {"parts", Type::integer},
       {"cost", Type::integer},
       {"currency", Type::text},
       {"error", Type::object}}}},
    {"event", {{{"kind", Type::text, true},  {"ref", Type::text},           {"id", Type::text},
                {"address", Type::text},     {"user_id", Type::text},       {"name", Type::text},
                {"sender", Type::text},      {"status", Type::text},        {"at", Type::integer},
                {"error", Type::object},     {"parts", Type::integer},      {"cost", Type::integer},
                {"currency", Type::text},    {"message", Type::object},     {"value", Type::text},
                {"language", Type::text},    {"reason", Type::text},        {"quality", Type::text},
                {"severity", Type::text},    {"text", Type::text},          {"dedupe", Type::text},
                {"after_ms", Type::integer}, {"id_of_batch", Type::boolean}}}},
    {"template",
     {{{"name", Type::text, true},
       {"language", Type::text, true},
       {"category", Type::text},
       {"status", Type::text},
       {"id", Type::text},
       {"reason", Type::text},
       {"quality", Type::text}}}},
    {"limit",
     {{{"key", Type::text, true},
       {"per_second", Type::number},
       {"remaining", Type::integer},
       {"retry_after_ms", Type::integer}}}},
    {"credential", {{{"expires_at", Type::integer}}}},
    {"media",
     {{{"handle", Type::text},
       {"expires_at", Type::integer},
       {"blob", Type::integer},
       {"mime", Type::text}}}},
    {"sender",
     {{{"id", Type::text, true}, {"name", Type::text}, {"quality", Type::text}, {"status", Type::text}}}},
    {"account",
     {{{"ok", Type::boolean, true},
       {"text", Type::text, true},
       {"class", Type::text},
       {"name", Type::text},
       {"status", Type::text}}}},
    {"balance", {{{"amount", Type::text, true}, {"currency", Type::text}}}},
    {"option", {{{"value", Type::text, true}, {"title", Type::text}}}},
    {"otp", {{{"id", Type::text}, {"verified", Type::boolean}}}},
    {"note", {{{"text", Type::text}}}},
    {"settings", {{}}},
};

const Kind* find_kind(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind& kind) { return kind.name == name; });
    return found == std::end(kinds) ? nullptr : found;
}

bool has_type(const Json& value, Type type) {
    switch (type) {
        case Type::text:
            return value.is_string();
        case Type::integer:
            return value.is_integer() && value.number() < 9.2e18;  // fits in 63 bits
        case Type::number:
            return value.is_number();
        case Type::boolean:
            return value.is_bool();
        case Type::object:
            break;
    }
    return value.is_object();
}

std::string_view words(Type type) {
    switch (type) {
        case Type::text:
            return "text";
        case Type::integer:
            return "a whole number";
        case Type::number:
            return "a number";
        case Type::boolean:
            return "true or false";
        case Type::object:
            break;
    }
    return "an object";
}

Result<void> check_fields(const Kind& kind, const Json& json) {
    if (!json.is_object()) return invalid({}, std::string("must be an object, is ") + json.type_name());
    for (const Field& field : kind.fields) {
        if (field.name.empty()) break;
        const Json& value = json[field.name];
        if (value.is_null()) {
            if (field.required) return invalid({}, "has no \"" + std::string(field.name) + "\"");
        } else if (!has_type(value, field.type)) {
            return invalid({}, "has a \"" + std::string(field.name) + "\" that is not " +
                                   std::string(words(field.type)));
        }
    }
    return {};
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 3> result_words{"sent", "failed", "uncertain"};
constexpr std::array<std::string_view, 4> event_words{"sent", "delivered", "read", "failed"};
constexpr std::array<std::string_view, 7> event_kinds{"status", "inbound", "consent", "template",
                                                      "sender", "account", "other"};
constexpr std::array<std::string_view, 6> template_words{"approved", "pending",  "rejected",
                                                         "paused",   "disabled", "gone"};
constexpr std::array<std::string_view, 13> class_words{
    "recipient", "opted_out", "window",  "content", "template", "policy", "throttled",
    "provider",  "auth",      "balance", "quota",   "config",   "plugin"};

// An error's class decides about retries: a word that we do not know is "other", a missing one too.
Result<void> check_error(Json& json) {
    Json* error = json.find("error");
    if (!error || error->is_null()) return {};
    for (const std::string_view name : {"class", "code", "text", "scope", "media"})
        if (const Json& value = (*error)[name]; !value.is_null() && !value.is_string())
            return invalid({}, "has an error whose \"" + std::string(name) + "\" is not text");
    for (const std::string_view name : {"retry_after_ms", "tries"})
        if (const Json& value = (*error)[name]; !value.is_null() && !has_type(value, Type::integer))
            return invalid({}, "has an error whose \"" + std::string(name) + "\" is not a whole number");
    if (!is_one_of(class_words, error->value("class", ""))) error->set("class", "other");
    return {};
}

Result<void> check_result(Json& json, Recipients& recipients) {
    if (!is_one_of(result_words, json.at("status").text()))
        return invalid({}, "has a status that is not sent, failed or uncertain");
    return recipients.take(json.at("to").integer());
}

Result<void> check_event(Json& json) {
    const std::string kind = json.at("kind").text();
    const bool known_kind = is_one_of(event_kinds, kind);
    if (kind == "status" && json["status"].is_null()) return invalid({}, "has no \"status\"");
    if (kind == "inbound" && json["message"].is_null()) return invalid({}, "has no \"message\"");
    if (!known_kind || (kind == "status" && !is_one_of(event_words, json.at("status").text())))
        json.set("kind", "other");
    return {};
}

}  // namespace

Result<void> Recipients::take(std::int64_t index) {
    if (index < 0 || static_cast<std::size_t>(index) >= taken_.size())
        return invalid({}, "is for recipient " + std::to_string(index) + ", and there are " +
                               std::to_string(taken_.size()));
    if (taken_[static_cast<std::size_t>(index)])
        return invalid({}, "is the second one for recipient " + std::to_string(index));
    taken_[static_cast<std::size_t>(index)] = true;
    return {};
}

bool is_record_kind(std::string_view kind) { return find_kind(kind) != nullptr; }

Result<void> check_record(Record& record, Recipients& recipients) {
    const Kind* kind = find_kind(record.kind);
    if (!kind) return invalid({}, "is of a kind that this server does not know");
    if (Result<void> sound = check_fields(*kind, record.json); !sound) return sound;
    if (Result<void> sound = check_error(record.json); !sound) return sound;
    if (record.kind == "result") return check_result(record.json, recipients);
    if (record.kind == "event") return check_event(record.json);
    if (record.kind == "template")
        if (const Json& status = record.json["status"];
            !status.is_null() && !is_one_of(template_words, status.text()))
            record.json.set("status", "other");
    return {};
}

}  // namespace dakiya::plugin
