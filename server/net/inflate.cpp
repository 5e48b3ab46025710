#include "net/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace dakiya::net {

struct Inflate::Stream : z_stream {};

void Inflate::Free::operator()(Stream* stream) const {
    inflateEnd(stream);
    delete stream;
}

Inflate::Inflate() {
    auto stream = std::make_unique<Stream>();
    constexpr int gzip_only = 16 + MAX_WBITS;  // zlib.h, inflateInit2
    if (inflateInit2(stream.get(), gzip_only) != Z_OK) throw std::bad_alloc();
    stream_.reset(stream.release());
}

Inflate::Outcome Inflate::add(std::string_view packed, std::string& out, std::size_t most) {
    if (packed.empty()) return done_ ? Outcome::done : Outcome::more;
    if (done_) return Outcome::broken;  // bytes after the end
    std::array<char, 16384> piece;
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib only reads it
    stream_->avail_in = static_cast<uInt>(packed.size());
    do {
        stream_->next_out = reinterpret_cast<Bytef*>(piece.data());
        stream_->avail_out = static_cast<uInt>(piece.size());
        const int status = inflate(stream_.get(), Z_NO_FLUSH);
        const std::size_t made = piece.size() - stream_->avail_out;
        if (made > most - std::min(most, out.size())) return Outcome::too_large;
        out.append(piece.data(), made);
        if (status == Z_STREAM_END) {
            done_ = true;
            return stream_->avail_in == 0 ? Outcome::done : Outcome::broken;
        }
        if (status != Z_OK && status != Z_BUF_ERROR) return Outcome::broken;
    } while (stream_->avail_in > 0 || stream_->avail_out == 0);
    return Outcome::more;
}

}  // namespace dakiya::net
