#include "net/request_body.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace dakiya::net {

namespace {

constexpr std::uint64_t at_once = 256U << 10U;  // bytes

Error unreadable(const std::string& file) {
    return {Code::unavailable, "the file " + file + " cannot be read", ""};
}

}  // namespace

void RequestBody::add_text(std::string text) {
    size_ += text.size();
    if (!text.empty()) pieces_.push_back({std::move(text), {}, 0});
}

Result<void> RequestBody::add_file(const std::string& path) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    if (error) return unreadable(path);
    size_ += bytes;
    if (bytes > 0) pieces_.push_back({{}, path, bytes});
    return {};
}

Result<std::string> RequestBody::next() {
    if (pieces_.empty()) return std::string();
    Piece& piece = pieces_.front();
    if (!piece.file.empty()) return from_file(piece);
    std::string text = std::move(piece.text);
    pieces_.pop_front();
    return text;
}

Result<std::string> RequestBody::from_file(Piece& piece) {
    if (!open_.is_open()) open_.open(piece.file, std::ios::binary);
    std::string bytes(std::min(piece.size, at_once), '\0');
    if (!open_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return unreadable(piece.file);
    piece.size -= bytes.size();
    if (piece.size == 0) {
        open_.close();
        pieces_.pop_front();
    }
    return bytes;
}

}  // namespace dakiya::net
