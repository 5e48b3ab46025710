// dakiya/json_text.hpp - texts and numbers as JSON writes them, and the buffer that they are written into.
#ifndef DAKIYA_JSON_TEXT_HPP
#define DAKIYA_JSON_TEXT_HPP

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#if defined(__SSE2__) && !defined(RAPIDJSON_SSE2)
#define RAPIDJSON_SSE2  // texts and white space are walked 16 bytes at a time
#endif
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace dakiya {

namespace detail {

// Is there a quote, a backslash or a control character in these eight bytes? Bytes over 0x7F are neither.
inline bool has_escape(std::uint64_t eight) {
    constexpr std::uint64_t ones = 0x0101010101010101U, tops = 0x8080808080808080U;
    const std::uint64_t quote = eight ^ (ones * '"'), backslash = eight ^ (ones * '\\');
    // A byte less than n borrows from its top bit in x - ones * n; for x ^ pattern, n is 1: the byte is it.
    return (((eight - ones * 0x20) & ~eight) | ((quote - ones) & ~quote) |
            ((backslash - ones) & ~backslash)) &
           tops;
}

inline bool has_escape(std::string_view text) {
    while (text.size() >= 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data(), sizeof eight);
        if (has_escape(eight)) return true;
        text.remove_prefix(8);
    }
    for (const char c : text)
        if ((c >= 0 && c < 0x20) || c == '"' || c == '\\') return true;
    return false;
}

}  // namespace detail

// A text that grows. Unlike std::string it takes a character without a call.
class TextBuffer {
public:
    void put(char c) {
        if (size_ == room_.size()) grow(1);
        room_[size_++] = c;
    }
    void put(std::string_view text) {
        if (text.size() > room_.size() - size_) grow(text.size());
        std::copy(text.begin(), text.end(), room_.data() + size_);
        size_ += text.size();
    }
    char back() const { return room_[size_ - 1]; }  // of what is not empty
    std::string take() && {
        room_.resize(size_);
        return std::move(room_);
    }

private:
    void grow(std::size_t by) { room_.resize(std::max<std::size_t>(256, 2 * room_.size() + by)); }

    std::string room_ = std::string(15, '\0');  // what a std::string holds without the heap
    std::size_t size_ = 0;
};

// Puts the text in quotes. Most texts have nothing to escape; RapidJSON writes the others.
inline void put_json(TextBuffer& out, std::string_view text) {
    if (!detail::has_escape(text)) {
        out.put('"');
        out.put(text);
        out.put('"');
        return;
    }
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    out.put({buffer.GetString(), buffer.GetSize()});
}

// Puts the shortest digits that are this number; null for those that JSON cannot write (NaN, infinities).
inline void put_json(TextBuffer& out, double number) {
    if (!std::isfinite(number)) return out.put("null");
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.Double(number);
    out.put({buffer.GetString(), buffer.GetSize()});
}

}  // namespace dakiya

#endif
