// Unpacks a gzip body piece by piece, never beyond a limit (RFC 1952).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace dakiya::net {

class Inflate {
public:
    enum class Outcome { more, done, broken, too_large };

    Inflate();

    // Appends what `packed` unpacks to. `too_large` as soon as `out` would pass `most` bytes.
    Outcome add(std::string_view packed, std::string& out, std::size_t most);

private:
    struct Stream;
    struct Free {
        void operator()(Stream* stream) const;
    };
    std::unique_ptr<Stream, Free> stream_;
    bool done_ = false;
};

}  // namespace dakiya::net
