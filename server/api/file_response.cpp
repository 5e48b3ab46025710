#include "api/file_response.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>

#include "base/text.hpp"

namespace dakiya::api {

namespace {

constexpr std::uint64_t piece_bytes = 64U << 10U;

struct Range {
    std::uint64_t from = 0, size = 0;
};

// RFC 8187: everything but unreserved characters is percent-coded.
std::string percent(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
            c == '-' || c == '_')
            out += c;
        else
            out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
    }
    return out;
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

enum class Wish { whole, part, impossible };

// One range of bytes; several, and what nobody understands, may be answered with the whole (RFC 9110 14.2).
Wish read_range(const Request& request, const FileAnswer& file, Range& range) {
    range = {0, file.size};
    std::string_view wish = request.header("range");
    const std::string_view only_if = request.header("if-range");
    if (!only_if.empty() && only_if != "\"" + file.tag + "\"") return Wish::whole;
    if (!wish.starts_with("bytes=")) return Wish::whole;
    wish.remove_prefix(6);
    const auto dash = wish.find('-');
    if (dash == wish.npos || wish.find(',') != wish.npos) return Wish::whole;
    const auto first = number(trim(wish.substr(0, dash))), last = number(trim(wish.substr(dash + 1)));
    if (!first && !last) return Wish::whole;
    if (!first) {  // the last so many bytes
        range.size = std::min(*last, file.size);
        range.from = file.size - range.size;
        return range.size == 0 ? Wish::impossible : Wish::part;
    }
    if (last && *last < *first) return Wish::whole;
    if (*first >= file.size) return Wish::impossible;
    range.from = *first;
    range.size = std::min(last.value_or(file.size - 1), file.size - 1) - *first + 1;
    return Wish::part;
}

std::function<std::string()> pieces(const std::string& path, Range range) {
    auto in = std::make_shared<std::ifstream>(path, std::ios::binary);
    in->seekg(static_cast<std::streamoff>(range.from));
    return [in, left = range.size, path]() mutable {
        std::string piece(std::min(left, piece_bytes), '\0');
        if (!piece.empty() && !in->read(piece.data(), static_cast<std::streamsize>(piece.size())))
            throw std::runtime_error(path + " cannot be read");
        left -= piece.size();
        return piece;
    };
}

}  // namespace

Response file_response(const Request& request, const FileAnswer& file) {
    Range range;
    const Wish wish = read_range(request, file, range);
    Response response;
    response.headers = {{"Accept-Ranges", "bytes"}, {"ETag", "\"" + file.tag + "\""}};
    if (wish == Wish::impossible) {
        response.status = 416;
        response.headers.push_back({"Content-Range", "bytes */" + std::to_string(file.size)});
        return response;
    }
    response.status = wish == Wish::part ? 206 : 200;
    if (wish == Wish::part)
        response.headers.push_back({"Content-Range", "bytes " + std::to_string(range.from) + "-" +
                                                         std::to_string(range.from + range.size - 1) + "/" +
                                                         std::to_string(file.size)});
    response.headers.push_back({"Content-Type", file.type});
    response.headers.push_back(
        {"Content-Disposition", "attachment; filename*=UTF-8''" + percent(file.filename)});
    response.headers.push_back({"Content-Security-Policy", "default-src 'none'; sandbox"});
    response.length = range.size;
    response.stream = pieces(file.path, range);
    return response;
}

}  // namespace dakiya::api
