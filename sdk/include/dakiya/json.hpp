// dakiya/json.hpp - JSON values. RapidJSON parses them.
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

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "dakiya/json_text.hpp"
#include "dakiya/utf8.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

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
    std::string text() && { return std::move(const_cast<std::string&>(std::as_const(*this).text())); }
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
    std::string scalar() && { return is_string() ? std::move(*this).text() : std::as_const(*this).scalar(); }
    std::string scalar() const& {
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
        std::string name(key);  // first: it may be a text of one that moves now
        make_room(object);
        return object.emplace_back(std::move(name), std::move(value)).second;
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
        Array& array = items();
        make_room(array);
        array.push_back(std::move(item));
    }

    // Range-for runs over the items of an array; null has none. For objects use members().
    Array::const_iterator begin() const { return is_null() ? no_items().begin() : items().begin(); }
    Array::const_iterator end() const { return is_null() ? no_items().end() : items().end(); }

    // Compact text. Numbers that JSON cannot write (NaN, infinities) become null.
    std::string dump() const {
        TextBuffer out;
        write(out);
        return std::move(out).take();
    }

    friend bool operator==(const Json& a, const Json& b) { return a.value_ == b.value_; }
    friend bool operator!=(const Json& a, const Json& b) { return !(a == b); }

private:
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

    // Most containers have a handful of members: a vector would be moved twice on the way to four.
    template <class Container>
    static void make_room(Container& container) {
        if (container.size() == container.capacity())
            container.reserve(container.empty() ? 4 : 2 * container.size());
    }

    void write(TextBuffer& out) const {
        std::visit([&](const auto& value) { write(out, value); }, value_);
    }
    static void write(TextBuffer& out, std::nullptr_t) { out.put("null"); }
    static void write(TextBuffer& out, bool value) { out.put(value ? "true" : "false"); }
    template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer>>>
    static void write(TextBuffer& out, Integer value) {
        char digits[20];  // of a 64-bit number, with its sign
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        out.put({digits, static_cast<std::size_t>(end - digits)});
    }
    static void write(TextBuffer& out, double value) { put_json(out, value); }
    static void write(TextBuffer& out, const std::string& value) { put_json(out, value); }
    static void write(TextBuffer& out, const Array& items) {
        out.put('[');
        for (const Json& item : items) {
            if (&item != &items.front()) out.put(',');
            item.write(out);
        }
        out.put(']');
    }
    static void write(TextBuffer& out, const Object& members) {
        out.put('{');
        for (const Member& member : members) {
            if (&member != &members.front()) out.put(',');
            put_json(out, member.first);
            out.put(':');
            member.second.write(out);
        }
        out.put('}');
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

// Receives the events of RapidJSON's reader and builds every value in its place.
struct Json::Builder {
    Json root;
    std::array<Json*, max_depth> open{};  // the containers that have not ended, outermost first
    std::size_t depth = 0;
    bool too_deep = false;
    bool escapes = false;  // the document has some: they can spell what is no UTF-8
    bool bad_surrogate = false;

    // Where the next value goes. What is open stays where it is: only the innermost container grows.
    Json& place() {
        if (depth == 0) return root;
        Json& container = *open[depth - 1];
        if (auto* object = std::get_if<Object>(&container.value_)) return object->back().second;
        Array& array = *std::get_if<Array>(&container.value_);
        make_room(array);
        return array.emplace_back();
    }
    template <class T, class... Parts>
    bool add(Parts&&... parts) {
        place().value_.emplace<T>(std::forward<Parts>(parts)...);
        return true;
    }
    template <class Container>
    bool start() {
        too_deep = depth == max_depth;
        if (too_deep) return false;
        Json& container = place();
        container.value_.emplace<Container>();
        open[depth++] = &container;
        return true;
    }
    bool end() {
        --depth;
        return true;
    }

    bool Null() { return add<std::nullptr_t>(nullptr); }
    bool Bool(bool b) { return add<bool>(b); }
    bool Int(int i) { return add<std::int64_t>(i); }
    bool Uint(unsigned u) { return add<std::int64_t>(u); }
    bool Int64(std::int64_t i) { return add<std::int64_t>(i); }
    bool Uint64(std::uint64_t u) {
        place() = Json(u);
        return true;
    }
    bool Double(double d) { return add<double>(d); }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        return sound({text, size}) && add<std::string>(text, size);
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        Object& object = *std::get_if<Object>(&open[depth - 1]->value_);
        make_room(object);
        object.emplace_back(std::piecewise_construct, std::forward_as_tuple(text, size), std::tuple<>());
        return sound(object.back().first);
    }
    bool StartObject() { return start<Object>(); }
    bool EndObject(rapidjson::SizeType) { return end(); }
    bool StartArray() { return start<Array>(); }
    bool EndArray(rapidjson::SizeType) { return end(); }

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
    // Parsed in a copy, with room behind it for reads of 16 bytes. Most documents are small.
    constexpr std::size_t behind = 16;
    std::array<char, 1024> small;
    std::string large;
    char* copy = small.data();
    if (text.size() + behind > small.size()) {
        large.resize(text.size() + behind);
        copy = large.data();
    }
    if (!text.empty()) std::memcpy(copy, text.data(), text.size());
    std::memset(copy + text.size(), 0, behind);
    rapidjson::InsituStringStream input(copy);
    rapidjson::Reader reader;  // its recursion ends with the builder's depth
    const auto result = reader.Parse<rapidjson::kParseInsituFlag>(input, builder);
    if (result.IsError()) {
        if (builder.too_deep) throw JsonError("JSON is nested deeper than 64 levels");
        const std::string place = "not JSON at byte " + std::to_string(result.Offset()) + ": ";
        if (builder.bad_surrogate) throw JsonError(place + "half of a surrogate pair.");
        throw JsonError(place + rapidjson::GetParseError_En(result.Code()));
    }
    return std::move(builder.root);
}

}  // namespace dakiya

#endif
