#include "api/chunked.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace dakiya::api {

namespace {

// "1a;name=value" → 26. Extensions are read over, as RFC 9112 7.1.1 asks.
std::optional<std::size_t> chunk_size(std::string_view line) {
    std::string_view digits = line.substr(0, line.find(';'));
    while (!digits.empty() && (digits.back() == ' ' || digits.back() == '\t')) digits.remove_suffix(1);
    std::size_t size = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (digits.empty() || digits.size() > 15 || fault != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return size;
}

}  // namespace

ChunkedDecoder::Progress ChunkedDecoder::feed(std::string& in, std::string& out) {
    std::size_t at = 0;
    const auto stop = [&](Progress progress) {
        in.erase(0, at);
        return progress;
    };
    for (;;) {
        if (part_ == Part::data) {
            const std::size_t take = std::min(left_, in.size() - at);
            out.append(in, at, take);
            at += take;
            left_ -= take;
            if (left_ > 0) return stop(Progress::more);
            part_ = Part::data_end;
        }
        const std::size_t end = in.find("\r\n", at);
        if (end == std::string::npos)
            return stop(in.size() - at > longest_line ? Progress::broken : Progress::more);
        const std::string_view line(in.data() + at, end - at);
        if (line.size() > longest_line) return stop(Progress::broken);
        if (part_ == Part::data_end) {
            if (!line.empty()) return stop(Progress::broken);
            part_ = Part::size;
        } else if (part_ == Part::size) {
            const auto size = chunk_size(line);
            if (!size) return stop(Progress::broken);
            left_ = *size;
            part_ = left_ > 0 ? Part::data : Part::trailer;
        } else {
            trailer_bytes_ += line.size();
            if (trailer_bytes_ > longest_line) return stop(Progress::broken);
            if (line.empty()) {
                at = end + 2;
                return stop(Progress::done);
            }
        }
        at = end + 2;
    }
}

}  // namespace dakiya::api
