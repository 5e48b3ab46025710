// The chunked transfer coding (RFC 9112 7.1), decoded as it arrives.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dakiya::api {

class ChunkedDecoder {
public:
    enum class Progress { more, done, broken };

    // Takes bytes off the front of `in` and appends what they carry to `out`. `in` keeps what belongs to
    // the next request. Trailer fields are read over. After `broken` the connection must be closed.
    Progress feed(std::string& in, std::string& out);

private:
    enum class Part { size, data, data_end, trailer };
    static constexpr std::size_t longest_line = 4096;

    Part part_ = Part::size;
    std::size_t left_ = 0;  // bytes of the current chunk
    std::size_t trailer_bytes_ = 0;
};

}  // namespace dakiya::api
