// The part of a request that is too large for memory: texts and files in turn, read a piece at a time while
// they go out.
#pragma once

#include <cstdint>
#include <deque>
#include <fstream>
#include <string>

#include "base/result.hpp"

namespace dakiya::net {

class RequestBody {
public:
    void add_text(std::string text);
    // Code::unavailable: there is no such file, or it cannot be read.
    Result<void> add_file(const std::string& path);

    std::uint64_t size() const { return size_; }  // bytes of all that was added

    // The next piece, empty at the end. The Error: a file is shorter than it was, or its disk fails. Blocks
    // on the disk for a quarter of a megabyte at most.
    Result<std::string> next();

private:
    struct Piece {
        std::string text;
        std::string file;  // path, when text is empty
        std::uint64_t size = 0;
    };
    Result<std::string> from_file(Piece& piece);

    std::deque<Piece> pieces_;
    std::uint64_t size_ = 0;
    std::ifstream open_;  // of the first piece
};

}  // namespace dakiya::net
