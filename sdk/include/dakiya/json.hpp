// dakiya/json.hpp - JSON values, parsed and written by RapidJSON.
//
//   const Json body = Json::parse(text);              // throws JsonError
//   std::string id = body.at("messages").at(0).at("id");
//   Json request{{"to", number}, {"tags", Json::array({"a", "b"})}};
//   std::string bytes = request.dump();
//
// Strict: UTF-8 is checked, nesting is limited to 64, text after the document is refused, integers up to
// 64 bits stay exact (providers use 19-digit ids), other numbers are doubles. Objects keep their order;
// of two equal keys the last one is the one that is found.
// An initializer list of {text, value} pairs is an object: write arrays as Json::array({...}).
// A Json is a value: copies are independent; a const Json may be read from several threads.
#ifndef DAKIYA_JSON_HPP
#define DAKIYA_JSON_HPP

#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "dakiya/utf8.hpp"

#if defined(__SSE2__) && !defined(RAPIDJSON_SSE2)
#define RAPIDJSON_SSE2  // texts and white space are walked 16 bytes at a time
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace dakiya {

// A document that is not JSON, or that is not what the reader expected of it.
class JsonError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Json {
public:
    using Member = std::pair<std::string, Json>;
    using Array = std::vector<Json>;
    using Object = std::vector<Member>;

    static constexpr std::size_t max_depth = 64;

    Json() = default;
    Json(std::nullptr_t) {}                                       // NOLINT(google-explicit-constructor)
    Json(bool value) : value_(value) {}                           // NOLINT(google-explicit-constructor)
    Json(double value) : value_(value) {}                         // NOLINT(google-explicit-constructor)
    Json(const char* value) : value_(std::string(value)) {}       // NOLINT(google-explicit-constructor)
    Json(std::string value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
    Json(std::string_view value) : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
    template <class T, class = std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>>>
    Json(T value) {  // NOLINT(google-explicit-constructor)
        if constexpr (std::is_unsigned_v<T>) {
            if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                value_ = static_cast<std::uint64_t>(value);
            else
                value_ = static_cast<std::int64_t>(value);
        } else {
            value_ = static_cast<std::int64_t>(value);
        }
    }
    struct Entry;  // {text, value}
    Json(std::initializer_list<Entry> entries);

    static Json array(std::initializer_list<Json> items = {}) {
        Json json;
        json.value_ = Array(items);
        return json;
    }
    static Json array(Array items) {
        Json json;
        json.value_ = std::move(items);
        return json;
    }
    static Json object() {
        Json json;
        json.value_ = Object{};
        return json;
    }

    static Json parse(std::string_view text);

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
    bool is_bool() const { return std::holds_alternative<bool>(value_); }
    bool is_integer() const {
        return std::holds_alternative<std::int64_t>(value_) || std::holds_alternative<std::uint64_t>(value_);
    }
    bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_array() const { return std::holds_alternative<Array>(value_); }
    bool is_object() const { return std::holds_alternative<Object>(value_); }

    // "null", "true or false", "number", "text", "array" or "object": for messages to people.
    const char* type_name() const {
        if (is_null()) return "null";
        if (is_bool()) return "true or false";
        if (is_number()) return "number";
        if (is_string()) return "text";
        return is_array() ? "array" : "object";
    }

    bool boolean() const { return get<bool>("true or false"); }
    const std::string& text() const& { return get<std::string>("text"); }
    std::string text() && { return std::as_const(*this).text(); }
    std::int64_t integer() const {
        if (const auto* big = std::get_if<std::uint64_t>(&value_))
            throw JsonError("number " + std::to_string(*big) + " does not fit in 63 bits");
        return get<std::int64_t>("whole number");
    }
    double number() const {
        if (const auto* i = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*i);
        if (const auto* u = std::get_if<std::uint64_t>(&value_)) return static_cast<double>(*u);
        return get<double>("number");
    }
    const Array& items() const& { return get<Array>("array"); }
    const Object& members() const& { return get<Object>("object"); }
    Array& items() & { return const_cast<Array&>(std::as_const(*this).items()); }
    Object& members() & { return const_cast<Object&>(std::as_const(*this).members()); }
    // Of a temporary, here and below, the part itself: for (auto& x : Json::parse(text).at("list").items())
    // would otherwise walk over freed memory.
    Array items() && { return std::move(items()); }
    Object members() && { return std::move(members()); }

    // Text as it is, numbers and booleans as they are written in JSON, null as "": for ids that some
    // providers write as text and others as numbers. Arrays and objects throw.
    std::string scalar() const {
        if (is_string()) return text();
        if (is_null()) return {};
        if (is_array() || is_object())
            throw JsonError(std::string("expected text or a number, found ") + type_name());
        return dump();
    }

    operator std::string() const { return text(); }      // NOLINT(google-explicit-constructor)
    operator std::int64_t() const { return integer(); }  // NOLINT(google-explicit-constructor)

    std::size_t size() const {
        if (const auto* a = std::get_if<Array>(&value_)) return a->size();
        if (const auto* o = std::get_if<Object>(&value_)) return o->size();
        return 0;
    }
    bool empty() const { return size() == 0; }

    // The member or item, or null when there is none.
    const Json* find(std::string_view key) const {
        if (const auto* object = std::get_if<Object>(&value_))
            for (auto member = object->rbegin(); member != object->rend(); ++member)
                if (member->first == key) return &member->second;
        return nullptr;
    }
    Json* find(std::string_view key) { return const_cast<Json*>(std::as_const(*this).find(key)); }
    bool contains(std::string_view key) const { return find(key) != nullptr; }

    // The member, or JsonError that names it.
    const Json& at(std::string_view key) const& {
        if (const Json* found = find(key)) return *found;
        if (!is_object())
            throw JsonError("expected an object with \"" + std::string(key) + "\", found " + type_name());
        throw JsonError("\"" + std::string(key) + "\" is missing");
    }
    const Json& at(std::size_t index) const& {
        const Array& array = items();
        if (index >= array.size())
            throw JsonError("item " + std::to_string(index) + " of an array of " +
                            std::to_string(array.size()));
        return array[index];
    }
    Json at(std::string_view key) && { return std::move(const_cast<Json&>(std::as_const(*this).at(key))); }
    Json at(std::size_t index) && { return std::move(const_cast<Json&>(std::as_const(*this).at(index))); }
    // The member, or a shared null: body["error"]["code"] never throws on what is missing.
    const Json& operator[](std::string_view key) const& {
        const Json* found = find(key);
        return found ? *found : none();
    }
    const Json& operator[](const char* key) const& { return (*this)[std::string_view(key)]; }
    Json operator[](std::string_view key) && {
        Json* found = find(key);
        return found ? std::move(*found) : Json();
    }
    Json operator[](const char* key) && { return std::move(*this)[std::string_view(key)]; }

    // The text of a member, or the default when it is missing or null. Another type throws.
    std::string value(std::string_view key, std::string_view fallback) const {
        const Json& member = (*this)[key];
        return member.is_null() ? std::string(fallback) : member.text();
    }
    std::int64_t value(std::string_view key, std::int64_t fallback) const {
        const Json& member = (*this)[key];
        return member.is_null() ? fallback : member.integer();
    }
    std::int64_t value(std::string_view key, int fallback) const {
        return value(key, static_cast<std::int64_t>(fallback));
    }
    bool value(std::string_view key, bool fallback) const {
        const Json& member = (*this)[key];
        return member.is_null() ? fallback : member.boolean();
    }
    std::string value(std::string_view key, const char* fallback) const {
        return value(key, std::string_view(fallback));
    }

    // Adds or replaces. Makes an object of null; another type throws.
    Json& set(std::string_view key, Json value) {
        if (is_null()) value_ = Object{};
        if (Json* found = find(key)) {
            *found = std::move(value);
            return *found;
        }
        Object& object = members();
        object.emplace_back(std::string(key), std::move(value));
        return object.back().second;
    }
    void erase(std::string_view key) {
        Object& object = members();
        for (auto it = object.begin(); it != object.end(); ++it)
            if (it->first == key) {
                object.erase(it);
                return;
            }
    }
    void push_back(Json item) {
        if (is_null()) value_ = Array{};
        items().push_back(std::move(item));
    }

    // Range-for runs over the items of an array; null has none. For objects use members().
    Array::const_iterator begin() const { return is_null() ? no_items().begin() : items().begin(); }
    Array::const_iterator end() const { return is_null() ? no_items().end() : items().end(); }

    // Compact text. Numbers that JSON cannot write (NaN, infinities) become null.
    std::string dump() const {
        rapidjson::StringBuffer buffer;
        Writer writer(buffer);
        write(writer);
        return {buffer.GetString(), buffer.GetSize()};
    }

    friend bool operator==(const Json& a, const Json& b) { return a.value_ == b.value_; }
    friend bool operator!=(const Json& a, const Json& b) { return !(a == b); }

private:
    using Writer = rapidjson::Writer<rapidjson::StringBuffer>;
    using Variant =
        std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object>;

    struct Builder;

    template <class T>
    const T& get(const char* expected) const {
        if (const T* found = std::get_if<T>(&value_)) return *found;
        throw JsonError(std::string("expected ") + expected + ", found " + type_name());
    }

    static const Json& none() {
        static const Json null;
        return null;
    }
    static const Array& no_items() {
        static const Array empty;
        return empty;
    }

    void write(Writer& writer) const {
        std::visit([&](const auto& value) { write_value(writer, value); }, value_);
    }
    static void write_value(Writer& w, std::nullptr_t) { w.Null(); }
    static void write_value(Writer& w, bool v) { w.Bool(v); }
    static void write_value(Writer& w, std::int64_t v) { w.Int64(v); }
    static void write_value(Writer& w, std::uint64_t v) { w.Uint64(v); }
    static void write_value(Writer& w, double v) {
        if (!w.Double(v)) w.Null();
    }
    static void write_value(Writer& w, const std::string& v) {
        w.String(v.data(), static_cast<rapidjson::SizeType>(v.size()));
    }
    static void write_value(Writer& w, const Array& v) {
        w.StartArray();
        for (const Json& item : v) item.write(w);
        w.EndArray();
    }
    static void write_value(Writer& w, const Object& v) {
        w.StartObject();
        for (const Member& member : v) {
            write_value(w, member.first);
            member.second.write(w);
        }
        w.EndObject();
    }

    Variant value_ = nullptr;
};

// Of a braced object. An initializer list lends its items as const; the values are moved all the same, for
// nobody else can see them.
struct Json::Entry {
    std::string_view key;
    mutable Json value;
};

inline Json::Json(std::initializer_list<Entry> entries) : value_(Object{}) {
    members().reserve(entries.size());
    for (const Entry& entry : entries) set(entry.key, std::move(entry.value));
}

// Receives the events of RapidJSON's reader. What is read waits on two stacks until its container ends and
// takes it from there: one allocation for each container.
struct Json::Builder {
    std::vector<Json> values;
    std::vector<std::string> keys;
    std::size_t depth = 0;
    bool too_deep = false;
    bool escapes = false;  // the document has some: they can spell what is no UTF-8
    bool bad_surrogate = false;

    Builder() {
        values.reserve(16);
        keys.reserve(16);
    }

    template <class Value>
    bool add(Value&& value) {
        values.emplace_back(std::forward<Value>(value));
        return true;
    }
    bool open() {
        too_deep = depth == max_depth;
        ++depth;
        return !too_deep;
    }
    template <class Container>
    bool close(Container container, std::size_t size) {
        values.erase(values.end() - static_cast<std::ptrdiff_t>(size), values.end());
        values.emplace_back().value_ = std::move(container);
        --depth;
        return true;
    }

    bool Null() { return add(nullptr); }
    bool Bool(bool b) { return add(b); }
    bool Int(int i) { return add(i); }
    bool Uint(unsigned u) { return add(u); }
    bool Int64(std::int64_t i) { return add(i); }
    bool Uint64(std::uint64_t u) { return add(u); }
    bool Double(double d) { return add(d); }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        return sound({text, size}) && add(std::string(text, size));
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        keys.emplace_back(text, size);
        return sound(keys.back());
    }
    bool StartObject() { return open(); }
    bool EndObject(rapidjson::SizeType size) {
        Object object;
        object.reserve(size);
        const std::size_t first_value = values.size() - size, first_key = keys.size() - size;
        for (std::size_t i = 0; i < size; ++i)
            object.emplace_back(std::move(keys[first_key + i]), std::move(values[first_value + i]));
        keys.resize(first_key);
        return close(std::move(object), size);
    }
    bool StartArray() { return open(); }
    bool EndArray(rapidjson::SizeType size) {
        const auto first = values.end() - static_cast<std::ptrdiff_t>(size);
        return close(Array(std::make_move_iterator(first), std::make_move_iterator(values.end())), size);
    }

    // A lone \uDC00 is JSON and no text.
    bool sound(std::string_view text) {
        bad_surrogate = escapes && !is_utf8(text);
        return !bad_surrogate;
    }
};

inline Json Json::parse(std::string_view text) {
    // RapidJSON takes a NUL byte for the end of its input.
    if (const auto nul = text.find('\0'); nul != std::string_view::npos)
        throw JsonError("not JSON at byte " + std::to_string(nul) + ": a NUL character.");
    if (const auto sound = utf8_size(text); sound != text.size())
        throw JsonError("not JSON at byte " + std::to_string(sound) + ": not UTF-8.");
    Builder builder;
    builder.escapes = text.find('\\') != std::string_view::npos;
    std::string copy;  // parsed in place, with room behind it for reads of 16 bytes
    copy.reserve(text.size() + 16);
    copy.append(text).append(16, '\0');
    rapidjson::InsituStringStream input(copy.data());
    rapidjson::Reader reader;  // its recursion ends with the builder's depth
    const auto result = reader.Parse<rapidjson::kParseInsituFlag>(input, builder);
    if (result.IsError()) {
        if (builder.too_deep) throw JsonError("JSON is nested deeper than 64 levels");
        const std::string place = "not JSON at byte " + std::to_string(result.Offset()) + ": ";
        if (builder.bad_surrogate) throw JsonError(place + "half of a surrogate pair.");
        throw JsonError(place + rapidjson::GetParseError_En(result.Code()));
    }
    return std::move(builder.values.back());
}

}  // namespace dakiya

#endif
